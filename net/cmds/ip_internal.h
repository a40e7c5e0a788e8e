/* SPDX-License-Identifier: MIT */
/* What the objects of ip share: how things are shown, names of numbers, words of the command line.
 */
#ifndef NET_CMDS_IP_INTERNAL_H
#define NET_CMDS_IP_INTERNAL_H

#include <uapi/fib_rules.h>
#include <uapi/rtnetlink.h>

#include "nl_internal.h"

struct ip_form {
	unsigned int stats;	      /* how many -s */
	bool details, brief, oneline; /* -d, -br, -o */
	const char *nl; /* between the lines of one object: a backslash with -o */
	struct if_names names;
};

/* Each shows the object of one message, with "Deleted " before what is gone; 0, to go on with the
 * next. */
int ip_print_link(const struct nlmsghdr *nlh, void *form);
int ip_print_addr(const struct nlmsghdr *nlh, void *form);
int ip_print_route(const struct nlmsghdr *nlh, void *form);
int ip_print_neigh(const struct nlmsghdr *nlh, void *form);
int ip_print_rule(const struct nlmsghdr *nlh, void *form);

/* ip_link.c: a link's lines: all, as `ip addr` shows them, or the first alone. */
enum ip_link_part { IP_LINK_ALL, IP_LINK_ADDR, IP_LINK_HEAD };
void ip_link_lines(const struct nlmsghdr *nlh, struct ip_form *form, enum ip_link_part part);

/* ip_words.c: numbers with a name, either way. ip_word's text lasts until the next call with @buf.
 */
struct ip_word {
	const char *name;
	u32 number;
};
extern const struct ip_word ip_tables[], ip_protocols[], ip_scopes[], ip_types[];
const char *ip_word(const struct ip_word *words, u32 number, char buf[12]);
bool ip_number(const struct ip_word *words, const char *text, u32 *number);
bool ip_matches(const char *word, const char *full); /* is it @full, or begins like it? */
bool ip_is_show(int argc, char **argv);		     /* nothing, "show", "list", "lst", "ls" */
/* ip_show_words - "[dev] [DEV] [up]" behind show: the device's name or NULL, and whether only those that are up. */
const char *ip_show_words(int argc, char **argv, bool *up);
/* ip_read_prefix - "default", "any", "all", or an address with or without its length. */
bool ip_read_prefix(const char *s, __be32 *addr, unsigned int *len);
/* ip_read_number - decimal or, with 0x, hexadecimal. */
bool ip_read_number(const char *s, u32 *n);
/* ip_status - the exit status for @err of a request, which has been printed: iproute2's. */
int ip_status(int err);
int ip_unknown_command(const char *word); /* prints; the status */
int ip_no_device(const char *name);
/* ip_not_understood - prints; the status. */
int ip_not_understood(const char *object, const char *word);

/* ip_vlan.c: IFLA_INFO_DATA of kind vlan, shown behind the kind, and from the words behind it (0, or
 * the status of a printed error). */
void ip_vlan_show(const struct nlattr *info_data, const struct ip_form *form);
int ip_vlan_words(int argc, char **argv, struct nl_request *r);

int ip_addr_main(int argc, char **argv, struct ip_form *form);
int ip_link_main(int argc, char **argv, struct ip_form *form);
int ip_route_main(int argc, char **argv, struct ip_form *form);
int ip_rule_main(int argc, char **argv, struct ip_form *form);
int ip_neigh_main(int argc, char **argv, struct ip_form *form);

#endif
