/* SPDX-License-Identifier: MIT */
/* ip neigh and arp: the neighbours of /proc/net/arp, and the ioctls that change them. */
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

/* Those of @dev and of @addr only, where they are not NULL. The number of rows, or -1 after an error
 * line. */
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

/* ---- ip neigh ---- */

static void show_neigh(const struct neigh_row *r)
{
	bool known = r->flags & ATF_COM;

	con_printf("%s dev %s ", r->addr, r->dev);
	if (known)
		con_printf("lladdr %s ", r->mac);
	con_printf("%s\n", r->flags & ATF_PERM ? "PERMANENT" : known ? "REACHABLE" : "INCOMPLETE");
}

/* Does the table hold the link address of @addr? */
static bool is_known(const char *addr, const char *dev)
{
	char *text = proc_text("ip", "/proc/net/arp"), *rest = text, *line;
	struct neigh_row r;
	bool known = false;

	strsep(&rest, "\n"); /* the headings */
	while ((line = strsep(&rest, "\n")))
		if (parse_row(line, &r) && !strcmp(r.addr, addr) && !strcmp(r.dev, dev))
			known |= (r.flags & ATF_COM) != 0;
	kfree(text);
	return known;
}

/* What was learnt goes, what was set by hand stays. */
static void flush_neigh(const struct neigh_row *r)
{
	__be32 addr;

	if (!(r->flags & ATF_PERM) && parse_ipv4(r->addr, &addr))
		change(addr, NULL, r->dev, false);
}

int ip_neigh_main(int argc, char **argv)
{
	const char *dev = NULL, *lladdr = NULL, *word = NULL;
	bool add, del;
	__be32 addr;
	u8 mac[6];
	int i, err;

	add = argc && (!strcmp(argv[0], "add") || !strcmp(argv[0], "replace") ||
		       !strcmp(argv[0], "change"));
	del = argc && (!strcmp(argv[0], "del") || !strcmp(argv[0], "delete"));
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "dev") && i + 1 < argc)
			dev = argv[++i];
		else if (!strcmp(argv[i], "lladdr") && i + 1 < argc)
			lladdr = argv[++i];
		else if (strcmp(argv[i], "nud") && strcmp(argv[i], "permanent"))
			word = argv[i];
	}
	if (!argc || !strncmp("show", argv[0], strlen(argv[0])) || !strcmp(argv[0], "list"))
		return for_each_row("ip", dev, word, show_neigh) < 0;
	if (!strcmp(argv[0], "flush"))
		return dev || word ? for_each_row("ip", dev, word, flush_neigh) < 0
				   : arg_missing("ip", "what to flush (dev DEV or an address)");
	if (!add && !del) {
		con_printf("Command \"%s\" is unknown, try \"help ip\".\n", argv[0]);
		return 1;
	}
	if (!dev || !word || (add && !lladdr))
		return arg_missing("ip", !word	? "the address"
					 : !dev ? "the device (dev DEV)"
						: "the link address (lladdr MAC)");
	if (!parse_ipv4(word, &addr) || (add && !parse_mac(lladdr, mac))) {
		con_printf("ip neigh: an address such as 10.0.0.1 and a MAC such as "
			   "52:54:00:12:34:56 are expected\n");
		return 1;
	}
	/* The ioctl overwrites; "add" does not. */
	err = !strcmp(argv[0], "add") && is_known(word, dev)
		      ? -EEXIST
		      : change(addr, add ? mac : NULL, dev, false);
	if (err == -ENXIO)
		err = -ENOENT;
	if (err)
		con_printf("RTNETLINK answers: %s\n", error_text(err));
	return err ? 1 : 0;
}

/* ---- arp(8) ---- */

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
		con_printf("Address                  HWtype  HWaddress           Flags Mask            "
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
	.usage = "  arp [-a] [-n] [-i DEV] [ADDR]\n  arp [-i DEV] -s ADDR MAC [temp]\n  arp [-i DEV] -d "
		 "ADDR\n",
	.fn = cmd_arp,
};
