/* SPDX-License-Identifier: MIT */
/* The calls on files that stand on stdio.c: characters, lines, formatted text, states. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "printf_internal.h"
#include "stdio_internal.h"

int getc(FILE *f)
{
	return fgetc(f);
}

int getchar(void)
{
	return fgetc(stdin);
}

int fputc(int c, FILE *f)
{
	char byte = (char)c;

	return __file_put(f, &byte, 1) ? (unsigned char)byte : EOF;
}

int putc(int c, FILE *f)
{
	return fputc(c, f);
}

int putchar(int c)
{
	return fputc(c, stdout);
}

int fputs(const char *restrict s, FILE *restrict f)
{
	return __file_put(f, s, strlen(s)) ? 0 : EOF;
}

int puts(const char *s)
{
	return fputs(s, stdout) == EOF || fputc('\n', stdout) == EOF ? EOF : 0;
}

int feof(FILE *f)
{
	return f->eof;
}

int ferror(FILE *f)
{
	return f->error;
}

void clearerr(FILE *f)
{
	f->eof = false;
	f->error = false;
}

int fileno(FILE *f)
{
	return f->fd;
}

void rewind(FILE *f)
{
	fseek(f, 0, SEEK_SET);
	clearerr(f);
}

int remove(const char *path)
{
	return unlink(path);
}

void perror(const char *what)
{
	int err = errno;

	if (what && *what)
		fprintf(stderr, "%s: %s\n", what, strerror(err));
	else
		fprintf(stderr, "%s\n", strerror(err));
	errno = err;
}

/* Text on its way to a file; a block of it goes at once where the file itself has no buffer. */
struct file_sink {
	struct sink sink;
	FILE *file;
	size_t total;
	size_t held;
	bool failed;
	char block[256];
};

static void drain(struct file_sink *fs)
{
	if (fs->held && !__file_put(fs->file, fs->block, fs->held))
		fs->failed = true;
	fs->held = 0;
}

static void put_file(struct sink *sink, const char *p, size_t n)
{
	struct file_sink *fs = (struct file_sink *)sink;

	fs->total += n;
	if (n > sizeof(fs->block) - fs->held)
		drain(fs);
	if (n > sizeof(fs->block)) {
		if (!__file_put(fs->file, p, n))
			fs->failed = true;
		return;
	}
	memcpy(fs->block + fs->held, p, n);
	fs->held += n;
}

int vfprintf(FILE *restrict f, const char *restrict fmt, va_list ap)
{
	struct file_sink fs;

	fs.sink.put = put_file;
	fs.file = f;
	fs.total = 0;
	fs.held = 0;
	fs.failed = false;
	__format(&fs.sink, fmt, ap);
	drain(&fs);
	if (fs.total > INT_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	return fs.failed ? -1 : (int)fs.total;
}

int vprintf(const char *restrict fmt, va_list ap)
{
	return vfprintf(stdout, fmt, ap);
}

int vdprintf(int fd, const char *restrict fmt, va_list ap)
{
	FILE f = { .fd = fd, .mode = _IONBF };

	return vfprintf(&f, fmt, ap);
}

int printf(const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return n;
}

int fprintf(FILE *restrict f, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int dprintf(int fd, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vdprintf(fd, fmt, ap);
	va_end(ap);
	return n;
}
