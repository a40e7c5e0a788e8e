/* SPDX-License-Identifier: MIT */
/* The command `trace`: tracepoints on and off, and what they have recorded. */
#include <kernel/mm.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/trace.h>

#include "console_internal.h"

static void list_one(const struct tracepoint *tp, void *arg)
{
	char name[48];

	snprintf(name, sizeof(name), "%s:%s", tp->system, tp->name);
	con_printf("%-30s %-3s  %s\n", name, tp->on ? "on" : "off", tp->summary);
}

static int trace_show(void)
{
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	u64 seq = 0, kept, written;
	size_t n;

	if (!buf) {
		con_printf("trace: out of memory\n");
		return 1;
	}
	trace_counts(&kept, &written);
	con_printf("# entries-in-buffer/entries-written: %llu/%llu\n", kept, written);
	while ((n = trace_read(&seq, buf, PAGE_SIZE)) && !con_interrupted())
		con_write(buf, n);
	kfree(buf);
	return 0;
}

static int trace_turn(int argc, char **argv, bool on)
{
	int i, status = 0, n;

	for (i = 2; i < argc; i++) {
		n = trace_switch(argv[i], on);
		if (n >= 0)
			continue;
		con_printf(n == -ENOENT
				   ? "trace: there is no tracepoint '%s'; `trace list` shows all\n"
				   : "trace: %s: out of memory\n",
			   argv[i]);
		status = 1;
	}
	return status;
}

static int trace_size(const char *text)
{
	unsigned int records;
	int err = kstrtouint(text, 10, &records);

	if (!err)
		err = trace_resize(records);
	if (err == -ENOMEM)
		con_printf("trace: no memory for %s records\n", text);
	else if (err)
		con_printf("trace: '%s' is not a number of records (1 to 8192)\n", text);
	return err ? 1 : 0;
}

static int cmd_trace(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "show";

	if (argc > 2 && !strcmp(what, "enable"))
		return trace_turn(argc, argv, true);
	if (argc > 2 && !strcmp(what, "disable"))
		return trace_turn(argc, argv, false);
	if (argc == 3 && !strcmp(what, "size"))
		return trace_size(argv[2]);
	if (argc <= 2 && !strcmp(what, "show"))
		return trace_show();
	if (argc == 2 && !strcmp(what, "list")) {
		trace_for_each(list_one, NULL);
		return 0;
	}
	if (argc == 2 && !strcmp(what, "clear")) {
		trace_clear();
		return 0;
	}
	con_printf("trace: usage: trace [list | enable NAME... | disable NAME... | show | clear | "
		   "size RECORDS]\n");
	return 2;
}

static struct console_command trace_command = {
	.name = "trace",
	.summary = "watch what the kernel does: tracepoints and their records",
	.usage = "  trace list\n"
		 "  trace enable NAME...\n"
		 "  trace disable NAME...\n"
		 "  trace [show]\n"
		 "  trace clear\n"
		 "  trace size RECORDS\n"
		 "NAME is as `trace list` has it (tcp:tcp_probe), without its group (tcp_probe), a "
		 "whole group (tcp:*), or all (*).\n"
		 "The buffer keeps the newest 1024 records, or as many as size says.\n",
	.fn = cmd_trace,
};

void trace_commands_init(void)
{
	console_register(&trace_command);
}
