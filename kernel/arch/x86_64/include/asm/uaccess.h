/* SPDX-License-Identifier: MIT */
/* Touching user memory: every access is checked against the user's half and may fault without harm.
 */
#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

#include <asm/page.h>
#include <asm/smap.h>
#include <kernel/compiler.h>
#include <uapi/errno.h>

/* access_ok - may @n bytes from @p on be ring 3's? */
static inline bool __access_ok(unsigned long p, size_t n)
{
	return n <= TASK_SIZE && p <= TASK_SIZE - n;
}
#define access_ok(p, n) __access_ok((unsigned long)(p), (n))

/* __copy_user, __clear_user - the bare loops (uaccess.S); return the bytes not done. */
size_t __copy_user(void *dst, const void *src, size_t n);
size_t __clear_user(void *dst, size_t n);
long __strncpy_from_user(char *dst, const char *src, long max);

#define ASM_GET_USER(insn, reg, type)                                                      \
	static inline size_t __get_user_##type(type *dst, const void *src)                 \
	{                                                                                  \
		size_t left = 0;                                                           \
		type value = 0;                                                            \
		__asm__ __volatile__(SMAP_SITE(0xcb) "1: " insn " %2, %1\n\t"              \
						     "jmp 3f\n"                            \
						     "2: mov %3, %0\n"                     \
						     "3: " SMAP_SITE(0xca) EXTABLE(1b, 2b) \
				     : "+r"(left), reg(value)                              \
				     : "m"(*(const type *)src), "i"((int)sizeof(type))     \
				     : "memory");                                          \
		__builtin_memcpy(dst, &value, sizeof(value));                              \
		return left;                                                               \
	}                                                                                  \
	static __always_inline size_t __put_user_##type(void *dst, const type *src)        \
	{                                                                                  \
		type value;                                                                \
		__builtin_memcpy(&value, src, sizeof(value));                              \
		__asm__ goto(SMAP_SITE(0xcb) "1: " insn " %1, %0\n\t" SMAP_SITE(0xca)       \
				     EXTABLE(1b, %l[fault])                                \
			     :                                                             \
			     : "m"(*(type *)dst), "r"(value)                               \
			     : "memory"                                                    \
			     : fault);                                                     \
		return 0;                                                                  \
	fault:                                                                             \
		__asm__ __volatile__(SMAP_SITE(0xca));                                     \
		return sizeof(type);                                                       \
	}

ASM_GET_USER("movl", "+r", u32)
ASM_GET_USER("movq", "+r", u64)
#undef ASM_GET_USER

/* __copy_user_words - a short structure, whose size the compiler knows, word by word: there is no loop to enter. A fault anywhere counts
 * as nothing copied (though some words may be), for half a structure is of no use to anybody. */
static __always_inline size_t __copy_user_words(void *dst, const void *src, const size_t n)
{
	__asm__ goto(SMAP_SITE(0xcb) ".set .Lat, 0\n\t"
				     ".rept %c[n] / 8\n"
				     "1: movq .Lat(%[src]), %%r11\n"
				     "2: movq %%r11, .Lat(%[dst])\n\t"
				     ".set .Lat, .Lat + 8\n\t" EXTABLE(1b, %l[fault])
					     EXTABLE(2b, %l[fault]) ".endr\n\t"
				     ".rept %c[n] %% 8 / 4\n"
				     "1: movl .Lat(%[src]), %%r11d\n"
				     "2: movl %%r11d, .Lat(%[dst])\n\t" EXTABLE(1b, %l[fault])
					     EXTABLE(2b, %l[fault]) ".endr\n\t" SMAP_SITE(0xca)
		     :
		     : [dst] "r"(dst), [src] "r"(src), [n] "i"((int)n)
		     : "r11", "memory"
		     : fault);
	return 0;
fault:
	__asm__ __volatile__(SMAP_SITE(0xca));
	return n;
}
#define copied_by_words(n) (__builtin_constant_p(n) && (n) >= 12 && (n) <= 64 && (n) % 4 == 0)

/* arch_copy_from_user - returns the number of bytes NOT copied; of 64 bytes or less whose number the compiler knows, all or none. Context:
 * process. */
static inline size_t arch_copy_from_user(void *dst, const void __user *src, size_t n)
{
	if (unlikely(!access_ok(src, n)))
		return n;
	if (__builtin_constant_p(n) && n == sizeof(u32))
		return __get_user_u32(dst, (__force const void *)src);
	if (__builtin_constant_p(n) && n == sizeof(u64))
		return __get_user_u64(dst, (__force const void *)src);
	if (copied_by_words(n))
		return __copy_user_words(dst, (__force const void *)src, n);
	return __copy_user(dst, (__force const void *)src, n);
}

/* arch_copy_to_user - the same in the other direction. */
static inline size_t arch_copy_to_user(void __user *dst, const void *src, size_t n)
{
	if (unlikely(!access_ok(dst, n)))
		return n;
	if (__builtin_constant_p(n) && n == sizeof(u32))
		return __put_user_u32((__force void *)dst, src);
	if (__builtin_constant_p(n) && n == sizeof(u64))
		return __put_user_u64((__force void *)dst, src);
	if (copied_by_words(n))
		return __copy_user_words((__force void *)dst, src, n);
	return __copy_user((__force void *)dst, src, n);
}

/* arch_clear_user - zero @n bytes; returns the number of bytes NOT cleared. Context: process. */
static inline size_t arch_clear_user(void __user *dst, size_t n)
{
	if (unlikely(!access_ok(dst, n)))
		return n;
	return __clear_user((__force void *)dst, n);
}

/* arch_strncpy_from_user - the length without the NUL, @max if there is none among the first @max
 * bytes, or -EFAULT. Context: process. */
static inline long arch_strncpy_from_user(char *dst, const char __user *src, long max)
{
	unsigned long from = (unsigned long)src;
	long room, n;

	if (max <= 0)
		return 0;
	if (unlikely(from >= TASK_SIZE))
		return -EFAULT;
	room = (long)(TASK_SIZE - from);
	n = __strncpy_from_user(dst, (__force const char *)src, max < room ? max : room);
	return n == room && max > room ? -EFAULT : n;
}

#endif
