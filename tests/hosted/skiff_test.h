/* SPDX-License-Identifier: MIT */
/* Beyond skiff_host.h, for tests: failing allocations, and what the kernel thinks of itself. */
#ifndef SKIFF_TEST_H
#define SKIFF_TEST_H

#include "skiff_host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* skiff_fail_alloc - the @nth allocation from now on fails (0: none), and of all others @ppm in a million, by @seed. */
void skiff_fail_alloc(unsigned long nth, unsigned int ppm, u64 seed);
/* skiff_port_remove - the device is pulled out, and @port with it; returns when nobody refers to it any
 * more. From a task only. */
void skiff_port_remove(struct skiff_port *port);
/* skiff_warnings - WARN_ON and the like that have struck since boot. */
unsigned int skiff_warnings(void);
/* skiff_memory_used - bytes that are not free, caches given back first. */
u64 skiff_memory_used(void);

#ifdef __cplusplus
}
#endif

#endif
