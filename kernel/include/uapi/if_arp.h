/* SPDX-License-Identifier: MIT */
/* Hardware types of devices and the request of the ARP ioctls. */
#ifndef UAPI_IF_ARP_H
#define UAPI_IF_ARP_H

#include <uapi/if.h>
#include <uapi/socket.h>

#define ARPHRD_NETROM	0
#define ARPHRD_ETHER	1
#define ARPHRD_IEEE802	6
#define ARPHRD_PPP	512
#define ARPHRD_TUNNEL	768
#define ARPHRD_LOOPBACK 772
#define ARPHRD_SIT	776
#define ARPHRD_IPGRE	778
#define ARPHRD_NETLINK	824
#define ARPHRD_VOID	0xFFFF
#define ARPHRD_NONE	0xFFFE

#define ARPOP_REQUEST  1
#define ARPOP_REPLY    2
#define ARPOP_RREQUEST 3
#define ARPOP_RREPLY   4

/* arp_flags */
#define ATF_COM		0x02
#define ATF_PERM	0x04
#define ATF_PUBL	0x08
#define ATF_USETRAILERS 0x10
#define ATF_NETMASK	0x20
#define ATF_DONTPUB	0x40

struct arpreq {
	struct sockaddr arp_pa;
	struct sockaddr arp_ha;
	int arp_flags;
	struct sockaddr arp_netmask;
	char arp_dev[IFNAMSIZ];
};

_Static_assert(sizeof(struct arpreq) == 68, "struct arpreq");

#endif
