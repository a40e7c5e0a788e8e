/* SPDX-License-Identifier: MIT */
/* The console's traceroute, with a chain of routers on the wire that answer, share a hop, or keep silent:
 * traceroute(1). */
#include "peer.h"
#include "skiff_test.h"

/* Hop 1 is 10.0.0.254; hop 2 is 10.0.2.1 for the first probe and 10.0.2.2 for the others; hop 3 is
 * silent; hop 4 is the host, where 10.9.0.N's N is the code of the error it answers with. */
static void way(unsigned char *f, size_t n)
{
	static const unsigned char one[4] = { 10, 0, 0, 254 };
	static unsigned char two[4] = { 10, 0, 2, 1 };
	unsigned char host[4];
	unsigned int ttl = f[22];

	memcpy(host, f + 30, 4);
	if (ttl == 1) {
		two[3] = 1;
		rest_ms(3);
		answer_error(f, one, 11, 0);
	} else if (ttl == 2) {
		answer_error(f, two, 11, 0);
		two[3] = 2;
	} else if (ttl > 3 && host[3] == 77 && f[23] == 1) {
		answer_echo(f, n);
	} else if (ttl > 3) {
		answer_error(f, host, 3, host[3] == 77 ? 3 : host[3]);
	}
}

int main(void)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };

	skiff_boot("ip=10.0.0.1::10.0.0.254:255.255.255.0::eth0:off skiff.seed=3");
	port = skiff_port_new("eth0", mac, 1500);
	skiff_run(10000000);
	if (skiff_task_start(peer_task, (void *)way) < 0)
		return 1;
	EXPECT("traceroute -n 10.9.0.77", "traceroute to 10.9.0.77 (10.9.0.77), 30 hops max, 60 byte packets\n 1  10.0.0.254  ",
	       "\n 2  10.0.2.", "\n 3  * * *\n 4  10.9.0.77  ", " ms\n", "! !", "! 5 ");
	EXPECT("traceroute -I -w 2 10.9.0.77", "\n 3  * * *\n 4  10.9.0.77  ", " ms\n", "! !", "! 5 ");
	EXPECT("traceroute -q 1 -f 2 -m 2 10.9.0.77", "2 hops max", "packets\n 2  10.0.2.", "! 1 ", "! 3 ");
	EXPECT("traceroute -q 3 -f 2 -m 2 10.9.0.77", "\n 2  10.0.2.2  ");
	EXPECT("traceroute -w 1 10.9.0.0", "ms !N  ", "!\n 5 ");
	EXPECT("traceroute -w 1 10.9.0.1", "ms !H\n");
	EXPECT("traceroute -w 1 10.9.0.2", "ms !P\n");
	EXPECT("traceroute -w 1 10.9.0.13", "ms !X\n");
	EXPECT("traceroute -w 1 10.9.0.15", "ms !<15>\n");
	EXPECT("traceroute 127.0.0.1", " 1  127.0.0.1  ", "!*", "! 2 ");
	EXPECT("traceroute -q 11 10.9.0.77", "`11' is wrong: 1 to 10 probes is right");
	EXPECT("traceroute -m 0 10.9.0.77", "1 to 255 hops");
	EXPECT("traceroute -f 9 -m 5 10.9.0.77", "first hop out of range");
	EXPECT("traceroute -p 65530 10.9.0.77", "-p is too high");
	EXPECT("traceroute -w soon 10.9.0.77", "seconds such as");
	EXPECT("traceroute 10.9.0.77 12", "28 to 65000 bytes");
	EXPECT("traceroute", "usage");
	EXPECT("traceroute -z 10.9.0.77", "usage");
	EXPECT("ip route del default", "!RTNETLINK");
	EXPECT("traceroute 10.9.0.77", "send: Network is unreachable");
	stop = true;
	skiff_run(skiff_now() + 10000000);
	return failures || skiff_warnings() ? 1 : 0;
}
