/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: rings of packet sockets. Options in any order, rings of any size, any words in them while frames come and go; in
 * the end all memory is back.
 *
 * An input is a sequence of steps: which (u8), the socket (u8), and what the step reads.
 */
#include <kernel/poll.h>
#include <uapi/if_packet.h>

#include "fuzz.h"
#include "packet_internal.h"

#define MAX_STEPS 400
#define SOCKS	  3
#define PROTO	  0x88b5

enum { OPTION, RING, WORD, WORDS, FRAME, SEND, LOOK, READ, WAIT, RELEASE, CLOSE, GROUP, STEPS };

static struct net_device *dev;
static struct socket *socks[SOCKS];
static u8 bytes[2048];

static int option(struct socket *sock, int opt, const void *val, unsigned int len)
{
	return sock->ops->setsockopt(sock, SOL_PACKET, opt, KERNEL_SOCKPTR((void *)val), len);
}

static void open_sock(unsigned int i)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(i ? PROTO : ETH_P_ALL),
				  .sll_ifindex = dev->ifindex };

	if (sock_create_kern(&init_net, PF_PACKET, i == 2 ? SOCK_DGRAM : SOCK_RAW, 0, &socks[i]))
		fuzz_fault("no packet socket");
	kernel_bind(socks[i], (struct sockaddr *)&at, sizeof(at));
}

static void set_option(struct socket *sock)
{
	int opt = fuzz_u8() % 24;
	u32 val = fuzz_u8();

	if (val == 255)
		val = fuzz_u32();
	option(sock, opt, &val, sizeof(val));
}

/* Mostly one that fits together, of at most 64 blocks of 32 KiB. */
static void set_ring(struct socket *sock)
{
	u8 how = fuzz_u8();
	struct tpacket_req3 req = { .tp_block_size = (how & 7u) * 4096, .tp_block_nr = fuzz_u8() & 63u };

	req.tp_frame_size = (fuzz_u8() + 4u) * 16;
	req.tp_frame_nr = req.tp_block_size / req.tp_frame_size * req.tp_block_nr;
	if (how & 0x10) {
		req.tp_retire_blk_tov = fuzz_u8();
		req.tp_sizeof_priv = fuzz_u16();
		req.tp_feature_req_word = fuzz_u8();
	}
	if (how & 0x20)
		req.tp_frame_nr = fuzz_u32();
	if (how & 0x40)
		req.tp_block_size = fuzz_u32() & 0x801fffff;
	option(sock, how & 0x80 ? PACKET_TX_RING : PACKET_RX_RING, &req, sizeof(req));
}

static struct packet_ring *some_ring(struct socket *sock)
{
	struct packet_sock *po = pkt_sk(sock->sk);

	return fuzz_u8() & 1 ? po->tx_ring : po->rx_ring;
}

static void write_words(struct socket *sock, unsigned int most)
{
	struct packet_ring *r = some_ring(sock);
	unsigned int at = fuzz_u16(), block = fuzz_u8(), n;
	u32 *p;

	if (!r)
		return;
	p = (u32 *)r->block[block % r->block_nr];
	for (n = 0; n < most && fuzz_more(); n++) {
		u8 word = fuzz_u8();

		p[(at + n) % (r->block_size / 4)] = word == 255 ? fuzz_u32() : word;
	}
}

/* All that ring 3 has seen is the kernel's again. */
static void release(struct socket *sock)
{
	struct packet_sock *po = pkt_sk(sock->sk);
	struct packet_ring *r = po->rx_ring;
	unsigned int i;

	if (!r)
		return;
	if (po->tp_version == TPACKET_V3)
		for (i = 0; i < r->block_nr; i++)
			((struct tpacket_block_desc *)r->block[i])->bh1.block_status = TP_STATUS_KERNEL;
	else
		for (i = 0; i < r->frame_nr; i++)
			ring_set_status(po, ring_frame(r, i), TP_STATUS_KERNEL);
}

static void receive_frame(void)
{
	size_t len = 14 + fuzz_u16() % 1500;

	memset(bytes, 0x45, sizeof(bytes));
	memcpy(bytes, fuzz_mac, ETH_ALEN);
	memcpy(bytes + 6, fuzz_peer_mac, ETH_ALEN);
	bytes[12] = PROTO >> 8;
	bytes[13] = PROTO & 0xff;
	if (len & 1) {
		bytes[12] = 8;
		bytes[13] = 0;
	}
	fuzz_dev_receive(dev, bytes, len);
}

static void send_ring(struct socket *sock)
{
	struct kmsghdr msg = { .msg_flags = MSG_DONTWAIT };
	size_t len = fuzz_u8() & 1 ? 0 : fuzz_bytes(bytes, 200);
	struct iovec vec = { bytes, len };

	kernel_sendmsg(sock, &msg, &vec, 1, len);
}

static void look(struct socket *sock)
{
	struct tpacket_stats_v3 st;
	int len = sizeof(st);

	sock->ops->poll(NULL, sock, NULL);
	kernel_getsockopt(sock, SOL_PACKET, PACKET_STATISTICS, &st, &len);
}

static void join_group(struct socket *sock)
{
	struct fanout_args args = { .id = 1, .type_flags = fuzz_u16() };

	option(sock, PACKET_FANOUT, &args, sizeof(args));
}

static void read_packet(struct socket *sock)
{
	struct kmsghdr msg = { 0 };
	struct iovec vec = { bytes, fuzz_u16() % sizeof(bytes) };

	kernel_recvmsg(sock, &msg, &vec, 1, vec.iov_len, MSG_DONTWAIT);
}

static void step(u8 which, unsigned int i)
{
	switch (which % STEPS) {
	case OPTION: set_option(socks[i]); break;
	case RING: set_ring(socks[i]); break;
	case WORD: write_words(socks[i], 1); break;
	case WORDS: write_words(socks[i], 16); break;
	case FRAME: receive_frame(); break;
	case SEND: send_ring(socks[i]); break;
	case LOOK: look(socks[i]); break;
	case READ: read_packet(socks[i]); break;
	case WAIT: msleep(fuzz_u8()); break;
	case RELEASE: release(socks[i]); break;
	case GROUP: join_group(socks[i]); break;
	default:
		sock_release(socks[i]);
		open_sock(i);
	}
}

static int steps(void *unused)
{
	unsigned int n, i;

	for (i = 0; i < SOCKS; i++)
		open_sock(i);
	for (n = 0; n < MAX_STEPS && fuzz_more(); n++) {
		u8 which = fuzz_u8();

		step(which, fuzz_u8() % SOCKS);
	}
	for (i = 0; i < SOCKS; i++)
		sock_release(socks[i]);
	msleep(40000); /* what waits for the rest of a datagram is forgotten */
	fuzz_check_baseline();
	return 0;
}

static int make_dev(void *unused)
{
	dev = fuzz_dev_new(&init_net, true);
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
	fuzz_call(NULL, make_dev, NULL);
	fuzz_baseline();
}

void fuzz_one(const u8 *data, size_t len)
{
	fuzz_call(NULL, steps, NULL);
}
