/* SPDX-License-Identifier: MIT */
/* What the allocators tell an address sanitizer, and failures made on purpose: nothing on the real machine, the hosted build has them. */
#ifndef ASM_KASAN_H
#define ASM_KASAN_H

#define KASAN_ENABLED 0
#define __no_kasan
#define kasan_poison(p, n) ((void)(p), (void)(n))
#define kasan_unpoison(p, n) ((void)(p), (void)(n))

/* arch_alloc_should_fail - is this allocation to fail, for a test's sake? */
#define arch_alloc_should_fail() 0

#endif
