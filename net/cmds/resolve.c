/* SPDX-License-Identifier: MIT */
/* Names to addresses: dotted quads, /etc/hosts, and a stub resolver over a kernel socket. RFC 1035.
 */
#include <kernel/byteorder.h>
#include <kernel/random.h>
#include <kernel/time.h>
#include <wire/dns.h>

#include "cmd_internal.h"

#define QUERY_TRIES	 3
#define QUERY_TIMEOUT_MS 2000
#define SERVERS_MAX	 3
#define POINTERS_MAX	 32 /* compression pointers in one name: more is a loop */
#define TEXT_MAX	 65536u

/* ---- building a query ---- */

/* A host name as length-prefixed labels. The length, or -EINVAL. */
static int encode_name(const char *name, u8 *out)
{
	u8 *label = out, *p = out + 1;

	for (;; name++) {
		if (*name && *name != '.') {
			if (p - label > DNS_MAX_LABEL || p - out >= DNS_MAX_NAME)
				return -EINVAL;
			*p++ = (u8)*name;
			continue;
		}
		if (p == label + 1)
			return -EINVAL;
		*label = (u8)(p - label - 1);
		label = p++;
		if (!*name || !name[1])
			break;
	}
	*label = 0;
	return (int)(p - out);
}

static int build_query(const char *name, u16 id, u8 *msg)
{
	struct dnshdr h = { .id = htons(id), .flags = htons(DNS_FLAG_RD), .qdcount = htons(1) };
	int n = encode_name(name, msg + sizeof(h));

	if (n < 0)
		return n;
	memcpy(msg, &h, sizeof(h));
	n += (int)sizeof(h);
	put_unaligned_be16(DNS_TYPE_A, msg + n);
	put_unaligned_be16(DNS_CLASS_IN, msg + n + 2);
	return n + 4;
}

/* ---- reading an answer: every byte of it is a stranger's ---- */

/* A name at @pos, into @out (256 bytes). The position behind it, or -EINVAL. */
static int decode_name(const u8 *msg, int len, int pos, char *out)
{
	int after = -1, used = 0, jumps = 0;

	for (;;) {
		int n;

		if (pos >= len)
			return -EINVAL;
		n = msg[pos++];
		if ((n & DNS_COMPRESSION) == DNS_COMPRESSION) {
			if (pos >= len || ++jumps > POINTERS_MAX)
				return -EINVAL;
			if (after < 0)
				after = pos + 1;
			pos = (n & ~DNS_COMPRESSION) << 8 | msg[pos];
			continue;
		}
		if (n & DNS_COMPRESSION || pos + n > len || used + n + 1 > DNS_MAX_NAME)
			return -EINVAL;
		if (!n)
			break;
		if (used)
			out[used++] = '.';
		for (; n; n--, pos++) /* unprintable bytes must not reach a terminal */
			out[used++] = isprint(msg[pos]) ? (char)msg[pos] : '?';
	}
	out[used] = '\0';
	return after < 0 ? pos : after;
}

/* Follow one resource record. The position behind it, or -EINVAL. */
static int read_record(const u8 *msg, int len, int pos, struct dns_answer *a)
{
	char name[DNS_MAX_NAME + 1];
	int type, class, rdlen;

	pos = decode_name(msg, len, pos, name);
	if (pos < 0 || pos + 10 > len)
		return -EINVAL;
	type = get_unaligned_be16(msg + pos);
	class = get_unaligned_be16(msg + pos + 2);
	rdlen = get_unaligned_be16(msg + pos + 8);
	pos += 10;
	if (pos + rdlen > len)
		return -EINVAL;
	/* Only what belongs to the name asked for, or to what it stands for. */
	if (class == DNS_CLASS_IN && !strcasecmp(name, a->cname[0] ? a->cname : a->name)) {
		if (type == DNS_TYPE_CNAME && decode_name(msg, len, pos, a->cname) < 0)
			return -EINVAL;
		if (type == DNS_TYPE_A && rdlen == 4 && a->nr_addrs < ARRAY_SIZE(a->addrs))
			memcpy(&a->addrs[a->nr_addrs++], msg + pos, 4);
	}
	return pos + rdlen;
}

/* The answer to our query: its head must match, then the records count. 0, -ENOENT, -EIO, or
 * -EINVAL: not an answer to us. */
static int read_answer(const u8 *msg, int len, u16 id, struct dns_answer *a)
{
	struct dnshdr h;
	char name[DNS_MAX_NAME + 1];
	int pos = sizeof(h), n, rcode;

	if (len < (int)sizeof(h))
		return -EINVAL;
	memcpy(&h, msg, sizeof(h));
	if (ntohs(h.id) != id || !(ntohs(h.flags) & DNS_FLAG_QR) || ntohs(h.qdcount) != 1)
		return -EINVAL;
	pos = decode_name(msg, len, pos, name);
	if (pos < 0 || pos + 4 > len || strcasecmp(name, a->name))
		return -EINVAL;
	pos += 4;
	rcode = ntohs(h.flags) & DNS_RCODE_MASK;
	if (rcode)
		return rcode == DNS_RCODE_NXDOMAIN ? -ENOENT : -EIO;
	for (n = ntohs(h.ancount); n && pos >= 0; n--)
		pos = read_record(msg, len, pos, a);
	if (a->nr_addrs)
		return 0;
	return pos < 0 ? -EIO : -ENOENT;
}

/* ---- asking ---- */

static int ask(struct socket *sock, const u8 *query, int qlen, u16 id, struct dns_answer *a)
{
	u8 reply[DNS_MAX_UDP];
	struct kmsghdr m = { 0 };
	struct iovec vec = { (void *)(uintptr_t)query, (size_t)qlen };
	u64 deadline = ktime_get_ns() + QUERY_TIMEOUT_MS * NSEC_PER_MSEC, now;
	int n = kernel_sendmsg(sock, &m, &vec, 1, (size_t)qlen), err;

	if (n < 0)
		return n;
	do { /* what is no answer to us gives the answer no more time */
		now = ktime_get_ns();
		if (now >= deadline)
			return -EAGAIN;
		set_timeout(sock, (unsigned int)DIV_ROUND_UP(deadline - now, NSEC_PER_MSEC));
		m = (struct kmsghdr){ 0 };
		vec = (struct iovec){ reply, sizeof(reply) };
		n = kernel_recvmsg(sock, &m, &vec, 1, sizeof(reply), 0);
		if (n < 0)
			return n;
		err = read_answer(reply, n, id, a);
	} while (err == -EINVAL && !con_interrupted());
	return err;
}

static int ask_server(const char *name, __be32 server, struct dns_answer *a)
{
	struct sockaddr_in sin;
	u8 query[DNS_MAX_UDP];
	u16 id = (u16)get_random_u32();
	int qlen = build_query(name, id, query), err, i;
	struct socket *sock;

	if (qlen < 0)
		return qlen;
	err = sock_create(AF_INET, SOCK_DGRAM, 0, &sock);
	if (err)
		return err;
	set_sockaddr(&sin, server, DNS_PORT);
	err = kernel_connect(sock, (struct sockaddr *)&sin, sizeof(sin), 0);
	for (i = 0; !err && i < QUERY_TRIES; i++) {
		err = ask(sock, query, qlen, id, a);
		if (err != -EAGAIN || con_interrupted())
			break;
		err = i + 1 < QUERY_TRIES ? 0 : err;
	}
	sock_release(sock);
	return err;
}

/* The name servers of /etc/resolv.conf; how many. */
static int name_servers(__be32 *servers)
{
	char *text, *rest, *line;
	int n = 0;

	if (kernel_read_whole("/etc/resolv.conf", &text, TEXT_MAX) < 0)
		return 0;
	for (rest = text; n < SERVERS_MAX && (line = strsep(&rest, "\n"));) {
		char *key = word_of(&line), *value = key ? word_of(&line) : NULL;

		if (value && !strcmp(key, "nameserver") && parse_ipv4(value, &servers[n]))
			n++;
	}
	kfree(text);
	return n;
}

int dns_query(const char *name, __be32 server, struct dns_answer *a)
{
	__be32 servers[SERVERS_MAX] = { server };
	int n = server ? 1 : name_servers(servers), i, err = -EAGAIN;
	size_t len = strlen(name);

	if (!len || len >= sizeof(a->name))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		memset(a, 0, sizeof(*a));
		memcpy(a->name, name, len - (name[len - 1] == '.'));
		a->server = servers[i];
		err = ask_server(a->name, servers[i], a);
		if (!err || err == -ENOENT || err == -EINVAL || con_interrupted())
			break;
	}
	return err;
}

/* Look a name up in /etc/hosts. */
static bool hosts_lookup(const char *name, __be32 *addr)
{
	char *text, *rest, *line, *word;
	bool found = false;

	if (kernel_read_whole("/etc/hosts", &text, TEXT_MAX) < 0)
		return false;
	for (rest = text; !found && (line = strsep(&rest, "\n"));) {
		line[strcspn(line, "#")] = '\0';
		word = word_of(&line);
		if (!word || !parse_ipv4(word, addr))
			continue;
		while (!found && (word = word_of(&line)))
			found = !strcasecmp(word, name);
	}
	kfree(text);
	return found;
}

int resolve_host(const char *name, __be32 *addr)
{
	struct dns_answer *a;
	int err;

	if (parse_ipv4(name, addr) || hosts_lookup(name, addr))
		return 0;
	/* A name of digits and dots only was meant as an address. */
	if (!name[strspn(name, "0123456789.")])
		return -EINVAL;
	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	err = dns_query(name, 0, a);
	if (!err)
		*addr = a->addrs[0];
	kfree(a);
	return err;
}

const char *resolve_error(int err)
{
	switch (err) {
	case -EINVAL:
	case -ENOENT: return "Name or service not known";
	case -EAGAIN: return "Temporary failure in name resolution";
	default: return error_text(err);
	}
}
