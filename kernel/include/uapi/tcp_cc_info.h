/* SPDX-License-Identifier: MIT */
/* What a congestion control tells of itself: getsockopt(TCP_CC_INFO), and inet_diag's attributes. */
#ifndef UAPI_TCP_CC_INFO_H
#define UAPI_TCP_CC_INFO_H

#include <uapi/types.h>

#define INET_DIAG_BBRINFO 16 /* struct tcp_bbr_info */

struct tcp_bbr_info {
	__u32 bbr_bw_lo, bbr_bw_hi; /* bytes a second: the path's, as the largest filter has it */
	__u32 bbr_min_rtt;	    /* us */
	__u32 bbr_pacing_gain;	    /* << 8 */
	__u32 bbr_cwnd_gain;	    /* << 8 */
};

union tcp_cc_info {
	struct tcp_bbr_info bbr;
};

_Static_assert(sizeof(struct tcp_bbr_info) == 20, "tcp_bbr_info");

#endif
