/* SPDX-License-Identifier: MIT */
/* From C to do_softirq without a register lost. */
#ifndef ASM_SOFTIRQ_H
#define ASM_SOFTIRQ_H

#include <kernel/compiler.h>

/*
 * arch_do_softirq - do_softirq(), keeping every register. It stands at the end of every section that holds bottom halves off,
 * and is hardly ever taken there: that way the code around it does not have to make room for a call. Context: process.
 */
static __always_inline void arch_do_softirq(void)
{
	register unsigned long sp __asm__("rsp"); /* the frame, where there is one, is set up before */

	__asm__ __volatile__("call do_softirq_thunk" : "+r"(sp) : : "memory", "cc");
}

#endif
