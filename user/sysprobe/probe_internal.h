/* SPDX-License-Identifier: MIT */
/* What the parts of sysprobe share: checks that print TAP lines, socket pairs, and bad pointers. */
#ifndef PROBE_INTERNAL_H
#define PROBE_INTERNAL_H

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <uapi/net.h>

#include "libc_internal.h"

/* check - one TAP line: ok or not ok. */
void check(bool holds, const char *name);
/* is - checks a kernel's bare answer (-errno on failure) against the one that Linux gives. */
void is(const char *name, long got, long want);

/* sock - socket operation SYS_<name> with the kernel's bare answer. */
#define sock(...) SOCK_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define SOCK_(op, a, b, c, d, e, f, ...) \
	__socket_op(SYS_##op, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Bad pointers: what a hostile program may hand over. */
#define BAD_POINTERS 5
extern void *bad_pointers[BAD_POINTERS];
/* A page that ends where nothing is mapped, and a read-only one. */
extern char *page_edge;
extern char *const read_only;

/* The loopback address with a port in host order. */
struct sockaddr_in loopback(int port);
int port_of(int fd);
/* A listening TCP socket on a port of its own. */
int tcp_listener(void);
/* Two ends of a TCP connection over loopback. */
void tcp_pair(int fds[2]);
/* Two UDP sockets, connected to each other. */
void udp_pair(int fds[2]);
/* Waits, at most two seconds, until poll() reports one of the events; what it reported. */
int wait_events(int fd, int events);
/* Monotonic microseconds. */
long long now_us(void);

/*
 * faults - the signal that fn(arg) dies of, or 0; the program lives on. The address that the
 * kernel gave with it goes to fault_address.
 */
int faults(void (*fn)(void *), void *arg);
extern uintptr_t fault_address;
/* Counts of the signals that arrived since the last take_signals(sig). */
void count_signals(int sig);
int take_signals(int sig);

void probe_socket_calls(void);
void probe_options(void);
void probe_stream(void);
void probe_datagram(void);
void probe_messages(void);
void probe_hostile(void);
void probe_waiting(void);
void probe_files(void);
void probe_signals(void);
void probe_async(void);
void probe_memory(void);
void probe_time(void);

#endif
