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

/* Set (or with a NULL address delete) an entry. 0 or -errno. */
static int change(__be32 addr, const u8 *mac, const char *dev, bool temporary)
{
	struct arpreq req = { 0 };

	set_sockaddr(&req.arp_pa, addr, 0);
	req.arp_ha.sa_family = ARPHRD_ETHER;
	req.arp_flags = ATF_COM | (temporary ? 0 : ATF_PERM);
	if (mac)
		memcpy(req.arp_ha.sa_data, mac, 6);
	if (dev && strscpy(req.arp_dev, dev, IFNAMSIZ) < 0)
		return -ENODEV;
	return cmd_ioctl(mac ? SIOCSARP : SIOCDARP, &req);
}

static void show_arp(const struct neigh_row *r)
{
	bool known = r->flags & ATF_COM;

	con_printf("%-24s %-7s %-19s %-21s %s\n", r->addr, known ? "ether" : "",
		   known ? r->mac : "(incomplete)",
		   r->flags & ATF_PERM ? "CM"
		   : known	       ? "C"
				       : "",
		   r->dev);
}

static void count_only(const struct neigh_row *r)
{
}

/* BSD's form. */
static void show_arp_a(const struct neigh_row *r)
{
	bool known = r->flags & ATF_COM;

	con_printf("? (%s) at %s%s%s on %s\n", r->addr, known ? r->mac : "<incomplete>",
		   known ? " [ether]" : "", r->flags & ATF_PERM ? " PERM" : "", r->dev);
}

static int list_arp(const char *dev, const char *addr)
{
	int n;

	if (!addr || for_each_row("arp", dev, addr, count_only) > 0)
		con_printf("Address                  HWtype  HWaddress           Flags Mask        "
			   "    "
			   "Iface\n");
	n = for_each_row("arp", dev, addr, show_arp);
	if (addr && !n)
		con_printf("%s (%s) -- no entry\n", addr, addr);
	return n < 0 || (addr && !n);
}

static int cmd_arp(int argc, char **argv)
{
	const char *dev = NULL;
	bool set = false, del = false, bsd = false;
	__be32 addr;
	u8 mac[6];
	int i, err;

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
	err = change(addr, set ? mac : NULL, dev, argc > i + 2 && !strcmp(argv[i + 2], "temp"));
	if (err)
		err == -ENXIO
			? con_printf("No ARP entry for %s\n", argv[i])
			: con_printf("%s: %s\n", set ? "SIOCSARP" : "SIOCDARP", error_text(err));
	return err ? 1 : 0;
}

struct console_command arp_command = {
	.name = "arp",
	.summary = "show and change the neighbours' link addresses",
	.usage = "  arp [-a] [-n] [-i DEV] [ADDR]\n  arp [-i DEV] -s ADDR MAC [temp]\n  arp [-i "
		 "DEV] -d "
		 "ADDR\n",
	.fn = cmd_arp,
};
