/* SPDX-License-Identifier: MIT */
/* Tests of the neighbour subsystem: each transition of the NUD machine, the queue of waiting
 * packets, the limits of the table. */
#include <wire/eth.h>

#include "net_unit.h"

static struct neigh_table table;
static struct net_device *dev;
static unsigned int solicits, reports, solicited_with;

static void solicit(struct neighbour *n, struct sk_buff *skb)
{
	solicits++;
	solicited_with += skb != NULL;
}

static void error_report(struct neighbour *n, struct sk_buff *skb)
{
	reports++;
	kfree_skb_reason(skb, SKB_DROP_REASON_NEIGH_FAILED);
}

static const struct neigh_ops ops = {
	.family = 2,
	.solicit = solicit,
	.error_report = error_report,
	.output = neigh_resolve_output,
	.connected_output = neigh_connected_output,
};

static int constructor(struct neighbour *n)
{
	if (n->primary_key[0] == 0xff)
		return -EINVAL;
	n->ops = &ops;
	n->output = n->ops->output;
	return 0;
}

static u32 hash(const void *pkey, const struct net_device *d, const siphash_key_t *key)
{
	u32 k;

	memcpy(&k, pkey, 4);
	return (u32)siphash_2u64(k, (u64)d->ifindex, key);
}

static const u8 mac[6] = { 2, 0, 0, 0, 0, 1 }, other_mac[6] = { 2, 0, 0, 0, 0, 2 };

static void begin(void)
{
	memset(&table, 0, sizeof(table));
	table.key_len = 4;
	table.protocol = htons(ETH_P_IP);
	table.hash = hash;
	table.constructor = constructor;
	table.parms = (struct neigh_parms){ .mcast_probes = 3,
					    .ucast_probes = 3,
					    .retrans_time = HZ,
					    .base_reachable_time = 30 * HZ,
					    .gc_staletime = 60 * HZ,
					    .delay_probe_time = 5 * HZ,
					    .queue_len_bytes = 10000 };
	table.gc_interval = 30 * HZ;
	table.gc_thresh1 = 1;
	table.gc_thresh2 = 50;
	table.gc_thresh3 = 100;
	assert_int_equal(neigh_table_init(&init_net, &table), 0);
	dev = fake_new(true);
	solicits = reports = solicited_with = 0;
}

static void end(void)
{
	neigh_ifdown(&table, dev);
	neigh_table_clear(&table);
	assert_int_equal(neighbours_in_use(), 0);
	fake_free(dev);
}

static struct neighbour *get(u32 key)
{
	struct neighbour *n = __neigh_lookup_errno(&table, &key, dev);

	assert_false(IS_ERR(n));
	return n;
}

static struct sk_buff *packet(void)
{
	struct sk_buff *skb = alloc_skb(200, GFP_KERNEL);

	skb_reserve(skb, 64);
	skb_put_zero(skb, 100);
	skb_reset_network_header(skb);
	skb->dev = dev;
	skb->protocol = htons(ETH_P_IP);
	return skb;
}

static unsigned int packet_cost(void)
{
	struct sk_buff *skb = packet();
	unsigned int cost = skb->truesize;

	kfree_skb(skb);
	return cost;
}

IN_TASK(an_answer_sends_what_waited_in_order)
{
	struct neighbour *n;
	int i;

	begin();
	n = get(1);
	assert_int_equal(n->nud_state, NUD_NONE);
	for (i = 0; i < 3; i++) {
		struct sk_buff *skb = packet();

		skb->mark = (u32)i;
		assert_int_equal(neigh_output(n, skb), 0);
	}
	assert_int_equal(n->nud_state, NUD_INCOMPLETE);
	assert_int_equal(solicits, 1);
	assert_int_equal(solicited_with, 1);
	assert_int_equal(fake(dev)->sent.qlen, 0);
	assert_int_equal(neigh_update(n, mac, NUD_REACHABLE, NEIGH_UPDATE_F_OVERRIDE), 0);
	assert_int_equal(fake(dev)->sent.qlen, 3);
	for (i = 0; i < 3; i++) {
		struct sk_buff *skb = __skb_dequeue(&fake(dev)->sent);

		assert_int_equal(skb->mark, i);
		assert_memory_equal(skb->data, mac, 6);
		assert_memory_equal(skb->data + 6, dev->dev_addr, 6);
		assert_int_equal(skb->len, 114);
		consume_skb(skb);
	}
	assert_int_equal(n->hh.hh_len, 14); /* the header is ready from now on */
	assert_int_equal(neigh_output(n, packet()), 0);
	assert_memory_equal(skb_peek(&fake(dev)->sent)->data, mac, 6);
	neigh_release(n);
	end();
	return 0;
}

IN_TASK(silence_fails_and_reports_each_packet)
{
	u64 before = init_net.drops[SKB_DROP_REASON_NEIGH_FAILED];
	struct neighbour *n;

	begin();
	n = get(1);
	neigh_output(n, packet());
	neigh_output(n, packet());
	msleep(2500);
	assert_int_equal(solicits, 3);
	assert_int_equal(reports, 0);
	msleep(1000);
	assert_int_equal(n->nud_state, NUD_FAILED);
	assert_int_equal(reports, 2);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_NEIGH_FAILED] - before, 2);
	assert_int_equal(solicits, 3);
	neigh_output(n, packet()); /* tried again */
	assert_int_equal(n->nud_state, NUD_INCOMPLETE);
	assert_int_equal(solicits, 4);
	neigh_release(n);
	end();
	return 0;
}

IN_TASK(the_queue_is_bounded_and_drops_the_oldest)
{
	u64 before = init_net.drops[SKB_DROP_REASON_NEIGH_QUEUEFULL];
	unsigned int cost, i;
	struct neighbour *n;

	begin();
	n = get(1);
	cost = packet_cost();
	for (i = 0; i < 100; i++)
		neigh_output(n, packet());
	assert_true(n->arp_queue_len_bytes <= 10000);
	assert_int_equal(n->arp_queue.qlen, 10000 / cost);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_NEIGH_QUEUEFULL] - before,
			 100 - 10000 / cost);
	neigh_release(n);
	end();
	return 0;
}

IN_TASK(reachable_grows_stale_and_is_probed_when_used)
{
	struct neighbour *n;

	begin();
	n = get(1);
	neigh_update(n, mac, NUD_REACHABLE, NEIGH_UPDATE_F_OVERRIDE);
	msleep(60000);
	assert_int_equal(n->nud_state, NUD_STALE);
	assert_int_equal(solicits, 0);
	neigh_output(n, packet()); /* goes out, and starts the clock */
	assert_int_equal(fake(dev)->sent.qlen, 1);
	assert_int_equal(n->nud_state, NUD_DELAY);
	msleep(5500);
	assert_int_equal(n->nud_state, NUD_PROBE);
	assert_int_equal(solicits, 1);
	neigh_output(n, packet());
	assert_int_equal(fake(dev)->sent.qlen, 2);
	neigh_update(n, mac, NUD_REACHABLE, NEIGH_UPDATE_F_OVERRIDE);
	assert_int_equal(n->nud_state, NUD_REACHABLE);
	msleep(60000);
	neigh_output(n, packet());
	msleep(1000);
	neigh_confirm(n); /* a transport hears from it while it is watched */
	msleep(5000);
	assert_int_equal(n->nud_state, NUD_REACHABLE);
	assert_int_equal(solicits, 1);
	msleep(60000);
	neigh_output(n, packet());
	msleep(9500);
	assert_int_equal(n->nud_state, NUD_FAILED);
	assert_int_equal(solicits, 4);
	neigh_release(n);
	end();
	return 0;
}

IN_TASK(updates_obey_override_and_permanence)
{
	struct neighbour *n;

	begin();
	n = get(1);
	assert_int_equal(neigh_update(n, NULL, NUD_REACHABLE, 0), -EINVAL);
	neigh_update(n, mac, NUD_REACHABLE, 0);
	neigh_update(n, other_mac, NUD_STALE, 0); /* an unasked claim does not take over */
	assert_memory_equal(n->ha, mac, 6);
	assert_int_equal(n->nud_state, NUD_REACHABLE);
	neigh_update(n, other_mac, NUD_STALE, NEIGH_UPDATE_F_WEAK_OVERRIDE);
	assert_memory_equal(n->ha, mac, 6);
	assert_int_equal(n->nud_state, NUD_STALE);
	neigh_update(n, other_mac, NUD_REACHABLE, NEIGH_UPDATE_F_OVERRIDE);
	assert_memory_equal(n->ha, other_mac, 6);
	neigh_update(n, mac, NUD_PERMANENT, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN);
	assert_int_equal(neigh_update(n, other_mac, NUD_REACHABLE, NEIGH_UPDATE_F_OVERRIDE),
			 -EPERM);
	msleep(200000);
	assert_int_equal(n->nud_state, NUD_PERMANENT);
	assert_int_equal(neigh_remove(n), 0);
	neigh_release(n);
	assert_null(neigh_lookup(&table, "\1\0\0\0", dev));
	end();
	return 0;
}

IN_TASK(a_full_table_refuses_and_recovers)
{
	struct neighbour *held[100], *n;
	u32 key = 1000;
	int i;

	begin();
	for (i = 0; i < 100; i++) {
		held[i] = get((u32)i);
		neigh_output(held[i], packet());
	}
	assert_true(table.hash_mask >= 63); /* it has grown */
	assert_int_equal(PTR_ERR(neigh_create(&table, &key, dev)), -ENOBUFS);
	assert_int_equal(table.stats.table_fulls, 1);
	for (i = 0; i < 100; i++)
		neigh_release(held[i]);
	msleep(5000); /* all fail, nobody holds them */
	n = get(1000);
	assert_int_equal(table.entries, 1);
	neigh_release(n);
	assert_int_equal(PTR_ERR(neigh_create(&table, "\xff\0\0\0", dev)), -EINVAL);
	end();
	return 0;
}

IN_TASK(unused_entries_are_collected_and_the_timer_rests)
{
	struct neighbour *n;

	begin();
	n = get(1);
	neigh_update(n, mac, NUD_REACHABLE, NEIGH_UPDATE_F_OVERRIDE);
	neigh_release(n);
	msleep(300000);
	assert_int_equal(table.entries, 0);
	assert_int_equal(neighbours_in_use(), 0);
	assert_false(timer_pending(&table.gc_timer));
	end();
	return 0;
}

IN_TASK(a_device_that_goes_takes_its_entries_along)
{
	u64 before = init_net.drops[SKB_DROP_REASON_NEIGH_FAILED];
	struct neighbour *n;

	begin();
	n = get(1);
	neigh_output(n, packet());
	neigh_ifdown(&table, dev);
	assert_int_equal(table.entries, 0);
	assert_int_equal(n->dead, 1);
	assert_false(timer_pending(&n->timer));
	assert_int_equal(neigh_output(n, packet()), -ENETDOWN);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_NEIGH_FAILED] - before, 2);
	assert_int_equal(neigh_update(n, mac, NUD_REACHABLE, 0), -EINVAL);
	neigh_release(n);
	end();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_sends_what_waited_in_order),
		cmocka_unit_test(silence_fails_and_reports_each_packet),
		cmocka_unit_test(the_queue_is_bounded_and_drops_the_oldest),
		cmocka_unit_test(reachable_grows_stale_and_is_probed_when_used),
		cmocka_unit_test(updates_obey_override_and_permanence),
		cmocka_unit_test(a_full_table_refuses_and_recovers),
		cmocka_unit_test(unused_entries_are_collected_and_the_timer_rests),
		cmocka_unit_test(a_device_that_goes_takes_its_entries_along),
	};

	return cmocka_run_group_tests_name("neighbour", tests, boot_net, no_warnings);
}
