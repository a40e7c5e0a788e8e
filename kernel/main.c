/* SPDX-License-Identifier: MIT */
/* kmain: the order of starting up. The one file that sees every layer. */

#include <asm/arch.h>
#include <asm/serial.h>
#include <drivers/drivers.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/fs.h>
#include <kernel/interrupt.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/process.h>
#include <kernel/random.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/sysctl.h>
#include <kernel/time.h>
#include <kernel/timer.h>
#include <net/ipconfig.h>
#include <net/net.h>
#include <net/net_namespace.h>

#define PROMPT_WAIT_MS 1500 /* the longest that the prompt waits for a DHCP server's answer */

void kmain(u32 mbi) __noreturn;

/* start_rest - the second half, in a task of its own, since from here on things may sleep. */
static int start_rest(void *unused)
{
	fs_init();	   /* inodes, descriptors, /dev, /proc */
	root_init();	   /* the built-in archive, then the boot modules */
	console_init();	   /* the kernel's commands, the log's way to the screen */
	net_init();	   /* the table in net/init.c: sk_buffs to ip= */
	sysctl_boot(false); /* sysctl.NAME=VALUE of the command line, so that devices begin with it */
	drivers_init();	   /* the bus, and a driver for each device found */
	sysctl_boot(true); /* the rest, which has a device's name */
	init_task_start(); /* init=, or /bin/echod */
	ipconfig_wait(&init_net, PROMPT_WAIT_MS); /* so that the first command finds its address */
	console_start();			  /* the prompt */
	return 0;
}

/* kmain - entered once, from boot/multiboot.S, on the stack that becomes the idle task's.
 * Interrupts off. */
void kmain(u32 mbi)
{
	arch_early_init(mbi); /* serial port, memory map, descriptor and page tables */
	cmdline_init(bootinfo.cmdline);
	printk_init(); /* quiet, loglevel= */
	pr_notice("Skiff: %s\n", cmdline_whole());

	mm_init();	   /* buddy pages, from the loader's memory map */
	kmem_cache_init(); /* slab caches, kmalloc */
	arch_mm_ready();   /* page tables from pages */

	irq_init();	  /* no line has a handler yet */
	arch_irq_init();  /* 8259, local APIC; measuring the clock begins */
	sched_init();	  /* this context is the idle task */
	timers_init();	  /* the wheel, hrtimers */
	softirq_init();	  /* bottom halves, tasklets, ksoftirqd */
	serial_init();	  /* by interrupts from now on */
	arch_time_init(); /* nanoseconds, one-shot clock */
	time_init();	  /* jiffies, wall time */
	random_init();	  /* seeded from the processor, time and jitter */

	kthread_run(start_rest, NULL, "boot");
	local_irq_enable();
	cpu_idle(); /* halts until something happens, for ever */
}
