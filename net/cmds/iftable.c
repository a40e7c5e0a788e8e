/* SPDX-License-Identifier: MIT */
/* Every device and address, gathered by ioctls as ifconfig(8) gathers them. */
#include "cmd_internal.h"

#define DEVICES_MAX 64
#define CONF_MAX    128 /* addresses of all devices */

/* What is asked of each device, and where the answer goes. */
static int fill_device(struct if_info *info, const char *name)
{
	struct ifreq ifr = { 0 };
	int err;

	strscpy(info->name, name, IFNAMSIZ);
	err = cmd_ifreq(SIOCGIFINDEX, name, &ifr);
	if (err)
		return err;
	info->index = ifr.ifr_ifindex;
	if (!cmd_ifreq(SIOCGIFFLAGS, name, &ifr))
		info->flags = (unsigned short)ifr.ifr_flags;
	if (!cmd_ifreq(SIOCGIFMTU, name, &ifr))
		info->mtu = ifr.ifr_mtu;
	if (!cmd_ifreq(SIOCGIFTXQLEN, name, &ifr))
		info->qlen = ifr.ifr_qlen;
	if (!cmd_ifreq(SIOCGIFHWADDR, name, &ifr)) {
		info->hw_type = ifr.ifr_hwaddr.sa_family;
		memcpy(info->mac, ifr.ifr_hwaddr.sa_data, 6);
	}
	return 0;
}

/* One line of SIOCGIFCONF: the device's next address. The address goes along, as the hint among
 * several of one label. */
static void add_address(struct if_info *info, const struct ifreq *conf)
{
	struct if_addr *a = &info->addrs[info->nr_addrs];
	struct ifreq ifr = *conf;

	if (info->nr_addrs == IF_ADDRS_MAX)
		return;
	strscpy(a->label, conf->ifr_name, IFNAMSIZ);
	a->addr = get_sockaddr(&conf->ifr_addr);
	a->mask = prefix_mask(32);
	if (!cmd_ioctl(SIOCGIFNETMASK, &ifr))
		a->mask = get_sockaddr(&ifr.ifr_netmask);
	ifr = *conf;
	if (!cmd_ioctl(SIOCGIFBRDADDR, &ifr))
		a->brd = get_sockaddr(&ifr.ifr_broadaddr);
	info->nr_addrs++;
}

static struct if_info *find_device(struct if_info *table, int n, const char *label)
{
	size_t len = strcspn(label, ":");
	int i;

	for (i = 0; i < n; i++)
		if (strlen(table[i].name) == len && !strncmp(table[i].name, label, len))
			return &table[i];
	return NULL;
}

static void add_addresses(struct if_info *table, int n)
{
	struct ifreq *conf = kcalloc(CONF_MAX, sizeof(*conf), GFP_KERNEL);
	struct ifconf ifc = { .ifc_len = CONF_MAX * sizeof(*conf), .ifc_req = conf };
	int i;

	if (conf && !cmd_ioctl(SIOCGIFCONF, &ifc)) {
		for (i = 0; i < ifc.ifc_len / (int)sizeof(*conf); i++) {
			struct if_info *info = find_device(table, n, conf[i].ifr_name);

			if (info)
				add_address(info, &conf[i]);
		}
	}
	kfree(conf);
}

/* As net-tools sorts names: numbers within them by value, eth2 before eth10. */
static int compare_names(const char *a, const char *b)
{
	unsigned long long x, y;

	for (; *a && *a == *b && !isdigit(*a); a++, b++)
		;
	if (!isdigit(*a) || !isdigit(*b))
		return (unsigned char)*a - (unsigned char)*b;
	x = simple_strtoull(a, (char **)&a, 10);
	y = simple_strtoull(b, (char **)&b, 10);
	return x != y ? (x < y ? -1 : 1) : compare_names(a, b);
}

static void sort_by_name(struct if_info *table, int n)
{
	int i, k;

	for (i = 1; i < n; i++)
		for (k = i; k > 0 && compare_names(table[k - 1].name, table[k].name) > 0; k--)
			swap(table[k - 1], table[k]);
}

int if_table(struct if_info **table)
{
	char *text = proc_text("if", "/proc/net/dev"), *rest = text, *line;
	struct if_info *all = kcalloc(DEVICES_MAX, sizeof(*all), GFP_KERNEL);
	int n = 0;

	if (!text || !all) {
		kfree(text);
		kfree(all);
		return -ENOMEM;
	}
	while ((line = strsep(&rest, "\n")) && n < DEVICES_MAX) {
		char *colon = strchr(line, ':');

		if (!colon || strchr(line, '|'))
			continue;
		*colon = '\0';
		if (!fill_device(&all[n], skip_spaces(line)))
			n++;
	}
	kfree(text);
	add_addresses(all, n);
	sort_by_name(all, n);
	*table = all;
	return n;
}
