/* SPDX-License-Identifier: MIT */
/* Small macros that most files want: sizes, limits, container_of. */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include <kernel/bug.h>
#include <kernel/compiler.h>
#include <kernel/types.h>
#include <uapi/errno.h>

/* Inside the kernel only: what becomes of a system call that a signal interrupts (kernel/sys/signal.c). */
#define ERESTARTSYS 512 /* again if the handler has SA_RESTART or there is none, else EINTR */
#define ERESTARTNOINTR 513 /* always again */
#define ERESTARTNOHAND 514 /* again only if no handler ran */
#define ENOIOCTLCMD 515 /* not this layer's ioctl: ENOTTY if nobody's */
#define ERESTART_RESTARTBLOCK 516 /* by restart_syscall; EINTR if a handler ran */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define min(a, b)                       \
	({                              \
		__auto_type _min_a = (a); \
		__auto_type _min_b = (b); \
		_min_a < _min_b ? _min_a : _min_b; \
	})
#define max(a, b)                       \
	({                              \
		__auto_type _max_a = (a); \
		__auto_type _max_b = (b); \
		_max_a > _max_b ? _max_a : _max_b; \
	})
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi) clamp((t)(v), (t)(lo), (t)(hi))
#define swap(a, b)                   \
	do {                         \
		__auto_type _swap = (a); \
		(a) = (b);           \
		(b) = _swap;         \
	} while (0)

#define ALIGN(x, a) (((x) + ((__typeof__(x))(a) - 1)) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a) - 1)) == 0)
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define roundup(x, y) (DIV_ROUND_UP(x, y) * (y))

#define U8_MAX 0xffu
#define U16_MAX 0xffffu
#define U32_MAX 0xffffffffu
#define U64_MAX 0xffffffffffffffffull
#define S32_MAX 0x7fffffff
#define INT_MAX 0x7fffffff
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX 0xffffffffu
#define LONG_MAX 0x7fffffffffffffffl
#define ULONG_MAX 0xfffffffffffffffful

#define NSEC_PER_SEC 1000000000ull
#define NSEC_PER_MSEC 1000000ull
#define NSEC_PER_USEC 1000ull
#define USEC_PER_SEC 1000000ull
#define MSEC_PER_SEC 1000ull

#endif
