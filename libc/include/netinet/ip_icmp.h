/* SPDX-License-Identifier: MIT */
/* ICMP types and codes. */
#ifndef LIBC_NETINET_IP_ICMP_H
#define LIBC_NETINET_IP_ICMP_H

#include <uapi/icmp.h>

#endif
