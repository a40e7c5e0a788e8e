/* SPDX-License-Identifier: MIT */
/* ip link, ip addr. */
#include <uapi/if_arp.h>

#include "cmd_internal.h"

/* ---- show ---- */

static void show_link(const struct if_info *i, const struct ip_form *form, bool mode)
{
	bool loopback = i->flags & IFF_LOOPBACK;
	const char *state = loopback					      ? "UNKNOWN"
			    : (i->flags & IFF_RUNNING) && (i->flags & IFF_UP) ? "UP"
									      : "DOWN";
	char flags[128];

	con_printf("%d: %s: <%s> mtu %d qdisc %s state %s %sgroup default qlen %d%s", i->index,
		   i->name, if_flags_text(i->flags, flags, sizeof(flags)), i->mtu,
		   loopback	       ? "noqueue"
		   : i->flags & IFF_UP ? "pfifo_fast"
				       : "noop",
		   state, mode ? "mode DEFAULT " : "", i->qlen ? i->qlen : 1000, form->nl);
	con_printf("    link/%s %pM brd %s", loopback ? "loopback" : "ether", i->mac,
		   loopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff");
}

static void show_addr(const struct if_addr *a, bool secondary, const struct ip_form *form)
{
	bool host = (ntohl(a->addr) >> 24) == 127;

	con_printf("%s inet %pI4/%u ", *form->nl == '\n' ? "   " : "  ", &a->addr, mask_length(a->mask));
	if (a->brd && !host)
		con_printf("brd %pI4 ", &a->brd);
	con_printf("scope %s %s%s%s       valid_lft forever preferred_lft forever\n",
		   host ? "host" : "global", secondary ? "secondary " : "", a->label, form->nl);
}

static void show_stats(const struct if_info *i, const struct ip_form *form)
{
	char *text = proc_text("ip", "/proc/net/dev"), *rest = text, *line;
	size_t n = strlen(i->name);

	while (text && (line = strsep(&rest, "\n"))) {
		char *s = skip_spaces(line), *w[16];
		unsigned int k;

		if (strncmp(s, i->name, n) || s[n] != ':')
			continue;
		s += n + 1;
		for (k = 0; k < 16 && (w[k] = word_of(&s)); k++)
			;
		if (k < 16)
			break;
		con_printf("%s    RX:  bytes packets errors dropped  missed   mcast%s%14s %7s %6s "
			   "%7s %7s %7s",
			   form->nl, form->nl, w[0], w[1], w[2], w[3], w[4], w[7]);
		con_printf("%s    TX:  bytes packets errors dropped carrier collsns%s%14s %7s %6s "
			   "%7s %7s %7s",
			   form->nl, form->nl, w[8], w[9], w[10], w[11], w[14], w[13]);
	}
	kfree(text);
}

/* Is an earlier address of the device in the same network? */
static bool is_secondary(const struct if_info *i, unsigned int k)
{
	unsigned int n;

	for (n = 0; n < k; n++)
		if (i->addrs[n].mask == i->addrs[k].mask &&
		    !((i->addrs[n].addr ^ i->addrs[k].addr) & i->addrs[k].mask))
			return true;
	return false;
}

static int show(const char *dev, bool addrs, const struct ip_form *form)
{
	struct if_info *t;
	int n = if_table(&t), i, k, shown = 0;

	if (n < 0) {
		con_printf("ip: %s\n", error_text(n));
		return 1;
	}
	for (i = 0; i < n; i++) {
		if (dev && strcmp(dev, t[i].name))
			continue;
		shown++;
		if (!addrs || *form->nl == '\n') { /* one line an address says nothing of links */
			show_link(&t[i], form, !addrs);
			if (form->stats)
				show_stats(&t[i], form);
			con_printf("\n");
		}
		for (k = 0; addrs && k < t[i].nr_addrs; k++) {
			if (*form->nl != '\n')
				con_printf("%d: %s ", t[i].index, t[i].name);
			show_addr(&t[i].addrs[k], is_secondary(&t[i], (unsigned int)k), form);
		}
	}
	kfree(t);
	if (shown || !dev)
		return 0;
	con_printf("Device \"%s\" does not exist.\n", dev);
	return 1;
}

/* "show [dev] [DEV]", "list", or nothing. The device or NULL; false: it is another verb. */
static bool is_show(int argc, char **argv, const char **dev)
{
	*dev = NULL;
	if (!argc)
		return true;
	if (strncmp("show", argv[0], strlen(argv[0])) &&
	    strncmp("list", argv[0], strlen(argv[0])) && strcmp(argv[0], "ls"))
		return false;
	argc--;
	argv++;
	if (argc && !strcmp(argv[0], "dev")) {
		argc--;
		argv++;
	}
	*dev = argc ? argv[0] : NULL;
	return true;
}

static int failed(int err)
{
	con_printf("RTNETLINK answers: %s\n", error_text(err));
	return 1;
}

/* ---- ip link set ---- */

static int set_number(const char *dev, unsigned int cmd, const char *value)
{
	struct ifreq ifr = { 0 };

	if (kstrtoint(value, 10, &ifr.ifr_ifru.ifru_ivalue))
		return -EINVAL;
	return cmd_ifreq(cmd, dev, &ifr);
}

static int set_mac(const char *dev, const char *value)
{
	struct ifreq ifr = { 0 };

	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	if (!parse_mac(value, (u8 *)ifr.ifr_hwaddr.sa_data))
		return -EINVAL;
	return cmd_ifreq(SIOCSIFHWADDR, dev, &ifr);
}

static int set_switch(const char *dev, unsigned int flag, const char *value)
{
	if (!strcmp(value, "on"))
		return cmd_change_flags(dev, flag, flag);
	return strcmp(value, "off") ? -EINVAL : cmd_change_flags(dev, flag, 0);
}

/* One setting that takes a value. -ENOENT: no such setting. */
static int link_set_value(const char *dev, const char *what, const char *value)
{
	if (!strcmp(what, "mtu"))
		return set_number(dev, SIOCSIFMTU, value);
	if (!strcmp(what, "txqueuelen") || !strcmp(what, "txqlen"))
		return set_number(dev, SIOCSIFTXQLEN, value);
	if (!strcmp(what, "address") || !strcmp(what, "addr"))
		return set_mac(dev, value);
	if (!strcmp(what, "promisc"))
		return set_switch(dev, IFF_PROMISC, value);
	if (!strcmp(what, "allmulticast"))
		return set_switch(dev, IFF_ALLMULTI, value);
	return -ENOENT;
}

/* What is right behind a setting's name; "": there is no such setting. */
static const char *value_hint(const char *what)
{
	if (!strcmp(what, "mtu"))
		return "68 or more bytes, up to what the device can do";
	if (!strcmp(what, "txqueuelen") || !strcmp(what, "txqlen"))
		return "a number of packets";
	if (!strcmp(what, "address") || !strcmp(what, "addr"))
		return "a MAC such as 52:54:00:12:34:56";
	return strcmp(what, "promisc") && strcmp(what, "allmulticast") ? "" : "on or off";
}

static int link_set(int argc, char **argv)
{
	const char *dev;
	int i = 1, err;

	if (argc && !strcmp(argv[0], "dev")) {
		argc--;
		argv++;
	}
	if (!argc)
		return arg_missing("ip", "the device");
	dev = argv[0];
	for (err = 0; i < argc && !err; i++) {
		if (!strcmp(argv[i], "up")) {
			err = cmd_change_flags(dev, IFF_UP, IFF_UP);
		} else if (!strcmp(argv[i], "down")) {
			err = cmd_change_flags(dev, IFF_UP, 0);
		} else {
			err = strcmp(value_hint(argv[i]), "") ? 0 : -ENOENT;
			if (err)
				break;
			if (i + 1 == argc) {
				con_printf("ip link set: %s takes a value: %s\n", argv[i],
					   value_hint(argv[i]));
				return 2;
			}
			err = link_set_value(dev, argv[i], argv[i + 1]);
			i++;
		}
	}
	if (err == -ENOENT) {
		con_printf("ip link set: \"%s\" is unknown; up, down, mtu, address, txqueuelen, "
			   "promisc, allmulticast are known\n",
			   argv[i]);
		return 2;
	}
	if (err == -ENODEV) {
		con_printf("Cannot find device \"%s\"\n", dev);
		return 1;
	}
	if (err == -EINVAL && i > 2) {
		con_printf("Error: argument \"%s\" is wrong: invalid \"%s\" value (%s)\n",
			   argv[i - 1], argv[i - 2], value_hint(argv[i - 2]));
		return 1;
	}
	return err ? failed(err) : 0;
}

int ip_link_main(int argc, char **argv, const struct ip_form *form)
{
	const char *dev;

	if (is_show(argc, argv, &dev))
		return show(dev, false, form);
	if (!strcmp(argv[0], "set"))
		return link_set(argc - 1, argv + 1);
	con_printf("Command \"%s\" is unknown, try \"help ip\".\n", argv[0]);
	return 1;
}

/* ---- ip addr add, del, flush ---- */

struct addr_args {
	__be32 addr, brd;
	unsigned int plen;
	const char *dev;
	bool have_addr;
};

/* Read "[local] ADDR/LEN [brd ADDR|+] [dev] DEV ...". 0 or the exit status of a printed error. */
static int addr_parse(int argc, char **argv, struct addr_args *a)
{
	int i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < argc; i++) {
		bool more = i + 1 < argc;

		if (!strcmp(argv[i], "dev") && more) {
			a->dev = argv[++i];
		} else if ((!strcmp(argv[i], "brd") || !strcmp(argv[i], "broadcast")) && more) {
			if (!strcmp(argv[++i], "+"))
				a->brd = a->addr | ~prefix_mask(a->plen);
			else if (!parse_ipv4(argv[i], &a->brd))
				goto bad;
		} else if (!a->have_addr) {
			if (!parse_prefix(argv[i], &a->addr, &a->plen))
				goto bad;
			a->have_addr = true;
		} else {
			con_printf("ip addr: \"%s\" is not understood; `help ip` shows the usage\n",
				   argv[i]);
			return 2;
		}
	}
	if (!a->dev)
		return arg_missing("ip", "the device (dev DEV)");
	return 0;
bad:
	con_printf("Error: inet prefix is expected rather than \"%s\".\n", argv[i]);
	return 1;
}

/* The label for one more address: the device's own name, or the first free "DEV:N". -EEXIST if the
 * address is there. */
static int free_label(const struct addr_args *a, char *label)
{
	struct if_info *t;
	int n = if_table(&t), i, k, err = -ENODEV, alias;

	for (i = 0; i < n && strcmp(t[i].name, a->dev); i++)
		;
	if (n > 0 && i < n) {
		strscpy(label, a->dev, IFNAMSIZ);
		for (alias = 1, err = 0, k = 0; k < t[i].nr_addrs && !err; k++) {
			if (t[i].addrs[k].addr == a->addr &&
			    t[i].addrs[k].mask == prefix_mask(a->plen))
				err = -EEXIST;
			if (strcmp(t[i].addrs[k].label, label))
				continue;
			snprintf(label, IFNAMSIZ, "%.12s:%d", a->dev, alias++);
			k = -1; /* from the start with the new name */
		}
	}
	if (n >= 0)
		kfree(t);
	return err;
}

static int addr_add(const struct addr_args *a)
{
	char label[IFNAMSIZ];
	struct ifreq ifr = { 0 };
	int err = free_label(a, label);

	if (err)
		return err;
	set_sockaddr(&ifr.ifr_addr, a->addr, 0);
	err = cmd_ifreq(SIOCSIFADDR, label, &ifr);
	if (err)
		return err;
	set_sockaddr(&ifr.ifr_netmask, prefix_mask(a->plen), 0);
	err = cmd_ifreq(SIOCSIFNETMASK, label, &ifr);
	if (err || !a->brd)
		return err;
	set_sockaddr(&ifr.ifr_broadaddr, a->brd, 0);
	return cmd_ifreq(SIOCSIFBRDADDR, label, &ifr);
}

/* Take one address away. On the device's own label a zero address does it, on an alias the flag
 * "down". */
static int addr_remove(const char *label)
{
	struct ifreq ifr = { 0 };

	if (strchr(label, ':'))
		return cmd_ifreq(SIOCSIFFLAGS, label, &ifr);
	set_sockaddr(&ifr.ifr_addr, 0, 0);
	return cmd_ifreq(SIOCSIFADDR, label, &ifr);
}

/* Delete the address of @a, or every one if it names none. */
static int addr_del(const struct addr_args *a)
{
	struct if_info *t;
	int n = if_table(&t), i, k, err = -ENODEV;

	for (i = 0; i < n; i++) {
		if (strcmp(t[i].name, a->dev))
			continue;
		err = a->have_addr ? -EADDRNOTAVAIL : 0;
		for (k = t[i].nr_addrs - 1; k >= 0; k--)
			if (!a->have_addr || t[i].addrs[k].addr == a->addr)
				err = addr_remove(t[i].addrs[k].label);
	}
	if (n >= 0)
		kfree(t);
	return err;
}

int ip_addr_main(int argc, char **argv, const struct ip_form *form)
{
	struct addr_args a;
	const char *dev;
	bool add, del, flush;
	int err;

	if (is_show(argc, argv, &dev))
		return show(dev, true, form);
	add = !strcmp(argv[0], "add");
	del = !strcmp(argv[0], "del") || !strcmp(argv[0], "delete");
	flush = !strcmp(argv[0], "flush");
	if (!add && !del && !flush) {
		con_printf("Command \"%s\" is unknown, try \"help ip\".\n", argv[0]);
		return 1;
	}
	err = addr_parse(argc - 1, argv + 1, &a);
	if (err)
		return err;
	if (!a.have_addr && !flush)
		return arg_missing("ip", "the address");
	err = add ? addr_add(&a) : addr_del(&a);
	if (err == -ENODEV) {
		con_printf("Cannot find device \"%s\"\n", a.dev);
		return 1;
	}
	return err ? failed(err) : 0;
}
