/* SPDX-License-Identifier: MIT */
/* What the boot loader told us, copied out of its memory before that memory is reused. */
#ifndef KERNEL_BOOTINFO_H
#define KERNEL_BOOTINFO_H

#include <kernel/types.h>

struct boot_region {
	u64 start, end; /* physical, bytes, end exclusive */
};

struct boot_module {
	phys_t start, end;
	char name[128]; /* the module's command line */
};

struct bootinfo {
	char cmdline[1024];
	unsigned int nr_ram, nr_modules;
	struct boot_region ram[32]; /* usable and not taken by the kernel image, early allocations or modules */
	struct boot_module modules[8];
};

extern struct bootinfo bootinfo;

/* The default root archive inside the kernel image (arch's root_archive.S). */
extern const char root_archive_start[], root_archive_end[];

#endif
