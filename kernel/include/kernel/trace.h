/* SPDX-License-Identifier: MIT */
/* Tracepoints: named places that, switched on, leave a line in a bounded ring (kernel/core/trace.c; the console's `trace`). */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include <kernel/compiler.h>
#include <kernel/kernel.h>
#include <kernel/list.h>

struct tracepoint {
	const char *system; /* "tcp" of tcp:tcp_probe */
	const char *name;
	const char *summary; /* what it tells, a line */
	bool on;
};

struct tracepoint_set {
	struct list_head node;
	struct tracepoint *points;
	size_t n;
};

/* tracepoint_on - what a tracepoint costs while it is off: a byte read and a branch not taken. Context: any. */
#define tracepoint_on(tp) unlikely(READ_ONCE((tp)->on))

/* trace_register - @set and its points stay the caller's and are never taken away. Context: boot. */
void trace_register(struct tracepoint_set *set);
/* trace_event - a record of @tp: now, the running task, its context, and the text. The oldest makes room. Context: any. */
void trace_event(const struct tracepoint *tp, const char *fmt, ...) __printf(2, 3);

/*
 * trace_switch - turn on or off what @pattern names: "tcp:tcp_probe", "tcp_probe", "tcp:*" or "*". How many there are;
 * -ENOENT: none, -ENOMEM: no memory for the ring. Context: process.
 */
int trace_switch(const char *pattern, bool on);
/* trace_for_each - every tracepoint in the order of registration. Context: process. */
void trace_for_each(void (*fn)(const struct tracepoint *tp, void *arg), void *arg);
/* trace_read - lines from record *seq on (0: the oldest kept) into @buf, whole ones; *seq moves on. Bytes, 0: no more. */
size_t trace_read(u64 *seq, char *buf, size_t size);
/* trace_counts - records kept, and written since the ring was cleared. */
void trace_counts(u64 *kept, u64 *written);
void trace_clear(void);
/* trace_resize - let the ring hold @records; what it held is gone. 0, -EINVAL, -ENOMEM. Context: process. */
int trace_resize(unsigned int records);

#endif
