/* SPDX-License-Identifier: MIT */
/* The tcpdump command against the tcpdump of this machine: the same frames and expressions, the same lines. */
#define _GNU_SOURCE
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define P(p) ((long)(p))
#define FRAMES 400
#define LAST 0x9999 /* the protocol of the frames behind ours, which end a capture that has missed some */

static unsigned char frames[FRAMES][1600];
static size_t lengths[FRAMES];
static struct skiff_port *port;
static int failures;

static unsigned int rnd(unsigned int n)
{
	static unsigned long long state = 7;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)(state >> 33) % n;
}

/* --- frames --- */

static const char *const hosts[] = { "10.0.0.1", "10.0.0.2", "10.0.1.3", "192.168.7.9", "224.0.0.5" };

static in_addr_t any_host(void)
{
	return inet_addr(hosts[rnd(5)]);
}

static size_t fill_tcp(unsigned char *p)
{
	static const unsigned char options[][12] = { { 2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 1, 1 },
						     { 1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4 },
						     { 1, 1, 5, 10, 0, 0, 0, 9, 0, 0, 0, 12 } };
	struct tcphdr *th = (struct tcphdr *)p;
	unsigned int kind = rnd(4), data = rnd(3) ? 0 : rnd(1000);
	static const unsigned char flags[] = { TH_SYN, TH_SYN | TH_ACK, TH_ACK, TH_ACK | TH_PUSH, TH_FIN | TH_ACK, TH_RST, TH_RST | TH_ACK,
					       TH_ACK | TH_URG };

	th->source = htons((unsigned short)(32080 + rnd(3)));
	th->dest = htons((unsigned short)(34000 + rnd(3)));
	if (rnd(2)) {
		unsigned short swap = th->source;

		th->source = th->dest;
		th->dest = swap;
	}
	th->seq = htonl(1000000 + rnd(5000));
	th->th_flags = flags[rnd(sizeof(flags))];
	th->ack_seq = th->th_flags & TH_ACK ? htonl(2000000 + rnd(5000)) : 0;
	th->window = htons((unsigned short)rnd(65536));
	th->urg_ptr = th->th_flags & TH_URG ? htons(3) : 0;
	th->doff = kind == 3 ? 5 : 8;
	if (kind < 3)
		memcpy(th + 1, options[kind], 12);
	return th->doff * 4u + data;
}

static size_t fill_udp(unsigned char *p)
{
	struct udphdr *uh = (struct udphdr *)p;
	size_t len = 8 + rnd(600);

	/* ports of which tcpdump knows no protocol */
	uh->source = htons((unsigned short)(30000 + rnd(4)));
	uh->dest = htons((unsigned short)(40000 + rnd(4)));
	uh->len = htons((unsigned short)len);
	return len;
}

static size_t fill_icmp(unsigned char *p)
{
	struct icmphdr *h = (struct icmphdr *)p;
	struct iphdr *inner = (struct iphdr *)(h + 1);
	static const unsigned char kinds[][2] = { { 8, 0 }, { 0, 0 }, { 3, 0 }, { 3, 1 }, { 3, 3 }, { 3, 4 }, { 11, 0 } };
	const unsigned char *k = kinds[rnd(7)];

	h->type = k[0];
	h->code = k[1];
	if (h->type == 8 || h->type == 0) {
		h->un.echo.id = htons((unsigned short)rnd(1000));
		h->un.echo.sequence = htons((unsigned short)rnd(1000));
		return 8 + rnd(100);
	}
	h->un.frag.mtu = h->code == 4 ? htons(1400) : 0;
	inner->version = 4;
	inner->ihl = 5;
	inner->tot_len = htons(100);
	inner->ttl = 9;
	inner->protocol = IPPROTO_UDP;
	inner->saddr = any_host();
	inner->daddr = any_host();
	((struct udphdr *)(inner + 1))->source = htons(30000);
	((struct udphdr *)(inner + 1))->dest = htons(40001);
	((struct udphdr *)(inner + 1))->len = htons(80);
	return 36;
}

static size_t fill_ip(unsigned char *p)
{
	struct iphdr *iph = (struct iphdr *)p;
	unsigned int kind = rnd(8);
	size_t len;

	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = (unsigned char)(1 + rnd(255));
	iph->tos = (unsigned char)(rnd(4) * 4 * 8);
	iph->id = htons((unsigned short)rnd(65536));
	iph->saddr = any_host();
	iph->daddr = any_host();
	iph->protocol = kind < 4 ? IPPROTO_TCP : kind < 6 ? IPPROTO_UDP : IPPROTO_ICMP;
	len = kind < 4 ? fill_tcp(p + 20) : kind < 6 ? fill_udp(p + 20) : fill_icmp(p + 20);
	if (rnd(3) == 0)
		iph->frag_off = htons(IP_DF);
	else if (rnd(12) == 0) /* a later fragment: no header is shown */
		iph->frag_off = htons((unsigned short)(1 + rnd(100)));
	iph->tot_len = htons((unsigned short)(20 + len));
	return 20 + len;
}

static size_t fill_arp(unsigned char *p)
{
	static const unsigned char head[] = { 0, 1, 8, 0, 6, 4, 0 };
	in_addr_t sender = any_host(), target = any_host();

	memcpy(p, head, sizeof(head));
	p[7] = (unsigned char)(1 + rnd(2));
	memcpy(p + 8, "\2\0\0\0\0\7", 6);
	memcpy(p + 14, &sender, 4);
	memcpy(p + 24, &target, 4);
	return rnd(2) ? 28 : 46;
}

static void make_frames(void)
{
	for (int i = 0; i < FRAMES; i++) {
		unsigned char *f = frames[i];
		unsigned int kind = rnd(10);

		memcpy(f, kind == 1 ? "\xff\xff\xff\xff\xff\xff" : kind == 2 ? "\1\0\x5e\0\0\5" : "\2\0\0\0\0\1", 6);
		memcpy(f + 6, rnd(2) ? "\2\0\0\0\0\2" : "\2\0\0\0\0\3", 6);
		memcpy(f + 12, kind < 2 ? "\x08\x06" : "\x08\x00", 2);
		lengths[i] = 14 + (kind < 2 ? fill_arp(f + 14) : fill_ip(f + 14));
	}
}

/* --- the two --- */

static void write_pcap(const char *path)
{
	struct {
		unsigned int magic;
		unsigned short major, minor;
		unsigned int zone, accuracy, snaplen, link;
	} head = { 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1 };
	FILE *f = fopen(path, "w");

	fwrite(&head, sizeof(head), 1, f);
	for (int i = 0; i < FRAMES; i++) {
		unsigned int record[4] = { 1000, (unsigned int)i, (unsigned int)lengths[i], (unsigned int)lengths[i] };

		fwrite(record, sizeof(record), 1, f);
		fwrite(frames[i], lengths[i], 1, f);
	}
	fclose(f);
}

/* Frames come 10 ms after the command began to listen. */
static void send_frames(void *arg)
{
	struct timespec ts = { 0, 10000000 };
	static const unsigned char last[60] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, LAST >> 8, LAST & 0xff };

	skiff_syscall(SYS_nanosleep, P(&ts), 0, 0, 0, 0, 0);
	for (int i = 0; i < 2 * FRAMES; i++) {
		if (i < FRAMES)
			skiff_port_give(port, frames[i], lengths[i]);
		else
			skiff_port_give(port, last, sizeof(last));
		ts.tv_nsec = 1000;
		skiff_syscall(SYS_nanosleep, P(&ts), 0, 0, 0, 0, 0);
	}
}

static size_t theirs(const char *path, const char *options, const char *expr, char *out, size_t cap, int *lines)
{
	char cmd[400];
	size_t n;
	FILE *f;

	snprintf(cmd, sizeof(cmd), "tcpdump -nn -t %s -r %s '(%s) or ether proto %d' 2>/dev/null", options, path, expr, LAST);
	f = popen(cmd, "r");
	n = fread(out, 1, cap - 1, f);
	out[n] = '\0';
	pclose(f);
	*lines = 0;
	for (const char *p = out; *p; p++)
		*lines += *p == '\n' && p[1] != ' ' && p[1] != '\t';
	return n;
}

static void compare(const char *path, const char *options, const char *expr)
{
	static char a[1 << 20], b[1 << 20];
	char cmd[400], *ours, *end;
	int lines;

	theirs(path, options, expr, a, sizeof(a), &lines);
	if (lines < 2) {
		fprintf(stderr, "%s: tcpdump of this machine shows nothing\n", expr);
		failures++;
		return;
	}
	skiff_task_start(send_frames, NULL);
	/* the frames behind ours are none of ( EXPR ), but end the capture if it has fewer */
	snprintf(cmd, sizeof(cmd), "tcpdump -n -t %s -i eth0 -c %d ( %s ) or not ( ip or arp )", options, lines, expr);
	skiff_command(cmd, b, sizeof(b));
	skiff_run(skiff_now() + SECOND);
	ours = strstr(b, " bytes\n");
	ours = ours ? ours + 7 : b;
	end = strstr(ours, " packets captured");
	while (end && end > ours && end[-1] != '\n')
		end--;
	if (end)
		*end = '\0';
	if (strcmp(a, ours)) {
		size_t i = 0, line = 0;

		for (; a[i] && a[i] == ours[i]; i++)
			if (a[i] == '\n')
				line = i + 1;
		fprintf(stderr, "tcpdump %s %s: not\n%.*s\nbut\n%.*s\n", options, expr, (int)strcspn(ours + line, "\n"), ours + line,
			(int)strcspn(a + line, "\n"), a + line);
		failures++;
	}
}

int main(void)
{
	static const char *const expressions[] = {
		"ip", "arp", "tcp", "udp", "icmp", "ip or arp", "host 10.0.0.1", "src host 10.0.0.2", "dst host 10.0.1.3",
		"src 10.0.0.1", "dst 10.0.0.1 and src 10.0.0.2", "ip host 10.0.0.1", "arp host 10.0.0.1", "tcp and host 10.0.0.1",
		"net 10.0.0.0/24", "src net 10.0.0.0/16", "not net 10.0.0.0/8 and ip", "port 32080", "tcp port 32081", "src port 32080",
		"dst port 34001", "udp port 40001", "udp dst port 40002", "portrange 30001-30002", "tcp src portrange 32080-32081",
		"not tcp and not arp", "ip and not ( tcp or udp )", "tcp or icmp and host 10.0.0.1", "host 10.0.0.1 or arp and not udp",
		"ether host 02:00:00:00:00:02", "ether src 02:00:00:00:00:03", "ether dst 02:00:00:00:00:01 and udp", "ether broadcast",
		"ether multicast", "ip multicast", "less 60", "greater 500", "less 100 and tcp",
	};
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };
	char path[] = "/tmp/skiff-tcpdump-XXXXXX", text[64];
	unsigned int i;

	if (access("/usr/bin/tcpdump", X_OK)) {
		fprintf(stderr, "no tcpdump here\n");
		return 1;
	}
	close(mkstemp(path));
	make_frames();
	write_pcap(path);
	skiff_boot("ip=off skiff.seed=5");
	port = skiff_port_new("eth0", mac, 1500);
	skiff_command("ip link set eth0 up", text, sizeof(text));
	for (i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++)
		compare(path, "", expressions[i]);
	compare(path, "-e", "ip or arp");
	compare(path, "-S", "tcp");
	compare(path, "-q", "tcp");
	compare(path, "-X", "icmp");
	compare(path, "-x", "arp");
	compare(path, "-v", "arp");
	unlink(path);
	if (skiff_warnings())
		failures++;
	return failures != 0;
}
