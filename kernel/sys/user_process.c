/* SPDX-License-Identifier: MIT */
/* The life of a ring-3 task: loading, the first step, the end. Book section 2.4. */
#include <asm/user.h>
#include <kernel/file.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include <uapi/limits.h>
#include <uapi/stat.h>
#include "user_internal.h"

#define STACK_LIMIT (8u << 20) /* RLIMIT_STACK's default */
#define CMDLINE_MAX 4096       /* of the arguments, what /proc keeps */

/* What the new task needs for its first step; it frees it. */
struct first_step {
	u64 ip, sp;
	bool is32;
};

static int first_step(void *arg)
{
	struct first_step step = *(struct first_step *)arg;
	struct pt_regs regs;

	kfree(arg);
	arch_start_thread(&regs, step.ip, step.sp, step.is32);
	arch_enter_user(&regs);
}

static void set_default_limits(struct process *p)
{
	unsigned int i;

	for (i = 0; i < RLIM_NLIMITS; i++)
		p->rlim[i] = (struct rlimit64){ RLIM64_INFINITY, RLIM64_INFINITY };
	p->rlim[RLIMIT_STACK].rlim_cur = STACK_LIMIT;
	p->rlim[RLIMIT_CORE].rlim_cur = 0;
	p->umask = 022;
}

static int keep_cmdline(struct process *p, char *const argv[])
{
	size_t len = 0, n;
	unsigned int i;

	p->cmdline = kmalloc(CMDLINE_MAX, GFP_KERNEL);
	if (!p->cmdline)
		return -ENOMEM;
	for (i = 0; argv[i]; i++) {
		n = strlen(argv[i]) + 1;
		if (n > CMDLINE_MAX - len)
			break;
		memcpy(p->cmdline + len, argv[i], n);
		len += n;
	}
	p->cmdline_len = len;
	return 0;
}

/* open_terminal - descriptors 0, 1 and 2 of a table that is not yet anybody's. */
static int open_terminal(struct files_struct *files)
{
	struct file *f = filp_open("/dev/console", O_RDWR, 0);
	unsigned int fd;

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	for (fd = 0; fd < 3; fd++) {
		get_file(f);
		files->fd[fd] = f;
		__set_bit(fd, files->open_fds);
	}
	files->next_fd = 3;
	fput(f);
	return 0;
}

static void process_free(struct process *p)
{
	if (p->mm)
		user_mm_free(p->mm);
	cwd_put(p);
	kfree(p->exe);
	kfree(p->cmdline);
	kfree(p);
}

static struct process *process_alloc(const char *path, char *const argv[], bool is32,
				     bool foreground)
{
	struct process *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	p->is32 = is32;
	p->foreground = foreground;
	p->exe = kstrdup(path, GFP_KERNEL);
	p->mm = user_mm_alloc(is32);
	set_default_limits(p);
	process_timer_init(p);
	if (!p->exe || !p->mm || keep_cmdline(p, argv)) {
		process_free(p);
		return NULL;
	}
	return p;
}

/* open_program - the file at @path, read and checked. */
static struct file *open_program(const char *path, struct elf_image *img)
{
	struct file *f = filp_open(path, O_RDONLY, 0);
	const char *why = NULL;
	int err;

	if (IS_ERR(f))
		return f;
	if (!S_ISREG(f->f_inode->i_mode) || !(f->f_inode->i_mode & 0111))
		err = -EACCES;
	else
		err = elf_parse(f, f->f_inode->i_size, img, &why);
	if (!err)
		return f;
	if (why)
		pr_err("%s: cannot be run: %s\n", path, why);
	fput(f);
	return ERR_PTR(err);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* make_task - a task around a loaded process; it has not run yet. */
static struct task *make_task(struct process *p, const struct first_step *step)
{
	struct first_step *copy = kmemdup(step, sizeof(*step), GFP_KERNEL);
	struct files_struct *files = files_alloc();
	struct task *t = ERR_PTR(-ENOMEM);
	int err;

	if (!copy || !files)
		goto fail;
	err = open_terminal(files);
	t = err ? ERR_PTR(err) : task_alloc(base_name(p->exe));
	if (IS_ERR(t))
		goto fail;
	t->fn = first_step;
	t->fn_arg = copy;
	t->files = files;
	t->process = p;
	t->thread.mm = &p->mm->arch;
	p->task = t;
	return t;
fail:
	kfree(copy);
	if (files)
		files_put(files);
	return t;
}

static struct task *start(const char *path, char *const argv[], bool foreground, bool announce_end)
{
	static char *const envp[] = { "HOME=/", "PATH=/bin", "TERM=vt100", NULL };
	struct elf_image *img = kmalloc(sizeof(*img), GFP_KERNEL);
	struct first_step step;
	struct process *p = NULL;
	struct task *t = ERR_PTR(-ENOMEM);
	struct file *f = NULL;
	int err;

	if (!img)
		return t;
	f = open_program(path, img);
	if (IS_ERR(f)) {
		kfree(img);
		return (void *)f;
	}
	p = process_alloc(path, argv, img->is32, foreground);
	err = p ? exec_load(p->mm, f, img, path, argv, envp, &step.ip, &step.sp) : -ENOMEM;
	step.is32 = img->is32;
	fput(f);
	kfree(img);
	t = err ? ERR_PTR(err) : make_task(p, &step);
	if (IS_ERR(t)) {
		if (p)
			process_free(p);
		return t;
	}
	p->announce_end = announce_end;
	proc_task_add(t);
	task_get(t);
	wake_up_process(t);
	return t;
}

struct task *process_start(const char *path, char *const argv[], bool foreground)
{
	return start(path, argv, foreground, false);
}

void do_exit(int code)
{
	struct process *p = current->process;
	int __user *tid = (int __user *)(unsigned long)p->clear_child_tid;
	unsigned long flags;

	p->exiting = true;
	hrtimer_cancel(&p->itimer);
	if (tid && !put_user(0, tid))
		futex_wake((unsigned long)tid, 1, ~0u);
	files_put(current->files);
	current->files = NULL;
	if (p->announce_end)
		pr_info("%s[%d]: ended with %s %d\n", current->comm, current->pid,
			code & 0x7f ? "signal" : "status", code & 0x7f ? code & 0x7f : code >> 8);
	proc_task_remove(current);
	arch_mm_switch(NULL);
	local_irq_save(flags); /* from here on it is a kernel task, which signals mean nothing to */
	current->process = NULL;
	flush_signals(current);
	local_irq_restore(flags);
	process_free(p);
	task_exit(code);
}

long sys_exit(int status)
{
	do_exit((status & 0xff) << 8);
}

/* sys_exit_group - a process has one thread. */
long sys_exit_group(int status)
{
	return sys_exit(status);
}

/* Room for "init=" with its path and for what follows "--". */
struct init_args {
	char path[256];
	char text[1024];
	char *argv[32];
};

static void split_args(struct init_args *a)
{
	char *rest = a->text, *word;
	unsigned int n = 0;

	a->argv[n++] = a->path;
	strscpy(a->text, cmdline_init_args() ? cmdline_init_args() : "", sizeof(a->text));
	while ((word = strsep(&rest, " \t")) && n < ARRAY_SIZE(a->argv) - 1)
		if (*word)
			a->argv[n++] = word;
	a->argv[n] = NULL;
}

static const char *start_fault(long err)
{
	switch (err) {
	case -ENOENT: return "there is no such file";
	case -EACCES: return "it is no program (no x permission)";
	case -ENOEXEC: return "it is no program that can run here";
	case -ENOMEM: return "there is not enough memory";
	default: return "it cannot be opened";
	}
}

void init_task_start(void)
{
	struct init_args *a = kzalloc(sizeof(*a), GFP_KERNEL);
	struct task *t;

	if (!a) {
		pr_err("init: no memory to start the task\n");
		return;
	}
	if (!cmdline_get("init", a->path, sizeof(a->path)) || !a->path[0])
		strscpy(a->path, boot_module_program() ? boot_module_program() : "/bin/echod",
			sizeof(a->path));
	if (strcmp(a->path, "none")) {
		split_args(a);
		t = start(a->path, a->argv, false, true);
		if (IS_ERR(t))
			pr_err("init: %s was not started: %s (init=none starts no task)\n", a->path,
			       start_fault(PTR_ERR(t)));
		else
			task_put(t);
	}
	kfree(a);
}
