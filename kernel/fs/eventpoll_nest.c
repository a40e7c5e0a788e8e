/* SPDX-License-Identifier: MIT */
/* epoll files that watch epoll files: no rings, no deep towers, and no fans that make one wake-up
 * cost a million. */
#include "eventpoll_internal.h"

static u32 visit_mark;

/* depth_below - how many epolls hang below @ep, along the longest way; more than EP_MAX_NESTS for a
 * ring through @top. */
static int depth_below(struct eventpoll *ep, const struct eventpoll *top, int level)
{
	struct rb_node *n;
	int deepest = 0;

	if (ep == top || level > EP_MAX_NESTS)
		return EP_MAX_NESTS + 1;
	if (ep->visit == visit_mark)
		return ep->depth;
	for (n = rb_first(&ep->items); n && deepest <= EP_MAX_NESTS; n = rb_next(n)) {
		struct eventpoll *below = eventpoll_of(rb_entry(n, struct epitem, node)->file);

		if (below)
			deepest = max(deepest, 1 + depth_below(below, top, level + 1));
	}
	ep->visit = visit_mark;
	ep->depth = deepest;
	return deepest;
}

/* depth_above - how many epolls watch @ep, along the longest way. */
static int depth_above(struct eventpoll *ep, int level)
{
	struct epitem *epi;
	int deepest = 0;

	if (level > EP_MAX_NESTS)
		return EP_MAX_NESTS + 1;
	if (ep->visit == visit_mark)
		return ep->depth;
	list_for_each_entry(epi, &ep->file->f_ep_links, file_link)
		deepest = max(deepest, 1 + depth_above(epi->ep, level + 1));
	ep->visit = visit_mark;
	ep->depth = deepest;
	return deepest;
}

bool ep_check_loop(struct eventpoll *ep, struct eventpoll *target)
{
	int below, above;

	visit_mark++;
	below = depth_below(target, ep, 0);
	visit_mark++;
	above = depth_above(ep, 0);
	return below + above + 1 > EP_MAX_NESTS;
}

/* Ways of each length that a wake-up may take upward (Linux's path_limits). */
static const int path_limit[EP_MAX_NESTS + 1] = { 1000, 500, 100, 50, 10 };

static bool too_many_paths(struct file *f, int level, int count[EP_MAX_NESTS + 1])
{
	struct epitem *epi;

	if (level > EP_MAX_NESTS)
		return true;
	list_for_each_entry(epi, &f->f_ep_links, file_link) {
		if (list_empty(&epi->ep->file->f_ep_links)) {
			if (++count[level] > path_limit[level])
				return true;
		} else if (too_many_paths(epi->ep->file, level + 1, count)) {
			return true;
		}
	}
	return false;
}

/* check_below - the files under @f whose ways upward grew by watching @f. */
static bool check_below(struct file *f, int level)
{
	struct eventpoll *ep = eventpoll_of(f);
	struct rb_node *n;
	int count[EP_MAX_NESTS + 1] = { 0 };

	if (!ep || level > EP_MAX_NESTS)
		return too_many_paths(f, 0, count);
	if (ep->visit == visit_mark)
		return false;
	ep->visit = visit_mark;
	for (n = rb_first(&ep->items); n; n = rb_next(n))
		if (check_below(rb_entry(n, struct epitem, node)->file, level + 1))
			return true;
	return false;
}

int ep_check_paths(struct eventpoll *ep, struct file *f)
{
	if (!eventpoll_of(f) && list_empty(&ep->file->f_ep_links))
		return 0; /* the common case: nothing is nested, a wake-up goes one step */
	visit_mark++;
	return check_below(f, 0) ? -EINVAL : 0;
}
