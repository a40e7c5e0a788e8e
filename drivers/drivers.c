/* SPDX-License-Identifier: MIT */
/* The table of drivers: a new one is one file and one row here. */
#include <drivers/drivers.h>
#include <drivers/pci.h>
#include <kernel/printk.h>

extern const struct pci_driver virtio_net_pci_driver, virtio_rng_pci_driver, e1000_pci_driver;

static const struct pci_driver *const pci_drivers[] = {
	&virtio_net_pci_driver, /* virtio network card, transitional and modern */
	&e1000_pci_driver,	/* Intel 82540EM and 82545EM */
	&virtio_rng_pci_driver, /* entropy from the host */
};

void drivers_init(void)
{
	unsigned int n;

	loopback_init();
	n = pci_scan(pci_drivers, ARRAY_SIZE(pci_drivers));
	pr_debug("pci: %u devices\n", n);
}
