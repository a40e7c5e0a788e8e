/* SPDX-License-Identifier: MIT */
/* The built-in server: echo (RFC 862), discard (RFC 863) and chargen (RFC 864) over TCP and UDP. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS	     64	   /* taken from one epoll_wait */
#define ACCEPTS	     64	   /* connections taken before others get their turn */
#define READ_SIZE    131072 /* taken from a connection in one turn */
#define UDP_MAX	     65535
#define UDP_BATCH    4	/* datagrams of one recvmmsg that are answered */
#define UDP_PROBE    16 /* datagrams one by one, before two are asked for */
#define DROP_BATCH   32 /* datagrams of one recvmmsg that are not */
#define CHARGEN_TEXT 72 /* printable characters in a line, RFC 864 */
#define CHARGEN_LINE (CHARGEN_TEXT + 2)
#define CHARGEN_SET  95				   /* printable ASCII, with the space */
#define CHARGEN_SPAN (CHARGEN_LINE * CHARGEN_SET)  /* after that the lines repeat */
#define CHARGEN_SPANS 18			   /* of them are written to a connection in one turn */
#define CHARGEN_ROOM ((CHARGEN_SPANS + 1) * CHARGEN_SPAN) /* so many from any place in the first */
#define CHARGEN_UDP  512			   /* longest reply, RFC 864 */
#define RETRY_MS     500			   /* after running out of descriptors or memory */

enum service { ECHO_SERVICE, DISCARD_SERVICE, CHARGEN_SERVICE };

enum kind { LISTENER, CONNECTION, DATAGRAM };

static const int service_ports[] = {
	[ECHO_SERVICE] = 7,
	[DISCARD_SERVICE] = 9,
	[CHARGEN_SERVICE] = 19,
};

#define SERVICES ((int)(sizeof(service_ports) / sizeof(service_ports[0])))

/* What an epoll event points to. */
struct endpoint {
	enum kind kind;
	enum service service;
	int fd;
	uint32_t interest; /* the events that epoll watches for now */
	int batch, full;   /* DATAGRAM: how many to ask for at once; how often one was all that was asked for */
};

struct connection {
	struct endpoint ep;
	bool eof;	 /* the peer has sent all it will send */
	size_t position; /* chargen: in the span of lines */
	char *pending;	 /* echo: what could not be written yet, or NULL */
	size_t pending_at, pending_end;
};

/* A datagram with its sender and the address it was sent to. */
struct datagram {
	struct sockaddr_storage from;
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))]
		__attribute__((aligned(8)));
	char data[UDP_MAX];
};

static int epfd;
static int port_offset;
static struct endpoint *listeners[2 * SERVICES];
static int listener_count;
static bool paused; /* out of descriptors or memory: not accepting */

static char read_buf[READ_SIZE];
static char chargen_buf[CHARGEN_ROOM];
static struct datagram datagrams[UDP_BATCH];
static struct mmsghdr messages[UDP_BATCH]; /* their headers, which serve for the answers too */
static struct iovec vectors[UDP_BATCH];

static void watch(struct endpoint *ep, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = ep };

	if (ep->interest == events)
		return;
	ep->interest = events;
	epoll_ctl(epfd, EPOLL_CTL_MOD, ep->fd, &ev);
}

static bool add(struct endpoint *ep, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = ep };

	ep->interest = events;
	return epoll_ctl(epfd, EPOLL_CTL_ADD, ep->fd, &ev) == 0;
}

/* Stops or resumes accepting: a listener that cannot be served would wake the loop for ever. */
static void pause_listeners(bool pause)
{
	int i;

	paused = pause;
	for (i = 0; i < listener_count; i++)
		watch(listeners[i], pause ? 0 : EPOLLIN);
}

static void drop(struct connection *c)
{
	close(c->ep.fd);
	free(c->pending);
	free(c);
	if (paused)
		pause_listeners(false);
}

/* Reading goes on only while nothing waits to be written: the peer's window then closes in turn. */
static void set_interest(struct connection *c)
{
	uint32_t events = c->eof ? 0 : EPOLLIN;

	if (c->ep.service == CHARGEN_SERVICE)
		events |= EPOLLOUT;
	else if (c->pending)
		events = EPOLLOUT;
	watch(&c->ep, events);
}

static bool would_block(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Writes what is pending. False: the connection is gone. */
static bool flush(struct connection *c)
{
	ssize_t n = write(c->ep.fd, c->pending + c->pending_at, c->pending_end - c->pending_at);

	if (n < 0)
		return would_block();
	c->pending_at += (size_t)n;
	if (c->pending_at == c->pending_end) {
		free(c->pending);
		c->pending = NULL;
	}
	return true;
}

/* Writes n bytes of the read buffer, and keeps those for which there is no room. */
static bool echo_bytes(struct connection *c, size_t n)
{
	ssize_t done = write(c->ep.fd, read_buf, n);

	if (done < 0) {
		if (!would_block())
			return false;
		done = 0;
	}
	if ((size_t)done == n)
		return true;
	n -= (size_t)done;
	c->pending = malloc(n);
	if (!c->pending)
		return false;
	memcpy(c->pending, read_buf + done, n);
	c->pending_at = 0;
	c->pending_end = n;
	return true;
}

/* Takes what has arrived. False: the connection is gone. */
static bool take_input(struct connection *c)
{
	ssize_t n = read(c->ep.fd, read_buf, sizeof(read_buf));

	if (n < 0)
		return would_block();
	if (n == 0)
		c->eof = true;
	else if (c->ep.service == ECHO_SERVICE)
		return echo_bytes(c, (size_t)n);
	return true;
}

/* Writes lines from where the last write ended. */
static bool generate(struct connection *c)
{
	ssize_t n = write(c->ep.fd, chargen_buf + c->position, CHARGEN_SPANS * CHARGEN_SPAN);

	if (n < 0)
		return would_block();
	c->position = (c->position + (size_t)n) % CHARGEN_SPAN;
	return true;
}

static void serve_connection(struct connection *c, uint32_t events)
{
	bool alive = true;

	if (c->pending && events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
		alive = flush(c);
	if (alive && !c->pending && !c->eof && events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		alive = take_input(c);
	if (alive && c->ep.service == CHARGEN_SERVICE && events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
		alive = generate(c);
	/* The peer has ended its stream; ours ends once all is written. */
	if (alive && c->eof && !c->pending && c->ep.service != CHARGEN_SERVICE)
		alive = false;
	if (alive)
		set_interest(c);
	else
		drop(c);
}

static void start_connection(struct endpoint *listener, int fd)
{
	struct connection *c = calloc(1, sizeof(*c));
	uint32_t events = listener->service == CHARGEN_SERVICE ? EPOLLIN | EPOLLOUT : EPOLLIN;

	if (!c) {
		close(fd);
		return;
	}
	c->ep.kind = CONNECTION;
	c->ep.service = listener->service;
	c->ep.fd = fd;
	if (!add(&c->ep, events))
		drop(c);
}

static void serve_listener(struct endpoint *listener)
{
	int i, fd;

	for (i = 0; i < ACCEPTS; i++) {
		fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			start_connection(listener, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			pause_listeners(true);
		/* Other errors are those of a connection that died in the queue. */
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

/* Servers that answer each other's answers never stop: such senders get none. */
static bool sender_is_server(const struct sockaddr_storage *from)
{
	const struct sockaddr_in *in = (const void *)from;
	int port = ntohs(in->sin_port); /* at the same place in an IPv6 address */
	int i;

	if (port == 0)
		return true;
	for (i = 0; i < SERVICES; i++)
		if (port == service_ports[i] || port == service_ports[i] + port_offset)
			return true;
	return false;
}

/*
 * Turns the control message that says where a datagram was sent into one that makes the answer
 * come from there. False: it was sent to more than this host, and so gets no answer.
 */
static bool answer_from(struct msghdr *msg)
{
	struct cmsghdr *cm = CMSG_FIRSTHDR(msg);

	if (!cm) {
		msg->msg_control = NULL;
		msg->msg_controllen = 0;
		return true;
	}
	if (cm->cmsg_level == SOL_IP && cm->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(cm);
		uint32_t to = ntohl(info->ipi_addr.s_addr);

		if (IN_MULTICAST(to) || info->ipi_addr.s_addr != info->ipi_spec_dst.s_addr)
			return false;
		info->ipi_ifindex = 0;
		msg->msg_controllen = CMSG_SPACE(sizeof(*info));
	} else if (cm->cmsg_level == SOL_IPV6 && cm->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(cm);

		if (info->ipi6_addr.s6_addr[0] == 0xff)
			return false;
		msg->msg_controllen = CMSG_SPACE(sizeof(*info));
	}
	return true;
}

/* Sends the first @n messages; one that cannot be sent is lost, as a datagram may be. */
static void send_messages(int fd, unsigned int n)
{
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	struct mmsghdr *msgs = messages;
	int sent;

	if (n == 1) {
		while (sendmsg(fd, &msgs->msg_hdr, flags) < 0 && errno == EINTR)
			;
		return;
	}
	while (n) {
		sent = sendmmsg(fd, msgs, n, flags);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 1)
			sent = 1;
		msgs += sent;
		n -= (unsigned int)sent;
	}
}

/* A random number of characters from 0 to 512, from a random line on. */
static void chargen_reply(struct iovec *iov)
{
	iov->iov_base = chargen_buf + CHARGEN_LINE * (rand() % CHARGEN_SET);
	iov->iov_len = (size_t)rand() % (CHARGEN_UDP + 1);
}

/* How many to ask for next, after @n came. A lone datagram shall not cost a look for a second one; but
 * now and then one is made, and a stream is then taken in batches. */
static void adapt_batch(struct endpoint *ep, int n)
{
	if (n < ep->batch) {
		ep->batch = n > 1 ? n : 1;
		ep->full = 0;
	} else if (ep->batch < UDP_BATCH && (ep->batch > 1 || ++ep->full == UDP_PROBE)) {
		ep->batch++;
		ep->full = 0;
	}
}

/* Each header has an address, a buffer and control messages of its own for good. */
static void prepare_messages(void)
{
	int i;

	for (i = 0; i < UDP_BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_name = &datagrams[i].from,
						       .msg_iov = &vectors[i],
						       .msg_iovlen = 1 };
}

/* The header is made ready for the next datagram: what the last one and its answer have changed. */
static void renew(struct msghdr *msg)
{
	struct datagram *d = msg->msg_name;

	msg->msg_namelen = sizeof(d->from);
	msg->msg_control = d->control;
	msg->msg_controllen = sizeof(d->control);
	msg->msg_iov->iov_base = d->data;
	msg->msg_iov->iov_len = UDP_MAX;
}

/* Takes up to @n datagrams. How many, or -1. */
static int take_datagrams(int fd, int n)
{
	ssize_t len;
	int i;

	for (i = 0; i < n; i++)
		renew(&messages[i].msg_hdr);
	if (n > 1)
		return recvmmsg(fd, messages, (unsigned int)n, MSG_DONTWAIT, NULL);
	len = recvmsg(fd, &messages->msg_hdr, MSG_DONTWAIT);
	if (len < 0)
		return -1;
	messages->msg_len = (unsigned int)len;
	return 1;
}

/* Makes the answer of what came, in its place. False: it gets none. */
static bool make_answer(enum service service, struct mmsghdr *m)
{
	struct iovec *iov = m->msg_hdr.msg_iov;

	if (sender_is_server(m->msg_hdr.msg_name) || !answer_from(&m->msg_hdr))
		return false;
	iov->iov_len = m->msg_len;
	if (service == CHARGEN_SERVICE)
		chargen_reply(iov);
	return true;
}

static void serve_datagrams(struct endpoint *ep)
{
	int n = take_datagrams(ep->fd, ep->batch);
	struct mmsghdr silent;
	int i, answers = 0;

	adapt_batch(ep, n);
	for (i = 0; i < n; i++) {
		if (!make_answer(ep->service, &messages[i]))
			continue;
		if (i != answers) { /* the answers come to stand in a row */
			silent = messages[answers];
			messages[answers] = messages[i];
			messages[i] = silent;
		}
		answers++;
	}
	if (answers)
		send_messages(ep->fd, (unsigned int)answers);
}

static void drop_datagrams(struct endpoint *ep)
{
	struct mmsghdr in[DROP_BATCH] = { 0 };

	recvmmsg(ep->fd, in, DROP_BATCH, MSG_DONTWAIT, NULL);
}

static void serve(struct endpoint *ep, uint32_t events)
{
	if (ep->kind == LISTENER)
		serve_listener(ep);
	else if (ep->kind == CONNECTION)
		serve_connection((struct connection *)ep, events);
	else if (ep->service == DISCARD_SERVICE)
		drop_datagrams(ep);
	else
		serve_datagrams(ep);
}

static _Noreturn void die(const char *what, int port)
{
	fprintf(stderr, "echod: %s port %d: %s\n", what, port, strerror(errno));
	exit(1);
}

/* A socket bound to the port on every address of the family; -1: there is no such family. */
static int open_port(int family, int type, int port)
{
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	const char *what = type == SOCK_STREAM ? "TCP" : "UDP";
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1;
	int err;

	if (fd < 0 && family == AF_INET6)
		return -1;
	if (fd < 0)
		die(what, port);
	if (type == SOCK_STREAM) {
		/* Connections inherit it: an answer never waits for an acknowledgement. */
		setsockopt(fd, SOL_TCP, TCP_NODELAY, &one, sizeof(one));
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	} else if (family == AF_INET) {
		setsockopt(fd, SOL_IP, IP_PKTINFO, &one, sizeof(one));
	} else {
		setsockopt(fd, SOL_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	}
	if (family == AF_INET6) {
		setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &one, sizeof(one));
		err = bind(fd, (struct sockaddr *)&any6, sizeof(any6));
	} else {
		err = bind(fd, (struct sockaddr *)&any4, sizeof(any4));
	}
	if (err || (type == SOCK_STREAM && listen(fd, SOMAXCONN)))
		die(what, port);
	return fd;
}

static bool open_endpoint(int family, int type, enum service service)
{
	int port = service_ports[service] + port_offset;
	int fd = open_port(family, type, port);
	struct endpoint *ep;

	if (fd < 0)
		return false;
	ep = calloc(1, sizeof(*ep));
	if (!ep)
		die("memory for", port);
	ep->kind = type == SOCK_STREAM ? LISTENER : DATAGRAM;
	ep->service = service;
	ep->fd = fd;
	ep->batch = 1;
	if (ep->kind == LISTENER)
		listeners[listener_count++] = ep;
	if (!add(ep, EPOLLIN))
		die("epoll of", port);
	return true;
}

static void open_all(void)
{
	bool v6 = true;
	int s;

	for (s = 0; s < SERVICES; s++) {
		open_endpoint(AF_INET, SOCK_STREAM, (enum service)s);
		open_endpoint(AF_INET, SOCK_DGRAM, (enum service)s);
		v6 = v6 && open_endpoint(AF_INET6, SOCK_STREAM, (enum service)s) &&
		     open_endpoint(AF_INET6, SOCK_DGRAM, (enum service)s);
	}
}

/* Lines of 72 characters, each beginning one character later in the ring of printable ones. */
static void fill_chargen(void)
{
	int i;

	for (i = 0; i < CHARGEN_SPAN; i++) {
		int line = i / CHARGEN_LINE;
		int column = i % CHARGEN_LINE;

		if (column < CHARGEN_TEXT)
			chargen_buf[i] = (char)(' ' + (line + column) % CHARGEN_SET);
		else
			chargen_buf[i] = column == CHARGEN_TEXT ? '\r' : '\n';
	}
	for (i = CHARGEN_SPAN; i < CHARGEN_ROOM; i += CHARGEN_SPAN)
		memcpy(chargen_buf + i, chargen_buf, CHARGEN_SPAN);
}

static void seed(void)
{
	unsigned int value = (unsigned int)getpid();

	getrandom(&value, sizeof(value), GRND_NONBLOCK);
	srand(value);
}

/* As many descriptors as may be had without privilege. */
static void raise_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur >= lim.rlim_max)
		return;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
}

static void parse_arguments(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "p:")) != -1) {
		char *end = "?";

		if (c == 'p')
			port_offset = (int)strtol(optarg, &end, 10);
		if (*end || port_offset < 0 || port_offset > 65535 - 19) {
			fprintf(stderr,
				"usage: echod [-p OFFSET]   (OFFSET is added to ports 7, 9, 19)\n");
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[EVENTS];
	int i, n;

	parse_arguments(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	raise_limit();
	fill_chargen();
	prepare_messages();
	seed();
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd < 0) {
		perror("echod: epoll_create1");
		return 1;
	}
	open_all();
	printf("echod: serving echo on port %d, discard on %d, chargen on %d (TCP and UDP)\n",
	       service_ports[ECHO_SERVICE] + port_offset,
	       service_ports[DISCARD_SERVICE] + port_offset,
	       service_ports[CHARGEN_SERVICE] + port_offset);
	fflush(stdout);
	for (;;) {
		n = epoll_wait(epfd, events, EVENTS, paused ? RETRY_MS : -1);
		if (n < 0 && errno != EINTR) {
			perror("echod: epoll_wait");
			return 1;
		}
		for (i = 0; i < n; i++)
			serve(events[i].data.ptr, events[i].events);
		if (n == 0 && paused)
			pause_listeners(false);
	}
}
