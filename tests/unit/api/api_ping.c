/* SPDX-License-Identifier: MIT */
/* The console's ping, with a peer on the wire that answers late, twice, or with what went wrong:
 * ping(8). */
#include "peer.h"
#include "skiff_test.h"

/* What the host 10.0.0.N does with an echo request. */
enum { AT_ONCE = 2, LATE, TWICE, UNREACHABLE = 10 };

static const struct fault {
	int host;
	unsigned char type, code;
	const char *says;
} faults[] = {
	{ 10, 3, 0, "Destination Net Unreachable" },
	{ 11, 3, 1, "Destination Host Unreachable" },
	{ 12, 3, 2, "Destination Protocol Unreachable" },
	{ 13, 3, 13, "Packet filtered" },
	{ 14, 11, 0, "Time to live exceeded" },
	{ 15, 12, 0, "Parameter problem" },
};

static void echo(unsigned char *f, size_t n)
{
	static unsigned int asked;
	int host = f[33];
	size_t i;

	if (f[23] != 1 || f[IP_AT] != 8)
		return;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].host == host)
			answer_error(f, f + 30, faults[i].type, faults[i].code);
	if (host >= UNREACHABLE)
		return;
	if (host == LATE)
		rest_ms(10 + 20 * (long)(asked++ % 3));
	answer_echo(f, n);
	if (host == TWICE)
		skiff_port_give(port, f, n);
}

int main(void)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };
	char line[64], from[64];
	size_t i;

	skiff_boot("ip=10.0.0.1:::255.255.255.0::eth0:off skiff.seed=3");
	port = skiff_port_new("eth0", mac, 1500);
	skiff_run(10000000);
	if (skiff_task_start(peer_task, (void *)echo) < 0)
		return 1;
	EXPECT("ping -c 3 10.0.0.2", "icmp_seq=3 ttl=64",
	       "3 packets transmitted, 3 received, 0% packet loss", "rtt min/avg/max/mdev = ");
	EXPECT("ping -c 6 -i 0.2 10.0.0.3", "time=51", "6 received", "/31.", "/51.", "/16.");
	EXPECT("ping -c 2 10.0.0.4", "(DUP!)",
	       "2 received, +1 duplicates" /* the last one comes too late */);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		snprintf(line, sizeof(line), "ping -c 1 -W 0.5 10.0.0.%d", faults[i].host);
		snprintf(from, sizeof(from), "From 10.0.0.%d icmp_seq=1 %s", faults[i].host,
			 faults[i].says);
		EXPECT(line, from, "0 received, +1 errors, 100% packet loss", "!rtt");
	}
	EXPECT("ping -q -c 1 -W 0.5 10.0.0.11", "+1 errors", "!From");
	EXPECT("ping -c 1 -s 70000 10.0.0.2", "'70000'", "0 to 65507 bytes are right");
	EXPECT("ping -c 1 -t 300 10.0.0.2", "'300'", "1 to 255 is right");
	stop = true;
	skiff_run(skiff_now() + 10000000);
	return failures || skiff_warnings() ? 1 : 0;
}
