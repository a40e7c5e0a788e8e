/* SPDX-License-Identifier: MIT */
/*
 * Netlink inside the kernel: a family's own socket, requests and their acknowledgements, dumps,
 * notifications to groups, and attributes (net/netlink/). Book section 12.11.2; netlink(7).
 *
 * A message is built in an skb of alloc_skb: nlmsg_put, then nla_put for each attribute. Functions
 * that add return NULL or -EMSGSIZE where there is no room left, and nlmsg_cancel takes what was
 * begun back.
 */
#ifndef NET_NETLINK_H
#define NET_NETLINK_H

#include <net/skbuff.h>
#include <uapi/netlink.h>

struct net;
struct sock;
struct netlink_callback;

/* What is kept in skb->cb while a message is on its way. */
struct netlink_skb_parms {
	u32 portid;	 /* the sender's; 0: the kernel */
	u32 dst_group;	 /* 0: to one socket */
	pid_t pid;	 /* the sending task, for SCM_CREDENTIALS */
	struct sock *sk; /* the sender, in a request */
};
#define NETLINK_CB(skb) (*(struct netlink_skb_parms *)(skb)->cb)

/* What a request's acknowledgement says beside the number. */
struct netlink_ext_ack {
	const char *msg;	       /* a sentence that stays where it is */
	const struct nlattr *bad_attr; /* in the request */
	u32 miss_type;		       /* the attribute that is missing, 0: none */
};
#define NL_SET_ERR_MSG(extack, text)                   \
	do {                                           \
		struct netlink_ext_ack *_x = (extack); \
		if (_x)                                \
			_x->msg = (text);              \
	} while (0)
#define NL_SET_BAD_ATTR(extack, attr)                  \
	do {                                           \
		struct netlink_ext_ack *_x = (extack); \
		if (_x)                                \
			_x->bad_attr = (attr);         \
	} while (0)
#define NL_SET_ERR_MSG_ATTR(extack, attr, text) \
	do {                                    \
		NL_SET_ERR_MSG(extack, text);   \
		NL_SET_BAD_ATTR(extack, attr);  \
	} while (0)

/* ---- a family (net/netlink/af_netlink.c) ---- */

struct netlink_kernel_cfg {
	unsigned int groups; /* how many multicast groups there are */
	/* input - a message for the kernel arrived; skb stays the caller's. Context: process. */
	void (*input)(struct sk_buff *skb);
	int (*bind)(struct net *net, int group); /* a socket joins; optional */
	void (*unbind)(struct net *net, int group);
};
/* netlink_kernel_create - the kernel's socket of family @unit in @net, with which the family begins
 * to exist there. NULL: out of memory, or there is one. Context: process. */
struct sock *netlink_kernel_create(struct net *net, int unit, const struct netlink_kernel_cfg *cfg);
void netlink_kernel_release(struct sock *sk);

/* netlink_has_listeners - has anybody joined @group? Worth asking before a message is built. */
bool netlink_has_listeners(struct sock *sk, unsigned int group);
/* netlink_unicast - to the socket with @portid of @ssk's family; consumes skb. How many bytes, or
 * -ECONNREFUSED, -EAGAIN (its queue is full, and nonblock). Context: process (any if nonblock). */
int netlink_unicast(struct sock *ssk, struct sk_buff *skb, u32 portid, bool nonblock);
/* netlink_broadcast - to all members of @group but @exclude (a port); consumes skb. 0, -ESRCH:
 * nobody, -ENOBUFS: a member that asked to be told lost it. A member without room gets ENOBUFS.
 * Context: any. */
int netlink_broadcast(struct sock *ssk, struct sk_buff *skb, u32 exclude, u32 group, gfp_t gfp);
/* netlink_set_err - members of @group but @exclude lose something they should have heard of: @code.
 */
void netlink_set_err(struct sock *ssk, u32 exclude, u32 group, int code);
/* nlmsg_notify - to @group, and to @portid alone where @report asks for an echo. Consumes skb. */
int nlmsg_notify(struct sock *ssk, struct sk_buff *skb, u32 portid, u32 group, bool report,
		 gfp_t gfp);

/* ---- requests ---- */

/* netlink_rcv_skb - each request in @skb to @cb, and its acknowledgement back (where asked for, or
 * on error). @cb returning -EINTR has seen to that itself. 0. */
int netlink_rcv_skb(struct sk_buff *skb, int (*cb)(struct sk_buff *skb, struct nlmsghdr *nlh,
						   struct netlink_ext_ack *extack));
/* netlink_ack - @err (0: done) for request @nlh of @in_skb. */
void netlink_ack(struct sk_buff *in_skb, struct nlmsghdr *nlh, int err,
		 const struct netlink_ext_ack *extack);

/* ---- dumps: many messages, a buffer at a time, as fast as the reader reads ---- */

struct netlink_dump_control {
	int (*start)(struct netlink_callback *cb); /* optional; 0 or -errno */
	/* dump - append messages; the bytes appended, 0: that was all, -errno. Where it stopped
	 * stands in cb->args, and must make sense after what it dumps has changed. Context:
	 * process. */
	int (*dump)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb); /* optional */
	void *data;
	u32 min_dump_alloc; /* least room for one message */
};
struct netlink_callback {
	struct sk_buff *skb;	    /* the request */
	const struct nlmsghdr *nlh; /* in it */
	int (*dump)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
	void *data;
	struct netlink_ext_ack *extack; /* while start and dump run */
	u32 min_dump_alloc;
	bool strict_check; /* NETLINK_GET_STRICT_CHK: the request's header and attributes are
			      binding */
	u16 answer_flags;  /* NLM_F_x for each message */
	u32 seq, prev_seq; /* generation of what is dumped: a change between buffers is told */
	unsigned int nth;  /* rtnetlink: of the families, which is dumped */
	long args[6];	   /* where the last buffer ended; 0 at the start */
};
/* netlink_dump_start - -EINTR: the dump has begun (no acknowledgement), -EBUSY: one is under way on
 * this socket, or what start() returned. Context: process. */
int netlink_dump_start(struct sk_buff *skb, const struct nlmsghdr *nlh,
		       const struct netlink_dump_control *control, struct netlink_ext_ack *extack);
/* nl_dump_check_consistent - mark @nlh where cb->seq has changed since the last buffer. */
static inline void nl_dump_check_consistent(struct netlink_callback *cb, struct nlmsghdr *nlh)
{
	if (cb->prev_seq && cb->seq != cb->prev_seq)
		nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	cb->prev_seq = cb->seq;
}

/* ---- building messages ---- */

#define NLMSG_GOODSIZE ((unsigned int)SKB_WITH_OVERHEAD(4096u))

static inline struct nlmsghdr *nlmsg_hdr(const struct sk_buff *skb)
{
	return (struct nlmsghdr *)skb->data;
}
static inline void *nlmsg_data(const struct nlmsghdr *nlh)
{
	return (char *)nlh + NLMSG_HDRLEN;
}
static inline int nlmsg_len(const struct nlmsghdr *nlh)
{
	return (int)nlh->nlmsg_len - NLMSG_HDRLEN;
}
static inline bool nlmsg_report(const struct nlmsghdr *nlh)
{
	return nlh && (nlh->nlmsg_flags & NLM_F_ECHO);
}
static inline unsigned int nlmsg_total_size(unsigned int payload)
{
	return NLMSG_ALIGN((unsigned int)NLMSG_HDRLEN + payload);
}
static inline unsigned int nla_total_size(unsigned int payload)
{
	return NLA_ALIGN((unsigned int)NLA_HDRLEN + payload);
}
/* nlmsg_new - room for @payload bytes of one message. NULL when out of memory. */
static inline struct sk_buff *nlmsg_new(unsigned int payload, gfp_t gfp)
{
	return alloc_skb(nlmsg_total_size(payload), gfp);
}
/* nlmsg_put - a message's header and @payload zeroed bytes; NULL: no room. */
struct nlmsghdr *nlmsg_put(struct sk_buff *skb, u32 portid, u32 seq, int type, int payload,
			   int flags);
/* nlmsg_end - the message is whole: its length. nlmsg_cancel - take it back. */
static inline void nlmsg_end(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	nlh->nlmsg_len = (u32)(skb_tail_pointer(skb) - (unsigned char *)nlh);
}
static inline void nlmsg_cancel(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	if (nlh)
		skb_trim(skb, (unsigned int)((unsigned char *)nlh - skb->data));
}

/* nla_put and kin - 0 or -EMSGSIZE. */
int nla_put(struct sk_buff *skb, int type, int len, const void *data);
/* nla_reserve - an attribute of @len zeroed bytes to be filled in; NULL: no room. */
struct nlattr *nla_reserve(struct sk_buff *skb, int type, int len);
static inline int nla_put_u8(struct sk_buff *skb, int type, u8 v)
{
	return nla_put(skb, type, sizeof(v), &v);
}
static inline int nla_put_u16(struct sk_buff *skb, int type, u16 v)
{
	return nla_put(skb, type, sizeof(v), &v);
}
static inline int nla_put_u32(struct sk_buff *skb, int type, u32 v)
{
	return nla_put(skb, type, sizeof(v), &v);
}
static inline int nla_put_s32(struct sk_buff *skb, int type, s32 v)
{
	return nla_put(skb, type, sizeof(v), &v);
}
static inline int nla_put_u64(struct sk_buff *skb, int type, u64 v)
{
	return nla_put(skb, type, sizeof(v), &v);
}
static inline int nla_put_be16(struct sk_buff *skb, int type, __be16 v)
{
	return nla_put(skb, type, sizeof(v), &v);
}
static inline int nla_put_be32(struct sk_buff *skb, int type, __be32 v)
{
	return nla_put(skb, type, sizeof(v), &v);
}
int nla_put_string(struct sk_buff *skb, int type, const char *s);
static inline int nla_put_flag(struct sk_buff *skb, int type)
{
	return nla_put(skb, type, 0, NULL);
}
/* nla_nest_start, nla_nest_end - attributes inside an attribute (with NLA_F_NESTED; _noflag
 * without, for the old ones); NULL: no room. nla_nest_cancel - take it back. */
struct nlattr *nla_nest_start_noflag(struct sk_buff *skb, int type);
static inline struct nlattr *nla_nest_start(struct sk_buff *skb, int type)
{
	return nla_nest_start_noflag(skb, type | NLA_F_NESTED);
}
static inline void nla_nest_end(struct sk_buff *skb, struct nlattr *start)
{
	start->nla_len = (u16)(skb_tail_pointer(skb) - (unsigned char *)start);
}
static inline void nla_nest_cancel(struct sk_buff *skb, struct nlattr *start)
{
	if (start)
		skb_trim(skb, (unsigned int)((unsigned char *)start - skb->data));
}

/* ---- reading attributes (net/netlink/nlattr.c) ---- */

static inline int nla_type(const struct nlattr *nla)
{
	return nla->nla_type & NLA_TYPE_MASK;
}
static inline void *nla_data(const struct nlattr *nla)
{
	return (char *)nla + NLA_HDRLEN;
}
static inline int nla_len(const struct nlattr *nla)
{
	return nla->nla_len - NLA_HDRLEN;
}
/* nla_ok - is there a whole attribute in the @rem bytes at @nla? nla_next - the one behind it. */
static inline bool nla_ok(const struct nlattr *nla, int rem)
{
	return rem >= (int)sizeof(*nla) && nla->nla_len >= sizeof(*nla) && nla->nla_len <= rem;
}
static inline struct nlattr *nla_next(const struct nlattr *nla, int *rem)
{
	int total = NLA_ALIGN(nla->nla_len);

	*rem -= total;
	return (struct nlattr *)((char *)nla + total);
}
#define nla_for_each_attr(pos, head, len, rem) \
	for (pos = (head), rem = (len); nla_ok(pos, rem); pos = nla_next(pos, &(rem)))
#define nla_for_each_nested(pos, nla, rem) \
	nla_for_each_attr(pos, (struct nlattr *)nla_data(nla), nla_len(nla), rem)

/* Scalars may lie unaligned only by our own mistake; what is shorter than the policy says was
 * refused. */
static inline u8 nla_get_u8(const struct nlattr *nla)
{
	return *(const u8 *)nla_data(nla);
}
static inline u16 nla_get_u16(const struct nlattr *nla)
{
	return *(const u16 *)nla_data(nla);
}
static inline u32 nla_get_u32(const struct nlattr *nla)
{
	return *(const u32 *)nla_data(nla);
}
static inline s32 nla_get_s32(const struct nlattr *nla)
{
	return *(const s32 *)nla_data(nla);
}
static inline __be16 nla_get_be16(const struct nlattr *nla)
{
	return *(const __be16 *)nla_data(nla);
}
static inline __be32 nla_get_be32(const struct nlattr *nla)
{
	return *(const __be32 *)nla_data(nla);
}
u64 nla_get_u64(const struct nlattr *nla);
/* nla_strscpy - a string attribute, with or without its NUL, into @size bytes; its length, or
 * -E2BIG. */
int nla_strscpy(char *dst, const struct nlattr *nla, size_t size);

enum nla_kind {		    /* what a policy asks of an attribute */
		NLA_UNSPEC, /* at least len bytes */
		NLA_U8,
		NLA_U16,
		NLA_U32,
		NLA_U64,
		NLA_S32,
		NLA_STRING,	/* at most len bytes, NUL apart */
		NLA_NUL_STRING, /* at most len bytes, NUL apart, and a NUL */
		NLA_FLAG,
		NLA_BINARY,    /* at most len bytes (0: any) */
		NLA_EXACT_LEN, /* len bytes */
		NLA_NESTED,    /* attributes */
		NLA_REJECT     /* may not be there */
};
struct nla_policy {
	u8 type;
	u16 len;
};

/* How unknown things are taken: as the old rtnetlink messages do, or not at all. */
enum nl_validate { NL_VALIDATE_LIBERAL, NL_VALIDATE_STRICT };

/* nla_parse - tb[0..maxtype]: the last attribute of each type among the @len bytes at @head, NULL:
 * there is none.
 * @policy (NULL: anything goes) is held. 0, -EINVAL, -ERANGE (a wrong length), -EOPNOTSUPP..: with
 * words in @extack. */
int nla_parse(const struct nlattr *tb[], int maxtype, const struct nlattr *head, int len,
	      const struct nla_policy *policy, enum nl_validate validate,
	      struct netlink_ext_ack *extack);
/* nlmsg_parse - the same for the attributes behind a family header of @hdrlen bytes. -EINVAL: the
 * message is shorter. */
int nlmsg_parse(const struct nlmsghdr *nlh, int hdrlen, const struct nlattr *tb[], int maxtype,
		const struct nla_policy *policy, enum nl_validate validate,
		struct netlink_ext_ack *extack);
static inline int nla_parse_nested(const struct nlattr *tb[], int maxtype, const struct nlattr *nla,
				   const struct nla_policy *policy, struct netlink_ext_ack *extack)
{
	return nla_parse(tb, maxtype, nla_data(nla), nla_len(nla), policy, NL_VALIDATE_LIBERAL,
			 extack);
}

void netlink_init(void); /* AF_NETLINK is there. Context: boot */

#endif
