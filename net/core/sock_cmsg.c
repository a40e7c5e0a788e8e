/* SPDX-License-Identifier: MIT */
/* Control messages: those of SOL_SOCKET from a sender, those to the receiver, in the layout of its
 * width, and the times of arrival among them. */
#include <uapi/compat.h>
#include <uapi/net_tstamp.h>
#include <uapi/time.h>

#include "core_internal.h"

/* out - @n bytes at @off of the control buffer. 0 or -EFAULT. Inline, so that a header's size is known where it is copied. */
static __always_inline int out(struct kmsghdr *msg, size_t off, const void *from, size_t n)
{
	if (likely(msg->msg_control_is_user))
		return copy_to_user((char __user *)msg->msg_control_user + off, from, n) ? -EFAULT : 0;
	memcpy((char *)msg->msg_control + off, from, n);
	return 0;
}

/* advance - behind a message that takes @space bytes with its padding. */
static void advance(struct kmsghdr *msg, size_t space)
{
	space = min(space, msg->msg_controllen);
	msg->msg_control = (char *)msg->msg_control + space;
	msg->msg_controllen -= space;
}

static int put_cmsg_compat(struct kmsghdr *msg, int level, int type, int len, const void *data)
{
	struct compat_cmsghdr cm = { .cmsg_level = level, .cmsg_type = type };
	size_t cmlen = CMSG_COMPAT_LEN((size_t)len);

	if (msg->msg_controllen < sizeof(cm)) {
		msg->msg_flags |= MSG_CTRUNC;
		return 0;
	}
	if (msg->msg_controllen < cmlen) {
		msg->msg_flags |= MSG_CTRUNC;
		cmlen = msg->msg_controllen;
	}
	cm.cmsg_len = (compat_size_t)cmlen;
	if (out(msg, 0, &cm, sizeof(cm)) || out(msg, sizeof(cm), data, cmlen - sizeof(cm)))
		return -EFAULT;
	advance(msg, CMSG_COMPAT_SPACE((size_t)len));
	return 0;
}

int put_cmsg(struct kmsghdr *msg, int level, int type, int len, const void *data)
{
	struct cmsghdr cm = { .cmsg_level = level, .cmsg_type = type };
	size_t cmlen = CMSG_LEN((size_t)len);

	if (!msg->msg_control) {
		msg->msg_flags |= MSG_CTRUNC;
		return 0;
	}
	if (msg->msg_compat)
		return put_cmsg_compat(msg, level, type, len, data);
	if (msg->msg_controllen < sizeof(cm)) {
		msg->msg_flags |= MSG_CTRUNC;
		return 0;
	}
	if (msg->msg_controllen < cmlen) {
		msg->msg_flags |= MSG_CTRUNC;
		cmlen = msg->msg_controllen;
	}
	cm.cmsg_len = cmlen;
	if (out(msg, 0, &cm, sizeof(cm)) || out(msg, sizeof(cm), data, cmlen - sizeof(cm)))
		return -EFAULT;
	advance(msg, CMSG_SPACE((size_t)len));
	return 0;
}

/* ---- times of arrival ---- */

/* to_real - a moment of the monotonic clock, in ns since 1970. */
static u64 to_real(ktime_t t)
{
	return ktime_get_real() - (u64)(ktime_get() - t);
}

/* put_stamp - as the option asked for it: seconds and micro- or nanoseconds, in words of the
 * receiver's width unless "new". */
static void put_stamp(struct kmsghdr *msg, const struct sock *sk, u64 real)
{
	bool ns = sock_flag(sk, SOCK_RCVTSTAMPNS), newer = sock_flag(sk, SOCK_TSTAMP_NEW);
	struct __kernel_timespec t = { (s64)(real / NSEC_PER_SEC), (s64)(real % NSEC_PER_SEC) };
	int type;

	if (!ns)
		t.tv_nsec /= (s64)NSEC_PER_USEC;
	if (newer)
		type = ns ? SO_TIMESTAMPNS_NEW : SO_TIMESTAMP_NEW;
	else
		type = ns ? SO_TIMESTAMPNS_OLD : SO_TIMESTAMP_OLD;
	if (msg->msg_compat && !newer) {
		struct old_timespec32 t32 = { (s32)t.tv_sec, (s32)t.tv_nsec };

		put_cmsg(msg, SOL_SOCKET, type, sizeof(t32), &t32);
	} else {
		put_cmsg(msg, SOL_SOCKET, type, sizeof(t), &t);
	}
}

/* put_stamping - SCM_TIMESTAMPING: three times, of which software makes the first. */
static void put_stamping(struct kmsghdr *msg, const struct sock *sk, u64 real)
{
	struct __kernel_timespec t[3] = { { (s64)(real / NSEC_PER_SEC), (s64)(real % NSEC_PER_SEC) } };
	struct old_timespec32 t32[3] = { { (s32)t[0].tv_sec, (s32)t[0].tv_nsec } };

	if (sock_flag(sk, SOCK_TSTAMP_NEW))
		put_cmsg(msg, SOL_SOCKET, SO_TIMESTAMPING_NEW, sizeof(t), t);
	else if (msg->msg_compat)
		put_cmsg(msg, SOL_SOCKET, SO_TIMESTAMPING_OLD, sizeof(t32), t32);
	else
		put_cmsg(msg, SOL_SOCKET, SO_TIMESTAMPING_OLD, sizeof(t), t);
}

void sock_recv_tstamp(struct kmsghdr *msg, struct sock *sk, ktime_t tstamp)
{
	if (!tstamp)
		return;
	if (sock_flag(sk, SOCK_RCVTSTAMP))
		put_stamp(msg, sk, to_real(tstamp));
	if (sk->sk_tsflags & SOF_TIMESTAMPING_SOFTWARE)
		put_stamping(msg, sk, to_real(tstamp));
}

void sock_recv_timestamp(struct kmsghdr *msg, struct sock *sk, struct sk_buff *skb)
{
	if (sock_flag(sk, SOCK_TIMESTAMP)) {
		if (!skb->tstamp)
			skb->tstamp = max_t(ktime_t, ktime_get(), 1); /* it came before anybody wanted to know */
		sk->sk_stamp = skb->tstamp;
	}
	sock_recv_tstamp(msg, sk, skb->tstamp);
}

void __sock_recv_cmsgs(struct kmsghdr *msg, struct sock *sk, struct sk_buff *skb)
{
	sock_recv_timestamp(msg, sk, skb);
	if (sock_flag(sk, SOCK_RXQ_OVFL)) {
		u32 drops = (u32)atomic_read(&sk->sk_drops);

		if (drops)
			put_cmsg(msg, SOL_SOCKET, SO_RXQ_OVFL, sizeof(drops), &drops);
	}
	if (sock_flag(sk, SOCK_RCVMARK))
		put_cmsg(msg, SOL_SOCKET, SO_MARK, sizeof(skb->mark), &skb->mark);
}

/* ---- what a sender says ---- */

/* set_tsflags - which stamps this send asks for, beside the socket's other flags. */
static int set_tsflags(u32 *tsflags, u32 asked)
{
	if (asked & ~SOF_TIMESTAMPING_TX_RECORD_MASK)
		return -EINVAL;
	*tsflags = (*tsflags & ~SOF_TIMESTAMPING_TX_RECORD_MASK) | asked;
	return 0;
}

int sock_cmsg_send(const struct sock *sk, const struct cmsghdr *c, struct sockcm_cookie *sockc)
{
	u32 asked;

	switch (c->cmsg_type) {
	case SCM_RIGHTS:
	case SCM_CREDENTIALS: return 0; /* mean something to other families */
	case SO_MARK:
		if (c->cmsg_len != CMSG_LEN(sizeof(sockc->mark)))
			return -EINVAL;
		memcpy(&sockc->mark, CMSG_DATA(c), sizeof(sockc->mark));
		return 0;
	case SO_TIMESTAMPING_OLD:
	case SO_TIMESTAMPING_NEW:
		if (c->cmsg_len != CMSG_LEN(sizeof(asked)))
			return -EINVAL;
		memcpy(&asked, CMSG_DATA(c), sizeof(asked));
		return set_tsflags(&sockc->tsflags, asked);
	case SCM_TXTIME:
		if (!sock_flag(sk, SOCK_TXTIME) || c->cmsg_len != CMSG_LEN(sizeof(sockc->transmit_time)))
			return -EINVAL;
		memcpy(&sockc->transmit_time, CMSG_DATA(c), sizeof(sockc->transmit_time));
		return 0;
	default: return -EINVAL;
	}
}

int sock_cmsgs_send(const struct sock *sk, const struct kmsghdr *msg, struct sockcm_cookie *sockc)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (!CMSG_OK(msg, c))
			return -EINVAL;
		if (c->cmsg_level == SOL_SOCKET && sock_cmsg_send(sk, c, sockc))
			return -EINVAL;
	}
	return 0;
}

int sock_gettstamp(struct socket *sock, sockptr_t arg, bool timeval, bool time32)
{
	struct sock *sk = sock->sk;
	struct __kernel_timespec t;
	struct old_timespec32 t32;
	u64 real;

	sock_enable_timestamp(sk, SOCK_TIMESTAMP);
	if (sk->sk_stamp == -1)
		return -ENOENT;
	if (!sk->sk_stamp)
		sk->sk_stamp = ktime_get();
	real = to_real(sk->sk_stamp);
	t.tv_sec = (s64)(real / NSEC_PER_SEC);
	t.tv_nsec = (s64)(real % NSEC_PER_SEC);
	if (timeval)
		t.tv_nsec /= (s64)NSEC_PER_USEC;
	if (!time32)
		return copy_to_sockptr(arg, &t, sizeof(t));
	t32.tv_sec = (s32)t.tv_sec;
	t32.tv_nsec = (s32)t.tv_nsec;
	return copy_to_sockptr(arg, &t32, sizeof(t32));
}
