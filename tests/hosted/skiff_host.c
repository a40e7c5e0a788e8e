/* SPDX-License-Identifier: MIT */
/* The library's face: skiff_host.h on top of the hosted machine. */
#include <asm/clock.h>
#include <drivers/drivers.h>
#include <kernel/console.h>
#include <kernel/err.h>
#include <kernel/file.h>
#include <kernel/fs.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/process.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/sysctl.h>
#include <kernel/syscalls.h>
#include <net/net.h>

#include "host_os.h"
#include "hosted.h"
#include "skiff_host.h"
#include "skiff_test.h"

#define COMMAND_LIMIT_NS (3600 * NSEC_PER_SEC)

static struct task *host_task; /* the host program's own context: the idle task */

static bool in_task(void)
{
	return current != host_task;
}

/* start_rest - what kernel/main.c starts in a task of its own. */
static int start_rest(void *unused)
{
	fs_init();
	console_init();
	printk_set_sink(NULL); /* no terminal: the log goes straight to standard error */
	net_init();
	loopback_init();
	sysctl_boot(true);
	return 0;
}

void skiff_boot(const char *cmdline)
{
	BUG_ON(host_task);
	hosted_boot_core(cmdline ? cmdline : "");
	host_task = current;
	if (IS_ERR(kthread_run(start_rest, NULL, "boot")))
		panic("hosted: no memory to boot");
	hosted_settle();
}

u64 skiff_now(void)
{
	return hosted_now_ns;
}

void skiff_run(u64 until_ns)
{
	if (WARN_ON(in_task()))
		return;
	hosted_run(until_ns);
}

u64 skiff_next(void)
{
	return hosted_next();
}

/* ---- tasks ---- */

struct host_fn {
	void (*fn)(void *);
	void *arg;
};

static void close_all(void)
{
	struct files_struct *files = current->files;

	current->files = NULL;
	if (files)
		files_put(files);
}

static int host_task_body(void *data)
{
	struct host_fn f = *(struct host_fn *)data;

	kfree(data);
	f.fn(f.arg);
	close_all();
	return 0;
}

/* A task has no process around it, so exit_group(2) ends one task too. */
long sys_exit(int status)
{
	close_all();
	task_exit((status & 0xff) << 8);
}

long sys_exit_group(int status)
{
	return sys_exit(status);
}

/* open_standard_files - 0, 1 and 2, as every program expects them. */
static void open_standard_files(struct files_struct *files)
{
	struct files_struct *mine = current->files;
	struct file *f;
	int fd, i;

	current->files = files;
	for (i = 0; i < 3; i++) {
		f = filp_open("/dev/null", O_RDWR, 0);
		if (IS_ERR(f))
			break;
		fd = get_unused_fd_flags(0);
		if (fd < 0) {
			fput(f);
			break;
		}
		fd_install((unsigned int)fd, f);
	}
	current->files = mine;
}

/* descriptors - shared with the starting task, or new. */
static struct files_struct *descriptors(void)
{
	struct files_struct *files = current->files;

	if (files) {
		atomic_inc(&files->count);
		return files;
	}
	files = files_alloc();
	if (files)
		open_standard_files(files);
	return files;
}

int skiff_task_start(void (*fn)(void *), void *arg)
{
	struct host_fn *f;
	struct task *t;

	if (!fn)
		return -EINVAL;
	f = kmalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->fn = fn;
	f->arg = arg;
	t = task_alloc("task");
	if (IS_ERR(t)) {
		kfree(f);
		return (int)PTR_ERR(t);
	}
	t->files = descriptors();
	if (!t->files) {
		task_discard(t);
		kfree(f);
		return -ENOMEM;
	}
	t->net = current->net;
	t->fn = host_task_body;
	t->fn_arg = f;
	wake_up_process(t);
	return t->pid;
}

long skiff_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	if (!in_task())
		return -EPERM;
	return syscall_dispatch_64(nr, a, b, c, d, e, f);
}

/* ---- console commands ---- */

struct command {
	const char *line;
	char *out;
	size_t cap, len;
};

static void take_output(void *arg, const char *text, size_t n)
{
	struct command *c = arg;
	size_t room = c->cap && c->len < c->cap - 1 ? c->cap - 1 - c->len : 0;

	if (room)
		memcpy(c->out + c->len, text, min(n, room));
	c->len += n;
}

static int command_body(void *arg)
{
	struct command *c = arg;

	return console_run_line(c->line, take_output, c);
}

size_t skiff_command(const char *line, char *out, size_t cap)
{
	struct command c = { .line = line ? line : "", .out = out, .cap = out ? cap : 0 };
	u64 limit = hosted_now_ns + COMMAND_LIMIT_NS;
	struct task *t;

	if (in_task()) {
		command_body(&c);
	} else {
		host_catch_faults();
		t = kthread_run(command_body, &c, "command");
		if (IS_ERR(t))
			return 0;
		task_get(t);
		hosted_settle(); /* most commands end without time passing */
		while (t->state != TASK_DEAD && hosted_step(limit))
			hosted_settle();
		while (t->state != TASK_DEAD) { /* as Ctrl-C would */
			con_interrupt(t);
			if (!hosted_step(~0ull - 1))
				break;
		}
		if (t->state != TASK_DEAD)
			panic("hosted: the command `%s` waits for what never comes", c.line);
		task_put(t);
	}
	if (c.cap)
		out[min(c.len, c.cap - 1)] = '\0';
	return c.len;
}

/* ---- for tests ---- */

void skiff_fail_alloc(unsigned long nth, unsigned int ppm, u64 seed)
{
	hosted_fail_alloc(nth, ppm, seed);
}

unsigned int skiff_warnings(void)
{
	return warn_count();
}

u64 skiff_memory_used(void)
{
	struct mem_stat s;

	kmem_cache_reap();
	mem_stat_read(&s);
	return (s.total_pages - s.free_pages) << PAGE_SHIFT;
}

/* ---- what only a machine with ring 3 has ---- */

struct task *process_start(const char *path, char *const argv[], bool foreground)
{
	return ERR_PTR(-ENOEXEC);
}
