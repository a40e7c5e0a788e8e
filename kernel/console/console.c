/* SPDX-License-Identifier: MIT */
/* The console thread: prompt, line, command, and again. */
#include <kernel/err.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#include "console_internal.h"

static void serial_out(void *arg, const char *text, size_t n)
{
	con_emit(text, n);
}

static void serial_out_async(void *arg, const char *text, size_t n)
{
	con_emit_async(text, n);
}

/* A line that ends in "&", on a thread of its own. */
static int background_thread(void *arg)
{
	char *line = arg;

	console_run_line(line, serial_out_async, NULL);
	kfree(line);
	return 0;
}

/* Cut a trailing "&" off; was there one? */
static bool cut_ampersand(char *line)
{
	size_t n = strlen(line);

	while (n && isspace(line[n - 1]))
		n--;
	if (!n || line[n - 1] != '&')
		return false;
	line[n - 1] = '\0';
	return true;
}

static void run_in_background(const char *line)
{
	char *copy = kstrdup(line, GFP_KERNEL);
	struct task *t = copy ? kthread_run(background_thread, copy, "console-job") : NULL;

	if (IS_ERR_OR_NULL(t)) {
		kfree(copy);
		con_emit("skiff: out of memory\n", 21);
	}
}

static void run_in_foreground(const char *line)
{
	con_set_foreground(current);
	if (con_take_typed_interrupt()) /* it was faster than the command */
		con_emit("^C\n", 3);
	else
		console_run_line(line, serial_out, NULL);
	con_set_foreground(NULL);
}

static void run_line(char *line)
{
	history_add(line);
	if (cut_ampersand(line))
		run_in_background(line);
	else
		run_in_foreground(line);
}

static int console_thread(void *arg)
{
	struct line_editor *ed = arg;

	for (;;) {
		enum edit_result r = EDIT_MORE;

		edit_begin(ed);
		while (r == EDIT_MORE) {
			int c = con_getc(false);

			if (c >= 0)
				r = edit_key(ed, (u8)c);
			else
				current->signal_pending_mask =
					0; /* a key that came too late for its command */
		}
		edit_end(ed);
		if (r == EDIT_DONE)
			run_line(ed->line);
	}
	return 0;
}

void console_start(void)
{
	struct line_editor *ed = kzalloc(sizeof(*ed), GFP_KERNEL);
	struct task *t;

	if (!ed)
		panic("no memory for the console");
	t = kthread_run(console_thread, ed, "console");
	if (IS_ERR(t))
		panic("no console thread: error %ld", PTR_ERR(t));
}
