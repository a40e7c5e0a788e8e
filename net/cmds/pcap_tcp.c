/* SPDX-License-Identifier: MIT */
/* How tcpdump shows a TCP segment: flags, sequence numbers counted from the connection's start,
 * window and options. RFC 9293 section 3.1; tcpdump(8), "TCP Packets". */
#include <wire/tcp.h>

#include "pcap_internal.h"

static bool same_flow(const struct pcap_flow *a, const struct pcap_flow *b)
{
	return a->saddr == b->saddr && a->daddr == b->daddr && a->sport == b->sport &&
	       a->dport == b->dport;
}

/* The connection that a segment belongs to: known, or new. */
static struct pcap_stream *find_stream(struct pcap_format *f, const struct pcap_flow *flow,
				       const struct pcap_flow *back)
{
	struct pcap_stream *s;

	for (s = f->streams; s < f->streams + PCAP_STREAMS; s++)
		if (s->used && (same_flow(&s->flow, flow) || same_flow(&s->flow, back)))
			return s;
	s = &f->streams[f->next_stream++ % PCAP_STREAMS];
	*s = (struct pcap_stream){ .flow = *flow };
	return s;
}

/* Where the numbers of a connection count from: those of the first segment with an ACK, or of the
 * SYN-ACK, which itself is shown as it is. */
struct origin {
	u32 seq, ack; /* of this direction: to be taken away */
	u32 sacked;   /* from what this direction selects of the other's */
};

static struct origin find_origin(struct pcap_format *f, const struct pcap_flow *flow,
				 const struct tcphdr *th)
{
	struct pcap_flow back = { flow->daddr, flow->saddr, flow->dport, flow->sport };
	struct pcap_stream *s;
	struct origin o = { 0 };
	bool reverse;

	if (f->absolute || !th->ack)
		return o;
	s = find_stream(f, flow, &back);
	reverse = !same_flow(&s->flow, flow);
	if (!s->used || th->syn) {
		s->used = true;
		s->seq = reverse ? ntohl(th->ack_seq) - 1 : ntohl(th->seq);
		s->ack = reverse ? ntohl(th->seq) : ntohl(th->ack_seq) - 1;
	} else {
		o.seq = reverse ? s->ack : s->seq;
		o.ack = reverse ? s->seq : s->ack;
	}
	o.sacked = reverse ? s->seq : s->ack;
	return o;
}

static u32 get32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

/* One option of kind @kind whose body has @n bytes. */
static void print_option(u8 kind, const u8 *body, unsigned int n, u32 sacked)
{
	unsigned int i;

	switch (kind) {
	case TCPOPT_MSS:
		if (n == 2)
			con_printf("mss %u", body[0] << 8 | body[1]);
		break;
	case TCPOPT_WINDOW:
		if (n == 1)
			con_printf("wscale %u", body[0]);
		break;
	case TCPOPT_SACK_PERM: con_printf("sackOK"); break;
	case TCPOPT_SACK:
		con_printf("sack %u ", n / 8);
		for (i = 0; i + 8 <= n; i += 8)
			con_printf("{%u:%u}", get32(body + i) - sacked,
				   get32(body + i + 4) - sacked);
		break;
	case TCPOPT_TIMESTAMP:
		if (n == 8)
			con_printf("TS val %u ecr %u", get32(body), get32(body + 4));
		break;
	case TCPOPT_FASTOPEN:
		con_printf(n ? "tfo cookie " : "tfo cookiereq");
		for (i = 0; i < n; i++)
			con_printf("%02x", body[i]);
		break;
	default: con_printf("unknown-%u", kind);
	}
}

static void print_options(const u8 *p, const u8 *end, u32 sacked)
{
	const char *before = ", options [";

	while (p < end) {
		u8 kind = *p++, len;

		con_printf("%s", before);
		before = ",";
		if (kind == TCPOPT_EOL || kind == TCPOPT_NOP) {
			con_printf(kind == TCPOPT_NOP ? "nop" : "eol");
			if (kind == TCPOPT_EOL)
				break;
			continue;
		}
		len = p < end ? *p : 0;
		if (len < 2 || p + len - 1 > end) {
			con_printf("bad opt");
			break;
		}
		print_option(kind, p + 1, len - 2u, sacked);
		p += len - 1;
	}
	if (*before == ',' && before[1] == '\0')
		con_printf("]");
}

static void print_flags(const struct tcphdr *th)
{
	con_printf("Flags [%s%s%s%s%s%s%s%s%s]", th->fin ? "F" : "", th->syn ? "S" : "",
		   th->rst ? "R" : "", th->psh ? "P" : "", th->ack ? "." : "", th->urg ? "U" : "",
		   th->ece ? "E" : "", th->cwr ? "W" : "", ((const u8 *)th)[13] ? "" : "none");
}

void pcap_tcp(struct pcap_format *f, const struct pcap_flow *flow, const u8 *p, unsigned int caplen,
	      unsigned int len)
{
	const struct tcphdr *th = (const struct tcphdr *)p;
	unsigned int hlen, data;
	struct origin o;
	u32 seq;

	if (caplen < sizeof(*th)) {
		con_printf("[|tcp]");
		return;
	}
	hlen = th->doff * 4u;
	if (hlen < sizeof(*th) || hlen > len) {
		con_printf("tcp %u [bad hdr length %u]", len, hlen);
		return;
	}
	data = len - hlen;
	if (f->quiet) {
		con_printf("tcp %u", data);
		return;
	}
	print_flags(th);
	o = find_origin(f, flow, th);
	seq = ntohl(th->seq) - o.seq;
	if (data)
		con_printf(", seq %u:%u", seq, seq + data);
	else if (th->syn || th->fin || th->rst)
		con_printf(", seq %u", seq);
	if (th->ack)
		con_printf(", ack %u", ntohl(th->ack_seq) - o.ack);
	con_printf(", win %u", ntohs(th->window));
	if (th->urg)
		con_printf(", urg %u", ntohs(th->urg_ptr));
	if (hlen > sizeof(*th))
		print_options(p + sizeof(*th), p + min(hlen, caplen), o.sacked);
	con_printf(", length %u", data);
}
