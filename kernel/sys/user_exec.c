/* SPDX-License-Identifier: MIT */
/* Putting a checked program into its address space, and the first stack with arguments and
 * auxiliary vector (System V psABI 3.4.1). */
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <uapi/auxvec.h>
#include <uapi/limits.h>
#include "user_internal.h"

#define PIE_BASE_64   0x555555554000ul
#define PIE_BASE_32   0x56555000ul
#define STACK_DEFAULT (8ul << 20)
#define STACK_MAX     (64ul << 20)
#define MAX_STRINGS   4096 /* arguments and environment */

/* random_pages - up to 2^bits pages, for placing things where nobody can guess. */
static unsigned long random_pages(unsigned int bits)
{
	return (get_random_u64() & ((1ul << bits) - 1)) << PAGE_SHIFT;
}

static int map_segments(struct user_mm *mm, struct file *f, const struct elf_image *img, u64 bias)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < img->nr && !err; i++) {
		const struct elf_segment *s = &img->seg[i];
		u64 lead = s->vaddr & ~PAGE_MASK; /* bytes of the first page before the segment: the
						     file's as well */
		u64 start = s->vaddr + bias - lead,
		    end = ALIGN(s->vaddr + bias + s->memsz, PAGE_SIZE);

		err = vma_insert(mm, start, end, s->prot, s->filesz ? f : NULL, s->offset - lead,
				 s->filesz ? s->filesz + lead : 0);
	}
	return err;
}

static int map_stack(struct user_mm *mm)
{
	unsigned long size = STACK_DEFAULT;
	struct process *p = current->process;

	if (p && p->rlim[RLIMIT_STACK].rlim_cur >= 16 * PAGE_SIZE)
		size = ALIGN_DOWN(min_t(u64, p->rlim[RLIMIT_STACK].rlim_cur, STACK_MAX), PAGE_SIZE);
	mm->stack_top = mm->task_size - PAGE_SIZE - random_pages(mm->is32 ? 8 : 22);
	mm->stack_low = mm->stack_top - size;
	mm->mmap_top = mm->stack_low - STACK_GAP - random_pages(mm->is32 ? 8 : 16);
	if (!user_range_free(mm, mm->mmap_top, mm->stack_top))
		return -ENOMEM; /* a segment lies where the stack must */
	return vma_insert(mm, mm->stack_low, mm->stack_top, PROT_READ | PROT_WRITE, NULL, 0, 0);
}

/* What the first stack gets, from its top down. */
struct stack {
	struct user_mm *mm;
	u64 sp;
	int err;
};

static u64 push_bytes(struct stack *s, const void *data, size_t n)
{
	if (s->err)
		return 0;
	if (n > s->sp - s->mm->stack_low - 16 * PAGE_SIZE) {
		s->err = -E2BIG;
		return 0;
	}
	s->sp -= n;
	s->err = user_write(s->mm, s->sp, data, n);
	return s->sp;
}

static unsigned int count(char *const v[])
{
	unsigned int n = 0;

	while (v && v[n] && n <= MAX_STRINGS)
		n++;
	return n;
}

static void push_strings(struct stack *s, char *const v[], unsigned int n, u64 *where)
{
	while (n--)
		where[n] = push_bytes(s, v[n], strlen(v[n]) + 1);
}

/* A list of words of the program's width. */
struct words {
	u64 w[64];
	unsigned int n;
};

static void add_aux(struct words *x, u64 type, u64 value)
{
	x->w[x->n++] = type;
	x->w[x->n++] = value;
}

static void build_auxv(struct words *x, const struct elf_image *img, u64 bias, u64 random,
		       u64 platform, u64 execfn)
{
	u32 eax = 1, ebx, ecx = 0, edx;

	__asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	x->n = 0;
	add_aux(x, AT_HWCAP, edx);
	add_aux(x, AT_PAGESZ, PAGE_SIZE);
	add_aux(x, AT_CLKTCK, 100);
	if (img->phdr)
		add_aux(x, AT_PHDR, img->phdr + bias);
	add_aux(x, AT_PHENT, img->phentsize);
	add_aux(x, AT_PHNUM, img->phdr ? img->phnum : 0);
	add_aux(x, AT_BASE, 0);
	add_aux(x, AT_FLAGS, 0);
	add_aux(x, AT_ENTRY, img->entry + bias);
	add_aux(x, AT_UID, 0);
	add_aux(x, AT_EUID, 0);
	add_aux(x, AT_GID, 0);
	add_aux(x, AT_EGID, 0);
	add_aux(x, AT_SECURE, 0);
	add_aux(x, AT_RANDOM, random);
	add_aux(x, AT_HWCAP2, 0);
	add_aux(x, AT_EXECFN, execfn);
	add_aux(x, AT_PLATFORM, platform);
	add_aux(x, AT_NULL, 0);
}

/* put_words - store words at the place that s->sp went down to; returns the address behind them. */
static u64 put_words(struct stack *s, u64 at, const u64 *w, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n && !s->err; i++) {
		u32 narrow = (u32)w[i];

		if (s->mm->is32)
			s->err = user_write(s->mm, at + 4 * (u64)i, &narrow, 4);
		else
			s->err = user_write(s->mm, at + 8 * (u64)i, &w[i], 8);
	}
	return at + (u64)n * (s->mm->is32 ? 4 : 8);
}

/* build_stack - argc, argv, envp and auxv at the stack pointer, the strings above. */
static int build_stack(struct user_mm *mm, const struct elf_image *img, u64 bias, const char *path,
		       char *const argv[], char *const envp[], u64 *sp)
{
	struct stack s = { .mm = mm, .sp = mm->stack_top };
	unsigned int argc = count(argv), envc = count(envp), total = 1 + argc + 1 + envc + 1;
	u64 *list, random, platform, execfn, at, zero = 0;
	struct words aux;
	u8 seed[16];

	if (argc > MAX_STRINGS || envc > MAX_STRINGS)
		return -E2BIG;
	list = kcalloc(total, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	get_random_bytes(seed, sizeof(seed));
	push_bytes(&s, &zero, 8);
	execfn = push_bytes(&s, path, strlen(path) + 1);
	list[0] = argc;
	push_strings(&s, envp, envc, list + 1 + argc + 1);
	push_strings(&s, argv, argc, list + 1);
	platform = mm->is32 ? push_bytes(&s, "i686", 5) : push_bytes(&s, "x86_64", 7);
	s.sp &= ~15ull;
	random = push_bytes(&s, seed, sizeof(seed));
	build_auxv(&aux, img, bias, random, platform, execfn);
	s.sp = (s.sp - (total + aux.n) * (mm->is32 ? 4 : 8)) & ~15ull;
	if (!s.err && s.sp < mm->stack_low + 16 * PAGE_SIZE)
		s.err = -E2BIG;
	at = put_words(&s, s.sp, list, total);
	put_words(&s, at, aux.w, aux.n);
	kfree(list);
	*sp = s.sp;
	return s.err;
}

int exec_load(struct user_mm *mm, struct file *f, const struct elf_image *img, const char *path,
	      char *const argv[], char *const envp[], u64 *entry, u64 *sp)
{
	u64 bias = 0, high;
	int err;

	if (img->pie)
		bias = (img->is32 ? PIE_BASE_32 : PIE_BASE_64) + random_pages(img->is32 ? 8 : 22) -
		       img->low;
	high = img->high + bias;
	if (high > mm->task_size - STACK_MAX - (256ul << 20) && img->pie)
		return -ENOMEM;
	err = map_segments(mm, f, img, bias);
	if (!err)
		err = map_stack(mm);
	if (err)
		return err;
	mm->brk_start = mm->brk = high + PAGE_SIZE + random_pages(mm->is32 ? 8 : 13);
	*entry = img->entry + bias;
	return build_stack(mm, img, bias, path, argv, envp, sp);
}
