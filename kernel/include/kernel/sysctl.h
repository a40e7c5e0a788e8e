/* SPDX-License-Identifier: MIT */
/* sysctl: named integers that the console's `sysctl` and /proc/sys show and change (kernel/core/sysctl.c). */
#ifndef KERNEL_SYSCTL_H
#define KERNEL_SYSCTL_H

#include <kernel/kernel.h>
#include <kernel/list.h>

struct ctl_table {
	const char *procname; /* "net.ipv4.ip_forward" */
	size_t offset; /* of the value in the registered base object (struct net, say) */
	/* proc_handler - NULL: @count ints (u8 when size == 1) within [min, max]; otherwise formats or parses itself */
	int (*proc_handler)(const struct ctl_table *t, void *base, char *buf, size_t size, bool write);
	u8 size; /* 1, 4 or 8 bytes a value */
	u8 count; /* values in a row (tcp_rmem has 3) */
	bool readonly;
	long min, max; /* for each value; both 0: any */
};

struct ctl_table_header {
	struct list_head node;
	const struct ctl_table *table;
	size_t n;
	void *base;
};

/* register_sysctl - the header is the caller's memory and stays registered. 0. Context: process. */
int register_sysctl(struct ctl_table_header *h, const struct ctl_table *table, size_t n, void *base);
void unregister_sysctl(struct ctl_table_header *h);
/* sysctl_read/write - by name; length or -ENOENT, -EINVAL, -EPERM. */
int sysctl_read(const char *name, char *buf, size_t size);
int sysctl_write(const char *name, char *text);
/* sysctl_boot - set what the command line says as sysctl.NAME=VALUE (Linux's form) and is registered by now; @last: tell
 * what could not be set, since nothing more is waited for. May be called again. Context: process. */
void sysctl_boot(bool last);
/* sysctl_for_each - names in order of registration. */
void sysctl_for_each(void (*fn)(const char *name, void *arg), void *arg);

#endif
