/* SPDX-License-Identifier: MIT */
/* brk, mmap and the calls around them. Book section 4.7. */
#include <kernel/file.h>
#include <kernel/mm.h>
#include <kernel/syscalls.h>
#include <uapi/stat.h>
#include "user_internal.h"

static struct user_mm *mm_of_current(void)
{
	return current->process->mm;
}

/* round_range - page-align a range of ring 3's. False where it does not lie in user space. */
static bool round_range(const struct user_mm *mm, unsigned long start, unsigned long len,
			unsigned long *end)
{
	if (start & ~PAGE_MASK || len > mm->task_size || start > mm->task_size - len)
		return false;
	*end = start + ALIGN(len, PAGE_SIZE);
	return *end <= mm->task_size;
}

long sys_brk(unsigned long brk)
{
	struct user_mm *mm = mm_of_current();
	unsigned long old = ALIGN(mm->brk, PAGE_SIZE), new;

	if (brk < mm->brk_start || brk > mm->task_size - PAGE_SIZE)
		return (long)mm->brk;
	new = ALIGN(brk, PAGE_SIZE);
	if (new > old) {
		/* a page stays free before whatever comes above */
		if (!user_range_free(mm, old, new + PAGE_SIZE) ||
		    vma_insert(mm, old, new, PROT_READ | PROT_WRITE, NULL, 0, 0))
			return (long)mm->brk;
	} else if (new < old && user_unmap(mm, new, old)) {
		return (long)mm->brk;
	}
	mm->brk = brk;
	return (long)brk;
}

static int place(struct user_mm *mm, unsigned long *addr, unsigned long len, int flags)
{
	unsigned long end;

	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		if (*addr & ~PAGE_MASK)
			return -EINVAL;
		if (!round_range(mm, *addr, len, &end))
			return -ENOMEM;
		if (*addr < MMAP_MIN)
			return -EPERM;
		if (flags & MAP_FIXED_NOREPLACE)
			return user_range_free(mm, *addr, end) ? 0 : -EEXIST;
		return user_unmap(mm, *addr, end);
	}
	*addr &= PAGE_MASK;
	if (*addr >= MMAP_MIN && round_range(mm, *addr, len, &end) &&
	    end <= mm->stack_low - STACK_GAP && user_range_free(mm, *addr, end))
		return 0;
	*addr = user_find_room(mm, len);
	return *addr ? 0 : -ENOMEM;
}

/* map_file_check - can @f be mapped like this? A private copy of a regular file can; shared with a file are
 * such pages alone as it has itself. */
static int map_file_check(const struct file *f, int prot, int flags)
{
	if (!(f->f_mode & FMODE_READ))
		return -EACCES;
	if ((flags & MAP_TYPE) != MAP_PRIVATE) {
		if ((prot & PROT_WRITE) && !(f->f_mode & FMODE_WRITE))
			return -EACCES;
		return f->f_op->mmap ? 0 : -ENODEV;
	}
	return f->f_inode && S_ISREG(f->f_inode->i_mode) && f->f_op->read_iter && f->f_op->llseek
		       ? 0
		       : -ENODEV;
}

/* map_area - what is at [addr, addr + len) from now on, where nothing is yet. 0 or -errno. */
static int map_area(struct user_mm *mm, unsigned long addr, unsigned long len, int prot, int flags, struct file *f,
		    u64 off)
{
	const struct vm_operations *ops;
	int err;

	if (!f || (flags & MAP_TYPE) == MAP_PRIVATE)
		return vma_insert(mm, addr, addr + len, prot, f, off, f ? len : 0);
	err = f->f_op->mmap(f, off, len, &ops);
	if (err)
		return err;
	err = vma_insert_shared(mm, addr, addr + len, prot, f, off, ops);
	if (err)
		ops->close(f);
	return err;
}

long do_mmap(unsigned long addr, unsigned long len, int prot, int flags, int fd, u64 off)
{
	struct user_mm *mm = mm_of_current();
	int type = flags & MAP_TYPE;
	struct file *f = NULL;
	long ret;

	if (!len || off & ~PAGE_MASK ||
	    (type != MAP_PRIVATE && type != MAP_SHARED && type != MAP_SHARED_VALIDATE))
		return -EINVAL;
	if (len > mm->task_size || off + len < off)
		return -ENOMEM;
	len = ALIGN(len, PAGE_SIZE);
	prot &= PROT_READ | PROT_WRITE | PROT_EXEC;
	if (!(flags & MAP_ANONYMOUS)) {
		f = fget((unsigned int)fd);
		if (!f)
			return -EBADF;
		ret = map_file_check(f, prot, flags);
		if (ret)
			goto out;
	}
	ret = place(mm, &addr, len, flags);
	if (!ret)
		ret = map_area(mm, addr, len, prot, flags, f, off);
	if (!ret && (flags & MAP_POPULATE) && prot) {
		unsigned long at;

		for (at = addr; at < addr + len && !IS_ERR(user_populate(mm, at)); at += PAGE_SIZE)
			;
	}
out:
	if (f)
		fput(f);
	return ret ? ret : (long)addr;
}

long sys_mmap(unsigned long addr, unsigned long len, int prot, int flags, int fd, unsigned long off)
{
	return do_mmap(addr, len, prot, flags, fd, off);
}

long sys_munmap(unsigned long addr, unsigned long len)
{
	struct user_mm *mm = mm_of_current();
	unsigned long end;

	if (!len || !round_range(mm, addr, len, &end))
		return -EINVAL;
	return user_unmap(mm, addr, end);
}

long sys_mprotect(unsigned long addr, unsigned long len, int prot)
{
	struct user_mm *mm = mm_of_current();
	unsigned long end;

	if (addr & ~PAGE_MASK ||
	    prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN | PROT_GROWSUP))
		return -EINVAL;
	if (!len)
		return 0;
	if (!round_range(mm, addr, len, &end))
		return -ENOMEM;
	return user_protect(mm, addr, end, prot & (PROT_READ | PROT_WRITE | PROT_EXEC));
}

/* move_pages - what is present at @from goes to @to, page by page. */
static int move_pages(struct user_mm *mm, unsigned long from, unsigned long to, unsigned long len,
		      int prot)
{
	unsigned long at = from;
	phys_t pa;

	while ((at = arch_mm_next_mapped(&mm->arch, at, from + len, &pa)) != ~0ul) {
		if (arch_mm_map(&mm->arch, at - from + to, pa, prot))
			return -ENOMEM;
		arch_mm_unmap(&mm->arch, at);
		at += PAGE_SIZE;
	}
	return 0;
}

/* remap_elsewhere - an area of @new_len at a new place, with what was in the old one. */
static long remap_elsewhere(struct user_mm *mm, struct vma *v, unsigned long addr,
			    unsigned long old_len, unsigned long new_len)
{
	struct vma copy = *v;
	u64 skip = addr - v->start;
	unsigned long to = user_find_room(mm, new_len);
	int err;

	if (!to)
		return -ENOMEM;
	if (copy.file)
		get_file(copy.file);
	if (copy.ops) {
		copy.ops->open(copy.file);
		err = vma_insert_shared(mm, to, to + new_len, copy.prot, copy.file, copy.file_off + skip, copy.ops);
		if (err)
			copy.ops->close(copy.file);
	} else {
		err = vma_insert(mm, to, to + new_len, copy.prot, copy.file, copy.file_off + skip,
				 copy.file_len - min(skip, copy.file_len));
	}
	if (!err) {
		err = move_pages(mm, addr, to, min(old_len, new_len), copy.prot);
		if (err) { /* back again, which needs no new tables */
			move_pages(mm, to, addr, min(old_len, new_len), copy.prot);
			user_unmap(mm, to, to + new_len);
		}
	}
	if (!err)
		err = user_unmap(mm, addr, addr + old_len);
	if (copy.file)
		fput(copy.file);
	return err ? err : (long)to;
}

long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr)
{
	struct user_mm *mm = mm_of_current();
	unsigned long end, new_end;
	struct vma *v;
	int err;

	if (flags & ~(unsigned long)MREMAP_MAYMOVE || !new_len || !old_len ||
	    !round_range(mm, addr, old_len, &end))
		return -EINVAL; /* MREMAP_FIXED is not offered */
	if (!round_range(mm, addr, new_len, &new_end))
		return flags & MREMAP_MAYMOVE && new_len <= mm->task_size ? -ENOMEM : -EINVAL;
	v = vma_find(mm, addr);
	if (!v || v->end < end)
		return -EFAULT;
	if (new_end <= end) {
		err = new_end < end ? user_unmap(mm, new_end, end) : 0;
		return err ? err : (long)addr;
	}
	if (v->end == end && !v->file && user_range_free(mm, end, new_end) &&
	    new_end <= mm->stack_low - STACK_GAP) {
		err = vma_insert(mm, end, new_end, v->prot, NULL, 0, 0);
		return err ? err : (long)addr;
	}
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	return remap_elsewhere(mm, v, addr, end - addr, new_end - addr);
}

/* drop - the pages of anonymous memory go, and read as zeros again. */
static void drop(struct user_mm *mm, unsigned long start, unsigned long end)
{
	phys_t pa;

	while ((start = arch_mm_next_mapped(&mm->arch, start, end, &pa)) != ~0ul) {
		arch_mm_unmap(&mm->arch, start);
		put_page(phys_to_page(pa));
		mm->nr_pages--;
		start += PAGE_SIZE;
	}
}

long sys_madvise(unsigned long addr, unsigned long len, int advice)
{
	struct user_mm *mm = mm_of_current();
	unsigned long end;

	if (!round_range(mm, addr, len, &end))
		return -EINVAL;
	if (advice == MADV_DONTNEED)
		drop(mm, addr, end);
	return 0; /* the rest is advice */
}
