/* SPDX-License-Identifier: MIT */
/* IPv4 socket ABI: protocols, addresses and SOL_IP options. */
#ifndef UAPI_IN_H
#define UAPI_IN_H

#include <uapi/byteorder.h>
#include <uapi/socket.h>

#define IPPROTO_IP	0
#define IPPROTO_ICMP	1
#define IPPROTO_IGMP	2
#define IPPROTO_IPIP	4
#define IPPROTO_TCP	6
#define IPPROTO_EGP	8
#define IPPROTO_PUP	12
#define IPPROTO_UDP	17
#define IPPROTO_IDP	22
#define IPPROTO_DCCP	33
#define IPPROTO_IPV6	41
#define IPPROTO_RSVP	46
#define IPPROTO_GRE	47
#define IPPROTO_ESP	50
#define IPPROTO_AH	51
#define IPPROTO_PIM	103
#define IPPROTO_COMP	108
#define IPPROTO_SCTP	132
#define IPPROTO_UDPLITE 136
#define IPPROTO_RAW	255
#define IPPROTO_MPTCP	262
#define IPPROTO_MAX	263 /* the bound of socket()'s third argument */
#define MAX_INET_PROTOS 256

#define IP_TOS			  1
#define IP_TTL			  2
#define IP_HDRINCL		  3
#define IP_OPTIONS		  4
#define IP_ROUTER_ALERT		  5
#define IP_RECVOPTS		  6
#define IP_RETOPTS		  7
#define IP_PKTINFO		  8
#define IP_PKTOPTIONS		  9
#define IP_MTU_DISCOVER		  10
#define IP_RECVERR		  11
#define IP_RECVTTL		  12
#define IP_RECVTOS		  13
#define IP_MTU			  14
#define IP_FREEBIND		  15
#define IP_IPSEC_POLICY		  16
#define IP_XFRM_POLICY		  17
#define IP_PASSSEC		  18
#define IP_TRANSPARENT		  19
#define IP_RECVRETOPTS		  IP_RETOPTS
#define IP_ORIGDSTADDR		  20
#define IP_RECVORIGDSTADDR	  IP_ORIGDSTADDR
#define IP_MINTTL		  21
#define IP_NODEFRAG		  22
#define IP_CHECKSUM		  23
#define IP_BIND_ADDRESS_NO_PORT	  24
#define IP_RECVFRAGSIZE		  25
#define IP_RECVERR_RFC4884	  26
#define IP_MULTICAST_IF		  32
#define IP_MULTICAST_TTL	  33
#define IP_MULTICAST_LOOP	  34
#define IP_ADD_MEMBERSHIP	  35
#define IP_DROP_MEMBERSHIP	  36
#define IP_UNBLOCK_SOURCE	  37
#define IP_BLOCK_SOURCE		  38
#define IP_ADD_SOURCE_MEMBERSHIP  39
#define IP_DROP_SOURCE_MEMBERSHIP 40
#define IP_MSFILTER		  41
#define MCAST_JOIN_GROUP	  42
#define MCAST_BLOCK_SOURCE	  43
#define MCAST_UNBLOCK_SOURCE	  44
#define MCAST_LEAVE_GROUP	  45
#define MCAST_JOIN_SOURCE_GROUP	  46
#define MCAST_LEAVE_SOURCE_GROUP  47
#define MCAST_MSFILTER		  48
#define IP_MULTICAST_ALL	  49
#define IP_UNICAST_IF		  50
#define IP_LOCAL_PORT_RANGE	  51
#define IP_PROTOCOL		  52

#define IP_DEFAULT_MULTICAST_TTL  1
#define IP_DEFAULT_MULTICAST_LOOP 1
#define IP_MAX_MEMBERSHIPS	  20

/* IP_MTU_DISCOVER */
#define IP_PMTUDISC_DONT      0
#define IP_PMTUDISC_WANT      1
#define IP_PMTUDISC_DO	      2
#define IP_PMTUDISC_PROBE     3
#define IP_PMTUDISC_INTERFACE 4
#define IP_PMTUDISC_OMIT      5

/* Filter modes of multicast sources. */
#define MCAST_EXCLUDE 0
#define MCAST_INCLUDE 1

struct in_addr {
	__be32 s_addr;
};

#define __SOCK_SIZE__ 16

struct sockaddr_in {
	sa_family_t sin_family;
	__be16 sin_port;
	struct in_addr sin_addr;
	unsigned char sin_zero[8];
};

struct ip_mreq {
	struct in_addr imr_multiaddr;
	struct in_addr imr_interface;
};

struct ip_mreqn {
	struct in_addr imr_multiaddr;
	struct in_addr imr_address;
	int imr_ifindex;
};

struct ip_mreq_source {
	__be32 imr_multiaddr;
	__be32 imr_interface;
	__be32 imr_sourceaddr;
};

struct ip_msfilter {
	__be32 imsf_multiaddr;
	__be32 imsf_interface;
	__u32 imsf_fmode;
	__u32 imsf_numsrc;
	__be32 imsf_slist[1];
};
#define IP_MSFILTER_SIZE(numsrc) (sizeof(struct ip_msfilter) - sizeof(__u32) + (numsrc) * sizeof(__u32))

struct group_req { /* for any protocol: RFC 3678 section 5.1 */
	__u32 gr_interface;
	struct __kernel_sockaddr_storage gr_group;
};

struct group_source_req {
	__u32 gsr_interface;
	struct __kernel_sockaddr_storage gsr_group;
	struct __kernel_sockaddr_storage gsr_source;
};

struct group_filter {
	__u32 gf_interface;
	struct __kernel_sockaddr_storage gf_group;
	__u32 gf_fmode;
	__u32 gf_numsrc;
	struct __kernel_sockaddr_storage gf_slist[1];
};
#define GROUP_FILTER_SIZE(numsrc)                                                          \
	(sizeof(struct group_filter) - sizeof(struct __kernel_sockaddr_storage) +          \
	 (numsrc) * sizeof(struct __kernel_sockaddr_storage))

struct in_pktinfo {
	int ipi_ifindex;
	struct in_addr ipi_spec_dst; /* the local address the packet was routed to */
	struct in_addr ipi_addr;     /* the destination in its header */
};

/* Classes and well-known addresses, in host order as everywhere in the Berkeley interface. */
#define IN_CLASSA(a)	   (((a)&0x80000000) == 0)
#define IN_CLASSA_NET	   0xff000000
#define IN_CLASSA_NSHIFT   24
#define IN_CLASSA_HOST	   (0xffffffff & ~IN_CLASSA_NET)
#define IN_CLASSB(a)	   (((a)&0xc0000000) == 0x80000000)
#define IN_CLASSB_NET	   0xffff0000
#define IN_CLASSB_NSHIFT   16
#define IN_CLASSB_HOST	   (0xffffffff & ~IN_CLASSB_NET)
#define IN_CLASSC(a)	   (((a)&0xe0000000) == 0xc0000000)
#define IN_CLASSC_NET	   0xffffff00
#define IN_CLASSC_NSHIFT   8
#define IN_CLASSC_HOST	   (0xffffffff & ~IN_CLASSC_NET)
#define IN_CLASSD(a)	   (((a)&0xf0000000) == 0xe0000000)
#define IN_MULTICAST(a)	   IN_CLASSD(a)
#define IN_BADCLASS(a)	   ((a) == 0xffffffff)
#define IN_EXPERIMENTAL(a) IN_BADCLASS(a)
#define IN_LOOPBACKNET	   127
#define IN_LOOPBACK(a)	   (((a)&0xff000000) == 0x7f000000)

#define INADDR_ANY	       0x00000000U
#define INADDR_BROADCAST       0xffffffffU
#define INADDR_NONE	       0xffffffffU
#define INADDR_DUMMY	       0xc0000008U
#define INADDR_LOOPBACK	       0x7f000001U
#define INADDR_UNSPEC_GROUP    0xe0000000U
#define INADDR_ALLHOSTS_GROUP  0xe0000001U
#define INADDR_ALLRTRS_GROUP   0xe0000002U
#define INADDR_MAX_LOCAL_GROUP 0xe00000ffU

_Static_assert(sizeof(struct sockaddr_in) == __SOCK_SIZE__, "struct sockaddr_in");
_Static_assert(sizeof(struct in_addr) == 4, "struct in_addr");
_Static_assert(sizeof(struct ip_mreqn) == 12, "struct ip_mreqn");
_Static_assert(sizeof(struct ip_mreq_source) == 12, "struct ip_mreq_source");
_Static_assert(sizeof(struct in_pktinfo) == 12, "struct in_pktinfo");

#endif
