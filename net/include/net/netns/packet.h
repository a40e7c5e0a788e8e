/* SPDX-License-Identifier: MIT */
/* A namespace's packet sockets. */
#ifndef NET_NETNS_PACKET_H
#define NET_NETNS_PACKET_H

#include <kernel/list.h>
#include <kernel/spinlock.h>

struct netns_packet {
	spinlock_t lock;
	struct hlist_head sklist; /* the youngest first [lock] */
	u64 created;		  /* how many there ever were [lock] */
};

#endif
