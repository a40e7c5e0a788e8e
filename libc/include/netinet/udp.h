/* SPDX-License-Identifier: MIT */
/* UDP options. */
#ifndef LIBC_NETINET_UDP_H
#define LIBC_NETINET_UDP_H

#include <uapi/udp.h>

#endif
