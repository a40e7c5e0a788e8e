/* SPDX-License-Identifier: MIT */
/* Memory ordering. Ordinary memory is strongly ordered here but for a store before a later load
 * (Intel SDM 3A 8.2). */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

#define mb()  __asm__ __volatile__("mfence" : : : "memory")
#define rmb() __asm__ __volatile__("lfence" : : : "memory")
#define wmb() __asm__ __volatile__("sfence" : : : "memory")

/* Towards a device or host thread that shares ordinary memory with us (virtio rings). */
#define smp_mb()  __asm__ __volatile__("mfence" : : : "memory")
#define smp_rmb() __asm__ __volatile__("" : : : "memory")
#define smp_wmb() __asm__ __volatile__("" : : : "memory")
#define dma_rmb() smp_rmb()
#define dma_wmb() smp_wmb()

#endif
