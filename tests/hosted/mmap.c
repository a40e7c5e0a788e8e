/* SPDX-License-Identifier: MIT */
/* Hosted: mmap and munmap of files that have pages of their own. The host program sees the pages of the arena a second time. */
#include <asm/page.h>
#include <kernel/err.h>
#include <kernel/fs.h>
#include <kernel/mm.h>
#include <kernel/slab.h>
#include <kernel/syscalls.h>
#include <uapi/mman.h>

#include "host_os.h"

struct area { /* of the host program's memory */
	struct list_head node;
	unsigned long start, end;
	struct file *file; /* with a reference */
	const struct vm_operations *ops;
};

static LIST_HEAD(areas);

static struct area *area_new(unsigned long start, unsigned long end, struct file *f, const struct vm_operations *ops)
{
	struct area *a = kmalloc(sizeof(*a), GFP_KERNEL);

	if (!a)
		return NULL;
	*a = (struct area){ .start = start, .end = end, .file = f, .ops = ops };
	get_file(f);
	list_add_tail(&a->node, &areas);
	return a;
}

/* show - the pages of @f from @off on, at *addr, which the system chooses. 0 or -errno. */
static int show(struct file *f, const struct vm_operations *ops, u64 off, u64 len, unsigned long *addr)
{
	struct page *page;
	void *at = NULL;
	u64 done;

	for (done = 0; done < len; done += PAGE_SIZE) {
		page = ops->fault(f, off + done);
		if (!page)
			break;
		if (!done && !host_show(&at, 0, len, 0)) { /* a place for all, with what there is at hand */
			put_page(page);
			return -ENODEV;
		}
		if (!done)
			*addr = (unsigned long)at;
		at = (void *)(*addr + done);
		if (!host_show(&at, page_to_phys(page), PAGE_SIZE, 1)) {
			put_page(page);
			break;
		}
		put_page(page); /* the file keeps them while they are mapped */
	}
	if (done == len)
		return 0;
	if (done)
		host_hide((void *)*addr, len);
	return -ENOMEM;
}

long sys_mmap(unsigned long addr, unsigned long len, int prot, int flags, int fd, unsigned long off)
{
	const struct vm_operations *ops;
	struct file *f;
	long ret;

	if (flags & MAP_ANONYMOUS)
		return -ENODEV; /* the host program has memory of its own */
	if (!len || off & ~PAGE_MASK)
		return -EINVAL;
	f = fget((unsigned int)fd);
	if (!f)
		return -EBADF;
	len = ALIGN(len, PAGE_SIZE);
	ret = (flags & MAP_TYPE) == MAP_SHARED && !(flags & MAP_FIXED) && f->f_op->mmap ? f->f_op->mmap(f, off, len, &ops) : -ENODEV;
	if (!ret) {
		ret = show(f, ops, off, len, &addr);
		if (!ret && !area_new(addr, addr + len, f, ops)) {
			host_hide((void *)addr, len);
			ret = -ENOMEM;
		}
		if (ret)
			ops->close(f);
	}
	fput(f);
	return ret ? ret : (long)addr;
}

/* cut - [start, end) out of @a. 0 or -ENOMEM. */
static int cut(struct area *a, unsigned long start, unsigned long end)
{
	if (start > a->start && end < a->end) {
		if (!area_new(end, a->end, a->file, a->ops))
			return -ENOMEM;
		a->ops->open(a->file);
		a->end = start;
	} else if (start > a->start) {
		a->end = start;
	} else if (end < a->end) {
		a->start = end;
	} else {
		list_del(&a->node);
		a->ops->close(a->file);
		fput(a->file);
		kfree(a);
	}
	return 0;
}

long sys_munmap(unsigned long addr, unsigned long len)
{
	unsigned long end = addr + ALIGN(len, PAGE_SIZE), from, to;
	struct area *a, *next;

	if (!len || addr & ~PAGE_MASK || end < addr)
		return -EINVAL;
	list_for_each_entry_safe(a, next, &areas, node) {
		from = max(addr, a->start);
		to = min(end, a->end);
		if (from >= to)
			continue;
		if (cut(a, from, to))
			return -ENOMEM;
		host_hide((void *)from, to - from);
	}
	return 0;
}
