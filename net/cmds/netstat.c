/* SPDX-License-Identifier: MIT */
/* netstat and ss: the sockets of this host. */
#include <uapi/tcp.h>

#include "cmd_internal.h"

struct selection {
	bool tcp, udp, raw, listening, all, extended;
};

/* In the order of the states' numbers, as netstat(8) and ss(8) spell them. */
static const struct {
	const char *netstat, *ss;
} state_names[] = {
	[TCP_ESTABLISHED] = { "ESTABLISHED", "ESTAB" },
	[TCP_SYN_SENT] = { "SYN_SENT", "SYN-SENT" },
	[TCP_SYN_RECV] = { "SYN_RECV", "SYN-RECV" },
	[TCP_FIN_WAIT1] = { "FIN_WAIT1", "FIN-WAIT-1" },
	[TCP_FIN_WAIT2] = { "FIN_WAIT2", "FIN-WAIT-2" },
	[TCP_TIME_WAIT] = { "TIME_WAIT", "TIME-WAIT" },
	[TCP_CLOSE] = { "CLOSE", "UNCONN" },
	[TCP_CLOSE_WAIT] = { "CLOSE_WAIT", "CLOSE-WAIT" },
	[TCP_LAST_ACK] = { "LAST_ACK", "LAST-ACK" },
	[TCP_LISTEN] = { "LISTEN", "LISTEN" },
	[TCP_CLOSING] = { "CLOSING", "CLOSING" },
};

static const char *state_name(unsigned int state, bool ss)
{
	if (state >= ARRAY_SIZE(state_names) || !state_names[state].netstat)
		return "UNKNOWN";
	return ss ? state_names[state].ss : state_names[state].netstat;
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
		   tcp || r->state == TCP_ESTABLISHED ? state_name(r->state, false) : "");
}

static int netstat_sockets(struct selection *s)
{
	int err = 0;

	con_printf("Active Internet connections (%s)\n", s->all		? "servers and established"
							 : s->listening ? "only servers"
									: "w/o servers");
	con_printf("Proto Recv-Q Send-Q Local Address           Foreign Address         State\n");
	if (s->tcp)
		err |= for_each_inet("netstat", "tcp", netstat_row, s);
	if (s->udp)
		err |= for_each_inet("netstat", "udp", netstat_row, s);
	if (s->raw)
		err |= for_each_inet("netstat", "raw", netstat_row, s);
	return err;
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
	if (!s.tcp && !s.udp && !s.raw)
		s.tcp = s.udp = s.raw = true;
	return netstat_sockets(&s);
}

struct console_command netstat_command = {
	.name = "netstat",
	.summary = "show sockets and statistics",
	.usage = "  netstat [-tuwlan]\n  netstat -s | -r | -i\n"
		 "-t TCP, -u UDP, -w raw; -l those that listen, -a all; -n numbers (always); -s "
		 "counters of every protocol; -r the routing table; -i the devices.\n",
	.fn = cmd_netstat,
};

/* ---- ss ---- */

struct ss_state {
	struct selection select;
	bool netid; /* several kinds: say which */
};

static void ss_row(const struct inet_row *r, void *arg)
{
	const struct ss_state *ss = arg;
	char local[32], remote[32];

	if (!wanted(&ss->select, r))
		return;
	if (ss->netid)
		con_printf("%-5s ", r->proto);
	con_printf("%-10s %-6u %-6u %20s %20s", state_name(r->state, true), r->rx_queue,
		   r->tx_queue, endpoint(r->laddr, r->lport, local, sizeof(local)),
		   endpoint(r->raddr, r->rport, remote, sizeof(remote)));
	if (ss->select.extended)
		con_printf(" ino:%llu%s", r->inode, r->retrans ? " retrans" : "");
	con_printf(" \n");
}

static int cmd_ss(int argc, char **argv)
{
	struct ss_state ss = { 0 };
	struct selection *s = &ss.select;
	int i, err = 0;

	for (i = 1; i < argc; i++) {
		const char *o = argv[i];

		if (*o++ != '-' || !*o)
			return usage(&ss_command);
		for (; *o; o++) {
			switch (*o) {
			case 't': s->tcp = true; break;
			case 'u': s->udp = true; break;
			case 'w': s->raw = true; break;
			case 'l': s->listening = true; break;
			case 'a': s->all = true; break;
			case 'e': s->extended = true; break;
			case 'n':
			case '4': break;
			default:
				con_printf("ss: invalid option -- '%c'; `help ss` lists them\n",
					   *o);
				return 2;
			}
		}
	}
	if (!s->tcp && !s->udp && !s->raw)
		s->tcp = s->udp = s->raw = true;
	ss.netid = s->tcp + s->udp + s->raw > 1;
	con_printf("%s%-10s %-6s %-6s %20s %20s \n", ss.netid ? "Netid " : "", "State", "Recv-Q",
		   "Send-Q", "Local Address:Port", "Peer Address:Port");
	if (s->udp)
		err |= for_each_inet("ss", "udp", ss_row, &ss);
	if (s->raw)
		err |= for_each_inet("ss", "raw", ss_row, &ss);
	if (s->tcp)
		err |= for_each_inet("ss", "tcp", ss_row, &ss);
	return err;
}

struct console_command ss_command = {
	.name = "ss",
	.summary = "show sockets, as iproute2 does",
	.usage = "  ss [-tuwlaen4]\n-t TCP, -u UDP, -w raw; -l those that listen, -a all; -e more "
		 "of each; -n numbers (always).\n",
	.fn = cmd_ss,
};
