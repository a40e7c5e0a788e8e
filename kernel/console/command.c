/* SPDX-License-Identifier: MIT */
/* The command registry, the words of a line, and running it. */
#include <asm/serial.h>
#include <kernel/irqflags.h>
#include <kernel/printk.h>
#include <kernel/process.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <uapi/signal.h>

#include "console_internal.h"

#define STATUS_UNKNOWN 127 /* as shells have it */
#define STATUS_SYNTAX  2

static LIST_HEAD(commands); /* by name */
static LIST_HEAD(contexts); /* of every task that runs a command */

void console_register(struct console_command *cmd)
{
	struct console_command *c;

	list_for_each_entry(c, &commands, node)
		if (strcmp(c->name, cmd->name) > 0)
			break;
	list_add_tail(&cmd->node, &c->node);
}

void console_register_all(struct console_command *cmds, size_t n)
{
	while (n--)
		console_register(cmds++);
}

static struct console_command *find_command(const char *name)
{
	struct console_command *c;

	list_for_each_entry(c, &commands, node)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* The commands that begin with @prefix, and how many bytes they have in common. */
unsigned int command_complete(const char *prefix, size_t len, const char **match, unsigned int max,
			      size_t *common)
{
	struct console_command *c;
	unsigned int n = 0;
	size_t i;

	list_for_each_entry(c, &commands, node) {
		if (strncmp(c->name, prefix, len) || n == max)
			continue;
		if (!n)
			*common = strlen(c->name);
		for (i = 0; n && i < *common && c->name[i] == match[0][i]; i++)
			;
		if (n)
			*common = i;
		match[n++] = c->name;
	}
	return n;
}

/* ---- contexts ---- */

struct con_context *con_context_of(const struct task *t)
{
	struct con_context *ctx;

	list_for_each_entry(ctx, &contexts, node)
		if (ctx->task == t)
			return ctx;
	return NULL;
}

void con_context_push(struct con_context *ctx, void (*out)(void *, const char *, size_t), void *arg)
{
	unsigned long flags;

	*ctx = (struct con_context){ .task = current, .out = out, .arg = arg };
	local_irq_save(flags); /* Ctrl-C looks for a context from the serial interrupt */
	list_add(&ctx->node, &contexts);
	local_irq_restore(flags);
}

void con_context_pop(struct con_context *ctx)
{
	unsigned long flags;

	local_irq_save(flags);
	list_del(&ctx->node);
	local_irq_restore(flags);
	/* What Ctrl-C sent was for the command that has ended. */
	current->signal_pending_mask &= ~(1ull << (SIGINT - 1));
}

bool con_interrupted(void)
{
	struct con_context *ctx = con_context_of(current);

	return ctx && READ_ONCE(ctx->interrupted);
}

bool con_interrupt(struct task *t)
{
	struct con_context *ctx;
	unsigned long flags;

	local_irq_save(flags); /* the task may end its command meanwhile */
	ctx = con_context_of(t);
	if (ctx) {
		WRITE_ONCE(ctx->interrupted, true);
		send_sig(SIGINT, t);
	}
	local_irq_restore(flags);
	return ctx != NULL;
}

/* ---- a line ---- */

/*
 * Copy one word from *src to *dst, taking quotes and backslashes away. Each is at the start of a
 * word's bytes. False for a quote that is not closed.
 */
static bool take_word(char **src, char **dst)
{
	char *s = *src, *d = *dst, quote = 0;

	for (; *s && (quote || !isspace(*s)); s++) {
		if (*s == '\\' && s[1] && quote != '\'')
			*d++ = *++s;
		else if (quote ? *s == quote : *s == '\'' || *s == '"')
			quote = quote ? 0 : *s;
		else
			*d++ = *s;
	}
	if (quote)
		return false;
	*src = *s ? s + 1 : s;
	*d++ = '\0';
	*dst = d;
	return true;
}

int split_words(char *line, char **argv, int max)
{
	char *s = line, *d = line;
	int argc = 0;

	for (;;) {
		s = skip_spaces(s);
		if (!*s)
			break;
		if (argc == max - 1)
			return -E2BIG;
		argv[argc++] = d;
		if (!take_word(&s, &d))
			return -EINVAL;
	}
	argv[argc] = NULL;
	return argc;
}

static int run_words(int argc, char **argv)
{
	struct console_command *c;

	if (argc == -EINVAL) {
		con_printf("skiff: a quote is not closed\n");
		return STATUS_SYNTAX;
	}
	if (argc == -E2BIG) {
		con_printf("skiff: more than %d words in a line\n", CON_ARGS_MAX - 1);
		return STATUS_SYNTAX;
	}
	if (!argc)
		return 0;
	c = find_command(argv[0]);
	if (!c) {
		con_printf("skiff: %s: no such command; `help` lists them\n", argv[0]);
		return STATUS_UNKNOWN;
	}
	return c->fn(argc, argv);
}

int console_run_line(const char *line, void (*out)(void *arg, const char *text, size_t n),
		     void *arg)
{
	char *copy = kstrdup(line, GFP_KERNEL), *argv[CON_ARGS_MAX];
	struct con_context ctx;
	int status;

	con_context_push(&ctx, out, arg);
	if (copy) {
		status = run_words(split_words(copy, argv, CON_ARGS_MAX), argv);
	} else {
		con_printf("skiff: out of memory\n");
		status = 1;
	}
	con_context_pop(&ctx);
	kfree(copy);
	return status;
}

/* ---- help ---- */

static int cmd_help(int argc, char **argv)
{
	struct console_command *c;

	if (argc == 1) {
		list_for_each_entry(c, &commands, node)
			con_printf("%-12s %s\n", c->name, c->summary);
		return 0;
	}
	c = find_command(argv[1]);
	if (!c) {
		con_printf("help: no command `%s`; `help` lists them\n", argv[1]);
		return 1;
	}
	con_printf("%s - %s\nUsage:\n%s%s", c->name, c->summary, c->usage,
		   c->usage[strlen(c->usage) - 1] == '\n' ? "" : "\n");
	return 0;
}

static struct console_command help_command = {
	.name = "help",
	.summary = "list the commands, or show how one is used",
	.usage = "  help [COMMAND]\n",
	.fn = cmd_help,
};

void console_init(void)
{
	con_output_init();
	serial_set_rx(console_input); /* what is typed before the prompt is not lost */
	console_register(&help_command);
	job_commands_init();
	kernel_commands_init();
	stat_commands_init();
	trace_commands_init();
}
