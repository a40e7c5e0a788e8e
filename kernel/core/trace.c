/* SPDX-License-Identifier: MIT */
/* Tracepoints' ring: each record is a line with its time, task and context; the oldest makes room
 * for the newest. */
#include <kernel/err.h>
#include <kernel/preempt.h>
#include <kernel/sched.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <kernel/trace.h>

#define TRACE_TEXT	264 /* bytes of a record's text, NUL included */
#define RECORDS_DEFAULT 1024u
#define RECORDS_MAX	8192u

struct trace_record {
	u64 time_ns;
	const struct tracepoint *tp;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	char context[5]; /* as ftrace: interrupts off, resched wanted, hard or soft interrupt, locks
			    held */
	char text[TRACE_TEXT];
};

static LIST_HEAD(trace_sets);
static struct trace_record *ring; /* from the first switching on */
static unsigned int ring_size;	  /* records */
static u64 ring_next, ring_first; /* numbers of the next record, and of the first since clearing */

void trace_register(struct tracepoint_set *set)
{
	list_add_tail(&set->node, &trace_sets);
}

static void note_context(char *context)
{
	unsigned int locks = min(preempt_count & PREEMPT_MASK, 9u);

	context[0] = irqs_disabled() ? 'd' : '.';
	context[1] = need_resched() ? 'N' : '.';
	context[2] = in_irq() ? 'h' : in_softirq() ? 's' : '.';
	context[3] = locks ? (char)('0' + locks) : '.';
	context[4] = '\0';
}

void trace_event(const struct tracepoint *tp, const char *fmt, ...)
{
	struct trace_record *r;
	unsigned long flags;
	char context[5];
	va_list ap;

	note_context(context);
	local_irq_save(flags);
	if (ring) {
		r = &ring[ring_next++ % ring_size];
		r->time_ns = ktime_get_ns();
		r->tp = tp;
		r->pid = current ? current->pid : 0;
		strscpy(r->comm, current ? current->comm : "boot", sizeof(r->comm));
		memcpy(r->context, context, sizeof(context));
		va_start(ap, fmt);
		vscnprintf(r->text, sizeof(r->text), fmt, ap);
		va_end(ap);
	}
	local_irq_restore(flags);
}

int trace_resize(unsigned int records)
{
	struct trace_record *fresh, *old = ring;
	unsigned long flags;

	if (!records || records > RECORDS_MAX)
		return -EINVAL;
	fresh = kcalloc(records, sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	local_irq_save(flags);
	ring = fresh;
	ring_size = records;
	ring_first = ring_next = 0;
	local_irq_restore(flags);
	kfree(old);
	return 0;
}

/* trace_matches - does @pattern ("system:name", "name", "system:*", "*") name @tp? */
static bool trace_matches(const struct tracepoint *tp, const char *pattern)
{
	const char *colon = strchr(pattern, ':');
	size_t n;

	if (!strcmp(pattern, "*"))
		return true;
	if (colon) {
		n = (size_t)(colon - pattern);
		if (strncmp(tp->system, pattern, n) || tp->system[n])
			return false;
		pattern = colon + 1;
	}
	return (colon && !strcmp(pattern, "*")) || !strcmp(tp->name, pattern);
}

int trace_switch(const char *pattern, bool on)
{
	struct tracepoint_set *set;
	int found = 0, err;
	size_t i;

	if (on && !ring) {
		err = trace_resize(RECORDS_DEFAULT);
		if (err)
			return err;
	}
	list_for_each_entry(set, &trace_sets, node) {
		for (i = 0; i < set->n; i++) {
			if (!trace_matches(&set->points[i], pattern))
				continue;
			WRITE_ONCE(set->points[i].on, on);
			found++;
		}
	}
	return found ? found : -ENOENT;
}

void trace_for_each(void (*fn)(const struct tracepoint *tp, void *arg), void *arg)
{
	struct tracepoint_set *set;
	size_t i;

	list_for_each_entry(set, &trace_sets, node) {
		for (i = 0; i < set->n; i++)
			fn(&set->points[i], arg);
	}
}

/* The number of the oldest record that is still there. */
static u64 trace_oldest(void)
{
	return ring_next > ring_size ? max(ring_first, ring_next - ring_size) : ring_first;
}

void trace_counts(u64 *kept, u64 *written)
{
	*kept = ring_next - trace_oldest();
	*written = ring_next - ring_first;
}

void trace_clear(void)
{
	ring_first = ring_next;
}

size_t trace_read(u64 *seq, char *buf, size_t size)
{
	char line[TRACE_TEXT + 120];
	unsigned long flags;
	size_t done = 0, n;

	local_irq_save(flags);
	for (*seq = max(*seq, trace_oldest()); *seq < ring_next; (*seq)++) {
		const struct trace_record *r = &ring[*seq % ring_size];

		n = (size_t)scnprintf(line, sizeof(line),
				      "%16s-%-6d [000] %s %5llu.%06llu: %s: %s\n", r->comm, r->pid,
				      r->context, r->time_ns / NSEC_PER_SEC,
				      r->time_ns % NSEC_PER_SEC / NSEC_PER_USEC, r->tp->name,
				      r->text);
		if (n > size - done)
			break;
		memcpy(buf + done, line, n);
		done += n;
	}
	local_irq_restore(flags);
	return done;
}
