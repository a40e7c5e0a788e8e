/* SPDX-License-Identifier: MIT */
/* netem's chance: a generator with a seed, correlation, chains of losses, distributions of delays.
 * tc-netem(8); for the chains S. Salsano and others, "Definition of a general and intuitive loss
 * model for packet networks". */
#include <kernel/slab.h>

#include "netem_internal.h"

/* SplitMix64. */
u32 netem_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (u32)((z ^ (z >> 31)) >> 32);
}

u32 netem_correlated(u64 *state, struct netem_cor *c)
{
	u64 value = netem_random(state), rho = (u64)c->rho + 1;

	if (!c->rho)
		return (u32)value;
	c->last = (u32)((value * ((1ull << 32) - rho) + (u64)c->last * rho) >> 32);
	return c->last;
}

bool netem_happens(u64 *state, u32 probability, struct netem_cor *c)
{
	return probability && probability >= netem_correlated(state, c);
}

/* ---- losses ---- */

static bool chance(u64 *state, u32 probability)
{
	return probability && probability >= netem_random(state);
}

/*
 * Four states: sent and lost in the gap between bursts (a loss there is a single one), sent and
 * lost in a burst. p13 begins a burst and p31 ends it, p32 leads from a loss to what is sent in the
 * burst and p23 back, p14 is a single loss. The state that is reached is what becomes of the
 * packet.
 */
static bool lost_by_4_states(u64 *rnd, struct netem_loss *l)
{
	const struct tc_netem_gimodel *m = &l->gi;
	u64 r = netem_random(rnd);

	switch (l->state) {
	case BURST_SENT: l->state = r < m->p23 ? BURST_LOST : BURST_SENT; break;
	case BURST_LOST:
		if (r < m->p32)
			l->state = BURST_SENT;
		else if (r < (u64)m->p32 + m->p31)
			l->state = GAP_SENT;
		break;
	case GAP_LOST: l->state = GAP_SENT; break;
	default:
		if (r < m->p14)
			l->state = GAP_LOST;
		else if (r < (u64)m->p14 + m->p13)
			l->state = BURST_LOST;
	}
	return l->state == BURST_LOST || l->state == GAP_LOST;
}

/* Two states: in the good one k1 is lost, in the bad one all but h; p leads to the bad one and r
 * back. */
static bool lost_by_gilbert_elliott(u64 *rnd, struct netem_loss *l)
{
	const struct tc_netem_gemodel *m = &l->ge;

	if (l->state == BAD) {
		if (chance(rnd, m->r))
			l->state = GOOD;
		return !chance(rnd, m->h);
	}
	if (chance(rnd, m->p))
		l->state = BAD;
	return chance(rnd, m->k1);
}

bool netem_lost(u64 *state, struct netem_loss *l)
{
	switch (l->model) {
	case NETEM_4_STATES: return lost_by_4_states(state, l);
	case NETEM_GILBERT_ELLIOTT: return lost_by_gilbert_elliott(state, l);
	default: return netem_happens(state, l->probability, &l->cor);
	}
}

static int loss_model(struct netem_loss *l, const struct nlattr *attr)
{
	bool gi = nla_type(attr) == NETEM_LOSS_GI;
	size_t size = gi ? sizeof(l->gi) : sizeof(l->ge);

	if ((!gi && nla_type(attr) != NETEM_LOSS_GE) || nla_len(attr) < (int)size)
		return -EINVAL;
	memcpy(gi ? (void *)&l->gi : (void *)&l->ge, nla_data(attr), size);
	l->model = gi ? NETEM_4_STATES : NETEM_GILBERT_ELLIOTT;
	l->state = gi ? GAP_SENT : GOOD;
	return 0;
}

int netem_read_loss(struct netem_loss *l, const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const struct nlattr *model;
	int rem;

	l->model = NETEM_RANDOM;
	if (!attr)
		return 0;
	nla_for_each_nested(model, attr, rem) {
		if (loss_model(l, model)) {
			NL_SET_ERR_MSG_ATTR(extack, model,
					    "netem: no such loss model, or not all of it");
			return -EINVAL;
		}
	}
	return 0;
}

int netem_put_loss(struct sk_buff *skb, const struct netem_loss *l)
{
	struct nlattr *nest;
	int err;

	if (l->model == NETEM_RANDOM)
		return 0;
	nest = nla_nest_start_noflag(skb, TCA_NETEM_LOSS);
	if (!nest)
		return -EMSGSIZE;
	err = l->model == NETEM_4_STATES ? nla_put(skb, NETEM_LOSS_GI, sizeof(l->gi), &l->gi)
					 : nla_put(skb, NETEM_LOSS_GE, sizeof(l->ge), &l->ge);
	nla_nest_end(skb, nest);
	return err;
}

/* ---- delays ---- */

u64 netem_draw_delay(u64 *state, struct netem_delay *d)
{
	s64 off;
	u32 r;

	if (!d->jitter_ns)
		return d->latency_ns;
	r = netem_correlated(state, &d->cor);
	if (d->dist)
		off = (s64)d->jitter_ns * d->dist[((u64)r * d->dist_len) >> 32] / NETEM_DIST_SCALE;
	else
		off = (s64)((u64)r * (2 * d->jitter_ns) >> 32) - (s64)d->jitter_ns;
	return (u64)max((s64)d->latency_ns + off, 0ll);
}

int netem_read_dist(struct netem_delay *d, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	unsigned int len = (unsigned int)nla_len(attr) / sizeof(s16);

	if (!len || len > NETEM_DIST_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "netem: a distribution has 1 to 16384 values");
		return -EINVAL;
	}
	d->dist = kmalloc(len * sizeof(s16), GFP_KERNEL);
	if (!d->dist)
		return -ENOMEM;
	memcpy(d->dist, nla_data(attr), len * sizeof(s16));
	d->dist_len = len;
	return 0;
}
