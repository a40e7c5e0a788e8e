/* SPDX-License-Identifier: MIT */
/* Intel 82540EM and 82545EM: set-up, interrupts and moderation, link, address filters. 8254x manual
 * chapters 13 and 14. */
#include <asm/processor.h>
#include <kernel/printk.h>

#include "e1000_internal.h"

#define NAPI_WEIGHT	 64
#define WATCHDOG_JIFFIES (5 * HZ)
#define EEPROM_TRIES	 10000 /* register reads until a word must be there */
#define EEPROM_MAC	 0     /* words 0 to 2 */
/* At most one interrupt in this time: 8000 a second, in units of 256 ns. */
#define ITR_UNITS	 (NSEC_PER_SEC / 8000 / 256)
#define INTERRUPTS \
	(E1000_INT_RXT0 | E1000_INT_RXO | E1000_INT_RXDMT0 | E1000_INT_TXDW | E1000_INT_LSC)
#define CTRL_BITS (E1000_CTRL_SLU | E1000_CTRL_ASDE | E1000_CTRL_FD)
/*
 * Without long packets a frame has at most 1522 bytes and fits one buffer, though the device
 * believes in 2048. Long ones are cut into pieces of 1024, which fit as well.
 */
#define RCTL_LONG (E1000_RCTL_LPE | E1000_RCTL_BSIZE_1024)
_Static_assert(RX_FRAG_ROOM >= 1522, "a frame fits a buffer");
#define RING_BYTES (E1000_RX_RING * sizeof(struct e1000_rx_desc))
_Static_assert(RING_BYTES <= PAGE_SIZE && E1000_TX_RING * sizeof(struct e1000_tx_desc) <= PAGE_SIZE,
	       "a ring is a page");

static bool eeprom_read(struct e1000 *e, unsigned int word, u16 *value)
{
	unsigned int i;

	ew32(e, E1000_EERD, word << 8 | E1000_EERD_START);
	for (i = 0; i < EEPROM_TRIES; i++) {
		u32 v = er32(e, E1000_EERD);

		if (v & E1000_EERD_DONE) {
			*value = (u16)(v >> 16);
			return true;
		}
		cpu_relax();
	}
	return false;
}

/* The station address: from the EEPROM, else what the firmware left in the filter, else a random
 * one. */
static void read_mac(struct e1000 *e)
{
	u8 *mac = e->dev->dev_addr;
	unsigned int i;
	u16 word;

	for (i = 0; i < 3 && eeprom_read(e, EEPROM_MAC + i, &word); i++) {
		mac[2 * i] = (u8)word;
		mac[2 * i + 1] = (u8)(word >> 8);
	}
	if (i < 3) {
		u32 low = er32(e, E1000_RAL), high = er32(e, E1000_RAH);

		memcpy(mac, &low, 4);
		memcpy(mac + 4, &high, 2);
	}
	if (!is_valid_ether_addr(mac))
		random_ether_addr(mac);
	memcpy(e->dev->perm_addr, mac, ETH_ALEN);
}

static void write_mac(struct e1000 *e)
{
	const u8 *mac = e->dev->dev_addr;

	ew32(e, E1000_RAL, (u32)mac[0] | (u32)mac[1] << 8 | (u32)mac[2] << 16 | (u32)mac[3] << 24);
	ew32(e, E1000_RAH, (u32)mac[4] | (u32)mac[5] << 8 | E1000_RAH_AV);
}

static void update_link(struct e1000 *e)
{
	if (er32(e, E1000_STATUS) & E1000_STATUS_LU)
		netif_carrier_on(e->dev);
	else
		netif_carrier_off(e->dev);
}

static irqreturn_t e1000_interrupt(int irq, void *dev_id)
{
	struct e1000 *e = dev_id;
	u32 cause = er32(e, E1000_ICR);

	/* A device that is stopped or torn off reads as all ones. */
	if (!cause || cause == ~0u)
		return IRQ_NONE;
	e->stats.interrupts++;
	if (cause & E1000_INT_LSC)
		update_link(e);
	if ((cause & ~(u32)E1000_INT_LSC) && netif_running(e->dev) &&
	    napi_schedule_prep(&e->napi)) {
		ew32(e, E1000_IMC, INTERRUPTS & ~(u32)E1000_INT_LSC);
		__napi_schedule(&e->napi);
	}
	return IRQ_HANDLED;
}

static int e1000_poll(struct napi_struct *napi, int budget)
{
	struct e1000 *e = container_of(napi, struct e1000, napi);
	int done;

	e1000_tx_clean(e);
	done = e1000_rx_clean(e, budget);
	if (done == budget)
		return done;
	napi_complete(napi);
	/* A cause that is set already interrupts as soon as it is unmasked: nothing is missed. */
	ew32(e, E1000_IMS, INTERRUPTS);
	return done;
}

static void e1000_refill_timer(unsigned long data)
{
	struct e1000 *e = (struct e1000 *)data;

	local_bh_disable();
	if (netif_running(e->dev))
		e1000_rx_fill(e);
	local_bh_enable();
}

/* The 12 bits of a multicast address that select a filter bit, for RCTL.MO = 0. 8254x
 * manual 13.5.1. */
static u32 multicast_hash(const u8 *addr)
{
	return ((u32)addr[4] >> 4 | (u32)addr[5] << 4) & 0xfff;
}

/* What the receiver shall take, as the device's flags and MTU have it. */
static u32 receive_control(const struct net_device *dev)
{
	u32 rctl = E1000_RCTL_EN | E1000_RCTL_BAM | E1000_RCTL_SECRC;

	if (dev->flags & IFF_PROMISC)
		rctl |= E1000_RCTL_UPE | E1000_RCTL_MPE;
	else if (dev->flags & IFF_ALLMULTI)
		rctl |= E1000_RCTL_MPE;
	return dev->mtu > ETH_DATA_LEN ? rctl | RCTL_LONG : rctl;
}

static void e1000_set_rx_mode(struct net_device *dev)
{
	struct e1000 *e = netdev_priv(dev);
	u32 filter[E1000_MTA_WORDS] = { 0 };
	const struct dev_addr_list *a;
	unsigned int i;

	for (a = dev->mc_list; a; a = a->next) {
		u32 hash = multicast_hash(a->da_addr);

		filter[hash >> 5] |= 1u << (hash & 31);
	}
	for (i = 0; i < E1000_MTA_WORDS; i++)
		ew32(e, E1000_MTA + 4 * i, filter[i]);
	/* Only where it changes: QEMU's device is deaf for a second after each write. */
	if (netif_running(dev) && er32(e, E1000_RCTL) != receive_control(dev))
		ew32(e, E1000_RCTL, receive_control(dev));
}

static void set_ring(struct e1000 *e, unsigned int base, phys_t pa, u32 bytes)
{
	ew32(e, base, (u32)pa);
	ew32(e, base + (E1000_RDBAH - E1000_RDBAL), (u32)(pa >> 32));
	ew32(e, base + (E1000_RDLEN - E1000_RDBAL), bytes);
	ew32(e, base + (E1000_RDH - E1000_RDBAL), 0);
	ew32(e, base + (E1000_RDT - E1000_RDBAL), 0);
}

/* From a stopped device to a working one. */
static void start_hw(struct e1000 *e)
{
	ew32(e, E1000_CTRL, er32(e, E1000_CTRL) | CTRL_BITS);
	write_mac(e);
	set_ring(e, E1000_RDBAL, virt_to_phys(e->rx_ring), RING_BYTES);
	set_ring(e, E1000_TDBAL, virt_to_phys(e->tx_ring),
		 E1000_TX_RING * sizeof(struct e1000_tx_desc));
	ew32(e, E1000_RDTR, 0);
	ew32(e, E1000_RADV, 0);
	ew32(e, E1000_TIDV, 0);
	ew32(e, E1000_ITR, ITR_UNITS);
	ew32(e, E1000_RXCSUM, E1000_RXCSUM_IPOFL | E1000_RXCSUM_TUOFL);
	ew32(e, E1000_TIPG, 10 | 8 << 10 | 6 << 20); /* the manual's values for copper, 13.4.34 */
	ew32(e, E1000_TCTL,
	     E1000_TCTL_EN | E1000_TCTL_PSP | 15 << E1000_TCTL_CT_SHIFT |
		     64 << E1000_TCTL_COLD_SHIFT);
	e1000_set_rx_mode(e->dev);
	e1000_rx_fill(e);
	if (er32(e, E1000_RCTL) != receive_control(e->dev))
		ew32(e, E1000_RCTL, receive_control(e->dev));
	ew32(e, E1000_IMS, INTERRUPTS);
}

static void stop_hw(struct e1000 *e)
{
	ew32(e, E1000_IMC, ~0u);
	ew32(e, E1000_RCTL, 0);
	ew32(e, E1000_TCTL, 0);
	(void)er32(e, E1000_STATUS); /* the writes have arrived */
}

void e1000_reset(struct e1000 *e)
{
	e->stats.resets++;
	stop_hw(e);
	e1000_rings_empty(e);
	start_hw(e);
	netif_wake_queue(e->dev);
}

static int e1000_open(struct net_device *dev)
{
	struct e1000 *e = netdev_priv(dev);

	napi_enable(&e->napi);
	local_bh_disable();
	start_hw(e);
	local_bh_enable();
	update_link(e);
	netif_start_queue(dev);
	return 0;
}

static int e1000_stop(struct net_device *dev)
{
	struct e1000 *e = netdev_priv(dev);

	netif_stop_queue(dev);
	napi_disable(&e->napi);
	stop_hw(e);
	del_timer_sync(&e->refill_timer);
	local_bh_disable();
	e1000_rings_empty(e);
	local_bh_enable();
	/* The link's comings and goings are still told. */
	ew32(e, E1000_IMS, E1000_INT_LSC);
	return 0;
}

static int e1000_change_mtu(struct net_device *dev, int new_mtu)
{
	dev->mtu = (unsigned int)new_mtu;
	if (netif_running(dev)) {
		/* The size of the buffers may change: none of the old ones may be in use. */
		local_bh_disable();
		e1000_reset(netdev_priv(dev));
		local_bh_enable();
	}
	return 0;
}

static int e1000_set_mac(struct net_device *dev, const void *addr)
{
	if (!is_valid_ether_addr(addr))
		return -EADDRNOTAVAIL;
	memcpy(dev->dev_addr, addr, ETH_ALEN);
	write_mac(netdev_priv(dev)); /* takes effect at once, up or down */
	return 0;
}

static void e1000_tx_timeout(struct net_device *dev)
{
	struct e1000 *e = netdev_priv(dev);

	pr_warn("%s: the transmit ring stands still; it is reset\n", dev->name);
	e->stats.violations++;
	e1000_reset(e);
}

static void e1000_get_stats(struct net_device *dev, struct net_device_stats *s)
{
	struct e1000 *e = netdev_priv(dev);

	dev->stats.rx_missed_errors += er32(e, E1000_MPC);
	dev->stats.rx_crc_errors += er32(e, E1000_CRCERRS);
	*s = dev->stats;
}

static int e1000_driver_stats(struct net_device *dev, struct netdev_stat *out, int n)
{
	const struct e1000 *e = netdev_priv(dev);
	const struct netdev_stat all[] = {
		{ "interrupts", e->stats.interrupts },
		{ "rx_csum_good", e->stats.rx_csum_good },
		{ "rx_csum_bad", e->stats.rx_csum_bad },
		{ "rx_no_memory", e->stats.rx_no_memory },
		{ "rx_bad_length", e->stats.rx_bad_length },
		{ "rx_errors", e->stats.rx_errors },
		{ "tx_tso", e->stats.tx_tso },
		{ "tx_csum_offload", e->stats.tx_csum_offload },
		{ "tx_stopped", e->stats.tx_stopped },
		{ "device_violations", e->stats.violations },
		{ "resets", e->stats.resets },
	};
	int i;

	for (i = 0; i < n && i < (int)ARRAY_SIZE(all); i++)
		out[i] = all[i];
	return (int)ARRAY_SIZE(all);
}

static const struct net_device_ops e1000_ops = {
	.ndo_open = e1000_open,
	.ndo_stop = e1000_stop,
	.ndo_start_xmit = e1000_xmit,
	.ndo_set_rx_mode = e1000_set_rx_mode,
	.ndo_set_mac_address = e1000_set_mac,
	.ndo_change_mtu = e1000_change_mtu,
	.ndo_tx_timeout = e1000_tx_timeout,
	.ndo_get_stats = e1000_get_stats,
	.ndo_driver_stats = e1000_driver_stats,
};

/* The hardware part of probing: registers, rings, address, interrupt line. 0 or -errno. */
static int set_up(struct e1000 *e)
{
	struct pci_dev *pdev = e->pdev;

	pci_enable(pdev);
	if (pdev->irq < 0)
		return -ENODEV;
	e->regs = pci_iomap(pdev, 0, 0, E1000_REGS_SIZE);
	e->rx_ring = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	e->tx_ring = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 0);
	if (!e->regs || !e->rx_ring || !e->tx_ring)
		return -ENOMEM;
	stop_hw(e);
	ew32(e, E1000_CTRL, er32(e, E1000_CTRL) | E1000_CTRL_RST);
	(void)er32(e, E1000_STATUS);
	stop_hw(e);
	(void)er32(e, E1000_ICR);
	ew32(e, E1000_CTRL, er32(e, E1000_CTRL) | CTRL_BITS);
	read_mac(e);
	return request_irq(pdev->irq, e1000_interrupt, IRQF_SHARED, e->dev->name, e);
}

static int e1000_probe(struct pci_dev *pdev)
{
	struct net_device *dev = alloc_etherdev(sizeof(struct e1000));
	struct e1000 *e;
	int err;

	if (!dev)
		return -ENOMEM;
	e = netdev_priv(dev);
	e->pdev = pdev;
	e->dev = dev;
	dev->netdev_ops = &e1000_ops;
	dev->driver_name = "e1000";
	dev->features |= NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_RXCSUM | NETIF_F_HIGHDMA;
	dev->features |= NETIF_F_TSO; /* not with CWR, which it would repeat in each packet */
	dev->max_mtu = E1000_MAX_MTU;
	dev->watchdog_timeo = WATCHDOG_JIFFIES;
	setup_timer(&e->refill_timer, e1000_refill_timer, (unsigned long)e);
	netif_napi_add(dev, &e->napi, e1000_poll, NAPI_WEIGHT);
	err = set_up(e);
	if (!err)
		err = register_netdev(dev);
	if (err) {
		if (e->regs)
			stop_hw(e);
		return err;
	}
	dev->irq = pdev->irq;
	update_link(e);
	pr_info("%s: e1000 %04x, %pM, irq %d\n", dev->name, pdev->device, dev->dev_addr, pdev->irq);
	return 0;
}

static const struct pci_device_id e1000_ids[] = {
	{ 0x8086, 0x100e }, /* 82540EM */
	{ 0x8086, 0x100f }, /* 82545EM (copper) */
};

const struct pci_driver e1000_pci_driver = {
	.name = "e1000",
	.ids = e1000_ids,
	.nr_ids = ARRAY_SIZE(e1000_ids),
	.probe = e1000_probe,
};
