/* SPDX-License-Identifier: MIT */
/* netstat: the sockets of this host. */
#include <uapi/tcp.h>

#include "cmd_internal.h"

struct selection {
	bool tcp, udp, raw, local, listening, all;
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

/* ---- netstat ---- */

static void netstat_row(const struct inet_row *r, void *arg)
{
	bool tcp = !strcmp(r->proto, "tcp");
	char local[32], remote[32];

	if (!wanted(arg, r))
		return;
	con_printf("%-5s %6u %6u %-23s %-23s %s\n", r->proto, r->rx_queue, r->tx_queue,
		   endpoint(r->laddr, r->lport, local, sizeof(local)),
		   endpoint(r->raddr, r->rport, remote, sizeof(remote)),
		   tcp || r->state == TCP_ESTABLISHED ? state_name(r->state) : "");
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
	con_printf("Proto Recv-Q Send-Q Local Address           Foreign Address         State\n");
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
	con_printf("unix  %-6lu %-11s %-10s %-13s %-8lu %s\n", refs, listens ? "[ ACC ]" : "[ ]",
		   unix_type((unsigned int)type), unix_state((unsigned int)state, listens), inode,
		   *at ? at + 1 : at);
}

static int netstat_unix(const struct selection *s)
{
	char *text = proc_text("netstat", "/proc/net/unix"), *line, *end;

	if (!text)
		return 1;
	con_printf("Active UNIX domain sockets (%s)\n", which(s));
	con_printf("Proto RefCnt Flags       Type       State         I-Node   Path\n");
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

static int cmd_netstat(int argc, char **argv)
{
	struct selection s = { 0 };
	int i;

	for (i = 1; i < argc; i++) {
		const char *o = argv[i];

		if (*o++ != '-' || !*o)
			return usage(&netstat_command);
		for (; *o; o++) {
			switch (*o) {
			case 't': s.tcp = true; break;
			case 'u': s.udp = true; break;
			case 'w': s.raw = true; break;
			case 'x': s.local = true; break;
			case 'l': s.listening = true; break;
			case 'a': s.all = true; break;
			case 'n': break;
			case 's': return netstat_statistics();
			case 'r': return netstat_routes();
			case 'i':
				con_printf("Kernel Interface table\nIface             MTU ");
				return netstat_devices();
			default:
				con_printf("netstat: invalid option -- '%c'; `help netstat` lists "
					   "them\n",
					   *o);
				return 2;
			}
		}
	}
	if (!s.tcp && !s.udp && !s.raw && !s.local)
		s.tcp = s.udp = s.raw = s.local = true;
	i = netstat_inet(&s);
	return s.local && netstat_unix(&s) ? 1 : i;
}

struct console_command netstat_command = {
	.name = "netstat",
	.summary = "show sockets and statistics",
	.usage = "  netstat [-tuwxlan]\n  netstat -s | -r | -i\n"
		 "-t TCP, -u UDP, -w raw, -x local; -l those that listen, -a all; -n numbers (always); -s "
		 "counters of every protocol; -r the routing table; -i the devices.\n",
	.fn = cmd_netstat,
};
