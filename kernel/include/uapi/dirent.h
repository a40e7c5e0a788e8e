/* SPDX-License-Identifier: MIT */
/* Entries of getdents64(), and file types. */
#ifndef UAPI_DIRENT_H
#define UAPI_DIRENT_H

#include <uapi/types.h>

#define DT_UNKNOWN 0
#define DT_FIFO	   1
#define DT_CHR	   2
#define DT_DIR	   4
#define DT_BLK	   6
#define DT_REG	   8
#define DT_LNK	   10
#define DT_SOCK	   12

struct linux_dirent64 {
	__u64 d_ino;
	__s64 d_off;
	__u16 d_reclen;
	__u8 d_type;
	char d_name[];
} __attribute__((packed));

_Static_assert(__builtin_offsetof(struct linux_dirent64, d_name) == 19, "struct linux_dirent64");

#endif
