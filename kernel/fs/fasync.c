/* SPDX-License-Identifier: MIT */
/* SIGIO: who owns a file, what its owner is sent, and the lists of files with O_ASYNC that a pipe or a socket keeps. fcntl(2),
 * signal(7). */
#include <kernel/err.h>
#include <kernel/file.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <uapi/fcntl.h>
#include <uapi/poll.h>
#include "fs_internal.h"

/* Both change in process context with softirqs off, and are read in any but hardirq. */
struct fown_struct {
	struct task *task; /* referenced; NULL: nobody */
	int type;	   /* F_OWNER_x */
	int signum;	   /* F_SETSIG; 0: SIGIO without further words */
};

struct fasync_struct {
	struct fasync_struct *next;
	struct file *file;
	int fd; /* that O_ASYNC was set by last */
};

/* ---- the owner ---- */

/* The file's, which is made when first needed; NULL when out of memory. */
static struct fown_struct *fown_get(struct file *f)
{
	if (!f->f_owner)
		f->f_owner = kzalloc(sizeof(*f->f_owner), GFP_KERNEL);
	return f->f_owner;
}

void fown_free(struct file *f)
{
	struct fown_struct *own = f->f_owner;

	f->f_owner = NULL;
	if (own && own->task)
		task_put(own->task);
	kfree(own);
}

static int set_owner(struct file *f, pid_t pid, int type)
{
	struct task *task = pid ? task_find(pid) : NULL, *old;
	struct fown_struct *own;

	if (pid && !task)
		return -ESRCH;
	own = fown_get(f);
	if (!own) {
		if (task)
			task_put(task);
		return -ENOMEM;
	}
	local_bh_disable();
	old = own->task;
	own->task = task;
	own->type = type;
	local_bh_enable();
	if (old)
		task_put(old);
	return 0;
}

int f_setown(struct file *f, int who)
{
	if (who == INT_MIN)
		return -EINVAL;
	return who < 0 ? set_owner(f, -who, F_OWNER_PGRP) : set_owner(f, who, F_OWNER_PID);
}

static pid_t owner_pid(const struct file *f)
{
	const struct fown_struct *own = f->f_owner;

	return own && own->task && own->task->state != TASK_DEAD ? own->task->pid : 0;
}

int f_getown(const struct file *f)
{
	int pid = owner_pid(f);

	return pid && f->f_owner->type == F_OWNER_PGRP ? -pid : pid;
}

long f_setown_ex(struct file *f, const struct f_owner_ex __user *arg)
{
	struct f_owner_ex ex;

	if (copy_from_user(&ex, arg, sizeof(ex)))
		return -EFAULT;
	if (ex.type < F_OWNER_TID || ex.type > F_OWNER_PGRP)
		return -EINVAL;
	return set_owner(f, ex.pid, ex.type);
}

long f_getown_ex(const struct file *f, struct f_owner_ex __user *arg)
{
	struct f_owner_ex ex = { .type = f->f_owner ? f->f_owner->type : F_OWNER_TID,
				 .pid = owner_pid(f) };

	return copy_to_user(arg, &ex, sizeof(ex)) ? -EFAULT : 0;
}

int f_setsig(struct file *f, unsigned long sig)
{
	struct fown_struct *own;

	if (sig > _NSIG)
		return -EINVAL;
	own = fown_get(f);
	if (!own)
		return -ENOMEM;
	own->signum = (int)sig;
	return 0;
}

int f_getsig(const struct file *f)
{
	return f->f_owner ? f->f_owner->signum : 0;
}

/* ---- what is sent ---- */

/* Kernel threads are nobody's to signal, whoever names them. In the hosted build tasks that ask for a signal block it. */
static bool may_signal(const struct task *t, int sig)
{
	return t->process || ((t->blocked | t->sigwait) >> (sig - 1) & 1);
}

static void send_plain(struct task *t, int sig)
{
	if (may_signal(t, sig))
		send_sig(sig, t);
}

/* Signals whose si_code says something of their own. */
static bool has_codes(int sig)
{
	return sig == SIGILL || sig == SIGFPE || sig == SIGSEGV || sig == SIGBUS || sig == SIGTRAP ||
	       sig == SIGCHLD || sig == SIGSYS;
}

/* One that was asked for tells what happened; where it cannot be queued, SIGIO comes in its place. */
static void send_sigio(const struct fown_struct *own, int fd, int code)
{
	static const u64 bands[] = {
		[POLL_IN] = POLLIN | POLLRDNORM,
		[POLL_OUT] = POLLOUT | POLLWRNORM | POLLWRBAND,
		[POLL_MSG] = POLLIN | POLLRDNORM | POLLMSG,
		[POLL_ERR] = POLLERR,
		[POLL_PRI] = POLLPRI | POLLRDBAND,
		[POLL_HUP] = POLLHUP | POLLERR,
	};
	struct k_siginfo info = { .signo = own->signum,
				  .code = has_codes(own->signum) ? SI_SIGIO : code,
				  .poll = true,
				  .fd = fd,
				  .band = bands[code] };

	if (own->signum && may_signal(own->task, own->signum) &&
	    send_sig_info(own->signum, &info, own->task) != -EAGAIN)
		return;
	send_plain(own->task, SIGIO);
}

void kill_fasync(struct fasync_struct *list, int sig, int code)
{
	const struct fasync_struct *fa;

	for (fa = list; fa; fa = fa->next) {
		const struct fown_struct *own = fa->file->f_owner;

		/* SIGURG has gone to the owner by itself, but for who wants another signal. */
		if (own && own->task && (sig != SIGURG || own->signum))
			send_sigio(own, fa->fd, code);
	}
}

bool send_sigurg(const struct file *f)
{
	const struct fown_struct *own = f->f_owner;

	if (!own || !own->task)
		return false;
	send_plain(own->task, SIGURG);
	return true;
}

/* ---- who is told ---- */

static void fasync_remove(struct file *f, struct fasync_struct **list)
{
	struct fasync_struct **at, *fa;

	for (at = list; *at && (*at)->file != f; at = &(*at)->next)
		;
	fa = *at;
	if (fa) {
		local_bh_disable();
		*at = fa->next;
		local_bh_enable();
		kfree(fa);
	}
	f->f_flags &= ~FASYNC;
}

int fasync_helper(int fd, struct file *f, bool on, struct fasync_struct **list)
{
	struct fasync_struct *fa;

	if (!on) {
		fasync_remove(f, list);
		return 0;
	}
	for (fa = *list; fa && fa->file != f; fa = fa->next)
		;
	if (!fa) {
		fa = kzalloc(sizeof(*fa), GFP_KERNEL);
		if (!fa)
			return -ENOMEM;
		fa->file = f;
		fa->fd = fd;
		fa->next = *list;
		local_bh_disable();
		*list = fa;
		local_bh_enable();
	}
	fa->fd = fd;
	f->f_flags |= FASYNC;
	return 0;
}
