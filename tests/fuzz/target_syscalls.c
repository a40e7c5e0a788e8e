/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: sequences of system calls with any numbers and any pointers. Ring 3's memory is one
 * region with a hole before it; what is written there for structures is kept from pointing into the
 * host program, as ring 3 could not either.
 */
#include <asm/page.h>
#include <uapi/epoll.h>
#include <uapi/poll.h>
#include <uapi/signal.h>
#include <uapi/unistd_64.h>

#include "fuzz.h"

#define ARENA	    65536ul
#define MAX_CALLS   60
#define PATIENCE_NS (200 * NSEC_PER_SEC)
#define LOW_END	    0x10000ul /* nothing is mapped below */

static u8 *arena;
static bool stop;
static struct task *runner;

static const u16 calls[] = {
	__NR_socket,
	__NR_socket,
	__NR_socket,
	__NR_connect,
	__NR_connect,
	__NR_accept,
	__NR_accept4,
	__NR_sendto,
	__NR_sendto,
	__NR_recvfrom,
	__NR_recvfrom,
	__NR_sendmsg,
	__NR_recvmsg,
	__NR_sendmmsg,
	__NR_recvmmsg,
	__NR_shutdown,
	__NR_bind,
	__NR_bind,
	__NR_listen,
	__NR_listen,
	__NR_getsockname,
	__NR_getpeername,
	__NR_socketpair,
	__NR_setsockopt,
	__NR_setsockopt,
	__NR_getsockopt,
	__NR_ioctl,
	__NR_ioctl,
	__NR_read,
	__NR_write,
	__NR_readv,
	__NR_writev,
	__NR_pread64,
	__NR_pwrite64,
	__NR_preadv,
	__NR_pwritev,
	__NR_open,
	__NR_openat,
	__NR_close,
	__NR_dup,
	__NR_dup2,
	__NR_dup3,
	__NR_fcntl,
	__NR_poll,
	__NR_ppoll,
	__NR_select,
	__NR_pselect6,
	__NR_epoll_create,
	__NR_epoll_create1,
	__NR_epoll_ctl,
	__NR_epoll_ctl,
	__NR_epoll_wait,
	__NR_epoll_pwait,
	__NR_epoll_pwait2,
	__NR_eventfd,
	__NR_eventfd2,
	__NR_pipe,
	__NR_pipe2,
	__NR_stat,
	__NR_fstat,
	__NR_lstat,
	__NR_statx,
	__NR_newfstatat,
	__NR_lseek,
	__NR_access,
	__NR_getdents64,
	__NR_getcwd,
	__NR_chdir,
	__NR_fchdir,
	__NR_rename,
	__NR_mkdir,
	__NR_rmdir,
	__NR_unlink,
	__NR_symlink,
	__NR_readlink,
	__NR_truncate,
	__NR_ftruncate,
	__NR_sendfile,
	__NR_nanosleep,
	__NR_clock_nanosleep,
	__NR_clock_gettime,
	__NR_clock_getres,
	__NR_gettimeofday,
	__NR_time,
	__NR_times,
	__NR_getrandom,
	__NR_uname,
	__NR_sysinfo,
	__NR_syslog,
	__NR_getrlimit,
	__NR_setrlimit,
	__NR_prlimit64,
	__NR_getrusage,
	__NR_rt_sigaction,
	__NR_rt_sigprocmask,
	__NR_rt_sigpending,
	__NR_sigaltstack,
	__NR_setitimer,
	__NR_getitimer,
	__NR_alarm,
	__NR_futex,
	__NR_timerfd_create,
	__NR_timerfd_settime,
	__NR_timerfd_gettime,
	__NR_sched_yield,
	__NR_getpid,
	__NR_wait4,
	__NR_waitid,
	__NR_prctl,
	__NR_close_range,
	__NR_flock,
	__NR_fsync,
	__NR_umask,
	__NR_chmod,
	__NR_chown,
	__NR_utimensat,
	__NR_renameat2,
	__NR_faccessat2,
	__NR_getgroups,
	__NR_setgroups,
	__NR_sethostname,
};

static const char *const paths[] = { "/tmp/a",
				     "/proc/net/tcp",
				     "/dev/null",
				     "/proc/self/fd",
				     "/tmp",
				     "/",
				     "/proc/sys/net/ipv4/tcp_rmem",
				     "/dev/zero",
				     "/dev/urandom",
				     "/proc/net/snmp",
				     "../tmp/./b",
				     "/proc/slabinfo" };

/* tame - no word of the arena points into the host program. */
static void tame(void)
{
	u64 *w = (u64 *)arena;
	size_t i;

	for (i = 0; i < ARENA / 8; i++)
		if (w[i] >= LOW_END && w[i] < TASK_SIZE && w[i] - (u64)arena >= ARENA)
			w[i] &= LOW_END - 1;
}

static long address(void)
{
	u16 at = fuzz_u16();

	switch (at & 7) {
	case 0: return 0;
	case 1: return (long)(at >> 3);
	case 2: return (long)(0xffff800000000000ul | fuzz_u32());
	case 3: return (long)(arena - 1 - (at >> 3 & 15)); /* begins in the hole */
	case 4: return -1 - (long)(at >> 3);
	}
	return (long)(arena + (at & ~7ul) % (ARENA / 2));
}

static long argument(void)
{
	u8 kind = fuzz_u8();

	switch (kind & 7) {
	case 0:
	case 1: return kind >> 3; /* a descriptor, a family, a flag */
	case 2: return (long)fuzz_u16();
	case 3: return (int)fuzz_u32();
	case 4: return kind & 8 ? -1 : kind & 16 ? 0x7fffffff : (long)0x8000000000000000ul;
	default: return address();
	}
}

static void put(u16 at, const void *p, size_t n)
{
	memcpy(arena + (at & ~7ul) % (ARENA / 2), p, n);
}

/* prepare - a structure in the arena, of a kind that calls take. */
static void prepare(void)
{
	u8 kind = fuzz_u8();
	u16 at = fuzz_u16();
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons((u16)(7000 + kind / 8)),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct pollfd pfd[4];
	u64 w[7];
	int i;

	switch (kind & 7) {
	case 0:
	case 1: put(at, &sin, sizeof(sin)); break;
	case 2:
		put(at, paths[at % ARRAY_SIZE(paths)], strlen(paths[at % ARRAY_SIZE(paths)]) + 1);
		break;
	case 3: /* iovecs */
		for (i = 0; i < 6; i += 2) {
			w[i] = (u64)address();
			w[i + 1] = fuzz_u16();
		}
		put(at, w, 48);
		break;
	case 4: /* a message */
		for (i = 0; i < 7; i++)
			w[i] = i & 1 ? fuzz_u8() : (u64)address();
		put(at, w, 56);
		break;
	case 5:
		for (i = 0; i < 4; i++)
			pfd[i] = (struct pollfd){ .fd = fuzz_u8() & 15,
						  .events = (short)fuzz_u16() };
		put(at, pfd, sizeof(pfd));
		break;
	case 6: /* times, numbers */
		w[0] = fuzz_u16();
		w[1] = fuzz_u32();
		w[2] = w[3] = fuzz_u8();
		put(at, w, 32);
		break;
	default: fuzz_bytes(arena + (at & ~7ul) % (ARENA / 2), fuzz_u8()); break;
	}
}

static void runner_body(void *unused)
{
	unsigned int n = 0;
	long a[6];
	u16 nr;
	int i;

	runner = current;
	while (!stop && n < MAX_CALLS && fuzz_more()) {
		nr = fuzz_u8();
		if (nr >= 192) {
			prepare();
			continue;
		}
		n++;
		nr = calls[nr % ARRAY_SIZE(calls)];
		for (i = 0; i < 6; i++)
			a[i] = argument();
		tame();
		skiff_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	runner = NULL;
}

static void interrupt(void)
{
	runner->blocked = 0;
	runner->signal_pending_mask |= 1ull << (SIGINT - 1);
	wake_up_process(runner);
}

static int settle_body(void *unused)
{
	fuzz_check_baseline();
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
	arena = host_map_guarded(ARENA);
	if (!arena)
		fuzz_fault("no memory for ring 3");
	fuzz_baseline();
}

void fuzz_one(const u8 *data, size_t len)
{
	u64 end = hosted_now() + PATIENCE_NS, limit = end + FUZZ_LIMIT_NS;

	memset(arena, 0, ARENA);
	stop = false;
	if (skiff_task_start(runner_body, NULL) < 0)
		return;
	host_catch_faults();
	hosted_settle();
	while (runner && hosted_step(end))
		;
	stop = true;
	while (runner && hosted_now() < limit) {
		interrupt();
		hosted_settle();
		if (runner && !hosted_step(hosted_now() + NSEC_PER_SEC))
			hosted_now_ns += NSEC_PER_SEC;
	}
	if (runner)
		fuzz_fault("a system call cannot be interrupted");
	fuzz_call(NULL, settle_body, NULL);
}
