/* SPDX-License-Identifier: MIT */
/* What the two files of ip route share. */
#ifndef NET_CMDS_IP_ROUTE_INTERNAL_H
#define NET_CMDS_IP_ROUTE_INTERNAL_H

#include "ip_internal.h"

extern const struct ip_word ip_metrics[]; /* RTAX_x */
/* ip_route_change - add, append, prepend, replace, change, delete; the exit status. */
int ip_route_change(int argc, char **argv, struct ip_form *form);

#endif
