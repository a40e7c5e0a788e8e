/* SPDX-License-Identifier: MIT */
/* Basic types of the language: size_t, NULL, offsetof. */
#ifndef LIBC_STDDEF_H
#define LIBC_STDDEF_H

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __WCHAR_TYPE__ wchar_t;

#define NULL		       ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)

#endif
