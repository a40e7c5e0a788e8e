/* SPDX-License-Identifier: MIT */
/* /proc/interrupts and /proc/softirqs, in Linux's layout (proc(5)). */
#include <asm/irq.h>
#include <kernel/interrupt.h>
#include <kernel/seq_file.h>

static void show_line(struct seq_file *m, int irq, const struct irq_stat *s)
{
	unsigned int i;

	seq_printf(m, "%3d: %10lu   %-10s", irq, s->count, arch_irq_name(irq));
	for (i = 0; i < s->nr_names; i++)
		seq_printf(m, "%s%s", i ? ", " : "  ", s->names[i]);
	if (s->unhandled)
		seq_printf(m, "  (%lu unhandled%s)", s->unhandled, s->stuck ? ", masked" : "");
	seq_putc(m, '\n');
}

int interrupts_show(struct seq_file *m, void *unused)
{
	struct irq_stat s;
	int irq;

	seq_puts(m, "           CPU0\n");
	for (irq = 0; irq < NR_IRQS; irq++) {
		if (irq_stat_read(irq, &s) && (s.nr_names || s.count))
			show_line(m, irq, &s);
	}
	seq_printf(m, "NMI: %10lu   Non-maskable interrupts\n", irq_nmi);
	seq_printf(m, "LOC: %10lu   Local timer interrupts\n", irq_clock);
	seq_printf(m, "SPU: %10lu   Spurious interrupts\n", irq_spurious);
	return 0;
}

int softirqs_show(struct seq_file *m, void *unused)
{
	static const char *const names[NR_SOFTIRQS] = { "HI", "TIMER", "NET_TX", "NET_RX", "TASKLET" };
	unsigned int nr;

	seq_puts(m, "                    CPU0\n");
	for (nr = 0; nr < NR_SOFTIRQS; nr++)
		seq_printf(m, "%12s: %10lu\n", names[nr], softirq_count_read(nr));
	return 0;
}
