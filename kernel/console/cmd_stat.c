/* SPDX-License-Identifier: MIT */
/* stat: where the processor's time goes, and what each network device counts. */
#include <kernel/fs.h>
#include <kernel/interrupt.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#include "console_internal.h"

#define DEV_STAT     "/proc/net/dev_stat" /* sections that begin with "NAME:" in the first column */
#define DEV_STAT_MAX (1u << 20)

static const char *const context_names[CPU_NR_CONTEXTS] = {
	[CPU_HARDIRQ] = "hardirq", [CPU_SOFTIRQ] = "softirq", [CPU_KERNEL] = "kernel",
	[CPU_USER] = "user",	   [CPU_IDLE] = "idle",
};

static int stat_cpu(void)
{
	u64 cycles[CPU_NR_CONTEXTS], total = 0;
	unsigned int i;

	cpu_account_read(cycles);
	for (i = 0; i < CPU_NR_CONTEXTS; i++)
		total += cycles[i];
	for (i = 0; i < CPU_NR_CONTEXTS; i++) {
		u64 permille = total ? cycles[i] / (total / 1000 + 1) : 0;

		con_printf("%-8s %20llu cycles %3llu.%llu%%\n", context_names[i], cycles[i],
			   permille / 10, permille % 10);
	}
	return 0;
}

/* Print the section of @dev, or all of them. False: there is no such section. */
static bool print_sections(char *text, const char *dev)
{
	bool found = false, mine = !dev;
	char *line;

	while ((line = strsep(&text, "\n")) && *line) {
		if (dev && !isspace(*line)) {
			size_t n = strlen(dev);

			mine = !strncmp(line, dev, n) && line[n] == ':';
		}
		found |= mine;
		if (mine)
			con_printf("%s\n", line);
	}
	return found || !dev;
}

static int cmd_stat(int argc, char **argv)
{
	const char *dev = argc > 1 ? argv[1] : NULL;
	char *text;
	bool found;

	if (dev && !strcmp(dev, "cpu"))
		return stat_cpu();
	if (kernel_read_whole(DEV_STAT, &text, DEV_STAT_MAX) < 0) {
		con_printf("stat: " DEV_STAT " cannot be read\n");
		return 1;
	}
	found = print_sections(text, dev);
	kfree(text);
	if (!found)
		con_printf("stat: no device `%s`; `stat` shows all, `stat cpu` the processor\n",
			   dev);
	return found ? 0 : 1;
}

static struct console_command stat_command = {
	.name = "stat",
	.summary = "show counters of the devices, or of the processor",
	.usage = "  stat [DEVICE]\n  stat cpu\n`stat cpu` shows the cycles spent in each context "
		 "since boot.\n",
	.fn = cmd_stat,
};

void stat_commands_init(void)
{
	console_register(&stat_command);
}
