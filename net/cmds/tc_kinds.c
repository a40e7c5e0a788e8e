/* SPDX-License-Identifier: MIT */
/* The options of tc's qdiscs, read and shown: pfifo, bfifo, pfifo_fast, tbf, noqueue; netem and fq
 * are in tc_netem.c. tc-pfifo(8), tc-tbf(8). */
#include "tc_internal.h"

/* ---- pfifo, bfifo ---- */

static int fifo_parse(struct tc_args *a, struct nl_request *r)
{
	struct tc_fifo_qopt opt = { 0 };
	char *word;

	if (!a->argc)
		return 0;
	while ((word = tc_word(a)) != NULL) {
		if (strcmp(word, "limit"))
			return tc_unknown(a, word);
		if (!tc_get_size(a, "limit", &opt.limit))
			return -EINVAL;
	}
	nl_put(r, TCA_OPTIONS, &opt, sizeof(opt));
	return 0;
}

static void pfifo_show(const struct nlattr *opt)
{
	if (nla_len(opt) >= (int)sizeof(struct tc_fifo_qopt))
		con_printf(" limit %up", ((const struct tc_fifo_qopt *)nla_data(opt))->limit);
}

static void bfifo_show(const struct nlattr *opt)
{
	char buf[32];

	if (nla_len(opt) >= (int)sizeof(struct tc_fifo_qopt))
		con_printf(" limit %s",
			   tc_size_text(((const struct tc_fifo_qopt *)nla_data(opt))->limit, buf));
}

/* ---- pfifo_fast, noqueue: nothing to say ---- */

static int none_parse(struct tc_args *a, struct nl_request *r)
{
	return a->argc ? tc_unknown(a, a->argv[0]) : 0;
}

static void prio_show(const struct nlattr *opt)
{
	const struct tc_prio_qopt *p = nla_data(opt);
	unsigned int i;

	if (nla_len(opt) < (int)sizeof(*p))
		return;
	con_printf(" bands %d priomap", p->bands);
	for (i = 0; i < sizeof(p->priomap); i++)
		con_printf(" %u", p->priomap[i]);
}

static void none_show(const struct nlattr *opt)
{
}

/* ---- tbf ---- */

struct tbf_words {
	u64 rate, peak, latency_ns;
	u32 burst, mtu, limit;
};

static int tbf_words(struct tc_args *a, struct tbf_words *w)
{
	char *word;
	bool ok;

	while ((word = tc_word(a)) != NULL) {
		if (!strcmp(word, "rate"))
			ok = tc_get_rate(a, "rate", &w->rate);
		else if (!strcmp(word, "burst") || !strcmp(word, "buffer") ||
			 !strcmp(word, "maxburst"))
			ok = tc_get_size(a, "burst", &w->burst);
		else if (!strcmp(word, "limit"))
			ok = tc_get_size(a, "limit", &w->limit);
		else if (!strcmp(word, "latency"))
			ok = tc_get_time(a, "latency", &w->latency_ns);
		else if (!strcmp(word, "peakrate"))
			ok = tc_get_rate(a, "peakrate", &w->peak);
		else if (!strcmp(word, "mtu") || !strcmp(word, "minburst"))
			ok = tc_get_size(a, "mtu", &w->mtu);
		else
			return tc_unknown(a, word);
		if (!ok)
			return -EINVAL;
	}
	return 0;
}

/* What @rate sends in @ns. */
static u64 rate_bytes(u64 rate, u64 ns)
{
	return rate * (ns / NSEC_PER_SEC) + rate * (ns % NSEC_PER_SEC / 1000) / USEC_PER_SEC;
}

/* How long @bytes take, in the ticks of the interface. */
static u32 ticks_of(u64 rate, u64 bytes)
{
	u64 ns = bytes / rate * NSEC_PER_SEC + bytes % rate * NSEC_PER_SEC / rate;

	return ns >> PSCHED_SHIFT > 0xffffffffull ? 0xffffffff : (u32)(ns >> PSCHED_SHIFT);
}

static int tbf_parse(struct tc_args *a, struct nl_request *r)
{
	struct tbf_words w = { 0 };
	struct tc_tbf_qopt opt = { 0 };
	struct nlattr *nest;
	u64 limit;
	int err = tbf_words(a, &w);

	if (err)
		return err;
	if (!w.rate || !w.burst || (!w.limit && !w.latency_ns) || (w.limit && w.latency_ns)) {
		con_printf("tbf: rate, burst, and one of limit and latency are needed\n");
		return -EINVAL;
	}
	if (w.peak && !w.mtu) {
		con_printf("tbf: with a peakrate its mtu (minburst) is needed\n");
		return -EINVAL;
	}
	limit = w.limit;
	if (w.latency_ns) { /* the burst goes at once, the rest waits for so long */
		limit = rate_bytes(w.rate, w.latency_ns) + w.burst;
		if (w.peak)
			limit = min(limit, rate_bytes(w.peak, w.latency_ns) + w.mtu);
	}
	opt.limit = limit > 0xffffffffull ? 0xffffffff : (u32)limit;
	opt.rate.rate = w.rate > 0xffffffffull ? 0xffffffff : (u32)w.rate;
	opt.peakrate.rate = w.peak > 0xffffffffull ? 0xffffffff : (u32)w.peak;
	opt.buffer = ticks_of(w.rate, w.burst);
	opt.mtu = w.peak ? ticks_of(w.peak, w.mtu) : 0;
	nest = nl_nest(r, TCA_OPTIONS);
	nl_put(r, TCA_TBF_PARMS, &opt, sizeof(opt));
	nl_put_u32(r, TCA_TBF_BURST, w.burst);
	if (w.rate > 0xffffffffull)
		nl_put(r, TCA_TBF_RATE64, &w.rate, sizeof(w.rate));
	if (w.peak > 0xffffffffull)
		nl_put(r, TCA_TBF_PRATE64, &w.peak, sizeof(w.peak));
	if (w.peak)
		nl_put_u32(r, TCA_TBF_PBURST, w.mtu);
	nl_nest_end(r, nest);
	return 0;
}

/* How many bytes of @rate go in @ticks. */
static u64 tick_bytes(u64 rate, u32 ticks)
{
	u64 ns = (u64)ticks << PSCHED_SHIFT;

	return rate * (ns / NSEC_PER_SEC) +
	       (rate * (ns % NSEC_PER_SEC) + NSEC_PER_SEC / 2) / NSEC_PER_SEC;
}

static void tbf_show(const struct nlattr *opt)
{
	const struct nlattr *tb[TCA_TBF_MAX + 1];
	const struct tc_tbf_qopt *p;
	u64 rate, peak, burst;
	char buf[32];

	if (nla_parse_nested(tb, TCA_TBF_MAX, opt, NULL, NULL) || !tb[TCA_TBF_PARMS] ||
	    nla_len(tb[TCA_TBF_PARMS]) < (int)sizeof(*p))
		return;
	p = nla_data(tb[TCA_TBF_PARMS]);
	rate = tb[TCA_TBF_RATE64] ? nla_get_u64(tb[TCA_TBF_RATE64]) : p->rate.rate;
	peak = tb[TCA_TBF_PRATE64] ? nla_get_u64(tb[TCA_TBF_PRATE64]) : p->peakrate.rate;
	if (!rate)
		return;
	burst = tick_bytes(rate, p->buffer);
	con_printf(" rate %s", tc_rate_text(rate, buf));
	con_printf(" burst %s", tc_size_text(burst, buf));
	if (peak) {
		con_printf(" peakrate %s", tc_rate_text(peak, buf));
		con_printf(" minburst %s", tc_size_text(tick_bytes(peak, p->mtu), buf));
	}
	if (p->limit >= burst)
		con_printf(" lat %s", tc_time_text((p->limit - burst) * NSEC_PER_SEC / rate, buf));
	else
		con_printf(" limit %s", tc_size_text(p->limit, buf));
}

/* ---- the table ---- */

static const struct tc_kind tc_plain[] = {
	{ "pfifo", fifo_parse, pfifo_show, NULL },     { "bfifo", fifo_parse, bfifo_show, NULL },
	{ "pfifo_fast", none_parse, prio_show, NULL }, { "noqueue", none_parse, none_show, NULL },
	{ "tbf", tbf_parse, tbf_show, NULL },
};

const struct tc_kind *tc_kind_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tc_plain); i++)
		if (!strcmp(tc_plain[i].name, name))
			return &tc_plain[i];
	return !strcmp(name, tc_netem.name) ? &tc_netem : !strcmp(name, tc_fq.name) ? &tc_fq : NULL;
}
