/* SPDX-License-Identifier: MIT */
/* What system calls gave back: their result, when they ended, the bytes read, the addresses and
 * values written. */
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "runner.h"

#define MAX_FDS 1024

/* How far each stream descriptor has been read and written; the first byte behind a SYN has
 * number 1. */
static struct {
	bool stream;
	u32 read, written;
} fds[MAX_FDS];
static int newest_fd = -1;
static struct call *pending;

void fd_opened(int fd, bool stream)
{
	if (fd < 0 || fd >= MAX_FDS)
		return;
	fds[fd].stream = stream;
	fds[fd].read = fds[fd].written = 1;
	newest_fd = fd;
}

bool fd_is_stream(int fd)
{
	return fd >= 0 && fd < MAX_FDS && fds[fd].stream;
}

int latest_fd(void)
{
	return newest_fd;
}

void fill_pattern(struct call *c, u8 *buf, size_t len, int fd, bool stream)
{
	u32 at = stream ? fds[fd].written : 0;

	(void)c;
	for (size_t i = 0; i < len; i++)
		buf[i] = pattern(stream ? 6 : 17, at + (u32)i);
}

void check_new_fd(struct call *c)
{
	int fd = (int)c->got, from = arg_int(c, 0);
	bool known = from >= 0 && from < MAX_FDS;

	if (fd < 0)
		return;
	if (c->nr == SYS_socket) {
		fd_opened(fd, (arg_int(c, 1) & 15) == SOCK_STREAM);
	} else if (c->nr == SYS_dup) {
		if (known && fd < MAX_FDS)
			fds[fd] = fds[from];
	} else {
		fd_opened(fd, true);
		if (!arg_open(c, 1))
			check_address(c);
	}
}

static void check_bytes(struct call *c, const u8 *want, const u8 *got, size_t len, const char *what)
{
	for (size_t i = 0; i < len; i++)
		if (want[i] != got[i])
			fail(c->ev, NULL, NULL, "%s: byte %zu is 0x%02x, not 0x%02x", what, i,
			     got[i], want[i]);
}

/* check_stream - the bytes are those of the pattern from where this descriptor stands; an urgent
 * byte may be left out. */
static void check_stream(struct call *c, int fd, size_t len, int flags)
{
	u32 at = fds[fd].read;
	const u8 *buf = c->buf;

	for (size_t i = 0; i < len; i++, at++) {
		if (script.no_check || (flags & MSG_TRUNC))
			continue;
		if (buf[i] != pattern(6, at) && any_urgent() && buf[i] == pattern(6, at + 1))
			at++;
		if (buf[i] != pattern(6, at))
			fail(c->ev, NULL, NULL,
			     "byte %zu that was read is not that of the stream (sequence number "
			     "%u)",
			     i, at);
	}
	if (!(flags & MSG_PEEK))
		fds[fd].read = at;
}

static void check_sender(struct call *c, const u8 *sockaddr, const struct expr *e)
{
	struct sockaddr_in sin;

	if (!e || e->kind != EX_ADDRESS)
		return;
	memcpy(&sin, sockaddr, sizeof(sin));
	if (sin.sin_family != AF_INET || ntohl(sin.sin_addr.s_addr) != e->addr ||
	    (e->port && ntohs(sin.sin_port) != e->port))
		fail(c->ev, NULL, NULL, "the address is %u.%u.%u.%u:%u", ((u8 *)&sin)[4],
		     ((u8 *)&sin)[5], ((u8 *)&sin)[6], ((u8 *)&sin)[7], ntohs(sin.sin_port));
}

void check_read(struct call *c)
{
	int fd = arg_int(c, 0), flags = c->nr == SYS_recvfrom ? arg_int(c, 3) : 0;
	size_t len = c->got > 0 ? (size_t)c->got : 0,
	       room = c->nr == SYS_readv ? len : (size_t)arg_int(c, 2);
	const u8 *buf = c->buf;

	if (c->got < 0)
		return;
	if (c->arg[1]->kind == EX_STRING) {
		check_bytes(c, (u8 *)c->arg[1]->s, c->buf,
			    len < c->arg[1]->len ? len : c->arg[1]->len, "read");
	} else if (flags & MSG_OOB) {
		return;
	} else if (fd_is_stream(fd)) {
		check_stream(c, fd, len, flags);
	} else if (!script.no_check) {
		for (size_t i = 0; i < len && i < room; i++)
			if (buf[i] != pattern(17, (u32)i))
				fail(c->ev, NULL, NULL, "byte %zu of the datagram is wrong", i);
	}
	if (!strcmp(c->name, "recvfrom"))
		check_sender(c, c->aux, c->arg[4]);
}

void check_write(struct call *c)
{
	int fd = arg_int(c, 0);

	if (c->got > 0 && fd_is_stream(fd))
		fds[fd].written += (u32)c->got;
}

void check_sendmsg(struct call *c)
{
	check_write(c);
}

void check_address(struct call *c)
{
	if (c->got >= 0)
		check_sender(c, c->buf, c->arg[1]);
}

/* check_value - what getsockopt or ioctl wrote: [N], {1, 10}, "reno"; and the length [N] behind it.
 */
void check_value(struct call *c)
{
	int at = c->nr == SYS_ioctl ? 2 : 3;
	const struct expr *e = at < c->nr_args ? c->arg[at] : NULL,
			  *len = c->nr_args > 4 ? c->arg[4] : NULL;
	int value;

	if (c->got < 0 || !e || c->raw[1] == 0x5421 /* FIONBIO writes nothing */)
		return;
	if (e->kind == EX_STRING && strcmp(c->buf, e->s))
		fail(c->ev, NULL, NULL, "the value is \"%s\"", (char *)c->buf);
	for (int i = 0; e->kind != EX_STRING && i < e->n; i++) {
		memcpy(&value, (u8 *)c->buf + 4 * i, 4);
		if (e->item[i]->kind == EX_INT && (int)e->item[i]->v != value)
			fail(c->ev, NULL, NULL, "the value is %d", value);
	}
	if (len && len->kind == EX_LIST && len->n && c->out_len != (u32)len->item[0]->v)
		fail(c->ev, NULL, NULL, "the length is %u", c->out_len);
}

static const struct expr *field_of(const struct expr *e, const char *name)
{
	for (int i = 0; i < e->n; i++)
		if (e->name[i] && !strcmp(e->name[i], name))
			return e->item[i];
	return NULL;
}

void check_poll(struct call *c)
{
	const struct pollfd *p = c->buf;
	const struct expr *e = c->arg[0], *want;

	for (int i = 0; i < e->n; i++) {
		want = field_of(e->item[i], "revents");
		if (want && want->kind == EX_INT && (short)want->v != p[i].revents)
			fail(c->ev, NULL, NULL, "revents of descriptor %d is 0x%x, not 0x%x",
			     p[i].fd, p[i].revents, (unsigned int)want->v);
	}
}

void check_epoll(struct call *c)
{
	const struct epoll_event *ev = c->buf;
	const struct expr *e = c->arg[1], *one, *want;

	for (int i = 0; i < (int)c->got; i++) {
		one = e->kind == EX_LIST	   ? (i < e->n ? e->item[i] : NULL)
		      : e->kind == EX_STRUCT && !i ? e
						   : NULL;
		want = one ? field_of(one, "events") : NULL;
		if (want && (u32)want->v != ev[i].events)
			fail(c->ev, NULL, NULL, "event %d is 0x%x, not 0x%x", i, ev[i].events,
			     (u32)want->v);
		want = one ? field_of(one, "fd") : NULL;
		if (want && (u64)want->v != ev[i].data.u64)
			fail(c->ev, NULL, NULL, "event %d is of descriptor %u", i,
			     (unsigned int)ev[i].data.u64);
	}
}

static void check_int(struct call *c, const struct expr *e, const char *name, long long got)
{
	const struct expr *want = field_of(e, name);

	if (want && want->kind == EX_INT && want->v != got)
		fail(c->ev, NULL, NULL, "%s is %lld", name, got);
}

static void check_control(struct call *c, const struct expr *e, struct msghdr *m)
{
	struct sock_extended_err ee = { 0 };
	int ttl = -1, tos = -1;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != IPPROTO_IP)
			continue;
		if (h->cmsg_type == IP_RECVERR)
			memcpy(&ee, CMSG_DATA(h), sizeof(ee));
		else if (h->cmsg_type == IP_TTL)
			memcpy(&ttl, CMSG_DATA(h), sizeof(ttl));
		else if (h->cmsg_type == IP_TOS)
			tos = *(u8 *)CMSG_DATA(h);
	}
	check_int(c, e, "ee_errno", ee.ee_errno);
	check_int(c, e, "ee_origin", ee.ee_origin);
	check_int(c, e, "ee_type", ee.ee_type);
	check_int(c, e, "ee_code", ee.ee_code);
	check_int(c, e, "ee_info", ee.ee_info);
	check_int(c, e, "ttl", ttl);
	check_int(c, e, "tos", tos);
}

void check_recvmsg(struct call *c)
{
	struct msg_room *r = c->aux;
	struct msghdr *m = (struct msghdr *)r->hdr;
	const struct expr *e = c->arg[1];
	int fd = arg_int(c, 0);

	if (c->got < 0)
		return;
	check_int(c, e, "flags", m->msg_flags);
	check_sender(c, r->name, field_of(e, "name"));
	check_control(c, e, m);
	if (fd_is_stream(fd) && !(arg_int(c, 2) & MSG_OOB))
		check_stream(c, fd, (size_t)c->got, arg_int(c, 2));
}

static char *result_text(long got)
{
	return got < 0 ? format_new("-1 %s", errno_name((int)-got)) : format_new("%ld", got);
}

void check_call(struct call *c)
{
	const struct call_kind *k = call_kind_of(c->name);
	s64 late = c->done_ns - c->end_ns;

	trace_line(c->done_ns, "%s = %s", c->ev->text, result_text(c->got));
	if (!c->any_result && (c->result == -1 ? c->got != -c->error : c->got != c->result))
		fail(c->ev, NULL, format_new("%s() = %s", c->name, result_text(c->got)),
		     "the result is another");
	if (late > script.tolerance || late < -script.tolerance)
		fail(c->ev, format_new("it ends at %.6f", (double)c->end_ns / NSEC),
		     format_new("it ended at %.6f", (double)c->done_ns / NSEC),
		     "the call ended at another time");
	if (k->check)
		k->check(c);
}

struct call *pending_calls(void)
{
	return pending;
}

void settle_calls(s64 at)
{
	struct call **link = &pending, *c;

	while ((c = *link) != NULL) {
		if (c->done) {
			*link = c->next;
			check_call(c);
		} else if (at > c->end_ns + script.tolerance) {
			fail(c->ev, format_new("it ends at %.6f", (double)c->end_ns / NSEC), NULL,
			     "the call still blocks at %.6f", (double)at / NSEC);
		} else {
			link = &c->next;
		}
	}
}

void calls_at_end(void)
{
	settle_calls(now_ns());
}

/* run_call - begin it; one that need not end at once goes to the list of those that block. */
void run_call(struct call *c, s64 end_ns)
{
	prepare_call(c);
	c->end_ns = end_ns;
	start_call(c);
	if (c->done && !c->ev->when.blocks) {
		c->end_ns = c->done_ns;
		check_call(c);
	} else if (!c->ev->when.blocks) {
		fail(c->ev, NULL, NULL, "the call blocks");
	} else {
		c->next = pending;
		pending = c;
		settle_calls(now_ns());
	}
}
