/* SPDX-License-Identifier: MIT */
/* Fuzz target: programs that lie in their headers (kernel/sys/elf.c). What is accepted must keep
 * what the loader relies on. */
#include <kernel/elf.h>
#include <kernel/file.h>

#include "fuzz.h"

static const u8 *image;
static size_t image_len;

static void check(const struct elf_image *img)
{
	unsigned int i;
	u64 end = 0;

	if (!img->nr || img->nr > ELF_MAX_SEGMENTS)
		fuzz_fault("%u segments", img->nr);
	for (i = 0; i < img->nr; i++) {
		const struct elf_segment *s = &img->seg[i];

		if (s->vaddr + s->memsz < s->vaddr || s->vaddr + s->memsz > TASK_SIZE ||
		    s->vaddr < end)
			fuzz_fault("segment %u at %llx of %llx bytes is accepted", i, s->vaddr,
				   s->memsz);
		if (s->filesz > s->memsz || s->offset + s->filesz < s->offset ||
		    s->offset + s->filesz > image_len)
			fuzz_fault("segment %u takes %llx bytes at %llx of a file of %zx", i,
				   s->filesz, s->offset, image_len);
		end = s->vaddr + s->memsz;
	}
	if (img->low > img->seg[0].vaddr || img->high < end)
		fuzz_fault("%llx to %llx is not all of it", img->low, img->high);
}

static int body(void *unused)
{
	struct elf_image *img = kzalloc(sizeof(*img), GFP_KERNEL);
	const char *why = NULL;
	struct file *f;
	int err = kernel_write_whole("/tmp/p", image, image_len);

	if (err || !img)
		fuzz_fault("cannot write the file: error %d", err);
	f = filp_open("/tmp/p", O_RDONLY, 0);
	if (IS_ERR(f))
		fuzz_fault("cannot open the file: error %ld", PTR_ERR(f));
	err = elf_parse(f, image_len, img, &why);
	if (!err)
		check(img);
	else if (err == -ENOEXEC && !why)
		fuzz_fault("refused without a word");
	fput(f);
	kfree(img);
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
}

void fuzz_one(const u8 *data, size_t len)
{
	image = data;
	image_len = len;
	fuzz_call(NULL, body, NULL);
}
