/* SPDX-License-Identifier: MIT */
/* netem's chance: what is lost and how long it takes, apart from the queue that it happens in. */
#ifndef NET_NETEM_INTERNAL_H
#define NET_NETEM_INTERNAL_H

#include "sched_internal.h"

struct netem_cor { /* a chance that remembers: rho of ~0 is always the last */
	u32 last, rho;
};

enum netem_loss_model { NETEM_RANDOM, NETEM_4_STATES, NETEM_GILBERT_ELLIOTT };

/* Where a Markov chain stands; a packet meets it before it moves on. */
enum netem_loss_state { GAP_SENT, BURST_SENT, BURST_LOST, GAP_LOST, GOOD, BAD };

struct netem_loss {
	enum netem_loss_model model;
	enum netem_loss_state state;
	u32 probability;      /* NETEM_RANDOM */
	struct netem_cor cor; /* of it */
	struct tc_netem_gimodel gi;
	struct tc_netem_gemodel ge;
};

struct netem_delay {
	u64 latency_ns, jitter_ns;
	struct netem_cor cor;
	s16 *dist; /* jitters, NETEM_DIST_SCALE being one; NULL: evenly from -1 to 1 */
	unsigned int dist_len;
};

/* netem_random - the next number of the generator *@state. netem_correlated - the next of @c.
 * netem_happens - with
 * @probability (of ~0; 0: never). */
u32 netem_random(u64 *state);
u32 netem_correlated(u64 *state, struct netem_cor *c);
bool netem_happens(u64 *state, u32 probability, struct netem_cor *c);
bool netem_lost(u64 *state, struct netem_loss *l);	 /* is the next packet lost? */
u64 netem_draw_delay(u64 *state, struct netem_delay *d); /* of one packet, in ns */

/* netem_read_loss - TCA_NETEM_LOSS; netem_read_dist - TCA_NETEM_DELAY_DIST, into memory of its own.
 * 0, -EINVAL, -ENOMEM. */
int netem_read_loss(struct netem_loss *l, const struct nlattr *attr,
		    struct netlink_ext_ack *extack);
int netem_read_dist(struct netem_delay *d, const struct nlattr *attr,
		    struct netlink_ext_ack *extack);
int netem_put_loss(struct sk_buff *skb, const struct netem_loss *l); /* 0 or -EMSGSIZE */

#endif
