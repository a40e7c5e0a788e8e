/* SPDX-License-Identifier: MIT */
/* The request of SIOCADDRT and SIOCDELRT, and the flags of /proc/net/route. */
#ifndef UAPI_ROUTE_H
#define UAPI_ROUTE_H

#include <uapi/socket.h>
#include <uapi/types.h>

#define RTF_UP	      0x0001
#define RTF_GATEWAY   0x0002
#define RTF_HOST      0x0004
#define RTF_REINSTATE 0x0008
#define RTF_DYNAMIC   0x0010
#define RTF_MODIFIED  0x0020
#define RTF_MTU	      0x0040
#define RTF_MSS	      RTF_MTU
#define RTF_WINDOW    0x0080
#define RTF_IRTT      0x0100
#define RTF_REJECT    0x0200

/* Of the including program's width; the kernel reads an i386 program's as compat_rtentry. */
struct rtentry {
	__kernel_ulong_t rt_pad1;
	struct sockaddr rt_dst;
	struct sockaddr rt_gateway;
	struct sockaddr rt_genmask;
	unsigned short rt_flags;
	short rt_pad2;
	__kernel_ulong_t rt_pad3;
	void *rt_pad4;
	short rt_metric; /* one more than the metric it asks for */
	char *rt_dev;	 /* the device's name, or null */
	__kernel_ulong_t rt_mtu;
	__kernel_ulong_t rt_window;
	unsigned short rt_irtt;
};

#define rt_mss rt_mtu

_Static_assert(sizeof(struct rtentry) == (sizeof(void *) == 8 ? 120 : 84), "struct rtentry");

#endif
