/* SPDX-License-Identifier: MIT */
/* Packet sockets: the receive ring of TPACKET_V3. Packets lie close to each other in blocks, and a block is handed to ring 3 when
 * it is full, or when its first packet has waited long enough. Linux's networking/packet_mmap. */
#include <kernel/time.h>

#include "packet_internal.h"

#define V3_ALIGN  8
#define RETIRE_MS 8 /* where ring 3 names no time: Linux's for links whose speed it does not know */

static struct tpacket_block_desc *block_of(const struct packet_ring *r, unsigned int block)
{
	return (struct tpacket_block_desc *)r->block[block];
}

static u32 block_status(const struct packet_ring *r, unsigned int block)
{
	return __atomic_load_n(&block_of(r, block)->bh1.block_status, __ATOMIC_ACQUIRE);
}

bool packet_blocks_free(const struct packet_ring *r, unsigned int block)
{
	return block_status(r, block) == TP_STATUS_KERNEL;
}

unsigned int packet_blocks_room(const struct packet_ring *r)
{
	return r->block_size - r->v3.first;
}

/* The active block begins anew. */
static void block_open(struct packet_ring *r)
{
	struct packet_blocks *b = &r->v3;
	struct tpacket_block_desc *d = block_of(r, b->active);

	b->frozen = false;
	b->num_pkts = 0;
	b->used = b->prev = b->first;
	d->version = TPACKET_V3;
	d->offset_to_priv = sizeof(*d);
	d->bh1.num_pkts = 0;
	d->bh1.offset_to_first_pkt = b->first;
	d->bh1.blk_len = b->first;
	d->bh1.seq_num = b->seq++;
	tpacket_put_time(&d->bh1.ts_first_pkt.ts_sec, &d->bh1.ts_first_pkt.ts_nsec, ktime_get_real(), 1);
}

/* The active block becomes ring 3's, unless that has written into its status; the next one is active. */
static void block_retire(struct packet_ring *r, u32 status)
{
	struct packet_blocks *b = &r->v3;
	struct tpacket_block_desc *d = block_of(r, b->active);
	struct packet_sock *po = r->po;

	del_timer(&b->retire);
	if (!packet_blocks_free(r, b->active))
		return;
	((struct tpacket3_hdr *)((u8 *)d + b->prev))->tp_next_offset = 0;
	if (!b->num_pkts)
		tpacket_put_time(&b->last.ts_sec, &b->last.ts_nsec, ktime_get_real(), 1);
	d->bh1.ts_last_pkt = b->last;
	status |= TP_STATUS_USER | (po->drops ? TP_STATUS_LOSING : 0);
	__atomic_store_n(&d->bh1.block_status, status, __ATOMIC_RELEASE);
	b->active = b->active + 1 < r->block_nr ? b->active + 1 : 0;
	po->sk.sk_data_ready(&po->sk);
}

/* Opens the active block, if that is the kernel's. */
static bool block_next(struct packet_ring *r)
{
	if (block_status(r, r->v3.active) & TP_STATUS_USER) {
		if (!r->v3.frozen)
			r->po->freezes++;
		r->v3.frozen = true;
		return false;
	}
	block_open(r);
	return true;
}

static void retire_expired(unsigned long data)
{
	struct packet_ring *r = (struct packet_ring *)data;

	if (r->v3.frozen || !r->v3.num_pkts)
		return;
	block_retire(r, TP_STATUS_BLK_TMO);
	block_next(r);
}

void packet_blocks_init(struct packet_ring *r, const struct tpacket_req3 *req)
{
	struct packet_blocks *b = &r->v3;

	b->sizeof_priv = req->tp_sizeof_priv;
	b->features = req->tp_feature_req_word;
	b->retire_ms = req->tp_retire_blk_tov ? req->tp_retire_blk_tov : RETIRE_MS;
	b->first = (unsigned int)sizeof(struct tpacket_block_desc) + (unsigned int)ALIGN(req->tp_sizeof_priv, V3_ALIGN);
	b->seq = 1;
	setup_timer(&b->retire, retire_expired, (unsigned long)r);
	block_open(r);
}

void packet_blocks_stop(struct packet_ring *r)
{
	del_timer(&r->v3.retire);
}

struct tpacket3_hdr *packet_blocks_take(struct packet_ring *r, unsigned int len)
{
	unsigned int size = ALIGN(len, V3_ALIGN);
	struct packet_blocks *b = &r->v3;
	struct tpacket_block_desc *d;
	struct tpacket3_hdr *h;

	if (b->frozen && !block_next(r))
		return NULL;
	if (b->used + size >= r->block_size) { /* as Linux: what would fit to the last byte goes into the next one, be this one empty */
		block_retire(r, 0);
		if (!block_next(r))
			return NULL;
	}
	d = block_of(r, b->active);
	h = (struct tpacket3_hdr *)((u8 *)d + b->used);
	h->tp_next_offset = size;
	b->prev = b->used;
	b->used += size;
	d->bh1.blk_len = b->used;
	d->bh1.num_pkts = ++b->num_pkts;
	if (b->num_pkts == 1) /* an empty block needs no timer: the machine may sleep */
		mod_timer(&b->retire, jiffies + msecs_to_jiffies(b->retire_ms));
	return h;
}
