/* SPDX-License-Identifier: MIT */
/* Reading /proc/net/tcp, udp, raw and icmp: one format for all of them. */
#include "cmd_internal.h"

/* "0100007F:0035": an address as its word in memory, a port in host order. */
static bool parse_endpoint(char *s, __be32 *addr, u16 *port)
{
	char *colon = strchr(s, ':');

	if (!colon)
		return false;
	*colon = '\0';
	*addr = (__be32)simple_strtoull(s, NULL, 16);
	*port = (u16)simple_strtoull(colon + 1, NULL, 16);
	return true;
}

/* "00000000:0000000A": two numbers in one word. */
static void parse_pair(char *s, unsigned int *a, unsigned int *b)
{
	char *end;

	*a = (unsigned int)simple_strtoull(s, &end, 16);
	*b = *end == ':' ? (unsigned int)simple_strtoull(end + 1, NULL, 16) : 0;
}

static bool parse_row(char *line, struct inet_row *r)
{
	char *w[10];
	unsigned int i, when;

	for (i = 0; i < 10; i++) {
		w[i] = word_of(&line);
		if (!w[i])
			return false;
	}
	if (!parse_endpoint(w[1], &r->laddr, &r->lport) ||
	    !parse_endpoint(w[2], &r->raddr, &r->rport))
		return false;
	r->state = (unsigned int)simple_strtoull(w[3], NULL, 16);
	parse_pair(w[4], &r->tx_queue, &r->rx_queue);
	parse_pair(w[5], &r->timer, &when);
	r->timer_when = when;
	r->retrans = (unsigned int)simple_strtoull(w[6], NULL, 16);
	r->uid = (unsigned int)simple_strtoull(w[7], NULL, 10);
	r->probes = (unsigned int)simple_strtoull(w[8], NULL, 10);
	r->inode = simple_strtoull(w[9], NULL, 10);
	return true;
}

int for_each_inet(const char *cmd, const char *proto,
		  void (*fn)(const struct inet_row *row, void *arg), void *arg)
{
	char path[32], *text, *rest, *line;
	struct inet_row row = { .proto = proto };

	snprintf(path, sizeof(path), "/proc/net/%s", proto);
	text = proc_text(cmd, path);
	if (!text)
		return 1;
	rest = text;
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) && !con_interrupted())
		if (parse_row(line, &row))
			fn(&row, arg);
	kfree(text);
	return 0;
}
