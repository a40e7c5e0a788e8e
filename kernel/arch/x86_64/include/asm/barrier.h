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

/*
 * dma_mb - a store to shared memory before a later load from it, both as the device sees them.
 *
 * mfence alone is enough on a real processor and under KVM. QEMU's TCG before 8.0 emits nothing for
 * it when the guest has one processor, although its device models run on another host thread: the
 * load then overtakes the store, and a notification or an interrupt is lost for good. Reading the
 * time stamp counter takes a lock there, which is a fence, and costs some ten nanoseconds
 * anywhere.
 */
#define dma_mb() __asm__ __volatile__("mfence; rdtsc" : : : "rax", "rdx", "memory")

#endif
