/* SPDX-License-Identifier: MIT */
/* The connections of a script: their ends, initial sequence numbers and clocks, given by the script
 * or learnt from packets. */
#include <stdlib.h>

#include "runner.h"

#define LISTEN_PORT 8080  /* ours when we listen, the remote's when we connect */
#define REMOTE_PORT 40000 /* the remote's when it connects */

static struct conn *conns, *current[256];

u8 pattern(u8 proto, u32 offset)
{
	return (u8)(offset * 7 + (offset >> 8) * 13 + proto);
}

static struct conn *conn_new(u8 proto, u32 local, u16 lport, u32 remote, u16 rport)
{
	struct conn *c = calloc(1, sizeof(*c));

	*c = (struct conn){ .proto = proto,
			    .local = local,
			    .remote = remote,
			    .lport = lport,
			    .rport = rport,
			    .remote_isn = script.remote_isn };
	c->last_win = 65535;
	c->next = conns;
	conns = c;
	return c;
}

static bool same(u16 a, u16 b)
{
	return !a || !b || a == b;
}

struct conn *conn_find(u8 proto, u32 local, u16 lport, u32 remote, u16 rport)
{
	for (struct conn *c = conns; c; c = c->next)
		if (c->proto == proto && c->local == local && c->remote == remote &&
		    same(c->lport, lport) && same(c->rport, rport))
			return c;
	return NULL;
}

void conn_use(struct conn *c)
{
	current[c->proto] = c;
}

struct conn *conn_of(const struct packet_spec *p, bool make)
{
	u8 proto = p->kind == PK_TCP ? 6 : p->kind == PK_UDP ? 17 : 1;
	u32 local = p->out ? p->src : p->dst, remote = p->out ? p->dst : p->src;
	u16 lport = p->out ? p->sport : p->dport, rport = p->out ? p->dport : p->sport;
	struct conn *c;

	if (!p->has_ends) {
		if (current[proto])
			return current[proto];
		if (proto != 1) {
			lport = p->out ? 0 : LISTEN_PORT;
			rport = p->out ? LISTEN_PORT : REMOTE_PORT;
		}
	}
	local = local ? local : script.local;
	remote = remote ? remote : script.remote;
	c = conn_find(proto, local, lport, remote, rport);
	if (c && c->isn_known && p->has_ends && p->out && !lport && proto == 6 &&
	    (p->flags & (TH_SYN | TH_ACK)) == TH_SYN)
		c = NULL; /* `* > A:P: S`: from whatever port, one more connection */
	if (!c && make)
		c = conn_new(proto, local, lport, remote, rport);
	return c;
}

void conns_forget(void)
{
	for (struct conn *c = conns; c; c = c->next)
		c->isn_known = c->ts_known = false;
}

bool any_urgent(void)
{
	for (struct conn *c = conns; c; c = c->next)
		if (c->urgent)
			return true;
	return false;
}
