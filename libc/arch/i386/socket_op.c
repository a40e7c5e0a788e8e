/* SPDX-License-Identifier: MIT */
/* Socket calls of i386: all go through socketcall, with their arguments in memory (book 12.10.3).
 */
#include <sys/syscall.h>

#include "syscall_arch.h"

long __socket_op(int op, long a, long b, long c, long d, long e, long f)
{
	long args[6] = { a, b, c, d, e, f };

	return __syscall2(SYSNO(socketcall), op, (long)args);
}
