/* SPDX-License-Identifier: MIT */
/* The seam under the drivers, played by a fuzz target: ports, mapped registers, MSI-X. */
#include <net/checksum.h>
#include <wire/eth.h>
#include <wire/ip.h>
#include <wire/tcp.h>

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

/* The headers of a segment with @len bytes of payload, its checksum left to the device. */
static void put_headers(struct sk_buff *skb, unsigned int len, bool cwr)
{
	struct ethhdr *eth = skb_put_zero(skb, sizeof(*eth));
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));
	struct tcphdr *th = skb_put_zero(skb, sizeof(*th));

	eth->h_proto = htons(ETH_P_IP);
	iph->version = 4;
	iph->ihl = 5;
	iph->ttl = 64;
	iph->protocol = IPPROTO_TCP;
	iph->tot_len = htons((u16)(sizeof(*iph) + sizeof(*th) + len));
	iph->check = ip_fast_csum(iph, 5);
	th->doff = 5;
	th->psh = 1;
	th->cwr = cwr;
	th->check = (__force __sum16) ~(__force u16)csum_tcpudp_magic(
		iph->saddr, iph->daddr, (u32)sizeof(*th) + len, IPPROTO_TCP, 0);
	skb_reset_mac_header(skb);
	skb->network_header = (u16)(skb->mac_header + sizeof(*eth));
	skb->transport_header = (u16)(skb->network_header + sizeof(*iph));
	skb->csum_start = skb->transport_header;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->protocol = htons(ETH_P_IP);
}

struct sk_buff *fake_large_skb(u16 shape)
{
	unsigned int linear = shape & 0x40 ? 300 : 0, nr = shape & 15, each = shape & 0x20 ? 4000 : 700,
		     mss = 100 + (shape >> 8) * 6u, len = linear + nr * each;
	struct sk_buff *skb = alloc_skb(64 + 54 + linear, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, 64);
	put_headers(skb, len, shape & 0x10);
	skb_put_zero(skb, linear);
	while (nr--) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			break;
		memset(page_address(page), (int)nr, each);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, each, PAGE_SIZE);
	}
	skb->dev = fake_dev;
	if (len > mss) {
		skb_shinfo(skb)->gso_size = (u16)mss;
		skb_shinfo(skb)->gso_segs = (u16)DIV_ROUND_UP(len, mss);
		skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4 | (shape & 0x10 ? SKB_GSO_TCP_ECN : 0);
	}
	return skb;
}
