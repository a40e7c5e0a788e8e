/* SPDX-License-Identifier: MIT */
/* NETLINK_SOCK_DIAG: requests about sockets, by address family. sock_diag(7). */
#ifndef UAPI_SOCK_DIAG_H
#define UAPI_SOCK_DIAG_H

#include <uapi/types.h>

#define SOCK_DIAG_BY_FAMILY 20
#define SOCK_DESTROY	    21

struct sock_diag_req { /* what every family's request begins with */
	__u8 sdiag_family;
	__u8 sdiag_protocol;
};

enum { /* what SKMEMINFO and SO_MEMINFO tell, u32 each */
	SK_MEMINFO_RMEM_ALLOC,
	SK_MEMINFO_RCVBUF,
	SK_MEMINFO_WMEM_ALLOC,
	SK_MEMINFO_SNDBUF,
	SK_MEMINFO_FWD_ALLOC,
	SK_MEMINFO_WMEM_QUEUED,
	SK_MEMINFO_OPTMEM,
	SK_MEMINFO_BACKLOG,
	SK_MEMINFO_DROPS,
	SK_MEMINFO_VARS
};

enum sknetlink_groups { /* sockets that were destroyed */
	SKNLGRP_NONE,
	SKNLGRP_INET_TCP_DESTROY,
	SKNLGRP_INET_UDP_DESTROY,
	SKNLGRP_INET6_TCP_DESTROY,
	SKNLGRP_INET6_UDP_DESTROY,
	__SKNLGRP_MAX,
	SKNLGRP_MAX = __SKNLGRP_MAX - 1
};

#endif
