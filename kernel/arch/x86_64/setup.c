/* SPDX-License-Identifier: MIT */
/* The order in which the machine is made ready, from the boot loader's hands to clocks and
 * interrupts. */

#include <asm/arch.h>
#include <asm/random.h>
#include <asm/serial.h>

#include "arch_internal.h"

#define RANDOM_TRIES 10 /* Intel SDM 1 7.3.17.1 */

void arch_early_init(u32 mbi)
{
	clock_mark_boot();
	serial_early_init();
	cpu_init();
	bootinfo_read(mbi);
	acpi_init();
	paging_init();
}

void arch_irq_init(void)
{
	pic_init();
	apic_init();
	clock_sample_begin();
}

bool arch_get_random(u64 *out)
{
	unsigned int i;
	bool ok = false;

	for (i = 0; i < RANDOM_TRIES && !ok; i++) {
		if (cpu_features.rdseed)
			__asm__ __volatile__("rdseed %0" : "=r"(*out), "=@ccc"(ok));
		else if (cpu_features.rdrand)
			__asm__ __volatile__("rdrand %0" : "=r"(*out), "=@ccc"(ok));
		else
			return false;
	}
	if (!ok && cpu_features.rdseed && cpu_features.rdrand)
		__asm__ __volatile__("rdrand %0" : "=r"(*out), "=@ccc"(ok));
	return ok;
}
