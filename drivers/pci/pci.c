/* SPDX-License-Identifier: MIT */
/* PCI enumeration: functions, base addresses, bridges, and which driver takes what. PCI Local
 * Bus 3.0 chapter 6. */
#include <drivers/pci.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#define PCI_VENDOR_ID		 0x00
#define PCI_CLASS_REVISION	 0x08
#define PCI_HEADER_TYPE		 0x0e
#define PCI_HEADER_MULTIFUNCTION 0x80
#define PCI_HEADER_TYPE_NORMAL	 0
#define PCI_HEADER_TYPE_BRIDGE	 1
#define PCI_BASE_ADDRESS_0	 0x10
#define PCI_BAR_IO		 1u
#define PCI_BAR_TYPE_MASK	 6u
#define PCI_BAR_TYPE_64		 4u
#define PCI_SECONDARY_BUS	 0x19
#define PCI_CAPABILITY_LIST	 0x34
#define PCI_INTERRUPT_LINE	 0x3c
#define PCI_INTERRUPT_PIN	 0x3d
#define PCI_MAX_CAPS		 48 /* as many as fit between 0x40 and 0xff: a longer list is a loop */

static LIST_HEAD(pci_devices);

struct scan_state {
	const struct pci_driver *const *drivers;
	unsigned int nr_drivers, found;
	u8 seen[32]; /* bit per bus already scanned: a bridge may lie */
};

void pci_enable(struct pci_dev *pdev)
{
	u16 cmd = pci_read_config16(pdev, PCI_COMMAND);

	pci_write_config16(pdev, PCI_COMMAND,
			   cmd | PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

unsigned int pci_find_capability(const struct pci_dev *pdev, u8 id, unsigned int start)
{
	unsigned int pos, n;

	if (!(pci_read_config16(pdev, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return 0;
	pos = pci_read_config8(pdev, start ? start + 1 : PCI_CAPABILITY_LIST) & 0xfc;
	for (n = 0; pos >= 0x40 && n < PCI_MAX_CAPS; n++) {
		if (pci_read_config8(pdev, pos) == id)
			return pos;
		pos = pci_read_config8(pdev, pos + 1) & 0xfc;
	}
	return 0;
}

void __iomem *pci_iomap(struct pci_dev *pdev, unsigned int bar, u64 off, u64 len)
{
	const struct pci_bar *b;

	if (bar >= PCI_NUM_BARS)
		return NULL;
	b = &pdev->bar[bar];
	if (b->is_io || !b->addr || off > b->size || len > b->size - off)
		return NULL;
	return ioremap(b->addr + off, len);
}

/* Size of a base address register: write ones, read which bits stick; decoding is off meanwhile. */
static u64 bar_probe(struct pci_dev *pdev, unsigned int reg, bool wide, u32 low)
{
	u32 high = wide ? pci_read_config32(pdev, reg + 4) : 0;
	u64 mask;

	pci_write_config32(pdev, reg, ~0u);
	mask = pci_read_config32(pdev, reg);
	pci_write_config32(pdev, reg, low);
	if (wide) {
		pci_write_config32(pdev, reg + 4, ~0u);
		mask |= (u64)pci_read_config32(pdev, reg + 4) << 32;
		pci_write_config32(pdev, reg + 4, high);
	} else {
		mask |= 0xffffffff00000000ull;
	}
	mask &= low & PCI_BAR_IO ? ~3ull : ~15ull;
	if (low & PCI_BAR_IO)
		mask |= 0xffff0000ull; /* a device may decode 16 bits of port address only */
	return ~mask + 1;
}

static void read_bars(struct pci_dev *pdev)
{
	u16 cmd = pci_read_config16(pdev, PCI_COMMAND);
	unsigned int i;

	pci_write_config16(pdev, PCI_COMMAND, cmd & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (i = 0; i < PCI_NUM_BARS; i++) {
		unsigned int reg = PCI_BASE_ADDRESS_0 + 4 * i;
		u32 low = pci_read_config32(pdev, reg);
		bool io = low & PCI_BAR_IO;
		bool wide = !io && (low & PCI_BAR_TYPE_MASK) == PCI_BAR_TYPE_64 &&
			    i + 1 < PCI_NUM_BARS;
		struct pci_bar *b = &pdev->bar[i];

		b->is_io = io;
		b->addr = low & (io ? ~3u : ~15u);
		if (wide)
			b->addr |= (u64)pci_read_config32(pdev, reg + 4) << 32;
		if (b->addr)
			b->size = bar_probe(pdev, reg, wide, low);
		if (wide)
			i++;
	}
	pci_write_config16(pdev, PCI_COMMAND, cmd);
}

static bool driver_matches(const struct pci_driver *drv, const struct pci_dev *pdev)
{
	unsigned int i;

	for (i = 0; i < drv->nr_ids; i++)
		if ((drv->ids[i].vendor == PCI_ANY_ID || drv->ids[i].vendor == pdev->vendor) &&
		    (drv->ids[i].device == PCI_ANY_ID || drv->ids[i].device == pdev->device))
			return true;
	return false;
}

static void attach_driver(struct scan_state *s, struct pci_dev *pdev)
{
	unsigned int i;
	int err;

	for (i = 0; i < s->nr_drivers; i++) {
		if (!driver_matches(s->drivers[i], pdev))
			continue;
		read_bars(pdev);
		err = s->drivers[i]->probe(pdev);
		if (!err) {
			pdev->driver = s->drivers[i];
			return;
		}
		pr_err("%s: %02x:%02x.%x [%04x:%04x] cannot be used: error %d\n",
		       s->drivers[i]->name, pdev->bus, pdev->devfn >> 3, pdev->devfn & 7,
		       pdev->vendor, pdev->device, err);
	}
}

static void scan_bus(struct scan_state *s, u8 bus);

/* One function: note it, follow a bridge to the bus behind it, offer it to the drivers. */
static void scan_function(struct scan_state *s, const struct pci_dev *probe, u8 header)
{
	struct pci_dev *pdev;
	u8 line;

	if ((header & 0x7f) == PCI_HEADER_TYPE_BRIDGE) {
		scan_bus(s, pci_read_config8(probe, PCI_SECONDARY_BUS));
		return;
	}
	if ((header & 0x7f) != PCI_HEADER_TYPE_NORMAL)
		return;
	pdev = kmemdup(probe, sizeof(*probe), GFP_KERNEL);
	if (!pdev)
		return;
	pdev->class = pci_read_config32(pdev, PCI_CLASS_REVISION) >> 8;
	pdev->subsystem = pci_read_config16(pdev, PCI_SUBSYSTEM_ID);
	line = pci_read_config8(pdev, PCI_INTERRUPT_LINE);
	pdev->irq = pci_read_config8(pdev, PCI_INTERRUPT_PIN) && line < 16 ? line : -1;
	list_add_tail(&pdev->node, &pci_devices);
	s->found++;
	attach_driver(s, pdev);
}

static void scan_bus(struct scan_state *s, u8 bus)
{
	unsigned int slot, fn, nr_fn;

	if (s->seen[bus / 8] & (1u << (bus % 8)))
		return;
	s->seen[bus / 8] |= (u8)(1u << (bus % 8));
	for (slot = 0; slot < 32; slot++) {
		for (fn = 0, nr_fn = 1; fn < nr_fn; fn++) {
			struct pci_dev probe = { .bus = bus, .devfn = (u8)(slot << 3 | fn) };
			u32 id = pci_read_config32(&probe, PCI_VENDOR_ID);
			u8 header;

			if ((id & 0xffff) == 0xffff)
				continue;
			probe.vendor = (u16)id;
			probe.device = (u16)(id >> 16);
			header = pci_read_config8(&probe, PCI_HEADER_TYPE);
			if (!fn && (header & PCI_HEADER_MULTIFUNCTION))
				nr_fn = 8;
			scan_function(s, &probe, header);
		}
	}
}

unsigned int pci_scan(const struct pci_driver *const *drivers, unsigned int n)
{
	struct scan_state s = { .drivers = drivers, .nr_drivers = n };

	scan_bus(&s, 0);
	return s.found;
}

void pci_for_each(void (*fn)(const struct pci_dev *pdev, void *arg), void *arg)
{
	const struct pci_dev *pdev;

	list_for_each_entry(pdev, &pci_devices, node)
		fn(pdev, arg);
}
