/* SPDX-License-Identifier: MIT */
/* The parts of tcpdump: the language of filters, and how packets are shown. */
#ifndef NET_CMDS_PCAP_INTERNAL_H
#define NET_CMDS_PCAP_INTERNAL_H

#include <uapi/filter.h>

#include "cmd_internal.h"

/* pcap_filter.c: pcap_compile - the words of an expression (pcap-filter(7)) as a program over
 * Ethernet frames, which returns @snaplen for what it lets through. The number of instructions, or
 * -EINVAL after an error line of command @cmd. Without words: everything. */
#define PCAP_INSNS_MAX 512
int pcap_compile(const char *cmd, int argc, char **argv, u32 snaplen, struct sock_filter *out);

struct pcap_flow { /* who speaks to whom */
	__be32 saddr, daddr;
	u16 sport, dport;
};
struct pcap_stream { /* where a connection's two directions began, as far as they were seen */
	struct pcap_flow flow; /* of the first segment seen */
	u32 seq, ack;	       /* what the flow's numbers, what the other's count from */
	bool used;
};
#define PCAP_STREAMS 64
struct pcap_format {
	bool link, verbose, quiet, absolute, hex, ascii;
	struct pcap_stream streams[PCAP_STREAMS];
	unsigned int next_stream; /* the oldest is forgotten */
};

/* pcap_print.c: pcap_print - one frame, of which @caplen bytes are at hand, as tcpdump(8) shows it:
 * without the time, with the end of the line. */
void pcap_print(struct pcap_format *f, const u8 *frame, unsigned int caplen, unsigned int len);
/* pcap_tcp.c: pcap_tcp - a TCP segment: the part of the line behind the addresses. */
void pcap_tcp(struct pcap_format *f, const struct pcap_flow *flow, const u8 *p, unsigned int caplen,
	      unsigned int len);

#endif
