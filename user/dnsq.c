/* SPDX-License-Identifier: MIT */
/* Asks DNS for the addresses of a name: dnsq [-4|-6] [-t MS] [-s ADDRESS[#PORT]] NAME. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netdb_internal.h"

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: dnsq [-4|-6] [-t MILLISECONDS] [-s ADDRESS[#PORT]] NAME\n");
	exit(2);
}

/* The server to ask, in place of those of /etc/resolv.conf. */
static void set_server(struct resolv_conf *conf, char *text)
{
	char *port = strchr(text, '#');
	union any_addr *server = &conf->servers[0];

	if (port)
		*port++ = '\0';
	memset(server, 0, sizeof(*server));
	if (inet_pton(AF_INET, text, &server->in.sin_addr) == 1)
		server->sa.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &server->in6.sin6_addr) == 1)
		server->sa.sa_family = AF_INET6;
	else
		usage();
	server->in.sin_port = htons(port ? (unsigned int)atoi(port) : DNS_PORT);
	conf->server_count = 1;
}

static void print(const struct host_list *list, const char *name)
{
	char text[INET6_ADDRSTRLEN];
	int i;

	printf("%s", list->canon[0] ? list->canon : name);
	for (i = 0; i < list->n; i++)
		printf(" %s",
		       inet_ntop(list->addrs[i].family, list->addrs[i].addr, text, sizeof(text)));
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct host_list list = { 0 };
	struct resolv_conf conf;
	int family = AF_INET;
	int c, err;

	__resolv_conf(&conf);
	while ((c = getopt(argc, argv, "46t:s:")) != -1) {
		if (c == '4' || c == '6')
			family = c == '4' ? AF_INET : AF_INET6;
		else if (c == 't')
			conf.timeout_ms = atoi(optarg);
		else if (c == 's')
			set_server(&conf, optarg);
		else
			usage();
	}
	if (optind != argc - 1)
		usage();
	err = __dns_lookup(&conf, argv[optind], family, &list);
	if (err) {
		fprintf(stderr, "dnsq: %s: %s\n", argv[optind], gai_strerror(err));
		return 1;
	}
	print(&list, argv[optind]);
	return 0;
}
