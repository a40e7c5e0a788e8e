/* SPDX-License-Identifier: MIT */
/* Names and addresses: getaddrinfo() over /etc/hosts and DNS. */
#ifndef LIBC_NETDB_H
#define LIBC_NETDB_H

#include <netinet/in.h>
#include <sys/socket.h>

#define AI_PASSIVE     0x0001
#define AI_CANONNAME   0x0002
#define AI_NUMERICHOST 0x0004
#define AI_V4MAPPED    0x0008
#define AI_ALL	       0x0010
#define AI_ADDRCONFIG  0x0020
#define AI_NUMERICSERV 0x0400

#define NI_NUMERICHOST 1
#define NI_NUMERICSERV 2
#define NI_NOFQDN      4
#define NI_NAMEREQD    8
#define NI_DGRAM       16
#define NI_MAXHOST     1025
#define NI_MAXSERV     32

#define EAI_BADFLAGS   -1
#define EAI_NONAME     -2
#define EAI_AGAIN      -3
#define EAI_FAIL       -4
#define EAI_NODATA     -5
#define EAI_FAMILY     -6
#define EAI_SOCKTYPE   -7
#define EAI_SERVICE    -8
#define EAI_ADDRFAMILY -9
#define EAI_MEMORY     -10
#define EAI_SYSTEM     -11
#define EAI_OVERFLOW   -12

struct addrinfo {
	int ai_flags;
	int ai_family;
	int ai_socktype;
	int ai_protocol;
	socklen_t ai_addrlen;
	struct sockaddr *ai_addr;
	char *ai_canonname;
	struct addrinfo *ai_next;
};

/*
 * getaddrinfo - the addresses of a host and the port of a service: numeric forms, /etc/hosts,
 * then the servers of /etc/resolv.conf. 0, or an EAI_* that gai_strerror() puts in words.
 * The list is freed by freeaddrinfo().
 */
int getaddrinfo(const char *restrict node, const char *restrict service,
		const struct addrinfo *restrict hints, struct addrinfo **restrict res);
void freeaddrinfo(struct addrinfo *ai);
const char *gai_strerror(int err);
/* getnameinfo - the numeric forms of an address and its port; NI_NAMEREQD gives EAI_NONAME. */
int getnameinfo(const struct sockaddr *restrict sa, socklen_t len, char *restrict host,
		socklen_t host_size, char *restrict serv, socklen_t serv_size, int flags);

#endif
