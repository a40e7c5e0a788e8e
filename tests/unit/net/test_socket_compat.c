/* SPDX-License-Identifier: MIT */
/* Requests about devices, addresses and routes in both widths: an i386 program's structures give
 * what the native ones give. */
#include <kernel/file.h>
#include <kernel/syscalls.h>
#include <uapi/compat.h>
#include <uapi/if_arp.h>
#include <uapi/route.h>
#include <uapi/sockios.h>
#include <uapi/time.h>

#include "ipv4/ipv4_unit.h"
#include "net_unit.h"

/* the host's; for memory that a 32-bit program could have */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, long off);
#define MAP_LOW (0x02 | 0x20 | 0x40) /* private, anonymous, below 2 GiB */
#define BAD	((void *)0x123456789000ul)
#define BAD32	0x1000u /* page 0 and its neighbours are never mapped */

static char *low;
static int fd;

static u32 ptr32(const void *p)
{
	return (u32)(uintptr_t)p;
}

static int begin(void)
{
	current->files = files_alloc();
	assert_non_null(current->files);
	memset(low, 0, 8192);
	fd = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(fd >= 0);
	return fd;
}

static int end(void)
{
	files_put(current->files);
	current->files = NULL;
	return 0;
}

static long request(unsigned int cmd, void *arg, bool compat)
{
	struct file *f = current->files->fd[fd];

	return f->f_op->ioctl(f, cmd, (unsigned long)arg, compat);
}

static struct sockaddr sa(__be32 addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = addr };
	struct sockaddr any;

	memcpy(&any, &sin, sizeof(any));
	return any;
}

static __be32 addr_of(const struct sockaddr *any)
{
	struct sockaddr_in sin;

	memcpy(&sin, any, sizeof(sin));
	return sin.sin_addr.s_addr;
}

/* ---- interfaces ---- */

IN_TASK(every_question_about_an_interface_has_one_answer_in_both_widths)
{
	static const unsigned int questions[] = { SIOCGIFFLAGS,	 SIOCGIFMETRIC,	 SIOCGIFMTU,
						  SIOCGIFHWADDR, SIOCGIFINDEX,	 SIOCGIFTXQLEN,
						  SIOCGIFADDR,	 SIOCGIFBRDADDR, SIOCGIFNETMASK,
						  SIOCGIFDSTADDR };
	struct compat_ifreq *c = (void *)low;
	struct ifreq ifr;
	unsigned int i;

	begin();
	for (i = 0; i < ARRAY_SIZE(questions); i++) {
		memset(&ifr, 0, sizeof(ifr));
		memset(c, 0, sizeof(*c));
		strscpy(ifr.ifr_name, "eth0", IFNAMSIZ);
		strscpy(c->ifr_name_, "eth0", IFNAMSIZ);
		ifr.ifr_addr.sa_family = c->ifr_ifru.ifru_addr.sa_family = AF_INET;
		assert_int_equal(request(questions[i], &ifr, false), 0);
		assert_int_equal(request(questions[i], c, true), 0);
		assert_memory_equal(&ifr, c, sizeof(*c));
	}
	assert_int_equal(addr_of(&ifr.ifr_addr), OUR_IP);
	assert_int_equal(request(SIOCGIFSLAVE, c, true), -EINVAL);
	strscpy(c->ifr_name_, "eth9", IFNAMSIZ);
	assert_int_equal(request(SIOCGIFMTU, c, true), -ENODEV);
	assert_int_equal(request(SIOCGIFMTU, BAD, true), -EFAULT);
	return end();
}

IN_TASK(a_name_by_its_index_and_a_map_of_another_shape)
{
	struct compat_ifreq *c = (void *)low;
	struct ifreq ifr = { .ifr_name = "eth0" };
	int index;

	begin();
	assert_int_equal(request(SIOCGIFINDEX, &ifr, false), 0);
	index = ifr.ifr_ifindex;
	c->ifr_ifru.ifru_ivalue = index;
	assert_int_equal(request(SIOCGIFNAME, c, true), 0);
	assert_string_equal(c->ifr_name_, "eth0");
	c->ifr_ifru.ifru_ivalue = 999;
	assert_int_equal(request(SIOCGIFNAME, c, true), -ENODEV);
	assert_int_equal(request(SIOCGIFNAME, BAD, false), -EFAULT);
	strscpy(c->ifr_name_, "eth0", IFNAMSIZ);
	memset(&c->ifr_ifru, 0xff, sizeof(c->ifr_ifru));
	assert_int_equal(request(SIOCGIFMAP, c, true), 0);
	assert_int_equal(request(SIOCGIFMAP, &ifr, false), 0);
	assert_int_equal(c->ifr_ifru.ifru_map.irq, ifr.ifr_map.irq);
	assert_int_equal(c->ifr_ifru.ifru_map.mem_start, 0);
	assert_int_equal(c->ifr_ifru.ifru_map.port, 0);
	assert_int_equal(request(SIOCSIFMAP, c, true), -EOPNOTSUPP);
	return end();
}

IN_TASK(the_list_of_addresses_comes_in_elements_of_32_bytes)
{
	struct compat_ifconf *conf = (void *)low;
	struct compat_ifreq *list = (void *)(low + 1024);

	begin();
	conf->ifc_len = 0; /* how much is there? */
	assert_int_equal(request(SIOCGIFCONF, conf, true), 0);
	assert_int_equal(conf->ifc_len, 2 * sizeof(*list));
	conf->ifc_len = 1024;
	conf->ifcbuf = ptr32(list);
	assert_int_equal(request(SIOCGIFCONF, conf, true), 0);
	assert_int_equal(conf->ifc_len, 2 * sizeof(*list));
	assert_string_equal(list[0].ifr_name_, "lo");
	assert_int_equal(addr_of(&list[0].ifr_ifru.ifru_addr), htonl(INADDR_LOOPBACK));
	assert_string_equal(list[1].ifr_name_, "eth0");
	assert_int_equal(addr_of(&list[1].ifr_ifru.ifru_addr), OUR_IP);
	memset(list, 0, 1024);
	conf->ifc_len = 2 * sizeof(*list) - 1; /* room for one */
	assert_int_equal(request(SIOCGIFCONF, conf, true), 0);
	assert_int_equal(conf->ifc_len, sizeof(*list));
	assert_int_equal(list[1].ifr_name_[0], 0);
	conf->ifc_len = -5;
	assert_int_equal(request(SIOCGIFCONF, conf, true), 0);
	assert_int_equal(conf->ifc_len, 0);
	conf->ifc_len = 1024;
	conf->ifcbuf = BAD32;
	assert_int_equal(request(SIOCGIFCONF, conf, true), -EFAULT);
	assert_int_equal(request(SIOCGIFCONF, BAD, true), -EFAULT);
	hosted_fail_alloc(1, 0, 0);
	assert_int_equal(request(SIOCGIFCONF, conf, true), -ENOMEM);
	return end();
}

IN_TASK(settings_take_effect_and_wrong_ones_do_not)
{
	struct compat_ifreq *c = (void *)low;
	struct net_device *dev = __dev_get_by_name(&init_net, "eth0");

	begin();
	strscpy(c->ifr_name_, "eth0", IFNAMSIZ);
	c->ifr_ifru.ifru_ivalue = 1400;
	assert_int_equal(request(SIOCSIFMTU, c, true), 0);
	assert_int_equal(dev->mtu, 1400);
	c->ifr_ifru.ifru_ivalue = 20;
	assert_int_equal(request(SIOCSIFMTU, c, true), -EINVAL);
	c->ifr_ifru.ifru_ivalue = 1500;
	assert_int_equal(request(SIOCSIFMTU, c, true), 0);
	c->ifr_ifru.ifru_ivalue = 77;
	assert_int_equal(request(SIOCSIFTXQLEN, c, true), 0);
	assert_int_equal(dev->tx_queue_len, 77);
	c->ifr_ifru.ifru_ivalue = -1;
	assert_int_equal(request(SIOCSIFTXQLEN, c, true), -EINVAL);
	c->ifr_ifru.ifru_addr = (struct sockaddr){ .sa_family = ARPHRD_ETHER,
						   .sa_data = "\xff\xff\xff\xff\xff\xfe" };
	assert_int_equal(request(SIOCSIFHWBROADCAST, c, true), 0);
	assert_int_equal(dev->broadcast[5], 0xfe);
	dev->broadcast[5] = 0xff;
	c->ifr_ifru.ifru_addr.sa_family = ARPHRD_LOOPBACK;
	assert_int_equal(request(SIOCSIFHWBROADCAST, c, true), -EINVAL);
	assert_int_equal(request(SIOCSIFHWADDR, c, true), -EINVAL);
	assert_int_equal(request(SIOCSIFMETRIC, c, true), -EOPNOTSUPP);
	assert_int_equal(request(SIOCADDMULTI, c, true), -EINVAL); /* the device has no filter */
	strscpy(c->ifr_name_, "nope", IFNAMSIZ);
	assert_int_equal(request(SIOCSIFMTU, c, true), -ENODEV);
	return end();
}

IN_TASK(multicast_addresses_and_flags_reach_the_device)
{
	struct compat_ifreq *c = (void *)low;
	struct net_device *dev = fake_new(false);

	begin();
	strscpy(c->ifr_name_, dev->name, IFNAMSIZ);
	c->ifr_ifru.ifru_flags = IFF_UP;
	assert_int_equal(request(SIOCSIFFLAGS, c, true), 0);
	assert_int_equal(fake(dev)->opens, 1);
	c->ifr_ifru.ifru_addr =
		(struct sockaddr){ .sa_family = AF_UNSPEC, .sa_data = "\x01\0\x5e\1\2\3" };
	fake(dev)->rx_modes = 0;
	assert_int_equal(request(SIOCADDMULTI, c, true), 0);
	assert_int_equal(fake(dev)->rx_modes, 1);
	assert_int_equal(request(SIOCDELMULTI, c, true), 0);
	assert_int_equal(request(SIOCDELMULTI, c, true), -ENOENT);
	c->ifr_ifru.ifru_addr.sa_family = AF_INET;
	assert_int_equal(request(SIOCADDMULTI, c, true), -EINVAL);
	memset(&c->ifr_ifru, 0, sizeof(c->ifr_ifru)); /* down: names change only there */
	assert_int_equal(request(SIOCSIFFLAGS, c, true), 0);
	assert_int_equal(fake(dev)->stops, 1);
	strscpy(c->ifr_ifru.ifru_newname, "lan7", IFNAMSIZ);
	assert_int_equal(request(SIOCSIFNAME, c, true), 0);
	assert_string_equal(dev->name, "lan7");
	strscpy(c->ifr_name_, "lan7", IFNAMSIZ);
	strscpy(c->ifr_ifru.ifru_newname, "a/b", IFNAMSIZ);
	assert_int_equal(request(SIOCSIFNAME, c, true), -EINVAL);
	strscpy(c->ifr_ifru.ifru_newname, "lo", IFNAMSIZ);
	assert_int_equal(request(SIOCSIFNAME, c, true), -EEXIST);
	strscpy(c->ifr_ifru.ifru_newname, "wan%d", IFNAMSIZ);
	assert_int_equal(request(SIOCSIFNAME, c, true), 0);
	assert_string_equal(dev->name, "wan0");
	strscpy(c->ifr_name_, "wan0", IFNAMSIZ);
	strscpy(c->ifr_ifru.ifru_newname, "%s", IFNAMSIZ);
	assert_int_equal(request(SIOCSIFNAME, c, true), -EINVAL);
	fake_free(dev);
	return end();
}

/* ---- routes, ARP ---- */

static bool routed(__be32 to, __be32 gateway)
{
	struct flowi4 fl4 = { .daddr = to };
	struct rtable *rt = ip_route_output_key(&init_net, &fl4);
	bool same = !IS_ERR(rt) && rt->rt_gateway == gateway;

	if (!IS_ERR(rt))
		dst_release(&rt->dst);
	return same;
}

IN_TASK(routes_are_added_and_removed_in_both_widths)
{
	struct rtentry rt = { .rt_flags = RTF_UP | RTF_GATEWAY, .rt_mtu = 1200 };
	struct compat_rtentry *c = (void *)low;
	__be32 net = IP(192, 0, 2, 0), gw = IP(10, 0, 2, 9);

	begin();
	c->rt_dst = sa(net);
	c->rt_genmask = sa(htonl(0xffffff00));
	c->rt_gateway = sa(gw);
	c->rt_flags = RTF_UP | RTF_GATEWAY;
	c->rt_window = 5000;
	c->rt_irtt = 100;
	strscpy(low + 512, "eth0", 8);
	c->rt_dev = ptr32(low + 512);
	assert_int_equal(request(SIOCADDRT, c, true), 0);
	assert_true(routed(IP(192, 0, 2, 77), gw));
	assert_int_equal(request(SIOCADDRT, c, true), -EEXIST);
	assert_int_equal(request(SIOCDELRT, c, true), 0);
	assert_false(routed(IP(192, 0, 2, 77), gw));
	assert_int_equal(request(SIOCDELRT, c, true), -ESRCH);
	c->rt_dev = BAD32;
	assert_int_equal(request(SIOCADDRT, c, true), -EFAULT);
	assert_int_equal(request(SIOCADDRT, BAD, true), -EFAULT);
	strscpy(low + 512, "eth7", 8);
	c->rt_dev = ptr32(low + 512);
	assert_int_equal(request(SIOCADDRT, c, true), -ENODEV);
	rt.rt_dst = sa(net);
	rt.rt_genmask = sa(htonl(0xffffff00));
	rt.rt_gateway = sa(gw);
	assert_int_equal(request(SIOCADDRT, &rt, false), 0);
	assert_true(routed(IP(192, 0, 2, 78), gw));
	assert_int_equal(request(SIOCDELRT, &rt, false), 0);
	return end();
}

IN_TASK(routes_that_make_no_sense_are_refused)
{
	struct rtentry rt = { .rt_flags = RTF_UP | RTF_GATEWAY };
	char dev[IFNAMSIZ] = "eth0:9";

	begin();
	rt.rt_dst = sa(IP(192, 0, 2, 1)); /* bits beside the mask */
	rt.rt_genmask = sa(htonl(0xffffff00));
	rt.rt_gateway = sa(IP(10, 0, 2, 9));
	assert_int_equal(request(SIOCADDRT, &rt, false), -EINVAL);
	rt.rt_dst = sa(IP(192, 0, 2, 0));
	rt.rt_genmask = sa(htonl(0xff00ff00));
	assert_int_equal(request(SIOCADDRT, &rt, false), -EINVAL);
	rt.rt_genmask.sa_family = 99;
	assert_int_equal(request(SIOCADDRT, &rt, false), -EAFNOSUPPORT);
	rt.rt_genmask = sa(htonl(0xffffff00));
	rt.rt_dst.sa_family = 99;
	assert_int_equal(request(SIOCADDRT, &rt, false), -EAFNOSUPPORT);
	rt.rt_dst = sa(IP(192, 0, 2, 0));
	rt.rt_gateway = sa(IP(172, 16, 0, 1)); /* out of reach */
	assert_int_equal(request(SIOCADDRT, &rt, false), -ENETUNREACH);
	rt.rt_gateway = sa(OUR_IP); /* ourselves */
	assert_int_equal(request(SIOCADDRT, &rt, false), -EINVAL);
	rt.rt_gateway = sa(0);
	assert_int_equal(request(SIOCADDRT, &rt, false), -EINVAL);
	rt.rt_flags = RTF_UP;
	rt.rt_dev = dev; /* an address of eth0 that is not there */
	assert_int_equal(request(SIOCADDRT, &rt, false), -ENODEV);
	strscpy(dev, "eth0", sizeof(dev));
	assert_int_equal(request(SIOCADDRT, &rt, false), 0);
	assert_int_equal(request(SIOCDELRT, &rt, false), 0);
	return end();
}

IN_TASK(arp_entries_have_the_same_shape_in_both_widths)
{
	struct arpreq *r = (void *)low;

	begin();
	r->arp_pa = sa(IP(10, 0, 2, 33));
	r->arp_ha = (struct sockaddr){ .sa_family = ARPHRD_ETHER, .sa_data = "\2\0\0\0\0\x21" };
	r->arp_flags = ATF_PERM | ATF_COM;
	strscpy(r->arp_dev, "eth0", sizeof(r->arp_dev));
	assert_int_equal(request(SIOCSARP, r, true), 0);
	memset(&r->arp_ha, 0, sizeof(r->arp_ha));
	assert_int_equal(request(SIOCGARP, r, true), 0);
	assert_memory_equal(r->arp_ha.sa_data, "\2\0\0\0\0\x21", 6);
	assert_int_equal(request(SIOCDARP, r, true), 0);
	assert_int_equal(request(SIOCGARP, r, true), -ENXIO);
	r->arp_flags = ATF_PUBL; /* to be answered for another */
	assert_int_equal(request(SIOCSARP, r, true), 0);
	assert_int_equal(request(SIOCDARP, r, true), 0);
	assert_int_equal(request(SIOCDARP, r, true), -ENOENT);
	r->arp_flags = 0;
	r->arp_pa.sa_family = AF_UNSPEC;
	assert_int_equal(request(SIOCSARP, r, true), -EPFNOSUPPORT);
	return end();
}

/* ---- times and messages ---- */

static void bind_and_connect_to_itself(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(6100),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	assert_int_equal(sys_bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(sys_connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
}

IN_TASK(old_timeouts_are_two_words)
{
	u32 *words = (void *)low;
	int *len = (void *)(low + 64);

	begin();
	words[0] = 3, words[1] = 500000;
	assert_int_equal(compat_sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, low, 8), 0);
	assert_int_equal(compat_sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, low, 7), -EINVAL);
	assert_int_equal(compat_sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, low, -1), -EINVAL);
	assert_int_equal(compat_sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, BAD, 8), -EFAULT);
	assert_int_equal(compat_sys_setsockopt(99, SOL_SOCKET, SO_SNDTIMEO_OLD, low, 8), -EBADF);
	words[0] = words[1] = 0;
	*len = 8;
	assert_int_equal(compat_sys_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, low, len), 0);
	assert_int_equal(words[0], 3);
	assert_int_equal(words[1], 500000);
	*len = 4; /* as much as there is room for */
	words[0] = words[1] = 7;
	assert_int_equal(compat_sys_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, low, len), 0);
	assert_int_equal(words[0], 3);
	assert_int_equal(words[1], 7);
	*len = -1;
	assert_int_equal(compat_sys_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, low, len), -EINVAL);
	assert_int_equal(compat_sys_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, low, BAD), -EFAULT);
	*len = 8;
	assert_int_equal(compat_sys_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO_OLD, BAD, len), -EFAULT);
	assert_int_equal(compat_sys_getsockopt(99, SOL_SOCKET, SO_TYPE, low, len), -EBADF);
	assert_int_equal(compat_sys_getsockopt(fd, SOL_SOCKET, SO_TYPE, low, len), 0);
	assert_int_equal(words[0], SOCK_DGRAM);
	return end();
}

static struct compat_mmsghdr *messages(unsigned int n)
{
	struct compat_mmsghdr *mm = (void *)low;
	struct compat_iovec *iov = (void *)(low + 1024);
	unsigned int i;

	for (i = 0; i < n; i++) {
		iov[i] = (struct compat_iovec){ ptr32(low + 2048 + 64 * i), 8 };
		memset(&mm[i], 0, sizeof(mm[i]));
		mm[i].msg_hdr.msg_iov = ptr32(&iov[i]);
		mm[i].msg_hdr.msg_iovlen = 1;
	}
	return mm;
}

IN_TASK(many_messages_in_one_call)
{
	struct compat_mmsghdr *mm;
	struct old_timespec32 *t32 = (void *)(low + 4096);
	struct __kernel_timespec *t64 = (void *)(low + 4096);

	begin();
	bind_and_connect_to_itself();
	mm = messages(3);
	memcpy(low + 2048 + 64, "second..", 8);
	assert_int_equal(compat_sys_sendmmsg(fd, mm, 3, 0), 3);
	assert_int_equal(mm[1].msg_len, 8);
	memset(low + 2048, 0, 256);
	mm = messages(3);
	assert_int_equal(compat_sys_recvmmsg(fd, mm, 2, 0, NULL), 2);
	assert_memory_equal(low + 2048 + 64, "second..", 8);
	*t32 = (struct old_timespec32){ 5, 0 };
	assert_int_equal(compat_sys_recvmmsg(fd, mm, 3, MSG_WAITFORONE, t32), 1);
	assert_true(t32->tv_sec >= 4); /* what is left of it */
	*t32 = (struct old_timespec32){ 0, -1 };
	assert_int_equal(compat_sys_recvmmsg(fd, mm, 3, 0, t32), -EINVAL);
	assert_int_equal(compat_sys_recvmmsg(fd, mm, 3, 0, BAD), -EFAULT);
	assert_int_equal(compat_sys_sendmmsg(fd, mm, 1, 0), 1);
	*t64 = (struct __kernel_timespec){ 6, 0 };
	assert_int_equal(compat_sys_recvmmsg_time64(fd, mm, 1, 0, t64), 1);
	assert_true(t64->tv_sec >= 5);
	assert_int_equal(compat_sys_recvmmsg_time64(fd, mm, 1, 0, BAD), -EFAULT);
	assert_int_equal(compat_sys_recvmmsg_time64(fd, mm, 1, MSG_DONTWAIT, NULL), -EAGAIN);
	assert_int_equal(compat_sys_sendmmsg(fd, BAD, 1, 0), -EFAULT);
	assert_int_equal(compat_sys_socketcall(SYS_SENDMMSG, BAD), -EFAULT);
	return end();
}

IN_TASK(control_messages_that_lie_about_themselves_are_refused)
{
	struct compat_msghdr *m = (void *)low;
	struct compat_cmsghdr *c = (void *)(low + 256);
	struct compat_iovec *iov = (void *)(low + 128);
	int *tos = (void *)(c + 1);

	begin();
	bind_and_connect_to_itself();
	*iov = (struct compat_iovec){ ptr32(low + 2048), 4 };
	*m = (struct compat_msghdr){ .msg_iov = ptr32(iov),
				     .msg_iovlen = 1,
				     .msg_control = ptr32(c),
				     .msg_controllen = CMSG_COMPAT_SPACE(4) };
	*c = (struct compat_cmsghdr){ CMSG_COMPAT_LEN(4), SOL_IP, IP_TOS };
	*tos = 0x10;
	assert_int_equal(sys_sendmsg(fd, (void *)m, MSG_CMSG_COMPAT),
			 -EINVAL); /* not the program's to say */
	low[4096] = 0;
	((u32 *)(low + 4096))[0] = (u32)fd;
	((u32 *)(low + 4096))[1] = ptr32(m);
	((u32 *)(low + 4096))[2] = 0;
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, (u32 *)(low + 4096)), 4);
	c->cmsg_len = CMSG_COMPAT_LEN(4) + 1; /* more than there is */
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, (u32 *)(low + 4096)), -EINVAL);
	m->msg_control = BAD32;
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, (u32 *)(low + 4096)), -EFAULT);
	m->msg_control = ptr32(c);
	m->msg_controllen = 4; /* less than a header */
	assert_int_equal(compat_sys_socketcall(SYS_SENDMSG, (u32 *)(low + 4096)), -EINVAL);
	return end();
}

static int set_up(void **state)
{
	low = mmap(NULL, 65536, 3, MAP_LOW, -1, 0);
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_about_an_interface_has_one_answer_in_both_widths),
		cmocka_unit_test(a_name_by_its_index_and_a_map_of_another_shape),
		cmocka_unit_test(the_list_of_addresses_comes_in_elements_of_32_bytes),
		cmocka_unit_test(settings_take_effect_and_wrong_ones_do_not),
		cmocka_unit_test(multicast_addresses_and_flags_reach_the_device),
		cmocka_unit_test(routes_are_added_and_removed_in_both_widths),
		cmocka_unit_test(routes_that_make_no_sense_are_refused),
		cmocka_unit_test(arp_entries_have_the_same_shape_in_both_widths),
		cmocka_unit_test(old_timeouts_are_two_words),
		cmocka_unit_test(many_messages_in_one_call),
		cmocka_unit_test(control_messages_that_lie_about_themselves_are_refused),
	};

	return cmocka_run_group_tests_name("socket_compat", tests, set_up, end_ipv4);
}
