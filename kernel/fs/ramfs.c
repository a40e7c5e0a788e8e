/* SPDX-License-Identifier: MIT */
/*
 * The tree of names and the regular files in it. Contents that came in an archive stay there and
 * cost no memory; a page is taken for what is written. Book section 8.4.
 */
#include <kernel/bitops.h>
#include <kernel/mm.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include "fs_internal.h"

#define RAMFS_MAX_FILE (256ull << 20) /* bytes in one file */
#define RAMFS_RESERVE  4	      /* a file may not take the last quarter of all memory */

static struct kmem_cache *node_cache;
struct node *root_node;

struct node *node_find(struct node *dir, const char *name, size_t len)
{
	struct node *n;

	list_for_each_entry(n, &dir->children, sibling)
		if (strlen(n->name) == len && !memcmp(n->name, name, len))
			return n;
	return NULL;
}

static void node_ops_for(struct node *n)
{
	if (S_ISDIR(n->inode.i_mode))
		n->inode.i_fop = &dir_file_ops;
	else if (S_ISREG(n->inode.i_mode))
		n->inode.i_fop = &ramfs_file_ops;
}

static struct node *node_alloc(const char *name, size_t len, u32 mode)
{
	struct node *n = kmem_cache_zalloc(node_cache, GFP_KERNEL);

	if (!n)
		return NULL;
	n->name = kmalloc(len + 1, GFP_KERNEL);
	if (!n->name) {
		kmem_cache_free(node_cache, n);
		return NULL;
	}
	memcpy(n->name, name, len);
	n->name[len] = 0;
	n->inode.i_ino = get_next_ino();
	n->inode.i_mode = mode;
	n->inode.i_op = &node_inode_ops;
	atomic_set(&n->inode.i_count, 1);
	INIT_LIST_HEAD(&n->sibling);
	INIT_LIST_HEAD(&n->children);
	n->mtime_ns = ktime_get_real();
	node_ops_for(n);
	return n;
}

struct node *node_add(struct node *dir, const char *name, size_t len, u32 mode)
{
	struct node *n;

	if (len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	if (node_find(dir, name, len))
		return ERR_PTR(-EEXIST);
	n = node_alloc(name, len, mode);
	if (!n)
		return ERR_PTR(-ENOMEM);
	n->parent = dir;
	n->fixed = dir->fixed;
	atomic_inc(&dir->inode.i_count);
	list_add_tail(&n->sibling, &dir->children);
	dir->mtime_ns = n->mtime_ns;
	return n;
}

struct node *node_add_device(struct node *dir, const char *name, u32 rdev,
			     const struct file_operations *fop)
{
	struct node *n = node_add(dir, name, strlen(name), S_IFCHR | 0666);

	if (IS_ERR(n))
		return n;
	n->inode.i_rdev = rdev;
	n->inode.i_fop = fop;
	return n;
}

void node_remove(struct node *n)
{
	struct node *parent = n->parent;

	list_del_init(&n->sibling);
	n->parent = NULL;
	iput(&parent->inode);
	iput(&n->inode);
}

struct node *node_mkdirs(struct node *dir, const char *path, size_t len)
{
	const char *end = path + len;

	while (path < end) {
		const char *slash = memchr(path, '/', end - path);
		size_t n = (slash ? slash : end) - path;
		struct node *next;

		if (n) {
			next = node_find(dir, path, n);
			if (!next)
				next = node_add(dir, path, n, S_IFDIR | 0755);
			if (IS_ERR(next))
				return next;
			if (!node_is_dir(next))
				return ERR_PTR(-ENOTDIR);
			dir = next;
		}
		path += n + 1;
	}
	return dir;
}

void node_set_rom(struct node *n, const void *data, size_t len)
{
	node_truncate(n, 0);
	n->rom = data;
	n->rom_len = len;
	n->inode.i_size = len;
}

/* may_grow - is there memory for one more page of a file? Files yield to everything else. */
static bool may_grow(void)
{
	struct mem_stat st;

	mem_stat_read(&st);
	return st.free_pages > st.total_pages / RAMFS_RESERVE;
}

static void drop_pages(struct node *n, size_t from)
{
	for (; from < n->nr_pages; from++) {
		if (n->pages[from])
			put_page(n->pages[from]);
		n->pages[from] = NULL;
	}
}

static int page_slots(struct node *n, size_t want)
{
	struct page **bigger;
	size_t size;

	if (want <= n->nr_pages)
		return 0;
	size = roundup_pow_of_two(want);
	bigger = kcalloc(size, sizeof(*bigger), GFP_KERNEL);
	if (!bigger)
		return -ENOSPC;
	if (n->pages)
		memcpy(bigger, n->pages, n->nr_pages * sizeof(*bigger));
	kfree(n->pages);
	n->pages = bigger;
	n->nr_pages = size;
	return 0;
}

/* page_for_write - the page of index @i, with the archive's bytes in it if it is new. */
static struct page *page_for_write(struct node *n, size_t i)
{
	size_t off = i << PAGE_SHIFT;
	struct page *p;

	if (page_slots(n, i + 1))
		return NULL;
	if (n->pages[i])
		return n->pages[i];
	p = may_grow() ? alloc_page(GFP_KERNEL | __GFP_ZERO) : NULL;
	if (p && off < n->rom_len)
		memcpy(page_address(p), n->rom + off, min_t(size_t, PAGE_SIZE, n->rom_len - off));
	n->pages[i] = p;
	return p;
}

int node_truncate(struct node *n, u64 size)
{
	if (size > RAMFS_MAX_FILE)
		return -EFBIG;
	if (size < n->inode.i_size) {
		size_t keep = DIV_ROUND_UP(size, PAGE_SIZE);

		drop_pages(n, keep);
		if (size % PAGE_SIZE && keep <= n->nr_pages && n->pages[keep - 1])
			memset((char *)page_address(n->pages[keep - 1]) + size % PAGE_SIZE, 0,
			       PAGE_SIZE - size % PAGE_SIZE);
		n->rom_len = min_t(size_t, n->rom_len, size);
	}
	n->inode.i_size = size;
	n->mtime_ns = ktime_get_real();
	return 0;
}

static void node_evict(struct inode *inode)
{
	struct node *n = node_of(inode);

	drop_pages(n, 0);
	kfree(n->pages);
	kfree(n->link);
	kfree(n->name);
	kmem_cache_free(node_cache, n);
}

static int node_getattr(struct inode *inode, struct kstat *st)
{
	struct node *n = node_of(inode);

	st->mtime_ns = n->mtime_ns;
	st->nlink = n->parent ? (node_is_dir(n) ? 2 : 1) : 0;
	if (n->link)
		st->size = strlen(n->link);
	return 0;
}

const struct inode_operations node_inode_ops = { .evict = node_evict, .getattr = node_getattr };

/* contents - where the bytes at @pos lie, and how many are in one piece; NULL: they are zeros. */
static const u8 *contents(const struct node *n, u64 pos, size_t *len)
{
	size_t i = pos >> PAGE_SHIFT, in_page = pos & (PAGE_SIZE - 1);

	*len = min_t(u64, PAGE_SIZE - in_page, n->inode.i_size - pos);
	if (i < n->nr_pages && n->pages[i])
		return (const u8 *)page_address(n->pages[i]) + in_page;
	if (pos >= n->rom_len)
		return NULL;
	*len = min_t(u64, *len, n->rom_len - pos);
	return n->rom + pos;
}

static const u8 zeros[PAGE_SIZE];

static ssize_t ramfs_read(struct file *f, struct iov_iter *to, loff_t *pos)
{
	struct node *n = node_of(f->f_inode);
	ssize_t done = 0;

	while (iov_iter_count(to) && (u64)*pos < n->inode.i_size) {
		size_t len, copied;
		const u8 *from = contents(n, (u64)*pos, &len);

		len = min(len, iov_iter_count(to));
		copied = copy_to_iter(from ? from : zeros, len, to);
		*pos += (loff_t)copied;
		done += (ssize_t)copied;
		if (copied < len)
			return done ? done : -EFAULT;
	}
	return done;
}

static ssize_t ramfs_write(struct file *f, struct iov_iter *from, loff_t *pos)
{
	struct node *n = node_of(f->f_inode);
	ssize_t done = 0;

	if (f->f_flags & O_APPEND)
		*pos = (loff_t)n->inode.i_size;
	if ((u64)*pos >= RAMFS_MAX_FILE && iov_iter_count(from))
		return -EFBIG;
	iov_iter_truncate(from, RAMFS_MAX_FILE - (u64)*pos);
	while (iov_iter_count(from)) {
		size_t in_page = (u64)*pos & (PAGE_SIZE - 1);
		size_t len = min(PAGE_SIZE - in_page, iov_iter_count(from)), copied;
		struct page *p = page_for_write(n, (u64)*pos >> PAGE_SHIFT);

		if (!p)
			return done ? done : -ENOSPC;
		copied = copy_from_iter((char *)page_address(p) + in_page, len, from);
		*pos += (loff_t)copied;
		done += (ssize_t)copied;
		n->inode.i_size = max_t(u64, n->inode.i_size, (u64)*pos);
		if (copied < len)
			return done ? done : -EFAULT;
	}
	n->mtime_ns = ktime_get_real();
	return done;
}

static loff_t ramfs_llseek(struct file *f, loff_t off, int whence)
{
	loff_t base = whence == SEEK_SET   ? 0
		      : whence == SEEK_CUR ? f->f_pos
					   : (loff_t)f->f_inode->i_size;
	loff_t to;

	if (whence < SEEK_SET || whence > SEEK_END)
		return -EINVAL;
	if (__builtin_add_overflow(base, off, &to))
		return -EOVERFLOW;
	if (to < 0)
		return -EINVAL;
	return f->f_pos = to;
}

const struct file_operations ramfs_file_ops = {
	.read_iter = ramfs_read,
	.write_iter = ramfs_write,
	.llseek = ramfs_llseek,
};

void tree_init(void)
{
	node_cache = kmem_cache_create("inode", sizeof(struct node), 0, 0, NULL);
	root_node = node_alloc("", 0, S_IFDIR | 0755);
	if (!root_node)
		panic("no memory for the root directory");
	root_node->parent = root_node;
}
