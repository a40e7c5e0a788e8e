/* SPDX-License-Identifier: MIT */
/* What the files of net/8021q share. */
#ifndef VLAN_INTERNAL_H
#define VLAN_INTERNAL_H

#include <net/etherdevice.h>
#include <net/if_vlan.h>

#define VLAN_PARTS		8
#define VLAN_PART_LEN		(VLAN_N_VID / VLAN_PARTS)
#define VLAN_FLAG_REORDER_HDR	1u
#define VLAN_FLAG_LOOSE_BINDING 4u
#define VLAN_NEST_MAX		6 /* tags on top of each other */

struct vlan_info {			      /* of a device with VLANs on it: dev->vlan_info */
	struct net_device **part[VLAN_PARTS]; /* [RTNL, S] by id; NULL: none in it */
	unsigned int nr;
};

struct vlan_dev {		 /* priv of a VLAN device */
	struct net_device *real; /* [I] held */
	u16 vid;		 /* [I] */
	u8 nest;		 /* [I] VLANs below it */
	u32 flags;		 /* VLAN_FLAG_x */
	bool own_address;	 /* somebody gave it one: it does not follow the device below */
	/* what it has asked of the device below [RTNL] */
	bool promisc, allmulti, foreign_address;
	struct dev_addr_list *groups;
};

static inline struct vlan_dev *vlan_priv(const struct net_device *dev)
{
	return netdev_priv(dev);
}
/* vlan_find - the device of @vid on @real, or NULL. Context: softirq, or RTNL. */
static inline struct net_device *vlan_find(const struct net_device *real, u16 vid)
{
	const struct vlan_info *info = real->vlan_info;
	struct net_device **part = info ? info->part[vid / VLAN_PART_LEN] : NULL;

	return part ? part[vid % VLAN_PART_LEN] : NULL;
}

/* vlan_dev.c */
/* vlan_new - a registered VLAN device called @name. ERR_PTR. Context: RTNL. */
struct net_device *vlan_new(struct net_device *real, u16 vid, const char *name, u32 flags,
			    const u8 *address, unsigned int mtu);
bool is_vlan_dev(const struct net_device *dev);
/* vlan_follow - @event has befallen @real: what it means for the VLANs on it. */
void vlan_follow(struct net_device *real, unsigned long event);

#endif
