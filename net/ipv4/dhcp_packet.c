/* SPDX-License-Identifier: MIT */
/* DHCP messages: building ours, and reading those of servers, of whom nothing is taken on trust.
 * RFC 2131, RFC 2132. */
#include <kernel/string.h>
#include <net/inetdevice.h>
#include "dhcp_internal.h"

/* ---- building ---- */

static u8 *put_opt(u8 *p, u8 code, u8 len, const void *data)
{
	*p++ = code;
	*p++ = len;
	memcpy(p, data, len);
	return p + len;
}

static u8 *put_u16(u8 *p, u8 code, u16 v)
{
	__be16 be = htons(v);

	return put_opt(p, code, sizeof(be), &be);
}

unsigned int dhcp_build(u8 *buf, const struct dhcp_request *r)
{
	static const u8 wanted[] = { DHCP_OPT_SUBNET_MASK, DHCP_OPT_ROUTER, DHCP_OPT_DNS,
				     DHCP_OPT_HOSTNAME,	   DHCP_OPT_DOMAIN, DHCP_OPT_BROADCAST,
				     DHCP_OPT_LEASE_TIME,  DHCP_OPT_T1,	    DHCP_OPT_T2 };
	struct dhcphdr *h = (struct dhcphdr *)buf;
	u8 *p = buf + sizeof(*h), client_id[7] = { DHCP_HTYPE_ETHER };
	bool asks = r->type == DHCPDISCOVER || r->type == DHCPREQUEST;

	memset(buf, 0, DHCP_BUILD_MAX);
	h->op = BOOTREQUEST;
	h->htype = DHCP_HTYPE_ETHER;
	h->hlen = sizeof(r->chaddr);
	h->xid = r->xid;
	h->secs = htons(r->secs);
	h->flags = r->broadcast ? htons(DHCP_FLAG_BROADCAST) : 0;
	h->ciaddr = r->ciaddr;
	memcpy(h->chaddr, r->chaddr, sizeof(r->chaddr));
	h->magic = htonl(DHCP_MAGIC);
	p = put_opt(p, DHCP_OPT_MESSAGE_TYPE, 1, &r->type);
	memcpy(client_id + 1, r->chaddr, sizeof(r->chaddr));
	p = put_opt(p, DHCP_OPT_CLIENT_ID, sizeof(client_id), client_id);
	if (r->requested)
		p = put_opt(p, DHCP_OPT_REQUESTED_IP, 4, &r->requested);
	if (r->server)
		p = put_opt(p, DHCP_OPT_SERVER_ID, 4, &r->server);
	if (asks) {
		p = put_u16(p, DHCP_OPT_MAX_SIZE, r->max_size);
		p = put_opt(p, DHCP_OPT_PARAMETERS, sizeof(wanted), wanted);
		if (r->hostname && *r->hostname)
			p = put_opt(p, DHCP_OPT_HOSTNAME, (u8)strnlen(r->hostname, 63),
				    r->hostname);
	}
	*p++ = DHCP_OPT_END;
	return max((unsigned int)(p - buf), (unsigned int)DHCP_MIN_LEN);
}

/* ---- reading ---- */

static bool opt_addr(const u8 *d, unsigned int len, __be32 *to)
{
	if (len < 4)
		return false;
	memcpy(to, d, 4);
	return true;
}

static u32 opt_u32(const u8 *d, unsigned int len)
{
	__be32 v;

	return len == 4 && opt_addr(d, len, &v) ? ntohl(v) : 0;
}

/* Text for files and the log: what does not belong into a name is left out. */
static void opt_text(const u8 *d, unsigned int len, char *to, size_t size, bool name)
{
	size_t n = 0;

	for (; len && n + 1 < size; len--, d++) {
		if (*d == 0)
			break;
		if (name ? isalnum(*d) || *d == '-' || *d == '.' || *d == '_' : isprint(*d))
			to[n++] = (char)*d;
	}
	to[n] = '\0';
}

static void read_opt(struct dhcp_reply *r, u8 code, const u8 *d, unsigned int len)
{
	unsigned int i;

	switch (code) {
	case DHCP_OPT_MESSAGE_TYPE:
		if (len == 1)
			r->type = *d;
		break;
	case DHCP_OPT_SERVER_ID: opt_addr(d, len, &r->server); break;
	case DHCP_OPT_SUBNET_MASK: opt_addr(d, len, &r->mask); break;
	case DHCP_OPT_BROADCAST: opt_addr(d, len, &r->broadcast); break;
	case DHCP_OPT_ROUTER: opt_addr(d, len, &r->router); break;
	case DHCP_OPT_DNS:
		for (i = 0; i < ARRAY_SIZE(r->dns) && len >= 4 * (i + 1); i++)
			opt_addr(d + 4 * i, 4, &r->dns[i]);
		break;
	case DHCP_OPT_LEASE_TIME:
		r->lease_s = opt_u32(d, len);
		r->has_lease = len == 4;
		break;
	case DHCP_OPT_T1: r->t1_s = opt_u32(d, len); break;
	case DHCP_OPT_T2: r->t2_s = opt_u32(d, len); break;
	case DHCP_OPT_HOSTNAME: opt_text(d, len, r->hostname, sizeof(r->hostname), true); break;
	case DHCP_OPT_DOMAIN: opt_text(d, len, r->domain, sizeof(r->domain), true); break;
	case DHCP_OPT_MESSAGE: opt_text(d, len, r->message, sizeof(r->message), false); break;
	}
}

/* The options of one area; an option that runs over its end makes the message void. *overload:
 * option 52, if there. */
static int read_opts(struct dhcp_reply *r, const u8 *d, size_t left, u8 *overload)
{
	while (left) {
		u8 code = *d, len;

		if (code == DHCP_OPT_END)
			return 0;
		d++;
		left--;
		if (code == DHCP_OPT_PAD)
			continue;
		if (!left)
			return -EINVAL;
		len = *d++;
		left--;
		if (len > left)
			return -EINVAL;
		if (code == DHCP_OPT_OVERLOAD && len == 1 && overload)
			*overload = *d;
		read_opt(r, code, d, len);
		d += len;
		left -= len;
	}
	return 0; /* some servers forget the end */
}

int dhcp_parse(const u8 *buf, size_t len, __be32 xid, const u8 *chaddr, struct dhcp_reply *r)
{
	const struct dhcphdr *h = (const struct dhcphdr *)buf;
	u8 overload = 0;

	memset(r, 0, sizeof(*r));
	if (len < sizeof(*h) || h->op != BOOTREPLY || h->htype != DHCP_HTYPE_ETHER ||
	    h->hlen != 6 || h->xid != xid || h->magic != htonl(DHCP_MAGIC))
		return -EINVAL;
	if (memcmp(h->chaddr, chaddr, 6))
		return -EINVAL;
	if (read_opts(r, buf + sizeof(*h), len - sizeof(*h), &overload))
		return -EINVAL;
	/* RFC 2131 section 4.1: options may go on in file, then in sname. */
	if ((overload & 1) && read_opts(r, h->file, sizeof(h->file), NULL))
		return -EINVAL;
	if ((overload & 2) && read_opts(r, h->sname, sizeof(h->sname), NULL))
		return -EINVAL;
	if (r->type != DHCPOFFER && r->type != DHCPACK && r->type != DHCPNAK)
		return -EINVAL;
	r->yiaddr = h->yiaddr;
	return 0;
}

static __be32 class_mask(__be32 addr)
{
	u32 a = ntohl(addr);

	return IN_CLASSA(a)   ? htonl(IN_CLASSA_NET)
	       : IN_CLASSB(a) ? htonl(IN_CLASSB_NET)
			      : htonl(IN_CLASSC_NET);
}

static bool host_addr(__be32 a)
{
	return !ipv4_is_zeronet(a) && !ipv4_is_loopback(a) && !ipv4_is_multicast(a) &&
	       !ipv4_is_all_ones_net(a);
}

bool dhcp_usable(struct dhcp_reply *r)
{
	unsigned int i, n = 0;

	if (!host_addr(r->yiaddr))
		return false;
	if (!r->mask || bad_mask(r->mask, 0))
		r->mask = class_mask(r->yiaddr);
	/* The first and last address of a subnet are no host's. */
	if (inet_mask_len(r->mask) < 31 &&
	    (!(r->yiaddr & ~r->mask) || (r->yiaddr | r->mask) == htonl(INADDR_BROADCAST)))
		return false;
	if (r->router && (!host_addr(r->router) || r->router == r->yiaddr))
		r->router = 0;
	for (i = 0; i < ARRAY_SIZE(r->dns); i++)
		if (r->dns[i] && !ipv4_is_multicast(r->dns[i]) && !ipv4_is_lbcast(r->dns[i]))
			r->dns[n++] = r->dns[i];
	while (n < ARRAY_SIZE(r->dns))
		r->dns[n++] = 0;
	if (!r->has_lease)
		r->lease_s = 3600; /* the server owes it; an hour does no harm */
	r->lease_s = max(r->lease_s, 2u);
	if (!r->t2_s || r->t2_s >= r->lease_s)
		r->t2_s = (u32)((u64)r->lease_s * 7 / 8); /* RFC 2131 section 4.4.5 */
	if (!r->t1_s || r->t1_s >= r->t2_s)
		r->t1_s = min(r->lease_s / 2, r->t2_s);
	return true;
}
