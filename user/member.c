/* SPDX-License-Identifier: MIT */
/* A member of multicast groups, for tests: joins each, tells what it hears, and leaves the first when a datagram of one byte
 * comes. member PORT GROUP... */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void need(int value, const char *what)
{
	if (value >= 0)
		return;
	fprintf(stderr, "member: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void membership(int fd, int option, const char *group)
{
	struct ip_mreqn mreq = { .imr_ifindex = 0 };

	inet_pton(AF_INET, group, &mreq.imr_multiaddr);
	need(setsockopt(fd, IPPROTO_IP, option, &mreq, sizeof(mreq)), group);
	printf("member: %s %s\n", option == IP_ADD_MEMBERSHIP ? "joined" : "left", group);
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;
	char buf[2048];

	if (argc < 3) {
		fprintf(stderr, "usage: member PORT GROUP...\n");
		return 2;
	}
	addr.sin_port = htons((unsigned short)atoi(argv[1]));
	need(fd, "socket");
	need(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), "bind");
	for (i = 2; i < argc; i++)
		membership(fd, IP_ADD_MEMBERSHIP, argv[i]);
	printf("member: all joined\n");
	for (;;) {
		int n = (int)recv(fd, buf, sizeof(buf), 0);

		need(n, "recv");
		if (n == 1)
			membership(fd, IP_DROP_MEMBERSHIP, argv[2]);
		else
			printf("member: heard %.*s\n", n, buf);
	}
}
