/* SPDX-License-Identifier: MIT */
/* Small calls: who and where one is, limits, resources, random numbers, restarting the machine. */
#include <kernel/file.h>
#include <kernel/printk.h>
#include <kernel/process.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include <kernel/version.h>
#include <uapi/prctl.h>
#include <uapi/random.h>
#include <uapi/sysinfo.h>
#include <uapi/utsname.h>
#include "sys_internal.h"

static struct new_utsname utsname = {
	.sysname = UTS_SYSNAME,
	.nodename = UTS_NODENAME,
	.release = UTS_RELEASE,
	.version = UTS_VERSION,
	.machine = "x86_64",
	.domainname = "(none)",
};

const char *uts_nodename(void)
{
	return utsname.nodename;
}

void uts_set_nodename(const char *name)
{
	strscpy(utsname.nodename, name, sizeof(utsname.nodename));
}

void uts_set_domainname(const char *name)
{
	strscpy(utsname.domainname, name, sizeof(utsname.domainname));
}

long sys_uname(struct new_utsname __user *buf)
{
	return copy_to_user(buf, &utsname, sizeof(utsname)) ? -EFAULT : 0;
}

static long set_name(char *field, const char __user *name, int len)
{
	char buf[__NEW_UTS_LEN + 1] = { 0 };

	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(buf, name, (size_t)len))
		return -EFAULT;
	memcpy(field, buf, sizeof(buf));
	return 0;
}

long sys_sethostname(const char __user *name, int len)
{
	return set_name(utsname.nodename, name, len);
}

long sys_setdomainname(const char __user *name, int len)
{
	return set_name(utsname.domainname, name, len);
}

long sys_getpid(void)
{
	return current->pid;
}

long sys_getppid(void)
{
	return current->process ? current->process->ppid : 0;
}

/* sys_zero - root's answer: getuid and its kin, and what root may always set. */
long sys_zero(void)
{
	return 0;
}

long sys_getresuid(u32 __user *r, u32 __user *e, u32 __user *s)
{
	return put_user(0u, r) || put_user(0u, e) || put_user(0u, s) ? -EFAULT : 0;
}

long sys_getgroups(int size, u32 __user *list)
{
	return size < 0 ? -EINVAL : 0;
}

long sys_getpgid(pid_t pid)
{
	struct task *t = pid ? task_find(pid) : NULL;

	if (!pid)
		return current->pid;
	if (!t)
		return -ESRCH;
	task_put(t);
	return pid;
}

long sys_setpgid(pid_t pid, pid_t pgid)
{
	if (pgid < 0)
		return -EINVAL;
	return (!pid || pid == current->pid) && (!pgid || pgid == current->pid) ? 0 : -ESRCH;
}

long sys_setsid(void)
{
	return current->pid;
}

long sys_sched_yield(void)
{
	cond_resched();
	return 0;
}

long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *mask)
{
	unsigned long first = 1;

	if (len < sizeof(first) || len % sizeof(first))
		return -EINVAL;
	return put_user(first, mask) ? -EFAULT : (long)sizeof(first);
}

long sys_getcpu(unsigned int __user *cpu, unsigned int __user *node)
{
	return (cpu && put_user(0u, cpu)) || (node && put_user(0u, node)) ? -EFAULT : 0;
}

long sys_getrandom(void __user *ubuf, size_t count, unsigned int flags)
{
	u8 buf[256];
	size_t done = 0;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	count = min_t(size_t, count, MAX_RW_COUNT);
	while (done < count) {
		size_t n = min(sizeof(buf), count - done);

		get_random_bytes(buf, n);
		if (copy_to_user((u8 __user *)ubuf + done, buf, n))
			return done ? (long)done : -EFAULT;
		done += n;
		if (!(done & 0xffff)) {
			if (signal_pending(current))
				break;
			cond_resched();
		}
	}
	return (long)done;
}

static bool grow_task_count(struct task *t, void *n)
{
	++*(u16 *)n;
	return true;
}

void do_sysinfo(struct sysinfo *info)
{
	struct mem_stat mem;

	mem_stat_read(&mem);
	memset(info, 0, sizeof(*info));
	info->uptime = (long)(ktime_get_ns() / NSEC_PER_SEC);
	info->totalram = mem.total_pages * PAGE_SIZE;
	info->freeram = mem.free_pages * PAGE_SIZE;
	task_for_each(grow_task_count, &info->procs);
	info->mem_unit = 1;
}

long sys_sysinfo(struct sysinfo __user *uinfo)
{
	struct sysinfo info;

	do_sysinfo(&info);
	return copy_to_user(uinfo, &info, sizeof(info)) ? -EFAULT : 0;
}

long do_prlimit(unsigned int resource, const struct rlimit64 *new, struct rlimit64 *old)
{
	struct process *p = current->process;
	struct files_struct *files = current->files;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (new &&new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (resource == RLIMIT_NOFILE && files) {
		if (old)
			*old = (struct rlimit64){ files->nofile_soft, files->nofile_hard };
		if (!new)
			return 0;
		if (new->rlim_max > NR_OPEN_MAX)
			return -EPERM;
		files->nofile_soft = (unsigned int)new->rlim_cur;
		files->nofile_hard = (unsigned int)new->rlim_max;
		return 0;
	}
	if (old)
		*old = p ? p->rlim[resource]
			 : (struct rlimit64){ RLIM64_INFINITY, RLIM64_INFINITY };
	if (new &&p)
		p->rlim[resource] = *new;
	return 0;
}

long sys_prlimit64(pid_t pid, unsigned int resource, const struct rlimit64 __user *unew,
		   struct rlimit64 __user *uold)
{
	struct rlimit64 new, old;
	long err;

	if (pid && pid != current->pid)
		return -ESRCH;
	if (unew && copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	err = do_prlimit(resource, unew ? &new : NULL, &old);
	return !err && uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : err;
}

long sys_getrlimit(unsigned int resource, struct rlimit64 __user *rlim)
{
	return sys_prlimit64(0, resource, NULL,
			     rlim); /* the 64-bit struct rlimit is laid out alike */
}

long sys_setrlimit(unsigned int resource, const struct rlimit64 __user *rlim)
{
	struct rlimit64 new;

	return copy_from_user(&new, rlim, sizeof(new)) ? -EFAULT : do_prlimit(resource, &new, NULL);
}

long sys_getrusage(int who, struct rusage __user *uru)
{
	struct rusage ru;
	u64 us = process_cpu_ns() / NSEC_PER_USEC;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != 1)
		return -EINVAL;
	memset(&ru, 0, sizeof(ru));
	if (who != RUSAGE_CHILDREN) {
		ru.ru_utime.tv_sec = (long)(us / USEC_PER_SEC);
		ru.ru_utime.tv_usec = (long)(us % USEC_PER_SEC);
	}
	return copy_to_user(uru, &ru, sizeof(ru)) ? -EFAULT : 0;
}

long sys_times(long __user *tms)
{
	long t[4] = { (long)process_ticks(), 0, 0, 0 };

	return tms && copy_to_user(tms, t, sizeof(t)) ? -EFAULT : uptime_ticks();
}

long sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	char name[TASK_COMM_LEN] = { 0 };
	long n;

	switch (option) {
	case PR_SET_NAME:
		n = strncpy_from_user(name, (const char __user *)a, sizeof(name) - 1);
		if (n < 0)
			return n;
		memcpy(current->comm, name, sizeof(name));
		return 0;
	case PR_GET_NAME:
		return copy_to_user((char __user *)a, current->comm, sizeof(name)) ? -EFAULT : 0;
	case PR_SET_PDEATHSIG:
	case PR_SET_DUMPABLE:
	case PR_GET_DUMPABLE: return 0;
	default: return -EINVAL;
	}
}

long sys_set_tid_address(int __user *tidptr)
{
	if (current->process)
		current->process->clear_child_tid = (u64)(unsigned long)tidptr;
	return current->pid;
}

long sys_set_robust_list(void __user *head, size_t len)
{
	return 0; /* a list matters to other threads only, and there are none */
}

/* sys_not_here - calls that C libraries try and do well without: no line in the log. */
long sys_not_here(void)
{
	return -ENOSYS;
}

/* sys_wait_none - there are no children: fork is not offered. */
long sys_wait_none(void)
{
	return -ECHILD;
}

/* sys_syslog - reading the log (dmesg): SYSLOG_ACTION_READ_ALL, and the size of the buffer. */
long sys_syslog(int type, char __user *ubuf, int len)
{
	size_t n;
	u64 seq = 0;
	char *buf;

	if (type == 10) /* SYSLOG_ACTION_SIZE_BUFFER */
		return PAGE_SIZE * 16;
	if (type != 3) /* SYSLOG_ACTION_READ_ALL */
		return type >= 0 && type < 10 ? 0 : -EINVAL;
	if (len < 0)
		return -EINVAL;
	n = min_t(size_t, (size_t)len, PAGE_SIZE * 16);
	buf = kmalloc(n + 1, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	n = printk_read(&seq, buf, n);
	len = copy_to_user(ubuf, buf, n) ? -EFAULT : (int)n;
	kfree(buf);
	return len;
}
