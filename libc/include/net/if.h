/* SPDX-License-Identifier: MIT */
/* Network interfaces. */
#ifndef LIBC_NET_IF_H
#define LIBC_NET_IF_H

#include <sys/socket.h>
#include <uapi/if.h>

#endif
