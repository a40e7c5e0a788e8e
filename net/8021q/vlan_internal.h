/* SPDX-License-Identifier: MIT */
/* What the files of net/8021q share. */
#ifndef VLAN_INTERNAL_H
#define VLAN_INTERNAL_H

#include <net/etherdevice.h>
#include <net/if_vlan.h>
#include <uapi/if_link.h>

#define VLAN_PARTS	16 /* eight for each type */
#define VLAN_PART_LEN	(2 * VLAN_N_VID / VLAN_PARTS)
#define VLAN_NEST_MAX	6  /* tags on top of each other */
#define VLAN_EGRESS_MAX 64 /* priorities that are mapped: LINK_MSG_SIZE has room for them */

struct vlan_info {			      /* of a device with VLANs on it: dev->vlan_info */
	struct net_device **part[VLAN_PARTS]; /* [RTNL, S] by vlan_slot; NULL: none in it */
	unsigned int nr;
};

struct vlan_egress { /* the priority in the tag of packets of one priority */
	struct vlan_egress *next;
	u32 priority;
	u16 tci;
};

struct vlan_dev {		 /* priv of a VLAN device */
	struct net_device *real; /* [I] held */
	__be16 proto;		 /* [I] the tag's type */
	u16 vid;		 /* [I] */
	u8 nest;		 /* [I] VLANs below it */
	u32 flags;		 /* VLAN_FLAG_x */
	bool own_address;	 /* somebody gave it one: it does not follow the device below */
	/* what it has asked of the device below [RTNL] */
	bool promisc, allmulti, foreign_address;
	struct dev_addr_list *groups;
	/* priorities [RTNL, S]: of the tag to the packet's, and back (none: 0) */
	u32 ingress[VLAN_PRIO_MAX + 1];
	struct vlan_egress *egress; /* by priority */
};

static inline struct vlan_dev *vlan_priv(const struct net_device *dev)
{
	return netdev_priv(dev);
}
/* vlan_slot - the place of @vid among the VLANs of a device, those of 802.1Q first. */
static inline unsigned int vlan_slot(__be16 proto, u16 vid)
{
	return (proto == htons(ETH_P_8021AD) ? VLAN_N_VID : 0) + vid;
}
static inline struct net_device *vlan_at(const struct net_device *real, unsigned int slot)
{
	const struct vlan_info *info = real->vlan_info;
	struct net_device **part = info ? info->part[slot / VLAN_PART_LEN] : NULL;

	return part ? part[slot % VLAN_PART_LEN] : NULL;
}
/* vlan_find - the device of @vid on @real, or NULL. Context: softirq, or RTNL. */
static inline struct net_device *vlan_find(const struct net_device *real, __be16 proto, u16 vid)
{
	return vlan_at(real, vlan_slot(proto, vid));
}

/* vlan_dev.c */
/* vlan_new - a VLAN device called @name, as @want says (real, proto, vid and flags count); NULL: no
 * memory. vlan_add - it is registered: 0, or -errno and it is freed. Context: RTNL. */
struct net_device *vlan_new(const struct vlan_dev *want, const char *name, const u8 *address,
			    unsigned int mtu);
int vlan_add(struct net_device *dev);
void vlan_free(struct net_device *dev); /* one that was not added */
bool is_vlan_dev(const struct net_device *dev);
/* vlan_map_egress - packets of @priority leave with @prio (0 to 7) in their tag. 0, -ENOMEM or
 * -ENOSPC. Context: RTNL. */
int vlan_map_egress(struct vlan_dev *v, u32 priority, u32 prio);
/* vlan_follow - @event has befallen @real: what it means for the VLANs on it. */
void vlan_follow(struct net_device *real, unsigned long event);

#endif
