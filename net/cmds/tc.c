/* SPDX-License-Identifier: MIT */
/* tc: the queueing disciplines of devices, in the words and form of iproute2; over netlink. tc(8).
 */
#include "tc_internal.h"

/* ---- handles ---- */

/* "8001:", "1:1", "root" as a number. */
static bool parse_handle(const char *s, u32 *h)
{
	unsigned long long maj, min = 0;
	char *end;

	if (!strcmp(s, "root")) {
		*h = TC_H_ROOT;
		return true;
	}
	maj = simple_strtoull(s, &end, 16);
	if (end == s || *end != ':' || maj > 0xffff)
		return false;
	s = end + 1;
	if (*s)
		min = simple_strtoull(s, &end, 16);
	if ((*s && *end) || min > 0xffff)
		return false;
	*h = (u32)(maj << 16 | min);
	return true;
}

/* ---- show ---- */

struct show {
	struct if_names names;
	u32 only; /* this device; 0: all */
	bool stats;
};

static void show_stats(const struct nlattr *stats2, const struct tc_kind *kind)
{
	const struct nlattr *tb[TCA_STATS_MAX + 1];
	const struct gnet_stats_basic *b;
	const struct gnet_stats_queue *q;

	if (!stats2 || nla_parse_nested(tb, TCA_STATS_MAX, stats2, NULL, NULL) ||
	    !tb[TCA_STATS_BASIC] || nla_len(tb[TCA_STATS_BASIC]) < 12 || !tb[TCA_STATS_QUEUE] ||
	    nla_len(tb[TCA_STATS_QUEUE]) < (int)sizeof(*q))
		return;
	b = nla_data(tb[TCA_STATS_BASIC]);
	q = nla_data(tb[TCA_STATS_QUEUE]);
	con_printf(" Sent %llu bytes %u pkt (dropped %u, overlimits %u requeues %u) \n", b->bytes,
		   b->packets, q->drops, q->overlimits, q->requeues);
	con_printf(" backlog %ub %up requeues %u\n", q->backlog, q->qlen, q->requeues);
	if (kind && kind->show_stats && tb[TCA_STATS_APP])
		kind->show_stats(tb[TCA_STATS_APP], (size_t)nla_len(tb[TCA_STATS_APP]));
}

static int show_qdisc(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *t = NLMSG_DATA(nlh);
	const struct nlattr *tb[TCA_MAX + 1];
	struct show *s = arg;
	const struct tc_kind *kind;

	if (nlh->nlmsg_type != RTM_NEWQDISC ||
	    nlmsg_parse(nlh, sizeof(*t), tb, TCA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL) ||
	    (s->only && (u32)t->tcm_ifindex != s->only))
		return 0;
	kind = tc_kind_find(nl_text(tb[TCA_KIND]));
	con_printf("qdisc %s %x: ", nl_text(tb[TCA_KIND]), t->tcm_handle >> 16);
	if (!s->only)
		con_printf("dev %s ", if_name(&s->names, (u32)t->tcm_ifindex));
	if (t->tcm_parent == TC_H_ROOT)
		con_printf("root");
	else
		con_printf("parent %x:%x", t->tcm_parent >> 16, TC_H_MIN(t->tcm_parent));
	if (t->tcm_info != 1)
		con_printf(" refcnt %u", t->tcm_info);
	if (kind && tb[TCA_OPTIONS])
		kind->show(tb[TCA_OPTIONS]);
	con_printf(" \n");
	if (s->stats)
		show_stats(tb[TCA_STATS2], kind);
	return 0;
}

static int tc_show(struct tc_args *a, bool stats)
{
	struct show s = { .stats = stats };
	const struct tcmsg any = { 0 };
	struct nl_request r;
	int err;

	if (tc_next_is(a, "dev")) {
		const char *dev = tc_word(a);

		if (!dev)
			return arg_missing("tc", "the device's name (dev DEV)");
		s.only = if_index(&s.names, dev);
		if (!s.only) {
			con_printf("Cannot find device \"%s\"\n", dev);
			if_names_free(&s.names);
			return 1;
		}
	}
	if (a->argc) {
		if_names_free(&s.names);
		return usage(&tc_command);
	}
	if_index(&s.names, ""); /* the names are asked for before the dump begins */
	nl_begin(&r, RTM_GETQDISC, 0, &any, sizeof(any));
	err = nl_dump_once("tc", &r, show_qdisc, &s);
	if_names_free(&s.names);
	return err ? 2 : 0;
}

/* ---- add, replace, change, link, del ---- */

static const struct verb {
	const char *name;
	u16 type, flags;
} verbs[] = {
	{ "add", RTM_NEWQDISC, NLM_F_EXCL | NLM_F_CREATE },
	{ "change", RTM_NEWQDISC, 0 },
	{ "replace", RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE },
	{ "link", RTM_NEWQDISC, NLM_F_REPLACE },
	{ "delete", RTM_DELQDISC, 0 },
	{ "del", RTM_DELQDISC, 0 },
};

/* dev DEV, root, parent H:M, handle H:, in any order, up to the kind. 0 or a status after an error
 * line. */
static int parse_place(struct tc_args *a, struct tcmsg *t)
{
	struct if_names names = { 0 };
	const char *dev = NULL, *h;

	for (;;) {
		if (tc_next_is(a, "dev")) {
			dev = tc_word(a);
			if (!dev)
				break;
		} else if (tc_next_is(a, "root")) {
			t->tcm_parent = TC_H_ROOT;
		} else if (tc_next_is(a, "parent")) {
			h = tc_word(a);
			if (!h || !parse_handle(h, &t->tcm_parent)) {
				con_printf("Error: argument \"%s\" is wrong: invalid parent ID\n",
					   h ? h : "");
				return 1;
			}
		} else if (tc_next_is(a, "handle")) {
			h = tc_word(a);
			if (!h || !parse_handle(h, &t->tcm_handle)) {
				con_printf("Error: argument \"%s\" is wrong: invalid qdisc ID\n",
					   h ? h : "");
				return 1;
			}
			t->tcm_handle = TC_H_MAJ(t->tcm_handle);
		} else {
			break;
		}
	}
	if (!dev)
		return arg_missing("tc", "the device's name (dev DEV)");
	t->tcm_ifindex = (int)if_index(&names, dev);
	if_names_free(&names);
	if (t->tcm_ifindex)
		return 0;
	con_printf("Cannot find device \"%s\"\n", dev);
	return 1;
}

static int tc_modify(struct tc_args *a, const struct verb *v)
{
	const struct tc_kind *kind;
	struct tcmsg t = { 0 };
	struct nl_request r;
	char *word;
	int err = parse_place(a, &t);

	if (err)
		return err;
	nl_begin(&r, v->type, v->flags, &t, sizeof(t));
	word = tc_word(a);
	if (word) {
		nl_put_text(&r, TCA_KIND, word);
		kind = tc_kind_find(word);
		if (!kind && a->argc) {
			con_printf("Unknown qdisc \"%s\", hence option \"%s\" is unparsable\n",
				   word, a->argv[0]);
			return 1;
		}
		a->kind = word;
		if (kind && v->type == RTM_NEWQDISC && kind->parse(a, &r))
			return 1;
	}
	return nl_once("tc", &r, NULL, NULL) ? 2 : 0;
}

static int cmd_tc(int argc, char **argv)
{
	struct tc_args a = { argc - 1, argv + 1, "tc" };
	bool stats = false;
	const char *verb;
	unsigned int i;

	while (tc_peek(&a) && tc_peek(&a)[0] == '-') {
		const char *option = tc_word(&a);

		if (strcmp(option, "-s") && strcmp(option, "-statistics")) {
			con_printf("Option \"%s\" is unknown, try \"help tc\".\n", option);
			return 1;
		}
		stats = true;
	}
	if (!tc_next_is(&a, "qdisc")) {
		con_printf(a.argc ? "Object \"%s\" is unknown, try \"help tc\".\n" : "Usage:\n%s",
			   a.argc ? a.argv[0] : tc_command.usage);
		return a.argc ? 1 : 0;
	}
	verb = tc_word(&a);
	if (!verb || !strcmp(verb, "show") || !strcmp(verb, "list") || !strcmp(verb, "ls"))
		return tc_show(&a, stats);
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, verb))
			return tc_modify(&a, &verbs[i]);
	con_printf("Command \"%s\" is unknown, try \"help tc\".\n", verb);
	return 1;
}

struct console_command tc_command = {
	.name = "tc",
	.summary = "show and change the devices' queueing disciplines",
	.usage =
		"  tc [-s] qdisc [show [dev DEV]]\n"
		"  tc qdisc add|replace|change dev DEV root|parent H:1 [handle H:] KIND [OPTIONS]\n"
		"  tc qdisc del dev DEV root|parent H:1 [KIND]\n"
		"  pfifo|bfifo [limit N]; pfifo_fast; noqueue\n"
		"  tbf rate R burst BYTES limit BYTES|latency T [peakrate R mtu BYTES]\n"
		"  netem [limit N] [delay T [JITTER [CORR%] [distribution "
		"uniform|normal|pareto|paretonormal]]]\n"
		"        [loss P% [CORR%] | loss state P13 [P31 [P32 [P23 [P14]]]] | loss gemodel "
		"P [R "
		"[1-H [1-K]]]] [ecn]\n"
		"        [duplicate P% [CORR%]]\n"
		"        [corrupt P% [CORR%]] [reorder P% [CORR%]] [gap N] [rate R] [seed N]\n"
		"  fq [limit N] [flow_limit N] [quantum B] [initial_quantum B] [maxrate R] "
		"[buckets N]\n"
		"     [pacing|nopacing] [refill_delay T] [low_rate_threshold R] [orphan_mask N]\n"
		"     [horizon T] [horizon_drop|horizon_cap]\n",
	.fn = cmd_tc,
};
