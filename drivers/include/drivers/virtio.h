/* SPDX-License-Identifier: MIT */
/*
 * virtio devices and their split virtqueues (drivers/virtio). Virtual I/O Device 1.1, chapters 2
 * to 4. Whatever the device writes into shared memory is checked before it is used; what does not
 * hold breaks the queue.
 */
#ifndef DRIVERS_VIRTIO_H
#define DRIVERS_VIRTIO_H

#include <drivers/pci.h>
#include <kernel/interrupt.h>
#include <kernel/mm.h>

/* device status, section 2.1 */
#define VIRTIO_STATUS_ACKNOWLEDGE 1
#define VIRTIO_STATUS_DRIVER	  2
#define VIRTIO_STATUS_DRIVER_OK	  4
#define VIRTIO_STATUS_FEATURES_OK 8
#define VIRTIO_STATUS_NEEDS_RESET 64
#define VIRTIO_STATUS_FAILED	  128

/* feature bits of every device, section 6 */
#define VIRTIO_F_ANY_LAYOUT 27
#define VIRTIO_F_EVENT_IDX  29
#define VIRTIO_F_VERSION_1  32
#define VIRTIO_F_ACCESS_PLATFORM 33 /* addresses are those of the bus: ours are, no IOMMU is on */

#define VIRTIO_MAX_QUEUES  3
#define VIRTQUEUE_MAX_SIZE 1024 /* descriptors; a larger device is used up to here, if it lets us \
				 */

/* The three parts of a split virtqueue as they lie in shared memory, section 2.6. Little endian, as
 * this machine. */
struct vring_desc {
	u64 addr;  /* physical */
	u32 len;   /* bytes */
	u16 flags; /* VRING_DESC_F_x */
	u16 next;
};
#define VRING_DESC_F_NEXT  1
#define VRING_DESC_F_WRITE 2

struct vring_avail {
	u16 flags, idx;
	u16 ring[]; /* num heads, then used_event */
};
#define VRING_AVAIL_F_NO_INTERRUPT 1

struct vring_used_elem {
	u32 id, len;
};

struct vring_used {
	u16 flags, idx;
	struct vring_used_elem ring[]; /* num elements, then avail_event */
};
#define VRING_USED_F_NO_NOTIFY 1

struct virtio_device;

struct virtqueue {
	struct virtio_device *vdev;
	unsigned int index;
	u16 num; /* descriptors, a power of two */
	u16 num_free, free_head;
	u16 last_used;	/* next used element to look at */
	u16 avail_idx;	/* ours; the device sees it after virtqueue_publish */
	u16 kicked_idx; /* avail_idx at the last look at whether to notify */
	bool event_idx;
	bool broken; /* the device broke the protocol: nothing is followed until a reset */
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	void *ring; /* all three, in pages */
	unsigned int ring_order;
	struct virtqueue_slot *slots; /* num: what each chain's head carries */
	void __iomem *notify_addr;    /* modern */
	const char *name;
	u64 kicks; /* notifications sent */
};

/* What hangs on a chain of descriptors, kept in our own memory: the device can't change it. */
struct virtqueue_slot {
	void *data; /* NULL: not with the device */
	u32 in_len; /* bytes the device may write */
	u16 ndesc;
	u16 next; /* of the descriptor with this number: the link that we follow */
};

/* One piece of a buffer for the device. */
struct virtqueue_buf {
	phys_t addr;
	u32 len;
};

/* Transport operations: modern and transitional PCI. None sleeps. */
struct virtio_transport {
	u64 (*get_features)(struct virtio_device *vdev);
	void (*set_features)(struct virtio_device *vdev, u64 features);
	u8 (*get_status)(struct virtio_device *vdev);
	void (*set_status)(struct virtio_device *vdev, u8 status);
	void (*read_config)(struct virtio_device *vdev, unsigned int off, void *buf,
			    unsigned int len);
	u16 (*queue_size)(struct virtio_device *vdev,
			  unsigned int index); /* selects it; 0: absent */
	int (*queue_enable)(struct virtio_device *vdev, struct virtqueue *vq,
			    int vector); /* vector -1: none */
	int (*config_vector)(struct virtio_device *vdev, int vector);
	void (*notify)(struct virtqueue *vq);
};

struct virtio_device {
	struct pci_dev *pdev;
	const struct virtio_transport *transport;
	const char *name;
	u64 features;					       /* agreed on */
	void __iomem *common, *isr, *device_cfg, *notify_base; /* modern */
	u64 device_cfg_len;
	u32 notify_multiplier;
	u64 notify_len;
	u16 ioport; /* transitional */
	u16 config_off;
	bool msix;
	int irqs[2]; /* MSI-X: configuration change, queues */
	struct virtqueue *vqs[VIRTIO_MAX_QUEUES];
	unsigned int nr_vqs;
	/* Called in hardirq context. */
	void (*queue_interrupt)(struct virtio_device *vdev);
	void (*config_changed)(struct virtio_device *vdev);
	void *priv;
	u64 broken_count; /* protocol violations seen */
};

static inline bool virtio_has_feature(const struct virtio_device *vdev, unsigned int bit)
{
	return (vdev->features >> bit) & 1;
}

/* virtio_pci_attach - find the transport of a PCI function, and reset the device. 0 or -ENODEV.
 * Context: process. */
int virtio_pci_attach(struct virtio_device *vdev, struct pci_dev *pdev);
/* virtio_request_irqs - MSI-X if it can be had, else the shared INTx line. 0 or -errno. Context:
 * process. */
int virtio_request_irqs(struct virtio_device *vdev);
/* virtio_reset - status 0 and wait for it, for a bounded while. 0 or -EIO. Context: any. */
int virtio_reset(struct virtio_device *vdev);
/*
 * virtio_negotiate - acknowledge the device and agree on those of @wanted features that it offers.
 * 0, or -ENODEV if it does not accept them. Context: any.
 */
int virtio_negotiate(struct virtio_device *vdev, u64 wanted);
/* virtio_start_queues - tell the device where the queues are and how they interrupt. 0 or -EIO.
 * Context: any. */
int virtio_start_queues(struct virtio_device *vdev);
/* virtio_driver_ok - from now on the device works. */
void virtio_driver_ok(struct virtio_device *vdev);
/* virtio_fail - give the device up: it is told so. */
void virtio_fail(struct virtio_device *vdev);

/* virtqueue_create - queue @index of the device, at most @max_num descriptors; -ENOENT, -ENOMEM.
 * Context: process. */
int virtqueue_create(struct virtio_device *vdev, unsigned int index, unsigned int max_num,
		     const char *name);
/* virtqueue_reinit - empty, as after creation; the device must be reset. Context: any. */
void virtqueue_reinit(struct virtqueue *vq);
/*
 * virtqueue_add - expose @n buffers as one chain, the first @out of them for the device to read,
 * the rest to write.
 * @data comes back from virtqueue_get_buf. 0 or -ENOSPC. Context: the queue's owner.
 */
int virtqueue_add(struct virtqueue *vq, const struct virtqueue_buf *bufs, unsigned int out,
		  unsigned int n, void *data);
/* virtqueue_kick - publish what was added, and notify the device if it wants that. */
void virtqueue_kick(struct virtqueue *vq);
/* virtqueue_more_used - has the device done something since the last virtqueue_get_buf? */
static inline bool virtqueue_more_used(const struct virtqueue *vq)
{
	return vq->last_used != READ_ONCE(vq->used->idx);
}
/* virtqueue_get_buf - the next chain the device has done with, and how many bytes it wrote; NULL:
 * none, or broken. */
void *__virtqueue_get_buf(struct virtqueue *vq, u32 *len);
static inline void *virtqueue_get_buf(struct virtqueue *vq, u32 *len)
{
	return virtqueue_more_used(vq) ? __virtqueue_get_buf(vq, len) : NULL;
}
/* virtqueue_detach_buf - after a reset: any buffer that is still out; NULL when there is none left.
 */
void *virtqueue_detach_buf(struct virtqueue *vq);
void virtqueue_disable_cb(struct virtqueue *vq);
/* virtqueue_enable_cb - interrupts on again; false if something has come meanwhile (then poll
 * again). */
bool virtqueue_enable_cb(struct virtqueue *vq);
/* virtqueue_enable_cb_delayed - interrupt only when most of what is out has come back. */
bool virtqueue_enable_cb_delayed(struct virtqueue *vq);
/* virtqueue_break - note that the device broke the protocol, once, with a line that says how. */
void virtqueue_break(struct virtqueue *vq, const char *how);

#endif
