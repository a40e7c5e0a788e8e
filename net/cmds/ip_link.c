/* SPDX-License-Identifier: MIT */
/* ip link: show, set, add and delete. rtnetlink(7), ip-link(8). */
#include <uapi/if_arp.h>
#include <uapi/if_ether.h>

#include "ip_internal.h"

/* ---- show ---- */

/* @below: of the device below, if there is one. */
static void show_flags(unsigned int flags, bool have_below, unsigned int below)
{
	static const struct ip_word names[] = {
		{ "LOOPBACK", IFF_LOOPBACK },
		{ "BROADCAST", IFF_BROADCAST },
		{ "POINTOPOINT", IFF_POINTOPOINT },
		{ "MULTICAST", IFF_MULTICAST },
		{ "NOARP", IFF_NOARP },
		{ "ALLMULTI", IFF_ALLMULTI },
		{ "PROMISC", IFF_PROMISC },
		{ "UP", IFF_UP },
		{ "LOWER_UP", IFF_LOWER_UP },
	};
	const char *sep = "";
	unsigned int i;

	con_printf("<");
	if ((flags & IFF_UP) && !(flags & IFF_RUNNING)) {
		con_printf("NO-CARRIER");
		sep = ",";
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(flags & names[i].number))
			continue;
		con_printf("%s%s", sep, names[i].name);
		sep = ",";
	}
	if (have_below && !(below & IFF_UP))
		con_printf("%sM-DOWN", sep);
	con_printf(">");
}

static const char *state_word(const struct nlattr *attr)
{
	static const char *const states[] = { "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN",
					      "TESTING", "DORMANT",    "UP" };
	u8 state = attr ? nla_get_u8(attr) : 0;

	return state < ARRAY_SIZE(states) ? states[state] : "UNKNOWN";
}

static u32 number(const struct nlattr *attr)
{
	return attr && nla_len(attr) >= (int)sizeof(u32) ? nla_get_u32(attr) : 0;
}

static void show_address(const struct nlattr *attr)
{
	const u8 *p = attr ? nla_data(attr) : NULL;
	int i;

	for (i = 0; attr && i < nla_len(attr); i++)
		con_printf("%s%02x", i ? ":" : "", p[i]);
}

/* "eth0", or "eth0.5@eth0". */
static void link_name(const struct nlattr *tb[], struct ip_form *form, char *buf, size_t size)
{
	if (tb[IFLA_LINK])
		snprintf(buf, size, "%s@%s", nl_text(tb[IFLA_IFNAME]),
			 if_name(&form->names, number(tb[IFLA_LINK])));
	else
		snprintf(buf, size, "%s", nl_text(tb[IFLA_IFNAME]));
}

/* One row of counters under its headings; a column is as wide as its number. */
static void show_counters(const char *dir, const char *const *names, const u64 *v,
			  const struct ip_form *form)
{
	static const int least[6] = { 7, 7, 6, 7, 7, 7 };
	int width[6], i;
	char digits[24];

	for (i = 0; i < 6; i++)
		width[i] =
			max(least[i], snprintf(digits, sizeof(digits), "%llu", v[i]) - (i ? 0 : 3));
	con_printf("%s    %s:", form->nl, dir);
	for (i = 0; i < 6; i++)
		con_printf("%*s ", width[i], names[i]);
	con_printf("          %s    ", form->nl);
	for (i = 0; i < 6; i++)
		con_printf("%*llu ", width[i] + (i ? 0 : 3), v[i]);
}

/* -s -s: what the errors were, @n kinds. */
static void show_errors(const char *dir, const char *const *names, const u64 *v, int n,
			const struct ip_form *form)
{
	static const int least[5] = { 7, 6, 7, 7, 7 };
	int width[5], i;
	char digits[24];

	for (i = 0; i < n; i++)
		width[i] = max(least[i], snprintf(digits, sizeof(digits), "%llu", v[i]));
	con_printf("%s    %s errors:", form->nl, dir);
	for (i = 0; i < n; i++)
		con_printf(" %*s", width[i], names[i]);
	con_printf("%s    %10s", form->nl, "");
	for (i = 0; i < n; i++)
		con_printf(" %*llu", width[i], v[i]);
	con_printf(" ");
}

static void show_stats(const struct nlattr *attr, const struct ip_form *form)
{
	static const char *const rx[] = {
		"bytes", "packets", "errors", "dropped", "missed", "mcast"
	};
	static const char *const tx[] = { "bytes",   "packets", "errors",
					  "dropped", "carrier", "collsns" };
	static const char *const rx_errors[] = { "length", "crc", "frame", "fifo", "overrun" };
	static const char *const tx_errors[] = { "aborted", "fifo", "window", "heartbt" };
	struct rtnl_link_stats64 s = { 0 }; /* attributes are aligned to 4 bytes, it to 8 */

	if (!attr)
		return;
	memcpy(&s, nla_data(attr), min(sizeof(s), (size_t)nla_len(attr)));
	show_counters("RX", rx,
		      (const u64[]){ s.rx_bytes, s.rx_packets, s.rx_errors, s.rx_dropped,
				     s.rx_missed_errors, s.multicast },
		      form);
	if (form->stats > 1)
		show_errors("RX", rx_errors,
			    (const u64[]){ s.rx_length_errors, s.rx_crc_errors, s.rx_frame_errors,
					   s.rx_fifo_errors, s.rx_over_errors },
			    5, form);
	show_counters("TX", tx,
		      (const u64[]){ s.tx_bytes, s.tx_packets, s.tx_errors, s.tx_dropped,
				     s.tx_carrier_errors, s.collisions },
		      form);
	if (form->stats > 1)
		show_errors("TX", tx_errors,
			    (const u64[]){ s.tx_aborted_errors, s.tx_fifo_errors,
					   s.tx_window_errors, s.tx_heartbeat_errors },
			    4, form);
}

static void show_kind(const struct nlattr *attr, const struct ip_form *form)
{
	const struct nlattr *info[IFLA_INFO_MAX + 1];

	if (!attr || nla_parse_nested(info, IFLA_INFO_MAX, attr, NULL, NULL) ||
	    !info[IFLA_INFO_KIND])
		return;
	con_printf("%s    %s ", form->nl, nl_text(info[IFLA_INFO_KIND]));
	if (!strcmp(nl_text(info[IFLA_INFO_KIND]), "vlan"))
		ip_vlan_show(info[IFLA_INFO_DATA], form);
}

static void show_details(const struct nlattr *tb[], const struct ip_form *form)
{
	con_printf(" promiscuity %u  allmulti %u minmtu %u maxmtu %u ",
		   number(tb[IFLA_PROMISCUITY]), number(tb[IFLA_ALLMULTI]),
		   number(tb[IFLA_MIN_MTU]), number(tb[IFLA_MAX_MTU]));
	show_kind(tb[IFLA_LINKINFO], form);
	con_printf("numtxqueues %u numrxqueues %u gso_max_size %u gso_max_segs %u ",
		   number(tb[IFLA_NUM_TX_QUEUES]), number(tb[IFLA_NUM_RX_QUEUES]),
		   number(tb[IFLA_GSO_MAX_SIZE]), number(tb[IFLA_GSO_MAX_SEGS]));
	con_printf("tso_max_size %u tso_max_segs %u gro_max_size %u ",
		   number(tb[IFLA_TSO_MAX_SIZE]), number(tb[IFLA_TSO_MAX_SEGS]),
		   number(tb[IFLA_GRO_MAX_SIZE]));
}

static bool parse_link(const struct nlmsghdr *nlh, const struct nlattr *tb[])
{
	return !nlmsg_parse(nlh, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL, NL_VALIDATE_LIBERAL,
			    NULL);
}

void ip_link_lines(const struct nlmsghdr *nlh, struct ip_form *form, enum ip_link_part part)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);
	const struct nlattr *tb[IFLA_MAX + 1];
	char name[2 * IFNAMSIZ], buf[12];
	unsigned int below;
	static const struct ip_word groups[] = { { "default", 0 }, { NULL, 0 } };

	if (!parse_link(nlh, tb))
		return;
	link_name(tb, form, name, sizeof(name));
	below = tb[IFLA_LINK] ? if_flags(&form->names, number(tb[IFLA_LINK])) : 0;
	if (form->brief) {
		con_printf("%-16s %-14s ", name, state_word(tb[IFLA_OPERSTATE]));
		if (part == IP_LINK_ALL) {
			show_address(tb[IFLA_ADDRESS]);
			con_printf(" ");
			show_flags(ifi->ifi_flags, tb[IFLA_LINK], below);
			con_printf(" \n");
		}
		return;
	}
	con_printf("%s%d: %s: ", nlh->nlmsg_type == RTM_DELLINK ? "Deleted " : "", ifi->ifi_index,
		   name);
	show_flags(ifi->ifi_flags, tb[IFLA_LINK], below);
	con_printf(" mtu %u qdisc %s state %s %sgroup %s ", number(tb[IFLA_MTU]),
		   nl_text(tb[IFLA_QDISC]), state_word(tb[IFLA_OPERSTATE]),
		   part == IP_LINK_ALL ? "mode DEFAULT " : "",
		   ip_word(groups, number(tb[IFLA_GROUP]), buf));
	if (number(tb[IFLA_TXQLEN]))
		con_printf("qlen %u", number(tb[IFLA_TXQLEN]));
	if (part == IP_LINK_HEAD) {
		con_printf("\n");
		return;
	}
	con_printf("%s    link/%s ", form->nl,
		   ifi->ifi_type == ARPHRD_LOOPBACK ? "loopback" : "ether");
	show_address(tb[IFLA_ADDRESS]);
	con_printf(" brd ");
	show_address(tb[IFLA_BROADCAST]);
	if (tb[IFLA_PERM_ADDRESS] && tb[IFLA_ADDRESS] &&
	    nla_len(tb[IFLA_PERM_ADDRESS]) == nla_len(tb[IFLA_ADDRESS]) &&
	    memcmp(nla_data(tb[IFLA_PERM_ADDRESS]), nla_data(tb[IFLA_ADDRESS]),
		   (size_t)nla_len(tb[IFLA_ADDRESS]))) {
		con_printf(" permaddr ");
		show_address(tb[IFLA_PERM_ADDRESS]);
	}
	if (form->details)
		show_details(tb, form);
	if (form->stats)
		show_stats(tb[IFLA_STATS64], form);
	con_printf("\n");
}

int ip_print_link(const struct nlmsghdr *nlh, void *form)
{
	ip_link_lines(nlh, form, IP_LINK_ALL);
	return 0;
}

struct link_choice {
	struct ip_form *form;
	bool up; /* only those */
};

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct link_choice *c = arg;
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);

	return c->up && !(ifi->ifi_flags & IFF_UP) ? 0 : ip_print_link(nlh, c->form);
}

/* "[dev] [DEV] [up]" */
static int link_show(int argc, char **argv, struct ip_form *form)
{
	struct link_choice choice = { .form = form };
	struct ifinfomsg ifi = { 0 };
	const char *dev = ip_show_words(argc, argv, &choice.up);
	struct nl_request r;

	if (!dev) {
		nl_begin(&r, RTM_GETLINK, 0, &ifi, sizeof(ifi));
		return ip_status(nl_dump_once("ip", &r, show_one, &choice));
	}
	ifi.ifi_index = (int)if_index(&form->names, dev);
	if (!ifi.ifi_index) {
		con_printf("Device \"%s\" does not exist.\n", dev);
		return 1;
	}
	nl_begin(&r, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	return ip_status(nl_once("ip", &r, show_one, &choice));
}

/* ---- set and add ---- */

/* What is right behind a setting's name; "": there is no such setting. */
static const char *value_hint(const char *what)
{
	static const struct {
		const char *name, *hint;
	} hints[] = {
		{ "mtu", "68 or more bytes, up to what the device can do" },
		{ "txqueuelen", "a number of packets" },
		{ "txqlen", "a number of packets" },
		{ "address", "a MAC such as 52:54:00:12:34:56" },
		{ "addr", "a MAC such as 52:54:00:12:34:56" },
		{ "broadcast", "a MAC such as ff:ff:ff:ff:ff:ff" },
		{ "brd", "a MAC such as ff:ff:ff:ff:ff:ff" },
		{ "promisc", "on or off" },
		{ "allmulticast", "on or off" },
		{ "arp", "on or off" },
		{ "multicast", "on or off" },
		{ "name", "a name of up to 15 letters" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hints); i++)
		if (!strcmp(hints[i].name, what))
			return hints[i].hint;
	return "";
}

struct link_change {
	unsigned int flags, change; /* IFF_x */
	struct nl_request r;
	struct ip_form *form;
	bool adding; /* the link is to come: words may name it, and the one below */
	bool named, kind;
};

static bool set_switch(struct link_change *c, unsigned int flag, bool when_on, const char *value)
{
	bool on = !strcmp(value, "on");

	c->change |= flag;
	c->flags = on == when_on ? c->flags | flag : c->flags & ~flag;
	return on || !strcmp(value, "off");
}

/* One setting that takes a value. false: it is a wrong one. */
static bool set_value(struct link_change *c, const char *what, const char *value)
{
	u8 mac[6];
	u32 n;

	if (!strcmp(what, "promisc"))
		return set_switch(c, IFF_PROMISC, true, value);
	if (!strcmp(what, "allmulticast"))
		return set_switch(c, IFF_ALLMULTI, true, value);
	if (!strcmp(what, "multicast"))
		return set_switch(c, IFF_MULTICAST, true, value);
	if (!strcmp(what, "arp"))
		return set_switch(c, IFF_NOARP, false, value);
	if (!strcmp(what, "name")) {
		nl_put_text(&c->r, IFLA_IFNAME, value);
		return *value && strlen(value) < IFNAMSIZ;
	}
	if (!strcmp(what, "mtu") || !strncmp(what, "txq", 3)) {
		if (!ip_read_number(value, &n))
			return false;
		nl_put_u32(&c->r, *what == 'm' ? IFLA_MTU : IFLA_TXQLEN, n);
		return true;
	}
	if (!parse_mac(value, mac))
		return false;
	nl_put(&c->r, *what == 'b' ? IFLA_BROADCAST : IFLA_ADDRESS, mac, sizeof(mac));
	return true;
}

static int wrong_value(const char *what, const char *value)
{
	con_printf("Error: argument \"%s\" is wrong: invalid \"%s\" value (%s)\n", value, what,
		   value_hint(what));
	return 1;
}

/* "KIND [what this kind takes]": the words to the end. 0 or the status of a printed error. */
static int parse_kind(int argc, char **argv, struct link_change *c)
{
	struct nlattr *info, *data;
	int status = 0;

	if (strlen(argv[0]) > 15)
		return ip_not_understood("link", argv[0]);
	c->kind = true;
	info = nl_nest(&c->r, IFLA_LINKINFO);
	nl_put_text(&c->r, IFLA_INFO_KIND, argv[0]);
	if (argc > 1 && strcmp(argv[0], "vlan")) {
		con_printf("Garbage instead of arguments \"%s ...\". Try \"ip link help\".\n",
			   argv[1]);
		return 1;
	}
	if (argc > 1) {
		data = nl_nest(&c->r, IFLA_INFO_DATA);
		status = ip_vlan_words(argc - 1, argv + 1, &c->r);
		nl_nest_end(&c->r, data);
	}
	nl_nest_end(&c->r, info);
	return status;
}

static int unknown_word(const struct link_change *c, const char *word)
{
	con_printf(
		"ip link %s: \"%s\" is unknown; %sup, down, mtu, address, broadcast, txqueuelen, "
		"name, promisc, allmulticast, multicast, arp, type are known\n",
		c->adding ? "add" : "set", word, c->adding ? "link, " : "");
	return 2;
}

/* The words behind the device, or of the one to come. 0 or the status of a printed error. */
static int parse_changes(int argc, char **argv, struct link_change *c)
{
	u32 lower;
	int i;

	for (i = 0; i < argc; i++) {
		bool below = c->adding && !strcmp(argv[i], "link"), kind = !strcmp(argv[i], "type");

		if (!strcmp(argv[i], "up") || !strcmp(argv[i], "down")) {
			set_switch(c, IFF_UP, true, argv[i][0] == 'u' ? "on" : "off");
			continue;
		}
		if (!below && !kind && !*value_hint(argv[i])) {
			if (!c->adding || c->named || strlen(argv[i]) >= IFNAMSIZ)
				return unknown_word(c, argv[i]);
			c->named = true; /* a word alone is the new link's name */
			nl_put_text(&c->r, IFLA_IFNAME, argv[i]);
			continue;
		}
		if (i + 1 == argc) {
			con_printf("ip link %s: %s takes a value: %s\n", c->adding ? "add" : "set",
				   argv[i],
				   kind	   ? "the link's kind"
				   : below ? "a device"
					   : value_hint(argv[i]));
			return 2;
		}
		if (kind)
			return parse_kind(argc - i - 1, argv + i + 1, c);
		if (below) {
			lower = if_index(&c->form->names, argv[i + 1]);
			if (!lower)
				return ip_no_device(argv[i + 1]);
			nl_put_u32(&c->r, IFLA_LINK, lower);
		} else if (strlen(argv[i + 1]) > 64 || !set_value(c, argv[i], argv[i + 1])) {
			return wrong_value(argv[i], argv[i + 1]);
		}
		c->named |= !strcmp(argv[i], "name");
		i++;
	}
	return 0;
}

#define LINK_WORDS_MAX 40 /* that a request has room for, whatever they are */

/* What the words ask for, of the link in @ifi. The status. */
static int link_change(int argc, char **argv, u16 flags, struct ifinfomsg *ifi,
		       struct link_change *c)
{
	int status;

	if (argc > LINK_WORDS_MAX)
		return ip_not_understood(c->adding ? "link add" : "link set", argv[LINK_WORDS_MAX]);
	nl_begin(&c->r, RTM_NEWLINK, flags, ifi, sizeof(*ifi));
	status = parse_changes(argc, argv, c);
	if (status)
		return status;
	if (c->adding && !c->kind)
		return arg_missing("ip", "the link's type (type vlan id N)");
	ifi->ifi_flags = c->flags;
	ifi->ifi_change = c->change;
	memcpy(c->r.body, ifi, sizeof(*ifi));
	return ip_status(nl_once("ip", &c->r, NULL, NULL));
}

/* "[dev] DEV", which is taken off the words: 0, or the status of what was printed. */
static int link_named(int *argc, char ***argv, struct ip_form *form, int *index)
{
	const char *name;

	if (*argc && !strcmp(**argv, "dev")) {
		(*argc)--;
		(*argv)++;
	}
	if (!*argc)
		return arg_missing("ip", "the device");
	name = **argv;
	*index = (int)if_index(&form->names, name);
	if (!*index)
		return ip_no_device(name);
	(*argc)--;
	(*argv)++;
	return 0;
}

static int link_set(int argc, char **argv, struct ip_form *form)
{
	struct link_change c = { .form = form };
	struct ifinfomsg ifi = { 0 };
	int status = link_named(&argc, &argv, form, &ifi.ifi_index);

	return status ? status : link_change(argc, argv, 0, &ifi, &c);
}

/* "[link DEV] [name] NAME [what `set` knows] type KIND ..." */
static int link_add(int argc, char **argv, struct ip_form *form)
{
	struct link_change c = { .form = form, .adding = true };
	struct ifinfomsg ifi = { 0 };

	return link_change(argc, argv, NLM_F_CREATE | NLM_F_EXCL, &ifi, &c);
}

static int link_del(int argc, char **argv, struct ip_form *form)
{
	struct ifinfomsg ifi = { 0 };
	struct nl_request r;
	int status;

	status = link_named(&argc, &argv, form, &ifi.ifi_index);
	if (status)
		return status;
	nl_begin(&r, RTM_DELLINK, 0, &ifi, sizeof(ifi));
	return ip_status(nl_once("ip", &r, NULL, NULL));
}

int ip_link_main(int argc, char **argv, struct ip_form *form)
{
	if (ip_is_show(argc, argv))
		return link_show(argc ? argc - 1 : 0, argv + 1, form);
	if (!strcmp(argv[0], "set"))
		return link_set(argc - 1, argv + 1, form);
	if (!strcmp(argv[0], "add"))
		return link_add(argc - 1, argv + 1, form);
	if (ip_matches(argv[0], "delete"))
		return link_del(argc - 1, argv + 1, form);
	return ip_unknown_command(argv[0]);
}
