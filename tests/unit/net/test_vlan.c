/* SPDX-License-Identifier: MIT */
/* VLAN devices: tags in and out, who gets which frame, what follows the device below, what packet
 * sockets see. IEEE 802.1Q. */
#include <net/if_vlan.h>
#include <net/netdevice.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include <uapi/if_packet.h>
#include <uapi/udp.h>
#include <wire/vlan.h>

#include "../ipv4/ipv4_unit.h"
#include "netlink_unit.h"

static struct net_device *eth0, *vlan;

static int set_up(void **state)
{
	boot_ipv4("ip=10.0.2.15:::255.255.255.0::eth0:off");
	eth0 = __dev_get_by_name(&init_net, "eth0");
	return 0;
}

struct wanted {
	const char *name;
	u32 link;
	u16 vid, proto;
	u32 mtu;
	bool no_id;
};

static int add_task(void *arg)
{
	const struct wanted *w = arg;
	struct socket *nl = nl_open(NETLINK_ROUTE);
	const struct ifinfomsg ifm = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	__be16 proto = htons(w->proto);
	struct nlattr *info, *data;
	int err;

	nl_begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifm, sizeof(ifm));
	nl_attr(IFLA_IFNAME, w->name, (u32)strlen(w->name) + 1);
	if (w->link)
		nl_attr_u32(IFLA_LINK, w->link);
	if (w->mtu)
		nl_attr_u32(IFLA_MTU, w->mtu);
	info = nl_attr(IFLA_LINKINFO, "", 0);
	nl_attr(IFLA_INFO_KIND, "vlan", 5);
	data = nl_attr(IFLA_INFO_DATA, "", 0);
	if (!w->no_id)
		nl_attr(IFLA_VLAN_ID, &w->vid, 2);
	if (w->proto)
		nl_attr(IFLA_VLAN_PROTOCOL, &proto, 2);
	data->nla_len = (u16)((char *)&req + req.nlh.nlmsg_len - (char *)data);
	info->nla_len = (u16)((char *)&req + req.nlh.nlmsg_len - (char *)info);
	err = nl_call(nl);
	sock_release(nl);
	return -err;
}

static int add(struct wanted w)
{
	return -run_task(add_task, &w);
}

static int del_task(void *arg)
{
	struct socket *nl = nl_open(NETLINK_ROUTE);
	const struct ifinfomsg ifm = { 0 };
	int err;

	nl_begin(RTM_DELLINK, 0, &ifm, sizeof(ifm));
	nl_attr(IFLA_IFNAME, arg, (u32)strlen(arg) + 1);
	err = nl_call(nl);
	sock_release(nl);
	return -err;
}

static void command(const char *line)
{
	char text[256];

	assert_int_equal(skiff_command(line, text, sizeof(text)), 0);
}

/* eth0.5 with 10.0.5.1/24. */
static void add_vlan5(void)
{
	assert_int_equal(
		add((struct wanted){ .name = "eth0.5", .link = (u32)eth0->ifindex, .vid = 5 }), 0);
	vlan = __dev_get_by_name(&init_net, "eth0.5");
	assert_non_null(vlan);
	command("ip addr add 10.0.5.1/24 dev eth0.5");
	pass(10 * SECOND); /* announcements and probes are over */
	drain();
}

static void del_vlan5(void)
{
	assert_int_equal(run_task(del_task, "eth0.5"), 0);
	assert_null(__dev_get_by_name(&init_net, "eth0.5"));
	assert_null(eth0->vlan_info);
}

/* A question of ARP for @ip, in @tags tags whose last has @tci; its length. */
static size_t arp_question(u8 *f, __be32 ip, unsigned int tags, u16 tci)
{
	struct ethhdr *eth = (struct ethhdr *)f;
	u8 *at = f + sizeof(*eth);
	struct arphdr *arp;
	struct arp_eth_body *b;

	memset(eth->h_dest, 0xff, 6);
	memcpy(eth->h_source, peer_mac, 6);
	eth->h_proto = htons(tags ? ETH_P_8021Q : ETH_P_ARP);
	for (; tags; tags--, at += VLAN_HLEN) {
		struct vlan_hdr *vh = (struct vlan_hdr *)at;

		vh->h_vlan_TCI = htons(tci);
		vh->h_vlan_encapsulated_proto = htons(tags > 1 ? ETH_P_8021Q : ETH_P_ARP);
	}
	arp = (struct arphdr *)at;
	b = (struct arp_eth_body *)(arp + 1);
	*arp = (struct arphdr){ .ar_hrd = htons(1),
				.ar_pro = htons(ETH_P_IP),
				.ar_hln = 6,
				.ar_pln = 4,
				.ar_op = htons(ARPOP_REQUEST) };
	memset(b, 0, sizeof(*b));
	memcpy(b->ar_sha, peer_mac, 6);
	b->ar_sip = (ip & htonl(0xffffff00u)) | htonl(99);
	b->ar_tip = ip;
	return (size_t)((u8 *)(b + 1) - f);
}

#define IP5 IP(10, 0, 5, 1)

static void requests_are_judged_as_on_linux(void **state)
{
	u32 link = (u32)eth0->ifindex;

	assert_int_equal(add((struct wanted){ .name = "v", .link = link, .no_id = true }), -EINVAL);
	assert_int_equal(add((struct wanted){ .name = "v", .vid = 5 }), -EINVAL);
	assert_int_equal(add((struct wanted){ .name = "v", .link = 77, .vid = 5 }), -ENODEV);
	assert_int_equal(add((struct wanted){ .name = "v", .link = link, .vid = 4096 }), -ERANGE);
	assert_int_equal(add((struct wanted){ .name = "v", .link = 1, .vid = 5 }),
			 -EOPNOTSUPP); /* lo */
	assert_int_equal(
		add((struct wanted){ .name = "v", .link = link, .vid = 5, .proto = ETH_P_ARP }),
		-EPROTONOSUPPORT);
	assert_int_equal(add((struct wanted){ .name = "v", .link = link, .vid = 5, .mtu = 1501 }),
			 -EINVAL);
	assert_int_equal(add((struct wanted){ .name = "v", .link = link, .vid = 5 }), 0);
	assert_int_equal(add((struct wanted){ .name = "v2", .link = link, .vid = 5 }), -EEXIST);
	/* the same id of the other type is another LAN */
	assert_int_equal(
		add((struct wanted){ .name = "v2", .link = link, .vid = 5, .proto = ETH_P_8021AD }),
		0);
	assert_int_equal(run_task(del_task, "v"), 0);
	assert_int_equal(run_task(del_task, "v2"), 0);
	assert_null(eth0->vlan_info);
	assert_int_equal(-run_task(del_task, "eth0"), -EOPNOTSUPP);
}

/* What @line prints holds @want; no want: it prints nothing. */
static void says(const char *line, const char *want)
{
	char text[2048];

	skiff_command(line, text, sizeof(text));
	if (want ? !strstr(text, want) : text[0] != 0)
		fail_msg("%s: %s", line, text);
}

static void commands_make_change_and_show_them(void **state)
{
	says("ip link add link eth0 name v mtu 1400 type vlan protocol 802.1ad id 0x10 "
	     "loose_binding on "
	     "ingress-qos-map 1:5 7:6 egress-qos-map 6:1",
	     NULL);
	says("ip -d link show v", "    vlan protocol 802.1ad id 16 <REORDER_HDR,LOOSE_BINDING> \n  "
				  "    ingress-qos-map { 1:5 7:6 } "
				  "\n      egress-qos-map { 6:1 } ");
	says("ip link show v", " mtu 1400 ");
	says("ip link set v type vlan loose_binding off ingress-qos-map 1:0 7:0 egress-qos-map 6:0 "
	     "0:4 9:7",
	     NULL);
	says("ip -d link show v", "id 16 <REORDER_HDR> \n      egress-qos-map { 0:4 9:7 } ");
	says("ip link set v type vlan reorder_hdr off", "Error: 8021q: The tag is always taken out");
	says("ip link set v type vlan gvrp on", "Error: 8021q: Invalid VLAN flags");
	says("ip link set v type vlan ingress-qos-map 8:1", "Error: 8021q: A tag's priority is 0 to 7");
	says("ip link set v type vlan egress-qos-map 1:8", "Error: 8021q: A tag's priority is 0 to 7");
	says("ip link set v type vlan egress-qos-map 1", "is wrong: invalid QoS mapping");
	says("ip link set v type vlan egress-qos-map", "egress-qos-map is missing");
	says("ip link set v type vlan colour 7", "vlan: unknown command \"colour\"?");
	says("ip link set v type vlan loose_binding maybe", "either \"on\" or \"off\"");
	says("ip link set v type bridge", NULL);
	says("ip link set v type bridge x 1", "Garbage instead of arguments \"x ...\"");
	says("ip link set eth0 type vlan egress-qos-map 1:1",
	     "RTNETLINK answers: Operation not supported");
	says("ip link add link eth0 w type vlan id 70000", "id is invalid");
	says("ip link add link eth0 w type vlan id 4096", "Error: 8021q: Invalid VLAN id");
	says("ip link add link eth0 w type vlan id 5 protocol 0x9100",
	     "Error: 8021q: Invalid VLAN protocol");
	says("ip link add link eth0 w type vlan", "Error: 8021q: VLAN properties not specified");
	says("ip link add link nowhere w type vlan id 5", "nowhere");
	says("ip link add link eth0 w", "type");
	says("ip link add link eth0 w two type vlan id 5", "\"two\" is unknown");
	says("ip link del v", NULL);
	assert_null(eth0->vlan_info);
}

/* More priorities than have room are refused, and a message shows those that have. */
static void the_table_of_priorities_is_bounded(void **state)
{
	char line[64];
	int i;

	add_vlan5();
	for (i = 0; i < 64; i++) {
		scnprintf(line, sizeof(line), "ip link set eth0.5 type vlan egress-qos-map %d:1",
			  100 + i);
		says(line, NULL);
	}
	says("ip link set eth0.5 type vlan egress-qos-map 7:1",
	     "Error: 8021q: Too many priorities are mapped");
	says("ip link set eth0.5 type vlan egress-qos-map 163:2", NULL);
	says("ip link set eth0.5 type vlan ingress-qos-map 0:1 1:1 2:1 3:1 4:1 5:1 6:1 7:1", NULL);
	says("ip -d link show eth0.5", " 162:1 163:2 } ");
	del_vlan5();
}

static void tagged_frames_are_the_vlans_and_answers_are_tagged(void **state)
{
	u8 f[100], out[2048];
	size_t len;

	add_vlan5();
	len = arp_question(f, IP5, 1, 5);
	give(f, len);
	assert_int_equal(take(out, sizeof(out)), 46);
	assert_memory_equal(out, peer_mac, 6);
	assert_memory_equal(out + 6, our_mac, 6);
	assert_memory_equal(out + 12, "\x81\0\0\5\x08\6\0\1", 8);
	assert_int_equal(vlan->stats.rx_packets, 1);
	assert_int_equal(vlan->stats.rx_bytes, 42);
	assert_true(vlan->stats.tx_packets >= 1);
	/* with a priority it is the same LAN; of another it is nobody's, nor untagged the VLAN's */
	len = arp_question(f, IP5, 1, 0xa005);
	give(f, len);
	assert_int_equal(take(out, sizeof(out)), 46);
	len = arp_question(f, IP5, 1, 6);
	give(f, len);
	assert_int_equal(take(out, sizeof(out)), 0);
	assert_int_equal(vlan->stats.rx_packets, 2);
	del_vlan5();
}

static void id_zero_is_a_priority_alone(void **state)
{
	u8 f[200], out[2048];
	size_t len = arp_question(f, OUR_IP, 1, 0xe000);
	u64 unhandled = drops(SKB_DROP_REASON_UNHANDLED_PROTO);

	drain();
	give(f, len);
	assert_int_equal(take(out, sizeof(out)), 42);
	len = arp_question(f, OUR_IP, 30, 0); /* tags without end are nobody's */
	give(f, len);
	assert_int_equal(take(out, sizeof(out)), 0);
	assert_int_equal(drops(SKB_DROP_REASON_UNHANDLED_PROTO), unhandled + 1);
}

static void an_unknown_id_is_for_others_and_half_a_tag_is_an_error(void **state)
{
	u64 other = drops(SKB_DROP_REASON_OTHERHOST), bad = drops(SKB_DROP_REASON_DEV_HDR);
	u64 errors = eth0->stats.rx_errors;
	u8 f[100];
	size_t len = udp_frame(f + 4, our_mac, PEER_IP, OUR_IP, 9, 9, "x", 1);

	memmove(f, f + 4, 12);
	memcpy(f + 12, "\x81\0\0\7", 4);
	give(f, len + 4);
	assert_int_equal(drops(SKB_DROP_REASON_OTHERHOST), other + 1);
	give(f, 16);
	assert_int_equal(drops(SKB_DROP_REASON_DEV_HDR), bad + 1);
	assert_int_equal(eth0->stats.rx_errors, errors + 1);
}

static int echo_priority;

static int echo_task(void *unused)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(7) };
	struct kmsghdr msg = { 0 };
	struct sockaddr_storage from_addr;
	struct iovec vec;
	struct socket *s;
	char buf[100];
	int n;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &s), 0);
	assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(kernel_setsockopt(s, SOL_SOCKET, SO_PRIORITY, &echo_priority,
					   sizeof(echo_priority)),
			 0);
	msg.msg_name = &from_addr;
	vec = (struct iovec){ buf, sizeof(buf) };
	n = kernel_recvmsg(s, &msg, &vec, 1, sizeof(buf), 0);
	assert_int_equal(n, 5);
	vec = (struct iovec){ buf, 5 };
	msg.msg_controllen = 0;
	assert_int_equal(kernel_sendmsg(s, &msg, &vec, 1, 5), 5);
	sock_release(s);
	return 0;
}

/* "hello" to UDP's port 7 in a tag of @proto and @tci comes back in one of @answer. */
static void echo_through(u16 proto, u16 tci, u16 answer)
{
	u8 f[200], out[2048];
	const u8 tag[4] = { (u8)(proto >> 8), (u8)proto, (u8)(tci >> 8), (u8)tci };
	size_t len;

	kthread_run(echo_task, NULL, "echo");
	pass(MILLISECOND);
	len = udp_frame(f + 4, our_mac, IP(10, 0, 5, 99), IP5, 999, 7, "hello", 5);
	memmove(f, f + 4, 12);
	memcpy(f + 12, tag, 4);
	give(f, len + 4);
	pass(MILLISECOND);
	assert_int_equal(take(out, sizeof(out)), len + 4);
	assert_memory_equal(out + 12, tag, 2);
	assert_int_equal(out[14] << 8 | out[15], answer);
	assert_memory_equal(out + 16, "\x08\0", 2);
	assert_memory_equal(out + len + 4 - 5, "hello", 5);
	assert_int_equal(csum_tcpudp_magic(IP5, IP(10, 0, 5, 99), 13, IPPROTO_UDP,
					   csum_partial(out + 38, 13, 0)),
			 0);
}

static void udp_goes_there_and_back_with_its_checksum(void **state)
{
	u8 f[200];

	add_vlan5();
	give(f, arp_question(f, IP5, 1, 5)); /* so that it knows the asker */
	drain();
	echo_through(ETH_P_8021Q, 5, 5);
	del_vlan5();
}

/* ---- priorities ---- */

static u32 came_with;

static int note_priority(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
			 struct net_device *orig_dev)
{
	came_with = skb->priority;
	consume_skb(skb);
	return 0;
}

static struct packet_type noting = { .type = htons(ETH_P_IP), .func = note_priority };

static void priorities_are_mapped_both_ways(void **state)
{
	u8 f[200];

	add_vlan5();
	give(f, arp_question(f, IP5, 1, 5));
	drain();
	command("ip link set eth0.5 type vlan ingress-qos-map 2:77 egress-qos-map 6:5 3:7");
	echo_priority = 6;
	echo_through(ETH_P_8021Q, 0x4005, 0xa005); /* the answer's is the socket's own */
	echo_priority = 3;
	echo_through(ETH_P_8021Q, 5, 0xe005);
	echo_priority = 0;
	echo_through(ETH_P_8021Q, 0xe005, 5);
	noting.dev = vlan;
	dev_add_pack(&noting);
	echo_priority = 6;
	echo_through(ETH_P_8021Q, 0x4005, 0xa005);
	assert_int_equal(came_with, 77);
	echo_through(ETH_P_8021Q, 0x6005, 0xa005);
	assert_int_equal(came_with, 0);
	dev_remove_pack(&noting);
	echo_priority = 0;
	del_vlan5();
}

static void a_providers_tag_is_another_lan(void **state)
{
	struct wanted w = {
		.name = "prov", .link = (u32)eth0->ifindex, .vid = 5, .proto = ETH_P_8021AD
	};
	u8 f[200];
	size_t len;

	assert_int_equal(add(w), 0);
	command("ip addr add 10.0.5.1/24 dev prov");
	pass(10 * SECOND);
	len = arp_question(f, IP5, 1, 5);
	give(f, len);
	drain();
	memcpy(f + 12, "\x88\xa8", 2);
	give(f, len);
	assert_int_equal(take(f, sizeof(f)), 46);
	assert_memory_equal(f + 12, "\x88\xa8\0\5\x08\6", 6);
	echo_through(ETH_P_8021AD, 5, 5);
	command("ip link del prov");
	assert_null(eth0->vlan_info);
}

/* ---- large packets ---- */

#define LARGE 5000

static u8 large[LARGE];

static int send_large_task(void *unused)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr.s_addr = IP(10, 0, 5, 99) };
	struct kmsghdr msg = { .msg_name = &a, .msg_namelen = sizeof(a) };
	struct iovec vec = { large, LARGE };
	struct socket *s;
	int segment = 1400, n;

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &s), 0);
	assert_int_equal(kernel_setsockopt(s, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)), 0);
	n = kernel_sendmsg(s, &msg, &vec, 1, LARGE);
	sock_release(s);
	return n;
}

/* However much the device below can do, what is on the wire is the same. */
static void a_large_send_is_cut_and_each_piece_tagged(void **state)
{
	static const u32 can[] = { 0, NETIF_F_SG | NETIF_F_HW_CSUM };
	unsigned int i, j, off, n;
	u32 before = eth0->features;
	u8 out[2048];

	for (j = 0; j < LARGE; j++)
		large[j] = (u8)(j * 7 + (j >> 8));
	for (i = 0; i < ARRAY_SIZE(can); i++) {
		eth0->features |= can[i];
		add_vlan5();
		assert_true((vlan->features & can[i]) == can[i]);
		command("ip neigh add 10.0.5.99 lladdr 02:00:00:00:00:01 dev eth0.5");
		assert_int_equal(run_task(send_large_task, NULL), LARGE);
		pass(MILLISECOND);
		for (off = 0; off < LARGE; off += n) {
			n = min(1400u, LARGE - off);
			assert_int_equal(take(out, sizeof(out)), 46 + n);
			assert_memory_equal(out + 12, "\x81\0\0\5\x08\0", 6);
			assert_memory_equal(out + 46, large + off, n);
			if (!can[i]) /* a device that makes checksums was promised one */
				assert_int_equal(
					csum_tcpudp_magic(IP5, IP(10, 0, 5, 99), 8 + n, IPPROTO_UDP,
							  csum_partial(out + 38, (int)(8 + n), 0)),
					0);
		}
		assert_int_equal(take(out, sizeof(out)), 0);
		assert_int_equal(vlan->stats.tx_dropped, 0);
		del_vlan5();
		eth0->features = before;
	}
}

static int change_task(void *arg)
{
	int (*fn)(void) = (int (*)(void))arg;
	int rc;

	rtnl_lock();
	rc = fn();
	rtnl_unlock();
	return rc;
}

static int change(int (*fn)(void))
{
	return run_task(change_task, (void *)fn);
}

static int eth0_down(void)
{
	return dev_change_flags(eth0, eth0->flags & ~(unsigned int)IFF_UP);
}
static int eth0_up(void)
{
	return dev_change_flags(eth0, eth0->flags | IFF_UP);
}
static int eth0_mtu_1400(void)
{
	return dev_set_mtu(eth0, 1400);
}
static int eth0_mtu_1500(void)
{
	return dev_set_mtu(eth0, 1500);
}
static int vlan_mtu_1450(void)
{
	return -dev_set_mtu(vlan, 1450);
}
static int vlan_up(void)
{
	return -dev_change_flags(vlan, vlan->flags | IFF_UP);
}

static void the_vlan_follows_the_device_below(void **state)
{
	add_vlan5();
	assert_int_equal(change(eth0_mtu_1400), 0);
	assert_int_equal(vlan->mtu, 1400);
	assert_int_equal(change(vlan_mtu_1450), ERANGE);
	assert_int_equal(change(eth0_mtu_1500), 0);
	assert_int_equal(vlan->mtu, 1400); /* it may be larger again, but nobody asked */
	assert_int_equal(change(vlan_mtu_1450), 0);
	assert_int_equal(change(eth0_down), 0);
	assert_false(vlan->flags & IFF_UP);
	assert_int_equal(change(vlan_up), ENETDOWN);
	assert_int_equal(change(eth0_up), 0);
	assert_true(vlan->flags & IFF_UP);
	netif_carrier_off(eth0);
	pass(10 * MILLISECOND);
	assert_false(dev_get_flags(vlan) & IFF_RUNNING);
	netif_carrier_on(eth0);
	pass(10 * MILLISECOND);
	assert_true(dev_get_flags(vlan) & IFF_RUNNING);
	del_vlan5();
}

static const u8 group[6] = { 1, 0, 0x5e, 1, 2, 3 }, other_mac[6] = { 2, 9, 9, 9, 9, 9 };

static int filters(void)
{
	int groups = eth0->mc_count, promisc = eth0->promiscuity;

	dev_mc_add(vlan, group, 6);
	assert_int_equal(eth0->mc_count, groups + 1);
	dev_set_promiscuity(vlan, 1);
	assert_int_equal(eth0->promiscuity, promisc + 1);
	dev_set_promiscuity(vlan, -1);
	assert_int_equal(eth0->promiscuity, promisc);
	dev_set_allmulti(vlan, 1);
	assert_int_equal(eth0->allmulti, 1);
	dev_set_allmulti(vlan, -1);
	assert_int_equal(eth0->allmulti, 0);
	assert_int_equal(dev_set_mac_address(vlan, other_mac), 0);
	assert_int_equal(eth0->promiscuity, promisc + 1); /* no filter knows a second address */
	dev_close(vlan);
	assert_int_equal(eth0->promiscuity, promisc);
	dev_open(vlan);
	assert_int_equal(eth0->promiscuity, promisc + 1);
	assert_int_equal(dev_set_mac_address(vlan, our_mac), 0);
	assert_int_equal(eth0->promiscuity, promisc);
	dev_mc_delete(vlan, group, 6);
	assert_int_equal(eth0->mc_count, groups);
	return 0;
}

static void what_it_listens_to_reaches_the_device_below(void **state)
{
	int groups = eth0->mc_count;

	add_vlan5();
	assert_int_equal(change(filters), 0);
	del_vlan5();
	assert_int_equal(eth0->mc_count, groups);
	assert_int_equal(eth0->promiscuity, 0);
}

/* ---- packet sockets ---- */

static struct socket *tap;

static int tap_task(void *arg)
{
	const struct net_device *dev = arg;
	struct sockaddr_ll a = { .sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = dev->ifindex };
	int on = 1;

	assert_int_equal(sock_create_kern(&init_net, AF_PACKET, SOCK_RAW, 0, &tap), 0);
	assert_int_equal(kernel_bind(tap, (struct sockaddr *)&a, sizeof(a)), 0);
	return kernel_setsockopt(tap, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
}

static u8 tapped[200];

static int tapped_task(void *arg)
{
	char control[100];
	struct tpacket_auxdata *aux = arg;
	struct kmsghdr msg = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct iovec vec = { tapped, sizeof(tapped) };
	int n = kernel_recvmsg(tap, &msg, &vec, 1, sizeof(tapped), MSG_DONTWAIT);

	memcpy(aux, control + 16, sizeof(*aux));
	return n;
}

static void taps_see_the_tag_beside_the_frame(void **state)
{
	struct tpacket_auxdata aux;
	u8 f[100];
	size_t len;

	add_vlan5();
	run_task(tap_task, eth0);
	len = arp_question(f, IP(10, 0, 5, 77), 1, 0x6005);
	give(f, len);
	assert_int_equal(run_task(tapped_task, &aux), len - VLAN_HLEN);
	assert_int_equal(aux.tp_status & (TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID),
			 TP_STATUS_VLAN_VALID | TP_STATUS_VLAN_TPID_VALID);
	assert_int_equal(aux.tp_vlan_tci, 0x6005);
	assert_int_equal(aux.tp_vlan_tpid, ETH_P_8021Q);
	assert_memory_equal(tapped, f, 12);
	assert_memory_equal(tapped + 12, f + 16, len - 16);
	sock_release(tap);
	run_task(tap_task, vlan); /* there it never had one */
	give(f, len);
	assert_int_equal(run_task(tapped_task, &aux), len - VLAN_HLEN);
	assert_false(aux.tp_status & TP_STATUS_VLAN_VALID);
	sock_release(tap);
	del_vlan5();
}

static void a_tag_in_a_tag_is_a_vlan_on_a_vlan(void **state)
{
	u8 f[100], out[2048];
	size_t len;

	add_vlan5();
	assert_int_equal(
		add((struct wanted){ .name = "inner", .link = (u32)vlan->ifindex, .vid = 5 }), 0);
	command("ip addr add 10.0.6.1/24 dev inner");
	pass(10 * SECOND);
	drain();
	len = arp_question(f, IP(10, 0, 6, 1), 2, 5);
	give(f, len);
	assert_int_equal(take(out, sizeof(out)), 50);
	assert_memory_equal(out + 12, "\x81\0\0\5\x81\0\0\5\x08\6", 10);
	del_vlan5(); /* and what is on it */
	assert_null(__dev_get_by_name(&init_net, "inner"));
}

static int netlink_mac_task(void *unused)
{
	struct socket *nl = nl_open(NETLINK_ROUTE);
	const struct ifinfomsg ifm = { .ifi_index = vlan->ifindex };
	int err;

	nl_begin(RTM_SETLINK, 0, &ifm, sizeof(ifm));
	nl_attr(IFLA_ADDRESS, other_mac, 6);
	err = nl_call(nl);
	sock_release(nl);
	return -err;
}

static void netlink_gives_the_very_address(void **state)
{
	add_vlan5();
	assert_int_equal(run_task(netlink_mac_task, NULL), 0);
	assert_memory_equal(vlan->dev_addr, other_mac, 6);
	del_vlan5();
}

static int remove_task(void *unused)
{
	skiff_port_remove(port);
	return 0;
}

static void it_goes_with_the_device_below(void **state)
{
	add_vlan5();
	assert_int_equal(run_task(remove_task, NULL), 0);
	assert_null(__dev_get_by_name(&init_net, "eth0"));
	assert_null(__dev_get_by_name(&init_net, "eth0.5"));
}

/* What a failed test has left. */
static int forget_vlans(void **state)
{
	static const char *const names[] = { "eth0.5", "v", "v2", "prov" };
	char line[64], text[256];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		scnprintf(line, sizeof(line), "ip link del %s", names[i]);
		skiff_command(line, text, sizeof(text));
	}
	return 0;
}

#define VLAN_TEST(f) cmocka_unit_test_teardown(f, forget_vlans)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VLAN_TEST(requests_are_judged_as_on_linux),
		VLAN_TEST(commands_make_change_and_show_them),
		VLAN_TEST(the_table_of_priorities_is_bounded),
		VLAN_TEST(tagged_frames_are_the_vlans_and_answers_are_tagged),
		VLAN_TEST(id_zero_is_a_priority_alone),
		VLAN_TEST(an_unknown_id_is_for_others_and_half_a_tag_is_an_error),
		VLAN_TEST(udp_goes_there_and_back_with_its_checksum),
		VLAN_TEST(priorities_are_mapped_both_ways),
		VLAN_TEST(a_providers_tag_is_another_lan),
		VLAN_TEST(a_large_send_is_cut_and_each_piece_tagged),
		VLAN_TEST(the_vlan_follows_the_device_below),
		VLAN_TEST(what_it_listens_to_reaches_the_device_below),
		VLAN_TEST(taps_see_the_tag_beside_the_frame),
		VLAN_TEST(a_tag_in_a_tag_is_a_vlan_on_a_vlan),
		VLAN_TEST(netlink_gives_the_very_address),
		VLAN_TEST(it_goes_with_the_device_below),
	};

	return cmocka_run_group_tests_name("vlan", tests, set_up, end_ipv4);
}
