/* SPDX-License-Identifier: MIT */
/* The filter of a dump of sockets (INET_DIAG_REQ_BYTECODE): a program of jumps forward, which is
 * proven to end before it runs. sock_diag(7); linux/inet_diag.h. */
#include "inet_diag_internal.h"

/* ---- is it a program? ---- */

/* The bytes of a host condition behind its operation, 0: it is none. @len: what is left. */
static int host_cond_size(const struct inet_diag_bc_op *op, int len)
{
	const struct inet_diag_hostcond *cond = (const struct inet_diag_hostcond *)(op + 1);
	int addr_len;

	if (len < (int)(sizeof(*op) + sizeof(*cond)))
		return 0;
	switch (cond->family) {
	case AF_UNSPEC: addr_len = 0; break;
	case AF_INET: addr_len = 4; break;
	case AF_INET6: addr_len = 16; break;
	default: return 0;
	}
	return cond->prefix_len <= 8 * addr_len ? (int)sizeof(*cond) + addr_len : 0;
}

/* The bytes of the operation at @op with what it asks for, or -EINVAL. */
static int op_size(const struct inet_diag_bc_op *op, int len)
{
	int more;

	switch (op->code) {
	case INET_DIAG_BC_NOP:
	case INET_DIAG_BC_JMP:
	case INET_DIAG_BC_AUTO: return sizeof(*op);
	case INET_DIAG_BC_S_GE:
	case INET_DIAG_BC_S_LE:
	case INET_DIAG_BC_S_EQ:
	case INET_DIAG_BC_D_GE:
	case INET_DIAG_BC_D_LE:
	case INET_DIAG_BC_D_EQ: more = sizeof(*op); break;
	case INET_DIAG_BC_DEV_COND: more = sizeof(u32); break;
	case INET_DIAG_BC_MARK_COND: more = sizeof(struct inet_diag_markcond); break;
	case INET_DIAG_BC_CGROUP_COND: more = sizeof(u64); break;
	case INET_DIAG_BC_S_COND:
	case INET_DIAG_BC_D_COND:
		more = host_cond_size(op, len);
		if (!more)
			return -EINVAL;
		break;
	default: return -EINVAL;
	}
	return (int)sizeof(*op) + more <= len ? (int)sizeof(*op) + more : -EINVAL;
}

/* Does an operation begin where @left bytes are left? Only what "yes" leads to is looked at, as it
 * lies in a row. */
static bool is_op(const u8 *bc, int len, int left)
{
	while (len >= left) {
		const struct inet_diag_bc_op *op = (const struct inet_diag_bc_op *)bc;

		if (len == left)
			return true;
		if (op->yes < sizeof(*op) || op->yes & 3)
			return false;
		len -= op->yes;
		bc += op->yes;
	}
	return false;
}

/* May a jump go @by bytes, from an operation of @size bytes, with @len left? One beyond the end by
 * an operation's size means: not this socket. */
static bool is_jump(unsigned int by, int size, int len)
{
	return (int)by >= size && (int)by <= len + (int)sizeof(struct inet_diag_bc_op) && !(by & 3);
}

int inet_diag_bc_audit(const struct nlattr *attr)
{
	const u8 *begin = nla_data(attr), *bc = begin;
	int whole = nla_len(attr), len = whole;

	if (len < (int)sizeof(struct inet_diag_bc_op))
		return -EINVAL;
	while (len > 0) {
		const struct inet_diag_bc_op *op = (const struct inet_diag_bc_op *)bc;
		int size = len < (int)sizeof(*op) ? -EINVAL : op_size(op, len);

		if (size < 0 || !is_jump(op->yes, size, len))
			return -EINVAL;
		if (op->code != INET_DIAG_BC_NOP) {
			if (!is_jump(op->no, size, len))
				return -EINVAL;
			if (op->no < len && !is_op(begin, whole, len - op->no))
				return -EINVAL;
		}
		bc += op->yes;
		len -= op->yes;
	}
	return len ? -EINVAL : 0;
}

/* ---- what it says ---- */

static bool same_prefix(const __be32 *a, const __be32 *b, unsigned int bits)
{
	unsigned int words = bits / 32;

	bits %= 32;
	if (memcmp(a, b, words * sizeof(*a)))
		return false;
	return !bits || !((a[words] ^ b[words]) & htonl(~0u << (32 - bits)));
}

static bool host_matches(const struct inet_diag_hostcond *cond, const __be32 *addr, u16 port,
			 u16 family)
{
	if (cond->port != -1 && cond->port != port)
		return false;
	if (cond->family != AF_UNSPEC && cond->family != family)
		return false;
	return !cond->prefix_len || same_prefix(addr, cond->addr, cond->prefix_len);
}

static bool op_holds(const struct inet_diag_bc_op *op, const struct inet_diag_entry *e)
{
	const void *arg = op + 1;
	const struct inet_diag_markcond *mark = arg;

	switch (op->code) {
	case INET_DIAG_BC_JMP: return false;
	case INET_DIAG_BC_S_EQ: return e->sport == op[1].no;
	case INET_DIAG_BC_S_GE: return e->sport >= op[1].no;
	case INET_DIAG_BC_S_LE: return e->sport <= op[1].no;
	case INET_DIAG_BC_D_EQ: return e->dport == op[1].no;
	case INET_DIAG_BC_D_GE: return e->dport >= op[1].no;
	case INET_DIAG_BC_D_LE: return e->dport <= op[1].no;
	case INET_DIAG_BC_AUTO: return !(e->userlocks & SOCK_BINDPORT_LOCK);
	case INET_DIAG_BC_S_COND: return host_matches(arg, e->saddr, e->sport, e->family);
	case INET_DIAG_BC_D_COND: return host_matches(arg, e->daddr, e->dport, e->family);
	case INET_DIAG_BC_DEV_COND: return e->ifindex == *(const u32 *)arg;
	case INET_DIAG_BC_MARK_COND: return (e->mark & mark->mask) == mark->mark;
	case INET_DIAG_BC_CGROUP_COND: return false; /* there are none */
	default: return true;
	}
}

bool inet_diag_bc_run(const struct nlattr *attr, const struct inet_diag_entry *e)
{
	const u8 *bc = nla_data(attr);
	int len = nla_len(attr);

	while (len > 0) {
		const struct inet_diag_bc_op *op = (const struct inet_diag_bc_op *)bc;
		unsigned int by = op_holds(op, e) ? op->yes : op->no;

		bc += by;
		len -= (int)by;
	}
	return len == 0;
}
