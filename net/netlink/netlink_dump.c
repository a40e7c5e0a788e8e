/* SPDX-License-Identifier: MIT */
/* Requests that come in, their acknowledgements, and dumps, which go on as their reader reads. Book
 * section 12.11.2; netlink(7). */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/filter.h>

#include "netlink_internal.h"

/* ---- building ---- */

struct nlmsghdr *nlmsg_put(struct sk_buff *skb, u32 portid, u32 seq, int type, int payload,
			   int flags)
{
	unsigned int size = nlmsg_total_size((unsigned int)payload);
	struct nlmsghdr *nlh;

	if (skb_tailroom(skb) < size)
		return NULL;
	nlh = skb_put_zero(skb, size);
	nlh->nlmsg_len = (u32)(NLMSG_HDRLEN + payload);
	nlh->nlmsg_type = (u16)type;
	nlh->nlmsg_flags = (u16)flags;
	nlh->nlmsg_seq = seq;
	nlh->nlmsg_pid = portid;
	return nlh;
}

/* ---- acknowledgements ---- */

/* The offset of @attr in the request, or 0: it is not of the request. */
static u32 netlink_attr_offset(const struct nlmsghdr *nlh, const struct nlattr *attr)
{
	const char *begin = (const char *)nlh, *at = (const char *)attr;

	return at >= begin && at < begin + nlh->nlmsg_len ? (u32)(at - begin) : 0;
}

static void netlink_ack_put_attrs(struct sk_buff *skb, const struct nlmsghdr *req, int err,
				  const struct netlink_ext_ack *extack)
{
	u32 off = netlink_attr_offset(req, extack->bad_attr);

	if (extack->msg)
		nla_put_string(skb, NLMSGERR_ATTR_MSG, extack->msg);
	if (!err)
		return;
	if (extack->bad_attr && off)
		nla_put_u32(skb, NLMSGERR_ATTR_OFFS, off);
	if (extack->miss_type)
		nla_put_u32(skb, NLMSGERR_ATTR_MISS_TYPE, extack->miss_type);
}

void netlink_ack(struct sk_buff *in_skb, struct nlmsghdr *nlh, int err,
		 const struct netlink_ext_ack *extack)
{
	struct sock *ssk = NETLINK_CB(in_skb).sk;
	struct netlink_sock *nlk = nlk_sk(ssk);
	bool tlvs = nlk_has(nlk, NETLINK_F_EXT_ACK) && extack &&
		    (extack->msg || (err && (extack->bad_attr || extack->miss_type)));
	bool whole = err && !nlk_has(nlk, NETLINK_F_CAP_ACK);
	unsigned int payload = (unsigned int)sizeof(struct nlmsgerr), room;
	struct sk_buff *skb;
	struct nlmsghdr *rep;
	struct nlmsgerr *e;

	if (whole)
		payload += (unsigned int)nlmsg_len(nlh);
	room = payload +
	       (tlvs ? nla_total_size(extack->msg ? strlen(extack->msg) + 1 : 0) + 16 : 0);
	skb = nlmsg_new(room, GFP_KERNEL);
	if (!skb) {
		ssk->sk_err = ENOBUFS;
		ssk->sk_error_report(ssk);
		return;
	}
	rep = nlmsg_put(skb, NETLINK_CB(in_skb).portid, nlh->nlmsg_seq, NLMSG_ERROR, (int)payload,
			(whole ? 0 : NLM_F_CAPPED) | (tlvs ? NLM_F_ACK_TLVS : 0));
	e = nlmsg_data(rep);
	e->error = err;
	memcpy(&e->msg, nlh, whole ? nlh->nlmsg_len : sizeof(*nlh));
	if (tlvs)
		netlink_ack_put_attrs(skb, nlh, err, extack);
	nlmsg_end(skb, rep);
	netlink_unicast(netlink_table(sock_net(ssk), ssk->sk_protocol)->kernel, skb,
			NETLINK_CB(in_skb).portid, true);
}

int netlink_rcv_skb(struct sk_buff *skb, int (*cb)(struct sk_buff *skb, struct nlmsghdr *nlh,
						   struct netlink_ext_ack *extack))
{
	while (skb->len >= (unsigned int)NLMSG_HDRLEN) {
		struct netlink_ext_ack extack = { 0 };
		struct nlmsghdr *nlh = nlmsg_hdr(skb);
		int err = 0;

		if (nlh->nlmsg_len < (u32)NLMSG_HDRLEN || skb->len < nlh->nlmsg_len)
			return 0;
		if ((nlh->nlmsg_flags & NLM_F_REQUEST) && nlh->nlmsg_type >= NLMSG_MIN_TYPE)
			err = cb(skb, nlh, &extack);
		if (err != -EINTR && (err || (nlh->nlmsg_flags & NLM_F_ACK)))
			netlink_ack(skb, nlh, err, &extack);
		skb_pull(skb, min(NLMSG_ALIGN(nlh->nlmsg_len), skb->len));
	}
	return 0;
}

/* ---- dumps ---- */

/* What the dump held is let go: its request, its module's state. cb_mutex held, or the last
 * reference. */
static void netlink_dump_release(struct netlink_sock *nlk)
{
	struct netlink_callback *cb = &nlk->cb;
	struct sk_buff *request = cb->skb;

	if (cb->done)
		cb->done(cb);
	nlk->cb_running = false;
	cb->skb = NULL;
	consume_skb(request);
}

void netlink_dump_end(struct netlink_sock *nlk)
{
	if (nlk->cb_running)
		netlink_dump_release(nlk);
}

/* A buffer as large as the reader's, but at least for one message. */
static struct sk_buff *netlink_dump_alloc(const struct netlink_sock *nlk)
{
	unsigned int least = max(nlk->cb.min_dump_alloc, NLMSG_GOODSIZE), want = least;
	struct sk_buff *skb = NULL;

	if (nlk->max_recvmsg_len > least)
		want = (unsigned int)SKB_WITH_OVERHEAD(nlk->max_recvmsg_len);
	if (want > least)
		skb = alloc_skb(want, GFP_KERNEL | __GFP_NOWARN);
	if (!skb)
		skb = alloc_skb(least, GFP_KERNEL);
	return skb;
}

/* The last message: how the dump ended. */
static struct nlmsghdr *netlink_dump_put_done(struct sk_buff *skb, struct netlink_sock *nlk,
					      int result, const struct netlink_ext_ack *extack)
{
	struct netlink_callback *cb = &nlk->cb;
	struct nlmsghdr *nlh = nlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
					 NLMSG_DONE, sizeof(result),
					 NLM_F_MULTI | cb->answer_flags);

	if (!nlh)
		return NULL;
	nl_dump_check_consistent(cb, nlh);
	memcpy(nlmsg_data(nlh), &result, sizeof(result));
	if (extack->msg && nlk_has(nlk, NETLINK_F_EXT_ACK) &&
	    !nla_put_string(skb, NLMSGERR_ATTR_MSG, extack->msg)) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		nlmsg_end(skb, nlh);
	}
	return nlh;
}

static void netlink_dump_send(struct sock *sk, struct sk_buff *skb)
{
	if (sk_filter_trim_cap(sk, skb, 1)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SOCKET_FILTER);
		return;
	}
	skb_set_owner_r(skb, sk);
	skb_queue_tail(&sk->sk_receive_queue, skb);
	sk->sk_data_ready(sk);
}

/* The next messages into @skb, and the last one behind them where it fits. true: the dump is over.
 * cb_mutex held. */
static bool netlink_dump_fill(struct netlink_sock *nlk, struct sk_buff *skb)
{
	struct netlink_callback *cb = &nlk->cb;
	struct netlink_ext_ack extack = { 0 };

	if (nlk->dump_result == DUMP_GOES_ON) {
		int rc;

		cb->extack = &extack;
		rc = cb->dump(skb, cb);
		cb->extack = NULL;
		if (rc > 0)
			return false;
		nlk->dump_result = rc;
	}
	return netlink_dump_put_done(skb, nlk, nlk->dump_result, &extack) != NULL;
}

int netlink_dump(struct sock *sk)
{
	struct netlink_sock *nlk = nlk_sk(sk);
	struct sk_buff *skb;
	bool over;
	int err = 0;

	mutex_lock(&nlk->cb_mutex);
	if (!nlk->cb_running) { /* another reader has ended it */
		err = -EINVAL;
		goto unlock;
	}
	skb = sk_rmem_alloc_get(sk) <= sk->sk_rcvbuf ? netlink_dump_alloc(nlk) : NULL;
	if (!skb) {
		err = -ENOBUFS;
		goto unlock;
	}
	NETLINK_CB(skb) = (struct netlink_skb_parms){ 0 };
	over = netlink_dump_fill(nlk, skb);
	netlink_dump_send(sk, skb);
	if (over)
		netlink_dump_release(nlk);
unlock:
	mutex_unlock(&nlk->cb_mutex);
	return err;
}

int netlink_dump_start(struct sk_buff *skb, const struct nlmsghdr *nlh,
		       const struct netlink_dump_control *control, struct netlink_ext_ack *extack)
{
	struct sock *sk = NETLINK_CB(skb).sk;
	struct netlink_sock *nlk = nlk_sk(sk);
	int err = -EBUSY;

	mutex_lock(&nlk->cb_mutex);
	if (nlk->cb_running)
		goto unlock;
	nlk->cb = (struct netlink_callback){
		.skb = skb_get(skb),
		.nlh = nlh,
		.dump = control->dump,
		.done = control->done,
		.data = control->data,
		.extack = extack,
		.min_dump_alloc = control->min_dump_alloc,
		.strict_check = nlk_has(nlk, NETLINK_F_STRICT_CHK),
	};
	err = control->start ? control->start(&nlk->cb) : 0;
	nlk->cb.extack = NULL;
	if (err) {
		nlk->cb.skb = NULL;
		consume_skb(skb);
		goto unlock;
	}
	nlk->dump_result = DUMP_GOES_ON;
	nlk->cb_running = true;
	mutex_unlock(&nlk->cb_mutex);
	err = netlink_dump(sk);
	return err ? err : -EINTR;

unlock:
	mutex_unlock(&nlk->cb_mutex);
	return err;
}
