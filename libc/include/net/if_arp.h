/* SPDX-License-Identifier: MIT */
/* Requests to change the ARP table. */
#ifndef LIBC_NET_IF_ARP_H
#define LIBC_NET_IF_ARP_H

#include <uapi/if_arp.h>

#endif
