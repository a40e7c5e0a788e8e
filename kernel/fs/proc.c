/* SPDX-License-Identifier: MIT */
/* /proc: files whose text a function makes at each reading from the start. Book section 10.1. */
#include <kernel/console.h>
#include <kernel/file.h>
#include <kernel/proc.h>
#include <kernel/seq_file.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include "fs_internal.h"

#define PROC_WRITE_MAX 4096

struct proc_entry {
	struct node *node; /* NULL once removed */
	int (*show)(struct seq_file *m, void *data);
	int (*write)(char *text, size_t len, void *data);
	void *data;
	void (*free_data)(void *data);
	unsigned int users; /* open files, and the tree */
};

static struct node *proc_root;

static void entry_put(struct proc_entry *e)
{
	if (--e->users)
		return;
	if (e->free_data)
		e->free_data(e->data);
	kfree(e);
}

/* fill - run the show function into a fresh buffer. */
static int fill(struct file *f)
{
	struct proc_entry *e = f->private_data;
	struct seq_file *m = f->f_seq;
	int err;

	if (!m) {
		m = f->f_seq = kzalloc(sizeof(*m), GFP_KERNEL);
		if (!m)
			return -ENOMEM;
	}
	m->count = 0;
	m->failed = false;
	if (!e->node)
		return -ENOENT;
	if (!e->show)
		return -EINVAL;
	err = e->show(m, e->data);
	if (err < 0)
		return err;
	return m->failed ? -ENOMEM : 0;
}

static ssize_t proc_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	struct seq_file *m;
	size_t n, copied;
	int err;

	if (!*pos || !f->f_seq) {
		err = fill(f);
		if (err) {
			if (f->f_seq)
				f->f_seq->count = 0;
			return err;
		}
	}
	m = f->f_seq;
	if ((u64)*pos >= m->count)
		return 0;
	n = min_t(size_t, iov_iter_count(to), m->count - (size_t)*pos);
	copied = copy_to_iter(m->buf + *pos, n, to);
	if (n && !copied)
		return -EFAULT;
	*pos += (loff_t)copied;
	return (ssize_t)copied;
}

static ssize_t proc_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	struct proc_entry *e = f->private_data;
	size_t n = iov_iter_count(from);
	char *text;
	int err;

	if (!e->write)
		return -EIO; /* read-only, whatever the mode says */
	if (!e->node)
		return -ENOENT;
	if (n >= PROC_WRITE_MAX)
		return -EINVAL;
	text = kmalloc(n + 1, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	if (copy_from_iter(text, n, from) != n) {
		kfree(text);
		return -EFAULT;
	}
	text[n] = 0;
	err = e->write(text, n, e->data);
	kfree(text);
	return err < 0 ? err : (ssize_t)n;
}

static loff_t proc_llseek(struct file *f, loff_t off, int whence)
{
	loff_t to = whence == SEEK_CUR ? f->f_pos + off : off;

	if ((whence != SEEK_SET && whence != SEEK_CUR) || to < 0)
		return -EINVAL;
	return f->f_pos = to;
}

static int proc_open(struct inode *inode, struct file *f)
{
	struct proc_entry *e = inode->i_private;

	if (!e)
		return -ENOENT;
	if ((f->f_mode & FMODE_WRITE) && !e->write)
		return -EACCES;
	e->users++;
	f->private_data = e;
	return 0;
}

static int proc_release(struct inode *inode, struct file *f)
{
	if (f->f_seq)
		kfree(f->f_seq->buf);
	kfree(f->f_seq);
	entry_put(f->private_data);
	return 0;
}

static const struct file_operations proc_file_ops = {
	.open = proc_open,
	.read_iter = proc_read,
	.write_iter = proc_write,
	.llseek = proc_llseek,
	.release = proc_release,
};

static struct node *add_node(const char *path, u32 mode)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	struct node *dir = node_mkdirs(proc_root, path, slash ? slash - path : 0);

	return IS_ERR(dir) ? dir : node_add(dir, base, strlen(base), mode);
}

struct proc_entry *proc_create_owned(const char *path, int (*show)(struct seq_file *m, void *data),
				     int (*write)(char *text, size_t len, void *data), void *data,
				     void (*free_data)(void *))
{
	struct proc_entry *e = kzalloc(sizeof(*e), GFP_KERNEL);
	struct node *n = e ? add_node(path, S_IFREG | (write ? 0644 : 0444)) : NULL;

	if (IS_ERR_OR_NULL(n)) {
		kfree(e);
		return NULL;
	}
	*e = (struct proc_entry){ .node = n,
				  .show = show,
				  .write = write,
				  .data = data,
				  .free_data = free_data,
				  .users = 1 };
	n->inode.i_fop = &proc_file_ops;
	n->inode.i_private = e;
	return e;
}

struct proc_entry *proc_create(const char *path, int (*show)(struct seq_file *m, void *data),
			       int (*write)(char *text, size_t len, void *data), void *data)
{
	return proc_create_owned(path, show, write, data, NULL);
}

void proc_remove(struct proc_entry *e)
{
	struct node *n, *dir;

	if (!e)
		return;
	n = e->node;
	e->node = NULL;
	n->inode.i_private = NULL;
	dir = n->parent;
	node_remove(n);
	entry_put(e);
	/* and the folders that it was the last one in, as /proc/PID */
	while (dir != proc_root && !dir->populate && list_empty(&dir->children)) {
		n = dir;
		dir = n->parent;
		node_remove(n);
	}
}

int proc_symlink(const char *path, int (*get_link)(struct node *n, char *buf, size_t size))
{
	struct node *n = add_node(path, S_IFLNK | 0777);

	if (IS_ERR(n))
		return (int)PTR_ERR(n);
	n->get_link = get_link;
	return 0;
}

struct node *proc_dir(const char *path)
{
	return node_mkdirs(proc_root, path, strlen(path));
}

void proc_init(void)
{
	proc_root = node_add(root_node, "proc", 4, S_IFDIR | 0555);
	if (IS_ERR(proc_root))
		panic("no memory for /proc");
	proc_root->fixed = true;
	proc_files_init();
	proc_sys_init();
}
