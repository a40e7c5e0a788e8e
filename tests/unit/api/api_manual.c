/* SPDX-License-Identifier: MIT */
/*
 * What ip(7), udp(7), raw(7), icmp(7), packet(7), socket(7), arp(7) and netlink(7) say of errors, settings and deliveries. What each
 * call says is written down twice, with this machine's Linux and with Skiff, and must be the same.
 */
#define _GNU_SOURCE
#include "transcript.h"

#include <linux/icmp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>

static unsigned char bytes[70000];

static void say_call(const char *what, long ret)
{
	say("%s: %s", what, said_by(ret));
}

/* ---- settings ---- */

static void read_setting(const char *path, const char *what)
{
	char text[256] = "";
	long fd = CALL(SYS_open, path, O_RDONLY, 0, 0, 0), n;

	if (fd < 0) {
		say("%s %s: %s", path, what, said_by(fd));
		return;
	}
	n = CALL(SYS_read, fd, text, sizeof(text) - 1, 0, 0);
	say("%s %s: %s %.*s", path, what, n < 0 ? said_by(n) : "", n > 0 ? (int)n - 1 : 0, text);
	close_fd((int)fd);
}

static long write_setting(const char *path, const char *value)
{
	long fd = CALL(SYS_open, path, O_WRONLY, 0, 0, 0), ret = fd;

	if (fd < 0)
		return fd;
	ret = CALL(SYS_write, fd, value, strlen(value), 0, 0);
	close_fd((int)fd);
	return ret;
}

static const char *const settings[] = {
	"ipv4/ip_default_ttl", "ipv4/ip_forward", "ipv4/ip_no_pmtu_disc", "ipv4/ip_nonlocal_bind",
	"ipv4/ip_local_port_range", "ipv4/ip_forward_use_pmtu", "ipv4/icmp_echo_ignore_all", "ipv4/icmp_echo_ignore_broadcasts",
	"ipv4/icmp_errors_use_inbound_ifaddr", "ipv4/icmp_ignore_bogus_error_responses", "ipv4/icmp_ratelimit",
	"ipv4/icmp_ratemask", "ipv4/udp_rmem_min", "ipv4/udp_wmem_min", "core/somaxconn",
	"ipv4/neigh/lo/app_solicit", "ipv4/neigh/lo/anycast_delay", "ipv4/neigh/lo/base_reachable_time",
	"ipv4/neigh/lo/base_reachable_time_ms", "ipv4/neigh/lo/delay_first_probe_time", "ipv4/neigh/lo/gc_stale_time",
	"ipv4/neigh/lo/locktime", "ipv4/neigh/lo/mcast_solicit", "ipv4/neigh/lo/proxy_delay", "ipv4/neigh/lo/proxy_qlen",
	"ipv4/neigh/lo/retrans_time", "ipv4/neigh/lo/retrans_time_ms", "ipv4/neigh/lo/ucast_solicit",
};
static const char *const values[] = { "-1", "0", "1", "2", "3", "4", "255", "256", "1023", "4608", "65535", "65536", "1000", "2000",
				      "2147483647", "2147483648", "99999999999999999999", "x", "1x", "", " 7 ", "7\n", "1 2",
				      "2 1", "1024 5000", "0x10", "010" };

/* Times are kept in ticks, of which this Linux may have fewer a second; and what is behind the last number counts nowhere. */
static bool comparable(const char *setting, const char *value)
{
	char *end;
	long v = strtol(value, &end, 0);
	bool time = strstr(setting, "neigh/") || strstr(setting, "ratelimit");

	if (strchr(value, ' ') && end != value && *end && strchr("0123456789", end[1]) && end[1])
		return strstr(setting, "port_range");
	return !time || v % 20 == 0;
}

static void all_settings(void)
{
	char path[128], was[256];
	unsigned int i, k;

	say("-- settings");
	for (i = 0; i < COUNT(settings); i++) {
		long fd, n = 0;

		snprintf(path, sizeof(path), "/proc/sys/net/%s", settings[i]);
		read_setting(path, "by default");
		fd = CALL(SYS_open, path, O_RDONLY, 0, 0, 0);
		if (fd < 0)
			continue;
		n = CALL(SYS_read, fd, was, sizeof(was) - 1, 0, 0);
		was[n > 0 ? n : 0] = 0;
		close_fd((int)fd);
		for (k = 0; k < COUNT(values); k++) {
			if (!comparable(settings[i], values[k]))
				continue;
			say("'%s' to %s: %s", values[k], settings[i], said_by(write_setting(path, values[k])));
			read_setting(path, "then");
			write_setting(path, was);
		}
		read_setting(path, "as it was");
	}
	/* its default is as many packets as fit, and how long one counts differs */
	say_call("unres_qlen", write_setting("/proc/sys/net/ipv4/neigh/lo/unres_qlen", "60"));
	read_setting("/proc/sys/net/ipv4/neigh/lo/unres_qlen", "then");
}

/* ---- sockets ---- */

static void kinds(void)
{
	static const int families[] = { AF_INET, AF_PACKET, AF_NETLINK, 0, 45, 46, 99, -1 };
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, 6, 11, 0 };
	static const int protocols[] = { 0, 1, 6, 17, 99, 200, 255, 256, 263, -1 };
	unsigned int f, t, p;
	int fd;

	say("-- kinds of sockets");
	for (f = 0; f < COUNT(families); f++)
		for (t = 0; t < COUNT(types); t++)
			for (p = 0; p < COUNT(protocols); p++) {
				if (families[f] == AF_NETLINK && protocols[p] != 0 && protocols[p] != 99 && protocols[p] != -1)
					continue;
				fd = socket_of(families[f], types[t], protocols[p]);
				say("%d %d %d: %s", families[f], types[t], protocols[p], fd < 0 ? said_by(fd) : "ok");
				if (fd >= 0)
					close_fd(fd);
			}
}

/* ---- packet(7) ---- */

static void say_link(const char *what, int fd, size_t size, int flags)
{
	struct sockaddr_ll from = { 0 };
	socklen_t len = sizeof(from);
	unsigned char data[200];
	char text[200];
	long n = CALL6(SYS_recvfrom, fd, data, size, flags | MSG_DONTWAIT, &from, &len);

	if (n < 0) {
		say_call(what, n);
		return;
	}
	hex(text, sizeof(text), data, n < 40 ? (size_t)n < size ? (size_t)n : size : size < 40 ? size : 40);
	say("%s: %ld, family %d protocol %04x device %d hardware %d packet %d length %d of %u: %s", what, n, from.sll_family,
	    ntohs(from.sll_protocol), from.sll_ifindex, from.sll_hatype, from.sll_pkttype, from.sll_halen, len, text);
}

static long bind_link(int fd, int family, int protocol, int ifindex, size_t len)
{
	struct sockaddr_ll a = { .sll_family = (unsigned short)family, .sll_protocol = htons((unsigned short)protocol),
				 .sll_ifindex = ifindex };

	return CALL(SYS_bind, fd, &a, len, 0, 0);
}

static long send_link(int fd, int ifindex, int protocol, int halen, size_t n, size_t len)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET, .sll_protocol = htons((unsigned short)protocol), .sll_ifindex = ifindex,
				 .sll_halen = (unsigned char)halen };

	return CALL6(SYS_sendto, fd, bytes, n, 0, &a, len);
}

static void say_name(const char *what, long nr, int fd)
{
	struct sockaddr_ll a = { 0 };
	socklen_t len = sizeof(a);
	long ret = CALL(nr, fd, &a, &len, 0, 0);

	say("%s: %s, %u: family %d protocol %04x device %d hardware %d packet %d length %d", what, said_by(ret), ret ? 0 : len,
	    a.sll_family, ntohs(a.sll_protocol), a.sll_ifindex, a.sll_hatype, a.sll_pkttype, a.sll_halen);
}

static void lo_flags(bool up)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = (short)(up ? IFF_UP | IFF_LOOPBACK : IFF_LOOPBACK) };
	int fd = socket_of(AF_INET, SOCK_DGRAM, 0);

	say_call(up ? "lo up" : "lo down", CALL(SYS_ioctl, fd, SIOCSIFFLAGS, &lo, 0, 0));
	close_fd(fd);
}

static void packet_of(int type, const char *kind)
{
	int fd = socket_of(AF_PACKET, type, 0), on = 1;
	struct sockaddr_in in = in_addr_of("127.0.0.1", 9);
	struct timeval tv;

	say("-- packet sockets, %s", kind);
	say_name("name", SYS_getsockname, fd);
	say_name("peer", SYS_getpeername, fd);
	say_call("connect", CALL(SYS_connect, fd, &in, sizeof(in), 0, 0));
	say_call("listen", CALL(SYS_listen, fd, 1, 0, 0, 0));
	say_call("accept", CALL(SYS_accept, fd, 0, 0, 0, 0));
	say_call("shutdown", CALL(SYS_shutdown, fd, SHUT_RDWR, 0, 0, 0));
	say_call("send without address", CALL6(SYS_sendto, fd, bytes, 60, 0, 0, 0));
	say_call("to no device", send_link(fd, 0, 0, 0, 60, sizeof(struct sockaddr_ll)));
	say_call("to device 99", send_link(fd, 99, ETH_P_IP, 6, 60, sizeof(struct sockaddr_ll)));
	say_call("to a short address", send_link(fd, 1, ETH_P_IP, 6, 60, 8));
	say_call("to an address of 12", send_link(fd, 1, ETH_P_IP, 6, 60, 12));
	say_call("to half an address", send_link(fd, 1, ETH_P_IP, 3, 60, sizeof(struct sockaddr_ll)));
	say_call("with halen 8", send_link(fd, 1, ETH_P_IP, 8, 60, sizeof(struct sockaddr_ll)));
	say_call("to an Internet address", CALL6(SYS_sendto, fd, bytes, 60, 0, &in, sizeof(in)));
	say_call("bind short", bind_link(fd, AF_PACKET, ETH_P_IP, 1, 12));
	say_call("bind another family", bind_link(fd, AF_INET, ETH_P_IP, 1, sizeof(struct sockaddr_ll)));
	say_call("bind to 99", bind_link(fd, AF_PACKET, ETH_P_IP, 99, sizeof(struct sockaddr_ll)));
	say_call("bind to -1", bind_link(fd, AF_PACKET, ETH_P_IP, -1, sizeof(struct sockaddr_ll)));
	say_call("bind without protocol", bind_link(fd, AF_PACKET, 0, 1, sizeof(struct sockaddr_ll)));
	say_name("name", SYS_getsockname, fd);
	say_call("bind", bind_link(fd, AF_PACKET, 0x88b5, 1, sizeof(struct sockaddr_ll)));
	say_name("name", SYS_getsockname, fd);
	say_call("stamp of nothing", CALL(SYS_ioctl, fd, SIOCGSTAMP, &tv, 0, 0));
	say_link("nothing came", fd, 100, 0);
	memset(bytes, 0, sizeof(bytes));
	bytes[12] = 0x88;
	bytes[13] = 0xb5;
	say_call("send", CALL6(SYS_sendto, fd, bytes, 60, 0, 0, 0));
	say_call("another", send_link(fd, 1, 0x88b5, 6, 70, sizeof(struct sockaddr_ll)));
	say_call("a third", send_link(fd, 1, 0, 6, 80, sizeof(struct sockaddr_ll)));
	say_call("too short", CALL6(SYS_sendto, fd, bytes, 10, 0, 0, 0));
	say_call("header alone", CALL6(SYS_sendto, fd, bytes, 14, 0, 0, 0));
	say_call("nothing", CALL6(SYS_sendto, fd, bytes, 0, 0, 0, 0));
	say_call("bad memory", CALL6(SYS_sendto, fd, 8, 60, 0, 0, 0));
	say_call("out of band", CALL6(SYS_sendto, fd, bytes, 60, MSG_OOB, 0, 0));
	say_link("the first, peeked at", fd, 30, MSG_PEEK);
	say_link("the first, cut", fd, 30, MSG_TRUNC);
	say_call("stamp", CALL(SYS_ioctl, fd, SIOCGSTAMP, &tv, 0, 0));
	say_link("the second", fd, 200, 0);
	say_link("the third", fd, 200, 0);
	say_link("the rest", fd, 200, 0);
	say_link("the rest", fd, 200, 0);
	say_link("the rest", fd, 200, 0);
	say_link("out of band", fd, 200, MSG_OOB);
	say_link("of the error queue", fd, 200, MSG_ERRQUEUE);
	for (int more = 1498; more <= 1520; more++)
		say("%d bytes: %s", more, said_by(CALL6(SYS_sendto, fd, bytes, more, MSG_DONTWAIT, 0, 0)));
	while (CALL6(SYS_recvfrom, fd, bytes, 100, MSG_DONTWAIT, 0, 0) >= 0)
		;
	say_call("rebound to all", bind_link(fd, AF_PACKET, ETH_P_ALL, 0, sizeof(struct sockaddr_ll)));
	say_call("and back", bind_link(fd, AF_PACKET, 0x88b5, 1, sizeof(struct sockaddr_ll)));
	lo_flags(false);
	say_link("down", fd, 100, 0);
	say_link("again", fd, 100, 0);
	say_call("send when down", CALL6(SYS_sendto, fd, bytes, 60, 0, 0, 0));
	say_call("bind when down", bind_link(fd, AF_PACKET, 0x88b5, 1, sizeof(struct sockaddr_ll)));
	say_link("told at once", fd, 100, 0);
	lo_flags(true);
	say_call("after it", CALL6(SYS_sendto, fd, bytes, 60, 0, 0, 0));
	say_call("auxdata", CALL6(SYS_setsockopt, fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on), 0));
	close_fd(fd);
}

static void lengths_of_802_3(void)
{
	int all = socket_of(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), llc = socket_of(AF_PACKET, SOCK_DGRAM, htons(ETH_P_802_2));
	int fd = socket_of(AF_PACKET, SOCK_DGRAM, 0);

	say("-- 802.3");
	memset(bytes, 0x11, 64);
	say_call("send", send_link(fd, 1, ETH_P_802_3, 6, 50, sizeof(struct sockaddr_ll)));
	say_link("goes out", all, 100, 0);
	say_link("comes", all, 100, 0);
	say_link("as LLC", llc, 100, 0);
	close_fd(fd);
	close_fd(all);
	close_fd(llc);
}

static void sum(unsigned char *h)
{
	unsigned int s = 0, i;

	h[10] = h[11] = 0;
	for (i = 0; i < 20; i += 2)
		s += (unsigned int)h[i] << 8 | h[i + 1];
	s = (s & 0xffff) + (s >> 16);
	s += s >> 16;
	h[10] = (unsigned char)(~s >> 8);
	h[11] = (unsigned char)~s;
}

/* What a packet socket sends by lo comes without a route: addresses of the host alone are refused, unless route_localnet. */
static void injected_to(const char *from, const char *to, const char *localnet)
{
	int udp = udp_at("0.0.0.0", 4000), fd = socket_of(AF_PACKET, SOCK_DGRAM, 0);
	unsigned char p[32] = { 0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17 };
	struct sockaddr_ll a = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = 1, .sll_halen = 6 };
	in_addr_t s = inet_addr(from), d = inet_addr(to);

	say("-- injected on lo from %s to %s, route_localnet %s", from, to, localnet);
	say_call("route_localnet", write_setting("/proc/sys/net/ipv4/conf/lo/route_localnet", localnet));
	memcpy(p + 12, &s, 4);
	memcpy(p + 16, &d, 4);
	memcpy(p + 20, "\x0f\xa1\x0f\xa0\0\x0c\0\0abcd", 12);
	sum(p);
	say_call("sent", CALL6(SYS_sendto, fd, p, sizeof(p), 0, &a, sizeof(a)));
	say_recv("received", udp, 100, 0);
	say_call("its own are good", send_dgram(udp, "127.0.0.1", 4000, "own", 3, 0));
	say_recv("received", udp, 100, 0);
	say_call("and after them", CALL6(SYS_sendto, fd, p, sizeof(p), 0, &a, sizeof(a)));
	say_recv("received", udp, 100, 0);
	close_fd(fd);
	close_fd(udp);
	write_setting("/proc/sys/net/ipv4/conf/lo/route_localnet", "0");
}

static void diag_order(void)
{
	struct {
		struct nlmsghdr h;
		struct packet_diag_req r;
	} q = { { sizeof(q), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { .sdiag_family = AF_PACKET } };
	int fd[5], nl = socket_of(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG), i;
	static _Alignas(8) unsigned char room[8192];
	struct nlmsghdr *h;
	long n;

	say("-- packet sockets in a dump");
	for (i = 0; i < 5; i++)
		fd[i] = socket_of(AF_PACKET, SOCK_RAW, htons((unsigned short)(0x1001 + i)));
	close_fd(fd[2]);
	CALL6(SYS_sendto, nl, &q, sizeof(q), 0, 0, 0);
	while ((n = CALL6(SYS_recvfrom, nl, room, sizeof(room), MSG_DONTWAIT, 0, 0)) > 0)
		for (h = (struct nlmsghdr *)room; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n))
			if (h->nlmsg_type == SOCK_DIAG_BY_FAMILY)
				say("protocol %x", ((struct packet_diag_msg *)NLMSG_DATA(h))->pdiag_num);
	for (i = 0; i < 5; i++)
		if (i != 2)
			close_fd(fd[i]);
	close_fd(nl);
}

/* ---- raw(7) ---- */

static long send_raw(int fd, const char *to, int port, int family, size_t n, int flags, size_t len)
{
	struct sockaddr_in a = in_addr_of(to, port);

	a.sin_family = (sa_family_t)family;
	return CALL6(SYS_sendto, fd, bytes, n, flags, &a, len);
}

static void say_in_name(const char *what, long nr, int fd)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof(a);
	long ret = CALL(nr, fd, &a, &len, 0, 0);

	say("%s: %s, %u: family %d %s:%d", what, said_by(ret), ret ? 0 : len, a.sin_family, inet_ntoa(a.sin_addr), ntohs(a.sin_port));
}

static void datagram_errors(int type, int protocol, const char *kind)
{
	int fd = socket_of(AF_INET, type, protocol);
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };

	say("-- errors of %s", kind);
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 8; /* an echo request, for those that look */
	say_in_name("name", SYS_getsockname, fd);
	say_in_name("peer", SYS_getpeername, fd);
	say_call("send without address", CALL6(SYS_sendto, fd, bytes, 20, 0, 0, 0));
	say_call("to a short address", send_raw(fd, "127.0.0.1", 7, AF_INET, 20, 0, 8));
	say_call("to no family", send_raw(fd, "127.0.0.1", 7, AF_UNSPEC, 20, 0, 16));
	say_call("to another family", send_raw(fd, "127.0.0.1", 7, AF_UNIX, 20, 0, 16));
	say_call("to port 0", send_raw(fd, "127.0.0.1", 0, AF_INET, 20, 0, 16));
	say_call("to any", send_raw(fd, "0.0.0.0", 7, AF_INET, 20, 0, 16));
	say_call("to everybody", send_raw(fd, "255.255.255.255", 7, AF_INET, 20, 0, 16));
	say_call("to the net", send_raw(fd, "127.255.255.255", 7, AF_INET, 20, 0, 16));
	say_call("out of band", send_raw(fd, "127.0.0.1", 7, AF_INET, 20, MSG_OOB, 16));
	say_call("where no route leads", send_raw(fd, "10.1.2.3", 7, AF_INET, 20, 0, 16));
	say_call("not routed there", send_raw(fd, "10.1.2.3", 7, AF_INET, 20, MSG_DONTROUTE, 16));
	say_call("not routed to lo", send_raw(fd, "127.0.0.1", 7, AF_INET, 20, MSG_DONTROUTE, 16));
	say_call("a group", send_raw(fd, "224.0.0.9", 7, AF_INET, 20, 0, 16));
	say_call("nothing", send_raw(fd, "127.0.0.1", 7, AF_INET, 0, 0, 16));
	say_call("1500", send_raw(fd, "127.0.0.1", 7, AF_INET, 1500, 0, 16));
	say_call("65507", send_raw(fd, "127.0.0.1", 7, AF_INET, 65507, 0, 16));
	say_call("65508", send_raw(fd, "127.0.0.1", 7, AF_INET, 65508, 0, 16));
	say_call("65515", send_raw(fd, "127.0.0.1", 7, AF_INET, 65515, 0, 16));
	say_call("65516", send_raw(fd, "127.0.0.1", 7, AF_INET, 65516, 0, 16));
	say_call("65536", send_raw(fd, "127.0.0.1", 7, AF_INET, 65536, 0, 16));
	for (int mode = 0; mode <= 5; mode++) {
		set_int(fd, SOL_IP, IP_MTU_DISCOVER, mode);
		say("2000 bytes in mode %d: %s", mode, said_by(send_raw(fd, "127.0.0.1", 7, AF_INET, 2000, 0, 16)));
	}
	say_call("receive out of band", CALL6(SYS_recvfrom, fd, bytes + 100, 100, MSG_OOB | MSG_DONTWAIT, 0, 0));
	say_call("of the error queue", CALL6(SYS_recvfrom, fd, bytes + 100, 100, MSG_ERRQUEUE | MSG_DONTWAIT, 0, 0));
	say_call("listen", CALL(SYS_listen, fd, 1, 0, 0, 0));
	say_call("accept", CALL(SYS_accept, fd, 0, 0, 0, 0));
	say_call("shutdown", CALL(SYS_shutdown, fd, SHUT_RD, 0, 0, 0));
	say_call("bind to another's", bind_to(fd, "10.9.9.9", 0));
	say_call("bind to everybody's", bind_to(fd, "255.255.255.255", 0));
	close_fd(fd);
	fd = socket_of(AF_INET, type, protocol);
	say_call("bind to the net's", bind_to(fd, "127.255.255.255", 4321));
	close_fd(fd);
	fd = socket_of(AF_INET, type, protocol);
	say_call("bind to a group", bind_to(fd, "224.0.0.9", 4321));
	close_fd(fd);
	fd = socket_of(AF_INET, type, protocol);
	say_call("bind", bind_to(fd, "127.0.0.1", 4321));
	say_in_name("name", SYS_getsockname, fd);
	say_call("connect to everybody", connect_to(fd, "255.255.255.255", 7));
	say_call("connect to a group", connect_to(fd, "224.0.0.9", 7));
	say_call("connect where no route leads", connect_to(fd, "10.1.2.3", 7));
	say_call("connect", connect_to(fd, "127.0.0.1", 77));
	say_in_name("peer", SYS_getpeername, fd);
	say_call("again", connect_to(fd, "127.0.0.1", 78));
	say_call("shutdown", CALL(SYS_shutdown, fd, SHUT_RD, 0, 0, 0));
	say_call("shutdown of nothing", CALL(SYS_shutdown, fd, 7, 0, 0, 0));
	say_call("for writing", CALL(SYS_shutdown, fd, SHUT_WR, 0, 0, 0));
	say_call("send then", CALL6(SYS_sendto, fd, bytes, 20, MSG_NOSIGNAL, 0, 0));
	say_call("disconnect", CALL(SYS_connect, fd, &unspec, sizeof(unspec), 0, 0));
	if (type != SOCK_RAW) /* on Linux, one that was disconnected hears nothing any more */
		say_in_name("name", SYS_getsockname, fd);
	say_in_name("peer", SYS_getpeername, fd);
	close_fd(fd);
}

static void headers_included(void)
{
	int fd = socket_of(AF_INET, SOCK_RAW, IPPROTO_RAW), in = socket_of(AF_INET, SOCK_RAW, 200), on = 1;
	unsigned char p[60];
	struct sockaddr_in a = in_addr_of("127.0.0.1", 0);

	say("-- headers that the program makes");
	ip_header_at = -1;
	for (int k = 0; k < 12; k++) {
		memset(p, 0, sizeof(p));
		memcpy(p, "\x45\x10\x12\x34\x11\x22\0\0\x40\xc8\x77\x77\x7f\0\0\x02\x7f\0\0\x03", 20);
		switch (k) {
		case 1: memset(p + 12, 0, 4); break; /* no source */
		case 2: memset(p + 16, 0, 4); break; /* no destination */
		case 3: p[0] = 0x44; break;
		case 4: p[0] = 0x4f; break; /* the header is as long as the packet */
		case 5: p[0] = 0x65; break;
		case 6: p[8] = 0; break; /* TTL */
		case 7: p[6] = 0x40; break; /* DF */
		case 8: memset(p + 16, 0xff, 4); break;
		case 9: p[9] = 201; break;
		case 10: p[12] = 10; break; /* another's source */
		case 11: p[6] = 0x20; break; /* MF */
		default: break;
		}
		say("%d: %s", k, said_by(CALL6(SYS_sendto, fd, p, 40, 0, &a, sizeof(a))));
		say_recv("received", in, 100, 0);
	}
	say_call("too short", CALL6(SYS_sendto, fd, p, 19, 0, &a, sizeof(a)));
	say_call("too long", CALL6(SYS_sendto, fd, bytes, 2000, 0, &a, sizeof(a)));
	say_recv("send only", fd, 100, 0);
	say_call("an option of others", CALL6(SYS_setsockopt, fd, SOL_IP, IP_HDRINCL, &on, sizeof(on), 0));
	close_fd(fd);
	close_fd(in);
}

/* ---- routes that refuse; ports that are used up ---- */

static void refusing_route(int type, const char *kind)
{
	struct {
		struct nlmsghdr h;
		struct rtmsg r;
		struct rtattr a;
		unsigned char dst[4];
	} q = { { sizeof(q), RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, 1, 0 },
		{ .rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_table = RT_TABLE_MAIN, .rtm_type = (unsigned char)type },
		{ 8, RTA_DST }, { 10, 7, 7, 0 } };
	int nl = socket_of(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), udp = socket_of(AF_INET, SOCK_DGRAM, 0);
	int tcp = socket_of(AF_INET, SOCK_STREAM, 0), raw = socket_of(AF_INET, SOCK_RAW, 200);
	_Alignas(8) unsigned char room[512];

	say("-- a route that is %s", kind);
	CALL6(SYS_sendto, nl, &q, sizeof(q), 0, 0, 0);
	CALL6(SYS_recvfrom, nl, room, sizeof(room), 0, 0, 0);
	say_call("made", ((struct nlmsgerr *)NLMSG_DATA(room))->error);
	say_call("UDP", send_dgram(udp, "10.7.7.1", 9, "x", 1, 0));
	say_call("connect UDP", connect_to(udp, "10.7.7.1", 9));
	say_call("raw", send_dgram(raw, "10.7.7.1", 0, "x", 1, 0));
	say_call("connect TCP", connect_to(tcp, "10.7.7.1", 9));
	q.h.nlmsg_type = RTM_DELROUTE;
	CALL6(SYS_sendto, nl, &q, sizeof(q), 0, 0, 0);
	CALL6(SYS_recvfrom, nl, room, sizeof(room), 0, 0, 0);
	say_call("deleted", ((struct nlmsgerr *)NLMSG_DATA(room))->error);
	close_fd(nl);
	close_fd(udp);
	close_fd(tcp);
	close_fd(raw);
}

static void ports_used_up(void)
{
	int fd[10], i;

	say("-- all ports in use");
	say_call("two ports", write_setting("/proc/sys/net/ipv4/ip_local_port_range", "40000 40001"));
	for (i = 0; i < 10; i++)
		fd[i] = socket_of(AF_INET, i < 5 ? SOCK_DGRAM : SOCK_STREAM, 0);
	for (i = 0; i < 3; i++)
		say("bind UDP %d: %s", i, said_by(bind_to(fd[i], "0.0.0.0", 0)));
	say_call("send UDP", send_dgram(fd[3], "127.0.0.1", 9, "x", 1, 0));
	say_call("connect UDP", connect_to(fd[4], "127.0.0.1", 9));
	for (i = 5; i < 8; i++)
		say("bind TCP %d: %s", i, said_by(bind_to(fd[i], "0.0.0.0", 0)));
	say_call("listen", CALL(SYS_listen, fd[8], 1, 0, 0, 0));
	say_call("connect TCP", connect_to(fd[9], "127.0.0.1", 9));
	for (i = 0; i < 10; i++)
		close_fd(fd[i]);
	say_call("as it was", write_setting("/proc/sys/net/ipv4/ip_local_port_range", "32768 60999"));
}

/* ---- netlink(7) ---- */

#define PORT 0x40000000u /* of netlink sockets: no task has such a number */

static long bind_nl(int fd, unsigned int pid, unsigned int groups, size_t len)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_pid = pid, .nl_groups = groups };

	return CALL(SYS_bind, fd, &a, len, 0, 0);
}

static void say_nl_name(const char *what, long nr, int fd)
{
	struct sockaddr_nl a = { 0 };
	socklen_t len = sizeof(a);
	long ret = CALL(nr, fd, &a, &len, 0, 0);

	say("%s: %s, %u: family %d pid %s groups %x", what, said_by(ret), ret ? 0 : len, a.nl_family,
	    a.nl_pid >= PORT && a.nl_pid < PORT + 10 ? said_by(a.nl_pid) : a.nl_pid ? "some" : "0", a.nl_groups);
}

static long send_nl(int fd, const void *data, size_t n, unsigned int pid, unsigned int groups, int flags)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_pid = pid, .nl_groups = groups };

	return CALL6(SYS_sendto, fd, data, n, flags, &a, sizeof(a));
}

static void ask_nl(const char *what, int fd, int type, int flags, unsigned int len, size_t n)
{
	struct {
		struct nlmsghdr h;
		unsigned char body[64];
	} q = { { len, (unsigned short)type, (unsigned short)flags, 77, 0 }, { 0 } };

	say("%s: %s", what, said_by(send_nl(fd, &q, n, 0, 0, 0)));
	for (int i = 0; i < 3; i++) {
		_Alignas(8) unsigned char room[8192];
		struct nlmsghdr *h = (struct nlmsghdr *)room;
		long got = CALL6(SYS_recvfrom, fd, room, sizeof(room), MSG_DONTWAIT, 0, 0);

		if (got < 0) {
			say_call("end", got);
			return;
		}
		if (h->nlmsg_type == NLMSG_ERROR)
			say("%ld bytes, type %d flags %x seq %u: error %s", h->nlmsg_flags & NLM_F_ACK_TLVS ? 0 : got,
			    h->nlmsg_type, h->nlmsg_flags, h->nlmsg_seq, said_by(((struct nlmsgerr *)NLMSG_DATA(h))->error));
		else
			say("type %d flags %x seq %u", h->nlmsg_type, h->nlmsg_flags, h->nlmsg_seq);
	}
}

static void netlink_names(void)
{
	int a = socket_of(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), b = socket_of(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE);
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = PORT + 1, .nl_groups = 1 }, none = { .nl_family = AF_UNSPEC };
	uint32_t groups[4] = { 0 };
	socklen_t len;

	say("-- names of netlink sockets");
	say_nl_name("name", SYS_getsockname, a);
	say_nl_name("peer", SYS_getpeername, a);
	say_call("bind short", bind_nl(a, PORT, 0, 8));
	say_call("bind", bind_nl(a, PORT, 0x11, sizeof(to)));
	say_nl_name("name", SYS_getsockname, a);
	say_call("another by the same", bind_nl(b, PORT, 0, sizeof(to)));
	say_call("again the same", bind_nl(a, PORT, 1, sizeof(to)));
	say_call("again another", bind_nl(a, PORT + 2, 1, sizeof(to)));
	say_call("again, none", bind_nl(a, 0, 1, sizeof(to)));
	say_nl_name("name", SYS_getsockname, a);
	say_call("group 40", set_int(a, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 33));
	say_call("group 0", set_int(a, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 0));
	say_call("group 1000", set_int(a, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 1000));
	say_call("leave 2", set_int(a, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, 2));
	len = 4;
	say_call("list", CALL(SYS_getsockopt, a, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups, &len));
	say("%08x %08x", groups[0], groups[1]);
	len = 8;
	say_call("list", CALL(SYS_getsockopt, a, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups, &len));
	say("%08x %08x", groups[0], groups[1]);
	say_call("connect", CALL(SYS_connect, b, &to, sizeof(to), 0, 0));
	say_nl_name("peer", SYS_getpeername, b);
	say_nl_name("name", SYS_getsockname, b);
	say_call("to nobody", CALL6(SYS_sendto, b, bytes, 20, 0, 0, 0));
	say_call("disconnect", CALL(SYS_connect, b, &none, sizeof(none), 0, 0));
	say_nl_name("peer", SYS_getpeername, b);
	say_call("to a", send_nl(b, bytes, 20, PORT, 0, 0));
	say_call("received", CALL6(SYS_recvfrom, a, bytes, 100, MSG_DONTWAIT, 0, 0));
	say_call("to none", send_nl(b, bytes, 20, PORT + 9, 0, 0));
	say_call("to a group", send_nl(b, bytes, 20, 0, 1, 0));
	say_call("received", CALL6(SYS_recvfrom, a, bytes, 100, MSG_DONTWAIT, 0, 0));
	say_call("out of band", send_nl(b, bytes, 20, 0, 0, MSG_OOB));
	say_call("receive out of band", CALL6(SYS_recvfrom, a, bytes, 100, MSG_OOB | MSG_DONTWAIT, 0, 0));
	say_call("listen", CALL(SYS_listen, a, 1, 0, 0, 0));
	say_call("shutdown", CALL(SYS_shutdown, a, SHUT_RD, 0, 0, 0));
	say_call("nothing", send_nl(b, bytes, 0, 0, 0, 0));
	close_fd(a);
	close_fd(b);
}

static void netlink_messages(void)
{
	int fd = socket_of(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), on = 1;

	for (int k = 0; k < 3; k++) {
		say("-- netlink messages, %d", k);
		if (k == 1)
			say_call("capped", set_int(fd, SOL_NETLINK, NETLINK_CAP_ACK, on));
		if (k == 2)
			say_call("extended", set_int(fd, SOL_NETLINK, NETLINK_EXT_ACK, on));
		ask_nl("no request", fd, RTM_GETLINK, NLM_F_ACK, 32, 32);
		ask_nl("nothing", fd, NLMSG_NOOP, NLM_F_REQUEST, 16, 16);
		ask_nl("nothing, acknowledged", fd, NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 16, 16);
		ask_nl("done, acknowledged", fd, NLMSG_DONE, NLM_F_REQUEST | NLM_F_ACK, 16, 16);
		ask_nl("unknown", fd, 15, NLM_F_REQUEST, 16, 16);
		ask_nl("unknown", fd, 15, NLM_F_REQUEST | NLM_F_ACK, 16, 16);
		ask_nl("far too high", fd, 999, NLM_F_REQUEST, 32, 32);
		ask_nl("short for its kind", fd, RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, 17, 32);
		ask_nl("longer than sent", fd, RTM_GETLINK, NLM_F_REQUEST, 64, 32);
		ask_nl("shorter than a header", fd, RTM_GETLINK, NLM_F_REQUEST, 15, 32);
		ask_nl("sent short", fd, RTM_GETLINK, NLM_F_REQUEST, 16, 10);
		ask_nl("no such link", fd, RTM_DELLINK, NLM_F_REQUEST, 32, 32);
		ask_nl("no such link", fd, RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO, 32, 32);
	}
	close_fd(fd);
}

static void run(void *unused)
{
	lo_up(1500);
	injected_to("127.0.0.1", "127.0.0.1", "0");
	injected_to("127.0.0.1", "127.0.0.1", "1");
	injected_to("127.0.0.2", "127.3.3.3", "0");
	injected_to("10.5.5.5", "127.0.0.1", "0");
	injected_to("127.0.0.1", "10.5.5.5", "0");
	injected_to("127.0.0.1", "255.255.255.255", "0");
	diag_order();
	kinds();
	packet_of(SOCK_RAW, "raw");
	packet_of(SOCK_DGRAM, "cooked");
	lengths_of_802_3();
	datagram_errors(SOCK_RAW, 200, "raw");
	datagram_errors(SOCK_DGRAM, 0, "UDP");
	datagram_errors(SOCK_DGRAM, IPPROTO_ICMP, "ping");
	headers_included();
	refusing_route(RTN_BLACKHOLE, "a black hole");
	refusing_route(RTN_UNREACHABLE, "unreachable");
	refusing_route(RTN_PROHIBIT, "prohibited");
	refusing_route(RTN_THROW, "thrown");
	ports_used_up();
	netlink_names();
	netlink_messages();
	all_settings();
}

int main(void)
{
	return compare_worlds(run, 300);
}
