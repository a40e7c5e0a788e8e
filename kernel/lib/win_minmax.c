/* SPDX-License-Identifier: MIT */
/*
 * The largest or least of a sliding window. Three samples are kept: the best one, and two that
 * stand ready to follow it when it grows too old, so that each is the best of what came after the
 * one before. The second and the third are taken afresh once a quarter and a half of the window
 * have passed without better: the error is at most what a quarter of the window hides. (Jacobson's
 * filter, as BBR's draft uses it: draft-cheng-iccrg-delivery-rate-estimation, section 3.)
 */
#include <kernel/win_minmax.h>

u32 minmax_reset(struct minmax *m, u32 t, u32 v)
{
	m->s[0] = m->s[1] = m->s[2] = (struct minmax_sample){ t, v };
	return v;
}

/* The first of the three is too old: each moves up. */
static void promote(struct minmax *m, struct minmax_sample newest)
{
	m->s[0] = m->s[1];
	m->s[1] = m->s[2];
	m->s[2] = newest;
}

/* Time has passed though nothing better came. */
static u32 age(struct minmax *m, u32 win, struct minmax_sample newest)
{
	u32 passed = newest.t - m->s[0].t;

	if (passed > win) {
		promote(m, newest);
		if (newest.t - m->s[0].t > win)
			promote(m, newest);
	} else if (m->s[1].t == m->s[0].t && passed > win / 4) {
		m->s[1] = m->s[2] = newest;
	} else if (m->s[2].t == m->s[1].t && passed > win / 2) {
		m->s[2] = newest;
	}
	return m->s[0].v;
}

u32 minmax_running_max(struct minmax *m, u32 win, u32 t, u32 v)
{
	const struct minmax_sample newest = { t, v };

	if (v >= m->s[0].v || t - m->s[2].t > win)
		return minmax_reset(m, t, v);
	if (v >= m->s[1].v)
		m->s[1] = m->s[2] = newest;
	else if (v >= m->s[2].v)
		m->s[2] = newest;
	return age(m, win, newest);
}

u32 minmax_running_min(struct minmax *m, u32 win, u32 t, u32 v)
{
	const struct minmax_sample newest = { t, v };

	if (v <= m->s[0].v || t - m->s[2].t > win)
		return minmax_reset(m, t, v);
	if (v <= m->s[1].v)
		m->s[1] = m->s[2] = newest;
	else if (v <= m->s[2].v)
		m->s[2] = newest;
	return age(m, win, newest);
}
