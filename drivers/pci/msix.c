/* SPDX-License-Identifier: MIT */
/* MSI-X: interrupts as memory writes, one number a cause. PCI Local Bus 3.0 section 6.8.2. */
#include <asm/irq.h>
#include <drivers/pci.h>
#include <kernel/err.h>

#define MSIX_CONTROL	      2
#define MSIX_CONTROL_ENABLE   0x8000
#define MSIX_CONTROL_MASK_ALL 0x4000
#define MSIX_CONTROL_SIZE     0x07ff
#define MSIX_TABLE	      4
#define MSIX_TABLE_BIR	      7u
#define MSIX_ENTRY_SIZE	      16
#define MSIX_ENTRY_ADDR_LOW   0
#define MSIX_ENTRY_ADDR_HIGH  4
#define MSIX_ENTRY_DATA	      8
#define MSIX_ENTRY_CONTROL    12

static int msix_fill_entry(struct pci_dev *pdev, unsigned int n)
{
	u8 __iomem *entry = (u8 __iomem *)pdev->msix_table + n * MSIX_ENTRY_SIZE;
	u64 addr;
	u32 data;
	int irq = arch_irq_alloc_msi(&addr, &data);

	if (irq < 0)
		return irq;
	writel((u32)addr, entry + MSIX_ENTRY_ADDR_LOW);
	writel((u32)(addr >> 32), entry + MSIX_ENTRY_ADDR_HIGH);
	writel(data, entry + MSIX_ENTRY_DATA);
	writel(0, entry + MSIX_ENTRY_CONTROL);
	return irq;
}

int pci_enable_msix(struct pci_dev *pdev, unsigned int n, int *irqs)
{
	unsigned int cap = pci_find_capability(pdev, PCI_CAP_ID_MSIX, 0), i;
	u32 table;
	u16 control;

	if (!cap)
		return -ENODEV;
	control = pci_read_config16(pdev, cap + MSIX_CONTROL);
	if ((control & MSIX_CONTROL_SIZE) + 1u < n)
		return -ENODEV;
	table = pci_read_config32(pdev, cap + MSIX_TABLE);
	pdev->msix_table = pci_iomap(pdev, table & MSIX_TABLE_BIR, table & ~MSIX_TABLE_BIR,
				     n * MSIX_ENTRY_SIZE);
	if (!pdev->msix_table)
		return -ENODEV;
	pci_write_config16(pdev, cap + MSIX_CONTROL,
			   control | MSIX_CONTROL_ENABLE | MSIX_CONTROL_MASK_ALL);
	for (i = 0; i < n; i++) {
		irqs[i] = msix_fill_entry(pdev, i);
		if (irqs[i] < 0)
			goto undo;
	}
	pdev->msix_count = n;
	pci_write_config16(pdev, PCI_COMMAND,
			   pci_read_config16(pdev, PCI_COMMAND) | PCI_COMMAND_INTX_DISABLE);
	pci_write_config16(pdev, cap + MSIX_CONTROL,
			   (u16)((control | MSIX_CONTROL_ENABLE) & ~MSIX_CONTROL_MASK_ALL));
	return 0;
undo:
	n = i;
	pci_write_config16(pdev, cap + MSIX_CONTROL, control & (u16)~MSIX_CONTROL_ENABLE);
	for (i = 0; i < n; i++)
		arch_irq_free_msi(irqs[i]);
	iounmap(pdev->msix_table);
	pdev->msix_table = NULL;
	return -ENOSPC;
}
