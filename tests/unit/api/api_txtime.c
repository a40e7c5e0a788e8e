/* SPDX-License-Identifier: MIT */
/* SO_TXTIME with fq: each datagram leaves at its own time; those of a flow that already waits leave with the one that it waits
 * for, in the order of their times; beyond the horizon they are dropped.
 * Linux's tc-fq(8), and its networking documentation of SCM_TXTIME. */
#define _GNU_SOURCE
#include "transcript.h"

#ifndef SO_TXTIME
#define SO_TXTIME 61
#endif
#define MS 1000000ull

static uint64_t begin;

static void send_at(int fd, char name, uint64_t when)
{
	is("send", send_cmsg(fd, "10.0.0.2", 9, &name, 1, SOL_SOCKET, SO_TXTIME, &when, sizeof(when)), 1);
}

static int timed_socket(void)
{
	struct {
		int clockid;
		unsigned int flags;
	} t = { 1 /* CLOCK_MONOTONIC */, 0 };
	int fd = socket_of(AF_INET, SOCK_DGRAM, 0);

	is("connect", connect_to(fd, "10.0.0.2", 9), 0);
	is("SO_TXTIME", CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_TXTIME, &t, sizeof(t)), 0);
	return fd;
}

static void sender(void *unused)
{
	int in_order = timed_socket(), fd = timed_socket();

	begin = skiff_now();
	send_at(in_order, 'q', begin + 5 * MS);
	send_at(in_order, 'r', begin + 15 * MS);
	send_at(in_order, 's', begin + 40 * MS);
	send_at(fd, 'c', begin + 30 * MS);
	send_at(fd, 'a', begin + 10 * MS);
	send_at(fd, 'd', begin + 30 * MS);
	send_at(fd, 'b', begin + 20 * MS);
	send_at(fd, 'p', 1);
	is("without a time", send_dgram(fd, "10.0.0.2", 9, "n", 1, 0), 1);
	send_at(fd, 'z', begin + 60000 * MS);
	close_fd(in_order);
	close_fd(fd);
}

int main(void)
{
	static const struct {
		char name;
		uint64_t at_ms;
	} wants[] = { { 'q', 5 },  { 'r', 15 }, { 'p', 30 }, { 'n', 30 }, { 'a', 30 },
			{ 'b', 30 }, { 'c', 30 }, { 'd', 30 }, { 's', 40 } };
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };
	unsigned char frame[2000];
	struct skiff_port *port;
	u64 when;
	char out[512];
	size_t i;

	world = &worlds[SKIFF];
	skiff_boot("ip=10.0.0.1:::255.255.255.0::eth0:off skiff.seed=3");
	port = skiff_port_new("eth0", mac, 1500);
	skiff_run(10 * MS);
	skiff_command("arp -s 10.0.0.2 02:00:00:00:00:02", out, sizeof(out));
	skiff_command("tc qdisc add dev eth0 root fq", out, sizeof(out));
	while (skiff_port_take(port, frame, sizeof(frame), NULL))
		;
	skiff_task_start(sender, NULL);
	skiff_run(skiff_now() + 100000 * MS);
	for (i = 0; i < COUNT(wants);) {
		if (skiff_port_take(port, frame, sizeof(frame), &when) == 0)
			break;
		if (frame[12] != 8 || frame[13] != 0 || frame[23] != 17)
			continue;
		is("which", frame[42], wants[i].name);
		is("when", (long)((when - begin) / MS), (long)wants[i].at_ms);
		i++;
	}
	is("datagrams", (long)i, COUNT(wants));
	is("no more", (long)skiff_port_take(port, frame, sizeof(frame), NULL), 0);
	skiff_command("tc -s qdisc show dev eth0", out, sizeof(out));
	is("beyond the horizon", strstr(out, "dropped 1,") != NULL, 1);
	return failures || skiff_warnings();
}
