/* SPDX-License-Identifier: MIT */
/* /proc/sys: every sysctl as a file; net.ipv4.ip_forward is /proc/sys/net/ipv4/ip_forward. */
#include <kernel/proc.h>
#include <kernel/seq_file.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/sysctl.h>
#include "fs_internal.h"

#define SYSCTL_TEXT_MAX 1024
#define SYSCTL_NAME_MAX 128

static unsigned int names_known; /* sysctls that have their file */

static int sysctl_show(struct seq_file *m, void *name)
{
	char *buf = kmalloc(SYSCTL_TEXT_MAX, GFP_KERNEL);
	int n;

	if (!buf)
		return -ENOMEM;
	n = sysctl_read(name, buf, SYSCTL_TEXT_MAX - 1);
	if (n >= 0) {
		n = min(n, SYSCTL_TEXT_MAX - 1);
		seq_write(m, buf, n);
		if (!n || buf[n - 1] != '\n')
			seq_putc(m, '\n');
	}
	kfree(buf);
	return n < 0 ? n : 0;
}

static int sysctl_store(char *text, size_t len, void *name)
{
	return sysctl_write(name, text);
}

static void free_name(void *name)
{
	kfree(name);
}

/* path_of - "net.ipv4.ip_forward" as "sys/net/ipv4/ip_forward". */
static bool path_of(const char *name, char *path, size_t size)
{
	char *p;

	if (snprintf(path, size, "sys/%s", name) >= (int)size)
		return false;
	for (p = path + 4; *p; p++)
		if (*p == '.')
			*p = '/';
	return true;
}

static void make_file(const char *name, void *arg)
{
	char path[SYSCTL_NAME_MAX], *copy;
	const char *base;
	struct node *dir;

	if (!path_of(name, path, sizeof(path)))
		return;
	base = strrchr(path, '/') + 1;
	dir = base - 1 - path > 3 ? node_mkdirs(arg, path + 4, base - 1 - (path + 4)) : arg;
	if (IS_ERR(dir) || node_find(dir, base, strlen(base)))
		return;
	copy = kstrdup(name, GFP_KERNEL);
	if (copy && !proc_create_owned(path, sysctl_show, sysctl_store, copy, free_name))
		kfree(copy);
}

static void count_name(const char *name, void *arg)
{
	++*(unsigned int *)arg;
}

/* populate - sysctls come at any time, most with the network: catch up when somebody looks. */
static void populate(struct node *dir)
{
	unsigned int n = 0;

	sysctl_for_each(count_name, &n);
	if (n == names_known)
		return;
	sysctl_for_each(make_file, dir);
	names_known = n;
}

void proc_sys_init(void)
{
	struct node *dir = proc_dir("sys");

	if (!IS_ERR(dir))
		dir->populate = populate;
}
