/* SPDX-License-Identifier: MIT */
/* Names to addresses: dotted quads, /etc/hosts, and a stub resolver over a kernel socket. RFC 1035.
 */
#include <kernel/byteorder.h>
#include <kernel/random.h>
#include <kernel/time.h>

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

static int build_query(const char *name, u16 type, u16 id, u8 *msg)
{
	struct dnshdr h = { .id = htons(id), .flags = htons(DNS_FLAG_RD), .qdcount = htons(1) };
	int n = encode_name(name, msg + sizeof(h));

	if (n < 0)
		return n;
	memcpy(msg, &h, sizeof(h));
	n += (int)sizeof(h);
	put_unaligned_be16(type, msg + n);
	put_unaligned_be16(DNS_CLASS_IN, msg + n + 2);
	return n + 4;
}

/* ---- reading an answer: every byte of it is a stranger's ---- */

int dns_name(const u8 *msg, int len, int pos, char *out)
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

int dns_record(const u8 *msg, int len, int pos, struct dns_rr *rr)
{
	pos = dns_name(msg, len, pos, rr->name);
	if (pos < 0 || pos + 10 > len)
		return -EINVAL;
	rr->type = get_unaligned_be16(msg + pos);
	rr->class = get_unaligned_be16(msg + pos + 2);
	rr->len = get_unaligned_be16(msg + pos + 8);
	rr->data = pos + 10;
	return rr->data + rr->len > len ? -EINVAL : rr->data + rr->len;
}

/* Is what came (r->msg, of @len bytes) an answer to our question? Then its parts are noted. */
static bool is_answer(struct dns_reply *r, int len, u16 id)
{
	struct dnshdr h;
	char name[DNS_MAX_NAME + 1];
	int pos;

	if (len < (int)sizeof(h))
		return false;
	memcpy(&h, r->msg, sizeof(h));
	if (ntohs(h.id) != id || !(ntohs(h.flags) & DNS_FLAG_QR) || ntohs(h.qdcount) != 1)
		return false;
	pos = dns_name(r->msg, len, sizeof(h), name);
	if (pos < 0 || pos + 4 > len || strcasecmp(name, r->name) ||
	    get_unaligned_be16(r->msg + pos) != r->type)
		return false;
	r->len = len;
	r->records = pos + 4;
	r->authoritative = ntohs(h.flags) & DNS_FLAG_AA;
	r->rcode = ntohs(h.flags) & DNS_RCODE_MASK;
	r->count[0] = ntohs(h.ancount);
	r->count[1] = ntohs(h.nscount);
	r->count[2] = ntohs(h.arcount);
	return true;
}

/* ---- asking ---- */

static int ask(struct socket *sock, const u8 *query, int qlen, u16 id, struct dns_reply *r)
{
	struct kmsghdr m = { 0 };
	struct iovec vec = { (void *)(uintptr_t)query, (size_t)qlen };
	u64 deadline = ktime_get_ns() + QUERY_TIMEOUT_MS * NSEC_PER_MSEC, now;
	int n = kernel_sendmsg(sock, &m, &vec, 1, (size_t)qlen);

	if (n < 0)
		return n;
	do { /* what is no answer to us gives the answer no more time */
		now = ktime_get_ns();
		if (now >= deadline)
			return -EAGAIN;
		set_timeout(sock, (unsigned int)DIV_ROUND_UP(deadline - now, NSEC_PER_MSEC));
		m = (struct kmsghdr){ 0 };
		vec = (struct iovec){ r->msg, sizeof(r->msg) };
		n = kernel_recvmsg(sock, &m, &vec, 1, sizeof(r->msg), 0);
		if (n < 0)
			return n;
		if (is_answer(r, n, id))
			return 0;
	} while (!con_interrupted());
	return -EAGAIN;
}

static int ask_server(struct dns_reply *r)
{
	struct sockaddr_in sin;
	u8 query[DNS_MAX_UDP];
	u16 id = (u16)get_random_u32();
	int qlen = build_query(r->name, r->type, id, query), err, i;
	struct socket *sock;

	if (qlen < 0)
		return qlen;
	err = sock_create(AF_INET, SOCK_DGRAM, 0, &sock);
	if (err)
		return err;
	set_sockaddr(&sin, r->server, DNS_PORT);
	err = kernel_connect(sock, (struct sockaddr *)&sin, sizeof(sin), 0);
	for (i = 0; !err && i < QUERY_TRIES; i++) {
		err = ask(sock, query, qlen, id, r);
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

int dns_ask(const char *name, u16 type, __be32 server, struct dns_reply *r)
{
	__be32 servers[SERVERS_MAX] = { server };
	int n = server ? 1 : name_servers(servers), i, err = -EAGAIN;
	size_t len = strlen(name);

	if (!len || len >= sizeof(r->name))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		memset(r, 0, sizeof(*r));
		memcpy(r->name, name, len - (name[len - 1] == '.'));
		r->type = type;
		r->server = servers[i];
		err = ask_server(r);
		if (err == -EINVAL || con_interrupted())
			break;
		if (!err && (r->rcode == DNS_RCODE_OK || r->rcode == DNS_RCODE_NXDOMAIN))
			break;
	}
	return err;
}

/* The first address of the name asked for, or of what it stands for. 0, -ENOENT, -EIO. */
static int first_address(const struct dns_reply *r, __be32 *addr)
{
	const char *alias = r->name;
	char cname[DNS_MAX_NAME + 1];
	struct dns_rr rr;
	int pos = r->records;
	unsigned int n;

	if (r->rcode)
		return r->rcode == DNS_RCODE_NXDOMAIN ? -ENOENT : -EIO;
	for (n = 0; n < r->count[0]; n++) {
		pos = dns_record(r->msg, r->len, pos, &rr);
		if (pos < 0)
			return -EIO;
		if (rr.class != DNS_CLASS_IN || strcasecmp(rr.name, alias))
			continue;
		if (rr.type == DNS_TYPE_A && rr.len == 4) {
			memcpy(addr, r->msg + rr.data, 4);
			return 0;
		}
		if (rr.type == DNS_TYPE_CNAME) {
			if (dns_name(r->msg, r->len, rr.data, cname) < 0)
				return -EIO;
			alias = cname;
		}
	}
	return -ENOENT;
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
	struct dns_reply *r;
	int err;

	if (parse_ipv4(name, addr) || hosts_lookup(name, addr))
		return 0;
	/* A name of digits and dots only was meant as an address. */
	if (!name[strspn(name, "0123456789.")])
		return -EINVAL;
	r = kmalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	err = dns_ask(name, DNS_TYPE_A, 0, r);
	if (!err)
		err = first_address(r, addr);
	kfree(r);
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
