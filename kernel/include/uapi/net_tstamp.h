/* SPDX-License-Identifier: MIT */
/* SO_TIMESTAMPING: what is stamped, what is told, and the control message that tells it. Linux's
 * networking/timestamping. */
#ifndef UAPI_NET_TSTAMP_H
#define UAPI_NET_TSTAMP_H

#include <uapi/types.h>

#define SOF_TIMESTAMPING_TX_HARDWARE  (1u << 0)
#define SOF_TIMESTAMPING_TX_SOFTWARE  (1u << 1)
#define SOF_TIMESTAMPING_RX_HARDWARE  (1u << 2)
#define SOF_TIMESTAMPING_RX_SOFTWARE  (1u << 3)
#define SOF_TIMESTAMPING_SOFTWARE     (1u << 4)
#define SOF_TIMESTAMPING_SYS_HARDWARE (1u << 5)
#define SOF_TIMESTAMPING_RAW_HARDWARE (1u << 6)
#define SOF_TIMESTAMPING_OPT_ID	      (1u << 7)
#define SOF_TIMESTAMPING_TX_SCHED     (1u << 8)
#define SOF_TIMESTAMPING_TX_ACK	      (1u << 9)
#define SOF_TIMESTAMPING_OPT_CMSG     (1u << 10)
#define SOF_TIMESTAMPING_OPT_TSONLY   (1u << 11)
#define SOF_TIMESTAMPING_OPT_STATS    (1u << 12)
#define SOF_TIMESTAMPING_OPT_PKTINFO  (1u << 13)
#define SOF_TIMESTAMPING_OPT_TX_SWHW  (1u << 14)
#define SOF_TIMESTAMPING_BIND_PHC     (1u << 15)
#define SOF_TIMESTAMPING_MASK	      0xffffu
/* What a sendmsg may ask for by a control message. */
#define SOF_TIMESTAMPING_TX_RECORD_MASK                                                            \
	(SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED | \
	 SOF_TIMESTAMPING_TX_ACK)

struct so_timestamping {
	int flags, bind_phc;
};

/* SO_TXTIME: a send may say when it is to go, in nanoseconds of @clockid (SCM_TXTIME). */
struct sock_txtime {
	int clockid;
	__u32 flags; /* SOF_TXTIME_x */
};
#define SOF_TXTIME_DEADLINE_MODE 1u
#define SOF_TXTIME_REPORT_ERRORS 2u
#define SOF_TXTIME_FLAGS_MASK	 3u

_Static_assert(sizeof(struct sock_txtime) == 8, "struct sock_txtime");

#endif
