/* SPDX-License-Identifier: MIT */
/* Raw and ping sockets: what they may send, whom they hear, and which ICMP errors become theirs.
 * raw(7), icmp(7). */
#include <net/net.h>
#include <net/raw.h>
#include <uapi/errqueue.h>
#include <uapi/sockios.h>

#include "ipv4_unit.h"

#define FAR	 IP(8, 8, 8, 8) /* behind the gateway */
#define PROTOCOL 99

enum kind { RAW, PING };

static struct sockaddr_in addr(__be32 ip, u16 number)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(number),
				     .sin_addr.s_addr = ip };
}

static struct socket *open_socket(int type, int protocol)
{
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, type, protocol, &s), 0);
	return s;
}

static int set_int(struct socket *s, int level, int opt, int val)
{
	return kernel_setsockopt(s, level, opt, &val, sizeof(val));
}

static int connect_to(struct socket *s, int family, __be32 ip)
{
	struct sockaddr_in a = addr(ip, 7); /* without a number, nobody is connected */

	a.sin_family = (u16)family;
	return kernel_connect(s, (struct sockaddr *)&a, sizeof(a), 0);
}

static int bind_to(struct socket *s, __be32 ip, u16 number)
{
	struct sockaddr_in a = addr(ip, number);

	return kernel_bind(s, (struct sockaddr *)&a, sizeof(a));
}

static int send_to(struct socket *s, __be32 ip, const void *data, size_t len, unsigned int flags)
{
	struct sockaddr_in a = addr(ip, 0);
	struct kmsghdr msg = { .msg_name = ip ? &a : NULL,
			       .msg_namelen = ip ? sizeof(a) : 0,
			       .msg_flags = flags };
	struct iovec vec = { (void *)data, len };

	return kernel_sendmsg(s, &msg, &vec, 1, len);
}

static int receive(struct socket *s, void *buf, size_t len, int flags, struct kmsghdr *msg)
{
	struct iovec vec = { buf, len };

	return kernel_recvmsg(s, msg, &vec, 1, len, flags | MSG_DONTWAIT);
}

/* A frame, and the time that it takes: from a task. */
static void arrive(const void *frame, size_t len)
{
	skiff_port_give(port, frame, len);
	msleep(1);
}

static size_t sent(u8 *f, size_t cap)
{
	msleep(1);
	return take(f, cap);
}

/* ---- ICMP errors ---- */

static size_t error_frame(u8 *f, enum kind kind, u8 type, u8 code, __be32 word, u16 ident)
{
	struct {
		struct icmphdr outer;
		struct iphdr ip;
		struct icmphdr inner;
	} m = { .outer = { .type = type, .code = code, .un.gateway = word },
		.ip = { .version = 4,
			.ihl = 5,
			.tot_len = htons(1500),
			.frag_off = htons(IP_DF),
			.protocol = kind == PING ? IPPROTO_ICMP : PROTOCOL,
			.saddr = OUR_IP,
			.daddr = FAR },
		.inner = { .type = ICMP_ECHO, .un.echo.id = htons(ident) } };

	m.outer.checksum = ip_compute_csum(&m, sizeof(m));
	return ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, 0, 1, &m, sizeof(m));
}

static const struct error {
	u8 type, code;
	u32 word;
	int err;
	bool hard; /* tells a connected socket even without IP_RECVERR */
} errors[] = {
	{ ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 0, ENETUNREACH, false },
	{ ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0, EHOSTUNREACH, false },
	{ ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0, ENOPROTOOPT, true },
	{ ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0, ECONNREFUSED, true },
	{ ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1300, EMSGSIZE, true },
	{ ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0, EHOSTUNREACH, false },
	{ ICMP_PARAMETERPROB, 0, 20u << 24, EPROTO, true },
	{ ICMP_SOURCE_QUENCH, 0, 0, 0, false }, /* RFC 6633 */
	{ ICMP_REDIRECT, 1, 0x0a000242, 0, false },
};

static void expect_queued(struct socket *s, const struct error *e)
{
	union {
		struct cmsghdr h;
		char bytes[128];
	} control;
	struct sockaddr_in name;
	struct kmsghdr msg = { .msg_name = &name,
			       .msg_control = &control,
			       .msg_controllen = sizeof(control) };
	const struct sock_extended_err *ee =
		(const struct sock_extended_err *)CMSG_DATA(&control.h);
	char data[64];

	assert_true(receive(s, data, sizeof(data), MSG_ERRQUEUE, &msg) >= 0);
	assert_int_equal(name.sin_addr.s_addr, FAR);
	assert_int_equal(ee->ee_errno, e->err);
	assert_int_equal(ee->ee_type, e->type);
	assert_int_equal(ee->ee_code, e->code);
	assert_int_equal(ee->ee_info, e->err == EMSGSIZE	      ? 1300
				      : e->type == ICMP_PARAMETERPROB ? 20
								      : 0);
}

static void hear_all_errors(enum kind kind, bool connected, bool recverr)
{
	struct socket *s = kind == PING ? open_socket(SOCK_DGRAM, IPPROTO_ICMP)
					: open_socket(SOCK_RAW, PROTOCOL);
	unsigned int i;
	char data[8];
	u8 f[128];

	if (kind == PING)
		assert_int_equal(bind_to(s, 0, 4242), 0);
	if (connected)
		assert_int_equal(connect_to(s, AF_INET, FAR), 0);
	assert_int_equal(set_int(s, SOL_IP, IP_RECVERR, recverr), 0);
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		const struct error *e = &errors[i];
		int told = recverr || (connected && e->hard) ? e->err : 0;
		struct kmsghdr msg = { .msg_flags = 0 };

		arrive(f, error_frame(f, kind, e->type, e->code, htonl(e->word), 4242));
		if (recverr && e->err)
			expect_queued(s, e);
		else
			assert_int_equal(receive(s, data, 8, MSG_ERRQUEUE, &msg), -EAGAIN);
		assert_int_equal(s->sk->sk_err,
				 recverr ? 0 : told); /* reading the queue takes it */
		s->sk->sk_err = 0;
	}
	arrive(f, error_frame(f, kind, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0, 4243));
	if (kind == PING) /* another one's */
		assert_int_equal(s->sk->sk_err, 0);
	sock_release(s);
	rt_cache_flush(&init_net);
}

IN_TASK(icmp_errors_reach_the_socket_that_sent)
{
	int i;

	for (i = 0; i < 8; i++)
		hear_all_errors(i & 1 ? PING : RAW, i & 2, i & 4);
	return 0;
}

IN_TASK(a_socket_that_discovers_no_mtu_is_not_told_of_it)
{
	struct socket *s = open_socket(SOCK_DGRAM, IPPROTO_ICMP);
	u8 f[128];

	assert_int_equal(bind_to(s, 0, 4242), 0);
	assert_int_equal(connect_to(s, AF_INET, FAR), 0);
	assert_int_equal(set_int(s, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT), 0);
	arrive(f, error_frame(f, PING, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(1300), 4242));
	assert_int_equal(s->sk->sk_err, 0);
	sock_release(s);
	return 0;
}

/* ---- sending ---- */

IN_TASK(what_cannot_be_sent_is_refused)
{
	static u8 big[70000];
	struct socket *raw = open_socket(SOCK_RAW, PROTOCOL),
		      *ping = open_socket(SOCK_DGRAM, IPPROTO_ICMP);
	struct sockaddr_in short_name = addr(PEER_IP, 0);
	struct kmsghdr msg = { .msg_name = &short_name, .msg_namelen = 8 };
	struct iovec vec = { big, 8 };
	struct socket *s;
	int i;

	big[0] = ICMP_ECHO;
	for (i = 0; i < 2; i++) {
		s = i ? ping : raw;
		assert_int_equal(send_to(s, PEER_IP, big, sizeof(big), 0), -EMSGSIZE);
		assert_int_equal(send_to(s, PEER_IP, big, 8, MSG_OOB), -EOPNOTSUPP);
		assert_int_equal(send_to(s, 0, big, 8, 0), -EDESTADDRREQ);
		assert_int_equal(send_to(s, IP(10, 0, 2, 255), big, 8, 0), -EACCES);
		msg.msg_namelen = 8;
		assert_int_equal(kernel_sendmsg(s, &msg, &vec, 1, 8), -EINVAL);
		short_name.sin_family = 77;
		msg.msg_namelen = sizeof(short_name);
		vec = (struct iovec){ big, 8 };
		assert_int_equal(kernel_sendmsg(s, &msg, &vec, 1, 8), -EAFNOSUPPORT);
		short_name.sin_family = AF_INET;
		vec = (struct iovec){ big, 8 };
	}
	assert_int_equal(send_to(ping, PEER_IP, big, 7, 0), -EINVAL);
	big[0] = ICMP_ECHOREPLY; /* only questions */
	assert_int_equal(send_to(ping, PEER_IP, big, 8, 0), -EINVAL);
	assert_int_equal(set_int(raw, SOL_IP, IP_HDRINCL, 1), 0);
	assert_int_equal(send_to(raw, PEER_IP, big, 1501, 0), -EMSGSIZE);
	assert_int_equal(send_to(raw, PEER_IP, big, 12, 0), -EINVAL);
	assert_int_equal(set_int(raw, SOL_IP, IP_RECVERR, 1), 0);
	assert_int_equal(send_to(raw, PEER_IP, big, 1501, 0), -EMSGSIZE);
	assert_int_equal(set_int(raw, SOL_IP, IP_HDRINCL, 0), 0);
	assert_int_equal(kernel_sock_shutdown(raw, 0x7fffffff), -EINVAL);
	assert_int_equal(kernel_sock_shutdown(raw, -1), -EINVAL);
	sock_release(raw);
	sock_release(ping);
	return 0;
}

IN_TASK(what_is_sent_has_the_options_and_the_way_that_were_asked_for)
{
	struct socket *raw = open_socket(SOCK_RAW, PROTOCOL),
		      *ping = open_socket(SOCK_DGRAM, IPPROTO_ICMP);
	u8 route[] = { IPOPT_LSRR, 7, 4, 10, 0, 2, 2, 0 }, f[2048], echo[8] = { ICMP_ECHO };
	const u8 *opt = (const u8 *)(frame_ip(f) + 1);
	struct ip_mreqn group = { .imr_address.s_addr = OUR_IP };
	struct socket *s;
	__be32 far = FAR;
	int i;

	while (sent(f, sizeof(f)))
		;
	for (i = 0; i < 2; i++) {
		s = i ? ping : raw;
		assert_int_equal(kernel_setsockopt(s, SOL_IP, IP_OPTIONS, route, sizeof(route)), 0);
		assert_int_equal(send_to(s, FAR, echo, 8, 0), 8);
		assert_int_equal(sent(f, sizeof(f)), 14 + 20 + 8 + 8);
		assert_int_equal(frame_ip(f)->daddr,
				 PEER_IP); /* the first hop, and what comes then */
		assert_int_equal(opt[0], IPOPT_LSRR);
		assert_memory_equal(opt + 3, &far, 4);
		assert_int_equal(kernel_setsockopt(s, SOL_IP, IP_OPTIONS, NULL, 0), 0);
		assert_int_equal(
			kernel_setsockopt(s, SOL_IP, IP_MULTICAST_IF, &group, sizeof(group)), 0);
		assert_int_equal(set_int(s, SOL_IP, IP_MULTICAST_TTL, 5), 0);
		assert_int_equal(send_to(s, IP(224, 1, 2, 3), echo, 8, 0), 8);
		assert_int_equal(sent(f, sizeof(f)), 42);
		assert_memory_equal(f, "\x01\x00\x5e\x01\x02\x03", 6);
		assert_int_equal(frame_ip(f)->saddr, OUR_IP);
		assert_int_equal(frame_ip(f)->ttl, 5);
	}
	assert_int_equal(set_int(raw, SOL_IP, IP_HDRINCL, 1), 0);
	assert_int_equal(kernel_setsockopt(raw, SOL_IP, IP_OPTIONS, route, sizeof(route)), 0);
	assert_int_equal(send_to(raw, FAR, f, 40, 0),
			 -EINVAL); /* who writes the header writes its options */
	sock_release(raw);
	sock_release(ping);
	return 0;
}

/* ---- names, peers, filters ---- */

IN_TASK(binding_and_connecting)
{
	struct socket *raw = open_socket(SOCK_RAW, PROTOCOL),
		      *ping = open_socket(SOCK_DGRAM, IPPROTO_ICMP),
		      *other = open_socket(SOCK_DGRAM, IPPROTO_ICMP);
	struct sockaddr_in name;
	struct sockaddr odd = { .sa_family = 77 };

	assert_int_equal(kernel_bind(raw, &odd, 8), -EINVAL);
	assert_int_equal(kernel_bind(raw, &odd, sizeof(odd)), -EAFNOSUPPORT);
	assert_int_equal(bind_to(raw, IP(9, 9, 9, 9), 0), -EADDRNOTAVAIL);
	assert_int_equal(bind_to(raw, IP(224, 1, 2, 3), 0), 0);
	assert_int_equal(inet_sk(raw->sk)->inet_saddr, 0); /* heard, but not spoken from */
	assert_int_equal(bind_to(raw, OUR_IP, 0), 0);
	assert_int_equal(kernel_getpeername(raw, (struct sockaddr *)&name), -ENOTCONN);
	assert_int_equal(connect_to(raw, AF_INET, PEER_IP), 0);
	assert_int_equal(kernel_getpeername(raw, (struct sockaddr *)&name), sizeof(name));
	assert_int_equal(name.sin_addr.s_addr, PEER_IP);
	assert_int_equal(bind_to(raw, OUR_IP, 0), -EINVAL);
	assert_int_equal(connect_to(raw, AF_UNSPEC, 0), 0);
	assert_int_equal(kernel_getpeername(raw, (struct sockaddr *)&name), -ENOTCONN);
	assert_int_equal(bind_to(ping, 0, 100), 0);
	assert_int_equal(set_int(other, SOL_SOCKET, SO_REUSEADDR, 0),
			 0); /* ping's are shared otherwise */
	assert_int_equal(bind_to(other, 0, 100), -EADDRINUSE);
	assert_int_equal(bind_to(other, IP(9, 9, 9, 9), 101), -EADDRNOTAVAIL);
	assert_int_equal(bind_to(other, 0, 101), 0);
	assert_int_equal(connect_to(ping, AF_INET, PEER_IP), 0);
	assert_int_equal(connect_to(ping, AF_UNSPEC, 0), 0);
	assert_int_equal(kernel_getpeername(ping, (struct sockaddr *)&name), -ENOTCONN);
	sock_release(raw);
	sock_release(ping);
	sock_release(other);
	return 0;
}

IN_TASK(the_filter_of_icmp_is_for_icmp)
{
	struct socket *raw = open_socket(SOCK_RAW, PROTOCOL),
		      *icmp = open_socket(SOCK_RAW, IPPROTO_ICMP);
	struct icmp_filter filter = { 1u << ICMP_ECHO }, read = { 0 };
	int len = sizeof(read), n = 0;
	u8 f[64], echo[8] = { ICMP_ECHO };

	assert_int_equal(kernel_setsockopt(raw, SOL_RAW, ICMP_FILTER, &filter, 4), -EOPNOTSUPP);
	assert_int_equal(kernel_getsockopt(raw, SOL_RAW, ICMP_FILTER, &read, &len), -EOPNOTSUPP);
	assert_int_equal(kernel_setsockopt(icmp, SOL_RAW, 99, &filter, 4), -ENOPROTOOPT);
	assert_int_equal(kernel_getsockopt(icmp, SOL_RAW, 99, &read, &len), -ENOPROTOOPT);
	assert_int_equal(kernel_setsockopt(icmp, SOL_RAW, ICMP_FILTER, &filter, 4), 0);
	assert_int_equal(kernel_getsockopt(icmp, SOL_RAW, ICMP_FILTER, &read, &len), 0);
	assert_int_equal(read.data, filter.data);
	len = -1;
	assert_int_equal(kernel_getsockopt(icmp, SOL_RAW, ICMP_FILTER, &read, &len), -EINVAL);
	((struct icmphdr *)echo)->checksum = ip_compute_csum(echo, 8);
	arrive(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, 0, 1, echo, 8));
	assert_int_equal(kernel_sock_ioctl(icmp, SIOCINQ, &n), 0);
	assert_int_equal(n, 0);
	filter.data = 0;
	assert_int_equal(kernel_setsockopt(icmp, SOL_RAW, ICMP_FILTER, &filter, 4), 0);
	arrive(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, IPPROTO_ICMP, 0, 1, echo, 8));
	assert_int_equal(kernel_sock_ioctl(icmp, SIOCINQ, &n), 0);
	assert_int_equal(n, 28);
	assert_int_equal(kernel_sock_ioctl(icmp, SIOCOUTQ, &n), 0);
	assert_int_equal(n, 0);
	sock_release(raw);
	sock_release(icmp);
	while (sent(f, sizeof(f)))
		;
	return 0;
}

IN_TASK(messages_are_cut_named_and_dropped_when_there_are_too_many)
{
	struct socket *raw = open_socket(SOCK_RAW, PROTOCOL),
		      *ping = open_socket(SOCK_DGRAM, IPPROTO_ICMP);
	u8 f[2048], data[1400] = { ICMP_ECHOREPLY, 0, 0, 0, 0x10, 0x92 }, buf[64];
	struct sockaddr_in name = { 0 };
	struct kmsghdr msg = { .msg_name = &name };
	struct socket *s;
	u64 dropped;
	int i, k;

	((struct icmphdr *)data)->checksum = ip_compute_csum(data, sizeof(data));
	assert_int_equal(bind_to(ping, 0, 0x1092), 0);
	assert_int_equal(receive(raw, buf, 4, MSG_OOB, &msg), -EOPNOTSUPP);
	assert_int_equal(receive(ping, buf, 4, MSG_OOB, &msg), -EOPNOTSUPP);
	for (i = 0; i < 2; i++) {
		s = i ? ping : raw;
		assert_int_equal(set_int(s, SOL_SOCKET, SO_RCVBUF, 3000), 0);
		dropped = drops(SKB_DROP_REASON_SOCKET_RCVBUFF);
		for (k = 0; k < 20; k++)
			arrive(f, ip_frame(f, our_mac, PEER_IP, OUR_IP, i ? IPPROTO_ICMP : PROTOCOL,
					   0, 1, data, sizeof(data)));
		assert_true(drops(SKB_DROP_REASON_SOCKET_RCVBUFF) > dropped);
		msg = (struct kmsghdr){ .msg_name = &name };
		assert_int_equal(receive(s, buf, 10, 0, &msg), 10);
		assert_int_equal(msg.msg_flags & MSG_TRUNC, MSG_TRUNC);
		assert_int_equal(name.sin_addr.s_addr, PEER_IP);
		assert_int_equal(receive(s, buf, 10, MSG_TRUNC, &msg), (i ? 0 : 20) + sizeof(data));
	}
	sock_release(raw);
	sock_release(ping);
	while (sent(f, sizeof(f)))
		;
	return 0;
}

static void meet_the_peer(void **state)
{
	introduce_peer();
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meet_the_peer),
		cmocka_unit_test(icmp_errors_reach_the_socket_that_sent),
		cmocka_unit_test(a_socket_that_discovers_no_mtu_is_not_told_of_it),
		cmocka_unit_test(what_cannot_be_sent_is_refused),
		cmocka_unit_test(what_is_sent_has_the_options_and_the_way_that_were_asked_for),
		cmocka_unit_test(binding_and_connecting),
		cmocka_unit_test(the_filter_of_icmp_is_for_icmp),
		cmocka_unit_test(messages_are_cut_named_and_dropped_when_there_are_too_many),
	};

	return cmocka_run_group_tests_name("raw", tests, set_up, end_ipv4);
}
