/* SPDX-License-Identifier: MIT */
/* AF_NETLINK: addresses, message headers, attributes, options. netlink(7); RFC 3549. */
#ifndef UAPI_NETLINK_H
#define UAPI_NETLINK_H

#include <uapi/socket.h>
#include <uapi/types.h>

/* families: the protocol of socket(AF_NETLINK, ...) */
#define NETLINK_ROUTE	       0
#define NETLINK_USERSOCK       2
#define NETLINK_SOCK_DIAG      4
#define NETLINK_INET_DIAG      NETLINK_SOCK_DIAG
#define NETLINK_KOBJECT_UEVENT 15
#define NETLINK_GENERIC	       16
#define MAX_LINKS	       32

struct sockaddr_nl {
	sa_family_t nl_family; /* AF_NETLINK */
	unsigned short nl_pad;
	__u32 nl_pid;	 /* the socket's port; 0: the kernel */
	__u32 nl_groups; /* bit g - 1: group g */
};

struct nlmsghdr {
	__u32 nlmsg_len; /* with this header, without padding */
	__u16 nlmsg_type;
	__u16 nlmsg_flags;
	__u32 nlmsg_seq;
	__u32 nlmsg_pid; /* the sender's port */
};

/* nlmsg_flags */
#define NLM_F_REQUEST	    0x01
#define NLM_F_MULTI	    0x02 /* one of several, ended by NLMSG_DONE */
#define NLM_F_ACK	    0x04
#define NLM_F_ECHO	    0x08
#define NLM_F_DUMP_INTR	    0x10 /* what is dumped changed meanwhile */
#define NLM_F_DUMP_FILTERED 0x20
/* of a GET */
#define NLM_F_ROOT   0x100
#define NLM_F_MATCH  0x200
#define NLM_F_ATOMIC 0x400
#define NLM_F_DUMP   (NLM_F_ROOT | NLM_F_MATCH)
/* of a NEW */
#define NLM_F_REPLACE 0x100
#define NLM_F_EXCL    0x200
#define NLM_F_CREATE  0x400
#define NLM_F_APPEND  0x800
/* of a DEL */
#define NLM_F_NONREC 0x100
#define NLM_F_BULK   0x200
/* of an acknowledgement */
#define NLM_F_CAPPED   0x100 /* the request is not repeated in it */
#define NLM_F_ACK_TLVS 0x200 /* attributes follow */

#define NLMSG_ALIGNTO	   4U
#define NLMSG_ALIGN(len)   (((len) + NLMSG_ALIGNTO - 1) & ~(NLMSG_ALIGNTO - 1))
#define NLMSG_HDRLEN	   ((int)NLMSG_ALIGN(sizeof(struct nlmsghdr)))
#define NLMSG_LENGTH(len)  ((len) + NLMSG_HDRLEN)
#define NLMSG_SPACE(len)   NLMSG_ALIGN(NLMSG_LENGTH(len))
#define NLMSG_DATA(nlh)	   ((void *)((char *)(nlh) + NLMSG_HDRLEN))
#define NLMSG_OK(nlh, len) \
	((len) >= (int)sizeof(struct nlmsghdr) && (nlh)->nlmsg_len >= sizeof(struct nlmsghdr) && \
	 (int)(nlh)->nlmsg_len <= (len))
#define NLMSG_NEXT(nlh, len)                         \
	((len) -= (int)NLMSG_ALIGN((nlh)->nlmsg_len), \
	 (struct nlmsghdr *)((char *)(nlh) + NLMSG_ALIGN((nlh)->nlmsg_len)))

#define NLMSG_NOOP     0x1
#define NLMSG_ERROR    0x2
#define NLMSG_DONE     0x3
#define NLMSG_OVERRUN  0x4
#define NLMSG_MIN_TYPE 0x10 /* below: control messages */

struct nlmsgerr {
	int error;	     /* -errno; 0: an acknowledgement */
	struct nlmsghdr msg; /* the request's header; without NLM_F_CAPPED its payload follows */
};

/* attributes behind a struct nlmsgerr */
enum {
	NLMSGERR_ATTR_UNUSED,
	NLMSGERR_ATTR_MSG,    /* a sentence */
	NLMSGERR_ATTR_OFFS,   /* u32: where in the request the wrong attribute begins */
	NLMSGERR_ATTR_COOKIE, /* binary */
	NLMSGERR_ATTR_POLICY,
	NLMSGERR_ATTR_MISS_TYPE, /* u32: the attribute that is missing */
	NLMSGERR_ATTR_MISS_NEST, /* u32: in which nest */
	__NLMSGERR_ATTR_MAX,
	NLMSGERR_ATTR_MAX = __NLMSGERR_ATTR_MAX - 1
};

/* options of SOL_NETLINK */
#define NETLINK_ADD_MEMBERSHIP	 1
#define NETLINK_DROP_MEMBERSHIP	 2
#define NETLINK_PKTINFO		 3
#define NETLINK_BROADCAST_ERROR	 4
#define NETLINK_NO_ENOBUFS	 5
#define NETLINK_RX_RING		 6
#define NETLINK_TX_RING		 7
#define NETLINK_LISTEN_ALL_NSID	 8
#define NETLINK_LIST_MEMBERSHIPS 9
#define NETLINK_CAP_ACK		 10
#define NETLINK_EXT_ACK		 11
#define NETLINK_GET_STRICT_CHK	 12

struct nl_pktinfo {
	__u32 group;
};

struct nlattr {
	__u16 nla_len; /* with this header, without padding */
	__u16 nla_type;
};
#define NLA_F_NESTED	    (1 << 15)
#define NLA_F_NET_BYTEORDER (1 << 14)
#define NLA_TYPE_MASK	    ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER)
#define NLA_ALIGNTO	    4
#define NLA_ALIGN(len)	    (((len) + NLA_ALIGNTO - 1) & ~(NLA_ALIGNTO - 1))
#define NLA_HDRLEN	    ((int)NLA_ALIGN(sizeof(struct nlattr)))

_Static_assert(sizeof(struct sockaddr_nl) == 12, "struct sockaddr_nl");
_Static_assert(sizeof(struct nlmsghdr) == 16, "struct nlmsghdr");
_Static_assert(sizeof(struct nlmsgerr) == 20, "struct nlmsgerr");
_Static_assert(sizeof(struct nlattr) == 4, "struct nlattr");

#endif
