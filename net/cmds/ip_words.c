/* SPDX-License-Identifier: MIT */
/* ip: names of numbers as iproute2's rt_tables, rt_protos and rt_scopes have them, and the words of
 * its command line. */
#include "ip_internal.h"

const struct ip_word ip_tables[] = { { "default", RT_TABLE_DEFAULT },
				     { "main", RT_TABLE_MAIN },
				     { "local", RT_TABLE_LOCAL },
				     { NULL, 0 } };
const struct ip_word ip_protocols[] = { { "unspec", RTPROT_UNSPEC },
					{ "redirect", RTPROT_REDIRECT },
					{ "kernel", RTPROT_KERNEL },
					{ "boot", RTPROT_BOOT },
					{ "static", RTPROT_STATIC },
					{ "ra", 9 },
					{ "zebra", 11 },
					{ "bird", 12 },
					{ "dhcp", RTPROT_DHCP },
					{ "babel", 42 },
					{ "bgp", 186 },
					{ "ospf", 188 },
					{ "rip", 189 },
					{ NULL, 0 } };
const struct ip_word ip_scopes[] = { { "global", RT_SCOPE_UNIVERSE }, { "site", RT_SCOPE_SITE },
				     { "link", RT_SCOPE_LINK },	      { "host", RT_SCOPE_HOST },
				     { "nowhere", RT_SCOPE_NOWHERE }, { NULL, 0 } };
const struct ip_word ip_types[] = { { "none", RTN_UNSPEC },
				    { "unicast", RTN_UNICAST },
				    { "local", RTN_LOCAL },
				    { "broadcast", RTN_BROADCAST },
				    { "anycast", RTN_ANYCAST },
				    { "multicast", RTN_MULTICAST },
				    { "blackhole", RTN_BLACKHOLE },
				    { "unreachable", RTN_UNREACHABLE },
				    { "prohibit", RTN_PROHIBIT },
				    { "throw", RTN_THROW },
				    { "nat", RTN_NAT },
				    { "xresolve", RTN_XRESOLVE },
				    { NULL, 0 } };

const char *ip_word(const struct ip_word *words, u32 number, char buf[12])
{
	for (; words->name; words++)
		if (words->number == number)
			return words->name;
	snprintf(buf, 12, "%u", number);
	return buf;
}

bool ip_number(const struct ip_word *words, const char *text, u32 *number)
{
	for (; words->name; words++) {
		if (strcmp(words->name, text))
			continue;
		*number = words->number;
		return true;
	}
	return ip_read_number(text, number);
}

bool ip_read_number(const char *s, u32 *n)
{
	return !kstrtouint(s, !strncmp(s, "0x", 2) ? 16 : 10, n);
}

bool ip_matches(const char *word, const char *full)
{
	return *word && !strncmp(full, word, strlen(word));
}

bool ip_is_show(int argc, char **argv)
{
	return !argc || ip_matches(argv[0], "show") || ip_matches(argv[0], "list") ||
	       !strcmp(argv[0], "lst") || !strcmp(argv[0], "ls");
}

bool ip_read_prefix(const char *s, __be32 *addr, unsigned int *len)
{
	if (strcmp(s, "default") && strcmp(s, "any") && strcmp(s, "all"))
		return parse_prefix(s, addr, len);
	*addr = 0;
	*len = 0;
	return true;
}

int ip_status(int err)
{
	return err ? 2 : 0;
}

int ip_unknown_command(const char *word)
{
	con_printf("Command \"%s\" is unknown, try \"help ip\".\n", word);
	return 1;
}

int ip_no_device(const char *name)
{
	con_printf("Cannot find device \"%s\"\n", name);
	return 1;
}

int ip_not_understood(const char *object, const char *word)
{
	con_printf("ip %s: \"%s\" is not understood here; `help ip` shows the usage\n", object,
		   word);
	return 2;
}

const char *ip_show_words(int argc, char **argv, bool *up)
{
	const char *dev = NULL;
	int i;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "up"))
			*up = true;
		else if (strcmp(argv[i], "dev") || i + 1 == argc)
			dev = argv[i];
	}
	return dev;
}
