/* SPDX-License-Identifier: MIT */
/* What the files of the C library share: system calls that set errno, and its own helpers. */
#ifndef LIBC_INTERNAL_H
#define LIBC_INTERNAL_H

#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "syscall_arch.h"

/* __fail - the kernel's error as C programs know it: errno, and -1. */
long __fail(long r);

/* __ret - the kernel's answer as C programs know it. */
static inline __attribute__((always_inline)) long __ret(long r)
{
	return (unsigned long)r > -4096UL ? __fail(r) : r;
}

#define __SC_COUNT(_0, _1, _2, _3, _4, _5, _6, n, ...) n
#define __SC_CAT_(a, b)				       a##b
#define __SC_CAT(a, b)				       __SC_CAT_(a, b)
#define __sc0(nr)				       __syscall0(nr)
#define __sc1(nr, a)				       __syscall1(nr, (long)(a))
#define __sc2(nr, a, b)				       __syscall2(nr, (long)(a), (long)(b))
#define __sc3(nr, a, b, c)			       __syscall3(nr, (long)(a), (long)(b), (long)(c))
#define __sc4(nr, a, b, c, d)			       __syscall4(nr, (long)(a), (long)(b), (long)(c), (long)(d))
#define __sc5(nr, a, b, c, d, e) \
	__syscall5(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define __sc6(nr, a, b, c, d, e, f) \
	__syscall6(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* bare(name, args...) - the system call with the kernel's answer; sc(name, args...) - with errno.
 */
#define bare(name, ...)                                                   \
	__SC_CAT(__sc, __SC_COUNT(0, ##__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)) \
	(SYSNO(name), ##__VA_ARGS__)
#define sc(name, ...) __ret(bare(name, ##__VA_ARGS__))

/* socket_sc(OP, name, args...) - a socket call, the target's way (socket_bare), with errno. */
#define socket_sc(op, name, ...) __ret(socket_bare(op, name, ##__VA_ARGS__))

/* The kernel's signal sets have this many bytes in both widths. */
#define KERNEL_SIGSET_SIZE 8

/* __stdio_exit - writes out what stdout and the open files still hold. */
void __stdio_exit(void);

/* now_ms - monotonic milliseconds. */
long long __now_ms(void);

#endif
