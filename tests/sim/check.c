/* SPDX-License-Identifier: MIT */
/* What must hold: of each connection after each segment, of all traffic at the end, and of what is
 * in use when all is over. */
#include <kernel/slab.h>
#include <net/dst.h>
#include <net/neighbour.h>
#include <net/tcp.h>
#include <uapi/errno.h>
#include <wire/ip.h>
#include <wire/tcp.h>

#include "sim.h"

#define MAX_CACHES 96

/* ---- connections, while they live ---- */

static void check_sock(struct sim_host *host, struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (sk->sk_state == TCP_TIME_WAIT || sk->sk_state == TCP_NEW_SYN_RECV || sk->sk_lock.owned)
		return;
	if (!tcp_check_invariants(sk))
		sim_fail("host %u, port %u: a %s socket's numbers contradict each other: una %u "
			 "nxt %u write %u out %u "
			 "sacked %u lost %u retrans %u",
			 host->index, sk->sk_num, tcp_state_name(sk->sk_state), tp->snd_una,
			 tp->snd_nxt, tp->write_seq, tp->packets_out, tp->sacked_out, tp->lost_out,
			 tp->retrans_out);
	if (atomic_read(&sk->sk_rmem_alloc) < 0 || sk->sk_wmem_queued < 0 ||
	    sk->sk_forward_alloc < 0)
		sim_fail("host %u, port %u: a %s socket's memory is negative: rmem %d queued %d "
			 "forward %d",
			 host->index, sk->sk_num, tcp_state_name(sk->sk_state),
			 atomic_read(&sk->sk_rmem_alloc), sk->sk_wmem_queued, sk->sk_forward_alloc);
}

static void check_host(const struct sim_host *host)
{
	if (warn_count())
		sim_fail("the kernel warns (above)");
	if (host->net->tcp.memory_allocated < 0 || atomic_read(&host->net->tcp.orphan_count) < 0 ||
	    host->net->tcp.death_row.count < 0)
		sim_fail("host %u: TCP's accounts are negative: memory %ld orphans %d timewait %d",
			 host->index, host->net->tcp.memory_allocated,
			 atomic_read(&host->net->tcp.orphan_count), host->net->tcp.death_row.count);
}

/* find_sock - in the established table, without a reference: nothing runs meanwhile. */
static struct sock *find_sock(struct net *net, const struct iphdr *ip, const struct tcphdr *th)
{
	struct inet_hashinfo *h = net->tcp.hashinfo;
	struct sock *sk;

	hlist_for_each_entry(sk,
			     inet_ehash_bucket(h, inet_ehashfn(h, ip->daddr, ntohs(th->dest),
							       ip->saddr, th->source)),
			     sk_node)
		if (sk->sk_num == ntohs(th->dest) && sk->sk_dport == th->source &&
		    sk->sk_daddr == ip->saddr && sk->sk_rcv_saddr == ip->daddr)
			return sk;
	return NULL;
}

void sim_check_frame(struct sim_host *host, const struct sim_frame *f)
{
	const u8 *d = f->data;
	struct iphdr ip;
	struct tcphdr th;
	struct sock *sk;

	check_host(host);
	if (f->len < ETH_HLEN + sizeof(ip) + sizeof(th) || d[12] != 0x08 || d[13] != 0x00)
		return;
	memcpy(&ip, d + ETH_HLEN, sizeof(ip));
	if (ip.protocol != IPPROTO_TCP || ip.ihl != 5 || (ntohs(ip.frag_off) & IP_OFFSET))
		return;
	memcpy(&th, d + ETH_HLEN + sizeof(ip), sizeof(th));
	sk = find_sock(host->net, &ip, &th);
	if (sk)
		check_sock(host, sk);
}

void sim_check_all(void)
{
	unsigned int i, b;
	struct sock *sk;

	for (i = 0; i < sim.nr_hosts; i++) {
		struct inet_hashinfo *h = sim.host[i]->net->tcp.hashinfo;

		check_host(sim.host[i]);
		for (b = 0; b <= h->ehash_mask; b++)
			hlist_for_each_entry(sk, &h->ehash[b], sk_node)
				check_sock(sim.host[i], sk);
	}
}

/* ---- traffic, at the end ---- */

static bool excusable(int err)
{
	switch (err) {
	case ECONNRESET:
	case EPIPE:
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ECONNREFUSED:
	case ECONNABORTED:
	case EADDRNOTAVAIL:
	case ENOTCONN: return true;
	case EINVAL: /* no route from an address that is no longer ours: the soft error that a
			timeout reports */
		return !sim.gentle;
	}
	return false;
}

static bool abort_planned(const struct sim_conn *c)
{
	return c->side[0].plan.abort_after != SIM_NEVER || c->side[1].plan.abort_after != SIM_NEVER;
}

static void check_side(const struct sim_conn *c, int who)
{
	const struct sim_side *side = &c->side[who], *peer = &c->side[!who];
	const char *name = who ? "server" : "client";

	if (side->state == SIM_RUNNING)
		sim_fail("connection %u: the %s has not ended: sent %llu of %llu, received %llu of "
			 "%llu, %s",
			 c->id, name, side->sent, side->plan.bytes, side->received,
			 peer->plan.bytes, side->shut ? "shut down" : "not shut down");
	if (side->err && !excusable(side->err))
		sim_fail("connection %u: the %s ends with error %d", c->id, name, side->err);
	if (side->eof &&
	    (side->received != peer->sent || (!peer->shut && !peer->aborted && !peer->err)))
		sim_fail("connection %u: the %s sees the end after %llu of %llu bytes", c->id, name,
			 side->received, peer->sent);
	if (sim.gentle && !abort_planned(c) &&
	    (side->err || side->state != SIM_DONE || side->received != peer->plan.bytes ||
	     side->sent != side->plan.bytes))
		sim_fail("connection %u: nothing hinders it, yet the %s sent %llu of %llu and "
			 "received %llu of %llu, error %d, state %d",
			 c->id, name, side->sent, side->plan.bytes, side->received,
			 peer->plan.bytes, side->err, side->state);
}

static void check_flow(const struct sim_flow *f)
{
	bool copies = false;
	unsigned int i;

	for (i = 0; i < sim.nr_links; i++)
		copies |= sim.link[i].params[0].dup_ppm || sim.link[i].params[1].dup_ppm;
	if (!f->done)
		sim_fail("UDP flow %u has not ended", f->id);
	if (f->received > f->sent || (f->duplicates && !copies))
		sim_fail("UDP flow %u: %u sent, %u received, %u more than once", f->id, f->sent,
			 f->received, f->duplicates);
}

void sim_check_traffic(void)
{
	unsigned int i;

	for (i = 0; i < sim.nr_conns; i++) {
		if (sim.conn[i].side[SIM_CLIENT].state != SIM_DONE)
			sim_fail("connection %u: the client has not ended (state %d, sent %llu, "
				 "received %llu)",
				 i, sim.conn[i].side[SIM_CLIENT].state,
				 sim.conn[i].side[SIM_CLIENT].sent,
				 sim.conn[i].side[SIM_CLIENT].received);
		check_side(&sim.conn[i], SIM_CLIENT);
		check_side(&sim.conn[i], SIM_SERVER);
	}
	for (i = 0; i < sim.nr_flows; i++)
		check_flow(&sim.flow[i]);
}

/* ---- what is in use ---- */

struct counts {
	unsigned long skbs, socks, dsts, neighbours, timers;
	struct {
		const char *name;
		unsigned long inuse;
	} cache[MAX_CACHES];
	unsigned int nr_caches;
};

static struct counts baseline;

static void add_cache(const struct kmem_cache_info *info, void *arg)
{
	struct counts *c = arg;

	if (c->nr_caches == MAX_CACHES)
		return;
	c->cache[c->nr_caches].name = info->name;
	c->cache[c->nr_caches++].inuse = info->inuse;
}

static void count(struct counts *c)
{
	*c = (struct counts){ .skbs = skbs_in_use(),
			      .socks = socks_in_use(),
			      .dsts = dst_entries_in_use(),
			      .neighbours = neighbours_in_use(),
			      .timers = timers_pending_count() };
	kmem_cache_for_each(add_cache, c);
}

void sim_baseline(void)
{
	count(&baseline);
}

static void compare(const char *what, unsigned long was, unsigned long is)
{
	if (is != was)
		sim_fail("at the end %lu %s are in use; at the beginning it was %lu", is, what,
			 was);
}

void sim_check_baseline(void)
{
	struct counts now;
	unsigned int i, k;

	count(&now);
	compare("skbs", baseline.skbs, now.skbs);
	compare("socks", baseline.socks, now.socks);
	compare("dst entries", baseline.dsts, now.dsts);
	compare("neighbours", baseline.neighbours, now.neighbours);
	compare("timers", baseline.timers, now.timers);
	for (i = 0; i < now.nr_caches; i++) {
		for (k = 0;
		     k < baseline.nr_caches && strcmp(baseline.cache[k].name, now.cache[i].name);
		     k++)
			;
		compare(now.cache[i].name, k < baseline.nr_caches ? baseline.cache[k].inuse : 0,
			now.cache[i].inuse);
	}
}
