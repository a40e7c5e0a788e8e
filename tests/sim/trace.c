/* SPDX-License-Identifier: MIT */
/* What went over the wires: a digest of all of it, the last frames for a failure's report, every
 * one for a trace file. */
#include <wire/arp.h>
#include <wire/eth.h>
#include <wire/ip.h>
#include <wire/tcp.h>

#include "sim.h"

#define RING 400
#define KEEP 78 /* bytes: Ethernet, IPv4 and TCP with a timestamp */
#define LINE 320

struct record {
	u64 time;
	u8 link, side, fate;
	u16 kept;
	u32 len;
	u8 data[KEEP];
	char note[120];
};

static struct record ring[RING];
static u64 nr_records, nr_frames, digest = 0xcbf29ce484222325ull;

static const char *const fates[] = {
	[SIM_SENT] = "sent",
	[SIM_DELIVERED] = "arrived",
	[SIM_LOST] = "LOST",
	[SIM_QUEUE_FULL] = "QUEUE FULL",
	[SIM_DUPLICATED] = "DUPLICATED",
	[SIM_CORRUPTED] = "CORRUPTED",
	[SIM_REORDERED] = "sent, DELAYED",
	[SIM_LINK_DOWN] = "LINK DOWN",
};

static void mix(const void *p, size_t n)
{
	const u8 *b = p;
	u64 word;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&word, b, 8);
		digest = (digest ^ word) * 0x9e3779b97f4a7c15ull;
		digest ^= digest >> 29;
	}
	for (; n; n--, b++)
		digest = (digest ^ *b) * 0x100000001b3ull;
}

static int put_options(char *line, int n, const u8 *opt, int len)
{
	int i = 0;

	while (i < len && opt[i] != TCPOPT_EOL) {
		int size = opt[i] == TCPOPT_NOP ? 1 : i + 1 < len ? opt[i + 1] : 0;
		u32 a, b;

		if (opt[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (size < 2 || i + size > len)
			break;
		if (opt[i] == TCPOPT_SACK) {
			for (int k = 2; k + 8 <= size; k += 8) {
				memcpy(&a, opt + i + k, 4);
				memcpy(&b, opt + i + k + 4, 4);
				n += scnprintf(line + n, (size_t)(LINE - n), " sack %u-%u",
					       ntohl(a), ntohl(b));
			}
		} else if (opt[i] == TCPOPT_MSS && size == 4) {
			n += scnprintf(line + n, (size_t)(LINE - n), " mss %u",
				       opt[i + 2] << 8 | opt[i + 3]);
		} else if (opt[i] == TCPOPT_WINDOW && size == 3) {
			n += scnprintf(line + n, (size_t)(LINE - n), " wscale %u", opt[i + 2]);
		}
		i += size;
	}
	return n;
}

static int put_tcp(char *line, int n, const struct record *r, u32 off, u32 payload)
{
	static const char letters[] = "FSRP.UEC";
	struct tcphdr th;
	char flags[9];
	int i, k = 0, hlen;

	if (off + sizeof(th) > r->kept)
		return n;
	memcpy(&th, r->data + off, sizeof(th));
	for (i = 0; i < 8; i++)
		if (r->data[off + 13] >> i & 1)
			flags[k++] = letters[i];
	flags[k] = '\0';
	hlen = th.doff * 4;
	n += scnprintf(line + n, (size_t)(LINE - n), " tcp %u>%u %s seq %u ack %u win %u data %d",
		       ntohs(th.source), ntohs(th.dest), flags, ntohl(th.seq), ntohl(th.ack_seq),
		       ntohs(th.window), (int)payload - hlen);
	return put_options(line, n, r->data + off + 20, min((int)r->kept - (int)off, hlen) - 20);
}

static int put_packet(char *line, int n, const struct record *r)
{
	const u8 *d = r->data;
	struct iphdr ip;

	if (r->kept >= ETH_HLEN + sizeof(ip) && d[12] == 0x08 && d[13] == 0x00) {
		u32 off;

		memcpy(&ip, d + ETH_HLEN, sizeof(ip));
		off = ETH_HLEN + ip.ihl * 4u;
		n += scnprintf(line + n, (size_t)(LINE - n), " %u.%u.%u.%u>%u.%u.%u.%u", d[26],
			       d[27], d[28], d[29], d[30], d[31], d[32], d[33]);
		if (ntohs(ip.frag_off) & (IP_OFFSET | IP_MF))
			n += scnprintf(line + n, (size_t)(LINE - n), " frag %x",
				       ntohs(ip.frag_off));
		if (ip.protocol == IPPROTO_TCP && !(ntohs(ip.frag_off) & IP_OFFSET))
			return put_tcp(line, n, r, off, ntohs(ip.tot_len) - ip.ihl * 4u);
		if (ip.protocol == IPPROTO_ICMP && off + 2 <= r->kept)
			return n + scnprintf(line + n, (size_t)(LINE - n), " icmp type %u code %u",
					     d[off], d[off + 1]);
		return n + scnprintf(line + n, (size_t)(LINE - n), " proto %u", ip.protocol);
	}
	if (r->kept >= 42 && d[12] == 0x08 && d[13] == 0x06)
		return n + scnprintf(line + n, (size_t)(LINE - n),
				     " arp op %u %u.%u.%u.%u asks %u.%u.%u.%u", d[21], d[28], d[29],
				     d[30], d[31], d[38], d[39], d[40], d[41]);
	return n;
}

static int format(char *line, const struct record *r)
{
	int n = scnprintf(line, LINE, "%6llu.%09llu ", r->time / NSEC_PER_SEC,
			  r->time % NSEC_PER_SEC);

	if (r->note[0])
		return n + scnprintf(line + n, (size_t)(LINE - n), "-- %s\n", r->note);
	n += scnprintf(line + n, (size_t)(LINE - n), "link %u %s len %u", r->link,
		       r->side ? "<" : ">", r->len);
	n = put_packet(line, n, r);
	return n + scnprintf(line + n, (size_t)(LINE - n), "  %s\n", fates[r->fate]);
}

static void keep(const struct record *r)
{
	char line[LINE];

	nr_records++;
	if (sim_host_tracing())
		sim_host_trace(line, (unsigned long)format(line, r));
}

void sim_trace_frame(const struct sim_link *link, int side, const u8 *data, u32 len,
		     enum sim_fate fate)
{
	struct record *r = &ring[nr_records % RING];
	u64 head[2] = { hosted_now(), (u64)link->index << 16 | (u64)side << 8 | fate };

	mix(head, sizeof(head));
	mix(data, len);
	nr_frames += fate == SIM_SENT;
	r->time = hosted_now();
	r->link = (u8)link->index;
	r->side = (u8)side;
	r->fate = (u8)fate;
	r->len = len;
	r->kept = (u16)min(len, (u32)KEEP);
	r->note[0] = '\0';
	memcpy(r->data, data, r->kept);
	keep(r);
}

void sim_trace_note(const char *fmt, ...)
{
	struct record *r = &ring[nr_records % RING];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->note, sizeof(r->note), fmt, ap);
	va_end(ap);
	r->time = hosted_now();
	mix(&r->time, sizeof(r->time));
	mix(r->note, strlen(r->note));
	keep(r);
}

void sim_trace_dump(void)
{
	u64 i = nr_records > RING ? nr_records - RING : 0;
	char line[LINE];

	for (; i < nr_records; i++)
		sim_host_write(line, (unsigned long)format(line, &ring[i % RING]));
}

u64 sim_trace_digest(void)
{
	return digest;
}

u64 sim_trace_frames(void)
{
	return nr_frames;
}
