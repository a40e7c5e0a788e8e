/* SPDX-License-Identifier: MIT */
/* The parts of address configuration that keep no state: DHCP messages (net/ipv4/dhcp_packet.c) and
 * the ip= option (ipconfig_parse.c). RFC 2131, RFC 2132. */
#ifndef NET_DHCP_H
#define NET_DHCP_H

#include <kernel/types.h>
#include <uapi/if.h>
#include <wire/dhcp.h>

/* ---- dhcp_packet.c: no state, no side effects ---- */

struct dhcp_request { /* what a message of ours says */
	u8 type;      /* DHCPDISCOVER and so on */
	__be32 xid;
	u16 secs;
	bool broadcast; /* we cannot receive unicast yet */
	u8 chaddr[6];
	__be32 ciaddr;
	__be32 requested, server; /* options 50 and 54; 0: left out */
	const char *hostname;	  /* option 12; NULL or "": left out */
	u16 max_size;		  /* option 57 */
};
#define DHCP_BUILD_MAX 576
/* dhcp_build - the message into @buf (DHCP_BUILD_MAX bytes); its length. */
unsigned int dhcp_build(u8 *buf, const struct dhcp_request *r);

struct dhcp_reply { /* what an answer says, checked; 0: not said */
	u8 type;
	__be32 yiaddr, server, mask, broadcast, router, dns[3];
	u32 lease_s, t1_s, t2_s;
	bool has_lease;
	char hostname[64], domain[64], message[64]; /* printable */
};
/* dhcp_parse - is it an answer to @xid for @chaddr, and what does it say? 0 or -EINVAL. Any bytes
 * are safe. */
int dhcp_parse(const u8 *buf, size_t len, __be32 xid, const u8 *chaddr, struct dhcp_reply *r);
/* dhcp_usable - does an OFFER or ACK name an address that a host may have. Fills in mask and times
 * left out. */
bool dhcp_usable(struct dhcp_reply *r);

/* ---- ip=: ipconfig_parse.c ---- */

enum ipconfig_mode { IPCONFIG_OFF, IPCONFIG_STATIC, IPCONFIG_DHCP };
struct ipconfig_entry { /* one ip= of the command line */
	enum ipconfig_mode mode;
	__be32 client, gateway, mask, dns[2];
	char device[IFNAMSIZ]; /* "": any */
	char hostname[64], domain[64]; /* what stands before and behind the first dot */
	int ifindex; /* the device that has taken the static address; 0: none yet */
	bool probed; /* and where it is still being probed, so that its route waits */
};
/* ipconfig_parse - @text (the value of ip=) into *e; NULL, or what is wrong, in words, with the
 * offending field in *field. Changes @text. */
const char *ipconfig_parse(char *text, struct ipconfig_entry *e, const char **field);
/* in4_pton - a dotted quad, all of the string. True if it was one. */
bool in4_pton(const char *s, __be32 *addr);

#endif
