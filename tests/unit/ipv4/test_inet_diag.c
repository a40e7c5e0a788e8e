/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_INET: dumps by protocol, state, port and program, one socket by its name, ending
 * one, and each malformed request with Linux's errno. sock_diag(7). */
#include <net/sock_diag.h>
#include <net/tcp.h>
#include <uapi/inet_diag.h>

#include "ipv4_unit.h"
#include "netlink_unit.h"

#define LOOPBACK   IP(127, 0, 0, 1)
#define ALL_STATES 0xfffu
#define EXT(attr)  (1u << ((attr)-1))
#define NO_COOKIE                                      \
	{                                              \
		INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE \
	}
#define OP(c, y, n) ((c) | (y) << 8 | (u32)(n) << 16)

static struct socket *nl;

static struct inet_diag_req_v2 of(u8 protocol)
{
	return (struct inet_diag_req_v2){ .sdiag_family = AF_INET,
					  .sdiag_protocol = protocol,
					  .idiag_states = ALL_STATES,
					  .id = { .idiag_cookie = NO_COOKIE } };
}

static struct inet_diag_req_v2 named(u8 protocol, __be32 src, u16 sport, __be32 dst, u16 dport)
{
	struct inet_diag_req_v2 r = of(protocol);

	r.id.idiag_src[0] = src;
	r.id.idiag_sport = htons(sport);
	r.id.idiag_dst[0] = dst;
	r.id.idiag_dport = htons(dport);
	return r;
}

/* ---- sockets to look at ---- */

static struct sockaddr_in at(__be32 ip, u16 number)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(number),
				     .sin_addr.s_addr = ip };
}

static struct socket *open_at(int type, u16 number)
{
	struct sockaddr_in a = at(LOOPBACK, number);
	struct socket *s;
	int on = 1;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, type, 0, &s), 0);
	kernel_setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (number)
		assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	return s;
}

static struct socket *listen_at(u16 number)
{
	struct socket *s = open_at(SOCK_STREAM, number);

	assert_int_equal(kernel_listen(s, 5), 0);
	return s;
}

static int connect_to(struct socket *s, u16 number)
{
	struct sockaddr_in a = at(LOOPBACK, number);

	return kernel_connect(s, (struct sockaddr *)&a, sizeof(a), 0);
}

/* A connection: the client is @from, its other end is returned. */
static struct socket *connected(struct socket *listener, struct socket *from, u16 number)
{
	struct socket *child;

	assert_int_equal(connect_to(from, number), 0);
	assert_int_equal(kernel_accept(listener, &child, 0), 0);
	return child;
}

/* ---- asking ---- */

struct seen {
	unsigned int n;
	struct inet_diag_msg last;
	unsigned int attrs; /* bits 1 << INET_DIAG_x of the last */
	struct tcp_info info;
	u8 shutdown, protocol;
	u32 mark, class_id;
	char cong[16];
};

static void look(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[INET_DIAG_MAX + 1];
	struct seen *s = arg;
	int i;

	assert_int_equal(nlmsg_parse(nlh, sizeof(s->last), tb, INET_DIAG_MAX, NULL,
				     NL_VALIDATE_STRICT, NULL),
			 0);
	s->n++;
	s->attrs = 0;
	memcpy(&s->last, nlmsg_data(nlh), sizeof(s->last));
	for (i = 1; i <= INET_DIAG_MAX; i++)
		s->attrs |= tb[i] ? 1u << i : 0;
	if (tb[INET_DIAG_INFO])
		memcpy(&s->info, nla_data(tb[INET_DIAG_INFO]), sizeof(s->info));
	if (tb[INET_DIAG_SHUTDOWN])
		s->shutdown = nla_get_u8(tb[INET_DIAG_SHUTDOWN]);
	if (tb[INET_DIAG_PROTOCOL])
		s->protocol = nla_get_u8(tb[INET_DIAG_PROTOCOL]);
	if (tb[INET_DIAG_MARK])
		s->mark = nla_get_u32(tb[INET_DIAG_MARK]);
	if (tb[INET_DIAG_CLASS_ID])
		s->class_id = nla_get_u32(tb[INET_DIAG_CLASS_ID]);
	if (tb[INET_DIAG_CONG])
		nla_strscpy(s->cong, tb[INET_DIAG_CONG], sizeof(s->cong));
}

static struct seen dump(struct inet_diag_req_v2 r, const void *program, u32 len)
{
	struct seen s = { 0 };
	int n;

	nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof(r));
	if (program)
		nl_attr(INET_DIAG_REQ_BYTECODE, program, len);
	n = nl_dump(nl, look, &s);
	assert_int_equal(n, s.n);
	return s;
}

/* One socket. 0, or its error. */
static int get(struct inet_diag_req_v2 r, struct seen *s)
{
	const struct nlmsghdr *nlh;

	*s = (struct seen){ 0 };
	nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof(r));
	assert_int_equal(nl_send_to(nl, &req, req.nlh.nlmsg_len, 0, 0), (int)req.nlh.nlmsg_len);
	nlh = nl_reply(nl);
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return ((struct nlmsgerr *)nlmsg_data(nlh))->error;
	look(nlh, s);
	return 0;
}

static int destroy(struct inet_diag_req_v2 r)
{
	nl_begin(SOCK_DESTROY, 0, &r, sizeof(r));
	return nl_call(nl);
}

/* The name as the dump told it, to ask for the very socket. */
static struct inet_diag_req_v2 same(u8 protocol, const struct seen *s)
{
	struct inet_diag_req_v2 r = of(protocol);

	r.id = s->last.id;
	return r;
}

/* ---- tests ---- */

IN_TASK(a_dump_tells_states_and_ports)
{
	struct socket *l = listen_at(700), *c = open_at(SOCK_STREAM, 7001),
		      *s = connected(l, c, 700);
	struct inet_diag_req_v2 r = of(IPPROTO_TCP);
	struct seen seen;

	assert_int_equal(dump(r, NULL, 0).n, 3);
	r.idiag_states = 1u << TCP_LISTEN;
	seen = dump(r, NULL, 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.last.idiag_state, TCP_LISTEN);
	assert_int_equal(seen.last.id.idiag_sport, htons(700));
	assert_int_equal(seen.last.id.idiag_src[0], LOOPBACK);
	assert_int_equal(seen.last.idiag_wqueue, 5);
	assert_int_equal(seen.last.idiag_inode, SOCK_INODE(l)->i_ino);
	r.idiag_states = ALL_STATES;
	r.id.idiag_dport = htons(700);
	seen = dump(r, NULL, 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.last.id.idiag_sport, htons(7001));
	assert_int_equal(seen.last.idiag_state, TCP_ESTABLISHED);
	r.idiag_states = 0;
	assert_int_equal(dump(r, NULL, 0).n, 0);
	sock_release(c);
	sock_release(s);
	sock_release(l);
	return 0;
}

IN_TASK(what_is_asked_for_is_told_and_no_more)
{
	struct socket *l = listen_at(700), *c = open_at(SOCK_STREAM, 7002),
		      *s = connected(l, c, 700);
	struct inet_diag_req_v2 r = named(IPPROTO_TCP, LOOPBACK, 7002, LOOPBACK, 700);
	unsigned int always = 1u << INET_DIAG_SHUTDOWN | 1u << INET_DIAG_MARK |
			      1u << INET_DIAG_SOCKOPT;
	int mark = 9, prio = 3;
	struct seen seen;

	kernel_setsockopt(c, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	kernel_setsockopt(c, SOL_SOCKET, SO_PRIORITY, &prio, sizeof(prio));
	assert_int_equal(get(r, &seen), 0);
	assert_int_equal(seen.attrs, always);
	assert_int_equal(seen.mark, 9);
	r.idiag_ext = 0xff;
	assert_int_equal(get(r, &seen), 0);
	assert_int_equal(seen.attrs, always | 1u << INET_DIAG_MEMINFO | 1u << INET_DIAG_INFO |
					     1u << INET_DIAG_CONG | 1u << INET_DIAG_TOS |
					     1u << INET_DIAG_CLASS_ID | 1u << INET_DIAG_SKMEMINFO);
	assert_int_equal(seen.info.tcpi_state, TCP_ESTABLISHED);
	assert_int_equal(seen.class_id, 3);
	assert_string_equal(seen.cong, "cubic");
	kernel_sock_shutdown(c, SHUT_WR);
	assert_int_equal(get(r, &seen), 0);
	assert_int_equal(seen.shutdown, SEND_SHUTDOWN);
	sock_release(c);
	sock_release(s);
	sock_release(l);
	return 0;
}

IN_TASK(timewait_and_its_number_are_told)
{
	struct socket *l = listen_at(700), *c = open_at(SOCK_STREAM, 7003),
		      *s = connected(l, c, 700);
	struct inet_diag_req_v2 r = named(IPPROTO_TCP, LOOPBACK, 7003, LOOPBACK, 700);
	struct seen before, after;

	assert_int_equal(get(r, &before), 0);
	kernel_sock_shutdown(c, SHUT_RDWR);
	sock_release(s);
	sock_release(c);
	assert_int_equal(get(r, &after), 0);
	assert_int_equal(after.last.idiag_state, TCP_TIME_WAIT);
	assert_int_equal(after.last.idiag_timer, INET_DIAG_TIMER_TIMEWAIT);
	assert_in_range(after.last.idiag_expires, 59000, 60000);
	assert_int_equal(after.attrs, 0);
	assert_memory_equal(after.last.id.idiag_cookie, before.last.id.idiag_cookie, 8);
	assert_int_equal(destroy(same(IPPROTO_TCP, &after)), -EOPNOTSUPP);
	sock_release(l);
	return 0;
}

IN_TASK(datagram_and_raw_sockets_are_told)
{
	struct socket *u = open_at(SOCK_DGRAM, 800), *raw;
	struct inet_diag_req_v2 r = of(IPPROTO_UDP);
	struct seen seen;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, 253, &raw), 0);
	r.id.idiag_sport = htons(800);
	seen = dump(r, NULL, 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.last.idiag_state, TCP_CLOSE);
	/* a get names the socket from its peer's side */
	assert_int_equal(get(named(IPPROTO_UDP, LOOPBACK, 800, 0, 0), &seen), -ENOENT);
	assert_int_equal(get(named(IPPROTO_UDP, 0, 0, LOOPBACK, 800), &seen), 0);
	r = named(IPPROTO_UDP, 0, 0, LOOPBACK, 800);
	r.id.idiag_cookie[0] = 1;
	assert_int_equal(get(r, &seen), -ESTALE);
	r = of(IPPROTO_RAW);
	r.pad = 253;
	assert_int_equal(get(r, &seen), 0);
	assert_int_equal(seen.protocol, 253);
	assert_int_equal(dump(r, NULL, 0).n, 1);
	r.pad = 252;
	assert_int_equal(get(r, &seen), -ENOENT);
	sock_release(raw);
	sock_release(u);
	return 0;
}

IN_TASK(a_socket_is_ended_and_its_owner_told)
{
	struct socket *l = listen_at(700), *c = open_at(SOCK_STREAM, 7004),
		      *s = connected(l, c, 700);
	struct socket *u = open_at(SOCK_DGRAM, 801), *raw;
	struct inet_diag_req_v2 r = of(IPPROTO_RAW);
	struct kmsghdr msg = { 0 };
	char byte;
	struct iovec vec = { &byte, 1 };
	struct seen seen;

	assert_int_equal(get(named(IPPROTO_TCP, LOOPBACK, 7004, LOOPBACK, 700), &seen), 0);
	assert_int_equal(destroy(same(IPPROTO_TCP, &seen)), 0);
	assert_int_equal(kernel_recvmsg(c, &msg, &vec, 1, 1, 0), -ECONNABORTED);
	assert_int_equal(kernel_recvmsg(s, &msg, &vec, 1, 1, 0), -ECONNRESET);
	assert_int_equal(destroy(same(IPPROTO_TCP, &seen)), -ENOENT);
	assert_int_equal(destroy(named(IPPROTO_TCP, LOOPBACK, 700, 0, 0)), 0);
	assert_int_equal(connect_to(open_at(SOCK_STREAM, 0), 700), -ECONNREFUSED);
	assert_int_equal(destroy(named(IPPROTO_UDP, LOOPBACK, 801, 0, 0)), 0);
	assert_int_equal(kernel_recvmsg(u, &msg, &vec, 1, 1, MSG_DONTWAIT), -ECONNABORTED);
	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, 253, &raw), 0);
	r.pad = 253;
	assert_int_equal(destroy(r), 0);
	assert_int_equal(kernel_recvmsg(raw, &msg, &vec, 1, 1, MSG_DONTWAIT), -ECONNABORTED);
	sock_release(raw);
	sock_release(u);
	sock_release(c);
	sock_release(s);
	sock_release(l);
	return 0;
}

IN_TASK(a_program_chooses)
{
	struct socket *a = open_at(SOCK_DGRAM, 810), *b = open_at(SOCK_DGRAM, 811),
		      *c = open_at(SOCK_DGRAM, 812);
	const u32 eq[] = { OP(INET_DIAG_BC_S_EQ, 8, 12), OP(0, 0, 811) };
	const u32 ge[] = { OP(INET_DIAG_BC_S_GE, 8, 12), OP(0, 0, 811) };
	const u32 range[] = { OP(INET_DIAG_BC_S_GE, 8, 20), OP(0, 0, 811),
			      OP(INET_DIAG_BC_S_LE, 8, 12), OP(0, 0, 811) };
	/* what is not equal to 811: on "yes" a jump beyond the end */
	const u32 ne[] = { OP(INET_DIAG_BC_S_EQ, 8, 12), OP(0, 0, 811),
			   OP(INET_DIAG_BC_JMP, 4, 8) };
	const u32 net[] = { OP(INET_DIAG_BC_S_COND, 16, 20), AF_INET | 8 << 8, ~0u,
			    IP(127, 9, 9, 9) };
	const u32 host[] = { OP(INET_DIAG_BC_S_COND, 16, 20), AF_INET | 31 << 8, 812,
			     IP(127, 0, 0, 0) };
	const u32 other[] = { OP(INET_DIAG_BC_S_COND, 16, 20), AF_INET | 32 << 8, ~0u,
			      IP(127, 0, 0, 2) };
	const u32 mark[] = { OP(INET_DIAG_BC_MARK_COND, 12, 16), 4, 6 };
	const u32 dev[] = { OP(INET_DIAG_BC_DEV_COND, 8, 12), 1 };
	const u32 chosen[] = { OP(INET_DIAG_BC_AUTO, 4, 8) };
	int value = 5;

	kernel_setsockopt(b, SOL_SOCKET, SO_MARK, &value, sizeof(value));
	kernel_setsockopt(c, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2);
	assert_int_equal(dump(of(IPPROTO_UDP), eq, sizeof(eq)).last.id.idiag_sport, htons(811));
	assert_int_equal(dump(of(IPPROTO_UDP), eq, sizeof(eq)).n, 1);
	assert_int_equal(dump(of(IPPROTO_UDP), ge, sizeof(ge)).n, 2);
	assert_int_equal(dump(of(IPPROTO_UDP), range, sizeof(range)).n, 1);
	assert_int_equal(dump(of(IPPROTO_UDP), ne, sizeof(ne)).n, 2);
	assert_int_equal(dump(of(IPPROTO_UDP), net, sizeof(net)).n, 3);
	assert_int_equal(dump(of(IPPROTO_UDP), host, sizeof(host)).n, 1);
	assert_int_equal(dump(of(IPPROTO_UDP), other, sizeof(other)).n, 0);
	assert_int_equal(dump(of(IPPROTO_UDP), mark, sizeof(mark)).n, 1);
	assert_int_equal(dump(of(IPPROTO_UDP), dev, sizeof(dev)).n, 1);
	assert_int_equal(dump(of(IPPROTO_UDP), chosen, sizeof(chosen)).n, 0);
	sock_release(a);
	sock_release(b);
	sock_release(c);
	return 0;
}

/* Linux's own answers, for each of these programs: 0, or -EINVAL. */
static const struct {
	int err;
	u32 len;
	u32 words[8];
} programs[] = {
	{ -EINVAL, 0, { 0 } },
	{ -EINVAL, 2, { OP(0, 4, 0) } },
	{ 0, 4, { OP(0, 4, 0) } },
	{ -EINVAL, 4, { OP(0, 8, 0) } },
	{ -EINVAL, 4, { OP(0, 0, 0) } },
	{ -EINVAL, 4, { OP(0, 12, 0) } },
	{ -EINVAL, 8, { OP(0, 5, 0), 0 } },
	{ 0, 4, { OP(1, 4, 8) } },
	{ -EINVAL, 4, { OP(1, 4, 0) } },
	{ -EINVAL, 4, { OP(1, 4, 12) } },
	{ -EINVAL, 4, { OP(14, 4, 8) } },
	{ -EINVAL, 4, { OP(255, 4, 8) } },
	{ 0, 8, { OP(11, 8, 12), OP(0, 0, 80) } },
	{ -EINVAL, 4, { OP(11, 4, 8) } },
	{ -EINVAL, 8, { OP(11, 4, 12), OP(0, 4, 80) } },
	{ -EINVAL, 6, { OP(7, 12, 16), 0 } },
	{ 0, 12, { OP(7, 12, 16), 0, ~0u } },
	{ -EINVAL, 12, { OP(7, 12, 16), 7, ~0u } },
	{ -EINVAL, 12, { OP(7, 12, 16), 1 << 8, ~0u } },
	{ 0, 16, { OP(7, 16, 20), 2 | 32 << 8, ~0u, 1 } },
	{ -EINVAL, 16, { OP(7, 16, 20), 2 | 33 << 8, ~0u, 1 } },
	{ -EINVAL, 12, { OP(7, 12, 16), 2 | 8 << 8, ~0u } },
	{ 0, 28, { OP(7, 28, 32), 10 | 128 << 8, ~0u } },
	{ 0, 8, { OP(9, 8, 12), 1 } },
	{ -EINVAL, 4, { OP(9, 4, 8) } },
	{ 0, 12, { OP(10, 12, 16) } },
	{ -EINVAL, 8, { OP(10, 8, 12) } },
	{ 0, 12, { OP(13, 12, 16) } },
	{ -EINVAL, 6, { OP(0, 4, 0), 0 } },
	{ -EINVAL, 12, { OP(1, 4, 8), OP(11, 8, 12), OP(0, 0, 80) } },
	{ 0, 8, { OP(1, 4, 4), OP(0, 4, 0) } },
	{ 0, 12, { OP(1, 4, 8), OP(0, 4, 0), OP(0, 4, 0) } },
	{ 0, 4, { OP(6, 4, 8) } },
	{ -EINVAL, 8, { OP(11, 8, 4), OP(0, 0, 80) } },
};

IN_TASK(malformed_programs_are_refused)
{
	struct inet_diag_req_v2 r = of(IPPROTO_TCP);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof(r));
		nl_attr(INET_DIAG_REQ_BYTECODE, programs[i].words, programs[i].len);
		if (min(nl_dump(nl, NULL, NULL), 0) != programs[i].err)
			fail_msg("program %u", i);
	}
	return 0;
}

/* As Linux answers a dump (a DONE with the error counts like an error) or a get. */
static int answer(u16 type, u16 flags, const void *body, u32 len, u16 attr, const void *data, u32 n)
{
	nl_begin(type, 0, body, len);
	req.nlh.nlmsg_len = NLMSG_LENGTH(len);
	if (data)
		nl_attr(attr, data, n);
	if (flags & NLM_F_DUMP)
		return min(nl_dump(nl, NULL, NULL), 0);
	return nl_call(nl);
}

IN_TASK(malformed_requests_get_linuxs_errno)
{
	struct inet_diag_req_v2 r = of(IPPROTO_TCP), other = of(99), six = of(IPPROTO_TCP);
	struct inet_diag_req old = { .idiag_family = AF_INET, .idiag_states = ALL_STATES };
	const u8 beyond[2] = { AF_MAX, 6 }, absent[2] = { AF_MAX - 1, 6 }, none[2] = { 0, 6 };
	u32 tcp = IPPROTO_TCP, large = 70000;

	assert_int_equal(answer(22, NLM_F_DUMP, &r, sizeof(r), 0, NULL, 0), -EINVAL);
	assert_int_equal(answer(20, NLM_F_DUMP, &r, 1, 0, NULL, 0), -EINVAL);
	assert_int_equal(answer(20, NLM_F_DUMP, beyond, 2, 0, NULL, 0), -EINVAL);
	assert_int_equal(answer(20, NLM_F_DUMP, absent, 2, 0, NULL, 0), -ENOENT);
	assert_int_equal(answer(20, NLM_F_DUMP, none, 2, 0, NULL, 0), -ENOENT);
	assert_int_equal(answer(20, NLM_F_DUMP, &r, 55, 0, NULL, 0), -EINVAL);
	assert_int_equal(answer(20, NLM_F_DUMP, &other, sizeof(r), 0, NULL, 0), -ENOENT);
	assert_int_equal(answer(20, 0, &other, sizeof(r), 0, NULL, 0), -ENOENT);
	assert_int_equal(answer(20, NLM_F_DUMP, &r, sizeof(r), 3, "\6", 1), -EINVAL);
	assert_int_equal(answer(20, NLM_F_DUMP, &other, sizeof(r), 3, &tcp, 4), 0);
	assert_int_equal(answer(20, NLM_F_DUMP, &r, sizeof(r), 3, &large, 4), -ENOENT);
	assert_int_equal(answer(21, 0, &r, 20, 0, NULL, 0), -EINVAL);
	assert_int_equal(answer(21, 0, &other, sizeof(r), 0, NULL, 0), -ENOENT);
	assert_int_equal(answer(21, 0, &r, sizeof(r), 0, NULL, 0), -ENOENT);
	six.sdiag_family = AF_INET6;
	assert_int_equal(answer(20, NLM_F_DUMP, &six, sizeof(r), 0, NULL, 0), 0);
	assert_int_equal(answer(20, 0, &six, sizeof(r), 0, NULL, 0), -ENOENT);
	assert_int_equal(answer(TCPDIAG_GETSOCK, NLM_F_DUMP, &old, 20, 0, NULL, 0), -EINVAL);
	assert_int_equal(answer(TCPDIAG_GETSOCK, NLM_F_DUMP, &old, sizeof(old), 0, NULL, 0), 0);
	assert_int_equal(answer(DCCPDIAG_GETSOCK, NLM_F_DUMP, &old, sizeof(old), 0, NULL, 0),
			 -ENOENT);
	return 0;
}

#define MANY 300

IN_TASK(a_dump_of_many_tells_each_once)
{
	static struct socket *socks[MANY];
	struct inet_diag_req_v2 r = of(IPPROTO_TCP);
	unsigned int i;

	for (i = 0; i < MANY; i++)
		socks[i] = listen_at((u16)(20000 + i));
	r.idiag_ext = 0xff;
	r.idiag_states = 1u << TCP_LISTEN;
	assert_int_equal(dump(r, NULL, 0).n, MANY);
	for (i = 0; i < MANY; i++)
		sock_release(socks[i]);
	assert_int_equal(dump(r, NULL, 0).n, 0);
	return 0;
}

/* What has been told stands; what is there all the time is told once, whatever goes meanwhile. */
IN_TASK(sockets_may_go_during_a_dump)
{
	static struct socket *socks[MANY];
	struct inet_diag_req_v2 r = of(IPPROTO_TCP);
	const struct nlmsghdr *nlh;
	unsigned int i, n = 0;
	int len;
	bool done = false;

	for (i = 0; i < MANY; i++)
		socks[i] = listen_at((u16)(20000 + i));
	r.idiag_ext = 0xff;
	nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof(r));
	assert_true(nl_send_to(nl, &req, req.nlh.nlmsg_len, 0, 0) > 0);
	for (i = 0; !done; i = min(i + 20, (unsigned int)MANY)) {
		unsigned int k;

		for (k = i; k < min(i + 20, (unsigned int)MANY); k++)
			sock_release(socks[k]);
		len = nl_recv(nl, 0);
		assert_true(len > 0);
		for (nlh = (struct nlmsghdr *)reply; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len), n++)
			done |= nlh->nlmsg_type == NLMSG_DONE;
	}
	assert_in_range(n, 2, MANY + 1);
	for (; i < MANY; i++)
		sock_release(socks[i]);
	return 0;
}

/* A generator of its own, so that a failure comes again. */
static u32 chance(u32 below)
{
	static u32 seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void drain_nl(void)
{
	while (nl_recv(nl, 0) > 0)
		;
}

/* Whatever a request says, it ends, and touches nothing that is not its own (the sanitizers look). */
IN_TASK(mutated_requests_do_no_harm)
{
	static const u8 types[] = { TCPDIAG_GETSOCK, SOCK_DIAG_BY_FAMILY, SOCK_DIAG_BY_FAMILY,
				    SOCK_DIAG_BY_FAMILY, SOCK_DESTROY };
	static const u8 protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_RAW, 99 };
	struct socket *l = listen_at(700), *u = open_at(SOCK_DGRAM, 820), *raw;
	unsigned int i, k, words;
	u32 program[16];

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_RAW, 253, &raw), 0);
	for (i = 0; i < 20000; i++) {
		struct inet_diag_req_v2 r = of(protocols[chance(4)]);

		r.idiag_ext = (u8)chance(256);
		r.pad = 253;
		words = chance(16) + 1;
		for (k = 0; k < words; k++)
			program[k] = chance(3) ? OP(chance(15), 4 * chance(6), 4 * chance(9))
					       : chance(0x1000000) * 77;
		nl_begin(types[chance(sizeof(types))], chance(2) ? NLM_F_DUMP : 0, &r, sizeof(r));
		nl_attr((u16)(chance(8) ? INET_DIAG_REQ_BYTECODE : chance(5)), program,
			words * 4 - chance(4));
		for (k = chance(4); k; k--)
			((u8 *)req.body)[chance(req.nlh.nlmsg_len - NLMSG_HDRLEN)] = (u8)chance(256);
		if (!chance(8))
			req.nlh.nlmsg_len -= chance(60);
		nl_send_to(nl, &req, req.nlh.nlmsg_len, 0, 0);
		drain_nl();
	}
	sock_release(raw);
	sock_release(u);
	sock_release(l);
	return 0;
}

static int open_nl(void *unused)
{
	nl = nl_open(NETLINK_SOCK_DIAG);
	return 0;
}

static int set_up(void **state)
{
	boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
	return run_task(open_nl, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_tells_states_and_ports),
		cmocka_unit_test(what_is_asked_for_is_told_and_no_more),
		cmocka_unit_test(timewait_and_its_number_are_told),
		cmocka_unit_test(datagram_and_raw_sockets_are_told),
		cmocka_unit_test(a_socket_is_ended_and_its_owner_told),
		cmocka_unit_test(a_program_chooses),
		cmocka_unit_test(malformed_programs_are_refused),
		cmocka_unit_test(malformed_requests_get_linuxs_errno),
		cmocka_unit_test(a_dump_of_many_tells_each_once),
		cmocka_unit_test(sockets_may_go_during_a_dump),
		cmocka_unit_test(mutated_requests_do_no_harm),
	};

	return cmocka_run_group_tests_name("inet_diag", tests, set_up, end_ipv4);
}
