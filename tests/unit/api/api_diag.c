/* SPDX-License-Identifier: MIT */
/*
 * sock_diag of AF_UNIX, AF_PACKET and AF_NETLINK: each check is made twice, with this machine's Linux and with Skiff, so that what
 * is expected here is what Linux does. Of a dump only our own sockets are looked at, by their inodes.
 */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"
#include "two_worlds.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define PATH "/tmp/api_diag"
#define MANY 300
#define ESTABLISHED 1
#define CLOSED 7
#define LISTENING 10
#define ALL_STATES (~0u)

/* ---- calls ---- */

static int sock(int family, int type, int protocol)
{
	return (int)CALL6(SYS_socket, family, type | SOCK_NONBLOCK, protocol, 0, 0, 0);
}

static void close_(int fd)
{
	CALL6(SYS_close, fd, 0, 0, 0, 0, 0);
}

static unsigned int inode(int fd)
{
	struct stat st = { 0 };

	CALL6(SYS_fstat, fd, &st, 0, 0, 0, 0);
	return (unsigned int)st.st_ino;
}

static int name_of(struct sockaddr_un *a, const char *name, size_t n)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	memcpy(a->sun_path, name, n);
	return (int)(offsetof(struct sockaddr_un, sun_path) + n);
}

static long bind_(int fd, const char *name, size_t n)
{
	struct sockaddr_un a;
	int len = name_of(&a, name, n);

	return CALL6(SYS_bind, fd, &a, len, 0, 0, 0);
}

static long connect_(int fd, const char *name, size_t n)
{
	struct sockaddr_un a;
	int len = name_of(&a, name, n);

	return CALL6(SYS_connect, fd, &a, len, 0, 0, 0);
}

/* ---- asking ---- */

static int nl;

struct seen {
	unsigned int ino, times, state, type, cookie[2];
	char body[64];
	unsigned int attrs, len[16];
	char data[16][600];
};

/* The message is the one about seen->ino: what it says. */
static void look(const struct nlmsghdr *nlh, struct seen *s, size_t header, unsigned int ino, const unsigned int *cookie)
{
	const struct nlattr *a = (const void *)((const char *)NLMSG_DATA(nlh) + NLMSG_ALIGN(header));
	int rem = (int)nlh->nlmsg_len - (int)NLMSG_SPACE(header);

	if (ino != s->ino)
		return;
	s->times++;
	s->attrs = 0;
	memcpy(s->body, NLMSG_DATA(nlh), header);
	memcpy(s->cookie, cookie, sizeof(s->cookie));
	while (rem >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= rem) {
		unsigned int type = a->nla_type & NLA_TYPE_MASK, n = a->nla_len - NLA_HDRLEN;

		if (type < 16 && n <= sizeof(s->data[0])) {
			s->attrs |= 1u << type;
			s->len[type] = n;
			memcpy(s->data[type], (const char *)a + NLA_HDRLEN, n);
		}
		rem -= (int)NLA_ALIGN(a->nla_len);
		a = (const void *)((const char *)a + NLA_ALIGN(a->nla_len));
	}
}

static void look_at(const struct nlmsghdr *nlh, struct seen *s)
{
	const struct unix_diag_msg *u = NLMSG_DATA(nlh);
	const struct packet_diag_msg *p = NLMSG_DATA(nlh);
	const struct netlink_diag_msg *n = NLMSG_DATA(nlh);

	s->type = u->udiag_type;
	if (u->udiag_family == AF_UNIX) {
		look(nlh, s, sizeof(*u), u->udiag_ino, u->udiag_cookie);
		if (u->udiag_ino == s->ino)
			s->state = u->udiag_state;
	} else if (u->udiag_family == AF_PACKET) {
		look(nlh, s, sizeof(*p), p->pdiag_ino, p->pdiag_cookie);
	} else {
		look(nlh, s, sizeof(*n), n->ndiag_ino, n->ndiag_cookie);
	}
}

/* Sends the request and reads to the end: an error's number, or how many sockets were told of. */
static long ask(int flags, const void *request, size_t len, struct seen *s)
{
	static char buf[32768];
	struct {
		struct nlmsghdr nlh;
		char body[64];
	} r = { { (unsigned int)NLMSG_LENGTH(len), SOCK_DIAG_BY_FAMILY, (unsigned short)(NLM_F_REQUEST | flags), 1, 0 }, { 0 } };
	struct nlmsghdr *nlh;
	long n, told = 0;

	memcpy(r.body, request, len);
	is("a request is taken", CALL6(SYS_sendto, nl, &r, r.nlh.nlmsg_len, 0, 0, 0), r.nlh.nlmsg_len);
	for (;;) {
		n = CALL6(SYS_recvfrom, nl, buf, 8192, 0, 0, 0);
		if (n < 0)
			return n;
		for (nlh = (void *)buf; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_ERROR)
				return *(int *)NLMSG_DATA(nlh);
			if (nlh->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(nlh) ? *(int *)NLMSG_DATA(nlh) : told;
			told++;
			if (s)
				look_at(nlh, s);
			if (!(flags & NLM_F_DUMP))
				return told;
		}
	}
}

static unsigned int word(const struct seen *s, int attr, int i)
{
	unsigned int w;

	memcpy(&w, s->data[attr] + 4 * i, 4);
	return w;
}

/* ---- AF_UNIX ---- */

static long ask_unix(int flags, unsigned int ino, unsigned int states, unsigned int show, struct seen *s)
{
	struct unix_diag_req r = { .sdiag_family = AF_UNIX, .udiag_states = states, .udiag_ino = ino, .udiag_show = show,
				   .udiag_cookie = { ~0u, ~0u } };

	if (s)
		*s = (struct seen){ .ino = ino };
	if (flags & NLM_F_DUMP)
		r.udiag_ino = 0;
	return ask(flags, &r, sizeof(r), s);
}

static void states_and_names_are_told(void)
{
	static struct seen s;
	int l = sock(AF_UNIX, SOCK_STREAM, 0), d = sock(AF_UNIX, SOCK_DGRAM, 0), pair[2];
	struct stat st = { 0 };

	CALL6(SYS_unlink, PATH, 0, 0, 0, 0, 0);
	is("bind", bind_(l, "\0api_diag", 9), 0);
	is("listen", CALL6(SYS_listen, l, 3, 0, 0, 0, 0), 0);
	is("bind a path", bind_(d, PATH, sizeof(PATH) - 1), 0);
	is("socketpair", CALL6(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET, 0, pair, 0, 0), 0);
	is("one", ask_unix(0, inode(l), 0, UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN, &s), 1);
	is("state", s.state, LISTENING);
	is("type", s.type, SOCK_STREAM);
	is("attributes", s.attrs, 1 << UNIX_DIAG_NAME | 1 << UNIX_DIAG_RQLEN | 1 << UNIX_DIAG_SHUTDOWN);
	is("an abstract name's length", s.len[UNIX_DIAG_NAME], 9);
	is("an abstract name", memcmp(s.data[UNIX_DIAG_NAME], "\0api_diag", 9), 0);
	is("backlog", word(&s, UNIX_DIAG_RQLEN, 1), 3);
	is("a path's", ask_unix(0, inode(d), 0, UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_UID, &s), 1);
	is("state of one that is not connected", s.state, CLOSED);
	is("path with its NUL", s.len[UNIX_DIAG_NAME] == sizeof(PATH) && !strcmp(s.data[UNIX_DIAG_NAME], PATH), 1);
	CALL6(SYS_stat, PATH, &st, 0, 0, 0, 0);
	is("the path's inode", word(&s, UNIX_DIAG_VFS, 0), (long)st.st_ino);
	is("a user", s.attrs >> UNIX_DIAG_UID & 1, 1);
	is("its user", word(&s, UNIX_DIAG_UID, 0), world == &worlds[LINUX] ? (long)getuid() : 0);
	is("nothing is asked for", ask_unix(0, inode(pair[0]), 0, 0, &s), 1);
	is("the shutdown alone", s.attrs, 1 << UNIX_DIAG_SHUTDOWN);
	is("state of a pair", s.state, ESTABLISHED);
	is("type of a pair", s.type, SOCK_SEQPACKET);
	close_(l);
	close_(d);
	close_(pair[0]);
	close_(pair[1]);
	CALL6(SYS_unlink, PATH, 0, 0, 0, 0, 0);
}

static void peers_and_queues_are_told(void)
{
	static struct seen s;
	int l = sock(AF_UNIX, SOCK_STREAM, 0), a = sock(AF_UNIX, SOCK_STREAM, 0), b = sock(AF_UNIX, SOCK_STREAM, 0), pair[2];

	bind_(l, "\0api_diag", 9);
	CALL6(SYS_listen, l, 3, 0, 0, 0, 0);
	is("connect", connect_(a, "\0api_diag", 9), 0);
	is("connect again", connect_(b, "\0api_diag", 9), 0);
	is("a listener", ask_unix(0, inode(l), 0, UDIAG_SHOW_ICONS | UDIAG_SHOW_RQLEN | UDIAG_SHOW_PEER, &s), 1);
	is("it has no peer", s.attrs >> UNIX_DIAG_PEER & 1, 0);
	is("two wait", word(&s, UNIX_DIAG_RQLEN, 0), 2);
	is("two inodes", s.len[UNIX_DIAG_ICONS], 8);
	is("the first", word(&s, UNIX_DIAG_ICONS, 0), inode(a));
	is("the second", word(&s, UNIX_DIAG_ICONS, 1), inode(b));
	is("who waits", ask_unix(0, inode(a), 0, UDIAG_SHOW_PEER, &s), 1);
	is("its peer has no inode yet", s.attrs >> UNIX_DIAG_PEER & 1 ? (long)word(&s, UNIX_DIAG_PEER, 0) : -1, 0);
	CALL6(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair, 0, 0);
	is("write", CALL6(SYS_write, pair[0], "hello", 5, 0, 0, 0), 5);
	is("shutdown", CALL6(SYS_shutdown, pair[0], SHUT_WR, 0, 0, 0, 0), 0);
	is("the reader", ask_unix(0, inode(pair[1]), 0, UDIAG_SHOW_RQLEN | UDIAG_SHOW_PEER | UDIAG_SHOW_MEMINFO, &s), 1);
	is("what it can read", word(&s, UNIX_DIAG_RQLEN, 0), 5);
	is("its peer", word(&s, UNIX_DIAG_PEER, 0), inode(pair[0]));
	is("shut down for reading", s.data[UNIX_DIAG_SHUTDOWN][0], 1);
	is("memory", s.len[UNIX_DIAG_MEMINFO], SK_MEMINFO_VARS * 4);
	is("the writer", ask_unix(0, inode(pair[0]), 0, UDIAG_SHOW_RQLEN, &s), 1);
	is("it has sent", word(&s, UNIX_DIAG_RQLEN, 1) > 0, 1);
	close_(l);
	close_(a);
	close_(b);
	close_(pair[0]);
	close_(pair[1]);
}

static void a_cookie_tells_one_from_another(void)
{
	static struct seen s;
	int d = sock(AF_UNIX, SOCK_DGRAM, 0);
	struct unix_diag_req r = { .sdiag_family = AF_UNIX, .udiag_ino = inode(d) };

	is("any cookie", ask_unix(0, inode(d), 0, 0, &s), 1);
	memcpy(r.udiag_cookie, s.cookie, sizeof(s.cookie));
	is("the right one", ask(0, &r, sizeof(r), NULL), 1);
	r.udiag_cookie[0]++;
	is("another", ask(0, &r, sizeof(r), NULL), -ESTALE);
	close_(d);
	r.udiag_cookie[0]--;
	is("it is closed", ask(0, &r, sizeof(r), NULL), -ENOENT);
	r.udiag_ino = 0;
	is("no inode", ask(0, &r, sizeof(r), NULL), -EINVAL);
	is("too short", ask(0, &r, sizeof(r) - 4, NULL), -EINVAL);
	is("too short a dump", ask(NLM_F_DUMP, &r, sizeof(r) - 4, NULL), -EINVAL);
}

static void a_dump_chooses_by_state(void)
{
	static struct seen s;
	int l = sock(AF_UNIX, SOCK_STREAM, 0), d = sock(AF_UNIX, SOCK_DGRAM, 0);

	bind_(l, "\0api_diag", 9);
	CALL6(SYS_listen, l, 3, 0, 0, 0, 0);
	ask_unix(NLM_F_DUMP, inode(l), 1u << LISTENING, UDIAG_SHOW_NAME, &s);
	is("a listener among listeners", s.times, 1);
	is("its name", s.len[UNIX_DIAG_NAME], 9);
	ask_unix(NLM_F_DUMP, inode(d), 1u << LISTENING, UDIAG_SHOW_NAME, &s);
	is("no other", s.times, 0);
	ask_unix(NLM_F_DUMP, inode(d), ALL_STATES, UDIAG_SHOW_NAME, &s);
	is("of all, once", s.times, 1);
	is("no state", ask_unix(NLM_F_DUMP, inode(d), 0, UDIAG_SHOW_NAME, &s), 0);
	close_(l);
	close_(d);
}

/* Skiff only: Linux tells those that lie behind in the same chain twice, or leaves them out. */
static void sockets_come_and_go_during_a_dump(void)
{
	static char buf[8192], seen[MANY];
	static int fd[MANY];
	static unsigned int ino[MANY];
	struct {
		struct nlmsghdr nlh;
		struct unix_diag_req r;
	} r = { { sizeof(r), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 },
		{ .sdiag_family = AF_UNIX, .udiag_states = ALL_STATES, .udiag_show = ALL_STATES } };
	int i, done = 0, reads = 0, twice = 0, missing = 0;
	struct nlmsghdr *nlh;
	long n;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < MANY; i++) {
		fd[i] = sock(AF_UNIX, SOCK_DGRAM, 0);
		ino[i] = inode(fd[i]);
	}
	CALL6(SYS_sendto, nl, &r, sizeof(r), 0, 0, 0);
	while (!done && (n = CALL6(SYS_recvfrom, nl, buf, sizeof(buf), 0, 0, 0)) > 0) {
		for (nlh = (void *)buf; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			done |= nlh->nlmsg_type == NLMSG_DONE;
			for (i = 0; nlh->nlmsg_type >= NLMSG_MIN_TYPE && i < MANY; i++)
				if (((struct unix_diag_msg *)NLMSG_DATA(nlh))->udiag_ino == ino[i])
					twice += seen[i]++;
		}
		if (reads++ == 1) /* what was told goes, and others come */
			for (i = 0; i < 20; i++) {
				close_(fd[i]);
				fd[i] = sock(AF_UNIX, SOCK_DGRAM, 0);
			}
	}
	for (i = 0; i < MANY; i++)
		missing += !seen[i];
	is("several buffers", reads > 3, 1);
	is("the end", done, 1);
	is("twice", twice, 0);
	is("missing", missing, 0);
	for (i = 0; i < MANY; i++)
		close_(fd[i]);
}

/* ---- AF_PACKET ---- */

static void packet_sockets_are_told(void)
{
	static struct seen s;
	struct packet_diag_req r = { .sdiag_family = AF_PACKET, .pdiag_show = 0xff };
	struct packet_mreq mreq = { .mr_ifindex = 1, .mr_type = PACKET_MR_PROMISC };
	struct sockaddr_ll lo = { .sll_family = AF_PACKET, .sll_ifindex = 1, .sll_protocol = htons(ETH_P_IP) };
	struct sock_filter all = { 6, 0, 0, 0xffff };
	struct sock_fprog program = { 1, &all };
	struct packet_diag_info info;
	struct packet_diag_mclist mc;
	int p = sock(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL)), on = 1;

	if (p < 0) { /* Linux wants a privilege */
		is("only Linux refuses", world == &worlds[LINUX], 1);
		return;
	}
	is("bind", CALL6(SYS_bind, p, &lo, sizeof(lo), 0, 0, 0), 0);
	is("membership", CALL6(SYS_setsockopt, p, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq), 0), 0);
	is("auxdata", CALL6(SYS_setsockopt, p, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on), 0), 0);
	is("filter", CALL6(SYS_setsockopt, p, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program), 0), 0);
	s = (struct seen){ .ino = inode(p) };
	is("a dump", ask(NLM_F_DUMP, &r, sizeof(r), &s) > 0, 1);
	is("told once", s.times, 1);
	is("type and protocol", memcmp(s.body, "\x11\x02\0\x08", 4), 0);
	memcpy(&info, s.data[PACKET_DIAG_INFO], sizeof(info));
	is("device", info.pdi_index, 1);
	is("flags", info.pdi_flags, PDI_RUNNING | PDI_AUXDATA);
	is("a membership's length", s.len[PACKET_DIAG_MCLIST], sizeof(mc));
	memcpy(&mc, s.data[PACKET_DIAG_MCLIST], sizeof(mc));
	is("a membership", mc.pdmc_index == 1 && mc.pdmc_count == 1 && mc.pdmc_type == PACKET_MR_PROMISC, 1);
	is("the program", s.len[PACKET_DIAG_FILTER] == sizeof(all) && !memcmp(s.data[PACKET_DIAG_FILTER], &all, sizeof(all)), 1);
	is("memory", s.len[PACKET_DIAG_MEMINFO], SK_MEMINFO_VARS * 4);
	r.pdiag_show = 0;
	ask(NLM_F_DUMP, &r, sizeof(r), &s);
	is("nothing is asked for", s.attrs, 0);
	is("not one alone", ask(0, &r, sizeof(r), NULL), -EOPNOTSUPP);
	r.sdiag_protocol = 1;
	is("no protocol", ask(NLM_F_DUMP, &r, sizeof(r), NULL), -EINVAL);
	is("too short", ask(NLM_F_DUMP, &r, sizeof(r) - 4, NULL), -EINVAL);
	close_(p);
}

static void a_fanout_group_is_told(void)
{
	static struct seen s;
	struct packet_diag_req r = { .sdiag_family = AF_PACKET, .pdiag_show = PACKET_SHOW_FANOUT };
	int group = 4711 | PACKET_FANOUT_LB << 16 | PACKET_FANOUT_FLAG_ROLLOVER << 16;
	int p = sock(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
	char text[2000];

	if (p < 0)
		return;
	s = (struct seen){ .ino = inode(p) };
	ask(NLM_F_DUMP, &r, sizeof(r), &s);
	is("no group", s.attrs, 0);
	is("a group", CALL6(SYS_setsockopt, p, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group), 0), 0);
	ask(NLM_F_DUMP, &r, sizeof(r), &s);
	is("a group's attribute", s.attrs, 1 << PACKET_DIAG_FANOUT);
	is("its id and type, not its flags", word(&s, PACKET_DIAG_FANOUT, 0), 4711 | PACKET_FANOUT_LB << 16);
	if (world == &worlds[SKIFF]) {
		skiff_command("ss -0e", text, sizeof(text));
		is("ss shows it", strstr(text, "\n\tver:0 cpy_thresh:0 flags( running )\n\tfanout(id:4711,type:lb)\n") != NULL, 1);
		skiff_command("ss -0eHO", text, sizeof(text));
		is("in one line", strstr(text, " ver:0 cpy_thresh:0 flags( running ) fanout(id:4711,type:lb)\n") != NULL, 1);
	}
	close_(p);
}

/* ---- AF_NETLINK ---- */

static void netlink_sockets_are_told(void)
{
	static struct seen s;
	struct netlink_diag_req r = { .sdiag_family = AF_NETLINK, .sdiag_protocol = NETLINK_ROUTE, .ndiag_show = 0xff };
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = 5 };
	struct netlink_diag_msg msg;
	int n = sock(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), on = 1, idle = sock(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	socklen_t len = sizeof(a);

	is("bind", CALL6(SYS_bind, n, &a, sizeof(a), 0, 0, 0), 0);
	is("name", CALL6(SYS_getsockname, n, &a, &len, 0, 0, 0), 0);
	is("cap_ack", CALL6(SYS_setsockopt, n, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on), 0), 0);
	s = (struct seen){ .ino = inode(n) };
	is("a dump", ask(NLM_F_DUMP, &r, sizeof(r), &s) > 1, 1);
	/* Linux may tell it twice: as one with a port, and as a group's member */
	is("told once", world == &worlds[LINUX] ? s.times > 0 : s.times == 1, 1);
	memcpy(&msg, s.body, sizeof(msg));
	is("type", msg.ndiag_type, SOCK_RAW);
	is("protocol", msg.ndiag_protocol, NETLINK_ROUTE);
	is("port", msg.ndiag_portid, a.nl_pid);
	is("state", msg.ndiag_state, CLOSED);
	is("groups", word(&s, NETLINK_DIAG_GROUPS, 0), 5);
	is("flags", word(&s, NETLINK_DIAG_FLAGS, 0), NDIAG_FLAG_CAP_ACK);
	is("memory", s.len[NETLINK_DIAG_MEMINFO], SK_MEMINFO_VARS * 4);
	s = (struct seen){ .ino = inode(idle) };
	ask(NLM_F_DUMP, &r, sizeof(r), &s);
	is("without a port or a group it is not told of", s.times, 0);
	s = (struct seen){ .ino = inode(nl) };
	ask(NLM_F_DUMP, &r, sizeof(r), &s);
	is("not of this protocol", s.times, 0);
	r.sdiag_protocol = NDIAG_PROTO_ALL;
	ask(NLM_F_DUMP, &r, sizeof(r), &s);
	is("of all protocols", s.times, 1);
	is("its own dump is under way", word(&s, NETLINK_DIAG_FLAGS, 0) & NDIAG_FLAG_CB_RUNNING, NDIAG_FLAG_CB_RUNNING);
	r.sdiag_protocol = 32;
	is("no such protocol", ask(NLM_F_DUMP, &r, sizeof(r), NULL), -ENOENT);
	r.sdiag_protocol = 0;
	is("not one alone", ask(0, &r, sizeof(r), NULL), -EOPNOTSUPP);
	is("too short", ask(NLM_F_DUMP, &r, sizeof(r) - 4, NULL), -EINVAL);
	a = (struct sockaddr_nl){ .nl_family = AF_NETLINK, .nl_pid = 4242 };
	is("connect", CALL6(SYS_connect, idle, &a, sizeof(a), 0, 0, 0), 0);
	r.sdiag_protocol = NETLINK_ROUTE;
	s = (struct seen){ .ino = inode(idle) };
	ask(NLM_F_DUMP, &r, sizeof(r), &s);
	memcpy(&msg, s.body, sizeof(msg));
	is("connected", msg.ndiag_state, 1);
	is("to whom", msg.ndiag_dst_portid, 4242);
	close_(n);
	close_(idle);
}

static void checks(void *unused)
{
	CALL6(SYS_mkdir, "/tmp", 0777, 0, 0, 0, 0);
	nl = sock(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
	is("a socket", nl >= 0, 1);
	states_and_names_are_told();
	peers_and_queues_are_told();
	a_cookie_tells_one_from_another();
	a_dump_chooses_by_state();
	packet_sockets_are_told();
	a_fanout_group_is_told();
	netlink_sockets_are_told();
	if (world != &worlds[LINUX])
		sockets_come_and_go_during_a_dump();
	close_(nl);
}

int main(void)
{
	skiff_boot("ip=off skiff.seed=1 skiff.mem=64 loglevel=0");
	world = &worlds[LINUX];
	checks(NULL);
	world = &worlds[SKIFF];
	skiff_task_start(checks, NULL);
	skiff_run(skiff_now() + 10000000000ull);
	return failures || skiff_warnings() ? 1 : 0;
}
