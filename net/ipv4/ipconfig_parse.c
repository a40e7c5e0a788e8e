/* SPDX-License-Identifier: MIT */
/* The ip= option of the command line:
 * <client>:<server>:<gateway>:<netmask>:<hostname>:<device>:<autoconf>:<dns0>:<dns1>:<ntp>, or one
 * word. */
#include <kernel/string.h>
#include <net/inetdevice.h>
#include "dhcp_internal.h"

#define IP_FIELDS 10

bool in4_pton(const char *s, __be32 *addr)
{
	u32 v = 0;
	int i;

	for (i = 0; i < 4; i++) {
		unsigned int octet = 0, digits = 0;

		for (; isdigit(*s); s++) {
			octet = octet * 10 + (unsigned int)(*s - '0');
			if (++digits > 3)
				return false;
		}
		if (!digits || octet > 255 || *s != (i < 3 ? '.' : '\0'))
			return false;
		s += i < 3;
		v = v << 8 | octet;
	}
	*addr = htonl(v);
	return true;
}

static bool parse_autoconf(const char *s, enum ipconfig_mode *mode)
{
	static const struct {
		const char *word;
		enum ipconfig_mode mode;
	} words[] = {
		{ "off", IPCONFIG_OFF },  { "none", IPCONFIG_OFF },  { "on", IPCONFIG_DHCP },
		{ "any", IPCONFIG_DHCP }, { "dhcp", IPCONFIG_DHCP }, { "both", IPCONFIG_DHCP }
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(s, words[i].word)) {
			*mode = words[i].mode;
			return true;
		}
	}
	return false;
}

/* Words that are right elsewhere, and what is wrong with them here. */
static const char *refuse_autoconf(const char *s)
{
	if (!strcmp(s, "bootp") || !strcmp(s, "rarp"))
		return "BOOTP and RARP are not offered; dhcp is";
	return "not off, none, on, any, dhcp or both";
}

static __be32 default_mask(__be32 addr)
{
	u32 a = ntohl(addr);

	return IN_CLASSA(a)   ? htonl(IN_CLASSA_NET)
	       : IN_CLASSB(a) ? htonl(IN_CLASSB_NET)
			      : htonl(IN_CLASSC_NET);
}

/* One address field: empty is 0. */
static bool parse_addr(const char *s, __be32 *addr)
{
	*addr = 0;
	return !*s || in4_pton(s, addr);
}

static const char *check_static(struct ipconfig_entry *e)
{
	if (ipv4_is_zeronet(e->client) || ipv4_is_multicast(e->client) ||
	    ipv4_is_all_ones_net(e->client))
		return "not an address for a host";
	if (!e->mask)
		e->mask = default_mask(e->client);
	return NULL;
}

/* "host.domain": what is behind the first dot is the domain, as on Linux. */
static bool parse_hostname(const char *s, struct ipconfig_entry *e)
{
	size_t n = strcspn(s, ".");

	if (n >= sizeof(e->hostname))
		return false;
	memcpy(e->hostname, s, n);
	e->hostname[n] = '\0';
	return strscpy(e->domain, s[n] ? s + n + 1 : "", sizeof(e->domain)) >= 0;
}

/* The fields that are not addresses. */
static const char *parse_names(char *f[IP_FIELDS], struct ipconfig_entry *e, const char **field)
{
	e->mode = IPCONFIG_DHCP;
	*field = f[4];
	if (!parse_hostname(f[4], e))
		return "the host name is too long";
	*field = f[5];
	if (strscpy(e->device, f[5], sizeof(e->device)) < 0)
		return "the device name is too long";
	*field = f[6];
	if (*f[6] && !parse_autoconf(f[6], &e->mode))
		return refuse_autoconf(f[6]);
	return NULL;
}

const char *ipconfig_parse(char *text, struct ipconfig_entry *e, const char **field)
{
	__be32 server, ntp;
	char *f[IP_FIELDS];
	const char *wrong;
	unsigned int i, n = 0;

	memset(e, 0, sizeof(*e));
	*field = text;
	if (!strchr(text, ':') && (!*text || parse_autoconf(text, &e->mode))) {
		if (!*text)
			e->mode = IPCONFIG_OFF; /* as Linux reads an ip= without a value */
		return NULL;
	}
	if (!strchr(text, ':') && !isdigit(*text))
		return refuse_autoconf(text);
	while (text && n < IP_FIELDS)
		f[n++] = strsep(&text, ":");
	if (text) {
		*field = text;
		return "more fields than ip= has";
	}
	for (i = n; i < IP_FIELDS; i++)
		f[i] = (char *)"";
	wrong = parse_names(f, e, field);
	if (wrong)
		return wrong;
	const struct {
		unsigned int index;
		__be32 *to;
	} addrs[] = { { 0, &e->client }, { 1, &server },    { 2, &e->gateway }, { 3, &e->mask },
		      { 7, &e->dns[0] }, { 8, &e->dns[1] }, { 9, &ntp } };

	for (i = 0; i < ARRAY_SIZE(addrs); i++) {
		*field = f[addrs[i].index];
		if (!parse_addr(*field, addrs[i].to))
			return "not an IPv4 address";
	}
	*field = f[3];
	if (bad_mask(e->mask, 0))
		return "the netmask has a hole";
	*field = f[0];
	if (!e->client)
		return NULL;
	e->mode = IPCONFIG_STATIC; /* an address that is given need not be asked for */
	return check_static(e);
}
