/* SPDX-License-Identifier: MIT */
/* Fixed-width types of the user-space ABI, with the byte-order marks that sparse checks. */
#ifndef UAPI_TYPES_H
#define UAPI_TYPES_H

#ifdef __CHECKER__
#define __bitwise __attribute__((bitwise))
#define __force	  __attribute__((force))
#else
#ifndef __bitwise
#define __bitwise
#endif
#ifndef __force
#define __force
#endif
#endif

typedef signed char __s8;
typedef unsigned char __u8;
typedef signed short __s16;
typedef unsigned short __u16;
typedef signed int __s32;
typedef unsigned int __u32;
typedef signed long long __s64;
typedef unsigned long long __u64;

typedef __u16 __bitwise __le16;
typedef __u16 __bitwise __be16;
typedef __u32 __bitwise __le32;
typedef __u32 __bitwise __be32;
typedef __u64 __bitwise __le64;
typedef __u64 __bitwise __be64;
typedef __u16 __bitwise __sum16;
typedef __u32 __bitwise __wsum;

/* The width of the program that includes this header: 64 bits in the kernel, 32 in an i386 program.
 */
typedef long __kernel_long_t;
typedef unsigned long __kernel_ulong_t;
typedef __SIZE_TYPE__ __kernel_size_t;
typedef int __kernel_pid_t;

/* An aligned 64-bit value: i386 would otherwise align it to four bytes. */
typedef __u64 __aligned_u64 __attribute__((aligned(8)));

_Static_assert(sizeof(__u8) == 1 && sizeof(__u16) == 2, "small types");
_Static_assert(sizeof(__u32) == 4 && sizeof(__u64) == 8, "large types");
_Static_assert(sizeof(__kernel_long_t) == sizeof(void *), "a long holds a pointer");

#endif
