/* SPDX-License-Identifier: MIT */
/* Hard interrupts: handlers on shared lines, counts, and lines that nobody can calm. Book sections 14.1.4 - 14.1.9. */
#include <asm/clock.h>
#include <asm/irq.h>
#include <kernel/err.h>
#include <kernel/interrupt.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/spinlock.h>
#include <kernel/time.h>

#include "core_internal.h"

/* As many unhandled interrupts in a row, none of them longer after the last than STORM_GAP, and the line is masked. */
#define STORM_LIMIT 1000
#define STORM_GAP (HZ / 10)

struct irqaction {
	struct irqaction *next;
	irq_handler_t handler;
	void *dev_id;
	const char *name;
	unsigned long flags;
};

struct irq_desc {
	struct irqaction *action;
	unsigned long count; /* interrupts taken */
	unsigned long unhandled; /* of them, claimed by nobody */
	unsigned int storm; /* unhandled ones in a row */
	unsigned long last_unhandled; /* in jiffies */
	bool stuck; /* masked for good */
};

static struct irq_desc irq_descs[NR_IRQS];

static enum cpu_context interrupted; /* what the innermost hard interrupt broke into */
struct cpu_account cpu_account = { .context = CPU_KERNEL };

void cpu_account_read(u64 cycles[CPU_NR_CONTEXTS])
{
	unsigned long flags;
	int i;

	local_irq_save(flags);
	for (i = 0; i < CPU_NR_CONTEXTS; i++)
		cycles[i] = cpu_account.cycles[i];
	cycles[cpu_account.context] += arch_cycles();
	local_irq_restore(flags);
}

static inline void enter_at(u64 now)
{
	preempt_count += HARDIRQ_OFFSET;
	interrupted = cpu_account_at(CPU_HARDIRQ, now);
}

void irq_enter(void)
{
	enter_at(arch_cycles());
}

void irq_exit(void)
{
	enum cpu_context back_to = interrupted; /* another interrupt may come while softirqs run */

	preempt_count -= HARDIRQ_OFFSET;
	if (!in_interrupt() && local_softirq_pending())
		softirq_run();
	cpu_account_switch(back_to);
}

/* note_unhandled - nobody claimed it: once it does not stop, mask the line, or nothing else would ever run. */
static void note_unhandled(int irq, struct irq_desc *d)
{
	unsigned long now = jiffies;

	d->unhandled++;
	if (time_after(now, d->last_unhandled + STORM_GAP))
		d->storm = 0;
	d->last_unhandled = now;
	if (++d->storm < STORM_LIMIT || d->stuck)
		return;
	d->stuck = true;
	arch_irq_mask(irq);
	pr_err("irq %d: nobody cared about %u interrupts in a row; the line is masked\n", irq, d->storm);
}

void do_IRQ(int irq)
{
	struct irq_desc *d;
	struct irqaction *a;
	irqreturn_t ret = IRQ_NONE;
	unsigned int floor = lockrank_enter();
	u64 now = arch_cycles();

	enter_at(now);
	irq_randomness(irq, now);
	if (likely(irq >= 0 && irq < NR_IRQS)) {
		d = &irq_descs[irq];
		d->count++;
		for (a = d->action; a; a = a->next)
			ret |= a->handler(irq, a->dev_id);
		if (likely(ret == IRQ_HANDLED))
			d->storm = 0;
		else
			note_unhandled(irq, d);
	}
	arch_irq_eoi(irq);
	lockrank_leave(floor);
	irq_exit();
}

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	struct irqaction *a, **link;
	unsigned long irqflags;

	if (irq < 0 || irq >= NR_IRQS || !handler || ((flags & IRQF_SHARED) && !dev_id))
		return -EINVAL;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	a->handler = handler;
	a->dev_id = dev_id;
	a->name = name;
	a->flags = flags;
	local_irq_save(irqflags);
	link = &irq_descs[irq].action;
	if (*link && !((*link)->flags & flags & IRQF_SHARED)) {
		local_irq_restore(irqflags);
		kfree(a);
		return -EBUSY;
	}
	while (*link)
		link = &(*link)->next;
	*link = a;
	irq_descs[irq].storm = 0;
	irq_descs[irq].stuck = false;
	arch_irq_unmask(irq);
	local_irq_restore(irqflags);
	return 0;
}

void free_irq(int irq, void *dev_id)
{
	struct irqaction *a = NULL, **link;
	unsigned long flags;

	if (WARN_ON(irq < 0 || irq >= NR_IRQS))
		return;
	local_irq_save(flags);
	for (link = &irq_descs[irq].action; *link; link = &(*link)->next) {
		if ((*link)->dev_id == dev_id) {
			a = *link;
			*link = a->next;
			break;
		}
	}
	if (!irq_descs[irq].action)
		arch_irq_mask(irq);
	local_irq_restore(flags);
	WARN_ON(!a);
	kfree(a);
}

bool irq_stat_read(int irq, struct irq_stat *s)
{
	struct irqaction *a;
	unsigned int n = 0;

	if (irq < 0 || irq >= NR_IRQS)
		return false;
	s->count = irq_descs[irq].count;
	s->unhandled = irq_descs[irq].unhandled;
	s->stuck = irq_descs[irq].stuck;
	s->nr_names = 0;
	for (a = irq_descs[irq].action; a && n < ARRAY_SIZE(s->names); a = a->next)
		s->names[n++] = a->name;
	s->nr_names = n;
	return true;
}

void irq_init(void)
{
	cpu_account.cycles[CPU_KERNEL] = -arch_cycles();
}
