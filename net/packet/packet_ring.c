/* SPDX-License-Identifier: MIT */
/* Packet sockets: rings of frames that the kernel and ring 3 share, how they are made, shown in ring 3's memory and waited for.
 * packet(7), Linux's networking/packet_mmap. */
#include <kernel/bitops.h>
#include <kernel/poll.h>
#include <kernel/sched.h>

#include "packet_internal.h"

/* ---- sizes ---- */

int packet_get_hdrlen(int version)
{
	switch (version) {
	case TPACKET_V1: return (int)sizeof(struct tpacket_hdr);
	case TPACKET_V2: return (int)sizeof(struct tpacket2_hdr);
	case TPACKET_V3: return (int)sizeof(struct tpacket3_hdr);
	default: return -EINVAL;
	}
}

unsigned int packet_hdrlen(const struct packet_sock *po)
{
	switch (po->tp_version) {
	case TPACKET_V3: return TPACKET3_HDRLEN;
	case TPACKET_V2: return TPACKET2_HDRLEN;
	default: return TPACKET_HDRLEN;
	}
}

static u64 ring_bytes(const struct packet_ring *r)
{
	return r ? (u64)r->block_nr * r->block_size : 0;
}

/* ---- frames ---- */

u8 *ring_frame(const struct packet_ring *r, unsigned int i)
{
	return r->block[i / r->frames_per_block] + (size_t)(i % r->frames_per_block) * r->frame_size;
}

static u32 *status_word(const struct packet_sock *po, const u8 *frame)
{
	if (po->tp_version == TPACKET_V3)
		return &((struct tpacket3_hdr *)frame)->tp_status;
	return &((struct tpacket2_hdr *)frame)->tp_status;
}

u32 ring_status(const struct packet_sock *po, const u8 *frame)
{
	if (po->tp_version == TPACKET_V1)
		return (u32)__atomic_load_n(&((const struct tpacket_hdr *)frame)->tp_status, __ATOMIC_ACQUIRE);
	return __atomic_load_n(status_word(po, frame), __ATOMIC_ACQUIRE);
}

void ring_set_status(const struct packet_sock *po, u8 *frame, u32 status)
{
	if (po->tp_version == TPACKET_V1)
		__atomic_store_n(&((struct tpacket_hdr *)frame)->tp_status, status, __ATOMIC_RELEASE);
	else
		__atomic_store_n(status_word(po, frame), status, __ATOMIC_RELEASE);
}

/* ---- making and ending them ---- */

static void ring_free(struct packet_ring *r)
{
	unsigned int i;

	if (!r)
		return;
	for (i = 0; i < r->block_nr && r->block[i]; i++)
		put_page(virt_to_page(r->block[i])); /* ring 3's areas have references of their own */
	kfree(r);
}

/* A ring as the checked @req says; NULL: no memory, or only what the kernel keeps for itself. */
static struct packet_ring *ring_alloc(struct packet_sock *po, const struct tpacket_req3 *req)
{
	struct packet_ring *r;
	struct page *page;
	unsigned int i;

	r = kzalloc(sizeof(*r) + (size_t)req->tp_block_nr * sizeof(r->block[0]), GFP_KERNEL | __GFP_NOWARN);
	if (!r)
		return NULL;
	r->po = po;
	r->block_size = req->tp_block_size;
	r->block_nr = req->tp_block_nr;
	r->order = (unsigned int)ilog2(roundup_pow_of_two(req->tp_block_size / PAGE_SIZE));
	r->frame_size = req->tp_frame_size;
	r->frame_nr = req->tp_frame_nr;
	r->frames_per_block = req->tp_block_size / req->tp_frame_size;
	init_waitqueue_head(&r->done);
	for (i = 0; i < r->block_nr; i++) {
		page = r->order <= MAX_ORDER ? alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN, r->order) : NULL;
		if (!page)
			break;
		r->block[i] = page_address(page);
		if (!memory_for_ring3())
			break;
		cond_resched();
	}
	if (i == r->block_nr)
		return r;
	ring_free(r);
	return NULL;
}

/* 0 or -EINVAL. */
static int ring_check(const struct packet_sock *po, const struct tpacket_req3 *req)
{
	unsigned int least = packet_hdrlen(po) + po->tp_reserve, per_block;
	u64 head = sizeof(struct tpacket_block_desc) + ALIGN((u64)req->tp_sizeof_priv, 8);

	if ((int)req->tp_block_size <= 0 || req->tp_block_size % PAGE_SIZE)
		return -EINVAL;
	if (po->tp_version == TPACKET_V3 && req->tp_block_size < head + least)
		return -EINVAL;
	if (req->tp_frame_size < least || req->tp_frame_size % TPACKET_ALIGNMENT)
		return -EINVAL;
	per_block = req->tp_block_size / req->tp_frame_size;
	if (!per_block || (u64)per_block * req->tp_block_nr != req->tp_frame_nr)
		return -EINVAL;
	return 0;
}

/* @r, or none, takes the place of the ring there was. Nothing is received meanwhile. Sock locked. */
static void ring_replace(struct packet_sock *po, struct packet_ring *r, bool tx)
{
	struct packet_ring **at = tx ? &po->tx_ring : &po->rx_ring, *old;
	struct sk_buff_head *queue = tx ? &po->sk.sk_write_queue : &po->sk.sk_receive_queue;
	bool was_running = po->running;

	packet_unhook(po);
	mutex_lock(&po->ring_lock);
	local_bh_disable();
	old = *at;
	*at = r;
	if (!tx) {
		if (old && po->tp_version == TPACKET_V3)
			packet_blocks_stop(old);
		po->prot_hook.func = r ? tpacket_rcv : packet_rcv;
	}
	local_bh_enable();
	mutex_unlock(&po->ring_lock);
	skb_queue_purge_reason(queue, SKB_DROP_REASON_SOCKET_CLOSE); /* what came before is not the ring's */
	ring_free(old);
	if (was_running)
		packet_hook(po);
}

static int set_ring(struct packet_sock *po, const struct tpacket_req3 *req, bool tx)
{
	struct packet_ring *r = tx ? po->tx_ring : po->rx_ring;
	int err;

	if (po->mapped || (r && r->pending))
		return -EBUSY;
	if (!req->tp_block_nr) {
		if (req->tp_frame_nr)
			return -EINVAL;
		ring_replace(po, NULL, tx);
		return 0;
	}
	if (r)
		return -EBUSY;
	err = ring_check(po, req);
	if (err)
		return err;
	r = ring_alloc(po, req);
	if (!r)
		return -ENOMEM;
	if (po->mapped) { /* while we slept */
		ring_free(r);
		return -EBUSY;
	}
	if (po->tp_version == TPACKET_V3 && tx &&
	    (req->tp_retire_blk_tov || req->tp_sizeof_priv || req->tp_feature_req_word)) {
		ring_free(r);
		return -EINVAL;
	}
	if (po->tp_version == TPACKET_V3 && !tx) {
		packet_blocks_init(r, req);
		po->freezes = 0;
	}
	ring_replace(po, r, tx);
	return 0;
}

int packet_set_ring(struct packet_sock *po, sockptr_t optval, unsigned int optlen, bool tx)
{
	struct tpacket_req3 req = { 0 };
	unsigned int size;
	int err = -EINVAL;

	lock_sock(&po->sk);
	size = po->tp_version == TPACKET_V3 ? sizeof(req) : sizeof(struct tpacket_req);
	if (optlen >= size)
		err = copy_from_sockptr(&req, optval, size) ? -EFAULT : set_ring(po, &req, tx);
	release_sock(&po->sk);
	return err;
}

void packet_free_rings(struct packet_sock *po)
{
	if (po->rx_ring)
		ring_replace(po, NULL, false);
	if (po->tx_ring)
		ring_replace(po, NULL, true);
}

/* ---- options that must stand before the rings do ---- */

static int set_locked(struct packet_sock *po, int optname, unsigned int val)
{
	bool busy = po->rx_ring || po->tx_ring;

	if (optname == PACKET_COPY_THRESH) {
		po->copy_thresh = (int)val;
		return 0;
	}
	if (optname == PACKET_TX_HAS_OFF) { /* as Linux: too late is no error */
		if (!busy)
			po->tp_tx_has_off = val;
		return 0;
	}
	if (busy)
		return -EBUSY;
	switch (optname) {
	case PACKET_VERSION: po->tp_version = (u8)val; break;
	case PACKET_RESERVE: po->tp_reserve = val; break;
	case PACKET_LOSS: po->tp_loss = val; break;
	default: po->has_vnet_hdr = val; break;
	}
	return 0;
}

int packet_set_ring_option(struct packet_sock *po, int optname, sockptr_t optval, unsigned int optlen)
{
	unsigned int val;
	int err;

	if (optname == PACKET_VNET_HDR && po->sk.sk_type != SOCK_RAW)
		return -EINVAL;
	if (optlen < sizeof(val) || (optlen > sizeof(val) && optname != PACKET_VNET_HDR))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	if ((optname == PACKET_VERSION && val > TPACKET_V3) || (optname == PACKET_RESERVE && val > INT_MAX))
		return -EINVAL;
	lock_sock(&po->sk);
	err = set_locked(po, optname, val);
	release_sock(&po->sk);
	return err;
}

/* ---- in ring 3's memory: the receive ring, behind it the other ---- */

static struct packet_sock *file_sock(struct file *f)
{
	return pkt_sk(sock_from_file(f)->sk);
}

static void area_open(struct file *f)
{
	file_sock(f)->mapped++;
}

static void area_close(struct file *f)
{
	file_sock(f)->mapped--;
}

static struct page *area_fault(struct file *f, u64 off)
{
	const struct packet_sock *po = file_sock(f);
	const struct packet_ring *r = po->rx_ring;
	struct page *page;

	if (off >= ring_bytes(r)) {
		off -= ring_bytes(r);
		r = po->tx_ring;
	}
	if (off >= ring_bytes(r))
		return NULL; /* an area that has grown */
	page = virt_to_page(r->block[off / r->block_size] + off % r->block_size);
	get_page(page);
	return page;
}

static const struct vm_operations area_ops = { .open = area_open, .close = area_close, .fault = area_fault };

int packet_mmap(struct socket *sock, u64 off, u64 len, const struct vm_operations **ops)
{
	struct packet_sock *po = pkt_sk(sock->sk);
	u64 bytes;

	mutex_lock(&po->ring_lock);
	bytes = ring_bytes(po->rx_ring) + ring_bytes(po->tx_ring);
	if (!off && bytes && len == bytes) {
		po->mapped++;
		*ops = &area_ops;
	} else {
		bytes = 0;
	}
	mutex_unlock(&po->ring_lock);
	return bytes ? 0 : -EINVAL;
}

/* ---- waiting ---- */

/* Has the last frame that was filled, or the last block, not been given back? */
static bool rx_ready(const struct packet_sock *po)
{
	const struct packet_ring *r = po->rx_ring;

	if (po->tp_version == TPACKET_V3)
		return !packet_blocks_free(r, (r->v3.active ? r->v3.active : r->block_nr) - 1);
	return ring_status(po, ring_frame(r, (r->head ? r->head : r->frame_nr) - 1)) != TP_STATUS_KERNEL;
}

unsigned int packet_poll(struct file *file, struct socket *sock, struct poll_table *wait)
{
	const struct packet_sock *po = pkt_sk(sock->sk);
	unsigned int mask = datagram_poll(file, sock, wait);

	if (!po->rx_ring && !po->tx_ring)
		return mask;
	local_bh_disable();
	if (po->rx_ring && rx_ready(po))
		mask |= POLLIN | POLLRDNORM;
	if (po->tx_ring && ring_status(po, ring_frame(po->tx_ring, po->tx_ring->head)) == TP_STATUS_AVAILABLE)
		mask |= POLLOUT | POLLWRNORM;
	local_bh_enable();
	return mask;
}
