/* SPDX-License-Identifier: MIT */
/* NETLINK_SOCK_DIAG inside the kernel: an address family that tells of its sockets registers a row
 * (net/netlink/sock_diag.c). sock_diag(7). */
#ifndef NET_SOCK_DIAG_H
#define NET_SOCK_DIAG_H

#include <net/netlink.h>
#include <net/sock.h>
#include <uapi/sock_diag.h>

struct sock_diag_handler {
	int family;
	/* dump - SOCK_DIAG_BY_FAMILY: one socket, or all (netlink_dump_start). The message holds a
	 * struct sock_diag_req at least. 0 or -errno. Context: process. */
	int (*dump)(struct sk_buff *skb, struct nlmsghdr *nlh);
	int (*destroy)(struct sk_buff *skb, struct nlmsghdr *nlh); /* SOCK_DESTROY; optional */
	/* get_info - the last state of @sk, which nobody holds any more, as one message; for families
	 * that have a group of SKNLGRP_x. 0 or -EMSGSIZE. Context: softirq. */
	int (*get_info)(struct sk_buff *skb, struct sock *sk);
};
void sock_diag_register(const struct sock_diag_handler *h); /* @h is static. Context: boot */
/* sock_diag_register_compat - who answers TCPDIAG_GETSOCK. Context: boot. */
void sock_diag_register_compat(int (*rcv)(struct sk_buff *skb, struct nlmsghdr *nlh));

/* sock_diag_net - the namespace of a request's sender. */
struct net *sock_diag_net(const struct sk_buff *skb);
int sock_diag_unicast(struct sk_buff *in_skb, struct sk_buff *rep); /* an answer; consumes @rep */

u32 sock_i_ino(const struct sock *sk); /* its inode's number; 0: nobody's */
/* sock_diag_save_cookie, sock_diag_check_cookie - a socket's number, so that another in its place
 * is not taken for it. 0 or -ESTALE. */
void sock_diag_save_cookie(struct sock *sk, u32 *cookie);
int sock_diag_check_cookie(struct sock *sk, const u32 *cookie);
int sock_diag_put_meminfo(struct sock *sk, struct sk_buff *skb, int attr); /* 0, -EMSGSIZE */
/* sock_diag_destroy - end it as if by an error of the network: its owner reads @err. 0 or -errno.
 * Context: process, sock not locked. */
int sock_diag_destroy(struct sock *sk, int err);

void sock_diag_init(void); /* NETLINK_SOCK_DIAG is there. Context: boot */

#endif
