/* SPDX-License-Identifier: MIT */
/* Network devices: names, registration, opening and closing, and who is told of it. Book
 * section 12.7.1. */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <net/pkt_sched.h>

#include "core_internal.h"

#define NETDEV_HASHENTRIES 32	/* a power of two */
#define MAX_NAME_NUMBER	   4096 /* "eth%d" is tried up to here */

static DEFINE_MUTEX(rtnl_mutex);
static struct notifier_block *netdev_chain; /* [RTNL] by falling priority */
static LIST_HEAD(net_todo_list); /* [RTNL] unregistered devices whose references are still to go */

/* ---- names and numbers ---- */

static struct hlist_head *name_bucket(struct net *net, const char *name)
{
	u32 hash = 2166136261u; /* FNV-1a: the names are ours */

	for (; *name; name++)
		hash = (hash ^ (u8)*name) * 16777619u;
	return &net->dev_name_head[hash & (NETDEV_HASHENTRIES - 1)];
}

static struct hlist_head *index_bucket(struct net *net, int ifindex)
{
	return &net->dev_index_head[(unsigned int)ifindex & (NETDEV_HASHENTRIES - 1)];
}

struct net_device *__dev_get_by_name(struct net *net, const char *name)
{
	struct net_device *dev;

	hlist_for_each_entry(dev, name_bucket(net, name), name_hlist)
		if (!strncmp(dev->name, name, IFNAMSIZ))
			return dev;
	return NULL;
}

struct net_device *dev_get_by_name(struct net *net, const char *name)
{
	struct net_device *dev = __dev_get_by_name(net, name);

	if (dev)
		dev_hold(dev);
	return dev;
}

struct net_device *__dev_get_by_index(struct net *net, int ifindex)
{
	struct net_device *dev;

	hlist_for_each_entry(dev, index_bucket(net, ifindex), index_hlist)
		if (dev->ifindex == ifindex)
			return dev;
	return NULL;
}

struct net_device *dev_get_by_index(struct net *net, int ifindex)
{
	struct net_device *dev = __dev_get_by_index(net, ifindex);

	if (dev)
		dev_hold(dev);
	return dev;
}

static bool dev_valid_name(const char *name)
{
	size_t len = strnlen(name, IFNAMSIZ);

	if (!len || len == IFNAMSIZ || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || isspace(*name))
			return false;
	return true;
}

/* dev_alloc_name - write a free name made from @pattern (which may hold one %d) to @buf. 0,
 * -EINVAL, -EEXIST, -ENFILE. */
static int dev_alloc_name(struct net *net, const char *pattern, char *buf)
{
	char name[2 * IFNAMSIZ];
	const char *percent = strchr(pattern, '%');
	int i;

	if (!dev_valid_name(pattern))
		return -EINVAL;
	if (!percent) {
		if (__dev_get_by_name(net, pattern))
			return -EEXIST;
		strscpy(buf, pattern, IFNAMSIZ);
		return 0;
	}
	if (percent[1] != 'd' || strchr(percent + 2, '%'))
		return -EINVAL;
	for (i = 0; i < MAX_NAME_NUMBER; i++) {
		int len = (int)(percent - pattern);

		scnprintf(name, sizeof(name), "%.*s%d%s", len, pattern, i, percent + 2);
		if (strlen(name) >= IFNAMSIZ)
			return -EINVAL;
		if (!__dev_get_by_name(net, name)) {
			strscpy(buf, name, IFNAMSIZ);
			return 0;
		}
	}
	return -ENFILE;
}

int dev_change_name(struct net_device *dev, const char *newname)
{
	struct net *net = dev_net(dev);
	char name[IFNAMSIZ];
	int err;

	ASSERT_RTNL();
	if (dev->flags & IFF_UP)
		return -EBUSY;
	if (!strncmp(newname, dev->name, IFNAMSIZ))
		return 0;
	err = dev_alloc_name(net, newname, name);
	if (err)
		return err;
	local_bh_disable();
	hlist_del(&dev->name_hlist);
	memcpy(dev->name, name, IFNAMSIZ);
	hlist_add_head(&dev->name_hlist, name_bucket(net, name));
	local_bh_enable();
	call_netdevice_notifiers(NETDEV_CHANGENAME, dev);
	return 0;
}

/* ---- notifiers ---- */

int register_netdevice_notifier(struct notifier_block *nb)
{
	struct notifier_block **link;
	struct net_device *dev;
	struct net *net;

	rtnl_lock();
	for (link = &netdev_chain; *link && (*link)->priority >= nb->priority;
	     link = &(*link)->next)
		;
	nb->next = *link;
	*link = nb;
	list_for_each_entry(net, &net_namespace_list, list) {
		for_each_netdev(net, dev) {
			nb->notifier_call(nb, NETDEV_REGISTER, dev);
			if (dev->flags & IFF_UP)
				nb->notifier_call(nb, NETDEV_UP, dev);
		}
	}
	rtnl_unlock();
	return 0;
}

int unregister_netdevice_notifier(struct notifier_block *nb)
{
	struct notifier_block **link;
	int err = -ENOENT;

	rtnl_lock();
	for (link = &netdev_chain; *link; link = &(*link)->next) {
		if (*link == nb) {
			*link = nb->next;
			err = 0;
			break;
		}
	}
	rtnl_unlock();
	return err;
}

void call_netdevice_notifiers(unsigned long event, struct net_device *dev)
{
	struct notifier_block *nb, *next;

	ASSERT_RTNL();
	for (nb = netdev_chain; nb; nb = next) {
		next = nb->next;
		nb->notifier_call(nb, event, dev);
	}
}

/* ---- life ---- */

struct net_device *alloc_netdev(size_t sizeof_priv, const char *name,
				void (*setup)(struct net_device *))
{
	size_t head = ALIGN(sizeof(struct net_device), (size_t)32);
	struct net_device *dev = kzalloc(head + sizeof_priv, GFP_KERNEL);

	if (!dev)
		return NULL;
	dev->priv = sizeof_priv ? (char *)dev + head : NULL;
	INIT_LIST_HEAD(&dev->dev_list);
	INIT_LIST_HEAD(&dev->link_watch_list);
	INIT_LIST_HEAD(&dev->todo_list);
	spin_lock_init_rank(&dev->queue_lock, LOCK_RANK_QDISC);
	spin_lock_init_rank(&dev->_xmit_lock, LOCK_RANK_XMIT);
	dev->gso_max_size = 65536;
	dev->gso_max_segs = 65535;
	dev->min_mtu = ETH_MIN_MTU;
	strscpy(dev->name, name, IFNAMSIZ);
	setup(dev);
	return dev;
}

void free_netdev(struct net_device *dev)
{
	if (WARN_ON(dev->reg_state == NETREG_REGISTERED || dev->reg_state == NETREG_UNREGISTERING))
		return;
	kfree(dev);
}

static void list_netdevice(struct net_device *dev)
{
	struct net *net = dev_net(dev);

	local_bh_disable();
	list_add_tail(&dev->dev_list, &net->dev_base_head);
	hlist_add_head(&dev->name_hlist, name_bucket(net, dev->name));
	hlist_add_head(&dev->index_hlist, index_bucket(net, dev->ifindex));
	net->dev_gen++;
	local_bh_enable();
}

static void unlist_netdevice(struct net_device *dev)
{
	local_bh_disable();
	list_del_init(&dev->dev_list);
	hlist_del(&dev->name_hlist);
	hlist_del(&dev->index_hlist);
	dev_net(dev)->dev_gen++;
	local_bh_enable();
}

static int dev_new_index(struct net *net)
{
	do {
		if (++net->ifindex <= 0)
			net->ifindex = 1;
	} while (__dev_get_by_index(net, net->ifindex));
	return net->ifindex;
}

int register_netdevice(struct net_device *dev)
{
	int err;

	ASSERT_RTNL();
	might_sleep();
	if (WARN_ON(dev->reg_state != NETREG_UNINITIALIZED))
		return -EINVAL;
	if (!dev->nd_net)
		dev->nd_net = &init_net;
	err = dev_alloc_name(dev->nd_net, dev->name, dev->name);
	if (err)
		return err;
	if (dev->netdev_ops->ndo_init) {
		err = dev->netdev_ops->ndo_init(dev);
		if (err)
			return err > 0 ? -EIO : err;
	}
	memcpy(dev->perm_addr, dev->dev_addr, MAX_ADDR_LEN);
	dev->ifindex = dev_new_index(dev->nd_net);
	/* What needs fragments gathered and checksums filled in by the device has no use without
	 * both. */
	if (!(dev->features & (NETIF_F_IP_CSUM | NETIF_F_HW_CSUM)))
		dev->features &= ~(u32)NETIF_F_SG;
	if (!(dev->features & NETIF_F_SG))
		dev->features &= ~(u32)NETIF_F_GSO_MASK;
	/* What needs no device. */
	dev->features |= NETIF_F_GSO | NETIF_F_GRO;
	set_bit(__LINK_STATE_PRESENT, &dev->state);
	dev_init_scheduler(dev);
	dev_hold(dev);
	list_netdevice(dev);
	dev->reg_state = NETREG_REGISTERED;
	call_netdevice_notifiers(NETDEV_REGISTER, dev);
	return 0;
}

int register_netdev(struct net_device *dev)
{
	int err;

	rtnl_lock();
	err = register_netdevice(dev);
	rtnl_unlock();
	return err;
}

/* Everything but the wait for the last reference, which rtnl_unlock does. */
void unregister_netdevice(struct net_device *dev)
{
	ASSERT_RTNL();
	if (WARN_ON(dev->reg_state != NETREG_REGISTERED))
		return;
	dev_close(dev);
	dev->reg_state = NETREG_UNREGISTERING;
	unlist_netdevice(dev);
	flush_backlog(dev);
	dev_shutdown_scheduler(dev);
	call_netdevice_notifiers(NETDEV_UNREGISTER, dev);
	dev_mc_flush(dev);
	if (dev->netdev_ops->ndo_uninit)
		dev->netdev_ops->ndo_uninit(dev);
	linkwatch_forget(dev);
	dev_put(dev);
	list_add_tail(&dev->todo_list, &net_todo_list);
}

void unregister_netdev(struct net_device *dev)
{
	rtnl_lock();
	unregister_netdevice(dev);
	rtnl_unlock();
}

/* netdev_wait_allrefs - sleep until nobody refers to @dev; those who cache it are asked again each
 * second. */
static void netdev_wait_allrefs(struct net_device *dev)
{
	unsigned long start = jiffies, asked = start, warned = start;

	while (atomic_read(&dev->refcnt)) {
		if (time_after(jiffies, asked + HZ)) {
			asked = jiffies;
			mutex_lock(&rtnl_mutex);
			call_netdevice_notifiers(NETDEV_UNREGISTER, dev);
			mutex_unlock(&rtnl_mutex);
		}
		msleep(1);
		if (time_after(jiffies, warned + 10 * HZ)) {
			warned = jiffies;
			pr_err("%s: still %d references after unregistering\n", dev->name,
			       atomic_read(&dev->refcnt));
		}
	}
}

/* ---- the lock of all configuration ---- */

void rtnl_lock(void)
{
	mutex_lock(&rtnl_mutex);
}

void rtnl_unlock(void)
{
	struct net_device *dev;
	LIST_HEAD(todo);

	list_splice_tail_init(&net_todo_list, &todo);
	mutex_unlock(&rtnl_mutex);
	while (unlikely(!list_empty(&todo))) {
		dev = list_first_entry(&todo, struct net_device, todo_list);
		list_del_init(&dev->todo_list);
		netdev_wait_allrefs(dev);
		dev->reg_state = NETREG_UNREGISTERED;
		if (dev->destructor)
			dev->destructor(dev);
	}
}

bool rtnl_is_locked(void)
{
	return mutex_is_locked(&rtnl_mutex);
}

/* ---- open and close ---- */

int dev_open(struct net_device *dev)
{
	int err = 0;

	ASSERT_RTNL();
	if (dev->flags & IFF_UP)
		return 0;
	if (!test_bit(__LINK_STATE_PRESENT, &dev->state))
		return -ENODEV;
	set_bit(__LINK_STATE_START, &dev->state);
	if (dev->netdev_ops->ndo_open)
		err = dev->netdev_ops->ndo_open(dev);
	if (err) {
		clear_bit(__LINK_STATE_START, &dev->state);
		return err;
	}
	dev->flags |= IFF_UP;
	dev_set_rx_mode(dev);
	dev_activate(dev);
	call_netdevice_notifiers(NETDEV_UP, dev);
	return 0;
}

int dev_close(struct net_device *dev)
{
	ASSERT_RTNL();
	might_sleep();
	if (!(dev->flags & IFF_UP))
		return 0;
	call_netdevice_notifiers(NETDEV_GOING_DOWN, dev);
	clear_bit(__LINK_STATE_START, &dev->state);
	dev_deactivate(dev);
	if (dev->netdev_ops->ndo_stop)
		dev->netdev_ops->ndo_stop(dev);
	dev->flags &= ~(unsigned int)IFF_UP;
	call_netdevice_notifiers(NETDEV_DOWN, dev);
	return 0;
}

void dev_get_stats(struct net_device *dev, struct net_device_stats *s)
{
	*s = dev->stats;
	if (dev->netdev_ops->ndo_get_stats)
		dev->netdev_ops->ndo_get_stats(dev, s);
}

/* ---- a namespace's part ---- */

static int netdev_net_init(struct net *net)
{
	INIT_LIST_HEAD(&net->dev_base_head);
	net->dev_name_head = kcalloc(2 * NETDEV_HASHENTRIES, sizeof(struct hlist_head), GFP_KERNEL);
	if (!net->dev_name_head)
		return -ENOMEM;
	net->dev_index_head = net->dev_name_head + NETDEV_HASHENTRIES;
	return 0;
}

static void netdev_net_exit(struct net *net)
{
	WARN_ON(!list_empty(&net->dev_base_head));
	kfree(net->dev_name_head);
	net->dev_name_head = net->dev_index_head = NULL;
}

static struct pernet_operations netdev_net_ops = {
	.init = netdev_net_init,
	.exit = netdev_net_exit,
};

void net_dev_init(void)
{
	if (register_pernet_subsys(&netdev_net_ops))
		panic("network devices: out of memory");
	dev_rx_init();
	dev_tx_init();
	linkwatch_init();
}
