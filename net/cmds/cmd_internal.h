/* SPDX-License-Identifier: MIT */
/* What the network commands share: sockets, addresses, names, tables of /proc. They speak as any
 * program would. */
#ifndef NET_CMDS_CMD_INTERNAL_H
#define NET_CMDS_CMD_INTERNAL_H

#include <kernel/console.h>
#include <kernel/err.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <net/net.h>
#include <uapi/if.h>
#include <uapi/in.h>
#include <uapi/sockios.h>
#include <wire/dns.h>

/* util.c */
bool parse_ipv4(const char *s, __be32 *addr); /* "a.b.c.d", four decimal numbers */
bool parse_prefix(const char *s, __be32 *addr,
		  unsigned int *len); /* "a.b.c.d/n"; without "/n" a host */
__be32 prefix_mask(unsigned int len);
unsigned int mask_length(__be32 mask);
bool parse_mac(const char *s, u8 mac[6]);
void set_sockaddr(void *dst, __be32 addr, u16 port); /* a struct sockaddr_in */
__be32 get_sockaddr(const void *src);
/* error_text - errno in the words of strerror(3). */
const char *error_text(int err);
/* cmd_ioctl - an ioctl on a datagram socket of the current namespace; 0 or -errno. */
int cmd_ioctl(unsigned int cmd, void *arg);
/* cmd_ifreq - the same with a struct ifreq for @dev. */
int cmd_ifreq(unsigned int cmd, const char *dev, struct ifreq *ifr);
/* cmd_change_flags - clear, then set IFF_x flags of @dev; 0 or -errno. */
int cmd_change_flags(const char *dev, unsigned int clear, unsigned int set);
/* set_timeout - SO_RCVTIMEO in milliseconds. */
int set_timeout(struct socket *sock, unsigned int ms);
/* find_cmsg - the data of the control message (level, type) that was received, or NULL. */
void *find_cmsg(const void *control, size_t len, int level, int type, size_t min_len);
/* word_of - the next word of a line; the line's rest begins behind it. NULL: none left. */
char *word_of(char **line);
/* proc_text - a file of /proc, to be kfree'd; NULL after an error line of command @cmd. */
char *proc_text(const char *cmd, const char *path);
int usage(const struct console_command *c);	    /* print it as an error line; returns 2 */
int arg_missing(const char *cmd, const char *what); /* print a line; returns 2 */

/* iftable.c: every device and its addresses, in one piece */
#define IF_ADDRS_MAX 16
struct if_addr {
	__be32 addr, mask, brd;
	char label[IFNAMSIZ];
};
struct if_info {
	char name[IFNAMSIZ];
	int index, mtu, qlen;
	unsigned int flags, hw_type;
	u8 mac[6], nr_addrs;
	struct if_addr addrs[IF_ADDRS_MAX];
};
/* if_table - all devices in order of their names; kfree the array. The number, or -errno. */
int if_table(struct if_info **table);

/* resolve.c */
struct dns_reply {
	char name[256]; /* that was asked for, without a dot at its end */
	u16 type;	/* DNS_TYPE_x */
	__be32 server;	/* who answered */
	bool authoritative;
	u8 rcode;		/* DNS_RCODE_x */
	unsigned int count[3];	/* records: answers, authorities, additional ones... */
	int records, len;	/* ...which begin there; bytes of msg */
	u8 msg[DNS_MAX_UDP];
};
/* dns_ask - the answer of the server (0: of one of /etc/resolv.conf's) about @name. 0: there is one, whose
 * records are unchecked; -EAGAIN (no server, or none answers), -EINVAL (not a name), or the network's. */
int dns_ask(const char *name, u16 type, __be32 server, struct dns_reply *r);
struct dns_rr {
	char name[256];
	unsigned int type, class;
	int data, len; /* where its data begins; bytes */
};
/* dns_record - the record at @pos of @msg; dns_name - the name there, into @out (256 bytes). The position behind it, or
 * -EINVAL. */
int dns_record(const u8 *msg, int len, int pos, struct dns_rr *rr);
int dns_name(const u8 *msg, int len, int pos, char *out);
/* resolve_host - a dotted quad, /etc/hosts, or DNS. 0, -ENOENT (no such name), -EIO (a server's
 * error), or dns_ask's. */
int resolve_host(const char *name, __be32 *addr);
const char *resolve_error(int err);

/* proc_inet.c: /proc/net/{tcp,udp,raw,icmp} */
struct inet_row {
	const char *proto;
	__be32 laddr, raddr;
	u16 lport, rport;
	unsigned int state, tx_queue, rx_queue, timer, retrans, uid, probes;
	unsigned long long timer_when, inode;
};
/* for_each_inet - each row of /proc/net/@proto. 0 or a printed error. */
int for_each_inet(const char *cmd, const char *proto,
		  void (*fn)(const struct inet_row *row, void *arg), void *arg);

extern struct console_command ip_command, ifconfig_command, route_command, arp_command,
	ping_command, netstat_command, ss_command, nslookup_command, dhcp_command, echo_command,
	tcpdump_command, nstat_command, tc_command, traceroute_command;
/* netstat -s: of these protocols only, where any is named. */
int netstat_statistics(bool tcp, bool udp, bool raw);
int netstat_routes(bool numeric); /* netstat -r; 0 or the status of a printed error */
int netstat_devices(void); /* netstat -i, and ifconfig -s below its first line; likewise */
int ifconfig_devices(void); /* netstat -ie: the devices that are up, as ifconfig shows them */

#endif
