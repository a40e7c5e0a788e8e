/* SPDX-License-Identifier: MIT */
/* Ports and registers of devices that a fuzz target plays (fake_pci.c). */
#ifndef ASM_IO_H
#define ASM_IO_H

#include <asm/barrier.h>
#include <kernel/compiler.h>
#include <kernel/types.h>

#define __iomem

/* fake_read, fake_write - @addr is a port below 0x10000, or lies in what ioremap gave. */
u64 fake_read(unsigned long addr, unsigned int size);
void fake_write(unsigned long addr, unsigned int size, u64 value);

#define FAKE_IO(suffix, msuffix, type, size)                                       \
	static inline type in##suffix(u16 port)                                    \
	{                                                                          \
		return (type)fake_read(port, size);                                \
	}                                                                          \
	static inline void out##suffix(type value, u16 port)                       \
	{                                                                          \
		fake_write(port, size, value);                                     \
	}                                                                          \
	static inline type read##msuffix(const volatile void __iomem *addr)        \
	{                                                                          \
		return (type)fake_read((unsigned long)addr, size);                 \
	}                                                                          \
	static inline void write##msuffix(type value, volatile void __iomem *addr) \
	{                                                                          \
		fake_write((unsigned long)addr, size, value);                      \
	}
FAKE_IO(b, b, u8, 1)
FAKE_IO(w, w, u16, 2)
FAKE_IO(l, l, u32, 4)
#undef FAKE_IO
static inline u64 readq(const volatile void __iomem *addr)
{
	return fake_read((unsigned long)addr, 8);
}
static inline void writeq(u64 value, volatile void __iomem *addr)
{
	fake_write((unsigned long)addr, 8, value);
}

void *ioremap(phys_t pa, size_t size);
void iounmap(void *addr);

#endif
