/* SPDX-License-Identifier: MIT */
/* What the files of kernel/fs share: the tree of names, and the steps of starting. */
#ifndef FS_INTERNAL_H
#define FS_INTERNAL_H

#include <kernel/fs.h>
#include <kernel/stat.h>
#include <uapi/limits.h>

struct f_owner_ex;
struct page;

/* fasync.c: fcntl's words on who gets SIGIO, and what in its place. 0 or -errno; fown_free - the file ends. */
long f_setown_ex(struct file *f, const struct f_owner_ex __user *arg);
long f_getown_ex(const struct file *f, struct f_owner_ex __user *arg);
int f_setsig(struct file *f, unsigned long sig);
int f_getsig(const struct file *f);
void fown_free(struct file *f);

/*
 * A name in the one tree that holds the root archive, /dev and /proc: name and inode in one, since
 * there are no hard links. The tree holds one reference to each node in it (and with it keeps the
 * parent), an open file another. Only process context touches it, nothing that does so sleeps, and
 * the kernel is not preempted: it needs no lock.
 */
struct node {
	struct inode inode;	  /* i_private: a device's or /proc file's own */
	struct node *parent;	  /* the root is its own; NULL once unlinked */
	struct list_head sibling; /* in the parent's children */
	struct list_head children;
	char *name; /* [I] */
	u64 mtime_ns;
	bool fixed; /* ring 3 changes no names here (/proc); children inherit it */
	/* Contents of a regular file: first what lies in an archive, where it stays; pages once it
	 * is written. */
	const u8 *rom;
	size_t rom_len;
	struct page **pages; /* nr_pages entries; NULL entries read as zeros */
	size_t nr_pages;
	char *link; /* symbolic link: where it leads */
	int (*get_link)(struct node *node, char *buf,
			size_t size);	    /* the same, made up at each look */
	void (*populate)(struct node *dir); /* brings a directory's children up to date before it is
					       searched */
};

static inline struct node *node_of(struct inode *inode)
{
	return container_of(inode, struct node, inode);
}
static inline bool node_is_dir(const struct node *n)
{
	return S_ISDIR(n->inode.i_mode);
}

extern struct node *root_node;

/* node_add - a new child of @dir; ERR_PTR(-EEXIST, -ENAMETOOLONG, -ENOMEM). The pointer is borrowed
 * from the tree. */
struct node *node_add(struct node *dir, const char *name, size_t len, u32 mode);
struct node *node_add_device(struct node *dir, const char *name, u32 rdev,
			     const struct file_operations *fop);
/* node_find - child by name, or NULL. */
struct node *node_find(struct node *dir, const char *name, size_t len);
/* node_remove - take it out of the tree; children must be gone. The last reference frees it. */
void node_remove(struct node *node);
/* node_truncate - change the size of a regular file. 0, -ENOSPC, -EFBIG. */
int node_truncate(struct node *node, u64 size);
/* node_mkdirs - the directory at the path (with intermediate ones) below @dir; ERR_PTR on failure.
 */
struct node *node_mkdirs(struct node *dir, const char *path, size_t len);
/* node_set_rom - the contents lie at @data, which stays. */
void node_set_rom(struct node *node, const void *data, size_t len);
/* node_path - the absolute path of a directory; its length, or -ERANGE, -ENOENT. */
int node_path(struct node *node, char *buf, size_t size);

#define LOOKUP_FOLLOW 1u /* a symbolic link at the end is followed */
#define LOOKUP_PARENT 2u /* stop at the directory of the last name; *last, *last_len tell it */
/*
 * path_walk - resolve @path from @start (NULL: the task's current directory). A node of the tree,
 * borrowed, or ERR_PTR. With LOOKUP_PARENT @last points into a buffer of @w.
 */
struct path_walk {
	unsigned int flags;
	unsigned int links; /* symbolic links followed so far */
	const char *last;
	size_t last_len;
	bool last_slash; /* the path ended in '/' */
	char *link_buf;	 /* the rest of a path that went through a link; freed by path_walk_end */
};
struct node *path_walk(struct node *start, const char *path, struct path_walk *w);
void path_walk_end(struct path_walk *w);

/* What getdents of each width hands out; false: the buffer is full. */
struct dir_context {
	bool (*emit)(struct dir_context *ctx, const char *name, size_t len, u64 ino, u8 type,
		     u64 next);
};

extern const struct file_operations dir_file_ops, ramfs_file_ops;
extern const struct inode_operations node_inode_ops;

/* cpio_unpack - newc archive over the root; the files' contents stay where they are. Entries taken;
 * never fails whole. */
unsigned int cpio_unpack(const void *data, size_t len, const char *label);

void file_cache_init(void);
void tree_init(void);
void dev_init(void);
void proc_init(void);
void proc_sys_init(void);
void eventpoll_init(void);
void pipe_init(void);
unsigned int files_open(unsigned int *limit); /* files open in the whole system, and how many may be */

long dup_from(unsigned int oldfd, unsigned int start, unsigned int flags); /* fdtable.c */
long pipe_size(struct file *f); /* capacity in bytes, -EBADF for another kind of file */

#endif
