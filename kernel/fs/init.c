/* SPDX-License-Identifier: MIT */
/* The steps by which the file system starts, in their order. */
#include <kernel/process.h>
#include <kernel/string.h>
#include "fs_internal.h"

void fs_init(void)
{
	static const char *const folders[] = { "bin", "etc", "tmp" };
	unsigned int i;

	process_init();
	file_cache_init();
	tree_init();
	dev_init();
	proc_init();
	eventpoll_init();
	pipe_init();
	for (i = 0; i < ARRAY_SIZE(folders); i++)
		node_add(root_node, folders[i], strlen(folders[i]), S_IFDIR | 0755);
}
