/* SPDX-License-Identifier: MIT */
/* Jumps out of functions. */
#ifndef LIBC_SETJMP_H
#define LIBC_SETJMP_H

#ifdef __x86_64__
typedef unsigned long jmp_buf[8];
#else
typedef unsigned long jmp_buf[6];
#endif

int setjmp(jmp_buf env) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf env, int value);

/* As on Linux without a saved mask: sigsetjmp(env, 0). */
#define sigjmp_buf jmp_buf

#endif
