/* SPDX-License-Identifier: MIT */
/* A namespace's part of AF_UNIX: /proc/net/unix, net.unix.*. */
#include <kernel/printk.h>
#include <kernel/seq_file.h>

#include "unix_internal.h"

#define MAX_DGRAM_QLEN 10
#define SO_ACCEPTCON   0x10000u /* in the flags column: it listens */

static const struct ctl_table unix_table[] = {
	{ .procname = "net.unix.max_dgram_qlen", .offset = offsetof(struct netns_unix, sysctl_max_dgram_qlen),
	  .size = 4, .count = 1, .min = 0, .max = INT_MAX },
};

static socket_state shown_state(const struct sock *sk)
{
	if (sk->sk_socket)
		return sk->sk_state == TCP_ESTABLISHED ? SS_CONNECTED : SS_UNCONNECTED;
	return sk->sk_state == TCP_ESTABLISHED ? SS_CONNECTING : SS_DISCONNECTING;
}

/* An abstract name, with @ for each NUL in it, or a path. */
static void show_name(struct seq_file *m, const struct unix_address *addr)
{
	int i, n = addr->len - UNIX_PATH_AT;

	seq_putc(m, ' ');
	if (addr->name.sun_path[0])
		n--;
	for (i = 0; i < n; i++)
		seq_putc(m, addr->name.sun_path[i] ? addr->name.sun_path[i] : '@');
}

static int unix_show(struct seq_file *m, void *unused)
{
	struct net *net = current_net();
	struct sock *sk;

	seq_puts(m, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	spin_lock(&net->unx.lock);
	list_for_each_entry(sk, &net->unx.all, sk_all_node) {
		seq_printf(m, "%016lx: %08X %08X %08X %04X %02X %5lu", 0ul, atomic_read(&sk->sk_refcnt),
			   0u, sk->sk_state == TCP_LISTEN ? SO_ACCEPTCON : 0u, sk->sk_type,
			   (unsigned int)shown_state(sk),
			   sk->sk_socket ? (unsigned long)SOCK_INODE(sk->sk_socket)->i_ino : 0ul);
		if (unix_sk(sk)->addr)
			show_name(m, unix_sk(sk)->addr);
		seq_putc(m, '\n');
	}
	spin_unlock(&net->unx.lock);
	return 0;
}

static int unix_net_init(struct net *net)
{
	struct netns_unix *un = &net->unx;
	int i;

	spin_lock_init_rank(&un->lock, LOCK_RANK_UNIX);
	for (i = 0; i < UNIX_HASH_SIZE; i++)
		INIT_HLIST_HEAD(&un->names[i]);
	INIT_LIST_HEAD(&un->all);
	INIT_LIST_HEAD(&un->inflight);
	INIT_LIST_HEAD(&un->closing);
	un->sysctl_max_dgram_qlen = MAX_DGRAM_QLEN;
	return register_sysctl(&un->sysctl_hdr, unix_table, ARRAY_SIZE(unix_table), un);
}

static void unix_net_exit(struct net *net)
{
	unregister_sysctl(&net->unx.sysctl_hdr);
}

static struct pernet_operations unix_net_ops = { .init = unix_net_init, .exit = unix_net_exit };

void unix_proc_init(void)
{
	if (register_pernet_subsys(&unix_net_ops))
		pr_err("cannot add AF_UNIX\n");
	proc_create("net/unix", unix_show, NULL, NULL);
}
