/* SPDX-License-Identifier: MIT */
/* Strings and memory (kernel/lib/string.c), formatting (kernel/lib/vsprintf.c), parsing. */
#ifndef KERNEL_STRING_H
#define KERNEL_STRING_H

#include <kernel/kernel.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
/* Freestanding code gets no built-ins by name: with these, small copies of known length need no call. */
#define memcpy(...) __builtin_memcpy(__VA_ARGS__)
#define memmove(...) __builtin_memmove(__VA_ARGS__)
#define memset(...) __builtin_memset(__VA_ARGS__)
#define memcmp(...) __builtin_memcmp(__VA_ARGS__)
#define strlen(...) __builtin_strlen(__VA_ARGS__)
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcasecmp(const char *a, const char *b);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *needle);
char *strsep(char **s, const char *delim);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
/* strscpy - copy with termination; the length copied, or -E2BIG if truncated. */
ssize_t strscpy(char *dst, const char *src, size_t size);
char *kstrdup(const char *s, gfp_t gfp);
void *kmemdup(const void *p, size_t n, gfp_t gfp);
char *skip_spaces(const char *s);
/* strim - cut white space at both ends, in place; returns the new start. */
char *strim(char *s);

/*
 * vsnprintf - Linux's formats: %d %i %u %x %X %o %c %s %p %% with flags, width, precision and hh h l ll z;
 * and %pI4 (a __be32 *) dotted quad, %pI6c compressed IPv6, %pM MAC 00:11:22:33:44:55,
 * %pS symbol+offset, %ps the same of a function, without an offset of 0. Returns the length the whole output would have.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
/* scnprintf - as snprintf, but returns what was really written. */
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list ap);

/* kstrtoull and kin - the whole string must be a number (a trailing newline is allowed); base 0 detects 0x and 0.
 * 0, -EINVAL or -ERANGE. */
int kstrtoull(const char *s, unsigned int base, unsigned long long *res);
int kstrtoll(const char *s, unsigned int base, long long *res);
int kstrtouint(const char *s, unsigned int base, unsigned int *res);
int kstrtoint(const char *s, unsigned int base, int *res);
int kstrtou16(const char *s, unsigned int base, u16 *res);
unsigned long long simple_strtoull(const char *s, char **end, unsigned int base);

static inline bool isdigit(int c) { return c >= '0' && c <= '9'; }
static inline bool isspace(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool isupper(int c) { return c >= 'A' && c <= 'Z'; }
static inline bool islower(int c) { return c >= 'a' && c <= 'z'; }
static inline bool isalpha(int c) { return isupper(c) || islower(c); }
static inline bool isalnum(int c) { return isalpha(c) || isdigit(c); }
static inline bool isprint(int c) { return c >= 0x20 && c < 0x7f; }
static inline bool isxdigit(int c) { return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static inline int tolower(int c) { return isupper(c) ? c + 32 : c; }
static inline int toupper(int c) { return islower(c) ? c - 32 : c; }

#endif
