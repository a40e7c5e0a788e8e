/* SPDX-License-Identifier: MIT */
/*
 * The functions behind the system calls (kernel/sys, kernel/fs, net/socket.c), as the tables name
 * them. Arguments arrive as ring 3 gave them; each function copies and checks its own. All return a
 * result or -errno. Context: process, may sleep.
 */
#ifndef KERNEL_SYSCALLS_H
#define KERNEL_SYSCALLS_H

#include <kernel/kernel.h>

struct compat_iovec;
struct compat_mmap_arg_struct;
struct compat_mmsghdr;
struct compat_msghdr;
struct compat_old_sigaction;
struct compat_rlimit;
struct compat_rusage;
struct compat_sel_arg_struct;
struct compat_sigaction;
struct compat_sigaltstack;
struct compat_siginfo;
struct compat_stat64;
struct compat_sysinfo;
struct epoll_event;
struct iovec;
struct itimerval;
struct new_utsname;
struct pollfd;
struct rlimit;
struct rlimit64;
struct rusage;
struct sigaction_64;
struct sigaltstack_64;
struct siginfo_64;
struct sockaddr;
struct stat_x86_64;
struct statx;
struct sysinfo;
struct timespec;
struct timeval;
struct timezone;
struct user_desc;
struct user_mmsghdr;
struct user_msghdr;

/* One row of a table; each function takes what it needs of the six words. */
typedef long (*syscall_fn)(long a, long b, long c, long d, long e, long f);
#define SYSCALL_FN(fn) ((syscall_fn)(void (*)(void))(fn))

/* The tables by number; a number without a function is not offered. Those of i386 are there where
 * ring 3 is. */
extern const syscall_fn sys_call_table_64[], sys_call_table_32[];
extern const unsigned long nr_syscalls_64; /* entry.S compares whole registers */
extern const unsigned int nr_syscalls_32;

/*
 * syscall_dispatch_64 - run x86-64 call @nr for the current task; the restart codes come back as
 * -EINTR. What the hosted library calls. Context: process.
 */
long syscall_dispatch_64(long nr, long a, long b, long c, long d, long e, long f);
/* syscall_unknown - the answer to a number that is not offered: -ENOSYS, and one line per number
 * and program. */
long syscall_unknown(unsigned int abi, long nr); /* @abi: 0 x86-64, 1 i386 */

/* Sockets: net/socket.c. Native (x86-64) layouts; a 32-bit task uses the compat_ ones where
 * structures differ. */
long sys_socket(int family, int type, int protocol);
long sys_socketpair(int family, int type, int protocol, int __user *usockvec);
long sys_bind(int fd, struct sockaddr __user *umyaddr, int addrlen);
long sys_listen(int fd, int backlog);
long sys_accept(int fd, struct sockaddr __user *upeer_sockaddr, int __user *upeer_addrlen);
long sys_accept4(int fd, struct sockaddr __user *upeer_sockaddr, int __user *upeer_addrlen,
		 int flags);
long sys_connect(int fd, struct sockaddr __user *uservaddr, int addrlen);
long sys_getsockname(int fd, struct sockaddr __user *usockaddr, int __user *usockaddr_len);
long sys_getpeername(int fd, struct sockaddr __user *usockaddr, int __user *usockaddr_len);
long sys_send(int fd, void __user *buff, size_t len, unsigned int flags);
long sys_sendto(int fd, void __user *buff, size_t len, unsigned int flags,
		struct sockaddr __user *addr, int addr_len);
long sys_recv(int fd, void __user *ubuf, size_t size, unsigned int flags);
long sys_recvfrom(int fd, void __user *ubuf, size_t size, unsigned int flags,
		  struct sockaddr __user *addr, int __user *addr_len);
long sys_setsockopt(int fd, int level, int optname, char __user *optval, int optlen);
long sys_getsockopt(int fd, int level, int optname, char __user *optval, int __user *optlen);
long sys_shutdown(int fd, int how);
long sys_sendmsg(int fd, struct user_msghdr __user *msg, unsigned int flags);
long sys_recvmsg(int fd, struct user_msghdr __user *msg, unsigned int flags);
long sys_sendmmsg(int fd, struct user_mmsghdr __user *mmsg, unsigned int vlen, unsigned int flags);
long sys_recvmmsg(int fd, struct user_mmsghdr __user *mmsg, unsigned int vlen, unsigned int flags,
		  struct timespec __user *timeout);
/* sys_socketcall - the multiplexer (book 12.10.3); @args holds native words. */
long sys_socketcall(int call, unsigned long __user *args);
/* compat_ - for a 32-bit task: @args holds 32-bit words, vectors and headers have 32-bit layout. */
long compat_sys_socketcall(int call, u32 __user *args);
long compat_sys_setsockopt(int fd, int level, int optname, char __user *optval, int optlen);
long compat_sys_getsockopt(int fd, int level, int optname, char __user *optval, int __user *optlen);
long compat_sys_sendmsg(int fd, struct compat_msghdr __user *msg, unsigned int flags);
long compat_sys_recvmsg(int fd, struct compat_msghdr __user *msg, unsigned int flags);
long compat_sys_sendmmsg(int fd, struct compat_mmsghdr __user *mmsg, unsigned int vlen,
			 unsigned int flags);
/* the timeout is a struct old_timespec32 (recvmmsg) or a struct __kernel_timespec (recvmmsg_time64)
 */
long compat_sys_recvmmsg(int fd, struct compat_mmsghdr __user *mmsg, unsigned int vlen,
			 unsigned int flags, void __user *timeout);
long compat_sys_recvmmsg_time64(int fd, struct compat_mmsghdr __user *mmsg, unsigned int vlen,
				unsigned int flags, void __user *timeout);

/* Descriptors: kernel/fs/fdtable.c. */
long sys_close(unsigned int fd);
long sys_close_range(unsigned int first, unsigned int last, unsigned int flags);
long sys_dup(unsigned int oldfd);
long sys_dup3(unsigned int oldfd, unsigned int newfd, int flags);
long sys_dup2(unsigned int oldfd, unsigned int newfd);

/* Opening: kernel/fs/namei.c. */
long sys_openat(int dfd, const char __user *upath, int flags, int mode);
long sys_open(const char __user *path, int flags, int mode);
long sys_creat(const char __user *path, int mode);

/* Directories: kernel/fs/dir.c. */
long sys_mkdirat(int dfd, const char __user *upath, int mode);
long sys_mkdir(const char __user *path, int mode);
long sys_symlinkat(const char __user *utarget, int dfd, const char __user *upath);
long sys_symlink(const char __user *target, const char __user *path);
long sys_unlinkat(int dfd, const char __user *upath, int flags);
long sys_unlink(const char __user *path);
long sys_rmdir(const char __user *path);
long sys_renameat2(int odfd, const char __user *opath, int ndfd, const char __user *npath,
		   unsigned int flags);
long sys_renameat(int odfd, const char __user *opath, int ndfd, const char __user *npath);
long sys_rename(const char __user *opath, const char __user *npath);
long sys_getdents64(unsigned int fd, void __user *dirent, unsigned int count);
long sys_chdir(const char __user *upath);
long sys_fchdir(int fd);
long sys_getcwd(char __user *buf, unsigned long size);

/* Attributes: kernel/fs/stat.c. */
long sys_newfstatat(int dfd, const char __user *path, struct stat_x86_64 __user *buf, int flags);
long sys_stat(const char __user *path, struct stat_x86_64 __user *buf);
long sys_lstat(const char __user *path, struct stat_x86_64 __user *buf);
long sys_fstat(unsigned int fd, struct stat_x86_64 __user *buf);
long sys_statx(int dfd, const char __user *path, unsigned int flags, unsigned int mask,
	       struct statx __user *ubuf);
long sys_faccessat(int dfd, const char __user *path, int mode);
long sys_faccessat2(int dfd, const char __user *path, int mode, int flags);
long sys_access(const char __user *path, int mode);
long sys_readlinkat(int dfd, const char __user *path, char __user *buf, int size);
long sys_readlink(const char __user *path, char __user *buf, int size);
long sys_fchmodat(int dfd, const char __user *path, int mode);
long sys_chmod(const char __user *path, int mode);
long sys_fchmod(unsigned int fd, int mode);
long sys_truncate(const char __user *path, s64 length);
long sys_ftruncate(unsigned int fd, s64 length);
long sys_fsync(unsigned int fd);
long sys_umask(int mask);

/* Reading and writing: kernel/fs/read_write.c. */
long sys_read(unsigned int fd, void __user *buf, size_t count);
long sys_write(unsigned int fd, const void __user *buf, size_t count);
long sys_readv(unsigned int fd, const struct iovec __user *vec, unsigned long nr);
long sys_writev(unsigned int fd, const struct iovec __user *vec, unsigned long nr);
long compat_sys_readv(unsigned int fd, const struct compat_iovec __user *vec, unsigned long nr);
long compat_sys_writev(unsigned int fd, const struct compat_iovec __user *vec, unsigned long nr);
long do_pvector(unsigned int fd, const void __user *vec, unsigned long nr, loff_t pos, bool compat,
		bool write);
long sys_preadv(unsigned int fd, const struct iovec __user *vec, unsigned long nr, loff_t pos);
long sys_pwritev(unsigned int fd, const struct iovec __user *vec, unsigned long nr, loff_t pos);
long sys_pread64(unsigned int fd, void __user *buf, size_t count, loff_t pos);
long sys_pwrite64(unsigned int fd, const void __user *buf, size_t count, loff_t pos);
loff_t vfs_llseek(unsigned int fd, loff_t off, int whence);
long sys_lseek(unsigned int fd, long off, int whence);
ssize_t do_sendfile(unsigned int out_fd, unsigned int in_fd, loff_t *pos, size_t count);
long sys_sendfile(int out_fd, int in_fd, loff_t __user *upos, size_t count);

/* fcntl, ioctl: kernel/fs/fcntl.c. */
long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg);
long do_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg, bool compat);
long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg);
long compat_sys_ioctl(unsigned int fd, unsigned int cmd, u32 arg);
long sys_flock(unsigned int fd, unsigned int cmd);

/* Pipes: kernel/fs/pipe.c. */
long sys_pipe2(int __user *ufd, int flags);
long sys_pipe(int __user *ufd);

/* eventfd, timerfd: kernel/fs/eventfd.c. */
long sys_eventfd2(unsigned int count, int flags);
long sys_eventfd(unsigned int count);
long sys_timerfd_create(int clock, int flags);

/* epoll: kernel/fs/eventpoll.c. */
long sys_epoll_ctl(int epfd, int op, int fd, struct epoll_event __user *uevent);
long sys_epoll_create1(int flags);
long sys_epoll_create(int size);

/* Waiting: kernel/fs/pollcalls.c. */
long sys_poll(struct pollfd __user *fds, unsigned int nfds, int timeout_ms);
long sys_ppoll(struct pollfd __user *fds, unsigned int nfds, void __user *tsp,
	       const void __user *mask, size_t size);
long sys_select(int n, void __user *in, void __user *out, void __user *ex, void __user *tvp);
long sys_pselect6(int n, void __user *in, void __user *out, void __user *ex, void __user *tsp,
		  const void __user *packed);
long sys_epoll_wait(int epfd, struct epoll_event __user *events, int maxevents, int timeout_ms);
long sys_epoll_pwait(int epfd, struct epoll_event __user *events, int maxevents, int timeout_ms,
		     const void __user *mask, size_t size);
long sys_epoll_pwait2(int epfd, struct epoll_event __user *events, int maxevents,
		      const void __user *tsp, const void __user *mask, size_t size);

/* Time: kernel/sys/time.c. */
long sys_clock_gettime(int clock, void __user *ts);
long sys_clock_getres(int clock, void __user *ts);
long sys_clock_settime(int clock, const void __user *ts);
long sys_gettimeofday(void __user *tv, struct timezone __user *utz);
long sys_time(long __user *tloc);
long sys_nanosleep(const void __user *req, void __user *rem);
long sys_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem);
long sys_setitimer(int which, const struct itimerval __user *new, struct itimerval __user *old);
long sys_getitimer(int which, struct itimerval __user *old);
long sys_alarm(unsigned int seconds);
long sys_timerfd_settime(int fd, int flags, const void __user *new, void __user *old);
long sys_timerfd_gettime(int fd, void __user *cur);

/* Small calls: kernel/sys/misc.c. */
long sys_uname(struct new_utsname __user *buf);
long sys_sethostname(const char __user *name, int len);
long sys_setdomainname(const char __user *name, int len);
long sys_getpid(void);
long sys_getppid(void);
long sys_zero(void);
long sys_getresuid(u32 __user *r, u32 __user *e, u32 __user *s);
long sys_getgroups(int size, u32 __user *list);
long sys_getpgid(pid_t pid);
long sys_setpgid(pid_t pid, pid_t pgid);
long sys_setsid(void);
long sys_sched_yield(void);
long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *mask);
long sys_getcpu(unsigned int __user *cpu, unsigned int __user *node);
long sys_getrandom(void __user *ubuf, size_t count, unsigned int flags);
long sys_sysinfo(struct sysinfo __user *uinfo);
long sys_prlimit64(pid_t pid, unsigned int resource, const struct rlimit64 __user *unew,
		   struct rlimit64 __user *uold);
long sys_getrlimit(unsigned int resource, struct rlimit64 __user *rlim);
long sys_setrlimit(unsigned int resource, const struct rlimit64 __user *rlim);
long sys_getrusage(int who, struct rusage __user *uru);
long sys_times(long __user *tms);
long sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
long sys_set_tid_address(int __user *tidptr);
long sys_set_robust_list(void __user *head, size_t len);
long sys_not_here(void);
long sys_wait_none(void);
long sys_syslog(int type, char __user *ubuf, int len);

/* Signals: kernel/sys/signal.c. */
long sys_rt_sigprocmask(int how, const u64 __user *uset, u64 __user *uold, size_t size);
long sys_rt_sigpending(u64 __user *uset, size_t size);
long sys_rt_sigsuspend(const u64 __user *uset, size_t size);
long sys_rt_sigtimedwait(const u64 __user *uset, struct siginfo_64 __user *uinfo,
			 const void __user *uts, size_t size);
long sys_rt_sigaction(int sig, const struct sigaction_64 __user *uact,
		      struct sigaction_64 __user *uold, size_t size);
long sys_pause(void);
long sys_restart_syscall(void);
long sys_kill(pid_t pid, int sig);
long sys_tkill(pid_t pid, int sig);
long sys_tgkill(pid_t tgid, pid_t pid, int sig);

/* Futexes: kernel/sys/futex.c. */
long sys_futex(u32 __user *uaddr, int op, u32 value, const void __user *utime, u32 __user *uaddr2,
	       u32 bits);

/* Memory: kernel/sys/user_mmap.c. */
long sys_brk(unsigned long brk);
long do_mmap(unsigned long addr, unsigned long len, int prot, int flags, int fd, u64 off);
long sys_mmap(unsigned long addr, unsigned long len, int prot, int flags, int fd,
	      unsigned long off);
long sys_munmap(unsigned long addr, unsigned long len);
long sys_mprotect(unsigned long addr, unsigned long len, int prot);
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr);
long sys_madvise(unsigned long addr, unsigned long len, int advice);

/* Processes: kernel/sys/user_process.c. */
long sys_exit(int status);
long sys_exit_group(int status);

/* The processor: kernel/sys/user_syscall.c. */
long sys_arch_prctl(int option, unsigned long addr);
long sys_set_thread_area(struct user_desc __user *udesc);
long sys_get_thread_area(struct user_desc __user *udesc);
long sys_reboot(unsigned int magic1, unsigned int magic2, unsigned int cmd, void __user *arg);

/* Signal stacks: kernel/sys/user_signal.c. */
long sys_sigaltstack(const struct sigaltstack_64 __user *unew, struct sigaltstack_64 __user *uold);

/* Back from a handler: kernel/sys/user_signal64.c. */
long sys_rt_sigreturn(void);

/* Signals of i386: kernel/sys/user_signal32.c. */
long compat_sys_sigreturn(void);
long compat_sys_rt_sigreturn(void);
long compat_sys_rt_sigtimedwait(const u64 __user *uset, struct compat_siginfo __user *uinfo,
				const void __user *uts, size_t size);
long compat_sys_rt_sigtimedwait_time64(const u64 __user *uset, struct compat_siginfo __user *uinfo,
				       const void __user *uts, size_t size);
long compat_sys_rt_sigaction(int sig, const struct compat_sigaction __user *uact,
			     struct compat_sigaction __user *uold, u32 size);
long compat_sys_sigaction(int sig, const struct compat_old_sigaction __user *uact,
			  struct compat_old_sigaction __user *uold);
long compat_sys_signal(int sig, u32 handler);
long compat_sys_sigprocmask(int how, const u32 __user *uset, u32 __user *uold);
long compat_sys_sigpending(u32 __user *uset);
long compat_sys_sigsuspend(int unused1, int unused2, u32 mask);
long compat_sys_sigaltstack(const struct compat_sigaltstack __user *unew,
			    struct compat_sigaltstack __user *uold);

/* Layouts of i386: kernel/sys/user_compat.c. */
long compat_sys_fstatat64(int dfd, const char __user *path, struct compat_stat64 __user *buf,
			  int flags);
long compat_sys_stat64(const char __user *path, struct compat_stat64 __user *buf);
long compat_sys_lstat64(const char __user *path, struct compat_stat64 __user *buf);
long compat_sys_fstat64(unsigned int fd, struct compat_stat64 __user *buf);
long compat_sys_lseek(unsigned int fd, s32 off, int whence);
long compat_sys_llseek(unsigned int fd, u32 high, u32 low, s64 __user *result, int whence);
long compat_sys_pread64(unsigned int fd, void __user *buf, u32 count, u32 low, u32 high);
long compat_sys_pwrite64(unsigned int fd, const void __user *buf, u32 count, u32 low, u32 high);
long compat_sys_preadv(unsigned int fd, const struct compat_iovec __user *vec, u32 nr, u32 low,
		       u32 high);
long compat_sys_pwritev(unsigned int fd, const struct compat_iovec __user *vec, u32 nr, u32 low,
			u32 high);
long compat_sys_truncate64(const char __user *path, u32 low, u32 high);
long compat_sys_ftruncate64(unsigned int fd, u32 low, u32 high);
long compat_sys_truncate(const char __user *path, s32 length);
long compat_sys_ftruncate(unsigned int fd, s32 length);
long compat_sys_sendfile(int out_fd, int in_fd, s32 __user *upos, u32 count);
long compat_sys_mmap2(u32 addr, u32 len, int prot, int flags, int fd, u32 page);
long compat_sys_mmap(const struct compat_mmap_arg_struct __user *uarg);
long compat_sys_getrlimit(unsigned int resource, struct compat_rlimit __user *urlim);
long compat_sys_setrlimit(unsigned int resource, const struct compat_rlimit __user *urlim);
long compat_sys_getrusage(int who, struct compat_rusage __user *uru);
long compat_sys_sysinfo(struct compat_sysinfo __user *uinfo);
long compat_sys_times(s32 __user *tms);
long compat_sys_sched_getaffinity(pid_t pid, u32 len, u32 __user *mask);
long compat_sys_futex(u32 __user *uaddr, int op, u32 value, const void __user *utime,
		      u32 __user *uaddr2, u32 bits);

/* Times of i386: kernel/sys/user_compat_time.c. */
long compat_sys_time(s32 __user *tloc);
long compat_sys_gettimeofday(void __user *tv, struct timezone __user *utz);
long compat_sys_clock_gettime(int clock, void __user *ts);
long compat_sys_clock_getres(int clock, void __user *ts);
long compat_sys_nanosleep(const void __user *req, void __user *rem);
long compat_sys_clock_nanosleep(int clock, int flags, const void __user *req, void __user *rem);
long compat_sys_setitimer(int which, const void __user *new, void __user *old);
long compat_sys_getitimer(int which, void __user *old);
long compat_sys_timerfd_settime(int fd, int flags, const void __user *new, void __user *old);
long compat_sys_timerfd_gettime(int fd, void __user *cur);
long compat_sys_ppoll(void __user *fds, unsigned int nfds, void __user *tsp,
		      const void __user *mask, u32 size);
long compat_sys_newselect(int n, void __user *in, void __user *out, void __user *ex,
			  void __user *tvp);
long compat_sys_select(const struct compat_sel_arg_struct __user *uarg);
long compat_sys_pselect6(int n, void __user *in, void __user *out, void __user *ex,
			 void __user *tsp, const void __user *packed);
long compat_sys_pselect6_time64(int n, void __user *in, void __user *out, void __user *ex,
				void __user *tsp, const void __user *packed);

#endif
