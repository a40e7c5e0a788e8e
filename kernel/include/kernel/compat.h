/* SPDX-License-Identifier: MIT */
/* A 32-bit (i386) program's words as kernel values; the layouts are uapi/compat.h's. */
#ifndef KERNEL_COMPAT_H
#define KERNEL_COMPAT_H

#include <kernel/compiler.h>
#include <uapi/compat.h>

/* compat_ptr - a 32-bit program's pointer. */
static inline void __user *compat_ptr(compat_uptr_t p)
{
	return (void __user *)(unsigned long)p;
}

#endif
