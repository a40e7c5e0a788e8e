/* SPDX-License-Identifier: MIT */
/* What every task gives back when it ends, with or without a ring-3 half. */
#include <kernel/fs.h>
#include <kernel/process.h>

static void release_files(struct task *t)
{
	struct files_struct *files = t->files;

	t->files = NULL;
	if (files)
		files_put(files);
}

void process_init(void)
{
	task_set_exit_hook(release_files);
}
