/* SPDX-License-Identifier: MIT */
/* The echo client of the book's sections 12.3.2 (TCP) and 12.3.3 (UDP): sends, and prints the
 * reply. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define UDP_TRIES   3
#define UDP_WAIT_MS 1000
#define BUF_SIZE    65536

static char buf[BUF_SIZE];
static bool opening; /* the first bytes open the connection (RFC 7413) */

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: echo HOST PORT [-u | -f] [TEXT...]   (-u: UDP; -f: TCP Fast Open; "
			"no TEXT: lines of standard input)\n");
	exit(2);
}

static _Noreturn void die(const char *what)
{
	int err = errno;

	fflush(stdout);
	fprintf(stderr, "echo: %s: %s\n", what, strerror(err));
	exit(1);
}

/* The first address that takes a connection; of a UDP socket that only sets the peer. */
static int connect_to(const char *host, const char *port, int type)
{
	struct addrinfo hints = { .ai_socktype = type, .ai_flags = AI_ADDRCONFIG };
	char where[INET6_ADDRSTRLEN + 32] = "connect";
	struct addrinfo *list, *ai;
	int err = getaddrinfo(host, port, &hints, &list);
	int fd = -1;

	if (err) {
		fprintf(stderr, "echo: %s port %s: %s\n", host, port, gai_strerror(err));
		exit(1);
	}
	for (ai = list; ai; ai = ai->ai_next) {
		char addr[INET6_ADDRSTRLEN] = "";

		getnameinfo(ai->ai_addr, ai->ai_addrlen, addr, sizeof(addr), NULL, 0,
			    NI_NUMERICHOST);
		snprintf(where, sizeof(where), "%s port %s", addr, port);
		fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, ai->ai_protocol);
		if (fd >= 0 && opening &&
		    setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &(int){ 1 }, sizeof(int)))
			die("TCP_FASTOPEN_CONNECT");
		if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
			break;
		err = errno;
		if (fd >= 0)
			close(fd);
		fd = -1;
		errno = err;
	}
	if (fd < 0)
		die(where);
	freeaddrinfo(list);
	return fd;
}

/* Prints what there is to read, up to the n bytes still expected. 0: the peer has ended. */
static size_t print_some(int fd, size_t n, char *last)
{
	ssize_t got = recv(fd, buf, n < BUF_SIZE ? n : BUF_SIZE, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return (size_t)-1;
	if (got < 0)
		die("receive");
	fwrite(buf, 1, (size_t)got, stdout);
	if (got)
		*last = buf[got - 1];
	return (size_t)got;
}

/*
 * Sends n bytes, and prints n bytes of echo while it does so: a peer that is not read from may stop
 * reading too. The last byte printed goes to *last. With end set, ours was the last word.
 */
static void exchange(int fd, const char *p, size_t n, bool end, char *last)
{
	size_t expected = n;
	size_t total = n;

	if (end && n == 0)
		shutdown(fd, SHUT_WR);
	while (expected) {
		struct pollfd pfd = { .fd = fd, .events = (short)(n ? POLLIN | POLLOUT : POLLIN) };

		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			die("poll");
		if (n && pfd.revents & (POLLOUT | POLLERR | POLLHUP)) {
			ssize_t sent = send(fd, p, n,
					    (opening ? 0 : MSG_DONTWAIT) | MSG_NOSIGNAL);

			opening = false;
			if (sent < 0 && errno != EAGAIN && errno != EINTR)
				die("send");
			if (sent > 0) {
				p += sent;
				n -= (size_t)sent;
				if (!n && end)
					shutdown(fd, SHUT_WR);
			}
		}
		if (pfd.revents & (POLLIN | POLLERR | POLLHUP)) {
			size_t got = print_some(fd, expected, last);

			if (got == 0) {
				fflush(stdout);
				fprintf(stderr, "echo: the peer closed after %zu of %zu bytes\n",
					total - expected, total);
				exit(1);
			}
			if (got != (size_t)-1)
				expected -= got;
		}
	}
}

/* One datagram, and one back; what is lost is sent again. */
static void exchange_datagram(int fd, const char *p, size_t n, char *last)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int try;

	for (try = 0; try < UDP_TRIES; try++) {
		ssize_t got;

		if (send(fd, p, n, MSG_NOSIGNAL) < 0)
			die("send");
		if (poll(&pfd, 1, UDP_WAIT_MS) <= 0)
			continue;
		got = recv(fd, buf, sizeof(buf), 0);
		if (got < 0)
			die("receive");
		fwrite(buf, 1, (size_t)got, stdout);
		*last = got ? buf[got - 1] : '\0';
		return;
	}
	errno = ETIMEDOUT;
	die("no reply");
}

/* The words of the command line with a space between them; NULL where there are none. */
static char *join(char **words, int n)
{
	size_t len = 1;
	char *text;
	int i;

	if (!n)
		return NULL;
	for (i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	text = calloc(1, len);
	if (!text)
		die("memory");
	for (i = 0; i < n; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, words[i]);
	}
	return text;
}

static void echo_text(int fd, const char *text, bool udp)
{
	char last = '\n';

	if (udp)
		exchange_datagram(fd, text, strlen(text), &last);
	else
		exchange(fd, text, strlen(text), true, &last);
	if (last != '\n')
		putchar('\n');
}

static void echo_lines(int fd, bool udp)
{
	char *line = NULL;
	size_t room = 0;
	char last;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		if (udp)
			exchange_datagram(fd, line, (size_t)n, &last);
		else
			exchange(fd, line, (size_t)n, false, &last);
		fflush(stdout);
	}
	free(line);
}

int main(int argc, char **argv)
{
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	bool udp = false;
	bool plain = false; /* after -- everything is text */
	int n = 0;
	char *text;
	int fd, i;

	for (i = 1; words && i < argc; i++) {
		if (!plain && strcmp(argv[i], "-u") == 0)
			udp = true;
		else if (!plain && strcmp(argv[i], "-f") == 0)
			opening = true;
		else if (!plain && strcmp(argv[i], "--") == 0)
			plain = true;
		else
			words[n++] = argv[i];
	}
	if (n < 2 || (udp && opening))
		usage();
	signal(SIGPIPE, SIG_IGN);
	text = join(words + 2, n - 2);
	fd = connect_to(words[0], words[1], udp ? SOCK_DGRAM : SOCK_STREAM);
	if (text)
		echo_text(fd, text, udp);
	else
		echo_lines(fd, udp);
	fflush(stdout);
	close(fd);
	return ferror(stdout) ? 1 : 0;
}
