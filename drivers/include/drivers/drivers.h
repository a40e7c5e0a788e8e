/* SPDX-License-Identifier: MIT */
/* Where the kernel starts its drivers (drivers/drivers.c). */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

/* drivers_init - start every driver of the table and let the PCI ones meet their devices. After
 * net_init. Context: process (boot). */
void drivers_init(void);

/* loopback_init - every namespace, present and future, gets its "lo". Context: process (boot). */
void loopback_init(void);

#endif
