/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share: reading an input, tasks, an Ethernet device whose frames come from
 * the input. */
#ifndef FUZZ_H
#define FUZZ_H

#include <kernel/bug.h>
#include <kernel/err.h>
#include <kernel/interrupt.h>
#include <kernel/kernel.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/timer.h>
#include <net/dst.h>
#include <net/etherdevice.h>
#include <net/inetdevice.h>
#include <net/neighbour.h>
#include <net/net.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "host_os.h"
#include "hosted.h"
#include "skiff_host.h"
#include "skiff_test.h"

/* Each target is these two. fuzz_init runs once a process, fuzz_one for each input, both from the
 * host program's context. */
void fuzz_init(void);
void fuzz_one(const u8 *data, size_t len);

/* ---- input ---- */

struct fuzz_in {
	const u8 *p;
	size_t left;
};
extern struct fuzz_in in;

/* fuzz_u8 and so on - the next bytes, big-endian; zeros behind the end. */
u8 fuzz_u8(void);
u16 fuzz_u16(void);
u32 fuzz_u32(void);
/* fuzz_bytes - up to @max bytes into @buf; how many. */
size_t fuzz_bytes(void *buf, size_t max);
static inline bool fuzz_more(void)
{
	return in.left != 0;
}

/* ---- the machine ---- */

#define FUZZ_LIMIT_NS \
	(24 * 3600 * NSEC_PER_SEC) /* virtual time after which a task is taken to hang */

void fuzz_boot(const char *cmdline);
/* fuzz_call - run @fn in a task inside @net (NULL: the first) to its end; one that waits for ever
 * is a fault. Its result. */
int fuzz_call(struct net *net, int (*fn)(void *arg), void *arg);
/* fuzz_fault - what was found: prints it and aborts. */
void fuzz_fault(const char *fmt, ...) __printf(1, 2) __noreturn;

/* fuzz_baseline - count what is in use. fuzz_check_baseline - and it is so again; lets time pass
 * until sockets are gone. In a task. */
void fuzz_baseline(void);
void fuzz_check_baseline(void);

/* ---- a device (port.c) ---- */

#define FUZZ_ADDR 0x0a000001u /* 10.0.0.1/24, ours */
#define FUZZ_PEER 0x0a000002u
extern const u8 fuzz_mac[ETH_ALEN], fuzz_peer_mac[ETH_ALEN];

/* fuzz_dev_new - an Ethernet device of @net, up; with FUZZ_ADDR and FUZZ_PEER as its permanent
 * neighbour if @addressed. In a task. */
struct net_device *fuzz_dev_new(struct net *net, bool addressed);
void fuzz_dev_destroy(struct net_device *dev);
/* fuzz_dev_receive - a frame arrives now; its checksums are right, says the device. In a task. */
void fuzz_dev_receive(struct net_device *dev, const void *frame, size_t len);
/* fuzz_ip_receive - an IPv4 packet with a header of ours arrives. */
void fuzz_ip_receive(struct net_device *dev, u8 proto, u16 frag_off, u16 id, const void *data,
		     size_t len);
/* fuzz_sent - every frame that a device sends, for targets that answer. NULL: nobody looks.
 * Context: softirqs off. */
extern void (*fuzz_sent)(const u8 *frame, size_t len);

#endif
