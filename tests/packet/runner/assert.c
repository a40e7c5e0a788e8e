/* SPDX-License-Identifier: MIT */
/* Assertions: fields of struct tcp_info, and counters of /proc/net/snmp and netstat since the
 * script's beginning. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "runner.h"

#define F(name)                                                     \
	{                                                           \
#name, offsetof(struct tcp_info, tcpi_##name),      \
			sizeof(((struct tcp_info *)0)->tcpi_##name) \
	}

static const struct {
	const char *name;
	size_t offset, size;
} fields[] = {
	F(state),	  F(ca_state),
	F(retransmits),	  F(probes),
	F(backoff),	  F(options),
	F(rto),		  F(ato),
	F(snd_mss),	  F(rcv_mss),
	F(unacked),	  F(sacked),
	F(lost),	  F(retrans),
	F(fackets),	  F(last_data_sent),
	F(last_ack_sent), F(last_data_recv),
	F(last_ack_recv), F(pmtu),
	F(rcv_ssthresh),  F(rtt),
	F(rttvar),	  F(snd_ssthresh),
	F(snd_cwnd),	  F(advmss),
	F(reordering),	  F(rcv_rtt),
	F(rcv_space),	  F(total_retrans),
	F(pacing_rate),	  F(max_pacing_rate),
	F(bytes_acked),	  F(bytes_received),
	F(segs_out),	  F(segs_in),
	F(notsent_bytes), F(min_rtt),
	F(data_segs_in),  F(data_segs_out),
	F(delivery_rate), F(busy_time),
	F(rwnd_limited),  F(sndbuf_limited),
	F(delivered),	  F(delivered_ce),
	F(bytes_sent),	  F(bytes_retrans),
	F(dsack_dups),	  F(reord_seen),
	F(rcv_ooopack),	  F(snd_wnd),
};

static char at_start[3][16384];
static const char *const files[3] = { "/proc/net/snmp", "/proc/net/netstat", "/proc/net/sockstat" };

void counters_remember(void)
{
	for (int i = 0; i < 3; i++)
		if (read_proc(files[i], at_start[i], sizeof(at_start[i])) < 0)
			at_start[i][0] = '\0';
}

/* column - the value under @name of the two lines of @text that begin with "@section:". */
static bool column(const char *text, const char *section, const char *name, long long *value)
{
	size_t n = strlen(section);
	const char *head = text, *values;
	char word[64];
	int skip;

	for (; head; head = strchr(head, '\n'), head = head ? head + 1 : NULL)
		if (!strncmp(head, section, n) && head[n] == ':')
			break;
	values = head ? strchr(head, '\n') : NULL;
	if (!values)
		return false;
	head += n + 1;
	values += n + 2;
	while (sscanf(head, "%63s%n", word, &skip) == 1) {
		head += skip;
		if (sscanf(values, "%lld%n", value, &skip) != 1)
			return false;
		values += skip;
		if (!strcmp(word, name))
			return true;
	}
	return false;
}

static long long counter(const struct event *ev, const char *name)
{
	static char text[16384];
	const char *dot = strchr(name, '.');
	char section[32];
	long long now, before;

	snprintf(section, sizeof(section), "%.*s", (int)(dot - name), name);
	for (int i = 0; i < 2; i++) {
		if (read_proc(files[i], text, sizeof(text)) < 0 ||
		    !column(text, section, dot + 1, &now))
			continue;
		if (!column(at_start[i], section, dot + 1, &before))
			before = 0;
		return now - before;
	}
	script_error(ev->line, "there is no counter %s", name);
}

static long long info_field(const struct event *ev, int fd, const char *name)
{
	struct tcp_info info;
	u32 len = sizeof(info);
	const u8 *bytes = (const u8 *)&info;
	long got;
	u64 v = 0;

	memset(&info, 0, sizeof(info));
	got = system_call(SYS_getsockopt, fd, IPPROTO_TCP, TCP_INFO, (long)&info, (long)&len);
	if (got < 0)
		fail(ev, NULL, NULL, "TCP_INFO of descriptor %d: %s", fd, errno_name((int)-got));
	if (!strcmp(name, "fastopen_client_fail"))
		return bytes[7] >> 1 & 3;
	if (!strcmp(name, "snd_wscale") || !strcmp(name, "rcv_wscale"))
		return name[0] == 's' ? bytes[6] & 15 : bytes[6] >> 4;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(fields[i].name, name))
			continue;
		memcpy(&v, bytes + fields[i].offset, fields[i].size);
		return (long long)v;
	}
	script_error(ev->line, "struct tcp_info has no tcpi_%s", name);
}

static bool holds(long long a, const char *op, long long b)
{
	if (!strcmp(op, "=="))
		return a == b;
	if (!strcmp(op, "!="))
		return a != b;
	if (!strcmp(op, "<"))
		return a < b;
	if (!strcmp(op, ">"))
		return a > b;
	return op[0] == '<' ? a <= b : a >= b;
}

static long long right_term(struct cursor *c)
{
	char word[64];
	long long v;

	skip_blanks(c);
	if (*c->p == '-' || (*c->p >= '0' && *c->p <= '9'))
		return read_number(c);
	read_word(c, word, sizeof(word));
	if (!constant_value(word, &v))
		script_error(c->line, "`%s` is not known", word);
	return v;
}

static long long right_side(struct cursor *c)
{
	long long v = right_term(c);

	while (accept_text(c, "|"))
		v |= right_term(c);
	return v;
}

static void read_name(struct cursor *c, char *name, size_t size)
{
	size_t n = 0;

	skip_blanks(c);
	while ((*c->p && strchr("._", *c->p)) || (*c->p >= '0' && *c->p <= '9') ||
	       ((*c->p | 32) >= 'a' && (*c->p | 32) <= 'z')) {
		if (n + 1 == size)
			break;
		name[n++] = *c->p++;
	}
	name[n] = '\0';
}

void check_assertion(const struct event *ev)
{
	static const char *const ops[] = { "==", "!=", "<=", ">=", "<", ">" };
	struct cursor c = { ev->words, ev->line };
	int fd = latest_fd();
	const char *op;
	char name[80];
	long long got, want;

	if (accept_text(&c, "(")) {
		fd = (int)read_number(&c);
		expect_text(&c, ")");
	}
	do {
		read_name(&c, name, sizeof(name));
		op = NULL;
		for (size_t i = 0; i < 6 && !op; i++)
			if (accept_text(&c, ops[i]))
				op = ops[i];
		if (!op)
			script_error(ev->line, "a comparison is expected before `%.30s`", c.p);
		want = right_side(&c);
		if (strchr(name, '.'))
			got = counter(ev, name);
		else if (!strncmp(name, "tcpi_", 5))
			got = info_field(ev, fd, name + 5);
		else
			script_error(ev->line, "`%s` is neither tcpi_FIELD nor Section.Counter",
				     name);
		if (!holds(got, op, want))
			fail(ev, format_new("%s %s %lld", name, op, want),
			     format_new("%s is %lld", name, got), "the assertion does not hold");
	} while (accept_text(&c, ",") || accept_text(&c, "&&"));
	skip_blanks(&c);
	if (*c.p)
		script_error(ev->line, "the assertion goes on with `%.30s`", c.p);
}
