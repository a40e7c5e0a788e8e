/* SPDX-License-Identifier: MIT */
/* Ring 3's address space: a sorted list of areas over the architecture's page tables. Book
 * section 4.4. */
#include <kernel/mm.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include "user_internal.h"

struct user_mm *user_mm_alloc(bool is32)
{
	struct user_mm *mm = kzalloc(sizeof(*mm), GFP_KERNEL);

	if (!mm)
		return NULL;
	if (arch_mm_init(&mm->arch)) {
		kfree(mm);
		return NULL;
	}
	INIT_LIST_HEAD(&mm->vmas);
	mm->is32 = is32;
	mm->task_size = is32 ? TASK_SIZE_32 : TASK_SIZE;
	return mm;
}

/* drop_pages - give back what is present in [start, end). */
static void drop_pages(struct user_mm *mm, unsigned long start, unsigned long end)
{
	phys_t pa;

	for (;;) {
		start = arch_mm_next_mapped(&mm->arch, start, end, &pa);
		if (start == ~0ul)
			return;
		pa = arch_mm_unmap(&mm->arch, start);
		if (pa) {
			put_page(phys_to_page(pa));
			mm->nr_pages--;
		}
		start += PAGE_SIZE;
	}
}

static void vma_free(struct user_mm *mm, struct vma *v)
{
	if (mm->last == v)
		mm->last = NULL;
	list_del(&v->node);
	mm->nr_vmas--;
	if (v->ops)
		v->ops->close(v->file);
	if (v->file)
		fput(v->file);
	kfree(v);
}

void user_mm_free(struct user_mm *mm)
{
	drop_pages(mm, 0, TASK_SIZE);
	while (!list_empty(&mm->vmas))
		vma_free(mm, list_first_entry(&mm->vmas, struct vma, node));
	arch_mm_destroy(&mm->arch);
	kfree(mm);
}

struct vma *vma_first_above(struct user_mm *mm, unsigned long addr)
{
	struct vma *v;

	list_for_each_entry(v, &mm->vmas, node)
		if (v->end > addr)
			return v;
	return NULL;
}

struct vma *vma_find(struct user_mm *mm, unsigned long addr)
{
	struct vma *v = mm->last;

	if (v && addr >= v->start && addr < v->end)
		return v;
	v = vma_first_above(mm, addr);
	if (!v || v->start > addr)
		return NULL;
	mm->last = v;
	return v;
}

bool user_range_free(struct user_mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v = vma_first_above(mm, start);

	return !v || v->start >= end;
}

static bool can_merge(const struct vma *a, const struct vma *b)
{
	return a->end == b->start && a->prot == b->prot && !a->file && !b->file;
}

/* merge_around - join @v with neighbours that are alike. */
static void merge_around(struct user_mm *mm, struct vma *v)
{
	struct vma *other;

	if (v->node.next != &mm->vmas) {
		other = list_next_entry(v, node);
		if (can_merge(v, other)) {
			v->end = other->end;
			vma_free(mm, other);
		}
	}
	if (v->node.prev != &mm->vmas) {
		other = list_entry(v->node.prev, struct vma, node);
		if (can_merge(other, v)) {
			other->end = v->end;
			vma_free(mm, v);
		}
	}
}

int vma_insert(struct user_mm *mm, unsigned long start, unsigned long end, int prot,
	       struct file *file, u64 off, u64 len)
{
	struct vma *above = vma_first_above(mm, start), *v;

	if (mm->nr_vmas >= MAX_VMAS)
		return -ENOMEM;
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	v->start = start;
	v->end = end;
	v->prot = prot;
	v->file = file;
	v->file_off = off;
	v->file_len = len;
	if (file)
		get_file(file);
	list_add_tail(&v->node, above ? &above->node : &mm->vmas);
	mm->nr_vmas++;
	merge_around(mm, v);
	return 0;
}

int vma_insert_shared(struct user_mm *mm, unsigned long start, unsigned long end, int prot, struct file *file,
		      u64 off, const struct vm_operations *ops)
{
	int err = vma_insert(mm, start, end, prot, file, off, end - start);

	if (!err)
		vma_find(mm, start)->ops = ops;
	return err;
}

/* split - cut @v in two at @addr, which lies inside it. */
static int split(struct user_mm *mm, struct vma *v, unsigned long addr)
{
	u64 head = addr - v->start;
	struct vma *tail;

	if (mm->nr_vmas >= MAX_VMAS)
		return -ENOMEM;
	tail = kmalloc(sizeof(*tail), GFP_KERNEL);
	if (!tail)
		return -ENOMEM;
	*tail = *v;
	tail->start = addr;
	v->end = addr;
	if (v->file) {
		get_file(v->file);
		tail->file_off += head;
		tail->file_len -= min(head, tail->file_len);
		v->file_len = min(v->file_len, head);
	}
	if (v->ops)
		v->ops->open(v->file);
	list_add(&tail->node, &v->node);
	mm->nr_vmas++;
	return 0;
}

/* cut_at - make sure that no area spans @addr. */
static int cut_at(struct user_mm *mm, unsigned long addr)
{
	struct vma *v = vma_find(mm, addr);

	return v && v->start < addr ? split(mm, v, addr) : 0;
}

int user_unmap(struct user_mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v, *next;
	int err = cut_at(mm, start);

	if (!err)
		err = cut_at(mm, end);
	if (err)
		return err;
	list_for_each_entry_safe(v, next, &mm->vmas, node) {
		if (v->start >= end)
			break;
		if (v->start >= start)
			vma_free(mm, v);
	}
	drop_pages(mm, start, end);
	return 0;
}

/* covered - is every page of [start, end) in some area? */
static bool covered(struct user_mm *mm, unsigned long start, unsigned long end)
{
	struct vma *v = vma_first_above(mm, start);

	for (; v && v->start <= start; v = list_next_entry(v, node)) {
		if (v->end >= end)
			return true;
		start = v->end;
		if (v->node.next == &mm->vmas)
			break;
	}
	return false;
}

static void protect_pages(struct user_mm *mm, unsigned long start, unsigned long end, int prot)
{
	phys_t pa;

	while ((start = arch_mm_next_mapped(&mm->arch, start, end, &pa)) != ~0ul) {
		arch_mm_protect(&mm->arch, start, prot);
		start += PAGE_SIZE;
	}
}

int user_protect(struct user_mm *mm, unsigned long start, unsigned long end, int prot)
{
	struct vma *v;
	int err;

	if (!covered(mm, start, end))
		return -ENOMEM;
	err = cut_at(mm, start);
	if (!err)
		err = cut_at(mm, end);
	if (err)
		return err;
	list_for_each_entry(v, &mm->vmas, node)
		if (v->start >= start && v->end <= end)
			v->prot = prot;
	protect_pages(mm, start, end, prot);
	return 0;
}

unsigned long user_find_room(struct user_mm *mm, unsigned long len)
{
	unsigned long top = mm->mmap_top;
	struct vma *v;

	for (v = list_last_entry(&mm->vmas, struct vma, node); &v->node != &mm->vmas;
	     v = list_entry(v->node.prev, struct vma, node)) {
		if (v->start >= top)
			continue;
		if (v->end <= top && top - v->end >= len)
			return top - len;
		top = v->start;
	}
	return top >= len && top - len >= MMAP_MIN ? top - len : 0;
}

/* fill_from_file - the part of a fresh page that the area's file gives. */
static int fill_from_file(const struct vma *v, unsigned long addr, void *page)
{
	u64 in = addr - v->start,
	    n = v->file_len > in ? min_t(u64, v->file_len - in, PAGE_SIZE) : 0;
	loff_t pos = (loff_t)(v->file_off + in);
	struct iovec iov = { .iov_base = page, .iov_len = n };
	struct iov_iter iter;

	if (!n)
		return 0;
	iov_iter_init(&iter, false, &iov, 1, n);
	return v->file->f_op->read_iter(v->file, &iter, &pos) < 0 ? -EFAULT : 0;
}

/* new_page - what belongs at @addr, with a reference: the file's own page, a copy of what is in it, zeros. ERR_PTR. */
static struct page *new_page(const struct vma *v, unsigned long addr)
{
	struct page *p;

	if (v->ops) {
		p = v->ops->fault(v->file, v->file_off + (addr - v->start));
		return p ? p : ERR_PTR(-EFAULT);
	}
	p = memory_for_ring3() ? alloc_page(GFP_KERNEL | __GFP_ZERO) : NULL;
	if (!p)
		return ERR_PTR(-ENOMEM);
	if (v->file && fill_from_file(v, addr, page_address(p))) {
		put_page(p);
		return ERR_PTR(-EFAULT);
	}
	return p;
}

void *user_populate(struct user_mm *mm, unsigned long addr)
{
	struct vma *v = vma_find(mm, addr);
	struct page *p;
	phys_t pa;

	if (!v)
		return ERR_PTR(-EFAULT);
	addr &= PAGE_MASK;
	pa = arch_mm_lookup(&mm->arch, addr, NULL);
	if (pa)
		return phys_to_virt(pa);
	p = new_page(v, addr);
	if (IS_ERR(p))
		return p;
	if (arch_mm_map(&mm->arch, addr, page_to_phys(p), v->prot)) {
		put_page(p);
		return ERR_PTR(-ENOMEM);
	}
	mm->nr_pages++;
	return page_address(p);
}

int user_write(struct user_mm *mm, unsigned long addr, const void *data, size_t n)
{
	const char *from = data;

	while (n) {
		size_t off = addr & ~PAGE_MASK, part = min(n, PAGE_SIZE - off);
		char *page = user_populate(mm, addr);

		if (IS_ERR(page))
			return (int)PTR_ERR(page);
		memcpy(page + off, from, part);
		addr += part;
		from += part;
		n -= part;
	}
	return 0;
}
