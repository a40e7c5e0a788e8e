/* SPDX-License-Identifier: MIT */
/* System calls as scripts write them: arguments in C's manner, `...` for what does not matter, and
 * the expected result. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

static struct expr *expr_new(enum expr_kind kind)
{
	struct expr *e = calloc(1, sizeof(*e));

	e->kind = kind;
	return e;
}

static long long read_term(struct cursor *c)
{
	char word[40];
	long long v;

	skip_blanks(c);
	if (isdigit((unsigned char)*c->p) || *c->p == '-')
		return read_number(c);
	read_word(c, word, sizeof(word));
	if (!constant_value(word, &v))
		script_error(c->line, "`%s` is not known", word);
	return v;
}

static struct expr *read_int(struct cursor *c)
{
	struct expr *e = expr_new(EX_INT);

	e->v = read_term(c);
	while (accept_text(c, "|"))
		e->v |= read_term(c);
	return e;
}

/* read_members - up to @end: values, or name=value, parted by commas. */
static void read_members(struct cursor *c, struct expr *e, const char *end)
{
	while (!accept_text(c, end)) {
		const char *before;
		char word[40];

		if (e->n == MAX_ITEMS)
			script_error(c->line, "more than %d members", MAX_ITEMS);
		skip_blanks(c);
		before = c->p;
		if (isalpha((unsigned char)*c->p)) {
			read_word(c, word, sizeof(word));
			if (accept_text(c, "="))
				e->name[e->n] = strdup(word);
			else
				c->p = before;
		}
		e->item[e->n++] = read_expr(c);
		if (!accept_text(c, ","))
			skip_blanks(c);
	}
}

struct expr *read_expr(struct cursor *c)
{
	struct expr *e;
	u32 addr;

	skip_blanks(c);
	if (accept_text(c, "..."))
		return expr_new(EX_OPEN);
	if (*c->p == '"') {
		e = expr_new(EX_STRING);
		e->s = read_string(c, &e->len);
		return e;
	}
	if (accept_text(c, "[")) {
		e = expr_new(EX_LIST);
		read_members(c, e, "]");
		return e;
	}
	if (try_address(c, &addr)) {
		e = expr_new(EX_ADDRESS);
		e->addr = addr;
		if (accept_text(c, ":"))
			e->port = (u16)read_number(c);
		return e;
	}
	if (accept_text(c, "{")) {
		e = expr_new(EX_STRUCT);
		read_members(c, e, "}");
		if (e->n == 1 && !e->name[0] && e->item[0]->kind == EX_ADDRESS)
			return e->item[0];
		return e;
	}
	return read_int(c);
}

struct call *read_call(struct cursor *c)
{
	struct call *call = calloc(1, sizeof(*call));
	char word[40];

	read_word(c, call->name, sizeof(call->name));
	if (!call_kind_of(call->name))
		script_error(c->line, "`%s` is no system call the runner knows", call->name);
	expect_text(c, "(");
	while (!accept_text(c, ")")) {
		if (call->nr_args == 8)
			script_error(c->line, "too many arguments");
		call->arg[call->nr_args++] = read_expr(c);
		accept_text(c, ",");
	}
	if (call->nr_args < call_kind_of(call->name)->least ||
	    call->nr_args > call_kind_of(call->name)->most)
		script_error(c->line, "%s takes another number of arguments", call->name);
	expect_text(c, "=");
	if (accept_text(c, "*")) {
		call->any_result = true;
		return call;
	}
	call->result = read_term(c);
	skip_blanks(c);
	if (call->result == -1 && isupper((unsigned char)*c->p)) {
		read_word(c, word, sizeof(word));
		call->error = errno_number(word);
		if (!call->error)
			script_error(c->line, "`%s` is no error", word);
	}
	if (call->result == -1 && !call->error)
		script_error(c->line, "say which error: = -1 ECONNREFUSED");
	return call;
}
