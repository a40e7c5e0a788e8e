/* SPDX-License-Identifier: MIT */
/* The rings of packet sockets, PACKET_VNET_HDR, and what mmap(2) shows of them: packet(7), Linux's networking/packet_mmap. Each
 * scenario tells what it finds, here and on this machine's Linux in a namespace of its own, and both must tell the same. */
#define _GNU_SOURCE
#include "two_worlds.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#define PROTO 0x88b5
#define OUR_ADDR 0x0a070707 /* of lo, instead of 127.0.0.1, which is believed of no frame */
#define SECOND 1000000000ull
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHORT_OF(p) ((unsigned int)*(const unsigned short *)(p))

static struct {
	char **lines;
	size_t n;
} said[2];

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	size_t i = (size_t)(world - worlds);
	char line[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	said[i].lines = realloc(said[i].lines, (said[i].n + 1) * sizeof(char *));
	said[i].lines[said[i].n++] = strdup(line);
}

/* ---- calls ---- */

static int packet_socket(int type, int proto, int ifindex)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons((unsigned short)proto), .sll_ifindex = ifindex };
	int fd = (int)CALL(SYS_socket, AF_PACKET, type, 0, 0, 0);

	is("socket", fd >= 0, 1);
	is("bind", CALL(SYS_bind, fd, &at, sizeof(at), 0, 0), 0);
	return fd;
}

static long set(int fd, int opt, const void *val, size_t len)
{
	return CALL(SYS_setsockopt, fd, SOL_PACKET, opt, val, len);
}

static long set_int(int fd, int opt, int val)
{
	return set(fd, opt, &val, sizeof(val));
}

static void close_fd(int fd)
{
	is("close", CALL(SYS_close, fd, 0, 0, 0, 0), 0);
}

static unsigned char *map(int fd, size_t len)
{
	long at = CALL6(SYS_mmap, 0, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at < 0 && at > -4096) {
		is("mmap", at, 0);
		exit(1);
	}
	return (unsigned char *)at;
}

static void unmap(void *at, size_t len)
{
	is("munmap", CALL(SYS_munmap, at, len, 0, 0, 0), 0);
}

static long wait_for(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000l };
	long n = CALL(SYS_ppoll, &p, 1, &ts, 0, 0);

	return n > 0 ? p.revents : n;
}

/* A frame of @len bytes to lo, which it comes back from; through @fd, or a socket made for it. */
static void send_frame(size_t len, unsigned char seed)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(PROTO), .sll_ifindex = 1 };
	int fd = (int)CALL(SYS_socket, AF_PACKET, SOCK_RAW, 0, 0, 0);
	unsigned char frame[4096] = { 0 };
	size_t i;

	frame[11] = 7; /* from whom */
	frame[12] = PROTO >> 8;
	frame[13] = PROTO & 0xff;
	for (i = 14; i < len; i++)
		frame[i] = (unsigned char)(seed + i);
	is("send a frame", CALL6(SYS_sendto, fd, frame, len, 0, &to, sizeof(to)), (long)len);
	close_fd(fd);
}

static void settle(void)
{
	struct timespec ts = { 0, 2000000 };

	CALL(SYS_nanosleep, &ts, 0, 0, 0, 0);
}

static unsigned int sum(const unsigned char *p, size_t n)
{
	unsigned int s = 1;

	while (n--)
		s = s * 31 + *p++;
	return s;
}

static void say_stats(int fd)
{
	unsigned int st[3] = { 77, 77, 77 };
	socklen_t len = sizeof(st);
	long err = CALL(SYS_getsockopt, fd, SOL_PACKET, PACKET_STATISTICS, st, &len);

	say("statistics: %ld, %u bytes: %u %u %u", err, len, st[0], st[1], st[2]);
}

static void say_from(const unsigned char *at)
{
	const struct sockaddr_ll *from = (const struct sockaddr_ll *)at;

	say(" from: family %u protocol %04x device %d type %u class %u address %u:%02x%02x%02x%02x%02x%02x", from->sll_family,
	    ntohs(from->sll_protocol), from->sll_ifindex, from->sll_hatype, from->sll_pkttype, from->sll_halen, from->sll_addr[0],
	    from->sll_addr[1], from->sll_addr[2], from->sll_addr[3], from->sll_addr[4], from->sll_addr[5]);
}

/* ---- what a frame tells ---- */

static void say_frame1(const unsigned char *f)
{
	const struct tpacket_hdr *h = (const struct tpacket_hdr *)f;

	say("v1: status %lx len %u snaplen %u mac %u net %u time %d data %08x", h->tp_status & 0xffff, h->tp_len, h->tp_snaplen, h->tp_mac,
	    h->tp_net, h->tp_sec > 1000 && h->tp_usec < 1000000, sum(f + h->tp_mac, h->tp_snaplen));
	say_from(f + TPACKET_ALIGN(sizeof(*h)));
}

static void say_frame2(const unsigned char *f)
{
	const struct tpacket2_hdr *h = (const struct tpacket2_hdr *)f;

	say("v2: status %x len %u snaplen %u mac %u net %u vlan %u %u time %d data %08x", h->tp_status & 0xffff, h->tp_len, h->tp_snaplen,
	    h->tp_mac, h->tp_net, h->tp_vlan_tci, h->tp_vlan_tpid, h->tp_sec > 1000 && h->tp_nsec < 1000000000,
	    sum(f + h->tp_mac, h->tp_snaplen));
	say_from(f + TPACKET_ALIGN(sizeof(*h)));
}

static void say_frame3(const unsigned char *f)
{
	const struct tpacket3_hdr *h = (const struct tpacket3_hdr *)f;

	say("v3: next %u status %x len %u snaplen %u mac %u net %u vlan %u %u hash %d time %d data %08x", h->tp_next_offset,
	    h->tp_status & 0xffff, h->tp_len, h->tp_snaplen, h->tp_mac, h->tp_net, h->hv1.tp_vlan_tci, h->hv1.tp_vlan_tpid,
	    h->hv1.tp_rxhash != 0, h->tp_sec > 1000 && h->tp_nsec < 1000000000, sum(f + h->tp_mac, h->tp_snaplen));
	say_from(f + TPACKET_ALIGN(sizeof(*h)));
}

static void say_block(const unsigned char *b)
{
	const struct tpacket_block_desc *d = (const struct tpacket_block_desc *)b;
	const struct tpacket_hdr_v1 *h = &d->hdr.bh1;
	const unsigned char *at = b + h->offset_to_first_pkt;
	unsigned int i;

	say("block: version %u priv %u status %x packets %u first %u length %u number %llu times %d", d->version, d->offset_to_priv,
	    h->block_status, h->num_pkts, h->offset_to_first_pkt, h->blk_len, (unsigned long long)h->seq_num,
	    h->ts_first_pkt.ts_sec > 1000 && h->ts_last_pkt.ts_sec >= h->ts_first_pkt.ts_sec);
	for (i = 0; i < h->num_pkts; i++) {
		say_frame3(at);
		at += ((const struct tpacket3_hdr *)at)->tp_next_offset;
	}
}

/* ---- scenarios ---- */

static void sizes_are_checked(void)
{
	static const struct tpacket_req3 reqs[] = {
		{ 4096, 2, 2048, 4, 0, 0, 0 },	      { 4096, 1, 4096, 1, 0, 0, 0 },	     { 8192, 3, 512, 48, 0, 0, 0 },
		{ 0, 1, 2048, 2, 0, 0, 0 },	      { 4095, 1, 1024, 3, 0, 0, 0 },	     { 6144, 1, 2048, 3, 0, 0, 0 },
		{ 0x80000000, 1, 2048, 2, 0, 0, 0 },  { 4096, 2, 2048, 3, 0, 0, 0 },	     { 4096, 2, 2048, 5, 0, 0, 0 },
		{ 4096, 2, 2047, 4, 0, 0, 0 },	      { 4096, 2, 2040, 4, 0, 0, 0 },	     { 4096, 2, 48, 170, 0, 0, 0 },
		{ 4096, 2, 64, 128, 0, 0, 0 },	      { 4096, 2, 80, 102, 0, 0, 0 },	     { 4096, 1, 8192, 0, 0, 0, 0 },
		{ 4096, 0x10000000, 64, 0, 0, 0, 0 }, { 4096, 0x4000001, 64, 64, 0, 0, 0 },  { 4096, 0, 2048, 4, 0, 0, 0 },
		{ 4096, 0, 0, 0, 0, 0, 0 },	      { 4096, 2, 2048, 4, 10, 0, 0 },	     { 4096, 2, 2048, 4, 0, 64, 0 },
		{ 4096, 2, 2048, 4, 0, 0, 1 },	      { 4096, 2, 2048, 4, 0, 4096, 0 },	     { 4096, 2, 2048, 4, 0, 3980, 0 },
		{ 4096, 2, 2048, 4, 0, 3976, 0 },     { 4096, 2, 2048, 4, 0, 0xffffffff, 0 }, { 4096, 2, 2048, 4, 0, 0xfffffff0, 0 },
		{ 12288, 2, 4096, 6, 0, 0, 0 },	      { 4096, 2, 0, 0, 0, 0, 0 },
	};
	int version, tx;
	size_t i;

	for (version = 0; version < 3; version++)
		for (tx = 0; tx < 2; tx++)
			for (i = 0; i < COUNT(reqs); i++) {
				int fd = packet_socket(SOCK_RAW, PROTO, 1), ring = tx ? PACKET_TX_RING : PACKET_RX_RING;
				size_t len = version == TPACKET_V3 ? sizeof(reqs[i]) : sizeof(struct tpacket_req);

				is("version", set_int(fd, PACKET_VERSION, version), 0);
				say("version %d %s %zu: %ld", version, tx ? "tx" : "rx", i, set(fd, ring, &reqs[i], len));
				say("again %ld, shorter %ld, version %ld, reserve %ld, loss %ld, vnet %ld, offset %ld",
				    set(fd, ring, &reqs[i], len), set(fd, ring, &reqs[i], len - 1), set_int(fd, PACKET_VERSION, 0),
				    set_int(fd, PACKET_RESERVE, 8), set_int(fd, PACKET_LOSS, 1), set_int(fd, PACKET_VNET_HDR, 1),
				    set_int(fd, PACKET_TX_HAS_OFF, 1));
				close_fd(fd);
			}
	for (version = -1; version < 4; version++) {
		int fd = packet_socket(SOCK_RAW, PROTO, 1), len = version;
		socklen_t size = sizeof(len);

		say("header %d: %ld", version, CALL(SYS_getsockopt, fd, SOL_PACKET, PACKET_HDRLEN, &len, &size));
		say("it is %d", len);
		say("version %d: %ld", version, set_int(fd, PACKET_VERSION, version));
		close_fd(fd);
	}
}

static void reserve_is_part_of_the_least_frame(void)
{
	struct tpacket_req req = { 4096, 1, 256, 16 };
	int fd = packet_socket(SOCK_RAW, PROTO, 1), room;

	for (room = 200; room < 210; room++) {
		say("reserve %d: %ld", room, set_int(fd, PACKET_RESERVE, room));
		say("ring: %ld", set(fd, PACKET_RX_RING, &req, sizeof(req)));
		req.tp_block_nr = req.tp_frame_nr = 0;
		say("no ring: %ld", set(fd, PACKET_RX_RING, &req, sizeof(req)));
		req = (struct tpacket_req){ 4096, 1, 256, 16 };
	}
	say("reserve: %ld %ld", set_int(fd, PACKET_RESERVE, 0x7fffffff), set_int(fd, PACKET_RESERVE, -1));
	close_fd(fd);
}

static void rings_stay_while_they_are_mapped(void)
{
	struct tpacket_req req = { 8192, 2, 2048, 8 }, tx = { 4096, 1, 2048, 2 }, none = { 0 };
	int fd = packet_socket(SOCK_RAW, PROTO, 1), pipes[2];
	unsigned char *at;

	say("nothing to map: %ld", CALL6(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED, fd, 0));
	say("rings: %ld %ld", set(fd, PACKET_RX_RING, &req, sizeof(req)), set(fd, PACKET_TX_RING, &tx, sizeof(tx)));
	say("too short: %ld, too long: %ld, behind: %ld", CALL6(SYS_mmap, 0, 16384, PROT_READ, MAP_SHARED, fd, 0),
	    CALL6(SYS_mmap, 0, 24576, PROT_READ, MAP_SHARED, fd, 0), CALL6(SYS_mmap, 0, 20480, PROT_READ, MAP_SHARED, fd, 4096));
	at = map(fd, 20480);
	memset(at, 1, 20480);
	say("while it is mapped: %ld %ld", set(fd, PACKET_RX_RING, &none, sizeof(none)), set(fd, PACKET_TX_RING, &none, sizeof(none)));
	unmap(at + 8192, 4096);
	say("with a hole: %ld", set(fd, PACKET_RX_RING, &none, sizeof(none)));
	unmap(at, 8192);
	say("of which one side is gone: %ld", set(fd, PACKET_RX_RING, &none, sizeof(none)));
	unmap(at + 12288, 8192);
	say("unmapped: %ld %ld", set(fd, PACKET_RX_RING, &none, sizeof(none)), set(fd, PACKET_TX_RING, &none, sizeof(none)));
	say("again: %ld", set(fd, PACKET_RX_RING, &req, sizeof(req)));
	at = map(fd, 16384);
	close_fd(fd); /* the mapping keeps it */
	at[0] = at[16383] = 5;
	send_frame(100, 1);
	settle();
	say_frame1(at + 2048); /* at[0] made the first frame ours: there is no room */
	unmap(at, 16384);
	is("pipe", CALL(SYS_pipe2, pipes, 0, 0, 0, 0), 0);
	say("a pipe: %ld", CALL6(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED, pipes[0], 0));
	close_fd(pipes[0]);
	close_fd(pipes[1]);
}

static void say_frame(int version, const unsigned char *f)
{
	if (version == TPACKET_V1)
		say_frame1(f);
	else
		say_frame2(f);
}

/* The kernel's status word is the first of both headers. */
static void release(unsigned char *f)
{
	__atomic_store_n((unsigned int *)f, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

/* Frames that fit, one that is cut, and more than there is room for. */
static void capture(int version, int type, int reserve, int copy)
{
	struct tpacket_req req = { 4096, 2, 1024, 8 };
	int fd = packet_socket(type, PROTO, 1), i;
	unsigned char *at, got[2000];
	long n;

	say("version %d type %d reserve %d copy %d", version, type, reserve, copy);
	is("version", set_int(fd, PACKET_VERSION, version), 0);
	is("reserve", set_int(fd, PACKET_RESERVE, reserve), 0);
	is("copy", set_int(fd, PACKET_COPY_THRESH, copy), 0);
	is("ring", set(fd, PACKET_RX_RING, &req, sizeof(req)), 0);
	at = map(fd, 8192);
	say("before: %lx", wait_for(fd, POLLIN | POLLOUT, 0));
	for (i = 0; i < 7; i++)
		send_frame(i == 3 ? 1400 : 60u + (unsigned int)i, (unsigned char)i);
	settle();
	say("then: %lx", wait_for(fd, POLLIN | POLLOUT, 0));
	for (i = 0; i < 8; i++)
		say_frame(version, at + i * 1024);
	for (i = 0; i < 4; i++)
		send_frame(80, 1);
	settle();
	for (i = 0; i < 8; i++)
		release(at + i * 1024);
	say("all given back: %lx", wait_for(fd, POLLIN, 0));
	send_frame(81, 2);
	settle();
	say_frame(version, at);
	say_stats(fd);
	say_stats(fd);
	send_frame(82, 2);
	settle();
	say_frame(version, at + 1024);
	n = CALL(SYS_recvfrom, fd, got, sizeof(got), MSG_DONTWAIT, 0);
	say("queue: %ld %08x", n, n > 0 ? sum(got, (size_t)n) : 0);
	unmap(at, 8192);
	close_fd(fd);
}

static void frames_are_captured(void)
{
	int version, type;

	for (version = TPACKET_V1; version <= TPACKET_V2; version++)
		for (type = SOCK_DGRAM; type <= SOCK_RAW; type++) { /* 2, 3 */
			capture(version, type, 0, 0);
			capture(version, type, 13, 0);
			capture(version, type, 900, 0);
			capture(version, type, 960, 1);
			capture(version, type, 0, 1);
		}
}

/* In the blocks that are ours. */
static unsigned int packets_told(const unsigned char *at)
{
	unsigned int i, n = 0;

	for (i = 0; i < 3; i++) {
		const struct tpacket_block_desc *d = (const struct tpacket_block_desc *)(at + i * 4096);

		if (__atomic_load_n(&d->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)
			n += d->hdr.bh1.num_pkts;
	}
	return n;
}

static void blocks_are_captured(int type, unsigned int priv, int reserve, unsigned int features)
{
	struct tpacket_req3 req = { 4096, 3, 2048, 6, 500, priv, features }; /* which is long enough to send all at once */
	int fd = packet_socket(type, PROTO, 1), i;
	unsigned char *at;

	say("version 3 type %d private %u reserve %d features %x", type, priv, reserve, features);
	is("version", set_int(fd, PACKET_VERSION, TPACKET_V3), 0);
	is("reserve", set_int(fd, PACKET_RESERVE, reserve), 0);
	is("ring", set(fd, PACKET_RX_RING, &req, sizeof(req)), 0);
	at = map(fd, 12288);
	memset(at + 48, 0xaa, priv);
	say_block(at + 8192);
	say("before: %lx", wait_for(fd, POLLIN, 0));
	send_frame(60, 1);
	send_frame(61, 2);
	say("its time is over: %lx", wait_for(fd, POLLIN, 5000));
	say_block(at);
	say("private %08x", sum(at + 48, priv));
	for (i = 0; i < 7; i++)
		send_frame(1500, (unsigned char)i); /* two a block: one is full, the next too, then there is none */
	say("full: %lx", wait_for(fd, POLLIN, 5000));
	say_block(at + 4096);
	say_block(at + 8192);
	say_stats(fd);
	for (i = 0; i < 3; i++)
		__atomic_store_n((unsigned int *)(at + i * 4096 + 8), TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	send_frame(4000, 3); /* cut, if it does not fit */
	say("again: %lx", wait_for(fd, POLLIN, 5000));
	for (i = 0; i < 5000 && !packets_told(at); i++)
		settle();
	for (i = 0; i < 3; i++)
		if (*(volatile unsigned int *)(at + i * 4096 + 8))
			say_block(at + i * 4096);
	say_stats(fd);
	unmap(at, 12288);
	close_fd(fd);
}

/* ---- sending ---- */

static void put_frame(int version, unsigned char *f, unsigned int len, unsigned int off, unsigned char seed, int type)
{
	unsigned char *data = f + (off ? off : version == TPACKET_V3 ? 48u : 32u);
	unsigned int i = 0;

	if (type == SOCK_RAW) {
		memset(data, 0, 12);
		data[11] = 7;
		data[12] = PROTO >> 8;
		data[13] = PROTO & 0xff;
		i = 14;
	}
	for (; i < len && i < 2000; i++)
		data[i] = (unsigned char)(seed + i);
	if (version == TPACKET_V1) {
		struct tpacket_hdr *h = (struct tpacket_hdr *)f;

		h->tp_len = len;
		h->tp_mac = h->tp_net = (unsigned short)off;
		__atomic_store_n(&h->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
	} else if (version == TPACKET_V2) {
		struct tpacket2_hdr *h = (struct tpacket2_hdr *)f;

		h->tp_len = len;
		h->tp_mac = h->tp_net = (unsigned short)off;
		__atomic_store_n(&h->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
	} else {
		struct tpacket3_hdr *h = (struct tpacket3_hdr *)f;

		h->tp_next_offset = seed == 99;
		h->tp_len = len;
		h->tp_mac = h->tp_net = (unsigned short)off;
		__atomic_store_n(&h->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
	}
}

static unsigned int frame_status(int version, const unsigned char *f)
{
	if (version == TPACKET_V3)
		return ((const struct tpacket3_hdr *)f)->tp_status & 0xffff;
	return *(const unsigned int *)f & 0xffff;
}

static void say_received(int fd)
{
	unsigned char got[4096];
	long n;

	settle();
	while ((n = CALL6(SYS_recvfrom, fd, got, sizeof(got), MSG_DONTWAIT, 0, 0)) >= 0)
		say(" received %ld: %08x", n, sum(got, (size_t)n));
	say(" and then %ld", n);
}

static void say_send(int version, int fd, int tap, unsigned char *at, int flags)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(PROTO), .sll_ifindex = 1, .sll_halen = 6 };
	long sent = CALL6(SYS_sendto, fd, 0, 0, flags, &to, sizeof(to));

	settle();
	say("sent %ld, status %x %x %x %x, poll %lx", sent, frame_status(version, at), frame_status(version, at + 2048),
	    frame_status(version, at + 4096), frame_status(version, at + 6144), wait_for(fd, POLLOUT, 0));
	say_received(tap);
}

static void frames_are_sent(int version, int type, int loss, int offsets)
{
	struct tpacket_req3 req = { 4096, 2, 2048, 4, 0, 0, 0 };
	int fd = packet_socket(type, 0, 1), tap = packet_socket(SOCK_RAW, PROTO, 1), i;
	unsigned char *at;

	say("version %d type %d loss %d offsets %d", version, type, loss, offsets);
	is("version", set_int(fd, PACKET_VERSION, version), 0);
	is("loss", set_int(fd, PACKET_LOSS, loss), 0);
	is("offsets", set_int(fd, PACKET_TX_HAS_OFF, offsets), 0);
	is("ring", set(fd, PACKET_TX_RING, &req, version == TPACKET_V3 ? sizeof(req) : sizeof(struct tpacket_req)), 0);
	at = map(fd, 8192);
	say_send(version, fd, tap, at, 0);
	for (i = 0; i < 3; i++)
		put_frame(version, at + i * 2048, 60u + (unsigned int)i, offsets ? 100 : 0, (unsigned char)i, type);
	say_send(version, fd, tap, at, 0);
	put_frame(version, at + 3 * 2048, 5, offsets ? 64 : 0, 1, type); /* shorter than a link header */
	put_frame(version, at, 100, offsets ? 64 : 0, 1, type);
	say_send(version, fd, tap, at, MSG_DONTWAIT);
	put_frame(version, at + 3 * 2048, 1000, offsets ? 1048 : 0, 2, type); /* to the frame's last byte */
	say_send(version, fd, tap, at, MSG_DONTWAIT);
	put_frame(version, at + 2048, 3000, offsets ? 64 : 0, 3, type); /* longer than a frame */
	put_frame(version, at + 4096, 1000, offsets ? 16 : 0, 4, type); /* in the header */
	say_send(version, fd, tap, at, 0);
	put_frame(version, at + 2048, 64, offsets ? 64 : 0, 5, type);
	say_send(version, fd, tap, at, 0);
	put_frame(version, at + 4096, 1000, offsets ? 1049 : 0, 6, type); /* beyond it */
	say_send(version, fd, tap, at, 0);
	put_frame(version, at + 4096, 70, offsets ? 64 : 0, 99, type); /* with TPACKET_V3: not of one size */
	say_send(version, fd, tap, at, 0);
	say("busy: %ld", set_int(fd, PACKET_VERSION, 0));
	unmap(at, 8192);
	close_fd(fd);
	close_fd(tap);
}

/* ---- PACKET_VNET_HDR ---- */

struct vnet_hdr {
	unsigned char flags, gso_type;
	unsigned short hdr_len, gso_size, csum_start, csum_offset;
};

/* An UDP datagram of @len bytes of data to port 4000 of this host, its checksum that of the pseudo header. */
static size_t udp_frame(unsigned char *f, size_t len)
{
	unsigned int s = 0, udp = 8 + (unsigned int)len, i;

	memset(f, 0, 42);
	f[12] = 8;
	f[14] = 0x45;
	f[16] = (unsigned char)((udp + 20) >> 8);
	f[17] = (unsigned char)(udp + 20);
	f[22] = 64;
	f[23] = 17;
	memcpy(f + 26, "\x0a\7\7\x8\x0a\7\7\7\x0f\xa1\x0f\xa0", 12);
	f[38] = (unsigned char)(udp >> 8);
	f[39] = (unsigned char)udp;
	for (i = 14; i < 34; i += 2)
		s += (unsigned int)(f[i] << 8 | f[i + 1]);
	s = (s & 0xffff) + (s >> 16);
	f[24] = (unsigned char)(~s >> 8);
	f[25] = (unsigned char)~s;
	s = 0x0a07 + 0x0708 + 0x0a07 + 0x0707 + 17 + udp;
	f[40] = (unsigned char)(s >> 8);
	f[41] = (unsigned char)s;
	for (i = 0; i < len; i++)
		f[42 + i] = (unsigned char)(i * 3);
	return 42 + len;
}

static void say_udp(int udp)
{
	unsigned char got[9000];
	long n;

	settle();
	while ((n = CALL6(SYS_recvfrom, udp, got, sizeof(got), MSG_DONTWAIT, 0, 0)) >= 0)
		say(" datagram %ld: %08x", n, sum(got, (size_t)n));
	say(" and then %ld", n);
}

static int udp_socket(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(4000), .sin_addr.s_addr = htonl(OUR_ADDR) };
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0, 0, 0);

	is("bind udp", CALL(SYS_bind, fd, &at, sizeof(at), 0, 0), 0);
	return fd;
}

static void headers_tell_what_is_to_be_done(void)
{
	static const struct vnet_hdr headers[] = {
		{ 0, 0, 0, 0, 0, 0 },	 { 1, 0, 0, 0, 34, 6 },	  { 1, 0, 42, 0, 34, 6 },     { 1, 0, 60000, 0, 34, 6 },
		{ 1, 0, 0, 0, 5000, 6 }, { 1, 0, 0, 0, 34, 60000 }, { 1, 0, 0, 0, 65535, 65535 }, { 0, 1, 42, 100, 0, 0 },
		{ 0, 9, 42, 100, 0, 0 }, { 1, 5, 42, 0, 34, 6 },  { 1, 5, 42, 200, 34, 6 },   { 1, 5, 42, 5000, 34, 6 },
		{ 1, 1, 42, 100, 34, 6 },
	};
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(0x0800), .sll_ifindex = 1 };
	int fd = packet_socket(SOCK_RAW, 0, 1), udp = udp_socket(), dgram = packet_socket(SOCK_DGRAM, 0, 1);
	unsigned char msg[2000];
	size_t i, len;

	say("without a link header: %ld", set_int(dgram, PACKET_VNET_HDR, 1));
	close_fd(dgram);
	is("vnet", set_int(fd, PACKET_VNET_HDR, 1), 0);
	for (i = 0; i < COUNT(headers); i++) {
		memcpy(msg, &headers[i], 10);
		len = 10 + udp_frame(msg + 10, 600);
		say("header %zu: %ld", i, CALL6(SYS_sendto, fd, msg, len, 0, &to, sizeof(to)));
		say_udp(udp);
	}
	say("shorter than it: %ld", CALL6(SYS_sendto, fd, msg, 9, 0, &to, sizeof(to)));
	memset(msg, 0, 10);
	say("alone: %ld", CALL6(SYS_sendto, fd, msg, 10, 0, &to, sizeof(to)));
	close_fd(fd);
	close_fd(udp);
}

static void headers_tell_what_was_not_done(bool ring)
{
	struct tpacket_req req = { 4096, 2, 2048, 4 };
	int fd = packet_socket(SOCK_RAW, 0x0800, 1), udp = udp_socket(), i;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4000), .sin_addr.s_addr = htonl(OUR_ADDR) };
	unsigned char got[4000], *at = NULL;
	long n;

	is("vnet", set_int(fd, PACKET_VNET_HDR, 1), 0);
	if (ring) {
		is("version", set_int(fd, PACKET_VERSION, TPACKET_V2), 0);
		is("ring", set(fd, PACKET_RX_RING, &req, sizeof(req)), 0);
		at = map(fd, 8192);
	}
	is("send", CALL6(SYS_sendto, udp, "hello", 5, 0, &to, sizeof(to)), 5);
	settle();
	if (ring) {
		const struct tpacket2_hdr *h = (const struct tpacket2_hdr *)at;

		say("status %x len %u snaplen %u mac %u net %u", h->tp_status & 0xffff, h->tp_len, h->tp_snaplen, h->tp_mac, h->tp_net);
		memcpy(got, at + h->tp_mac - 10, 10);
		unmap(at, 8192);
	} else {
		n = CALL6(SYS_recvfrom, fd, got, sizeof(got), MSG_DONTWAIT, 0, 0);
		say("received %ld", n);
	}
	for (i = 0; i < 10; i += 2)
		say(" word %d: %04x", i, SHORT_OF(got + i));
	is("send", CALL6(SYS_sendto, udp, "hello", 5, 0, &to, sizeof(to)), 5);
	settle();
	if (!ring)
		say("with little room: %ld", CALL6(SYS_recvfrom, fd, got, 9, MSG_DONTWAIT, 0, 0));
	if (!ring)
		say("and then: %ld", CALL6(SYS_recvfrom, fd, got, 9, MSG_DONTWAIT, 0, 0));
	close_fd(fd);
	close_fd(udp);
}

/* ---- when it was sent ---- */

static void say_report(int fd)
{
	union {
		struct cmsghdr h;
		char bytes[512];
	} control;
	char got[2000];
	struct iovec vec = { got, sizeof(got) };
	struct msghdr m = { .msg_iov = &vec, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	long n = CALL(SYS_recvmsg, fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT, 0, 0);

	say("report: %ld flags %x", n, m.msg_flags);
	for (c = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL; c; c = CMSG_NXTHDR(&m, c)) {
		const struct sock_extended_err *ee = (const struct sock_extended_err *)CMSG_DATA(c);

		if (c->cmsg_level == SOL_PACKET)
			say(" level %d type %d length %zu: errno %u origin %u info %u data %u", c->cmsg_level, c->cmsg_type, c->cmsg_len,
			    ee->ee_errno, ee->ee_origin, ee->ee_info, ee->ee_data);
		else
			say(" level %d type %d length %zu", c->cmsg_level, c->cmsg_type, c->cmsg_len);
	}
}

static void the_time_of_sending_is_reported(int type, bool ring)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(PROTO), .sll_ifindex = 1, .sll_halen = 6 };
	struct tpacket_req req = { 4096, 2, 2048, 4 };
	int fd = packet_socket(type, 0, 1), flags = 0x2 | 0x10 | 0x80, i; /* TX_SOFTWARE, SOFTWARE, OPT_ID */
	unsigned char *at = NULL, frame[100] = { 0 };

	say("stamps: type %d ring %d", type, ring);
	if (ring) {
		is("version", set_int(fd, PACKET_VERSION, TPACKET_V2), 0);
		is("ring", set(fd, PACKET_TX_RING, &req, sizeof(req)), 0);
		at = map(fd, 8192);
	}
	say("SO_TIMESTAMPING: %ld", CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)));
	for (i = 0; i < 2; i++) {
		if (ring)
			put_frame(TPACKET_V2, at + i * 2048, 100, 0, 1, type);
		say("sent %ld", CALL6(SYS_sendto, fd, ring ? NULL : frame, ring ? 0 : 100, 0, &to, sizeof(to)));
	}
	settle();
	say("poll %lx", wait_for(fd, POLLIN | POLLOUT, 0));
	for (i = 0; i < 3; i++)
		say_report(fd);
	if (ring)
		unmap(at, 8192);
	is("send", CALL6(SYS_sendto, fd, frame, ring ? 0 : 100, MSG_DONTWAIT, &to, sizeof(to)) >= 0, 1);
	close_fd(fd); /* with a report that nobody has read */
}

/* ---- groups ---- */

/* A fragment of a datagram between two strangers: @len bytes of it from @off on. */
static void send_fragment(unsigned short id, unsigned int off, unsigned int len, bool more)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(0x0800), .sll_ifindex = 1 };
	int fd = (int)CALL(SYS_socket, AF_PACKET, SOCK_RAW, 0, 0, 0);
	unsigned char f[2000];
	unsigned int s = 0, i;

	udp_frame(f, len);
	memset(f + 34, (int)(off + len), len);
	f[16] = (unsigned char)((len + 20) >> 8);
	f[17] = (unsigned char)(len + 20);
	f[18] = (unsigned char)(id >> 8);
	f[19] = (unsigned char)id;
	f[20] = (unsigned char)((off >> 11) | (more ? 0x20 : 0));
	f[21] = (unsigned char)(off >> 3);
	f[24] = f[25] = 0;
	f[33] = 9; /* not to us */
	for (i = 14; i < 34; i += 2)
		s += (unsigned int)(f[i] << 8 | f[i + 1]);
	s = (s & 0xffff) + (s >> 16);
	f[24] = (unsigned char)(~s >> 8);
	f[25] = (unsigned char)~s;
	is("send a fragment", CALL6(SYS_sendto, fd, f, 34 + len, 0, &to, sizeof(to)), 34 + len);
	close_fd(fd);
}

static void fragments_are_joined_for_a_group(int type, int proto, unsigned int flags, bool ring)
{
	struct tpacket_req req = { 4096, 2, 2048, 4 };
	int fd = packet_socket(type, proto, 1), i;
	unsigned char *at = NULL;

	say("group: type %d protocol %x flags %x ring %d", type, proto, flags, ring);
	if (ring) {
		is("version", set_int(fd, PACKET_VERSION, TPACKET_V2), 0);
		is("ring", set(fd, PACKET_RX_RING, &req, sizeof(req)), 0);
		at = map(fd, 8192);
	}
	say("joined: %ld", set_int(fd, PACKET_FANOUT, (int)(flags << 16 | 5)));
	send_fragment(1, 0, 400, true);
	send_fragment(1, 400, 200, false);
	send_fragment(2, 0, 104, false);
	send_fragment(3, 400, 30, false);
	send_fragment(3, 0, 400, true);
	send_fragment(4, 8, 400, true);
	settle();
	for (i = 0; ring && i < 4; i++)
		say_frame2(at + i * 2048);
	if (ring)
		unmap(at, 8192);
	else
		say_received(fd);
	close_fd(fd);
}

/* ---- the end ---- */

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	struct sockaddr_in *in = (struct sockaddr_in *)&ifr.ifr_addr;
	int fd = (int)CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0, 0, 0);

	is("flags", CALL(SYS_ioctl, fd, SIOCGIFFLAGS, &ifr, 0, 0), 0);
	ifr.ifr_flags |= IFF_UP;
	is("up", CALL(SYS_ioctl, fd, SIOCSIFFLAGS, &ifr, 0, 0), 0);
	*in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(OUR_ADDR) };
	is("address", CALL(SYS_ioctl, fd, SIOCSIFADDR, &ifr, 0, 0), 0);
	in->sin_addr.s_addr = 0xffffffff;
	is("mask", CALL(SYS_ioctl, fd, SIOCSIFNETMASK, &ifr, 0, 0), 0);
	close_fd(fd);
}

static void all(void *done)
{
	int version, type;

	lo_up();
	sizes_are_checked();
	reserve_is_part_of_the_least_frame();
	rings_stay_while_they_are_mapped();
	frames_are_captured();
	for (type = SOCK_DGRAM; type <= SOCK_RAW; type++) {
		blocks_are_captured(type, 0, 0, 0);
		blocks_are_captured(type, 100, 16, TP_FT_REQ_FILL_RXHASH);
		blocks_are_captured(type, 3000, 900, 0);
	}
	for (version = TPACKET_V1; version <= TPACKET_V3; version++)
		for (type = SOCK_DGRAM; type <= SOCK_RAW; type++) {
			frames_are_sent(version, type, 0, 0);
			frames_are_sent(version, type, 1, 0);
			frames_are_sent(version, type, 0, 1);
			frames_are_sent(version, type, 1, 1);
		}
	headers_tell_what_is_to_be_done();
	headers_tell_what_was_not_done(false);
	headers_tell_what_was_not_done(true);
	for (type = SOCK_DGRAM; type <= SOCK_RAW; type++) {
		the_time_of_sending_is_reported(type, false);
		the_time_of_sending_is_reported(type, true);
		fragments_are_joined_for_a_group(type, 0x0800, PACKET_FANOUT_HASH, false);
		fragments_are_joined_for_a_group(type, 0x0800, PACKET_FANOUT_FLAG_DEFRAG | PACKET_FANOUT_LB, false);
		fragments_are_joined_for_a_group(type, 0x0800, PACKET_FANOUT_FLAG_DEFRAG, true);
		fragments_are_joined_for_a_group(type, 0x0003, 0x4000, false); /* IGNORE_OUTGOING */
		fragments_are_joined_for_a_group(type, 0x0003, PACKET_FANOUT_FLAG_DEFRAG | 0x4000, false);
		fragments_are_joined_for_a_group(type, 0x0003, PACKET_FANOUT_FLAG_DEFRAG, false);
	}
	*(bool *)done = true;
}

static void compare(void)
{
	size_t i;

	is("lines", (long)said[SKIFF].n, (long)said[LINUX].n);
	for (i = 0; i < said[SKIFF].n && i < said[LINUX].n && failures < 20; i++)
		if (strcmp(said[SKIFF].lines[i], said[LINUX].lines[i])) {
			size_t back = i;

			while (back && (said[LINUX].lines[back][0] == ' ' || back + 6 > i))
				back--;
			for (; back < i; back++)
				fprintf(stderr, "        %s\n", said[LINUX].lines[back]);
			fprintf(stderr, "Linux:  %s\nSkiff:  %s\n\n", said[LINUX].lines[i], said[SKIFF].lines[i]);
			failures++;
		}
}

int main(void)
{
	bool done = false;

	skiff_boot("ip=off skiff.seed=9 skiff.mmap=1 skiff.mem=64");
	world = &worlds[SKIFF];
	skiff_task_start(all, &done);
	skiff_run(skiff_now() + 600 * SECOND);
	is("the end", done, 1);
	is("warnings", skiff_warnings(), 0);
	is("lines", said[SKIFF].n > 500, 1);
	if (geteuid() || unshare(CLONE_NEWNET)) {
		printf("no namespace may be made here: not compared\n");
		return failures != 0;
	}
	world = &worlds[LINUX];
	all(&done);
	if (getenv("SHOW"))
		for (size_t i = 0; i < said[SKIFF].n; i++)
			puts(said[SKIFF].lines[i]);
	compare();
	return failures != 0;
}
