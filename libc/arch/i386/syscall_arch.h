/* SPDX-License-Identifier: MIT */
/* System calls of i386: int $0x80; the sixth argument travels in ebp, which needs help. */
#ifndef LIBC_SYSCALL_ARCH_H
#define LIBC_SYSCALL_ARCH_H

/* socket_bare(OP, name, args...) - socket calls go through socketcall. */
#define __SOCKET_OP6(op, a, b, c, d, e, f, ...) \
	__socket_op(op, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define socket_bare(op, name, ...) __SOCKET_OP6(op, __VA_ARGS__, 0, 0, 0, 0, 0)

#define __ASM_SYSCALL(...)                                                            \
	({                                                                            \
		long __ret;                                                           \
		__asm__ volatile("int $0x80" : "=a"(__ret) : __VA_ARGS__ : "memory"); \
		__ret;                                                                \
	})

/* In syscall6.S: the arguments come on the stack. */
long __syscall6(long n, long a, long b, long c, long d, long e, long f);

static inline long __syscall0(long n)
{
	return __ASM_SYSCALL("a"(n));
}

static inline long __syscall1(long n, long a)
{
	return __ASM_SYSCALL("a"(n), "b"(a));
}

static inline long __syscall2(long n, long a, long b)
{
	return __ASM_SYSCALL("a"(n), "b"(a), "c"(b));
}

static inline long __syscall3(long n, long a, long b, long c)
{
	return __ASM_SYSCALL("a"(n), "b"(a), "c"(b), "d"(c));
}

static inline long __syscall4(long n, long a, long b, long c, long d)
{
	return __ASM_SYSCALL("a"(n), "b"(a), "c"(b), "d"(c), "S"(d));
}

static inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
	return __ASM_SYSCALL("a"(n), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e));
}

#endif
