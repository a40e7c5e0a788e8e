/* SPDX-License-Identifier: MIT */
/* The FILE of the C library. */
#ifndef STDIO_INTERNAL_H
#define STDIO_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define UNKNOWN (-1) /* a buffer mode that the first write decides */

struct __file {
	int fd;
	int mode; /* _IOFBF, _IOLBF, _IONBF or UNKNOWN */
	bool eof;
	bool error;
	char *buf;
	size_t size;
	size_t in, in_end; /* what was read ahead: buf[in, in_end) */
	size_t out;	   /* what waits to be written: buf[0, out) */
	FILE *next;	   /* of the files that fopen made */
};

/* __file_put - n bytes into the file's buffer, or past it; false and the error mark on failure. */
bool __file_put(FILE *f, const char *p, size_t n);

#endif
