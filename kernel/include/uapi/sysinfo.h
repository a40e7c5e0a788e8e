/* SPDX-License-Identifier: MIT */
/* What sysinfo() fills in. */
#ifndef UAPI_SYSINFO_H
#define UAPI_SYSINFO_H

#include <uapi/types.h>

#define SI_LOAD_SHIFT 16

struct sysinfo {
	__kernel_long_t uptime; /* seconds */
	__kernel_ulong_t loads[3];
	__kernel_ulong_t totalram; /* in mem_unit bytes, as the next six */
	__kernel_ulong_t freeram;
	__kernel_ulong_t sharedram;
	__kernel_ulong_t bufferram;
	__kernel_ulong_t totalswap;
	__kernel_ulong_t freeswap;
	__u16 procs;
	__u16 pad;
	__kernel_ulong_t totalhigh;
	__kernel_ulong_t freehigh;
	__u32 mem_unit;
	char _f[20 - 2 * sizeof(__kernel_ulong_t) - sizeof(__u32)];
};

_Static_assert(sizeof(struct sysinfo) == (sizeof(long) == 8 ? 112 : 64), "struct sysinfo");

#endif
