/* SPDX-License-Identifier: MIT */
/* netstat: the sockets of this host. */
#include <kernel/file.h>
#include <uapi/stat.h>
#include <uapi/tcp.h>

#include "cmd_internal.h"

struct selection {
	bool tcp, udp, raw, local, inet, listening, all, extended, programs, timers, numeric;
	char shows; /* 's', 'r', 'i' or 'g': not sockets but that */
};

/* In the order of the states' numbers, as netstat(8) spells them. */
static const char *const state_names[] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RECV",
	[TCP_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSE",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
};

static const char *state_name(unsigned int state)
{
	if (state >= ARRAY_SIZE(state_names) || !state_names[state])
		return "UNKNOWN";
	return state_names[state];
}

/* Does a socket wait for peers rather than have one? */
static bool waits(const struct inet_row *r)
{
	return r->state == TCP_LISTEN || r->state == TCP_CLOSE;
}

static bool wanted(const struct selection *s, const struct inet_row *r)
{
	return s->all || s->listening == waits(r);
}

static const char *endpoint(__be32 addr, u16 port, char *buf, size_t size)
{
	char p[8] = "*";

	if (port)
		snprintf(p, sizeof(p), "%u", port);
	snprintf(buf, size, "%pI4:%s", &addr, p);
	return buf;
}

/* ---- who holds it ---- */

struct holder {
	unsigned long long inode;
	char text[32];
};

static bool holds(struct task *t, void *arg)
{
	struct holder *h = arg;
	unsigned int fd;

	for (fd = 0; t->files && fd < t->files->max_fds; fd++) {
		const struct file *f = t->files->fd[fd];

		if (!f || !f->f_inode || f->f_inode->i_ino != h->inode || (f->f_inode->i_mode & S_IFMT) != S_IFSOCK)
			continue;
		snprintf(h->text, sizeof(h->text), "%d/%s", t->pid, t->comm);
		return false;
	}
	return true;
}

/* -p's column, of the first task that has the socket. */
static void show_holder(unsigned long long inode)
{
	struct holder h = { .inode = inode, .text = "-" };

	if (inode)
		task_for_each(holds, &h);
	con_printf(" %-19s", h.text);
}

/* ---- netstat ---- */

static void show_timer(const struct inet_row *r)
{
	static const char *const names[] = { "off", "on", "keepalive", "timewait", "probe" };

	con_printf(" %s (%llu.%02llu/%u/%u)", r->timer < ARRAY_SIZE(names) ? names[r->timer] : "unkn-", r->timer_when / 100,
		   r->timer_when % 100, r->retrans, r->probes);
}

static void netstat_row(const struct inet_row *r, void *arg)
{
	const struct selection *s = arg;
	bool tcp = !strcmp(r->proto, "tcp");
	char local[32], remote[32];

	if (!wanted(s, r))
		return;
	con_printf("%-5s %6u %6u %-23s %-23s %-11s", r->proto, r->rx_queue, r->tx_queue,
		   endpoint(r->laddr, r->lport, local, sizeof(local)),
		   endpoint(r->raddr, r->rport, remote, sizeof(remote)),
		   tcp || r->state == TCP_ESTABLISHED ? state_name(r->state) : "");
	if (s->extended)
		con_printf(" %-10u %-10llu", r->uid, r->inode);
	if (s->programs)
		show_holder(r->inode);
	if (s->timers)
		show_timer(r);
	con_printf("\n");
}

static const char *which(const struct selection *s)
{
	return s->all ? "servers and established" : s->listening ? "only servers" : "w/o servers";
}

static int netstat_inet(struct selection *s)
{
	int err = 0;

	if (!s->tcp && !s->udp && !s->raw)
		return 0;
	con_printf("Active Internet connections (%s)\n", which(s));
	con_printf("Proto Recv-Q Send-Q Local Address           Foreign Address         State      %s%s%s\n",
		   s->extended ? " User       Inode     " : "", s->programs ? " PID/Program name   " : "", s->timers ? " Timer" : "");
	if (s->tcp)
		err |= for_each_inet("netstat", "tcp", netstat_row, s);
	if (s->udp)
		err |= for_each_inet("netstat", "udp", netstat_row, s);
	if (s->raw)
		err |= for_each_inet("netstat", "raw", netstat_row, s);
	return err;
}

/* ---- netstat -x: /proc/net/unix ---- */

#define UNIX_ACCEPTCON 0x10000 /* a flag there: it listens */

static const char *unix_state(unsigned int state, bool listens)
{
	static const char *const names[] = { "FREE", "", "CONNECTING", "CONNECTED",
					     "DISCONNECTING" };

	return listens ? "LISTENING" : state < ARRAY_SIZE(names) ? names[state] : "UNKNOWN";
}

static const char *unix_type(unsigned int type)
{
	return type == SOCK_STREAM	? "STREAM"
	       : type == SOCK_DGRAM	? "DGRAM"
	       : type == SOCK_SEQPACKET ? "SEQPACKET"
					: "UNKNOWN";
}

/* The next column of a line, a number; *at moves behind it. */
static unsigned long column(char **at, unsigned int base)
{
	char *end;
	unsigned long v;

	while (**at == ' ')
		++*at;
	v = simple_strtoull(*at, &end, base);
	*at = end;
	return v;
}

/* "Num: RefCount Protocol Flags Type St Inode Path", hexadecimal but for the inode. */
static void unix_row(const struct selection *s, char *line)
{
	unsigned long refs, flags, type, state, inode;
	char *at = strchr(line, ':');
	bool listens;

	if (!at)
		return;
	at++;
	refs = column(&at, 16);
	column(&at, 16);
	flags = column(&at, 16);
	type = column(&at, 16);
	state = column(&at, 16);
	inode = column(&at, 10);
	listens = flags & UNIX_ACCEPTCON;
	if (!s->all && s->listening != listens)
		return;
	con_printf("unix  %-6lu %-11s %-10s %-13s %-8lu ", refs, listens ? "[ ACC ]" : "[ ]",
		   unix_type((unsigned int)type), unix_state((unsigned int)state, listens), inode);
	if (s->programs)
		show_holder(inode);
	con_printf("%s\n", *at ? at + 1 : at);
}

static int netstat_unix(const struct selection *s)
{
	char *text = proc_text("netstat", "/proc/net/unix"), *line, *end;

	if (!text)
		return 1;
	con_printf("Active UNIX domain sockets (%s)\n", which(s));
	con_printf("Proto RefCnt Flags       Type       State         I-Node   %sPath\n", s->programs ? "PID/Program name     " : "");
	line = strchr(text, '\n'); /* behind the heading */
	while (line && line[1]) {
		end = strchr(++line, '\n');
		if (end)
			*end = '\0';
		unix_row(s, line);
		line = end;
	}
	kfree(text);
	return 0;
}

/* ---- netstat -g: /proc/net/igmp ---- */

/* "1 lo : 1 V3" names a device; the lines below it, further in, its groups: "010000E0 1 0:00000000 0". */
static void group_line(char *line, char *dev, size_t size)
{
	bool group = *line == '\t';
	char *word = word_of(&line), *second = word_of(&line);
	__be32 addr;

	if (!second)
		return;
	if (!group) {
		strscpy(dev, second, size);
		return;
	}
	addr = (__be32)simple_strtoull(word, NULL, 16);
	con_printf("%-15s %-6s %pI4\n", dev, second, &addr);
}

static int netstat_groups(void)
{
	char *text = proc_text("netstat", "/proc/net/igmp"), *rest = text, *line, dev[IFNAMSIZ] = "";

	if (!text)
		return 1;
	con_printf("IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n--------------- ------ ---------------------\n");
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")))
		group_line(line, dev, sizeof(dev));
	kfree(text);
	return 0;
}

/* ---- the command ---- */

static const struct {
	char letter;
	u8 offset;
} flags[] = {
	{ 't', offsetof(struct selection, tcp) },      { 'u', offsetof(struct selection, udp) },
	{ 'w', offsetof(struct selection, raw) },      { 'x', offsetof(struct selection, local) },
	{ '4', offsetof(struct selection, inet) },     { 'l', offsetof(struct selection, listening) },
	{ 'a', offsetof(struct selection, all) },      { 'e', offsetof(struct selection, extended) },
	{ 'p', offsetof(struct selection, programs) }, { 'o', offsetof(struct selection, timers) },
	{ 'n', offsetof(struct selection, numeric) },
};

/* One letter; false after an error line. */
static bool letter(struct selection *s, char c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (flags[i].letter == c) {
			((bool *)s)[flags[i].offset] = true;
			return true;
		}
	}
	if (!strchr("srig", c)) {
		con_printf("netstat: invalid option -- '%c'; `help netstat` lists them\n", c);
		return false;
	}
	s->shows = c;
	return true;
}

/* -A inet, --inet, --unix: the family. */
static bool family(struct selection *s, const char *name)
{
	if (!strcmp(name, "inet"))
		s->inet = true;
	else if (!strcmp(name, "unix"))
		s->local = true;
	else
		return con_printf("netstat: no family %s: inet or unix is right\n", name), false;
	return true;
}

/* 0, or 2 after an error line. */
static int netstat_words(struct selection *s, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		const char *o = argv[i];

		if (*o++ != '-' || !*o)
			return usage(&netstat_command);
		if (*o == '-' || (*o == 'A' && i + 1 < argc)) {
			if (!family(s, *o == '-' ? o + 1 : argv[++i]))
				return 2;
			continue;
		}
		for (; *o; o++)
			if (!letter(s, *o))
				return 2;
	}
	return 0;
}

static int cmd_netstat(int argc, char **argv)
{
	struct selection s = { 0 };
	int err = netstat_words(&s, argc, argv);

	if (err)
		return err;
	switch (s.shows) {
	case 's': return netstat_statistics(s.tcp, s.udp, s.raw);
	case 'r': return netstat_routes(s.numeric);
	case 'g': return netstat_groups();
	case 'i':
		con_printf("Kernel Interface table\n");
		if (s.extended)
			return ifconfig_devices();
		con_printf("Iface             MTU ");
		return netstat_devices();
	}
	if (s.inet && !s.tcp && !s.udp && !s.raw)
		s.tcp = s.udp = s.raw = true;
	if (!s.tcp && !s.udp && !s.raw && !s.local)
		s.tcp = s.udp = s.raw = s.local = true;
	err = netstat_inet(&s);
	return s.local && netstat_unix(&s) ? 1 : err;
}

struct console_command netstat_command = {
	.name = "netstat",
	.summary = "show sockets and statistics",
	.usage = "  netstat [-tuwx4laeopn] [-A inet|unix]\n  netstat -s [-tuw] | -r | -i [-e] | -g\n"
		 "-t TCP, -u UDP, -w raw, -x local, -4 all but the local; -l those that listen, -a all; -e owner and inode, -p "
		 "the task that has it, -o timers, -n numbers (always, but for the default route's name); "
		 "-s counters of every protocol; -r the routing table; -i the devices; -g the groups that are listened to.\n",
	.fn = cmd_netstat,
};
