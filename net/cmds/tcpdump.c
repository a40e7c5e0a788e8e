/* SPDX-License-Identifier: MIT */
/* tcpdump: frames as a packet socket sees them, chosen by a filter that the kernel runs, shown in
 * the form of tcpdump(8). */
#include <kernel/time.h>
#include <uapi/if_arp.h>
#include <uapi/if_ether.h>
#include <uapi/if_packet.h>
#include <uapi/time.h>

#include "pcap_internal.h"

#define SNAPLEN	     262144u /* what a filter lets through; more than any frame */
#define CAPTURE_MAX  2048    /* bytes of a frame at hand, but for -x and -X */
#define CAPTURE_ALL  65536
#define CONTROL_SIZE 128

struct tcpdump {
	const char *dev; /* NULL: all */
	unsigned int count;
	bool no_time, no_promisc;
	struct pcap_format format;
	struct socket *sock;
	u8 *buffer;
	size_t size;
	unsigned int captured;
};

/* ---- arguments ---- */

/* Letters without a value; several may stand in one word. */
static bool parse_letter(struct tcpdump *t, char letter)
{
	switch (letter) {
	case 'e': t->format.link = true; return true;
	case 'v': t->format.verbose = true; return true;
	case 'q': t->format.quiet = true; return true;
	case 'S': t->format.absolute = true; return true;
	case 'x': t->format.hex = true; return true;
	case 'X': t->format.hex = t->format.ascii = true; return true;
	case 't': t->no_time = true; return true;
	case 'p': t->no_promisc = true; return true;
	case 'n': /* numbers are all there is */
	case 'l': /* and lines are never held back */ return true;
	default: return false;
	}
}

/* The options; the index of the expression's first word, or -1 after an error line. */
static int parse_options(struct tcpdump *t, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char *a = argv[i] + 1;

		while (*a && parse_letter(t, *a))
			a++;
		if (!*a && argv[i][1])
			continue;
		if ((*a != 'i' && *a != 'c') || (!a[1] && i + 1 == argc)) {
			usage(&tcpdump_command);
			return -1;
		}
		if (*a == 'i') {
			t->dev = a[1] ? a + 1 : argv[++i];
		} else if (kstrtouint(a[1] ? a + 1 : argv[++i], 10, &t->count) || !t->count) {
			con_printf("tcpdump: invalid packet count %s: 1 or more is right\n",
				   argv[i]);
			return -1;
		}
	}
	return i;
}

/* ---- the socket ---- */

/* The first device that is up and not the loopback, as tcpdump chooses it; 0: none. */
static int choose_device(struct tcpdump *t, char *name)
{
	struct if_info *table;
	int n = if_table(&table), i, index = 0;

	for (i = 0; i < n && !index; i++) {
		if (t->dev ? strcmp(t->dev, table[i].name)
			   : !(table[i].flags & IFF_UP) || (table[i].flags & IFF_LOOPBACK))
			continue;
		index = table[i].index;
		strscpy(name, table[i].name, IFNAMSIZ);
	}
	if (n > 0)
		kfree(table);
	return index;
}

static int set_up(struct tcpdump *t, int index, struct sock_filter *insns, int nr_insns)
{
	struct sock_fprog prog = { (unsigned short)nr_insns, insns };
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = index };
	struct packet_mreq mreq = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
	int on = 1, err = sock_create(AF_PACKET, SOCK_RAW, 0, &t->sock);

	if (!err)
		err = kernel_setsockopt(t->sock, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
	if (!err)
		err = kernel_setsockopt(t->sock, SOL_SOCKET, SO_TIMESTAMPNS_OLD, &on, sizeof(on));
	if (!err && index && !t->no_promisc)
		err = kernel_setsockopt(t->sock, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
					sizeof(mreq));
	if (!err)
		err = kernel_bind(t->sock, (struct sockaddr *)&at, sizeof(at));
	return err;
}

/* ---- the loop ---- */

static void print_time(const void *control, size_t len)
{
	const struct timespec *ts =
		find_cmsg(control, len, SOL_SOCKET, SO_TIMESTAMPNS_OLD, sizeof(*ts));
	u64 s = ts ? (u64)ts->tv_sec % 86400 : 0;

	con_printf("%02llu:%02llu:%02llu.%06llu ", s / 3600, s / 60 % 60, s % 60,
		   ts ? (u64)ts->tv_nsec / 1000 : 0);
}

/* The loopback shows each packet on its way out and in; once is enough, as with libpcap. */
static bool seen_already(const struct sockaddr_ll *from)
{
	return from->sll_hatype == ARPHRD_LOOPBACK && from->sll_pkttype == PACKET_OUTGOING;
}

static int capture(struct tcpdump *t)
{
	u8 control[CONTROL_SIZE] __aligned(8);
	struct sockaddr_ll from;

	while (!con_interrupted() && (!t->count || t->captured < t->count)) {
		struct kmsghdr m = { .msg_name = &from,
				     .msg_control = control,
				     .msg_controllen = sizeof(control) };
		struct iovec vec = { t->buffer, t->size };
		int n = kernel_recvmsg(t->sock, &m, &vec, 1, t->size, MSG_TRUNC);

		if (n == -EINTR || n == -ERESTARTSYS)
			continue;
		if (n < 0) {
			con_printf("tcpdump: %s\n", error_text(n));
			return 1;
		}
		if (seen_already(&from))
			continue;
		t->captured++;
		if (!t->no_time)
			print_time(control, sizeof(control) - m.msg_controllen);
		pcap_print(&t->format, t->buffer, (unsigned int)min_t(size_t, (size_t)n, t->size),
			   (unsigned int)n);
	}
	return 0;
}

static void print_summary(struct tcpdump *t)
{
	struct tpacket_stats st = { 0 };
	int len = sizeof(st);

	kernel_getsockopt(t->sock, SOL_PACKET, PACKET_STATISTICS, &st, &len);
	con_printf("%u packet%s captured\n%u packet%s received by filter\n%u packet%s dropped by "
		   "kernel\n",
		   t->captured, t->captured == 1 ? "" : "s", st.tp_packets,
		   st.tp_packets == 1 ? "" : "s", st.tp_drops, st.tp_drops == 1 ? "" : "s");
}

static int tcpdump_on(struct tcpdump *t, int argc, char **argv)
{
	struct sock_filter *insns = kmalloc(PCAP_INSNS_MAX * sizeof(*insns), GFP_KERNEL);
	bool any = t->dev && !strcmp(t->dev, "any");
	char name[IFNAMSIZ] = "any";
	int index = any ? 0 : choose_device(t, name), n, err = 1;

	t->size = t->format.hex ? CAPTURE_ALL : CAPTURE_MAX;
	t->buffer = kmalloc(t->size, GFP_KERNEL);
	if (!insns || !t->buffer) {
		con_printf("tcpdump: %s\n", error_text(-ENOMEM));
		goto out;
	}
	if (!index && !any) {
		con_printf("tcpdump: %s: No such device exists\n",
			   t->dev ? t->dev : "no device is up");
		goto out;
	}
	n = pcap_compile("tcpdump", argc, argv, SNAPLEN, insns);
	if (n < 0)
		goto out;
	err = set_up(t, index, insns, n);
	if (err) {
		con_printf("tcpdump: %s: %s\n", name, error_text(err));
		goto out;
	}
	con_printf("listening on %s, link-type EN10MB (Ethernet), snapshot length %u bytes\n", name,
		   SNAPLEN);
	err = capture(t);
	print_summary(t);
out:
	if (t->sock)
		sock_release(t->sock);
	kfree(t->buffer);
	kfree(insns);
	return err ? 1 : 0;
}

static int tcpdump_main(int argc, char **argv)
{
	struct tcpdump *t = kzalloc(sizeof(*t), GFP_KERNEL);
	int first, status = 2;

	if (!t) {
		con_printf("tcpdump: %s\n", error_text(-ENOMEM));
		return 1;
	}
	first = parse_options(t, argc, argv);
	if (first > 0)
		status = tcpdump_on(t, argc - first, argv + first);
	kfree(t);
	return status;
}

struct console_command tcpdump_command = {
	.name = "tcpdump",
	.summary = "show the packets of a device as they come and go",
	.usage = "  tcpdump [-i DEV|any] [-c COUNT] [-enlpqStvxX] [EXPRESSION]\n"
		 "EXPRESSION: host A, net A/N, port P, portrange P-Q, each with src or dst and with ip, "
		 "arp, tcp, udp or icmp before it; ether host MAC, broadcast, multicast, less N, "
		 "greater N; joined by and, or, not, ( ). -e link headers, -v IP headers, -q short, -S "
		 "absolute numbers, -t no time, -x -X bytes, -p not promiscuous. Ctrl-C ends it.\n",
	.fn = tcpdump_main,
};
