/* SPDX-License-Identifier: MIT */
/* Attributes of netlink messages: held against a policy, sorted by type, and appended. netlink(7).
 */
#include <kernel/string.h>
#include <net/netlink.h>

/* ---- reading ---- */

/* Least payload of the kinds whose size is their own; the rest: the policy's len. */
static const u8 nla_least[] = {
	[NLA_U8] = 1, [NLA_U16] = 2, [NLA_U32] = 4, [NLA_U64] = 8, [NLA_S32] = 4
};

/* 0, or what is wrong with the attribute. */
static int nla_validate(const struct nlattr *nla, const struct nla_policy *p,
			enum nl_validate validate)
{
	int len = nla_len(nla);
	const char *s = nla_data(nla);

	switch (p->type) {
	case NLA_FLAG: return len ? -ERANGE : 0;
	case NLA_REJECT: return -EINVAL;
	case NLA_EXACT_LEN: return len == p->len ? 0 : -ERANGE;
	case NLA_BINARY: return p->len && len > p->len ? -ERANGE : 0;
	case NLA_NESTED:
		if (validate == NL_VALIDATE_STRICT && !(nla->nla_type & NLA_F_NESTED))
			return -EINVAL;
		return len && len < NLA_HDRLEN ? -ERANGE : 0;
	case NLA_NUL_STRING:
		if (!len || !memchr(s, 0, (size_t)(p->len && len > p->len + 1 ? p->len + 1 : len)))
			return -EINVAL;
		return 0;
	case NLA_STRING:
		if (len < 1)
			return -ERANGE;
		return p->len && len - !s[len - 1] > p->len ? -ERANGE : 0;
	case NLA_UNSPEC: return len < p->len ? -ERANGE : 0;
	default:
		if (validate == NL_VALIDATE_STRICT && len != nla_least[p->type])
			return -EINVAL;
		return len < nla_least[p->type] ? -ERANGE : 0;
	}
}

int nla_parse(const struct nlattr *tb[], int maxtype, const struct nlattr *head, int len,
	      const struct nla_policy *policy, enum nl_validate validate,
	      struct netlink_ext_ack *extack)
{
	const struct nlattr *nla;
	int rem, err;

	memset(tb, 0, sizeof(*tb) * (size_t)(maxtype + 1));
	nla_for_each_attr(nla, head, len, rem) {
		int type = nla_type(nla);

		if (!type || type > maxtype) {
			if (validate == NL_VALIDATE_LIBERAL)
				continue;
			NL_SET_ERR_MSG_ATTR(extack, nla, "Unknown attribute type");
			return -EINVAL;
		}
		err = policy ? nla_validate(nla, &policy[type], validate) : 0;
		if (err) {
			NL_SET_ERR_MSG_ATTR(extack, nla, "Attribute failed policy validation");
			return err;
		}
		tb[type] = nla;
	}
	if (rem > 0 && validate == NL_VALIDATE_STRICT) {
		NL_SET_ERR_MSG(extack, "bytes leftover after parsing attributes");
		return -EINVAL;
	}
	return 0;
}

int nlmsg_parse(const struct nlmsghdr *nlh, int hdrlen, const struct nlattr *tb[], int maxtype,
		const struct nla_policy *policy, enum nl_validate validate,
		struct netlink_ext_ack *extack)
{
	int off = (int)NLMSG_ALIGN((unsigned int)hdrlen);

	if (nlmsg_len(nlh) < hdrlen) {
		NL_SET_ERR_MSG(extack, "Invalid header length");
		return -EINVAL;
	}
	return nla_parse(tb, maxtype, (const struct nlattr *)((char *)nlmsg_data(nlh) + off),
			 nlmsg_len(nlh) - off, policy, validate, extack);
}

u64 nla_get_u64(const struct nlattr *nla)
{
	u64 v;

	memcpy(&v, nla_data(nla), sizeof(v)); /* attributes are aligned to 4 */
	return v;
}

int nla_strscpy(char *dst, const struct nlattr *nla, size_t size)
{
	size_t len = strnlen(nla_data(nla), (size_t)nla_len(nla)), copy = min(len, size - 1);

	memcpy(dst, nla_data(nla), copy);
	dst[copy] = 0;
	return len >= size ? -E2BIG : (int)len;
}

/* ---- appending ---- */

struct nlattr *nla_reserve(struct sk_buff *skb, int type, int len)
{
	unsigned int size = nla_total_size((unsigned int)len);
	struct nlattr *nla;

	if (skb_tailroom(skb) < size)
		return NULL;
	nla = skb_put_zero(skb, size);
	nla->nla_type = (u16)type;
	nla->nla_len = (u16)(NLA_HDRLEN + len);
	return nla;
}

int nla_put(struct sk_buff *skb, int type, int len, const void *data)
{
	struct nlattr *nla = nla_reserve(skb, type, len);

	if (!nla)
		return -EMSGSIZE;
	if (len)
		memcpy(nla_data(nla), data, (size_t)len);
	return 0;
}

int nla_put_string(struct sk_buff *skb, int type, const char *s)
{
	return nla_put(skb, type, (int)strlen(s) + 1, s);
}

struct nlattr *nla_nest_start_noflag(struct sk_buff *skb, int type)
{
	return nla_reserve(skb, type, 0);
}
