/* SPDX-License-Identifier: MIT */
/* One run of the simulator: boot, build, let it work until all has ended, take down, and see that
 * nothing is left. */
#include <net/sock.h>

#include "sim.h"
#include "skiff_test.h"

#define TRAFFIC_LIMIT_NS \
	(2 * 3600 * NSEC_PER_SEC)	     /* every connection ends by then, whatever happens */
#define QUIET_LIMIT_NS (3600 * NSEC_PER_SEC) /* and its last socket */

struct sim sim;

static void put(const char *fmt, va_list ap)
{
	static char line[1024];
	int n = vscnprintf(line, sizeof(line), fmt, ap);

	sim_host_write(line, (unsigned long)n);
}

void sim_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(fmt, ap);
	va_end(ap);
}

void sim_fail(const char *fmt, ...)
{
	va_list ap;

	sim_print("The last frames:\n");
	sim_trace_dump();
	sim_print("seed %llu at %llu.%09llu s (%s):\n  ", sim.seed, hosted_now() / NSEC_PER_SEC,
		  hosted_now() % NSEC_PER_SEC, sim.what);
	va_start(ap, fmt);
	put(fmt, ap);
	va_end(ap);
	sim_print("\n");
	sim_host_fail();
}

void sim_boot(u64 seed, unsigned int mem_mib)
{
	char cmdline[96];

	snprintf(cmdline, sizeof(cmdline), "skiff.seed=%llu skiff.mem=%u ip=off loglevel=4", seed,
		 mem_mib);
	skiff_boot(cmdline);
	/* One namespace comes and goes before anything is counted: what it leaves in caches is no
	 * leak. */
	sim_host_destroy(sim_host_new(0));
	sim_baseline();
}

static bool traffic_done(void)
{
	unsigned int i;

	for (i = 0; i < sim.nr_conns; i++)
		if (sim.conn[i].side[SIM_CLIENT].state != SIM_DONE ||
		    sim.conn[i].side[SIM_SERVER].state == SIM_RUNNING)
			return false;
	for (i = 0; i < sim.nr_flows; i++)
		if (!sim.flow[i].done)
			return false;
	return true;
}

static bool quiet(void)
{
	return socks_in_use() <= sim.kernel_socks;
}

static void take_down(void)
{
	unsigned int i;

	skiff_fail_alloc(0, 0, 0);
	for (i = 0; i < sim.nr_hosts; i++)
		sim_host_unlisten(sim.host[i]);
	sim_run_until(hosted_now() + QUIET_LIMIT_NS, quiet);
	if (!quiet())
		sim_fail("sockets outlive their connections: %lu in use, %lu are the kernel's",
			 socks_in_use(), sim.kernel_socks);
	sim_check_all();
	for (i = 0; i < sim.nr_hosts; i++)
		sim_host_destroy(sim.host[i]);
	sim_events_drop();
	sim_run_until(hosted_now() + NSEC_PER_SEC, NULL);
	for (i = 0; i < sim.nr_flows; i++)
		sim_host_free(sim.flow[i].seen);
	if (warn_count())
		sim_fail("the kernel warns (above)");
	sim_check_baseline();
}

int sim_run_seed(unsigned long long seed, int verbose)
{
	u64 bytes = 0;
	unsigned int i, failed = 0;

	sim.seed = seed;
	sim.rng.state = seed;
	sim.rng.state = sim_rand(&sim.rng) ^
			seed << 32; /* neighbouring seeds have nothing in common */
	sim_boot(seed, 128);
	sim_scenario_build();
	sim_run_until(hosted_now() + TRAFFIC_LIMIT_NS, traffic_done);
	sim_check_all();
	sim_check_traffic();
	take_down();
	for (i = 0; i < 2 * sim.nr_conns; i++) {
		bytes += sim.conn[i / 2].side[i % 2].received;
		failed += sim.conn[i / 2].side[i % 2].err != 0;
	}
	if (verbose)
		sim_print("seed %llu: %s; %llu bytes, %u errors, %llu frames, %llu.%03llu s, "
			  "digest %016llx\n",
			  seed, sim.what, bytes, failed, sim_trace_frames(),
			  hosted_now() / NSEC_PER_SEC, hosted_now() % NSEC_PER_SEC / NSEC_PER_MSEC,
			  sim_trace_digest());
	return 1;
}
