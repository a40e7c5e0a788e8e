/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: messages to NETLINK_ROUTE and NETLINK_SOCK_DIAG, in a namespace that has a device, a
 * VLAN, routes, a rule, neighbours, a qdisc and sockets of each family. Behind each message every
 * dump must still be whole; in the end all of it goes away, and every slab cache holds what it
 * held.
 *
 * An input is a sequence of steps: how, length (u16), and so many bytes, one or several messages.
 */
#include <net/rtnetlink.h>
#include <net/sock_diag.h>
#include <uapi/fib_rules.h>
#include <uapi/if_addr.h>
#include <uapi/if_link.h>
#include <uapi/if_packet.h>
#include <uapi/inet_diag.h>
#include <uapi/neighbour.h>
#include <uapi/netlink_diag.h>
#include <uapi/packet_diag.h>
#include <uapi/pkt_sched.h>
#include <uapi/rtnetlink.h>
#include <uapi/un.h>
#include <uapi/unix_diag.h>

#include "fuzz.h"

#define MAX_STEPS  12
#define MESSAGE	   2048
#define PORT	   7000
#define MAX_SOCKS  16
#define MAX_CACHES 96

enum { /* how */
	HOW_DIAG = 1,
	HOW_AS_IT_IS = 2, /* else the first header's length is made right, and it is a request with
			    an ACK */
	HOW_STRICT = 4,
	HOW_WAIT = 8,	/* let a second pass */
	HOW_UNREAD = 16, /* nobody reads the answers before the next step */
	HOW_SEND = 32	/* datagrams, through the new state */
};

static struct {
	struct net *net;
	struct net_device *dev;
	struct socket *sock[MAX_SOCKS];
	unsigned int nr;
	struct socket *route, *diag, *listener, *asker, *diag_asker;
} st;

static char buf[32768] __aligned(8);

/* ---- sockets ---- */

static struct socket *new_socket(int family, int type, int protocol)
{
	struct socket *sock;
	int err = sock_create_kern(st.net, family, type, protocol, &sock);

	if (err)
		fuzz_fault("no socket of family %d: error %d", family, err);
	st.sock[st.nr++] = sock;
	return sock;
}

static struct sockaddr_in at(u32 ip, u16 port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(ip) };
}

static void make_inet(void)
{
	struct sockaddr_in any = at(0, PORT), peer = at(FUZZ_PEER, PORT),
			   here = at(INADDR_LOOPBACK, PORT);
	struct socket *udp = new_socket(AF_INET, SOCK_DGRAM, 0),
		      *listener = new_socket(AF_INET, SOCK_STREAM, 0),
		      *client = new_socket(AF_INET, SOCK_STREAM, 0), *child;

	kernel_bind(udp, (struct sockaddr *)&any, sizeof(any));
	kernel_connect(new_socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&peer, sizeof(peer),
		       0);
	new_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	kernel_bind(listener, (struct sockaddr *)&any, sizeof(any));
	if (kernel_listen(listener, 4) ||
	    kernel_connect(client, (struct sockaddr *)&here, sizeof(here), 0) ||
	    kernel_accept(listener, &child, 0))
		fuzz_fault("no connection");
	st.sock[st.nr++] = child;
}

static void make_local(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0fuzz" };
	int len = (int)offsetof(struct sockaddr_un, sun_path) + 5;
	struct socket *listener = new_socket(AF_UNIX, SOCK_STREAM, 0),
		      *client = new_socket(AF_UNIX, SOCK_STREAM, 0);

	new_socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	if (kernel_bind(listener, (struct sockaddr *)&name, len) || kernel_listen(listener, 4) ||
	    kernel_connect(client, (struct sockaddr *)&name, len, 0))
		fuzz_fault("no local connection");
}

static struct socket *make_netlink(int protocol, u32 groups)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = groups };
	struct socket *sock = new_socket(AF_NETLINK, SOCK_RAW, protocol);

	if (kernel_bind(sock, (struct sockaddr *)&a, sizeof(a)))
		fuzz_fault("netlink socket not bound");
	return sock;
}

/* ---- messages ---- */

static int send(struct socket *sock, const void *data, size_t len)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };
	struct kmsghdr msg = { .msg_name = &a,
			       .msg_namelen = sizeof(a),
			       .msg_flags = MSG_DONTWAIT };
	struct iovec vec = { (void *)data, len };

	return kernel_sendmsg(sock, &msg, &vec, 1, len);
}

static int receive(struct socket *sock)
{
	struct kmsghdr msg = { .msg_flags = 0 };
	struct iovec vec = { buf, sizeof(buf) };

	return kernel_recvmsg(sock, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT);
}

/* What follows a message's own header is attributes to the last byte. */
static void check_attributes(const struct nlmsghdr *nlh, size_t header)
{
	const struct nlattr *nla =
		(const struct nlattr *)((const char *)NLMSG_DATA(nlh) + NLMSG_ALIGN(header));
	int rem = (int)nlh->nlmsg_len - (int)NLMSG_SPACE(header);

	if (nlh->nlmsg_len < NLMSG_LENGTH(header))
		fuzz_fault("an answer of type %u is %u bytes long", nlh->nlmsg_type,
			   nlh->nlmsg_len);
	while (nla_ok(nla, rem))
		nla = nla_next(nla, &rem);
	if (rem > 0)
		fuzz_fault("an answer of type %u has %d bytes behind its attributes",
			   nlh->nlmsg_type, rem);
}

static size_t diag_header(u8 family)
{
	switch (family) {
	case AF_UNIX: return sizeof(struct unix_diag_msg);
	case AF_PACKET: return sizeof(struct packet_diag_msg);
	case AF_NETLINK: return sizeof(struct netlink_diag_msg);
	default: return sizeof(struct inet_diag_msg);
	}
}

static void check_message(const struct nlmsghdr *nlh, bool diag)
{
	if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
		return;
	if (diag) {
		check_attributes(nlh, diag_header(*(const u8 *)NLMSG_DATA(nlh)));
		return;
	}
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK: check_attributes(nlh, sizeof(struct ifinfomsg)); break;
	case RTM_NEWADDR:
	case RTM_DELADDR: check_attributes(nlh, sizeof(struct ifaddrmsg)); break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE: check_attributes(nlh, sizeof(struct rtmsg)); break;
	case RTM_NEWRULE:
	case RTM_DELRULE: check_attributes(nlh, sizeof(struct fib_rule_hdr)); break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH: check_attributes(nlh, sizeof(struct ndmsg)); break;
	case RTM_NEWQDISC:
	case RTM_DELQDISC: check_attributes(nlh, sizeof(struct tcmsg)); break;
	}
}

/* Everything that waits in @sock's queue. true: a dump's last message was among it. */
static bool read_all(struct socket *sock, bool diag, int *result)
{
	const struct nlmsghdr *nlh;
	bool done = false;
	int len;

	for (;;) {
		len = receive(sock);
		if (len == -ENOBUFS)
			continue;
		if (len < 0)
			return done;
		for (nlh = (struct nlmsghdr *)buf; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
			check_message(nlh, diag);
			done |= nlh->nlmsg_type == NLMSG_DONE;
			if (nlh->nlmsg_type <= NLMSG_DONE)
				*result = *(int *)NLMSG_DATA(nlh);
		}
		if (len > 0)
			fuzz_fault("%d bytes behind the last message", len);
	}
}

static void dump(struct socket *sock, u16 type, const void *header, size_t len, bool diag)
{
	struct {
		struct nlmsghdr nlh;
		char body[64];
	} r = { .nlh = { .nlmsg_len = (u32)NLMSG_LENGTH(len),
			 .nlmsg_type = type,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP } };
	int err, result = 0;

	memcpy(r.body, header, len);
	err = send(sock, &r, r.nlh.nlmsg_len);
	if (err < 0)
		fuzz_fault("a dump of type %u is not taken: error %d", type, err);
	if (!read_all(sock, diag, &result) || result)
		fuzz_fault("a dump of type %u has no end, or error %d", type, result);
}

static void dump_all(void)
{
	static const struct {
		u16 type, header;
	} kinds[] = { { RTM_GETLINK, sizeof(struct ifinfomsg) },
		      { RTM_GETADDR, sizeof(struct ifaddrmsg) },
		      { RTM_GETROUTE, sizeof(struct rtmsg) },
		      { RTM_GETRULE, sizeof(struct fib_rule_hdr) },
		      { RTM_GETNEIGH, sizeof(struct ndmsg) },
		      { RTM_GETQDISC, sizeof(struct tcmsg) } };
	static const u8 protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_RAW };
	struct inet_diag_req_v2 req = { .sdiag_family = AF_INET,
					.idiag_ext = 0xff,
					.idiag_states = ~0u };
	struct ndmsg proxies = { .ndm_flags = NTF_PROXY };
	struct unix_diag_req local = { .sdiag_family = AF_UNIX,
				       .udiag_states = ~0u,
				       .udiag_show = ~0u };
	struct packet_diag_req packet = { .sdiag_family = AF_PACKET, .pdiag_show = ~0u };
	struct netlink_diag_req netlink = { .sdiag_family = AF_NETLINK,
					    .sdiag_protocol = NDIAG_PROTO_ALL,
					    .ndiag_show = ~0u };
	static const char zeros[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		dump(st.asker, kinds[i].type, zeros, kinds[i].header, false);
	dump(st.asker, RTM_GETNEIGH, &proxies, sizeof(proxies), false);
	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		req.sdiag_protocol = protocols[i];
		dump(st.diag_asker, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), true);
	}
	dump(st.diag_asker, SOCK_DIAG_BY_FAMILY, &local, sizeof(local), true);
	dump(st.diag_asker, SOCK_DIAG_BY_FAMILY, &packet, sizeof(packet), true);
	dump(st.diag_asker, SOCK_DIAG_BY_FAMILY, &netlink, sizeof(netlink), true);
}

/* ---- a namespace ---- */

static void request(const void *message, size_t len)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

	if (send(st.asker, message, len) < 0 || receive(st.asker) < 0 ||
	    nlh->nlmsg_type != NLMSG_ERROR || *(int *)NLMSG_DATA(nlh))
		fuzz_fault("what every input begins with is refused: type %u, error %d",
			   ((const struct nlmsghdr *)message)->nlmsg_type, *(int *)NLMSG_DATA(nlh));
}

#define ROUTE_FLAGS (NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)

/* A VLAN, a route by the peer, a rule, a proxy entry, a qdisc. */
static void make_state(void)
{
	struct {
		struct nlmsghdr nlh;
		char body[128];
	} r;
#define BEGIN(type, header)                                                                     \
	memset(&r, 0, sizeof(r));                                                               \
	r.nlh = (struct nlmsghdr){ (u32)NLMSG_SPACE(sizeof(header)), type, ROUTE_FLAGS, 1, 0 }; \
	memcpy(r.body, &(header), sizeof(header))
#define ATTR(type, data, len)                                                        \
	do {                                                                         \
		struct nlattr *_a = (struct nlattr *)((char *)&r + r.nlh.nlmsg_len); \
		*_a = (struct nlattr){ (u16)(NLA_HDRLEN + (len)), type };            \
		memcpy(nla_data(_a), data, len);                                     \
		r.nlh.nlmsg_len += (u32)NLA_ALIGN(_a->nla_len);                      \
	} while (0)
	struct ifinfomsg link = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct rtmsg route = { .rtm_family = AF_INET,
			       .rtm_dst_len = 16,
			       .rtm_table = RT_TABLE_MAIN,
			       .rtm_protocol = RTPROT_BOOT,
			       .rtm_type = RTN_UNICAST };
	struct fib_rule_hdr rule = {
		.family = AF_INET, .table = 100, .action = FR_ACT_TO_TBL, .src_len = 32
	};
	struct ndmsg proxy = { .ndm_family = AF_INET,
			       .ndm_ifindex = st.dev->ifindex,
			       .ndm_flags = NTF_PROXY };
	struct tcmsg qdisc = { .tcm_ifindex = st.dev->ifindex, .tcm_parent = TC_H_ROOT };
	/* IFLA_INFO_KIND "vlan", IFLA_INFO_DATA { IFLA_VLAN_ID 7 } */
	static const u8 info[] = {
		8, 0, IFLA_INFO_KIND, 0, 'v', 'l', 'a', 'n', 12, 0, IFLA_INFO_DATA, 0,
		6, 0, IFLA_VLAN_ID,   0, 7,   0,   0,	0
	};
	__be32 dst = htonl(0x0a090000), via = htonl(FUZZ_PEER), other = htonl(0x0a000063);

	BEGIN(RTM_NEWLINK, link);
	ATTR(IFLA_LINK, &st.dev->ifindex, 4);
	ATTR(IFLA_IFNAME, "vlan7", 6);
	ATTR(IFLA_LINKINFO, info, sizeof(info));
	request(&r, r.nlh.nlmsg_len);
	BEGIN(RTM_NEWROUTE, route);
	ATTR(RTA_DST, &dst, 4);
	ATTR(RTA_GATEWAY, &via, 4);
	request(&r, r.nlh.nlmsg_len);
	BEGIN(RTM_NEWRULE, rule);
	ATTR(FRA_SRC, &other, 4);
	request(&r, r.nlh.nlmsg_len);
	BEGIN(RTM_NEWNEIGH, proxy);
	ATTR(NDA_DST, &other, 4);
	request(&r, r.nlh.nlmsg_len);
	BEGIN(RTM_NEWQDISC, qdisc);
	ATTR(TCA_KIND, "fq", 3);
	request(&r, r.nlh.nlmsg_len);
}

static void set_up(void)
{
	memset(&st, 0, sizeof(st));
	st.net = net_create();
	if (IS_ERR(st.net))
		fuzz_fault("net_create: error %ld", PTR_ERR(st.net));
	st.dev = fuzz_dev_new(st.net, true);
	st.asker = make_netlink(NETLINK_ROUTE, 0);
	st.diag_asker = make_netlink(NETLINK_SOCK_DIAG, 0);
	st.route = make_netlink(NETLINK_ROUTE, 0);
	st.diag = make_netlink(NETLINK_SOCK_DIAG, 0);
	st.listener = make_netlink(NETLINK_ROUTE, ~0u);
	make_state();
	make_inet();
	make_local();
}

/* Every device but the loopback goes, whatever its name is now. */
static void take_down(void)
{
	struct net_device *dev;
	int i;

	while (st.nr)
		sock_release(st.sock[--st.nr]);
	for (i = 0; i < 120 && atomic_read(&st.net->tcp.orphan_count) > 0; i++)
		msleep(60 * 1000); /* a qdisc may lose their last words again and again */
	if (atomic_read(&st.net->tcp.orphan_count))
		fuzz_fault("after two hours there are still %d orphans",
			   atomic_read(&st.net->tcp.orphan_count));
	msleep(130 * 1000); /* TIME_WAIT */
	rtnl_lock();
again:
	for_each_netdev(st.net, dev) {
		if (dev->rtnl_link_ops) {
			dev->rtnl_link_ops->dellink(dev);
			goto again;
		}
	}
	rtnl_unlock();
	fuzz_dev_destroy(st.dev);
	net_destroy(st.net);
}

/* ---- memory ---- */

static struct {
	unsigned long inuse[MAX_CACHES], before[MAX_CACHES];
	unsigned int n;
} caches;

static void note_cache(const struct kmem_cache_info *info, void *arg)
{
	unsigned int i = caches.n++;

	if (i >= MAX_CACHES)
		fuzz_fault("more caches than MAX_CACHES");
	caches.inuse[i] = info->inuse;
	if (arg && caches.inuse[i] != caches.before[i])
		fuzz_fault("%s holds %lu objects, and held %lu", info->name, caches.inuse[i],
			   caches.before[i]);
}

static void look_at_caches(bool check)
{
	caches.n = 0;
	kmem_cache_for_each(note_cache, check ? &caches : NULL);
	if (!check)
		memcpy(caches.before, caches.inuse, sizeof(caches.before));
}

/* ---- steps ---- */

static void send_datagram(struct socket *sock, u32 ip)
{
	struct sockaddr_in a = at(ip, 9);
	struct kmsghdr msg = { .msg_name = &a,
			       .msg_namelen = sizeof(a),
			       .msg_flags = MSG_DONTWAIT };
	char data[100] = { 0 };
	struct iovec vec = { data, sizeof(data) };

	kernel_sendmsg(sock, &msg, &vec, 1, sizeof(data));
}

static void step(void)
{
	static char message[MESSAGE] __aligned(8);
	struct nlmsghdr *nlh = (struct nlmsghdr *)message;
	u8 how = fuzz_u8();
	size_t len = fuzz_u16() % MESSAGE;
	struct socket *sock = how & HOW_DIAG ? st.diag : st.route;
	int strict = !!(how & HOW_STRICT), result;

	memset(message, 0, sizeof(message));
	len = fuzz_bytes(message, len);
	if (!(how & HOW_AS_IT_IS)) {
		len = max(len, (size_t)NLMSG_HDRLEN);
		nlh->nlmsg_len = (u32)len;
		nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	}
	kernel_setsockopt(sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &strict, sizeof(strict));
	kernel_setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &strict, sizeof(strict));
	send(sock, message, len);
	if (how & HOW_SEND) { /* st.sock[5] is the first UDP socket */
		send_datagram(st.sock[5], FUZZ_PEER);
		send_datagram(st.sock[5], 0x0a090001);
		send_datagram(st.sock[5], 0x0a000063);
	}
	if (how & HOW_WAIT)
		msleep(1000);
	if (!(how & HOW_UNREAD)) {
		read_all(sock, how & HOW_DIAG, &result);
		read_all(st.listener, false, &result);
	}
	dump_all();
}

static int body(void *unused)
{
	unsigned int n;

	set_up();
	for (n = 0; n < MAX_STEPS && fuzz_more(); n++)
		step();
	take_down();
	fuzz_check_baseline();
	look_at_caches(true);
	return 0;
}

static int warm_up(void *unused)
{
	set_up();
	dump_all();
	take_down();
	fuzz_baseline();
	look_at_caches(false);
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
	fuzz_call(NULL, warm_up, NULL);
	fuzz_call(NULL, warm_up, NULL);
}

void fuzz_one(const u8 *data, size_t len)
{
	fuzz_call(NULL, body, NULL);
}
