/* SPDX-License-Identifier: MIT */
/* getaddrinfo and getnameinfo (RFC 3493, section 6). */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "netdb_internal.h"

#define ALL_FLAGS                                                                            \
	(AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG | \
	 AI_NUMERICSERV)

/* The sockets that a result can be for. */
static const struct {
	int type;
	int protocol;
	const char *name;
} kinds[] = {
	{ SOCK_STREAM, IPPROTO_TCP, "tcp" },
	{ SOCK_DGRAM, IPPROTO_UDP, "udp" },
	{ SOCK_RAW, 0, NULL },
};

#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

/* A result with its address, in one allocation. */
struct result {
	struct addrinfo ai;
	union any_addr addr;
};

static const char *const errors[] = {
	[-EAI_BADFLAGS] = "Bad value for ai_flags",
	[-EAI_NONAME] = "Name or service not known",
	[-EAI_AGAIN] = "Temporary failure in name resolution",
	[-EAI_FAIL] = "Non-recoverable failure in name resolution",
	[-EAI_NODATA] = "No address associated with hostname",
	[-EAI_FAMILY] = "ai_family not supported",
	[-EAI_SOCKTYPE] = "ai_socktype not supported",
	[-EAI_SERVICE] = "Service not supported for socket type",
	[-EAI_ADDRFAMILY] = "Address family for hostname not supported",
	[-EAI_MEMORY] = "Memory allocation failure",
	[-EAI_SYSTEM] = "System error",
	[-EAI_OVERFLOW] = "Argument buffer overflow",
};

const char *gai_strerror(int err)
{
	if (err > 0 || err < EAI_OVERFLOW || !errors[-err])
		return "Unknown error";
	return errors[-err];
}

void freeaddrinfo(struct addrinfo *ai)
{
	while (ai) {
		struct addrinfo *next = ai->ai_next;

		free(ai->ai_canonname);
		free(ai);
		ai = next;
	}
}

static bool kind_fits(int i, const struct addrinfo *hints)
{
	if (hints->ai_socktype && hints->ai_socktype != kinds[i].type)
		return false;
	return !hints->ai_protocol || !kinds[i].protocol || hints->ai_protocol == kinds[i].protocol;
}

/* The port for each kind of socket; -1 where the service does not exist for it. */
static int find_ports(const char *service, const struct addrinfo *hints, int ports[KINDS])
{
	bool any = false;
	unsigned long n = 0;
	char *end;
	int i;

	if (service) {
		n = strtoul(service, &end, 10);
		if (*end || end == service)
			n = 65536;
		if (n > 65535 && (*end == '\0' || hints->ai_flags & AI_NUMERICSERV))
			return EAI_NONAME;
	}
	for (i = 0; i < KINDS; i++) {
		ports[i] = -1;
		if (!kind_fits(i, hints))
			continue;
		if (!service || n <= 65535)
			ports[i] = (int)n;
		else if (kinds[i].name)
			ports[i] = __service_port(service, kinds[i].name);
		any |= ports[i] >= 0;
	}
	if (any)
		return 0;
	return service ? EAI_SERVICE : EAI_SOCKTYPE;
}

static bool wants(int family, int of)
{
	return family == AF_UNSPEC || family == of;
}

/* Without a name: any address for those who bind, loopback for those who connect. */
static int no_node(const struct addrinfo *hints, struct host_list *list)
{
	static const unsigned char any[16], loopback4[4] = { 127, 0, 0, 1 };
	static const unsigned char loopback6[16] = { [15] = 1 };
	bool passive = hints->ai_flags & AI_PASSIVE;

	if (wants(hints->ai_family, AF_INET))
		__host_add(list, AF_INET, passive ? any : loopback4);
	if (hints->ai_family == AF_INET6 ||
	    (hints->ai_family == AF_UNSPEC && __family_works(AF_INET6)))
		__host_add(list, AF_INET6, passive ? any : loopback6);
	return 0;
}

/* 0 and an address, or EAI_NONAME for what is no numeric address. */
static int numeric(const char *node, int family, struct host_list *list)
{
	char text[INET6_ADDRSTRLEN];
	const char *scope = strchr(node, '%');
	unsigned char addr[16];
	struct in_addr v4;

	if (inet_aton(node, &v4) && !strpbrk(node, " \t\r\n")) {
		if (!wants(family, AF_INET))
			return EAI_ADDRFAMILY;
		__host_add(list, AF_INET, &v4);
		return 0;
	}
	if (!scope)
		scope = node + strlen(node);
	if ((size_t)(scope - node) >= sizeof(text))
		return EAI_NONAME;
	memcpy(text, node, (size_t)(scope - node));
	text[scope - node] = '\0';
	if (inet_pton(AF_INET6, text, addr) != 1)
		return EAI_NONAME;
	if (!wants(family, AF_INET6))
		return EAI_ADDRFAMILY;
	__host_add(list, AF_INET6, addr);
	if (*scope)
		list->addrs[0].scope = (uint32_t)strtoul(scope + 1, NULL, 10);
	return 0;
}

/* RFC 6761, section 6.3: this name and those below it never go to the network. */
static bool is_localhost(const char *name)
{
	size_t len = strlen(name);

	if (len && name[len - 1] == '.')
		len--;
	return len >= 9 && strncasecmp(name + len - 9, "localhost", 9) == 0 &&
	       (len == 9 || name[len - 10] == '.');
}

static int by_name(const char *node, int family, struct host_list *list)
{
	struct addrinfo loopback = { .ai_family = family };
	struct resolv_conf conf;

	if (__hosts_lookup(node, family, list))
		return list->n ? 0 : EAI_ADDRFAMILY;
	if (is_localhost(node))
		return no_node(&loopback, list);
	__resolv_conf(&conf);
	return __dns_lookup(&conf, node, family, list);
}

static void map_v4(struct host_list *list)
{
	int i;

	for (i = 0; i < list->n; i++) {
		unsigned char *a = list->addrs[i].addr;

		if (list->addrs[i].family != AF_INET)
			continue;
		memcpy(a + 12, a, 4);
		memset(a, 0, 10);
		a[10] = a[11] = 0xff;
		list->addrs[i].family = AF_INET6;
	}
}

static int find_hosts(const char *node, const struct addrinfo *hints, struct host_list *list)
{
	int family = hints->ai_family;
	int err;

	memset(list, 0, sizeof(*list));
	if (!node)
		return no_node(hints, list);
	if (hints->ai_flags & AI_ADDRCONFIG && family == AF_UNSPEC) {
		if (!__family_works(AF_INET6))
			family = AF_INET;
		else if (!__family_works(AF_INET))
			family = AF_INET6;
	}
	err = numeric(node, family, list);
	if (err == EAI_NONAME && !(hints->ai_flags & AI_NUMERICHOST))
		err = by_name(node, family, list);
	if (family == AF_INET6 && hints->ai_flags & AI_V4MAPPED &&
	    (err || hints->ai_flags & AI_ALL)) {
		if (numeric(node, AF_INET, list) == 0 ||
		    (!(hints->ai_flags & AI_NUMERICHOST) && by_name(node, AF_INET, list) == 0))
			err = 0;
		map_v4(list);
	}
	return err;
}

static struct addrinfo *make_result(const struct host_addr *host, int kind, int port,
				    const struct addrinfo *hints)
{
	struct result *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->ai.ai_flags = hints->ai_flags;
	r->ai.ai_family = host->family;
	r->ai.ai_socktype = kinds[kind].type;
	r->ai.ai_protocol = kinds[kind].protocol ? kinds[kind].protocol : hints->ai_protocol;
	r->ai.ai_addr = &r->addr.sa;
	r->addr.sa.sa_family = (sa_family_t)host->family;
	r->ai.ai_addrlen = any_len(&r->addr);
	r->addr.in.sin_port = htons((uint16_t)port); /* the same bytes in both structs */
	if (host->family == AF_INET6) {
		memcpy(&r->addr.in6.sin6_addr, host->addr, 16);
		r->addr.in6.sin6_scope_id = host->scope;
	} else {
		memcpy(&r->addr.in.sin_addr, host->addr, 4);
	}
	return &r->ai;
}

static int build_list(const struct host_list *hosts, const int ports[KINDS], const char *node,
		      const struct addrinfo *hints, struct addrinfo **res)
{
	struct addrinfo **tail = res;
	int i, k;

	*res = NULL;
	for (i = 0; i < hosts->n; i++) {
		for (k = 0; k < KINDS; k++) {
			if (ports[k] < 0)
				continue;
			*tail = make_result(&hosts->addrs[i], k, ports[k], hints);
			if (!*tail)
				goto free;
			tail = &(*tail)->ai_next;
		}
	}
	if (hints->ai_flags & AI_CANONNAME && *res) {
		(*res)->ai_canonname = strdup(hosts->canon[0] ? hosts->canon : node);
		if (!(*res)->ai_canonname)
			goto free;
	}
	return 0;
free:
	freeaddrinfo(*res);
	*res = NULL;
	return EAI_MEMORY;
}

int getaddrinfo(const char *restrict node, const char *restrict service,
		const struct addrinfo *restrict hints, struct addrinfo **restrict res)
{
	static const struct addrinfo none = { .ai_flags = AI_ADDRCONFIG };
	struct host_list hosts;
	int ports[KINDS];
	int err;

	if (!hints)
		hints = &none;
	if (!node && !service)
		return EAI_NONAME;
	if (hints->ai_flags & ~ALL_FLAGS || (hints->ai_flags & AI_CANONNAME && !node))
		return EAI_BADFLAGS;
	if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET &&
	    hints->ai_family != AF_INET6)
		return EAI_FAMILY;
	err = find_ports(service, hints, ports);
	if (err)
		return err;
	err = find_hosts(node, hints, &hosts);
	if (err)
		return err;
	return build_list(&hosts, ports, node, hints, res);
}

int getnameinfo(const struct sockaddr *restrict sa, socklen_t len, char *restrict host,
		socklen_t host_size, char *restrict serv, socklen_t serv_size, int flags)
{
	const union any_addr *a = (const union any_addr *)sa;
	const void *addr;

	if (len < sizeof(sa_family_t) || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6) ||
	    len < any_len(a))
		return EAI_FAMILY;
	if (host && host_size) {
		if (flags & NI_NAMEREQD)
			return EAI_NONAME;
		addr = sa->sa_family == AF_INET6 ? (const void *)&a->in6.sin6_addr
						 : (const void *)&a->in.sin_addr;
		if (!inet_ntop(sa->sa_family, addr, host, host_size))
			return EAI_OVERFLOW;
	}
	if (serv && serv_size &&
	    (socklen_t)snprintf(serv, serv_size, "%u", ntohs(a->in.sin_port)) >= serv_size)
		return EAI_OVERFLOW;
	return 0;
}
