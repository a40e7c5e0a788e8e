/* SPDX-License-Identifier: MIT */
/* Packet sockets (net/packet/): frames as devices receive and send them. packet(7). */
#ifndef NET_PACKET_H
#define NET_PACKET_H

void packet_init(void); /* AF_PACKET is there. Context: boot */

#endif
