/* SPDX-License-Identifier: MIT */
/* Raw system calls, for programs that test the ABI itself. */
#ifndef LIBC_SYS_SYSCALL_H
#define LIBC_SYS_SYSCALL_H

#ifdef __x86_64__
#include <uapi/unistd_64.h>
#define SYSNO(name) __NR_##name
#else
#include <uapi/unistd_32.h>
#define SYSNO(name) __NR_ia32_##name
#endif

/* syscall - call number nr (SYSNO(name)); on an error it sets errno and gives -1. */
long syscall(long nr, ...);

/*
 * __socket_op - operation op (SYS_SOCKET... of <uapi/net.h>): through socketcall on i386, as a
 * call of its own on x86-64. The kernel's bare answer: errors are -errno.
 */
long __socket_op(int op, long a, long b, long c, long d, long e, long f);

#endif
