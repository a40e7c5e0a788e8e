/* SPDX-License-Identifier: MIT */
/* Fuzz target: root archives (kernel/fs/cpio.c), and the tree that comes of them, which is read and
 * taken down again. */
#include <kernel/file.h>
#include <uapi/stat.h>

#include "fs_internal.h"
#include "fuzz.h"

#define MAX_DEPTH 40

static const u8 *archive;
static size_t archive_len;

/* visit - read every file that the archive made, in the way any program does. */
static void visit(const char *path)
{
	char *text;

	if (kernel_read_whole(path, &text, 1 << 16) >= 0)
		kfree(text);
}

/* forget - all below @dir but what the kernel made itself. */
static void forget(struct node *dir, unsigned int depth)
{
	struct node *child, *next;

	list_for_each_entry_safe(child, next, &dir->children, sibling) {
		if (dir == root_node &&
		    (!strcmp(child->name, "dev") || !strcmp(child->name, "proc") ||
		     !strcmp(child->name, "tmp")))
			continue;
		if (node_is_dir(child) && depth < MAX_DEPTH * 100)
			forget(child, depth + 1);
		if (!node_is_dir(child) || list_empty(&child->children))
			node_remove(child);
	}
}

static int body(void *unused)
{
	cpio_unpack(archive, archive_len, "fuzz");
	visit("/a");
	visit("/etc/hosts");
	visit("/bin/x/../y");
	visit("/l");
	forget(root_node, 0);
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
}

void fuzz_one(const u8 *data, size_t len)
{
	archive = data;
	archive_len = len;
	fuzz_call(NULL, body, NULL);
}
