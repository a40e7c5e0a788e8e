/* SPDX-License-Identifier: MIT */
/* sock_diag of AF_UNIX. sock_diag(7). */
#ifndef UAPI_UNIX_DIAG_H
#define UAPI_UNIX_DIAG_H

#include <uapi/types.h>

struct unix_diag_req {
	__u8 sdiag_family, sdiag_protocol;
	__u16 pad;
	__u32 udiag_states; /* of a dump: bits 1 << TCP_x */
	__u32 udiag_ino;    /* of one socket: its inode */
	__u32 udiag_show;   /* UDIAG_SHOW_x */
	__u32 udiag_cookie[2];
};
#define UDIAG_SHOW_NAME	   0x01
#define UDIAG_SHOW_VFS	   0x02
#define UDIAG_SHOW_PEER	   0x04
#define UDIAG_SHOW_ICONS   0x08
#define UDIAG_SHOW_RQLEN   0x10
#define UDIAG_SHOW_MEMINFO 0x20
#define UDIAG_SHOW_UID	   0x40

struct unix_diag_msg {
	__u8 udiag_family, udiag_type, udiag_state, pad;
	__u32 udiag_ino;
	__u32 udiag_cookie[2];
};

enum {		       /* attributes of an answer; the first is 0 */
	UNIX_DIAG_NAME, /* a path with its NUL, or an abstract name behind a NUL */
	UNIX_DIAG_VFS,
	UNIX_DIAG_PEER,	/* u32: its inode */
	UNIX_DIAG_ICONS, /* of a listener: the inodes of those that wait to be accepted */
	UNIX_DIAG_RQLEN,
	UNIX_DIAG_MEMINFO,
	UNIX_DIAG_SHUTDOWN, /* u8 */
	UNIX_DIAG_UID,
	__UNIX_DIAG_MAX,
	UNIX_DIAG_MAX = __UNIX_DIAG_MAX - 1
};
struct unix_diag_vfs {
	__u32 udiag_vfs_ino, udiag_vfs_dev;
};
struct unix_diag_rqlen {
	__u32 udiag_rqueue, udiag_wqueue; /* of a listener: how many wait, and how many may */
};

_Static_assert(sizeof(struct unix_diag_req) == 24, "struct unix_diag_req");
_Static_assert(sizeof(struct unix_diag_msg) == 16, "struct unix_diag_msg");

#endif
