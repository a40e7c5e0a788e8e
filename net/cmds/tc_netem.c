/* SPDX-License-Identifier: MIT */
/* tc's netem and fq: their options, read and shown. tc-netem(8), tc-fq(8). */
#include "tc_internal.h"

/* ---- netem ---- */

struct netem_words {
	struct tc_netem_qopt q;
	struct tc_netem_corr corr;
	struct tc_netem_reorder reorder;
	struct tc_netem_corrupt corrupt;
	struct tc_netem_rate rate;
	u64 delay_ns, jitter_ns, rate64, seed;
	bool has_seed, has_corrupt, ecn;
	u16 model; /* NETEM_LOSS_x; 0: by chance alone */
	struct tc_netem_gimodel gi;
	struct tc_netem_gemodel ge;
	const char *dist; /* NULL: the even one */
};

/* A share that may follow; 0: it does not. */
static u32 maybe_percent(struct tc_args *a)
{
	u32 share = 0;

	if (tc_peek(a) && tc_parse_percent(tc_peek(a), &share))
		tc_word(a);
	return share;
}

/* delay TIME [JITTER [CORRELATION]] */
static bool netem_delay(struct tc_args *a, struct netem_words *w)
{
	if (!tc_get_time(a, "delay", &w->delay_ns))
		return false;
	if (tc_peek(a) && isdigit(*tc_peek(a)) && tc_parse_time(tc_peek(a), &w->jitter_ns)) {
		tc_word(a);
		w->corr.delay_corr = maybe_percent(a);
	}
	if (!tc_next_is(a, "distribution"))
		return true;
	w->dist = tc_word(a);
	if (w->dist && !w->jitter_ns) {
		con_printf("netem: a distribution needs a jitter: delay TIME JITTER distribution "
			   "NAME\n");
		return false;
	}
	if (!w->dist)
		con_printf("netem: the distribution is missing\n");
	return w->dist;
}

/* The shares that follow, up to @n of them; those that do not keep what they are. */
static void some_percents(struct tc_args *a, u32 *const shares[], unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n && tc_peek(a) && tc_parse_percent(tc_peek(a), shares[i]); i++)
		tc_word(a);
}

/* loss [random] PERCENT [CORRELATION] | state P13 [P31 [P32 [P23 [P14]]]] | gemodel PERCENT [R [1-H
 * [1-K]]] */
static bool netem_loss(struct tc_args *a, struct netem_words *w)
{
	u32 kept = ~0u;

	if (tc_next_is(a, "state")) {
		w->model = NETEM_LOSS_GI;
		if (!tc_get_percent(a, "loss", &w->gi.p13))
			return false;
		w->gi.p31 = ~0u - w->gi.p13;
		w->gi.p23 = ~0u;
		some_percents(a, (u32 *const[]){ &w->gi.p31, &w->gi.p32, &w->gi.p23, &w->gi.p14 },
			      4);
		return true;
	}
	if (tc_next_is(a, "gemodel")) {
		w->model = NETEM_LOSS_GE;
		if (!tc_get_percent(a, "loss", &w->ge.p))
			return false;
		w->ge.r = ~0u - w->ge.p;
		some_percents(a, (u32 *const[]){ &w->ge.r, &kept, &w->ge.k1 }, 3);
		w->ge.h = ~0u - kept; /* told is what is lost */
		return true;
	}
	tc_next_is(a, "random");
	if (!tc_get_percent(a, "loss", &w->q.loss))
		return false;
	w->corr.loss_corr = maybe_percent(a);
	return true;
}

/* rate RATE [OVERHEAD [CELL [CELLOVERHEAD]]] */
static bool netem_rate(struct tc_args *a, struct netem_words *w)
{
	u32 v[3] = { 0 };
	unsigned int i;

	if (!tc_get_rate(a, "rate", &w->rate64))
		return false;
	for (i = 0; i < 3 && tc_peek(a) && isdigit(*tc_peek(a)); i++)
		if (!tc_get_u32(a, "overhead", &v[i]))
			return false;
	w->rate = (struct tc_netem_rate){
		.rate = w->rate64 > 0xffffffffull ? 0xffffffff : (u32)w->rate64,
		.packet_overhead = (s32)v[0],
		.cell_size = v[1],
		.cell_overhead = (s32)v[2],
	};
	return true;
}

static int netem_word(struct tc_args *a, const char *word, struct netem_words *w)
{
	bool ok = true;

	if (!strcmp(word, "limit")) {
		ok = tc_get_u32(a, "limit", &w->q.limit);
	} else if (!strcmp(word, "delay") || !strcmp(word, "latency")) {
		ok = netem_delay(a, w);
	} else if (!strcmp(word, "loss") || !strcmp(word, "drop")) {
		ok = netem_loss(a, w);
	} else if (!strcmp(word, "ecn")) {
		w->ecn = true;
	} else if (!strcmp(word, "duplicate")) {
		ok = tc_get_percent(a, "duplicate", &w->q.duplicate);
		w->corr.dup_corr = maybe_percent(a);
	} else if (!strcmp(word, "corrupt")) {
		ok = w->has_corrupt = tc_get_percent(a, "corrupt", &w->corrupt.probability);
		w->corrupt.correlation = maybe_percent(a);
	} else if (!strcmp(word, "reorder")) {
		ok = tc_get_percent(a, "reorder", &w->reorder.probability);
		w->reorder.correlation = maybe_percent(a);
	} else if (!strcmp(word, "gap")) {
		ok = tc_get_u32(a, "gap", &w->q.gap);
	} else if (!strcmp(word, "rate")) {
		ok = netem_rate(a, w);
	} else if (!strcmp(word, "seed")) {
		ok = w->has_seed = tc_get_u64(a, "seed", &w->seed);
	} else {
		return tc_unknown(a, word);
	}
	return ok ? 0 : -EINVAL;
}

static void put_loss(struct nl_request *r, const struct netem_words *w)
{
	struct nlattr *nest = nl_nest(r, TCA_NETEM_LOSS);

	if (w->model == NETEM_LOSS_GI)
		nl_put(r, NETEM_LOSS_GI, &w->gi, sizeof(w->gi));
	else
		nl_put(r, NETEM_LOSS_GE, &w->ge, sizeof(w->ge));
	nl_nest_end(r, nest);
}

static int put_dist(struct nl_request *r, const char *name)
{
	s16 table[TC_NETEM_DIST_POINTS];

	if (!strcmp(name, "uniform"))
		return 0;
	if (!tc_netem_dist(name, table)) {
		con_printf("netem: `%s` is no distribution; uniform, normal, pareto and "
			   "paretonormal are\n",
			   name);
		return -EINVAL;
	}
	nl_put(r, TCA_NETEM_DELAY_DIST, table, sizeof(table));
	return 0;
}

static int netem_parse(struct tc_args *a, struct nl_request *r)
{
	struct netem_words w = { .q.limit = 1000 };
	struct nlattr *nest;
	char *word;
	int err;

	while ((word = tc_word(a)) != NULL)
		if (netem_word(a, word, &w))
			return -EINVAL;
	if (w.reorder.probability && !w.delay_ns) {
		con_printf("netem: reordering is not possible without some delay\n");
		return -EINVAL;
	}
	if (w.reorder.probability && !w.q.gap)
		w.q.gap = 1;
	w.q.latency = (u32)min(w.delay_ns >> PSCHED_SHIFT, 0xffffffffull);
	w.q.jitter = (u32)min(w.jitter_ns >> PSCHED_SHIFT, 0xffffffffull);
	if (w.ecn && !w.q.loss && !w.model) {
		con_printf("netem: ecn marks what would be lost: it needs a loss\n");
		return -EINVAL;
	}
	nest = nl_nest(r, TCA_OPTIONS);
	/* the struct stands in front of the attributes */
	memcpy((char *)r + r->nlh.nlmsg_len, &w.q, sizeof(w.q));
	r->nlh.nlmsg_len += sizeof(w.q);
	nl_put(r, TCA_NETEM_LATENCY64, &w.delay_ns, sizeof(w.delay_ns));
	nl_put(r, TCA_NETEM_JITTER64, &w.jitter_ns, sizeof(w.jitter_ns));
	/* what is not named stays as it is, where it is a change */
	if (w.corr.delay_corr || w.corr.loss_corr || w.corr.dup_corr)
		nl_put(r, TCA_NETEM_CORR, &w.corr, sizeof(w.corr));
	if (w.reorder.probability)
		nl_put(r, TCA_NETEM_REORDER, &w.reorder, sizeof(w.reorder));
	if (w.has_corrupt)
		nl_put(r, TCA_NETEM_CORRUPT, &w.corrupt, sizeof(w.corrupt));
	if (w.rate64)
		nl_put(r, TCA_NETEM_RATE, &w.rate, sizeof(w.rate));
	if (w.rate64 > 0xffffffffull)
		nl_put(r, TCA_NETEM_RATE64, &w.rate64, sizeof(w.rate64));
	if (w.has_seed)
		nl_put(r, TCA_NETEM_PRNG_SEED, &w.seed, sizeof(w.seed));
	if (w.ecn)
		nl_put_u32(r, TCA_NETEM_ECN, 1);
	if (w.model)
		put_loss(r, &w);
	err = w.dist ? put_dist(r, w.dist) : 0;
	nl_nest_end(r, nest);
	return err;
}

static void show_share(const char *name, u32 share, u32 corr)
{
	char buf[32];

	if (!share)
		return;
	con_printf(" %s %s", name, tc_percent_text(share, buf));
	if (corr)
		con_printf(" %s", tc_percent_text(corr, buf));
}

/* An attribute of at least @len bytes, or zeros. */
static const void *bytes_of(const struct nlattr *nla, size_t len)
{
	static const u64 zeros[4];

	return nla && nla_len(nla) >= (int)len ? nla_data(nla) : (const void *)zeros;
}

static u64 u64_of(const struct nlattr *nla)
{
	return nla && nla_len(nla) >= 8 ? nla_get_u64(nla) : 0;
}

static void show_percent(const char *name, u32 share)
{
	char buf[32];

	con_printf(" %s %s", name, tc_percent_text(share, buf));
}

/* A chain of losses. */
static void show_model(const struct nlattr *attr)
{
	const struct nlattr *tb[__NETEM_LOSS_MAX];
	const struct tc_netem_gimodel *gi;
	const struct tc_netem_gemodel *ge;

	if (!attr || nla_parse_nested(tb, __NETEM_LOSS_MAX - 1, attr, NULL, NULL))
		return;
	if (tb[NETEM_LOSS_GI]) {
		gi = bytes_of(tb[NETEM_LOSS_GI], sizeof(*gi));
		show_percent("loss state p13", gi->p13);
		show_percent("p31", gi->p31);
		show_percent("p32", gi->p32);
		show_percent("p23", gi->p23);
		show_percent("p14", gi->p14);
	}
	if (tb[NETEM_LOSS_GE]) {
		ge = bytes_of(tb[NETEM_LOSS_GE], sizeof(*ge));
		show_percent("loss gemodel p", ge->p);
		show_percent("r", ge->r);
		show_percent("1-h", ~0u - ge->h);
		show_percent("1-k", ge->k1);
	}
}

static void netem_show(const struct nlattr *opt)
{
	const struct nlattr *tb[TCA_NETEM_MAX + 1];
	const struct tc_netem_qopt *q = nla_data(opt);
	const struct tc_netem_corr *c;
	const struct tc_netem_reorder *r;
	const struct tc_netem_corrupt *k;
	const struct tc_netem_rate *rate;
	char buf[32];

	if (nla_len(opt) < (int)sizeof(*q) ||
	    nla_parse(tb, TCA_NETEM_MAX, (const struct nlattr *)(q + 1),
		      nla_len(opt) - (int)sizeof(*q), NULL, NL_VALIDATE_LIBERAL, NULL))
		return;
	c = bytes_of(tb[TCA_NETEM_CORR], sizeof(*c));
	r = bytes_of(tb[TCA_NETEM_REORDER], sizeof(*r));
	k = bytes_of(tb[TCA_NETEM_CORRUPT], sizeof(*k));
	rate = bytes_of(tb[TCA_NETEM_RATE], sizeof(*rate));
	con_printf(" limit %u", q->limit);
	if (q->latency) {
		con_printf(" delay %s", tc_time_text(u64_of(tb[TCA_NETEM_LATENCY64]), buf));
		if (q->jitter)
			con_printf("  %s", tc_time_text(u64_of(tb[TCA_NETEM_JITTER64]), buf));
		if (q->jitter && c->delay_corr)
			con_printf(" %s", tc_percent_text(c->delay_corr, buf));
	}
	show_share("loss", q->loss, c->loss_corr);
	show_model(tb[TCA_NETEM_LOSS]);
	show_share("duplicate", q->duplicate, c->dup_corr);
	if (r->probability)
		show_share("reorder", r->probability, r->correlation);
	show_share("corrupt", k->probability, k->correlation);
	if (rate->rate)
		con_printf(" rate %s",
			   tc_rate_text(tb[TCA_NETEM_RATE64] ? u64_of(tb[TCA_NETEM_RATE64])
							     : rate->rate,
					buf));
	if (tb[TCA_NETEM_ECN] && nla_get_u32(tb[TCA_NETEM_ECN]))
		con_printf(" ecn");
	if (q->gap)
		con_printf(" gap %u", q->gap);
	con_printf(" seed %llu", u64_of(tb[TCA_NETEM_PRNG_SEED]));
}

const struct tc_kind tc_netem = { "netem", netem_parse, netem_show, NULL };

/* ---- fq ---- */

enum fq_unit { FQ_NUMBER, FQ_SIZE, FQ_RATE, FQ_USECS, FQ_NSECS, FQ_LOG };

static const struct fq_option {
	const char *word;
	u16 attr;
	u8 unit;
} fq_options[] = {
	{ "limit", TCA_FQ_PLIMIT, FQ_NUMBER },
	{ "flow_limit", TCA_FQ_FLOW_PLIMIT, FQ_NUMBER },
	{ "buckets", TCA_FQ_BUCKETS_LOG, FQ_LOG },
	{ "maxrate", TCA_FQ_FLOW_MAX_RATE, FQ_RATE },
	{ "low_rate_threshold", TCA_FQ_LOW_RATE_THRESHOLD, FQ_RATE },
	{ "quantum", TCA_FQ_QUANTUM, FQ_SIZE },
	{ "initial_quantum", TCA_FQ_INITIAL_QUANTUM, FQ_SIZE },
	{ "orphan_mask", TCA_FQ_ORPHAN_MASK, FQ_NUMBER },
	{ "refill_delay", TCA_FQ_FLOW_REFILL_DELAY, FQ_USECS },
	{ "timer_slack", TCA_FQ_TIMER_SLACK, FQ_NSECS },
	{ "horizon", TCA_FQ_HORIZON, FQ_USECS },
};

static bool fq_value(struct tc_args *a, const struct fq_option *o, u32 *v)
{
	u64 big = 0;
	bool ok;

	switch (o->unit) {
	case FQ_SIZE: return tc_get_size(a, o->word, v);
	case FQ_RATE: ok = tc_get_rate(a, o->word, &big); break;
	case FQ_USECS:
		ok = tc_get_time(a, o->word, &big);
		big /= NSEC_PER_USEC;
		break;
	case FQ_NSECS: ok = tc_get_time(a, o->word, &big); break;
	case FQ_LOG: /* rounded up to a power of two */
		if (!tc_get_u32(a, o->word, v))
			return false;
		while (big < 31 && (1u << big) < *v)
			big++;
		ok = true;
		break;
	default: return tc_get_u32(a, o->word, v);
	}
	*v = big > 0xfffffffeull ? 0xfffffffe : (u32)big;
	return ok;
}

static int fq_word(struct tc_args *a, const char *word, struct nl_request *r)
{
	u8 drop = !strcmp(word, "horizon_drop");
	unsigned int i;
	u32 v;

	if (!strcmp(word, "pacing") || !strcmp(word, "nopacing")) {
		nl_put_u32(r, TCA_FQ_RATE_ENABLE, word[0] == 'p');
		return 0;
	}
	if (drop || !strcmp(word, "horizon_cap")) {
		nl_put(r, TCA_FQ_HORIZON_DROP, &drop, 1);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(fq_options); i++) {
		if (strcmp(fq_options[i].word, word))
			continue;
		if (!fq_value(a, &fq_options[i], &v))
			return -EINVAL;
		nl_put_u32(r, fq_options[i].attr, v);
		return 0;
	}
	return tc_unknown(a, word);
}

static int fq_parse(struct tc_args *a, struct nl_request *r)
{
	struct nlattr *nest = nl_nest(r, TCA_OPTIONS);
	char *word;

	while ((word = tc_word(a)) != NULL)
		if (fq_word(a, word, r))
			return -EINVAL;
	nl_nest_end(r, nest);
	return 0;
}

static u32 u32_of(const struct nlattr *nla)
{
	return nla && nla_len(nla) >= 4 ? nla_get_u32(nla) : 0;
}

static void fq_show(const struct nlattr *opt)
{
	const struct nlattr *tb[TCA_FQ_MAX + 1];
	char buf[32];

	if (nla_parse_nested(tb, TCA_FQ_MAX, opt, NULL, NULL))
		return;
	con_printf(" limit %up flow_limit %up buckets %u orphan_mask %u", u32_of(tb[TCA_FQ_PLIMIT]),
		   u32_of(tb[TCA_FQ_FLOW_PLIMIT]), 1u << (u32_of(tb[TCA_FQ_BUCKETS_LOG]) & 31),
		   u32_of(tb[TCA_FQ_ORPHAN_MASK]));
	if (!u32_of(tb[TCA_FQ_RATE_ENABLE]))
		con_printf(" nopacing");
	con_printf(" quantum %s", tc_size_text(u32_of(tb[TCA_FQ_QUANTUM]), buf));
	con_printf(" initial_quantum %s", tc_size_text(u32_of(tb[TCA_FQ_INITIAL_QUANTUM]), buf));
	if (u32_of(tb[TCA_FQ_FLOW_MAX_RATE]) != ~0u)
		con_printf(" maxrate %s", tc_rate_text(u32_of(tb[TCA_FQ_FLOW_MAX_RATE]), buf));
	con_printf(" low_rate_threshold %s",
		   tc_rate_text(u32_of(tb[TCA_FQ_LOW_RATE_THRESHOLD]), buf));
	con_printf(" refill_delay %s",
		   tc_time_text((u64)u32_of(tb[TCA_FQ_FLOW_REFILL_DELAY]) * NSEC_PER_USEC, buf));
	con_printf(" timer_slack %s", tc_time_text(u32_of(tb[TCA_FQ_TIMER_SLACK]), buf));
	con_printf(" horizon %s",
		   tc_time_text((u64)u32_of(tb[TCA_FQ_HORIZON]) * NSEC_PER_USEC, buf));
	con_printf(tb[TCA_FQ_HORIZON_DROP] && nla_get_u8(tb[TCA_FQ_HORIZON_DROP]) ? " horizon_drop"
										  : " horizon_cap");
}

static void fq_show_stats(const struct nlattr *app, size_t len)
{
	const struct tc_fq_qd_stats *st = nla_data(app);
	char buf[32];

	if (len < sizeof(*st))
		return;
	con_printf("  flows %u (inactive %u throttled %u)", st->flows, st->inactive_flows,
		   st->throttled_flows);
	if (st->time_next_delayed_flow > 0)
		con_printf(" next_packet_delay %s",
			   tc_time_text((u64)st->time_next_delayed_flow, buf));
	con_printf("\n  gc %llu highprio %llu throttled %llu flows_plimit %llu\n", st->gc_flows,
		   st->highprio_packets, st->throttled, st->flows_plimit);
}

const struct tc_kind tc_fq = { "fq", fq_parse, fq_show, fq_show_stats };
