/* SPDX-License-Identifier: MIT */
/* A namespace's local (AF_UNIX) sockets. */
#ifndef NET_NETNS_UNIX_H
#define NET_NETNS_UNIX_H

#include <kernel/list.h>
#include <kernel/spinlock.h>
#include <kernel/sysctl.h>

#define UNIX_HASH_SIZE 64

struct netns_unix {
	spinlock_t lock; /* of names, of who is joined with whom, and of what is shut down */
	struct hlist_head names[UNIX_HASH_SIZE]; /* abstract ones [lock] */
	struct list_head all;			 /* every socket, in order of creation [lock] */
	u64 created;			 /* how many there ever were [lock] */
	struct list_head inflight;  /* sockets whose descriptors lie in queues (unix_gc.c) */
	struct list_head closing;   /* descriptors whose message is gone (unix_scm.c) */
	bool closing_now;
	bool gc_running;
	struct ctl_table_header sysctl_hdr;
	int sysctl_max_dgram_qlen; /* datagrams that wait for a reader: 10 */
};

#endif
