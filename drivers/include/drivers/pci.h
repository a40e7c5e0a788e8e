/* SPDX-License-Identifier: MIT */
/* PCI: configuration space, devices, drivers, MSI-X (drivers/pci/pci.c). PCI Local Bus 3.0. */
#ifndef DRIVERS_PCI_H
#define DRIVERS_PCI_H

#include <asm/io.h>
#include <kernel/list.h>

#define PCI_ANY_ID 0xffff

#define PCI_COMMAND		 0x04
#define PCI_COMMAND_IO		 0x0001
#define PCI_COMMAND_MEMORY	 0x0002
#define PCI_COMMAND_MASTER	 0x0004
#define PCI_COMMAND_INTX_DISABLE 0x0400
#define PCI_STATUS		 0x06
#define PCI_STATUS_CAP_LIST	 0x0010
#define PCI_REVISION_ID		 0x08
#define PCI_SUBSYSTEM_ID	 0x2e
#define PCI_CAP_ID_VNDR		 0x09
#define PCI_CAP_ID_MSIX		 0x11

#define PCI_NUM_BARS 6

struct pci_bar {
	u64 addr; /* physical address or port number */
	u64 size; /* bytes; 0: not implemented */
	bool is_io;
};

struct pci_dev {
	struct list_head node;
	u8 bus, devfn; /* devfn: device << 3 | function */
	u16 vendor, device, subsystem;
	u32 class; /* base << 16 | sub << 8 | interface */
	int irq;   /* 8259 line of its INTx pin, or -1 */
	struct pci_bar bar[PCI_NUM_BARS];
	const struct pci_driver *driver; /* NULL: nobody wants it */
	void __iomem *msix_table;
	unsigned int msix_count; /* vectors enabled */
};

struct pci_device_id {
	u16 vendor, device; /* PCI_ANY_ID matches all */
};

struct pci_driver {
	const char *name;
	const struct pci_device_id *ids;
	unsigned int nr_ids;
	/* probe - the device is ours if 0 is returned; -errno leaves it alone. Context: process
	 * (boot). */
	int (*probe)(struct pci_dev *pdev);
};

u8 pci_read_config8(const struct pci_dev *pdev, unsigned int off);
u16 pci_read_config16(const struct pci_dev *pdev, unsigned int off);
u32 pci_read_config32(const struct pci_dev *pdev, unsigned int off);
void pci_write_config16(const struct pci_dev *pdev, unsigned int off, u16 v);
void pci_write_config32(const struct pci_dev *pdev, unsigned int off, u32 v);

/* pci_enable - decode memory and ports, and let it master the bus. Context: process. */
void pci_enable(struct pci_dev *pdev);
/* pci_find_capability - offset of the first capability @id at or after @start (0: from the head), 0
 * if there is none. */
unsigned int pci_find_capability(const struct pci_dev *pdev, u8 id, unsigned int start);
/* pci_iomap - map @len bytes at @off of memory BAR @bar; NULL if the BAR does not hold that range.
 */
void __iomem *pci_iomap(struct pci_dev *pdev, unsigned int bar, u64 off, u64 len);
/*
 * pci_enable_msix - give the device @n vectors and store their interrupt numbers in @irqs. 0,
 * -ENODEV (no such capability, or too few vectors), -ENOSPC. The device's INTx is off afterwards.
 * Context: process.
 */
int pci_enable_msix(struct pci_dev *pdev, unsigned int n, int *irqs);
/* pci_scan - find every device on every bus, match @drivers in their order. Returns the number of
 * devices. Context: process (boot). */
unsigned int pci_scan(const struct pci_driver *const *drivers, unsigned int n);
/* pci_for_each - every device found. */
void pci_for_each(void (*fn)(const struct pci_dev *pdev, void *arg), void *arg);

#endif
