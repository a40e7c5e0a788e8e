/* SPDX-License-Identifier: MIT */
/* Red-black trees: insertion and removal by the rules of Cormen et al., chapter 13, without sentinel nodes. */
#include <kernel/rbtree.h>

#define RB_RED 0ul
#define RB_BLACK 1ul

static inline struct rb_node *parent(const struct rb_node *n)
{
	return (struct rb_node *)(n->parent_color & ~1ul);
}

static inline bool is_red(const struct rb_node *n)
{
	return n && !(n->parent_color & RB_BLACK);
}

static inline void set_parent(struct rb_node *n, struct rb_node *p)
{
	n->parent_color = (unsigned long)p | (n->parent_color & 1ul);
}

static inline void set_color(struct rb_node *n, unsigned long color)
{
	n->parent_color = (n->parent_color & ~1ul) | color;
}

/* change_child - let what points to @old point to @new. */
static inline void change_child(struct rb_node *p, struct rb_node *old, struct rb_node *new, struct rb_root *root)
{
	if (!p)
		root->node = new;
	else if (p->left == old)
		p->left = new;
	else
		p->right = new;
}

static void rotate_left(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *r = n->right, *p = parent(n);

	n->right = r->left;
	if (r->left)
		set_parent(r->left, n);
	r->left = n;
	set_parent(r, p);
	change_child(p, n, r, root);
	set_parent(n, r);
}

static void rotate_right(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *l = n->left, *p = parent(n);

	n->left = l->right;
	if (l->right)
		set_parent(l->right, n);
	l->right = n;
	set_parent(l, p);
	change_child(p, n, l, root);
	set_parent(n, l);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *p, *g, *uncle;

	while ((p = parent(node)) && is_red(p)) {
		g = parent(p); /* a red node has a parent */
		uncle = p == g->left ? g->right : g->left;
		if (is_red(uncle)) {
			set_color(uncle, RB_BLACK);
			set_color(p, RB_BLACK);
			set_color(g, RB_RED);
			node = g;
			continue;
		}
		if (p == g->left) {
			if (p->right == node) {
				rotate_left(p, root);
				swap(p, node);
			}
			set_color(p, RB_BLACK);
			set_color(g, RB_RED);
			rotate_right(g, root);
		} else {
			if (p->left == node) {
				rotate_right(p, root);
				swap(p, node);
			}
			set_color(p, RB_BLACK);
			set_color(g, RB_RED);
			rotate_left(g, root);
		}
	}
	set_color(root->node, RB_BLACK);
}

/* fix_left - @p's left side lacks a black node; true when all is well, else @p's side lacks it as a whole. */
static bool fix_left(struct rb_node *p, struct rb_root *root)
{
	struct rb_node *s = p->right;

	if (is_red(s)) {
		set_color(s, RB_BLACK);
		set_color(p, RB_RED);
		rotate_left(p, root);
		s = p->right;
	}
	if (!is_red(s->left) && !is_red(s->right)) {
		set_color(s, RB_RED);
		return false;
	}
	if (!is_red(s->right)) {
		set_color(s->left, RB_BLACK);
		set_color(s, RB_RED);
		rotate_right(s, root);
		s = p->right;
	}
	set_color(s, p->parent_color & 1ul);
	set_color(p, RB_BLACK);
	set_color(s->right, RB_BLACK);
	rotate_left(p, root);
	return true;
}

static bool fix_right(struct rb_node *p, struct rb_root *root)
{
	struct rb_node *s = p->left;

	if (is_red(s)) {
		set_color(s, RB_BLACK);
		set_color(p, RB_RED);
		rotate_right(p, root);
		s = p->left;
	}
	if (!is_red(s->left) && !is_red(s->right)) {
		set_color(s, RB_RED);
		return false;
	}
	if (!is_red(s->left)) {
		set_color(s->right, RB_BLACK);
		set_color(s, RB_RED);
		rotate_left(s, root);
		s = p->left;
	}
	set_color(s, p->parent_color & 1ul);
	set_color(p, RB_BLACK);
	set_color(s->left, RB_BLACK);
	rotate_right(p, root);
	return true;
}

/* erase_color - @node (may be NULL) under @p is one black short. */
static void erase_color(struct rb_node *node, struct rb_node *p, struct rb_root *root)
{
	while (!is_red(node) && node != root->node) {
		if (p->left == node ? fix_left(p, root) : fix_right(p, root))
			return;
		node = p;
		p = parent(node);
	}
	if (node)
		set_color(node, RB_BLACK);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *child, *p, *next;
	bool black;

	if (node->left && node->right) { /* the successor, which has no left child, takes the place of @node */
		next = node->right;
		while (next->left)
			next = next->left;
		child = next->right;
		p = parent(next);
		black = !is_red(next);
		if (p == node) {
			p = next;
		} else {
			p->left = child;
			next->right = node->right;
			set_parent(node->right, next);
		}
		if (child)
			set_parent(child, p);
		next->left = node->left;
		set_parent(node->left, next);
		next->parent_color = node->parent_color;
		change_child(parent(node), node, next, root);
	} else {
		child = node->left ? node->left : node->right;
		p = parent(node);
		black = !is_red(node);
		if (child)
			set_parent(child, p);
		change_child(p, node, child, root);
	}
	if (black)
		erase_color(child, p, root);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->left)
		n = n->left;
	return n;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->right)
		n = n->right;
	return n;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *p;

	if (node->right) {
		node = node->right;
		while (node->left)
			node = node->left;
		return (struct rb_node *)node;
	}
	while ((p = parent(node)) && node == p->right)
		node = p;
	return p;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *p;

	if (node->left) {
		node = node->left;
		while (node->right)
			node = node->right;
		return (struct rb_node *)node;
	}
	while ((p = parent(node)) && node == p->left)
		node = p;
	return p;
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	change_child(parent(victim), victim, new, root);
	if (new->left)
		set_parent(new->left, new);
	if (new->right)
		set_parent(new->right, new);
}
