/* SPDX-License-Identifier: MIT */
/* Multicast: joining, reports of versions 2 and 3, queries, source filters; and a namespace that
 * comes and goes. RFC 2236, RFC 3376. */
#include <net/igmp.h>
#include <net/net.h>

#include "ipv4_unit.h"

#define GROUP IP(239, 1, 2, 3)

static const u8 group_mac[6] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
static struct socket *sock, *second; /* each test's own */
static int got;

/* The next IGMP message that is sent within @ns; NULL: none. */
static const u8 *next_igmp(u8 *f, u64 ns)
{
	u64 end = skiff_now() + ns;

	for (;;) {
		while (take(f, 2048))
			if (((struct ethhdr *)f)->h_proto == htons(ETH_P_IP) &&
			    frame_ip(f)->protocol == IPPROTO_IGMP)
				return f + 14 + frame_ip(f)->ihl * 4;
		if (skiff_now() >= end)
			return NULL;
		pass(10 * MILLISECOND);
	}
}

static int membership(int optname)
{
	struct ip_mreqn mreq = { .imr_multiaddr.s_addr = GROUP, .imr_address.s_addr = OUR_IP };

	return kernel_setsockopt(sock, SOL_IP, optname, &mreq, sizeof(mreq));
}

IN_TASK(join_group)
{
	assert_int_equal(membership(IP_ADD_MEMBERSHIP), 0);
	assert_int_equal(membership(IP_ADD_MEMBERSHIP), -EADDRINUSE);
	return 0;
}

IN_TASK(leave_group)
{
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), 0);
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), -EADDRNOTAVAIL);
	return 0;
}

static int read_one(void *unused)
{
	struct kmsghdr msg = { 0 };
	char buf[16];
	struct iovec vec = { buf, sizeof(buf) };

	got = kernel_recvmsg(sock, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT);
	return 0;
}

static int send_to_group(__be32 source)
{
	u8 f[2048];

	give(f, udp_frame(f, group_mac, source, GROUP, 1, 6002, "hello", 5));
	run_task(read_one, NULL);
	return got;
}

/* Joined, and routers know. */
static void begin_as_member(void **state)
{
	join_group(state);
	while (next_igmp((u8[2048]){ 0 }, 3 * SECOND))
		;
}

static void join_is_reported_twice_by_version_3(void **state)
{
	const u8 *m;
	u8 f[2048];
	int i;

	join_group(state);
	for (i = 0; i < 2; i++) {
		m = next_igmp(f, 2 * SECOND);
		assert_non_null(m);
		assert_int_equal(m[0], IGMPV3_HOST_MEMBERSHIP_REPORT);
		assert_int_equal(m[8], IGMPV3_CHANGE_TO_EXCLUDE);
		assert_int_equal(frame_ip(f)->daddr, htonl(IGMPV3_ALL_MCR));
		assert_int_equal(frame_ip(f)->ttl, 1);
		assert_int_equal(frame_ip(f)->ihl, 6);
	}
	assert_null(next_igmp(f, 5 * SECOND));
}

static void members_receive_and_others_do_not(void **state)
{
	begin_as_member(state);
	assert_int_equal(send_to_group(PEER_IP), 5);
	leave_group(state);
	assert_int_equal(send_to_group(PEER_IP), -EAGAIN);
	drain();
	join_group(state);
	assert_int_equal(send_to_group(PEER_IP), 5);
}

static int source_option(int optname, __be32 source)
{
	struct ip_mreq_source src = { .imr_multiaddr = GROUP,
				      .imr_interface = OUR_IP,
				      .imr_sourceaddr = source };

	return kernel_setsockopt(sock, SOL_IP, optname, &src, sizeof(src));
}

IN_TASK(block_the_peer)
{
	assert_int_equal(source_option(IP_BLOCK_SOURCE, PEER_IP), 0);
	return 0;
}

IN_TASK(unblock_the_peer)
{
	assert_int_equal(source_option(IP_UNBLOCK_SOURCE, PEER_IP), 0);
	return 0;
}

static void blocked_source_is_not_heard(void **state)
{
	begin_as_member(state);
	block_the_peer(state);
	assert_int_equal(send_to_group(PEER_IP), -EAGAIN);
	assert_int_equal(send_to_group(IP(10, 0, 2, 9)), 5);
	unblock_the_peer(state);
	assert_int_equal(send_to_group(PEER_IP), 5);
}

static void version_2_querier_gets_version_2(void **state)
{
	struct igmphdr query = { .type = IGMP_HOST_MEMBERSHIP_QUERY, .code = 10 };
	const u8 *m;
	u8 f[2048];

	begin_as_member(state);
	query.csum = ip_compute_csum(&query, sizeof(query));
	give(f, ip_frame(f, (const u8 *)"\x01\0\x5e\0\0\x01", PEER_IP, htonl(IGMP_ALL_HOSTS),
			 IPPROTO_IGMP, 0, 1, &query, sizeof(query)));
	m = next_igmp(f, 2 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[0], IGMPV2_HOST_MEMBERSHIP_REPORT);
	assert_int_equal(frame_ip(f)->daddr, GROUP);
	leave_group(state);
	m = next_igmp(f, 2 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[0], IGMP_HOST_LEAVE_MESSAGE);
	assert_int_equal(frame_ip(f)->daddr, htonl(IGMP_ALL_ROUTERS));
}

/* ---- queries ---- */

static void query_arrives(const void *message, size_t len)
{
	u8 f[128], m[64];

	memcpy(m, message, len);
	((struct igmphdr *)m)->csum = 0;
	((struct igmphdr *)m)->csum = ip_compute_csum(m, len);
	give(f, ip_frame(f, (const u8 *)"\x01\0\x5e\0\0\x01", PEER_IP, htonl(IGMP_ALL_HOSTS),
			 IPPROTO_IGMP, 0, 1, m, len));
}

static void a_version_3_query_is_answered_in_its_time(void **state)
{
	struct igmpv3_query q = { .type = IGMP_HOST_MEMBERSHIP_QUERY, .code = 10 };
	const u8 *m;
	u8 f[2048];
	u64 asked;
	int i;

	begin_as_member(state);
	for (i = 0; i < 3; i++) {
		q.group = i == 1 ? GROUP : 0;
		q.code = i == 2 ? 0x8f : 10; /* 1 s; (15 | 16) << 3 tenths */
		asked = skiff_now();
		query_arrives(&q, sizeof(q));
		m = next_igmp(f, 25 * SECOND);
		assert_non_null(m);
		assert_true(skiff_now() - asked < (i == 2 ? 25 : 2) * SECOND);
		assert_int_equal(m[0], IGMPV3_HOST_MEMBERSHIP_REPORT);
		assert_int_equal(m[8], IGMPV3_MODE_IS_EXCLUDE);
	}
	q.group = IP(239, 9, 9, 9); /* of a group that nobody is in */
	query_arrives(&q, sizeof(q));
	assert_null(next_igmp(f, 30 * SECOND));
}

static void the_querier_says_how_often_changes_are_told(void **state)
{
	struct igmpv3_query q = { .type = IGMP_HOST_MEMBERSHIP_QUERY, .code = 1, .qrv = 4 };
	u8 f[2048];
	int n = 0;

	query_arrives(&q, sizeof(q));
	pass(SECOND);
	drain();
	join_group(state);
	while (next_igmp(f, 3 * SECOND))
		n++;
	assert_int_equal(n, 4);
}

static void broken_messages_are_dropped(void **state)
{
	static const u8 query[12] = { IGMP_HOST_MEMBERSHIP_QUERY, 1 };
	u64 small = drops(SKB_DROP_REASON_PKT_TOO_SMALL), sum = drops(SKB_DROP_REASON_ICMP_CSUM);
	u8 f[2048];

	begin_as_member(state);
	query_arrives(query, 10); /* neither version 2 nor 3 */
	query_arrives(query, 4);
	assert_int_equal(drops(SKB_DROP_REASON_PKT_TOO_SMALL), small + 2);
	give(f, ip_frame(f, (const u8 *)"\x01\0\x5e\0\0\x01", PEER_IP, htonl(IGMP_ALL_HOSTS),
			 IPPROTO_IGMP, 0, 1, query, 8));
	assert_int_equal(drops(SKB_DROP_REASON_ICMP_CSUM), sum + 1);
	assert_null(next_igmp(f, 3 * SECOND));
}

static void another_member_s_report_makes_ours_needless(void **state)
{
	struct igmphdr query = { .type = IGMP_HOST_MEMBERSHIP_QUERY, .code = 200 },
		       report = { .type = IGMPV2_HOST_MEMBERSHIP_REPORT, .group = GROUP };
	u8 f[2048];

	begin_as_member(state);
	query_arrives(&query, sizeof(query));
	report.csum = ip_compute_csum(&report, sizeof(report));
	give(f, ip_frame(f, group_mac, IP(10, 0, 2, 9), GROUP, IPPROTO_IGMP, 0, 1, &report,
			 sizeof(report)));
	assert_null(next_igmp(f, 25 * SECOND));
}

static void version_1_knows_no_leaving(void **state)
{
	struct igmphdr query = { .type = IGMP_HOST_MEMBERSHIP_QUERY };
	const u8 *m;
	u8 f[2048];

	begin_as_member(state);
	query_arrives(&query, sizeof(query));
	m = next_igmp(f, 11 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[0], IGMP_HOST_MEMBERSHIP_REPORT);
	assert_int_equal(frame_ip(f)->daddr, GROUP);
	leave_group(state);
	assert_null(next_igmp(f, 11 * SECOND));
}

/* ---- members ---- */

IN_TASK(second_joins)
{
	struct ip_mreqn mreq = { .imr_multiaddr.s_addr = GROUP, .imr_address.s_addr = OUR_IP };

	assert_int_equal(sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &second), 0);
	assert_int_equal(kernel_setsockopt(second, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)),
			 0);
	return 0;
}

IN_TASK(second_ends)
{
	sock_release(second);
	second = NULL;
	return 0;
}

static void the_group_lasts_as_long_as_its_last_member(void **state)
{
	u8 f[2048];
	const u8 *m;

	begin_as_member(state);
	second_joins(state);
	assert_null(next_igmp(f, 3 * SECOND)); /* nothing has changed */
	leave_group(state);
	assert_null(next_igmp(f, 3 * SECOND));
	second_ends(state);
	m = next_igmp(f, 3 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[8], IGMPV3_CHANGE_TO_INCLUDE); /* nobody: that is leaving */
	assert_int_equal(m[11], 0);
	join_group(state); /* again, while leaving is still being told */
	m = next_igmp(f, 3 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[8], IGMPV3_CHANGE_TO_EXCLUDE);
}

IN_TASK(include_one_source)
{
	assert_int_equal(source_option(IP_BLOCK_SOURCE, PEER_IP), -EINVAL); /* not a member */
	assert_int_equal(source_option(IP_ADD_SOURCE_MEMBERSHIP, PEER_IP), 0);
	assert_int_equal(source_option(IP_ADD_SOURCE_MEMBERSHIP, PEER_IP), -EADDRNOTAVAIL);
	assert_int_equal(source_option(IP_BLOCK_SOURCE, PEER_IP),
			 -EINVAL); /* sources are included */
	return 0;
}

IN_TASK(include_too_many_sources)
{
	u32 i;

	for (i = 1; i < 10; i++)
		assert_int_equal(source_option(IP_ADD_SOURCE_MEMBERSHIP, IP(10, 0, 3, i)), 0);
	assert_int_equal(source_option(IP_ADD_SOURCE_MEMBERSHIP, IP(10, 0, 3, 77)), -ENOBUFS);
	for (i = 1; i < 10; i++)
		assert_int_equal(source_option(IP_DROP_SOURCE_MEMBERSHIP, IP(10, 0, 3, i)), 0);
	assert_int_equal(source_option(IP_DROP_SOURCE_MEMBERSHIP, IP(10, 0, 3, 1)), -EADDRNOTAVAIL);
	return 0;
}

IN_TASK(drop_the_only_source)
{
	assert_int_equal(source_option(IP_DROP_SOURCE_MEMBERSHIP, PEER_IP), 0);
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), -EADDRNOTAVAIL); /* that was all of it */
	return 0;
}

static void only_included_sources_are_heard(void **state)
{
	__be32 source = PEER_IP;
	u8 f[2048];
	const u8 *m;

	include_one_source(state);
	m = next_igmp(f, 3 * SECOND);
	assert_non_null(m);
	assert_int_equal(m[8], IGMPV3_ALLOW_NEW_SOURCES); /* the mode is that of no member: RFC 3376 section 5.1 */
	assert_int_equal(m[11], 1);
	assert_memory_equal(m + 16, &source, 4);
	assert_int_equal(send_to_group(PEER_IP), 5);
	assert_int_equal(send_to_group(IP(10, 0, 2, 9)), -EAGAIN);
	include_too_many_sources(state);
	assert_int_equal(send_to_group(PEER_IP), 5);
	drop_the_only_source(state);
	assert_int_equal(send_to_group(PEER_IP), -EAGAIN);
}

/* ---- filters as a whole, and by the shapes for any protocol ---- */

static struct {
	struct ip_msfilter head;
	__be32 more[15];
} filter;

static int set_filter(u32 mode, u32 n)
{
	filter.head.imsf_multiaddr = GROUP;
	filter.head.imsf_interface = OUR_IP;
	filter.head.imsf_fmode = mode;
	filter.head.imsf_numsrc = n;
	return kernel_setsockopt(sock, SOL_IP, IP_MSFILTER, &filter,
				 (unsigned int)IP_MSFILTER_SIZE(n));
}

static void source_at(unsigned int i, __be32 addr)
{
	memcpy((u8 *)&filter + IP_MSFILTER_SIZE(i), &addr, 4);
}

static int read_filter(u32 room)
{
	int len = (int)IP_MSFILTER_SIZE(room);

	filter.head.imsf_numsrc = room;
	assert_int_equal(kernel_getsockopt(sock, SOL_IP, IP_MSFILTER, &filter, &len), 0);
	return len;
}

IN_TASK(exclude_one)
{
	source_at(0, PEER_IP);
	assert_int_equal(set_filter(MCAST_EXCLUDE, 1), 0);
	return 0;
}

IN_TASK(exclude_one_more)
{
	source_at(0, PEER_IP);
	source_at(1, IP(10, 0, 2, 9));
	assert_int_equal(set_filter(MCAST_EXCLUDE, 2), 0);
	return 0;
}

IN_TASK(exclude_the_other_only)
{
	source_at(0, IP(10, 0, 2, 9));
	assert_int_equal(set_filter(MCAST_EXCLUDE, 1), 0);
	return 0;
}

IN_TASK(include_one)
{
	__be32 source = PEER_IP;

	source_at(0, source);
	assert_int_equal(set_filter(MCAST_INCLUDE, 1), 0);
	memset(&filter.head.imsf_slist, 0, 8);
	assert_int_equal(read_filter(4), IP_MSFILTER_SIZE(1));
	assert_int_equal(filter.head.imsf_fmode, MCAST_INCLUDE);
	assert_int_equal(filter.head.imsf_numsrc, 1);
	assert_memory_equal(filter.head.imsf_slist, &source, 4);
	assert_int_equal(read_filter(0), IP_MSFILTER_SIZE(0)); /* how many there are is told all the same */
	assert_int_equal(filter.head.imsf_numsrc, 1);
	return 0;
}

IN_TASK(wrong_filters)
{
	struct ip_msfilter *head = &filter.head;
	int len = 8;

	assert_int_equal(set_filter(2, 0), -EINVAL);
	assert_int_equal(set_filter(MCAST_EXCLUDE, 11), -ENOBUFS); /* igmp_max_msf */
	head->imsf_numsrc = 3;
	assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_MSFILTER, head, IP_MSFILTER_SIZE(2)), -EINVAL);
	assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_MSFILTER, head, 8), -EINVAL);
	assert_int_equal(kernel_getsockopt(sock, SOL_IP, IP_MSFILTER, head, &len), -EINVAL);
	head->imsf_multiaddr = IP(239, 9, 9, 9);
	head->imsf_numsrc = 0;
	len = (int)IP_MSFILTER_SIZE(0);
	assert_int_equal(kernel_getsockopt(sock, SOL_IP, IP_MSFILTER, head, &len), -EADDRNOTAVAIL);
	return 0;
}

IN_TASK(include_nobody)
{
	assert_int_equal(set_filter(MCAST_INCLUDE, 0), 0);
	assert_int_equal(set_filter(MCAST_INCLUDE, 0), -EADDRNOTAVAIL);
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), -EADDRNOTAVAIL);
	return 0;
}

/* The next report is one record of @type with one source. */
static void expect_record(u8 type, __be32 source)
{
	u8 f[2048];
	const u8 *m = next_igmp(f, 3 * SECOND);

	assert_non_null(m);
	assert_int_equal(m[0], IGMPV3_HOST_MEMBERSHIP_REPORT);
	assert_int_equal(m[8], type);
	assert_int_equal(m[11], source ? 1 : 0);
	if (source)
		assert_memory_equal(m + 16, &source, 4);
}

static void silence(void)
{
	u8 f[2048];

	while (next_igmp(f, 3 * SECOND)) /* the same again, for robustness */
		;
}

static void changes_are_told_as_what_they_are(void **state)
{
	begin_as_member(state);
	exclude_one(state);
	expect_record(IGMPV3_BLOCK_OLD_SOURCES, PEER_IP);
	expect_record(IGMPV3_BLOCK_OLD_SOURCES, PEER_IP);
	assert_int_equal(send_to_group(PEER_IP), -EAGAIN);
	silence();
	exclude_one_more(state);
	expect_record(IGMPV3_BLOCK_OLD_SOURCES, IP(10, 0, 2, 9));
	silence();
	exclude_the_other_only(state);
	expect_record(IGMPV3_ALLOW_NEW_SOURCES, PEER_IP);
	assert_int_equal(send_to_group(PEER_IP), 5);
	assert_int_equal(send_to_group(IP(10, 0, 2, 9)), -EAGAIN);
	silence();
	include_one(state);
	expect_record(IGMPV3_CHANGE_TO_INCLUDE, PEER_IP);
	assert_int_equal(send_to_group(PEER_IP), 5);
	assert_int_equal(send_to_group(IP(10, 0, 2, 8)), -EAGAIN);
	silence();
	wrong_filters(state);
}

/* Asked for some sources, a member speaks of those alone, and of none that it does not want. */
static void sources_that_are_asked_for_are_told_of_alone(void **state)
{
	struct {
		struct igmpv3_query q;
		__be32 sources[2];
	} query = { .q = { .type = IGMP_HOST_MEMBERSHIP_QUERY, .code = 10, .qrv = 2, .group = GROUP } };
	u8 f[2048];

	begin_as_member(state);
	include_one(state);
	silence();
	query.q.nsrcs = htons(2);
	query.sources[0] = IP(10, 0, 2, 77);
	query.sources[1] = PEER_IP;
	query_arrives(&query, 20);
	expect_record(IGMPV3_MODE_IS_INCLUDE, PEER_IP);
	query.q.nsrcs = htons(1);
	query_arrives(&query, 16); /* 10.0.2.77 */
	assert_null(next_igmp(f, 3 * SECOND));
	query.q.nsrcs = htons(9); /* more than there are */
	query_arrives(&query, 20);
	assert_null(next_igmp(f, 3 * SECOND));
	include_nobody(state);
	expect_record(IGMPV3_BLOCK_OLD_SOURCES, PEER_IP);
	silence();
}

static int any_group(int optname, int family, u32 index, unsigned int len)
{
	struct group_req req = { .gr_interface = index };
	struct sockaddr_in *sin = (struct sockaddr_in *)&req.gr_group;

	sin->sin_family = (u16)family;
	sin->sin_addr.s_addr = GROUP;
	return kernel_setsockopt(sock, SOL_IP, optname, &req, len);
}

static int any_source(int optname, __be32 source)
{
	struct group_source_req req = { .gsr_interface = (u32)__dev_get_by_name(&init_net, "eth0")->ifindex };
	struct sockaddr_in *sin = (struct sockaddr_in *)&req.gsr_group;

	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = GROUP;
	sin = (struct sockaddr_in *)&req.gsr_source;
	sin->sin_family = source ? AF_INET : AF_UNSPEC;
	sin->sin_addr.s_addr = source;
	return kernel_setsockopt(sock, SOL_IP, optname, &req, sizeof(req));
}

IN_TASK(the_shapes_for_any_protocol)
{
	u32 index = (u32)__dev_get_by_name(&init_net, "eth0")->ifindex;
	struct group_filter gf = { .gf_interface = index, .gf_numsrc = 1 };
	struct sockaddr_in *sin = (struct sockaddr_in *)&gf.gf_group;
	int len = (int)GROUP_FILTER_SIZE(1);

	assert_int_equal(any_group(MCAST_JOIN_GROUP, AF_INET, index, 100), -EINVAL);
	assert_int_equal(any_group(MCAST_JOIN_GROUP, AF_UNSPEC, index, sizeof(struct group_req)), -EINVAL);
	assert_int_equal(any_group(MCAST_JOIN_GROUP, AF_INET, 99, sizeof(struct group_req)), -ENODEV);
	assert_int_equal(any_group(MCAST_JOIN_GROUP, AF_INET, index, sizeof(struct group_req)), 0);
	assert_int_equal(any_group(MCAST_JOIN_GROUP, AF_INET, index, sizeof(struct group_req)), -EADDRINUSE);
	assert_int_equal(any_source(MCAST_BLOCK_SOURCE, 0), -EADDRNOTAVAIL);
	assert_int_equal(any_source(MCAST_BLOCK_SOURCE, PEER_IP), 0);
	assert_int_equal(any_source(MCAST_UNBLOCK_SOURCE, PEER_IP), 0);
	assert_int_equal(any_group(MCAST_LEAVE_GROUP, AF_INET, index, sizeof(struct group_req)), 0);
	assert_int_equal(any_group(MCAST_LEAVE_GROUP, AF_INET, index, sizeof(struct group_req)), -EADDRNOTAVAIL);
	assert_int_equal(any_source(MCAST_JOIN_SOURCE_GROUP, PEER_IP), 0);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = GROUP;
	assert_int_equal(kernel_getsockopt(sock, SOL_IP, MCAST_MSFILTER, &gf, &len), 0);
	assert_int_equal(len, GROUP_FILTER_SIZE(1));
	assert_int_equal(gf.gf_fmode, MCAST_INCLUDE);
	assert_int_equal(gf.gf_numsrc, 1);
	sin = (struct sockaddr_in *)&gf.gf_slist[0];
	assert_int_equal(sin->sin_addr.s_addr, PEER_IP);
	sin->sin_addr.s_addr = IP(10, 0, 2, 9);
	assert_int_equal(kernel_setsockopt(sock, SOL_IP, MCAST_MSFILTER, &gf, GROUP_FILTER_SIZE(1)), 0);
	assert_int_equal(any_source(MCAST_LEAVE_SOURCE_GROUP, IP(10, 0, 2, 9)), 0);
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), -EADDRNOTAVAIL);
	return 0;
}

/* The same in the shapes of a program of 32 bits: no gap behind the index. */
static sockptr_t narrow(void *p)
{
	return (sockptr_t){ .kernel = p, .is_kernel = true, .is_compat = true };
}

static int narrow_setsockopt(int optname, void *val, unsigned int len)
{
	return sock->ops->setsockopt(sock, SOL_IP, optname, narrow(val), len);
}

static int narrow_group(int optname, u32 index)
{
	u8 req[4 + sizeof(struct __kernel_sockaddr_storage)] = { 0 };
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = GROUP };

	memcpy(req, &index, 4);
	memcpy(req + 4, &sin, sizeof(sin));
	return narrow_setsockopt(optname, req, sizeof(req));
}

static int narrow_source(int optname, u32 index, __be32 source)
{
	u8 req[4 + 2 * sizeof(struct __kernel_sockaddr_storage)] = { 0 };
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = GROUP };

	memcpy(req, &index, 4);
	memcpy(req + 4, &sin, sizeof(sin));
	sin.sin_addr.s_addr = source;
	memcpy(req + 4 + sizeof(struct __kernel_sockaddr_storage), &sin, sizeof(sin));
	return narrow_setsockopt(optname, req, sizeof(req));
}

#define NARROW_HEAD (4 + sizeof(struct __kernel_sockaddr_storage) + 8) /* of a group_filter */

IN_TASK(the_shapes_of_32_bits)
{
	u32 index = (u32)__dev_get_by_name(&init_net, "eth0")->ifindex, word[2];
	u8 filter[NARROW_HEAD + 2 * sizeof(struct __kernel_sockaddr_storage)] = { 0 };
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = GROUP };
	int len = (int)(NARROW_HEAD + sizeof(struct __kernel_sockaddr_storage));

	assert_int_equal(narrow_group(MCAST_JOIN_GROUP, 99), -ENODEV);
	/* The width is the caller's, whatever the length says. */
	assert_int_equal(any_group(MCAST_JOIN_GROUP, AF_INET, index, 4 + sizeof(struct __kernel_sockaddr_storage)), -EINVAL);
	assert_int_equal(narrow_setsockopt(MCAST_JOIN_SOURCE_GROUP, filter, sizeof(struct group_source_req)), -EINVAL);
	assert_int_equal(narrow_setsockopt(MCAST_MSFILTER, filter, NARROW_HEAD - 1), -EINVAL);
	assert_int_equal(narrow_group(MCAST_JOIN_GROUP, index), 0);
	assert_int_equal(narrow_group(MCAST_JOIN_GROUP, index), -EADDRINUSE);
	assert_int_equal(narrow_source(MCAST_BLOCK_SOURCE, index, PEER_IP), 0);
	assert_int_equal(narrow_source(MCAST_UNBLOCK_SOURCE, index, PEER_IP), 0);
	assert_int_equal(narrow_source(MCAST_UNBLOCK_SOURCE, index, PEER_IP), -EADDRNOTAVAIL);
	assert_int_equal(narrow_group(MCAST_LEAVE_GROUP, index), 0);
	assert_int_equal(narrow_source(MCAST_JOIN_SOURCE_GROUP, index, PEER_IP), 0);
	memcpy(filter, &index, 4);
	memcpy(filter + 4, &sin, sizeof(sin));
	word[1] = 1;
	memcpy(filter + NARROW_HEAD - 4, &word[1], 4);
	assert_int_equal(sock->ops->getsockopt(sock, SOL_IP, MCAST_MSFILTER, narrow(filter), KERNEL_SOCKPTR(&len)), 0);
	assert_int_equal(len, NARROW_HEAD + sizeof(struct __kernel_sockaddr_storage));
	memcpy(word, filter + NARROW_HEAD - 8, 8);
	assert_int_equal(word[0], MCAST_INCLUDE);
	assert_int_equal(word[1], 1);
	memcpy(&sin, filter + NARROW_HEAD, sizeof(sin));
	assert_int_equal(sin.sin_addr.s_addr, PEER_IP);
	sin.sin_addr.s_addr = IP(10, 0, 2, 9);
	memcpy(filter + len, &sin, sizeof(sin));
	word[1] = 2;
	memcpy(filter + NARROW_HEAD - 4, &word[1], 4);
	assert_int_equal(narrow_setsockopt(MCAST_MSFILTER, filter, sizeof(filter)), 0);
	assert_int_equal(narrow_source(MCAST_LEAVE_SOURCE_GROUP, index, IP(10, 0, 2, 9)), 0);
	assert_int_equal(narrow_source(MCAST_LEAVE_SOURCE_GROUP, index, PEER_IP), 0);
	assert_int_equal(membership(IP_DROP_MEMBERSHIP), -EADDRNOTAVAIL);
	return 0;
}

static int local_group(int optname)
{
	struct ip_mreqn mreq = { .imr_multiaddr.s_addr = IP(224, 0, 0, 99), .imr_address.s_addr = OUR_IP };

	return kernel_setsockopt(sock, SOL_IP, optname, &mreq, sizeof(mreq));
}

IN_TASK(join_a_group_of_the_link)
{
	assert_int_equal(local_group(IP_ADD_MEMBERSHIP), 0);
	return 0;
}

IN_TASK(leave_the_group_of_the_link)
{
	assert_int_equal(local_group(IP_DROP_MEMBERSHIP), 0);
	return 0;
}

/* net.ipv4.igmp_link_local_mcast_reports: whether groups of the link alone (224.0.0.0/24) are told of; queries are
 * answered accordingly. The group of all hosts is never told of. RFC 2236 section 6, RFC 4541 section 2.1.2. */
static void groups_of_the_link_are_told_of_where_that_is_asked_for(void **state)
{
	u8 f[2048];
	int on;

	for (on = 0; on < 2; on++) {
		init_net.ipv4.sysctl_igmp_link_local_mcast_reports = on;
		drain();
		join_a_group_of_the_link(state);
		assert_int_equal(next_igmp(f, 5 * SECOND) != NULL, on);
		pass(5 * SECOND);
		drain();
		leave_the_group_of_the_link(state);
		assert_int_equal(next_igmp(f, 5 * SECOND) != NULL, on);
		pass(5 * SECOND);
		drain();
	}
}

IN_TASK(joining_has_its_bounds)
{
	struct ip_mreqn mreq = { .imr_multiaddr.s_addr = PEER_IP };
	int i;

	assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)),
			 -EINVAL);
	mreq.imr_multiaddr.s_addr = GROUP;
	mreq.imr_ifindex = 99;
	assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)),
			 -ENODEV);
	mreq.imr_ifindex = 0; /* by the route */
	for (i = 0; i < IP_MAX_MEMBERSHIPS; i++) {
		mreq.imr_multiaddr.s_addr = IP(239, 2, 0, (u32)i);
		assert_int_equal(
			kernel_setsockopt(sock, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)), 0);
	}
	mreq.imr_multiaddr.s_addr = GROUP;
	assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)),
			 -ENOBUFS);
	for (i = 0; i < IP_MAX_MEMBERSHIPS; i++) {
		mreq.imr_multiaddr.s_addr = IP(239, 2, 0, (u32)i);
		assert_int_equal(kernel_setsockopt(sock, SOL_IP, IP_DROP_MEMBERSHIP, &mreq,
						   sizeof(mreq)),
				 0);
	}
	return 0;
}

IN_TASK(close_while_joined)
{
	assert_int_equal(membership(IP_ADD_MEMBERSHIP), 0);
	sock_release(sock);
	sock = NULL;
	assert_int_equal(init_net.ipv4.udp_table->count, 0);
	return 0;
}

IN_TASK(namespaces_come_and_go)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(6002) };
	struct socket *s;
	struct net *net;
	int i;

	for (i = 0; i < 3; i++) {
		net = net_create();
		assert_false(IS_ERR(net));
		assert_int_equal(sock_create_kern(net, AF_INET, SOCK_DGRAM, 0, &s), 0);
		assert_int_equal(kernel_bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
		sock_release(s);
		net_destroy(net);
	}
	return 0;
}

static int add_autojoin(struct net_device *dev, __be32 addr)
{
	struct in_ifaddr *ifa = inet_alloc_ifa();
	int err;

	assert_non_null(ifa);
	rtnl_lock();
	ifa->ifa_dev = in_dev_get(dev);
	ifa->ifa_local = ifa->ifa_address = addr;
	ifa->ifa_prefixlen = 32;
	ifa->ifa_mask = inet_make_mask(32);
	ifa->ifa_flags = IFA_F_MCAUTOJOIN | IFA_F_PERMANENT;
	err = inet_insert_ifa(ifa);
	rtnl_unlock();
	return err;
}

static bool has_group(struct net_device *dev, __be32 group)
{
	return ip_check_mc(__in_dev_get(dev), group, 0, IPPROTO_UDP);
}

/* IFA_F_MCAUTOJOIN: joined by the namespace's own socket, which has its bounds and ends with it. */
IN_TASK(addresses_that_are_groups_are_joined)
{
	struct net *net = net_create();
	struct net_device *lo = net->loopback_dev;
	u32 i;

	assert_int_equal(add_autojoin(lo, IP(10, 1, 1, 1)), -EINVAL);
	assert_int_equal(add_autojoin(lo, GROUP), 0);
	assert_true(has_group(lo, GROUP));
	assert_int_equal(add_autojoin(lo, GROUP), -EEXIST);
	for (i = 1; i < (u32)net->ipv4.sysctl_igmp_max_memberships; i++)
		assert_int_equal(add_autojoin(lo, IP(239, 3, 3, i)), 0);
	assert_int_equal(add_autojoin(lo, IP(239, 3, 3, 99)), -ENOBUFS);
	assert_null(inet_find_address(lo, IP(239, 3, 3, 99)));
	rtnl_lock();
	assert_int_equal(inet_clear_address(lo, GROUP), 0);
	rtnl_unlock();
	assert_false(has_group(lo, GROUP));
	assert_true(has_group(lo, IP(239, 3, 3, 1)));
	net_destroy(net);
	return 0;
}

static int set_up(void **state)
{
	return boot_ipv4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
}

/* ---- each test begins with a socket in no group, a quiet wire and no querier, and leaves nothing ---- */

static int make_socket(void *unused)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(6002) };

	if (sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &sock))
		return -1;
	return kernel_bind(sock, (struct sockaddr *)&a, sizeof(a));
}

static int begin_test(void **state)
{
	struct in_device *in_dev = __in_dev_get(__dev_get_by_name(&init_net, "eth0"));

	pass(1000 * SECOND); /* older versions are forgotten, as is what is still to be told */
	drain();
	in_dev->mr_qrv = 2;
	init_net.ipv4.sysctl_igmp_link_local_mcast_reports = 1;
	return run_task(make_socket, NULL);
}

static int release_sockets(void *unused)
{
	if (sock)
		sock_release(sock);
	if (second)
		sock_release(second);
	sock = second = NULL;
	return 0;
}

static int end_test(void **state)
{
	return run_task(release_sockets, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(join_is_reported_twice_by_version_3),
		TEST(members_receive_and_others_do_not),
		TEST(blocked_source_is_not_heard),
		TEST(version_2_querier_gets_version_2),
		TEST(a_version_3_query_is_answered_in_its_time),
		TEST(the_querier_says_how_often_changes_are_told),
		TEST(broken_messages_are_dropped),
		TEST(another_member_s_report_makes_ours_needless),
		TEST(version_1_knows_no_leaving),
		TEST(the_group_lasts_as_long_as_its_last_member),
		TEST(only_included_sources_are_heard),
		TEST(changes_are_told_as_what_they_are),
		TEST(sources_that_are_asked_for_are_told_of_alone),
		TEST(the_shapes_for_any_protocol),
		TEST(the_shapes_of_32_bits),
		TEST(groups_of_the_link_are_told_of_where_that_is_asked_for),
		TEST(joining_has_its_bounds),
		TEST(close_while_joined),
		TEST(namespaces_come_and_go),
		TEST(addresses_that_are_groups_are_joined),
	};

	return cmocka_run_group_tests_name("igmp", tests, set_up, end_ipv4);
}
