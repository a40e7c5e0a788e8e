/* SPDX-License-Identifier: MIT */
/* ip rule: show, add, delete and flush the rules that choose a routing table. ip-rule(8). */
#include "ip_internal.h"

static const struct ip_word actions[] = {
	{ "unicast", FR_ACT_TO_TBL },	   { "nop", FR_ACT_NOP },
	{ "blackhole", FR_ACT_BLACKHOLE }, { "unreachable", FR_ACT_UNREACHABLE },
	{ "prohibit", FR_ACT_PROHIBIT },   { NULL, 0 }
};
static const struct ip_word ip_protos[] = {
	{ "icmp", IPPROTO_ICMP }, { "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { NULL, 0 }
};

/* ---- show ---- */

static u32 number(const struct nlattr *attr)
{
	return attr && nla_len(attr) >= 4 ? nla_get_u32(attr) : 0;
}

static void show_prefix(const char *name, const struct nlattr *attr, unsigned int len)
{
	__be32 addr = attr && nla_len(attr) >= 4 ? nla_get_be32(attr) : 0;

	con_printf(len < 32 ? "%s %pI4/%u " : "%s %pI4 ", name, &addr, len);
}

static void show_ports(const char *name, const struct nlattr *attr)
{
	struct fib_rule_port_range range;

	if (!attr || nla_len(attr) < (int)sizeof(range))
		return;
	memcpy(&range, nla_data(attr), sizeof(range));
	if (range.start == range.end)
		con_printf("%s %u ", name, range.start);
	else
		con_printf("%s %u-%u ", name, range.start, range.end);
}

/* What a packet must be like. */
static void show_selectors(const struct fib_rule_hdr *frh, const struct nlattr *tb[])
{
	char buf[12];

	if (frh->flags & FIB_RULE_INVERT)
		con_printf("not ");
	if (frh->src_len)
		show_prefix("from", tb[FRA_SRC], frh->src_len);
	else
		con_printf("from all ");
	if (frh->dst_len)
		show_prefix("to", tb[FRA_DST], frh->dst_len);
	if (frh->tos)
		con_printf("tos 0x%02x ", frh->tos);
	if (number(tb[FRA_FWMARK]) || number(tb[FRA_FWMASK])) {
		con_printf("fwmark 0x%x", number(tb[FRA_FWMARK]));
		if (tb[FRA_FWMASK] && number(tb[FRA_FWMASK]) != ~0u)
			con_printf("/0x%x", number(tb[FRA_FWMASK]));
		con_printf(" ");
	}
	if (tb[FRA_IIFNAME])
		con_printf("iif %s ", nl_text(tb[FRA_IIFNAME]));
	if (tb[FRA_OIFNAME])
		con_printf("oif %s ", nl_text(tb[FRA_OIFNAME]));
	if (tb[FRA_IP_PROTO] && nla_get_u8(tb[FRA_IP_PROTO]))
		con_printf("ipproto %s ", ip_word(ip_protos, nla_get_u8(tb[FRA_IP_PROTO]), buf));
	show_ports("sport", tb[FRA_SPORT_RANGE]);
	show_ports("dport", tb[FRA_DPORT_RANGE]);
}

static u32 rule_table(const struct fib_rule_hdr *frh, const struct nlattr *tb[])
{
	return tb[FRA_TABLE] ? number(tb[FRA_TABLE]) : frh->table;
}

static void show_rule(const struct nlmsghdr *nlh, const struct ip_form *form)
{
	const struct fib_rule_hdr *frh = NLMSG_DATA(nlh);
	const struct nlattr *tb[FRA_MAX + 1];
	u8 protocol;
	char buf[12];

	if (nlmsg_parse(nlh, sizeof(*frh), tb, FRA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL))
		return;
	con_printf("%s%u:\t", nlh->nlmsg_type == RTM_DELRULE ? "Deleted " : "",
		   number(tb[FRA_PRIORITY]));
	show_selectors(frh, tb);
	if (frh->action == FR_ACT_TO_TBL) {
		con_printf("lookup %s", ip_word(ip_tables, rule_table(frh, tb), buf));
		if (tb[FRA_SUPPRESS_PREFIXLEN] && number(tb[FRA_SUPPRESS_PREFIXLEN]) != ~0u)
			con_printf(" suppress_prefixlength %u", number(tb[FRA_SUPPRESS_PREFIXLEN]));
	} else if (frh->action == FR_ACT_GOTO) {
		con_printf("goto %u%s", number(tb[FRA_GOTO]),
			   frh->flags & FIB_RULE_UNRESOLVED ? " [unresolved]" : "");
	} else {
		con_printf("%s", ip_word(actions, frh->action, buf));
	}
	protocol = tb[FRA_PROTOCOL] ? nla_get_u8(tb[FRA_PROTOCOL]) : 0;
	if (form->details || (protocol && protocol != RTPROT_KERNEL && protocol != RTPROT_BOOT))
		con_printf(" proto %s", ip_word(ip_protocols, protocol, buf));
	con_printf("\n");
}

int ip_print_rule(const struct nlmsghdr *nlh, void *form)
{
	show_rule(nlh, form);
	return 0;
}

struct rule_choice {
	struct ip_form *form;
	u32 table; /* 0: all */
};

static int show_chosen(const struct nlmsghdr *nlh, void *arg)
{
	const struct fib_rule_hdr *frh = NLMSG_DATA(nlh);
	const struct nlattr *tb[FRA_MAX + 1];
	const struct rule_choice *c = arg;

	if (!nlmsg_parse(nlh, sizeof(*frh), tb, FRA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL) &&
	    (!c->table || rule_table(frh, tb) == c->table))
		show_rule(nlh, c->form);
	return 0;
}

/* "[table T]" */
static int rule_show(int argc, char **argv, struct ip_form *form)
{
	const struct fib_rule_hdr frh = { .family = AF_INET };
	struct rule_choice c = { .form = form };
	struct nl_request r;

	if (argc && (argc != 2 || (strcmp(argv[0], "table") && strcmp(argv[0], "lookup")) ||
		     !ip_number(ip_tables, argv[1], &c.table)))
		return ip_not_understood("rule", argv[argc - 1]);
	nl_begin(&r, RTM_GETRULE, 0, &frh, sizeof(frh));
	return ip_status(nl_dump_once("ip", &r, show_chosen, &c));
}

/* ---- add, delete ---- */

struct rule_words {
	struct fib_rule_hdr frh;
	struct nl_request *r;
	bool have_table;
};

static bool read_prefix(struct rule_words *w, u16 attr, const char *value, u8 *len)
{
	unsigned int n;
	__be32 addr;

	if (!ip_read_prefix(value, &addr, &n))
		return false;
	*len = (u8)n;
	if (n)
		nl_put(w->r, attr, &addr, 4);
	return true;
}

/* "0x10" or "0x10/0xff" */
static bool read_mark(struct rule_words *w, char *value)
{
	char *slash = strchr(value, '/');
	u32 mark, mask;

	if (slash)
		*slash++ = '\0';
	if (!ip_read_number(value, &mark) || (slash && !ip_read_number(slash, &mask)))
		return false;
	nl_put_u32(w->r, FRA_FWMARK, mark);
	if (slash)
		nl_put_u32(w->r, FRA_FWMASK, mask);
	return true;
}

/* "80" or "80-90" */
static bool read_ports(struct rule_words *w, u16 attr, char *value)
{
	struct fib_rule_port_range range;
	char *dash = strchr(value, '-');
	u32 first, last;

	if (dash)
		*dash++ = '\0';
	if (!ip_read_number(value, &first) || (dash && !ip_read_number(dash, &last)))
		return false;
	if (!dash)
		last = first;
	if (first > 65535 || last > 65535)
		return false;
	range.start = (u16)first;
	range.end = (u16)last;
	nl_put(w->r, attr, &range, sizeof(range));
	return true;
}

static bool read_u8(struct rule_words *w, u16 attr, const struct ip_word *names, const char *value)
{
	u32 n;
	u8 byte;

	if (!ip_number(names, value, &n) || n > 255)
		return false;
	byte = (u8)n;
	nl_put(w->r, attr, &byte, 1);
	return true;
}

static bool read_u32(struct rule_words *w, u16 attr, const struct ip_word *names, const char *value)
{
	u32 n;

	if (!(names ? ip_number(names, value, &n) : ip_read_number(value, &n)))
		return false;
	nl_put_u32(w->r, attr, n);
	return true;
}

static bool read_device(struct rule_words *w, u16 attr, const char *value)
{
	nl_put_text(w->r, attr, value);
	return strlen(value) < IFNAMSIZ;
}

/* A word with a value. 1: taken, 0: it is none of these, -1: the value is wrong. */
static int read_value(struct rule_words *w, const char *key, char *value)
{
	bool ok;
	u32 n;

	if (!strcmp(key, "from")) {
		ok = read_prefix(w, FRA_SRC, value, &w->frh.src_len);
	} else if (!strcmp(key, "to")) {
		ok = read_prefix(w, FRA_DST, value, &w->frh.dst_len);
	} else if (!strcmp(key, "table") || !strcmp(key, "lookup")) {
		ok = w->have_table = read_u32(w, FRA_TABLE, ip_tables, value);
	} else if (ip_matches(key, "preference") || ip_matches(key, "priority") ||
		   !strcmp(key, "order")) {
		ok = read_u32(w, FRA_PRIORITY, NULL, value);
	} else if (!strcmp(key, "fwmark")) {
		ok = read_mark(w, value);
	} else if (!strcmp(key, "iif") || !strcmp(key, "dev")) {
		ok = read_device(w, FRA_IIFNAME, value);
	} else if (!strcmp(key, "oif")) {
		ok = read_device(w, FRA_OIFNAME, value);
	} else if (!strcmp(key, "tos") || !strcmp(key, "dsfield")) {
		ok = ip_read_number(value, &n) && n < 256;
		w->frh.tos = (u8)n;
	} else if (!strcmp(key, "ipproto")) {
		ok = read_u8(w, FRA_IP_PROTO, ip_protos, value);
	} else if (!strcmp(key, "sport") || !strcmp(key, "dport")) {
		ok = read_ports(w, *key == 's' ? FRA_SPORT_RANGE : FRA_DPORT_RANGE, value);
	} else if (!strcmp(key, "goto")) {
		w->frh.action = FR_ACT_GOTO;
		ok = read_u32(w, FRA_GOTO, NULL, value);
	} else if (!strcmp(key, "suppress_prefixlength") || !strcmp(key, "sup_pl")) {
		ok = read_u32(w, FRA_SUPPRESS_PREFIXLEN, NULL, value);
	} else {
		return 0;
	}
	return ok ? 1 : -1;
}

/* 0 or the status of a printed error. */
static int read_words(int argc, char **argv, struct rule_words *w)
{
	const struct ip_word *a;
	int i, taken;

	if (argc > 24)
		return ip_not_understood("rule", argv[24]);
	for (i = 0; i < argc; i++) {
		for (a = actions; a->name && strcmp(a->name, argv[i]); a++)
			;
		if (a->name) {
			w->frh.action = (u8)a->number;
			continue;
		}
		if (!strcmp(argv[i], "not")) {
			w->frh.flags |= FIB_RULE_INVERT;
			continue;
		}
		taken = i + 1 < argc ? read_value(w, argv[i], argv[i + 1]) : 0;
		if (taken < 1)
			return ip_not_understood("rule", argv[taken < 0 ? i + 1 : i]);
		i++;
	}
	return 0;
}

static int rule_change(int argc, char **argv, u16 type, u16 flags)
{
	const u8 protocol = RTPROT_BOOT;
	struct nl_request r;
	struct rule_words w = { .frh = { .family = AF_INET }, .r = &r };
	int status;

	if (!argc)
		return arg_missing("ip",
				   "what the rule asks for (from, to, fwmark, iif, pref, table)");
	nl_begin(&r, type, flags, &w.frh, sizeof(w.frh));
	status = read_words(argc, argv, &w);
	if (status)
		return status;
	if (type == RTM_NEWRULE) {
		nl_put(&r, FRA_PROTOCOL, &protocol, 1);
		if (!w.frh.action)
			w.frh.action = FR_ACT_TO_TBL;
		if (!w.have_table && w.frh.action == FR_ACT_TO_TBL)
			w.frh.table = RT_TABLE_MAIN;
	}
	memcpy(r.body, &w.frh, sizeof(w.frh));
	return ip_status(nl_once("ip", &r, NULL, NULL));
}

/* All but the one that finds this host's own addresses. */
static int is_flushed(const struct nlmsghdr *nlh, void *unused)
{
	const struct nlattr *tb[FRA_MAX + 1];

	return !nlmsg_parse(nlh, sizeof(struct fib_rule_hdr), tb, FRA_MAX, NULL,
			    NL_VALIDATE_LIBERAL, NULL) &&
	       number(tb[FRA_PRIORITY]);
}

static int rule_flush(void)
{
	const struct fib_rule_hdr frh = { .family = AF_INET };
	struct nl_request r;

	nl_begin(&r, RTM_GETRULE, 0, &frh, sizeof(frh));
	return nl_flush(&r, RTM_DELRULE, is_flushed, NULL) < 0 ? 2 : 0;
}

int ip_rule_main(int argc, char **argv, struct ip_form *form)
{
	if (ip_is_show(argc, argv))
		return rule_show(argc ? argc - 1 : 0, argv + 1, form);
	if (ip_matches(argv[0], "add"))
		return rule_change(argc - 1, argv + 1, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
	if (ip_matches(argv[0], "delete"))
		return rule_change(argc - 1, argv + 1, RTM_DELRULE, 0);
	if (ip_matches(argv[0], "flush"))
		return rule_flush();
	return ip_unknown_command(argv[0]);
}
