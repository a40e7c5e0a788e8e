/* SPDX-License-Identifier: MIT */
/*
 * traceroute: the routers on the way to a host, by packets whose time to live ends there: UDP to
 * ports where nobody listens, or ICMP echo requests. An ordinary socket does it: the routers'
 * errors come by its error queue (IP_RECVERR). RFC 1393 section 1; traceroute(1), in the form of
 * Debian's.
 */
#include <kernel/time.h>
#include <uapi/errqueue.h>
#include <uapi/icmp.h>
#include <wire/icmp.h>

#include "cmd_internal.h"

#define FIRST_PORT   33434
#define MAX_HOPS     255
#define MAX_PROBES   10 /* a hop */
#define AT_ONCE	     16 /* probes that are on their way together, as Debian's has it */
#define HEADERS	     28 /* bytes of IPv4 and UDP or ICMP */
#define DEFAULT_SIZE 60 /* bytes of a packet */
#define MAX_SIZE     65000
#define SEND_TRIES   8 /* an error of an earlier packet comes first */
#define CONTROL_MAX  256

struct probe {
	u64 sent_ns, rtt_ns;
	__be32 from;   /* 0: no answer */
	bool over;     /* answered, or waited for in vain */
	bool final;    /* the answer comes from the end of the way */
	char mark[10]; /* "!H" and so on */
};

struct trace {
	struct socket *sock;
	const char *host;
	__be32 addr;
	unsigned int first, hops, per_hop, wait_ms, port, size;
	bool icmp;
	struct probe *probes; /* hops * per_hop */
	u8 *packet;	      /* size bytes, and what is received */
	unsigned int next;    /* to be sent */
	unsigned int shown;   /* probes that are printed */
	unsigned int last;    /* the last hop that counts */
	__be32 line_from;     /* the address that was printed last in this line */
};

/* ---- arguments ---- */

/* Seconds with a fraction, as milliseconds. */
static bool parse_wait(const char *s, unsigned int *ms)
{
	unsigned int frac = 0, scale = 100;
	char *end;
	u64 whole = simple_strtoull(s, &end, 10);

	if (end == s || whole > 3600)
		return false;
	if (*end == '.')
		for (end++; isdigit(*end); end++, scale /= 10)
			frac += (unsigned int)(*end - '0') * scale;
	*ms = (unsigned int)whole * 1000 + frac;
	return !*end && *ms;
}

static bool parse_number(const char *s, unsigned int min, unsigned int max, unsigned int *n)
{
	return !kstrtouint(s, 10, n) && *n >= min && *n <= max;
}

/* NULL: taken; else what would be right. */
static const char *parse_option(struct trace *t, char option, const char *value)
{
	switch (option) {
	case 'f': return parse_number(value, 1, MAX_HOPS, &t->first) ? NULL : "a hop from 1 to 255";
	case 'm': return parse_number(value, 1, MAX_HOPS, &t->hops) ? NULL : "1 to 255 hops";
	case 'q': return parse_number(value, 1, MAX_PROBES, &t->per_hop) ? NULL : "1 to 10 probes";
	case 'p': return parse_number(value, 1, 65535, &t->port) ? NULL : "a port from 1 to 65535";
	default: return parse_wait(value, &t->wait_ms) ? NULL : "seconds such as 5 or 0.5";
	}
}

/* 0 or the status of a printed error. */
static int parse_args(struct trace *t, int argc, char **argv)
{
	const char *right = NULL, *size = NULL;
	int i;

	for (i = 1; i < argc && !right; i++) {
		const char *a = argv[i];

		if (a[0] != '-') {
			if (size)
				return usage(&traceroute_command);
			size = t->host ? a : NULL;
			t->host = t->host ? t->host : a;
		} else if (a[1] && strchr("nIU4", a[1]) && !a[2]) {
			t->icmp = a[1] == 'I' || (t->icmp && a[1] != 'U');
		} else if (!a[1] || !strchr("fmqpw", a[1]) || (!a[2] && i + 1 == argc)) {
			return usage(&traceroute_command);
		} else {
			const char *value = a[2] ? a + 2 : argv[++i];

			right = parse_option(t, a[1], value);
			if (right)
				con_printf("traceroute: `%s' is wrong: %s is right\n", value,
					   right);
		}
	}
	if (!right && size && !parse_number(size, HEADERS, MAX_SIZE, &t->size)) {
		right = "28 to 65000 bytes";
		con_printf("traceroute: `%s' is wrong: %s is right\n", size, right);
	}
	if (!right && t->first > t->hops) {
		right = "";
		con_printf("traceroute: first hop out of range: -f is at most -m\n");
	}
	if (!right && !t->icmp && t->port + (t->hops - t->first + 1) * t->per_hop > 65536) {
		right = "";
		con_printf("traceroute: each probe has a port of its own: -p is too high for so many\n");
	}
	if (right)
		return 2;
	return t->host ? 0 : usage(&traceroute_command);
}

/* ---- sending ---- */

static int open_socket(struct trace *t)
{
	int on = 1, err = sock_create(AF_INET, SOCK_DGRAM, t->icmp ? IPPROTO_ICMP : 0, &t->sock);

	return err ? err : kernel_setsockopt(t->sock, SOL_IP, IP_RECVERR, &on, sizeof(on));
}

/* The number of the probe is the port it goes to, or the request's sequence number. */
static int send_once(struct trace *t, unsigned int n)
{
	struct icmphdr h = { .type = ICMP_ECHO, .un.echo.sequence = htons((u16)(n + 1)) };
	size_t len = t->size - HEADERS + (t->icmp ? sizeof(h) : 0);
	int ttl = (int)(t->first + n / t->per_hop);
	struct sockaddr_in sin;
	struct kmsghdr m = { .msg_name = &sin, .msg_namelen = sizeof(sin) };
	struct iovec vec = { t->packet, len };
	unsigned int i;

	set_sockaddr(&sin, t->addr, t->icmp ? 0 : (u16)(t->port + n));
	kernel_setsockopt(t->sock, SOL_IP, IP_TTL, &ttl, sizeof(ttl));
	for (i = 0; i < len; i++)
		t->packet[i] = (u8)(0x40 + (i & 0x3f));
	if (t->icmp)
		memcpy(t->packet, &h, sizeof(h));
	t->probes[n].sent_ns = ktime_get_ns();
	return kernel_sendmsg(t->sock, &m, &vec, 1, len);
}

/* ---- receiving ---- */

static void answer(struct trace *t, unsigned int n, __be32 from, bool final)
{
	struct probe *p;

	if (n >= t->next || t->probes[n].over)
		return;
	p = &t->probes[n];
	p->rtt_ns = ktime_get_ns() - p->sent_ns;
	p->from = from;
	p->final = final;
	p->over = true;
	if (final)
		t->last = min(t->last, t->first + n / t->per_hop);
}

static void unreachable_mark(char *mark, size_t size, u8 code, u32 mtu, bool icmp)
{
	switch (code) {
	case ICMP_NET_UNREACH: strscpy(mark, "!N", size); break;
	case ICMP_HOST_UNREACH: strscpy(mark, "!H", size); break;
	case ICMP_PROT_UNREACH: strscpy(mark, "!P", size); break;
	case ICMP_PORT_UNREACH: strscpy(mark, icmp ? "!p" : "", size); break;
	case ICMP_FRAG_NEEDED: snprintf(mark, size, "!F-%u", mtu); break;
	case ICMP_SR_FAILED: strscpy(mark, "!S", size); break;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED: strscpy(mark, "!X", size); break;
	default: snprintf(mark, size, "!<%u>", code);
	}
}

/* The next error about one of our packets. false: there is none. */
static bool take_error(struct trace *t)
{
	u8 control[CONTROL_MAX] __aligned(8);
	struct sockaddr_storage name;
	struct kmsghdr m = { .msg_name = &name,
			     .msg_control = control,
			     .msg_controllen = sizeof(control) };
	struct iovec vec = { t->packet, t->size };
	struct sock_extended_err *ee;
	struct icmphdr h = { 0 };
	unsigned int n;
	int len = kernel_recvmsg(t->sock, &m, &vec, 1, t->size, MSG_ERRQUEUE | MSG_DONTWAIT);

	if (len < 0)
		return false;
	ee = find_cmsg(control, sizeof(control) - m.msg_controllen, SOL_IP, IP_RECVERR,
		       sizeof(*ee) + sizeof(struct sockaddr_in));
	memcpy(&h, t->packet, min(sizeof(h), (size_t)len));
	n = t->icmp ? ntohs(h.un.echo.sequence) - 1u
		    : ntohs(((struct sockaddr_in *)&name)->sin_port) - t->port;
	if (!ee || ee->ee_origin != SO_EE_ORIGIN_ICMP || n >= t->next || t->probes[n].over)
		return true;
	if (ee->ee_type == ICMP_DEST_UNREACH)
		unreachable_mark(t->probes[n].mark, sizeof(t->probes[n].mark), ee->ee_code,
				 ee->ee_info, t->icmp);
	answer(t, n, get_sockaddr(ee + 1), ee->ee_type != ICMP_TIME_EXCEEDED);
	return true;
}

/* Wait until @until_ns for one answer or error, and take what there is. */
static void receive(struct trace *t, u64 until_ns)
{
	struct sockaddr_storage name;
	struct kmsghdr m = { .msg_name = &name };
	struct iovec vec = { t->packet, t->size };
	u64 now = ktime_get_ns();
	struct icmphdr h;
	int len;

	set_timeout(t->sock, (unsigned int)max_t(
				     u64, until_ns > now ? (until_ns - now) / 1000000 + 1 : 1, 1));
	len = kernel_recvmsg(t->sock, &m, &vec, 1, t->size, 0);
	if (len < 0) {
		while (take_error(t))
			;
		return;
	}
	if (!t->icmp) { /* somebody listens there after all */
		answer(t, ntohs(((struct sockaddr_in *)&name)->sin_port) - t->port,
		       get_sockaddr(&name), true);
		return;
	}
	if (len < (int)sizeof(h))
		return;
	memcpy(&h, t->packet, sizeof(h));
	if (h.type == ICMP_ECHOREPLY)
		answer(t, ntohs(h.un.echo.sequence) - 1u, get_sockaddr(&name), true);
}

/* ---- showing ---- */

/* The probes whose turn it is and whose fate is known. */
static void show(struct trace *t)
{
	for (; t->shown < t->next && t->probes[t->shown].over; t->shown++) {
		const struct probe *p = &t->probes[t->shown];
		unsigned int hop = t->first + t->shown / t->per_hop, k = t->shown % t->per_hop;

		if (hop > t->last)
			return;
		if (!k) {
			con_printf("%2u ", hop);
			t->line_from = 0;
		}
		if (!p->from) {
			con_printf(" *");
		} else {
			if (p->from != t->line_from)
				con_printf(" %pI4 ", &p->from);
			con_printf("%s %llu.%03llu ms%s%s", p->from != t->line_from ? "" : " ",
				   p->rtt_ns / 1000000, p->rtt_ns / 1000 % 1000,
				   *p->mark ? " " : "", p->mark);
			t->line_from = p->from;
		}
		if (k + 1 == t->per_hop)
			con_printf("\n");
	}
}

/* ---- the way ---- */

/* Probes that are too old get no answer any more; the number of those that may, and when the first
 * of them is too old. */
static unsigned int expire(struct trace *t, u64 *until_ns)
{
	u64 now = ktime_get_ns(), wait = (u64)t->wait_ms * NSEC_PER_MSEC;
	unsigned int i, waiting = 0;

	*until_ns = now + wait;
	for (i = t->shown; i < t->next; i++) {
		struct probe *p = &t->probes[i];

		if (!p->over && now - p->sent_ns >= wait)
			p->over = true;
		if (p->over)
			continue;
		waiting++;
		*until_ns = min(*until_ns, p->sent_ns + wait);
	}
	return waiting;
}

static bool more_to_send(const struct trace *t)
{
	return t->first + t->next / t->per_hop <= t->last;
}

/* The next probe. 0 or -errno of this host. */
static int send_next(struct trace *t)
{
	unsigned int tries;
	int err = 0;

	t->next++;
	for (tries = 0; tries < SEND_TRIES; tries++) {
		err = send_once(t, t->next - 1);
		if (err >= 0)
			return 0;
		while (take_error(t))
			;
		if (t->probes[t->next - 1].over) /* refused by this host's own ICMP */
			return 0;
	}
	return err;
}

static int run(struct trace *t)
{
	u64 until_ns;
	int err;

	con_printf("traceroute to %s (%pI4), %u hops max, %u byte packets\n", t->host, &t->addr,
		   t->hops, t->size);
	while (!con_interrupted()) {
		unsigned int waiting = expire(t, &until_ns);

		show(t);
		if (!waiting && !more_to_send(t))
			break;
		if (more_to_send(t) && waiting < AT_ONCE) {
			err = send_next(t);
			if (err) {
				con_printf("%ssend: %s\n", t->shown % t->per_hop ? "\n" : "",
					   error_text(err));
				return 1;
			}
			continue;
		}
		receive(t, until_ns);
	}
	con_printf("%s", t->shown % t->per_hop ? "\n" : "");
	return 0;
}

static int cmd_traceroute(int argc, char **argv)
{
	struct trace t = { .first = 1,
			   .hops = 30,
			   .per_hop = 3,
			   .wait_ms = 5000,
			   .port = FIRST_PORT,
			   .size = DEFAULT_SIZE };
	int err = parse_args(&t, argc, argv);

	if (err)
		return err;
	err = resolve_host(t.host, &t.addr);
	if (err) {
		con_printf("traceroute: %s: %s\n", t.host, resolve_error(err));
		return 2;
	}
	t.last = t.hops;
	t.probes = kcalloc((t.hops - t.first + 1) * t.per_hop, sizeof(*t.probes), GFP_KERNEL);
	t.packet = kmalloc(t.size, GFP_KERNEL);
	err = t.probes && t.packet ? open_socket(&t) : -ENOMEM;
	if (err)
		con_printf("traceroute: %s\n", error_text(err));
	err = err ? 1 : run(&t);
	if (t.sock)
		sock_release(t.sock);
	kfree(t.packet);
	kfree(t.probes);
	return err;
}

struct console_command traceroute_command = {
	.name = "traceroute",
	.summary = "show the routers on the way to a host",
	.usage = "  traceroute [-nIU4] [-f FIRST] [-m HOPS] [-q PROBES] [-w SECONDS] [-p PORT] "
		 "HOST [BYTES]\n"
		 "-I by ICMP echo rather than UDP (-U), -f the first hop, -m the last, -q so many "
		 "probes a hop, "
		 "-w for each answer, -p the first port. Addresses are shown as with -n, names are "
		 "not asked "
		 "for.\n",
	.fn = cmd_traceroute,
};
