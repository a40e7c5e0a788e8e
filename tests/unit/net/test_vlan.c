/* SPDX-License-Identifier: MIT */
/* VLAN devices: tags in and out, who gets which frame, what follows the device below, what packet
 * sockets see. IEEE 802.1Q. */
#include <net/if_vlan.h>
#include <net/netdevice.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include <uapi/if_packet.h>
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
		add((struct wanted){ .name = "v", .link = link, .vid = 5, .proto = ETH_P_8021AD }),
		-EPROTONOSUPPORT);
	assert_int_equal(add((struct wanted){ .name = "v", .link = link, .vid = 5, .mtu = 1501 }),
			 -EINVAL);
	assert_int_equal(add((struct wanted){ .name = "v", .link = link, .vid = 5 }), 0);
	assert_int_equal(add((struct wanted){ .name = "v2", .link = link, .vid = 5 }), -EEXIST);
	assert_int_equal(run_task(del_task, "v"), 0);
	assert_int_equal(-run_task(del_task, "eth0"), -EOPNOTSUPP);
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

static void udp_goes_there_and_back_with_its_checksum(void **state)
{
	u8 f[200], out[2048];
	size_t len;

	add_vlan5();
	len = arp_question(f, IP5, 1, 5); /* so that it knows the asker */
	give(f, len);
	drain();
	kthread_run(echo_task, NULL, "echo");
	pass(MILLISECOND);
	len = udp_frame(f + 4, our_mac, IP(10, 0, 5, 99), IP5, 999, 7, "hello", 5);
	memmove(f, f + 4, 12);
	memcpy(f + 12, "\x81\0\0\5", 4);
	give(f, len + 4);
	pass(MILLISECOND);
	assert_int_equal(take(out, sizeof(out)), len + 4);
	assert_memory_equal(out + 12, "\x81\0\0\5\x08\0", 6);
	assert_memory_equal(out + len + 4 - 5, "hello", 5);
	assert_int_equal(csum_tcpudp_magic(IP5, IP(10, 0, 5, 99), 13, IPPROTO_UDP,
					   csum_partial(out + 38, 13, 0)),
			 0);
	del_vlan5();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_judged_as_on_linux),
		cmocka_unit_test(tagged_frames_are_the_vlans_and_answers_are_tagged),
		cmocka_unit_test(id_zero_is_a_priority_alone),
		cmocka_unit_test(an_unknown_id_is_for_others_and_half_a_tag_is_an_error),
		cmocka_unit_test(udp_goes_there_and_back_with_its_checksum),
		cmocka_unit_test(the_vlan_follows_the_device_below),
		cmocka_unit_test(what_it_listens_to_reaches_the_device_below),
		cmocka_unit_test(taps_see_the_tag_beside_the_frame),
		cmocka_unit_test(a_tag_in_a_tag_is_a_vlan_on_a_vlan),
		cmocka_unit_test(netlink_gives_the_very_address),
		cmocka_unit_test(it_goes_with_the_device_below),
	};

	return cmocka_run_group_tests_name("vlan", tests, set_up, end_ipv4);
}
