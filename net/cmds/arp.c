/* SPDX-License-Identifier: MIT */
/* arp(8): the neighbours of /proc/net/arp, and the ioctls that change them, as the old tool does.
 */
#include <uapi/if_arp.h>

#include "cmd_internal.h"

struct neigh_row {
	char *addr, *mac, *dev;
	unsigned int flags; /* ATF_x */
};

static bool parse_row(char *line, struct neigh_row *r)
{
	char *hw, *flags, *mask;

	r->addr = word_of(&line);
	hw = word_of(&line);
	flags = word_of(&line);
	r->mac = word_of(&line);
	mask = word_of(&line);
	r->dev = word_of(&line);
	if (!hw || !flags || !mask || !r->dev)
		return false;
	r->flags = (unsigned int)simple_strtoull(flags, NULL, 16);
	return true;
}

/* Those of @dev and of @addr only, where they are not NULL. The number of rows, or -1 after an
 * error line. */
static int for_each_row(const char *cmd, const char *dev, const char *addr,
			void (*fn)(const struct neigh_row *r))
{
	int n = 0;
	char *text = proc_text(cmd, "/proc/net/arp"), *rest = text, *line;
	struct neigh_row r;

	if (!text)
		return -1;
	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n"))) {
		if (!parse_row(line, &r) || (dev && strcmp(dev, r.dev)) ||
		    (addr && strcmp(addr, r.addr)))
			continue;
		fn(&r);
		n++;
	}
	kfree(text);
	return n;
}

/* Set (or with a NULL address delete) an entry with @flags, ATF_x. 0 or -errno. */
static int change(__be32 addr, const u8 *mac, const char *dev, int flags)
{
	struct arpreq req = { 0 };

	set_sockaddr(&req.arp_pa, addr, 0);
	req.arp_ha.sa_family = ARPHRD_ETHER;
	req.arp_flags = flags;
	if (flags & ATF_PUBL) /* for this host alone */
		set_sockaddr(&req.arp_netmask, 0xffffffff, 0);
	if (mac)
		memcpy(req.arp_ha.sa_data, mac, 6);
	if (dev && strscpy(req.arp_dev, dev, IFNAMSIZ) < 0)
		return -ENODEV;
	return cmd_ioctl(mac ? SIOCSARP : SIOCDARP, &req);
}

static void show_arp(const struct neigh_row *r)
{
	bool known = r->flags & ATF_COM, published = r->flags & ATF_PUBL;
	char flags[4];

	snprintf(flags, sizeof(flags), "%s%s%s", known ? "C" : "", r->flags & ATF_PERM ? "M" : "",
		 published ? "P" : "");
	con_printf("%-24s %-7s %-19s %-21s %s\n", r->addr,
		   known       ? "ether"
		   : published ? "*"
			       : "",
		   known       ? r->mac
		   : published ? "<from_interface>"
			       : "(incomplete)",
		   flags, r->dev);
}

static void count_only(const struct neigh_row *r)
{
}

/* BSD's form. */
static void show_arp_a(const struct neigh_row *r)
{
	bool known = r->flags & ATF_COM, published = r->flags & ATF_PUBL;

	con_printf("? (%s) at %s%s%s%s on %s\n", r->addr,
		   known       ? r->mac
		   : published ? "<from_interface>"
			       : "<incomplete>",
		   known ? " [ether]" : "", r->flags & ATF_PERM ? " PERM" : "", published ? " PUB" : "",
		   r->dev);
}

static int list_arp(const char *dev, const char *addr)
{
	int all = for_each_row("arp", NULL, NULL, count_only), n = 0;

	if (all > 0)
		n = for_each_row("arp", dev, addr, count_only);
	if (all < 0 || n < 0)
		return 1;
	if (n)
		con_printf("Address                  HWtype  HWaddress           Flags Mask        "
			   "    "
			   "Iface\n");
	for_each_row("arp", dev, addr, show_arp);
	if (addr && !n)
		con_printf("%s (%s) -- no entry\n", addr, addr);
	else if ((all || dev) && !n)
		con_printf("arp: in %d entries no match found.\n", all);
	return addr && !n;
}

/* The words behind an entry: ATF_x, or -1 after an error line. */
static int entry_flags(int argc, char **argv)
{
	int i, flags = ATF_COM | ATF_PERM;

	for (i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "temp")) {
			flags &= ~ATF_PERM;
		} else if (!strcmp(argv[i], "pub")) {
			flags |= ATF_PUBL;
		} else {
			con_printf("arp: `%s` is not understood; temp and pub are\n", argv[i]);
			return -1;
		}
	}
	return flags;
}

static int cmd_arp(int argc, char **argv)
{
	const char *dev = NULL;
	bool set = false, del = false, bsd = false;
	__be32 addr;
	u8 mac[6];
	int i, err, flags;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "-s"))
			set = true;
		else if (!strcmp(argv[i], "-d"))
			del = true;
		else if (!strcmp(argv[i], "-i") && i + 1 < argc)
			dev = argv[++i];
		else if (!strcmp(argv[i], "-a") || !strcmp(argv[i], "-an") ||
			 !strcmp(argv[i], "-na"))
			bsd = true;
		else if (strcmp(argv[i], "-n") && strcmp(argv[i], "-e"))
			return usage(&arp_command);
	}
	if (!set && !del && bsd)
		return for_each_row("arp", dev, i < argc ? argv[i] : NULL, show_arp_a) < 0;
	if (!set && !del) {
		return list_arp(dev, i < argc ? argv[i] : NULL);
	}
	if (i >= argc || !parse_ipv4(argv[i], &addr) ||
	    (set && (i + 1 >= argc || !parse_mac(argv[i + 1], mac))))
		return usage(&arp_command);
	flags = entry_flags(argc - i - (set ? 2 : 1), argv + i + (set ? 2 : 1));
	if (flags < 0)
		return 1;
	err = change(addr, set ? mac : NULL, dev, flags);
	if (err)
		err == -ENXIO
			? con_printf("No ARP entry for %s\n", argv[i])
			: con_printf("%s: %s\n", set ? "SIOCSARP" : "SIOCDARP", error_text(err));
	return err ? 1 : 0;
}

struct console_command arp_command = {
	.name = "arp",
	.summary = "show and change the neighbours' link addresses",
	.usage = "  arp [-a] [-n] [-i DEV] [ADDR]\n  arp [-i DEV] -s ADDR MAC [temp] [pub]\n  arp [-i "
		 "DEV] -d "
		 "ADDR [pub]\npub: answer for the address in its owner's place (proxy ARP).\n",
	.fn = cmd_arp,
};
