/* SPDX-License-Identifier: MIT */
/* From the registers of an i386 system call to the function of its number (x86-64: entry.S); and the
 * calls that are the processor's own. */
#include <asm/processor.h>
#include <asm/user.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <kernel/uaccess.h>
#include <uapi/ldt.h>
#include <uapi/prctl.h>
#include "user_internal.h"

void do_syscall_32(struct pt_regs *regs)
{
	unsigned long nr = (u32)regs->orig_ax;
	syscall_fn fn = likely(nr < nr_syscalls_32) ? sys_call_table_32[nr] : NULL;
	long ret;

	if (likely(fn))
		ret = fn((u32)regs->bx, (u32)regs->cx, (u32)regs->dx, (u32)regs->si, (u32)regs->di,
			 (u32)regs->bp);
	else
		ret = syscall_unknown(1, (long)nr);
	regs->ax = (u64)ret;
	/* sigreturn has put back other registers: theirs is no result. */
	if (unlikely(ret <= -ERESTARTSYS && ret >= -ERESTART_RESTARTBLOCK &&
		     regs->orig_ax != (u64)-1))
		do_notify_resume(regs);
}

long sys_arch_prctl(int option, unsigned long addr)
{
	u64 value;

	switch (option) {
	case ARCH_SET_FS: return arch_set_fs_base(addr);
	case ARCH_SET_GS: return arch_set_gs_base(addr);
	case ARCH_GET_FS:
	case ARCH_GET_GS:
		value = option == ARCH_GET_FS ? arch_get_fs_base() : arch_get_gs_base();
		return put_user(value, (u64 __user *)addr);
	default: return -EINVAL;
	}
}

/* descriptor_of - a GDT entry (Intel SDM 3A 3.4.5) of what set_thread_area is given; 0 for an empty
 * one. */
static u64 descriptor_of(const struct user_desc *d)
{
	u64 base = d->base_addr, limit = d->limit & 0xfffff;
	u64 type = 0x10 | (d->read_exec_only ? 0 : 2) | (d->contents & 3) << 2 |
		   1; /* a segment of code or data, accessed */

	if (d->read_exec_only && d->seg_not_present && !d->base_addr && !d->limit && !d->contents)
		return 0;
	return (limit & 0xffff) | (base & 0xffffff) << 16 | type << 40 | 3ull << 45 |
	       (u64)!d->seg_not_present << 47 | (limit >> 16) << 48 | (u64)d->useable << 52 |
	       (u64)d->seg_32bit << 54 | (u64)d->limit_in_pages << 55 | (base >> 24) << 56;
}

long sys_set_thread_area(struct user_desc __user *udesc)
{
	struct user_desc d;
	unsigned int slot;
	long err;

	if (copy_from_user(&d, udesc, sizeof(d)))
		return -EFAULT;
	if (d.entry_number == (u32)-1) {
		for (slot = 0; slot < GDT_TLS_COUNT && arch_get_tls(slot); slot++)
			;
		if (slot == GDT_TLS_COUNT)
			return -ESRCH;
		d.entry_number = GDT_TLS_ENTRY + slot;
		if (put_user(d.entry_number, &udesc->entry_number))
			return -EFAULT;
	}
	if (d.entry_number < GDT_TLS_ENTRY || d.entry_number >= GDT_TLS_ENTRY + GDT_TLS_COUNT)
		return -EINVAL;
	if (d.contents > 1 && !(d.read_exec_only && d.seg_not_present))
		return -EINVAL; /* code segments are not given out */
	err = arch_set_tls(d.entry_number - GDT_TLS_ENTRY, descriptor_of(&d));
	return err;
}

long sys_get_thread_area(struct user_desc __user *udesc)
{
	struct user_desc d;
	u64 desc;
	u32 nr;

	if (get_user(nr, &udesc->entry_number))
		return -EFAULT;
	if (nr < GDT_TLS_ENTRY || nr >= GDT_TLS_ENTRY + GDT_TLS_COUNT)
		return -EINVAL;
	desc = arch_get_tls(nr - GDT_TLS_ENTRY);
	memset(&d, 0, sizeof(d));
	d.entry_number = nr;
	d.base_addr = (u32)((desc >> 16 & 0xffffff) | (desc >> 56) << 24);
	d.limit = (u32)((desc & 0xffff) | (desc >> 48 & 0xf) << 16);
	d.contents = desc >> 42 & 3;
	d.read_exec_only = !(desc >> 41 & 1);
	d.seg_not_present = !(desc >> 47 & 1);
	d.useable = desc >> 52 & 1;
	d.seg_32bit = desc >> 54 & 1;
	d.limit_in_pages = desc >> 55 & 1;
	return copy_to_user(udesc, &d, sizeof(d)) ? -EFAULT : 0;
}

#define LINUX_REBOOT_MAGIC1	   0xfee1deadu
#define LINUX_REBOOT_CMD_RESTART   0x01234567u
#define LINUX_REBOOT_CMD_HALT	   0xcdef0123u
#define LINUX_REBOOT_CMD_POWER_OFF 0x4321fedcu

long sys_reboot(unsigned int magic1, unsigned int magic2, unsigned int cmd, void __user *arg)
{
	if (magic1 != LINUX_REBOOT_MAGIC1 || (magic2 != 672274793u && magic2 != 85072278u &&
					      magic2 != 369367448u && magic2 != 537993216u))
		return -EINVAL;
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
		pr_info("%s[%d]: restart\n", current->comm, current->pid);
		arch_reboot();
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		pr_info("%s[%d]: power off\n", current->comm, current->pid);
		arch_poweroff(0);
	default: return -EINVAL;
	}
}
