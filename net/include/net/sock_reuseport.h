/* SPDX-License-Identifier: MIT */
/* SO_REUSEPORT: sockets bound to the same address, port and device are a group, which shares what arrives by its flow's
 * hash or as a program of the group says (net/core/sock_reuseport.c). socket(7). */
#ifndef NET_SOCK_REUSEPORT_H
#define NET_SOCK_REUSEPORT_H

#include <net/sock.h>

/* reuseport_add_sock - @sk, which has SO_REUSEPORT and is being bound or begins to listen, joins @with's group, whose
 * program it has from then on; NULL: one of its own. 0, or -ENOMEM: it is in none. Context: any, the table's lock held.
 * reuseport_detach_sock - out of its group, if it is in one: it is not found any more. */
int reuseport_add_sock(struct sock *sk, struct sock *with);
void reuseport_detach_sock(struct sock *sk);

/* reuseport_select_sock - who of the group that @sk is in gets @skb, whose transport header is the next @hdr_len bytes;
 * NULL: chosen by the hash alone. Never NULL. No reference is taken. Context: softirqs off. */
struct sock *reuseport_select_sock(struct sock *sk, u32 hash, struct sk_buff *skb, unsigned int hdr_len);

/* reuseport_has_conns_set - @sk, a datagram socket that may be in a group, gets a peer. reuseport_has_conns - did that happen in
 * @sk's group, which it is in? */
void reuseport_has_conns_set(struct sock *sk);
bool reuseport_has_conns(const struct sock *sk);

/* reuseport_attach_prog - SO_ATTACH_REUSEPORT_CBPF: @len instructions in @user, which return whose turn it is, counted
 * from 0 in the order in which the members came; beyond the last, the hash decides. 0, -EINVAL (neither in a group nor
 * going to be, or a bad program), -EPERM (SO_LOCK_FILTER), -EFAULT, -ENOMEM. reuseport_detach_prog - 0, -EINVAL, -ENOENT.
 * Context: process, sock locked. */
int reuseport_attach_prog(struct sock *sk, unsigned int len, sockptr_t user);
int reuseport_detach_prog(struct sock *sk);

#endif
