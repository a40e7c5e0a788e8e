/* SPDX-License-Identifier: MIT */
/* ifconfig: devices in net-tools' form. */
#include "cmd_internal.h"

static void show_flags(unsigned int flags)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} names[] = {
		{ IFF_UP, "UP" },
		{ IFF_BROADCAST, "BROADCAST" },
		{ IFF_LOOPBACK, "LOOPBACK" },
		{ IFF_POINTOPOINT, "POINTOPOINT" },
		{ IFF_RUNNING, "RUNNING" },
		{ IFF_NOARP, "NOARP" },
		{ IFF_PROMISC, "PROMISC" },
		{ IFF_ALLMULTI, "ALLMULTI" },
		{ IFF_MULTICAST, "MULTICAST" },
	};
	const char *sep = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(flags & names[i].flag))
			continue;
		con_printf("%s%s", sep, names[i].name);
		sep = ",";
	}
}

/* The sixteen numbers of a device in /proc/net/dev. */
static bool read_counters(const char *dev, unsigned long long c[16])
{
	char *text = proc_text("ifconfig", "/proc/net/dev"), *rest = text, *line, *w;
	size_t n = strlen(dev);
	int k = 0;

	while (text && !k && (line = strsep(&rest, "\n"))) {
		char *s = skip_spaces(line);

		if (strncmp(s, dev, n) || s[n] != ':')
			continue;
		for (s += n + 1; k < 16 && (w = word_of(&s)); k++)
			c[k] = simple_strtoull(w, NULL, 10);
	}
	kfree(text);
	return k == 16;
}

static void show_bytes(const char *what, unsigned long long packets, unsigned long long bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned long long scaled = bytes, rest = 0;
	unsigned int i;

	for (i = 0; scaled >= 1024; i++) {
		rest = scaled % 1024;
		scaled /= 1024;
	}
	con_printf("        %s packets %llu  bytes %llu (%llu.%llu %s)\n", what, packets, bytes,
		   scaled, rest * 10 / 1024, units[i]);
}

/* The lines that a device and each other label of its addresses have; the first address of the label stands for all. */
static void show_head(const struct if_info *i, const char *label)
{
	unsigned int k;

	con_printf("%s: flags=%u<", label, i->flags & 0xffff);
	show_flags(i->flags);
	con_printf(">  mtu %d\n", i->mtu);
	for (k = 0; k < i->nr_addrs; k++) {
		const struct if_addr *a = &i->addrs[k];

		if (strcmp(a->label, label))
			continue;
		con_printf("        inet %pI4  netmask %pI4", &a->addr, &a->mask);
		if (a->brd)
			con_printf("  broadcast %pI4", &a->brd);
		con_printf("\n");
		break;
	}
	if (i->flags & IFF_LOOPBACK)
		con_printf("        loop  txqueuelen %d  (Local Loopback)\n", i->qlen);
	else
		con_printf("        ether %pM  txqueuelen %d  (Ethernet)\n", i->mac, i->qlen);
}

static void show_device(const struct if_info *i)
{
	unsigned long long c[16];

	show_head(i, i->name);
	if (read_counters(i->name, c)) {
		show_bytes("RX", c[1], c[0]);
		con_printf("        RX errors %llu  dropped %llu  overruns %llu  frame %llu\n",
			   c[2], c[3], c[4], c[5]);
		show_bytes("TX", c[9], c[8]);
		con_printf("        TX errors %llu  dropped %llu overruns %llu  carrier %llu  "
			   "collisions %llu\n",
			   c[10], c[11], c[12], c[14], c[13]);
	}
	con_printf("\n");
}

/* The labels of a device that are not its name; those that @only names, where it is not NULL. The number shown. */
static int show_aliases(const struct if_info *i, const char *only)
{
	unsigned int k, before;
	int shown = 0;

	for (k = 0; k < i->nr_addrs; k++) {
		const char *label = i->addrs[k].label;

		for (before = 0; before < k && strcmp(i->addrs[before].label, label); before++)
			;
		if (before < k || !strcmp(label, i->name) || (only && strcmp(label, only)))
			continue;
		show_head(i, label);
		con_printf("\n");
		shown++;
	}
	return shown;
}

/* "BMRU": the flags as letters. */
static void show_letters(unsigned int flags)
{
	static const struct {
		unsigned int flag;
		char letter;
	} letters[] = { { IFF_ALLMULTI, 'A' },	  { IFF_BROADCAST, 'B' }, { IFF_LOOPBACK, 'L' },
			{ IFF_MULTICAST, 'M' },	  { IFF_NOARP, 'O' },	  { IFF_PROMISC, 'P' },
			{ IFF_POINTOPOINT, 'P' }, { IFF_RUNNING, 'R' },	  { IFF_UP, 'U' } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		if (flags & letters[i].flag)
			con_printf("%c", letters[i].letter);
	con_printf("\n");
}

int netstat_devices(void)
{
	unsigned long long c[16];
	struct if_info *t;
	int n = if_table(&t), i;

	con_printf("   RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n");
	for (i = 0; i < n; i++) {
		if (!(t[i].flags & IFF_UP) || !read_counters(t[i].name, c))
			continue;
		con_printf("%-15s %5d %8llu %6llu %6llu %-6llu %8llu %6llu %6llu %6llu ", t[i].name,
			   t[i].mtu, c[1], c[2], c[3], c[4], c[9], c[10], c[11], c[12]);
		show_letters(t[i].flags);
	}
	if (n >= 0)
		kfree(t);
	return n < 0;
}

static int show(const char *dev, bool all)
{
	struct if_info *t;
	int n = if_table(&t), i, shown = 0;

	for (i = 0; i < n; i++) {
		if (dev ? !strcmp(dev, t[i].name) : all || t[i].flags & IFF_UP) {
			show_device(&t[i]);
			shown++;
		}
		if (dev || all || t[i].flags & IFF_UP)
			shown += dev && !strcmp(dev, t[i].name) ? 0 : show_aliases(&t[i], dev);
	}
	if (n >= 0)
		kfree(t);
	if (shown || !dev)
		return 0;
	con_printf("%s: error fetching interface information: Device not found\n", dev);
	return 1;
}

int ifconfig_devices(void)
{
	return show(NULL, false);
}

static int show_by_word(const char *word)
{
	if (!strcmp(word, "-s")) {
		con_printf("Iface      MTU ");
		return netstat_devices();
	}
	if (!strcmp(word, "-a"))
		return show(NULL, true);
	return word[0] == '-' ? usage(&ifconfig_command) : show(word, true);
}

static int change_addr(const char *dev, unsigned int cmd, const char *word)
{
	struct ifreq ifr = { 0 };
	__be32 addr;

	if (!parse_ipv4(word, &addr))
		return -EINVAL;
	set_sockaddr(&ifr.ifr_addr, addr, 0);
	return cmd_ifreq(cmd, dev, &ifr);
}

/* ADDR or ADDR/LEN; the device comes up with it. */
static int set_address(const char *dev, const char *word)
{
	struct ifreq ifr = { 0 };
	unsigned int plen;
	__be32 addr;
	int err;

	if (!parse_prefix(word, &addr, &plen))
		return -EINVAL;
	set_sockaddr(&ifr.ifr_addr, addr, 0);
	err = cmd_ifreq(SIOCSIFADDR, dev, &ifr);
	if (!err && strchr(word, '/')) {
		set_sockaddr(&ifr.ifr_netmask, prefix_mask(plen), 0);
		err = cmd_ifreq(SIOCSIFNETMASK, dev, &ifr);
	}
	return err || !addr ? err : cmd_change_flags(dev, 0, IFF_UP);
}

static int set_mtu(const char *dev, const char *word)
{
	struct ifreq ifr = { 0 };

	return kstrtoint(word, 10, &ifr.ifr_mtu) ? -EINVAL : cmd_ifreq(SIOCSIFMTU, dev, &ifr);
}

static int set_txqueuelen(const char *dev, const char *word)
{
	struct ifreq ifr = { 0 };

	return kstrtoint(word, 10, &ifr.ifr_qlen) ? -EINVAL : cmd_ifreq(SIOCSIFTXQLEN, dev, &ifr);
}

static const struct {
	const char *word;
	unsigned int clear, set;
} switches[] = {
	{ "up", 0, IFF_UP },
	{ "down", IFF_UP, 0 },
	{ "promisc", 0, IFF_PROMISC },
	{ "-promisc", IFF_PROMISC, 0 },
	{ "allmulti", 0, IFF_ALLMULTI },
	{ "-allmulti", IFF_ALLMULTI, 0 },
	{ "arp", IFF_NOARP, 0 },
	{ "-arp", 0, IFF_NOARP },
};

/* One word and perhaps its value; *used words are taken. 0 or -errno. */
static int apply(const char *dev, const char *word, const char *value, int *used)
{
	unsigned int i;

	*used = 1;
	for (i = 0; i < ARRAY_SIZE(switches); i++)
		if (!strcmp(word, switches[i].word))
			return cmd_change_flags(dev, switches[i].clear, switches[i].set);
	*used = 2;
	if (value && !strcmp(word, "netmask"))
		return change_addr(dev, SIOCSIFNETMASK, value);
	if (value && !strcmp(word, "broadcast"))
		return change_addr(dev, SIOCSIFBRDADDR, value);
	if (value && !strcmp(word, "mtu"))
		return set_mtu(dev, value);
	if (value && !strcmp(word, "txqueuelen"))
		return set_txqueuelen(dev, value);
	*used = 1;
	return set_address(dev, word);
}

/* What was wrong, and what would be right where the word says so little. */
static int failed(const char *dev, const char *word, const char *value, int err)
{
	if (err == -ENODEV) {
		con_printf("%s: ERROR while getting interface flags: No such device\n", dev);
		return 1;
	}
	con_printf("ifconfig: %s: %s", dev, word);
	if (value)
		con_printf(" %s", value);
	if (err != -EINVAL)
		con_printf(": %s\n", error_text(err));
	else if (!strcmp(word, "mtu"))
		con_printf(": 68 or more bytes are right, up to what the device can do\n");
	else if (value)
		con_printf(": not a value that is right here; `help ifconfig` shows the usage\n");
	else
		con_printf(": neither an address such as 10.0.0.1/24 nor a word that `help ifconfig` "
			   "shows\n");
	return 1;
}

static int cmd_ifconfig(int argc, char **argv)
{
	int i, used, err;

	if (argc == 1)
		return show(NULL, false);
	if (argc == 2)
		return show_by_word(argv[1]);
	for (i = 2; i < argc; i += used) {
		err = apply(argv[1], argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used);
		if (err)
			return failed(argv[1], argv[i], used > 1 ? argv[i + 1] : NULL, err);
	}
	return 0;
}

struct console_command ifconfig_command = {
	.name = "ifconfig",
	.summary = "show and change devices",
	.usage = "  ifconfig [-a | -s | DEV]\n"
		 "  ifconfig DEV [ADDR[/LEN]] [netmask MASK] [broadcast ADDR] [mtu N] [txqueuelen N] [up|down] "
		 "[[-]promisc] [[-]allmulti]\n",
	.fn = cmd_ifconfig,
};
