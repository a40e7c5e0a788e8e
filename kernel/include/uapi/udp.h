/* SPDX-License-Identifier: MIT */
/* UDP socket ABI: options of SOL_UDP. */
#ifndef UAPI_UDP_H
#define UAPI_UDP_H

#define UDP_CORK	 1
#define UDPLITE_SEND_CSCOV 10
#define UDPLITE_RECV_CSCOV 11
#define UDP_ENCAP	 100
#define UDP_NO_CHECK6_TX 101
#define UDP_NO_CHECK6_RX 102
#define UDP_SEGMENT	 103
#define UDP_GRO		 104

/* UDP_ENCAP */
#define UDP_ENCAP_ESPINUDP_NON_IKE 1
#define UDP_ENCAP_ESPINUDP	   2
#define UDP_ENCAP_L2TPINUDP	   3

#endif
