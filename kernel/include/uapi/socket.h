/* SPDX-License-Identifier: MIT */
/* Socket ABI: families, types, options, flags, addresses and message headers (book 12.10). */
#ifndef UAPI_SOCKET_H
#define UAPI_SOCKET_H

#include <uapi/sockios.h>
#include <uapi/types.h>
#include <uapi/uio.h>

/* Address and protocol families. */
#define AF_UNSPEC  0
#define AF_UNIX	   1
#define AF_LOCAL   AF_UNIX
#define AF_INET	   2
#define AF_BRIDGE  7
#define AF_INET6   10
#define AF_KEY	   15
#define AF_NETLINK 16
#define AF_ROUTE   AF_NETLINK
#define AF_PACKET  17
#define AF_VSOCK   40
#define AF_MAX	   46

#define PF_UNSPEC  AF_UNSPEC
#define PF_UNIX	   AF_UNIX
#define PF_LOCAL   AF_LOCAL
#define PF_INET	   AF_INET
#define PF_BRIDGE  AF_BRIDGE
#define PF_INET6   AF_INET6
#define PF_KEY	   AF_KEY
#define PF_NETLINK AF_NETLINK
#define PF_ROUTE   AF_ROUTE
#define PF_PACKET  AF_PACKET
#define PF_VSOCK   AF_VSOCK
#define PF_MAX	   AF_MAX

/* Socket types, and the flags that socket() and accept4() take beside them. */
#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_RDM       4
#define SOCK_SEQPACKET 5
#define SOCK_DCCP      6
#define SOCK_PACKET    10
#define SOCK_MAX       (SOCK_PACKET + 1)
#define SOCK_TYPE_MASK 0xf
#define SOCK_CLOEXEC   02000000
#define SOCK_NONBLOCK  00004000

/* shutdown() */
#define SHUT_RD	  0
#define SHUT_WR	  1
#define SHUT_RDWR 2

/* Levels of setsockopt() and getsockopt(). */
#define SOL_IP	    0
#define SOL_SOCKET  1
#define SOL_TCP	    6
#define SOL_UDP	    17
#define SOL_IPV6    41
#define SOL_ICMPV6  58
#define SOL_RAW	    255
#define SOL_PACKET  263
#define SOL_NETLINK 270

/* Options of SOL_SOCKET. */
#define SO_DEBUG			 1
#define SO_REUSEADDR			 2
#define SO_TYPE				 3
#define SO_ERROR			 4
#define SO_DONTROUTE			 5
#define SO_BROADCAST			 6
#define SO_SNDBUF			 7
#define SO_RCVBUF			 8
#define SO_KEEPALIVE			 9
#define SO_OOBINLINE			 10
#define SO_NO_CHECK			 11
#define SO_PRIORITY			 12
#define SO_LINGER			 13
#define SO_BSDCOMPAT			 14
#define SO_REUSEPORT			 15
#define SO_PASSCRED			 16
#define SO_PEERCRED			 17
#define SO_RCVLOWAT			 18
#define SO_SNDLOWAT			 19
#define SO_RCVTIMEO_OLD			 20
#define SO_SNDTIMEO_OLD			 21
#define SO_RCVTIMEO			 SO_RCVTIMEO_OLD
#define SO_SNDTIMEO			 SO_SNDTIMEO_OLD
#define SO_SECURITY_AUTHENTICATION	 22
#define SO_SECURITY_ENCRYPTION_TRANSPORT 23
#define SO_SECURITY_ENCRYPTION_NETWORK	 24
#define SO_BINDTODEVICE			 25
#define SO_ATTACH_FILTER		 26
#define SO_GET_FILTER			 SO_ATTACH_FILTER
#define SO_DETACH_FILTER		 27
#define SO_PEERNAME			 28
#define SO_TIMESTAMP_OLD		 29
#define SO_TIMESTAMP			 SO_TIMESTAMP_OLD
#define SO_ACCEPTCONN			 30
#define SO_PEERSEC			 31
#define SO_SNDBUFFORCE			 32
#define SO_RCVBUFFORCE			 33
#define SO_PASSSEC			 34
#define SO_TIMESTAMPNS_OLD		 35
#define SO_TIMESTAMPNS			 SO_TIMESTAMPNS_OLD
#define SO_MARK				 36
#define SO_TIMESTAMPING_OLD		 37
#define SO_TIMESTAMPING			 SO_TIMESTAMPING_OLD
#define SO_PROTOCOL			 38
#define SO_DOMAIN			 39
#define SO_RXQ_OVFL			 40
#define SO_WIFI_STATUS			 41
#define SO_PEEK_OFF			 42
#define SO_NOFCS			 43
#define SO_LOCK_FILTER			 44
#define SO_SELECT_ERR_QUEUE		 45
#define SO_BUSY_POLL			 46
#define SO_MAX_PACING_RATE		 47
#define SO_BPF_EXTENSIONS		 48
#define SO_INCOMING_CPU			 49
#define SO_ATTACH_BPF			 50
#define SO_DETACH_BPF			 SO_DETACH_FILTER
#define SO_ATTACH_REUSEPORT_CBPF	 51
#define SO_ATTACH_REUSEPORT_EBPF	 52
#define SO_CNX_ADVICE			 53
#define SO_MEMINFO			 55
#define SO_INCOMING_NAPI_ID		 56
#define SO_COOKIE			 57
#define SO_ZEROCOPY			 60
#define SO_TXTIME			 61
#define SCM_TXTIME			 SO_TXTIME
#define SO_BINDTOIFINDEX		 62
#define SO_TIMESTAMP_NEW		 63
#define SO_TIMESTAMPNS_NEW		 64
#define SO_TIMESTAMPING_NEW		 65
#define SO_RCVTIMEO_NEW			 66
#define SO_SNDTIMEO_NEW			 67
#define SO_DETACH_REUSEPORT_BPF		 68
#define SO_PREFER_BUSY_POLL		 69
#define SO_BUSY_POLL_BUDGET		 70
#define SO_NETNS_COOKIE			 71
#define SO_BUF_LOCK			 72
#define SO_RESERVE_MEM			 73
#define SO_TXREHASH			 74
#define SO_RCVMARK			 75

/* Flags of the send and receive calls. */
#define MSG_OOB		 0x1
#define MSG_PEEK	 0x2
#define MSG_DONTROUTE	 0x4
#define MSG_TRYHARD	 MSG_DONTROUTE
#define MSG_CTRUNC	 0x8
#define MSG_PROBE	 0x10
#define MSG_TRUNC	 0x20
#define MSG_DONTWAIT	 0x40
#define MSG_EOR		 0x80
#define MSG_WAITALL	 0x100
#define MSG_FIN		 0x200
#define MSG_SYN		 0x400
#define MSG_CONFIRM	 0x800
#define MSG_RST		 0x1000
#define MSG_ERRQUEUE	 0x2000
#define MSG_NOSIGNAL	 0x4000
#define MSG_MORE	 0x8000
#define MSG_WAITFORONE	 0x10000
#define MSG_BATCH	 0x40000
#define MSG_EOF		 MSG_FIN
#define MSG_ZEROCOPY	 0x4000000
#define MSG_FASTOPEN	 0x20000000
#define MSG_CMSG_CLOEXEC 0x40000000
#define MSG_CMSG_COMPAT	 0x80000000 /* kernel only: the caller is a 32-bit program */

/* Types of control messages of SOL_SOCKET. */
#define SCM_RIGHTS	 0x01
#define SCM_CREDENTIALS	 0x02
#define SCM_SECURITY	 0x03
#define SCM_TIMESTAMP	 SO_TIMESTAMP
#define SCM_TIMESTAMPNS	 SO_TIMESTAMPNS
#define SCM_TIMESTAMPING SO_TIMESTAMPING

#define SOMAXCONN  4096
#define UIO_MAXIOV 1024

typedef __u16 __kernel_sa_family_t;
typedef __kernel_sa_family_t sa_family_t;

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};

#define _K_SS_MAXSIZE 128

/* As large and as aligned as any address: alignment is that of a pointer, hence of the program. */
struct __kernel_sockaddr_storage {
	sa_family_t ss_family;
	char __data[_K_SS_MAXSIZE - sizeof(sa_family_t)];
} __attribute__((aligned(sizeof(void *))));

#define sockaddr_storage __kernel_sockaddr_storage

struct linger {
	int l_onoff;
	int l_linger; /* seconds */
};

struct ucred {
	__u32 pid;
	__u32 uid;
	__u32 gid;
};

/*
 * What sendmsg() and recvmsg() take in a program of this header's width; 32-bit ones as the
 * kernel sees them are struct compat_msghdr. The C library has the same layout as struct msghdr.
 */
struct user_msghdr {
	void *msg_name;
	int msg_namelen;
	struct iovec *msg_iov;
	__kernel_size_t msg_iovlen;
	void *msg_control;
	__kernel_size_t msg_controllen;
	unsigned int msg_flags;
};

struct user_mmsghdr {
	struct user_msghdr msg_hdr;
	unsigned int msg_len;
};

struct cmsghdr {
	__kernel_size_t cmsg_len; /* this header and the data, without padding */
	int cmsg_level;
	int cmsg_type;
};

#define CMSG_ALIGN(len) (((len) + sizeof(__kernel_long_t) - 1) & ~(sizeof(__kernel_long_t) - 1))
#define CMSG_DATA(cmsg) ((unsigned char *)((struct cmsghdr *)(cmsg) + 1))
#define CMSG_SPACE(len) (sizeof(struct cmsghdr) + CMSG_ALIGN(len))
#define CMSG_LEN(len)	(sizeof(struct cmsghdr) + (len))
#define __CMSG_FIRSTHDR(ctl, len)                                                   \
	((__kernel_size_t)(len) >= sizeof(struct cmsghdr) ? (struct cmsghdr *)(ctl) \
							  : (struct cmsghdr *)0)
#define CMSG_FIRSTHDR(msg) __CMSG_FIRSTHDR((msg)->msg_control, (msg)->msg_controllen)
#define CMSG_OK(mhdr, cmsg)                                             \
	((cmsg)->cmsg_len >= sizeof(struct cmsghdr) &&                  \
	 (cmsg)->cmsg_len <= (__kernel_size_t)((mhdr)->msg_controllen - \
					       ((char *)(cmsg) - (char *)(mhdr)->msg_control)))
#define CMSG_NXTHDR(mhdr, cmsg) __cmsg_nxthdr((mhdr)->msg_control, (mhdr)->msg_controllen, (cmsg))

/* The header after cmsg in the control buffer, or null where no whole header follows. */
static inline struct cmsghdr *__cmsg_nxthdr(void *ctl, __kernel_size_t size, struct cmsghdr *cmsg)
{
	__kernel_size_t at = (__kernel_size_t)((char *)cmsg - (char *)ctl);

	if (cmsg->cmsg_len < sizeof(struct cmsghdr) || at >= size ||
	    CMSG_ALIGN(cmsg->cmsg_len) < cmsg->cmsg_len || CMSG_ALIGN(cmsg->cmsg_len) > size - at)
		return (struct cmsghdr *)0;
	at += CMSG_ALIGN(cmsg->cmsg_len);
	if (size - at < sizeof(struct cmsghdr))
		return (struct cmsghdr *)0;
	return (struct cmsghdr *)((char *)ctl + at);
}

_Static_assert(sizeof(struct sockaddr) == 16, "struct sockaddr");
_Static_assert(sizeof(struct __kernel_sockaddr_storage) == 128, "struct sockaddr_storage");
_Static_assert(sizeof(struct linger) == 8, "struct linger");
_Static_assert(sizeof(struct ucred) == 12, "struct ucred");
_Static_assert(sizeof(struct user_msghdr) == (sizeof(void *) == 8 ? 56 : 28), "struct msghdr");
_Static_assert(sizeof(struct user_mmsghdr) == (sizeof(void *) == 8 ? 64 : 32), "struct mmsghdr");
_Static_assert(sizeof(struct cmsghdr) == (sizeof(void *) == 8 ? 16 : 12), "struct cmsghdr");

#endif
