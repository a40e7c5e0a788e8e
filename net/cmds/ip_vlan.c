/* SPDX-License-Identifier: MIT */
/* ip link ... type vlan: what is of this kind, in words and shown. ip-link(8). */
#include <uapi/if_ether.h>
#include <uapi/if_link.h>

#include "ip_internal.h"

#define MAPPINGS_MAX 32 /* of one command */

static const struct ip_word vlan_protocols[] = {
	{ "802.1Q", ETH_P_8021Q },
	{ "802.1ad", ETH_P_8021AD },
	{ "802.1q", ETH_P_8021Q },
	{ NULL, 0 },
};
static const struct ip_word vlan_flags[] = {
	{ "REORDER_HDR", VLAN_FLAG_REORDER_HDR },
	{ "GVRP", VLAN_FLAG_GVRP },
	{ "LOOSE_BINDING", VLAN_FLAG_LOOSE_BINDING },
	{ "MVRP", VLAN_FLAG_MVRP },
	{ NULL, 0 },
};

/* ---- shown ---- */

static void show_map(const char *name, const struct nlattr *map, const struct ip_form *form)
{
	const struct nlattr *row;
	int rem;

	if (!map)
		return;
	con_printf("%s      %s { ", form->nl, name);
	nla_for_each_nested(row, map, rem) {
		const struct ifla_vlan_qos_mapping *m = nla_data(row);

		if (nla_len(row) >= (int)sizeof(*m))
			con_printf("%u:%u ", m->from, m->to);
	}
	con_printf("} ");
}

static void show_flags(u32 flags)
{
	const struct ip_word *w;
	const char *sep = "<";

	for (w = vlan_flags; w->name; w++) {
		if (!(flags & w->number))
			continue;
		con_printf("%s%s", sep, w->name);
		sep = ",";
	}
	if (*sep == ',')
		con_printf("> ");
}

void ip_vlan_show(const struct nlattr *info_data, const struct ip_form *form)
{
	const struct nlattr *data[IFLA_VLAN_MAX + 1];
	char buf[12];

	if (!info_data || nla_parse_nested(data, IFLA_VLAN_MAX, info_data, NULL, NULL))
		return;
	if (data[IFLA_VLAN_PROTOCOL])
		con_printf("protocol %s ",
			   ip_word(vlan_protocols, ntohs(nla_get_be16(data[IFLA_VLAN_PROTOCOL])),
				   buf));
	if (data[IFLA_VLAN_ID])
		con_printf("id %u ", nla_get_u16(data[IFLA_VLAN_ID]));
	if (data[IFLA_VLAN_FLAGS])
		show_flags(
			((const struct ifla_vlan_flags *)nla_data(data[IFLA_VLAN_FLAGS]))->flags);
	show_map("ingress-qos-map", data[IFLA_VLAN_INGRESS_QOS], form);
	show_map("egress-qos-map", data[IFLA_VLAN_EGRESS_QOS], form);
}

/* ---- in words ---- */

static int wrong(const char *what, const char *word)
{
	con_printf("Error: argument \"%s\" is wrong: %s\n", word, what);
	return 1;
}

/* "F:T": one row of a map. */
static bool read_mapping(const char *word, struct ifla_vlan_qos_mapping *m)
{
	char from[12];
	const char *colon = strchr(word, ':');

	if (!colon || (size_t)(colon - word) >= sizeof(from))
		return false;
	memcpy(from, word, (size_t)(colon - word));
	from[colon - word] = '\0';
	return ip_read_number(from, &m->from) && ip_read_number(colon + 1, &m->to);
}

/* The rows behind the map's name: how many words they are. 0: not even one is a row. */
static int put_map(struct nl_request *r, u16 type, int argc, char **argv)
{
	struct nlattr *map = nl_nest(r, type);
	struct ifla_vlan_qos_mapping m;
	int i;

	for (i = 0; i < argc && i < MAPPINGS_MAX && read_mapping(argv[i], &m); i++)
		nl_put(r, IFLA_VLAN_QOS_MAPPING, &m, sizeof(m));
	nl_nest_end(r, map);
	return i;
}

static int vlan_number(const char *what, const char *value, struct nl_request *r)
{
	u32 n;
	u16 id;
	__be16 proto;

	if (!strcmp(what, "id")) {
		if (!ip_read_number(value, &n) || n > 0xffff)
			return wrong("id is invalid", value);
		id = (u16)n;
		nl_put(r, IFLA_VLAN_ID, &id, sizeof(id));
		return 0;
	}
	if (!ip_number(vlan_protocols, value, &n) || n > 0xffff)
		return wrong("protocol is invalid", value);
	proto = htons((u16)n);
	nl_put(r, IFLA_VLAN_PROTOCOL, &proto, sizeof(proto));
	return 0;
}

/* A flag's word and "on" or "off". False: it is no flag. */
static bool vlan_flag(const char *what, const char *value, struct ifla_vlan_flags *f, int *status)
{
	static const struct ip_word words[] = {
		{ "reorder_hdr", VLAN_FLAG_REORDER_HDR },
		{ "gvrp", VLAN_FLAG_GVRP },
		{ "mvrp", VLAN_FLAG_MVRP },
		{ "loose_binding", VLAN_FLAG_LOOSE_BINDING },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(what, words[i].name))
			continue;
		f->mask |= words[i].number;
		if (!strcmp(value, "on"))
			f->flags |= words[i].number;
		else if (!strcmp(value, "off"))
			f->flags &= ~words[i].number;
		else
			*status = wrong("either \"on\" or \"off\" is expected", value);
		return true;
	}
	return false;
}

int ip_vlan_words(int argc, char **argv, struct nl_request *r)
{
	struct ifla_vlan_flags f = { 0 };
	int i, n, status = 0;

	for (i = 0; i < argc && !status; i += n) {
		bool ingress = !strcmp(argv[i], "ingress-qos-map") || !strcmp(argv[i], "ingress");
		bool map = ingress || !strcmp(argv[i], "egress-qos-map") ||
			   !strcmp(argv[i], "egress");

		if (i + 1 == argc)
			return arg_missing("ip", argv[i]);
		n = 2;
		if (map) {
			n = 1 + put_map(r, ingress ? IFLA_VLAN_INGRESS_QOS : IFLA_VLAN_EGRESS_QOS,
					argc - i - 1, argv + i + 1);
			if (n == 1)
				return wrong("invalid QoS mapping, FROM:TO is expected",
					     argv[i + 1]);
		} else if (!strcmp(argv[i], "id") || !strcmp(argv[i], "protocol") ||
			   !strcmp(argv[i], "proto")) {
			status = vlan_number(argv[i], argv[i + 1], r);
		} else if (!vlan_flag(argv[i], argv[i + 1], &f, &status)) {
			con_printf("vlan: unknown command \"%s\"?\n", argv[i]);
			return 1;
		}
	}
	if (f.mask)
		nl_put(r, IFLA_VLAN_FLAGS, &f, sizeof(f));
	return status;
}
