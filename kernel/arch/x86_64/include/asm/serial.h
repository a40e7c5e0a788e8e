/* SPDX-License-Identifier: MIT */
/* The first serial port (16550A at 0x3f8, 115200 8N1), the kernel's console. */
#ifndef ASM_SERIAL_H
#define ASM_SERIAL_H

#include <kernel/types.h>

/* arch_early_write - write by polling, "\n" as "\r\n"; for output before and after interrupts, and
 * panic. Context: any. */
void arch_early_write(const char *text, size_t len);

/* serial_early_init - find out whether there is a port, and set it up. */
void serial_early_init(void);
/* serial_init - go over to interrupts; after irq_init and sched_init. */
void serial_init(void);
/*
 * serial_write - all of @buf, raw. A task waits while the ring is full (the host does not read);
 * where sleeping is not possible the ring takes what it can within a few milliseconds, and the rest
 * is counted in serial_lost. Context: any.
 */
void serial_write(const char *buf, size_t n);
/* serial_write_some - as much as there is room for, without waiting; returns how much. Context:
 * any. */
size_t serial_write_some(const char *buf, size_t n);
/* serial_flush - wait, for a bounded time, until all output has left. Context: any. */
void serial_flush(void);
/* serial_set_rx - @fn gets each byte received, those before this call first. Context of @fn: hardirq. */
void serial_set_rx(void (*fn)(u8 c));

extern unsigned long serial_lost;     /* bytes of output dropped */
extern unsigned long serial_overruns; /* times the port lost input */

#endif
