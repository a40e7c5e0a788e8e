/* SPDX-License-Identifier: MIT */
/* Hosted: user memory is the host program's; a bad pointer faults, and the fault handler ends the copy. */
#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

#include <asm/kasan.h>
#include <asm/page.h>
#include <kernel/compiler.h>
#include <uapi/errno.h>

static inline bool __access_ok(unsigned long p, size_t n)
{
	return n <= TASK_SIZE && p <= TASK_SIZE - n;
}
#define access_ok(p, n) __access_ok((unsigned long)(p), (n))

/* hosted_copy, hosted_clear - return the bytes not done (fibre.S). */
size_t hosted_copy(void *dst, const void *src, size_t n);
size_t hosted_clear(void *dst, size_t n);
/* hosted_strncpy - the length, @max, or -EFAULT. */
long hosted_strncpy(char *dst, const char *src, long max);

static inline size_t arch_copy_from_user(void *dst, const void __user *src, size_t n)
{
	kasan_check(dst, n);
	return access_ok(src, n) ? hosted_copy(dst, src, n) : n;
}

static inline size_t arch_copy_to_user(void __user *dst, const void *src, size_t n)
{
	kasan_check(src, n);
	return access_ok(dst, n) ? hosted_copy(dst, src, n) : n;
}

static inline size_t arch_clear_user(void __user *dst, size_t n)
{
	return access_ok(dst, n) ? hosted_clear(dst, n) : n;
}

static inline long arch_strncpy_from_user(char *dst, const char __user *src, long max)
{
	if (max <= 0)
		return 0;
	kasan_check(dst, (size_t)max);
	return access_ok(src, 1) ? hosted_strncpy(dst, src, max) : -EFAULT;
}

#endif
