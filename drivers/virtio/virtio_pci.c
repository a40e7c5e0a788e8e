/* SPDX-License-Identifier: MIT */
/* virtio over PCI: the 1.x transport in memory, and the transitional one in ports. Virtual I/O
 * Device 1.1 sections 4.1.4 and 4.1.4.8. */
#include <drivers/virtio.h>
#include <kernel/printk.h>
#include <kernel/string.h>

/* struct virtio_pci_cap, section 4.1.4 */
#define CAP_CFG_TYPE	      3
#define CAP_BAR		      4
#define CAP_OFFSET	      8
#define CAP_LENGTH	      12
#define CAP_NOTIFY_MULTIPLIER 16
enum { CFG_COMMON = 1, CFG_NOTIFY, CFG_ISR, CFG_DEVICE };

/* struct virtio_pci_common_cfg, section 4.1.4.3 */
#define COMMON_DEVICE_FEATURE_SELECT 0
#define COMMON_DEVICE_FEATURE	     4
#define COMMON_DRIVER_FEATURE_SELECT 8
#define COMMON_DRIVER_FEATURE	     12
#define COMMON_MSIX_CONFIG	     16
#define COMMON_DEVICE_STATUS	     20
#define COMMON_CONFIG_GENERATION     21
#define COMMON_QUEUE_SELECT	     22
#define COMMON_QUEUE_SIZE	     24
#define COMMON_QUEUE_MSIX_VECTOR     26
#define COMMON_QUEUE_ENABLE	     28
#define COMMON_QUEUE_NOTIFY_OFF	     30
#define COMMON_QUEUE_DESC	     32
#define COMMON_QUEUE_DRIVER	     40
#define COMMON_QUEUE_DEVICE	     48
#define COMMON_SIZE		     56

/* transitional registers, section 4.1.4.8 */
#define LEGACY_DEVICE_FEATURES 0
#define LEGACY_DRIVER_FEATURES 4
#define LEGACY_QUEUE_ADDRESS   8
#define LEGACY_QUEUE_SIZE      12
#define LEGACY_QUEUE_SELECT    14
#define LEGACY_QUEUE_NOTIFY    16
#define LEGACY_STATUS	       18
#define LEGACY_CONFIG_VECTOR   20
#define LEGACY_QUEUE_VECTOR    22
#define LEGACY_CONFIG	       20 /* without MSI-X */
#define LEGACY_QUEUE_SHIFT     12

#define VIRTIO_MSI_NO_VECTOR 0xffff
#define CONFIG_READ_TRIES    16 /* while the device keeps changing its configuration */

/* ---- modern ---- */

static u8 *common_reg(struct virtio_device *vdev, unsigned int off)
{
	return (u8 *)vdev->common + off;
}

static u64 modern_get_features(struct virtio_device *vdev)
{
	u64 f;

	writel(0, common_reg(vdev, COMMON_DEVICE_FEATURE_SELECT));
	f = readl(common_reg(vdev, COMMON_DEVICE_FEATURE));
	writel(1, common_reg(vdev, COMMON_DEVICE_FEATURE_SELECT));
	return f | (u64)readl(common_reg(vdev, COMMON_DEVICE_FEATURE)) << 32;
}

static void modern_set_features(struct virtio_device *vdev, u64 features)
{
	writel(0, common_reg(vdev, COMMON_DRIVER_FEATURE_SELECT));
	writel((u32)features, common_reg(vdev, COMMON_DRIVER_FEATURE));
	writel(1, common_reg(vdev, COMMON_DRIVER_FEATURE_SELECT));
	writel((u32)(features >> 32), common_reg(vdev, COMMON_DRIVER_FEATURE));
}

static u8 modern_get_status(struct virtio_device *vdev)
{
	return readb(common_reg(vdev, COMMON_DEVICE_STATUS));
}

static void modern_set_status(struct virtio_device *vdev, u8 status)
{
	writeb(status, common_reg(vdev, COMMON_DEVICE_STATUS));
}

static void modern_read_config(struct virtio_device *vdev, unsigned int off, void *buf,
			       unsigned int len)
{
	u8 *p = buf, generation;
	unsigned int i, tries = CONFIG_READ_TRIES;

	memset(buf, 0, len);
	if (!vdev->device_cfg || off + len > vdev->device_cfg_len)
		return;
	do {
		generation = readb(common_reg(vdev, COMMON_CONFIG_GENERATION));
		for (i = 0; i < len; i++)
			p[i] = readb((u8 *)vdev->device_cfg + off + i);
	} while (generation != readb(common_reg(vdev, COMMON_CONFIG_GENERATION)) && --tries);
}

static u16 modern_queue_size(struct virtio_device *vdev, unsigned int index)
{
	writew((u16)index, common_reg(vdev, COMMON_QUEUE_SELECT));
	return readw(common_reg(vdev, COMMON_QUEUE_SIZE));
}

static int modern_queue_enable(struct virtio_device *vdev, struct virtqueue *vq, int vector)
{
	u64 notify_off;

	if (modern_queue_size(vdev, vq->index) < vq->num)
		return -EIO;
	writew(vq->num, common_reg(vdev, COMMON_QUEUE_SIZE));
	writeq(virt_to_phys(vq->desc), common_reg(vdev, COMMON_QUEUE_DESC));
	writeq(virt_to_phys(vq->avail), common_reg(vdev, COMMON_QUEUE_DRIVER));
	writeq(virt_to_phys(vq->used), common_reg(vdev, COMMON_QUEUE_DEVICE));
	if (vector >= 0) {
		writew((u16)vector, common_reg(vdev, COMMON_QUEUE_MSIX_VECTOR));
		if (readw(common_reg(vdev, COMMON_QUEUE_MSIX_VECTOR)) != vector)
			return -EIO;
	}
	notify_off =
		(u64)readw(common_reg(vdev, COMMON_QUEUE_NOTIFY_OFF)) * vdev->notify_multiplier;
	if (notify_off + sizeof(u16) > vdev->notify_len)
		return -EIO;
	vq->notify_addr = (u8 *)vdev->notify_base + notify_off;
	writew(1, common_reg(vdev, COMMON_QUEUE_ENABLE));
	return 0;
}

static int modern_config_vector(struct virtio_device *vdev, int vector)
{
	writew((u16)vector, common_reg(vdev, COMMON_MSIX_CONFIG));
	return readw(common_reg(vdev, COMMON_MSIX_CONFIG)) == vector ? 0 : -EIO;
}

static void modern_notify(struct virtqueue *vq)
{
	writew((u16)vq->index, vq->notify_addr);
}

static const struct virtio_transport modern_transport = {
	.get_features = modern_get_features,
	.set_features = modern_set_features,
	.get_status = modern_get_status,
	.set_status = modern_set_status,
	.read_config = modern_read_config,
	.queue_size = modern_queue_size,
	.queue_enable = modern_queue_enable,
	.config_vector = modern_config_vector,
	.notify = modern_notify,
};

/* Map the structure that a vendor capability at @pos describes. NULL if it is too short or lies
 * outside its BAR. */
static void __iomem *map_cap(struct pci_dev *pdev, unsigned int pos, u64 min_len, u64 *len)
{
	u32 length = pci_read_config32(pdev, pos + CAP_LENGTH);

	if (length < min_len)
		return NULL;
	if (len)
		*len = length;
	return pci_iomap(pdev, pci_read_config8(pdev, pos + CAP_BAR),
			 pci_read_config32(pdev, pos + CAP_OFFSET), length);
}

static int modern_attach(struct virtio_device *vdev, struct pci_dev *pdev)
{
	unsigned int pos = 0, n = 0;

	while ((pos = pci_find_capability(pdev, PCI_CAP_ID_VNDR, pos)) && n++ < 16) {
		switch (pci_read_config8(pdev, pos + CAP_CFG_TYPE)) {
		case CFG_COMMON:
			if (!vdev->common)
				vdev->common = map_cap(pdev, pos, COMMON_SIZE, NULL);
			break;
		case CFG_NOTIFY:
			if (vdev->notify_base)
				break;
			vdev->notify_base = map_cap(pdev, pos, sizeof(u16), &vdev->notify_len);
			vdev->notify_multiplier =
				pci_read_config32(pdev, pos + CAP_NOTIFY_MULTIPLIER);
			break;
		case CFG_ISR:
			if (!vdev->isr)
				vdev->isr = map_cap(pdev, pos, 1, NULL);
			break;
		case CFG_DEVICE:
			if (!vdev->device_cfg)
				vdev->device_cfg = map_cap(pdev, pos, 1, &vdev->device_cfg_len);
			break;
		}
	}
	if (!vdev->common || !vdev->notify_base || !vdev->isr)
		return -ENODEV;
	vdev->transport = &modern_transport;
	return 0;
}

/* ---- transitional ---- */

static u64 legacy_get_features(struct virtio_device *vdev)
{
	return inl(vdev->ioport + LEGACY_DEVICE_FEATURES);
}

static void legacy_set_features(struct virtio_device *vdev, u64 features)
{
	outl((u32)features, vdev->ioport + LEGACY_DRIVER_FEATURES);
}

static u8 legacy_get_status(struct virtio_device *vdev)
{
	return inb(vdev->ioport + LEGACY_STATUS);
}

static void legacy_set_status(struct virtio_device *vdev, u8 status)
{
	outb(status, vdev->ioport + LEGACY_STATUS);
}

static void legacy_read_config(struct virtio_device *vdev, unsigned int off, void *buf,
			       unsigned int len)
{
	u8 *p = buf;
	unsigned int i;

	for (i = 0; i < len; i++)
		p[i] = inb((u16)(vdev->ioport + vdev->config_off + off + i));
}

static u16 legacy_queue_size(struct virtio_device *vdev, unsigned int index)
{
	outw((u16)index, vdev->ioport + LEGACY_QUEUE_SELECT);
	return inw(vdev->ioport + LEGACY_QUEUE_SIZE);
}

static int legacy_queue_enable(struct virtio_device *vdev, struct virtqueue *vq, int vector)
{
	phys_t pa = virt_to_phys(vq->ring);

	if (legacy_queue_size(vdev, vq->index) != vq->num || pa >> LEGACY_QUEUE_SHIFT > U32_MAX)
		return -EIO;
	outl((u32)(pa >> LEGACY_QUEUE_SHIFT), vdev->ioport + LEGACY_QUEUE_ADDRESS);
	if (vector >= 0) {
		outw((u16)vector, vdev->ioport + LEGACY_QUEUE_VECTOR);
		if (inw(vdev->ioport + LEGACY_QUEUE_VECTOR) != vector)
			return -EIO;
	}
	return 0;
}

static int legacy_config_vector(struct virtio_device *vdev, int vector)
{
	outw((u16)vector, vdev->ioport + LEGACY_CONFIG_VECTOR);
	return inw(vdev->ioport + LEGACY_CONFIG_VECTOR) == vector ? 0 : -EIO;
}

static void legacy_notify(struct virtqueue *vq)
{
	outw((u16)vq->index, vq->vdev->ioport + LEGACY_QUEUE_NOTIFY);
}

static const struct virtio_transport legacy_transport = {
	.get_features = legacy_get_features,
	.set_features = legacy_set_features,
	.get_status = legacy_get_status,
	.set_status = legacy_set_status,
	.read_config = legacy_read_config,
	.queue_size = legacy_queue_size,
	.queue_enable = legacy_queue_enable,
	.config_vector = legacy_config_vector,
	.notify = legacy_notify,
};

int virtio_pci_attach(struct virtio_device *vdev, struct pci_dev *pdev)
{
	vdev->pdev = pdev;
	pci_enable(pdev);
	if (modern_attach(vdev, pdev)) {
		if (!pdev->bar[0].is_io || !pdev->bar[0].addr || pdev->bar[0].addr > 0xff00)
			return -ENODEV;
		vdev->ioport = (u16)pdev->bar[0].addr;
		vdev->config_off = LEGACY_CONFIG;
		vdev->transport = &legacy_transport;
	}
	return virtio_reset(vdev) ? -ENODEV : 0;
}
