/* SPDX-License-Identifier: MIT */
/* Socket filters: the classic BPF machine (an accumulator A, an index X, 16 words) over an skb, and
 * the programs that sockets hold. S. McCanne, V. Jacobson, The BSD Packet Filter, section 3;
 * socket(7), SO_ATTACH_FILTER. */
#include <kernel/compat.h>
#include <kernel/random.h>
#include <net/filter.h>
#include <net/if_vlan.h>
#include <net/netdevice.h>
#include <uapi/netlink.h>
#include <wire/vlan.h>

#include "core_internal.h"

struct bpf_machine {
	const struct sk_buff *skb;
	u32 a, x, mem[BPF_MEMWORDS];
};

/* ---- loads ---- */

/* Words about the packet rather than in it, in steps of four from SKF_AD_OFF. */
enum {
	AD_KNOWN = 1 << SKF_AD_PROTOCOL / 4 | 1 << SKF_AD_PKTTYPE / 4 | 1 << SKF_AD_IFINDEX / 4 |
		   1 << SKF_AD_NLATTR / 4 | 1 << SKF_AD_NLATTR_NEST / 4 | 1 << SKF_AD_PAY_OFFSET / 4 |
		   1 << SKF_AD_MARK / 4 | 1 << SKF_AD_QUEUE / 4 | 1 << SKF_AD_HATYPE / 4 |
		   1 << SKF_AD_RXHASH / 4 | 1 << SKF_AD_CPU / 4 | 1 << SKF_AD_ALU_XOR_X / 4 |
		   1 << SKF_AD_VLAN_TAG / 4 | 1 << SKF_AD_VLAN_TAG_PRESENT / 4 |
		   1 << SKF_AD_RANDOM / 4 | 1 << SKF_AD_VLAN_TPID / 4
};

bool bpf_ancillary(u32 k)
{
	u32 word = k - (u32)SKF_AD_OFF;

	return !(word % 4) && word / 4 < 32 && (AD_KNOWN >> word / 4 & 1);
}

/* find_attr - the netlink attribute of type @type among those from @off to @end of the linear packet: its offset, 0: none. */
static u32 find_attr(const struct sk_buff *skb, u32 off, u32 end, u32 type)
{
	struct nlattr nla;

	while (off < end && end - off >= sizeof(nla)) {
		memcpy(&nla, skb->data + off, sizeof(nla));
		if (nla.nla_len < sizeof(nla) || nla.nla_len > end - off)
			return 0;
		if ((nla.nla_type & NLA_TYPE_MASK) == type)
			return off;
		off += (u32)NLA_ALIGN(nla.nla_len);
	}
	return 0;
}

/* load_attr - SKF_AD_NLATTR: the attribute of type X from offset A on; _NEST: in the one at A. Its offset, 0: none. */
static u32 load_attr(const struct bpf_machine *m, bool nest)
{
	const struct sk_buff *skb = m->skb;
	struct nlattr nla;

	if (skb_is_nonlinear(skb) || skb->len < sizeof(nla) || m->a > skb->len - sizeof(nla))
		return 0;
	if (!nest)
		return find_attr(skb, m->a, skb->len, m->x);
	memcpy(&nla, skb->data + m->a, sizeof(nla));
	if (nla.nla_len > skb->len - m->a)
		return 0;
	return find_attr(skb, m->a + (u32)sizeof(nla), m->a + nla.nla_len, m->x);
}

/* load_payload_offset - behind all headers that the packet's protocol knows; 0: unknown. */
static u32 load_payload_offset(const struct sk_buff *skb)
{
	int off = skb_network_offset(skb);
	__be16 proto = skb->protocol;
	const struct packet_type *pt;
	struct vlan_hdr _tag;
	const struct vlan_hdr *tag;

	if (off < -(int)skb_headroom(skb))
		return 0;
	while (proto == htons(ETH_P_8021Q)) { /* on its way out the tag is in the packet */
		tag = skb_header_pointer(skb, off, sizeof(_tag), &_tag);
		if (!tag)
			return 0;
		proto = tag->h_vlan_encapsulated_proto;
		off += VLAN_HLEN;
	}
	pt = packet_type_find(proto);
	return pt && pt->payload_offset ? (u32)pt->payload_offset(skb, off) : 0;
}

/* false: there is no device, and the program ends with what A holds. */
static bool load_ancillary(struct bpf_machine *m, u32 k)
{
	const struct sk_buff *skb = m->skb;

	switch (k - (u32)SKF_AD_OFF) {
	case SKF_AD_PROTOCOL: m->a = ntohs(skb->protocol); break;
	case SKF_AD_PKTTYPE: m->a = skb->pkt_type; break;
	case SKF_AD_IFINDEX:
	case SKF_AD_HATYPE:
		if (!skb->dev)
			return false;
		m->a = k == (u32)SKF_AD_OFF + SKF_AD_HATYPE ? skb->dev->type
							    : (u32)skb->dev->ifindex;
		break;
	case SKF_AD_NLATTR: m->a = load_attr(m, false); break;
	case SKF_AD_NLATTR_NEST: m->a = load_attr(m, true); break;
	case SKF_AD_PAY_OFFSET: m->a = load_payload_offset(skb); break;
	case SKF_AD_MARK: m->a = skb->mark; break;
	case SKF_AD_RXHASH: m->a = skb->hash; break;
	case SKF_AD_ALU_XOR_X: m->a ^= m->x; break;
	case SKF_AD_VLAN_TAG: m->a = skb_vlan_tci(skb); break;
	case SKF_AD_VLAN_TAG_PRESENT: m->a = skb->vlan_present; break;
	case SKF_AD_VLAN_TPID: m->a = skb_vlan_proto(skb); break;
	case SKF_AD_RANDOM: m->a = get_random_u32(); break;
	default: m->a = 0; /* one processor, one queue */
	}
	return true;
}

/* Where offset @k of the program lies from skb->data; false: before the packet's first byte. */
static bool packet_offset(const struct sk_buff *skb, u32 k, int *offset)
{
	const u8 *base = skb->data;

	*offset = (int)k;
	if (likely(*offset >= 0))
		return true;
	if (*offset >= SKF_NET_OFF) {
		base = skb_network_header(skb);
		*offset -= SKF_NET_OFF;
	} else if (*offset >= SKF_LL_OFF && skb_mac_header_was_set(skb)) {
		base = skb_mac_header(skb);
		*offset -= SKF_LL_OFF;
	} else {
		return false;
	}
	*offset += (int)(base - skb->data);
	return true;
}

/* A value of @size in network order at @k; false: beyond the packet. */
static bool load_packet(const struct sk_buff *skb, u32 k, u16 size, u32 *value)
{
	int offset, len = size == BPF_W ? 4 : size == BPF_H ? 2 : 1;
	u8 buffer[4];
	const u8 *p;

	if (!packet_offset(skb, k, &offset))
		return false;
	/* Headers that were pulled off lie before skb->data, in the linear part. */
	if (offset < 0)
		p = -offset <= (int)skb_headroom(skb) && offset + len <= (int)skb_headlen(skb)
			    ? skb->data + offset
			    : NULL;
	else
		p = skb_header_pointer(skb, offset, len, buffer);
	if (!p)
		return false;
	*value = len == 4   ? (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3]
		 : len == 2 ? (u32)p[0] << 8 | p[1]
			    : p[0];
	return true;
}

/* LD and LDX: into @to. false: the program ends with *ret. */
static bool load(struct bpf_machine *m, const struct sock_filter *f, u32 *to, u32 *ret)
{
	u32 ihl;

	switch (BPF_MODE(f->code)) {
	case BPF_IMM: *to = f->k; return true;
	case BPF_MEM: *to = m->mem[f->k]; return true;
	case BPF_LEN: *to = m->skb->len; return true;
	case BPF_IND: return load_packet(m->skb, m->x + f->k, BPF_SIZE(f->code), to);
	case BPF_MSH: /* the length of an IPv4 header */
		if (!load_packet(m->skb, f->k, BPF_B, &ihl))
			return false;
		*to = (ihl & 0xf) * 4;
		return true;
	default:
		if (unlikely(f->k >= (u32)SKF_AD_OFF)) {
			if (load_ancillary(m, f->k))
				return true;
			*ret = m->a;
			return false;
		}
		return load_packet(m->skb, f->k, BPF_SIZE(f->code), to);
	}
}

/* ---- arithmetic and branches ---- */

/* false: division by an X of 0. */
static bool alu(struct bpf_machine *m, const struct sock_filter *f)
{
	u32 v = BPF_SRC(f->code) == BPF_X ? m->x : f->k;

	switch (BPF_OP(f->code)) {
	case BPF_ADD: m->a += v; return true;
	case BPF_SUB: m->a -= v; return true;
	case BPF_MUL: m->a *= v; return true;
	case BPF_OR: m->a |= v; return true;
	case BPF_AND: m->a &= v; return true;
	case BPF_XOR: m->a ^= v; return true;
	case BPF_LSH: m->a <<= v & 31; return true;
	case BPF_RSH: m->a >>= v & 31; return true;
	case BPF_NEG: m->a = -m->a; return true;
	}
	if (!v)
		return false;
	if (BPF_OP(f->code) == BPF_DIV)
		m->a /= v;
	else
		m->a %= v;
	return true;
}

static u32 jump(const struct bpf_machine *m, const struct sock_filter *f)
{
	u32 v = BPF_SRC(f->code) == BPF_X ? m->x : f->k;

	switch (BPF_OP(f->code)) {
	case BPF_JEQ: return m->a == v ? f->jt : f->jf;
	case BPF_JGT: return m->a > v ? f->jt : f->jf;
	case BPF_JGE: return m->a >= v ? f->jt : f->jf;
	case BPF_JSET: return m->a & v ? f->jt : f->jf;
	default: return f->k; /* JA */
	}
}

u32 sk_run_filter(const struct sk_buff *skb, const struct sock_filter *f)
{
	struct bpf_machine m = { .skb = skb };
	u32 ret = 0;

	for (;; f++) {
		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			if (!load(&m, f, &m.a, &ret))
				return ret;
			break;
		case BPF_LDX:
			if (!load(&m, f, &m.x, &ret))
				return ret;
			break;
		case BPF_ST: m.mem[f->k] = m.a; break;
		case BPF_STX: m.mem[f->k] = m.x; break;
		case BPF_ALU:
			if (!alu(&m, f))
				return 0;
			break;
		case BPF_JMP: f += jump(&m, f); break;
		case BPF_RET: return BPF_RVAL(f->code) == BPF_A ? m.a : f->k;
		case BPF_MISC:
			if (f->code == (BPF_MISC | BPF_TAX))
				m.x = m.a;
			else
				m.a = m.x;
			break;
		}
	}
}

int __sk_filter_trim_cap(struct sock *sk, struct sk_buff *skb, unsigned int cap)
{
	u32 want = sk_run_filter(skb, sk->sk_filter->insns);

	return want ? pskb_trim(skb, min(skb->len, max(want, cap))) : -EPERM;
}

/* ---- a socket's program ---- */

static size_t filter_size(const struct sk_filter *fp)
{
	return sizeof(*fp) + fp->len * sizeof(fp->insns[0]);
}

static bool charge(struct sock *sk, struct sk_filter *fp)
{
	int size = (int)filter_size(fp);

	if (size + atomic_read(&sk->sk_omem_alloc) > sock_net(sk)->core.sysctl_optmem_max)
		return false;
	atomic_add(size, &sk->sk_omem_alloc);
	atomic_inc(&fp->refcnt);
	return true;
}

static void uncharge(struct sock *sk, struct sk_filter *fp)
{
	atomic_sub((int)filter_size(fp), &sk->sk_omem_alloc);
	if (atomic_dec_and_test(&fp->refcnt))
		kfree(fp);
}

bool sk_filter_inherit(struct sock *child)
{
	if (!child->sk_filter || charge(child, child->sk_filter))
		return true;
	child->sk_filter = NULL;
	return false;
}

/* Another program, or none, in the place of the one before. Between two packets. */
static void replace(struct sock *sk, struct sk_filter *fp)
{
	struct sk_filter *old = sk->sk_filter;

	local_bh_disable();
	sk->sk_filter = fp;
	local_bh_enable();
	if (old)
		uncharge(sk, old);
}

void sk_filter_release(struct sock *sk)
{
	replace(sk, NULL);
}

int sk_copy_fprog(sockptr_t optval, unsigned int optlen, unsigned int *len, sockptr_t *insns)
{
	struct compat_sock_fprog narrow;
	struct sock_fprog fprog;

	*insns = optval;
	if (optlen != (optval.is_compat ? sizeof(narrow) : sizeof(fprog)))
		return -EINVAL;
	if (optval.is_compat) {
		if (copy_from_sockptr(&narrow, optval, sizeof(narrow)))
			return -EFAULT;
		fprog.len = narrow.len;
		insns->user = compat_ptr(narrow.filter);
	} else {
		if (copy_from_sockptr(&fprog, optval, sizeof(fprog)))
			return -EFAULT;
		insns->kernel = fprog.filter;
	}
	*len = fprog.len;
	return insns->kernel ? 0 : -EINVAL;
}

struct sk_filter *sk_filter_create(unsigned int len, sockptr_t user)
{
	struct sk_filter *fp;
	int err;

	if (!len || len > BPF_MAXINSNS)
		return ERR_PTR(-EINVAL);
	fp = kmalloc(sizeof(*fp) + len * sizeof(fp->insns[0]), GFP_KERNEL);
	if (!fp)
		return ERR_PTR(-ENOMEM);
	atomic_set(&fp->refcnt, 0);
	fp->len = len;
	err = copy_from_sockptr(fp->insns, user, len * sizeof(fp->insns[0]));
	if (!err)
		err = sk_chk_filter(fp->insns, len);
	if (!err)
		return fp;
	kfree(fp);
	return ERR_PTR(err);
}

int sk_attach_filter(struct sock *sk, unsigned int len, sockptr_t user)
{
	struct sk_filter *fp = sk_filter_create(len, user);
	int err = 0;

	if (IS_ERR(fp))
		return (int)PTR_ERR(fp);
	lock_sock(sk);
	if (sock_flag(sk, SOCK_FILTER_LOCKED))
		err = -EPERM;
	if (!err && !charge(sk, fp))
		err = -ENOMEM;
	if (!err)
		replace(sk, fp);
	release_sock(sk);
	if (err)
		kfree(fp);
	return err;
}

int sk_detach_filter(struct sock *sk)
{
	if (sock_flag(sk, SOCK_FILTER_LOCKED))
		return -EPERM;
	if (!sk->sk_filter)
		return -ENOENT;
	replace(sk, NULL);
	return 0;
}

int sk_get_filter(struct sock *sk, sockptr_t optval, unsigned int len)
{
	const struct sk_filter *fp = sk->sk_filter;

	if (!fp)
		return 0;
	if (!len) /* only asked how many */
		return (int)fp->len;
	if (len < fp->len)
		return -EINVAL;
	if (copy_to_sockptr(optval, fp->insns, fp->len * sizeof(fp->insns[0])))
		return -EFAULT;
	return (int)fp->len;
}
