/* SPDX-License-Identifier: MIT */
/* nslookup: ask a name server for a host's addresses, an address's names, and other records, which
 * are shown as BIND's nslookup does. RFC 1035. */
#include <kernel/byteorder.h>

#include "cmd_internal.h"

#define SOA_NUMBERS 5

static const struct rr_type {
	const char *name;
	u16 type;
	const char *label; /* before the data; NULL: it has a form of its own */
} types[] = {
	{ "a", DNS_TYPE_A, "internet address =" },
	{ "aaaa", DNS_TYPE_AAAA, "has AAAA address" },
	{ "cname", DNS_TYPE_CNAME, "canonical name =" },
	{ "mx", DNS_TYPE_MX, "mail exchanger =" },
	{ "ns", DNS_TYPE_NS, "nameserver =" },
	{ "ptr", DNS_TYPE_PTR, "name =" },
	{ "soa", DNS_TYPE_SOA, NULL },
	{ "txt", DNS_TYPE_TXT, "text =" },
};

static const char *rcode_text(u8 rcode)
{
	static const char *const names[] = { [DNS_RCODE_FORMERR] = "FORMERR",
					     [DNS_RCODE_SERVFAIL] = "SERVFAIL",
					     [DNS_RCODE_NXDOMAIN] = "NXDOMAIN",
					     [DNS_RCODE_NOTIMP] = "NOTIMP",
					     [DNS_RCODE_REFUSED] = "REFUSED" };

	return rcode < ARRAY_SIZE(names) && names[rcode] ? names[rcode] : "SERVFAIL";
}

static int print_error(int err, const char *name)
{
	switch (err) {
	case -EINVAL: con_printf("nslookup: `%s` is not a host name\n", name); break;
	case -EAGAIN: con_printf(";; connection timed out; no servers could be reached\n\n"); break;
	case -ECONNREFUSED:
		con_printf(";; communications error: connection refused; no servers could be "
			   "reached\n\n");
		break;
	default: con_printf("nslookup: %s\n", error_text(err));
	}
	return 1;
}

/* ---- one record ---- */

/* The longest run of zero words of an IPv6 address, as RFC 5952 section 4.2 shortens it: where it begins; *n words. */
static int zero_run(const u8 *a, int *n)
{
	int i, begin = 0, best = 0;

	*n = 0;
	for (i = 0; i < 8; i++) {
		if (a[2 * i] || a[2 * i + 1])
			begin = i + 1;
		else if (i + 1 - begin > *n && i > begin) {
			best = begin;
			*n = i + 1 - begin;
		}
	}
	return best;
}

static void print_ipv6(const u8 *a)
{
	int n, run = zero_run(a, &n), i;

	for (i = 0; i < 8; i++) {
		if (n && i == run) {
			con_printf("::");
			i += n - 1;
			continue;
		}
		con_printf("%s%x", i && i != run + n ? ":" : "", get_unaligned_be16(a + 2 * i));
	}
}

/* The strings of a TXT record, each in quotes. 0 or -EINVAL. */
static int print_strings(const u8 *p, const u8 *end)
{
	const u8 *stop;

	for (; p < end; p = stop) {
		stop = p + 1 + *p;
		if (stop > end)
			return -EINVAL;
		con_printf(" \"");
		for (p++; p < stop; p++) {
			if (!isprint(*p))
				con_printf("\\%03u", *p);
			else
				con_printf("%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
		}
		con_printf("\"");
	}
	return 0;
}

/* The zone's source, its keeper, and five numbers. */
static int print_soa(const struct dns_reply *r, const struct dns_rr *rr)
{
	static const char *const names[SOA_NUMBERS] = { "serial", "refresh", "retry", "expire",
							"minimum" };
	char origin[DNS_MAX_NAME + 1], mail[DNS_MAX_NAME + 1];
	int pos = dns_name(r->msg, r->len, rr->data, origin), i;

	if (pos >= 0)
		pos = dns_name(r->msg, r->len, pos, mail);
	if (pos < 0 || pos + 4 * SOA_NUMBERS > rr->data + rr->len)
		return -EINVAL;
	con_printf("%s\n\torigin = %s\n\tmail addr = %s\n", rr->name, origin, mail);
	for (i = 0; i < SOA_NUMBERS; i++, pos += 4)
		con_printf("\t%s = %u\n", names[i], get_unaligned_be32(r->msg + pos));
	return 0;
}

/* An address, as answers show it: it stands below its name. */
static int print_address(const struct dns_reply *r, const struct dns_rr *rr, const char *before)
{
	const u8 *p = r->msg + rr->data;

	if (rr->len != (rr->type == DNS_TYPE_A ? 4 : 16))
		return -EINVAL;
	con_printf("%s", before);
	if (rr->type == DNS_TYPE_A)
		con_printf(" %u.%u.%u.%u", p[0], p[1], p[2], p[3]);
	else {
		con_printf(" ");
		print_ipv6(p);
	}
	con_printf("\n");
	return 0;
}

/* "NAME<tab>LABEL DATA"; 0 or -EINVAL. */
static int print_named(const struct dns_reply *r, const struct dns_rr *rr, const char *label)
{
	char name[DNS_MAX_NAME + 1] = "";
	int preference = rr->type == DNS_TYPE_MX ? 2 : 0;

	if (rr->len < preference ||
	    (rr->type != DNS_TYPE_TXT &&
	     dns_name(r->msg, r->len, rr->data + preference, name) < 0))
		return -EINVAL;
	con_printf("%s\t%s", rr->name, label);
	if (rr->type == DNS_TYPE_TXT) {
		if (print_strings(r->msg + rr->data, r->msg + rr->data + rr->len))
			return -EINVAL;
		con_printf("\n");
		return 0;
	}
	if (preference)
		con_printf(" %u", get_unaligned_be16(r->msg + rr->data));
	con_printf(" %s.\n", name);
	return 0;
}

static int print_record(const struct dns_reply *r, const struct dns_rr *rr, bool answer)
{
	char before[sizeof(rr->name) + 32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types) && types[i].type != rr->type; i++)
		;
	if (rr->class != DNS_CLASS_IN || i == ARRAY_SIZE(types)) {
		con_printf("%s\trdata_%u = \\# %d\n", rr->name, rr->type, rr->len);
		return 0;
	}
	if (rr->type == DNS_TYPE_SOA)
		return print_soa(r, rr);
	if (rr->type != DNS_TYPE_A && rr->type != DNS_TYPE_AAAA)
		return print_named(r, rr, types[i].label);
	snprintf(before, sizeof(before), answer ? "Name:\t%s\nAddress:" : "%s\t%s", rr->name,
		 types[i].label);
	return print_address(r, rr, before);
}

/* ---- an answer ---- */

/* The answers, which begin at @pos: only what belongs to the name asked for, or to what it stands for.
 * The position behind them, or -EINVAL. */
static int print_answers(const struct dns_reply *r, int pos)
{
	const char *name = r->name;
	char alias[DNS_MAX_NAME + 1];
	struct dns_rr rr;
	unsigned int n;

	for (n = 0; n < r->count[0]; n++) {
		pos = dns_record(r->msg, r->len, pos, &rr);
		if (pos < 0 || (!strcasecmp(rr.name, name) && print_record(r, &rr, true)))
			return -EINVAL;
		if (rr.type == DNS_TYPE_CNAME && !strcasecmp(rr.name, name) &&
		    dns_name(r->msg, r->len, rr.data, alias) >= 0)
			name = alias;
	}
	return pos;
}

/* Who else knows: the @n records at @pos. */
static int print_authorities(const struct dns_reply *r, int pos, unsigned int n)
{
	struct dns_rr rr;

	for (; n && pos >= 0; n--) {
		pos = dns_record(r->msg, r->len, pos, &rr);
		if (pos >= 0 && print_record(r, &rr, false))
			return -EINVAL;
	}
	return pos;
}

static int print_reply(const struct dns_reply *r, bool chosen)
{
	bool addresses = r->type == DNS_TYPE_A || r->type == DNS_TYPE_AAAA;
	int pos = r->records;

	if (chosen || r->type == DNS_TYPE_A)
		con_printf("Server:\t\t%pI4\nAddress:\t%pI4#%d\n\n", &r->server, &r->server,
			   DNS_PORT);
	if (r->rcode) {
		con_printf("** server can't find %s: %s\n\n", r->name, rcode_text(r->rcode));
		return 1;
	}
	if (!r->authoritative && (chosen || r->type == DNS_TYPE_A))
		con_printf("Non-authoritative answer:\n");
	if (r->count[0])
		pos = print_answers(r, pos);
	else
		con_printf("*** Can't find %s: No answer\n", r->name);
	if (pos >= 0 && !r->authoritative && !addresses) {
		con_printf("\nAuthoritative answers can be found from:\n");
		pos = print_authorities(r, pos, r->count[1] + r->count[2]);
	}
	if (pos < 0)
		con_printf("** server can't find %s: SERVFAIL\n", r->name);
	con_printf("\n");
	return pos < 0;
}

/* ---- the command ---- */

/* "-type=X" in its spellings: the type, 0 after an error line. */
static u16 type_option(const char *word)
{
	static const char *const before[] = { "-type=", "-ty=", "-querytype=",
					      "-query=", "-qu=", "-q=" };
	const char *value = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(before); i++)
		if (!strncmp(word, before[i], strlen(before[i])))
			value = word + strlen(before[i]);
	if (!value) {
		con_printf("*** Invalid option: %s; -type=TYPE is one\n", word + 1);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcasecmp(value, types[i].name))
			return types[i].type;
	con_printf("unknown query type: %s; a, aaaa, cname, mx, ns, ptr, soa, txt are known\n",
		   value);
	return 0;
}

static int lookup(const char *host, u16 type, __be32 server)
{
	struct dns_reply *r = kmalloc(sizeof(*r), GFP_KERNEL);
	char reverse[32];
	__be32 addr;
	u8 a[4];
	int err;

	if (!r)
		return print_error(-ENOMEM, host);
	if (parse_ipv4(host, &addr)) { /* whatever type was asked for */
		memcpy(a, &addr, sizeof(a));
		snprintf(reverse, sizeof(reverse), "%u.%u.%u.%u.in-addr.arpa", a[3], a[2], a[1],
			 a[0]);
		err = dns_ask(reverse, DNS_TYPE_PTR, server, r);
	} else {
		err = dns_ask(host, type ? type : DNS_TYPE_A, server, r);
	}
	err = err ? print_error(err, host) : print_reply(r, type);
	kfree(r);
	return err;
}

static int cmd_nslookup(int argc, char **argv)
{
	__be32 server = 0;
	u16 type = 0;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		type = type_option(argv[i]);
		if (!type)
			return 2;
	}
	if (argc - i < 1 || argc - i > 2)
		return usage(&nslookup_command);
	if (argc - i == 2 && !parse_ipv4(argv[i + 1], &server)) {
		con_printf("nslookup: `%s` is not the address of a server\n", argv[i + 1]);
		return 2;
	}
	return lookup(argv[i], type, server);
}

struct console_command nslookup_command = {
	.name = "nslookup",
	.summary = "ask the name server",
	.usage = "  nslookup [-type=TYPE] NAME|ADDRESS [SERVER]\n"
		 "TYPE: a (as without), aaaa, cname, mx, ns, ptr, soa, txt. Of an ADDRESS the names "
		 "are asked for (ptr).\n",
	.fn = cmd_nslookup,
};
