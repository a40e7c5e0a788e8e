/* SPDX-License-Identifier: MIT */
/* Rings of packet sockets, for tests: "ring receive VERSION DEVICE COUNT" tells what COUNT frames of type 0x88b5 say, "ring send
 * VERSION DEVICE COUNT" sends as many in one call, three times. Versions 2 and 3 (packet_mmap). */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <uapi/if_packet.h>
#include <unistd.h>

#define PROTO	   0x88b5
#define BLOCK	   8192
#define BLOCKS	   4
#define FRAME	   2048
#define FRAMES	   (BLOCKS * BLOCK / FRAME)
#define BYTES	   (BLOCKS * BLOCK)
#define RETIRE_MS  50
#define LINK_LEN   14

static void need(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "ring: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int make_ring(int version, int device, int ring, unsigned char **at)
{
	struct tpacket_req3 req = { .tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = FRAME, .tp_frame_nr = FRAMES };
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_protocol = htons(PROTO), .sll_ifindex = device };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	need(fd >= 0, "socket");
	need(!setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)), "PACKET_VERSION");
	if (version == TPACKET_V3 && ring == PACKET_RX_RING)
		req.tp_retire_blk_tov = RETIRE_MS;
	need(!setsockopt(fd, SOL_PACKET, ring, &req, version == TPACKET_V3 ? sizeof(req) : sizeof(struct tpacket_req)), "the ring");
	need(!bind(fd, (struct sockaddr *)&addr, sizeof(addr)), "bind");
	*at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(*at != MAP_FAILED, "mmap");
	return fd;
}

static void wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	need(poll(&p, 1, -1) == 1, "poll");
}

static void tell(const unsigned char *frame, unsigned int snaplen, unsigned int len)
{
	printf("ring: %u bytes: %.*s\n", len, (int)(snaplen - LINK_LEN), (const char *)frame + LINK_LEN);
}

static void receive_frames(int fd, unsigned char *ring, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		struct tpacket2_hdr *h = (struct tpacket2_hdr *)(ring + i % FRAMES * FRAME);

		while (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			wait_for(fd, POLLIN);
		tell((unsigned char *)h + h->tp_mac, h->tp_snaplen, h->tp_len);
		__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
}

static void receive_blocks(int fd, unsigned char *ring, int count)
{
	unsigned int block, i;

	for (block = 0; count > 0; block++) {
		struct tpacket_block_desc *d = (struct tpacket_block_desc *)(ring + block % BLOCKS * BLOCK);
		unsigned char *at = (unsigned char *)d;

		while (!(__atomic_load_n(&d->bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			wait_for(fd, POLLIN);
		need(d->bh1.seq_num == block + 1, "the block's number");
		at += d->bh1.offset_to_first_pkt;
		for (i = 0; i < d->bh1.num_pkts; i++, count--) {
			struct tpacket3_hdr *h = (struct tpacket3_hdr *)at;

			tell(at + h->tp_mac, h->tp_snaplen, h->tp_len);
			at += h->tp_next_offset;
		}
		__atomic_store_n(&d->bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
}

static void show_statistics(int fd)
{
	struct tpacket_stats_v3 st = { 0 };
	socklen_t len = sizeof(st);

	need(!getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &st, &len), "PACKET_STATISTICS");
	printf("ring: %u came, %u had no room\n", st.tp_packets, st.tp_drops);
}

static volatile unsigned int *put_frame(int version, unsigned char *frame, int number)
{
	struct tpacket2_hdr *h2 = (struct tpacket2_hdr *)frame;
	struct tpacket3_hdr *h3 = (struct tpacket3_hdr *)frame;
	unsigned int *status = version == TPACKET_V3 ? &h3->tp_status : &h2->tp_status;
	unsigned char *data = frame + TPACKET_ALIGN(version == TPACKET_V3 ? sizeof(*h3) : sizeof(*h2));
	unsigned int len;

	memset(data, 0xff, 6);
	memset(data + 6, 2, 6);
	data[12] = PROTO >> 8;
	data[13] = PROTO & 0xff;
	len = LINK_LEN + (unsigned int)snprintf((char *)data + LINK_LEN, 100, "frame %d from a ring of version %d", number, version + 1);
	if (version == TPACKET_V3) {
		h3->tp_next_offset = 0;
		h3->tp_len = len;
	} else {
		h2->tp_len = len;
	}
	__atomic_store_n(status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
	return status;
}

static void send_frames(int version, int fd, unsigned char *ring, int count)
{
	volatile unsigned int *status = NULL;
	int number = 0, round, i, sent;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < count; i++, number++)
			status = put_frame(version, ring + number % FRAMES * FRAME, number);
		sent = (int)send(fd, NULL, 0, 0);
		need(sent > 0, "send");
		while (*status != TP_STATUS_AVAILABLE)
			wait_for(fd, POLLOUT);
		printf("ring: %d frames, %d bytes\n", count, sent);
	}
}

int main(int argc, char **argv)
{
	unsigned char *ring;
	int version, device, count, fd;
	bool in;

	if (argc != 5) {
		fprintf(stderr, "usage: ring receive|send VERSION DEVICE COUNT\n");
		return 2;
	}
	in = !strcmp(argv[1], "receive");
	version = atoi(argv[2]) - 1;
	device = atoi(argv[3]);
	count = atoi(argv[4]);
	fd = make_ring(version, device, in ? PACKET_RX_RING : PACKET_TX_RING, &ring);
	if (in) {
		printf("ring: listening\n");
		if (version == TPACKET_V3)
			receive_blocks(fd, ring, count);
		else
			receive_frames(fd, ring, count);
		show_statistics(fd);
	} else {
		send_frames(version, fd, ring, count);
	}
	need(!munmap(ring + BLOCK, BLOCK), "munmap"); /* the rest goes with the program */
	need(!close(fd), "close");
	ring[0] = ring[BYTES - 1] = 1; /* what is mapped stays */
	printf("ring: done\n");
	return 0;
}
