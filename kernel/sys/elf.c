/* SPDX-License-Identifier: MIT */
/* Reading a program: the ELF headers of a static i386 or x86-64 executable (System V gABI chapter
 * 5), every field of which may lie. */
#include <kernel/elf.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <uapi/mman.h>

#define MAX_PHNUM 128

/* Both widths in one. */
struct header {
	unsigned int type, machine, phentsize, phnum;
	u64 entry, phoff;
};

static const char *read_header(const u8 *h, size_t n, struct elf_image *img, struct header *e)
{
	if (n < EI_NIDENT || memcmp(h, ELFMAG, SELFMAG))
		return "no ELF file";
	if (h[EI_DATA] != ELFDATA2LSB || h[EI_VERSION] != EV_CURRENT)
		return "not a little-endian ELF file of version 1";
	if (h[EI_CLASS] == ELFCLASS32 && n >= sizeof(Elf32_Ehdr)) {
		const Elf32_Ehdr *x = (const void *)h;

		img->is32 = true;
		*e = (struct header){ x->e_type,  x->e_machine, x->e_phentsize,
				      x->e_phnum, x->e_entry,	x->e_phoff };
	} else if (h[EI_CLASS] == ELFCLASS64 && n >= sizeof(Elf64_Ehdr)) {
		const Elf64_Ehdr *x = (const void *)h;

		*e = (struct header){ x->e_type,  x->e_machine, x->e_phentsize,
				      x->e_phnum, x->e_entry,	x->e_phoff };
	} else {
		return "ELF header cut short, or of an unknown class";
	}
	if (e->machine != (img->is32 ? EM_386 : EM_X86_64))
		return "made for another processor";
	if (e->type != ET_EXEC && e->type != ET_DYN)
		return "no executable";
	if (e->phentsize != (img->is32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr)))
		return "program headers of a wrong size";
	if (!e->phnum || e->phnum > MAX_PHNUM)
		return "no program headers, or too many";
	return NULL;
}

static Elf64_Phdr phdr_at(const void *table, bool is32, unsigned int i)
{
	const Elf32_Phdr *p = (const Elf32_Phdr *)table + i;

	if (!is32)
		return ((const Elf64_Phdr *)table)[i];
	return (Elf64_Phdr){ .p_type = p->p_type,
			     .p_flags = p->p_flags,
			     .p_offset = p->p_offset,
			     .p_vaddr = p->p_vaddr,
			     .p_filesz = p->p_filesz,
			     .p_memsz = p->p_memsz,
			     .p_align = p->p_align };
}

/* add_segment - check one PT_LOAD and keep the list sorted by address. */
static const char *add_segment(struct elf_image *img, const Elf64_Phdr *p, u64 file_size)
{
	u64 limit = img->is32 ? TASK_SIZE_32 : TASK_SIZE, end;
	unsigned int at = img->nr;

	if (!p->p_memsz)
		return NULL;
	if (p->p_filesz > p->p_memsz)
		return "segment larger in the file than in memory";
	if (p->p_offset > file_size || p->p_filesz > file_size - p->p_offset)
		return "segment beyond the end of the file";
	if (__builtin_add_overflow(p->p_vaddr, p->p_memsz, &end) || end > limit - STACK_GAP)
		return "segment outside of user memory";
	if (!img->pie && p->p_vaddr < MMAP_MIN)
		return "segment in the lowest pages, which stay unmapped";
	if ((p->p_vaddr ^ p->p_offset) & (PAGE_SIZE - 1))
		return "segment whose address and file offset do not agree";
	if (img->nr == ELF_MAX_SEGMENTS)
		return "too many segments";
	while (at && img->seg[at - 1].vaddr > p->p_vaddr) {
		img->seg[at] = img->seg[at - 1];
		at--;
	}
	img->seg[at] = (struct elf_segment){
		.vaddr = p->p_vaddr,
		.memsz = p->p_memsz,
		.offset = p->p_offset,
		.filesz = p->p_filesz,
		.prot = (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
			(p->p_flags & PF_X ? PROT_EXEC : 0),
	};
	img->nr++;
	return NULL;
}

/* check_image - what concerns the segments together: order, overlap, the entry. */
static const char *check_image(struct elf_image *img, const struct header *e)
{
	bool entry_ok = false;
	unsigned int i;

	if (!img->nr)
		return "nothing to load";
	for (i = 0; i < img->nr; i++) {
		const struct elf_segment *s = &img->seg[i];

		if (i &&
		    ALIGN(s[-1].vaddr + s[-1].memsz, PAGE_SIZE) > ALIGN_DOWN(s->vaddr, PAGE_SIZE))
			return "segments overlap";
		if ((s->prot & PROT_EXEC) && e->entry >= s->vaddr && e->entry - s->vaddr < s->memsz)
			entry_ok = true;
		if (e->phoff >= s->offset && e->phoff - s->offset < s->filesz &&
		    (u64)e->phnum * e->phentsize <= s->filesz - (e->phoff - s->offset))
			img->phdr = s->vaddr + (e->phoff - s->offset);
	}
	if (!entry_ok)
		return "entry point outside of its code";
	img->entry = e->entry;
	img->phnum = e->phnum;
	img->phentsize = e->phentsize;
	img->low = ALIGN_DOWN(img->seg[0].vaddr, PAGE_SIZE);
	img->high = ALIGN(img->seg[img->nr - 1].vaddr + img->seg[img->nr - 1].memsz, PAGE_SIZE);
	return NULL;
}

static const char *read_segments(const void *table, const struct header *e, u64 file_size,
				 struct elf_image *img)
{
	const char *why = NULL;
	unsigned int i;

	for (i = 0; i < e->phnum && !why; i++) {
		Elf64_Phdr p = phdr_at(table, img->is32, i);

		if (p.p_type == PT_INTERP)
			why = "dynamically linked; link it with -static";
		else if (p.p_type == PT_LOAD)
			why = add_segment(img, &p, file_size);
	}
	return why ? why : check_image(img, e);
}

int elf_parse(struct file *f, u64 file_size, struct elf_image *img, const char **why)
{
	u8 head[sizeof(Elf64_Ehdr)] __aligned(8);
	struct header e;
	size_t size;
	void *table;
	ssize_t n;

	memset(img, 0, sizeof(*img));
	*why = NULL;
	f->f_pos = 0;
	n = kernel_read(f, head, sizeof(head));
	if (n < 0)
		return (int)n;
	*why = read_header(head, (size_t)n, img, &e);
	if (*why)
		return -ENOEXEC;
	img->pie = e.type == ET_DYN;
	size = (size_t)e.phnum * e.phentsize;
	if (e.phoff > file_size || size > file_size - e.phoff) {
		*why = "program headers beyond the end of the file";
		return -ENOEXEC;
	}
	table = kmalloc(size, GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	f->f_pos = (loff_t)e.phoff;
	n = kernel_read(f, table, size);
	if (n == (ssize_t)size)
		*why = read_segments(table, &e, file_size, img);
	kfree(table);
	if (n != (ssize_t)size)
		return n < 0 ? (int)n : -EIO;
	return *why ? -ENOEXEC : 0;
}
