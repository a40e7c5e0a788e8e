/* SPDX-License-Identifier: MIT */
/* The local APIC: one-shot timer, messages, and the 8259 behind it as on a machine without (Intel
 * SDM 3A chapter 10). */

#include <asm/io.h>
#include <kernel/printk.h>

#include "arch_internal.h"

#define APIC_BASE_ENABLE   (1ull << 11)
#define APIC_BASE_X2APIC   (1ull << 10)
#define APIC_ID		   0x020
#define APIC_TPR	   0x080
#define APIC_EOI	   0x0b0
#define APIC_SVR	   0x0f0
#define APIC_LVT_TIMER	   0x320
#define APIC_LVT_LINT0	   0x350
#define APIC_LVT_LINT1	   0x360
#define APIC_LVT_ERROR	   0x370
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE  0x3e0

#define SVR_ENABLE	 0x100
#define LVT_EXTINT	 0x700
#define LVT_NMI		 0x400
#define LVT_MASKED	 0x10000
#define LVT_TSC_DEADLINE 0x40000
#define DIVIDE_BY_1	 0xb
#define APIC_SIZE	 4096

static char *apic; /* its registers; NULL: there is none */

bool apic_present(void)
{
	return apic;
}

void apic_eoi(void)
{
	if (apic)
		writel(0, apic + APIC_EOI);
}

u32 apic_id(void)
{
	return readl(apic + APIC_ID) >> 24;
}

u32 apic_timer_count(void)
{
	return readl(apic + APIC_TIMER_CURRENT);
}

void apic_timer_start(u32 count)
{
	writel(count, apic + APIC_TIMER_INITIAL);
}

void apic_timer_arm_deadline(u64 tsc)
{
	wrmsr(MSR_TSC_DEADLINE, tsc);
}

bool apic_init(void)
{
	u64 base;

	if (!cpu_features.apic)
		return false;
	base = rdmsr(MSR_APIC_BASE);
	if (base & APIC_BASE_X2APIC) { /* a loader left it so: by way of "off" back to registers in
					  memory */
		wrmsr(MSR_APIC_BASE, base & ~(APIC_BASE_X2APIC | APIC_BASE_ENABLE));
		base &= ~APIC_BASE_X2APIC;
	}
	wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
	apic = ioremap(base & PTE_ADDR, APIC_SIZE);
	if (!apic)
		return false;

	writel(0, apic + APIC_TPR);
	writel(SVR_ENABLE | VECTOR_SPURIOUS, apic + APIC_SVR);
	writel(LVT_EXTINT, apic + APIC_LVT_LINT0);
	writel(LVT_NMI, apic + APIC_LVT_LINT1);
	writel(LVT_MASKED, apic + APIC_LVT_ERROR);
	writel(DIVIDE_BY_1, apic + APIC_TIMER_DIVIDE);
	writel(VECTOR_CLOCK | (cpu_features.tsc_deadline ? LVT_TSC_DEADLINE : 0),
	       apic + APIC_LVT_TIMER);
	mb(); /* the mode is set before the first deadline is (SDM 3A 10.5.4.1) */
	writel(0, apic + APIC_EOI);
	return true;
}
