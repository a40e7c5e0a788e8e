/* SPDX-License-Identifier: MIT */
/* Paths: walking the tree of names, and opening what is found there. Book section 8.4.2. */
#include <kernel/file.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include "namei_internal.h"

#define MAXSYMLINKS 40 /* followed in one walk (ELOOP beyond), as in Linux */

struct node *task_cwd(void)
{
	struct process *p = current->process;

	return p && p->cwd ? p->cwd : root_node;
}

static int link_text(struct node *n, char *buf, size_t size)
{
	if (n->get_link)
		return n->get_link(n, buf, size);
	return strscpy(buf, n->link, size) < 0 ? -ENAMETOOLONG : 0;
}

int node_readlink(struct node *n, char *buf, size_t size)
{
	if (!S_ISLNK(n->inode.i_mode))
		return -EINVAL;
	return link_text(n, buf, size);
}

/* follow - the walk goes on with the text of link @n and then @rest, which become w->link_buf. */
static int follow(struct node *n, const char *rest, struct path_walk *w)
{
	char *buf;
	size_t len;
	int err;

	if (++w->links > MAXSYMLINKS)
		return -ELOOP;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	err = link_text(n, buf, PATH_MAX);
	len = err ? 0 : strlen(buf);
	if (!err && len + strlen(rest) + 2 > PATH_MAX)
		err = -ENAMETOOLONG;
	if (!err && !len)
		err = -ENOENT;
	if (err) {
		kfree(buf);
		return err;
	}
	memcpy(buf + len, rest, strlen(rest) + 1); /* empty, or begins with a slash */
	kfree(w->link_buf);
	w->link_buf = buf;
	return 0;
}

/* step - the child of @dir that one component of a path names. */
static struct node *step(struct node *dir, const char *name, size_t len)
{
	struct node *child;

	if (len == 1 && name[0] == '.')
		return dir;
	if (len == 2 && name[0] == '.' && name[1] == '.')
		return dir->parent ? dir->parent : dir;
	child = node_find(dir, name, len);
	return child ? child : ERR_PTR(-ENOENT);
}

struct node *path_walk(struct node *start, const char *path, struct path_walk *w)
{
	struct node *node = *path == '/' ? root_node : start ? start : task_cwd();

	if (!*path)
		return ERR_PTR(-ENOENT);
	for (;;) {
		const char *name = path + strspn(path, "/"), *rest;
		size_t len = strcspn(name, "/");
		struct node *next;
		bool final;
		int err;

		w->last_slash = name != path && !*name;
		if (!*name)
			return w->last_slash && !node_is_dir(node) ? ERR_PTR(-ENOTDIR) : node;
		rest = name + len;
		final = !rest[strspn(rest, "/")];
		if (len > NAME_MAX)
			return ERR_PTR(-ENAMETOOLONG);
		if (!node_is_dir(node))
			return ERR_PTR(-ENOTDIR);
		if (node->populate)
			node->populate(node);
		if (final && (w->flags & LOOKUP_PARENT)) {
			w->last = name;
			w->last_len = len;
			w->last_slash = *rest == '/';
			return node;
		}
		next = step(node, name, len);
		if (IS_ERR(next))
			return next;
		path = rest;
		if (!S_ISLNK(next->inode.i_mode) ||
		    (final && !*rest && !(w->flags & LOOKUP_FOLLOW))) {
			node = next;
			continue;
		}
		err = follow(next, rest, w);
		if (err)
			return ERR_PTR(err);
		path = w->link_buf;
		if (*path == '/')
			node = root_node;
	}
}

void path_walk_end(struct path_walk *w)
{
	kfree(w->link_buf);
	w->link_buf = NULL;
}

int node_path(struct node *n, char *buf, size_t size)
{
	size_t at = size;

	if (!size)
		return -ERANGE;
	buf[--at] = 0;
	for (; n != root_node; n = n->parent) {
		size_t len;

		if (!n->parent)
			return -ENOENT; /* removed while it was somebody's current directory */
		len = strlen(n->name);
		if (at < len + 1)
			return -ERANGE;
		at -= len;
		memcpy(buf + at, n->name, len);
		buf[--at] = '/';
	}
	if (at == size - 1) {
		if (!at)
			return -ERANGE;
		buf[--at] = '/';
	}
	memmove(buf, buf + at, size - at);
	return (int)(size - at - 1);
}

/* create - the regular file that open(O_CREAT) makes. */
static struct node *create(struct node *start, const char *path, int mode)
{
	struct path_walk w = { .flags = LOOKUP_PARENT };
	struct node *dir = path_walk(start, path, &w), *n = dir;

	if (IS_ERR(dir))
		goto out;
	if (w.last_slash)
		n = ERR_PTR(-EISDIR);
	else if (!dir->parent || dir->fixed)
		n = ERR_PTR(dir->fixed ? -EACCES : -ENOENT);
	else
		n = node_add(dir, w.last, w.last_len, S_IFREG | (mode & 07777 & ~task_umask()));
	if (PTR_ERR(n) == -EEXIST)
		n = ERR_PTR(-ENOENT); /* a link that leads nowhere */
out:
	path_walk_end(&w);
	return n;
}

/* may_open - does what was found fit the flags? */
static int may_open(struct node *n, unsigned int flags)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY;

	if (flags & O_PATH)
		return (flags & O_DIRECTORY) && !node_is_dir(n) ? -ENOTDIR : 0;
	if (S_ISLNK(n->inode.i_mode))
		return -ELOOP;
	if (node_is_dir(n))
		return writes || (flags & O_TRUNC) ? -EISDIR : (flags & O_CREAT) ? -EISDIR : 0;
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	return n->inode.i_fop ? 0 : -ENXIO;
}

static const struct file_operations
	path_file_ops; /* O_PATH: good for fstat, openat and fchdir only */

static struct file *open_node(struct node *n, unsigned int flags)
{
	const struct file_operations *fop = flags & O_PATH ? &path_file_ops : n->inode.i_fop;
	struct file *f = alloc_file(&n->inode, flags, fop);
	int err;

	if (IS_ERR(f))
		return f;
	atomic_inc(&n->inode.i_count);
	err = fop->open ? fop->open(&n->inode, f) : 0;
	if (err) {
		f->f_op = &path_file_ops; /* release is owed only for what was opened */
		fput(f);
		return ERR_PTR(err);
	}
	return f;
}

struct file *do_open(struct node *start, const char *path, unsigned int flags, int mode)
{
	struct path_walk w = { .flags = flags & O_NOFOLLOW || (flags & (O_CREAT | O_EXCL)) ==
								      (O_CREAT | O_EXCL)
						? 0
						: LOOKUP_FOLLOW };
	struct node *n = path_walk(start, path, &w);
	bool created = false;
	int err;

	path_walk_end(&w);
	if (!IS_ERR(n) && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return ERR_PTR(-EEXIST);
	if (PTR_ERR(n) == -ENOENT && (flags & O_CREAT)) {
		n = create(start, path, mode);
		created = true;
	}
	if (IS_ERR(n))
		return ERR_CAST(n);
	err = may_open(n, flags);
	if (!err && (flags & O_TRUNC) && !created && S_ISREG(n->inode.i_mode) &&
	    n->inode.i_fop == &ramfs_file_ops)
		err = node_truncate(n, 0);
	return err ? ERR_PTR(err) : open_node(n, flags);
}

struct file *filp_open(const char *path, int flags, int mode)
{
	return do_open(NULL, path, (unsigned int)flags, mode);
}

struct inode *vfs_lookup(const char *path)
{
	struct path_walk w = { .flags = LOOKUP_FOLLOW };
	struct node *n = path_walk(NULL, path, &w);

	path_walk_end(&w);
	if (IS_ERR(n))
		return ERR_CAST(n);
	atomic_inc(&n->inode.i_count);
	return &n->inode;
}

char *getname(const char __user *upath)
{
	char *name = kmalloc(PATH_MAX, GFP_KERNEL);
	long len;

	if (!name)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(name, upath, PATH_MAX);
	if (len >= 0 && len < PATH_MAX)
		return name;
	kfree(name);
	return ERR_PTR(len < 0 ? len : -ENAMETOOLONG);
}

int dfd_start(int dfd, const char *path, struct node **start)
{
	struct fd f;

	*start = NULL;
	if (dfd == AT_FDCWD || *path == '/')
		return 0;
	f = fdget((unsigned int)dfd);
	if (!f.file)
		return -EBADF;
	if (f.file->f_inode && f.file->f_inode->i_op == &node_inode_ops)
		*start = node_of(f.file->f_inode);
	fdput(f);
	if (!*start || (!node_is_dir(*start) && *path))
		return -ENOTDIR;
	return 0;
}

long sys_openat(int dfd, const char __user *upath, int flags, int mode)
{
	char *path = getname(upath);
	struct node *start;
	struct file *f;
	int fd;

	if (IS_ERR(path))
		return PTR_ERR(path);
	fd = dfd_start(dfd, path, &start);
	if (!fd)
		fd = get_unused_fd_flags((unsigned int)flags);
	if (fd >= 0) {
		f = do_open(start, path, (unsigned int)flags, mode);
		if (IS_ERR(f)) {
			put_unused_fd((unsigned int)fd);
			fd = (int)PTR_ERR(f);
		} else {
			fd_install((unsigned int)fd, f);
		}
	}
	kfree(path);
	return fd;
}

long sys_open(const char __user *path, int flags, int mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

long sys_creat(const char __user *path, int mode)
{
	return sys_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
