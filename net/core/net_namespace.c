/* SPDX-License-Identifier: MIT */
/* struct net: the first one, making and ending others, and what each of them gets (pernet
 * operations). Book section 12.4. */
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#include "core_internal.h"

struct net init_net = { .count = ATOMIC_INIT(1) };
struct list_head net_namespace_list = LIST_HEAD_INIT(net_namespace_list);
static LIST_HEAD(pernet_list);	/* in order of registration [net_mutex] */
static DEFINE_MUTEX(net_mutex); /* taken outside of RTNL */
static unsigned int last_net_id;

struct net *current_net(void)
{
	return current->net ? current->net : &init_net;
}

static void ops_exit(struct pernet_operations *ops, struct net *net)
{
	if (ops->exit)
		ops->exit(net);
}

int register_pernet_subsys(struct pernet_operations *ops)
{
	struct net *net, *undo;
	int err;

	mutex_lock(&net_mutex);
	list_for_each_entry(net, &net_namespace_list, list) {
		err = ops->init ? ops->init(net) : 0;
		if (err)
			goto undo_inits;
	}
	list_add_tail(&ops->list, &pernet_list);
	mutex_unlock(&net_mutex);
	return 0;

undo_inits:
	list_for_each_entry(undo, &net_namespace_list, list) {
		if (undo == net)
			break;
		ops_exit(ops, undo);
	}
	mutex_unlock(&net_mutex);
	return err;
}

/* exit_before - undo what @net got, from the operations before @last on, in reverse. */
static void exit_before(struct net *net, struct list_head *last)
{
	struct list_head *pos;

	for (pos = last->prev; pos != &pernet_list; pos = pos->prev)
		ops_exit(list_entry(pos, struct pernet_operations, list), net);
}

struct net *net_create(void)
{
	struct net *net = kzalloc(sizeof(*net), GFP_KERNEL);
	struct pernet_operations *ops;
	int err = 0;

	if (!net)
		return ERR_PTR(-ENOMEM);
	atomic_set(&net->count, 1);
	mutex_lock(&net_mutex);
	net->id = ++last_net_id;
	list_for_each_entry(ops, &pernet_list, list) {
		err = ops->init ? ops->init(net) : 0;
		if (err) {
			exit_before(net, &ops->list);
			break;
		}
	}
	if (!err)
		list_add_tail(&net->list, &net_namespace_list);
	mutex_unlock(&net_mutex);
	if (err) {
		kfree(net);
		return ERR_PTR(err);
	}
	return net;
}

void net_destroy(struct net *net)
{
	if (WARN_ON(net == &init_net))
		return;
	mutex_lock(&net_mutex);
	list_del(&net->list);
	exit_before(net, &pernet_list);
	mutex_unlock(&net_mutex);
	WARN_ON(atomic_read(&net->count) != 1);
	kfree(net);
}

void net_ns_init(void)
{
	list_add_tail(&init_net.list, &net_namespace_list);
}
