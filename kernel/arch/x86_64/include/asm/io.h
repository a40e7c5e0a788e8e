/* SPDX-License-Identifier: MIT */
/* Port and memory-mapped input and output. */
#ifndef ASM_IO_H
#define ASM_IO_H

#include <asm/barrier.h>
#include <kernel/compiler.h>
#include <kernel/types.h>

#define ASM_IO_PORT(suffix, type)                                                         \
	static inline type in##suffix(u16 port)                                           \
	{                                                                                 \
		type value;                                                               \
		__asm__ __volatile__("in" #suffix " %1, %0" : "=a"(value) : "Nd"(port));  \
		return value;                                                             \
	}                                                                                 \
	static inline void out##suffix(type value, u16 port)                              \
	{                                                                                 \
		__asm__ __volatile__("out" #suffix " %0, %1" : : "a"(value), "Nd"(port)); \
	}

ASM_IO_PORT(b, u8)
ASM_IO_PORT(w, u16)
ASM_IO_PORT(l, u32)
#undef ASM_IO_PORT

#define __iomem

#define ASM_IO_MEM(suffix, insn, type, reg)                                       \
	static inline type read##suffix(const volatile void __iomem *addr)        \
	{                                                                         \
		type value;                                                       \
		__asm__ __volatile__(insn " %1, %0"                               \
				     : reg(value)                                 \
				     : "m"(*(const volatile type *)addr)          \
				     : "memory");                                 \
		return value;                                                     \
	}                                                                         \
	static inline void write##suffix(type value, volatile void __iomem *addr) \
	{                                                                         \
		__asm__ __volatile__(insn " %0, %1"                               \
				     :                                            \
				     : "r"(value), "m"(*(volatile type *)addr)    \
				     : "memory");                                 \
	}

ASM_IO_MEM(b, "movb", u8, "=q")
ASM_IO_MEM(w, "movw", u16, "=r")
ASM_IO_MEM(l, "movl", u32, "=r")
ASM_IO_MEM(q, "movq", u64, "=r")
#undef ASM_IO_MEM

/*
 * ioremap - map @size bytes of device registers at @pa, uncached, readable and writable; @pa need
 * not be page-aligned. NULL when out of memory or of room, or when the range wraps. Context:
 * process.
 */
void *ioremap(phys_t pa, size_t size);
/* iounmap - undo ioremap; @addr is what it returned, NULL is allowed. Context: process. */
void iounmap(void *addr);

#endif
