/* SPDX-License-Identifier: MIT */
/* Text that a /proc file shows: a show function prints the whole into a growing buffer (kernel/fs/seq_file.c). */
#ifndef KERNEL_SEQ_FILE_H
#define KERNEL_SEQ_FILE_H

#include <kernel/kernel.h>

struct seq_file {
	char *buf;
	size_t size, count;
	bool failed; /* out of memory: the reader gets -ENOMEM */
};

void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_write(struct seq_file *m, const void *data, size_t len);
/* seq_pad - blanks up to column @width of the current line (Linux's fixed-width /proc/net lines). */
void seq_setwidth_pad(struct seq_file *m, size_t line_start, size_t width);

#endif
