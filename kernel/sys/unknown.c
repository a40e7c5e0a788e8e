/* SPDX-License-Identifier: MIT */
/* The answer to system calls that are not offered: ENOSYS, and a line that says which, once per
 * number and program. */
#include <kernel/bitops.h>
#include <kernel/printk.h>
#include <kernel/process.h>
#include <kernel/syscalls.h>

#define LINES_MAX 64 /* of one program; a hostile one could try all numbers */

/* first_time - has this task not asked for number @nr before? */
static bool first_time(struct process *p, unsigned int abi, unsigned long nr)
{
	unsigned long *seen = p->unknown_calls[abi];
	unsigned int i, n = 0;

	if (nr >= 8 * sizeof(p->unknown_calls[0]))
		nr = 8 * sizeof(p->unknown_calls[0]) - 1; /* one line for all that no Linux has */
	for (i = 0; i < ARRAY_SIZE(p->unknown_calls[0]); i++)
		n += hweight32((u32)seen[i]) + hweight32((u32)(seen[i] >> 32));
	if (n >= LINES_MAX || test_bit((unsigned int)nr, seen))
		return false;
	__set_bit((unsigned int)nr, seen);
	return true;
}

long syscall_unknown(unsigned int abi, long nr)
{
	struct process *p = current->process;

	if (p && first_time(p, abi, (unsigned long)nr))
		pr_info("%s[%d]: %s system call %ld is not offered\n", current->comm, current->pid,
			abi ? "i386" : "x86-64", nr);
	return -ENOSYS;
}
