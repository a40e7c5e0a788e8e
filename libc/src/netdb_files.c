/* SPDX-License-Identifier: MIT */
/* The files of name resolution: /etc/hosts, /etc/services, /etc/resolv.conf. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "netdb_internal.h"

#define SPACE " \t\r\n"
#define LINE  1024

/* The services that programs here speak, for where there is no /etc/services. */
static const struct {
	const char *name;
	int port;
} known_services[] = {
	{ "echo", 7 },	  { "discard", 9 }, { "daytime", 13 }, { "chargen", 19 }, { "ssh", 22 },
	{ "domain", 53 }, { "http", 80 },   { "ntp", 123 },    { "https", 443 },
};

/* The next line without its comment; a longer line than fits is cut, and its rest dropped. */
static bool next_line(FILE *f, char line[LINE])
{
	int c;

	if (!fgets(line, LINE, f))
		return false;
	if (!strchr(line, '\n'))
		while ((c = fgetc(f)) != EOF && c != '\n')
			;
	line[strcspn(line, "#;")] = '\0';
	return true;
}

void __host_add(struct host_list *list, int family, const void *addr)
{
	size_t len = family == AF_INET6 ? 16 : 4;
	int i;

	for (i = 0; i < list->n; i++)
		if (list->addrs[i].family == family && !memcmp(list->addrs[i].addr, addr, len))
			return;
	if (list->n == HOST_ADDRS)
		return;
	memset(&list->addrs[i], 0, sizeof(list->addrs[i]));
	list->addrs[i].family = family;
	memcpy(list->addrs[i].addr, addr, len);
	list->n++;
}

/* Whether the names in rest hold the one sought; first is set to the line's canonical name. */
static bool line_names(char *rest, const char *name, const char **first)
{
	bool found = false;
	char *word, *save;

	*first = NULL;
	for (word = strtok_r(rest, SPACE, &save); word; word = strtok_r(NULL, SPACE, &save)) {
		if (!*first)
			*first = word;
		found |= strcasecmp(word, name) == 0;
	}
	return found;
}

bool __hosts_lookup(const char *name, int family, struct host_list *list)
{
	FILE *f = fopen("/etc/hosts", "r");
	unsigned char addr[16];
	char line[LINE];
	bool known = false;

	while (f && next_line(f, line)) {
		char *rest = line + strspn(line, SPACE);
		char *text = strsep(&rest, SPACE);
		const char *first;
		int of = strchr(text, ':') ? AF_INET6 : AF_INET;

		if (!rest || inet_pton(of, text, addr) != 1 || !line_names(rest, name, &first))
			continue;
		known = true;
		if (family != AF_UNSPEC && family != of)
			continue;
		if (!list->canon[0])
			strlcpy(list->canon, first, sizeof(list->canon));
		__host_add(list, of, addr);
	}
	if (f)
		fclose(f);
	return known;
}

int __service_port(const char *name, const char *proto)
{
	FILE *f = fopen("/etc/services", "r");
	char line[LINE];
	int port = -1;
	size_t i;

	while (f && port < 0 && next_line(f, line)) {
		char *save;
		char *service = strtok_r(line, SPACE, &save);
		char *number = strtok_r(NULL, SPACE "/", &save);
		char *of = strtok_r(NULL, SPACE, &save);
		char *word = service;

		if (!of || strcmp(of, proto))
			continue;
		while (word && strcmp(word, name))
			word = strtok_r(NULL, SPACE, &save);
		if (word && atoi(number) > 0 && atoi(number) < 65536)
			port = atoi(number);
	}
	if (f)
		fclose(f);
	for (i = 0; port < 0 && i < sizeof(known_services) / sizeof(known_services[0]); i++)
		if (strcmp(known_services[i].name, name) == 0)
			port = known_services[i].port;
	return port;
}

static void add_server(struct resolv_conf *conf, const char *text)
{
	union any_addr *a = &conf->servers[conf->server_count];

	if (conf->server_count == RESOLV_SERVERS)
		return;
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->in.sin_addr) == 1)
		a->sa.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &a->in6.sin6_addr) == 1)
		a->sa.sa_family = AF_INET6;
	else
		return;
	a->in.sin_port = htons(DNS_PORT); /* the same bytes in both structs */
	conf->server_count++;
}

static void add_search(struct resolv_conf *conf, const char *domain)
{
	char *to = conf->search[conf->search_count];
	size_t len = strlen(domain);

	if (conf->search_count == RESOLV_SEARCHES || len > DNS_NAME_MAX)
		return;
	strcpy(to, domain);
	if (len && to[len - 1] == '.')
		to[len - 1] = '\0';
	if (__dns_name_ok(to))
		conf->search_count++;
}

static int clamp(const char *text, int low, int high)
{
	long v = strtol(text, NULL, 10);

	return v < low ? low : v > high ? high : (int)v;
}

static void set_option(struct resolv_conf *conf, const char *word)
{
	if (strncmp(word, "ndots:", 6) == 0)
		conf->ndots = clamp(word + 6, 0, 15);
	else if (strncmp(word, "timeout:", 8) == 0)
		conf->timeout_ms = clamp(word + 8, 1, 30) * 1000;
	else if (strncmp(word, "attempts:", 9) == 0)
		conf->attempts = clamp(word + 9, 1, 5);
}

static void conf_line(struct resolv_conf *conf, char *line)
{
	char *save;
	char *key = strtok_r(line, SPACE, &save);
	bool search = key && (!strcmp(key, "search") || !strcmp(key, "domain"));
	char *word;

	if (search)
		conf->search_count = 0;
	for (word = key ? strtok_r(NULL, SPACE, &save) : NULL; word;
	     word = strtok_r(NULL, SPACE, &save)) {
		if (search)
			add_search(conf, word);
		else if (!strcmp(key, "nameserver"))
			add_server(conf, word);
		else if (!strcmp(key, "options"))
			set_option(conf, word);
	}
}

void __resolv_conf(struct resolv_conf *conf)
{
	FILE *f = fopen("/etc/resolv.conf", "r");
	char line[LINE];

	memset(conf, 0, sizeof(*conf));
	conf->ndots = 1;
	conf->timeout_ms = 5000;
	conf->attempts = 2;
	while (f && next_line(f, line))
		conf_line(conf, line);
	if (f)
		fclose(f);
	if (!conf->server_count)
		add_server(conf, "127.0.0.1");
}
