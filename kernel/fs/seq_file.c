/* SPDX-License-Identifier: MIT */
/* Growing text buffers for /proc files. */
#include <kernel/seq_file.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#define SEQ_MAX (4u << 20) /* the largest block that kmalloc has */

/* room - make space for @more bytes and a NUL. */
static bool room(struct seq_file *m, size_t more)
{
	size_t size = m->size ? m->size : 256;
	char *bigger;

	if (m->failed)
		return false;
	if (m->buf && more < m->size - m->count)
		return true;
	while (size <= SEQ_MAX && size - m->count <= more)
		size *= 2;
	bigger = size <= SEQ_MAX ? kmalloc(size, GFP_KERNEL) : NULL;
	if (!bigger) {
		m->failed = true;
		return false;
	}
	if (m->buf)
		memcpy(bigger, m->buf, m->count);
	kfree(m->buf);
	m->buf = bigger;
	m->size = size;
	return true;
}

void seq_write(struct seq_file *m, const void *data, size_t len)
{
	if (!room(m, len))
		return;
	memcpy(m->buf + m->count, data, len);
	m->count += len;
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!room(m, 80))
		return;
	va_start(ap, fmt);
	n = vsnprintf(m->buf + m->count, m->size - m->count, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= m->size - m->count) {
		if (!room(m, (size_t)n))
			return;
		va_start(ap, fmt);
		vsnprintf(m->buf + m->count, m->size - m->count, fmt, ap);
		va_end(ap);
	}
	m->count += (size_t)n;
}

void seq_setwidth_pad(struct seq_file *m, size_t line_start, size_t width)
{
	while (!m->failed && m->count - line_start < width)
		seq_putc(m, ' ');
}
