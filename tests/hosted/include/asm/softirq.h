/* SPDX-License-Identifier: MIT */
/* From C to do_softirq: a plain call on the host. */
#ifndef ASM_SOFTIRQ_H
#define ASM_SOFTIRQ_H

void do_softirq(void);
#define arch_do_softirq do_softirq

#endif
