/* SPDX-License-Identifier: MIT */
/* Ending: power-off through ACPI (6.4: 4.8.3.2, 7.4.2), QEMU's exit devices, reset. */

#include <asm/clock.h>
#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/serial.h>
#include <kernel/printk.h>

#include "arch_internal.h"

#define DEBUG_EXIT_PORT	   0xf4	 /* where our scripts put isa-debug-exit */
#define DEBUG_EXIT_DEFAULT 0x501 /* where it is by itself */
#define PVPANIC_PORT	   0x505
#define PVPANIC_PANICKED   0x01
#define SLP_EN		   (1u << 13)
#define SLP_TYP_SHIFT	   10
#define SCI_EN		   1u
#define QEMU_PM1_CNT	   0x604 /* pc and q35 alike; 0xb004 before QEMU 1.7 */
#define QEMU_OLD_PM1_CNT   0xb004
#define KBC_COMMAND	   0x64
#define KBC_INPUT_FULL	   0x02
#define KBC_RESET	   0xfe
#define RESET_CONTROL	   0xcf9
#define RESET_FULL	   0x06
#define DELAY_PORT	   0x80 /* reading it takes about a microsecond and does nothing */
#define WAIT_READS	   20000
#define WAIT_NS		   (500 * NSEC_PER_MSEC)

/* Gives the machine time to do what it was told; the second bound is for a clock that does not run
 * yet. */
static void wait_a_little(void)
{
	u64 begin = arch_clock_ns();
	unsigned int i;

	for (i = 0; i < 100 * WAIT_READS && arch_clock_ns() - begin < WAIT_NS; i++)
		inb(DELAY_PORT);
}

static void acpi_sleep_s5(void)
{
	unsigned int i;

	if (!acpi_info.have_s5 || !acpi_info.pm1a_cnt)
		return;
	if (acpi_info.smi_cmd && !(inw(acpi_info.pm1a_cnt) & SCI_EN)) {
		outb(acpi_info.acpi_enable, acpi_info.smi_cmd);
		for (i = 0; i < WAIT_READS && !(inw(acpi_info.pm1a_cnt) & SCI_EN); i++)
			;
	}
	outw((u16)(acpi_info.slp_typ_a << SLP_TYP_SHIFT | SLP_EN), acpi_info.pm1a_cnt);
	if (acpi_info.pm1b_cnt)
		outw((u16)(acpi_info.slp_typ_b << SLP_TYP_SHIFT | SLP_EN), acpi_info.pm1b_cnt);
	wait_a_little();
}

void arch_poweroff(int status)
{
	arch_irq_disable();
	serial_flush();
	if (status) {
		outb((u8)status, DEBUG_EXIT_PORT);
		outb((u8)status, DEBUG_EXIT_DEFAULT);
		outb(PVPANIC_PANICKED, PVPANIC_PORT);
	}
	acpi_sleep_s5();
	outw(SLP_EN, QEMU_PM1_CNT);
	outw(SLP_EN, QEMU_OLD_PM1_CNT);
	wait_a_little();
	printk(KERN_EMERG
	       "This machine cannot be switched off by software; it is safe to do so now.\n");
	serial_flush();
	for (;;)
		__asm__ __volatile__("cli\n\thlt");
}

void arch_reboot(void)
{
	static const struct {
		u16 limit;
		u64 base;
	} __packed no_idt;
	unsigned int i;

	arch_irq_disable();
	serial_flush();
	if (acpi_info.have_reset) {
		outb(acpi_info.reset_value, acpi_info.reset_port);
		wait_a_little();
	}
	for (i = 0; i < WAIT_READS && (inb(KBC_COMMAND) & KBC_INPUT_FULL); i++)
		;
	outb(KBC_RESET, KBC_COMMAND);
	wait_a_little();
	outb(RESET_FULL & ~4, RESET_CONTROL);
	outb(RESET_FULL, RESET_CONTROL);
	wait_a_little();
	__asm__ __volatile__("lidt %0\n\tint3" : : "m"(no_idt));
	for (;;)
		__asm__ __volatile__("hlt");
}
