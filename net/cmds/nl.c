/* SPDX-License-Identifier: MIT */
/* The commands' side of netlink: requests built, sent and answered over the kernel's own socket
 * calls. netlink(7); book sections 12.11.1 and 12.11.2. */
#include <kernel/bug.h>
#include <uapi/rtnetlink.h>

#include "nl_internal.h"

#define NL_BUFFER 32768u /* as much of a dump as is read at a time */
#define LISTEN_MS 200u	 /* how soon Ctrl-C is noticed */

/* ---- building ---- */

static void *nl_room(struct nl_request *r, size_t len)
{
	char *at = (char *)r + NLMSG_ALIGN(r->nlh.nlmsg_len);

	BUG_ON(at + len > (char *)(r + 1));
	return at;
}

void nl_begin(struct nl_request *r, u16 type, u16 flags, const void *header, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->nlh = (struct nlmsghdr){ .nlmsg_len = (u32)NLMSG_LENGTH(len),
				    .nlmsg_type = type,
				    .nlmsg_flags = NLM_F_REQUEST | flags };
	memcpy(r->body, header, len);
}

void nl_put(struct nl_request *r, u16 type, const void *data, size_t len)
{
	struct nlattr *nla = nl_room(r, NLA_HDRLEN + NLA_ALIGN(len));

	*nla = (struct nlattr){ .nla_len = (u16)(NLA_HDRLEN + len), .nla_type = type };
	if (len)
		memcpy(nla + 1, data, len);
	r->nlh.nlmsg_len = (u32)((char *)(nla + 1) + NLA_ALIGN(len) - (char *)r);
}

struct nlattr *nl_nest(struct nl_request *r, u16 type)
{
	struct nlattr *nla = nl_room(r, NLA_HDRLEN);

	nl_put(r, type, NULL, 0);
	return nla;
}

void nl_nest_end(struct nl_request *r, struct nlattr *nest)
{
	nest->nla_len = (u16)((char *)r + r->nlh.nlmsg_len - (char *)nest);
}

const char *nl_text(const struct nlattr *nla)
{
	return nla && nla_len(nla) > 0 && memchr(nla_data(nla), 0, (size_t)nla_len(nla))
		       ? (const char *)nla_data(nla)
		       : "";
}

/* ---- life ---- */

int nl_open(struct nl_client *c, const char *cmd, int family)
{
	int on = 1, err;

	*c = (struct nl_client){ .family = family };
	c->buf = kmalloc(NL_BUFFER, GFP_KERNEL);
	err = c->buf ? sock_create(AF_NETLINK, SOCK_RAW, family, &c->sock) : -ENOMEM;
	if (err) {
		con_printf("%s: Cannot open netlink socket: %s\n", cmd, error_text(err));
		nl_close(c);
		return err;
	}
	kernel_setsockopt(c->sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	kernel_setsockopt(c->sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	kernel_setsockopt(c->sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

void nl_close(struct nl_client *c)
{
	if (c->sock)
		sock_release(c->sock);
	kfree(c->buf);
	c->sock = NULL;
	c->buf = NULL;
}

/* ---- errors ---- */

/* The kernel's words about the end of a request, which are @attrs. false: it had none. */
static bool print_words(const struct nlattr *attrs, int len, int err)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const char *text;
	size_t n;

	if (len <= 0 ||
	    nla_parse(tb, NLMSGERR_ATTR_MAX, attrs, len, NULL, NL_VALIDATE_LIBERAL, NULL))
		return false;
	text = nl_text(tb[NLMSGERR_ATTR_MSG]);
	n = strlen(text);
	if (n)
		con_printf("%s: %s%s\n", err ? "Error" : "Warning", text,
			   text[n - 1] == '.' ? "" : ".");
	return n;
}

/* The end of a request or of a dump: its error, printed. @fixed: bytes before the attributes. */
static int answer_end(struct nl_client *c, const struct nlmsghdr *nlh, size_t fixed)
{
	int len = (int)nlh->nlmsg_len - NLMSG_HDRLEN, err;
	bool words;

	if (len < (int)sizeof(err))
		return -EBADMSG;
	err = *(const int *)NLMSG_DATA(nlh);
	if (c->quiet)
		return err;
	words = (nlh->nlmsg_flags & NLM_F_ACK_TLVS) && len > (int)fixed &&
		print_words((const struct nlattr *)((const char *)NLMSG_DATA(nlh) + fixed),
			    len - (int)fixed, err);
	if (err && !words && c->family == NETLINK_ROUTE)
		con_printf("RTNETLINK answers: %s\n", error_text(err));
	if (err && nlh->nlmsg_type == NLMSG_DONE)
		con_printf("Dump terminated\n");
	c->reported = true;
	return err;
}

/* ---- talking ---- */

static int nl_send(struct nl_client *c, struct nl_request *r)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct kmsghdr m = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	struct iovec vec = { r, r->nlh.nlmsg_len };
	int n;

	r->nlh.nlmsg_seq = ++c->seq;
	n = kernel_sendmsg(c->sock, &m, &vec, 1, r->nlh.nlmsg_len);
	return n < 0 ? n : 0;
}

static int nl_recv(struct nl_client *c)
{
	struct kmsghdr m = { 0 };
	struct iovec vec = { c->buf, NL_BUFFER };

	return kernel_recvmsg(c->sock, &m, &vec, 1, NL_BUFFER, 0);
}

enum { NL_GO_ON = 1 };

/* One message of an answer: NL_GO_ON, or how the request ended. */
static int nl_message(struct nl_client *c, const struct nlmsghdr *nlh, nl_each fn, void *arg,
		      bool *stopped)
{
	if (nlh->nlmsg_seq != c->seq)
		return NL_GO_ON;
	if (nlh->nlmsg_type == NLMSG_DONE)
		return answer_end(c, nlh, sizeof(int));
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return answer_end(c, nlh, sizeof(struct nlmsgerr));
	if (fn && !*stopped)
		*stopped = fn(nlh, arg) || con_interrupted();
	return NL_GO_ON;
}

static int nl_talk(struct nl_client *c, struct nl_request *r, nl_each fn, void *arg)
{
	const struct nlmsghdr *nlh;
	bool stopped = false;
	int len, rc;

	c->reported = false;
	rc = nl_send(c, r);
	if (rc)
		return rc;
	for (;;) {
		len = nl_recv(c);
		if (len < 0)
			return len;
		for (nlh = (struct nlmsghdr *)c->buf; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len)) {
			rc = nl_message(c, nlh, fn, arg, &stopped);
			if (rc <= 0)
				return rc;
		}
	}
}

int nl_call(struct nl_client *c, struct nl_request *r, nl_each fn, void *arg)
{
	r->nlh.nlmsg_flags |= NLM_F_ACK;
	return nl_talk(c, r, fn, arg);
}

int nl_dump(struct nl_client *c, struct nl_request *r, nl_each fn, void *arg)
{
	r->nlh.nlmsg_flags |= NLM_F_DUMP;
	return nl_talk(c, r, fn, arg);
}

int nl_once(const char *cmd, struct nl_request *r, nl_each fn, void *arg)
{
	struct nl_client c;
	int err = nl_open(&c, cmd, NETLINK_ROUTE);

	if (!err)
		err = nl_call(&c, r, fn, arg);
	nl_close(&c);
	return err;
}

/* Who has no port is passed over: the kernel's messages leave out the port 0, themselves. */
int nl_join(struct nl_client *c, unsigned int group)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int err = c->bound ? 0 : kernel_bind(c->sock, (struct sockaddr *)&any, sizeof(any));

	if (err)
		return err;
	c->bound = true;
	return kernel_setsockopt(c->sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
				 sizeof(group));
}

int nl_listen(struct nl_client *c, nl_each fn, void *arg)
{
	const struct nlmsghdr *nlh;
	int len;

	set_timeout(c->sock, LISTEN_MS);
	while (!con_interrupted()) {
		len = nl_recv(c);
		if (len == -EAGAIN || len == -EINTR || len == -ERESTARTSYS)
			continue;
		if (len < 0 && len != -ENOBUFS)
			return len;
		for (nlh = (struct nlmsghdr *)c->buf; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len))
			if (fn(nlh, arg))
				return 0;
	}
	return 0;
}

int nl_dump_once(const char *cmd, struct nl_request *r, nl_each fn, void *arg)
{
	struct nl_client c;
	int err = nl_open(&c, cmd, NETLINK_ROUTE);

	if (!err)
		err = nl_dump(&c, r, fn, arg);
	nl_close(&c);
	return err;
}

/* ---- deleting all of a dump ---- */

#define FLUSH_ROUNDS 10

struct flush {
	struct nl_client del;
	u16 type;
	nl_each wanted;
	void *arg;
	unsigned int n;
};

/* What was told is deleted by the very message, under another type. */
static int flush_one(const struct nlmsghdr *nlh, void *arg)
{
	struct flush *f = arg;
	struct nl_request r;

	if (nlh->nlmsg_len > sizeof(r) || (f->wanted && !f->wanted(nlh, f->arg)))
		return 0;
	memset(&r, 0, sizeof(r));
	memcpy(&r, nlh, nlh->nlmsg_len);
	r.nlh.nlmsg_type = f->type;
	r.nlh.nlmsg_flags = NLM_F_REQUEST;
	if (!nl_call(&f->del, &r, NULL, NULL))
		f->n++;
	return 0;
}

int nl_flush(struct nl_request *dump, u16 type, nl_each wanted, void *arg)
{
	struct flush f = { .type = type, .wanted = wanted, .arg = arg };
	struct nl_request r;
	unsigned int round, total = 0;
	int err = nl_open(&f.del, "ip", NETLINK_ROUTE);

	f.del.quiet = true;
	for (round = 0; !err && round < FLUSH_ROUNDS; round++) {
		r = *dump;
		f.n = 0;
		err = nl_dump_once("ip", &r, flush_one, &f);
		total += f.n;
		if (!f.n)
			break;
	}
	nl_close(&f.del);
	return err ? err : (int)total;
}

/* ---- devices' names ---- */

static int note_name(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);
	const struct nlattr *tb[IFLA_MAX + 1];
	struct if_names *names = arg;
	struct if_name *n = kmalloc(sizeof(*n), GFP_KERNEL);

	if (!n || nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, NULL, NL_VALIDATE_LIBERAL, NULL)) {
		kfree(n);
		return 0;
	}
	n->index = (u32)ifi->ifi_index;
	n->flags = ifi->ifi_flags;
	strscpy(n->name, nl_text(tb[IFLA_IFNAME]), IFNAMSIZ);
	n->next = names->first;
	names->first = n;
	return 0;
}

static void if_names_load(struct if_names *names)
{
	const struct ifinfomsg any = { 0 };
	struct nl_request r;

	if (names->loaded)
		return;
	names->loaded = true;
	nl_begin(&r, RTM_GETLINK, 0, &any, sizeof(any));
	nl_dump_once("ip", &r, note_name, names);
}

static const struct if_name *if_by_index(struct if_names *names, u32 index)
{
	struct if_name *n;

	if_names_load(names);
	for (n = names->first; n && n->index != index; n = n->next)
		;
	return n;
}

const char *if_name(struct if_names *names, u32 index)
{
	const struct if_name *n = if_by_index(names, index);

	if (n)
		return n->name;
	snprintf(names->unknown, sizeof(names->unknown), "if%u", index);
	return names->unknown;
}

unsigned int if_flags(struct if_names *names, u32 index)
{
	const struct if_name *n = if_by_index(names, index);

	return n ? n->flags : 0;
}

u32 if_index(struct if_names *names, const char *name)
{
	struct if_name *n;

	if_names_load(names);
	for (n = names->first; n; n = n->next)
		if (!strcmp(n->name, name))
			return n->index;
	return 0;
}

void if_names_free(struct if_names *names)
{
	struct if_name *n;

	while ((n = names->first)) {
		names->first = n->next;
		kfree(n);
	}
	names->loaded = false;
}
