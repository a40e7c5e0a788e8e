/* SPDX-License-Identifier: MIT */
/* System calls: the table of those that scripts may make, and how their arguments become memory. */
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "runner.h"

#define CONNECT_PORT 8080

int arg_int(const struct call *c, int n)
{
	if (n >= c->nr_args || c->arg[n]->kind == EX_OPEN)
		return 0;
	if (c->arg[n]->kind != EX_INT)
		script_error(c->ev->line, "argument %d of %s is a number", n + 1, c->name);
	return (int)c->arg[n]->v;
}

bool arg_open(const struct call *c, int n)
{
	return n >= c->nr_args || c->arg[n]->kind == EX_OPEN;
}

/* put_address - a sockaddr_in; `...` is the default of bind (0.0.0.0:8080) or of connect
 * (192.0.2.1:8080). */
size_t put_address(const struct expr *e, u8 *buf, bool connect)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	if (!e || e->kind == EX_OPEN) {
		sin.sin_port = htons(CONNECT_PORT);
		sin.sin_addr.s_addr = connect ? htonl(script.remote) : 0;
	} else if (e->kind == EX_ADDRESS) {
		sin.sin_port = htons(e->port);
		sin.sin_addr.s_addr = htonl(e->addr);
	} else if (e->kind == EX_STRUCT && e->n == 1 && e->name[0] &&
		   !strcmp(e->name[0], "sa_family")) {
		sin.sin_family = (sa_family_t)e->item[0]->v;
	}
	memcpy(buf, &sin, sizeof(sin));
	return sizeof(sin);
}

/* plain - every argument is a number. */
static void plain(struct call *c)
{
	for (int i = 0; i < c->nr_args; i++)
		c->raw[i] = i == 0 && c->nr == SYS_socket && arg_open(c, 0) ? AF_INET
									    : arg_int(c, i);
}

static void address_in(struct call *c)
{
	bool connect = c->nr == SYS_connect;

	c->buf = calloc(1, 128);
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = (long)c->buf;
	c->raw[2] = (long)put_address(c->arg[1], c->buf, connect);
	if (!arg_open(c, 2))
		c->raw[2] = arg_int(c, 2);
}

/* address_out - room for a sockaddr and its length: accept, getsockname, getpeername. */
static void address_out(struct call *c)
{
	c->buf = calloc(1, 128);
	c->out_len = 128;
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = (long)c->buf;
	c->raw[2] = (long)&c->out_len;
	if (c->nr_args > 3)
		c->raw[3] = arg_int(c, 3);
}

static size_t data_size(const struct call *c, int n)
{
	return (size_t)arg_int(c, n);
}

static void put_data(struct call *c, int at, int len_at)
{
	size_t len = data_size(c, len_at);

	c->buf = calloc(1, len + 1);
	if (c->arg[at]->kind == EX_STRING)
		memcpy(c->buf, c->arg[at]->s, len < c->arg[at]->len ? len : c->arg[at]->len);
	else
		fill_pattern(c, c->buf, len, arg_int(c, 0), fd_is_stream(arg_int(c, 0)));
}

/* sending - write, send, sendto: (fd, data, length, flags, address, address length). */
static void sending(struct call *c)
{
	put_data(c, 1, 2);
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = (long)c->buf;
	c->raw[2] = arg_int(c, 2);
	c->raw[3] = arg_int(c, 3);
	if (!strcmp(c->name, "sendto")) {
		c->aux = calloc(1, 128);
		c->raw[4] = (long)c->aux;
		c->raw[5] = (long)put_address(c->arg[4], c->aux, true);
	}
}

static void receiving(struct call *c)
{
	size_t len = data_size(c, 2);

	c->buf = calloc(1, len + 1);
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = (long)c->buf;
	c->raw[2] = (long)len;
	c->raw[3] = arg_int(c, 3);
	if (!strcmp(c->name, "recvfrom")) {
		c->aux = calloc(1, 128);
		c->out_len = 128;
		c->raw[4] = (long)c->aux;
		c->raw[5] = (long)&c->out_len;
	}
}

/* writev(fd, [100, 200], 2): vectors given by their lengths. */
static void vectors(struct call *c)
{
	struct iovec *iov = calloc(MAX_ITEMS, sizeof(*iov));
	size_t total = 0, at = 0;
	struct expr *e = c->arg[1];

	for (int i = 0; i < e->n; i++)
		total += (size_t)e->item[i]->v;
	c->buf = calloc(1, total + 1);
	c->aux = iov;
	if (c->nr == SYS_writev)
		fill_pattern(c, c->buf, total, arg_int(c, 0), fd_is_stream(arg_int(c, 0)));
	for (int i = 0; i < e->n; i++) {
		iov[i].iov_base = (u8 *)c->buf + at;
		iov[i].iov_len = (size_t)e->item[i]->v;
		at += iov[i].iov_len;
	}
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = (long)iov;
	c->raw[2] = arg_int(c, 2);
}

/* option_value - [1], {1, 10}, {239.1.1.1, 0.0.0.0}, "reno" or an open value, as an option's memory. Its length. */
static u32 option_value(const struct expr *e, u8 *buf)
{
	u32 v;

	if (e->kind == EX_STRING) {
		memcpy(buf, e->s, e->len);
		return (u32)e->len;
	}
	if (e->kind == EX_INT) {
		v = (u32)e->v;
		memcpy(buf, &v, 4);
		return 4;
	}
	for (int i = 0; i < e->n; i++) {
		v = e->item[i]->kind == EX_ADDRESS ? htonl(e->item[i]->addr) : (u32)e->item[i]->v;
		memcpy(buf + 4 * i, &v, 4);
	}
	return 4 * (u32)e->n;
}

static void set_option(struct call *c)
{
	c->buf = calloc(1, 256);
	for (int i = 0; i < 3; i++)
		c->raw[i] = arg_int(c, i);
	c->raw[3] = (long)c->buf;
	c->raw[4] = option_value(c->arg[3], c->buf);
	if (c->raw[2] == SO_RCVTIMEO || c->raw[2] == SO_SNDTIMEO) {
		if (c->raw[1] == SOL_SOCKET) { /* {seconds, microseconds} */
			((s64 *)c->buf)[1] = c->arg[3]->n > 1 ? c->arg[3]->item[1]->v : 0;
			((s64 *)c->buf)[0] = c->arg[3]->item[0]->v;
			c->raw[4] = 16;
		}
	}
	if (!arg_open(c, 4))
		c->raw[4] = arg_int(c, 4);
}

static void get_option(struct call *c)
{
	const struct expr *len = c->nr_args > 4 ? c->arg[4] : NULL;

	c->buf = calloc(1, 512);
	for (int i = 0; i < 3; i++)
		c->raw[i] = arg_int(c, i);
	c->out_len = len && len->kind == EX_LIST && len->n ? (u32)len->item[0]->v : 256;
	c->raw[3] = (long)c->buf;
	c->raw[4] = (long)&c->out_len;
}

/* control - ioctl(fd, request, [value]). */
static void control(struct call *c)
{
	int *value = calloc(1, 64);

	c->buf = value;
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = arg_int(c, 1);
	if (!arg_open(c, 2) && c->arg[2]->kind == EX_LIST && c->arg[2]->n)
		*value = (int)c->arg[2]->item[0]->v;
	c->raw[2] = (long)value;
}

static long long field(const struct expr *e, const char *name)
{
	for (int i = 0; i < e->n; i++)
		if (e->name[i] && !strcmp(e->name[i], name))
			return e->item[i]->v;
	return 0;
}

static void polling(struct call *c)
{
	struct pollfd *p = calloc(MAX_ITEMS, sizeof(*p));
	struct expr *e = c->arg[0];

	for (int i = 0; i < e->n; i++) {
		p[i].fd = (int)field(e->item[i], "fd");
		p[i].events = (short)field(e->item[i], "events");
	}
	c->buf = p;
	c->raw[0] = (long)p;
	c->raw[1] = arg_int(c, 1);
	c->raw[2] = arg_int(c, 2);
}

static void epoll_control(struct call *c)
{
	struct epoll_event *ev = calloc(1, sizeof(*ev));

	for (int i = 0; i < 3; i++)
		c->raw[i] = arg_int(c, i);
	ev->data.u64 = (u64)c->raw[2];
	if (c->nr_args > 3 && c->arg[3]->kind == EX_STRUCT)
		ev->events = (u32)field(c->arg[3], "events");
	c->buf = ev;
	c->raw[3] = (long)ev;
}

static void epoll_waiting(struct call *c)
{
	c->buf = calloc(MAX_ITEMS, sizeof(struct epoll_event));
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = (long)c->buf;
	c->raw[2] = arg_int(c, 2);
	c->raw[3] = arg_int(c, 3);
}

/* messaging - sendmsg(fd, {name=..., len=N}, flags), recvmsg the same. */
static void messaging(struct call *c)
{
	struct msg_room *r = calloc(1, sizeof(*r));
	struct expr *e = c->arg[1];
	size_t len = (size_t)field(e, "len");
	struct msghdr *m = (struct msghdr *)r->hdr;

	c->aux = r;
	c->buf = calloc(1, len + 1);
	r->iov[0] = (u64)(uintptr_t)c->buf;
	r->iov[1] = len;
	m->msg_iov = (struct iovec *)r->iov;
	m->msg_iovlen = 1;
	c->raw[0] = arg_int(c, 0);
	c->raw[1] = (long)m;
	c->raw[2] = arg_int(c, 2);
	if (c->nr == SYS_recvmsg) {
		m->msg_name = r->name;
		m->msg_namelen = sizeof(r->name);
		m->msg_control = r->control;
		m->msg_controllen = sizeof(r->control);
		return;
	}
	fill_pattern(c, c->buf, len, arg_int(c, 0), fd_is_stream(arg_int(c, 0)));
	for (int i = 0; i < e->n; i++) {
		if (e->name[i] && !strcmp(e->name[i], "name")) {
			m->msg_name = r->name;
			m->msg_namelen = (socklen_t)put_address(e->item[i], r->name, true);
		}
	}
}

static const struct call_kind kinds[] = {
	{ "socket", SYS_socket, 3, 3, plain, check_new_fd },
	{ "bind", SYS_bind, 3, 3, address_in, NULL },
	{ "listen", SYS_listen, 2, 2, plain, NULL },
	{ "accept", SYS_accept, 3, 3, address_out, check_new_fd },
	{ "accept4", SYS_accept4, 4, 4, address_out, check_new_fd },
	{ "connect", SYS_connect, 3, 3, address_in, NULL },
	{ "getsockname", SYS_getsockname, 3, 3, address_out, check_address },
	{ "getpeername", SYS_getpeername, 3, 3, address_out, check_address },
	{ "read", SYS_read, 3, 3, receiving, check_read },
	{ "recv", SYS_recvfrom, 4, 4, receiving, check_read },
	{ "recvfrom", SYS_recvfrom, 6, 6, receiving, check_read },
	{ "recvmsg", SYS_recvmsg, 3, 3, messaging, check_recvmsg },
	{ "readv", SYS_readv, 3, 3, vectors, check_read },
	{ "write", SYS_write, 3, 3, sending, check_write },
	{ "send", SYS_sendto, 4, 4, sending, check_write },
	{ "sendto", SYS_sendto, 6, 6, sending, check_write },
	{ "sendmsg", SYS_sendmsg, 3, 3, messaging, check_sendmsg },
	{ "writev", SYS_writev, 3, 3, vectors, check_write },
	{ "close", SYS_close, 1, 1, plain, NULL },
	{ "dup", SYS_dup, 1, 1, plain, check_new_fd },
	{ "shutdown", SYS_shutdown, 2, 2, plain, NULL },
	{ "setsockopt", SYS_setsockopt, 5, 5, set_option, NULL },
	{ "getsockopt", SYS_getsockopt, 5, 5, get_option, check_value },
	{ "fcntl", SYS_fcntl, 2, 3, plain, NULL },
	{ "ioctl", SYS_ioctl, 3, 3, control, check_value },
	{ "poll", SYS_poll, 3, 3, polling, check_poll },
	{ "epoll_create1", SYS_epoll_create1, 1, 1, plain, NULL },
	{ "epoll_ctl", SYS_epoll_ctl, 4, 4, epoll_control, NULL },
	{ "epoll_wait", SYS_epoll_wait, 4, 4, epoll_waiting, check_epoll },
};

const struct call_kind *call_kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

void prepare_call(struct call *c)
{
	const struct call_kind *k = call_kind_of(c->name);

	c->nr = k->nr;
	k->prepare(c);
}
