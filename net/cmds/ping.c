/* SPDX-License-Identifier: MIT */
/* ping: ICMP echo over a ping socket (SOCK_DGRAM, IPPROTO_ICMP), in the form of iputils. RFC 792.
 */
#include <kernel/sched.h>
#include <kernel/time.h>
#include <uapi/errqueue.h>
#include <uapi/icmp.h>
#include <wire/icmp.h>

#include "cmd_internal.h"

#define PING_DATA	 56 /* bytes behind the ICMP header */
#define PING_MAX_DATA	 65507
#define PING_INTERVAL_MS 1000
#define PING_TIMED	 16 /* bytes of data or more: the time goes along, as Linux's struct timeval would */
#define PING_LINGER_MS	 10000 /* for an answer to the last request, where none has come yet */
#define CONTROL_MAX	 256

struct ping {
	struct socket *sock;
	__be32 addr;
	const char *host, *dev;
	unsigned int count; /* 0: until Ctrl-C */
	unsigned int interval_ms, size, ttl;
	unsigned int wait_ms;	  /* 0: by what is seen */
	unsigned int deadline_ms; /* 0: none */
	unsigned int tos, mark;
	int pmtudisc; /* IP_PMTUDISC_x; -1: the default */
	bool quiet, broadcast;
	bool warn; /* it is a broadcast address */
	unsigned int sent, received, errors, duplicates;
	unsigned int pipe; /* how many were on their way at once, at most */
	u8 *packet;
	u8 seen[65536 / 8];			       /* by sequence number */
	__be32 from; /* -I ADDRESS, or 0 */
	u64 start_ns, last_ns; /* when the first request was sent, and the last */
	u64 min_ns, max_ns, sum_ns, sum2_us; /* the square sum in microseconds */
};

/* ---- arguments ---- */

/* Seconds with a fraction, as milliseconds. */
static bool parse_seconds(const char *s, unsigned int *ms)
{
	unsigned int whole = 0, frac = 0, digits = 0;
	char *end;

	whole = (unsigned int)simple_strtoull(s, &end, 10);
	if (end == s || whole > 86400)
		return false;
	if (*end == '.')
		for (end++; isdigit(*end); end++)
			if (digits++ < 3)
				frac = frac * 10 + (unsigned int)(*end - '0');
	for (; digits < 3; digits++)
		frac *= 10;
	*ms = whole * 1000 + frac;
	return !*end;
}

static bool parse_number(const char *s, unsigned int min, unsigned int max, unsigned int *n)
{
	return !kstrtouint(s, 10, n) && *n >= min && *n <= max;
}

/* Decimal or, with 0x, hexadecimal. */
static bool parse_bits(const char *s, unsigned int max, unsigned int *n)
{
	return !kstrtouint(s, !strncmp(s, "0x", 2) ? 16 : 10, n) && *n <= max;
}

static bool parse_pmtudisc(const char *s, int *mode)
{
	static const char *const modes[] = { [IP_PMTUDISC_DONT] = "dont",
					     [IP_PMTUDISC_WANT] = "want",
					     [IP_PMTUDISC_DO] = "do",
					     [IP_PMTUDISC_PROBE] = "probe" };

	for (*mode = ARRAY_SIZE(modes) - 1; *mode >= 0 && strcmp(s, modes[*mode]); (*mode)--)
		;
	return *mode >= 0;
}

/* One option with its value. */
static bool parse_option(struct ping *p, char option, const char *value)
{
	switch (option) {
	case 'c': return parse_number(value, 1, 1000000000, &p->count);
	case 's': return parse_number(value, 0, PING_MAX_DATA, &p->size);
	case 't': return parse_number(value, 1, 255, &p->ttl);
	case 'i': return parse_seconds(value, &p->interval_ms) && p->interval_ms >= 1;
	case 'W': return parse_seconds(value, &p->wait_ms);
	case 'w': return parse_seconds(value, &p->deadline_ms) && p->deadline_ms >= 1;
	case 'I':
		if (!parse_ipv4(value, &p->from))
			p->dev = value;
		return true;
	case 'Q': return parse_bits(value, 255, &p->tos);
	case 'm': return parse_bits(value, ~0u, &p->mark);
	case 'M': return parse_pmtudisc(value, &p->pmtudisc);
	default: return false;
	}
}

static const char *option_hint(char option)
{
	switch (option) {
	case 'c': return "a count from 1 to 1000000000 is right";
	case 's': return "0 to 65507 bytes are right";
	case 't': return "1 to 255 is right";
	case 'Q': return "a type of service from 0 to 255 is right";
	case 'm': return "a mark of 32 bits is right";
	case 'M': return "do, want, dont or probe is right";
	default: return "seconds such as 1 or 0.2 are right";
	}
}

static int parse_args(struct ping *p, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (a[0] != '-') {
			p->host = a;
			continue;
		}
		if (a[1] && strchr("nqb4", a[1]) && !a[2]) {
			p->quiet |= a[1] == 'q';
			p->broadcast |= a[1] == 'b';
			continue;
		}
		if (!a[1] || !strchr("cstiWwIQmM", a[1]) || (!a[2] && i + 1 == argc))
			return usage(&ping_command);
		if (!parse_option(p, a[1], a[2] ? a + 2 : argv[++i])) {
			con_printf("ping: invalid argument: '%s': %s\n", a[2] ? a + 2 : argv[i],
				   option_hint(a[1]));
			return 2;
		}
	}
	return p->host ? 0 : usage(&ping_command);
}

/* ---- errors ---- */

static const char *icmp_text(u8 type, u8 code)
{
	static const char *const unreach[] = {
		"Destination Net Unreachable",	    "Destination Host Unreachable",
		"Destination Protocol Unreachable", "Destination Port Unreachable",
		"Frag needed and DF set",	    "Source Route Failed"
	};

	if (type == ICMP_DEST_UNREACH)
		return code < ARRAY_SIZE(unreach) ? unreach[code] : "Packet filtered";
	if (type == ICMP_TIME_EXCEEDED)
		return code ? "Frag reassembly time exceeded" : "Time to live exceeded";
	return type == ICMP_PARAMETERPROB ? "Parameter problem" : "ICMP error";
}

static void print_icmp_error(const struct sock_extended_err *ee, unsigned int seq)
{
	__be32 from = get_sockaddr(ee + 1);

	con_printf("From %pI4 icmp_seq=%u %s", &from, seq, icmp_text(ee->ee_type, ee->ee_code));
	if (ee->ee_type == ICMP_DEST_UNREACH && ee->ee_code == ICMP_FRAG_NEEDED)
		con_printf(" (mtu = %u)", ee->ee_info);
	con_printf("\n");
}

/* Something came about request @seq: how many were on their way with it? */
static void note_pipe(struct ping *p, unsigned int seq)
{
	unsigned int on_the_way = (u16)(p->sent - seq) + 1;

	if (on_the_way <= p->sent)
		p->pipe = max(p->pipe, on_the_way);
}

/* An error about one of our requests, by ICMP or our own, lies in the error queue. False: none. */
static bool handle_error(struct ping *p)
{
	u8 control[CONTROL_MAX] __aligned(8);
	struct kmsghdr m = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct iovec vec = { p->packet, sizeof(struct icmphdr) + p->size };
	struct sock_extended_err *ee;
	struct icmphdr h = { 0 };
	int n = kernel_recvmsg(p->sock, &m, &vec, 1, vec.iov_len, MSG_ERRQUEUE | MSG_DONTWAIT);

	if (n < 0)
		return false;
	p->errors++;
	ee = find_cmsg(control, sizeof(control) - m.msg_controllen, SOL_IP, IP_RECVERR,
		       sizeof(*ee) + sizeof(struct sockaddr_in));
	if (n >= (int)sizeof(h))
		memcpy(&h, p->packet, sizeof(h));
	if (ee && ee->ee_origin == SO_EE_ORIGIN_ICMP)
		note_pipe(p, ntohs(h.un.echo.sequence));
	if (!ee || p->quiet)
		return true;
	if (ee->ee_origin == SO_EE_ORIGIN_ICMP)
		print_icmp_error(ee, ntohs(h.un.echo.sequence));
	else if (ee->ee_errno == EMSGSIZE)
		con_printf("ping: local error: message too long, mtu=%u\n", ee->ee_info);
	else
		con_printf("ping: local error: %s\n", error_text((int)ee->ee_errno));
	return true;
}

/* ---- sending ---- */

static int failed(const char *what, const char *on, int err)
{
	con_printf("ping: %s%s: %s\n", what, on, error_text(err));
	return 2;
}

static __be32 local_address(const struct ping *p)
{
	struct sockaddr_in sin = { 0 };

	kernel_getsockname(p->sock, (struct sockaddr *)&sin);
	return sin.sin_addr.s_addr;
}

/* Its socket, bound as -I says. 0, or 2 after an error line. */
static int open_socket(struct ping *p)
{
	struct sockaddr_in sin;
	const struct {
		int level, name, value;
		bool wanted;
	} options[] = {
		{ SOL_IP, IP_RECVTTL, 1, true },
		{ SOL_IP, IP_RECVERR, 1, true },
		{ SOL_IP, IP_TTL, (int)p->ttl, p->ttl != 0 },
		{ SOL_IP, IP_TOS, (int)p->tos, p->tos != 0 },
		{ SOL_SOCKET, SO_MARK, (int)p->mark, p->mark != 0 },
		{ SOL_IP, IP_MTU_DISCOVER, p->pmtudisc, p->pmtudisc >= 0 },
	};
	int err = sock_create(AF_INET, SOCK_DGRAM, IPPROTO_ICMP, &p->sock);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options) && !err; i++) {
		int value = options[i].value;

		if (options[i].wanted)
			err = kernel_setsockopt(p->sock, options[i].level, options[i].name, &value,
						sizeof(value));
	}
	if (err)
		return failed("socket", "", err);
	if (p->dev)
		err = kernel_setsockopt(p->sock, SOL_SOCKET, SO_BINDTODEVICE, (void *)(uintptr_t)p->dev, (unsigned int)strlen(p->dev));
	if (err)
		return failed("SO_BINDTODEVICE ", p->dev, err);
	set_sockaddr(&sin, p->from, 0);
	err = p->from ? kernel_bind(p->sock, (struct sockaddr *)&sin, sizeof(sin)) : 0;
	return err ? failed("bind", "", err) : 0;
}

/* Towards the host; that it is a broadcast address shows by the refusal. 0, or 2 after an error line. */
static int connect_socket(struct ping *p)
{
	int one = 1, err;
	struct sockaddr_in sin;

	set_sockaddr(&sin, p->addr, 0);
	err = kernel_connect(p->sock, (struct sockaddr *)&sin, sizeof(sin), 0);
	if (err == -EACCES && !p->broadcast) {
		con_printf("ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n");
		return 2;
	}
	if (err == -EACCES) {
		p->warn = true;
		err = kernel_setsockopt(p->sock, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
		err = err ? err : kernel_connect(p->sock, (struct sockaddr *)&sin, sizeof(sin), 0);
	}
	if (!err && !p->addr) /* nobody is this host */
		p->addr = local_address(p);
	return err ? failed("connect", "", err) : 0;
}

/* Send the next request; its time goes along where there is room. */
static void send_request(struct ping *p)
{
	struct icmphdr h = { .type = ICMP_ECHO, .un.echo.sequence = htons((u16)(p->sent + 1)) };
	u64 now = ktime_get_ns();
	size_t len = sizeof(h) + p->size;
	struct kmsghdr m = { 0 };
	struct iovec vec = { p->packet, len };
	unsigned int i;
	int n;

	memcpy(p->packet, &h, sizeof(h));
	for (i = 0; i < p->size; i++)
		p->packet[sizeof(h) + i] = (u8)i;
	if (p->size >= PING_TIMED)
		memcpy(p->packet + sizeof(h), &now, sizeof(now));
	p->seen[(u16)(p->sent + 1) / 8] &= (u8) ~(1u << ((p->sent + 1) % 8));
	p->sent++;
	p->last_ns = now;
	n = kernel_sendmsg(p->sock, &m, &vec, 1, len);
	if (n < 0 && !handle_error(p))
		con_printf("ping: sendmsg: %s\n", error_text(n));
}

/* ---- receiving ---- */

static void note_rtt(struct ping *p, u64 rtt_ns)
{
	u64 us = rtt_ns / 1000;

	if (rtt_ns < p->min_ns || p->received == 1)
		p->min_ns = rtt_ns;
	p->max_ns = max(p->max_ns, rtt_ns);
	p->sum_ns += rtt_ns;
	p->sum2_us += us * us;
}

/* Milliseconds with as many decimals as ping(8) shows. */
static void print_ms(u64 ns)
{
	u64 us = (ns + 500) / 1000;

	if (us >= 100000)
		con_printf("%llu", (us + 500) / 1000);
	else if (us >= 10000)
		con_printf("%llu.%llu", us / 1000, us % 1000 / 100);
	else if (us >= 1000)
		con_printf("%llu.%02llu", us / 1000, us % 1000 / 10);
	else
		con_printf("0.%03llu", us);
}

static void handle_reply(struct ping *p, int len, u8 ttl)
{
	u64 now = ktime_get_ns(), then = now;
	struct icmphdr h;
	unsigned int seq;
	bool timed, dup;

	if (len < (int)sizeof(h))
		return;
	memcpy(&h, p->packet, sizeof(h));
	if (h.type != ICMP_ECHOREPLY)
		return;
	seq = ntohs(h.un.echo.sequence);
	timed = len >= (int)(sizeof(h) + sizeof(then)) && p->size >= PING_TIMED;
	if (timed)
		memcpy(&then, p->packet + sizeof(h), sizeof(then));
	timed = timed && then <= now && then >= p->start_ns;
	note_pipe(p, seq);
	dup = p->seen[seq / 8] & (1u << (seq % 8));
	p->seen[seq / 8] |= (u8)(1u << (seq % 8));
	if (dup)
		p->duplicates++;
	else
		p->received++;
	if (timed && !dup)
		note_rtt(p, now - then);
	if (p->quiet)
		return;
	con_printf("%d bytes from %pI4: icmp_seq=%u ttl=%u", len, &p->addr, seq, ttl);
	if (timed) {
		con_printf(" time=");
		print_ms(now - then);
		con_printf(" ms");
	}
	con_printf("%s\n", dup ? " (DUP!)" : "");
}

/* Take what comes until the clock reads @until_ns, or - with @all - until every request has its
 * answer. */
static void receive_until(struct ping *p, u64 until_ns, bool all)
{
	u8 control[CONTROL_MAX] __aligned(8);

	if (p->deadline_ms)
		until_ns = min(until_ns, p->start_ns + (u64)p->deadline_ms * NSEC_PER_MSEC);

	while (!con_interrupted() && !(all && p->received + p->errors >= p->sent)) {
		struct kmsghdr m = { .msg_control = control, .msg_controllen = sizeof(control) };
		struct iovec vec = { p->packet, sizeof(struct icmphdr) + p->size };
		u64 now = ktime_get_ns();
		int n, *ttl;

		if (now >= until_ns)
			return;
		set_timeout(p->sock,
			    (unsigned int)max_t(u64, (until_ns - now + 999999) / 1000000, 1));
		n = kernel_recvmsg(p->sock, &m, &vec, 1, vec.iov_len, 0);
		if (n < 0) {
			if (n != -EAGAIN && n != -EINTR && n != -ERESTARTSYS)
				handle_error(p);
			continue;
		}
		ttl = find_cmsg(control, sizeof(control) - m.msg_controllen, SOL_IP, IP_TTL,
				sizeof(*ttl));
		handle_reply(p, n, ttl ? (u8)*ttl : 0);
	}
}

static u64 square_root(u64 n)
{
	u64 r = 0, bit = 1ull << 62;

	for (; bit; bit >>= 2) {
		bool fits = n >= r + bit;

		n -= fits ? r + bit : 0;
		r = (r >> 1) + (fits ? bit : 0);
	}
	return r;
}

static void print_ms3(u64 ns)
{
	con_printf("%llu.%03llu", ns / 1000000, ns / 1000 % 1000);
}

static void print_times(const struct ping *p)
{
	u64 mean_us, var;

	mean_us = p->sum_ns / p->received / 1000;
	var = p->sum2_us / p->received;
	var = var > mean_us * mean_us ? var - mean_us * mean_us : 0;
	con_printf("rtt min/avg/max/mdev = ");
	print_ms3(p->min_ns);
	con_printf("/");
	print_ms3(p->sum_ns / p->received);
	con_printf("/");
	print_ms3(p->max_ns);
	con_printf("/");
	print_ms3(square_root(var) * 1000);
	con_printf(" ms");
}

static void print_summary(const struct ping *p)
{
	con_printf("\n--- %s ping statistics ---\n%u packets transmitted, %u received", p->host,
		   p->sent, p->received);
	if (p->duplicates)
		con_printf(", +%u duplicates", p->duplicates);
	if (p->errors)
		con_printf(", +%u errors", p->errors);
	con_printf(", %llu%% packet loss, time %llums\n",
		   p->sent ? (u64)(p->sent - min(p->received, p->sent)) * 100 / p->sent : 0,
		   (p->last_ns - p->start_ns) / NSEC_PER_MSEC);
	if (p->received && p->sum_ns)
		print_times(p);
	if (p->pipe > 1)
		con_printf("%spipe %u", p->received && p->sum_ns ? ", " : "", p->pipe);
	con_printf("\n");
}

/* How long the answer to the last request may take: by what the others took, if there were any. */
static unsigned int last_wait_ms(const struct ping *p)
{
	u64 by_rtt_ms = 2 * p->max_ns / NSEC_PER_MSEC;

	if (p->wait_ms)
		return p->wait_ms;
	return p->received ? (unsigned int)clamp_t(u64, by_rtt_ms, PING_INTERVAL_MS, PING_LINGER_MS)
			   : PING_LINGER_MS;
}

/* -w: the time is over, or there is an error to tell. */
static bool past_deadline(const struct ping *p)
{
	return p->deadline_ms &&
	       (p->errors || ktime_get_ns() - p->start_ns >= (u64)p->deadline_ms * NSEC_PER_MSEC);
}

static void run(struct ping *p)
{
	u64 next = ktime_get_ns();

	p->start_ns = next;
	if (p->warn)
		con_printf("WARNING: pinging broadcast address\n");
	con_printf("PING %s (%pI4) ", p->host, &p->addr);
	if (p->dev || p->from) {
		__be32 from = local_address(p);

		con_printf("from %pI4 %s: ", &from, p->dev ? p->dev : "");
	}
	con_printf("%u(%u) bytes of data.\n", p->size, p->size + 28);
	while (!con_interrupted()) {
		bool last;

		send_request(p);
		last = p->count && p->sent >= p->count;
		next += (u64)p->interval_ms * NSEC_PER_MSEC;
		if (last)
			next = ktime_get_ns() + (u64)last_wait_ms(p) * NSEC_PER_MSEC;
		receive_until(p, next, last);
		if (last || past_deadline(p))
			break;
	}
	print_summary(p);
}

static int cmd_ping(int argc, char **argv)
{
	struct ping *p = kzalloc(sizeof(*p), GFP_KERNEL);
	int err;

	if (!p)
		return 1;
	p->interval_ms = PING_INTERVAL_MS;
	p->size = PING_DATA;
	p->pmtudisc = -1;
	err = parse_args(p, argc, argv);
	if (err)
		goto out;
	err = resolve_host(p->host, &p->addr);
	if (err) {
		con_printf("ping: %s: %s\n", p->host, resolve_error(err));
		err = 2;
		goto out;
	}
	p->packet = kmalloc(sizeof(struct icmphdr) + p->size, GFP_KERNEL);
	err = p->packet ? open_socket(p) : failed("memory", "", -ENOMEM);
	err = err ? err : connect_socket(p);
	if (!err) {
		run(p);
		err = !p->received;
	}
	if (p->sock)
		sock_release(p->sock);
	kfree(p->packet);
out:
	kfree(p);
	return err;
}

struct console_command ping_command = {
	.name = "ping",
	.summary = "send ICMP echo requests",
	.usage = "  ping [-bnq4] [-c COUNT] [-i SECONDS] [-s BYTES] [-t TTL] [-W SECONDS] [-w "
		 "SECONDS] "
		 "[-I DEV|ADDR] [-Q TOS] [-m MARK] [-M do|want|dont|probe] HOST\n"
		 "-b broadcast too, -c so many requests, -i between two of them, -q only the "
		 "summary, -W for "
		 "the last answer, -w for all of it, -M path MTU discovery.\n",
	.fn = cmd_ping,
};
