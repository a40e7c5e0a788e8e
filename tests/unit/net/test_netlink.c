/* SPDX-License-Identifier: MIT */
/* Netlink: ports and groups, requests and their acknowledgements, dumps, notifications, lost
 * messages, attributes, and what is malformed. netlink(7). */
#include <net/net.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <uapi/poll.h>

#include "net_unit.h"
#include "netlink_unit.h"

#define FAMILY 20 /* nobody else's */
#define GROUP  3

enum { MSG_OK = NLMSG_MIN_TYPE, MSG_FAIL, MSG_WORDS, MSG_DUMP, MSG_DUMP_FAILS };

static int dump_total = 5, dump_done_calls;
static struct sock *kernel_sk;

/* Messages of 1000 bytes, dump_total of them; args[0] counts. */
static int dump_many(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlmsghdr *nlh;

	while (cb->args[0] < dump_total) {
		nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, MSG_DUMP, 1000,
				NLM_F_MULTI);
		if (!nlh)
			break;
		*(long *)nlmsg_data(nlh) = cb->args[0]++;
	}
	return (int)skb->len;
}

static int dump_fails(struct sk_buff *skb, struct netlink_callback *cb)
{
	NL_SET_ERR_MSG(cb->extack, "no more");
	return -EHOSTDOWN;
}

static int dump_done(struct netlink_callback *cb)
{
	dump_done_calls++;
	return 0;
}

static int answer(struct sk_buff *skb, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct netlink_dump_control dump = { .dump = dump_many, .done = dump_done };
	const struct nlattr *tb[3];

	switch (nlh->nlmsg_type) {
	case MSG_OK: return 0;
	case MSG_FAIL: return -EXDEV;
	case MSG_WORDS:
		assert_int_equal(nlmsg_parse(nlh, 0, tb, 2, NULL, NL_VALIDATE_LIBERAL, extack), 0);
		NL_SET_ERR_MSG_ATTR(extack, tb[2], "that one");
		return -ERANGE;
	case MSG_DUMP_FAILS: dump.dump = dump_fails; /* fall through */
	default: return netlink_dump_start(skb, nlh, &dump, extack);
	}
}

static void input(struct sk_buff *skb)
{
	netlink_rcv_skb(skb, answer);
}

static int set_up_task(void *unused)
{
	const struct netlink_kernel_cfg cfg = { .groups = 40, .input = input };

	netlink_init();
	rtnetlink_init();
	kernel_sk = netlink_kernel_create(&init_net, FAMILY, &cfg);
	return kernel_sk ? 0 : -1;
}

static int set_up(void **state)
{
	boot_net(state);
	return run_task(set_up_task, NULL);
}

/* ---- addresses ---- */

IN_TASK(families_and_types_that_are_not_there_are_refused)
{
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_NETLINK, SOCK_STREAM, FAMILY, &s),
			 -ESOCKTNOSUPPORT);
	assert_int_equal(sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, FAMILY + 1, &s),
			 -EPROTONOSUPPORT);
	assert_int_equal(sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, MAX_LINKS, &s),
			 -EPROTONOSUPPORT);
	assert_int_equal(sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, -1, &s),
			 -EPROTONOSUPPORT);
	assert_null(netlink_kernel_create(&init_net, FAMILY, &(struct netlink_kernel_cfg){ 0 }));
	return 0;
}

IN_TASK(the_first_port_is_the_tasks_number_and_others_differ)
{
	struct socket *a = nl_open(FAMILY), *b = nl_open(FAMILY);

	assert_int_equal(nl_bind(a, 0, 0), 0);
	assert_int_equal(nl_port(a), current->pid);
	assert_int_equal(nl_bind(b, 0, 0), 0);
	assert_true(nl_port(b) > 0x80000000u);
	assert_int_equal(nl_bind(a, 0, 0), -EINVAL); /* bound, and not to this */
	assert_int_equal(nl_bind(a, nl_port(a), 0), 0);
	sock_release(b);
	b = nl_open(FAMILY);
	assert_int_equal(nl_bind(b, nl_port(a), 0), -EADDRINUSE);
	assert_int_equal(nl_bind(b, 4711, 0), 0);
	sock_release(a);
	sock_release(b);
	return 0;
}

IN_TASK(addresses_that_are_short_or_foreign_are_refused)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };
	struct socket *s = nl_open(FAMILY);
	struct kmsghdr msg = { .msg_name = &a, .msg_namelen = sizeof(a) - 1 };
	struct iovec vec = { &req, 16 };

	assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a) - 1), -EINVAL);
	assert_int_equal(kernel_connect(s, (struct sockaddr *)&a, sizeof(a) - 1, 0), -EINVAL);
	assert_int_equal(kernel_sendmsg(s, &msg, &vec, 1, 16), -EINVAL);
	a.nl_family = AF_INET;
	msg.msg_namelen = sizeof(a);
	assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), -EINVAL);
	assert_int_equal(kernel_connect(s, (struct sockaddr *)&a, sizeof(a), 0), -EINVAL);
	assert_int_equal(kernel_sendmsg(s, &msg, &vec, 1, 16), -EINVAL);
	assert_int_equal(kernel_listen(s, 1), -EOPNOTSUPP);
	sock_release(s);
	return 0;
}

IN_TASK(connect_sets_where_messages_go_until_unspec_unsets_it)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_pid = 4711, .nl_groups = 4 }, peer;
	struct socket *s = nl_open(FAMILY);

	assert_int_equal(kernel_connect(s, (struct sockaddr *)&a, sizeof(a), 0), 0);
	assert_int_equal(kernel_getpeername(s, (struct sockaddr *)&peer), sizeof(peer));
	assert_int_equal(peer.nl_pid, 4711);
	assert_int_equal(peer.nl_groups, 4);
	a.nl_family = AF_UNSPEC;
	assert_int_equal(kernel_connect(s, (struct sockaddr *)&a, sizeof(a), 0), 0);
	assert_int_equal(kernel_getpeername(s, (struct sockaddr *)&peer), sizeof(peer));
	assert_int_equal(peer.nl_pid, 0);
	sock_release(s);
	return 0;
}

/* ---- requests ---- */

IN_TASK(a_request_is_acknowledged_where_asked_and_on_error)
{
	struct socket *s = nl_open(FAMILY);

	assert_int_equal(nl_request(s, MSG_OK, 0, 4), NLMSG_HDRLEN + 4);
	assert_int_equal(nl_recv(s, 0), -EAGAIN);
	nl_request(s, MSG_OK, NLM_F_ACK, 4);
	assert_int_equal(nl_error(s)->error, 0);
	assert_int_equal(from.nl_pid, 0);
	nl_request(s, MSG_FAIL, 0, 4);
	assert_int_equal(nl_error(s)->error, -EXDEV);
	assert_int_equal(((struct nlmsghdr *)reply)->nlmsg_len,
			 NLMSG_HDRLEN + sizeof(struct nlmsgerr) + 4);
	assert_int_equal(nl_set(s, NETLINK_CAP_ACK, 1), 0);
	nl_request(s, MSG_FAIL, 0, 4);
	assert_int_equal(nl_error(s)->error, -EXDEV);
	assert_int_equal(((struct nlmsghdr *)reply)->nlmsg_len,
			 NLMSG_HDRLEN + sizeof(struct nlmsgerr));
	assert_int_equal(((struct nlmsghdr *)reply)->nlmsg_flags, NLM_F_CAPPED);
	sock_release(s);
	return 0;
}

IN_TASK(an_extended_acknowledgement_says_what_and_where)
{
	struct nlattr *attrs = (struct nlattr *)req.body;
	const struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	struct socket *s = nl_open(FAMILY);
	const struct nlmsgerr *e;

	attrs[0] = (struct nlattr){ .nla_len = 8, .nla_type = 1 };
	attrs[2] = (struct nlattr){ .nla_len = 8, .nla_type = 2 };
	nl_set(s, NETLINK_CAP_ACK, 1);
	nl_request(s, MSG_WORDS, 0, 16);
	assert_int_equal(nl_error(s)->error, -ERANGE);
	assert_int_equal(((struct nlmsghdr *)reply)->nlmsg_flags,
			 NLM_F_CAPPED); /* nobody asked for more */
	nl_set(s, NETLINK_EXT_ACK, 1);
	nl_request(s, MSG_WORDS, 0, 16);
	e = nl_error(s);
	assert_int_equal(((struct nlmsghdr *)reply)->nlmsg_flags, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	assert_int_equal(nlmsg_parse((struct nlmsghdr *)reply, sizeof(*e), tb, NLMSGERR_ATTR_MAX,
				     NULL, NL_VALIDATE_LIBERAL, NULL),
			 0);
	assert_string_equal((char *)nla_data(tb[NLMSGERR_ATTR_MSG]), "that one");
	assert_int_equal(nla_get_u32(tb[NLMSGERR_ATTR_OFFS]), NLMSG_HDRLEN + 8);
	sock_release(s);
	return 0;
}

IN_TASK(several_requests_in_one_message_are_each_answered)
{
	struct nlmsghdr two[2] = { { 16, MSG_FAIL, NLM_F_REQUEST, 77, 0 },
				   { 16, MSG_OK, NLM_F_REQUEST | NLM_F_ACK, 77, 0 } };
	struct socket *s = nl_open(FAMILY);

	assert_int_equal(nl_send_to(s, two, sizeof(two), 0, 0), sizeof(two));
	assert_int_equal(nl_error(s)->error, -EXDEV);
	assert_int_equal(nl_error(s)->error, 0);
	assert_int_equal(nl_recv(s, 0), -EAGAIN);
	sock_release(s);
	return 0;
}

IN_TASK(malformed_messages_are_not_followed)
{
	struct socket *s = nl_open(FAMILY);
	u32 len;

	for (len = 0; len < 40; len++) { /* the header lies about the length */
		req.nlh = (struct nlmsghdr){ len, MSG_OK, NLM_F_REQUEST, 77, 0 };
		assert_int_equal(nl_send_to(s, &req, 20, 0, 0), 20);
		assert_int_equal(nl_recv(s, 0), -EAGAIN);
	}
	for (len = 1; len < 16; len++)
		assert_int_equal(nl_send_to(s, &req, len, 0, 0), (int)len);
	assert_int_equal(nl_send_to(s, &req, 0, 0, 0), -ENODATA);
	req.nlh = (struct nlmsghdr){ 16, NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 77, 0 };
	nl_send_to(s, &req, 16, 0, 0);
	assert_int_equal(nl_error(s)->error, 0);
	req.nlh = (struct nlmsghdr){ 16, MSG_FAIL, NLM_F_ACK, 77, 0 }; /* no request */
	nl_send_to(s, &req, 16, 0, 0);
	assert_int_equal(nl_error(s)->error, 0);
	sock_release(s);
	return 0;
}

IN_TASK(a_message_larger_than_the_send_buffer_is_refused)
{
	struct socket *s = nl_open(FAMILY);
	int size = 0;

	assert_int_equal(kernel_setsockopt(s, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)), 0);
	assert_int_equal(nl_send_to(s, reply, SOCK_MIN_SNDBUF - 31, 0, 0), -EMSGSIZE);
	sock_release(s);
	return 0;
}

/* ---- dumps ---- */

/* Reads a dump to its end: how many messages, each once and in order; *result: the last message's
 * word. */
static int read_dump(struct socket *s, int *result)
{
	const struct nlmsghdr *nlh;
	long n = 0;
	int len;

	for (;;) {
		len = nl_recv(s, 0);
		assert_true(len > 0);
		for (nlh = (struct nlmsghdr *)reply; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len)) {
			assert_true(nlh->nlmsg_flags & NLM_F_MULTI);
			if (nlh->nlmsg_type == NLMSG_DONE) {
				*result = *(int *)nlmsg_data(nlh);
				return (int)n;
			}
			assert_int_equal(*(long *)nlmsg_data(nlh), n);
			n++;
		}
	}
}

IN_TASK(a_dump_goes_on_as_it_is_read)
{
	struct socket *s = nl_open(FAMILY);
	int result;

	for (dump_total = 0; dump_total < 40; dump_total = dump_total * 2 + 1) {
		dump_done_calls = 0;
		nl_request(s, MSG_DUMP, NLM_F_DUMP, 0);
		assert_int_equal(read_dump(s, &result), dump_total);
		assert_int_equal(result, 0);
		assert_int_equal(dump_done_calls, 1);
	}
	assert_int_equal(nl_recv(s, 0), -EAGAIN);
	sock_release(s);
	return 0;
}

IN_TASK(a_second_dump_has_to_wait_and_a_closed_socket_ends_its_own)
{
	struct socket *s = nl_open(FAMILY);

	dump_total = 100;
	dump_done_calls = 0;
	nl_request(s, MSG_DUMP, NLM_F_DUMP, 0);
	nl_request(s, MSG_DUMP, NLM_F_DUMP, 0);
	nl_reply(s);
	assert_int_equal(nl_error(s)->error, -EBUSY);
	sock_release(s);
	assert_int_equal(dump_done_calls, 1);
	return 0;
}

IN_TASK(a_dump_that_fails_says_so_at_its_end)
{
	struct socket *s = nl_open(FAMILY);
	int result;

	nl_set(s, NETLINK_EXT_ACK, 1);
	nl_request(s, MSG_DUMP_FAILS, NLM_F_DUMP, 0);
	assert_int_equal(read_dump(s, &result), 0);
	assert_int_equal(result, -EHOSTDOWN);
	assert_string_equal(reply + NLMSG_HDRLEN + sizeof(int) + NLA_HDRLEN, "no more");
	sock_release(s);
	return 0;
}

/* ---- groups ---- */

static void notify(u32 group)
{
	struct sk_buff *skb = nlmsg_new(4, GFP_KERNEL);

	nlmsg_put(skb, 0, 0, MSG_OK, 4, 0);
	nlmsg_notify(kernel_sk, skb, 0, group, false, GFP_KERNEL);
}

IN_TASK(members_of_a_group_hear_and_others_do_not)
{
	struct socket *in = nl_open(FAMILY), *out = nl_open(FAMILY);

	assert_false(netlink_has_listeners(kernel_sk, GROUP));
	assert_int_equal(nl_bind(in, 0, 1u << (GROUP - 1)), 0);
	assert_int_equal(nl_bind(out, 0, 1u << GROUP), 0);
	assert_true(netlink_has_listeners(kernel_sk, GROUP));
	notify(GROUP);
	nl_reply(in);
	assert_int_equal(from.nl_groups, 1u << (GROUP - 1));
	assert_int_equal(nl_recv(out, 0), -EAGAIN);
	assert_int_equal(nl_set(in, NETLINK_DROP_MEMBERSHIP, GROUP), 0);
	assert_int_equal(nl_set(in, NETLINK_DROP_MEMBERSHIP, GROUP), 0);
	notify(GROUP);
	assert_int_equal(nl_recv(in, 0), -EAGAIN);
	assert_int_equal(nl_set(in, NETLINK_ADD_MEMBERSHIP, 40),
			 0); /* beyond what an address can say */
	notify(40);
	nl_reply(in);
	assert_int_equal(from.nl_groups, 0);
	assert_int_equal(nl_set(in, NETLINK_ADD_MEMBERSHIP, 41), -EINVAL);
	assert_int_equal(nl_set(in, NETLINK_ADD_MEMBERSHIP, 0), -EINVAL);
	sock_release(in);
	sock_release(out);
	assert_false(netlink_has_listeners(kernel_sk, 40));
	return 0;
}

IN_TASK(memberships_are_listed)
{
	struct socket *s = nl_open(FAMILY);
	u32 words[2] = { 0 };
	int len = sizeof(words);

	nl_set(s, NETLINK_ADD_MEMBERSHIP, 1);
	nl_set(s, NETLINK_ADD_MEMBERSHIP, 40);
	assert_int_equal(kernel_getsockopt(s, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &len),
			 0);
	assert_int_equal(len, 8);
	assert_int_equal(words[0], 1);
	assert_int_equal(words[1], 1u << 7);
	len = 0;
	assert_int_equal(kernel_getsockopt(s, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &len),
			 0);
	assert_int_equal(len, 8);
	sock_release(s);
	return 0;
}

IN_TASK(who_lost_notifications_learns_it_once)
{
	struct socket *s = nl_open(FAMILY);
	int size = 0, i;

	assert_int_equal(nl_bind(s, 0, 1), 0);
	assert_int_equal(kernel_setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), 0);
	for (i = 0; i < 20; i++)
		notify(1);
	assert_int_equal(nl_recv(s, 0), -ENOBUFS);
	for (i = 0; nl_recv(s, 0) > 0; i++)
		;
	assert_in_range(i, 1, 19);
	notify(1); /* it has caught up, and hears again */
	nl_reply(s);
	assert_int_equal(nl_set(s, NETLINK_NO_ENOBUFS, 1), 0);
	for (i = 0; i < 20; i++)
		notify(1);
	assert_true(nl_recv(s, 0) > 0);
	sock_release(s);
	return 0;
}

IN_TASK(tasks_talk_among_themselves_on_usersock)
{
	struct socket *a = nl_open(NETLINK_USERSOCK), *b = nl_open(NETLINK_USERSOCK);

	assert_int_equal(nl_bind(a, 100, 0), 0);
	assert_int_equal(nl_bind(b, 200, 2), 0);
	assert_int_equal(nl_send_to(a, "hello", 5, 200, 0), 5);
	assert_int_equal(nl_recv(b, 0), 5);
	assert_int_equal(from.nl_pid, 100);
	assert_int_equal(nl_send_to(a, "hello", 5, 300, 0), -ECONNREFUSED);
	assert_int_equal(nl_send_to(a, "hello", 5, 0, 0),
			 -ECONNREFUSED); /* the kernel has no part in it */
	assert_int_equal(nl_send_to(a, "group", 5, 0, 2),
			 -ECONNREFUSED); /* the members have heard it */
	assert_int_equal(nl_recv(b, 0), 5);
	assert_int_equal(from.nl_groups, 2);
	sock_release(a);
	sock_release(b);
	return 0;
}

IN_TASK(options_are_held_to_their_lengths)
{
	struct socket *s = nl_open(FAMILY);
	int val = -1, len;
	static const int flags[] = { NETLINK_PKTINFO,	 NETLINK_BROADCAST_ERROR,
				     NETLINK_NO_ENOBUFS, NETLINK_CAP_ACK,
				     NETLINK_EXT_ACK,	 NETLINK_GET_STRICT_CHK };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		len = sizeof(val);
		assert_int_equal(kernel_getsockopt(s, SOL_NETLINK, flags[i], &val, &len), 0);
		assert_int_equal(val, 0);
		assert_int_equal(nl_set(s, flags[i], 5), 0);
		assert_int_equal(kernel_getsockopt(s, SOL_NETLINK, flags[i], &val, &len), 0);
		assert_int_equal(val, 1);
		len = 3;
		assert_int_equal(kernel_getsockopt(s, SOL_NETLINK, flags[i], &val, &len), -EINVAL);
	}
	assert_int_equal(nl_set(s, 99, 1), -ENOPROTOOPT);
	len = sizeof(val);
	assert_int_equal(kernel_getsockopt(s, SOL_NETLINK, 99, &val, &len), -ENOPROTOOPT);
	sock_release(s);
	return 0;
}

/* ---- attributes ---- */

static void attributes_are_held_to_their_policy(void **state)
{
	static const struct nla_policy policy[] = {
		[1] = { NLA_U32 },    [2] = { NLA_STRING, 3 }, [3] = { NLA_NUL_STRING, 3 },
		[4] = { NLA_FLAG },   [5] = { NLA_BINARY, 6 }, [6] = { NLA_NESTED },
		[7] = { NLA_REJECT }, [8] = { NLA_UNSPEC, 4 }, [9] = { NLA_EXACT_LEN, 6 }
	};
	static const struct {
		int type, len;
		const char *data;
		int liberal, strict;
	} cases[] = {
		{ 1, 4, "abcd", 0, 0 },
		{ 1, 3, "abc", -ERANGE, -EINVAL },
		{ 1, 8, "abcdefgh", 0, -EINVAL },
		{ 2, 3, "abc", 0, 0 },
		{ 2, 4, "abc", 0, 0 },
		{ 2, 4, "abcd", -ERANGE, -ERANGE },
		{ 2, 0, "", -ERANGE, -ERANGE },
		{ 3, 4, "abc", 0, 0 },
		{ 3, 3, "abc", -EINVAL, -EINVAL },
		{ 3, 5, "abcd", -EINVAL, -EINVAL },
		{ 4, 0, "", 0, 0 },
		{ 4, 1, "a", -ERANGE, -ERANGE },
		{ 5, 6, "abcdef", 0, 0 },
		{ 5, 7, "abcdefg", -ERANGE, -ERANGE },
		{ 6, 0, "", 0, -EINVAL },
		{ 6, 3, "abc", -ERANGE, -EINVAL },
		{ 7, 0, "", -EINVAL, -EINVAL },
		{ 8, 3, "abc", -ERANGE, -ERANGE },
		{ 8, 5, "abcde", 0, 0 },
		{ 9, 6, "abcdef", 0, 0 },
		{ 9, 5, "abcde", -ERANGE, -ERANGE },
		{ 10, 1, "a", 0, -EINVAL },
	};
	const struct nlattr *tb[10];
	struct netlink_ext_ack extack;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
		const struct nlattr *nla = (struct nlattr *)skb->data;
		int len;

		assert_int_equal(nla_put(skb, cases[i].type, cases[i].len, cases[i].data), 0);
		len = (int)skb->len;
		assert_int_equal(nla_parse(tb, 9, nla, len, policy, NL_VALIDATE_LIBERAL, NULL),
				 cases[i].liberal);
		extack.bad_attr = NULL;
		assert_int_equal(nla_parse(tb, 9, nla, len, policy, NL_VALIDATE_STRICT, &extack),
				 cases[i].strict);
		assert_true(cases[i].strict ? extack.bad_attr == nla : tb[cases[i].type] == nla);
		consume_skb(skb);
	}
}

static void attributes_that_lie_about_their_length_end_the_reading(void **state)
{
	struct nlattr a[3] = { { 4, 1 }, { 0, 2 }, { 4, 3 } };
	const struct nlattr *tb[4];

	assert_int_equal(nla_parse(tb, 3, a, sizeof(a), NULL, NL_VALIDATE_LIBERAL, NULL), 0);
	assert_ptr_equal(tb[1], a);
	assert_null(tb[2]);
	assert_null(tb[3]);
	assert_int_equal(nla_parse(tb, 3, a, sizeof(a), NULL, NL_VALIDATE_STRICT, NULL), -EINVAL);
	a[1].nla_len = 100;
	assert_int_equal(nla_parse(tb, 3, a, sizeof(a), NULL, NL_VALIDATE_LIBERAL, NULL), 0);
	assert_null(tb[2]);
	assert_int_equal(nla_parse(tb, 3, a, 3, NULL, NL_VALIDATE_LIBERAL, NULL), 0);
	assert_null(tb[1]);
}

static void a_full_message_refuses_more(void **state)
{
	struct sk_buff *skb = alloc_skb(40, GFP_KERNEL);
	struct nlmsghdr *nlh;

	skb_put(skb, skb_tailroom(skb) - 44);
	nlh = nlmsg_put(skb, 1, 2, 3, 4, 5);
	assert_non_null(nlh);
	assert_int_equal(nla_put_u32(skb, 1, 7), 0);
	assert_int_equal(nla_put_u32(skb, 1, 7), 0);
	assert_int_equal(nla_put_string(skb, 1, "abcd"), -EMSGSIZE);
	assert_null(nlmsg_put(skb, 1, 2, 3, 0, 0));
	nlmsg_cancel(skb, nlh);
	assert_int_equal(skb_tailroom(skb), 44);
	consume_skb(skb);
}

IN_TASK(rtnetlink_refuses_what_nobody_answers)
{
	struct socket *s = nl_open(NETLINK_ROUTE);

	memset(req.body, 0, sizeof(req.body));
	nl_request(s, RTM_GETROUTE, NLM_F_DUMP, 12); /* no family has any */
	assert_int_equal(nl_reply(s)->nlmsg_type, NLMSG_DONE);
	nl_request(s, RTM_NEWROUTE, NLM_F_ACK, 12);
	assert_int_equal(nl_error(s)->error, -EOPNOTSUPP);
	nl_request(s, RTM_MAX + 1, NLM_F_ACK, 12);
	assert_int_equal(nl_error(s)->error, -EOPNOTSUPP);
	nl_request(s, RTM_NEWROUTE, NLM_F_ACK, 0); /* not even a family: nothing is done */
	assert_int_equal(nl_error(s)->error, 0);
	sock_release(s);
	return 0;
}

static int nothing_left(void **state)
{
	assert_int_equal(skbs_in_use(), 0);
	return no_warnings(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families_and_types_that_are_not_there_are_refused),
		cmocka_unit_test(the_first_port_is_the_tasks_number_and_others_differ),
		cmocka_unit_test(addresses_that_are_short_or_foreign_are_refused),
		cmocka_unit_test(connect_sets_where_messages_go_until_unspec_unsets_it),
		cmocka_unit_test(a_request_is_acknowledged_where_asked_and_on_error),
		cmocka_unit_test(an_extended_acknowledgement_says_what_and_where),
		cmocka_unit_test(several_requests_in_one_message_are_each_answered),
		cmocka_unit_test(malformed_messages_are_not_followed),
		cmocka_unit_test(a_message_larger_than_the_send_buffer_is_refused),
		cmocka_unit_test(a_dump_goes_on_as_it_is_read),
		cmocka_unit_test(a_second_dump_has_to_wait_and_a_closed_socket_ends_its_own),
		cmocka_unit_test(a_dump_that_fails_says_so_at_its_end),
		cmocka_unit_test(members_of_a_group_hear_and_others_do_not),
		cmocka_unit_test(memberships_are_listed),
		cmocka_unit_test(who_lost_notifications_learns_it_once),
		cmocka_unit_test(tasks_talk_among_themselves_on_usersock),
		cmocka_unit_test(options_are_held_to_their_lengths),
		cmocka_unit_test(attributes_are_held_to_their_policy),
		cmocka_unit_test(attributes_that_lie_about_their_length_end_the_reading),
		cmocka_unit_test(a_full_message_refuses_more),
		cmocka_unit_test(rtnetlink_refuses_what_nobody_answers),
	};

	return cmocka_run_group_tests_name("netlink", tests, set_up, nothing_left);
}
