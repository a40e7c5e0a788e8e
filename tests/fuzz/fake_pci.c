/* SPDX-License-Identifier: MIT */
/* The seam under the drivers, played by a fuzz target: ports, mapped registers, MSI-X. */
#include "fake_pci.h"

#define FAKE_MAPPED                                                                               \
	0x7e0000000000ul /* where ioremap puts physical address 0: never touched, only recognised \
			  */
#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc

struct fake_pci fake;
struct net_device *fake_dev;
static u32 config_address;

struct net_device *fuzz_alloc_etherdev(size_t sizeof_priv);

struct net_device *fuzz_alloc_etherdev(size_t sizeof_priv)
{
	fake_dev = alloc_etherdev(sizeof_priv);
	return fake_dev;
}

static struct {
	int irq;
	void *dev_id;
} actions[8];
static unsigned int nr_actions;

int fuzz_request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name,
		     void *dev_id);

int fuzz_request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name,
		     void *dev_id)
{
	int err = request_irq(irq, handler, flags, name, dev_id);

	if (!err && nr_actions < ARRAY_SIZE(actions)) {
		actions[nr_actions].irq = irq;
		actions[nr_actions++].dev_id = dev_id;
	}
	return err;
}

void fake_free_irqs(void)
{
	while (nr_actions) {
		nr_actions--;
		free_irq(actions[nr_actions].irq, actions[nr_actions].dev_id);
	}
}

void *ioremap(phys_t pa, size_t size)
{
	return (void *)(FAKE_MAPPED + pa);
}

void iounmap(void *addr)
{
}

int pci_enable_msix(struct pci_dev *pdev, unsigned int n, int *irqs)
{
	unsigned int i;

	if (!fake.msix)
		return -ENODEV;
	for (i = 0; i < n; i++)
		irqs[i] = FAKE_IRQ_MSIX + (int)i;
	return 0;
}

static u64 lie(unsigned int size)
{
	u64 v = 0;

	fake.lies--;
	while (size--)
		v = v << 8 | fuzz_u8();
	return v;
}

u64 fake_read(unsigned long addr, unsigned int size)
{
	bool port = addr < 0x10000;
	u64 v = 0;

	if (fake.lies && fuzz_more())
		return lie(size);
	if (port && addr >= CONFIG_DATA && addr + size <= CONFIG_DATA + 4) {
		memcpy(&v, fake.config + (config_address & 0xfc) + (addr - CONFIG_DATA), size);
		return v;
	}
	if (!fake.read)
		return 0;
	return fake.read(port ? addr - FAKE_PORTS : addr - FAKE_MAPPED - FAKE_MEMORY, size, port);
}

void fake_write(unsigned long addr, unsigned int size, u64 value)
{
	bool port = addr < 0x10000;

	if (port && addr == CONFIG_ADDRESS)
		config_address = (u32)value;
	else if (port && addr >= CONFIG_DATA && addr < CONFIG_DATA + 4)
		return; /* nothing there that a driver's writing changes */
	else if (fake.write)
		fake.write(port ? addr - FAKE_PORTS : addr - FAKE_MAPPED - FAKE_MEMORY, size, value,
			   port);
}
