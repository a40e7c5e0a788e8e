/* SPDX-License-Identifier: MIT */
/* virtio entropy device: its bytes are mixed into the random generator at boot. Virtual I/O
 * Device 1.1 section 5.4. */
#include <drivers/virtio.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/slab.h>

#define RNG_BYTES 64

struct virtio_rng {
	struct virtio_device vdev;
	u8 bytes[RNG_BYTES];
};

static void rng_done(struct virtio_device *vdev)
{
	struct virtio_rng *rng = vdev->priv;
	u32 len;

	if (virtqueue_get_buf(vdev->vqs[0], &len) == rng)
		add_randomness(rng->bytes, len);
}

static void rng_config_changed(struct virtio_device *vdev)
{
}

static int rng_probe(struct pci_dev *pdev)
{
	struct virtio_rng *rng = kzalloc(sizeof(*rng), GFP_KERNEL);
	struct virtqueue_buf buf = { .len = RNG_BYTES };
	int err;

	if (!rng)
		return -ENOMEM;
	rng->vdev.name = "virtio-rng";
	rng->vdev.priv = rng;
	rng->vdev.queue_interrupt = rng_done;
	rng->vdev.config_changed = rng_config_changed;
	err = virtio_pci_attach(&rng->vdev, pdev);
	if (!err)
		err = virtio_negotiate(&rng->vdev, 0);
	if (!err)
		err = virtqueue_create(&rng->vdev, 0, 8, "requests");
	if (!err)
		err = virtio_request_irqs(&rng->vdev);
	if (!err)
		err = virtio_start_queues(&rng->vdev);
	if (err) {
		/* The structure stays: an interrupt handler may already know it. */
		if (rng->vdev.transport)
			virtio_fail(&rng->vdev);
		return err;
	}
	buf.addr = virt_to_phys(rng->bytes);
	virtqueue_add(rng->vdev.vqs[0], &buf, 0, 1, rng);
	virtio_driver_ok(&rng->vdev);
	virtqueue_kick(rng->vdev.vqs[0]);
	return 0;
}

static const struct pci_device_id rng_ids[] = {
	{ 0x1af4, 0x1005 }, /* transitional */
	{ 0x1af4, 0x1044 },
};

const struct pci_driver virtio_rng_pci_driver = {
	.name = "virtio-rng",
	.ids = rng_ids,
	.nr_ids = ARRAY_SIZE(rng_ids),
	.probe = rng_probe,
};
