/* SPDX-License-Identifier: MIT */
/* Ring 3's address space and programs, as the user_*.c files share them. */
#ifndef USER_INTERNAL_H
#define USER_INTERNAL_H

#include <asm/mmu.h>
#include <asm/page.h>
#include <kernel/elf.h>
#include <kernel/fs.h>
#include <kernel/list.h>
#include <uapi/elf.h>
#include <uapi/mman.h>
#include "sys_internal.h"

#define MAX_VMAS 1024 /* areas in one address space */

/* One area: pages come when they are touched: a file's own (ops), copies of what is in it, or zeros. */
struct vma {
	struct list_head node;	  /* in mm->vmas, by address */
	unsigned long start, end; /* page-aligned; end exclusive */
	int prot;		  /* PROT_x */
	struct file *file;	  /* with a reference, or NULL */
	u64 file_off;		  /* of what belongs at start */
	u64 file_len;		  /* bytes from start on that the file gives */
	const struct vm_operations *ops; /* of the file's own pages, or NULL */
};

/* Process context of its one task only (and of the loader before it runs). */
struct user_mm {
	struct arch_mm arch;
	struct list_head vmas;
	struct vma *last; /* the one found last, or NULL */
	unsigned int nr_vmas;
	unsigned long nr_pages; /* present */
	unsigned long brk_start, brk;
	unsigned long stack_low, stack_top;
	unsigned long mmap_top; /* mmap looks for room below it */
	unsigned long task_size;
	bool is32;
};

struct user_mm *user_mm_alloc(bool is32);
void user_mm_free(struct user_mm *mm);
struct vma *vma_find(struct user_mm *mm, unsigned long addr); /* the area that holds it, or NULL */
/* vma_first_above - the first area that ends above @addr, or NULL. */
struct vma *vma_first_above(struct user_mm *mm, unsigned long addr);
/* vma_insert - a new area; nothing may be mapped there. Takes a reference to @file. 0, -ENOMEM. */
int vma_insert(struct user_mm *mm, unsigned long start, unsigned long end, int prot,
	       struct file *file, u64 off, u64 len);
/* vma_insert_shared - the same for a file's own pages; @ops->close comes with its end. 0, -ENOMEM. */
int vma_insert_shared(struct user_mm *mm, unsigned long start, unsigned long end, int prot, struct file *file,
		      u64 off, const struct vm_operations *ops);
/* user_unmap - forget [start, end), splitting what only partly lies in it. 0, -ENOMEM. */
int user_unmap(struct user_mm *mm, unsigned long start, unsigned long end);
int user_protect(struct user_mm *mm, unsigned long start, unsigned long end, int prot);
/* user_find_room - where @len bytes fit below mm->mmap_top; 0: nowhere. */
unsigned long user_find_room(struct user_mm *mm, unsigned long len);
bool user_range_free(struct user_mm *mm, unsigned long start, unsigned long end);
/* user_populate - make the page at @addr present. Its contents' address, or ERR_PTR(-EFAULT,
 * -ENOMEM). */
void *user_populate(struct user_mm *mm, unsigned long addr);
/* user_write - put bytes into an address space that need not be the current one, whatever the
 * protection. 0 or -errno. */
int user_write(struct user_mm *mm, unsigned long addr, const void *data, size_t n);

/* exec_load - map @img and build the first stack; *entry, *sp for the first instruction. 0 or
 * -errno. */
int exec_load(struct user_mm *mm, struct file *f, const struct elf_image *img, const char *path,
	      char *const argv[], char *const envp[], u64 *entry, u64 *sp);

struct pt_regs;
/* setup_frame_64, setup_frame_32 - make @regs run the handler of @sig. 0, or -EFAULT if the frame
 * cannot be written. */
int setup_frame_64(struct pt_regs *regs, int sig, const struct k_sigaction *act,
		   const struct k_siginfo *info, u64 mask);
int setup_frame_32(struct pt_regs *regs, int sig, const struct k_sigaction *act,
		   const struct k_siginfo *info, u64 mask);
/* signal_sp - where the frame may begin: the alternate stack's top, or below @sp. */
u64 signal_sp(const struct k_sigaction *act, u64 sp);

#endif
