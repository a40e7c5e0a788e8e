/* SPDX-License-Identifier: MIT */
/* Changing and listing directories: mkdir, unlink, rename, symlink, getdents64, chdir, getcwd. */
#include <kernel/file.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/time.h>
#include <uapi/dirent.h>
#include "namei_internal.h"

/* A path of ring 3 resolved up to the directory of its last name. */
struct parent {
	char *path;
	struct path_walk w;
	struct node *dir;
};

static int parent_get(struct parent *p, int dfd, const char __user *upath)
{
	struct node *start;
	int err;

	*p = (struct parent){ .w.flags = LOOKUP_PARENT };
	p->path = getname(upath);
	if (IS_ERR(p->path))
		return PTR_ERR(p->path);
	err = dfd_start(dfd, p->path, &start);
	if (!err) {
		p->dir = path_walk(start, p->path, &p->w);
		err = IS_ERR(p->dir) ? PTR_ERR(p->dir) : 0;
	}
	if (err) {
		path_walk_end(&p->w);
		kfree(p->path);
	}
	return err;
}

static void parent_put(struct parent *p)
{
	path_walk_end(&p->w);
	kfree(p->path);
}

static bool is_dots(const struct parent *p)
{
	return p->w.last_len <= 2 && !memcmp(p->w.last, "..", p->w.last_len);
}

/* may_create - can a new name be put into p->dir? */
static int may_create(const struct parent *p)
{
	if (!p->w.last_len || is_dots(p) || node_find(p->dir, p->w.last, p->w.last_len))
		return -EEXIST;
	if (p->dir->fixed)
		return -EACCES;
	return p->dir->parent ? 0 : -ENOENT;
}

long sys_mkdirat(int dfd, const char __user *upath, int mode)
{
	struct parent p;
	long err = parent_get(&p, dfd, upath);

	if (err)
		return err;
	err = may_create(&p);
	if (!err) {
		struct node *n = node_add(p.dir, p.w.last, p.w.last_len,
					  S_IFDIR | (mode & 01777 & ~task_umask()));

		err = IS_ERR(n) ? PTR_ERR(n) : 0;
	}
	parent_put(&p);
	return err;
}

long sys_mkdir(const char __user *path, int mode)
{
	return sys_mkdirat(AT_FDCWD, path, mode);
}

struct inode *vfs_mksock(const char *path)
{
	struct parent p = { .w.flags = LOOKUP_PARENT };
	struct node *n;
	int err;

	p.dir = path_walk(NULL, path, &p.w);
	err = IS_ERR(p.dir) ? (int)PTR_ERR(p.dir) : may_create(&p);
	if (!err && p.w.last_slash)
		err = -ENOENT;
	n = err ? ERR_PTR(err)
		: node_add(p.dir, p.w.last, p.w.last_len, S_IFSOCK | (0777 & ~task_umask()));
	path_walk_end(&p.w);
	if (IS_ERR(n))
		return ERR_CAST(n);
	atomic_inc(&n->inode.i_count);
	return &n->inode;
}

long sys_symlinkat(const char __user *utarget, int dfd, const char __user *upath)
{
	char *target = getname(utarget);
	struct parent p;
	struct node *n;
	long err;

	if (IS_ERR(target))
		return PTR_ERR(target);
	err = *target ? parent_get(&p, dfd, upath) : -ENOENT;
	if (err)
		goto out;
	err = p.w.last_slash ? -ENOENT : may_create(&p);
	if (!err) {
		n = node_add(p.dir, p.w.last, p.w.last_len, S_IFLNK | 0777);
		err = IS_ERR(n) ? PTR_ERR(n) : 0;
		if (!err) {
			n->link = target;
			target = NULL;
		}
	}
	parent_put(&p);
out:
	kfree(target);
	return err;
}

long sys_symlink(const char __user *target, const char __user *path)
{
	return sys_symlinkat(target, AT_FDCWD, path);
}

/* may_remove - can @n be taken out of its directory, by rmdir (@dir) or unlink? */
static int may_remove(const struct node *n, bool dir)
{
	if (n->parent->fixed)
		return -EACCES;
	if (!node_is_dir(n))
		return dir ? -ENOTDIR : 0;
	if (!dir)
		return -EISDIR;
	return list_empty(&n->children) ? 0 : -ENOTEMPTY;
}

#define AT_REMOVEDIR 0x200

long sys_unlinkat(int dfd, const char __user *upath, int flags)
{
	struct parent p;
	struct node *n;
	long err = flags & ~AT_REMOVEDIR ? -EINVAL : parent_get(&p, dfd, upath);

	if (err)
		return err;
	if (!p.w.last_len || is_dots(&p)) {
		err = !p.w.last_len	       ? -EBUSY
		      : (flags & AT_REMOVEDIR) ? (p.w.last_len == 1 ? -EINVAL : -ENOTEMPTY)
					       : -EISDIR;
	} else {
		n = node_find(p.dir, p.w.last, p.w.last_len);
		if (!n)
			err = -ENOENT;
		else if (p.w.last_slash && !node_is_dir(n))
			err = -ENOTDIR;
		else
			err = may_remove(n, flags & AT_REMOVEDIR);
		if (!err)
			node_remove(n);
	}
	parent_put(&p);
	return err;
}

long sys_unlink(const char __user *path)
{
	return sys_unlinkat(AT_FDCWD, path, 0);
}

long sys_rmdir(const char __user *path)
{
	return sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

static bool is_below(const struct node *n, const struct node *dir)
{
	for (; n != root_node && n->parent; n = n->parent)
		if (n == dir)
			return true;
	return n == dir;
}

/* may_replace - can @from take the place of @old? */
static int may_replace(const struct node *from, const struct node *old)
{
	if (node_is_dir(old) && !node_is_dir(from))
		return -EISDIR;
	if (!node_is_dir(old) && node_is_dir(from))
		return -ENOTDIR;
	return node_is_dir(old) && !list_empty(&old->children) ? -ENOTEMPTY : 0;
}

/* relink - put @n under a new name into @dir, in the order of inode numbers, which getdents counts
 * by. */
static int relink(struct node *n, struct node *dir, const char *name, size_t len)
{
	char *copy = kmalloc(len + 1, GFP_KERNEL);
	struct node *after;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, name, len);
	copy[len] = 0;
	kfree(n->name);
	n->name = copy;
	list_del(&n->sibling);
	atomic_inc(&dir->inode.i_count);
	iput(&n->parent->inode);
	n->parent = dir;
	list_for_each_entry(after, &dir->children, sibling)
		if (after->inode.i_ino > n->inode.i_ino)
			break;
	list_add_tail(&n->sibling, &after->sibling);
	return 0;
}

static long rename_nodes(struct parent *from, struct parent *to)
{
	struct node *n = node_find(from->dir, from->w.last, from->w.last_len), *old;
	long err;

	if (!from->w.last_len || is_dots(from) || !to->w.last_len || is_dots(to))
		return -EBUSY;
	if (!n)
		return -ENOENT;
	if (from->dir->fixed || to->dir->fixed)
		return -EACCES;
	if (!to->dir->parent)
		return -ENOENT;
	if (!node_is_dir(n) && (from->w.last_slash || to->w.last_slash))
		return -ENOTDIR;
	if (to->w.last_len > NAME_MAX)
		return -ENAMETOOLONG;
	if (node_is_dir(n) && is_below(to->dir, n))
		return -EINVAL;
	old = node_find(to->dir, to->w.last, to->w.last_len);
	if (old == n)
		return 0;
	err = old ? may_replace(n, old) : 0;
	if (err)
		return err;
	err = relink(n, to->dir, to->w.last, to->w.last_len);
	if (!err && old)
		node_remove(old);
	return err;
}

long sys_renameat2(int odfd, const char __user *opath, int ndfd, const char __user *npath,
		   unsigned int flags)
{
	struct parent from, to;
	long err = flags ? -EINVAL : parent_get(&from, odfd, opath);

	if (err)
		return err;
	err = parent_get(&to, ndfd, npath);
	if (!err) {
		err = rename_nodes(&from, &to);
		parent_put(&to);
	}
	parent_put(&from);
	return err;
}

long sys_renameat(int odfd, const char __user *opath, int ndfd, const char __user *npath)
{
	return sys_renameat2(odfd, opath, ndfd, npath, 0);
}

long sys_rename(const char __user *opath, const char __user *npath)
{
	return sys_renameat2(AT_FDCWD, opath, AT_FDCWD, npath, 0);
}

static u8 type_of(u32 mode)
{
	return (mode & S_IFMT) >> 12; /* DT_x are the top bits of S_IFx */
}

/*
 * Positions in a directory: 0 is ".", 1 is "..", then the child with the lowest inode number not
 * below position - 2. Children stand in that order, so that removing one between two calls hides no
 * other.
 */
static int dir_getdents(struct file *f, void *arg)
{
	struct node *dir = node_of(f->f_inode), *n;
	struct dir_context *ctx = arg;

	if (dir->populate)
		dir->populate(dir);
	if (f->f_pos == 0) {
		if (!ctx->emit(ctx, ".", 1, dir->inode.i_ino, DT_DIR, 1))
			return 0;
		f->f_pos = 1;
	}
	if (f->f_pos == 1) {
		if (!ctx->emit(ctx, "..", 2, (dir->parent ? dir->parent : dir)->inode.i_ino, DT_DIR,
			       2))
			return 0;
		f->f_pos = 2;
	}
	list_for_each_entry(n, &dir->children, sibling) {
		if ((u64)f->f_pos - 2 > n->inode.i_ino)
			continue;
		if (!ctx->emit(ctx, n->name, strlen(n->name), n->inode.i_ino,
			       type_of(n->inode.i_mode), n->inode.i_ino + 3))
			return 0;
		f->f_pos = (loff_t)n->inode.i_ino + 3;
	}
	return 0;
}

static ssize_t dir_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	return -EISDIR;
}

static loff_t dir_llseek(struct file *f, loff_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	return f->f_pos = off;
}

const struct file_operations dir_file_ops = {
	.read_iter = dir_read,
	.llseek = dir_llseek,
	.getdents = dir_getdents,
};

struct getdents_context {
	struct dir_context ctx;
	char __user *buf;
	size_t left, done;
	int err;
};

static bool emit_dirent64(struct dir_context *c, const char *name, size_t len, u64 ino, u8 type,
			  u64 next)
{
	struct getdents_context *g = container_of(c, struct getdents_context, ctx);
	size_t reclen = ALIGN(offsetof(struct linux_dirent64, d_name) + len + 1, 8);
	union {
		struct linux_dirent64 d;
		char bytes[ALIGN(offsetof(struct linux_dirent64, d_name) + NAME_MAX + 1, 8)];
	} e;

	if (reclen > g->left) {
		g->err = g->done ? 0 : -EINVAL;
		return false;
	}
	memset(&e, 0, reclen);
	e.d.d_ino = ino;
	e.d.d_off = (s64)next;
	e.d.d_reclen = (u16)reclen;
	e.d.d_type = type;
	memcpy(e.d.d_name, name, len);
	if (copy_to_user(g->buf + g->done, &e, reclen)) {
		g->err = -EFAULT;
		return false;
	}
	g->done += reclen;
	g->left -= reclen;
	return true;
}

long sys_getdents64(unsigned int fd, void __user *dirent, unsigned int count)
{
	struct getdents_context g = { .ctx.emit = emit_dirent64, .buf = dirent, .left = count };
	struct fd f = fdget(fd);
	long ret;

	if (!f.file)
		return -EBADF;
	ret = f.file->f_op->getdents ? f.file->f_op->getdents(f.file, &g.ctx) : -ENOTDIR;
	fdput(f);
	if (ret)
		return ret;
	return g.done ? (long)g.done : g.err;
}

static long set_cwd(struct node *n)
{
	struct process *p = current->process;

	if (!node_is_dir(n))
		return -ENOTDIR;
	if (!p)
		return -ENOSYS; /* a kernel task: it stays in the root */
	atomic_inc(&n->inode.i_count);
	if (p->cwd)
		iput(&p->cwd->inode);
	p->cwd = n;
	return 0;
}

void cwd_put(struct process *p)
{
	if (p->cwd)
		iput(&p->cwd->inode);
	p->cwd = NULL;
}

long sys_chdir(const char __user *upath)
{
	struct path_walk w = { .flags = LOOKUP_FOLLOW };
	char *path = getname(upath);
	struct node *n;
	long err;

	if (IS_ERR(path))
		return PTR_ERR(path);
	n = path_walk(NULL, path, &w);
	err = IS_ERR(n) ? PTR_ERR(n) : set_cwd(n);
	path_walk_end(&w);
	kfree(path);
	return err;
}

long sys_fchdir(int fd)
{
	struct node *n;
	long err = fd == AT_FDCWD ? -EBADF : dfd_start(fd, "", &n);

	return err ? err : set_cwd(n);
}

long sys_getcwd(char __user *buf, unsigned long size)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);
	long len;

	if (!path)
		return -ENOMEM;
	len = node_path(task_cwd(), path, PATH_MAX);
	if (len >= 0) {
		if ((unsigned long)len + 1 > size)
			len = -ERANGE;
		else
			len = copy_to_user(buf, path, len + 1) ? -EFAULT : len + 1;
	}
	kfree(path);
	return len;
}
