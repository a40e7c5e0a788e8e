/* SPDX-License-Identifier: MIT */
/*
 * Who gets which address: ip= is applied to each device as it appears, by a thread that also runs
 * the DHCP clients. Nothing waits for it: devices without an address work as far as they can.
 */
#include <kernel/err.h>
#include <kernel/fs.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/version.h>
#include <net/ip_fib.h>
#include "dhcp_internal.h"

#define IPCONFIG_TEXT_MAX 256

void ipconfig_kick(struct ipconfig_net *ic)
{
	ic->kick = true;
	wake_up(&ic->wait);
}

void ipconfig_resolver(const __be32 *dns, unsigned int n, const char *domain)
{
	char text[256];
	int len = 0;
	unsigned int i;

	if (domain && *domain)
		len += scnprintf(text + len, sizeof(text) - (size_t)len, "search %s\n", domain);
	for (i = 0; i < n; i++)
		if (dns[i])
			len += scnprintf(text + len, sizeof(text) - (size_t)len,
					 "nameserver %pI4\n", &dns[i]);
	kernel_write_whole("/etc/resolv.conf", text, (size_t)len);
}

int ipconfig_default_route(struct net_device *dev, __be32 gw, u8 protocol)
{
	struct fib_config cfg = { .fc_gw = gw,
				  .fc_oif = dev->ifindex,
				  .fc_protocol = protocol,
				  .fc_type = RTN_UNICAST,
				  .fc_nlflags = NLM_F_CREATE | NLM_F_EXCL };
	struct fib_table *tb = dev_net(dev)->ipv4.fib_main;
	struct fib_config old = { .fc_oif = dev->ifindex,
				  .fc_protocol = protocol,
				  .fc_type = RTN_UNICAST,
				  .fc_noscope = true };
	int err;

	while (!fib_table_delete(tb, &old))
		; /* what an earlier lease said of this device */
	err = fib_table_insert(tb, &cfg);
	if (err == -ENETUNREACH) {
		cfg.fc_flags = RTNH_F_ONLINK; /* a gateway outside the subnet: the server knows that
						 it is there */
		err = fib_table_insert(tb, &cfg);
	}
	if (err == -EEXIST) {
		cfg.fc_priority = 1024 + (u32)dev->ifindex; /* another device was first */
		err = fib_table_insert(tb, &cfg);
	}
	return err;
}

/* ---- the entries of the command line ---- */

/* A new entry: two for the same device would contradict each other. */
static const char *ipconfig_add(struct ipconfig_net *ic, const struct ipconfig_entry *e)
{
	unsigned int i;

	for (i = 0; e->device[0] && i < ic->nr_entries; i++)
		if (!strcmp(ic->entries[i].device, e->device))
			return "the device has an ip= already";
	if (ic->nr_entries == IPCONFIG_ENTRIES)
		return "more of ip= than are kept";
	ic->entries[ic->nr_entries++] = *e;
	if (e->hostname[0])
		uts_set_nodename(e->hostname);
	if (e->domain[0])
		uts_set_domainname(e->domain);
	return NULL;
}

static void ipconfig_read_cmdline(struct ipconfig_net *ic)
{
	struct ipconfig_entry e;
	char text[IPCONFIG_TEXT_MAX + 1], whole[IPCONFIG_TEXT_MAX + 1];
	const char *wrong, *field;
	unsigned int i;

	for (i = 0; cmdline_get_nth("ip", i, text, sizeof(text)); i++) {
		strscpy(whole, text, sizeof(whole));
		if (strlen(text) >= IPCONFIG_TEXT_MAX) {
			pr_err("ip=%.32s...: too long, ignored\n", whole);
			continue;
		}
		wrong = ipconfig_parse(text, &e, &field);
		if (!wrong) {
			field = e.device;
			wrong = ipconfig_add(ic, &e);
		}
		if (wrong)
			pr_err("ip=%s: `%s`: %s; ignored\n", whole, field, wrong);
	}
	if (!ic->nr_entries)
		ic->entries[ic->nr_entries++] = (struct ipconfig_entry){ .mode = IPCONFIG_DHCP };
}

/* The entry that names the device; else one that names none. A static address is given to one device only.
 */
static struct ipconfig_entry *ipconfig_match(struct ipconfig_net *ic, const char *name, int ifindex)
{
	struct ipconfig_entry *any = NULL, *e;
	unsigned int i;

	for (i = 0; i < ic->nr_entries; i++) {
		e = &ic->entries[i];
		if (!strcmp(e->device, name))
			return e;
		if (!e->device[0] && !any && (!e->ifindex || e->ifindex == ifindex))
			any = e;
	}
	return any;
}

/* ---- applying ---- */

static bool ipconfig_concerns(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER && !(dev->flags & IFF_LOOPBACK);
}

static int ipconfig_bring_up(struct net *net, const char *name)
{
	struct net_device *dev;
	int err = -ENODEV;

	rtnl_lock();
	dev = __dev_get_by_name(net, name);
	if (dev)
		err = dev->flags & IFF_UP ? 0 : dev_change_flags(dev, dev->flags | IFF_UP);
	rtnl_unlock();
	if (err)
		pr_err("%s: cannot be brought up: error %d\n", name, err);
	return err;
}

/* The entry's address is in force: its route can come. */
static void ipconfig_taken(struct net_device *dev, struct ipconfig_entry *e)
{
	e->probed = false;
	if (e->gateway && ipconfig_default_route(dev, e->gateway, RTPROT_BOOT))
		pr_warn("%s: the gateway %pI4 cannot be reached\n", dev->name, &e->gateway);
	if (e->gateway)
		pr_info("%s: %pI4/%d, gateway %pI4\n", dev->name, &e->client,
			inet_mask_len(e->mask), &e->gateway);
	else
		pr_info("%s: %pI4/%d\n", dev->name, &e->client, inet_mask_len(e->mask));
}

/* ipconfig_take - the device, which is up, gets the address and the route of its entry, once. Context: process, RTNL. */
static void ipconfig_take(struct net_device *dev, struct ipconfig_entry *e)
{
	const struct in_ifaddr *ifa;
	int err;

	if (e->ifindex == dev->ifindex)
		return;
	e->ifindex = dev->ifindex;
	err = inet_set_address(dev, e->client, inet_mask_len(e->mask), 0, INFINITY_LIFE_TIME);
	if (err) {
		pr_err("%s: cannot take %pI4: error %d\n", dev->name, &e->client, err);
		return;
	}
	ifa = inet_find_address(dev, e->client);
	e->probed = ifa && !inet_ifa_usable(ifa);
	if (!e->probed)
		ipconfig_taken(dev, e);
}

/* ipconfig_apply_static - what a device's coming up has not done already: it is up, and names are resolved by the entry. */
static void ipconfig_apply_static(struct ipconfig_net *ic, const char *name,
				  struct ipconfig_entry *e)
{
	struct net_device *dev;

	if (ipconfig_bring_up(ic->net, name))
		return;
	rtnl_lock();
	dev = __dev_get_by_name(ic->net, name);
	if (dev)
		ipconfig_take(dev, e);
	rtnl_unlock();
	if (dev && (e->dns[0] || e->dns[1]))
		ipconfig_resolver(e->dns, ARRAY_SIZE(e->dns), e->domain);
}

/* dhcp_lock-free readers (dhcp_conflict) see a client only while softirqs could not see it half
 * made. */
static void ipconfig_set_client(struct ipconf_dev *d, struct dhcp_client *c)
{
	local_bh_disable();
	d->dhcp = c;
	local_bh_enable();
}

static int ipconfig_start_client(struct ipconfig_net *ic, struct ipconf_dev *d,
				 const struct ipconfig_entry *ip)
{
	struct dhcp_client *c = dhcp_client_new(ic, d->name, ip);

	if (IS_ERR(c)) {
		pr_err("%s: DHCP: cannot start: error %ld\n", d->name, -PTR_ERR(c));
		return (int)PTR_ERR(c);
	}
	ipconfig_set_client(d, c);
	if (d->running)
		dhcp_client_begin(c);
	return 0;
}

static void ipconfig_end_client(struct ipconf_dev *d, bool keep_address)
{
	struct dhcp_client *c = d->dhcp;

	if (!c)
		return;
	ipconfig_set_client(d, NULL);
	dhcp_client_free(c, keep_address);
}

static void ipconfig_apply(struct ipconfig_net *ic, struct ipconf_dev *d)
{
	struct ipconfig_entry *e = ipconfig_match(ic, d->name, d->ifindex);

	if (!e || e->mode == IPCONFIG_OFF)
		return;
	if (e->mode == IPCONFIG_STATIC)
		ipconfig_apply_static(ic, d->name, e);
	else if (!ipconfig_bring_up(ic->net, d->name))
		ipconfig_start_client(ic, d, e);
}

/* ---- following devices ---- */

static struct ipconf_dev *ipconf_find(struct ipconfig_net *ic, int ifindex)
{
	struct ipconf_dev *d;

	list_for_each_entry(d, &ic->devs, list)
		if (d->ifindex == ifindex)
			return d;
	return NULL;
}

/* What devices there are, and which are running. Context: ic->lock. */
static void ipconfig_look(struct ipconfig_net *ic)
{
	struct net_device *dev;
	struct ipconf_dev *d;

	list_for_each_entry(d, &ic->devs, list)
		d->seen = false;
	rtnl_lock();
	for_each_netdev(ic->net, dev) {
		if (!ipconfig_concerns(dev))
			continue;
		d = ipconf_find(ic, dev->ifindex);
		if (!d) {
			d = kzalloc(sizeof(*d), GFP_KERNEL);
			if (!d)
				continue;
			d->ifindex = dev->ifindex;
			d->fresh = true;
			local_bh_disable();
			list_add_tail(&d->list, &ic->devs);
			local_bh_enable();
		}
		strscpy(d->name, dev->name, sizeof(d->name));
		d->seen = true;
		d->running = (dev->flags & IFF_UP) && netif_carrier_ok(dev);
	}
	rtnl_unlock();
}

/* Configure what is new, forget what is gone, tell clients of links that come and go. */
static void ipconfig_follow(struct ipconfig_net *ic)
{
	struct ipconf_dev *d, *next;

	ipconfig_look(ic);
	list_for_each_entry_safe(d, next, &ic->devs, list) {
		if (!d->seen) {
			ipconfig_end_client(d, true);
			local_bh_disable();
			list_del(&d->list);
			local_bh_enable();
			kfree(d);
			continue;
		}
		if (d->fresh) {
			d->fresh = false;
			d->was_running = d->running;
			ipconfig_apply(ic, d);
			continue;
		}
		if (d->dhcp && d->running && !d->was_running)
			dhcp_client_resume(d->dhcp);
		else if (d->dhcp && !d->running && d->was_running)
			dhcp_client_pause(d->dhcp);
		d->was_running = d->running;
	}
}

static long ipconfig_run(struct ipconfig_net *ic)
{
	long next = MAX_SCHEDULE_TIMEOUT, due;
	struct ipconf_dev *d;

	mutex_lock(&ic->lock);
	ipconfig_follow(ic);
	list_for_each_entry(d, &ic->devs, list) {
		if (!d->dhcp || !d->running)
			continue;
		due = dhcp_client_run(d->dhcp);
		next = min(next, due);
	}
	mutex_unlock(&ic->lock);
	return next;
}

static int ipconfig_thread(void *arg)
{
	struct ipconfig_net *ic = arg;
	long timeout;

	while (!kthread_should_stop()) {
		ic->kick = false;
		timeout = ipconfig_run(ic);
		wait_event_interruptible_timeout(ic->wait, ic->kick || kthread_should_stop(),
						 timeout);
	}
	return 0;
}

static int ipconfig_need_thread(struct ipconfig_net *ic)
{
	struct task *t;

	if (ic->thread)
		return 0;
	t = kthread_run(ipconfig_thread, ic, "ipconfig");
	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	ic->thread = t;
	return 0;
}

/* ---- the console's side ---- */

/* The device's record, with ic->lock held; NULL with *err and the lock dropped. */
static struct ipconf_dev *ipconfig_get(struct net *net, const char *devname, int *err)
{
	struct ipconfig_net *ic = net->ipv4.ipconfig;
	struct ipconf_dev *d;

	mutex_lock(&ic->lock);
	ipconfig_look(ic);
	list_for_each_entry(d, &ic->devs, list)
		if (d->seen && !strcmp(d->name, devname))
			return d;
	mutex_unlock(&ic->lock);
	*err = -ENODEV;
	return NULL;
}

int dhcp_start(struct net *net, const char *devname)
{
	struct ipconfig_net *ic = net->ipv4.ipconfig;
	struct ipconf_dev *d;
	int err = 0;

	d = ipconfig_get(net, devname, &err);
	if (!d)
		return err;
	d->fresh = false; /* asked for by hand: ip= no longer decides */
	err = ipconfig_bring_up(net, devname);
	if (!err)
		ipconfig_look(ic);
	if (!err && !d->dhcp)
		err = ipconfig_start_client(ic, d, NULL);
	else if (!err && d->running)
		dhcp_client_begin(d->dhcp);
	d->was_running = d->running;
	mutex_unlock(&ic->lock);
	if (!err)
		err = ipconfig_need_thread(ic);
	ipconfig_kick(ic);
	return err;
}

static int dhcp_end(struct net *net, const char *devname, bool release)
{
	struct ipconf_dev *d;
	int err = 0;

	d = ipconfig_get(net, devname, &err);
	if (!d)
		return err;
	if (!d->dhcp)
		err = -ENOENT;
	else if (release)
		dhcp_client_release(d->dhcp);
	ipconfig_end_client(d, true);
	mutex_unlock(&net->ipv4.ipconfig->lock);
	return err;
}

int dhcp_release(struct net *net, const char *devname)
{
	return dhcp_end(net, devname, true);
}

int dhcp_stop(struct net *net, const char *devname)
{
	return dhcp_end(net, devname, false);
}

int dhcp_status(struct net *net, const char *devname, struct dhcp_status *st)
{
	struct ipconf_dev *d;
	int err = 0;

	d = ipconfig_get(net, devname, &err);
	if (!d)
		return err;
	if (d->dhcp)
		dhcp_client_status(d->dhcp, st);
	else
		err = -ENOENT;
	mutex_unlock(&net->ipv4.ipconfig->lock);
	return err;
}

/* ---- life ---- */

/* A static address is there before the first frame: it does not wait for the thread. Context: process, RTNL. */
static int ipconfig_netdev_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;
	struct ipconfig_net *ic = dev_net(dev)->ipv4.ipconfig;
	struct ipconfig_entry *e;

	if (!ic)
		return 0;
	if (event == NETDEV_UP && ipconfig_concerns(dev)) {
		e = ipconfig_match(ic, dev->name, dev->ifindex);
		if (e && e->mode == IPCONFIG_STATIC)
			ipconfig_take(dev, e);
	}
	if (ic->thread)
		ipconfig_kick(ic);
	return 0;
}

/* An address that was probed is ours, or another's, or gone. Context: process, RTNL. */
static int ipconfig_inetaddr_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct in_ifaddr *ifa = data;
	struct net_device *dev = ifa->ifa_dev->dev;
	struct ipconfig_net *ic = dev_net(dev)->ipv4.ipconfig;
	struct ipconfig_entry *e;

	if (!ic)
		return 0;
	e = ipconfig_match(ic, dev->name, dev->ifindex);
	if (event == NETDEV_UP && e && e->probed && e->ifindex == dev->ifindex &&
	    e->client == ifa->ifa_local && inet_ifa_usable(ifa))
		ipconfig_taken(dev, e);
	if (ic->thread)
		ipconfig_kick(ic);
	return 0;
}

static int ipconfig_net_init(struct net *net)
{
	struct ipconfig_net *ic = kzalloc(sizeof(*ic), GFP_KERNEL);

	if (!ic)
		return -ENOMEM;
	ic->net = net;
	init_waitqueue_head(&ic->wait);
	mutex_init(&ic->lock);
	INIT_LIST_HEAD(&ic->devs);
	net->ipv4.ipconfig = ic;
	/* The command line speaks of the first namespace; in others addresses come by hand, or by
	 * dhcp_start. */
	if (net != &init_net)
		return 0;
	ipconfig_read_cmdline(ic);
	return ipconfig_need_thread(ic);
}

static void ipconfig_net_exit(struct net *net)
{
	struct ipconfig_net *ic = net->ipv4.ipconfig;
	struct ipconf_dev *d;

	if (ic->thread)
		kthread_stop(ic->thread);
	net->ipv4.ipconfig = NULL;
	while (!list_empty(&ic->devs)) {
		d = list_first_entry(&ic->devs, struct ipconf_dev, list);
		ipconfig_end_client(d, false);
		list_del(&d->list);
		kfree(d);
	}
	kfree(ic);
}

static struct pernet_operations ipconfig_net_ops = { .init = ipconfig_net_init,
						     .exit = ipconfig_net_exit };
static struct notifier_block ipconfig_notifier = {
	.notifier_call = ipconfig_netdev_event, .priority = -20
}; /* after addresses and routes */
static struct notifier_block ipconfig_inetaddr_notifier = { .notifier_call = ipconfig_inetaddr_event };

static bool ipconfig_settled(struct ipconfig_net *ic)
{
	struct ipconf_dev *d;
	bool settled;

	mutex_lock(&ic->lock);
	settled = !ic->kick;
	list_for_each_entry(d, &ic->devs, list)
		if (d->dhcp && d->running && d->dhcp->state != DHCP_BOUND && !d->dhcp->told)
			settled = false;
	mutex_unlock(&ic->lock);
	return settled;
}

/* A name mistyped in ip= would otherwise be a silence. */
static void ipconfig_tell_missing(struct ipconfig_net *ic)
{
	struct net_device *dev;
	unsigned int i;

	for (i = 0; i < ic->nr_entries; i++) {
		if (!ic->entries[i].device[0])
			continue;
		rtnl_lock();
		dev = __dev_get_by_name(ic->net, ic->entries[i].device);
		rtnl_unlock();
		if (!dev)
			pr_warn("ip=: there is no device %s; what is said of it waits for it\n",
				ic->entries[i].device);
	}
}

void ipconfig_wait(struct net *net, unsigned int ms)
{
	struct ipconfig_net *ic = net->ipv4.ipconfig;

	if (ic)
		ipconfig_tell_missing(ic);
	for (; ic && ms && !ipconfig_settled(ic); ms--)
		msleep(1);
}

void ipconfig_init(void)
{
	register_netdevice_notifier(&ipconfig_notifier);
	register_inetaddr_notifier(&ipconfig_inetaddr_notifier);
	if (register_pernet_subsys(&ipconfig_net_ops))
		pr_err("ip=: no address configuration: out of memory\n");
}
