/* SPDX-License-Identifier: MIT */
/* Tries the system-call ABI with good and hostile arguments; on Skiff and on Linux the lines are
 * the same. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "sysprobe/probe_internal.h"

#define PAGE 4096

static int passed, failed;
static volatile int signal_counts[_NSIG + 1];
static sigjmp_buf recover;

void *bad_pointers[BAD_POINTERS];
char *page_edge;
/* Text in the program's constants, which are mapped without write permission. */
char *const read_only = "0123456789012345678901234567890123456789012345678901234567890123456789"
			"0123456789012345678901234567890123456789012345678901234567890123456789";
uintptr_t fault_address;

void check(bool holds, const char *name)
{
	if (holds)
		passed++;
	else
		failed++;
	printf("%s %d - %s\n", holds ? "ok" : "not ok", passed + failed, name);
}

static const char *answer(long value, char buf[64])
{
	if (value < 0 && value > -4096)
		snprintf(buf, 64, "%ld (%s)", value, strerror((int)-value));
	else
		snprintf(buf, 64, "%ld", value);
	return buf;
}

void is(const char *name, long got, long want)
{
	char line[256], a[64], b[64];

	if (got == want) {
		check(true, name);
		return;
	}
	snprintf(line, sizeof(line), "%s: got %s, want %s", name, answer(got, a), answer(want, b));
	check(false, line);
}

struct sockaddr_in loopback(int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return addr;
}

int port_of(int fd)
{
	struct sockaddr_in addr = { 0 };
	socklen_t len = sizeof(addr);

	getsockname(fd, (struct sockaddr *)&addr, &len);
	return ntohs(addr.sin_port);
}

/* A bail-out line in TAP's form: without these nothing else can be tried. */
static int need(int value, const char *what)
{
	if (value < 0) {
		printf("Bail out! %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return value;
}

static int bound(int type)
{
	struct sockaddr_in addr = loopback(0);
	int fd = need(socket(AF_INET, type, 0), "socket");

	need(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), "bind");
	return fd;
}

static void connect_port(int fd, int port)
{
	struct sockaddr_in addr = loopback(port);

	need(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), "connect");
}

int tcp_listener(void)
{
	int fd = bound(SOCK_STREAM);

	need(listen(fd, 8), "listen");
	return fd;
}

void tcp_pair(int fds[2])
{
	int listener = tcp_listener();

	fds[0] = need(socket(AF_INET, SOCK_STREAM, 0), "socket");
	connect_port(fds[0], port_of(listener));
	fds[1] = need(accept(listener, NULL, NULL), "accept");
	close(listener);
}

void udp_pair(int fds[2])
{
	fds[0] = bound(SOCK_DGRAM);
	fds[1] = bound(SOCK_DGRAM);
	connect_port(fds[0], port_of(fds[1]));
	connect_port(fds[1], port_of(fds[0]));
}

int wait_events(int fd, int events)
{
	struct pollfd p = { .fd = fd, .events = (short)events };

	poll(&p, 1, 2000);
	return (unsigned short)p.revents;
}

long long now_us(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	fault_address = (uintptr_t)info->si_addr;
	longjmp(recover, sig);
}

int faults(void (*fn)(void *), void *arg)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	/* NODEFER: the handler leaves by a jump, and the signal must not stay blocked. */
	struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };
	int sig;
	size_t i;

	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &act, NULL);
	sig = setjmp(recover);
	if (!sig)
		fn(arg);
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		signal(fatal[i], SIG_DFL);
	return sig;
}

static void on_signal(int sig)
{
	signal_counts[sig]++;
}

void count_signals(int sig)
{
	signal_counts[sig] = 0;
	signal(sig, on_signal);
}

int take_signals(int sig)
{
	int n = signal_counts[sig];

	signal_counts[sig] = 0;
	return n;
}

static void make_bad_pointers(void)
{
	char *two =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(two == MAP_FAILED ? -1 : 0, "mmap");
	need(munmap(two + PAGE, PAGE), "munmap");
	page_edge = two + PAGE;
	bad_pointers[0] = (void *)16;	  /* page 0 is never mapped */
	bad_pointers[1] = page_edge;	  /* nor is what was unmapped */
	bad_pointers[2] = (void *)-4096L; /* the kernel's end of the addresses */
	bad_pointers[3] = (void *)-1L;	  /* wraps around at once */
	bad_pointers[4] =
		(void *)(~0UL << (8 * sizeof(long) - 1)); /* the sign bit: not canonical */
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {
		{ "socket-calls", probe_socket_calls },
		{ "options", probe_options },
		{ "stream", probe_stream },
		{ "datagram", probe_datagram },
		{ "messages", probe_messages },
		{ "hostile", probe_hostile },
		{ "waiting", probe_waiting },
		{ "files", probe_files },
		{ "signals", probe_signals },
		{ "async", probe_async },
		{ "memory", probe_memory },
		{ "time", probe_time },
	};
	size_t i;

	make_bad_pointers();
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (argc > 1 && strcmp(argv[1], parts[i].name))
			continue;
		printf("# %s\n", parts[i].name);
		parts[i].run();
	}
	printf("1..%d\n%d passed, %d failed\n", passed + failed, passed, failed);
	return failed ? 1 : 0;
}
