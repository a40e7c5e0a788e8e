/* SPDX-License-Identifier: MIT */
/* Hosted: one thread, so that the compiler alone needs to be held back. */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

#include <kernel/compiler.h>

#define mb() barrier()
#define rmb() barrier()
#define wmb() barrier()
#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define dma_mb() barrier()
#define dma_rmb() barrier()
#define dma_wmb() barrier()

#endif
