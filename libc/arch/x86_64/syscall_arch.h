/* SPDX-License-Identifier: MIT */
/* System calls of x86-64: the syscall instruction (it destroys rcx and r11). */
#ifndef LIBC_SYSCALL_ARCH_H
#define LIBC_SYSCALL_ARCH_H

/* i386 has two calls named select, and gave today's this name. */
#define __NR__newselect __NR_select

/* socket_bare(OP, name, args...) - each socket call has a number of its own. */
#define socket_bare(op, name, ...) bare(name, ##__VA_ARGS__)

#define __ASM_SYSCALL(...)                                                                        \
	({                                                                                        \
		long __ret;                                                                       \
		__asm__ volatile("syscall" : "=a"(__ret) : __VA_ARGS__ : "rcx", "r11", "memory"); \
		__ret;                                                                            \
	})

static inline long __syscall0(long n)
{
	return __ASM_SYSCALL("a"(n));
}

static inline long __syscall1(long n, long a)
{
	return __ASM_SYSCALL("a"(n), "D"(a));
}

static inline long __syscall2(long n, long a, long b)
{
	return __ASM_SYSCALL("a"(n), "D"(a), "S"(b));
}

static inline long __syscall3(long n, long a, long b, long c)
{
	return __ASM_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c));
}

static inline long __syscall4(long n, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;

	return __ASM_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c), "r"(r10));
}

static inline long __syscall5(long n, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;

	return __ASM_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8));
}

static inline long __syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	return __ASM_SYSCALL("a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9));
}

#endif
