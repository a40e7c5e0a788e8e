/* SPDX-License-Identifier: MIT */
/* What the files of the tc command share: units as tc(8) writes them, and the kinds of qdiscs. */
#ifndef NET_CMDS_TC_INTERNAL_H
#define NET_CMDS_TC_INTERNAL_H

#include <uapi/pkt_sched.h>
#include <uapi/rtnetlink.h>

#include "nl_internal.h"

struct tc_args { /* the words that are left */
	int argc;
	char **argv;
	const char *kind;
};
/* tc_word - the next word, NULL: none. tc_next_is - does @word come next? Then it is taken. */
char *tc_word(struct tc_args *a);
bool tc_next_is(struct tc_args *a, const char *word);
/* The next word as a value; false after an error line: @what names it. */
bool tc_get_u32(struct tc_args *a, const char *what, u32 *v);
bool tc_get_u64(struct tc_args *a, const char *what, u64 *v);
bool tc_get_size(struct tc_args *a, const char *what, u32 *bytes);    /* "10kb" */
bool tc_get_rate(struct tc_args *a, const char *what, u64 *bytes_s);  /* "1mbit" */
bool tc_get_time(struct tc_args *a, const char *what, u64 *ns);	      /* "100ms" */
bool tc_get_percent(struct tc_args *a, const char *what, u32 *share); /* "10%": of ~0 */
bool tc_parse_time(const char *s, u64 *ns);
bool tc_parse_percent(const char *s, u32 *share);
const char *tc_peek(const struct tc_args *a);
/* The same in the other direction, into @buf, which is returned. */
const char *tc_rate_text(u64 bytes_s, char buf[32]);
const char *tc_size_text(u64 bytes, char buf[32]);
const char *tc_time_text(u64 ns, char buf[32]);
const char *tc_percent_text(u32 share, char buf[32]);
int tc_unknown(const struct tc_args *a, const char *word); /* prints a line; -EINVAL */

struct tc_kind {
	const char *name;
	/* parse - the words into TCA_OPTIONS of @r. 0, or -EINVAL after an error line. */
	int (*parse)(struct tc_args *a, struct nl_request *r);
	void (*show)(const struct nlattr *opt); /* its options, each behind a blank */
	void (*show_stats)(const struct nlattr *app, size_t len); /* NULL: it has none */
};
extern const struct tc_kind tc_netem, tc_fq;
/* tc_netem_dist.c: the table of the distribution @name; false: there is none. */
#define TC_NETEM_DIST_POINTS 256
bool tc_netem_dist(const char *name, s16 table[TC_NETEM_DIST_POINTS]);
const struct tc_kind *tc_kind_find(const char *name);

#endif
