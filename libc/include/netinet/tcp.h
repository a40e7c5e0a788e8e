/* SPDX-License-Identifier: MIT */
/* TCP options and struct tcp_info. */
#ifndef LIBC_NETINET_TCP_H
#define LIBC_NETINET_TCP_H

#include <sys/types.h>
#include <uapi/tcp.h>

#endif
