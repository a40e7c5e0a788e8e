/* SPDX-License-Identifier: MIT */
/* Socket calls of x86-64: each has a number of its own; send and recv are the longer calls. */
#include <errno.h>
#include <sys/syscall.h>
#include <uapi/net.h>

#include "syscall_arch.h"

static const short numbers[] = {
	[SYS_SOCKET] = SYSNO(socket),
	[SYS_BIND] = SYSNO(bind),
	[SYS_CONNECT] = SYSNO(connect),
	[SYS_LISTEN] = SYSNO(listen),
	[SYS_ACCEPT] = SYSNO(accept),
	[SYS_GETSOCKNAME] = SYSNO(getsockname),
	[SYS_GETPEERNAME] = SYSNO(getpeername),
	[SYS_SOCKETPAIR] = SYSNO(socketpair),
	[SYS_SEND] = SYSNO(sendto),
	[SYS_RECV] = SYSNO(recvfrom),
	[SYS_SENDTO] = SYSNO(sendto),
	[SYS_RECVFROM] = SYSNO(recvfrom),
	[SYS_SHUTDOWN] = SYSNO(shutdown),
	[SYS_SETSOCKOPT] = SYSNO(setsockopt),
	[SYS_GETSOCKOPT] = SYSNO(getsockopt),
	[SYS_SENDMSG] = SYSNO(sendmsg),
	[SYS_RECVMSG] = SYSNO(recvmsg),
	[SYS_ACCEPT4] = SYSNO(accept4),
	[SYS_RECVMMSG] = SYSNO(recvmmsg),
	[SYS_SENDMMSG] = SYSNO(sendmmsg),
};

long __socket_op(int op, long a, long b, long c, long d, long e, long f)
{
	if (op < SYS_SOCKET || op > SYS_SENDMMSG)
		return -EINVAL;
	if (op == SYS_SEND || op == SYS_RECV)
		e = f = 0;
	return __syscall6(numbers[op], a, b, c, d, e, f);
}
