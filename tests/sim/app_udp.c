/* SPDX-License-Identifier: MIT */
/* UDP traffic: numbered datagrams to an echo server; each arrives whole or not at all, and more
 * than once only if the wire copies. */
#include <uapi/time.h>
#include <uapi/unistd_64.h>

#include "sim.h"

#define BUF	    65536
#define HEADER	    8 /* bytes: flow and number, big-endian */
#define FLOW_KEY    0x1000000ull
#define LAST_WAIT_S 3

#define CALL(nr, a, b, c, d, e, f) \
	skiff_syscall(__NR_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

void sim_udp_server_body(void *host);

static u64 key_of(u32 flow, u32 number)
{
	return FLOW_KEY + ((u64)flow << 32 | number);
}

static void build(u8 *buf, u32 flow, u32 number, size_t n)
{
	u32 head[2] = { htonl(flow), htonl(number) };

	memcpy(buf, head, HEADER);
	sim_pattern_fill(key_of(flow, number), HEADER, buf + HEADER, n - HEADER);
}

/* check - a datagram is one that was sent, whole; its number. */
static u32 check(const u8 *buf, size_t n, struct sim_flow **flow)
{
	u32 head[2];
	size_t bad;

	if (n < HEADER)
		sim_fail("UDP: a datagram of %zu bytes that nobody sent", n);
	memcpy(head, buf, HEADER);
	if (ntohl(head[0]) >= sim.nr_flows || ntohl(head[1]) >= sim.flow[ntohl(head[0])].sent)
		sim_fail("UDP: datagram %u of flow %u, which was not sent", ntohl(head[1]),
			 ntohl(head[0]));
	bad = sim_pattern_check(key_of(ntohl(head[0]), ntohl(head[1])), HEADER, buf + HEADER,
				n - HEADER);
	if (bad < n - HEADER)
		sim_fail("UDP: flow %u datagram %u (%zu bytes) is spoilt at %zu", ntohl(head[0]),
			 ntohl(head[1]), n, bad + HEADER);
	*flow = &sim.flow[ntohl(head[0])];
	return ntohl(head[1]);
}

static void serve(struct sim_host *host, int fd, u8 *buf)
{
	struct sockaddr_in from;
	unsigned int len = sizeof(from);
	struct sim_flow *flow;
	long ret = CALL(recvfrom, fd, buf, BUF, 0, &from, &len);
	u32 number;

	if (ret < 0)
		return;
	number = check(buf, (size_t)ret, &flow);
	if (flow->server != host)
		sim_fail("UDP: flow %u comes to host %u", flow->id, host->index);
	if (flow->seen[number / 8] >> number % 8 & 1)
		flow->duplicates++;
	else
		flow->received++;
	flow->seen[number / 8] |= (u8)(1u << number % 8);
	CALL(sendto, fd, buf, ret, MSG_DONTWAIT, &from, sizeof(from));
}

void sim_udp_server_body(void *arg)
{
	struct sim_host *host = arg;
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(SIM_UDP_PORT) };
	int fd = (int)CALL(socket, AF_INET, SOCK_DGRAM, 0, 0, 0, 0);
	u8 *buf = sim_host_alloc(BUF);

	host->udp_server = current;
	if (fd < 0 || CALL(bind, fd, &sin, sizeof(sin), 0, 0, 0))
		sim_fail("host %u cannot serve UDP", host->index);
	while (!host->stop)
		serve(host, fd, buf);
	CALL(close, fd, 0, 0, 0, 0, 0);
	sim_host_free(buf);
	host->udp_server = NULL;
}

/* take_echoes - what has come back; waits for the first if the socket does. */
static void take_echoes(struct sim_flow *flow, int fd, u8 *buf, int flags)
{
	struct sim_flow *of;
	long ret;

	while ((ret = CALL(recvfrom, fd, buf, BUF, flags, 0, 0)) >= 0) {
		check(buf, (size_t)ret, &of);
		if (of != flow)
			sim_fail("UDP: flow %u gets an echo of flow %u", flow->id, of->id);
		flow->echoed++;
	}
}

static void client_body(void *arg)
{
	struct sim_flow *flow = arg;
	struct sim_rng r = { .state = sim.seed ^ key_of(flow->id, ~0u) };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(SIM_UDP_PORT),
				  .sin_addr.s_addr = flow->addr };
	struct timespec gap = { .tv_sec = (long)(flow->gap_ns / NSEC_PER_SEC),
				.tv_nsec = (long)(flow->gap_ns % NSEC_PER_SEC) };
	struct timeval last = { .tv_sec = LAST_WAIT_S };
	int fd = (int)CALL(socket, AF_INET, SOCK_DGRAM, 0, 0, 0, 0);
	u8 *buf = sim_host_alloc(BUF);

	while (fd >= 0 && flow->sent < flow->count) {
		size_t n = (size_t)sim_range(&r, flow->size_min, flow->size_max);

		build(buf, flow->id, flow->sent, n);
		flow->sent++;
		CALL(sendto, fd, buf, n, MSG_DONTWAIT, &to, sizeof(to));
		CALL(nanosleep, &gap, 0, 0, 0, 0, 0);
		take_echoes(flow, fd, buf, MSG_DONTWAIT);
	}
	if (fd >= 0) {
		CALL(setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &last, sizeof(last), 0);
		take_echoes(flow, fd, buf, 0);
		CALL(close, fd, 0, 0, 0, 0, 0);
	}
	sim_host_free(buf);
	flow->done = true;
}

void sim_flow_start(void *arg)
{
	struct sim_flow *flow = arg;

	flow->seen = sim_host_alloc(flow->count / 8 + 1);
	if (sim_task(flow->client->net, client_body, flow))
		flow->done = true;
}
