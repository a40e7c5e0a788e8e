/* SPDX-License-Identifier: MIT */
/* Reads the Multiboot information (specification 0.6.96, 3.3) into bootinfo, and hands out memory
 * until the page allocator does. */

#include <kernel/printk.h>
#include <kernel/string.h>

#include "arch_internal.h"

#define MBI_MEM		0x001
#define MBI_CMDLINE	0x004
#define MBI_MODS	0x008
#define MBI_MMAP	0x040
#define MBI_LOADER_NAME 0x200
#define MMAP_RAM	1
#define LOW_LIMIT	0x1000ull      /* the real-mode vectors' page is left alone */
#define BOOT_MAP_LIMIT	0x100000000ull /* what the boot tables show */
#define MIN_RAM		(6ull << 20)

struct mbi {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr, syms[4];
	u32 mmap_length, mmap_addr, drives_length, drives_addr, config_table, loader_name;
} __packed;

struct mbi_module {
	u32 start, end, string, reserved;
} __packed;

struct mbi_mmap {
	u32 size; /* of what follows */
	u64 base, length;
	u32 type;
} __packed;

struct bootinfo bootinfo;
struct memory_map all_ram;

extern char __boot_tables_start[], __boot_tables_end[];

/* Adds [start, end) to a map that is kept in order; joins what touches, and drops what finds no
 * room. */
static void map_add(struct boot_region *map, unsigned int *nr, unsigned int cap, u64 start, u64 end)
{
	unsigned int i, j;

	if (start >= end)
		return;
	for (i = 0; i < *nr && map[i].end < start; i++)
		;
	if (i < *nr && map[i].start <= end) {
		map[i].start = min(map[i].start, start);
		map[i].end = max(map[i].end, end);
		for (j = i + 1; j < *nr && map[j].start <= map[i].end; j++)
			map[i].end = max(map[i].end, map[j].end);
		memmove(&map[i + 1], &map[j], (*nr - j) * sizeof(*map));
		*nr -= j - i - 1;
		return;
	}
	if (*nr == cap)
		return;
	memmove(&map[i + 1], &map[i], (*nr - i) * sizeof(*map));
	map[i] = (struct boot_region){ start, end };
	(*nr)++;
}

/* Takes [start, end) out of bootinfo.ram. */
static void ram_take(u64 start, u64 end)
{
	unsigned int i, n = 0;
	struct boot_region old[ARRAY_SIZE(bootinfo.ram)];
	unsigned int nr_old = bootinfo.nr_ram;

	memcpy(old, bootinfo.ram, sizeof(old));
	for (i = 0; i < nr_old; i++) {
		struct boot_region r = old[i];

		if (r.end <= start || r.start >= end) {
			if (n < ARRAY_SIZE(bootinfo.ram))
				bootinfo.ram[n++] = r;
			continue;
		}
		if (r.start < start && n < ARRAY_SIZE(bootinfo.ram))
			bootinfo.ram[n++] = (struct boot_region){ r.start, start };
		if (r.end > end && n < ARRAY_SIZE(bootinfo.ram))
			bootinfo.ram[n++] = (struct boot_region){ end, r.end };
	}
	bootinfo.nr_ram = n;
}

void bootinfo_give_back(phys_t start, phys_t end)
{
	map_add(bootinfo.ram, &bootinfo.nr_ram, ARRAY_SIZE(bootinfo.ram), start, end);
}

void *early_alloc_page(void)
{
	unsigned int i;

	for (i = 0; i < bootinfo.nr_ram; i++) {
		struct boot_region *r = &bootinfo.ram[i];

		if (r->end > BOOT_MAP_LIMIT || r->end - r->start < PAGE_SIZE)
			continue;
		r->end -= PAGE_SIZE;
		return memset(__va(r->end), 0, PAGE_SIZE);
	}
	panic("no memory for the kernel's page tables");
}

static const char *mb_string(u32 pa)
{
	return __va(pa);
}

/* QEMU puts the image's file name before the command line, and GRUB 2 does not. */
static void read_cmdline(const struct mbi *mbi)
{
	const char *s = mb_string(mbi->cmdline);

	if ((mbi->flags & MBI_LOADER_NAME) && !strcmp(mb_string(mbi->loader_name), "qemu")) {
		while (*s && *s != ' ')
			s++;
	}
	while (*s == ' ')
		s++;
	strscpy(bootinfo.cmdline, s, sizeof(bootinfo.cmdline));
}

/* A module's name is its whole string; of one that is too long, what follows the path, since the
 * file's name is what counts. */
static void copy_module_name(char *dst, size_t size, const char *s)
{
	size_t word = strcspn(s, " ");

	if (strlen(s) >= size) {
		while (word > 0 && s[word - 1] != '/')
			word--;
		s += s[word] == ' ' ? 0 : word;
	}
	strscpy(dst, s, size);
}

static void read_modules(const struct mbi *mbi)
{
	const struct mbi_module *m = __va(mbi->mods_addr);
	u32 i;

	for (i = 0; i < mbi->mods_count; i++) {
		struct boot_module *mod = &bootinfo.modules[bootinfo.nr_modules];

		if (bootinfo.nr_modules == ARRAY_SIZE(bootinfo.modules)) {
			pr_warn("boot: %u modules, only the first %zu are taken\n", mbi->mods_count,
				ARRAY_SIZE(bootinfo.modules));
			break;
		}
		if (m[i].end <= m[i].start)
			continue;
		mod->start = m[i].start;
		mod->end = m[i].end;
		copy_module_name(mod->name, sizeof(mod->name),
				 m[i].string ? mb_string(m[i].string) : "");
		bootinfo.nr_modules++;
	}
}

static void add_ram(u64 start, u64 end)
{
	if (end < start || end > DIRECT_MAP_SIZE)
		end = DIRECT_MAP_SIZE;
	if (start >= end)
		return;
	start = ALIGN(max_t(u64, start, LOW_LIMIT), PAGE_SIZE);
	end = ALIGN_DOWN(end, PAGE_SIZE);
	map_add(all_ram.region, &all_ram.nr, ARRAY_SIZE(all_ram.region), start, end);
}

static void read_memory(const struct mbi *mbi)
{
	const char *p = __va(mbi->mmap_addr), *end = p + mbi->mmap_length;

	if (mbi->flags & MBI_MMAP) {
		while (p + sizeof(struct mbi_mmap) <= end) {
			const struct mbi_mmap *e = (const void *)p;

			if (e->type == MMAP_RAM)
				add_ram(e->base, e->base + e->length);
			p += e->size + sizeof(e->size);
		}
	} else if (mbi->flags & MBI_MEM) {
		add_ram(0, (u64)mbi->mem_lower << 10);
		add_ram(1 << 20, (1 << 20) + ((u64)mbi->mem_upper << 10));
	}
}

/* bootinfo_read - everything we want of the loader's tables, after which their memory is ordinary
 * memory. */
void bootinfo_read(phys_t mbi_pa)
{
	const struct mbi *mbi = __va(mbi_pa);
	u64 total = 0;
	unsigned int i;

	if (mbi->flags & MBI_CMDLINE)
		read_cmdline(mbi);
	if (mbi->flags & MBI_MODS)
		read_modules(mbi);
	read_memory(mbi);

	memcpy(bootinfo.ram, all_ram.region, sizeof(bootinfo.ram));
	bootinfo.nr_ram = all_ram.nr;
	for (i = 0; i < all_ram.nr; i++)
		total += all_ram.region[i].end - all_ram.region[i].start;
	if (total < MIN_RAM)
		panic("too little memory: at least 8 MiB are needed, %llu KiB are usable",
		      total >> 10);

	ram_take(KERNEL_LOAD, __pa(__image_end));
	for (i = 0; i < bootinfo.nr_modules; i++)
		ram_take(ALIGN_DOWN(bootinfo.modules[i].start, PAGE_SIZE),
			 ALIGN(bootinfo.modules[i].end, PAGE_SIZE));
}
