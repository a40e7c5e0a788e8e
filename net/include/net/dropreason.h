/* SPDX-License-Identifier: MIT */
/* Why packets are dropped: one reason each, named as later Linux names it, counted per namespace in /proc/net/drop_reasons. */
#ifndef NET_DROPREASON_H
#define NET_DROPREASON_H

/* X(NAME, "what it means") */
#define SKB_DROP_REASONS(X)                                                    \
	X(NOT_SPECIFIED, "no reason given: a gap in the code")                 \
	X(NOMEM, "out of memory")                                              \
	X(DEV_READY, "the device is down or has no carrier")                   \
	X(DEV_HDR, "link-layer header truncated or wrong")                     \
	X(OTHERHOST, "not addressed to this host")                             \
	X(UNICAST_IN_L2_MULTICAST, "a packet to one host in a frame to many")  \
	X(UNHANDLED_PROTO, "no handler for this link-layer protocol")          \
	X(CPU_BACKLOG, "the per-CPU receive backlog is full")                  \
	X(QDISC_DROP, "the queueing discipline is full")                       \
	X(NETEM_LOSS, "lost by netem, as it was told to")                      \
	X(PKT_TOO_SMALL, "shorter than its headers say")                       \
	X(PKT_TOO_BIG, "larger than the MTU and may not be fragmented")        \
	X(IP_CSUM, "IPv4 header checksum wrong")                               \
	X(IP_INHDR, "IPv4 header malformed")                                   \
	X(IP_OPTIONS, "IPv4 options malformed or refused")                     \
	X(IP_INNOROUTES, "no route for a received packet")                     \
	X(IP_OUTNOROUTES, "no route for a packet to send")                     \
	X(IP_MARTIAN, "source or destination address impossible here")         \
	X(IP_RPFILTER, "reverse path filter")                                  \
	X(IP_NOPROTO, "no handler for this IP protocol")                       \
	X(IP_TTL, "time to live exceeded")                                     \
	X(IP_FORWARDING_OFF, "not for us, and forwarding is off")              \
	X(FRAG_REASM_TIMEOUT, "reassembly timed out")                          \
	X(FRAG_MALFORMED, "fragment with impossible offset or length")         \
	X(FRAG_OVERLAP, "overlapping fragments")                               \
	X(FRAG_MEMORY, "reassembly memory limit")                              \
	X(DUP_FRAG, "duplicate fragment")                                      \
	X(FRAG_TOO_FAR, "fragment of an older datagram with the same id")      \
	X(NEIGH_FAILED, "neighbour unreachable")                               \
	X(NEIGH_QUEUEFULL, "queue of the unresolved neighbour full")           \
	X(NEIGH_TABLE_FULL, "neighbour table full")                            \
	X(ARP_MALFORMED, "ARP packet malformed or for another protocol")       \
	X(ARP_IGNORED, "ARP packet not for us")                                \
	X(ARP_CONFLICT, "ARP sender claims our address")                        \
	X(ICMP_CSUM, "ICMP checksum wrong")                                    \
	X(ICMP_MALFORMED, "ICMP message malformed")                            \
	X(ICMP_UNHANDLED, "ICMP message of a kind that is ignored")            \
	X(UDP_CSUM, "UDP checksum wrong")                                      \
	X(UDP_MALFORMED, "UDP length wrong")                                   \
	X(NO_SOCKET, "no socket for this packet")                              \
	X(SOCKET_FILTER, "refused by the socket's filter")                     \
	X(SOCKET_RCVBUFF, "socket receive buffer full")                        \
	X(SOCKET_BACKLOG, "socket backlog full")                               \
	X(SOCKET_CLOSE, "the socket was closed with this packet queued")       \
	X(PROTO_MEM, "memory limit of the protocol")                           \
	X(TCP_CSUM, "TCP checksum wrong")                                      \
	X(TCP_MALFORMED, "TCP header malformed")                               \
	X(TCP_FLAGS, "TCP flags impossible in this state")                     \
	X(TCP_OLD_DATA, "all of the segment was received before")              \
	X(TCP_OVERWINDOW, "beyond the offered window")                         \
	X(TCP_OFOMERGE, "already in the out-of-order queue")                   \
	X(TCP_OFO_DROP, "out-of-order queue pruned")                           \
	X(TCP_RFC7323_PAWS, "PAWS: timestamp too old")                         \
	X(TCP_INVALID_SEQUENCE, "sequence number outside the window")          \
	X(TCP_INVALID_ACK, "acknowledgement of something never sent or too old") \
	X(TCP_RESET, "a valid RST: it ends the connection")                    \
	X(TCP_INVALID_SYN, "SYN inside a connection")                          \
	X(TCP_CLOSE, "segment for a closed socket")                            \
	X(TCP_LISTEN_OVERFLOW, "accept queue or SYN queue full")               \
	X(TCP_ABORT_ON_DATA, "data after the receiver closed")                 \
	X(TCP_TIMEWAIT, "handled by TIME_WAIT")                                \
	X(TCP_FASTOPEN, "fast-open data refused")                              \
	X(TCP_MINTTL, "TTL below the socket's minimum")                        \
	X(PACKET_SOCK_ERROR, "a packet socket could not take its copy")        \
	X(NETFILTER_DROP, "dropped by netfilter")                              \
	X(TX_ERROR, "the driver could not send it")                            \
	X(RESET_QUEUE, "the device queue was reset with the packet in it")

enum skb_drop_reason {
	SKB_CONSUMED, /* normal end of life: not a drop */
#define X(name, text) SKB_DROP_REASON_##name,
	SKB_DROP_REASONS(X)
#undef X
	SKB_DROP_REASON_MAX
};

#endif
