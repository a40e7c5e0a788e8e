/* SPDX-License-Identifier: MIT */
/* Commands that concern the kernel: dmesg, free, slabinfo, interrupts, uptime, sysctl, loglevel,
 * cat, reboot, poweroff. */
#include <asm/processor.h>
#include <asm/serial.h>
#include <kernel/fs.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/sysctl.h>
#include <kernel/time.h>

#include "console_internal.h"

#define FILE_MAX (4u << 20)

static int show_file(const char *cmd, const char *path)
{
	char *text;
	ssize_t n = kernel_read_whole(path, &text, FILE_MAX);

	if (n < 0) {
		con_printf("%s: %s: %s\n", cmd, path,
			   n == -ENOENT	  ? "No such file or directory"
			   : n == -EISDIR ? "Is a directory"
					  : "cannot be read");
		return 1;
	}
	con_write(text, (size_t)n);
	kfree(text);
	return 0;
}

static int cmd_cat(int argc, char **argv)
{
	int i, status = 0;

	if (argc < 2) {
		con_printf("cat: which file? usage: cat FILE...\n");
		return 2;
	}
	for (i = 1; i < argc; i++)
		status |= show_file("cat", argv[i]);
	return status;
}

static int cmd_dmesg(int argc, char **argv)
{
	bool clear = argc > 1 && (!strcmp(argv[1], "-c") || !strcmp(argv[1], "-C"));
	bool print = argc == 1 || !strcmp(argv[1], "-c");
	char *buf;
	u64 seq = 0;
	size_t n;

	if (argc > 2 || (argc == 2 && !clear)) {
		con_printf("dmesg: usage: dmesg [-c | -C]\n");
		return 2;
	}
	buf = print ? kmalloc(PAGE_SIZE, GFP_KERNEL) : NULL;
	while (buf && (n = printk_read(&seq, buf, PAGE_SIZE)) && !con_interrupted())
		con_write(buf, n);
	kfree(buf);
	if (clear)
		printk_clear();
	return 0;
}

/* One amount of memory in a column: in units of 1 << @shift bytes, or with a letter that fits
 * (@shift 0xff). */
static void print_pages(int width, u64 pages, unsigned int shift)
{
	static const char letters[] = "KMGT";
	u64 kib = pages * (PAGE_SIZE / 1024), rest = 0;
	unsigned int i;
	char text[24];

	if (shift != 0xff) {
		con_printf(" %*llu", width, pages * PAGE_SIZE >> shift);
		return;
	}
	for (i = 0; kib >= 1024 && letters[i + 1]; i++) {
		rest = kib % 1024;
		kib /= 1024;
	}
	if (!kib)
		strscpy(text, "0B", sizeof(text));
	else if (kib < 10 && i)
		snprintf(text, sizeof(text), "%llu.%llu%ci", kib, rest * 10 / 1024, letters[i]);
	else
		snprintf(text, sizeof(text), "%llu%ci", kib, letters[i]);
	con_printf(" %*s", width, text);
}

/* The unit of an option of free; false: there is no such option. */
static bool free_unit(const char *option, unsigned int *shift)
{
	static const struct {
		const char *option;
		unsigned int shift;
	} units[] = { { "-b", 0 }, { "-k", 10 }, { "-m", 20 }, { "-g", 30 }, { "-h", 0xff } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(option, units[i].option))
			continue;
		*shift = units[i].shift;
		return true;
	}
	return false;
}

static int cmd_free(int argc, char **argv)
{
	struct mem_stat s;
	unsigned int shift = 10;
	u64 columns[6];
	int i;

	for (i = 1; i < argc; i++) {
		if (free_unit(argv[i], &shift))
			continue;
		con_printf("free: invalid option '%s'; usage: free [-b | -k | -m | -g | -h]\n",
			   argv[i]);
		return 2;
	}
	mem_stat_read(&s);
	columns[0] = s.total_pages;
	columns[1] = s.total_pages - s.free_pages;
	columns[2] = columns[5] = s.free_pages;
	columns[3] = columns[4] = 0;
	con_printf("%20s %11s %11s %11s %11s %11s\nMem:    ", "total", "used", "free", "shared",
		   "buff/cache", "available");
	for (i = 0; i < 6; i++)
		print_pages(11, columns[i], shift);
	con_printf("\nSwap:   ");
	for (i = 0; i < 3; i++)
		print_pages(11, 0, shift);
	con_printf("\nSlab:   ");
	print_pages(11, s.slab_pages, shift);
	con_printf("   failed requests: %llu\n", s.alloc_failed);
	return 0;
}

static int cmd_slabinfo(int argc, char **argv)
{
	return show_file("slabinfo", "/proc/slabinfo");
}

static int cmd_interrupts(int argc, char **argv)
{
	return show_file("interrupts", "/proc/interrupts") |
	       show_file("interrupts", "/proc/softirqs");
}

static int cmd_uptime(int argc, char **argv)
{
	u64 up = ktime_get_ns() / NSEC_PER_SEC, now = ktime_get_real() / NSEC_PER_SEC % 86400;

	con_printf(" %02llu:%02llu:%02llu up ", now / 3600, now / 60 % 60, now % 60);
	if (up >= 86400)
		con_printf("%llu day%s, ", up / 86400, up >= 2 * 86400 ? "s" : "");
	if (up % 86400 >= 3600)
		con_printf("%2llu:%02llu\n", up / 3600 % 24, up / 60 % 60);
	else
		con_printf("%llu min\n", up / 60 % 60);
	return 0;
}

static int cmd_loglevel(int argc, char **argv)
{
	unsigned int level;

	if (argc == 1) {
		con_printf("%d\n", console_loglevel);
		return 0;
	}
	if (argc > 2 || kstrtouint(argv[1], 10, &level) || level > 8) {
		con_printf("loglevel: a number from 0 (nothing) to 8 (everything) is right\n");
		return 1;
	}
	console_loglevel = (int)level;
	return 0;
}

/* ---- sysctl ---- */

struct sysctl_options {
	bool values_only, quiet; /* -n, -q */
};

/* As sysctl(8) says it, which looks for a file. */
static int sysctl_missing(const char *name)
{
	con_printf("sysctl: cannot stat /proc/sys/");
	for (; *name; name++)
		con_printf("%c", *name == '.' ? '/' : *name);
	con_printf(": No such file or directory\n");
	return 1;
}

static int sysctl_print(const char *name, bool value_only)
{
	char value[256];
	int n = sysctl_read(name, value, sizeof(value));

	if (n == -EACCES || n == -EPERM) {
		con_printf("sysctl: permission denied on key \"%s\"\n", name);
		return 1;
	}
	if (n < 0)
		return sysctl_missing(name);
	if (!value_only)
		con_printf("%s = ", name);
	con_printf("%s\n", strim(value));
	return 0;
}

static void sysctl_print_each(const char *name, void *arg)
{
	char value[8];
	int n = sysctl_read(name, value, sizeof(value));

	if (n != -EPERM && n != -EACCES) /* one that can only be written has nothing to show */
		sysctl_print(name, ((const struct sysctl_options *)arg)->values_only);
}

static int sysctl_set(char *name, char *value, const struct sysctl_options *o)
{
	int err = sysctl_write(name, value);

	switch (err < 0 ? err : 0) {
	case 0: return o->quiet ? 0 : sysctl_print(name, o->values_only);
	case -ENOENT: return sysctl_missing(name);
	case -EPERM:
	case -EACCES: con_printf("sysctl: permission denied on key \"%s\"\n", name); break;
	default: con_printf("sysctl: setting key \"%s\": Invalid argument\n", name);
	}
	return 1;
}

static int cmd_sysctl(int argc, char **argv)
{
	struct sysctl_options o = { false, false };
	bool all = false;
	const char *c;
	int i, status = 0;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		for (c = argv[i] + 1; *c; c++) {
			all |= *c == 'a';
			o.values_only |= *c == 'n';
			o.quiet |= *c == 'q';
			if (!strchr("anqw", *c)) {
				con_printf("sysctl: invalid option -- '%c'; usage: sysctl [-anqw] "
					   "[NAME[=VALUE]...]\n",
					   *c);
				return 1;
			}
		}
	}
	if (all || i == argc)
		sysctl_for_each(sysctl_print_each, &o);
	for (; i < argc && !all; i++) {
		char *eq = strchr(argv[i], '=');

		if (eq)
			*eq = '\0';
		status |= eq ? sysctl_set(strim(argv[i]), strim(eq + 1), &o)
			     : sysctl_print(argv[i], o.values_only);
	}
	return status;
}

/* ---- the end ---- */

/* What is mistyped must not end the machine. */
static int no_words(int argc, char **argv)
{
	if (argc == 1 || (argc == 2 && (!strcmp(argv[1], "-f") || !strcmp(argv[1], "now"))))
		return 0;
	con_printf("%s: `%s` is not understood; usage: %s [-f]\n", argv[0], argv[1], argv[0]);
	return 2;
}

static int cmd_poweroff(int argc, char **argv)
{
	if (no_words(argc, argv))
		return 2;
	serial_flush();
	arch_poweroff(0);
}

static int cmd_reboot(int argc, char **argv)
{
	if (no_words(argc, argv))
		return 2;
	serial_flush();
	arch_reboot();
}

static struct console_command kernel_commands[] = {
	{ .name = "cat",
	  .summary = "show files, those of /proc too",
	  .usage = "  cat FILE...\n",
	  .fn = cmd_cat },
	{
		.name = "dmesg",
		.summary = "show the kernel log",
		.usage = "  dmesg [-c | -C]\n-c clears it afterwards, -C only clears it.\n",
		.fn = cmd_dmesg,
	},
	{ .name = "free",
	  .summary = "show memory",
	  .usage = "  free [-b | -k | -m | -g | -h]\n",
	  .fn = cmd_free },
	{ .name = "slabinfo",
	  .summary = "show the slab caches",
	  .usage = "  slabinfo\n",
	  .fn = cmd_slabinfo },
	{ .name = "interrupts",
	  .summary = "count hard and soft interrupts",
	  .usage = "  interrupts\n",
	  .fn = cmd_interrupts },
	{ .name = "uptime",
	  .summary = "show the time and how long Skiff runs",
	  .usage = "  uptime\n",
	  .fn = cmd_uptime },
	{
		.name = "sysctl",
		.summary = "show or change settings",
		.usage = "  sysctl [-an]\n  sysctl [-n] NAME...\n  sysctl [-nqw] NAME=VALUE...\n",
		.fn = cmd_sysctl,
	},
	{
		.name = "loglevel",
		.summary = "show or set which log messages are printed",
		.usage = "  loglevel [0..8]\nMessages with a smaller level than this appear on the "
			 "console.\n",
		.fn = cmd_loglevel,
	},
	{ .name = "reboot", .summary = "start again", .usage = "  reboot\n", .fn = cmd_reboot },
	{ .name = "poweroff", .summary = "end", .usage = "  poweroff\n", .fn = cmd_poweroff },
};

void kernel_commands_init(void)
{
	console_register_all(kernel_commands, ARRAY_SIZE(kernel_commands));
}
