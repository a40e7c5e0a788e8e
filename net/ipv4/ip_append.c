/* SPDX-License-Identifier: MIT */
/*
 * Gathering a datagram from pieces (MSG_MORE, UDP_CORK) or at once, cut into fragments as it grows
 * so that sending copies nothing again. Book section 12.8.4 (ip_append_data).
 */
#include <kernel/slab.h>
#include <net/ip.h>
#include <uapi/net_tstamp.h>
#include "ipv4_internal.h"

typedef int (*getfrag_fn)(void *from, char *to, int offset, int len, int odd, struct sk_buff *skb);

int ip_generic_getfrag(void *from, char *to, int offset, int len, int odd, struct sk_buff *skb)
{
	struct kmsghdr *msg = from;
	__wsum csum = 0;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return copy_from_iter(to, (size_t)len, &msg->msg_iter) == (size_t)len ? 0 : -EFAULT;
	if (csum_and_copy_from_iter(to, (size_t)len, &csum, &msg->msg_iter) != (size_t)len)
		return -EFAULT;
	skb->csum = csum_block_add(skb->csum, csum, odd);
	return 0;
}

static int ip_setup_cork(struct sock *sk, struct inet_cork *cork, struct ipcm_cookie *ipc,
			 struct rtable **rtp)
{
	struct rtable *rt = *rtp;

	if (unlikely(!rt))
		return -EFAULT;
	if (ipc->opt) {
		cork->opt = kmemdup(ipc->opt, sizeof(struct ip_options) + MAX_IPOPTLEN,
				    sk->sk_allocation);
		if (!cork->opt)
			return -ENOBUFS;
		cork->flags |= IPCORK_OPT;
		cork->addr = ipc->addr;
	}
	cork->fragsize = ip_sk_mtu(sk, &rt->dst);
	cork->dst = &rt->dst;
	*rtp = NULL; /* the reference is the cork's now */
	cork->length = 0;
	cork->ttl = ipc->ttl;
	cork->tos = ipc->tos;
	cork->priority = ipc->priority;
	cork->mark = ipc->sockc.mark;
	cork->tsflags = ipc->sockc.tsflags;
	cork->transmit_time = ipc->sockc.transmit_time;
	cork->gso_size = ipc->gso_size;
	return 0;
}

static void ip_cork_release(struct inet_cork *cork)
{
	cork->flags &= ~IPCORK_OPT;
	kfree(cork->opt);
	cork->opt = NULL;
	if (cork->dst)
		dst_release(cork->dst);
	cork->dst = NULL;
}

struct append { /* what stays the same while one call appends */
	struct sock *sk;
	struct sk_buff_head *queue;
	struct inet_cork *cork;
	getfrag_fn getfrag;
	void *from;
	unsigned int flags;
	int offset;	 /* into the caller's data */
	int transhdrlen; /* of the transport header still to leave room for */
	int hh_len, fragheaderlen, maxfraglen, mtu;
	u8 csummode;
};

static struct sk_buff *append_alloc(struct append *a, int size, int *err)
{
	struct sk_buff *skb = NULL;

	/* The first piece waits for room; the others are forced within reason, so that a datagram
	 * is not left half done. */
	if (a->transhdrlen)
		return sock_alloc_send_skb(a->sk, (unsigned long)size,
					   (a->flags & MSG_DONTWAIT) != 0, err);
	if (atomic_read(&a->sk->sk_wmem_alloc) <= 2 * a->sk->sk_sndbuf)
		skb = sock_wmalloc(a->sk, (unsigned long)size, 1, a->sk->sk_allocation);
	if (!skb)
		*err = -ENOBUFS;
	return skb;
}

/* The bytes of @prev beyond the last 8-byte boundary move to the head of the next fragment. */
static void append_move_gap(struct append *a, struct sk_buff *prev, struct sk_buff *skb, char *to,
			    int fraggap)
{
	skb_copy_bits(prev, a->maxfraglen, to, fraggap);
	if (a->csummode != CHECKSUM_PARTIAL) {
		skb->csum = csum_partial(to, (size_t)fraggap, 0);
		prev->csum = csum_block_sub(prev->csum, skb->csum, a->maxfraglen);
	}
	pskb_trim(prev, (unsigned int)a->maxfraglen);
}

/* A new fragment with as much of @length as it takes. Bytes taken, or -errno. */
static int append_new(struct append *a, struct sk_buff *prev, int length)
{
	int fraggap = prev ? (int)prev->len - a->maxfraglen : 0;
	int datalen = length + fraggap, fraglen, room, copy, err = -ENOBUFS;
	struct sk_buff *skb;
	char *data;

	if (datalen > a->mtu - a->fragheaderlen)
		datalen = a->maxfraglen - a->fragheaderlen;
	fraglen = datalen + a->fragheaderlen;
	room = a->flags & MSG_MORE ? max(a->mtu, fraglen) : fraglen;
	skb = append_alloc(a, room + a->hh_len + 15, &err);
	if (!skb)
		return err;
	skb->ip_summed = a->csummode;
	skb->csum = 0;
	skb_reserve(skb, a->hh_len);
	data = skb_put(skb, (unsigned int)fraglen);
	skb_reset_network_header(skb);
	skb->transport_header = (u16)(skb->network_header + a->fragheaderlen);
	data += a->fragheaderlen;
	if (fraggap)
		append_move_gap(a, prev, skb, data + a->transhdrlen, fraggap);
	copy = datalen - a->transhdrlen - fraggap;
	if (copy > 0 && a->getfrag(a->from, data + a->transhdrlen + fraggap, a->offset, copy,
				   fraggap, skb) < 0) {
		/* Nothing may stay cut short: the bytes moved out of @prev would be lost, so the
		 * whole datagram is. */
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		return -EFAULT;
	}
	a->offset += copy;
	a->transhdrlen = 0;
	a->csummode = CHECKSUM_NONE;
	__skb_queue_tail(a->queue, skb);
	return datalen - fraggap;
}

static int append_to_last(struct append *a, struct sk_buff *skb, int copy)
{
	unsigned int off = skb->len;

	if (copy > (int)skb_tailroom(skb)) {
		int more = copy - (int)skb_tailroom(skb);

		if (pskb_expand_head(skb, 0, more, a->sk->sk_allocation))
			return -ENOBUFS;
	}
	if (a->getfrag(a->from, skb_put(skb, (unsigned int)copy), a->offset, copy,
		       (int)off - a->fragheaderlen, skb) < 0) {
		skb_trim(skb, off);
		return -EFAULT;
	}
	a->offset += copy;
	return copy;
}

static int append_pieces(struct append *a, int length)
{
	struct sk_buff *skb = skb_peek_tail(a->queue);
	int copy, done;

	do {
		copy = skb ? a->mtu - (int)skb->len : 0;
		if (skb && copy < length)
			copy = a->maxfraglen - (int)skb->len;
		if (copy <= 0) {
			done = append_new(a, skb, length);
			skb = skb_peek_tail(a->queue);
		} else {
			done = append_to_last(a, skb, min(copy, length));
		}
		if (done < 0)
			return done;
		length -= done;
	} while (length > 0);
	return 0;
}

static int __ip_append_data(struct sock *sk, struct sk_buff_head *queue, struct inet_cork *cork,
			    getfrag_fn getfrag, void *from, int length, int transhdrlen,
			    unsigned int flags)
{
	struct net_device *dev = cork->dst->dev;
	struct append a = { .sk = sk,
			    .queue = queue,
			    .cork = cork,
			    .getfrag = getfrag,
			    .from = from,
			    .flags = flags,
			    .transhdrlen = transhdrlen,
			    .hh_len = LL_RESERVED_SPACE(dev),
			    .mtu = (int)(cork->gso_size ? IP_MAX_MTU : cork->fragsize),
			    .csummode = CHECKSUM_NONE };
	bool may_cut = inet_sk(sk)->pmtudisc < IP_PMTUDISC_DO ||
		       inet_sk(sk)->pmtudisc == IP_PMTUDISC_OMIT;
	int max, err;

	a.fragheaderlen = (int)sizeof(struct iphdr) + (cork->opt ? cork->opt->optlen : 0);
	a.maxfraglen = ((a.mtu - a.fragheaderlen) & ~7) + a.fragheaderlen;
	max = may_cut ? 0xffff : a.mtu;
	if (cork->length + length > max - a.fragheaderlen || a.maxfraglen <= a.fragheaderlen) {
		ip_local_error(sk, EMSGSIZE, cork->fl4.daddr, inet_sk(sk)->inet_dport,
			       cork->fragsize);
		return -EMSGSIZE;
	}
	if (transhdrlen && skb_queue_empty(queue) && length + a.fragheaderlen <= a.mtu &&
	    !(flags & MSG_MORE) && (dev->features & (NETIF_F_HW_CSUM | NETIF_F_IP_CSUM)))
		a.csummode = CHECKSUM_PARTIAL;
	if (cork->gso_size) /* done when it is cut */
		a.csummode = CHECKSUM_PARTIAL;
	cork->length += length;
	err = append_pieces(&a, length);
	if (err) {
		cork->length -= length;
		IP_INC_STATS(sock_net(sk), OUTDISCARDS);
	}
	return err;
}

int ip_append_data(struct sock *sk, struct flowi4 *fl4, getfrag_fn getfrag, void *from, int len,
		   int protolen, struct ipcm_cookie *ipc, struct rtable **rt, unsigned int flags)
{
	struct inet_sock *inet = inet_sk(sk);
	int err;

	if (flags & MSG_PROBE)
		return 0;
	if (skb_queue_empty(&sk->sk_write_queue)) {
		inet->cork.fl4 = *fl4;
		err = ip_setup_cork(sk, &inet->cork, ipc, rt);
		if (err)
			return err;
	} else {
		protolen = 0;
	}
	return __ip_append_data(sk, &sk->sk_write_queue, &inet->cork, getfrag, from, len, protolen,
				flags);
}

/* The fragments after the first hang on it; their memory is charged with it. */
static struct sk_buff *ip_join(struct sk_buff_head *queue)
{
	struct sk_buff *skb = __skb_dequeue(queue), *next, **tail;

	if (!skb)
		return NULL;
	__skb_pull(skb, (unsigned int)skb_network_offset(skb));
	tail = &skb_shinfo(skb)->frag_list;
	while ((next = __skb_dequeue(queue)) != NULL) {
		__skb_pull(next, (unsigned int)skb_transport_offset(next));
		*tail = next;
		tail = &next->next;
		skb->len += next->len;
		skb->data_len += next->len;
		skb->truesize += next->truesize;
		next->destructor = NULL;
		next->sk = NULL;
	}
	return skb;
}

/* ip_dgram_ttl - what the sender asked for, else what the socket or the route say. */
static inline u8 ip_dgram_ttl(const struct sock *sk, const struct rtable *rt, u8 asked)
{
	const struct inet_sock *inet = inet_sk(sk);
	u32 hops;

	if (asked)
		return asked;
	if (unlikely(rt->rt_type == RTN_MULTICAST))
		return inet->mc_ttl;
	if (inet->uc_ttl >= 0)
		return (u8)inet->uc_ttl;
	hops = dst_metric(&rt->dst, RTAX_HOPLIMIT);
	return (u8)(hops ? hops : (u32)sock_net(sk)->ipv4.sysctl_ip_default_ttl);
}

/* ip_dgram_header - the IP header of a datagram but for options and id, of which the last follows from
 * what they add. @mtu: the route's. */
static inline struct iphdr *ip_dgram_header(struct sock *sk, const struct flowi4 *fl4, struct sk_buff *skb,
					    const struct rtable *rt, u8 ttl, s16 tos, unsigned int mtu)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct iphdr *iph = ip_hdr(skb);

	skb->local_df = inet->pmtudisc < IP_PMTUDISC_DO || inet->pmtudisc == IP_PMTUDISC_OMIT;
	iph->version = IPVERSION;
	iph->ihl = 5;
	iph->tos = tos != -1 ? (u8)tos : inet->tos;
	iph->frag_off = 0;
	if (inet->pmtudisc == IP_PMTUDISC_DO || inet->pmtudisc == IP_PMTUDISC_PROBE ||
	    (skb->len <= mtu && ip_dont_fragment(sk, &rt->dst)))
		iph->frag_off = htons(IP_DF);
	iph->ttl = ip_dgram_ttl(sk, rt, ttl);
	iph->protocol = sk->sk_protocol;
	iph->saddr = fl4->saddr;
	iph->daddr = fl4->daddr;
	return iph;
}

/* ip_dgram_finish - id, time stamps, priority; the reference to the route goes over to @skb. @alone: it
 * fits into one packet. */
static inline void ip_dgram_finish(struct sock *sk, struct sk_buff *skb, struct iphdr *iph, struct rtable *rt,
				   bool alone, u32 priority, const struct sockcm_cookie *sockc)
{
	struct inet_sock *inet = inet_sk(sk);

	/* Alone and not to be cut, it needs no id; a corked datagram that is cut does. */
	if (likely(alone && (iph->frag_off & htons(IP_DF))))
		iph->id = inet->inet_daddr ? htons(inet->inet_id++) : 0;
	else
		ip_select_ident(sock_net(sk), skb, sk);
	if (unlikely(sockc->tsflags)) {
		skb_shinfo(skb)->tx_flags = sock_tx_timestamp(sockc->tsflags);
		if (skb_shinfo(skb)->tx_flags && (sk->sk_tsflags & SOF_TIMESTAMPING_OPT_ID))
			skb_shinfo(skb)->tskey = sk->sk_tskey++;
	}
	skb->priority = priority;
	skb->mark = sockc->mark;
	skb->tstamp = (ktime_t)sockc->transmit_time;
	skb_dst_set(skb, &rt->dst);
}

static struct sk_buff *__ip_make_skb(struct sock *sk, const struct flowi4 *fl4,
				     struct sk_buff_head *queue, struct inet_cork *cork)
{
	const struct sockcm_cookie sockc = { cork->transmit_time, cork->mark, cork->tsflags };
	struct rtable *rt = (struct rtable *)cork->dst;
	struct sk_buff *skb = ip_join(queue);
	struct iphdr *iph;

	if (!skb)
		return NULL;
	iph = ip_dgram_header(sk, fl4, skb, rt, cork->ttl, cork->tos, ip_rt_mtu(rt));
	if (cork->opt) {
		iph->ihl = (u8)(5 + cork->opt->optlen / 4) & 0xf;
		ip_options_build(skb, cork->opt, cork->addr, rt);
	}
	ip_dgram_finish(sk, skb, iph, rt, skb->len <= cork->fragsize, cork->priority, &sockc);
	cork->dst = NULL;
	ip_cork_release(cork);
	return skb;
}

/*
 * ip_make_single - the short way of a datagram that fits into one packet, without options, and is
 * not gathered: one buffer, filled once, and no cork. What __ip_append_data and __ip_make_skb would make
 * of it, or ERR_PTR. The reference to @rt goes over, unless it is an error.
 */
static inline struct sk_buff *ip_make_single(struct sock *sk, const struct flowi4 *fl4, getfrag_fn getfrag,
					     void *from, int length, int transhdrlen,
					     const struct ipcm_cookie *ipc, struct rtable *rt,
					     unsigned int mtu, unsigned int flags)
{
	const struct net_device *dev = rt->dst.dev;
	int hh_len = LL_RESERVED_SPACE(dev), len = length + (int)sizeof(struct iphdr), err;
	struct sk_buff *skb = sock_alloc_send_skb(sk, (unsigned long)(len + hh_len + 15),
						  (flags & MSG_DONTWAIT) != 0, &err);
	char *data;

	if (unlikely(!skb)) {
		IP_INC_STATS(sock_net(sk), OUTDISCARDS);
		return ERR_PTR(err);
	}
	if (dev->features & (NETIF_F_HW_CSUM | NETIF_F_IP_CSUM))
		skb->ip_summed = CHECKSUM_PARTIAL;
	skb_reserve(skb, hh_len);
	data = (char *)skb_put(skb, (unsigned int)len) + sizeof(struct iphdr) + transhdrlen;
	skb_reset_network_header(skb);
	skb->transport_header = (u16)(skb->network_header + sizeof(struct iphdr));
	if (length > transhdrlen &&
	    unlikely(getfrag(from, data, 0, length - transhdrlen, 0, skb) < 0)) {
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		IP_INC_STATS(sock_net(sk), OUTDISCARDS);
		return ERR_PTR(-EFAULT);
	}
	ip_dgram_finish(sk, skb, ip_dgram_header(sk, fl4, skb, rt, ipc->ttl, ipc->tos, mtu), rt, true,
			ipc->priority, &ipc->sockc);
	return skb;
}

/* ip_make_pieces - any other datagram: by way of a cork of its own, which takes the reference to the
 * route. */
static noinline struct sk_buff *ip_make_pieces(struct sock *sk, struct flowi4 *fl4, getfrag_fn getfrag,
					       void *from, int length, int transhdrlen,
					       struct ipcm_cookie *ipc, struct rtable **rtp,
					       unsigned int flags)
{
	struct inet_cork cork = { .fl4 = *fl4 };
	struct sk_buff_head queue;
	struct sk_buff *skb;
	int err;

	__skb_queue_head_init(&queue);
	err = ip_setup_cork(sk, &cork, ipc, rtp);
	if (err)
		return ERR_PTR(err);
	err = __ip_append_data(sk, &queue, &cork, getfrag, from, length, transhdrlen, flags);
	if (err) {
		while ((skb = __skb_dequeue(&queue)) != NULL)
			kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
		ip_cork_release(&cork);
		return ERR_PTR(err);
	}
	return __ip_make_skb(sk, fl4, &queue, &cork);
}

struct sk_buff *ip_make_skb(struct sock *sk, struct flowi4 *fl4, getfrag_fn getfrag, void *from,
			    int length, int transhdrlen, struct ipcm_cookie *ipc,
			    struct rtable **rtp, unsigned int flags)
{
	struct rtable *rt = *rtp;
	struct sk_buff *skb;
	unsigned int mtu;

	if (flags & MSG_PROBE)
		return NULL;
	mtu = rt && transhdrlen && !ipc->opt && !(flags & MSG_MORE) ? ip_sk_mtu(sk, &rt->dst) : 0;
	if (unlikely(length + (int)sizeof(struct iphdr) > (int)mtu))
		return ip_make_pieces(sk, fl4, getfrag, from, length, transhdrlen, ipc, rtp, flags);
	skb = ip_make_single(sk, fl4, getfrag, from, length, transhdrlen, ipc, rt, mtu, flags);
	if (likely(!IS_ERR(skb)))
		*rtp = NULL;
	return skb;
}

/* ip_finish_skb - what was gathered, as one datagram with its IP header. */
struct sk_buff *ip_finish_skb(struct sock *sk, struct flowi4 *fl4)
{
	return __ip_make_skb(sk, fl4, &sk->sk_write_queue, &inet_sk(sk)->cork);
}

int ip_send_skb(struct net *net, struct sk_buff *skb)
{
	int err = ip_local_out(net, skb->sk, skb);

	/* Dropped by a queue on the way is no error of the sender. */
	if (err > 0)
		err = err == NET_XMIT_CN ? 0 : -ENOBUFS;
	if (err)
		IP_INC_STATS(net, OUTDISCARDS);
	return err;
}

int ip_push_pending_frames(struct sock *sk, struct flowi4 *fl4)
{
	struct sk_buff *skb = ip_finish_skb(sk, fl4);

	return skb ? ip_send_skb(sock_net(sk), skb) : 0;
}

void ip_flush_pending_frames(struct sock *sk)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&sk->sk_write_queue)) != NULL)
		kfree_skb_reason(skb, SKB_DROP_REASON_TX_ERROR);
	ip_cork_release(&inet_sk(sk)->cork);
}
