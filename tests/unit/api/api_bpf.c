/* SPDX-License-Identifier: MIT */
/*
 * Classic BPF on sockets, with this machine's Linux as the reference: thousands of random programs, most of them near the rules,
 * are attached to a packet, a UDP, a raw and a local socket; what attaching says, and how much of a packet each lets through, must be the
 * same. Words about the packet that differ between two machines (the hash, a random number) are left out; those that do not are
 * read one by one. S. McCanne, V. Jacobson, The BSD Packet Filter, section 3.
 */
#define _GNU_SOURCE
#include "transcript.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#ifndef SKF_AD_VLAN_TPID
#define SKF_AD_VLAN_TPID 60
#endif

#define HOME	 "127.0.0.1"
#define PROGRAMS 3000

static unsigned long long seed;

static unsigned int draw(unsigned int below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)(seed >> 33) % below;
}

/* ---- programs ---- */

static const unsigned short codes[] = {
	BPF_LD | BPF_W | BPF_ABS, BPF_LD | BPF_H | BPF_ABS, BPF_LD | BPF_B | BPF_ABS, BPF_LD | BPF_W | BPF_IND,
	BPF_LD | BPF_H | BPF_IND, BPF_LD | BPF_B | BPF_IND, BPF_LD | BPF_IMM,	      BPF_LD | BPF_MEM,
	BPF_LD | BPF_W | BPF_LEN, BPF_LDX | BPF_IMM,	    BPF_LDX | BPF_MEM,	      BPF_LDX | BPF_W | BPF_LEN,
	BPF_LDX | BPF_B | BPF_MSH, BPF_ST,		    BPF_STX,		      BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,	  BPF_ALU | BPF_NEG,	    BPF_RET | BPF_A,	      BPF_RET | BPF_K,
};
static const unsigned short alu_ops[] = { BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_OR, BPF_AND, BPF_XOR, BPF_LSH, BPF_RSH };
static const unsigned short jump_ops[] = { BPF_JA, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET };
static const int same_words[] = { SKF_AD_PROTOCOL, SKF_AD_PKTTYPE, SKF_AD_IFINDEX, SKF_AD_NLATTR, SKF_AD_NLATTR_NEST, SKF_AD_MARK,
				  SKF_AD_HATYPE, SKF_AD_ALU_XOR_X, SKF_AD_VLAN_TAG, SKF_AD_VLAN_TAG_PRESENT,
				  SKF_AD_PAY_OFFSET, SKF_AD_VLAN_TPID };

/* A number for k: small, at an edge, or any. */
static unsigned int some_k(void)
{
	static const unsigned int edges[] = { 0, 1, 31, 32, 33, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffff000, 0xffe00000, 15, 16,
					      0xfff00000, 0xffeffffe, 0xfffff03c, 0xfffff040, 0x7ffffffe };

	switch (draw(8)) {
	case 0: return edges[draw(COUNT(edges))];
	case 1: return draw(0xffff);
	case 2: return draw(2) ? draw(0x10000) << 16 : ~draw(100);
	default: return draw(40);
	}
}

static void draw_load(struct sock_filter *f)
{
	if (draw(3))
		f->k = draw(70);
	else if (draw(2))
		f->k = (unsigned int)(SKF_NET_OFF + (int)draw(40));
	else if (draw(2))
		f->k = (unsigned int)(SKF_AD_OFF + same_words[draw(COUNT(same_words))]);
	else
		f->k = (unsigned int)(SKF_LL_OFF + (int)draw(20));
}

/* Nearly always an instruction, seldom any number; most words that are read were written. */
static struct sock_filter draw_insn(unsigned int at, unsigned int len)
{
	struct sock_filter f = { .k = some_k(), .jt = 0, .jf = 0 };
	unsigned int rest = len - at - 1;

	switch (draw(10)) {
	case 0:
	case 1:
	case 2: f.code = BPF_ALU | alu_ops[draw(COUNT(alu_ops))] | (draw(2) ? BPF_X : BPF_K); break;
	case 3:
		f.code = BPF_JMP | jump_ops[draw(COUNT(jump_ops))] | (draw(3) ? BPF_K : BPF_X);
		f.jt = (unsigned char)draw(rest ? (rest < 5 ? rest : 5) : 1);
		f.jf = (unsigned char)draw(rest ? (rest < 5 ? rest : 5) : 1);
		if (f.code == (BPF_JMP | BPF_JA))
			f.k = draw(rest ? (rest < 5 ? rest : 5) : 1);
		break;
	default: f.code = codes[draw(COUNT(codes) - (draw(6) ? 2 : 0))]; break;
	}
	if (BPF_CLASS(f.code) == BPF_LD && BPF_MODE(f.code) == BPF_ABS)
		draw_load(&f);
	else if ((f.code == BPF_ST || f.code == BPF_STX || BPF_MODE(f.code) == BPF_MEM) && draw(30))
		f.k = draw(4);
	else if ((f.code & 0xf7) == (BPF_ALU | BPF_LSH) && draw(10))
		f.k = draw(32);
	if (!draw(400))
		f.code = (unsigned short)draw(0x200);
	if (!draw(200))
		f.jt = (unsigned char)draw(256);
	return f;
}

static unsigned int draw_program(struct sock_filter *p)
{
	unsigned int len = 2 + draw(24), i = 0;

	if (len > 8 && draw(4)) { /* words to read: no way leads past them */
		for (; i < 4; i++)
			p[i] = (struct sock_filter)BPF_STMT(i & 1 ? BPF_STX : BPF_ST, i);
	}
	for (; i + 1 < len; i++)
		p[i] = draw_insn(i, len);
	p[i] = (struct sock_filter)BPF_STMT(BPF_RET | (draw(3) ? BPF_A : BPF_K), draw(200));
	if (!draw(100))
		p[i].code = BPF_MISC | BPF_TAX;
	return len;
}

/* ---- sockets ---- */

struct target {
	const char *name;
	int to, from; /* from: -1, the UDP sender's datagrams come here */
};

static long attach(int fd, const struct sock_filter *p, unsigned int len)
{
	struct sock_fprog prog = { (unsigned short)len, (struct sock_filter *)p };

	return CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

static void drain(int fd)
{
	char room[4];

	while (CALL6(SYS_recvfrom, fd, room, sizeof(room), MSG_DONTWAIT, 0, 0) >= 0)
		;
}

/* The program as text, to be read in a test that fails. */
static void tell_program(const struct sock_filter *p, unsigned int len, char *out, size_t room)
{
	int n = 0;

	for (unsigned int i = 0; i < len; i++)
		n += snprintf(out + n, room - (size_t)n, " %x,%u,%u,%x", p[i].code, p[i].jt, p[i].jf, p[i].k);
}

static int sender;
static const unsigned char *given; /* what is sent; NULL: anything */
static unsigned int given_len;
static struct target targets[6];

/* Only this test's datagrams, to port 7300, are sent meanwhile: what a program lets through of each, -1: nothing. */
static void try_program(unsigned int number, const struct sock_filter *p, unsigned int len)
{
	static unsigned char data[80];
	char said_here[200], room[4], text[800];
	unsigned int i, k, size = draw(sizeof(data));
	int n = 0;

	for (k = 0; k < sizeof(data); k++)
		data[k] = (unsigned char)draw(256);
	if (given) {
		memcpy(data, given, given_len);
		size = given_len;
	}
	tell_program(p, len, text, sizeof(text));
	for (i = 0; i < COUNT(targets); i++) {
		long ret = attach(targets[i].to, p, len);

		if (ret) {
			n += snprintf(said_here + n, sizeof(said_here) - (size_t)n, " %s", said_by(ret));
			continue;
		}
		if (targets[i].from >= 0)
			CALL6(SYS_sendto, targets[i].from, data, size, MSG_DONTWAIT, 0, 0);
		else
			send_dgram(sender, HOME, 7300, data, size, 0);
		ret = CALL6(SYS_recvfrom, targets[i].to, room, sizeof(room), MSG_DONTWAIT | MSG_TRUNC, 0, 0);
		n += snprintf(said_here + n, sizeof(said_here) - (size_t)n, " %s %s", targets[i].name, said_by(ret));
		CALL(SYS_setsockopt, targets[i].to, SOL_SOCKET, SO_DETACH_FILTER, &(int){ 0 }, sizeof(int));
		for (k = 0; k < COUNT(targets); k++)
			drain(targets[k].to);
	}
	say("%u:%s:%s", number, said_here, text);
}

static int open_packet(int type)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = 1 };
	int fd = socket_of(AF_PACKET, type, 0);

	say("bind to lo: %s", said_by(CALL(SYS_bind, fd, &sll, sizeof(sll), 0, 0)));
	return fd;
}

static void open_targets(void)
{
	int dgram[2], stream[2];

	sender = udp_at(HOME, 7301);
	/* with DF, and nothing but DF, the identifier is 0 */
	say("IP_MTU_DISCOVER: %s", said_by(set_int(sender, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)));
	say("mark: %s", said_by(set_int(sender, SOL_SOCKET, SO_MARK, 0x12345)));
	say("pair: %s", said_by(CALL(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, dgram, 0)));
	say("pair: %s", said_by(CALL(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET, 0, stream, 0)));
	targets[0] = (struct target){ "udp", udp_at(HOME, 7300), -1 };
	targets[1] = (struct target){ "raw", socket_of(AF_INET, SOCK_RAW, IPPROTO_UDP), -1 };
	targets[2] = (struct target){ "frame", open_packet(SOCK_RAW), -1 };
	targets[3] = (struct target){ "packet", open_packet(SOCK_DGRAM), -1 };
	targets[4] = (struct target){ "unix", dgram[0], dgram[1] };
	targets[5] = (struct target){ "record", stream[0], stream[1] };
}

/* Each word about the packet, as the length that is let through. */
static void words(void)
{
	static const int all[] = { SKF_AD_PROTOCOL, SKF_AD_PKTTYPE, SKF_AD_IFINDEX, SKF_AD_NLATTR, SKF_AD_NLATTR_NEST, SKF_AD_MARK,
				   SKF_AD_HATYPE, SKF_AD_CPU, SKF_AD_QUEUE, SKF_AD_ALU_XOR_X, SKF_AD_VLAN_TAG,
				   SKF_AD_VLAN_TAG_PRESENT, SKF_AD_PAY_OFFSET, SKF_AD_VLAN_TPID, SKF_AD_VLAN_TPID + 4, 2,
				   SKF_AD_RANDOM, SKF_AD_RXHASH };
	unsigned int i, byte;

	for (i = 0; i < COUNT(all); i++) {
		for (byte = 0; byte < 4; byte++) {
			bool any = all[i] == SKF_AD_RANDOM || all[i] == SKF_AD_RXHASH || all[i] == SKF_AD_CPU;
			struct sock_filter p[] = {
				BPF_STMT(BPF_LDX | BPF_IMM, 20),
				BPF_STMT(BPF_LD | BPF_IMM, 2),
				BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)(SKF_AD_OFF + all[i])),
				BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 8 * byte),
				BPF_STMT(BPF_ALU | BPF_AND | BPF_K, any ? 0 : 0xff),
				BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
				BPF_STMT(BPF_RET | BPF_A, 0),
			};

			if (byte && any)
				break;
			try_program(10000 + i * 4 + byte, p, COUNT(p));
		}
	}
}

/* Netlink attributes at offset 0 of what is sent: 1, 2 with 3 and 4 in it, 5 that says it is longer than there is. */
static void attributes(void)
{
	static const unsigned char attrs[] = { 5, 0, 1, 0, 9, 0, 0, 0,	20, 0, 2, 0x80, 8, 0, 3, 0, 1, 2, 3, 4, 8, 0, 4, 0, 1, 2, 3, 4,
					       40, 0, 5, 0, 1, 2, 3, 4 };
	static const int words_of[] = { SKF_AD_NLATTR, SKF_AD_NLATTR_NEST };
	unsigned int i, a, x;

	given = attrs;
	given_len = sizeof(attrs);
	for (i = 0; i < 2; i++) {
		for (a = 0; a < sizeof(attrs) + 2; a += a < 12 ? 1 : 4) {
			for (x = 0; x < 6; x++) {
				struct sock_filter p[] = {
					BPF_STMT(BPF_LDX | BPF_IMM, x),
					BPF_STMT(BPF_LD | BPF_IMM, a),
					BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)(SKF_AD_OFF + words_of[i])),
					BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
					BPF_STMT(BPF_RET | BPF_A, 0),
				};

				try_program(20000 + i * 1000 + a * 10 + x, p, COUNT(p));
			}
		}
	}
	given = NULL;
}

static void run(void *unused)
{
	struct sock_filter p[64];
	unsigned int i, len;

	lo_up(65536);
	seed = 20;
	open_targets();
	for (i = 0; i < PROGRAMS; i++) {
		len = draw_program(p);
		try_program(i, p, len);
	}
	words();
	attributes();
}

int main(void)
{
	return compare_worlds(run, PROGRAMS);
}
