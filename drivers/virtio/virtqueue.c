/* SPDX-License-Identifier: MIT */
/* Split virtqueues with event index. Virtual I/O Device 1.1 section 2.6. */
#include <asm/barrier.h>
#include <drivers/virtio.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#define VRING_ALIGN 4096u /* the used ring's alignment in the transitional layout, section 2.6.2 \
			   */

static size_t used_offset(unsigned int num)
{
	return ALIGN(num * sizeof(struct vring_desc) + (3 + num) * sizeof(u16), VRING_ALIGN);
}

static size_t ring_bytes(unsigned int num)
{
	return used_offset(num) + 3 * sizeof(u16) + num * sizeof(struct vring_used_elem);
}

/* used_event: the driver's word on when it wants an interrupt; it follows the available ring. */
static u16 *used_event(struct virtqueue *vq)
{
	return &vq->avail->ring[vq->num];
}

/* avail_event: the device's word on when it wants a notification; it follows the used ring. */
static u16 avail_event(const struct virtqueue *vq)
{
	const void *event = &vq->used->ring[vq->num];

	return READ_ONCE(*(const u16 *)event);
}

/* vring_need_event - did @new pass @event since @old? Section 2.6.7.2. */
static bool vring_need_event(u16 event, u16 new, u16 old)
{
	return (u16)(new - event - 1) < (u16)(new - old);
}

void virtqueue_reinit(struct virtqueue *vq)
{
	unsigned int i;

	memset(vq->ring, 0, ring_bytes(vq->num));
	memset(vq->slots, 0, vq->num * sizeof(*vq->slots));
	for (i = 0; i < vq->num; i++)
		vq->slots[i].next = (u16)(i + 1);
	vq->num_free = vq->num;
	vq->free_head = 0;
	vq->last_used = vq->avail_idx = vq->kicked_idx = 0;
	vq->broken = false;
	vq->event_idx = virtio_has_feature(vq->vdev, VIRTIO_F_EVENT_IDX);
}

static unsigned int order_of(size_t bytes)
{
	unsigned int order = 0;

	while ((PAGE_SIZE << order) < bytes)
		order++;
	return order;
}

int virtqueue_create(struct virtio_device *vdev, unsigned int index, unsigned int max_num,
		     const char *name)
{
	u16 num = vdev->transport->queue_size(vdev, index);
	struct virtqueue *vq;

	if (!num || (num & (num - 1)) || num > 32768)
		return -ENOENT;
	/* A transitional device's size is fixed; a modern one takes less. */
	if (!vdev->ioport)
		num = min_t(u16, num, max_num);
	else if (num > VIRTQUEUE_MAX_SIZE)
		return -ENOENT;
	vq = kzalloc(sizeof(*vq), GFP_KERNEL);
	if (!vq)
		return -ENOMEM;
	vq->vdev = vdev;
	vq->index = index;
	vq->num = num;
	vq->name = name;
	vq->ring_order = order_of(ring_bytes(num));
	vq->ring = __get_free_pages(GFP_KERNEL, vq->ring_order);
	vq->slots = kcalloc(num, sizeof(*vq->slots), GFP_KERNEL);
	if (!vq->ring || !vq->slots) {
		if (vq->ring)
			free_pages(vq->ring, vq->ring_order);
		kfree(vq->slots);
		kfree(vq);
		return -ENOMEM;
	}
	vq->desc = vq->ring;
	vq->avail = (void *)((u8 *)vq->ring + num * sizeof(struct vring_desc));
	vq->used = (void *)((u8 *)vq->ring + used_offset(num));
	virtqueue_reinit(vq);
	vdev->vqs[index] = vq;
	vdev->nr_vqs = max(vdev->nr_vqs, index + 1);
	return 0;
}

/* The chain of @n descriptors at @head goes to the device, which learns of it by virtqueue_kick. */
static inline void offer(struct virtqueue *vq, u16 head, u32 in_len, unsigned int n, void *data)
{
	struct virtqueue_slot *slot = &vq->slots[head];

	vq->num_free -= (u16)n;
	slot->data = data;
	slot->in_len = in_len;
	slot->ndesc = (u16)n;
	vq->avail->ring[vq->avail_idx++ & (vq->num - 1)] = head;
}

/* add_single - the short way of nearly every packet: one buffer, and no chain to link. */
static void add_single(struct virtqueue *vq, const struct virtqueue_buf *buf, bool write,
		       void *data)
{
	u16 head = vq->free_head;
	struct vring_desc *d = &vq->desc[head];

	d->addr = buf->addr;
	d->len = buf->len;
	d->flags = write ? VRING_DESC_F_WRITE : 0;
	vq->free_head = vq->slots[head].next;
	offer(vq, head, write ? buf->len : 0, 1, data);
}

/* add_chain - several buffers, in as many descriptors, which are free. */
static noinline void add_chain(struct virtqueue *vq, const struct virtqueue_buf *bufs,
			       unsigned int out, unsigned int n, void *data)
{
	u16 head = vq->free_head, id = head;
	u32 in_len = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct vring_desc *d = &vq->desc[id];

		d->addr = bufs[i].addr;
		d->len = bufs[i].len;
		d->flags = (i >= out ? VRING_DESC_F_WRITE : 0) |
			   (i + 1 < n ? VRING_DESC_F_NEXT : 0);
		d->next = vq->slots[id].next;
		if (i >= out)
			in_len += bufs[i].len;
		id = vq->slots[id].next;
	}
	vq->free_head = id;
	offer(vq, head, in_len, n, data);
}

int virtqueue_add(struct virtqueue *vq, const struct virtqueue_buf *bufs, unsigned int out,
		  unsigned int n, void *data)
{
	if (unlikely(n > vq->num_free))
		return -ENOSPC;
	if (likely(n == 1))
		add_single(vq, bufs, !out, data);
	else
		add_chain(vq, bufs, out, n, data);
	return 0;
}

void virtqueue_kick(struct virtqueue *vq)
{
	u16 old = vq->kicked_idx, new = vq->avail_idx;
	bool wanted;

	if (old == new || vq->broken)
		return;
	smp_wmb(); /* descriptors before the index that shows them */
	WRITE_ONCE(vq->avail->idx, new);
	dma_mb(); /* the index before the question whether the device wants to hear of it */
	vq->kicked_idx = new;
	if (vq->event_idx)
		wanted = vring_need_event(avail_event(vq), new, old);
	else
		wanted = !(READ_ONCE(vq->used->flags) & VRING_USED_F_NO_NOTIFY);
	if (!wanted)
		return;
	vq->kicks++;
	vq->vdev->transport->notify(vq);
}

void virtqueue_break(struct virtqueue *vq, const char *how)
{
	if (vq->broken)
		return;
	vq->broken = true;
	vq->vdev->broken_count++;
	if (net_ratelimit())
		pr_err("%s: queue %s: the device %s; it will be reset\n", vq->vdev->name, vq->name,
		       how);
}

/* Give the descriptors of a chain back. Its length and its links are from our own slots: the device
 * can write to the table of descriptors. */
static void free_chain(struct virtqueue *vq, u16 head)
{
	u16 last = head, n = vq->slots[head].ndesc;

	while (--n)
		last = vq->slots[last].next;
	vq->slots[last].next = vq->free_head;
	vq->free_head = head;
	vq->num_free += vq->slots[head].ndesc;
	vq->slots[head].data = NULL;
}

void *__virtqueue_get_buf(struct virtqueue *vq, u32 *len)
{
	struct vring_used_elem e;
	u16 used_idx = READ_ONCE(vq->used->idx);
	void *data;

	if (unlikely(vq->broken))
		return NULL;
	if (unlikely((u16)(used_idx - vq->last_used) > vq->num)) {
		virtqueue_break(vq, "moved the used index too far");
		return NULL;
	}
	smp_rmb(); /* the index before the elements it shows */
	e.id = READ_ONCE(vq->used->ring[vq->last_used & (vq->num - 1)].id);
	e.len = READ_ONCE(vq->used->ring[vq->last_used & (vq->num - 1)].len);
	if (unlikely(e.id >= vq->num || !vq->slots[e.id].data)) {
		virtqueue_break(vq, "returned a buffer it does not have");
		return NULL;
	}
	if (unlikely(e.len > vq->slots[e.id].in_len)) {
		virtqueue_break(vq, "claims to have written more than fits");
		return NULL;
	}
	data = vq->slots[e.id].data;
	free_chain(vq, (u16)e.id);
	vq->last_used++;
	*len = e.len;
	return data;
}

void *virtqueue_detach_buf(struct virtqueue *vq)
{
	unsigned int i;

	for (i = 0; i < vq->num; i++) {
		void *data = vq->slots[i].data;

		if (data) {
			vq->slots[i].data = NULL;
			return data;
		}
	}
	return NULL;
}

void virtqueue_disable_cb(struct virtqueue *vq)
{
	if (vq->event_idx) /* an index just behind: half a lap until it is met, and polling moves it
			    */
		WRITE_ONCE(*used_event(vq), (u16)(vq->last_used - 1));
	else
		WRITE_ONCE(vq->avail->flags, VRING_AVAIL_F_NO_INTERRUPT);
}

/* Ask for an interrupt when the used index passes last_used + @ahead; false if it has passed
 * already. */
static bool enable_cb_at(struct virtqueue *vq, u16 ahead)
{
	WRITE_ONCE(vq->avail->flags, 0);
	WRITE_ONCE(*used_event(vq), (u16)(vq->last_used + ahead));
	dma_mb(); /* the request before the look that decides whether to sleep */
	return (u16)(READ_ONCE(vq->used->idx) - vq->last_used) <= ahead;
}

bool virtqueue_enable_cb(struct virtqueue *vq)
{
	return enable_cb_at(vq, 0);
}

bool virtqueue_enable_cb_delayed(struct virtqueue *vq)
{
	return enable_cb_at(vq, vq->event_idx ? (u16)((u16)(vq->avail_idx - vq->last_used) * 3 / 4)
					      : 0);
}
