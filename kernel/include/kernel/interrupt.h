/* SPDX-License-Identifier: MIT */
/* Hard interrupts, softirqs and tasklets. Book chapter 14 (interrupts, softIRQs, tasklets). */
#ifndef KERNEL_INTERRUPT_H
#define KERNEL_INTERRUPT_H

#include <asm/clock.h>
#include <kernel/list.h>
#include <kernel/preempt.h>

typedef enum { IRQ_NONE, IRQ_HANDLED } irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

#define IRQF_SHARED 0x80

/*
 * request_irq - attach @handler to @irq and unmask the line. -EBUSY if the line is taken and not shared by both sides,
 * -EINVAL, -ENOMEM. @name is kept by reference. Context: process.
 */
int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id);
/* free_irq - detach; the line is masked when nobody is left. Context: process. */
void free_irq(int irq, void *dev_id);
/* do_IRQ - called by arch with interrupts off: runs the handlers, counts, then softirqs at exit. Context: hardirq. */
void do_IRQ(int irq);
/* irq_enter, irq_exit - bracket every hard interrupt (the clock's as well); irq_exit runs pending softirqs at the outermost level. */
void irq_enter(void);
void irq_exit(void);

enum {
	HI_SOFTIRQ,
	TIMER_SOFTIRQ,
	NET_TX_SOFTIRQ,
	NET_RX_SOFTIRQ,
	TASKLET_SOFTIRQ,
	NR_SOFTIRQS
};

void open_softirq(unsigned int nr, void (*action)(void));
/*
 * raise_softirq - mark pending; runs at the next interrupt exit or bottom-half enable, or wakes ksoftirqd from process context.
 * Context: any.
 */
void raise_softirq(unsigned int nr);
/* do_softirq - run what is pending if not already in interrupt context. */
void do_softirq(void);
static inline u32 local_softirq_pending(void) { return READ_ONCE(softirq_pending); }

struct tasklet_struct {
	struct list_head node;
	unsigned long state; /* bit 0: scheduled */
	int count; /* disabled while above 0 */
	void (*func)(unsigned long data);
	unsigned long data;
};

void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data);
void tasklet_schedule(struct tasklet_struct *t);
void tasklet_hi_schedule(struct tasklet_struct *t);
/* tasklet_kill - wait until it is neither scheduled nor running. Context: process. */
void tasklet_kill(struct tasklet_struct *t);
void tasklet_disable(struct tasklet_struct *t);
void tasklet_enable(struct tasklet_struct *t);

/* Time spent per context, in arch_cycles units, for `stat cpu`. */
enum cpu_context { CPU_HARDIRQ, CPU_SOFTIRQ, CPU_KERNEL, CPU_USER, CPU_IDLE, CPU_NR_CONTEXTS };
/* A span of time is added when it ends and taken off when it begins, so the one that has not ended lacks the time now. */
extern struct cpu_account {
	enum cpu_context context; /* whose time it is */
	u64 cycles[CPU_NR_CONTEXTS];
} cpu_account;
/* cpu_account_at - from @now on time belongs to @to; returns what it belonged to. Context: interrupts off. */
static inline enum cpu_context cpu_account_at(enum cpu_context to, u64 now)
{
	enum cpu_context from = cpu_account.context;

	cpu_account.cycles[from] += now;
	cpu_account.cycles[to] -= now;
	cpu_account.context = to;
	return from;
}
static inline enum cpu_context cpu_account_switch(enum cpu_context to) { return cpu_account_at(to, arch_cycles()); }
void cpu_account_read(u64 cycles[CPU_NR_CONTEXTS]);

void irq_init(void);
void softirq_init(void); /* makes ksoftirqd; after sched_init */

/* What /proc/interrupts tells of a line. */
struct irq_stat {
	unsigned long count, unhandled; /* taken; claimed by no handler */
	bool stuck; /* masked because nobody could calm it */
	unsigned int nr_names; /* 0: nobody listens */
	const char *names[8];
};
/* irq_stat_read - false if there is no such line. */
bool irq_stat_read(int irq, struct irq_stat *s);
unsigned long softirq_count_read(unsigned int nr); /* how often softirq @nr ran */

struct seq_file;
int interrupts_show(struct seq_file *m, void *unused); /* /proc/interrupts */
int softirqs_show(struct seq_file *m, void *unused); /* /proc/softirqs */

#endif
