/* SPDX-License-Identifier: MIT */
/*
 * Files: struct file, struct inode, operations, descriptor tables, paths (kernel/fs). Book chapter 8.
 */
#ifndef KERNEL_FS_H
#define KERNEL_FS_H

#include <kernel/atomic.h>
#include <kernel/err.h>
#include <kernel/list.h>
#include <kernel/uio.h>
#include <uapi/fcntl.h>

struct file;
struct inode;
struct poll_table;
struct seq_file;
struct kstat;
struct page;

/* What an inode of a file system supplies. An inode without i_op belongs to its file's release operation, which frees it. */
struct inode_operations {
	void (*evict)(struct inode *inode); /* the last reference is gone: free it */
	int (*getattr)(struct inode *inode, struct kstat *st); /* corrects what was filled in from the inode; may be NULL */
};

struct inode {
	u64 i_ino;
	u32 i_mode; /* S_IFx and permissions */
	u32 i_rdev; /* devices: major << 8 | minor */
	u64 i_size;
	atomic_t i_count;
	void *i_private;
	const struct inode_operations *i_op;
	const struct file_operations *i_fop;
};

/* What serves an area of ring 3's memory that shows a file's own pages. Context: process. */
struct vm_operations {
	void (*open)(struct file *f); /* one area more: one was cut in two */
	void (*close)(struct file *f); /* one less */
	struct page *(*fault)(struct file *f, u64 off); /* the page at @off, with a reference; NULL: there is none */
};

struct file_operations {
	/* open - the file was opened by path (not by alloc_file); may be NULL. 0 or -errno. */
	int (*open)(struct inode *inode, struct file *f);
	/* read_iter, write_iter - bytes or -errno; file position in *pos (stream files ignore it). The iterator is theirs to use up:
	 * how far it has come tells nothing afterwards. Context: process, may sleep. */
	ssize_t (*read_iter)(struct file *f, struct iov_iter *to, loff_t *pos);
	ssize_t (*write_iter)(struct file *f, struct iov_iter *from, loff_t *pos);
	loff_t (*llseek)(struct file *f, loff_t off, int whence);
	/* poll - the mask of what is ready now; calls poll_wait on the queues that tell of a change. */
	unsigned int (*poll)(struct file *f, struct poll_table *pt);
	/* ioctl - @compat: the caller is 32-bit. -ENOTTY when unknown. */
	long (*ioctl)(struct file *f, unsigned int cmd, unsigned long arg, bool compat);
	/* mmap - the file's own pages shall be seen in one area of @len bytes (whole pages), from @off on: *ops serve it from now on,
	 * one close() included. 0 or -errno. NULL: no such pages. */
	int (*mmap)(struct file *f, u64 off, u64 len, const struct vm_operations **ops);
	/* release - the last reference is gone. */
	int (*release)(struct inode *inode, struct file *f);
	/* fasync - O_ASYNC is switched: the file comes to or leaves the lists of who is told (fasync_helper). @fd: by which
	 * descriptor, -1: the file ends. NULL: it has nothing to tell. 0 or -errno. */
	int (*fasync)(int fd, struct file *f, bool on);
	/* getdents - hand directory entries from f_pos on to the struct dir_context @ctx (kernel/fs/namei.c). */
	int (*getdents)(struct file *f, void *ctx);
};

struct file {
	atomic_t f_count;
	unsigned int f_flags; /* O_x */
	u8 f_mode; /* FMODE_x */
	loff_t f_pos;
	struct inode *f_inode;
	const struct file_operations *f_op;
	void *private_data; /* struct socket for sockets */
	struct list_head f_ep_links; /* epoll items that watch this file */
	struct seq_file *f_seq;
	struct fown_struct *f_owner; /* who gets SIGIO (kernel/fs/fasync.c); NULL: nobody yet */
};
#define FMODE_READ 1
#define FMODE_WRITE 2

/* alloc_file - a file over @inode (whose reference it takes) with one reference; ERR_PTR(-ENFILE) or ERR_PTR(-ENOMEM). */
struct file *alloc_file(struct inode *inode, unsigned int flags, const struct file_operations *fop);
/* alloc_anon_file - a file that no path names (epoll, eventfd), over an inode that all such share. ERR_PTR as alloc_file. */
struct file *alloc_anon_file(unsigned int flags, const struct file_operations *fop);
void get_file(struct file *f);
void fput(struct file *f); /* Context: process, may sleep */

/*
 * SIGIO and its like (kernel/fs/fasync.c). f_setown - @who owns the file: a process, with a minus a process group, 0: nobody.
 * 0, -ESRCH, -EINVAL, -ENOMEM. f_getown - the same way. Context: process.
 */
struct fasync_struct;
int f_setown(struct file *f, int who);
int f_getown(const struct file *f);
/* fasync_helper - @f comes to @list (or has another @fd now) or leaves it, and so does its flag. 0 or -ENOMEM. Context: process. */
int fasync_helper(int fd, struct file *f, bool on, struct fasync_struct **list);
/* kill_fasync - the owners of the files in @list get @sig, or what they asked for, which tells them @code (POLL_x).
 * send_sigurg - the owner gets SIGURG; false: there is none. Context: any but hardirq. */
void kill_fasync(struct fasync_struct *list, int sig, int code);
bool send_sigurg(const struct file *f);

/* iput - drop a reference to an inode; the last one evicts it. */
void iput(struct inode *inode);

/* Descriptor tables (kernel/fs/fdtable.c) of the current task. */
#define NR_OPEN_DEFAULT 1024 /* RLIMIT_NOFILE's default; the table grows up to 65536 */
struct files_struct *files_alloc(void);
void files_put(struct files_struct *files); /* closes all at the last reference */
struct file *fget(unsigned int fd); /* with a reference, or NULL */
int get_unused_fd_flags(unsigned int flags); /* O_CLOEXEC; -EMFILE, -ENOMEM */
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *f); /* consumes the reference */
int close_fd(unsigned int fd); /* 0 or -EBADF */

/* Opening by path, from inside the kernel: "/proc/net/arp", "/etc/resolv.conf". ERR_PTR on failure. Context: process. */
struct file *filp_open(const char *path, int flags, int mode);
/* vfs_lookup - what a path leads to, links followed; vfs_mksock - a new name for a socket, below the task's umask. With a reference
 * (iput), or ERR_PTR: -EEXIST and as open(2) has it. Context: process. */
struct inode *vfs_lookup(const char *path);
struct inode *vfs_mksock(const char *path);
ssize_t kernel_read(struct file *f, void *buf, size_t n);
ssize_t kernel_write(struct file *f, const void *buf, size_t n);
/* kernel_read_whole - read all of a file into a kmalloc'ed, NUL-terminated buffer (*buf, the caller kfrees). Length or -errno. */
ssize_t kernel_read_whole(const char *path, char **buf, size_t max);
/* kernel_write_whole - create or replace a file. 0 or -errno. */
int kernel_write_whole(const char *path, const void *buf, size_t n);

/* /proc files: show prints all the text; write (may be NULL) gets a NUL-terminated line. */
struct proc_entry;
struct proc_entry *proc_create(const char *path /* "net/arp" */, int (*show)(struct seq_file *m, void *data),
			       int (*write)(char *text, size_t len, void *data), void *data);
void proc_remove(struct proc_entry *e);

unsigned int get_next_ino(void);
/*
 * memory_for_ring3 - may a program have one page more, be it its own, a pipe's or a file's? No while only the kernel's reserve is
 * left: what it needs to go on, with packets in flight, when a program has eaten all the rest. Context: process.
 */
bool memory_for_ring3(void);
void fs_init(void); /* caches, root, /dev, /proc */
void root_init(void); /* unpack the built-in archive and the boot modules */

#endif
