/* SPDX-License-Identifier: MIT */
/* Buffered files: one buffer each, which holds either what was read ahead or what waits to go out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libc_internal.h"
#include "stdio_internal.h"

static char stdin_room[BUFSIZ];
static char stdout_room[BUFSIZ];

static FILE file_in = { .fd = STDIN_FILENO, .buf = stdin_room, .size = BUFSIZ };
static FILE file_out = { .fd = STDOUT_FILENO, .buf = stdout_room, .size = BUFSIZ, .mode = UNKNOWN };
static FILE file_err = { .fd = STDERR_FILENO, .mode = _IONBF };

FILE *const stdin = &file_in;
FILE *const stdout = &file_out;
FILE *const stderr = &file_err;

static FILE *open_files;

/* Writes it all, or marks the file as failed. Interrupted and partial writes go on. */
static bool write_all(FILE *f, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(f->fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			f->error = true;
			return false;
		}
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static int flush_one(FILE *f)
{
	size_t n = f->out;

	f->out = 0;
	return write_all(f, f->buf, n) ? 0 : EOF;
}

int fflush(FILE *f)
{
	int err = 0;

	if (f)
		return flush_one(f);
	for (f = open_files; f; f = f->next)
		err |= flush_one(f);
	return flush_one(stdout) | err;
}

void __stdio_exit(void)
{
	fflush(NULL);
}

/* A terminal gets whole lines as they are ready, anything else full buffers. */
static void decide_mode(FILE *f)
{
	if (f->mode == UNKNOWN)
		f->mode = isatty(f->fd) ? _IOLBF : _IOFBF;
}

bool __file_put(FILE *f, const char *p, size_t n)
{
	const char *end;

	decide_mode(f);
	if (f->mode == _IONBF || !f->size)
		return write_all(f, p, n);
	f->in = f->in_end = 0;
	if (n > f->size - f->out && flush_one(f))
		return false;
	if (n >= f->size)
		return write_all(f, p, n);
	memcpy(f->buf + f->out, p, n);
	f->out += n;
	end = f->mode == _IOLBF ? memrchr(f->buf, '\n', f->out) : NULL;
	if (end) {
		size_t lines = (size_t)(end + 1 - f->buf);

		if (!write_all(f, f->buf, lines)) {
			f->out = 0;
			return false;
		}
		memmove(f->buf, f->buf + lines, f->out - lines);
		f->out -= lines;
	}
	return true;
}

size_t fwrite(const void *restrict p, size_t size, size_t n, FILE *restrict f)
{
	size_t total;

	if (__builtin_mul_overflow(size, n, &total) || !total)
		return 0;
	return __file_put(f, p, total) ? n : 0;
}

/* Reads ahead; false at the end and on errors. Reading a terminal first shows what stdout holds. */
static bool fill(FILE *f)
{
	ssize_t n;

	if (f->eof)
		return false;
	if (f->out)
		flush_one(f);
	if (f == stdin && stdout->out)
		flush_one(stdout);
	do {
		n = read(f->fd, f->buf, f->size);
	} while (n < 0 && errno == EINTR);
	f->in = 0;
	f->in_end = n > 0 ? (size_t)n : 0;
	f->eof = n == 0;
	f->error |= n < 0;
	return n > 0;
}

int fgetc(FILE *f)
{
	if (f->in == f->in_end && !fill(f))
		return EOF;
	return (unsigned char)f->buf[f->in++];
}

int ungetc(int c, FILE *f)
{
	if (c == EOF || f->in == 0)
		return EOF;
	f->buf[--f->in] = (char)c;
	f->eof = false;
	return c;
}

size_t fread(void *restrict p, size_t size, size_t n, FILE *restrict f)
{
	size_t total, left;
	char *to = p;

	if (__builtin_mul_overflow(size, n, &total) || !total)
		return 0;
	for (left = total; left;) {
		size_t have = f->in_end - f->in;

		if (!have) {
			if (!fill(f))
				break;
			continue;
		}
		have = have < left ? have : left;
		memcpy(to, f->buf + f->in, have);
		f->in += have;
		to += have;
		left -= have;
	}
	return (total - left) / size;
}

char *fgets(char *restrict s, int size, FILE *restrict f)
{
	int n = 0;
	int c = 0;

	while (n < size - 1 && c != '\n' && (c = fgetc(f)) != EOF)
		s[n++] = (char)c;
	if (n == 0 || f->error)
		return NULL;
	s[n] = '\0';
	return s;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int delim, FILE *restrict f)
{
	size_t n = 0;
	int c;

	if (!*line)
		*size = 0;
	for (;;) {
		if (n + 2 > *size) {
			size_t more = *size ? *size * 2 : 128;
			char *bigger = more > SSIZE_MAX ? NULL : realloc(*line, more);

			if (!bigger)
				return -1;
			*line = bigger;
			*size = more;
		}
		c = fgetc(f);
		if (c == EOF)
			break;
		(*line)[n++] = (char)c;
		if (c == delim)
			break;
	}
	(*line)[n] = '\0';
	return n ? (ssize_t)n : -1;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict f)
{
	return getdelim(line, size, '\n', f);
}

FILE *fdopen(int fd, const char *mode)
{
	FILE *f = malloc(sizeof(*f) + BUFSIZ);

	(void)mode;
	if (!f)
		return NULL;
	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->buf = (char *)(f + 1);
	f->size = BUFSIZ;
	f->mode = UNKNOWN;
	f->next = open_files;
	open_files = f;
	return f;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	int flags = strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
	FILE *f;
	int fd;

	if (*mode == 'w')
		flags |= O_CREAT | O_TRUNC;
	else if (*mode == 'a')
		flags |= O_CREAT | O_APPEND;
	else if (*mode != 'r') {
		errno = EINVAL;
		return NULL;
	}
	fd = open(path, flags | O_CLOEXEC, 0666);
	if (fd < 0)
		return NULL;
	f = fdopen(fd, mode);
	if (!f)
		close(fd);
	return f;
}

int fclose(FILE *f)
{
	int err = flush_one(f);
	FILE **p;

	err |= close(f->fd);
	for (p = &open_files; *p; p = &(*p)->next) {
		if (*p == f) {
			*p = f->next;
			free(f);
			break;
		}
	}
	return err ? EOF : 0;
}

int setvbuf(FILE *restrict f, char *restrict buf, int mode, size_t size)
{
	if (mode < _IOFBF || mode > _IONBF)
		return -1;
	flush_one(f);
	if (buf && size) {
		f->buf = buf;
		f->size = size;
	}
	f->mode = mode;
	return 0;
}

int fseek(FILE *f, long offset, int whence)
{
	if (flush_one(f))
		return -1;
	if (whence == SEEK_CUR)
		offset -= (long)(f->in_end - f->in);
	f->in = f->in_end = 0;
	f->eof = false;
	return lseek(f->fd, offset, whence) < 0 ? -1 : 0;
}

long ftell(FILE *f)
{
	off_t now = lseek(f->fd, 0, SEEK_CUR);

	return now < 0 ? -1 : (long)(now - (off_t)(f->in_end - f->in) + (off_t)f->out);
}
