/* SPDX-License-Identifier: MIT */
/* UDP sockets and their tables (net/ipv4/udp*.c). RFC 768, RFC 1122 section 4.1. Book
 * section 12.9.1. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include <net/inet_sock.h>
#include <net/ip.h>
#include <wire/udp.h>

struct udp_sock {
	struct inet_sock inet; /* first */
	int pending;	       /* AF_INET while ip_append_data gathers a datagram [k] */
	bool corkflag;	       /* UDP_CORK */
	u16 len;	       /* of the datagram being gathered, header included */
	u16 gso_size;	       /* UDP_SEGMENT: bytes of each datagram that a send is cut into; 0: one */
	bool gro_enabled;      /* UDP_GRO */
	bool no_check6_tx, no_check6_rx; /* UDP_NO_CHECK6_x: read back; they mean something to IPv6 alone */
	/* Encapsulation: while encap_type (UDP_ENCAP_x) is not 0, encap_rcv sees each datagram first, with data at its UDP
	 * header: 0, it has consumed it; positive, it is the socket's after all; -N, it now begins with a header of
	 * protocol N. encap_destroy is called when the socket ends. Context: softirq; process. */
	u8 encap_type;
	int (*encap_rcv)(struct sock *sk, struct sk_buff *skb);
	void (*encap_destroy)(struct sock *sk);
};
#define UDP_MAX_SEGMENTS 64 /* datagrams in one send, or joined */
static inline struct udp_sock *udp_sk(const struct sock *sk)
{
	return (struct udp_sock *)sk;
}
static inline struct udphdr *udp_hdr(const struct sk_buff *skb)
{
	return (struct udphdr *)skb_transport_header(skb);
}

#define UDP_HTABLE_MIN_BITS 8 /* log2 of the chains of each table */
#define UDP_HTABLE_MAX_BITS 16

/* Every bound socket lies in both: by port (skc_node: bind conflicts, multicast), and by address
 * and port (skc_bind_node: delivery). */
struct udp_table {
	spinlock_t lock;
	siphash_key_t key;
	unsigned int bits; /* [I] log2 of the chains in each of the two */
	struct hlist_head *hash;  /* by port */
	struct hlist_head *hash2; /* by address and port */
	unsigned int count;
};

extern struct proto udp_prot;

void udp_init(void); /* the protocol, its table in every namespace, its row of inetsw */
int udp_rcv(struct sk_buff *skb);
int udp_err(struct sk_buff *skb, u32 info);
int udp_sendmsg(struct sock *sk, struct kmsghdr *msg, size_t len);
int udp_recvmsg(struct sock *sk, struct kmsghdr *msg, size_t len, int flags, int *addr_len);
int udp_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen);
int udp_getsockopt(struct sock *sk, int level, int optname, sockptr_t optval, sockptr_t optlen);
int udp_disconnect(struct sock *sk, int flags);
int udp_push_pending_frames(struct sock *sk);
void udp_flush_pending_frames(struct sock *sk);
/* udp_poll - readable only while a datagram with a right checksum waits. */
unsigned int udp_poll(struct file *file, struct socket *sock, struct poll_table *wait);
/* udp4_lib_lookup - the socket that gets a datagram, with a reference, or NULL. Context: softirqs
 * off. */
struct sock *udp4_lib_lookup(struct net *net, __be32 saddr, __be16 sport, __be32 daddr,
			     __be16 dport, int dif);
int udp_lib_get_port(struct sock *sk, unsigned short snum);
void udp_lib_unhash(struct sock *sk);
void udp_lib_rehash(struct sock *sk); /* the bound address changed */

#endif
