/* SPDX-License-Identifier: MIT */
/* Socket filters: classic BPF programs that choose which packets a socket gets, and how much of
 * each (net/core/filter.c, net/core/filter_check.c). socket(7). */
#ifndef NET_FILTER_H
#define NET_FILTER_H

#include <net/sock.h>
#include <uapi/filter.h>

struct sk_filter { /* immutable once attached; shared by a listener and its children */
	atomic_t refcnt;
	unsigned int len; /* instructions */
	struct sock_filter insns[];
};

/* sk_chk_filter - may @insns be run? Known instructions only, jumps forward and inside, no division
 * by a constant 0, no memory word read that was not written, and a return at the end: so it ends,
 * and reads nothing but the packet. 0 or -EINVAL, -ENOMEM. Context: process. */
int sk_chk_filter(const struct sock_filter *insns, unsigned int len);

/* sk_run_filter - how many bytes of @skb (from skb->data) the checked program @insns asks for; 0:
 * none of it. A load beyond the packet ends the program with 0. Context: any. */
u32 sk_run_filter(const struct sk_buff *skb, const struct sock_filter *insns);

/* sk_copy_fprog - the struct sock_fprog at @optval, in the width of its program: how many instructions, and where they are, in
 * the same memory. 0, -EINVAL, -EFAULT. Context: process. */
int sk_copy_fprog(sockptr_t optval, unsigned int optlen, unsigned int *len, sockptr_t *insns);
/* sk_filter_create - a checked program of @len instructions in @user, which nobody holds yet (kfree gives it back); or
 * ERR_PTR: -EINVAL, -EFAULT, -ENOMEM. Context: process. */
struct sk_filter *sk_filter_create(unsigned int len, sockptr_t user);
/* sk_attach_filter - check @len instructions in @user (ring 3's or the kernel's memory) and put
 * them in the place of the program before. 0, -EINVAL, -EFAULT, -ENOMEM (beyond net.core.optmem_max
 * as well), -EPERM (SO_LOCK_FILTER). Takes the sock's lock. */
int sk_attach_filter(struct sock *sk, unsigned int len, sockptr_t user);
/* sock_set_filter - SO_ATTACH_FILTER or SO_ATTACH_REUSEPORT_CBPF, whose program is of @len instructions. */
int sock_set_filter(struct sock *sk, int optname, unsigned int len, sockptr_t insns);
/* sk_detach_filter - 0, -ENOENT, -EPERM. sk_get_filter - SO_GET_FILTER: at most @len instructions
 * are copied out; how many there are, 0: no program, -EINVAL: too little room, -EFAULT. Both: sock
 * locked. */
int sk_detach_filter(struct sock *sk);
int sk_get_filter(struct sock *sk, sockptr_t optval, unsigned int len);

/* sk_filter_inherit - @child is a fresh copy of a socket: it shares the program. false: its option
 * memory does not suffice, and it has none. sk_filter_release - a socket ends. */
bool sk_filter_inherit(struct sock *child);
void sk_filter_release(struct sock *sk);

/* sk_filter_trim_cap - run @sk's filter, if any, over @skb; what it lets through is cut to what it
 * asks for, but to no less than @cap bytes. 0, or -EPERM: not for this socket. */
int __sk_filter_trim_cap(struct sock *sk, struct sk_buff *skb, unsigned int cap);
static inline int sk_filter_trim_cap(struct sock *sk, struct sk_buff *skb, unsigned int cap)
{
	return likely(!sk->sk_filter) ? 0 : __sk_filter_trim_cap(sk, skb, cap);
}

#endif
