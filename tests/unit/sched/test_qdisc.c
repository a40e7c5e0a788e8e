/* SPDX-License-Identifier: MIT */
/* Queueing disciplines: what tc makes of them, what is refused, and what each does with its
 * packets, on the virtual clock. */
#include <net/net_namespace.h>
#include <net/pkt_sched.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include <uapi/pkt_sched.h>
#include <uapi/tcp.h>

#include "../ipv4/ipv4_unit.h"
#include "netlink_unit.h"

#define LEN 1000u /* bytes of each frame that a test sends */

static struct net_device *dev;
static u8 send_tos; /* of what is sent */
static char text[4096];

static int set_up(void **state)
{
	boot_ipv4("ip=off");
	dev = __dev_get_by_name(&init_net, "eth0");
	assert_non_null(dev);
	return 0;
}

static const char *tc(const char *line)
{
	char full[256];

	snprintf(full, sizeof(full), "tc %s", line);
	skiff_command(full, text, sizeof(text));
	return text;
}

/* The discipline of eth0 that the test is about; nothing has been said by tc. */
static void use(const char *what)
{
	char line[256];

	drain();
	tc("qdisc del dev eth0 root");
	snprintf(line, sizeof(line), "qdisc add dev eth0 root %s", what);
	assert_string_equal(tc(line), "");
}

/* A frame of @len bytes whose first byte of payload is @mark; its flow is that of @port. */
static struct sk_buff *packet(unsigned int len, u8 mark, u16 sport)
{
	struct sk_buff *skb = alloc_skb(64 + len, GFP_KERNEL);
	struct iphdr *iph;
	u8 *data;

	assert_non_null(skb);
	skb_reserve(skb, 64);
	data = skb_put_zero(skb, len);
	data[12] = 8;
	iph = (struct iphdr *)(data + 14);
	*iph = (struct iphdr){ .version = 4,
			       .ihl = 5,
			       .tos = send_tos,
			       .protocol = IPPROTO_UDP,
			       .ttl = 64,
			       .saddr = OUR_IP,
			       .daddr = PEER_IP };
	ip_send_check(iph);
	data[34] = (u8)(sport >> 8);
	data[35] = (u8)sport;
	data[42] = mark;
	skb->protocol = htons(ETH_P_IP);
	skb_set_network_header(skb, 14);
	skb_set_transport_header(skb, 34);
	skb->dev = dev;
	return skb;
}

struct burst {
	unsigned int n, len, priority;
	u16 sport;
	int rc;
};

static int send_task(void *arg)
{
	struct burst *b = arg;
	unsigned int i;

	for (i = 0; i < b->n; i++) {
		struct sk_buff *skb = packet(b->len, (u8)i, b->sport);

		skb->priority = b->priority;
		b->rc = dev_queue_xmit(skb);
	}
	return 0;
}

static int send_burst(unsigned int n, unsigned int len, u16 sport, unsigned int priority)
{
	struct burst b = { n, len, priority, sport, 0 };

	run_task(send_task, &b);
	return b.rc;
}

struct sent { /* what came out at the wire */
	unsigned int n;
	u64 bytes, at[4096];
	u8 mark[4096];
	u16 sport[4096];
};
static struct sent out;

static void collect(u64 ns)
{
	static u8 buf[9100];
	size_t len;

	pass(ns);
	while ((len = skiff_port_take(port, buf, sizeof(buf), &out.at[out.n])) != 0) {
		out.bytes += len;
		out.mark[out.n] = buf[42];
		out.sport[out.n++] = (u16)(buf[34] << 8 | buf[35]);
	}
}

static void begin(void)
{
	drain();
	memset(&out, 0, sizeof(out));
}

/* ---- tc ---- */

static void tc_shows_what_is_there(void **state)
{
	tc("qdisc show");
	assert_non_null(strstr(text, "qdisc noqueue 0: dev lo root refcnt 2 \n"));
	assert_non_null(strstr(text, "qdisc pfifo_fast 0: dev eth0 root refcnt 2 bands 3 priomap "
				     "1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1 \n"));
	use("handle 1: netem delay 100ms 10ms 25% loss 1% duplicate 2% reorder 25% 50% corrupt "
	    "0.1% "
	    "rate 5mbit seed 7");
	assert_string_equal(
		tc("qdisc show dev eth0"),
		"qdisc netem 1: root refcnt 2 limit 1000 delay 100ms  10ms 25% loss 1% "
		"duplicate 2% reorder 25% 50% corrupt 0.1% rate 5Mbit gap 1 seed 7 \n");
	use("handle 1: netem delay 9ms 3ms distribution pareto loss state 10% ecn seed 7");
	assert_string_equal(tc("qdisc show dev eth0"),
			    "qdisc netem 1: root refcnt 2 limit 1000 delay 9ms  3ms loss state p13 "
			    "10% p31 90% p32 0% p23 100% p14 0% ecn seed 7 \n");
	use("handle 1: netem loss state 1% 20% 30% 40% 50% seed 7");
	assert_non_null(strstr(tc("qdisc show dev eth0"), "loss state p13 1% p31 20% p32 30% p23 40% p14 50% seed"));
	use("handle 1: netem loss gemodel 1% seed 7");
	assert_non_null(strstr(tc("qdisc show dev eth0"), "loss gemodel p 1% r 99% 1-h 100% 1-k 0% seed"));
	use("handle 1: netem loss gemodel 1% 10% 70% 0.1% seed 7");
	assert_non_null(strstr(tc("qdisc show dev eth0"), "loss gemodel p 1% r 10% 1-h 70% 1-k 0.1% seed"));
	use("tbf rate 1mbit burst 5kb latency 70ms");
	assert_non_null(strstr(tc("qdisc show dev eth0"),
			       ": root refcnt 2 rate 1Mbit burst 5Kb lat 70ms \n"));
	use("tbf rate 1mbit burst 5kb limit 10kb peakrate 2mbit mtu 1540");
	assert_non_null(strstr(tc("qdisc show dev eth0"), "peakrate 2Mbit minburst 1540b"));
	use("fq");
	assert_non_null(
		strstr(tc("qdisc show dev eth0"),
		       "limit 10000p flow_limit 100p buckets 1024 orphan_mask 1023 quantum 3028b "
		       "initial_quantum 15140b low_rate_threshold 550Kbit refill_delay 40ms "
		       "timer_slack 10us horizon 10s horizon_drop \n"));
	use("fq nopacing maxrate 3mbit quantum 1514 horizon 2s horizon_cap buckets 100");
	tc("qdisc show dev eth0");
	assert_non_null(strstr(text, "buckets 128 orphan_mask 1023 nopacing quantum 1514b"));
	assert_non_null(strstr(text, "maxrate 3Mbit"));
	assert_non_null(strstr(text, "horizon 2s horizon_cap"));
	use("pfifo limit 7");
	assert_non_null(strstr(tc("qdisc show dev eth0"), " limit 7p \n"));
	assert_string_equal(tc("qdisc change dev eth0 root pfifo limit 9"), "");
	assert_non_null(strstr(tc("qdisc show dev eth0"), " limit 9p \n"));
	assert_string_equal(tc("qdisc replace dev eth0 root bfifo limit 20kb"), "");
	assert_non_null(
		strstr(tc("-s qdisc show dev eth0"),
		       " limit 20Kb \n Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0) \n"
		       " backlog 0b 0p requeues 0\n"));
	assert_string_equal(tc("qdisc del dev eth0 root"), "");
	assert_non_null(strstr(tc("qdisc show dev eth0"), "qdisc pfifo_fast 0: "));
}

static void tc_answers_with_linux_errors(void **state)
{
	assert_string_equal(tc("qdisc del dev eth0 root"),
			    "Error: Cannot delete qdisc with handle of zero.\n");
	use("pfifo limit 7");
	assert_string_equal(tc("qdisc add dev eth0 root pfifo limit 8"),
			    "Error: Exclusivity flag on, cannot modify.\n");
	assert_string_equal(tc("qdisc add dev eth0 root fq"), ""); /* another kind takes its place */
	assert_string_equal(tc("qdisc change dev eth0 root netem delay 1ms"), "");
	assert_non_null(strstr(tc("qdisc show dev eth0"), "qdisc netem 8"));
	assert_string_equal(tc("qdisc add dev eth0 root handle 7: fq"),
			    "Error: NLM_F_REPLACE needed to override.\n");
	assert_string_equal(tc("qdisc add dev eth0 parent 5:1 fq"),
			    "Error: Failed to find specified qdisc.\n");
	assert_string_equal(tc("qdisc replace dev eth0 root sfb"),
			    "Error: Specified qdisc kind is unknown.\n");
	assert_string_equal(tc("qdisc add dev eth9 root fq"), "Cannot find device \"eth9\"\n");
	assert_string_equal(tc("qdisc del dev eth0 root tbf"), "Error: Invalid qdisc name.\n");
	assert_non_null(strstr(tc("qdisc replace dev eth0 root tbf rate 1mbit"), "burst"));
	assert_non_null(strstr(tc("qdisc replace dev eth0 root tbf rate 2mbit burst 5kb limit 9kb "
				  "peakrate 1mbit mtu 1540"),
			       "Peakrate must be higher than rate"));
	assert_non_null(strstr(tc("qdisc replace dev eth0 root netem reorder 10%"), "delay"));
	assert_non_null(strstr(tc("qdisc replace dev eth0 root netem loss 101%"), "is no loss"));
	assert_non_null(strstr(tc("qdisc replace dev eth0 root netem loss state"), "loss is missing"));
	assert_non_null(strstr(tc("qdisc replace dev eth0 root netem delay 1ms distribution normal"), "needs a jitter"));
	assert_non_null(strstr(tc("qdisc replace dev eth0 root netem delay 1ms 1ms distribution odd"),
			       "`odd` is no distribution"));
	assert_non_null(strstr(tc("qdisc replace dev eth0 root netem ecn"), "needs a loss"));
	tc("qdisc del dev eth0 root");
}

IN_TASK(requests_are_judged_as_on_linux)
{
	struct tcmsg t = { .tcm_ifindex = dev->ifindex, .tcm_parent = TC_H_ROOT };
	struct socket *nl = nl_open(NETLINK_ROUTE);
	static const char junk[3];

	nl_begin(RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	assert_int_equal(nl_call(nl), -EINVAL); /* no kind */
	nl_begin(RTM_NEWQDISC, 0, &t, sizeof(t));
	nl_attr(TCA_KIND, "pfifo", 6);
	assert_int_equal(nl_call(nl), -ENOENT); /* nothing to change */
	nl_begin(RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	nl_attr(TCA_KIND, "pfifo", 6);
	nl_attr(TCA_OPTIONS, junk, 3);
	assert_int_equal(nl_call(nl), -EINVAL);
	nl_begin(RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	nl_attr(TCA_KIND, "netem", 6);
	assert_int_equal(nl_call(nl), -EINVAL);
	t.tcm_ifindex = 99;
	nl_begin(RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	nl_attr(TCA_KIND, "pfifo", 6);
	assert_int_equal(nl_call(nl), -ENODEV);
	t = (struct tcmsg){ .tcm_ifindex = dev->ifindex };
	nl_begin(RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	nl_attr(TCA_KIND, "pfifo", 6);
	assert_int_equal(nl_call(nl), -EINVAL); /* neither place nor handle */
	t.tcm_handle = 0x12340000;
	nl_begin(RTM_GETQDISC, 0, &t, sizeof(t));
	assert_int_equal(nl_call(nl), -ENOENT);
	t.tcm_parent = TC_H_INGRESS;
	nl_begin(RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	nl_attr(TCA_KIND, "ingress", 8);
	assert_int_equal(nl_call(nl), -EOPNOTSUPP);
	sock_release(nl);
	return 0;
}

static struct socket *listener;

static int listen_task(void *unused)
{
	u32 group = RTNLGRP_TC;

	listener = nl_open(NETLINK_ROUTE);
	nl_bind(listener, 0, 0);
	return kernel_setsockopt(listener, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				 sizeof(group));
}

static int heard_task(void *arg)
{
	unsigned int *types = arg;
	const struct nlmsghdr *nlh;
	int len = nl_recv(listener, 0), n = 0;

	for (nlh = (struct nlmsghdr *)reply; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
		types[n++] = nlh->nlmsg_type;
	return n;
}

static void listeners_hear_of_new_and_gone(void **state)
{
	unsigned int types[4] = { 0 };

	tc("qdisc del dev eth0 root");
	assert_int_equal(run_task(listen_task, NULL), 0);
	tc("qdisc add dev eth0 root pfifo");
	assert_int_equal(run_task(heard_task, types), 1);
	assert_int_equal(types[0], RTM_NEWQDISC);
	tc("qdisc replace dev eth0 root bfifo");
	assert_int_equal(run_task(heard_task, types), 2);
	assert_int_equal(types[0], RTM_DELQDISC);
	assert_int_equal(types[1], RTM_NEWQDISC);
	tc("qdisc del dev eth0 root");
	assert_int_equal(run_task(heard_task, types), 1);
	assert_int_equal(types[0], RTM_DELQDISC);
	sock_release(listener);
}

static void default_qdisc_is_what_new_queues_are(void **state)
{
	char reply_text[128];

	skiff_command("sysctl net.core.default_qdisc", reply_text, sizeof(reply_text));
	assert_non_null(strstr(reply_text, "pfifo_fast"));
	skiff_command("sysctl -w net.core.default_qdisc=fq", reply_text, sizeof(reply_text));
	use("pfifo");
	tc("qdisc del dev eth0 root");
	assert_non_null(strstr(tc("qdisc show dev eth0"), "qdisc fq 0: root"));
	skiff_command("sysctl -w net.core.default_qdisc=nonsense", reply_text, sizeof(reply_text));
	assert_ptr_equal(init_net.core.default_qdisc, &fq_ops);
	skiff_command("sysctl -w net.core.default_qdisc=pfifo_fast", reply_text,
		      sizeof(reply_text));
	use("pfifo");
	tc("qdisc del dev eth0 root");
}

/* ---- fifos ---- */

static void fifos_are_bounded_and_count(void **state)
{
	u64 drops = init_net.drops[SKB_DROP_REASON_QDISC_DROP];

	use("netem limit 5 delay 10ms");
	begin();
	assert_int_equal(send_burst(8, LEN, 1, 0), NET_XMIT_DROP);
	assert_int_equal(dev->qdisc->drops, 3);
	assert_int_equal(dev->qdisc->qlen, 5);
	assert_int_equal(dev->qdisc->backlog, 5 * LEN);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_QDISC_DROP], drops + 3);
	collect(20 * MILLISECOND);
	assert_int_equal(out.n, 5);
	assert_int_equal(dev->qdisc->packets, 5);
	assert_int_equal(dev->qdisc->bytes, 5 * LEN);
	assert_int_equal(dev->qdisc->qlen, 0);
	assert_int_equal(dev->qdisc->backlog, 0);
	/* behind a bucket that is empty a bfifo waits, whose limit is in bytes */
	use("tbf rate 8kbit burst 1000 limit 3500");
	begin();
	send_burst(6, LEN, 1, 0);
	assert_int_equal(dev->qdisc->qlen, 4); /* one pays, three fit; one has gone at once */
	assert_int_equal(dev->qdisc->drops, 1);
	tc("qdisc del dev eth0 root");
}

/* ---- tbf ---- */

static void tbf_holds_the_rate_after_the_burst(void **state)
{
	u64 start;
	unsigned int i;

	use("tbf rate 8mbit burst 5000 limit 100kb"); /* a million bytes a second */
	pass(SECOND);
	begin();
	start = skiff_now();
	send_burst(50, LEN, 1, 0);
	collect(SECOND);
	assert_int_equal(out.n, 50);
	for (i = 0; i < 5; i++)
		assert_true(out.at[i] - start < 10000);
	for (; i < 50; i++) { /* each when its bytes have come in */
		u64 due = start + (i + 1 - 5) * MILLISECOND;

		assert_true(out.at[i] >= due - 1000 && out.at[i] < due + 50000);
	}
	assert_true(dev->qdisc->overlimits >= 45);
	tc("qdisc del dev eth0 root");
}

static void tbf_peakrate_spreads_the_burst(void **state)
{
	u64 start;
	unsigned int i;

	use("tbf rate 8mbit burst 20000 limit 100kb peakrate 16mbit mtu 1000");
	pass(SECOND);
	begin();
	start = skiff_now();
	send_burst(10, LEN, 1, 0);
	collect(SECOND);
	assert_int_equal(out.n, 10);
	for (i = 1; i < 10; i++)
		assert_true(out.at[i] - start >= i * MILLISECOND / 2 - 1000);
	assert_true(out.at[9] - start < 5 * MILLISECOND);
	tc("qdisc del dev eth0 root");
}

static void tbf_drops_what_no_burst_covers(void **state)
{
	use("tbf rate 8mbit burst 900 limit 100kb");
	begin();
	assert_int_equal(send_burst(1, LEN, 1, 0), NET_XMIT_DROP);
	assert_int_equal(send_burst(1, 900, 1, 0), NET_XMIT_SUCCESS);
	collect(MILLISECOND);
	assert_int_equal(out.n, 1);
	assert_int_equal(dev->qdisc->drops, 1);
	tc("qdisc del dev eth0 root");
}

/* ---- netem ---- */

static void netem_delays_each_and_keeps_order(void **state)
{
	u64 start;
	unsigned int i;

	use("netem delay 100ms");
	begin();
	start = skiff_now();
	send_burst(20, LEN, 1, 0);
	collect(99 * MILLISECOND);
	assert_int_equal(out.n, 0);
	collect(2 * MILLISECOND);
	assert_int_equal(out.n, 20);
	for (i = 0; i < 20; i++) {
		assert_int_equal(out.mark[i], i);
		assert_true(out.at[i] - start >= 100 * MILLISECOND);
		assert_true(out.at[i] - start < 101 * MILLISECOND);
	}
	tc("qdisc del dev eth0 root");
}

static void netem_jitter_stays_within_its_bounds(void **state)
{
	unsigned int i, early = 0, late = 0;
	u64 start;

	use("netem delay 50ms 20ms seed 3");
	begin();
	start = skiff_now();
	send_burst(200, LEN, 1, 0);
	collect(100 * MILLISECOND);
	assert_int_equal(out.n, 200);
	for (i = 0; i < 200; i++) {
		assert_true(out.at[i] - start >= 30 * MILLISECOND);
		assert_true(out.at[i] - start <= 71 * MILLISECOND);
		early += out.at[i] - start < 40 * MILLISECOND;
		late += out.at[i] - start > 60 * MILLISECOND;
	}
	assert_true(early > 30 && late > 30); /* a quarter each, evenly */
	tc("qdisc del dev eth0 root");
}

/* How many of 1,000 packets are further than @sigmas tenths of the jitter from the middle, before it and behind it. */
static void spread(unsigned int tenths, unsigned int *before, unsigned int *behind)
{
	unsigned int i, round;
	s64 off;
	u64 start;

	*before = *behind = 0;
	for (round = 0; round < 4; round++) {
		begin();
		start = skiff_now();
		send_burst(250, LEN, 1, 0);
		collect(SECOND);
		assert_int_equal(out.n, 250);
		for (i = 0; i < 250; i++) {
			off = (s64)(out.at[i] - start) - (s64)(100 * MILLISECOND);
			*before += off < -(s64)(tenths * MILLISECOND);
			*behind += off > (s64)(tenths * MILLISECOND);
		}
	}
}

static void netem_delays_are_distributed_as_asked(void **state)
{
	unsigned int before, behind;

	/* normal: 15.9 % each beyond one deviation, 2.3 % beyond two */
	use("netem delay 100ms 10ms distribution normal seed 5");
	spread(10, &before, &behind);
	assert_in_range(before, 120, 200);
	assert_in_range(behind, 120, 200);
	use("netem delay 100ms 10ms distribution normal seed 6");
	spread(20, &before, &behind);
	assert_in_range(before, 8, 40);
	assert_in_range(behind, 8, 40);
	/* Pareto: nothing comes early by more than two thirds of it, and few are very late */
	use("netem delay 100ms 10ms distribution pareto seed 7");
	spread(7, &before, &behind);
	assert_int_equal(before, 0);
	assert_in_range(behind, 70, 170);
	use("netem delay 100ms 10ms distribution paretonormal seed 7");
	spread(13, &before, &behind);
	assert_int_equal(before, 0);
	assert_in_range(behind, 20, 120);
	/* a change that names none keeps it; the even one goes evenly */
	use("netem delay 1ms 1ms distribution pareto seed 7");
	assert_string_equal(tc("qdisc change dev eth0 root netem delay 100ms 10ms"), "");
	spread(7, &before, &behind);
	assert_int_equal(before, 0);
	use("netem delay 100ms 10ms seed 8");
	spread(10, &before, &behind);
	assert_int_equal(before, 0);
	assert_true(behind <= 5); /* by the time that sending takes */
	spread(7, &before, &behind);
	assert_in_range(before, 100, 200);
	tc("qdisc del dev eth0 root");
}

static unsigned int lost_with(const char *options, u8 *marks)
{
	use(options);
	begin();
	send_burst(250, LEN, 1, 0);
	collect(SECOND);
	if (marks)
		memcpy(marks, out.mark, 250);
	return 250 - out.n;
}

static void netem_chance_is_repeated_by_its_seed(void **state)
{
	u64 lost = init_net.drops[SKB_DROP_REASON_NETEM_LOSS];
	u8 a[250], b[250], c[250];
	unsigned int n = lost_with("netem loss 20% seed 42", a);

	assert_true(n > 25 && n < 80);
	assert_int_equal(init_net.drops[SKB_DROP_REASON_NETEM_LOSS], lost + n);
	assert_int_equal(dev->qdisc->drops, n);
	assert_int_equal(lost_with("netem loss 20% seed 42", b), n);
	assert_memory_equal(a, b, 250 - n);
	lost_with("netem loss 20% seed 43", c);
	assert_true(memcmp(a, c, 250 - n) != 0);
	assert_int_equal(lost_with("netem loss 100%", NULL), 250);
	assert_int_equal(lost_with("netem loss 0%", NULL), 0);
	tc("qdisc del dev eth0 root");
}

/* How many runs of lost packets there are among 250. */
static unsigned int bursts(const u8 *marks, unsigned int received)
{
	unsigned int i, n = 0;

	for (i = 1; i < received; i++)
		n += (u8)(marks[i] - marks[i - 1]) > 1;
	return n;
}

static void netem_loses_in_bursts(void **state)
{
	unsigned int lost, runs;
	u8 marks[250];

	/* a fifth is lost, five at a time, where chance alone would need some 40 runs for it */
	lost = lost_with("netem loss gemodel 5% 20% seed 4", marks);
	runs = bursts(marks, 250 - lost);
	assert_in_range(lost, 25, 90);
	assert_true(runs * 3 < lost);
	lost = lost_with("netem loss state 5% 20% seed 4", marks);
	runs = bursts(marks, 250 - lost);
	assert_in_range(lost, 25, 90);
	assert_true(runs * 3 < lost);
	/* p14 alone: single losses */
	lost = lost_with("netem loss state 0% 100% 0% 100% 20% seed 4", marks);
	assert_in_range(lost, 20, 70);
	assert_int_equal(bursts(marks, 250 - lost), lost - (marks[0] != 0) - (marks[249 - lost] != 249));
	/* all but the bad state's rest */
	assert_int_equal(lost_with("netem loss gemodel 0% 100% 100% 100%", NULL), 250);
	assert_int_equal(lost_with("netem loss gemodel 0%", NULL), 0);
	assert_int_equal(lost_with("netem loss state 0%", NULL), 0);
	tc("qdisc del dev eth0 root");
}

static void netem_marks_what_it_would_lose(void **state)
{
	u8 f[2000];
	struct iphdr *iph = (struct iphdr *)(f + 14);
	unsigned int i;

	use("netem loss 100% ecn");
	for (i = 0; i < 4; i++) { /* Not-ECT is lost, the others go on as congestion experienced */
		send_tos = (u8)i;
		drain();
		send_burst(1, LEN, 1, 0);
		pass(MILLISECOND);
		assert_int_equal(take(f, sizeof(f)), i ? LEN : 0);
		if (!i)
			continue;
		assert_int_equal(iph->tos, 3);
		assert_int_equal(ip_fast_csum(iph, iph->ihl), 0);
	}
	send_tos = 0;
	tc("qdisc del dev eth0 root");
}

static void netem_duplicates_damages_and_reorders(void **state)
{
	unsigned int i, damaged = 0;
	static u8 buf[2000], good[2000];

	use("netem duplicate 100%");
	begin();
	send_burst(10, LEN, 1, 0);
	collect(MILLISECOND);
	assert_int_equal(out.n, 20);
	for (i = 0; i < 20; i++)
		assert_int_equal(out.mark[i], i / 2);
	use("netem corrupt 100% seed 1");
	drain();
	send_burst(1, LEN, 1, 0);
	pass(MILLISECOND);
	assert_int_equal(take(buf, sizeof(buf)), LEN);
	tc("qdisc del dev eth0 root");
	send_burst(1, LEN, 1, 0);
	pass(MILLISECOND);
	assert_int_equal(take(good, sizeof(good)), LEN);
	for (i = 0; i < LEN; i++)
		damaged += (unsigned int)__builtin_popcount((unsigned int)(buf[i] ^ good[i]));
	assert_int_equal(damaged, 1);
	use("netem delay 10ms reorder 100% gap 5");
	begin();
	send_burst(10, LEN, 1, 0);
	collect(MILLISECOND);
	assert_int_equal(out.n, 2); /* each fifth is ahead of all */
	assert_int_equal(out.mark[0], 4);
	assert_int_equal(out.mark[1], 9);
	collect(20 * MILLISECOND);
	assert_int_equal(out.n, 10);
	tc("qdisc del dev eth0 root");
}

static void netem_rate_is_the_wires(void **state)
{
	unsigned int i;
	u64 start;

	use("netem rate 8mbit delay 20ms");
	begin();
	start = skiff_now();
	send_burst(20, LEN, 1, 0);
	collect(SECOND);
	assert_int_equal(out.n, 20);
	for (i = 0; i < 20; i++) {
		u64 due = start + 20 * MILLISECOND + (i + 1) * MILLISECOND;

		assert_true(out.at[i] >= due - MILLISECOND && out.at[i] < due + MILLISECOND);
	}
	tc("qdisc del dev eth0 root");
}

/* ---- one under another ---- */

static void a_bucket_below_netem_and_netem_below_a_bucket(void **state)
{
	u64 start;

	use("handle 1: netem delay 10ms");
	assert_string_equal(tc("qdisc add dev eth0 parent 1:1 handle 10: tbf rate 8mbit burst 1000 "
			       "limit 100kb"),
			    "");
	tc("qdisc show dev eth0");
	assert_non_null(strstr(text, "qdisc tbf 10: parent 1:1 rate 8Mbit"));
	pass(SECOND);
	begin();
	start = skiff_now();
	send_burst(10, LEN, 1, 0);
	assert_int_equal(dev->qdisc->qlen, 10);
	collect(SECOND);
	assert_int_equal(out.n, 10);
	assert_true(out.at[0] - start >= 10 * MILLISECOND);
	assert_true(out.at[9] - start >= 19 * MILLISECOND && out.at[9] - start < 21 * MILLISECOND);
	assert_int_equal(dev->qdisc->qlen, 0);
	assert_int_equal(dev->qdisc->backlog, 0);
	use("handle 1: tbf rate 8mbit burst 1000 limit 100kb");
	assert_string_equal(tc("qdisc add dev eth0 parent 1:1 netem loss 100%"), "");
	send_burst(10, LEN, 1, 0);
	assert_int_equal(dev->qdisc->qlen, 0); /* lost below: not waited for */
	assert_string_equal(tc("qdisc replace dev eth0 parent 1:1 netem delay 1s"), "");
	send_burst(10, LEN, 1, 0);
	assert_int_equal(dev->qdisc->qlen, 10);
	assert_string_equal(tc("qdisc del dev eth0 parent 1:1"), "");
	assert_int_equal(dev->qdisc->qlen, 0);
	assert_int_equal(dev->qdisc->backlog, 0);
	tc("qdisc del dev eth0 root");
}

/* ---- fq ---- */

static void fq_gives_each_flow_its_turn(void **state)
{
	unsigned int i, first = 0;

	/* fq behind a bucket, so that there is something to wait for */
	use("handle 1: tbf rate 8mbit burst 1000 limit 1mb");
	assert_string_equal(
		tc("qdisc add dev eth0 parent 1:1 fq quantum 1000 initial_quantum 1000"), "");
	pass(SECOND);
	begin();
	send_burst(90, LEN, 1, 0); /* a greedy one */
	send_burst(10, LEN, 2, 0);
	send_burst(10, LEN, 3, 0);
	collect(SECOND);
	assert_int_equal(out.n, 110);
	for (i = 0; i < 32; i++)
		first += out.sport[i] != 1;
	assert_true(first >= 19); /* the modest ones have had two of three turns */
	tc("qdisc del dev eth0 root");
}

static void fq_bounds_each_flow(void **state)
{
	use("handle 1: tbf rate 8kbit burst 1000 limit 1mb");
	assert_string_equal(tc("qdisc add dev eth0 parent 1:1 fq flow_limit 10"), "");
	begin();
	send_burst(30, LEN, 1, 0);
	send_burst(5, LEN, 2, 0);
	assert_int_equal(dev->qdisc->child->drops, 18); /* ten wait, one went, one pays */
	assert_non_null(strstr(tc("-s qdisc show dev eth0"), "flows_plimit 18"));
	tc("qdisc del dev eth0 root");
}

static void fq_paces_by_its_rate(void **state)
{
	unsigned int i;
	u64 start;

	use("fq maxrate 8mbit quantum 1000 initial_quantum 1000");
	begin();
	start = skiff_now();
	send_burst(20, LEN, 1, 0);
	send_burst(20, LEN, 2, 0);
	collect(SECOND);
	assert_int_equal(out.n, 40);
	for (i = 0; i < 40; i++) { /* two flows, a millisecond a packet each */
		u64 due = start + i / 2 * MILLISECOND;

		assert_true(out.at[i] + 1000 >= due && out.at[i] < due + MILLISECOND);
	}
	tc("qdisc del dev eth0 root");
}

static int paced_task(void *unused)
{
	struct socket *s;
	unsigned int i;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_STREAM, 0, &s), 0);
	s->sk->sk_state = TCP_ESTABLISHED; /* as if: it is the sock's flow that counts */
	for (i = 0; i < 5; i++) {
		struct sk_buff *skb = packet(LEN, (u8)i, 1);

		skb_set_owner_w(skb, s->sk);
		s->sk->sk_pacing_status = i ? SK_PACING_FQ : SK_PACING_NEEDED;
		skb->tstamp = ktime_get() + (ktime_t)(i * 7 * MILLISECOND);
		dev_queue_xmit(skb);
		assert_int_equal(s->sk->sk_pacing_status, SK_PACING_FQ);
	}
	msleep(100);
	s->sk->sk_state = TCP_CLOSE;
	sock_release(s);
	return 0;
}

static void fq_sends_at_the_socks_time(void **state)
{
	unsigned int i;
	u64 start;

	use("fq");
	begin();
	start = skiff_now();
	assert_int_equal(run_task(paced_task, NULL), 0);
	collect(0);
	assert_int_equal(out.n, 5);
	for (i = 0; i < 5; i++)
		assert_true(out.at[i] - start >= i * 7 * MILLISECOND &&
			    out.at[i] - start < (i * 7 + 1) * MILLISECOND);
	tc("qdisc del dev eth0 root");
}

/* ---- nothing is lost uncounted ---- */

static int flags_task(void *arg)
{
	rtnl_lock();
	dev_change_flags(dev, arg ? dev->flags | IFF_UP : dev->flags & ~(unsigned int)IFF_UP);
	rtnl_unlock();
	return 0;
}

static void down_drops_what_waits_and_up_begins_anew(void **state)
{
	static const char *const kinds[] = { "netem delay 1s", "fq maxrate 8kbit",
					     "tbf rate 8kbit burst 1000 limit 1mb" };
	unsigned long skbs = skbs_in_use();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		u64 dropped = init_net.drops[SKB_DROP_REASON_DEV_READY];
		u32 waiting;

		use(kinds[i]);
		send_burst(20, LEN, 1, 0);
		waiting = dev->qdisc->qlen;
		assert_true(waiting >= 18);
		run_task(flags_task, NULL);
		assert_int_equal(init_net.drops[SKB_DROP_REASON_DEV_READY], dropped + waiting);
		assert_int_equal(dev->qdisc_sleeping->qlen, 0);
		run_task(flags_task, (void *)1);
		begin();
		send_burst(1, LEN, 1, 0);
		collect(2 * SECOND);
		assert_int_equal(out.n, 1);
	}
	tc("qdisc del dev eth0 root");
	drain();
	assert_int_equal(skbs_in_use(), skbs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tc_shows_what_is_there),
		cmocka_unit_test(tc_answers_with_linux_errors),
		cmocka_unit_test(requests_are_judged_as_on_linux),
		cmocka_unit_test(listeners_hear_of_new_and_gone),
		cmocka_unit_test(default_qdisc_is_what_new_queues_are),
		cmocka_unit_test(fifos_are_bounded_and_count),
		cmocka_unit_test(tbf_holds_the_rate_after_the_burst),
		cmocka_unit_test(tbf_peakrate_spreads_the_burst),
		cmocka_unit_test(tbf_drops_what_no_burst_covers),
		cmocka_unit_test(netem_delays_each_and_keeps_order),
		cmocka_unit_test(netem_jitter_stays_within_its_bounds),
		cmocka_unit_test(netem_chance_is_repeated_by_its_seed),
		cmocka_unit_test(netem_delays_are_distributed_as_asked),
		cmocka_unit_test(netem_loses_in_bursts),
		cmocka_unit_test(netem_marks_what_it_would_lose),
		cmocka_unit_test(netem_duplicates_damages_and_reorders),
		cmocka_unit_test(netem_rate_is_the_wires),
		cmocka_unit_test(a_bucket_below_netem_and_netem_below_a_bucket),
		cmocka_unit_test(fq_gives_each_flow_its_turn),
		cmocka_unit_test(fq_bounds_each_flow),
		cmocka_unit_test(fq_paces_by_its_rate),
		cmocka_unit_test(fq_sends_at_the_socks_time),
		cmocka_unit_test(down_drops_what_waits_and_up_begins_anew),
	};

	return cmocka_run_group_tests_name("sched", tests, set_up, no_warnings);
}
