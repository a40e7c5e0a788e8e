/* SPDX-License-Identifier: MIT */
/* More of /proc than proc_create: files with data of their own, links, and the tasks' folders. */
#ifndef KERNEL_PROC_H
#define KERNEL_PROC_H

#include <kernel/fs.h>

struct node;
struct task;

/* proc_create_owned - as proc_create; @free_data gets @data when the file and its readers are gone.
 * NULL: no memory, @data is still the caller's. */
struct proc_entry *proc_create_owned(const char *path, int (*show)(struct seq_file *m, void *data),
				     int (*write)(char *text, size_t len, void *data), void *data,
				     void (*free_data)(void *));
/* proc_symlink - a link whose text is made up at each look. 0 or -errno. */
int proc_symlink(const char *path, int (*get_link)(struct node *n, char *buf, size_t size));
/* proc_dir - a folder below /proc, made if need be. ERR_PTR on failure. */
struct node *proc_dir(const char *path);

/* proc_files_init - the kernel's own files: meminfo, uptime, version and so on. */
void proc_files_init(void);
/* proc_task_add, proc_task_remove - /proc/PID of a ring-3 task. */
void proc_task_add(struct task *t);
void proc_task_remove(struct task *t);

#endif
