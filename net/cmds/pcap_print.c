/* SPDX-License-Identifier: MIT */
/* How tcpdump shows a frame: Ethernet, ARP, IPv4, ICMP, UDP. tcpdump(8). */
#include <uapi/icmp.h>
#include <uapi/if_arp.h>
#include <uapi/if_ether.h>
#include <wire/arp.h>
#include <wire/eth.h>
#include <wire/icmp.h>
#include <wire/igmp.h>
#include <wire/ip.h>
#include <wire/udp.h>

#include "pcap_internal.h"

/* The transport header and what follows: @caplen bytes at hand of @len. */
struct payload {
	const struct iphdr *iph;
	const u8 *p;
	unsigned int caplen, len;
};

/* ---- ARP ---- */

static void print_arp(struct pcap_format *f, const u8 *p, unsigned int caplen, unsigned int len)
{
	const struct arphdr *arp = (const struct arphdr *)p;
	const struct arp_eth_body *b = (const struct arp_eth_body *)(arp + 1);

	if (!f->link)
		con_printf("ARP, ");
	if (caplen < sizeof(*arp) + sizeof(*b) || arp->ar_hln != 6 || arp->ar_pln != 4) {
		con_printf("[|arp], length %u", len);
		return;
	}
	if (f->verbose)
		con_printf("Ethernet (len 6), IPv4 (len 4), ");
	switch (ntohs(arp->ar_op)) {
	case ARPOP_REQUEST:
		con_printf("Request who-has %pI4", &b->ar_tip);
		if (memcmp(b->ar_tha, "\0\0\0\0\0\0", 6))
			con_printf(" (%pM)", b->ar_tha);
		con_printf(" tell %pI4", &b->ar_sip);
		break;
	case ARPOP_REPLY: con_printf("Reply %pI4 is-at %pM", &b->ar_sip, b->ar_sha); break;
	default: con_printf("op %u", ntohs(arp->ar_op));
	}
	con_printf(", length %u", len);
}

/* ---- ICMP ---- */

static void print_unreach(const struct icmphdr *h, const struct payload *t)
{
	const struct iphdr *inner = (const struct iphdr *)(h + 1);
	const struct udphdr *uh;
	bool whole = t->caplen >= sizeof(*h) + sizeof(*inner);

	if (!whole) {
		con_printf("unreachable [|icmp]");
		return;
	}
	uh = (const struct udphdr *)((const u8 *)inner + inner->ihl * 4);
	switch (h->code) {
	case ICMP_NET_UNREACH: con_printf("net %pI4 unreachable", &inner->daddr); break;
	case ICMP_HOST_UNREACH: con_printf("host %pI4 unreachable", &inner->daddr); break;
	case ICMP_PROT_UNREACH:
		con_printf("%pI4 protocol %u unreachable", &inner->daddr, inner->protocol);
		break;
	case ICMP_PORT_UNREACH:
		con_printf("%pI4", &inner->daddr);
		if ((const u8 *)(uh + 1) <= t->p + t->caplen)
			con_printf(" %s port %u", inner->protocol == IPPROTO_TCP ? "tcp" : "udp",
				   ntohs(uh->dest));
		con_printf(" unreachable");
		break;
	case ICMP_FRAG_NEEDED:
		con_printf("%pI4 unreachable - need to frag (mtu %u)", &inner->daddr,
			   ntohs(h->un.frag.mtu));
		break;
	default: con_printf("%pI4 unreachable, code %u", &inner->daddr, h->code);
	}
}

static void print_icmp(struct pcap_format *f, const struct payload *t)
{
	const struct icmphdr *h = (const struct icmphdr *)t->p;

	if (t->caplen < sizeof(*h)) {
		con_printf("[|icmp]");
		return;
	}
	con_printf("ICMP ");
	switch (h->type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
		con_printf("echo %s, id %u, seq %u", h->type == ICMP_ECHO ? "request" : "reply",
			   ntohs(h->un.echo.id), ntohs(h->un.echo.sequence));
		break;
	case ICMP_DEST_UNREACH: print_unreach(h, t); break;
	case ICMP_TIME_EXCEEDED:
		con_printf(h->code ? "ip reassembly time exceeded" : "time exceeded in-transit");
		break;
	case ICMP_REDIRECT: con_printf("redirect to %pI4", &h->un.gateway); break;
	case ICMP_PARAMETERPROB: con_printf("parameter problem - octet %u", h->un.pointer); break;
	default: con_printf("type-#%u", h->type);
	}
	con_printf(", length %u", t->len);
}

/* ---- IPv4 ---- */

static void print_igmp(const struct payload *t)
{
	const struct igmphdr *h = (const struct igmphdr *)t->p;

	if (t->caplen < sizeof(*h)) {
		con_printf("[|igmp]");
		return;
	}
	switch (h->type) {
	case IGMP_HOST_MEMBERSHIP_QUERY:
		con_printf("igmp query");
		if (h->group)
			con_printf(" %pI4", &h->group);
		break;
	case IGMP_HOST_MEMBERSHIP_REPORT: con_printf("igmp v1 report %pI4", &h->group); break;
	case IGMPV2_HOST_MEMBERSHIP_REPORT: con_printf("igmp v2 report %pI4", &h->group); break;
	case IGMP_HOST_LEAVE_MESSAGE: con_printf("igmp leave %pI4", &h->group); break;
	case IGMPV3_HOST_MEMBERSHIP_REPORT:
		con_printf("igmp v3 report, %u group record(s)", ntohl(h->group) & 0xffff);
		break;
	default: con_printf("igmp-%u", h->type);
	}
}

static const char *protocol_name(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_ICMP: return "ICMP";
	case IPPROTO_IGMP: return "IGMP";
	case IPPROTO_TCP: return "TCP";
	case IPPROTO_UDP: return "UDP";
	default: return "unknown";
	}
}

static void print_verbose(const struct iphdr *iph)
{
	u16 frag = ntohs(iph->frag_off);

	con_printf("(tos 0x%x, ttl %u, id %u, offset %u, flags [%s], proto %s (%u), length %u",
		   iph->tos, iph->ttl, ntohs(iph->id), (frag & IP_OFFSET) * 8u,
		   frag & IP_DF	  ? "DF"
		   : frag & IP_MF ? "+"
				  : "none",
		   protocol_name(iph->protocol), iph->protocol, ntohs(iph->tot_len));
	con_printf("%s)\n    ", iph->ihl > 5 ? ", options" : "");
}

static void print_transport(struct pcap_format *f, const struct payload *t)
{
	const struct udphdr *uh = (const struct udphdr *)t->p; /* TCP's ports lie there as well */
	u8 protocol = t->iph->protocol;
	bool ports = (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP) && t->caplen >= 4;
	struct pcap_flow flow = { .saddr = t->iph->saddr, .daddr = t->iph->daddr };

	con_printf("%pI4", &t->iph->saddr);
	if (ports) {
		flow.sport = ntohs(uh->source);
		flow.dport = ntohs(uh->dest);
		con_printf(".%u > %pI4.%u: ", flow.sport, &t->iph->daddr, flow.dport);
	} else {
		con_printf(" > %pI4: ", &t->iph->daddr);
	}
	switch (protocol) {
	case IPPROTO_TCP: pcap_tcp(f, &flow, t->p, t->caplen, t->len); break;
	case IPPROTO_UDP:
		if (t->len < sizeof(*uh) || t->caplen < sizeof(*uh))
			con_printf("[|udp]");
		else
			con_printf("UDP, length %u", t->len - (unsigned int)sizeof(*uh));
		break;
	case IPPROTO_ICMP: print_icmp(f, t); break;
	case IPPROTO_IGMP: print_igmp(t); break;
	default: con_printf("ip-proto-%u %u", protocol, t->len);
	}
}

static void print_ip(struct pcap_format *f, const u8 *p, unsigned int caplen, unsigned int len)
{
	const struct iphdr *iph = (const struct iphdr *)p;
	struct payload t = { .iph = iph };
	unsigned int hlen, total, offset;

	if (!f->link)
		con_printf("IP ");
	if (caplen < sizeof(*iph)) {
		con_printf("truncated-ip %u", len);
		return;
	}
	hlen = iph->ihl * 4u;
	total = ntohs(iph->tot_len);
	if (iph->version != 4 || hlen < sizeof(*iph) || total < hlen) {
		con_printf("bad header: version %u, header %u, length %u", iph->version, hlen,
			   total);
		return;
	}
	if (f->verbose)
		print_verbose(iph);
	if (total > len)
		con_printf("truncated-ip - %u bytes missing! ", total - len);
	t.p = p + hlen;
	t.caplen = min(caplen, total) > hlen ? min(caplen, total) - hlen : 0;
	t.len = total - hlen;
	offset = ntohs(iph->frag_off) & IP_OFFSET;
	if (offset)
		con_printf("%pI4 > %pI4: ip-proto-%u", &iph->saddr, &iph->daddr, iph->protocol);
	else
		print_transport(f, &t);
}

/* ---- the frame ---- */

static void print_hex(struct pcap_format *f, const u8 *p, unsigned int n)
{
	unsigned int i, k;

	for (i = 0; i < n; i += 16) {
		con_printf("\n\t0x%04x: ", i);
		for (k = i; k < i + 16 && (k < n || f->ascii); k++) {
			if (k % 2 == 0)
				con_printf(" ");
			if (k < n)
				con_printf("%02x", p[k]);
			else
				con_printf("  ");
		}
		if (!f->ascii)
			continue;
		con_printf("  ");
		for (k = i; k < i + 16 && k < n; k++)
			con_printf("%c", p[k] > ' ' && p[k] < 127 ? p[k] : '.');
	}
}

static const char *ethertype_name(u16 type)
{
	return type == ETH_P_IP	    ? "IPv4"
	       : type == ETH_P_ARP  ? "ARP"
	       : type == ETH_P_IPV6 ? "IPv6"
				    : "Unknown";
}

void pcap_print(struct pcap_format *f, const u8 *frame, unsigned int caplen, unsigned int len)
{
	const struct ethhdr *eth = (const struct ethhdr *)frame;
	const u8 *p = frame + sizeof(*eth);
	u16 type;

	if (caplen < sizeof(*eth)) {
		con_printf("[|ether]\n");
		return;
	}
	type = ntohs(eth->h_proto);
	if (f->link)
		con_printf("%pM > %pM, ethertype %s (0x%04x), length %u: ", eth->h_source,
			   eth->h_dest, ethertype_name(type), type, len);
	caplen -= (unsigned int)sizeof(*eth);
	len -= (unsigned int)sizeof(*eth);
	switch (type) {
	case ETH_P_IP: print_ip(f, p, caplen, len); break;
	case ETH_P_ARP: print_arp(f, p, caplen, len); break;
	default: con_printf("ethertype %s (0x%04x), length %u", ethertype_name(type), type, len);
	}
	if (f->hex || f->ascii)
		print_hex(f, p, caplen);
	con_printf("\n");
}
