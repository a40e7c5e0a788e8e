/* SPDX-License-Identifier: MIT */
/* ip neigh: show, add, change, replace, delete and flush, of neighbours and of proxies.
 * rtnetlink(7), ip-neighbour(8). */
#include "ip_internal.h"

static const struct ip_word states[] = { { "incomplete", NUD_INCOMPLETE },
					 { "reachable", NUD_REACHABLE },
					 { "stale", NUD_STALE },
					 { "delay", NUD_DELAY },
					 { "probe", NUD_PROBE },
					 { "failed", NUD_FAILED },
					 { "noarp", NUD_NOARP },
					 { "permanent", NUD_PERMANENT },
					 { "none", NUD_NONE },
					 { "all", 0xff },
					 { NULL, 0 } };

/* ---- show ---- */

static void show_states(u16 state)
{
	const struct ip_word *w;
	const char *p;

	for (w = states; w->number != NUD_NONE; w++) {
		if (!(state & w->number))
			continue;
		for (p = w->name; *p; p++)
			con_printf("%c", *p - 'a' + 'A');
		con_printf(" ");
	}
	if (!state)
		con_printf("NONE ");
}

static void show_numbers(const struct nlattr *tb[])
{
	struct nda_cacheinfo ci;

	if (tb[NDA_CACHEINFO] && nla_len(tb[NDA_CACHEINFO]) >= (int)sizeof(ci)) {
		memcpy(&ci, nla_data(tb[NDA_CACHEINFO]), sizeof(ci));
		if (ci.ndm_refcnt)
			con_printf(" ref %u", ci.ndm_refcnt);
		con_printf(" used %u/%u/%u", ci.ndm_used / 100, ci.ndm_confirmed / 100,
			   ci.ndm_updated / 100);
	}
	if (tb[NDA_PROBES])
		con_printf("probes %u ", nla_get_u32(tb[NDA_PROBES]));
}

static bool parse_neigh(const struct nlmsghdr *nlh, const struct nlattr *tb[], __be32 *addr)
{
	if (nlmsg_parse(nlh, sizeof(struct ndmsg), tb, NDA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL) ||
	    !tb[NDA_DST] || nla_len(tb[NDA_DST]) < 4)
		return false;
	*addr = nla_get_be32(tb[NDA_DST]);
	return true;
}

static void show_neigh(const struct nlmsghdr *nlh, struct ip_form *form, bool dev)
{
	const struct ndmsg *ndm = NLMSG_DATA(nlh);
	const struct nlattr *tb[NDA_MAX + 1];
	__be32 addr;

	if (!parse_neigh(nlh, tb, &addr))
		return;
	con_printf("%s%pI4 ", nlh->nlmsg_type == RTM_DELNEIGH ? "Deleted " : "", &addr);
	if (dev)
		con_printf("dev %s ", if_name(&form->names, (u32)ndm->ndm_ifindex));
	if (tb[NDA_LLADDR] && nla_len(tb[NDA_LLADDR]) >= 6)
		con_printf("lladdr %pM ", (const u8 *)nla_data(tb[NDA_LLADDR]));
	if (ndm->ndm_flags & NTF_PROXY)
		con_printf("proxy ");
	if (form->stats)
		show_numbers(tb);
	if (!(ndm->ndm_flags & NTF_PROXY))
		show_states(ndm->ndm_state);
	con_printf("\n");
}

int ip_print_neigh(const struct nlmsghdr *nlh, void *form)
{
	show_neigh(nlh, form, true);
	return 0;
}

/* ---- which are meant ---- */

struct neigh_args {
	struct ip_form *form;
	const char *dev, *lladdr;
	u32 index, state; /* NUD_x: those wanted, or the one to set */
	__be32 addr;
	unsigned int plen;
	bool have_addr, have_state, proxy, flush;
};

/* The words of all verbs. 0 or the status of a printed error. */
static int neigh_parse(int argc, char **argv, struct neigh_args *a)
{
	int i;

	for (i = 0; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;
		u32 n;

		if (!strcmp(argv[i], "permanent")) {
			a->state = NUD_PERMANENT;
			a->have_state = true;
			continue;
		}
		if (!strcmp(argv[i], "proxy") &&
		    (!value || !parse_prefix(value, &a->addr, &a->plen))) {
			a->proxy = true;
			continue;
		}
		if (!strcmp(argv[i], "dev") && value) {
			a->dev = value;
		} else if (!strcmp(argv[i], "lladdr") && value) {
			a->lladdr = value;
		} else if (!strcmp(argv[i], "nud") && value) {
			if (!ip_number(states, value, &n))
				return ip_not_understood("neigh", value);
			a->state = a->flush || a->have_state ? a->state | n : n;
			a->have_state = true;
		} else {
			bool word = (!strcmp(argv[i], "to") || !strcmp(argv[i], "proxy")) && value;

			a->proxy |= !strcmp(argv[i], "proxy");
			if (a->have_addr ||
			    !ip_read_prefix(word ? value : argv[i], &a->addr, &a->plen)) {
				con_printf(
					"ip neigh: an address such as 10.0.0.1 and a MAC such as "
					"52:54:00:12:34:56 are expected rather than \"%s\"\n",
					word ? value : argv[i]);
				return 1;
			}
			a->have_addr = true;
			i += word;
			continue;
		}
		i++;
	}
	a->index = a->dev ? if_index(&a->form->names, a->dev) : 0;
	return a->dev && !a->index ? ip_no_device(a->dev) : 0;
}

static int is_meant(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = NLMSG_DATA(nlh);
	const struct nlattr *tb[NDA_MAX + 1];
	const struct neigh_args *a = arg;
	__be32 addr;

	if (!parse_neigh(nlh, tb, &addr) || (a->index && (u32)ndm->ndm_ifindex != a->index))
		return 0;
	if (a->have_addr && ((addr ^ a->addr) & prefix_mask(a->plen)))
		return 0;
	if (ndm->ndm_flags & NTF_PROXY)
		return a->proxy;
	return a->state == 0xff || (ndm->ndm_state & a->state);
}

static int show_meant(const struct nlmsghdr *nlh, void *arg)
{
	const struct neigh_args *a = arg;

	if (is_meant(nlh, arg))
		show_neigh(nlh, a->form, !a->dev);
	return 0;
}

static void neigh_dump_request(struct nl_request *r, const struct neigh_args *a)
{
	const struct ndmsg ndm = { .ndm_family = AF_INET, .ndm_flags = a->proxy ? NTF_PROXY : 0 };

	nl_begin(r, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	if (a->index && !a->proxy)
		nl_put_u32(r, NDA_IFINDEX, a->index);
}

static int neigh_show(int argc, char **argv, struct ip_form *form)
{
	struct neigh_args a = { .form = form };
	struct nl_request r;
	int status = neigh_parse(argc, argv, &a);

	if (status)
		return status;
	if (!a.have_state)
		a.state = 0xff & ~NUD_NOARP;
	neigh_dump_request(&r, &a);
	return ip_status(nl_dump_once("ip", &r, show_meant, &a));
}

/* What was learnt goes, what was set by hand stays, where nothing else is said. */
static int neigh_flush(int argc, char **argv, struct ip_form *form)
{
	struct neigh_args a = { .form = form, .flush = true };
	struct nl_request r;
	int status = neigh_parse(argc, argv, &a), n;

	if (status)
		return status;
	if (!a.dev && !a.have_addr && !a.have_state)
		return arg_missing("ip", "what to flush (dev DEV or an address)");
	if (!a.have_state)
		a.state = 0xff & ~(NUD_PERMANENT | NUD_NOARP);
	neigh_dump_request(&r, &a);
	n = nl_flush(&r, RTM_DELNEIGH, is_meant, &a);
	if (n >= 0 && form->stats)
		con_printf(n ? "*** Flush is complete, %d deleted ***\n" : "Nothing to flush.\n",
			   n);
	return n < 0 ? 2 : 0;
}

/* ---- changes ---- */

static int neigh_change(int argc, char **argv, u16 type, u16 flags, struct ip_form *form)
{
	struct neigh_args a = { .form = form };
	struct ndmsg ndm = { .ndm_family = AF_INET };
	struct nl_request r;
	u8 mac[6];
	int status = neigh_parse(argc, argv, &a);
	bool add = type == RTM_NEWNEIGH && !a.proxy;

	if (status)
		return status;
	if (!a.dev || !a.have_addr ||
	    (add && !a.lladdr && !(a.have_state && !(a.state & (NUD_PERMANENT | NUD_REACHABLE)))))
		return arg_missing("ip", !a.have_addr ? "the address"
					 : !a.dev     ? "the device (dev DEV)"
						      : "the link address (lladdr MAC)");
	if (a.lladdr && !parse_mac(a.lladdr, mac)) {
		con_printf("ip neigh: an address such as 10.0.0.1 and a MAC such as "
			   "52:54:00:12:34:56 are expected rather than \"%s\"\n",
			   a.lladdr);
		return 1;
	}
	ndm.ndm_ifindex = (int)a.index;
	ndm.ndm_flags = a.proxy ? NTF_PROXY : 0;
	ndm.ndm_state = (u16)(a.have_state ? a.state : NUD_PERMANENT);
	nl_begin(&r, type, flags, &ndm, sizeof(ndm));
	nl_put(&r, NDA_DST, &a.addr, 4);
	if (a.lladdr)
		nl_put(&r, NDA_LLADDR, mac, sizeof(mac));
	return ip_status(nl_once("ip", &r, NULL, NULL));
}

int ip_neigh_main(int argc, char **argv, struct ip_form *form)
{
	static const struct {
		const char *name;
		u16 type, flags;
	} verbs[] = {
		{ "add", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL },
		{ "change", RTM_NEWNEIGH, NLM_F_REPLACE },
		{ "chg", RTM_NEWNEIGH, NLM_F_REPLACE },
		{ "replace", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE },
		{ "delete", RTM_DELNEIGH, 0 },
	};
	unsigned int i;

	if (ip_is_show(argc, argv))
		return neigh_show(argc ? argc - 1 : 0, argv + 1, form);
	if (ip_matches(argv[0], "flush"))
		return neigh_flush(argc - 1, argv + 1, form);
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (ip_matches(argv[0], verbs[i].name))
			return neigh_change(argc - 1, argv + 1, verbs[i].type, verbs[i].flags,
					    form);
	return ip_unknown_command(argv[0]);
}
