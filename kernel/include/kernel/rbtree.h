/* SPDX-License-Identifier: MIT */
/* Red-black trees; the caller descends and compares, the tree links and balances (kernel/lib/rbtree.c). */
#ifndef KERNEL_RBTREE_H
#define KERNEL_RBTREE_H

#include <kernel/kernel.h>

struct rb_node {
	unsigned long parent_color; /* parent pointer, colour in bit 0 */
	struct rb_node *left, *right;
};

struct rb_root {
	struct rb_node *node;
};

#define RB_ROOT ((struct rb_root){ NULL })
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member) \
	({ __typeof__(ptr) _rp = (ptr); _rp ? rb_entry(_rp, type, member) : NULL; })
#define RB_EMPTY_ROOT(root) ((root)->node == NULL)
#define RB_EMPTY_NODE(n) ((n)->parent_color == (unsigned long)(n))
#define RB_CLEAR_NODE(n) ((n)->parent_color = (unsigned long)(n))

/* rb_link_node - hang @node under @parent at @link, to be followed by rb_insert_color. */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->parent_color = (unsigned long)parent;
	node->left = node->right = NULL;
	*link = node;
}

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
/* rb_replace_node - put @new in the place of @victim; the key order must be the same. */
void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root);

#endif
