/* SPDX-License-Identifier: MIT */
/* ip addr: show, add, change, replace, delete and flush. rtnetlink(7), ip-address(8). */
#include "ip_internal.h"

/* ---- show ---- */

static __be32 address(const struct nlattr *attr)
{
	return attr && nla_len(attr) >= 4 ? nla_get_be32(attr) : 0;
}

static void show_flags(u32 flags)
{
	static const struct ip_word names[] = {
		{ "secondary", IFA_F_SECONDARY },
		{ "nodad", IFA_F_NODAD },
		{ "dadfailed", IFA_F_DADFAILED },
		{ "deprecated", IFA_F_DEPRECATED },
		{ "tentative", IFA_F_TENTATIVE },
		{ "dynamic", IFA_F_PERMANENT }, /* where it is not */
		{ "noprefixroute", IFA_F_NOPREFIXROUTE },
		{ "autojoin", IFA_F_MCAUTOJOIN }
	};
	unsigned int i;

	flags ^= IFA_F_PERMANENT;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].number)
			con_printf("%s ", names[i].name);
}

static void show_lifetime(const char *name, u32 seconds)
{
	if (seconds == ~0u)
		con_printf("%s forever", name);
	else
		con_printf("%s %usec", name, seconds);
}

static void show_address(const struct ifaddrmsg *ifa, const struct nlattr *tb[])
{
	__be32 local = address(tb[IFA_LOCAL]), peer = address(tb[IFA_ADDRESS]);

	con_printf("%pI4", &local);
	if (tb[IFA_ADDRESS] && peer != local)
		con_printf(" peer %pI4", &peer);
	con_printf("/%u ", ifa->ifa_prefixlen);
	if (tb[IFA_RT_PRIORITY])
		con_printf("metric %u ", nla_get_u32(tb[IFA_RT_PRIORITY]));
}

int ip_print_addr(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = NLMSG_DATA(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	struct ip_form *form = arg;
	struct ifa_cacheinfo ci = { .ifa_valid = ~0u, .ifa_prefered = ~0u };
	__be32 brd;
	char buf[12];

	if (nlmsg_parse(nlh, sizeof(*ifa), tb, IFA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL))
		return 0;
	if (form->brief) {
		show_address(ifa, tb);
		return 0;
	}
	con_printf("%s", nlh->nlmsg_type == RTM_DELADDR ? "Deleted " : "");
	if (form->oneline)
		con_printf("%u: %s", ifa->ifa_index, if_name(&form->names, ifa->ifa_index));
	con_printf("    inet ");
	show_address(ifa, tb);
	brd = address(tb[IFA_BROADCAST]);
	if (tb[IFA_BROADCAST])
		con_printf("brd %pI4 ", &brd);
	con_printf("scope %s ", ip_word(ip_scopes, ifa->ifa_scope, buf));
	show_flags(tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : ifa->ifa_flags);
	if (tb[IFA_CACHEINFO])
		memcpy(&ci, nla_data(tb[IFA_CACHEINFO]),
		       min(sizeof(ci), (size_t)nla_len(tb[IFA_CACHEINFO])));
	con_printf("%s%s       ", nl_text(tb[IFA_LABEL]), form->nl);
	show_lifetime("valid_lft", ci.ifa_valid);
	show_lifetime(" preferred_lft", ci.ifa_prefered);
	con_printf("\n");
	return 0;
}

/* ---- which: of show and flush ---- */

struct addr_filter {
	struct ip_form *form;
	const char *dev, *label;
	bool up; /* of such devices only */
	bool have_to, have_scope;
	__be32 to;
	unsigned int plen;
	u32 scope, mask, flags;	   /* IFA_F_x: those of the mask are as in flags */
	unsigned int seen, wanted; /* of one link */
};

/* A word about flags, "-" before it for those without. False: it is none. */
static bool filter_flag(struct addr_filter *f, const char *word)
{
	static const struct ip_word words[] = {
		{ "secondary", IFA_F_SECONDARY }, { "temporary", IFA_F_SECONDARY },
		{ "permanent", IFA_F_PERMANENT }, { "deprecated", IFA_F_DEPRECATED },
		{ "tentative", IFA_F_TENTATIVE }, { "dadfailed", IFA_F_DADFAILED },
		{ "nodad", IFA_F_NODAD },	  { "noprefixroute", IFA_F_NOPREFIXROUTE },
		{ "autojoin", IFA_F_MCAUTOJOIN },
	};
	bool without = *word == '-';
	unsigned int i;

	if (!strcmp(word, "primary") || !strcmp(word, "dynamic")) {
		f->mask |= *word == 'p' ? IFA_F_SECONDARY : IFA_F_PERMANENT;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].name, word + without))
			continue;
		f->mask |= words[i].number;
		f->flags |= without ? 0 : words[i].number;
		return true;
	}
	return false;
}

/* A word with a value. 1: taken, 0: it is none of these, -1: the value is wrong. */
static int filter_word(struct addr_filter *f, const char *key, const char *value)
{
	if (!strcmp(key, "dev")) {
		f->dev = value;
		return 1;
	}
	if (!strcmp(key, "label")) {
		f->label = value;
		return 1;
	}
	if (!strcmp(key, "scope")) {
		f->have_scope = strcmp(value, "all") != 0;
		return !f->have_scope || ip_number(ip_scopes, value, &f->scope) ? 1 : -1;
	}
	if (strcmp(key, "to"))
		return 0;
	f->have_to = true;
	return parse_prefix(value, &f->to, &f->plen) ? 1 : -1;
}

/* 0 or the status of a printed error. */
static int filter_parse(int argc, char **argv, struct addr_filter *f)
{
	int i, taken;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "up")) {
			f->up = true;
			continue;
		}
		if (filter_flag(f, argv[i]))
			continue;
		taken = i + 1 < argc ? filter_word(f, argv[i], argv[i + 1]) : 0;
		if (taken < 0) {
			con_printf("Error: argument \"%s\" is wrong: invalid \"%s\" value.\n",
				   argv[i + 1], argv[i]);
			return 1;
		}
		if (!taken)
			f->dev = argv[i];
		i += taken;
	}
	return 0;
}

static bool label_matches(const char *label, const char *wanted)
{
	size_t len = strlen(wanted);

	if (len && wanted[len - 1] == '*')
		return !strncmp(label, wanted, len - 1);
	return !strcmp(label, wanted);
}

static int is_wanted(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = NLMSG_DATA(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	const struct addr_filter *f = arg;
	u32 flags;

	if (nlmsg_parse(nlh, sizeof(*ifa), tb, IFA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL))
		return 0;
	flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	return (!f->have_to || !((address(tb[IFA_LOCAL]) ^ f->to) & prefix_mask(f->plen))) &&
	       (!f->have_scope || ifa->ifa_scope == f->scope) && (flags & f->mask) == f->flags &&
	       (!f->label || label_matches(nl_text(tb[IFA_LABEL]), f->label));
}

/* May it pass over an address of a link that is shown? */
static bool is_selective(const struct addr_filter *f)
{
	return f->have_to || f->have_scope || f->mask || f->label;
}

static int count_wanted(const struct nlmsghdr *nlh, void *arg)
{
	struct addr_filter *f = arg;

	f->seen++;
	f->wanted += (unsigned int)is_wanted(nlh, f);
	return 0;
}

static int print_wanted(const struct nlmsghdr *nlh, void *arg)
{
	const struct addr_filter *f = arg;

	return is_wanted(nlh, arg) ? ip_print_addr(nlh, f->form) : 0;
}

/* A link, and its addresses; not where it has some and none of them is wanted. */
static int show_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);
	struct addr_filter *f = arg;
	struct ip_form *form = f->form;
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_index = (u32)ifi->ifi_index };
	struct nl_request r;

	if (nlh->nlmsg_type != RTM_NEWLINK || (f->up && !(ifi->ifi_flags & IFF_UP)))
		return 0;
	if (is_selective(f)) {
		f->seen = f->wanted = 0;
		nl_begin(&r, RTM_GETADDR, 0, &ifa, sizeof(ifa));
		if (nl_dump_once("ip", &r, count_wanted, f))
			return -1;
		if (!f->wanted && (f->seen || f->have_to))
			return 0;
	}
	if (!form->oneline)
		ip_link_lines(nlh, form, f->have_to ? IP_LINK_HEAD : IP_LINK_ADDR);
	nl_begin(&r, RTM_GETADDR, 0, &ifa, sizeof(ifa));
	if (nl_dump_once("ip", &r, print_wanted, f))
		return -1;
	if (form->brief)
		con_printf("\n");
	return 0;
}

static int addr_show(int argc, char **argv, struct ip_form *form)
{
	struct addr_filter filter = { .form = form };
	struct ifinfomsg ifi = { 0 };
	struct nl_request r;
	int status = filter_parse(argc, argv, &filter);

	if (status)
		return status;
	if (filter.dev) {
		ifi.ifi_index = (int)if_index(&form->names, filter.dev);
		if (!ifi.ifi_index) {
			con_printf("Device \"%s\" does not exist.\n", filter.dev);
			return 1;
		}
	}
	nl_begin(&r, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	return ip_status(filter.dev ? nl_once("ip", &r, show_link, &filter)
				    : nl_dump_once("ip", &r, show_link, &filter));
}

static int addr_flush(int argc, char **argv, struct ip_form *form)
{
	struct addr_filter filter = { .form = form };
	struct ifaddrmsg ifa = { .ifa_family = AF_INET };
	struct nl_request r;
	int status = filter_parse(argc, argv, &filter), n;

	if (status)
		return status;
	if (!argc) {
		con_printf("Flush requires arguments.\n");
		return 1;
	}
	if (filter.dev) {
		ifa.ifa_index = if_index(&form->names, filter.dev);
		if (!ifa.ifa_index) {
			con_printf("Device \"%s\" does not exist.\n", filter.dev);
			return 1;
		}
	}
	nl_begin(&r, RTM_GETADDR, 0, &ifa, sizeof(ifa));
	n = nl_flush(&r, RTM_DELADDR, is_wanted, &filter);
	return n < 0 ? 2 : 0;
}

/* ---- add, change, replace, delete ---- */

struct addr_args {
	__be32 addr, peer, brd;
	unsigned int plen;
	u32 scope, valid, preferred, metric, flags;
	const char *dev, *label;
	bool have_addr, have_peer, have_plen, have_brd, have_scope, have_life;
};

static bool read_lifetime(const char *s, u32 *seconds)
{
	*seconds = ~0u;
	return !strcmp(s, "forever") || ip_read_number(s, seconds);
}

static bool read_address(const char *s, struct addr_args *a)
{
	if (a->have_addr)
		return false;
	a->have_addr = true;
	a->have_plen = strchr(s, '/') != NULL;
	return parse_prefix(s, &a->addr, &a->plen);
}

static bool read_peer(const char *s, struct addr_args *a)
{
	a->have_peer = a->have_plen = true;
	return parse_prefix(s, &a->peer, &a->plen);
}

/* "+": all ones in the host's part, "-": all zeros; it is worked out when the prefix is known. */
static bool read_broadcast(const char *s, struct addr_args *a)
{
	a->have_brd = true;
	if (!strcmp(s, "+"))
		a->brd = a->addr | ~prefix_mask(a->plen);
	else if (!strcmp(s, "-"))
		a->brd = a->addr & prefix_mask(a->plen);
	else
		return parse_ipv4(s, &a->brd);
	return true;
}

/* A word with a value. 1: taken, 0: it is none of these, -1: the value is wrong. */
static int addr_word(const char *key, const char *value, struct addr_args *a)
{
	bool ok;

	if (!strcmp(key, "dev")) {
		a->dev = value;
		return 1;
	}
	if (!strcmp(key, "label")) {
		a->label = value;
		return strlen(value) < IFNAMSIZ ? 1 : -1;
	}
	if (!strcmp(key, "local") || !strcmp(key, "to"))
		ok = read_address(value, a);
	else if (!strcmp(key, "peer") || !strcmp(key, "remote"))
		ok = read_peer(value, a);
	else if (!strcmp(key, "brd") || !strcmp(key, "broadcast"))
		ok = read_broadcast(value, a);
	else if (!strcmp(key, "scope"))
		ok = a->have_scope = ip_number(ip_scopes, value, &a->scope) && a->scope < 256;
	else if (!strcmp(key, "valid_lft"))
		ok = a->have_life = read_lifetime(value, &a->valid);
	else if (!strcmp(key, "preferred_lft"))
		ok = a->have_life = read_lifetime(value, &a->preferred);
	else if (!strcmp(key, "metric") || !strcmp(key, "priority"))
		ok = ip_read_number(value, &a->metric);
	else
		return 0;
	return ok ? 1 : -1;
}

/* Words without a value; 0: it is none of them. */
static u32 addr_flag(const char *word)
{
	static const struct ip_word words[] = { { "noprefixroute", IFA_F_NOPREFIXROUTE },
						{ "nodad", IFA_F_NODAD },
						{ "autojoin", IFA_F_MCAUTOJOIN } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, word))
			return words[i].number;
	return 0;
}

/* 0 or the exit status of a printed error. */
static int addr_parse(int argc, char **argv, struct addr_args *a)
{
	int i, taken;
	u32 flag;

	*a = (struct addr_args){ .valid = ~0u, .preferred = ~0u };
	for (i = 0; i < argc; i++) {
		flag = addr_flag(argv[i]);
		a->flags |= flag;
		if (flag)
			continue;
		taken = i + 1 < argc ? addr_word(argv[i], argv[i + 1], a) : 0;
		if (taken > 0) {
			i++;
			continue;
		}
		if (!taken && a->have_addr) {
			con_printf("ip addr: \"%s\" is not understood; `help ip` shows the usage\n",
				   argv[i]);
			return 2;
		}
		if (taken < 0 || !read_address(argv[i], a)) {
			con_printf("Error: any valid prefix is expected rather than \"%s\".\n",
				   argv[taken < 0 ? i + 1 : i]);
			return 1;
		}
	}
	if (!a->dev)
		con_printf("Not enough information: \"dev\" argument is required.\n");
	return a->dev ? 0 : 1;
}

/* iproute2's: an address of 127/8 is the host's own. */
static u8 default_scope(__be32 addr)
{
	return (ntohl(addr) >> 24) == 127 ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
}

static void addr_attributes(struct nl_request *r, const struct addr_args *a, u16 type)
{
	const struct ifa_cacheinfo ci = { .ifa_valid = a->valid, .ifa_prefered = a->preferred };

	nl_put(r, IFA_LOCAL, &a->addr, 4);
	if (type != RTM_DELADDR || a->have_plen)
		nl_put(r, IFA_ADDRESS, a->have_peer ? &a->peer : &a->addr, 4);
	if (a->have_brd)
		nl_put(r, IFA_BROADCAST, &a->brd, 4);
	if (a->label)
		nl_put_text(r, IFA_LABEL, a->label);
	if (a->flags)
		nl_put_u32(r, IFA_FLAGS, a->flags);
	if (a->metric)
		nl_put_u32(r, IFA_RT_PRIORITY, a->metric);
	if (a->have_life)
		nl_put(r, IFA_CACHEINFO, &ci, sizeof(ci));
}

static int addr_change(int argc, char **argv, u16 type, u16 flags, struct ip_form *form)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET };
	struct nl_request r;
	struct addr_args a;
	int status = addr_parse(argc, argv, &a);

	if (status)
		return status;
	if (!a.have_addr)
		return arg_missing("ip", "the address");
	ifa.ifa_index = if_index(&form->names, a.dev);
	if (!ifa.ifa_index)
		return ip_no_device(a.dev);
	ifa.ifa_prefixlen = (u8)a.plen;
	if (type == RTM_NEWADDR)
		ifa.ifa_scope = a.have_scope ? (u8)a.scope : default_scope(a.addr);
	nl_begin(&r, type, flags, &ifa, sizeof(ifa));
	addr_attributes(&r, &a, type);
	return ip_status(nl_once("ip", &r, NULL, NULL));
}

int ip_addr_main(int argc, char **argv, struct ip_form *form)
{
	if (ip_is_show(argc, argv))
		return addr_show(argc ? argc - 1 : 0, argv + 1, form);
	if (!strcmp(argv[0], "add"))
		return addr_change(argc - 1, argv + 1, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
				   form);
	if (!strcmp(argv[0], "replace"))
		return addr_change(argc - 1, argv + 1, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
				   form);
	if (ip_matches(argv[0], "change") || !strcmp(argv[0], "chg"))
		return addr_change(argc - 1, argv + 1, RTM_NEWADDR, NLM_F_REPLACE, form);
	if (ip_matches(argv[0], "delete"))
		return addr_change(argc - 1, argv + 1, RTM_DELADDR, 0, form);
	if (ip_matches(argv[0], "flush"))
		return addr_flush(argc - 1, argv + 1, form);
	return ip_unknown_command(argv[0]);
}
