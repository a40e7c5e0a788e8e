/* SPDX-License-Identifier: MIT */
/* The seam between the formatter and where its text goes: memory, a FILE, a descriptor. */
#ifndef PRINTF_INTERNAL_H
#define PRINTF_INTERNAL_H

#include <stdarg.h>
#include <stddef.h>

struct sink {
	void (*put)(struct sink *sink, const char *p, size_t n);
};

/* __format - hands the text of fmt, in pieces, to the sink. */
void __format(struct sink *s, const char *fmt, va_list ap);

#endif
