/* SPDX-License-Identifier: MIT */
/* Tests of reading programs: good ones of both widths, and every kind of lie in their headers. */
#include <kernel/elf.h>
#include <kernel/err.h>
#include <kernel/file.h>
#include <kernel/random.h>
#include <kernel/string.h>

#include "unit.h"

static int fs_task(void *unused)
{
	fs_init();
	return 0;
}

static int boot_fs(void **state)
{
	hosted_boot_core("loglevel=0");
	run_task(fs_task, NULL);
	return 0;
}

static struct {
	Elf64_Ehdr h;
	Elf64_Phdr p[3];
	char body[0x3000];
} good;

static struct {
	Elf32_Ehdr h;
	Elf32_Phdr p[2];
	char body[0x1000];
} good32;

static void make_good(void)
{
	memset(&good, 0, sizeof(good));
	memcpy(good.h.e_ident, ELFMAG "\2\1\1", 7);
	good.h.e_type = ET_EXEC;
	good.h.e_machine = EM_X86_64;
	good.h.e_entry = 0x401010;
	good.h.e_phoff = sizeof(Elf64_Ehdr);
	good.h.e_phentsize = sizeof(Elf64_Phdr);
	good.h.e_phnum = 3;
	good.p[0] = (Elf64_Phdr){ .p_type = PT_LOAD,
				  .p_flags = PF_R,
				  .p_vaddr = 0x400000,
				  .p_filesz = 0x800,
				  .p_memsz = 0x800 };
	good.p[1] = (Elf64_Phdr){ .p_type = PT_LOAD,
				  .p_flags = PF_R | PF_X,
				  .p_offset = 0x1000,
				  .p_vaddr = 0x401000,
				  .p_filesz = 0x900,
				  .p_memsz = 0x900 };
	good.p[2] = (Elf64_Phdr){ .p_type = PT_LOAD,
				  .p_flags = PF_R | PF_W,
				  .p_offset = 0x1ff0,
				  .p_vaddr = 0x403ff0,
				  .p_filesz = 0x20,
				  .p_memsz = 0x5000 };
	memset(&good32, 0, sizeof(good32));
	memcpy(good32.h.e_ident, ELFMAG "\1\1\1", 7);
	good32.h.e_type = ET_DYN;
	good32.h.e_machine = EM_386;
	good32.h.e_entry = 0x100;
	good32.h.e_phoff = sizeof(Elf32_Ehdr);
	good32.h.e_phentsize = sizeof(Elf32_Phdr);
	good32.h.e_phnum = 2;
	good32.p[0] = (Elf32_Phdr){
		.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = 0x800, .p_memsz = 0x1000
	};
	good32.p[1] = (Elf32_Phdr){ .p_type = PT_NOTE };
}

static struct elf_image img;
static const char *why;

/* parse - what elf_parse says to an image of @n bytes. */
static int parse(const void *image, size_t n)
{
	struct file *f;
	int err = kernel_write_whole("/tmp/p", image, n);

	assert_int_equal(err, 0);
	f = filp_open("/tmp/p", O_RDONLY, 0);
	assert_false(IS_ERR(f));
	err = elf_parse(f, f->f_inode->i_size, &img, &why);
	fput(f);
	return err;
}

static int task_fn(void *fn)
{
	((void (*)(void))fn)();
	return 0;
}

static void reads_good(void)
{
	make_good();
	assert_int_equal(parse(&good, sizeof(good)), 0);
	assert_false(img.is32 || img.pie);
	assert_int_equal(img.nr, 3);
	assert_int_equal(img.entry, 0x401010);
	assert_int_equal(img.phdr, 0x400040);
	assert_int_equal(img.low, 0x400000);
	assert_int_equal(img.high, 0x409000);
	assert_int_equal(parse(&good32, sizeof(good32)), 0);
	assert_true(img.is32 && img.pie);
	assert_int_equal(img.phdr, sizeof(Elf32_Ehdr));
}

static void good_programs_are_read(void **state)
{
	run_task(task_fn, (void *)reads_good);
}

#define SPOILT(change, message)                                         \
	do {                                                            \
		make_good();                                            \
		change;                                                 \
		assert_int_equal(parse(&good, sizeof(good)), -ENOEXEC); \
		assert_string_equal(why, message);                      \
	} while (0)

static void refuses_lies(void)
{
	SPOILT(good.h.e_ident[0] = 0, "no ELF file");
	SPOILT(good.h.e_ident[EI_DATA] = 2, "not a little-endian ELF file of version 1");
	SPOILT(good.h.e_ident[EI_CLASS] = 3, "ELF header cut short, or of an unknown class");
	SPOILT(good.h.e_ident[EI_CLASS] = ELFCLASS32, "made for another processor");
	SPOILT(good.h.e_machine = 183, "made for another processor");
	SPOILT(good.h.e_type = ET_REL, "no executable");
	SPOILT(good.h.e_phentsize = 57, "program headers of a wrong size");
	SPOILT(good.h.e_phnum = 0, "no program headers, or too many");
	SPOILT(good.h.e_phnum = 0xffff, "no program headers, or too many");
	SPOILT(good.h.e_phoff = ~0ull - 8, "program headers beyond the end of the file");
	SPOILT(good.h.e_phoff = sizeof(good) - 8, "program headers beyond the end of the file");
	SPOILT(good.p[0].p_type = PT_INTERP, "dynamically linked; link it with -static");
	SPOILT(good.p[0].p_filesz = 0x801, "segment larger in the file than in memory");
	SPOILT(good.p[1].p_offset = 0x101000, "segment beyond the end of the file");
	SPOILT(good.p[1].p_offset = ~0xfffull, "segment beyond the end of the file");
	SPOILT(good.p[2].p_memsz = ~0ull, "segment outside of user memory");
	SPOILT(good.p[2].p_memsz = 1ull << 47, "segment outside of user memory");
	SPOILT(good.p[2].p_vaddr = 0xffffffff80000ff0ull, "segment outside of user memory");
	SPOILT(good.p[0].p_vaddr = 0, "segment in the lowest pages, which stay unmapped");
	SPOILT(good.p[1].p_offset = 0x1001, "segment whose address and file offset do not agree");
	SPOILT(good.p[0].p_memsz = 0x1001, "segments overlap");
	SPOILT(good.p[2].p_vaddr = 0x400ff0, "segments overlap");
	SPOILT(good.h.e_entry = 0x401900, "entry point outside of its code");
	SPOILT(good.h.e_entry = 0x403ff8, "entry point outside of its code");
	SPOILT((good.p[0].p_type = good.p[1].p_type = good.p[2].p_type = PT_NULL),
	       "nothing to load");
	make_good();
	assert_int_equal(parse(&good, 10), -ENOEXEC);
	assert_int_equal(parse(&good, 63), -ENOEXEC);
	assert_int_equal(parse(&good, sizeof(Elf64_Ehdr)), -ENOEXEC);
	assert_int_equal(parse("", 0), -ENOEXEC);
}

static void each_lie_has_its_line(void **state)
{
	run_task(task_fn, (void *)refuses_lies);
}

/* What exec_load relies on. */
static void check_promises(u64 size)
{
	u64 limit = img.is32 ? TASK_SIZE_32 : TASK_SIZE;
	unsigned int i;

	assert_true(img.nr >= 1 && img.nr <= ELF_MAX_SEGMENTS);
	for (i = 0; i < img.nr; i++) {
		const struct elf_segment *s = &img.seg[i];

		assert_true(s->memsz && s->filesz <= s->memsz && s->memsz < limit &&
			    s->vaddr < limit - s->memsz);
		assert_true(s->filesz <= size && s->offset <= size - s->filesz);
		assert_int_equal(s->offset % PAGE_SIZE, s->vaddr % PAGE_SIZE);
		assert_true(!i || ALIGN(s[-1].vaddr + s[-1].memsz, PAGE_SIZE) <=
					  ALIGN_DOWN(s->vaddr, PAGE_SIZE));
	}
}

static void survives_noise(void)
{
	unsigned int round, i;

	for (round = 0; round < 20000; round++) {
		void *image = round % 2 ? (void *)&good : (void *)&good32;
		size_t head = round % 2 ? sizeof(good.h) + sizeof(good.p)
					: sizeof(good32.h) + sizeof(good32.p);
		size_t size = round % 2 ? sizeof(good) : sizeof(good32);

		make_good();
		for (i = 0; i <= round % 3; i++) {
			u8 *at = (u8 *)image + 4 + get_random_below((u32)head - 4);

			*at = get_random_below(2) ? (u8)get_random_u32()
						  : (u8)(*at ^ 1u << get_random_below(8));
		}
		if (!parse(image, size))
			check_promises(size);
	}
}

static void noise_is_refused_or_harmless(void **state)
{
	run_task(task_fn, (void *)survives_noise);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_programs_are_read),
		cmocka_unit_test(each_lie_has_its_line),
		cmocka_unit_test(noise_is_refused_or_harmless),
	};

	return cmocka_run_group_tests_name("elf", tests, boot_fs, no_warnings);
}
