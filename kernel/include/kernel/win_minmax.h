/* SPDX-License-Identifier: MIT */
/* The largest or least of a sliding window of samples, in constant space (kernel/lib/win_minmax.c). */
#ifndef KERNEL_WIN_MINMAX_H
#define KERNEL_WIN_MINMAX_H

#include <kernel/types.h>

struct minmax {
	struct minmax_sample {
		u32 t; /* in the caller's unit, modulo 2^32 */
		u32 v;
	} s[3]; /* the best of the window; of what came after it; of what came after that */
};

static inline u32 minmax_get(const struct minmax *m) { return m->s[0].v; }
/* minmax_reset - forget all but one sample; its value. */
u32 minmax_reset(struct minmax *m, u32 t, u32 v);
/* minmax_running_max, minmax_running_min - take in sample @v of time @t, not before the last one; the best of the last @win. */
u32 minmax_running_max(struct minmax *m, u32 win, u32 t, u32 v);
u32 minmax_running_min(struct minmax *m, u32 win, u32 t, u32 v);

#endif
