/* SPDX-License-Identifier: MIT */
/* Hosted: what would go to the serial port goes to the host's standard error. */
#ifndef ASM_SERIAL_H
#define ASM_SERIAL_H

#include <kernel/types.h>

void arch_early_write(const char *text, size_t len);
void serial_write(const char *buf, size_t n);
size_t serial_write_some(const char *buf, size_t n);
void serial_flush(void);
void serial_set_rx(void (*fn)(u8 c));

extern unsigned long serial_lost, serial_overruns;

#endif
