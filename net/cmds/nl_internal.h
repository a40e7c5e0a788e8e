/* SPDX-License-Identifier: MIT */
/* Netlink as the commands speak it: a request, its answers or a dump, errors in iproute2's words.
 */
#ifndef NET_CMDS_NL_INTERNAL_H
#define NET_CMDS_NL_INTERNAL_H

#include <net/netlink.h>

#include "cmd_internal.h"

#define NL_REQUEST_MAX 1024

struct nl_request { /* the header's length is kept by what is put in */
	struct nlmsghdr nlh;
	char body[NL_REQUEST_MAX];
};
/* nl_begin - @type with the family's @header; nl_put - an attribute; nl_nest, nl_nest_end - those
 * between lie in one. A request that gets too long is a mistake of ours. */
void nl_begin(struct nl_request *r, u16 type, u16 flags, const void *header, size_t len);
void nl_put(struct nl_request *r, u16 type, const void *data, size_t len);
struct nlattr *nl_nest(struct nl_request *r, u16 type);
void nl_nest_end(struct nl_request *r, struct nlattr *nest);
static inline void nl_put_u32(struct nl_request *r, u16 type, u32 v)
{
	nl_put(r, type, &v, sizeof(v));
}
static inline void nl_put_text(struct nl_request *r, u16 type, const char *s)
{
	nl_put(r, type, s, strlen(s) + 1);
}

/* What is done with each message of an answer; not 0: no more of them. */
typedef int (*nl_each)(const struct nlmsghdr *nlh, void *arg);

struct nl_client {
	struct socket *sock;
	int family; /* NETLINK_x */
	u32 seq;
	char *buf;
	bool bound;    /* it has a port, as members of a group need */
	bool quiet;    /* errors are not printed */
	bool reported; /* the error that was returned is printed already */
};
/* nl_open - 0, or -errno after an error line. nl_close - may follow in any case. */
int nl_open(struct nl_client *c, const char *cmd, int family);
void nl_close(struct nl_client *c);
/* nl_call - send @r, and give what comes to @fn (NULL: nothing is expected) until it is
 * acknowledged; nl_dump - until the dump is over. 0 or -errno, which NETLINK_ROUTE's has printed as
 * iproute2 does. */
int nl_call(struct nl_client *c, struct nl_request *r, nl_each fn, void *arg);
int nl_dump(struct nl_client *c, struct nl_request *r, nl_each fn, void *arg);
/* nl_listen - join @group, and give what is told to @fn until it returns not 0 or Ctrl-C. */
int nl_join(struct nl_client *c, unsigned int group);
int nl_listen(struct nl_client *c, nl_each fn, void *arg);
/* nl_once, nl_dump_once - a client for one request to NETLINK_ROUTE. */
int nl_once(const char *cmd, struct nl_request *r, nl_each fn, void *arg);
int nl_dump_once(const char *cmd, struct nl_request *r, nl_each fn, void *arg);
/* nl_flush - delete what @dump tells and @wanted (NULL: all) says yes to, by messages of @type; in
 * rounds, as the dump changes under it. How many, or -errno. */
int nl_flush(struct nl_request *dump, u16 type, nl_each wanted, void *arg);

/* The devices by number and by name: asked for once, when first needed. Begins zeroed. */
struct if_name {
	struct if_name *next;
	u32 index;
	unsigned int flags; /* IFF_x */
	char name[IFNAMSIZ];
};
struct if_names {
	struct if_name *first;
	bool loaded;
	char unknown[16]; /* what if_name returned last of one that is not there */
};
const char *if_name(struct if_names *names, u32 index); /* "if7" where there is none */
unsigned int if_flags(struct if_names *names, u32 index);     /* IFF_x; 0 where there is none */
u32 if_index(struct if_names *names, const char *name); /* 0: there is none */
void if_names_free(struct if_names *names);

/* nl_text - a string attribute that is whole, or "". */
const char *nl_text(const struct nlattr *nla);

#endif
