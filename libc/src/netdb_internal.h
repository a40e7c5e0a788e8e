/* SPDX-License-Identifier: MIT */
/* What the parts of name resolution share: results, configuration, DNS messages. */
#ifndef NETDB_INTERNAL_H
#define NETDB_INTERNAL_H

#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define DNS_PORT       53
#define DNS_NAME_MAX   253 /* characters of a name in text, RFC 1035 section 2.3.4 */
#define DNS_LABEL_MAX  63
#define DNS_QUERY_MAX  (12 + 255 + 4)
#define DNS_UDP_MAX    4096 /* larger than any server sends without EDNS (RFC 1035: 512) */
#define DNS_TCP_MAX    65535
#define DNS_CNAME_HOPS 16

#define DNS_TYPE_A     1
#define DNS_TYPE_CNAME 5
#define DNS_TYPE_AAAA  28

#define RESOLV_SERVERS	3
#define RESOLV_SEARCHES 6
#define HOST_ADDRS	16

struct host_addr {
	int family;
	unsigned char addr[16];
	uint32_t scope; /* of a link-local IPv6 address */
};

/* The addresses of a name, and the name they really belong to. */
struct host_list {
	int n;
	struct host_addr addrs[HOST_ADDRS];
	char canon[DNS_NAME_MAX + 1];
};

union any_addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct resolv_conf {
	union any_addr servers[RESOLV_SERVERS];
	int server_count;
	char search[RESOLV_SEARCHES][DNS_NAME_MAX + 1];
	int search_count;
	int ndots;
	int timeout_ms;
	int attempts;
};

/* What an arrived message means to the one who asked. */
enum dns_verdict {
	DNS_FOREIGN,   /* no answer to this question, or malformed: wait for a better one */
	DNS_TRUNCATED, /* ask again over TCP */
	DNS_FAILED,    /* the server cannot or will not answer: ask another */
	DNS_NXDOMAIN,  /* no such name */
	DNS_ANSWER,    /* as many addresses as were added; perhaps none */
};

static inline socklen_t any_len(const union any_addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

/* __host_add - one more address, unless the list is full or has it. */
void __host_add(struct host_list *list, int family, const void *addr);

/* __hosts_lookup - adds what /etc/hosts says of a name; true where it knows the name. */
bool __hosts_lookup(const char *name, int family, struct host_list *list);
/* __service_port - the port of a service's name for "tcp" or "udp", or -1. Host order. */
int __service_port(const char *name, const char *proto);

/* __resolv_conf - the configuration of /etc/resolv.conf, with defaults for what it does not say. */
void __resolv_conf(struct resolv_conf *conf);

/* __dns_name_ok - is this a host name that may be asked for: letters, digits, - and _ in labels. */
bool __dns_name_ok(const char *name);
/* __dns_build - a recursive query; its length, or -1 for a name that has no wire form. */
int __dns_build(unsigned char buf[DNS_QUERY_MAX], uint16_t id, const char *name, int type);
/*
 * __dns_parse - judges a message as the answer to a query and adds its addresses to list, along
 * the chain of its CNAMEs from the name asked. Every byte of msg may be hostile.
 */
enum dns_verdict __dns_parse(const unsigned char *msg, size_t len, const unsigned char *query,
			     size_t query_len, int type, struct host_list *list);
/* __dns_lookup - the addresses of a name of one family, or of both for AF_UNSPEC; 0 or EAI_*. */
int __dns_lookup(const struct resolv_conf *conf, const char *name, int family,
		 struct host_list *list);
/* __family_works - can a socket of this family be made here? */
bool __family_works(int family);

#endif
