/* SPDX-License-Identifier: MIT */
/* The language of tcpdump's filters: words to a tree of comparisons, the tree to a classic BPF
 * program. pcap-filter(7); of its primitives those that concern Ethernet, ARP and IPv4. */
#include <uapi/if_ether.h>
#include <wire/arp.h>
#include <wire/eth.h>
#include <wire/ip.h>

#include "pcap_internal.h"

#define NODES_MAX  256
#define LABELS_MAX (2 * NODES_MAX)

/* Where things lie in an Ethernet frame. */
enum {
	ETH_DST = 0,
	ETH_SRC = 6,
	ETH_TYPE = 12,
	IP = sizeof(struct ethhdr),
	IP_FRAG = IP + 6,
	IP_PROTO = IP + 9,
	IP_SRC = IP + 12,
	IP_DST = IP + 16,
	ARP_SRC = IP + sizeof(struct arphdr) + 6,
	ARP_DST = ARP_SRC + 10,
};

enum kind { COMPARE, ALL_OF, ANY_OF, NOT };
struct node {
	enum kind kind;
	/* COMPARE: the value at @at, masked, against @value */
	u16 load, op; /* BPF_LD of some kind; BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET */
	u32 at, mask, value;
	const struct node *a, *b; /* the others; NOT has one */
};

struct pcap {
	const char *cmd;
	char **word; /* the next; NULL: no more */
	struct node nodes[NODES_MAX];
	unsigned int nr_nodes;
	/* the program, whose jumps name labels until all is placed */
	struct sock_filter *out;
	unsigned int nr_insns, nr_labels;
	u16 jt[PCAP_INSNS_MAX], jf[PCAP_INSNS_MAX], place[LABELS_MAX];
	bool failed; /* an error line has been printed */
};

static const struct node *fail(struct pcap *p, const char *what, const char *word)
{
	if (!p->failed)
		con_printf("%s: %s%s%s\n", p->cmd, what, word ? ": " : "", word ? word : "");
	p->failed = true;
	return NULL;
}

/* ---- the tree ---- */

static const struct node *node(struct pcap *p, struct node n)
{
	if (p->nr_nodes == NODES_MAX)
		return fail(p, "expression too long", NULL);
	p->nodes[p->nr_nodes] = n;
	return &p->nodes[p->nr_nodes++];
}

static const struct node *join(struct pcap *p, enum kind kind, const struct node *a,
			       const struct node *b)
{
	if (!a || (!b && kind != NOT))
		return NULL;
	return node(p, (struct node){ .kind = kind, .a = a, .b = b });
}
#define all_of(a, b) join(p, ALL_OF, a, b)
#define any_of(a, b) join(p, ANY_OF, a, b)
#define not(a) join(p, NOT, a, NULL)

static const struct node *masked(struct pcap *p, u16 size, u32 at, u32 mask, u32 value)
{
	return node(p, (struct node){ .load = BPF_LD | BPF_ABS | size,
				      .op = BPF_JEQ,
				      .at = at,
				      .mask = mask,
				      .value = value & mask });
}

static const struct node *equal(struct pcap *p, u16 size, u32 at, u32 value)
{
	return masked(p, size, at, ~0u, value);
}

static const struct node *ethertype(struct pcap *p, u16 type)
{
	return equal(p, BPF_H, ETH_TYPE, type);
}

static const struct node *ip_protocol(struct pcap *p, u8 protocol)
{
	return all_of(ethertype(p, ETH_P_IP), equal(p, BPF_B, IP_PROTO, protocol));
}

/* ---- qualifiers and primitives ---- */

enum direction { EITHER, SRC, DST };
struct qualifiers {
	enum { ANY_PROTO, ETHER, IPV4, ARP, TRANSPORT } proto;
	u8 transport; /* IPPROTO_x */
	enum direction direction;
};

static const struct node *by_direction(struct pcap *p, enum direction d, const struct node *src,
				       const struct node *dst)
{
	return d == SRC ? src : d == DST ? dst : any_of(src, dst);
}

/* Addresses of IPv4 packets and of ARP's, which speak of them. */
static const struct node *network(struct pcap *p, const struct qualifiers *q, __be32 addr,
				  __be32 mask)
{
	u32 a = ntohl(addr), m = ntohl(mask);
	const struct node *ip, *arp;

	ip = all_of(ethertype(p, ETH_P_IP),
		    by_direction(p, q->direction, masked(p, BPF_W, IP_SRC, m, a),
				 masked(p, BPF_W, IP_DST, m, a)));
	arp = all_of(ethertype(p, ETH_P_ARP),
		     by_direction(p, q->direction, masked(p, BPF_W, ARP_SRC, m, a),
				  masked(p, BPF_W, ARP_DST, m, a)));
	switch (q->proto) {
	case ANY_PROTO: return any_of(ip, arp);
	case ARP: return arp;
	case IPV4: return ip;
	case TRANSPORT: return all_of(ip_protocol(p, q->transport), ip);
	default: return fail(p, "an Ethernet address is right after 'ether'", NULL);
	}
}

static const struct node *ethernet(struct pcap *p, enum direction d, const u8 *mac)
{
	u32 high = (u32)mac[0] << 8 | mac[1],
	    low = (u32)mac[2] << 24 | (u32)mac[3] << 16 | (u32)mac[4] << 8 | mac[5];

	return by_direction(
		p, d, all_of(equal(p, BPF_H, ETH_SRC, high), equal(p, BPF_W, ETH_SRC + 2, low)),
		all_of(equal(p, BPF_H, ETH_DST, high), equal(p, BPF_W, ETH_DST + 2, low)));
}

static const struct node *port_at(struct pcap *p, u32 at, u16 low, u16 high)
{
	struct node n = {
		.load = BPF_LD | BPF_IND | BPF_H, .op = BPF_JGE, .at = at, .mask = ~0u, .value = low
	};
	const struct node *from = node(p, n);

	n.op = BPF_JGT;
	n.value = high;
	return all_of(from, not(node(p, n)));
}

/* Ports of TCP and UDP, in the first fragment, where they stand. */
static const struct node *ports(struct pcap *p, const struct qualifiers *q, u16 low, u16 high)
{
	const struct node *first = not(node(p, (struct node){ .load = BPF_LD | BPF_ABS | BPF_H,
							      .op = BPF_JSET,
							      .at = IP_FRAG,
							      .mask = ~0u,
							      .value = IP_OFFSET }));
	const struct node *carrier;

	if (q->proto == TRANSPORT)
		carrier = ip_protocol(p, q->transport);
	else if (q->proto == ANY_PROTO || q->proto == IPV4)
		carrier = any_of(ip_protocol(p, IPPROTO_TCP), ip_protocol(p, IPPROTO_UDP));
	else
		return fail(p, "only ip, tcp and udp have ports", NULL);
	return all_of(all_of(carrier, first),
		      by_direction(p, q->direction, port_at(p, IP, low, high),
				   port_at(p, IP + 2, low, high)));
}

static const struct node *length(struct pcap *p, u16 op, u32 value)
{
	return node(p, (struct node){ .load = BPF_LD | BPF_W | BPF_LEN,
				      .op = op,
				      .mask = ~0u,
				      .value = value });
}

/* ---- words ---- */

static bool accept(struct pcap *p, const char *a, const char *b)
{
	if (!*p->word || (strcmp(*p->word, a) && strcmp(*p->word, b)))
		return false;
	p->word++;
	return true;
}

static const struct node *parse_host(struct pcap *p, const struct qualifiers *q, const char *word)
{
	__be32 addr;
	u8 mac[6];

	if (q->proto == ETHER)
		return parse_mac(word, mac) ? ethernet(p, q->direction, mac)
					    : fail(p, "not an Ethernet address", word);
	if (!parse_ipv4(word, &addr) && resolve_host(word, &addr))
		return fail(p, "unknown host", word);
	return network(p, q, addr, ~0u);
}

static const struct node *parse_net(struct pcap *p, const struct qualifiers *q, const char *word)
{
	unsigned int len;
	__be32 addr;

	if (!strchr(word, '/') || !parse_prefix(word, &addr, &len))
		return fail(p, "a network such as 10.0.2.0/24 is right, not", word);
	return network(p, q, addr, prefix_mask(len));
}

static const struct node *parse_port(struct pcap *p, const struct qualifiers *q, const char *word,
				     bool range)
{
	unsigned int low, high;
	char *end;

	low = (unsigned int)simple_strtoull(word, &end, 10);
	high = low;
	if (range && *end == '-')
		high = (unsigned int)simple_strtoull(end + 1, &end, 10);
	if (end == word || *end || low > 65535 || high > 65535 || low > high)
		return fail(p, "ports are numbers from 0 to 65535, not", word);
	return ports(p, q, (u16)low, (u16)high);
}

static const struct node *parse_length(struct pcap *p, u16 op, bool negate)
{
	unsigned int n;
	const struct node *c;

	if (!*p->word || kstrtouint(*p->word, 10, &n))
		return fail(p, "a length in bytes is missing", *p->word);
	p->word++;
	c = length(p, op, n);
	return negate ? not(c) : c;
}

static bool take_protocol(struct pcap *p, struct qualifiers *q)
{
	static const struct {
		const char *name;
		u8 proto, transport;
	} names[] = {
		{ "ether", ETHER, 0 },
		{ "ip", IPV4, 0 },
		{ "arp", ARP, 0 },
		{ "tcp", TRANSPORT, IPPROTO_TCP },
		{ "udp", TRANSPORT, IPPROTO_UDP },
		{ "icmp", TRANSPORT, IPPROTO_ICMP },
		{ "igmp", TRANSPORT, IPPROTO_IGMP },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!accept(p, names[i].name, names[i].name))
			continue;
		q->proto = names[i].proto;
		q->transport = names[i].transport;
		return true;
	}
	return false;
}

/* A protocol alone, and what has neither direction nor value. NULL: it is something else. */
static const struct node *parse_simple(struct pcap *p, const struct qualifiers *q, bool named)
{
	if (accept(p, "broadcast", "broadcast"))
		return ethernet(p, DST, (const u8[]){ 255, 255, 255, 255, 255, 255 });
	if (accept(p, "multicast", "multicast"))
		return q->proto == IPV4 ? all_of(ethertype(p, ETH_P_IP),
						 masked(p, BPF_B, IP_DST, 0xf0, 0xe0))
					: masked(p, BPF_B, ETH_DST, 1, 1);
	if (!named && accept(p, "less", "less"))
		return parse_length(p, BPF_JGT, true);
	if (!named && accept(p, "greater", "greater"))
		return parse_length(p, BPF_JGE, false);
	return NULL;
}

static bool ends_here(const struct pcap *p)
{
	static const char *const ends[] = { "and", "&&", "or", "||", ")" };
	unsigned int i;

	if (!*p->word)
		return true;
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (!strcmp(*p->word, ends[i]))
			return true;
	return false;
}

static const struct node *parse_primitive(struct pcap *p)
{
	struct qualifiers q = { 0 };
	bool named = take_protocol(p, &q);
	const struct node *simple = parse_simple(p, &q, named);
	const char *word;

	if (simple || p->failed)
		return simple;
	if (named && ends_here(p))
		return q.proto == TRANSPORT ? ip_protocol(p, q.transport)
		       : q.proto == IPV4    ? ethertype(p, ETH_P_IP)
		       : q.proto == ARP	    ? ethertype(p, ETH_P_ARP)
					    : fail(p, "an address is missing after 'ether'", NULL);
	if (accept(p, "src", "src"))
		q.direction = SRC;
	else if (accept(p, "dst", "dst"))
		q.direction = DST;
	word = *p->word;
	if (!word || ends_here(p))
		return fail(p, "syntax error at", word ? word : "the end");
	p->word++;
	if (!strcmp(word, "port") || !strcmp(word, "portrange") || !strcmp(word, "net") ||
	    !strcmp(word, "host")) {
		const char *value = *p->word;

		if (!value)
			return fail(p, "a value is missing after", word);
		p->word++;
		return word[0] == 'p'	? parse_port(p, &q, value, word[4])
		       : word[0] == 'n' ? parse_net(p, &q, value)
					: parse_host(p, &q, value);
	}
	if (!named && !q.direction && !strchr(word, '.'))
		return fail(p, "syntax error at", word);
	return parse_host(p, &q, word);
}

static const struct node *parse_expression(struct pcap *p, unsigned int depth);

static const struct node *parse_term(struct pcap *p, unsigned int depth)
{
	const struct node *inner;

	if (depth > 32)
		return fail(p, "expression too deep", NULL);
	if (accept(p, "not", "!"))
		return not(parse_term(p, depth + 1));
	if (!accept(p, "(", "("))
		return parse_primitive(p);
	inner = parse_expression(p, depth + 1);
	if (inner && !accept(p, ")", ")"))
		return fail(p, "a ')' is missing", NULL);
	return inner;
}

/* "and" and "or" bind alike, from left to right. */
static const struct node *parse_expression(struct pcap *p, unsigned int depth)
{
	const struct node *left = parse_term(p, depth);

	while (left && *p->word) {
		if (accept(p, "and", "&&"))
			left = all_of(left, parse_term(p, depth));
		else if (accept(p, "or", "||"))
			left = any_of(left, parse_term(p, depth));
		else
			break;
	}
	return left;
}

/* ---- the program ---- */

static void emit(struct pcap *p, u16 code, u32 k, unsigned int jt, unsigned int jf)
{
	if (p->nr_insns == PCAP_INSNS_MAX) {
		fail(p, "expression too long", NULL);
		return;
	}
	p->out[p->nr_insns] = (struct sock_filter){ .code = code, .k = k };
	p->jt[p->nr_insns] = (u16)jt;
	p->jf[p->nr_insns++] = (u16)jf;
}

static void generate(struct pcap *p, const struct node *n, unsigned int yes, unsigned int no)
{
	unsigned int next;

	switch (n->kind) {
	case COMPARE:
		if (BPF_MODE(n->load) == BPF_IND) /* behind the IPv4 header */
			emit(p, BPF_LDX | BPF_B | BPF_MSH, IP, 0, 0);
		emit(p, n->load, n->at, 0, 0);
		if (n->mask != ~0u)
			emit(p, BPF_ALU | BPF_AND | BPF_K, n->mask, 0, 0);
		emit(p, BPF_JMP | BPF_K | n->op, n->value, yes, no);
		return;
	case NOT: generate(p, n->a, no, yes); return;
	default: break;
	}
	next = p->nr_labels++;
	if (n->kind == ALL_OF)
		generate(p, n->a, next, no);
	else
		generate(p, n->a, yes, next);
	p->place[next] = (u16)p->nr_insns;
	generate(p, n->b, yes, no);
}

/* Labels become distances; all lie ahead. */
static void resolve_labels(struct pcap *p)
{
	unsigned int i, t, f;

	for (i = 0; i < p->nr_insns && !p->failed; i++) {
		if (BPF_CLASS(p->out[i].code) != BPF_JMP)
			continue;
		t = p->place[p->jt[i]] - i - 1u;
		f = p->place[p->jf[i]] - i - 1u;
		if (t > 255 || f > 255)
			fail(p, "expression too long", NULL);
		p->out[i].jt = (u8)t;
		p->out[i].jf = (u8)f;
	}
}

int pcap_compile(const char *cmd, int argc, char **argv, u32 snaplen, struct sock_filter *out)
{
	struct pcap *p = kzalloc(sizeof(*p), GFP_KERNEL);
	const struct node *root = NULL;
	int n;

	if (!p) {
		con_printf("%s: %s\n", cmd, error_text(-ENOMEM));
		return -EINVAL;
	}
	p->cmd = cmd;
	p->word = argv;
	p->out = out;
	p->nr_labels = 2; /* 0: let through, 1: not */
	if (argc)
		root = parse_expression(p, 0);
	if (root && *p->word)
		root = fail(p, "syntax error at", *p->word);
	if (root)
		generate(p, root, 0, 1);
	p->place[0] = (u16)p->nr_insns;
	emit(p, BPF_RET | BPF_K, snaplen, 0, 0);
	p->place[1] = (u16)p->nr_insns;
	emit(p, BPF_RET | BPF_K, 0, 0, 0);
	resolve_labels(p);
	n = p->failed ? -EINVAL : (int)p->nr_insns;
	kfree(p);
	return n;
}
