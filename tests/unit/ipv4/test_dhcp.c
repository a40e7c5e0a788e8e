/* SPDX-License-Identifier: MIT */
/* DHCP: messages of hostile servers, and the client's way through its states. RFC 2131. */
#include <kernel/version.h>
#include <net/dhcp.h>
#include <net/ipconfig.h>

#include "dhcp_unit.h"

#define XID	      0x12345678u
#define DHCP_FOR_EVER 0xffffffffu

static int parse(const struct reply *m, struct dhcp_reply *r)
{
	return dhcp_parse(m->buf, length(m), htonl(XID), our_mac, r);
}

/* ---- messages ---- */

static void offer_is_read(void **state)
{
	struct dhcp_reply r;
	struct reply m;

	full_reply(&m, DHCPOFFER, htonl(XID), OUR_IP, 86400);
	assert_int_equal(parse(&m, &r), 0);
	assert_true(dhcp_usable(&r));
	assert_int_equal(r.type, DHCPOFFER);
	assert_int_equal(r.yiaddr, OUR_IP);
	assert_int_equal(r.router, PEER_IP);
	assert_int_equal(r.dns[0], IP(10, 0, 2, 3));
	assert_int_equal(r.lease_s, 86400);
	assert_int_equal(r.t1_s, 43200);
	assert_int_equal(r.t2_s, 75600);
}

static void every_truncation_is_refused_or_safe(void **state)
{
	struct dhcp_reply r;
	struct reply m;
	size_t n;

	full_reply(&m, DHCPOFFER, htonl(XID), OUR_IP, 86400);
	for (n = 0; n <= length(&m); n++) {
		u8 *exact = __builtin_malloc(
			n ? n : 1); /* so that the sanitizer sees a byte too many */

		memcpy(exact, m.buf, n);
		if (n < sizeof(struct dhcphdr) + 3)
			assert_int_not_equal(dhcp_parse(exact, n, htonl(XID), our_mac, &r), 0);
		else
			dhcp_parse(exact, n, htonl(XID), our_mac, &r);
		__builtin_free(exact);
	}
}

static void foreign_answers_are_refused(void **state)
{
	static const struct {
		size_t offset;
		u8 value;
	} wrong[] = { { 0, BOOTREQUEST }, { 1, 6 }, { 2, 7 }, { 4, 0xff }, { 28, 0 }, { 236, 0 } };
	struct dhcp_reply r;
	struct reply m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		full_reply(&m, DHCPACK, htonl(XID), OUR_IP, 60);
		m.buf[wrong[i].offset] = wrong[i].value;
		assert_int_not_equal(parse(&m, &r), 0);
	}
}

static void option_beyond_the_end_is_refused(void **state)
{
	struct dhcp_reply r;
	struct reply m;

	reply_begin(&m, htonl(XID), OUR_IP);
	opt_type(&m, DHCPOFFER);
	*m.p++ = DHCP_OPT_ROUTER;
	*m.p++ = 200;
	assert_int_not_equal(parse(&m, &r), 0);
	m.p--;
	assert_int_not_equal(parse(&m, &r), 0);
}

static void options_of_wrong_length_are_passed_over(void **state)
{
	struct dhcp_reply r;
	struct reply m;

	reply_begin(&m, htonl(XID), OUR_IP);
	opt_type(&m, DHCPACK);
	opt(&m, DHCP_OPT_ROUTER, 3, "abc");
	opt(&m, DHCP_OPT_LEASE_TIME, 2, "ab");
	opt(&m, DHCP_OPT_SUBNET_MASK, 0, "");
	opt(&m, DHCP_OPT_DNS, 6, "\1\2\3\4\5\6");
	assert_int_equal(parse(&m, &r), 0);
	assert_int_equal(r.router, 0);
	assert_false(r.has_lease);
	assert_int_equal(r.dns[0], IP(1, 2, 3, 4));
	assert_int_equal(r.dns[1], 0);
	assert_true(dhcp_usable(&r));
	assert_int_equal(r.mask, htonl(0xff000000));
}

static void overload_is_followed_once(void **state)
{
	u8 both = 3,
	   nested[] = { DHCP_OPT_OVERLOAD, 1, 3, DHCP_OPT_ROUTER, 4, 10, 0, 2, 9, DHCP_OPT_END };
	u8 sname[] = { DHCP_OPT_MESSAGE_TYPE, 1, DHCPACK, DHCP_OPT_END };
	struct dhcp_reply r;
	struct reply m;

	reply_begin(&m, htonl(XID), OUR_IP);
	opt(&m, DHCP_OPT_OVERLOAD, 1, &both);
	memcpy(hdr(&m)->file, nested, sizeof(nested));
	memcpy(hdr(&m)->sname, sname, sizeof(sname));
	assert_int_equal(parse(&m, &r), 0);
	assert_int_equal(r.type, DHCPACK);
	assert_int_equal(r.router, IP(10, 0, 2, 9));
	hdr(&m)->file[sizeof(hdr(&m)->file) - 1] = DHCP_OPT_ROUTER;
	memset(hdr(&m)->file, 0, sizeof(hdr(&m)->file) - 1);
	assert_int_not_equal(parse(&m, &r), 0);
}

static void names_lose_what_does_not_belong(void **state)
{
	struct dhcp_reply r;
	struct reply m;

	reply_begin(&m, htonl(XID), OUR_IP);
	opt_type(&m, DHCPACK);
	opt(&m, DHCP_OPT_HOSTNAME, 12, "ho\nst; rm -f");
	opt(&m, DHCP_OPT_DOMAIN, 7, "a\0bcdef");
	assert_int_equal(parse(&m, &r), 0);
	assert_string_equal(r.hostname, "hostrm-f");
	assert_string_equal(r.domain, "a");
}

static void impossible_addresses_are_not_taken(void **state)
{
	const __be32 bad[] = { 0,
			       IP(127, 0, 0, 1),
			       IP(224, 0, 0, 1),
			       IP(255, 255, 255, 255),
			       IP(10, 0, 2, 0),
			       IP(10, 0, 2, 255),
			       IP(0, 1, 2, 3) };
	struct dhcp_reply r;
	struct reply m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		full_reply(&m, DHCPOFFER, htonl(XID), bad[i], 60);
		assert_int_equal(parse(&m, &r), 0);
		assert_false(dhcp_usable(&r));
	}
}

static void random_bytes_are_safe(void **state)
{
	struct dhcp_reply r;
	struct reply m;
	u32 seed = 1, i, k;

	for (i = 0; i < 20000; i++) {
		reply_begin(&m, htonl(XID), OUR_IP);
		for (k = 0; k < 300; k++) {
			seed = seed * 1664525 + 1013904223;
			*m.p++ = seed & 0x10000000 ? (u8)(seed >> 24) % 70 : (u8)(seed >> 24);
		}
		if (!parse(&m, &r))
			dhcp_usable(&r);
	}
}

static void discover_has_the_form_of_rfc_2131(void **state)
{
	struct dhcp_request req = { .type = DHCPDISCOVER,
				    .xid = htonl(XID),
				    .broadcast = true,
				    .hostname = "host",
				    .max_size = 1500 };
	u8 buf[DHCP_BUILD_MAX];
	const struct dhcphdr *h = (const struct dhcphdr *)buf;

	memcpy(req.chaddr, our_mac, 6);
	assert_int_equal(dhcp_build(buf, &req), DHCP_MIN_LEN);
	assert_int_equal(h->op, BOOTREQUEST);
	assert_int_equal(h->flags, htons(DHCP_FLAG_BROADCAST));
	assert_int_equal(h->magic, htonl(DHCP_MAGIC));
	assert_memory_equal(h->chaddr, our_mac, 6);
	assert_memory_equal(h + 1, "\x35\x01\x01\x3d\x07\x01", 6);
}

/* ---- the client ---- */

/* Through DISCOVER, OFFER, REQUEST, ACK; the address is there. */
static void get_lease(u32 lease)
{
	struct reply m;
	u8 f[2048], type;
	const struct dhcphdr *h = next_message(f, &type, 70 * SECOND);

	assert_non_null(h);
	assert_int_equal(type, DHCPDISCOVER);
	assert_int_equal(frame_ip(f)->daddr, htonl(0xffffffff));
	full_reply(&m, DHCPOFFER, h->xid, OUR_IP, lease);
	answer(&m, true);
	h = next_message(f, &type, MILLISECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPREQUEST);
	full_reply(&m, DHCPACK, h->xid, OUR_IP, lease);
	answer(&m, true);
	assert_int_equal(our_address(), OUR_IP);
}

static void discover_leaves_at_once_without_an_address(void **state)
{
	u64 begin = skiff_now();
	u8 f[2048], type;

	assert_non_null(next_message(f, &type, 0)); /* boot_ipv4 has let 10 ms pass */
	assert_int_equal(type, DHCPDISCOVER);
	assert_int_equal(frame_ip(f)->saddr, 0);
	assert_int_equal(frame_ip(f)->daddr, htonl(0xffffffff));
	assert_true(skiff_now() - begin < 50 * MILLISECOND);
}

static void silence_is_retried_told_and_retried_rarely(void **state)
{
	u8 f[2048], type;
	unsigned int n = 0;

	while (next_message(f, &type, 10 * SECOND))
		n++;
	assert_in_range(n, 3, 4);
	assert_non_null(next_message(f, &type, 70 * SECOND));
	assert_int_equal(our_address(), 0);
}

static void lease_is_taken_with_gateway(void **state)
{
	struct fib_result res;
	struct flowi4 fl4 = { .daddr = IP(8, 8, 8, 8) };

	get_lease(100);
	local_bh_disable();
	assert_int_equal(fib_lookup(&init_net, &fl4, &res), 0);
	assert_int_equal(res.fi->fib_nh->nh_gw, PEER_IP);
	local_bh_enable();
	drain();
}

static void renewal_goes_by_unicast_and_keeps_the_address(void **state)
{
	struct reply m;
	u8 f[2048], type;
	const struct dhcphdr *h;

	introduce_peer();
	h = next_message(f, &type, 60 * SECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPREQUEST);
	assert_int_equal(h->ciaddr, OUR_IP);
	assert_int_equal(frame_ip(f)->saddr, OUR_IP);
	assert_int_equal(frame_ip(f)->daddr, SERVER);
	full_reply(&m, DHCPACK, h->xid, OUR_IP, 100);
	answer(&m, false);
	pass(45 * SECOND); /* T1 of the new lease is not there yet */
	assert_null(next_message(f, &type, 0));
	assert_int_equal(our_address(), OUR_IP);
}

static void refusal_drops_the_address_and_begins_anew(void **state)
{
	struct reply m;
	u8 f[2048], type;
	const struct dhcphdr *h;

	introduce_peer();
	h = next_message(f, &type, 60 * SECOND);
	assert_non_null(h);
	reply_begin(&m, h->xid, 0);
	opt_type(&m, DHCPNAK);
	opt_addr(&m, DHCP_OPT_SERVER_ID, SERVER);
	answer(&m, false);
	assert_int_equal(our_address(), 0);
	get_lease(10);
	drain();
}

static void lease_that_nobody_renews_ends(void **state)
{
	u8 f[2048], type;
	bool rebinding = false;

	while (next_message(f, &type, 20 * SECOND) && type == DHCPREQUEST)
		rebinding |= frame_ip(f)->daddr == htonl(0xffffffff);
	assert_true(rebinding);
	assert_int_equal(type, DHCPDISCOVER);
	assert_int_equal(our_address(), 0);
}

static void answer_to_another_xid_is_ignored(void **state)
{
	struct reply m;

	full_reply(&m, DHCPACK, htonl(XID), OUR_IP, 100);
	answer(&m, true);
	assert_int_equal(our_address(), 0);
}

/* ---- what else may happen to it ---- */

static char shown[1024];

static const char *command(const char *line)
{
	skiff_command(line, shown, sizeof(shown));
	return shown;
}

static void an_address_that_another_host_has_is_declined(void **state)
{
	__be32 ours = OUR_IP, server = SERVER;
	const struct dhcphdr *h;
	u8 f[2048], type;

	get_lease(1000);
	drain();
	claim(OUR_IP);
	h = next_message(f, &type, MILLISECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPDECLINE);
	assert_int_equal(frame_ip(f)->saddr, 0);
	assert_int_equal(frame_ip(f)->daddr, htonl(0xffffffff));
	assert_int_equal(h->ciaddr, 0);
	assert_memory_equal(option_of(h, DHCP_OPT_REQUESTED_IP), &ours, 4);
	assert_memory_equal(option_of(h, DHCP_OPT_SERVER_ID), &server, 4);
	assert_int_equal(our_address(), 0);
	assert_null(next_message(f, &type, 9 * SECOND)); /* RFC 2131 section 3.1.5: ten seconds */
	assert_non_null(next_message(f, &type, 2 * SECOND));
	assert_int_equal(type, DHCPDISCOVER);
}

static void a_claim_long_after_changes_nothing(void **state)
{
	u8 f[2048], type;

	pass(2 * SECOND);
	get_lease(1000);
	pass(11 * SECOND);
	drain();
	claim(OUR_IP);
	assert_null(next_message(f, &type, 5 * SECOND));
	assert_int_equal(our_address(), OUR_IP);
}

/* The next frame that is ARP and says that our address is ours. */
static bool defended(void)
{
	u8 f[2048];

	while (take(f, sizeof(f))) {
		const struct arp_eth_body *b = (const void *)(f + 14 + sizeof(struct arphdr));

		if (((struct ethhdr *)f)->h_proto == htons(ETH_P_ARP) && b->ar_sip == OUR_IP &&
		    b->ar_tip == OUR_IP)
			return true;
	}
	return false;
}

/* RFC 5227 section 2.4 (b): it is defended once, and given up where the other insists within ten seconds. */
static void an_address_whose_defence_fails_is_declined(void **state)
{
	const struct dhcphdr *h;
	u8 f[2048], type;

	pass(15 * SECOND);
	drain();
	claim(OUR_IP);
	assert_true(defended());
	pass(11 * SECOND);
	claim(OUR_IP);
	assert_true(defended()); /* the first one is forgotten */
	assert_int_equal(our_address(), OUR_IP);
	pass(5 * SECOND);
	claim(OUR_IP);
	h = next_message(f, &type, MILLISECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPDECLINE);
	assert_int_equal(our_address(), 0);
	assert_null(next_message(f, &type, 9 * SECOND));
	get_lease(1000);
	pass(11 * SECOND);
	drain();
}

static void another_address_at_renewal_replaces_the_old_one(void **state)
{
	const struct dhcphdr *h;
	struct reply m;
	u8 f[2048], type;

	introduce_peer();
	h = next_message(f, &type, 500 * SECOND);
	assert_non_null(h);
	full_reply(&m, DHCPACK, h->xid, IP(10, 0, 2, 44), DHCP_FOR_EVER);
	answer(&m, false);
	assert_int_equal(our_address(), IP(10, 0, 2, 44));
	assert_null(next_message(f, &type, 3600 * SECOND)); /* for ever */
	assert_int_equal(our_address(), IP(10, 0, 2, 44));
}

/* @f, a request, becomes the peer's answer, and arrives. */
static void reply_to_arp(u8 *f)
{
	struct arphdr *arp = (struct arphdr *)(f + sizeof(struct ethhdr));
	struct arp_eth_body *b = (struct arp_eth_body *)(arp + 1);

	assert_int_equal(b->ar_tip, PEER_IP);
	memcpy(f, our_mac, 6);
	memcpy(f + 6, peer_mac, 6);
	arp->ar_op = htons(ARPOP_REPLY);
	b->ar_tip = b->ar_sip;
	memcpy(b->ar_tha, our_mac, 6);
	b->ar_sip = PEER_IP;
	memcpy(b->ar_sha, peer_mac, 6);
	give(f, 42);
}

static void give_back(void *unused)
{
	command("dhcp eth0 release");
}

static void the_console_shows_the_lease_and_gives_it_back(void **state)
{
	const struct dhcphdr *h;
	u8 f[2048], type;

	assert_non_null(strstr(command("dhcp"),
			       "10.0.2.44/24, gateway 10.0.2.2, dns 10.0.2.3, server 10.0.2.2"));
	assert_true(skiff_task_start(give_back, NULL) > 0);
	pass(20 * MILLISECOND);
	assert_int_equal(take(f, sizeof(f)), 42); /* where is the server? */
	assert_int_equal(our_address(), IP(10, 0, 2, 44));
	reply_to_arp(f);
	h = next_message(f, &type, 10 * MILLISECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPRELEASE);
	assert_int_equal(h->ciaddr, IP(10, 0, 2, 44));
	assert_int_equal(frame_ip(f)->daddr, SERVER);
	assert_int_equal(our_address(), 0);
	assert_non_null(strstr(command("dhcp eth9"), "no device"));
	assert_non_null(strstr(command("dhcp eth0 stop"), "no DHCP client"));
	assert_null(next_message(f, &type, 100 * SECOND));
	assert_string_equal(command("dhcp eth0"), "");
	assert_non_null(next_message(f, &type, SECOND));
	assert_int_equal(type, DHCPDISCOVER);
}

static void offers_that_are_none_are_not_taken(void **state)
{
	const struct dhcphdr *h;
	struct reply m;
	u8 f[2048], type;

	h = next_message(f, &type, 5 * SECOND);
	assert_non_null(h);
	reply_begin(&m, h->xid, OUR_IP); /* from nobody */
	opt_type(&m, DHCPOFFER);
	answer(&m, true);
	full_reply(&m, DHCPOFFER, h->xid, IP(127, 0, 0, 1), 100);
	answer(&m, true);
	full_reply(&m, DHCPOFFER, h->xid + 1, OUR_IP, 100);
	answer(&m, true);
	full_reply(&m, DHCPACK, h->xid, OUR_IP, 100); /* unasked */
	answer(&m, true);
	reply_begin(&m, h->xid, 0); /* a refusal of nothing */
	opt_type(&m, DHCPNAK);
	answer(&m, true);
	h = next_message(f, &type, 10 * SECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPDISCOVER);
	assert_int_equal(our_address(), 0);
}

static void only_the_chosen_server_may_answer_the_request(void **state)
{
	const struct dhcphdr *h;
	struct reply m;
	u8 f[2048], type;
	__be32 xid;

	drain();
	h = next_message(f, &type, 70 * SECOND);
	assert_non_null(h);
	full_reply(&m, DHCPOFFER, xid = h->xid, OUR_IP, 100);
	answer(&m, true);
	h = next_message(f, &type, MILLISECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPREQUEST);
	full_reply(&m, DHCPACK, xid, IP(10, 0, 2, 99), 100); /* not what was offered */
	answer(&m, true);
	reply_begin(&m, xid, OUR_IP); /* another server */
	opt_type(&m, DHCPACK);
	opt_addr(&m, DHCP_OPT_SERVER_ID, IP(10, 0, 2, 200));
	answer(&m, true);
	reply_begin(&m, xid, 0);
	opt_type(&m, DHCPNAK);
	opt_addr(&m, DHCP_OPT_SERVER_ID, IP(10, 0, 2, 200));
	answer(&m, true);
	assert_int_equal(our_address(), 0);
	h = next_message(f, &type, 3 * SECOND);
	assert_non_null(h);
	assert_int_equal(type, DHCPREQUEST); /* again */
}

static void requests_that_nobody_answers_end_in_a_new_discovery(void **state)
{
	u8 f[2048], type = 0;
	unsigned int requests = 0;

	while (next_message(f, &type, 40 * SECOND) && type == DHCPREQUEST)
		requests++;
	assert_in_range(requests, 1, 3);
	assert_int_equal(type, DHCPDISCOVER);
}

static bool routed_by(__be32 gateway)
{
	struct fib_result res;
	struct flowi4 fl4 = { .daddr = IP(8, 8, 8, 8) };
	bool yes;

	local_bh_disable();
	yes = !fib_lookup(&init_net, &fl4, &res) && res.fi->fib_nh->nh_gw == gateway;
	local_bh_enable();
	return yes;
}

static void a_gateway_outside_of_the_subnet_and_names_are_taken(void **state)
{
	const struct dhcphdr *h;
	struct reply m;
	u8 f[2048], type, i;

	drain();
	for (i = DHCPOFFER; i <= DHCPACK; i += DHCPACK - DHCPOFFER) {
		h = next_message(f, &type, 70 * SECOND);
		assert_non_null(h);
		reply_begin(&m, h->xid, OUR_IP);
		opt_type(&m, i);
		opt_addr(&m, DHCP_OPT_SERVER_ID, SERVER);
		opt_addr(&m, DHCP_OPT_SUBNET_MASK, htonl(0xffffffff));
		opt_addr(&m, DHCP_OPT_ROUTER, PEER_IP);
		opt_addr(&m, DHCP_OPT_DNS, IP(10, 0, 2, 3));
		opt_addr(&m, DHCP_OPT_LEASE_TIME, htonl(5000));
		opt(&m, DHCP_OPT_HOSTNAME, 6, "parrot");
		opt(&m, DHCP_OPT_DOMAIN, 7, "example");
		answer(&m, true);
	}
	assert_int_equal(our_address(), OUR_IP);
	assert_true(routed_by(PEER_IP));
	assert_non_null(
		strstr(command("cat /etc/resolv.conf"), "search example\nnameserver 10.0.2.3"));
	assert_string_equal(uts_nodename(), "parrot");
}

static void a_link_that_comes_back_has_its_routes_again(void **state)
{
	u8 f[2048], type;

	command("ip link set eth0 down");
	pass(SECOND);
	assert_false(routed_by(PEER_IP));
	command("ip link set eth0 up");
	pass(SECOND);
	assert_true(routed_by(PEER_IP));
	assert_int_equal(our_address(), OUR_IP);
	/* without a lease it begins anew */
	command("dhcp eth0 stop");
	command("dhcp eth0");
	command("ip link set eth0 down");
	pass(SECOND);
	drain();
	assert_null(next_message(f, &type, 20 * SECOND));
	command("ip link set eth0 up");
	assert_non_null(next_message(f, &type, SECOND));
	assert_int_equal(type, DHCPDISCOVER);
}

/* The way to a lease, on which the @nth allocation from the ACK on fails (0: none); was it reached?
 */
static bool lease_with_failure(unsigned long nth)
{
	const struct dhcphdr *h;
	struct reply m;
	u8 f[2048], type;
	bool struck;

	pass(2 * SECOND); /* an answer may have waited for memory to be read into */
	if (our_address()) {
		command("dhcp eth0 release");
		command("dhcp eth0");
	}
	do {
		h = next_message(f, &type, 130 * SECOND);
		assert_non_null(h);
	} while (type != DHCPDISCOVER);
	full_reply(&m, DHCPOFFER, h->xid, OUR_IP, 5000);
	answer(&m, true);
	h = next_message(f, &type, MILLISECOND);
	assert_non_null(h);
	full_reply(&m, DHCPACK, h->xid, OUR_IP, 5000);
	hosted_fail_alloc(nth, 0, 0);
	answer(&m, true);
	struck = !hosted_alloc_faults;
	hosted_fail_alloc(0, 0, 0);
	return struck;
}

static void an_address_for_which_there_is_no_memory_is_asked_for_later(void **state)
{
	unsigned long nth;
	bool failed = false;

	assert_string_equal(command("ip addr del 10.0.2.15/32 dev eth0"),
			    ""); /* what `stop` has left */
	drain();
	for (nth = 1; lease_with_failure(nth); nth++)
		failed |= !our_address();
	assert_true(failed);
	assert_int_equal(our_address(), OUR_IP);
	assert_true(routed_by(PEER_IP));
}

static int boot_dhcp(void **state)
{
	return boot_ipv4("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offer_is_read),
		cmocka_unit_test(every_truncation_is_refused_or_safe),
		cmocka_unit_test(foreign_answers_are_refused),
		cmocka_unit_test(option_beyond_the_end_is_refused),
		cmocka_unit_test(options_of_wrong_length_are_passed_over),
		cmocka_unit_test(overload_is_followed_once),
		cmocka_unit_test(names_lose_what_does_not_belong),
		cmocka_unit_test(impossible_addresses_are_not_taken),
		cmocka_unit_test(random_bytes_are_safe),
		cmocka_unit_test(discover_has_the_form_of_rfc_2131),
		/* in this order: one client's life */
		cmocka_unit_test(discover_leaves_at_once_without_an_address),
		cmocka_unit_test(silence_is_retried_told_and_retried_rarely),
		cmocka_unit_test(lease_is_taken_with_gateway),
		cmocka_unit_test(renewal_goes_by_unicast_and_keeps_the_address),
		cmocka_unit_test(refusal_drops_the_address_and_begins_anew),
		cmocka_unit_test(lease_that_nobody_renews_ends),
		cmocka_unit_test(answer_to_another_xid_is_ignored),
		cmocka_unit_test(an_address_that_another_host_has_is_declined),
		cmocka_unit_test(a_claim_long_after_changes_nothing),
		cmocka_unit_test(an_address_whose_defence_fails_is_declined),
		cmocka_unit_test(another_address_at_renewal_replaces_the_old_one),
		cmocka_unit_test(the_console_shows_the_lease_and_gives_it_back),
		cmocka_unit_test(offers_that_are_none_are_not_taken),
		cmocka_unit_test(only_the_chosen_server_may_answer_the_request),
		cmocka_unit_test(requests_that_nobody_answers_end_in_a_new_discovery),
		cmocka_unit_test(a_gateway_outside_of_the_subnet_and_names_are_taken),
		cmocka_unit_test(a_link_that_comes_back_has_its_routes_again),
		cmocka_unit_test(an_address_for_which_there_is_no_memory_is_asked_for_later),
	};

	return cmocka_run_group_tests_name("dhcp", tests, boot_dhcp, end_ipv4);
}
