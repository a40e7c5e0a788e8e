/* SPDX-License-Identifier: MIT */
/* echo: the book's client of an echo server, as the kernel's own user of sockets. Book
 * sections 12.3.2, 12.3.3, 12.11.1. */
#include "cmd_internal.h"

#define REPLY_TIMEOUT_MS 5000
#define LINE_MAX	 1024

struct echo_client {
	struct socket *sock;
	bool udp;
	char buf[LINE_MAX + 1];
};

static int send_all(struct echo_client *c, const char *text, size_t len)
{
	while (len) {
		struct kmsghdr m = { 0 };
		struct iovec vec = { (void *)(uintptr_t)text, len };
		int n = kernel_sendmsg(c->sock, &m, &vec, 1, len);

		if (n < 0)
			return n;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Receive and print what was sent: of a stream as many bytes, of datagrams one. */
static int print_reply(struct echo_client *c, size_t len)
{
	size_t done = 0;

	do {
		struct kmsghdr m = { 0 };
		struct iovec vec = { c->buf, LINE_MAX };
		int n = kernel_recvmsg(c->sock, &m, &vec, 1, LINE_MAX, 0);

		if (n < 0)
			return n == -EAGAIN ? -ETIMEDOUT : n;
		if (!n && !c->udp)
			return -ECONNRESET;
		con_write(c->buf, (size_t)n);
		done += (size_t)n;
	} while (!c->udp && done < len && !con_interrupted());
	return 0;
}

static int exchange(struct echo_client *c, const char *text, size_t len)
{
	int err = send_all(c, text, len);

	return err ? err : print_reply(c, len);
}

/* Lines from the terminal until its end. */
static int exchange_lines(struct echo_client *c)
{
	char line[LINE_MAX];
	ssize_t n;
	int err = 0;

	while (!err && (n = console_tty_read(line, sizeof(line), false)) > 0)
		err = exchange(c, line, (size_t)n);
	return con_interrupted() ? 0 : err;
}

static int connect_to(struct echo_client *c, __be32 addr, u16 port)
{
	struct sockaddr_in sin;
	int err = sock_create(AF_INET, c->udp ? SOCK_DGRAM : SOCK_STREAM, 0, &c->sock);

	if (err)
		return err;
	set_sockaddr(&sin, addr, port);
	err = kernel_connect(c->sock, (struct sockaddr *)&sin, sizeof(sin), 0);
	return err ? err : set_timeout(c->sock, REPLY_TIMEOUT_MS);
}

/* The words of the command behind the port, joined by blanks, with a newline as echo(1) would. */
static size_t join_words(int argc, char **argv, char *text, size_t size)
{
	size_t n = 0;
	int i;

	for (i = 0; i < argc; i++)
		n += (size_t)scnprintf(text + n, size - n, "%s%s", i ? " " : "", argv[i]);
	n += (size_t)scnprintf(text + n, size - n, "\n");
	return n;
}

static int run(struct echo_client *c, const char *host, u16 port, int argc, char **argv)
{
	char text[LINE_MAX];
	__be32 addr;
	int err = resolve_host(host, &addr);

	if (err) {
		con_printf("echo: %s: %s\n", host, resolve_error(err));
		return 1;
	}
	err = connect_to(c, addr, port);
	if (!err)
		err = argc ? exchange(c, text, join_words(argc, argv, text, sizeof(text)))
			   : exchange_lines(c);
	if (c->sock)
		sock_release(c->sock);
	if (err && !con_interrupted())
		con_printf("echo: %s:%u: %s\n", host, port, error_text(err));
	return err ? 1 : 0;
}

static int cmd_echo(int argc, char **argv)
{
	struct echo_client *c;
	bool udp = false;
	int first, n = 0, err;
	u16 port;

	/* "-u" may stand anywhere before the text */
	for (first = 1; first < argc && n < 2; first++) {
		if (!strcmp(argv[first], "-u"))
			udp = true;
		else
			argv[n++] = argv[first];
	}
	if (first < argc && n == 2 && !strcmp(argv[first], "-u")) {
		udp = true;
		first++;
	}
	if (n < 2)
		return usage(&echo_command);
	if (kstrtou16(argv[1], 10, &port) || !port) {
		con_printf("echo: `%s` is not a port; a number from 1 to 65535 is right\n",
			   argv[1]);
		return 2;
	}
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return 1;
	c->udp = udp;
	err = run(c, argv[0], port, argc - first, argv + first);
	kfree(c);
	return err;
}

struct console_command echo_command = {
	.name = "echo",
	.summary = "talk to an echo server",
	.usage = "  echo HOST PORT [-u] [TEXT...]\nOver TCP, or UDP with -u. Without TEXT, lines "
		 "are read until Ctrl-D.\n",
	.fn = cmd_echo,
};
