/* SPDX-License-Identifier: MIT */
/* Names of local sockets: paths in the tree of names, abstract names in a table, and finding who has
 * them. unix(7). */
#include <kernel/hash.h>
#include <kernel/random.h>

#include "unix_internal.h"

#define AUTOBIND_NAMES (1u << 20) /* five hexadecimal digits */

static bool is_abstract(const struct sockaddr_un *name)
{
	return !name->sun_path[0];
}

int unix_check_addr(const struct sockaddr *addr, int len)
{
	if (len <= UNIX_PATH_AT || len > (int)sizeof(struct sockaddr_un) ||
	    addr->sa_family != AF_UNIX)
		return -EINVAL;
	return 0;
}

static struct unix_address *address_new(const struct sockaddr_un *name, int len)
{
	struct unix_address *addr = kzalloc(sizeof(*addr) + 1, GFP_KERNEL); /* a path ends in NUL */

	if (!addr)
		return NULL;
	atomic_set(&addr->refcnt, 1);
	memcpy(&addr->name, name, (size_t)len);
	if (!is_abstract(name))
		len = UNIX_PATH_AT + (int)strlen(addr->name.sun_path) + 1;
	addr->len = len;
	return addr;
}

static void address_put(struct unix_address *addr)
{
	if (addr && atomic_dec_and_test(&addr->refcnt))
		kfree(addr);
}

void unix_share_name(struct sock *to, const struct sock *from)
{
	if (unix_sk(from)->addr) {
		atomic_inc(&unix_sk(from)->addr->refcnt);
		unix_sk(to)->addr = unix_sk(from)->addr;
	}
}

int unix_put_name(const struct sock *sk, void *to)
{
	const struct unix_address *addr = unix_sk(sk)->addr;

	if (!addr) {
		((struct sockaddr_un *)to)->sun_family = AF_UNIX;
		return UNIX_PATH_AT;
	}
	memcpy(to, &addr->name, (size_t)addr->len);
	return addr->len;
}

void unix_put_sender(struct kmsghdr *msg, const struct sk_buff *skb)
{
	if (msg->msg_name)
		msg->msg_namelen = unix_sk(skb->sk)->addr ? unix_put_name(skb->sk, msg->msg_name) : 0;
}

/* ---- the table of abstract names: one for each type of socket ---- */

static struct hlist_head *name_chain(struct net *net, const struct sockaddr_un *name, int len, int type)
{
	return &net->unx.names[jhash(name, (u32)len, (u32)type) % UNIX_HASH_SIZE];
}

/* Lock held. */
static struct sock *find_abstract(struct net *net, const struct sockaddr_un *name, int len, int type)
{
	struct sock *sk;

	sk_for_each(sk, name_chain(net, name, len, type)) {
		const struct unix_address *addr = unix_sk(sk)->addr;

		if (sk->sk_type == type && addr->len == len && !memcmp(&addr->name, name, (size_t)len))
			return sk;
	}
	return NULL;
}

/* @sk gets @addr unless it has a name, or somebody this one. 0, -EINVAL, -EADDRINUSE. */
static int take_abstract(struct sock *sk, struct unix_address *addr)
{
	struct net *net = sock_net(sk);
	int err = 0;

	unix_lock(sk);
	if (unix_sk(sk)->addr) {
		err = -EINVAL;
	} else if (find_abstract(net, &addr->name, addr->len, sk->sk_type)) {
		err = -EADDRINUSE;
	} else {
		unix_sk(sk)->addr = addr;
		sk_add_node(sk, name_chain(net, &addr->name, addr->len, sk->sk_type));
	}
	unix_unlock(sk);
	return err;
}

int unix_autobind(struct sock *sk)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	u32 number = get_random_below(AUTOBIND_NAMES), tries;
	struct unix_address *addr;
	int err = -ENOSPC;

	if (unix_sk(sk)->addr)
		return 0;
	addr = address_new(&name, UNIX_PATH_AT + 6);
	if (!addr)
		return -ENOMEM;
	for (tries = 0; tries < AUTOBIND_NAMES; tries++, number++) {
		snprintf(addr->name.sun_path + 1, 6, "%05x", number % AUTOBIND_NAMES);
		err = take_abstract(sk, addr);
		if (err != -EADDRINUSE)
			break;
	}
	if (err)
		address_put(addr);
	if (err == -EADDRINUSE)
		return -ENOSPC;
	return err == -EINVAL ? 0 : err; /* another task has bound it meanwhile */
}

/* ---- paths ---- */

/* The node's i_private leads to the socket as long as it has the name. 0 or -errno. */
static int bind_path(struct sock *sk, struct unix_address *addr)
{
	struct inode *inode = vfs_mksock(addr->name.sun_path);

	if (IS_ERR(inode))
		return PTR_ERR(inode) == -EEXIST ? -EADDRINUSE : (int)PTR_ERR(inode);
	unix_lock(sk);
	unix_sk(sk)->addr = addr;
	unix_sk(sk)->inode = inode;
	inode->i_private = sk;
	unix_unlock(sk);
	return 0;
}

int unix_bind(struct socket *sock, struct sockaddr *uaddr, int addr_len)
{
	struct sock *sk = sock->sk;
	struct unix_address *addr;
	int err;

	if (addr_len == UNIX_PATH_AT && uaddr->sa_family == AF_UNIX)
		return unix_autobind(sk);
	err = unix_check_addr(uaddr, addr_len);
	if (err)
		return err;
	addr = address_new((const struct sockaddr_un *)uaddr, addr_len);
	if (!addr)
		return -ENOMEM;
	if (is_abstract(&addr->name))
		err = take_abstract(sk, addr);
	else if (unix_sk(sk)->addr)
		err = -EINVAL;
	else
		err = bind_path(sk, addr);
	if (err)
		address_put(addr);
	return err;
}

/* Who listens at a path. */
static struct sock *find_path(struct sock *sk, const char *path)
{
	struct inode *inode = vfs_lookup(path);
	struct sock *other;

	if (IS_ERR(inode))
		return (void *)inode;
	unix_lock(sk);
	other = S_ISSOCK(inode->i_mode) ? inode->i_private : NULL;
	if (other && sock_net(other) != sock_net(sk))
		other = NULL; /* another stack's: the tree of names is everybody's, a socket is not */
	if (other && other->sk_type != sk->sk_type)
		other = ERR_PTR(-EPROTOTYPE);
	else if (other)
		sock_hold(other);
	unix_unlock(sk);
	iput(inode);
	return other ? other : ERR_PTR(-ECONNREFUSED);
}

struct sock *unix_find(struct sock *sk, const struct sockaddr *addr, int len)
{
	struct sockaddr_un name = { .sun_family = 0 };
	char path[UNIX_PATH_MAX + 1] = { 0 };
	struct sock *other;

	memcpy(&name, addr, (size_t)len);
	if (!is_abstract(&name)) {
		memcpy(path, name.sun_path, (size_t)(len - UNIX_PATH_AT));
		return find_path(sk, path);
	}
	unix_lock(sk);
	other = find_abstract(sock_net(sk), &name, len, sk->sk_type);
	if (other)
		sock_hold(other);
	unix_unlock(sk);
	return other ? other : ERR_PTR(-ECONNREFUSED);
}

void unix_drop_name(struct sock *sk)
{
	sk_del_node_init(sk);
	if (unix_sk(sk)->inode)
		unix_sk(sk)->inode->i_private = NULL;
}

void unix_free_name(struct sock *sk)
{
	if (unix_sk(sk)->inode)
		iput(unix_sk(sk)->inode);
	address_put(unix_sk(sk)->addr);
}
