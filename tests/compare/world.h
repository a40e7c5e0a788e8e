/* SPDX-License-Identifier: MIT */
/*
 * One stack under test, Skiff's or this machine's Linux, as a program can see and touch it: its
 * system calls, and the wire between it and a peer that the program plays. Each scenario is written
 * once, runs on both, and prints what it sees; the test compares the lines (test_compare.py).
 */
#ifndef COMPARE_WORLD_H
#define COMPARE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOCAL_ADDR  0xc0a80001u /* 192.168.0.1: the stack's */
#define REMOTE_ADDR 0xc0a80002u /* 192.168.0.2: ours */
#define PACKET_MAX  2048

/* ---- what each world supplies (world_skiff.c, world_linux.c) ---- */

void world_open(void);
/* world_call - a system call that ends at once: its result, or -errno. */
long world_call(long nr, long a, long b, long c, long d, long e, long f);
/* world_begin - one that may block; it has begun, and blocks or has ended, when this returns. */
struct pending *world_begin(long nr, long a, long b, long c, long d, long e, long f);
/* world_end - has it ended within @ms? Then *result is what it gave, and it is forgotten. */
bool world_end(struct pending *p, unsigned int ms, long *result);
/* world_give - an IP packet from the peer. */
void world_give(const void *packet, size_t len);
/* world_take - the next IP packet from the stack, within @ms. Its length, 0: none came. */
size_t world_take(void *packet, size_t cap, unsigned int ms);
void world_wait(unsigned int ms);
/* world_sysctl - net.ipv4.@name. */
void world_sysctl(const char *name, const char *value);

/* ---- the peer (peer.c) ---- */

#define FIN 1
#define SYN 2
#define RST 4
#define PSH 8
#define ACK 16
#define URG 32

/* One connection as the peer sees it. */
struct peer {
	uint16_t lport, rport; /* the stack's, ours */
	uint32_t seq, ack;     /* our next number; the stack's next */
	uint32_t una;	       /* the first of the stack's that we have not acknowledged */
	uint8_t first[60];     /* the beginning of the last packet that the stack sent, for ICMP to
				  quote */
	bool options;	       /* our SYN offers SACK and a scale of 7 */
	uint32_t sack_from, sack_to; /* the block that our ACKs carry, if it is not empty */
};

void peer_send(struct peer *p, uint8_t flags, uint32_t seq, size_t len);
/* peer_get - waits up to @ms for a packet of the connection with all of @flags; takes its numbers.
 * false: none came. */
bool peer_get(struct peer *p, uint8_t flags, unsigned int ms);
/* peer_drain - throws away what has come. */
void peer_drain(void);
void peer_icmp(struct peer *p, uint8_t type, uint8_t code, uint32_t info);

/* ---- conveniences (call.c) ---- */

#define CALL(nr, ...) call_(nr, (long[6]){ __VA_ARGS__ })
long call_(long nr, const long *args);
const char *result_text(long result); /* a number, or the name of an errno; one of four buffers */
int opt_get(int fd, int level, int name); /* an int option, or -errno - 1000000 */
int opt_set(int fd, int level, int name, int value);
int poll_now(int fd); /* revents of all there is to ask for */
const char *poll_text(int events);

int scenario_matrix(const char *only);
int scenario_options(const char *only);
int scenario_reports(const char *only);
int scenario_info(const char *only);
int scenario_counters(const char *only);

#endif
