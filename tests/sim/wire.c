/* SPDX-License-Identifier: MIT */
/* The simulator's clockwork: events in the order of their time, and links that delay, queue, lose
 * and spoil frames. */
#include "sim.h"

struct event {
	u64 time, order;
	void (*fn)(void *arg);
	void *arg;
};

static struct event *heap; /* heap[0] is the next one */
static size_t nr_events, room;
static u64 last_order;

u64 sim_rand(struct sim_rng *r)
{
	u64 z = r->state += 0x9e3779b97f4a7c15ull; /* SplitMix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

u64 sim_log_range(struct sim_rng *r, u64 lo, u64 hi)
{
	unsigned int bits = 0;
	u64 span = hi - lo, n, mask;

	while (bits < 63 && span >> bits)
		bits++;
	mask = (1ull << sim_below(r, bits + 1)) - 1;
	n = sim_rand(r) & mask;
	return lo + min(n, span);
}

/* ---- events ---- */

static bool earlier(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

void sim_at(u64 time_ns, void (*fn)(void *arg), void *arg)
{
	struct event e = { .time = time_ns, .order = ++last_order, .fn = fn, .arg = arg };
	size_t i = nr_events++, up;

	if (nr_events > room) {
		room = room ? 2 * room : 256;
		heap = sim_host_realloc(heap, room * sizeof(*heap));
	}
	for (; i; i = up) {
		up = (i - 1) / 2;
		if (!earlier(&e, &heap[up]))
			break;
		heap[i] = heap[up];
	}
	heap[i] = e;
}

static struct event event_pop(void)
{
	struct event first = heap[0], last = heap[--nr_events];
	size_t i = 0, down;

	for (; (down = 2 * i + 1) < nr_events; i = down) {
		if (down + 1 < nr_events && earlier(&heap[down + 1], &heap[down]))
			down++;
		if (!earlier(&heap[down], &last))
			break;
		heap[i] = heap[down];
	}
	heap[i] = last;
	return first;
}

/* run_events - all that are due. */
static void run_events(void)
{
	while (nr_events && heap[0].time <= hosted_now()) {
		struct event e = event_pop();

		e.fn(e.arg);
		hosted_settle();
	}
}

void sim_run_until(u64 end, bool (*done)(void))
{
	host_catch_faults();
	for (;;) {
		u64 next;

		hosted_settle();
		run_events();
		if (done && done())
			return;
		next = min(nr_events ? heap[0].time : SIM_NEVER, end);
		if (hosted_step(next))
			continue;
		if (nr_events && heap[0].time <= hosted_now())
			continue; /* sent just now, by what the step ran */
		if (nr_events && heap[0].time < next)
			continue;
		hosted_now_ns = max(hosted_now_ns, next);
		if (next >= end)
			return;
	}
}

static void deliver(void *arg);

void sim_events_drop(void)
{
	while (nr_events) {
		struct event e = event_pop();

		if (e.fn == deliver)
			sim_host_free(e.arg);
	}
}

/* ---- links ---- */

static void deliver(void *arg)
{
	struct sim_frame *f = arg;
	struct sim_port *to = f->to;

	sim_trace_frame(to->link, !to->side, f->data, f->len, SIM_DELIVERED);
	sim_port_receive(to, f);
}

/* is_arp - nobody guards ARP's bytes, and a few lost requests cost a connection. */
static bool is_arp(const u8 *data, u32 len)
{
	return len >= ETH_HLEN && data[12] == 0x08 && data[13] == 0x06;
}

static bool lost(struct sim_link *link, int side, const u8 *data, u32 len)
{
	const struct sim_link_params *p = &link->params[side];
	struct sim_rng *r = &link->rng[side];
	bool *bad = &link->dir[side].bad;

	if (*bad ? sim_chance(r, p->ge_good_ppm) : sim_chance(r, p->ge_bad_ppm))
		*bad = !*bad;
	if (is_arp(data, len) && sim.gentle)
		return false;
	if (p->swallow_above && len > ETH_HLEN + p->swallow_above)
		return true;
	return sim_chance(r, p->loss_ppm) || (*bad && sim_chance(r, p->ge_loss_ppm));
}

/* corrupt - one bit of a TCP segment's IP packet: what no checksum misses. */
static bool corrupt(struct sim_rng *r, u8 *data, u32 len)
{
	if (len < ETH_HLEN + 20 || data[12] != 0x08 || data[13] != 0x00 ||
	    data[ETH_HLEN + 9] != IPPROTO_TCP)
		return false;
	data[sim_range(r, ETH_HLEN, len - 1)] ^= (u8)(1u << sim_below(r, 8));
	return true;
}

/* put - a frame on its way, to arrive at @when. */
static struct sim_frame *put(struct sim_link *link, int side, const u8 *data, u32 len, u64 when)
{
	static u32 last_id;
	struct sim_frame *f = sim_host_alloc(sizeof(*f) + len);

	f->sent_ns = hosted_now();
	f->id = ++last_id;
	f->len = len;
	f->to = link->port[!side];
	memcpy(f->data, data, len);
	sim_at(when, deliver, f);
	return f;
}

/* arrival - when a frame that leaves the queue at @gone is there; *overtaken: others may come
 * before it. */
static u64 arrival(struct sim_link *link, int side, u64 gone, bool *overtaken)
{
	const struct sim_link_params *p = &link->params[side];
	struct sim_rng *r = &link->rng[side];
	u64 when = gone + p->delay_ns;

	*overtaken = sim_chance(r, p->reorder_ppm);
	if (*overtaken)
		return when + 1 + sim_below(r, p->reorder_ns);
	when = max(when + sim_below(r, p->jitter_ns), link->dir[side].last_arrival);
	link->dir[side].last_arrival = when;
	return when;
}

/* queue_full - would a frame have to wait behind more than the queue holds? In time: the queue
 * empties at the link's rate. */
static bool queue_full(const struct sim_link *link, int side, u64 now)
{
	const struct sim_link_params *p = &link->params[side];
	u64 waiting = link->dir[side].busy_until > now ? link->dir[side].busy_until - now : 0;

	return p->rate_bps && waiting > p->queue_frames * ((u64)(link->mtu + ETH_HLEN) * 8 *
							   NSEC_PER_SEC / p->rate_bps);
}

u64 sim_link_send(struct sim_link *link, int side, const u8 *data, u32 len)
{
	const struct sim_link_params *p = &link->params[side];
	struct sim_rng *r = &link->rng[side];
	u64 now = hosted_now(), gone, when;
	bool overtaken;

	link->dir[side].sent++;
	if (queue_full(link, side, now)) {
		link->dir[side].dropped++;
		sim_trace_frame(link, side, data, len, SIM_QUEUE_FULL);
		return now;
	}
	gone = max(now, link->dir[side].busy_until) +
	       (p->rate_bps ? (u64)len * 8 * NSEC_PER_SEC / p->rate_bps : 0);
	link->dir[side].busy_until = gone;
	if (!link->port[!side]) /* not joined yet */
		return gone;
	if (link->down || lost(link, side, data, len)) {
		link->dir[side].lost++;
		sim_trace_frame(link, side, data, len, link->down ? SIM_LINK_DOWN : SIM_LOST);
		return gone;
	}
	when = arrival(link, side, gone, &overtaken);
	link->dir[side].reordered += overtaken;
	sim_trace_frame(link, side, data, len, overtaken ? SIM_REORDERED : SIM_SENT);
	if (sim_chance(r, p->corrupt_ppm)) {
		struct sim_frame *f = put(link, side, data, len, when);

		if (corrupt(r, f->data, len)) {
			link->dir[side].corrupted++;
			sim_trace_frame(link, side, f->data, len, SIM_CORRUPTED);
		}
	} else {
		put(link, side, data, len, when);
	}
	if (sim_chance(r, p->dup_ppm)) {
		link->dir[side].duplicated++;
		sim_trace_frame(link, side, data, len, SIM_DUPLICATED);
		put(link, side, data, len, when + sim_below(r, p->reorder_ns + 1));
	}
	return gone;
}
