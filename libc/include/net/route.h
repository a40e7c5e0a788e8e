/* SPDX-License-Identifier: MIT */
/* Requests to change routes. */
#ifndef LIBC_NET_ROUTE_H
#define LIBC_NET_ROUTE_H

#include <uapi/route.h>

#endif
