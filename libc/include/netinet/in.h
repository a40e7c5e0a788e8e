/* SPDX-License-Identifier: MIT */
/* Internet addresses and protocols. */
#ifndef LIBC_NETINET_IN_H
#define LIBC_NETINET_IN_H

#include <sys/socket.h>
#include <uapi/in.h>
#include <uapi/in6.h>

#endif
