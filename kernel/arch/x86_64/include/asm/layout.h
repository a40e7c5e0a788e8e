/* SPDX-License-Identifier: MIT */
/* Where things lie in virtual memory, in numbers that C, the assembler and the linker script can
 * all read. */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

/*
 * 0000000000001000 - 00007fffffffefff   user space (page 0 is never mapped)
 * ffff888000000000 - ffffc87fffffffff   direct map of all RAM (64 TiB)
 * ffffc90000000000 - ffffc97fffffffff   device registers (ioremap)
 * ffffc98000000000 - ffffc9ffffffffff   kernel stacks, each above an unmapped guard
 * ffffffff80000000 - ffffffffffffffff   the kernel image, at physical address + KERNEL_VMA
 */
#define KERNEL_VMA  0xffffffff80000000
#define KERNEL_LOAD 0x100000

#define DIRECT_MAP_BASE 0xffff888000000000
#define DIRECT_MAP_SLOT 273 /* index in the top-level table */
#define DIRECT_MAP_SIZE 0x400000000000

#define IOREMAP_BASE	0xffffc90000000000
#define IOREMAP_SLOT	402
#define STACK_AREA_BASE 0xffffc98000000000
#define STACK_AREA_SLOT 403

#define BOOT_STACK_SIZE 16384

/* Selectors. The order of the user's three is what SYSRET demands; the numbers are Linux's. */
#define KERNEL_CS     0x10
#define KERNEL_DS     0x18
#define USER32_CS     0x23
#define USER_DS	      0x2b
#define USER_CS	      0x33
#define GDT_TSS_ENTRY 8
#define GDT_TLS_ENTRY 12
#define GDT_TLS_COUNT 3
#define GDT_ENTRIES   16

#endif
