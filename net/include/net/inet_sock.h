/* SPDX-License-Identifier: MIT */
/* struct inet_sock: a sock with an Internet address (net/ipv4/af_inet.c). Book section 12.10. */
#ifndef NET_INET_SOCK_H
#define NET_INET_SOCK_H

#include <kernel/hash.h>
#include <net/flow.h>
#include <net/sock.h>

/* IP options, parsed: offsets into __data from the start of the IP header's option area as Linux
 * has them. */
struct ip_options {
	__be32 faddr, nexthop;
	u8 optlen;	/* bytes, a multiple of 4 */
	u8 srr, rr, ts; /* offsets from the start of the IP header, 0: absent */
	u8 is_strictroute : 1, srr_is_hit : 1, is_changed : 1, rr_needaddr : 1, ts_needtime : 1,
		ts_needaddr : 1;
	u8 router_alert;
	u8 __data[0]; /* the option bytes follow, where the holder made room (at most 40) */
};

struct ip_mc_socklist;

struct inet_sock {
	struct sock sk; /* first */
#define inet_daddr     sk.sk_daddr
#define inet_rcv_saddr sk.sk_rcv_saddr
#define inet_dport     sk.sk_dport
#define inet_num       sk.sk_num
	__be32 inet_saddr; /* source of what we send */
	__be16 inet_sport;
	s16 uc_ttl;	/* -1: the route's */
	u16 cmsg_flags; /* IP_CMSG_x */
	u16 inet_id;
	struct ip_options *inet_opt; /* for what we send; kmalloc'ed */
	u8 tos, min_ttl, mc_ttl, pmtudisc;
	u8 recverr : 1, is_icsk : 1, freebind : 1, hdrincl : 1, mc_loop : 1, transparent : 1,
		mc_all : 1, nodefrag : 1;
	u8 bind_address_no_port : 1, defer_connect : 1, recverr_rfc4884 : 1;
	u8 rcv_tos;
	int uc_index, mc_index;
	u32 local_port_range; /* IP_LOCAL_PORT_RANGE: lowest, highest << 16; 0: the sysctl's */
	__be32 mc_addr;
	struct ip_mc_socklist *mc_list;
	struct inet_cork { /* what ip_append_data gathers */
		unsigned int flags;
		__be32 addr;
		struct ip_options *opt;
		unsigned int fragsize; /* MTU */
		int length;	       /* bytes gathered */
		struct dst_entry *dst;
		u8 ttl;
		s16 tos;
		u32 priority, mark;
		u32 tsflags;	   /* SOF_TIMESTAMPING_x */
		u64 transmit_time; /* SCM_TXTIME; 0: at once */
		u16 gso_size;
		struct flowi4 fl4;
	} cork;
};
#define IPCORK_OPT     1
#define IPCORK_ALLFRAG 2
static inline struct inet_sock *inet_sk(const struct sock *sk)
{
	return (struct inet_sock *)sk;
}

#define IP_CMSG_PKTINFO	    1
#define IP_CMSG_TTL	    2
#define IP_CMSG_TOS	    4
#define IP_CMSG_RECVOPTS    8
#define IP_CMSG_RETOPTS	    16
#define IP_CMSG_ORIGDSTADDR 64
#define IP_CMSG_CHECKSUM    128
#define IP_CMSG_UDP_GRO	    256 /* of SOL_UDP */
#define IP_CMSG_RECVFRAGSIZE 512

/* af_inet.c: the proto_ops shared by TCP, UDP, raw */
int inet_release(struct socket *sock);
int inet_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len);
int inet_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags);
/* __inet_stream_connect - as connect(), sock locked; @sending: MSG_FASTOPEN, which sends a SYN that waited for data. */
int __inet_stream_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags, bool sending);
int inet_dgram_connect(struct socket *sock, struct sockaddr *uaddr, int addr_len, int flags);
int inet_accept(struct socket *sock, struct socket *newsock, int flags, bool kern);
int inet_getname(struct socket *sock, struct sockaddr *uaddr, int peer);
int inet_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
int inet_listen(struct socket *sock, int backlog);
int inet_shutdown(struct socket *sock, int how);
int inet_sendmsg(struct socket *sock, struct kmsghdr *msg, size_t size);
int inet_recvmsg(struct socket *sock, struct kmsghdr *msg, size_t size, int flags);
void inet_sock_destruct(struct sock *sk);
int inet_autobind(struct sock *sk);
extern const struct proto_ops inet_stream_ops, inet_dgram_ops, inet_sockraw_ops;
int inet_sk_rebuild_header(struct sock *sk); /* a connected sock's route anew; 0 or -errno */
/* inet_ctl_sock_create - a kernel socket for a protocol's own messages (ICMP, RST). */
int inet_ctl_sock_create(struct sock **sk, unsigned short family, unsigned short type,
			 unsigned char protocol, struct net *net);

#endif
