/* SPDX-License-Identifier: MIT */
/* A script's lines: options and sysctls at its head, then events with their times. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

struct script script = {
	.tolerance = 4 * MSEC,
	.start = NSEC,
	.mtu = 1500,
	.local = 0xc0a80001, /* 192.168.0.1 */
	.prefix = 24,
	.gateway = 0xc0a800fe, /* 192.168.0.254 */
	.remote = 0xc0000201,  /* 192.0.2.1, RFC 5737 */
	.remote_isn = 1000000,
	.last = &script.first,
};

static void read_address_option(struct cursor *c, u32 *addr)
{
	if (!try_address(c, addr))
		script_error(c->line, "an address is expected before `%.30s`", c->p);
}

static void add_cmdline(const char *words)
{
	size_t n = strlen(script.cmdline);

	snprintf(script.cmdline + n, sizeof(script.cmdline) - n, " %s", words);
}

/* read_options - key=value words that say how the machine begins. */
static void read_options(struct cursor *c)
{
	for (skip_blanks(c); *c->p; skip_blanks(c)) {
		if (accept_text(c, "tolerance="))
			script.tolerance = read_seconds(c);
		else if (accept_text(c, "start="))
			script.start = read_seconds(c);
		else if (accept_text(c, "mtu="))
			script.mtu = (u32)read_number(c);
		else if (accept_text(c, "seed="))
			add_cmdline(format_new("skiff.seed=%lld", read_number(c)));
		else if (accept_text(c, "mem="))
			add_cmdline(format_new("skiff.mem=%lld", read_number(c)));
		else if (accept_text(c, "isn=")) {
			script.isn_given = true;
			script.isn = (u32)read_number(c);
		} else if (accept_text(c, "remote_isn="))
			script.remote_isn = (u32)read_number(c);
		else if (accept_text(c, "local="))
			read_address_option(c, &script.local);
		else if (accept_text(c, "remote="))
			read_address_option(c, &script.remote);
		else if (accept_text(c, "gateway="))
			read_address_option(c, &script.gateway);
		else if (accept_text(c, "prefix="))
			script.prefix = (int)read_number(c);
		else if (accept_text(c, "arp=manual"))
			script.arp_manual = true;
		else if (accept_text(c, "arp=auto"))
			script.arp_auto = true;
		else if (accept_text(c, "check=off"))
			script.no_check = true;
		else if (accept_text(c, "cmdline="))
			add_cmdline(read_string(c, NULL));
		else
			script_error(c->line, "unknown option at `%.40s`", c->p);
	}
}

/* read_when - 0.1, +.1, +0~+.2, +0...0.25, or *. */
static struct when read_when(struct cursor *c)
{
	struct when w = { .kind = WHEN_AT };

	if (accept_text(c, "*")) {
		w.kind = WHEN_ANY;
		return w;
	}
	if (accept_text(c, "+"))
		w.kind = WHEN_AFTER;
	w.lo = w.hi = read_seconds(c);
	if (accept_text(c, "~")) {
		accept_text(c, "+");
		w.hi = read_seconds(c);
	} else if (accept_text(c, "...")) {
		w.blocks = true;
		w.end = read_seconds(c);
	}
	return w;
}

static void read_command(struct cursor *c, struct event *ev)
{
	ev->kind = EV_COMMAND;
	ev->words = read_string(c, NULL);
	if (accept_word(c, "contains"))
		ev->contains = read_string(c, NULL);
	else if (accept_word(c, "lacks"))
		ev->lacks = read_string(c, NULL);
}

static void rest_of_line(struct cursor *c, struct event *ev, enum event_kind kind)
{
	skip_blanks(c);
	ev->kind = kind;
	ev->words = strdup(c->p);
	c->p += strlen(c->p);
}

static void read_event(struct cursor *c, struct event *ev)
{
	ev->when = read_when(c);
	if (accept_text(c, "<")) {
		ev->kind = EV_IN;
		ev->packet = read_packet(c, false);
	} else if (accept_text(c, ">")) {
		ev->kind = EV_OUT;
		ev->packet = read_packet(c, true);
	} else if (accept_word(c, "assert")) {
		rest_of_line(c, ev, EV_ASSERT);
	} else if (accept_word(c, "command")) {
		read_command(c, ev);
	} else if (accept_word(c, "sysctl")) {
		rest_of_line(c, ev, EV_SYSCTL);
	} else if (accept_word(c, "nothing")) {
		ev->kind = EV_NOTHING;
	} else if (accept_word(c, "forget")) {
		ev->kind = EV_FORGET;
	} else {
		ev->kind = EV_CALL;
		ev->call = read_call(c);
		ev->call->ev = ev;
	}
	if (ev->when.kind == WHEN_ANY && ev->kind != EV_OUT)
		script_error(c->line, "only a packet that goes out can come at any time");
	if (ev->packet && ev->packet->kind == PK_ARP && !script.arp_auto)
		script.arp_manual = true;
	skip_blanks(c);
	if (*c->p)
		script_error(c->line, "the line goes on with `%.40s`", c->p);
}

static void add_event(struct event *ev)
{
	*script.last = ev;
	script.last = &ev->next;
}

static struct event *event_new(int line, const char *text)
{
	struct event *ev = calloc(1, sizeof(*ev));

	ev->line = line;
	ev->text = strdup(text);
	return ev;
}

/* cut_comment - what stands behind // or #, outside of strings, and blanks at the end. */
static void cut_comment(char *line)
{
	bool quoted = false;
	size_t n;

	for (char *p = line; *p; p++) {
		if (*p == '"' && (p == line || p[-1] != '\\'))
			quoted = !quoted;
		if (!quoted && (*p == '#' || (*p == '/' && p[1] == '/'))) {
			*p = '\0';
			break;
		}
	}
	for (n = strlen(line); n && isspace((unsigned char)line[n - 1]); n--)
		line[n - 1] = '\0';
}

void read_script(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[4096];
	struct event *ev;
	int number = 0;

	script.path = path;
	if (!f)
		script_error(0, "cannot be opened");
	while (fgets(line, sizeof(line), f)) {
		struct cursor c = { line, ++number };

		cut_comment(line);
		skip_blanks(&c);
		if (!*c.p)
			continue;
		ev = event_new(number, c.p);
		if (accept_word(&c, "option")) {
			read_options(&c);
		} else if (accept_word(&c, "sysctl")) {
			ev->when.kind = WHEN_AFTER;
			rest_of_line(&c, ev, EV_SYSCTL);
			add_event(ev);
		} else {
			read_event(&c, ev);
			add_event(ev);
		}
	}
	fclose(f);
	if (!script.first)
		script_error(number, "the script is empty");
}
