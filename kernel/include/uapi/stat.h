/* SPDX-License-Identifier: MIT */
/* File modes, and what the stat calls fill in. */
#ifndef UAPI_STAT_H
#define UAPI_STAT_H

#include <uapi/types.h>

#define S_IFMT	 00170000
#define S_IFSOCK 0140000
#define S_IFLNK	 0120000
#define S_IFREG	 0100000
#define S_IFBLK	 0060000
#define S_IFDIR	 0040000
#define S_IFCHR	 0020000
#define S_IFIFO	 0010000
#define S_ISUID	 0004000
#define S_ISGID	 0002000
#define S_ISVTX	 0001000

#define S_ISLNK(m)  (((m)&S_IFMT) == S_IFLNK)
#define S_ISREG(m)  (((m)&S_IFMT) == S_IFREG)
#define S_ISDIR(m)  (((m)&S_IFMT) == S_IFDIR)
#define S_ISCHR(m)  (((m)&S_IFMT) == S_IFCHR)
#define S_ISBLK(m)  (((m)&S_IFMT) == S_IFBLK)
#define S_ISFIFO(m) (((m)&S_IFMT) == S_IFIFO)
#define S_ISSOCK(m) (((m)&S_IFMT) == S_IFSOCK)

#define S_IRWXU 00700
#define S_IRUSR 00400
#define S_IWUSR 00200
#define S_IXUSR 00100
#define S_IRWXG 00070
#define S_IRGRP 00040
#define S_IWGRP 00020
#define S_IXGRP 00010
#define S_IRWXO 00007
#define S_IROTH 00004
#define S_IWOTH 00002
#define S_IXOTH 00001

/* stat(), fstat() and newfstatat() of x86-64. */
struct stat_x86_64 {
	__u64 st_dev;
	__u64 st_ino;
	__u64 st_nlink;
	__u32 st_mode;
	__u32 st_uid;
	__u32 st_gid;
	__u32 __pad0;
	__u64 st_rdev;
	__s64 st_size;
	__s64 st_blksize;
	__s64 st_blocks; /* of 512 bytes */
	__u64 st_atime;
	__u64 st_atime_nsec;
	__u64 st_mtime;
	__u64 st_mtime_nsec;
	__u64 st_ctime;
	__u64 st_ctime_nsec;
	__s64 __unused[3];
};

/* stat64(), fstat64() and fstatat64() of i386. */
struct compat_stat64 {
	__u64 st_dev;
	__u8 __pad0[4];
	__u32 __st_ino;
	__u32 st_mode;
	__u32 st_nlink;
	__u32 st_uid;
	__u32 st_gid;
	__u64 st_rdev;
	__u8 __pad3[4];
	__s64 st_size;
	__u32 st_blksize;
	__u64 st_blocks; /* of 512 bytes */
	__u32 st_atime;
	__u32 st_atime_nsec;
	__u32 st_mtime;
	__u32 st_mtime_nsec;
	__u32 st_ctime;
	__u32 st_ctime_nsec;
	__u64 st_ino;
} __attribute__((packed, aligned(4)));

#ifdef __x86_64__
#define stat_native stat_x86_64
#else
#define stat_native compat_stat64
#endif

/* statx(), the same in both widths. */
struct statx_timestamp {
	__s64 tv_sec;
	__u32 tv_nsec;
	__s32 __reserved;
};

#define STATX_BASIC_STATS 0x000007ffU

struct statx {
	__u32 stx_mask;
	__u32 stx_blksize;
	__u64 stx_attributes;
	__u32 stx_nlink;
	__u32 stx_uid;
	__u32 stx_gid;
	__u16 stx_mode;
	__u16 __spare0[1];
	__u64 stx_ino;
	__u64 stx_size;
	__u64 stx_blocks;
	__u64 stx_attributes_mask;
	struct statx_timestamp stx_atime;
	struct statx_timestamp stx_btime;
	struct statx_timestamp stx_ctime;
	struct statx_timestamp stx_mtime;
	__u32 stx_rdev_major;
	__u32 stx_rdev_minor;
	__u32 stx_dev_major;
	__u32 stx_dev_minor;
	__u64 stx_mnt_id;
	__u64 __spare2;
	__u64 __spare3[12];
};

_Static_assert(sizeof(struct stat_x86_64) == 144, "struct stat of x86-64");
_Static_assert(sizeof(struct compat_stat64) == 96, "struct stat64 of i386");
_Static_assert(sizeof(struct statx) == 256, "struct statx");

#endif
