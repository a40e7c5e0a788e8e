/* SPDX-License-Identifier: MIT */
/* What ss(8) shows beside the Internet's sockets: AF_NETLINK, AF_PACKET, AF_UNIX, as iproute2 does.
 */
#include <uapi/if_ether.h>
#include <uapi/netlink_diag.h>
#include <uapi/packet_diag.h>
#include <uapi/sock_diag.h>
#include <uapi/unix_diag.h>

#include "ss_internal.h"

#define NETLINK_CONNECTED 1

/* Attributes by number, the first of which is 0; those of a size that is not theirs are left out.
 */
static void parse(const struct nlmsghdr *nlh, size_t header, const struct nlattr *tb[], int max)
{
	const struct nlattr *nla;
	int rem;

	memset(tb, 0, sizeof(*tb) * (size_t)(max + 1));
	nla_for_each_attr(nla, (const struct nlattr *)((const char *)NLMSG_DATA(nlh) + header),
			  (int)nlh->nlmsg_len - (int)NLMSG_LENGTH(header),
			  rem) if (nla_type(nla) <= max) tb[nla_type(nla)] = nla;
}

static u32 word(const struct nlattr *nla, int i)
{
	return nla && nla_len(nla) >= 4 * (i + 1) ? ((const u32 *)nla_data(nla))[i] : 0;
}

static void memory(struct ss_table *t, const struct ss_options *o, const struct nlattr *mem)
{
	if (o->memory && mem && nla_len(mem) >= (int)(SK_MEMINFO_VARS * sizeof(u32)))
		ss_memory(t, nla_data(mem));
}

/* ---- AF_UNIX ---- */

/* A path, or an abstract name with @ for each NUL. */
static const char *unix_name(const struct nlattr *nla, char *buf, int size)
{
	int i, len = nla ? min(nla_len(nla), size - 1) : 0;
	const char *name = nla ? nla_data(nla) : NULL;

	if (!len)
		return "*";
	for (i = 0; i < len && (name[i] || !name[0]); i++)
		buf[i] = name[i] ? name[i] : '@';
	buf[i] = '\0';
	return buf;
}

static void unix_extended(struct ss_table *t, const struct nlattr *tb[])
{
	u32 uid = word(tb[UNIX_DIAG_UID], 0);
	int i;

	if (uid)
		ss_print(t, " uid:%u", uid);
	if (tb[UNIX_DIAG_SHUTDOWN]) {
		u8 bits = nla_get_u8(tb[UNIX_DIAG_SHUTDOWN]);

		ss_print(t, " %c-%c", bits & 1 ? '-' : '<', bits & 2 ? '-' : '>');
	}
	if (tb[UNIX_DIAG_VFS])
		ss_print(t, " ino:%u dev:%u/%u", word(tb[UNIX_DIAG_VFS], 0),
			   word(tb[UNIX_DIAG_VFS], 1) >> 8, word(tb[UNIX_DIAG_VFS], 1) & 0xff);
	if (tb[UNIX_DIAG_ICONS])
		ss_print(t, " peers:");
	for (i = 0; tb[UNIX_DIAG_ICONS] && i < nla_len(tb[UNIX_DIAG_ICONS]) / 4; i++)
		ss_print(t, " %u", word(tb[UNIX_DIAG_ICONS], i));
}

static int unix_row(const struct nlmsghdr *nlh, void *arg)
{
	struct ss_table *t = arg;
	const struct unix_diag_msg *msg = NLMSG_DATA(nlh);
	const struct nlattr *tb[UNIX_DIAG_MAX + 1];
	const struct ss_options *o = ss_options(t);
	char name[128], ino[12], peer[12];
	struct ss_line line = { .state = msg->udiag_state,
				.netid = msg->udiag_type == SOCK_STREAM	 ? "u_str"
					 : msg->udiag_type == SOCK_DGRAM ? "u_dgr"
									 : "u_seq",
				.ldelim = " ",
				.raddr = "*",
				.rdelim = " " };

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*msg)))
		return 0;
	parse(nlh, sizeof(*msg), tb, UNIX_DIAG_MAX);
	snprintf(ino, sizeof(ino), "%u", msg->udiag_ino);
	snprintf(peer, sizeof(peer), "%u", word(tb[UNIX_DIAG_PEER], 0));
	line.laddr = unix_name(tb[UNIX_DIAG_NAME], name, sizeof(name));
	line.lport = ino;
	line.rport = peer;
	line.rqueue = word(tb[UNIX_DIAG_RQLEN], 0);
	line.wqueue = word(tb[UNIX_DIAG_RQLEN], 1);
	if (o->processes)
		ss_owners(t, msg->udiag_ino);
	memory(t, o, tb[UNIX_DIAG_MEMINFO]);
	if (o->extended)
		unix_extended(t, tb);
	ss_line(t, &line);
	return 0;
}

int ss_unix(struct ss_table *t)
{
	struct unix_diag_req req = { .sdiag_family = AF_UNIX,
				     .udiag_states = ss_options(t)->states,
				     .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS |
						   UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS |
						   UDIAG_SHOW_RQLEN | UDIAG_SHOW_MEMINFO |
						   UDIAG_SHOW_UID };

	return ss_dump(&req, sizeof(req), unix_row, t);
}

/* ---- AF_PACKET ---- */

static void packet_fanout(struct ss_table *t, const struct ss_options *o, u32 fanout)
{
	static const char *const types[] = { "hash", "lb", "cpu", "roll", "random", "qm" };
	u32 type = fanout >> 16;

	ss_print(t, "%sfanout(id:%u,type:", o->one_line ? " " : "\n\t", fanout & 0xffff);
	if (type < ARRAY_SIZE(types))
		ss_print(t, "%s)", types[type]);
	else
		ss_print(t, "0x%x)", type);
}

static void packet_ring(struct ss_table *t, const struct ss_options *o, const char *name, const struct nlattr *attr)
{
	struct packet_diag_ring r;

	if (!attr || nla_len(attr) < (int)sizeof(r))
		return;
	memcpy(&r, nla_data(attr), sizeof(r));
	ss_print(t, "%s%s(blk_size:%u,blk_nr:%u,frm_size:%u,frm_nr:%u,tmo:%u,features:0x%x)", o->one_line ? " " : "\n\t", name,
		   r.pdr_block_size, r.pdr_block_nr, r.pdr_frame_size, r.pdr_frame_nr, r.pdr_retire_tmo, r.pdr_features);
}

static void packet_extended(struct ss_table *t, const struct ss_options *o, const struct packet_diag_msg *msg,
			    const struct nlattr *tb[])
{
	static const struct {
		u32 bit;
		const char *name;
	} flags[] = { { PDI_RUNNING, "running" },
		      { PDI_AUXDATA, " auxdata" },
		      { PDI_ORIGDEV, " origdev" },
		      { PDI_VNETHDR, " vnethdr" },
		      { PDI_LOSS, " loss" } };
	const struct packet_diag_info *info = nla_data(tb[PACKET_DIAG_INFO]);
	unsigned int i;

	ss_print(t, " ino:%u sk:%llx", msg->pdiag_ino,
		   (u64)msg->pdiag_cookie[1] << 32 | msg->pdiag_cookie[0]);
	ss_print(t, "%sver:%u cpy_thresh:%u flags( ", o->one_line ? " " : "\n\t", info->pdi_version,
		   info->pdi_copy_thresh);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (info->pdi_flags & flags[i].bit)
			ss_print(t, "%s", flags[i].name);
	ss_print(t, "%s )", info->pdi_flags ? "" : "0");
	packet_ring(t, o, "ring_rx", tb[PACKET_DIAG_RX_RING]);
	packet_ring(t, o, "ring_tx", tb[PACKET_DIAG_TX_RING]);
	if (tb[PACKET_DIAG_FANOUT])
		packet_fanout(t, o, word(tb[PACKET_DIAG_FANOUT], 0));
}

static int packet_row(const struct nlmsghdr *nlh, void *arg)
{
	struct ss_table *t = arg;
	const struct packet_diag_msg *msg = NLMSG_DATA(nlh);
	const struct nlattr *tb[PACKET_DIAG_MAX + 1];
	const struct ss_options *o = ss_options(t);
	struct ss_line line = { .netid = msg->pdiag_type == SOCK_RAW ? "p_raw" : "p_dgr",
				.state = TCP_CLOSE,
				.ldelim = ":",
				.lport = "*",
				.raddr = "",
				.rdelim = "*",
				.rport = "" };
	char proto[8];
	u32 index;

	parse(nlh, sizeof(*msg), tb, PACKET_DIAG_MAX);
	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*msg)) || !tb[PACKET_DIAG_INFO] ||
	    nla_len(tb[PACKET_DIAG_INFO]) < (int)sizeof(struct packet_diag_info))
		return 0;
	snprintf(proto, sizeof(proto), "[%u]", msg->pdiag_num);
	line.laddr = msg->pdiag_num == ETH_P_ALL   ? "*"
		     : msg->pdiag_num == ETH_P_IP  ? "ip"
		     : msg->pdiag_num == ETH_P_ARP ? "arp"
						   : proto;
	index = word(tb[PACKET_DIAG_INFO], 0);
	if (index)
		line.lport = ss_if_name(t, index);
	line.rqueue = word(tb[PACKET_DIAG_MEMINFO], SK_MEMINFO_RMEM_ALLOC);
	line.wqueue = word(tb[PACKET_DIAG_MEMINFO], SK_MEMINFO_WMEM_ALLOC);
	if (o->processes)
		ss_owners(t, msg->pdiag_ino);
	if (o->extended)
		packet_extended(t, o, msg, tb);
	memory(t, o, tb[PACKET_DIAG_MEMINFO]);
	ss_line(t, &line);
	return 0;
}

int ss_packet(struct ss_table *t)
{
	struct packet_diag_req req = { .sdiag_family = AF_PACKET,
				       .pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_RING_CFG | PACKET_SHOW_FANOUT |
						     PACKET_SHOW_MEMINFO };

	return ss_options(t)->states & (1u << TCP_CLOSE) ? ss_dump(&req, sizeof(req), packet_row, t)
							 : 0;
}

/* ---- AF_NETLINK ---- */

static const char *nl_family_text(const struct ss_options *o, u8 protocol, char *buf, size_t size)
{
	static const char *const names[] = { [NETLINK_ROUTE] = "rtnl",
					     [NETLINK_USERSOCK] = "usersock",
					     [NETLINK_SOCK_DIAG] = "tcpdiag" };

	if (!o->numeric && protocol < ARRAY_SIZE(names) && names[protocol])
		return names[protocol];
	snprintf(buf, size, "%u", protocol);
	return buf;
}

static const char *port_text(const struct ss_options *o, u32 portid, char *buf, size_t size)
{
	if (!portid && !o->numeric)
		return "kernel";
	if (o->numeric || !ss_task_name(portid, buf, size))
		snprintf(buf, size, "%d", (int)portid);
	return buf;
}

static int netlink_row(const struct nlmsghdr *nlh, void *arg)
{
	struct ss_table *t = arg;
	const struct netlink_diag_msg *msg = NLMSG_DATA(nlh);
	const struct nlattr *tb[NETLINK_DIAG_MAX + 1];
	const struct ss_options *o = ss_options(t);
	char family[8], port[40], group[12], peer[12];
	struct ss_line line = { .netid = "nl",
				.state = TCP_CLOSE,
				.ldelim = ":",
				.raddr = "",
				.rdelim = "*",
				.rport = "" };

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*msg)))
		return 0;
	parse(nlh, sizeof(*msg), tb, NETLINK_DIAG_MAX);
	line.laddr = nl_family_text(o, msg->ndiag_protocol, family, sizeof(family));
	line.lport = port_text(o, msg->ndiag_portid, port, sizeof(port));
	if (msg->ndiag_state == NETLINK_CONNECTED) {
		snprintf(group, sizeof(group), "%u", msg->ndiag_dst_group);
		snprintf(peer, sizeof(peer), "%u", msg->ndiag_dst_portid);
		line.raddr = group;
		line.rdelim = ":";
		line.rport = peer;
	}
	line.rqueue = word(tb[NETLINK_DIAG_MEMINFO], SK_MEMINFO_RMEM_ALLOC);
	line.wqueue = word(tb[NETLINK_DIAG_MEMINFO], SK_MEMINFO_WMEM_ALLOC);
	if (o->processes)
		ss_owners(t, msg->ndiag_ino);
	if (o->extended)
		ss_print(t, " sk=%llx cb=0 groups=0x%08x",
			   (u64)msg->ndiag_cookie[1] << 32 | msg->ndiag_cookie[0],
			   word(tb[NETLINK_DIAG_GROUPS], 0));
	memory(t, o, tb[NETLINK_DIAG_MEMINFO]);
	ss_line(t, &line);
	return 0;
}

int ss_netlink(struct ss_table *t)
{
	struct netlink_diag_req req = { .sdiag_family = AF_NETLINK,
					.sdiag_protocol = NDIAG_PROTO_ALL,
					.ndiag_show = NDIAG_SHOW_GROUPS | NDIAG_SHOW_MEMINFO };

	return ss_options(t)->states & (1u << TCP_CLOSE)
		       ? ss_dump(&req, sizeof(req), netlink_row, t)
		       : 0;
}
