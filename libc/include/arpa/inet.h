/* SPDX-License-Identifier: MIT */
/* Addresses as text. */
#ifndef LIBC_ARPA_INET_H
#define LIBC_ARPA_INET_H

#include <netinet/in.h>

#define INET_ADDRSTRLEN	 16
#define INET6_ADDRSTRLEN 46

int inet_pton(int family, const char *restrict text, void *restrict addr);
const char *inet_ntop(int family, const void *restrict addr, char *restrict buf, socklen_t size);
int inet_aton(const char *text, struct in_addr *addr);
in_addr_t inet_addr(const char *text);
char *inet_ntoa(struct in_addr addr);

#endif
