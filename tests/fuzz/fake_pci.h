/* SPDX-License-Identifier: MIT */
/* A PCI function that a fuzz target plays: configuration space, registers, and lies in either when
 * the input says so. */
#ifndef FUZZ_FAKE_PCI_H
#define FUZZ_FAKE_PCI_H

#include <drivers/pci.h>

#include "fuzz.h"

#define FAKE_IRQ      5
#define FAKE_IRQ_MSIX 6 /* and the next */
#define FAKE_PORTS    0xc000
#define FAKE_MEMORY   0x100000000ull /* physical address of the memory BAR */

struct fake_pci {
	struct pci_dev pdev;
	u8 config[256];
	bool msix;	   /* can have message interrupts */
	unsigned int lies; /* register reads that the input answers */
	/* registers; @off is from the start of the BAR. Sizes are 1 to 8 bytes */
	u64 (*read)(unsigned long off, unsigned int size, bool port);
	void (*write)(unsigned long off, unsigned int size, u64 value, bool port);
};
extern struct fake_pci fake;
/* The net_device that the driver has allocated last; NULL: none yet. */
extern struct net_device *fake_dev;
/* fake_free_irqs - all that the driver has requested. */
void fake_free_irqs(void);

/* fake_large_skb - a TCP packet of several segments for fake_dev, at its link header: how large, in how
 * many pieces, and whether with CWR, is in @shape. NULL: out of memory. */
struct sk_buff *fake_large_skb(u16 shape);

#endif
