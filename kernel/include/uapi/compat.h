/* SPDX-License-Identifier: MIT */
/* Structures of i386 programs as a 64-bit kernel sees them. */
#ifndef UAPI_COMPAT_H
#define UAPI_COMPAT_H

#include <uapi/if.h>
#include <uapi/signal.h>
#include <uapi/socket.h>
#include <uapi/time.h>
#include <uapi/types.h>

typedef __u32 compat_uptr_t;
typedef __u32 compat_size_t;
typedef __s32 compat_ssize_t;
typedef __u32 compat_ulong_t;
typedef __s32 compat_long_t;
typedef __s32 compat_int_t;
typedef __u32 compat_uint_t;
typedef __s32 compat_off_t;

struct compat_iovec {
	compat_uptr_t iov_base;
	compat_size_t iov_len;
};

struct compat_msghdr {
	compat_uptr_t msg_name;
	compat_int_t msg_namelen;
	compat_uptr_t msg_iov;
	compat_size_t msg_iovlen;
	compat_uptr_t msg_control;
	compat_size_t msg_controllen;
	compat_uint_t msg_flags;
};

struct compat_mmsghdr {
	struct compat_msghdr msg_hdr;
	compat_uint_t msg_len;
};

struct compat_cmsghdr {
	compat_size_t cmsg_len;
	compat_int_t cmsg_level;
	compat_int_t cmsg_type;
};

#define CMSG_COMPAT_ALIGN(len) (((len) + sizeof(__s32) - 1) & ~(sizeof(__s32) - 1))
#define CMSG_COMPAT_LEN(len)   (sizeof(struct compat_cmsghdr) + (len))
#define CMSG_COMPAT_SPACE(len) (sizeof(struct compat_cmsghdr) + CMSG_COMPAT_ALIGN(len))

/* time_t, timespec and timeval of the older i386 calls. */
typedef __s32 compat_time_t;
#define compat_timespec old_timespec32
#define compat_timeval	old_timeval32

struct compat_itimerval {
	struct compat_timeval it_interval;
	struct compat_timeval it_value;
};

struct compat_rlimit {
	compat_ulong_t rlim_cur;
	compat_ulong_t rlim_max;
};

struct compat_rusage {
	struct compat_timeval ru_utime;
	struct compat_timeval ru_stime;
	compat_long_t ru_rest[14]; /* in the order of struct rusage, from ru_maxrss */
};

struct compat_sysinfo {
	compat_long_t uptime;
	compat_ulong_t loads[3];
	compat_ulong_t totalram;
	compat_ulong_t freeram;
	compat_ulong_t sharedram;
	compat_ulong_t bufferram;
	compat_ulong_t totalswap;
	compat_ulong_t freeswap;
	__u16 procs;
	__u16 pad;
	compat_ulong_t totalhigh;
	compat_ulong_t freehigh;
	__u32 mem_unit;
	char _f[8];
};

struct compat_ifmap {
	compat_ulong_t mem_start;
	compat_ulong_t mem_end;
	__u16 base_addr;
	__u8 irq;
	__u8 dma;
	__u8 port;
};

struct compat_ifreq {
	char ifr_name_[IFNAMSIZ];
	union {
		struct sockaddr ifru_addr;
		__s16 ifru_flags;
		compat_int_t ifru_ivalue;
		struct compat_ifmap ifru_map;
		char ifru_newname[IFNAMSIZ];
		compat_uptr_t ifru_data;
	} ifr_ifru;
};

struct compat_sock_fprog {
	__u16 len;
	compat_uptr_t filter;
};

struct compat_ifconf {
	compat_int_t ifc_len;
	compat_uptr_t ifcbuf;
};

struct compat_rtentry {
	compat_ulong_t rt_pad1;
	struct sockaddr rt_dst;
	struct sockaddr rt_gateway;
	struct sockaddr rt_genmask;
	__u16 rt_flags;
	__s16 rt_pad2;
	compat_ulong_t rt_pad3;
	__u8 rt_tos;
	__u8 rt_class;
	__s16 rt_pad4;
	__s16 rt_metric;
	compat_uptr_t rt_dev;
	compat_ulong_t rt_mtu;
	compat_ulong_t rt_window;
	__u16 rt_irtt;
};

/* pselect6() and epoll_pwait()'s packed mask argument */
struct compat_sigset_argpack {
	compat_uptr_t p;
	compat_size_t size;
};

/* The single argument of the old mmap() and select() of i386. */
struct compat_mmap_arg_struct {
	__u32 addr;
	__u32 len;
	__u32 prot;
	__u32 flags;
	__u32 fd;
	__u32 offset;
};

struct compat_sel_arg_struct {
	compat_ulong_t n;
	compat_uptr_t inp;
	compat_uptr_t outp;
	compat_uptr_t exp;
	compat_uptr_t tvp;
};

_Static_assert(sizeof(struct compat_iovec) == 8, "struct compat_iovec");
_Static_assert(sizeof(struct compat_msghdr) == 28, "struct compat_msghdr");
_Static_assert(sizeof(struct compat_mmsghdr) == 32, "struct compat_mmsghdr");
_Static_assert(sizeof(struct compat_cmsghdr) == 12, "struct compat_cmsghdr");
_Static_assert(sizeof(struct compat_ifreq) == 32, "struct compat_ifreq");
_Static_assert(sizeof(struct compat_rtentry) == 84, "struct compat_rtentry");
_Static_assert(sizeof(struct compat_rusage) == 72, "struct compat_rusage");
_Static_assert(sizeof(struct compat_sysinfo) == 64, "struct compat_sysinfo");

#endif
