/* SPDX-License-Identifier: MIT */
/* What every virtio device goes through: reset, feature negotiation, queues, interrupts. Virtual
 * I/O Device 1.1 section 3.1. */
#include <asm/processor.h>
#include <drivers/virtio.h>
#include <kernel/printk.h>
#include <kernel/time.h>

#define VIRTIO_RESET_TRIES 100000 /* register reads; a device that needs more is not coming back \
				   */

static void add_status(struct virtio_device *vdev, u8 status)
{
	vdev->transport->set_status(vdev, vdev->transport->get_status(vdev) | status);
}

int virtio_reset(struct virtio_device *vdev)
{
	unsigned int i;

	vdev->transport->set_status(vdev, 0);
	for (i = 0; i < VIRTIO_RESET_TRIES; i++) {
		if (!vdev->transport->get_status(vdev))
			return 0;
		cpu_relax();
	}
	return -EIO;
}

int virtio_negotiate(struct virtio_device *vdev, u64 wanted)
{
	bool modern = !vdev->ioport;

	add_status(vdev, VIRTIO_STATUS_ACKNOWLEDGE);
	add_status(vdev, VIRTIO_STATUS_DRIVER);
	if (modern)
		wanted |= 1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_F_ACCESS_PLATFORM;
	vdev->features = vdev->transport->get_features(vdev) & wanted;
	if (modern && !virtio_has_feature(vdev, VIRTIO_F_VERSION_1))
		return -ENODEV;
	vdev->transport->set_features(vdev, vdev->features);
	if (!modern)
		return 0;
	add_status(vdev, VIRTIO_STATUS_FEATURES_OK);
	return vdev->transport->get_status(vdev) & VIRTIO_STATUS_FEATURES_OK ? 0 : -ENODEV;
}

int virtio_start_queues(struct virtio_device *vdev)
{
	unsigned int i;
	int err;

	if (vdev->msix && vdev->transport->config_vector(vdev, 0))
		return -EIO;
	for (i = 0; i < vdev->nr_vqs; i++) {
		if (!vdev->vqs[i])
			continue;
		err = vdev->transport->queue_enable(vdev, vdev->vqs[i], vdev->msix ? 1 : -1);
		if (err)
			return err;
	}
	return 0;
}

void virtio_driver_ok(struct virtio_device *vdev)
{
	add_status(vdev, VIRTIO_STATUS_DRIVER_OK);
}

void virtio_fail(struct virtio_device *vdev)
{
	add_status(vdev, VIRTIO_STATUS_FAILED);
}

/* ISR status, section 4.1.4.5: reading it acknowledges the line. */
#define VIRTIO_ISR_QUEUE  1
#define VIRTIO_ISR_CONFIG 2

static irqreturn_t virtio_intx(int irq, void *dev_id)
{
	struct virtio_device *vdev = dev_id;
	u8 isr = vdev->ioport ? inb(vdev->ioport + 19) : readb(vdev->isr);

	if (isr & VIRTIO_ISR_CONFIG)
		vdev->config_changed(vdev);
	if (isr & VIRTIO_ISR_QUEUE)
		vdev->queue_interrupt(vdev);
	return isr ? IRQ_HANDLED : IRQ_NONE;
}

static irqreturn_t virtio_msix_config(int irq, void *dev_id)
{
	struct virtio_device *vdev = dev_id;

	vdev->config_changed(vdev);
	return IRQ_HANDLED;
}

static irqreturn_t virtio_msix_queues(int irq, void *dev_id)
{
	struct virtio_device *vdev = dev_id;

	vdev->queue_interrupt(vdev);
	return IRQ_HANDLED;
}

int virtio_request_irqs(struct virtio_device *vdev)
{
	int err;

	if (!pci_enable_msix(vdev->pdev, 2, vdev->irqs)) {
		err = request_irq(vdev->irqs[0], virtio_msix_config, 0, vdev->name, vdev);
		if (!err)
			err = request_irq(vdev->irqs[1], virtio_msix_queues, 0, vdev->name, vdev);
		vdev->msix = !err;
		if (vdev->ioport) /* with MSI-X two more registers stand before the device's own */
			vdev->config_off = 24;
		return err;
	}
	if (vdev->pdev->irq < 0)
		return -ENODEV;
	return request_irq(vdev->pdev->irq, virtio_intx, IRQF_SHARED, vdev->name, vdev);
}
