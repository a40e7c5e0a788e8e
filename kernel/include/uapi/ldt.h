/* SPDX-License-Identifier: MIT */
/* Descriptors of thread-local storage: set_thread_area() of i386. */
#ifndef UAPI_LDT_H
#define UAPI_LDT_H

#include <uapi/types.h>

#define GDT_ENTRY_TLS_ENTRIES 3

struct user_desc {
	__u32 entry_number; /* -1: any free one, which is then written back */
	__u32 base_addr;
	__u32 limit;
	__u32 seg_32bit : 1;
	__u32 contents : 2;
	__u32 read_exec_only : 1;
	__u32 limit_in_pages : 1;
	__u32 seg_not_present : 1;
	__u32 useable : 1;
};

_Static_assert(sizeof(struct user_desc) == 16, "struct user_desc");

#endif
