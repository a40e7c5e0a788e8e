/* SPDX-License-Identifier: MIT */
/* Tests of network devices: names, notifiers, receive by NAPI and backlog, transmit through the
 * queue, link state, namespaces. */
#include <kernel/bitops.h>
#include <net/pkt_sched.h>
#include <wire/eth.h>

#include "net_unit.h"

/* ---- life and names ---- */

IN_TASK(names_are_given_in_order_and_are_unique)
{
	struct net_device *a = fake_new(false), *b = fake_new(false), *c;

	assert_string_equal(a->name, "eth0");
	assert_string_equal(b->name, "eth1");
	assert_ptr_equal(__dev_get_by_name(&init_net, "eth1"), b);
	assert_ptr_equal(__dev_get_by_index(&init_net, a->ifindex), a);
	fake_free(a);
	c = fake_new(false);
	assert_string_equal(c->name, "eth0");
	assert_int_not_equal(c->ifindex, b->ifindex);
	fake_free(b);
	fake_free(c);
	assert_null(__dev_get_by_name(&init_net, "eth0"));
	return 0;
}

static unsigned long events[32];
static unsigned int nr_events;

static int note_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct net_device *dev = data;

	if (strncmp(dev->name, "lo", 2))
		events[nr_events++ % 32] = event;
	return 0;
}

IN_TASK(notifiers_hear_of_what_is_and_what_comes)
{
	struct notifier_block nb = { .notifier_call = note_event };
	struct net_device *dev = fake_new(true);
	const unsigned long expected[] = { NETDEV_REGISTER,   NETDEV_UP,   NETDEV_CHANGEMTU,
					   NETDEV_GOING_DOWN, NETDEV_DOWN, NETDEV_UNREGISTER };
	unsigned int i;

	nr_events = 0;
	register_netdevice_notifier(&nb);
	rtnl_lock();
	assert_int_equal(dev_set_mtu(dev, 1400), 0);
	assert_int_equal(dev_set_mtu(dev, 20), -EINVAL);
	assert_int_equal(dev_set_mtu(dev, 9000), -EINVAL);
	rtnl_unlock();
	fake_free(dev);
	assert_int_equal(nr_events, ARRAY_SIZE(expected));
	for (i = 0; i < nr_events; i++)
		assert_int_equal(events[i], expected[i]);
	assert_int_equal(unregister_netdevice_notifier(&nb), 0);
	assert_int_equal(unregister_netdevice_notifier(&nb), -ENOENT);
	return 0;
}

IN_TASK(flags_promiscuity_and_multicast_reach_the_driver)
{
	static const u8 group[6] = { 1, 0, 0x5e, 0, 0, 1 };
	struct net_device *dev = fake_new(false);

	rtnl_lock();
	assert_int_equal(dev_change_flags(dev, dev->flags | IFF_UP), 0);
	assert_int_equal(fake(dev)->opens, 1);
	dev_change_flags(dev, dev->flags | IFF_PROMISC);
	dev_set_promiscuity(dev, 1);
	dev_change_flags(dev, dev->flags & ~(unsigned int)IFF_PROMISC);
	assert_true(dev->flags & IFF_PROMISC);		/* somebody else still wants it */
	assert_false(dev_get_flags(dev) & IFF_PROMISC); /* not the user */
	dev_set_promiscuity(dev, -1);
	assert_false(dev->flags & IFF_PROMISC);
	fake(dev)->rx_modes = 0;
	assert_int_equal(dev_mc_add(dev, group, 6), 0);
	assert_int_equal(dev_mc_add(dev, group, 6), 0);
	assert_int_equal(fake(dev)->rx_modes, 1);
	assert_int_equal(dev_mc_delete(dev, group, 6), 0);
	assert_int_equal(dev_mc_delete(dev, group, 6), 0);
	assert_int_equal(fake(dev)->rx_modes, 2);
	assert_int_equal(dev_mc_delete(dev, group, 6), -ENOENT);
	assert_true(dev_get_flags(dev) & IFF_RUNNING);
	rtnl_unlock();
	fake_free(dev);
	return 0;
}

/* ---- receive ---- */

static unsigned int got, got_bytes;

static int take_it(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
		   struct net_device *orig_dev)
{
	skb = skb_share_check(skb, GFP_ATOMIC);
	got++;
	got_bytes += skb->len;
	consume_skb(skb);
	return 0;
}

static struct sk_buff *frame(struct net_device *dev, const u8 *dst, u16 type, unsigned int len)
{
	struct sk_buff *skb = netdev_alloc_skb_ip_align(dev, len);
	struct ethhdr *eth = skb_put_zero(skb, len);

	memcpy(eth->h_dest, dst, 6);
	eth->h_source[5] = 9;
	eth->h_proto = htons(type);
	skb->protocol = eth_type_trans(skb, dev);
	return skb;
}

IN_TASK(handlers_get_their_protocol_and_taps_all)
{
	static struct packet_type pt = { .type = htons(0x88b5), .func = take_it };
	static struct packet_type tap = { .type = htons(ETH_P_ALL), .func = take_it };
	struct net_device *dev = fake_new(true);
	u64 unhandled = init_net.drops[SKB_DROP_REASON_UNHANDLED_PROTO];
	struct sk_buff *skb;

	dev_add_pack(&pt);
	got = 0;
	skb = frame(dev, dev->dev_addr, 0x88b5, 60);
	assert_int_equal(skb->pkt_type, PACKET_HOST);
	assert_int_equal(netif_rx(skb), NET_RX_SUCCESS);
	assert_int_equal(netif_rx(frame(dev, dev->broadcast, 0x88b6, 60)), NET_RX_SUCCESS);
	msleep(1);
	assert_int_equal(got, 1);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_UNHANDLED_PROTO], unhandled + 1);
	dev_add_pack(&tap);
	netif_rx(frame(dev, dev->dev_addr, 0x88b5, 60));
	netif_rx(frame(dev, (const u8 *)"\2\2\2\2\2\2", 0x88b6, 60));
	msleep(1);
	assert_int_equal(got, 4);
	dev_remove_pack(&tap);
	dev_remove_pack(&pt);
	fake_free(dev);
	return 0;
}

IN_TASK(backlog_is_bounded_and_counts_what_it_drops)
{
	static struct packet_type pt = { .type = htons(0x88b5), .func = take_it };
	struct net_device *dev = fake_new(true);
	u64 drops = init_net.drops[SKB_DROP_REASON_CPU_BACKLOG];
	unsigned int i, dropped = 0;

	dev_add_pack(&pt);
	got = 0;
	local_bh_disable();
	for (i = 0; i < 1500; i++)
		dropped += netif_rx(frame(dev, dev->dev_addr, 0x88b5, 60)) == NET_RX_DROP;
	local_bh_enable();
	msleep(5);
	assert_int_equal(dropped, 1500 - 1001);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_CPU_BACKLOG] - drops, dropped);
	assert_int_equal(got, 1500 - dropped);
	dev_remove_pack(&pt);
	fake_free(dev);
	return 0;
}

static unsigned int polls, endless;

static int test_poll(struct napi_struct *napi, int budget)
{
	polls++;
	if (endless) {
		endless--;
		return budget;
	}
	napi_complete(napi);
	return budget - 1;
}

IN_TASK(napi_polls_within_its_budget_and_can_be_stopped)
{
	struct net_device *dev = fake_new(true);
	struct napi_struct napi;

	netif_napi_add(dev, &napi, test_poll, 16);
	assert_false(napi_schedule_prep(&napi)); /* not enabled */
	napi_enable(&napi);
	polls = 0;
	endless = 500;
	napi_schedule(&napi);
	assert_false(napi_schedule_prep(&napi)); /* it is under way */
	msleep(20);
	assert_int_equal(polls, 501);
	assert_true(napi_schedule_prep(&napi));
	__napi_schedule(&napi);
	napi_disable(&napi);
	assert_false(napi_schedule_prep(&napi));
	netif_napi_del(&napi);
	fake_free(dev);
	return 0;
}

/* ---- transmit ---- */

static struct sk_buff *packet(struct net_device *dev, u32 priority)
{
	struct sk_buff *skb = alloc_skb(200, GFP_KERNEL);

	skb_reserve(skb, 64);
	skb_put_zero(skb, 100);
	skb_reset_network_header(skb);
	skb->dev = dev;
	skb->priority = priority;
	return skb;
}

IN_TASK(a_stopped_queue_keeps_packets_in_order_of_their_band)
{
	struct net_device *dev = fake_new(true);
	int i;

	assert_int_equal(dev_queue_xmit(packet(dev, 0)), 0);
	assert_int_equal(fake(dev)->sent.qlen, 1);
	fake(dev)->busy = true;
	for (i = 0; i < 4; i++)
		assert_int_equal(dev_queue_xmit(packet(dev, i & 1 ? 6 : 2)),
				 0); /* interactive, bulk */
	assert_int_equal(fake(dev)->sent.qlen, 1);
	assert_int_equal(dev->qdisc->qlen, 4);
	fake(dev)->busy = false;
	netif_wake_queue(dev);
	msleep(1);
	assert_int_equal(fake(dev)->sent.qlen, 5);
	assert_int_equal(dev->qdisc->qlen, 0);
	assert_int_equal(fake(dev)->sent.prev->priority, 2);
	fake_free(dev);
	return 0;
}

IN_TASK(a_full_queue_and_a_dead_link_drop_and_count)
{
	struct net_device *dev = fake_new(true);
	u64 full = init_net.drops[SKB_DROP_REASON_QDISC_DROP],
	    down = init_net.drops[SKB_DROP_REASON_DEV_READY];
	unsigned int i;

	fake(dev)->busy = true;
	for (i = 0; i < 1010; i++)
		dev_queue_xmit(packet(dev, 0));
	assert_int_equal(init_net.drops[SKB_DROP_REASON_QDISC_DROP] - full, 10);
	assert_int_equal(dev->qdisc->drops, 10); /* they are the discipline's, and not the device's */
	assert_int_equal(dev->stats.tx_dropped, 0);
	netif_carrier_off(dev);
	msleep(5);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_DEV_READY] - down, 1000);
	dev_queue_xmit(packet(dev, 0));
	assert_int_equal(init_net.drops[SKB_DROP_REASON_DEV_READY] - down, 1001);
	assert_false(dev_get_flags(dev) & IFF_RUNNING);
	fake(dev)->busy = false;
	netif_start_queue(dev);
	netif_carrier_on(dev);
	msleep(5);
	assert_int_equal(dev_queue_xmit(packet(dev, 0)), 0);
	assert_int_equal(fake(dev)->sent.qlen, 1);
	fake_free(dev);
	return 0;
}

IN_TASK(the_watchdog_bites_a_queue_that_stands_still)
{
	struct net_device *dev = fake_new(true);

	msleep(12000);
	assert_int_equal(fake(dev)->timeouts, 0); /* idle is not stuck */
	netif_stop_queue(dev);
	msleep(12000);
	assert_true(fake(dev)->timeouts >= 1);
	fake_free(dev);
	return 0;
}

IN_TASK(what_the_device_cannot_is_done_for_it)
{
	struct net_device *dev = fake_new(true);
	struct sk_buff *skb = packet(dev, 0);
	struct page *page = alloc_page(GFP_KERNEL);

	memset(page_address(page), 7, 100);
	skb_add_rx_frag(skb, 0, page, 0, 100, 100);
	assert_true(skb_partial_csum_set(skb, 40, 16));
	assert_int_equal(dev_queue_xmit(skb), 0);
	skb = skb_peek(&fake(dev)->sent);
	assert_false(skb_is_nonlinear(skb));
	assert_int_equal(skb->ip_summed, CHECKSUM_NONE);
	assert_true(skb->data[56] | skb->data[57]);
	fake_free(dev);
	return 0;
}

IN_TASK(ethernet_headers_are_built_and_read)
{
	static const u8 peer[6] = { 2, 3, 4, 5, 6, 7 };
	struct net_device *dev = fake_new(false);
	struct sk_buff *skb = packet(dev, 0);
	u8 addr[8];

	assert_int_equal(dev_hard_header(skb, dev, ETH_P_ARP, peer, NULL, skb->len), ETH_HLEN);
	assert_memory_equal(skb->data, peer, 6);
	assert_memory_equal(skb->data + 6, dev->dev_addr, 6);
	assert_int_equal(get_unaligned_be16(skb->data + 12), ETH_P_ARP);
	assert_int_equal(eth_type_trans(skb, dev), htons(ETH_P_ARP));
	assert_int_equal(skb->pkt_type, PACKET_OTHERHOST);
	assert_int_equal(eth_header_ops.parse(skb, addr), 6);
	assert_memory_equal(addr, dev->dev_addr, 6);
	kfree_skb(skb);
	fake_free(dev);
	return 0;
}

IN_TASK(namespaces_have_devices_of_their_own)
{
	struct net *net = net_create();

	assert_false(IS_ERR(net));
	assert_non_null(net->loopback_dev);
	assert_ptr_not_equal(net->loopback_dev, init_net.loopback_dev);
	assert_null(__dev_get_by_name(net, "eth0"));
	net_destroy(net);
	return 0;
}

static int request(unsigned int cmd, struct ifreq *ifr)
{
	return dev_ioctl(&init_net, cmd, KERNEL_SOCKPTR(ifr));
}

IN_TASK(ioctls_answer_as_on_linux)
{
	struct net_device *dev = fake_new(false);
	struct ifreq ifr = { .ifr_name = "eth0" };

	assert_int_equal(request(SIOCGIFINDEX, &ifr), 0);
	assert_int_equal(ifr.ifr_ifindex, dev->ifindex);
	memset(ifr.ifr_name, 0, IFNAMSIZ);
	assert_int_equal(request(SIOCGIFNAME, &ifr), 0);
	assert_string_equal(ifr.ifr_name, "eth0");
	assert_int_equal(request(SIOCGIFMTU, &ifr), 0);
	assert_int_equal(ifr.ifr_mtu, 1500);
	ifr.ifr_mtu = 9000;
	assert_int_equal(request(SIOCSIFMTU, &ifr), -EINVAL);
	assert_int_equal(request(SIOCGIFHWADDR, &ifr), 0);
	assert_int_equal(ifr.ifr_hwaddr.sa_family, ARPHRD_ETHER);
	ifr.ifr_hwaddr.sa_data[0] = 1;
	assert_int_equal(request(SIOCSIFHWADDR, &ifr), -EADDRNOTAVAIL);
	ifr.ifr_hwaddr.sa_family = 99;
	assert_int_equal(request(SIOCSIFHWADDR, &ifr), -EINVAL);
	assert_int_equal(request(SIOCSIFMETRIC, &ifr), -EOPNOTSUPP);
	assert_int_equal(request(SIOCGIFCONF, &ifr), -ENOTTY);
	memcpy(ifr.ifr_newname, "wan", 4);
	assert_int_equal(request(SIOCSIFNAME, &ifr), 0);
	assert_int_equal(request(SIOCGIFFLAGS, &ifr), -ENODEV);
	memcpy(ifr.ifr_name, "wan:3", 6);
	assert_int_equal(request(SIOCGIFFLAGS, &ifr), 0);
	assert_string_equal(ifr.ifr_name, "wan:3");
	memset(ifr.ifr_name, 'x', IFNAMSIZ);
	assert_int_equal(request(SIOCGIFFLAGS, &ifr), -ENODEV);
	fake_free(dev);
	return 0;
}

static int unregister_it(void *data)
{
	fake_free(data);
	return 0;
}

IN_TASK(unregistering_waits_for_the_last_reference)
{
	struct net_device *dev = fake_new(true);
	struct task *t;
	int code;

	dev_hold(dev);
	t = kthread_run(unregister_it, dev, "unregister");
	task_get(t);
	msleep(50);
	assert_int_not_equal(t->state, TASK_DEAD);
	dev_put(dev);
	assert_int_equal(task_wait_exit(t, &code), 0);
	task_put(t);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_given_in_order_and_are_unique),
		cmocka_unit_test(notifiers_hear_of_what_is_and_what_comes),
		cmocka_unit_test(flags_promiscuity_and_multicast_reach_the_driver),
		cmocka_unit_test(handlers_get_their_protocol_and_taps_all),
		cmocka_unit_test(backlog_is_bounded_and_counts_what_it_drops),
		cmocka_unit_test(napi_polls_within_its_budget_and_can_be_stopped),
		cmocka_unit_test(a_stopped_queue_keeps_packets_in_order_of_their_band),
		cmocka_unit_test(a_full_queue_and_a_dead_link_drop_and_count),
		cmocka_unit_test(the_watchdog_bites_a_queue_that_stands_still),
		cmocka_unit_test(what_the_device_cannot_is_done_for_it),
		cmocka_unit_test(ethernet_headers_are_built_and_read),
		cmocka_unit_test(namespaces_have_devices_of_their_own),
		cmocka_unit_test(ioctls_answer_as_on_linux),
		cmocka_unit_test(unregistering_waits_for_the_last_reference),
	};

	return cmocka_run_group_tests_name("dev", tests, boot_net, no_warnings);
}
