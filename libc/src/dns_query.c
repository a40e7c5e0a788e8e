/* SPDX-License-Identifier: MIT */
/* The DNS stub resolver: queries over UDP with random port and id, over TCP where truncated. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libc_internal.h"
#include "netdb_internal.h"

#define PORT_TRIES 8
#define PORT_FIRST 16384
#define CHASES	   8 /* times that a server's bare CNAME is asked after */

struct question {
	unsigned char bytes[DNS_QUERY_MAX];
	size_t len;
	int type;
};

static uint16_t random16(void)
{
	static uint32_t counter;
	uint16_t v;

	if (getrandom(&v, sizeof(v), 0) == sizeof(v))
		return v;
	/* No generator: the kernel's bytes from the start, stirred by the clock. */
	if (getauxval(AT_RANDOM))
		memcpy(&counter, (void *)getauxval(AT_RANDOM), sizeof(counter));
	counter = (counter + (uint32_t)__now_ms()) * 2654435761U;
	return (uint16_t)(counter >> 16);
}

bool __family_works(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool wait_for(int fd, short events, long long deadline)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		long long left = deadline - __now_ms();
		int n;

		if (left <= 0)
			return false;
		n = poll(&p, 1, (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

/* A socket whose port an attacker must guess, connected so that it hears only the server. */
static int open_udp(const union any_addr *server)
{
	int fd = socket(server->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	union any_addr local = { 0 };
	int i;

	if (fd < 0)
		return -1;
	local.sa.sa_family = server->sa.sa_family;
	for (i = 0; i < PORT_TRIES; i++) {
		local.in.sin_port = htons(PORT_FIRST + random16() % (65536 - PORT_FIRST));
		if (bind(fd, &local.sa, any_len(&local)) == 0)
			break;
	}
	if (connect(fd, &server->sa, any_len(server))) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum dns_verdict ask_udp(const union any_addr *server, const struct question *q,
				int timeout_ms, struct host_list *list)
{
	long long deadline = __now_ms() + timeout_ms;
	enum dns_verdict verdict = DNS_FAILED;
	unsigned char reply[DNS_UDP_MAX];
	int fd = open_udp(server);
	ssize_t n;

	if (fd < 0)
		return DNS_FAILED;
	if (send(fd, q->bytes, q->len, MSG_NOSIGNAL) != (ssize_t)q->len)
		goto close;
	/* Whatever is no answer to this very question is passed over until the time is up. */
	while (wait_for(fd, POLLIN, deadline)) {
		n = recv(fd, reply, sizeof(reply), 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			break;
		verdict = __dns_parse(reply, (size_t)n, q->bytes, q->len, q->type, list);
		if (verdict != DNS_FOREIGN)
			goto close;
		verdict = DNS_FAILED;
	}
close:
	close(fd);
	return verdict;
}

static bool connect_tcp(int fd, const union any_addr *server, long long deadline)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (connect(fd, &server->sa, any_len(server)) == 0)
		return true;
	return errno == EINPROGRESS && wait_for(fd, POLLOUT, deadline) &&
	       getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) == 0 && err == 0;
}

static bool read_tcp(int fd, unsigned char *p, size_t n, long long deadline)
{
	while (n) {
		ssize_t got = recv(fd, p, n, 0);

		if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
			if (!wait_for(fd, POLLIN, deadline))
				return false;
			continue;
		}
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/* The question with the length that TCP puts before it (RFC 1035, section 4.2.2). */
static bool send_tcp(int fd, const struct question *q)
{
	unsigned char buf[2 + DNS_QUERY_MAX];

	buf[0] = (unsigned char)(q->len >> 8);
	buf[1] = (unsigned char)q->len;
	memcpy(buf + 2, q->bytes, q->len);
	/* A new connection's send buffer holds so few bytes at once. */
	return send(fd, buf, q->len + 2, MSG_NOSIGNAL) == (ssize_t)(q->len + 2);
}

static enum dns_verdict ask_tcp(const union any_addr *server, const struct question *q,
				int timeout_ms, struct host_list *list)
{
	int fd = socket(server->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	long long deadline = __now_ms() + timeout_ms;
	enum dns_verdict verdict = DNS_FAILED;
	unsigned char *reply = malloc(DNS_TCP_MAX);
	unsigned char prefix[2];
	size_t n;

	if (fd < 0 || !reply)
		goto out;
	if (!connect_tcp(fd, server, deadline) || !send_tcp(fd, q) ||
	    !read_tcp(fd, prefix, sizeof(prefix), deadline))
		goto out;
	n = (size_t)(prefix[0] << 8 | prefix[1]);
	if (!read_tcp(fd, reply, n, deadline))
		goto out;
	verdict = __dns_parse(reply, n, q->bytes, q->len, q->type, list);
	if (verdict == DNS_FOREIGN || verdict == DNS_TRUNCATED)
		verdict = DNS_FAILED;
out:
	free(reply);
	if (fd >= 0)
		close(fd);
	return verdict;
}

/* One question to the servers in turn, as often as the configuration says. */
static int ask(const struct resolv_conf *conf, const char *name, int type, struct host_list *list)
{
	struct question q = { .type = type };
	int round, i;

	for (round = 0; round < conf->attempts; round++) {
		for (i = 0; i < conf->server_count; i++) {
			const union any_addr *server = &conf->servers[i];
			enum dns_verdict verdict;
			int len = __dns_build(q.bytes, random16(), name, type);

			if (len < 0)
				return EAI_NONAME;
			q.len = (size_t)len;
			verdict = ask_udp(server, &q, conf->timeout_ms, list);
			if (verdict == DNS_TRUNCATED)
				verdict = ask_tcp(server, &q, conf->timeout_ms, list);
			if (verdict == DNS_ANSWER)
				return 0;
			if (verdict == DNS_NXDOMAIN)
				return EAI_NONAME;
		}
	}
	return EAI_AGAIN;
}

/* ask(), and again where the answer is but another name. */
static int resolve_type(const struct resolv_conf *conf, const char *name, int type,
			struct host_list *list)
{
	char asked[DNS_NAME_MAX + 1];
	int before = list->n;
	int i, err;

	if (strlcpy(asked, name, sizeof(asked)) >= sizeof(asked))
		return EAI_NONAME;
	for (i = 0; i < CHASES; i++) {
		err = ask(conf, asked, type, list);
		if (err)
			return err;
		if (list->n > before)
			return 0;
		if (!list->canon[0] || strcasecmp(list->canon, asked) == 0)
			return EAI_NODATA;
		strcpy(asked, list->canon);
	}
	return EAI_AGAIN;
}

static int resolve(const struct resolv_conf *conf, const char *name, int family,
		   struct host_list *list)
{
	int err = EAI_NODATA;
	int err6;

	if (family != AF_INET6) {
		err = resolve_type(conf, name, DNS_TYPE_A, list);
		if (family == AF_INET || err == EAI_NONAME)
			return err;
	}
	if (family == AF_UNSPEC && !__family_works(AF_INET6))
		return err;
	err6 = resolve_type(conf, name, DNS_TYPE_AAAA, list);
	if (list->n)
		return 0;
	return err == EAI_AGAIN || err6 == EAI_AGAIN ? EAI_AGAIN : err6;
}

static int count_dots(const char *name)
{
	int n = 0;

	for (; *name; name++)
		n += *name == '.';
	return n;
}

int __dns_lookup(const struct resolv_conf *conf, const char *name, int family,
		 struct host_list *list)
{
	char full[2 * DNS_NAME_MAX + 2];
	size_t len = strlen(name);
	bool absolute = len && name[len - 1] == '.';
	bool first = absolute || count_dots(name) >= conf->ndots;
	int err = EAI_NONAME;
	int found, i;

	if (len > DNS_NAME_MAX + 1)
		return EAI_NONAME;
	strcpy(full, name);
	if (absolute)
		full[len - 1] = '\0';
	if (first)
		err = resolve(conf, full, family, list);
	for (i = 0; !absolute && i < conf->search_count; i++) {
		if (err != EAI_NONAME && err != EAI_NODATA)
			return err;
		full[len] = '.';
		strcpy(full + len + 1, conf->search[i]);
		found = resolve(conf, full, family, list);
		/* That one form of the name exists is worth remembering. */
		err = found == EAI_NONAME ? err : found;
	}
	full[len] = '\0';
	if (!first && (err == EAI_NONAME || err == EAI_NODATA))
		err = resolve(conf, full, family, list);
	return err;
}
