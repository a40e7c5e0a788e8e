/* SPDX-License-Identifier: MIT */
/* PCI configuration space by mechanism #1, ports 0xcf8 and 0xcfc. PCI Local Bus 3.0
 * section 3.2.2.3.2. */
#include <asm/io.h>
#include <drivers/pci.h>
#include <kernel/irqflags.h>

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000u

/* Select a register; the data port then shows its four bytes. Interrupts are off until the data is
 * moved. */
static void config_select(const struct pci_dev *pdev, unsigned int off)
{
	outl(CONFIG_ENABLE | (u32)pdev->bus << 16 | (u32)pdev->devfn << 8 | (off & 0xfc),
	     CONFIG_ADDRESS);
}

u32 pci_read_config32(const struct pci_dev *pdev, unsigned int off)
{
	unsigned long flags;
	u32 v;

	local_irq_save(flags);
	config_select(pdev, off);
	v = inl(CONFIG_DATA);
	local_irq_restore(flags);
	return v;
}

u16 pci_read_config16(const struct pci_dev *pdev, unsigned int off)
{
	return (u16)(pci_read_config32(pdev, off) >> ((off & 2) * 8));
}

u8 pci_read_config8(const struct pci_dev *pdev, unsigned int off)
{
	return (u8)(pci_read_config32(pdev, off) >> ((off & 3) * 8));
}

void pci_write_config32(const struct pci_dev *pdev, unsigned int off, u32 v)
{
	unsigned long flags;

	local_irq_save(flags);
	config_select(pdev, off);
	outl(v, CONFIG_DATA);
	local_irq_restore(flags);
}

void pci_write_config16(const struct pci_dev *pdev, unsigned int off, u16 v)
{
	unsigned long flags;

	local_irq_save(flags);
	config_select(pdev, off);
	outw(v, (u16)(CONFIG_DATA + (off & 2)));
	local_irq_restore(flags);
}
