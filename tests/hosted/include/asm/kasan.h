/* SPDX-License-Identifier: MIT */
/* Hosted: the allocators' marks for the address sanitizer, where it is built in, and failures that a test asks for. */
#ifndef ASM_KASAN_H
#define ASM_KASAN_H

#include <kernel/types.h>

#ifdef __SANITIZE_ADDRESS__
void __asan_poison_memory_region(void const volatile *p, size_t n);
void __asan_unpoison_memory_region(void const volatile *p, size_t n);
void hosted_kasan_check(unsigned long addr, size_t n); /* not a pointer: what is to be filled need not be initialised */
#define KASAN_ENABLED 1
#define __no_kasan __attribute__((no_sanitize_address))
#define kasan_poison(p, n) __asan_poison_memory_region(p, n)
#define kasan_unpoison(p, n) __asan_unpoison_memory_region(p, n)
#define kasan_check(p, n) hosted_kasan_check((unsigned long)(p), n)
#else
#define KASAN_ENABLED 0
#define __no_kasan
#define kasan_poison(p, n) ((void)(p), (void)(n))
#define kasan_unpoison(p, n) ((void)(p), (void)(n))
#define kasan_check(p, n) ((void)(p), (void)(n))
#endif

extern bool hosted_alloc_faults; /* failures are asked for */
bool hosted_alloc_fault(void);

static inline bool arch_alloc_should_fail(void)
{
	return hosted_alloc_faults && hosted_alloc_fault();
}

#endif
