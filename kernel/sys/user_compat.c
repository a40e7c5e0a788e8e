/* SPDX-License-Identifier: MIT */
/* System calls whose arguments an i386 program lays out in its own way: files and memory. */
#include <kernel/compat.h>
#include <kernel/file.h>
#include <kernel/stat.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include <uapi/sysinfo.h>
#include "user_internal.h"

/* A 64-bit number that came in two registers, the low word first. */
static s64 two_words(u32 low, u32 high)
{
	return (s64)((u64)high << 32 | low);
}

static int put_stat64(struct compat_stat64 __user *ubuf, const struct kstat *st)
{
	struct compat_stat64 s;

	memset(&s, 0, sizeof(s));
	s.st_dev = st->dev;
	s.__st_ino = (u32)st->ino;
	s.st_ino = st->ino;
	s.st_mode = st->mode;
	s.st_nlink = st->nlink;
	s.st_rdev = st->rdev;
	s.st_size = (s64)st->size;
	s.st_blksize = 4096;
	s.st_blocks = st->blocks;
	s.st_atime = s.st_mtime = s.st_ctime = (u32)(st->mtime_ns / NSEC_PER_SEC);
	s.st_atime_nsec = s.st_mtime_nsec = s.st_ctime_nsec = (u32)(st->mtime_ns % NSEC_PER_SEC);
	return copy_to_user(ubuf, &s, sizeof(s)) ? -EFAULT : 0;
}

long compat_sys_fstatat64(int dfd, const char __user *path, struct compat_stat64 __user *buf,
			  int flags)
{
	struct kstat st;
	int err = vfs_statat(dfd, path, flags, &st);

	return err ? err : put_stat64(buf, &st);
}

long compat_sys_stat64(const char __user *path, struct compat_stat64 __user *buf)
{
	return compat_sys_fstatat64(AT_FDCWD, path, buf, 0);
}

long compat_sys_lstat64(const char __user *path, struct compat_stat64 __user *buf)
{
	return compat_sys_fstatat64(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW);
}

long compat_sys_fstat64(unsigned int fd, struct compat_stat64 __user *buf)
{
	struct kstat st;
	int err = vfs_fstat(fd, &st);

	return err ? err : put_stat64(buf, &st);
}

long compat_sys_lseek(unsigned int fd, s32 off, int whence)
{
	loff_t ret = vfs_llseek(fd, off, whence);

	return ret > S32_MAX ? -EOVERFLOW : (long)ret;
}

long compat_sys_llseek(unsigned int fd, u32 high, u32 low, s64 __user *result, int whence)
{
	loff_t ret = vfs_llseek(fd, two_words(low, high), whence);

	if (ret < 0)
		return (long)ret;
	return put_user((s64)ret, result) ? -EFAULT : 0;
}

long compat_sys_pread64(unsigned int fd, void __user *buf, u32 count, u32 low, u32 high)
{
	return sys_pread64(fd, buf, count, two_words(low, high));
}

long compat_sys_pwrite64(unsigned int fd, const void __user *buf, u32 count, u32 low, u32 high)
{
	return sys_pwrite64(fd, buf, count, two_words(low, high));
}

long compat_sys_preadv(unsigned int fd, const struct compat_iovec __user *vec, u32 nr, u32 low,
		       u32 high)
{
	return do_pvector(fd, vec, nr, two_words(low, high), true, false);
}

long compat_sys_pwritev(unsigned int fd, const struct compat_iovec __user *vec, u32 nr, u32 low,
			u32 high)
{
	return do_pvector(fd, vec, nr, two_words(low, high), true, true);
}

long compat_sys_truncate64(const char __user *path, u32 low, u32 high)
{
	return sys_truncate(path, two_words(low, high));
}

long compat_sys_ftruncate64(unsigned int fd, u32 low, u32 high)
{
	return sys_ftruncate(fd, two_words(low, high));
}

long compat_sys_truncate(const char __user *path, s32 length)
{
	return sys_truncate(path, length);
}

long compat_sys_ftruncate(unsigned int fd, s32 length)
{
	return sys_ftruncate(fd, length);
}

long compat_sys_sendfile(int out_fd, int in_fd, s32 __user *upos, u32 count)
{
	loff_t pos;
	s32 narrow;
	long ret;

	if (!upos)
		return do_sendfile((unsigned int)out_fd, (unsigned int)in_fd, NULL, count);
	if (get_user(narrow, upos))
		return -EFAULT;
	pos = narrow;
	if (pos < 0)
		return -EINVAL;
	ret = do_sendfile((unsigned int)out_fd, (unsigned int)in_fd, &pos, count);
	return put_user((s32)pos, upos) ? -EFAULT : ret;
}

long compat_sys_mmap2(u32 addr, u32 len, int prot, int flags, int fd, u32 page)
{
	return do_mmap(addr, len, prot, flags, fd, (u64)page << PAGE_SHIFT);
}

/* compat_sys_mmap - the oldest form: one pointer to all six. */
long compat_sys_mmap(const struct compat_mmap_arg_struct __user *uarg)
{
	struct compat_mmap_arg_struct a;

	if (copy_from_user(&a, uarg, sizeof(a)))
		return -EFAULT;
	return do_mmap(a.addr, a.len, (int)a.prot, (int)a.flags, (int)a.fd, a.offset);
}

static u32 narrow_limit(u64 limit)
{
	return limit > 0xffffffffu ? 0xffffffffu : (u32)limit;
}

static u64 wide_limit(u32 limit)
{
	return limit == 0xffffffffu ? RLIM64_INFINITY : limit;
}

long compat_sys_getrlimit(unsigned int resource, struct compat_rlimit __user *urlim)
{
	struct rlimit64 old;
	struct compat_rlimit r;
	long err = do_prlimit(resource, NULL, &old);

	if (err)
		return err;
	r = (struct compat_rlimit){ narrow_limit(old.rlim_cur), narrow_limit(old.rlim_max) };
	return copy_to_user(urlim, &r, sizeof(r)) ? -EFAULT : 0;
}

long compat_sys_setrlimit(unsigned int resource, const struct compat_rlimit __user *urlim)
{
	struct compat_rlimit r;
	struct rlimit64 new;

	if (copy_from_user(&r, urlim, sizeof(r)))
		return -EFAULT;
	new = (struct rlimit64){ wide_limit(r.rlim_cur), wide_limit(r.rlim_max) };
	return do_prlimit(resource, &new, NULL);
}

long compat_sys_getrusage(int who, struct compat_rusage __user *uru)
{
	struct compat_rusage ru;
	u64 us = process_cpu_ns() / NSEC_PER_USEC;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != 1)
		return -EINVAL;
	memset(&ru, 0, sizeof(ru));
	if (who != RUSAGE_CHILDREN) {
		ru.ru_utime.tv_sec = (s32)(us / USEC_PER_SEC);
		ru.ru_utime.tv_usec = (s32)(us % USEC_PER_SEC);
	}
	return copy_to_user(uru, &ru, sizeof(ru)) ? -EFAULT : 0;
}

long compat_sys_sysinfo(struct compat_sysinfo __user *uinfo)
{
	struct sysinfo wide;
	struct compat_sysinfo s;
	u32 unit = 1;

	do_sysinfo(&wide);
	if (wide.totalram > 0xffffffffu)
		unit = PAGE_SIZE;
	memset(&s, 0, sizeof(s));
	s.uptime = (s32)wide.uptime;
	s.totalram = (u32)(wide.totalram / unit);
	s.freeram = (u32)(wide.freeram / unit);
	s.procs = wide.procs;
	s.mem_unit = unit;
	return copy_to_user(uinfo, &s, sizeof(s)) ? -EFAULT : 0;
}

long compat_sys_times(s32 __user *tms)
{
	s32 t[4] = { (s32)process_ticks(), 0, 0, 0 };

	return tms && copy_to_user(tms, t, sizeof(t)) ? -EFAULT : (long)(s32)uptime_ticks();
}

long compat_sys_sched_getaffinity(pid_t pid, u32 len, u32 __user *mask)
{
	if (len < sizeof(u32) || len % sizeof(u32))
		return -EINVAL;
	return put_user(1u, mask) ? -EFAULT : (long)sizeof(u32);
}

long compat_sys_futex(u32 __user *uaddr, int op, u32 value, const void __user *utime,
		      u32 __user *uaddr2, u32 bits)
{
	return futex_common(uaddr, op, value, utime, TIME_SPEC32, bits);
}
