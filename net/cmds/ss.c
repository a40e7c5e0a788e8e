/* SPDX-License-Identifier: MIT */
/* ss(8): the sockets of this host, as iproute2 shows them. */
#include <uapi/sock_diag.h>

#include "ss_internal.h"

#define BIT_OF(s) (1u << (s))

/* The columns, in their order. Of the width that is left on the screen each takes its share, the last ones what cannot
 * be shared evenly; what is too wide for the line hangs over. */
enum {
	COL_NETID,
	COL_STATE,
	COL_RECVQ,
	COL_SENDQ,
	COL_ADDR,
	COL_PORT,
	COL_RADDR,
	COL_RPORT,
	COL_PROCESS,
	COLUMNS
};
#define SCREEN_WIDTH 80
#define TEXT_SIZE    2048 /* bytes, of what stands behind the columns of one socket */

static const struct column {
	const char *header;
	bool right; /* aligned */
	bool apart; /* a space before it, even where it is full */
} columns[COLUMNS] = {
	[COL_NETID] = { "Netid" },
	[COL_STATE] = { "State", .apart = true },
	[COL_RECVQ] = { "Recv-Q", .apart = true },
	[COL_SENDQ] = { "Send-Q", .apart = true },
	[COL_ADDR] = { "Local Address:", .apart = true, .right = true },
	[COL_PORT] = { "Port" },
	[COL_RADDR] = { "Peer Address:", .apart = true, .right = true },
	[COL_RPORT] = { "Port" },
	[COL_PROCESS] = { "Process" },
};

struct ss_table {
	const struct ss_proto *proto; /* the rows that come are of it */
	struct if_names names;
	struct nl_client killer; /* -K speaks by a socket of its own */
	const struct ss_options *options;
	bool measure; /* the first time through: only widths */
	bool events;  /* -E: what comes has ended, and is of the protocol that it names */
	bool headed;  /* the header is printed */
	bool netid, state;
	int err;
	int longest[COLUMNS]; /* the widest content */
	int width[COLUMNS];   /* with the space before it; 0: the column is not shown */
	char *text;	      /* TEXT_SIZE: what stands behind the columns of the row that is being made */
	size_t text_len;
};

/* In the order of the states' numbers. */
static const char *const state_names[] = {
	[TCP_ESTABLISHED] = "ESTAB",	[TCP_SYN_SENT] = "SYN-SENT",
	[TCP_SYN_RECV] = "SYN-RECV",	[TCP_FIN_WAIT1] = "FIN-WAIT-1",
	[TCP_FIN_WAIT2] = "FIN-WAIT-2", [TCP_TIME_WAIT] = "TIME-WAIT",
	[TCP_CLOSE] = "UNCONN",		[TCP_CLOSE_WAIT] = "CLOSE-WAIT",
	[TCP_LAST_ACK] = "LAST-ACK",	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
};

static const char *state_name(unsigned int state)
{
	return state < ARRAY_SIZE(state_names) && state_names[state] ? state_names[state]
								     : "UNKNOWN";
}

static const char *port_text(u16 port, char *buf, size_t size)
{
	snprintf(buf, size, port ? "%u" : "*", port);
	return buf;
}

const struct ss_options *ss_options(const struct ss_table *t)
{
	return t->options;
}

const char *ss_if_name(struct ss_table *t, u32 index)
{
	return if_name(&t->names, index);
}

void ss_print(struct ss_table *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	t->text_len += (size_t)vscnprintf(t->text + t->text_len, TEXT_SIZE - t->text_len, fmt, ap);
	va_end(ap);
}

static bool shown(const struct ss_table *t, int c)
{
	return c == COL_NETID ? t->netid : c == COL_STATE ? t->state : true;
}

/* The width of each column by its content alone; a first one needs no space before it. */
static void narrow(struct ss_table *t)
{
	bool first = true;
	int c;

	for (c = 0; c < COLUMNS; c++) {
		t->width[c] = shown(t, c) ? t->longest[c] : 0;
		if (t->width[c] && !first && columns[c].apart)
			t->width[c]++;
		t->width[c] = min(t->width[c], SCREEN_WIDTH);
		first = first && !t->width[c];
	}
}

/* Shares what the columns from @from to before @end leave of a line. */
static void share(struct ss_table *t, int from, int end)
{
	int c, n = 0, left = SCREEN_WIDTH, each, rest;

	for (c = from; c < end; c++) {
		left -= t->width[c];
		n += t->width[c] != 0;
	}
	if (!n)
		return;
	each = left / n;
	rest = left % n;
	for (c = end - 1; c >= from; c--)
		if (t->width[c])
			t->width[c] += each + (rest-- > 0);
}

/* As many columns as the line holds share it; those that do not fit share the next. */
static void widen(struct ss_table *t)
{
	int c, from = 0, used = 0;

	narrow(t);
	for (c = 0; c < COLUMNS; c++) {
		if (used + t->width[c] > SCREEN_WIDTH) {
			share(t, from, c);
			from = c;
			used = 0;
		}
		used += t->width[c];
	}
	share(t, from, COLUMNS);
}

static void print_columns(const struct ss_table *t, const char *const cells[COLUMNS])
{
	bool begun = false;
	int c, width;

	for (c = 0; c < COLUMNS; c++) {
		width = t->width[c];
		if (!width)
			continue;
		if (begun && columns[c].apart) {
			con_printf(" ");
			width--;
		}
		begun = true;
		if (columns[c].right)
			con_printf("%*s", width, cells[c]);
		else
			con_printf("%-*s", width, cells[c]);
	}
	con_printf("\n");
}

/* What is printed, or the first time only measured. */
static void cells(struct ss_table *t, const char *const text[COLUMNS])
{
	int c;

	if (!t->measure)
		return print_columns(t, text);
	for (c = 0; c < COLUMNS; c++)
		t->longest[c] = max(t->longest[c], (int)strlen(text[c]));
}

void ss_line(struct ss_table *t, const struct ss_line *l)
{
	char rqueue[12], wqueue[12], laddr[136], raddr[136];
	const char *const text[COLUMNS] = { l->netid, state_name(l->state), rqueue, wqueue, laddr,
					    l->lport, raddr, l->rport, t->text };

	snprintf(rqueue, sizeof(rqueue), "%-6d", (int)l->rqueue);
	snprintf(wqueue, sizeof(wqueue), "%-6d", (int)l->wqueue);
	snprintf(laddr, sizeof(laddr), "%s%s", l->laddr, l->ldelim);
	snprintf(raddr, sizeof(raddr), "%s%s", l->raddr, l->rdelim);
	cells(t, text);
	t->text_len = 0;
	t->text[0] = '\0';
}

static void print_row(struct ss_table *t, const struct ss_row *r)
{
	char laddr[20 + IFNAMSIZ], raddr[20], lport[8], rport[8];
	const struct inet_diag_msg *msg = r->msg;
	const struct ss_line line = {
		.netid = r->proto->name,
		.state = msg->idiag_state,
		.rqueue = msg->idiag_rqueue,
		.wqueue = msg->idiag_wqueue,
		.laddr = laddr,
		.ldelim = ":",
		.lport = port_text(ntohs(msg->id.idiag_sport), lport, sizeof(lport)),
		.raddr = raddr,
		.rdelim = ":",
		.rport = port_text(ntohs(msg->id.idiag_dport), rport, sizeof(rport))
	};

	snprintf(laddr, sizeof(laddr), "%pI4%s%s", &msg->id.idiag_src[0],
		 msg->id.idiag_if ? "%" : "",
		 msg->id.idiag_if ? if_name(&t->names, msg->id.idiag_if) : "");
	snprintf(raddr, sizeof(raddr), "%pI4", &msg->id.idiag_dst[0]);
	ss_details(t, r);
	ss_line(t, &line);
}

static void header(struct ss_table *t)
{
	const char *text[COLUMNS];
	int c;

	if ((t->headed && !t->measure) || t->options->no_header)
		return;
	t->headed = !t->measure;
	for (c = 0; c < COLUMNS; c++)
		text[c] = columns[c].header;
	cells(t, text);
}

/* -K: end it. true: it is gone; what cannot be ended, or has ended, is passed over. */
static bool kill_sock(struct ss_table *t, const struct ss_row *r)
{
	struct inet_diag_req_v2 req = { .sdiag_family = r->msg->idiag_family,
					.sdiag_protocol = r->proto->number,
					.id = r->msg->id };
	struct nl_request kill;
	int err;

	if (r->tb[INET_DIAG_PROTOCOL])
		req.pad = nla_get_u8(r->tb[INET_DIAG_PROTOCOL]);
	nl_begin(&kill, SOCK_DESTROY, 0, &req, sizeof(req));
	err = nl_call(&t->killer, &kill, NULL, NULL);
	if (!err || err == -EOPNOTSUPP || err == -ENOENT)
		return !err;
	con_printf("SOCK_DESTROY answers: %s\n", error_text(err));
	t->err = 1;
	return false;
}

static const struct ss_proto raw_proto = { "raw", IPPROTO_RAW }, udp_proto = { "udp", IPPROTO_UDP },
			     tcp_proto = { "tcp", IPPROTO_TCP };

static int row(const struct nlmsghdr *nlh, void *arg)
{
	struct ss_table *t = arg;
	struct ss_row r = { .proto = t->proto, .msg = NLMSG_DATA(nlh) };
	int matches;

	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    nlmsg_parse(nlh, sizeof(*r.msg), r.tb, INET_DIAG_MAX, NULL, NL_VALIDATE_LIBERAL,
			NULL) ||
	    r.msg->idiag_family != AF_INET ||
	    (!t->events && !(t->options->states & BIT_OF(r.msg->idiag_state))))
		return 0;
	if (t->events && r.tb[INET_DIAG_PROTOCOL])
		r.proto = nla_get_u8(r.tb[INET_DIAG_PROTOCOL]) == IPPROTO_UDP ? &udp_proto
									      : &tcp_proto;
	matches = ss_filter_match(t->options->filter, &r);
	if (matches < 0)
		t->err = 1;
	if (matches > 0 && (!t->options->kill || t->measure || kill_sock(t, &r)))
		print_row(t, &r);
	return t->err;
}

int ss_dump(const void *req, size_t len, nl_each fn, void *arg)
{
	struct nl_request r;
	struct nl_client c;
	int err = nl_open(&c, "ss", NETLINK_SOCK_DIAG);

	if (err)
		return 1;
	nl_begin(&r, SOCK_DIAG_BY_FAMILY, 0, req, len);
	err = nl_dump(&c, &r, fn, arg);
	if (err && err != -EINTR && err != -ERESTARTSYS)
		con_printf("ss: TCPDIAG answers: %s\n", error_text(err));
	nl_close(&c);
	return err != 0;
}

/* All sockets of @proto in @states, each to @fn. 0 or a printed error. */
static int dump(const struct ss_proto *proto, u32 states, nl_each fn, void *arg)
{
	struct inet_diag_req_v2 req = { .sdiag_family = AF_INET,
					.sdiag_protocol = proto->number,
					.idiag_ext = SS_EXTENSIONS,
					.idiag_states = states };

	return ss_dump(&req, sizeof(req), fn, arg);
}

static void rows(struct ss_table *t)
{
	const struct ss_options *o = t->options;
	const struct ss_proto *const protos[] = { o->raw ? &raw_proto : NULL,
						  o->udp ? &udp_proto : NULL,
						  o->tcp ? &tcp_proto : NULL };
	unsigned int i;

	if ((o->netlink && ss_netlink(t)) || (o->packet && ss_packet(t)) ||
	    (o->local && ss_unix(t)))
		t->err = 1;
	for (i = 0; i < ARRAY_SIZE(protos) && !t->err; i++) {
		t->proto = protos[i];
		if (t->proto)
			t->err = dump(t->proto, o->states, row, t) || t->err;
	}
}

/* One message of -E: the columns widen as what comes needs it, the header stands before the first. */
static int event(const struct nlmsghdr *nlh, void *arg)
{
	struct ss_table *t = arg;

	t->measure = true;
	row(nlh, t);
	t->measure = false;
	widen(t);
	header(t);
	row(nlh, t);
	return t->err;
}

/* -E: the sockets that are destroyed, until Ctrl-C. */
static void events(struct ss_table *t)
{
	const struct ss_options *o = t->options;
	struct nl_client c;
	int err;

	if (!o->tcp && !o->udp) {
		con_printf("ss: -E tells of TCP's and UDP's sockets: -t, -u or both\n");
		t->err = 1;
		return;
	}
	t->events = true;
	t->measure = true;
	header(t);
	err = nl_open(&c, "ss", NETLINK_SOCK_DIAG);
	if (!err && o->tcp)
		err = nl_join(&c, SKNLGRP_INET_TCP_DESTROY);
	if (!err && o->udp)
		err = nl_join(&c, SKNLGRP_INET_UDP_DESTROY);
	if (!err)
		err = nl_listen(&c, event, t);
	if (err)
		con_printf("ss: SKNLGRP_INET_x_DESTROY answers: %s\n", error_text(err));
	nl_close(&c);
	t->err = t->err || err;
}

static void table(struct ss_table *t)
{
	t->measure = true;
	header(t);
	rows(t);
	t->measure = false;
	widen(t);
	if (!t->err)
		header(t);
	rows(t);
}

static int show(struct ss_options *o)
{
	struct ss_table t = {
		.options = o,
		.netid = o->tcp + o->udp + o->raw + o->netlink + 2 * (o->packet + o->local) > 1,
		.state = (o->states & (o->states - 1)) != 0,
	};
	static const struct inet_diag_msg no_msg;
	const struct ss_row nothing = { .msg = &no_msg };

	if (ss_filter_match(o->filter, &nothing) < 0) /* its words, before anything is printed */
		return 2;
	if (o->kill && nl_open(&t.killer, "ss", NETLINK_SOCK_DIAG))
		return 1;
	t.text = kzalloc(TEXT_SIZE, GFP_KERNEL);
	if (!t.text) {
		nl_close(&t.killer);
		con_printf("ss: out of memory\n");
		return 1;
	}
	if (o->events)
		events(&t);
	else
		table(&t);
	nl_close(&t.killer);
	if_names_free(&t.names);
	kfree(t.text);
	return t.err;
}

/* ---- ss -s ---- */

/* The number behind "NAME " in the line of @text that begins with @line. */
static unsigned int number_in(const char *text, const char *line, const char *name)
{
	const char *at = strstr(text, line), *end;

	if (!at)
		return 0;
	end = strchr(at, '\n');
	at = strstr(at, name);
	return at && (!end || at < end) ? (unsigned int)simple_strtoull(at + strlen(name), NULL, 10)
					: 0;
}

static int count(const struct nlmsghdr *nlh, void *arg)
{
	++*(unsigned int *)arg;
	return 0;
}

static int summary(void)
{
	char *stat = proc_text("ss", "/proc/net/sockstat");
	unsigned int alloc, tw, orphans, estab = 0, hashed, used, udp, raw, frag;

	if (!stat)
		return 1;
	used = number_in(stat, "sockets:", "used ");
	alloc = number_in(stat, "TCP:", "alloc ");
	tw = number_in(stat, "TCP:", "tw ");
	orphans = number_in(stat, "TCP:", "orphan ");
	hashed = number_in(stat, "TCP:", "inuse ");
	udp = number_in(stat, "UDP:", "inuse ");
	raw = number_in(stat, "RAW:", "inuse ");
	frag = number_in(stat, "FRAG:", "inuse ");
	kfree(stat);
	if (dump(&tcp_proto, BIT_OF(TCP_ESTABLISHED), count, &estab))
		return 1;
	con_printf("Total: %u\nTCP:   %u (estab %u, closed %u, orphaned %u, timewait %u)\n\n", used,
		   alloc + tw, estab, alloc + tw > hashed ? alloc + tw - hashed : 0, orphans, tw);
	con_printf("Transport Total     IP        IPv6\n");
	con_printf("RAW\t  %-9u %-9u %-9u\n", raw, raw, 0);
	con_printf("UDP\t  %-9u %-9u %-9u\n", udp, udp, 0);
	con_printf("TCP\t  %-9u %-9u %-9u\n", hashed, hashed, 0);
	con_printf("INET\t  %-9u %-9u %-9u\n", raw + udp + hashed, raw + udp + hashed, 0);
	con_printf("FRAG\t  %-9u %-9u %-9u\n\n", frag, frag, 0);
	return 0;
}

/* ---- the command ---- */

static const struct ss_flag {
	char c;
	const char *word;
	u8 offset;
} flags[] = {
	{ 't', "tcp", offsetof(struct ss_options, tcp) },
	{ 'u', "udp", offsetof(struct ss_options, udp) },
	{ 'w', "raw", offsetof(struct ss_options, raw) },
	{ 'x', "unix", offsetof(struct ss_options, local) },
	{ '0', "packet", offsetof(struct ss_options, packet) },
	{ 'l', "listening", offsetof(struct ss_options, listening) },
	{ 'a', "all", offsetof(struct ss_options, all) },
	{ 'e', "extended", offsetof(struct ss_options, extended) },
	{ 'o', "options", offsetof(struct ss_options, timers) },
	{ 'i', "info", offsetof(struct ss_options, info) },
	{ 'm', "memory", offsetof(struct ss_options, memory) },
	{ 'p', "processes", offsetof(struct ss_options, processes) },
	{ 'H', "no-header", offsetof(struct ss_options, no_header) },
	{ 'O', "oneline", offsetof(struct ss_options, one_line) },
	{ 'n', "numeric", offsetof(struct ss_options, numeric) },
	{ 'K', "kill", offsetof(struct ss_options, kill) },
	{ 'E', "events", offsetof(struct ss_options, events) },
	{ '4', "ipv4", offsetof(struct ss_options, ipv4) },
	{ 's', "summary", offsetof(struct ss_options, summary) },
};

static void set_flag(struct ss_options *o, const struct ss_flag *f)
{
	((bool *)o)[f->offset] = true;
	if (f->c == 'e') /* -e tells the timers too */
		o->timers = true;
}

/* 0: taken; else there is no such letter. */
static int letter(struct ss_options *o, char c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].c == c)
			return set_flag(o, &flags[i]), 0;
	return -1;
}

/* --events and its like, after the hyphens. 0: taken. */
static int long_option(struct ss_options *o, const char *word)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(word, flags[i].word))
			return set_flag(o, &flags[i]), 0;
	return -1;
}

/* "state X", "exclude X": how many words, 0: none of these, -1 after an error line. */
static int state_words(struct ss_options *o, char **argv, int n, bool *seen)
{
	bool exclude = !strcmp(argv[0], "exclude");
	u32 bits;

	if (!exclude && strcmp(argv[0], "state"))
		return 0;
	bits = n > 1 ? ss_state_bits(argv[1]) : 0;
	if (!bits) {
		con_printf("ss: wrong state name: %s; established, syn-sent, time-wait, listening, "
			   "connected and so on\n",
			   n > 1 ? argv[1] : "none");
		return -1;
	}
	if (!*seen)
		o->states = exclude ? ss_state_bits("all") : 0;
	*seen = true;
	o->states = exclude ? o->states & ~bits : o->states | bits;
	return 2;
}

/* Everything behind the options: states, then the filter, as one text in @filter. */
static int words(struct ss_options *o, char **argv, int n, char *filter, size_t size)
{
	bool seen = false;
	size_t used = 0;
	int taken;

	filter[0] = '\0';
	o->filter = filter;
	while (n > 0) {
		taken = state_words(o, argv, n, &seen);
		if (taken < 0)
			return -1;
		if (!taken)
			break;
		argv += taken;
		n -= taken;
	}
	for (; n > 0; n--, argv++)
		used += (size_t)scnprintf(filter + used, size - used, "%s ", *argv);
	if (used + 1 >= size) {
		con_printf("ss: the filter is too long\n");
		return -1;
	}
	return 0;
}

/* -f NAME. 0, or 2 after an error line. */
static int family(struct ss_options *o, const char *name)
{
	if (name && !strcmp(name, "inet"))
		o->tcp = o->udp = o->raw = true;
	else if (name && !strcmp(name, "unix"))
		o->local = true;
	else if (name && !strcmp(name, "link"))
		o->packet = true;
	else if (name && !strcmp(name, "netlink"))
		o->netlink = true;
	else
		return con_printf("ss: -f wants inet, unix, link or netlink\n"), 2;
	return 0;
}

/* One word of options; *i is its place, and that of its argument. -1: all is well, else the result
 * of the command. */
static int option_word(struct ss_options *o, char **argv, int argc, int *i)
{
	const char *c = argv[*i] + 1;

	if (!*c)
		return usage(&ss_command);
	if (*c == '-' && !long_option(o, c + 1))
		return -1;
	for (; *c; c++) {
		if (*c == 'f') {
			const char *name = c[1] ? c + 1 : *i + 1 < argc ? argv[++*i] : NULL;

			return family(o, name) ? 2 : -1;
		}
		if (letter(o, *c)) {
			con_printf("ss: invalid option -- '%c'; `help ss` lists them\n", *c);
			return 2;
		}
	}
	return -1;
}

/* Which families, where none was named: those that a filter's addresses and ports are of, or all.
 */
static void default_families(struct ss_options *o)
{
	if (o->tcp || o->udp || o->raw || o->netlink || o->packet || o->local)
		return;
	o->tcp = o->udp = o->raw = true;
	o->netlink = o->packet = o->local = !o->filter[0] && !o->kill && !o->ipv4;
}

/* What is shown of those that were named, where nobody says which states: each kind's own. */
static u32 default_states(const struct ss_options *o)
{
	u32 waiting = BIT_OF(TCP_LISTEN) | BIT_OF(TCP_CLOSE);
	u32 connected = ss_state_bits("all") & ~(waiting | ss_state_bits("bucket"));
	bool datagrams = o->udp || o->raw, closed = o->packet || o->netlink;

	if (o->all)
		return ss_state_bits("all");
	if (o->listening)
		return waiting;
	if (o->tcp || o->local || o->ipv4 || (!datagrams && !closed))
		return connected | (closed ? BIT_OF(TCP_CLOSE) : 0);
	return (datagrams ? BIT_OF(TCP_ESTABLISHED) : 0) | (closed ? BIT_OF(TCP_CLOSE) : 0);
}

static int cmd_ss(int argc, char **argv)
{
	struct ss_options o = { 0 };
	char filter[256];
	int i, err;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		err = option_word(&o, argv, argc, &i);
		if (err >= 0)
			return err;
	}
	if (o.summary)
		return summary();
	o.states = default_states(&o);
	if (words(&o, argv + i, argc - i, filter, sizeof(filter)))
		return 2;
	default_families(&o);
	return show(&o);
}

struct console_command ss_command = {
	.name = "ss",
	.summary = "show sockets, as iproute2 does",
	.usage =
		"  ss [-tuwx0laeoimpnHOKE4] [-f FAMILY] [state STATE] [exclude STATE] [FILTER]\n  "
		"ss -s\n"
		"-t TCP, -u UDP, -w raw, -x local, -0 packet sockets; FAMILY: inet, unix, link, "
		"netlink; -l those that listen, -a all; -o timers, -e more of each, "
		"-i TCP's numbers, -m memory, "
		"-p who holds it; -H no header, -O one line each, -n plain numbers; -K end what is "
		"shown; -E wait for TCP's and UDP's sockets to end, until Ctrl-C, and show their "
		"last state; -s a summary.\n"
		"FILTER: src or dst ADDRESS[/LENGTH][:PORT], sport or dport = != < > <= >= :PORT, "
		"joined by and, or, not, ( ).\n",
	.fn = cmd_ss,
};
