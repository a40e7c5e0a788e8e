/* SPDX-License-Identifier: MIT */
/* The goodput table: one transfer for each link rate, delay and loss, in virtual time, so that
 * slower recovery shows as a diff. */
#include <net/sock.h>

#include "sim.h"

#define LIMIT_NS (1800 * NSEC_PER_SEC)

static const u64 rates_mbit[] = { 1, 10, 100, 1000 };
static const u64 rtts_ms[] = { 1, 10, 50, 200 };
static const u32 losses_ppm[] = { 0, 100, 1000, 10000, 50000 };
static const u32 holes[] = { 1400, 1200, 1000, 700, 300 }; /* bytes that an IP packet may have */

static bool transfer_done(void)
{
	return sim.conn[0].side[SIM_CLIENT].state == SIM_DONE &&
	       sim.conn[0].side[SIM_SERVER].state != SIM_RUNNING;
}

/* build - two hosts on a cable with a queue of about one bandwidth-delay product; with @hole it
 * swallows what is longer, and both probe for the path's MTU. */
static void build(u64 mbit, u64 rtt_ms, u32 loss_ppm, u32 hole)
{
	const struct sim_port_params plain = { .features = NETIF_F_SG | NETIF_F_HW_CSUM };
	struct sim_link *link = &sim.link[0];
	int side;

	sim = (struct sim){
		.seed = 1, .gentle = true, .nr_links = 1, .nr_hosts = 2, .nr_conns = 1
	};
	link->mtu = 1500;
	for (side = 0; side < 2; side++) {
		link->rng[side].state = mbit * 1000003 + rtt_ms * 1009 + loss_ppm + (u64)side;
		link->params[side] =
			(struct sim_link_params){ .rate_bps = mbit * 1000000,
						  .delay_ns = rtt_ms * NSEC_PER_MSEC / 2 };
		link->params[side].queue_frames =
			(u32)clamp(mbit * rtt_ms * 1000 / 8 / 1500, 20ull, 2000ull);
		link->params[side].swallow_above = hole;
	}
	link->params[0].loss_ppm = loss_ppm;
	for (side = 0; side < 2; side++) {
		sim.host[side] = sim_host_new((unsigned int)side);
		sim_host_join(sim.host[side], link, side, &plain);
		sim.host[side]->net->tcp.sysctl_mtu_probing = hole != 0;
	}
	sim.kernel_socks = socks_in_use();
	sim_host_listen(sim.host[1]);
}

/* goodput - kbit/s of one transfer by @cong of about @seconds, from the first SYN to the last byte
 * read. */
static u64 goodput(const char *cong, u64 seconds, u64 mbit, u64 rtt_ms, u32 loss_ppm, u32 hole)
{
	struct sim_conn *c = &sim.conn[0];
	u64 bytes, took;
	int who;

	build(mbit, rtt_ms, loss_ppm, hole);
	bytes = clamp(mbit * 1000000 / 8 * seconds, 100000 * seconds, 4000000 * seconds);
	c->client = sim.host[0];
	c->server = sim.host[1];
	c->addr = sim_link_addr(0, 0, 1);
	c->port = SIM_TCP_PORT;
	for (who = 0; who < 2; who++) {
		c->side[who].plan.abort_after = SIM_NEVER;
		c->side[who].plan.write_size = c->side[who].plan.read_size = 65536;
		c->side[who].plan.cong = cong;
	}
	c->side[SIM_CLIENT].plan.bytes = bytes;
	c->start_ns = hosted_now();
	sim_conn_start(c);
	sim_run_until(hosted_now() + LIMIT_NS, transfer_done);
	sim_check_traffic();
	took = c->side[SIM_SERVER].ended_ns - c->start_ns;
	for (who = 0; who < 2; who++)
		sim_host_unlisten(sim.host[who]);
	sim_run_until(hosted_now() + 90 * NSEC_PER_SEC, NULL);
	for (who = 0; who < 2; who++)
		sim_host_destroy(sim.host[who]);
	sim_events_drop();
	sim_run_until(hosted_now() + NSEC_PER_SEC, NULL);
	sim_check_baseline();
	return bytes * 8 * 1000000 / (took / 1000 + 1) / 1000;
}

static void table(const char *cong, u64 seconds, const u64 *mbit, size_t nr_mbit, const u64 *rtt,
		  size_t nr_rtt)
{
	size_t i, k, l;

	sim_print("\n%s\n%9s %6s", cong, "Mbit/s", "ms");
	for (l = 0; l < ARRAY_SIZE(losses_ppm); l++)
		sim_print("  %4u.%02u%%", losses_ppm[l] / 10000, losses_ppm[l] / 100 % 100);
	sim_print("\n");
	for (i = 0; i < nr_mbit; i++) {
		for (k = 0; k < nr_rtt; k++) {
			sim_print("%9llu %6llu", mbit[i], rtt[k]);
			for (l = 0; l < ARRAY_SIZE(losses_ppm); l++)
				sim_print(" %9llu", goodput(cong, seconds, mbit[i], rtt[k],
							    losses_ppm[l], 0));
			sim_print("\n");
		}
	}
}

int sim_run_goodput(void)
{
	unsigned int i;

	sim_boot(1, 1024);
	sim_print("Goodput of one transfer in kbit/s, by link rate, round trip and loss of data "
		  "segments (make sim-update writes this)\n");
	table("cubic", 4, rates_mbit, ARRAY_SIZE(rates_mbit), rtts_ms, ARRAY_SIZE(rtts_ms));
	table("bbr", 16, rates_mbit + 1, 2, rtts_ms + 1, 2);
	sim_print("\nThe same by cubic with tcp_mtu_probing=1 where longer IP packets vanish "
		  "without a word "
		  "(RFC 4821), 10 Mbit/s, 50 ms\n");
	for (i = 0; i < ARRAY_SIZE(holes); i++)
		sim_print("%9u bytes %9llu\n", holes[i], goodput("cubic", 4, 10, 50, 0, holes[i]));
	return 1;
}
