/* SPDX-License-Identifier: MIT */
/* /proc files of the kernel itself: memory, time, interrupts, tasks. Book section 10.1. */
#include <asm/clock.h>
#include <kernel/interrupt.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/process.h>
#include <kernel/seq_file.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/version.h>
#include "fs_internal.h"

#define USER_HZ 100 /* units of times that ring 3 sees in /proc */

static u64 cycles_to_ticks(u64 cycles)
{
	u64 per_tick = arch_cycles_per_sec() / USER_HZ;

	return per_tick ? cycles / per_tick : 0;
}

static int meminfo_show(struct seq_file *m, void *unused)
{
	const u64 kib = PAGE_SIZE / 1024;
	struct mem_stat s;

	mem_stat_read(&s);
	seq_printf(m, "MemTotal:       %8llu kB\n", s.total_pages * kib);
	seq_printf(m, "MemFree:        %8llu kB\n", s.free_pages * kib);
	seq_printf(m, "MemAvailable:   %8llu kB\n",
		   (s.free_pages - min(s.free_pages, s.reserved_pages)) * kib);
	seq_printf(m, "Slab:           %8llu kB\n", s.slab_pages * kib);
	seq_printf(m, "AllocFailed:    %8llu\n", s.alloc_failed);
	return 0;
}

static int uptime_show(struct seq_file *m, void *unused)
{
	u64 cycles[CPU_NR_CONTEXTS], idle_ticks, up_ns = ktime_get_ns();

	cpu_account_read(cycles);
	idle_ticks = cycles_to_ticks(cycles[CPU_IDLE]);
	seq_printf(m, "%llu.%02llu %llu.%02llu\n", up_ns / NSEC_PER_SEC,
		   up_ns / (NSEC_PER_SEC / 100) % 100, idle_ticks / USER_HZ, idle_ticks % USER_HZ);
	return 0;
}

static int version_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%s version %s (gcc %s) %s\n", UTS_SYSNAME, UTS_RELEASE, __VERSION__,
		   UTS_VERSION);
	return 0;
}

static int cmdline_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%s\n", cmdline_whole());
	return 0;
}

static int stat_show(struct seq_file *m, void *unused)
{
	u64 cycles[CPU_NR_CONTEXTS], t[CPU_NR_CONTEXTS];
	unsigned int i;

	cpu_account_read(cycles);
	for (i = 0; i < CPU_NR_CONTEXTS; i++)
		t[i] = cycles_to_ticks(cycles[i]);
	/* user nice system idle iowait irq softirq */
	seq_printf(m, "cpu  %llu 0 %llu %llu 0 %llu %llu 0 0 0\n", t[CPU_USER], t[CPU_KERNEL],
		   t[CPU_IDLE], t[CPU_HARDIRQ], t[CPU_SOFTIRQ]);
	seq_printf(m, "cpu0 %llu 0 %llu %llu 0 %llu %llu 0 0 0\n", t[CPU_USER], t[CPU_KERNEL],
		   t[CPU_IDLE], t[CPU_HARDIRQ], t[CPU_SOFTIRQ]);
	seq_printf(m, "btime %llu\n", (ktime_get_real() - ktime_get_ns()) / NSEC_PER_SEC);
	return 0;
}

static int kmsg_show(struct seq_file *m, void *unused)
{
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	u64 seq = 0;
	size_t n;

	if (!buf)
		return -ENOMEM;
	while ((n = printk_read(&seq, buf, PAGE_SIZE)) && !m->failed)
		seq_write(m, buf, n);
	kfree(buf);
	return 0;
}

static int filesystems_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "nodev\trootfs\nnodev\tproc\n");
	return 0;
}

static int mounts_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "rootfs / rootfs rw 0 0\nproc /proc proc rw 0 0\n");
	return 0;
}

/* file-nr - open, free, the most there may be */
static int file_nr_show(struct seq_file *m, void *unused)
{
	unsigned int limit, open = files_open(&limit);

	seq_printf(m, "%u\t0\t%u\n", open, limit);
	return 0;
}

static char state_letter(const struct task *t)
{
	switch (t->state) {
	case TASK_RUNNING: return 'R';
	case TASK_INTERRUPTIBLE: return 'S';
	case TASK_UNINTERRUPTIBLE: return 'D';
	default: return 'Z';
	}
}

static u64 start_ticks(const struct task *t)
{
	return t->start_ns / (NSEC_PER_SEC / USER_HZ);
}

static bool task_line(struct task *t, void *arg)
{
	u64 cpu_ms = cycles_to_ticks(t->cpu_cycles) * (1000 / USER_HZ);

	seq_printf(arg, "%5d %c %-4s %6llu.%03llu %s\n", t->pid, state_letter(t),
		   t->process ? (t->process->is32 ? "i386" : "x64") : "k", cpu_ms / 1000,
		   cpu_ms % 1000, t->comm);
	return true;
}

/* /proc/tasks - every task, kernel threads too: what the console's ps reads */
static int tasks_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "  PID S MODE       TIME COMMAND\n");
	task_for_each(task_line, m);
	return 0;
}

static int task_stat_show(struct seq_file *m, void *data)
{
	struct task *t = data;
	struct process *p = t->process;

	seq_printf(m, "%d (%s) %c %d %d %d 0 -1 0 0 0 0 0 %llu 0 0 0 20 0 1 0 %llu 0 0\n", t->pid,
		   t->comm, state_letter(t), p ? p->ppid : 0, t->pid, t->pid,
		   cycles_to_ticks(t->cpu_cycles), start_ticks(t));
	return 0;
}

static int task_status_show(struct seq_file *m, void *data)
{
	struct task *t = data;
	struct process *p = t->process;

	seq_printf(m, "Name:\t%s\nState:\t%c\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", t->comm,
		   state_letter(t), t->pid, t->pid, p ? p->ppid : 0);
	seq_printf(m, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
	seq_printf(m, "SigPnd:\t%016llx\nSigBlk:\t%016llx\n", t->signal_pending_mask, t->blocked);
	return 0;
}

static int task_cmdline_show(struct seq_file *m, void *data)
{
	struct process *p = ((struct task *)data)->process;

	if (p && p->cmdline)
		seq_write(m, p->cmdline, p->cmdline_len);
	return 0;
}

static int task_comm_show(struct seq_file *m, void *data)
{
	seq_printf(m, "%s\n", ((struct task *)data)->comm);
	return 0;
}

static const struct {
	const char *name;
	int (*show)(struct seq_file *m, void *data);
} task_files[] = {
	{ "stat", task_stat_show },
	{ "status", task_status_show },
	{ "cmdline", task_cmdline_show },
	{ "comm", task_comm_show },
};

void proc_task_add(struct task *t)
{
	unsigned int i;
	char path[32];

	BUILD_BUG_ON(ARRAY_SIZE(task_files) != ARRAY_SIZE(t->process->proc));
	for (i = 0; i < ARRAY_SIZE(task_files); i++) {
		snprintf(path, sizeof(path), "%d/%s", t->pid, task_files[i].name);
		t->process->proc[i] = proc_create(path, task_files[i].show, NULL, t);
	}
}

void proc_task_remove(struct task *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(task_files); i++) {
		proc_remove(t->process->proc[i]);
		t->process->proc[i] = NULL;
	}
}

static int self_link(struct node *n, char *buf, size_t size)
{
	if (!current->process)
		return -ENOENT;
	snprintf(buf, size, "%d", current->pid);
	return 0;
}

static const struct {
	const char *name;
	int (*show)(struct seq_file *m, void *data);
} files[] = {
	{ "meminfo", meminfo_show },
	{ "uptime", uptime_show },
	{ "version", version_show },
	{ "cmdline", cmdline_show },
	{ "stat", stat_show },
	{ "kmsg", kmsg_show },
	{ "filesystems", filesystems_show },
	{ "mounts", mounts_show },
	{ "tasks", tasks_show },
	{ "interrupts", interrupts_show },
	{ "softirqs", softirqs_show },
	{ "slabinfo", slabinfo_show },
	{ "sys/fs/file-nr", file_nr_show },
};

void proc_files_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		proc_create(files[i].name, files[i].show, NULL, NULL);
	proc_symlink("self", self_link);
}
