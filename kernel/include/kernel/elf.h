/* SPDX-License-Identifier: MIT */
/* A program as kernel/sys/elf.c read it. */
#ifndef KERNEL_ELF_H
#define KERNEL_ELF_H

#include <asm/page.h>
#include <kernel/fs.h>
#include <uapi/elf.h>

#define STACK_GAP (1ul << 20) /* unmapped below the stack */
#define MMAP_MIN                                                                                 \
	(16 * PAGE_SIZE) /* the lowest address that can be mapped: a NULL pointer with an offset \
			    finds nothing */

#define ELF_MAX_SEGMENTS 16
struct elf_segment {
	u64 vaddr, memsz, offset, filesz;
	int prot;
};
struct elf_image {
	bool is32, pie;
	unsigned int nr;
	struct elf_segment seg[ELF_MAX_SEGMENTS]; /* by address */
	u64 entry;
	u64 phdr; /* where the program headers are in memory; 0: nowhere */
	unsigned int phnum, phentsize;
	u64 low, high; /* first and one past the last page */
};
/* elf_parse - read and check everything. 0 or -ENOEXEC with *why telling what is wrong, -ENOMEM,
 * -EIO. */
int elf_parse(struct file *f, u64 file_size, struct elf_image *img, const char **why);

#endif
