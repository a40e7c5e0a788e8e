/* SPDX-License-Identifier: MIT */
/* Copies between the kernel and ring 3; every one survives any address. */
#ifndef KERNEL_UACCESS_H
#define KERNEL_UACCESS_H

#include <asm/uaccess.h>
#include <kernel/kernel.h>

/* copy_from_user, copy_to_user - bytes NOT copied (0: all). Of a short structure whose size the compiler knows it may be "none" though
 * some were: how many matters only to who copies bytes. Context: process. */
#define copy_from_user(d, s, n) arch_copy_from_user(d, s, n)
#define copy_to_user(d, s, n) arch_copy_to_user(d, s, n)
#define clear_user(d, n) arch_clear_user(d, n)
/* strncpy_from_user - length without the NUL, max if none was found, or -EFAULT. */
#define strncpy_from_user(d, s, max) arch_strncpy_from_user(d, s, max)
/* get_user, put_user - one scalar; 0 or -EFAULT. */
#define get_user(x, p) (arch_copy_from_user(&(x), (p), sizeof(*(p))) ? -EFAULT : 0)
#define put_user(x, p)                                                              \
	({                                                                          \
		__typeof__(*(p)) _pu = (x);                                         \
		arch_copy_to_user((p), &_pu, sizeof(_pu)) ? -EFAULT : 0;            \
	})

/* A pointer that is either ring 3's or the kernel's own: option values, sockaddrs. */
typedef struct {
	union {
		void *kernel;
		void __user *user;
	};
	bool is_kernel;
	bool is_compat; /* what is there has the layout of a 32-bit program */
} sockptr_t;

static inline sockptr_t KERNEL_SOCKPTR(void *p) { return (sockptr_t){ .kernel = p, .is_kernel = true }; }
static inline sockptr_t USER_SOCKPTR(void __user *p) { return (sockptr_t){ .user = p }; }
static inline sockptr_t COMPAT_SOCKPTR(void __user *p) { return (sockptr_t){ .user = p, .is_compat = true }; }
static inline bool sockptr_is_null(sockptr_t p) { return !p.kernel; }
/* copy_from_sockptr_offset and kin - 0 or -EFAULT. */
int copy_from_sockptr_offset(void *dst, sockptr_t src, size_t off, size_t n);
int copy_to_sockptr_offset(sockptr_t dst, size_t off, const void *src, size_t n);
static inline int copy_from_sockptr(void *dst, sockptr_t src, size_t n) { return copy_from_sockptr_offset(dst, src, 0, n); }
static inline int copy_to_sockptr(sockptr_t dst, const void *src, size_t n) { return copy_to_sockptr_offset(dst, 0, src, n); }

#endif
