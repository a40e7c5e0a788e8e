/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: virtio-net against a device that lies: in its configuration, its features, its
 * registers, in what it returns in the used rings, in packet headers and what they say of large
 * segments, and by writing where it has no business in the shared rings.
 */
#include <asm/page.h>
#include <net/checksum.h>
#include <wire/eth.h>
#include <wire/ip.h>
#include <wire/tcp.h>

#include "fake_pci.h"
#include "virtio_net_internal.h"

#define COMMON_OFF 0x0000u
#define ISR_OFF	   0x1000u
#define DEVICE_OFF 0x2000u
#define NOTIFY_OFF 0x3000u
#define BAR_SIZE   0x4000u
#define MAX_STEPS  200

extern const struct pci_driver virtio_net_pci_driver;

static struct {
	u32 dev_sel, drv_sel;
	u64 offered;
	u16 queue, size[4], vector[4], config_vector;
	u8 status, isr, generation, ctrl_mode;
	u8 cfg[64];
	u64 last_xmit;
} d;

static struct virtnet_info *vi;

/* ---- the device's registers ---- */

static u64 read_common(unsigned long off)
{
	switch (off) {
	case 4: return (u32)(d.dev_sel ? d.offered >> 32 : d.offered);
	case 16: return d.config_vector;
	case 20: return d.status;
	case 21: return d.generation;
	case 24: return d.queue < 3 ? d.size[d.queue] : 0;
	case 26: return d.queue < 3 ? d.vector[d.queue] : 0xffff;
	case 30: return d.queue;
	}
	return 0;
}

static u64 read_legacy(unsigned long off)
{
	unsigned int config = fake.msix ? 24 : 20;

	switch (off) {
	case 0: return (u32)d.offered;
	case 12: return d.queue < 3 ? d.size[d.queue] : 0;
	case 18: return d.status;
	case 19: return d.isr;
	}
	if (fake.msix && off == 20)
		return d.config_vector;
	if (fake.msix && off == 22)
		return d.queue < 3 ? d.vector[d.queue] : 0xffff;
	return off >= config && off - config < sizeof(d.cfg) ? d.cfg[off - config] : 0;
}

static u64 reg_read(unsigned long off, unsigned int size, bool port)
{
	u8 isr = d.isr;

	if (port)
		return read_legacy(off);
	if (off < ISR_OFF)
		return read_common(off - COMMON_OFF);
	if (off < DEVICE_OFF) {
		d.isr = 0;
		return isr;
	}
	return off - DEVICE_OFF < sizeof(d.cfg) ? d.cfg[off - DEVICE_OFF] : 0;
}

/* used_add - return a chain to the driver, whatever it says. */
static void used_add(struct virtqueue *vq, u32 id, u32 len)
{
	u16 idx = vq->used->idx;

	vq->used->ring[idx & (vq->num - 1)] = (struct vring_used_elem){ id, len };
	vq->used->idx = (u16)(idx + 1);
	/* Notify me of the next one too: avail_event, behind the ring. */
	memcpy(&vq->used->ring[vq->num], &vq->avail->idx, sizeof(u16));
}

/* next_avail - the head that the driver gave out last but @back; num: none. */
static u32 next_avail(const struct virtqueue *vq)
{
	u16 used = vq->used->idx;

	return used == vq->avail->idx ? vq->num : vq->avail->ring[used & (vq->num - 1)];
}

static void interrupt(u8 isr)
{
	d.isr = isr;
	if (fake.msix)
		hosted_raise_irq(isr & 2 ? FAKE_IRQ_MSIX : FAKE_IRQ_MSIX + 1);
	else
		hosted_raise_irq(FAKE_IRQ);
}

/* answer_command - a command has come on the control queue. */
static void answer_command(void)
{
	struct virtqueue *vq = vi ? vi->vdev.vqs[VIRTNET_CTRL] : NULL;

	if (!vq || !vi->ctrl_buf || d.ctrl_mode == 3)
		return;
	vi->ctrl_buf[VIRTNET_CTRL_BYTES - 1] = d.ctrl_mode == 2;
	used_add(vq, d.ctrl_mode == 1 ? 0xffff : next_avail(vq), 1);
	interrupt(1);
}

static void write_common(unsigned long off, u64 value)
{
	switch (off) {
	case 0: d.dev_sel = (u32)value; break;
	case 8: d.drv_sel = (u32)value; break;
	case 16: d.config_vector = (u16)value; break;
	case 20: d.status = (u8)value; break;
	case 22: d.queue = (u16)value; break;
	case 26:
		if (d.queue < 3)
			d.vector[d.queue] = (u16)value;
		break;
	}
}

static void reg_write(unsigned long off, unsigned int size, u64 value, bool port)
{
	if (!port && off < ISR_OFF)
		write_common(off, value);
	else if (!port && off >= NOTIFY_OFF && value == VIRTNET_CTRL)
		answer_command();
	else if (port && off == 14)
		d.queue = (u16)value;
	else if (port && off == 18)
		d.status = (u8)value;
	else if (port && off == 20)
		d.config_vector = (u16)value;
	else if (port && off == 22 && d.queue < 3)
		d.vector[d.queue] = (u16)value;
	else if (port && off == 16 && value == VIRTNET_CTRL)
		answer_command();
}

/* ---- finding it ---- */

static void put_cap(u8 at, u8 next, u8 type, u32 off, u32 len)
{
	u8 *c = fake.config + at;

	c[0] = PCI_CAP_ID_VNDR;
	c[1] = next;
	c[2] = 20;
	c[3] = type;
	c[4] = 4; /* BAR */
	memcpy(c + 8, &off, 4);
	memcpy(c + 12, &len, 4);
	c[16] = 4; /* notify multiplier */
}

static void build_device(void)
{
	u8 shape = fuzz_u8();
	unsigned int i;

	memset(&d, 0, sizeof(d));
	memset(&fake, 0, sizeof(fake));
	fake.read = reg_read;
	fake.write = reg_write;
	fake.msix = shape & 1;
	fake.pdev.vendor = 0x1af4;
	fake.pdev.device = 0x1041;
	fake.pdev.irq = shape & 64 ? -1 : FAKE_IRQ;
	fake.pdev.bar[0] = (struct pci_bar){ FAKE_PORTS, 64, true };
	fake.pdev.bar[4] = (struct pci_bar){ FAKE_MEMORY, BAR_SIZE, false };
	fake.config[PCI_STATUS] = PCI_STATUS_CAP_LIST;
	fake.config[0x34] = shape & 2 ? 0 : 0x40; /* no capabilities: transitional */
	put_cap(0x40, 0x54, 1, COMMON_OFF, 56);
	put_cap(0x54, 0x68, 2, NOTIFY_OFF, 16);
	put_cap(0x68, 0x7c, 3, ISR_OFF, 1);
	put_cap(0x7c, 0, 4, DEVICE_OFF, sizeof(d.cfg));
	for (i = 0; shape & 4 && i < 8 && fuzz_more(); i++) {
		u8 at = fuzz_u8();

		fake.config[at] = fuzz_u8();
	}
	d.offered = shape & 8 ? (u64)fuzz_u32() << 32 | fuzz_u32() : ~0ull;
	for (i = 0; i < 3; i++)
		d.size[i] = shape & 16 ? fuzz_u16() : 64;
	fuzz_bytes(d.cfg, 12);
	d.ctrl_mode = shape & 32 ? fuzz_u8() & 3 : 0;
}

static int probe(void *unused)
{
	int err = virtio_net_pci_driver.probe(&fake.pdev);

	if (!err) {
		rtnl_lock();
		dev_open(fake_dev);
		inet_set_address(fake_dev, htonl(FUZZ_ADDR), 24, 0, INFINITY_LIFE_TIME);
		rtnl_unlock();
	}
	return err;
}

static void free_queue(unsigned int i)
{
	struct virtqueue *vq = vi->vdev.vqs[i];
	void *data;

	if (!vq)
		return;
	while ((data = virtqueue_detach_buf(vq))) {
		if (i == VIRTNET_RX)
			rx_frag_free(data);
		else if (i == VIRTNET_TX)
			consume_skb(data);
	}
	free_pages(vq->ring, vq->ring_order);
	kfree(vq->slots);
	kfree(vq);
}

/* remove - what no driver does here, so that one input does not burden the next. */
static int remove(void *registered)
{
	unsigned int i;

	if (registered)
		unregister_netdev(fake_dev);
	fake_free_irqs();
	del_timer_sync(&vi->refill_timer);
	if (vi->ctrl_buf) {
		tasklet_kill(&vi->ctrl.tasklet);
		del_timer_sync(&vi->ctrl.timer);
	}
	for (i = 0; i < VIRTIO_MAX_QUEUES; i++)
		free_queue(i);
	rx_frag_source_release(&vi->frags);
	kfree(vi->tx_hdrs);
	kfree(vi->ctrl_buf);
	netif_napi_del(&vi->napi);
	free_netdev(fake_dev);
	return 0;
}

/* ---- what it does ---- */

static void raise(u8 isr)
{
	interrupt(isr);
	hosted_settle();
}

static struct virtqueue *any_queue(void)
{
	struct virtqueue *vq = vi->vdev.vqs[fuzz_u8() % VIRTIO_MAX_QUEUES];

	return vq ? vq : vi->vdev.vqs[VIRTNET_RX];
}

/* step_receive - a frame into the buffer that is next, with a header from the input. */
static void step_receive(void)
{
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_RX];
	u32 head = next_avail(vq);
	u8 more = fuzz_u8();
	u32 len = fuzz_u16() & 2047;
	u8 *to;

	if (head < vq->num && vq->slots[head].data) {
		to = (u8 *)vq->slots[head].data + RX_FRAG_HEADROOM;
		fuzz_bytes(to, min(len, (u32)RX_FRAG_ROOM));
		if (!(more & 0x80))
			memcpy(to + vi->hdr_len, fake_dev->dev_addr, ETH_ALEN);
	}
	used_add(vq, head, len);
	if (!(more & 1))
		raise(1);
}

/* A header as a device writes it before a large segment over IPv4, unless @how spoils it. */
static void put_gso_header(u8 *to, u8 how, u16 buffers)
{
	struct virtio_net_hdr hdr = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				      .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
				      .hdr_len = 54,
				      .gso_size = 1448,
				      .csum_start = 34,
				      .csum_offset = 16,
				      .num_buffers = buffers };

	if (how & 1)
		hdr.gso_size = fuzz_u16();
	if (how & 2)
		hdr.gso_type = fuzz_u8();
	if (how & 4)
		hdr.csum_start = fuzz_u16();
	if (how & 8)
		hdr.num_buffers = fuzz_u16();
	if (how & 16)
		hdr.flags = fuzz_u8();
	if (how & 32)
		hdr.csum_offset = fuzz_u16();
	memcpy(to, &hdr, vi->hdr_len);
}

/* Ethernet, IPv4 and TCP to a socket that is not there; @how may spoil them. */
static void put_segment(u8 *to, u8 how, unsigned int len)
{
	struct ethhdr *eth = (struct ethhdr *)to;
	struct iphdr *iph = (struct iphdr *)(eth + 1);
	struct tcphdr *th = (struct tcphdr *)(iph + 1);

	memset(to, 0, 54);
	memcpy(eth->h_dest, fake_dev->dev_addr, ETH_ALEN);
	eth->h_proto = htons(how & 1 ? fuzz_u16() : ETH_P_IP);
	*iph = (struct iphdr){ .version = 4,
			       .ihl = (how & 2 ? fuzz_u8() : 5) & 0xf,
			       .ttl = 64,
			       .protocol = IPPROTO_TCP,
			       .tot_len = htons((u16)(how & 4 ? fuzz_u16() : len - ETH_HLEN)),
			       .frag_off = htons(how & 8 ? fuzz_u16() : IP_DF),
			       .saddr = htonl(FUZZ_PEER),
			       .daddr = htonl(FUZZ_ADDR) };
	iph->check = ip_fast_csum(iph, 5);
	th->doff = (how & 16 ? fuzz_u8() : 5) & 0xf;
	((u8 *)th)[13] = how & 32 ? fuzz_u8() : TCPHDR_ACK;
}

/* step_receive_large - a segment of up to 64 KiB in several buffers. */
static void step_receive_large(void)
{
	struct virtqueue *vq = vi->vdev.vqs[VIRTNET_RX];
	u8 bad_header = fuzz_u8(), bad_segment = fuzz_u8(), n = fuzz_u8() % 48 + 1, i;
	unsigned int len = 0;
	u8 *first = NULL;

	for (i = 0; i < n; i++) {
		u32 head = next_avail(vq), room, used;

		if (head >= vq->num || !vq->slots[head].data)
			break;
		room = rx_frag_room(rx_frag_size(vq->slots[head].data));
		used = bad_header & 64 ? fuzz_u16() % (room + 1) : room;
		if (!i && used < vi->hdr_len + 54u)
			used = vi->hdr_len + 54;
		if (!i)
			first = (u8 *)vq->slots[head].data + RX_FRAG_HEADROOM;
		len += used;
		used_add(vq, head, used);
	}
	if (first) {
		put_gso_header(first, bad_header, i);
		put_segment(first + vi->hdr_len, bad_segment, len - vi->hdr_len);
	}
	raise(1);
}

static void step_scribble(void)
{
	struct virtqueue *vq = any_queue();
	size_t bytes = (size_t)((u8 *)&vq->used->ring[vq->num] + 2 - (u8 *)vq->ring),
	       at = fuzz_u32() % bytes;
	u8 n = fuzz_u8() & 15;

	fuzz_bytes((u8 *)vq->ring + at, min((size_t)n, bytes - at));
}

/* Up to 15 fragments of 100 bytes behind what is there. */
static void add_fragments(struct sk_buff *skb, unsigned int n)
{
	while (n--) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			return;
		memset(page_address(page), (int)n, 100);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, 100, PAGE_SIZE);
	}
}

static int send_body(void *arg)
{
	struct sk_buff *skb = alloc_skb(512, GFP_KERNEL);
	unsigned int shape = (unsigned int)(unsigned long)arg, len = shape % 300 + ETH_HLEN;

	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, 64);
	skb_put_zero(skb, len);
	skb_reset_mac_header(skb);
	if (shape & 0x8000)
		add_fragments(skb, shape >> 8 & 15);
	skb->dev = fake_dev;
	if (len & 1 && len > 60) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = 64 + 34;
		skb->csum_offset = 16;
	}
	dev_queue_xmit(skb);
	return 0;
}

/* What the device was given last is @len bytes behind a header that says how to cut them. */
static void check_large(const struct virtqueue *vq, unsigned int len, u16 gso_size)
{
	u16 id = vq->avail->ring[(u16)(vq->avail_idx - 1) & (vq->num - 1)], n = vq->slots[id].ndesc;
	const struct virtio_net_hdr *hdr = phys_to_virt(vq->desc[id].addr);
	u32 total = 0;

	if ((hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) != VIRTIO_NET_HDR_GSO_TCPV4 ||
	    hdr->gso_size != gso_size || hdr->flags != VIRTIO_NET_HDR_F_NEEDS_CSUM ||
	    hdr->csum_start != 34 || hdr->csum_offset != 16 || hdr->hdr_len > len)
		fuzz_fault("a large segment's header: type %u, size %u, flags %u, sum at %u",
			   hdr->gso_type, hdr->gso_size, hdr->flags, hdr->csum_start);
	for (; n; n--, id = vq->slots[id].next)
		total += vq->desc[id].len;
	if (total != len + vi->hdr_len)
		fuzz_fault("a large segment of %u bytes in descriptors of %u", len, total);
}

static int send_large_body(void *arg)
{
	struct sk_buff *skb = fake_large_skb((u16)(unsigned long)arg);
	u64 before = vi->stats.tx_tso;
	unsigned int len;
	u16 gso_size;

	if (!skb)
		return -ENOMEM;
	len = skb->len;
	gso_size = skb_shinfo(skb)->gso_size;
	if (!skb_is_nonlinear(skb) && len < 60)
		skb_put_zero(skb, 60 - len);
	dev_queue_xmit(skb);
	if (vi->stats.tx_tso == before + 1 && vi->vdev.vqs[VIRTNET_TX])
		check_large(vi->vdev.vqs[VIRTNET_TX], len, gso_size);
	return 0;
}

static int down_up_body(void *arg)
{
	rtnl_lock();
	if (netif_running(fake_dev))
		dev_close(fake_dev);
	else
		dev_open(fake_dev);
	rtnl_unlock();
	return 0;
}

static int rx_mode_body(void *arg)
{
	struct sockaddr sa = { .sa_family = ARPHRD_ETHER,
			       .sa_data = { 2, 0, 0, 0, 9, (char)(long)arg } };

	rtnl_lock();
	dev_set_promiscuity(fake_dev, 1);
	dev_set_promiscuity(fake_dev, -1);
	dev_set_mac_address(fake_dev, &sa);
	rtnl_unlock();
	return 0;
}

static void step(void)
{
	u8 op = fuzz_u8();
	struct virtqueue *vq;
	u32 id;

	if (op >= 0xf8) {
		fuzz_call(NULL, send_large_body, (void *)(unsigned long)fuzz_u16());
		return;
	}
	if (op >= 0xf0) {
		step_receive_large();
		return;
	}
	switch (op % 12) {
	case 0:
		vq = any_queue();
		id = fuzz_u32();
		used_add(vq, id, fuzz_u32());
		break;
	case 1:
		vq = any_queue();
		vq->used->idx = fuzz_u16();
		break;
	case 2: step_scribble(); break;
	case 3: raise(fuzz_u8()); break;
	case 4: fuzz_call(NULL, send_body, (void *)(unsigned long)fuzz_u16()); break;
	case 5:
		vq = vi->vdev.vqs[VIRTNET_TX];
		used_add(vq, next_avail(vq), fuzz_u8() & 1);
		raise(1);
		break;
	case 6: fake.lies = fuzz_u8() & 15; break;
	case 7: hosted_run(hosted_now() + (1ull << (fuzz_u8() & 31)) * 8); break;
	case 8: fuzz_call(NULL, down_up_body, NULL); break;
	case 9:
		d.ctrl_mode = fuzz_u8() & 3;
		fuzz_call(NULL, rx_mode_body, (void *)(long)op);
		break;
	case 10:
		d.status |= VIRTIO_STATUS_NEEDS_RESET;
		raise(2);
		break;
	default: step_receive(); break;
	}
}

/* check_progress - a packet does not wait for room in a queue that has all of it. */
static void check_progress(void)
{
	const struct virtqueue *vq = vi->vdev.vqs[VIRTNET_TX];

	if (vq && !vi->dead && !vq->broken && netif_running(fake_dev) &&
	    netif_queue_stopped(fake_dev) && vq->num_free == vq->num)
		fuzz_fault("the queue of %u descriptors is empty, and stopped", vq->num);
}

/* check_room - the device has room for the longest frame, or it would never bring one; what it has
 * returned has been looked at. */
static void check_room(void)
{
	const struct virtqueue *vq = vi->vdev.vqs[VIRTNET_RX];
	u32 room = 0;
	unsigned int i;

	if (!vq || vi->dead || vq->broken || !netif_running(fake_dev) || vi->stats.rx_no_memory ||
	    virtqueue_more_used(vq) || vq->num < 4)
		return;
	for (i = 0; i < vq->num; i++)
		room += vq->slots[i].data ? vq->slots[i].in_len : 0;
	if (room != vi->rx_posted)
		fuzz_fault("%u bytes of buffers, counted as %u", room, vi->rx_posted);
	if (virtio_has_feature(&vi->vdev, VIRTIO_NET_F_GUEST_TSO4) && room < 65535 + ETH_HLEN + vi->hdr_len)
		fuzz_fault("%u bytes of buffers are too few for a large segment", room);
}

/* check_queues - what the driver keeps for itself is out of the device's reach. */
static void check_queues(void)
{
	unsigned int i;

	for (i = 0; i < VIRTIO_MAX_QUEUES; i++) {
		const struct virtqueue *vq = vi->vdev.vqs[i];

		if (vq && (vq->num_free > vq->num || (vq->num_free && vq->free_head >= vq->num)))
			fuzz_fault("queue %u: %u of %u descriptors are free, the first is %u", i,
				   vq->num_free, vq->num, vq->free_head);
	}
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
}

void fuzz_one(const u8 *data, size_t len)
{
	unsigned int n;
	int err;

	fake_dev = NULL;
	vi = NULL;
	build_device();
	fake.lies = 0;
	if (fuzz_u8() > 200)
		fake.lies = 40;
	err = fuzz_call(NULL, probe, NULL);
	if (!fake_dev)
		return;
	vi = netdev_priv(fake_dev);
	fake.lies = 0;
	for (n = 0; !err && n < MAX_STEPS && fuzz_more(); n++) {
		step();
		hosted_settle();
		check_queues();
		check_progress();
		check_room();
	}
	fake.lies = 0;
	d.ctrl_mode = 0;
	fuzz_call(NULL, remove, err ? NULL : fake_dev);
	if (skbs_in_use()) /* a fragment, that waits for the others */
		hosted_run(hosted_now() + 60 * NSEC_PER_SEC);
	if (skbs_in_use())
		fuzz_fault("%lu skbs are left", skbs_in_use());
}
