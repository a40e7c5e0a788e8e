/* SPDX-License-Identifier: MIT */
/* Fuzz target: e1000 against a device that lies in its registers and in its descriptors, and writes
 * where it likes in the rings. */
#include <asm/page.h>

#include "e1000_internal.h"
#include "fake_pci.h"

#define MAX_STEPS 200

extern const struct pci_driver e1000_pci_driver;

static u32 regs[E1000_REGS_SIZE / 4];
static struct e1000 *e;
static u16 rx_at; /* where the device goes on in the receive ring */

static u64 reg_read(unsigned long off, unsigned int size, bool port)
{
	u32 v;

	if (port || off + 4 > E1000_REGS_SIZE)
		return 0;
	v = regs[off / 4];
	if (off == E1000_ICR)
		regs[off / 4] = 0;
	if (off == E1000_EERD)
		v |= E1000_EERD_DONE;
	return v;
}

static void reg_write(unsigned long off, unsigned int size, u64 value, bool port)
{
	if (port || off + 4 > E1000_REGS_SIZE)
		fuzz_fault("the driver writes to register %lx", off);
	regs[off / 4] = (u32)value;
}

static int probe(void *unused)
{
	int err = e1000_pci_driver.probe(&fake.pdev);

	if (!err) {
		rtnl_lock();
		dev_open(fake_dev);
		inet_set_address(fake_dev, htonl(FUZZ_ADDR), 24, 0, INFINITY_LIFE_TIME);
		rtnl_unlock();
	}
	return err;
}

static int remove(void *registered)
{
	if (registered)
		unregister_netdev(fake_dev);
	fake_free_irqs();
	del_timer_sync(&e->refill_timer);
	if (e->rx_ring && e->tx_ring) {
		local_bh_disable();
		e1000_rings_empty(e);
		local_bh_enable();
	}
	if (e->rx_ring)
		free_pages(e->rx_ring, 0);
	if (e->tx_ring)
		free_pages(e->tx_ring, 0);
	rx_frag_source_release(&e->frags);
	netif_napi_del(&e->napi);
	free_netdev(fake_dev);
	return 0;
}

/* ---- what it does ---- */

static void raise(u32 cause)
{
	regs[E1000_ICR / 4] |= cause;
	hosted_raise_irq(FAKE_IRQ);
	hosted_settle();
}

/* step_receive - a descriptor done, with contents and a status from the input. */
static void step_receive(void)
{
	u8 how = fuzz_u8();
	u16 at = how & 0x40 ? rx_at : e->rx_next, len = fuzz_u16();
	struct e1000_rx_desc *d = &e->rx_ring[at];
	u8 *buf = e->rx_buf[at];

	if (!(how & 0x80))
		len &= 1023;
	if (buf) {
		fuzz_bytes(buf + RX_FRAG_HEADROOM, min((unsigned int)len, RX_FRAG_ROOM));
		if (how & 0x20)
			memcpy(buf + RX_FRAG_HEADROOM, fake_dev->dev_addr, ETH_ALEN);
	}
	d->length = len;
	d->status = (u8)(E1000_RXD_STAT_DD | (how & 1 ? E1000_RXD_STAT_EOP : 0) |
			 (how & 2 ? E1000_RXD_STAT_TCPCS : 0));
	d->errors = how & 4 ? fuzz_u8() : 0;
	rx_at = (u16)((at + 1) % E1000_RX_RING);
	if (how & 8)
		raise(E1000_INT_RXT0);
}

static void step_scribble(void)
{
	u8 *ring = fuzz_u8() & 1 ? (u8 *)e->tx_ring : (u8 *)e->rx_ring;
	u16 at = fuzz_u16() % (PAGE_SIZE - 16);

	fuzz_bytes(ring + at, fuzz_u8() & 15);
}

static int send_body(void *arg)
{
	struct sk_buff *skb = alloc_skb(1024, GFP_KERNEL);
	unsigned int len = (unsigned int)(unsigned long)arg % 700 + ETH_HLEN;

	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, 64);
	skb_put_zero(skb, len);
	skb_reset_mac_header(skb);
	skb->dev = fake_dev;
	if (len & 1 && len > 340) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = (u16)(64 + (len & 2 ? 34 : 300));
		skb->csum_offset = 16;
	}
	dev_queue_xmit(skb);
	return 0;
}

/* From @at on lie a context and data of @len bytes in all, as the manual (3.3.6, 3.3.7) wants them. */
static void check_large(u16 at, unsigned int len, u16 mss)
{
	const struct e1000_ctx_desc *c = (const struct e1000_ctx_desc *)&e->tx_ring[at];
	const struct e1000_tx_desc *t = NULL;
	u32 total = 0, n = 0;
	const u8 *ip;

	if (c->cmd_len != ((len - 54) | E1000_TXD_DTYP_CTX | E1000_TXD_CMD_DEXT | E1000_TXD_CMD_TSE |
			   E1000_TXD_CMD_IP | E1000_TXD_CMD_TCP) ||
	    c->mss != mss || c->hdr_len != 54 || c->ipcss != 14 || c->ipcso != 24 || c->ipcse != 33 ||
	    c->tucss != 34 || c->tucso != 50 || c->tucse)
		fuzz_fault("a context of %x, mss %u, header %u", c->cmd_len, c->mss, c->hdr_len);
	for (at = (u16)((at + 1) % E1000_TX_RING); at != e->tx_next; at = (u16)((at + 1) % E1000_TX_RING)) {
		t = &e->tx_ring[at];
		if (!n++) {
			ip = (const u8 *)phys_to_virt(t->addr) + 14;
			if (ip[2] || ip[3] || ip[10] || ip[11])
				fuzz_fault("IP's length or checksum is not 0");
		}
		total += t->cmd_len & 0xfffff;
		if ((t->cmd_len & 0xfffff) > E1000_TX_PIECE || !(t->cmd_len & E1000_TXD_CMD_TSE) ||
		    t->popts != (E1000_TXD_POPTS_IXSM | E1000_TXD_POPTS_TXSM) ||
		    !(t->cmd_len & E1000_TXD_CMD_EOP) != ((at + 1) % E1000_TX_RING != e->tx_next))
			fuzz_fault("a data descriptor of %x, options %x", t->cmd_len, t->popts);
	}
	if (total != len || n + 1 > E1000_TX_MAX_DESC)
		fuzz_fault("%u bytes in %u descriptors of %u", len, n, total);
}

static int send_large_body(void *arg)
{
	struct sk_buff *skb = fake_large_skb((u16)(unsigned long)arg);
	u64 before = e->stats.tx_tso;
	u16 at = e->tx_next, mss;
	unsigned int len;

	if (!skb)
		return -ENOMEM;
	len = skb->len;
	mss = skb_shinfo(skb)->gso_size;
	dev_queue_xmit(skb);
	if (e->stats.tx_tso == before + 1)
		check_large(at, len, mss);
	return 0;
}

static int change_body(void *arg)
{
	u8 how = (u8)(unsigned long)arg;

	rtnl_lock();
	if (how & 1)
		dev_set_mtu(fake_dev, how & 2 ? 9000 : 1500);
	else if (netif_running(fake_dev))
		dev_close(fake_dev);
	else
		dev_open(fake_dev);
	rtnl_unlock();
	return 0;
}

static void step(void)
{
	u8 op = fuzz_u8();
	u16 i;

	if (op >= 0xf8) {
		fuzz_call(NULL, send_large_body, (void *)(unsigned long)fuzz_u16());
		return;
	}
	switch (op % 9) {
	case 0: step_scribble(); break;
	case 1: raise(fuzz_u32()); break;
	case 2: fuzz_call(NULL, send_body, (void *)(unsigned long)fuzz_u16()); break;
	case 3:
		i = fuzz_u16() % E1000_TX_RING;
		e->tx_ring[i].status = fuzz_u8();
		raise(E1000_INT_TXDW);
		break;
	case 4: fake.lies = fuzz_u8() & 15; break;
	case 5: hosted_run(hosted_now() + (1ull << (fuzz_u8() & 31)) * 8); break;
	case 6: fuzz_call(NULL, change_body, (void *)(unsigned long)fuzz_u8()); break;
	default: step_receive(); break;
	}
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
}

void fuzz_one(const u8 *data, size_t len)
{
	unsigned int n;
	u8 shape = fuzz_u8();
	int err;

	memset(&fake, 0, sizeof(fake));
	memset(regs, 0, sizeof(regs));
	fake.read = reg_read;
	fake.write = reg_write;
	fake.pdev.vendor = 0x8086;
	fake.pdev.device = 0x100e;
	fake.pdev.irq = FAKE_IRQ;
	fake.pdev.bar[0] = (struct pci_bar){ FAKE_MEMORY, shape & 1 ? fuzz_u32() : 0x20000, false };
	regs[E1000_STATUS / 4] = shape & 2 ? 0 : E1000_STATUS_LU;
	fake.lies = shape >> 4;
	fake_dev = NULL;
	rx_at = 0;
	err = fuzz_call(NULL, probe, NULL);
	if (!fake_dev)
		return;
	e = netdev_priv(fake_dev);
	for (n = 0; !err && n < MAX_STEPS && fuzz_more(); n++) {
		step();
		hosted_settle();
	}
	fake.lies = 0;
	fuzz_call(NULL, remove, err ? NULL : fake_dev);
	if (skbs_in_use())
		fuzz_fault("%lu skbs are left", skbs_in_use());
}
