/* SPDX-License-Identifier: MIT */
/* For unit tests that speak netlink: a user's side of it, one request and one reply at a time. */
#ifndef TESTS_NETLINK_UNIT_H
#define TESTS_NETLINK_UNIT_H

#include <net/net.h>
#include <net/netlink.h>

static inline struct socket *nl_open(int family)
{
	struct socket *s;

	assert_int_equal(sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, family, &s), 0);
	return s;
}

static inline int nl_bind(struct socket *s, u32 port, u32 groups)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_pid = port, .nl_groups = groups };

	return kernel_bind(s, (struct sockaddr *)&a, sizeof(a));
}

static inline u32 nl_port(struct socket *s)
{
	struct sockaddr_nl a;

	assert_int_equal(kernel_getsockname(s, (struct sockaddr *)&a), sizeof(a));
	return a.nl_pid;
}

static inline int nl_set(struct socket *s, int opt, int val)
{
	return kernel_setsockopt(s, SOL_NETLINK, opt, &val, sizeof(val));
}

static inline int nl_send_to(struct socket *s, const void *data, size_t len, u32 port, u32 groups)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_pid = port, .nl_groups = groups };
	struct kmsghdr msg = { .msg_name = &a,
			       .msg_namelen = sizeof(a),
			       .msg_flags = MSG_DONTWAIT };
	struct iovec vec = { (void *)data, len };

	return kernel_sendmsg(s, &msg, &vec, 1, len);
}

static struct {
	struct nlmsghdr nlh;
	char body[1024];
} req;

static inline int nl_request(struct socket *s, u16 type, u16 flags, u32 body)
{
	req.nlh = (struct nlmsghdr){ .nlmsg_len = (u32)NLMSG_HDRLEN + body,
				     .nlmsg_type = type,
				     .nlmsg_flags = NLM_F_REQUEST | flags,
				     .nlmsg_seq = 77 };
	return nl_send_to(s, &req, req.nlh.nlmsg_len, 0, 0);
}

static char reply[9000] __aligned(8);
static struct sockaddr_nl from;

static inline int nl_recv(struct socket *s, int flags)
{
	struct kmsghdr msg = { .msg_name = &from };
	struct iovec vec = { reply, sizeof(reply) };

	return kernel_recvmsg(s, &msg, &vec, 1, sizeof(reply), MSG_DONTWAIT | flags);
}

static inline const struct nlmsghdr *nl_reply(struct socket *s)
{
	assert_true(nl_recv(s, 0) >= NLMSG_HDRLEN);
	return (struct nlmsghdr *)reply;
}

static inline const struct nlmsgerr *nl_error(struct socket *s)
{
	const struct nlmsghdr *nlh = nl_reply(s);

	assert_int_equal(nlh->nlmsg_type, NLMSG_ERROR);
	assert_int_equal(nlh->nlmsg_seq, 77);
	assert_int_equal(nlh->nlmsg_pid, nl_port(s));
	return nlmsg_data(nlh);
}

/* nl_begin, nl_attr, nl_call - a request is built in req, sent, and answered: its error (NLM_F_ACK
 * is added). */
static inline void nl_begin(u16 type, u16 flags, const void *header, u32 len)
{
	memset(&req, 0, sizeof(req));
	req.nlh = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(NLMSG_ALIGN(len)),
				     .nlmsg_type = type,
				     .nlmsg_flags = NLM_F_REQUEST | flags,
				     .nlmsg_seq = 77 };
	memcpy(req.body, header, len);
}

static inline struct nlattr *nl_attr(u16 type, const void *data, u32 len)
{
	struct nlattr *nla = (struct nlattr *)((char *)&req + req.nlh.nlmsg_len);

	*nla = (struct nlattr){ .nla_len = (u16)(NLA_HDRLEN + len), .nla_type = type };
	memcpy(nla_data(nla), data, len);
	req.nlh.nlmsg_len += NLA_ALIGN(nla->nla_len);
	return nla;
}

static inline void nl_attr_u32(u16 type, u32 v)
{
	nl_attr(type, &v, sizeof(v));
}

static inline int nl_call(struct socket *s)
{
	req.nlh.nlmsg_flags |= NLM_F_ACK;
	assert_int_equal(nl_send_to(s, &req, req.nlh.nlmsg_len, 0, 0), (int)req.nlh.nlmsg_len);
	return nl_error(s)->error;
}

/* nl_dump - send the request in req as a dump and hand each message to @each; how many there were.
 */
static inline int nl_dump(struct socket *s, void (*each)(const struct nlmsghdr *nlh, void *arg),
			  void *arg)
{
	const struct nlmsghdr *nlh;
	int len, n = 0;

	req.nlh.nlmsg_flags |= NLM_F_DUMP;
	assert_int_equal(nl_send_to(s, &req, req.nlh.nlmsg_len, 0, 0), (int)req.nlh.nlmsg_len);
	for (;;) {
		len = nl_recv(s, 0);
		assert_true(len > 0);
		for (nlh = (struct nlmsghdr *)reply; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len)) {
			if (nlh->nlmsg_type == NLMSG_ERROR)
				return ((struct nlmsgerr *)nlmsg_data(nlh))->error;
			if (nlh->nlmsg_type == NLMSG_DONE)
				return *(int *)nlmsg_data(nlh) ? *(int *)nlmsg_data(nlh) : n;
			n++;
			if (each)
				each(nlh, arg);
		}
	}
}

#endif
