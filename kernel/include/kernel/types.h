/* SPDX-License-Identifier: MIT */
/* The fixed-width and basic types of the kernel; nothing here has behaviour. */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <uapi/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef long ssize_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef s64 loff_t;
typedef int pid_t;
typedef u64 phys_t; /* a physical address */
typedef unsigned int gfp_t;
typedef s64 ktime_t; /* nanoseconds since boot, monotonic */

#ifndef __bool_true_false_are_defined
#define bool _Bool
#define true 1
#define false 0
#define __bool_true_false_are_defined 1
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif

typedef __builtin_va_list va_list;
#define va_start(ap, last) __builtin_va_start(ap, last)
#define va_end(ap) __builtin_va_end(ap)
#define va_arg(ap, type) __builtin_va_arg(ap, type)
#define va_copy(dst, src) __builtin_va_copy(dst, src)

#endif
