/* SPDX-License-Identifier: MIT */
/* What recvmsg(MSG_ERRQUEUE) says about an error, beside the offending packet (ip(7), IP_RECVERR).
 */
#ifndef UAPI_ERRQUEUE_H
#define UAPI_ERRQUEUE_H

#include <uapi/types.h>

/* IP_RECVERR_RFC4884: how much of the packet read is the quoted one; what follows are extensions (RFC 4884). */
struct sock_ee_data_rfc4884 {
	__u16 len;
	__u8 flags;
	__u8 reserved;
};
#define SO_EE_RFC4884_FLAG_INVALID 1 /* the extensions' checksum or lengths are wrong */

struct sock_extended_err {
	__u32 ee_errno;
	__u8 ee_origin; /* SO_EE_ORIGIN_x */
	__u8 ee_type;
	__u8 ee_code;
	__u8 ee_pad;
	__u32 ee_info; /* the MTU of EMSGSIZE */
	union {
		__u32 ee_data;
		struct sock_ee_data_rfc4884 ee_rfc4884;
	};
};

#define SO_EE_ORIGIN_NONE	 0
#define SO_EE_ORIGIN_LOCAL	 1
#define SO_EE_ORIGIN_ICMP	 2
#define SO_EE_ORIGIN_ICMP6	 3
#define SO_EE_ORIGIN_TIMESTAMPING 4 /* ee_info: SCM_TSTAMP_x, ee_data: the key of OPT_ID */
#define SO_EE_ORIGIN_ZEROCOPY	 5 /* ee_info to ee_data: numbers of the sends that are done */

#define SO_EE_CODE_ZEROCOPY_COPIED 1

enum { SCM_TSTAMP_SND, SCM_TSTAMP_SCHED, SCM_TSTAMP_ACK };

#define SO_EE_OFFENDER(ee) ((struct sockaddr *)((ee) + 1))

_Static_assert(sizeof(struct sock_extended_err) == 16, "struct sock_extended_err");

#endif
