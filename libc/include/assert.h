/* SPDX-License-Identifier: MIT */
/* Checks of a program's own assumptions. */
#ifndef LIBC_ASSERT_H
#define LIBC_ASSERT_H

_Noreturn void __assert_fail(const char *expr, const char *file, int line, const char *func);

#define assert(expr) ((expr) ? (void)0 : __assert_fail(#expr, __FILE__, __LINE__, __func__))
#define static_assert _Static_assert

#endif
