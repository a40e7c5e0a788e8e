/* SPDX-License-Identifier: MIT */
/* The stack under test: booted, its wire held, its time moved, its tasks given system calls.
 * Answers ARP for the remote. */
#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <fcntl.h>

#include "runner.h"

const u8 local_mac[6] = { 0x02, 0, 0, 0, 0, 0x01 }, remote_mac[6] = { 0x02, 0, 0, 0, 0, 0x02 };
s64 time_zero;
const char *pcap_path;

static struct skiff_port *port;
static struct packet *sent, **sent_end = &sent;
static FILE *pcap;
static struct call *to_start;
static u32 bell;

/* ---- pcap ---- */

static void pcap_open(void)
{
	static const u32 header[6] = {
		0xa1b23c4d, 2 | 4 << 16, 0, 0, 65535, 1
	}; /* nanoseconds, Ethernet */

	if (!pcap_path)
		return;
	pcap = fopen(pcap_path, "w");
	if (!pcap)
		script_error(0, "%s cannot be written", pcap_path);
	fwrite(header, sizeof(header), 1, pcap);
}

static void pcap_frame(const u8 *frame, size_t len, u64 at)
{
	u32 header[4] = { (u32)(at / NSEC), (u32)(at % NSEC), (u32)len, (u32)len };

	if (!pcap)
		return;
	fwrite(header, sizeof(header), 1, pcap);
	fwrite(frame, len, 1, pcap);
	fflush(pcap);
}

/* ---- the wire ---- */

s64 now_ns(void)
{
	return (s64)skiff_now() - time_zero;
}

void inject(const u8 *frame, size_t len)
{
	pcap_frame(frame, len, skiff_now());
	skiff_port_give(port, frame, len);
	skiff_run(skiff_now());
}

/* answer_arp - speak for every neighbour but the stack itself, unless the script does. true: not
 * for the script. */
static bool answer_arp(const u8 *frame, size_t len)
{
	const u8 *arp = frame + 14;
	u8 reply[42];

	if (len < 42 || get16(frame + 12) != 0x0806 || script.arp_manual)
		return false;
	if (get16(arp + 6) != 1 || get32(arp + 24) == script.local)
		return true;
	memcpy(reply, frame + 6, 6);
	memcpy(reply + 6, remote_mac, 6);
	memcpy(reply + 12, frame + 12, 8);
	put16(reply + 20, 2);
	memcpy(reply + 22, remote_mac, 6);
	memcpy(reply + 28, arp + 24, 4);
	memcpy(reply + 32, arp + 8, 10);
	inject(reply, sizeof(reply));
	return true;
}

static bool not_for_scripts(const u8 *frame, size_t len)
{
	if (len >= 34 && get16(frame + 12) == 0x0800 && frame[23] == 2) /* IGMP */
		return !script.igmp;
	return answer_arp(frame, len);
}

/* drain - what the stack has sent goes into the queue of what the script has to account for. */
static void drain(void)
{
	static u8 frame[FRAME_MAX];
	struct packet *p;
	size_t len;
	u64 at;

	while ((len = skiff_port_take(port, frame, sizeof(frame), &at)) != 0) {
		pcap_frame(frame, len, at);
		if (not_for_scripts(frame, len))
			continue;
		p = decode(frame, len, (s64)at - time_zero);
		*sent_end = p;
		sent_end = &p->next;
	}
}

struct packet *sent_first(void)
{
	drain();
	return sent;
}

struct packet *sent_take(void)
{
	struct packet *p = sent;

	sent = p->next;
	if (!sent)
		sent_end = &sent;
	p->next = NULL;
	return p;
}

void advance(s64 until, bool for_packet)
{
	s64 next;

	skiff_run(skiff_now());
	for (;;) {
		settle_calls(now_ns());
		if (sent_first() && for_packet)
			return;
		next = skiff_next() == ~0ull ? until : (s64)skiff_next() - time_zero;
		if (next <= now_ns())
			next = now_ns() + 1000;
		if (next >= until)
			break;
		skiff_run((u64)(next + time_zero));
	}
	if (until > now_ns())
		skiff_run((u64)(until + time_zero));
	drain();
	settle_calls(now_ns());
}

/* ---- tasks ---- */

static void work(void *arg)
{
	struct call *c = arg;

	c->started = true;
	c->got = skiff_syscall(c->nr, c->raw[0], c->raw[1], c->raw[2], c->raw[3], c->raw[4],
			       c->raw[5]);
	c->done_ns = now_ns();
	c->done = true;
}

/* dispatcher - owns the descriptors; starts a task for each call, so that any of them may block. */
static void dispatcher(void *unused)
{
	struct call *c;
	u32 seen;

	(void)unused;
	for (;;) {
		seen = bell;
		while ((c = to_start) != NULL) {
			to_start = NULL;
			if (skiff_task_start(work, c) < 0) {
				c->got = -ENOMEM;
				c->done = true;
			}
		}
		skiff_syscall(SYS_futex, (long)&bell, FUTEX_WAIT, (long)seen, 0, 0, 0);
	}
}

static void ring(void *unused)
{
	(void)unused;
	skiff_syscall(SYS_futex, (long)&bell, FUTEX_WAKE, 1, 0, 0, 0);
}

void start_call(struct call *c)
{
	c->started_ns = now_ns();
	to_start = c;
	bell++;
	skiff_task_start(ring, NULL);
	skiff_run(skiff_now());
}

long system_call(long nr, long a, long b, long c, long d, long e)
{
	struct call *call = calloc(1, sizeof(*call));
	long got;

	call->nr = nr;
	memcpy(call->raw, (long[6]){ a, b, c, d, e, 0 }, sizeof(call->raw));
	start_call(call);
	if (!call->done)
		script_error(0, "system call %ld of the runner itself blocks", nr);
	got = call->got;
	free(call);
	return got;
}

/* ---- files ---- */

long read_proc(const char *path, char *buf, size_t cap)
{
	long fd = system_call(SYS_open, (long)path, O_RDONLY, 0, 0, 0), n = 0, got;

	if (fd < 0)
		return fd;
	do {
		got = system_call(SYS_read, fd, (long)(buf + n), (long)cap - 1 - n, 0, 0);
		n += got > 0 ? got : 0;
	} while (got > 0 && (size_t)n < cap - 1);
	buf[n] = '\0';
	system_call(SYS_close, fd, 0, 0, 0, 0);
	return n;
}

void set_sysctl(int line, const char *assignment)
{
	char path[256] = "/proc/sys/", *p;
	const char *value = strchr(assignment, '=');
	size_t n = strlen(path);
	long fd, got;

	if (!value || n + (size_t)(value - assignment) >= sizeof(path))
		script_error(line, "a sysctl reads name=value");
	memcpy(path + n, assignment, (size_t)(value - assignment));
	path[n + (size_t)(value - assignment)] = '\0';
	for (p = path + n; *p; p++)
		if (*p == '.')
			*p = '/';
		else if (*p == ' ')
			*p = '\0';
	for (value++; *value == ' ' || *value == '"'; value++)
		;
	n = strcspn(value, "\"");
	fd = system_call(SYS_open, (long)path, O_WRONLY, 0, 0, 0);
	if (fd < 0)
		script_error(line, "%s: %s", path, errno_name((int)-fd));
	got = system_call(SYS_write, fd, (long)value, (long)n, 0, 0);
	system_call(SYS_close, fd, 0, 0, 0, 0);
	if (got < 0)
		script_error(line, "%s cannot be set to %s: %s", path, value,
			     errno_name((int)-got));
}

/* ---- boot ---- */

static const char *dotted(u32 a)
{
	return format_new("%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

static u32 netmask(int prefix)
{
	return prefix ? ~0u << (32 - prefix) : 0;
}

/* machine_start - boot, with the port's address by ip=, and run to the script's beginning. */
void machine_start(const char *more_cmdline)
{
	char *cmdline = format_new("ip=%s::%s:%s::eth0:off%s%s%s", dotted(script.local),
				   dotted(script.gateway), dotted(netmask(script.prefix)),
				   script.cmdline, *more_cmdline ? " " : "", more_cmdline);

	pcap_open();
	skiff_boot(cmdline);
	port = skiff_port_new("eth0", local_mac, script.mtu);
	if (!port)
		script_error(0, "no port");
	time_zero = script.start;
	skiff_task_start(dispatcher, NULL);
	skiff_run((u64)time_zero);
	while (sent_first()) /* what it says when it comes up */
		packet_free(sent_take());
	/* large bursts, as fast connections have them, and not pairs: scripts speak of slow ones */
	set_sysctl(0, "net.ipv4.tcp_min_tso_segs=70");
	counters_remember();
}
