/* SPDX-License-Identifier: MIT */
/* Local (AF_UNIX) sockets (net/unix). unix(7). */
#ifndef NET_AF_UNIX_H
#define NET_AF_UNIX_H

void unix_init(void);

#endif
