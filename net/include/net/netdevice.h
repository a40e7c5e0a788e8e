/* SPDX-License-Identifier: MIT */
/*
 * struct net_device and the core around it: registration, receive (NAPI and netif_rx), transmit
 * (net/core/dev*.c). Book section 12.7.
 */
#ifndef NET_NETDEVICE_H
#define NET_NETDEVICE_H

#include <kernel/interrupt.h>
#include <kernel/mutex.h>
#include <kernel/timer.h>
#include <kernel/uaccess.h>
#include <net/skbuff.h>
#include <uapi/if.h>
#include <uapi/if_arp.h>
#include <uapi/if_ether.h>

struct net;
struct net_device;
struct neigh_parms;
struct neighbour;
struct Qdisc;
struct in_device;
struct rtnl_link_ops;

#define MAX_ADDR_LEN 32

/* hard_start_xmit's answers */
typedef enum { NETDEV_TX_OK = 0, NETDEV_TX_BUSY = 1 } netdev_tx_t;
/* dev_queue_xmit's and qdisc's answers (besides -errno) */
#define NET_XMIT_SUCCESS 0
#define NET_XMIT_DROP	 1
#define NET_XMIT_CN	 2
#define NET_RX_SUCCESS	 0
#define NET_RX_DROP	 1

/* features */
#define NETIF_F_SG	 0x01 /* scatter/gather: fragments go to the device as they are */
#define NETIF_F_IP_CSUM	 0x02 /* TCP/UDP over IPv4 checksums */
#define NETIF_F_HW_CSUM	 0x08 /* any checksum by csum_start/csum_offset */
#define NETIF_F_RXCSUM	 0x10
#define NETIF_F_TSO	 0x20
#define NETIF_F_GSO	 0x40
#define NETIF_F_GRO	 0x80
#define NETIF_F_HIGHDMA	 0x100
#define NETIF_F_LOOPBACK 0x200
#define NETIF_F_LLTX	 0x400
#define NETIF_F_TSO_ECN	 0x800	/* TSO where the first segment alone has CWR */
/* TSO, and it looks at each packet's headers before it trusts its fields (SKB_GSO_DODGY) */
#define NETIF_F_GSO_ROBUST   0x1000
#define NETIF_F_TSO_MANGLEID 0x2000 /* TSO with one IP id for all segments */
#define NETIF_F_GSO_UDP_L4   0x4000 /* it cuts what SKB_GSO_UDP_L4 says */
#define NETIF_F_GSO_MASK                                                                                    \
	(NETIF_F_TSO | NETIF_F_TSO_ECN | NETIF_F_GSO_ROBUST | NETIF_F_TSO_MANGLEID | NETIF_F_GSO_UDP_L4)

struct net_device_stats {
	u64 rx_packets, tx_packets, rx_bytes, tx_bytes;
	u64 rx_errors, tx_errors, rx_dropped, tx_dropped;
	u64 multicast, collisions;
	u64 rx_length_errors, rx_over_errors, rx_crc_errors, rx_frame_errors, rx_fifo_errors,
		rx_missed_errors;
	u64 tx_aborted_errors, tx_carrier_errors, tx_fifo_errors, tx_heartbeat_errors,
		tx_window_errors;
};

/* A named counter of a driver, shown by `stat`. */
struct netdev_stat {
	const char *name;
	u64 value;
};

#define HH_DATA_MOD	   16
#define HH_DATA_ALIGN(len) (((len) + (HH_DATA_MOD - 1)) & ~(HH_DATA_MOD - 1))
struct hh_cache {
	u16 hh_len;				    /* 0: nothing cached */
	u8 hh_data[HH_DATA_ALIGN(14)] __aligned(8); /* the header ends at the end of the array */
};

struct header_ops {
	/* create - build the link header in front of data; its length, or negative length if the
	 * address is unknown. */
	int (*create)(struct sk_buff *skb, struct net_device *dev, u16 type, const void *daddr,
		      const void *saddr, unsigned int len);
	int (*parse)(const struct sk_buff *skb, unsigned char *haddr);
	/* cache, cache_update - a ready-made header in a neighbour (hh_cache). */
	int (*cache)(const struct neighbour *neigh, struct hh_cache *hh);
	void (*cache_update)(struct hh_cache *hh, const struct net_device *dev,
			     const unsigned char *haddr);
};

#define LL_RESERVED_SPACE(dev) \
	((((dev)->hard_header_len + (dev)->needed_headroom) & ~(HH_DATA_MOD - 1)) + HH_DATA_MOD)

struct net_device_ops {
	int (*ndo_init)(struct net_device *dev);
	void (*ndo_uninit)(struct net_device *dev);
	int (*ndo_open)(struct net_device *dev); /* Context: process, RTNL */
	int (*ndo_stop)(struct net_device *dev);
	/* ndo_start_xmit - hard_start_xmit: takes the skb (OK) or refuses it untouched (BUSY, with
	 * the queue stopped). Context: softirqs off, _xmit_lock held. */
	netdev_tx_t (*ndo_start_xmit)(struct sk_buff *skb, struct net_device *dev);
	void (*ndo_set_rx_mode)(
		struct net_device *dev); /* program promiscuity and the multicast filter */
	int (*ndo_set_mac_address)(struct net_device *dev, const void *addr);
	int (*ndo_change_mtu)(struct net_device *dev, int new_mtu);
	void (*ndo_tx_timeout)(struct net_device *dev); /* the watchdog: the queue stands still */
	void (*ndo_get_stats)(struct net_device *dev,
			      struct net_device_stats *s); /* NULL: dev->stats */
	/* ndo_driver_stats - fill up to @n named counters; returns how many there are. */
	int (*ndo_driver_stats)(struct net_device *dev, struct netdev_stat *out, int n);
};

struct dev_addr_list { /* a multicast (or unicast) address with its users */
	struct dev_addr_list *next;
	u8 da_addr[MAX_ADDR_LEN];
	u8 da_addrlen;
	int da_users;
};

struct napi_struct {
	struct list_head poll_list;
	unsigned long state; /* NAPI_STATE_x */
	int weight;
	/* poll - handle up to @budget packets; fewer than budget: napi_complete was called.
	 * Context: softirq. */
	int (*poll)(struct napi_struct *napi, int budget);
	struct net_device *dev;
	struct sk_buff *gro_list;
	unsigned int gro_count;
};
enum { NAPI_STATE_SCHED, NAPI_STATE_DISABLE };

enum { __LINK_STATE_START, __LINK_STATE_PRESENT, __LINK_STATE_NOCARRIER, __LINK_STATE_XOFF };

struct net_device {
	char name[IFNAMSIZ];
	struct hlist_node name_hlist, index_hlist; /* [RTNL, S] */
	struct list_head dev_list;
	struct net *nd_net;
	unsigned long state; /* __LINK_STATE_x */
	int ifindex;
	unsigned int flags; /* IFF_x */
	u32 features;	    /* NETIF_F_x */
	unsigned int mtu, min_mtu, max_mtu;
	u16 type; /* ARPHRD_x */
	u16 hard_header_len, needed_headroom, needed_tailroom;
	u8 addr_len;
	u8 dev_addr[MAX_ADDR_LEN], broadcast[MAX_ADDR_LEN], perm_addr[MAX_ADDR_LEN];
	const struct net_device_ops *netdev_ops;
	const struct header_ops *header_ops;
	struct dev_addr_list *mc_list;
	int mc_count;
	int promiscuity, allmulti; /* users */
	struct in_device *ip_ptr;  /* IPv4's part */
	void *ip6_ptr;
	void *vlan_info;
	struct Qdisc *qdisc;	      /* [queue_lock] */
	struct Qdisc *qdisc_sleeping; /* takes effect while the device is up with a carrier */
	unsigned int tx_queue_len;    /* packets */
	bool no_queue;		      /* it takes what comes, whatever tx_queue_len says */
	spinlock_t queue_lock, _xmit_lock;
	unsigned long trans_count;   /* packets that the driver has taken */
	unsigned long watchdog_seen; /* trans_count when the watchdog last looked */
	struct timer_list watchdog_timer;
	int watchdog_timeo; /* jiffies */
	struct net_device_stats stats;
	unsigned int gso_max_size, gso_max_segs; /* of one packet that the device cuts */
	struct {
		u64 tx_gso_packets, tx_gso_segments; /* cut in software, and into how many */
		u64 rx_gro_packets, rx_gro_segments; /* joined, and from how many */
	} offload_stats;
	int group, link_mode;
	int iflink; /* the device below, 0: none */
	const struct rtnl_link_ops *rtnl_link_ops; /* made by a request; NULL: hardware */
	unsigned int gflags; /* IFF_PROMISC, IFF_ALLMULTI as the user set them */
	bool xmit_active;    /* [X] inside ndo_start_xmit: guards against devices that send through
				themselves */
	struct list_head link_watch_list; /* waits for linkwatch */
	struct list_head todo_list;	  /* unregistered, waits for its last reference */
	atomic_t refcnt;
	u8 reg_state;
	unsigned char irq_name[IFNAMSIZ + 8];
	int irq;
	const char *driver_name;
	void *priv;
	void (*destructor)(struct net_device *dev);
};
enum { NETREG_UNINITIALIZED, NETREG_REGISTERED, NETREG_UNREGISTERING, NETREG_UNREGISTERED };

static inline void *netdev_priv(const struct net_device *dev)
{
	return dev->priv;
}
static inline struct net *dev_net(const struct net_device *dev)
{
	return dev->nd_net;
}
static inline void dev_net_set(struct net_device *dev, struct net *net)
{
	dev->nd_net = net;
}

/* ---- life (book 12.7.1) ---- */
/* alloc_netdev - a device with @sizeof_priv private bytes, set up by @setup; name may hold "%d".
 * NULL when out of memory. */
struct net_device *alloc_netdev(size_t sizeof_priv, const char *name,
				void (*setup)(struct net_device *));
void free_netdev(struct net_device *dev); /* only before register, or after unregister */
/* register_netdev - give it an index, a place in its namespace (init_net unless set), tell
 * NETDEV_REGISTER. 0 or -errno. Takes RTNL. */
int register_netdev(struct net_device *dev);
int register_netdevice(struct net_device *dev); /* the same with RTNL held */
void unregister_netdev(struct net_device *dev); /* waits for the last reference */
void unregister_netdevice(struct net_device *dev);
static inline void dev_hold(struct net_device *dev)
{
	atomic_inc(&dev->refcnt);
}
static inline void dev_put(struct net_device *dev)
{
	atomic_dec(&dev->refcnt);
}
struct net_device *dev_get_by_name(struct net *net,
				   const char *name); /* with a reference, or NULL */
struct net_device *__dev_get_by_name(struct net *net, const char *name);
struct net_device *dev_get_by_index(struct net *net, int ifindex);
struct net_device *__dev_get_by_index(struct net *net, int ifindex);
#define for_each_netdev(net, d) list_for_each_entry(d, &(net)->dev_base_head, dev_list)
int dev_open(struct net_device *dev);				      /* RTNL */
int dev_close(struct net_device *dev);				      /* RTNL */
int dev_change_flags(struct net_device *dev, unsigned int flags);     /* RTNL */
int dev_set_mtu(struct net_device *dev, int new_mtu);		      /* RTNL; -EINVAL, -ERANGE */
int dev_set_mac_address(struct net_device *dev, const void *sa_data); /* RTNL */
int dev_change_name(struct net_device *dev, const char *newname);     /* RTNL; "%d" takes a number */
int dev_set_tx_queue_len(struct net_device *dev, unsigned int qlen);  /* RTNL */
void dev_set_promiscuity(struct net_device *dev, int inc);
void dev_set_allmulti(struct net_device *dev, int inc);
int dev_mc_add(struct net_device *dev, const void *addr,
	       int alen); /* counted; programs the filter */
int dev_mc_delete(struct net_device *dev, const void *addr, int alen);
unsigned int dev_get_flags(const struct net_device *dev); /* with IFF_RUNNING, IFF_LOWER_UP */
void dev_get_stats(struct net_device *dev, struct net_device_stats *s);
/* dev_ioctl - the SIOC* that concern devices alone, on a native struct ifreq; socket.c calls it for
 * what families leave. */
int dev_ioctl(struct net *net, unsigned int cmd, sockptr_t arg);

void rtnl_lock(void); /* the one mutex of all configuration. Context: process */
void rtnl_unlock(void);
bool rtnl_is_locked(void);
#define ASSERT_RTNL() WARN_ON_ONCE(!rtnl_is_locked())

/* notifiers */
struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long event, void *data);
	struct notifier_block *next;
	int priority;
};
enum {
	NETDEV_UP = 1,
	NETDEV_DOWN,
	NETDEV_REBOOT,
	NETDEV_CHANGE,
	NETDEV_REGISTER,
	NETDEV_UNREGISTER,
	NETDEV_CHANGEMTU,
	NETDEV_CHANGEADDR,
	NETDEV_GOING_DOWN,
	NETDEV_CHANGENAME,
	NETDEV_FEAT_CHANGE
};
/* register_netdevice_notifier - @nb hears of every device event (data: the device), and of those
 * already there. RTNL inside. */
int register_netdevice_notifier(struct notifier_block *nb);
int unregister_netdevice_notifier(struct notifier_block *nb);
void call_netdevice_notifiers(unsigned long event, struct net_device *dev);

/* ---- receive (book 12.7.2) ---- */
struct packet_type {
	__be16 type;		/* ETH_P_x in network order; ETH_P_ALL: every packet */
	struct net_device *dev; /* NULL: any */
	/* func - consumes skb. Context: softirq. @orig_dev: where it came from. */
	int (*func)(struct sk_buff *skb, struct net_device *dev, struct packet_type *pt,
		    struct net_device *orig_dev);
	/* gso_segment - see skb_gso_segment. gro_receive, gro_complete: see net/gro.h. */
	struct sk_buff *(*gso_segment)(struct sk_buff *skb, u32 features);
	struct sk_buff **(*gro_receive)(struct sk_buff **head, struct sk_buff *skb);
	void (*gro_complete)(struct sk_buff *skb);
	/* payload_offset - where, from data, behind the headers of this protocol, at @offset, and of those in it, the payload
	 * begins; 0: unknown. For filters (SKF_AD_PAY_OFFSET). */
	int (*payload_offset)(const struct sk_buff *skb, int offset);
	void *af_packet_priv;
	struct list_head list;
};
void dev_add_pack(struct packet_type *pt);
void dev_remove_pack(struct packet_type *pt);
/* netif_rx - queue on the per-CPU backlog (no NAPI); consumes skb. NET_RX_x. Context: any. */
int netif_rx(struct sk_buff *skb);
/* netif_receive_skb - deliver to the packet_type handlers; consumes skb. Context: softirq. */
int netif_receive_skb(struct sk_buff *skb);
/* napi_gro_receive - the same from a NAPI poll: packets of one flow may be joined first, until the
 * poll's end at the latest. */
int napi_gro_receive(struct napi_struct *napi, struct sk_buff *skb);
void netif_napi_add(struct net_device *dev, struct napi_struct *napi,
		    int (*poll)(struct napi_struct *, int), int weight);
void netif_napi_del(struct napi_struct *napi);
void napi_enable(struct napi_struct *n);
void napi_disable(struct napi_struct *n); /* waits until it is not polled. Context: process */
/* napi_schedule_prep - true if the caller shall mask the device's interrupt and call
 * __napi_schedule. Context: any. */
bool napi_schedule_prep(struct napi_struct *n);
void __napi_schedule(struct napi_struct *n);
static inline void napi_schedule(struct napi_struct *n)
{
	if (napi_schedule_prep(n))
		__napi_schedule(n);
}
void napi_complete(struct napi_struct *n);

/* ---- transmit (book 12.7.3) ---- */
/* dev_queue_xmit - through the qdisc to the driver; consumes skb always. 0, NET_XMIT_x or -errno.
 * Context: process or softirq. */
int dev_queue_xmit(struct sk_buff *skb);
/* dev_direct_xmit - straight to the driver, past the queueing discipline (PACKET_QDISC_BYPASS): NET_XMIT_SUCCESS, or
 * NET_XMIT_DROP where it cannot take it now. Consumes skb. Context: any but hardirq. */
int dev_direct_xmit(struct sk_buff *skb);
int dev_hard_start_xmit(struct sk_buff *skb, struct net_device *dev);
static inline bool netif_running(const struct net_device *dev)
{
	return (dev->state >> __LINK_STATE_START) & 1;
}
static inline bool netif_carrier_ok(const struct net_device *dev)
{
	return !((dev->state >> __LINK_STATE_NOCARRIER) & 1);
}
void netif_carrier_on(
	struct net_device *dev); /* Context: any; notifies NETDEV_CHANGE from process context */
void netif_carrier_off(struct net_device *dev);
static inline bool netif_queue_stopped(const struct net_device *dev)
{
	return (dev->state >> __LINK_STATE_XOFF) & 1;
}
static inline void netif_stop_queue(struct net_device *dev)
{
	__atomic_fetch_or(&dev->state, 1ul << __LINK_STATE_XOFF, __ATOMIC_RELAXED);
}
static inline void netif_start_queue(struct net_device *dev)
{
	__atomic_fetch_and(&dev->state, ~(1ul << __LINK_STATE_XOFF), __ATOMIC_RELAXED);
}
/* netif_wake_queue - room again: run the qdisc in NET_TX_SOFTIRQ. Context: any. */
void netif_wake_queue(struct net_device *dev);
static inline bool netif_xmit_stopped(const struct net_device *dev)
{
	return netif_queue_stopped(dev);
}
void __netif_schedule(struct net_device *dev);
static inline int dev_hard_header(struct sk_buff *skb, struct net_device *dev, u16 type,
				  const void *daddr, const void *saddr, unsigned int len)
{
	if (!dev->header_ops || !dev->header_ops->create)
		return 0;
	return dev->header_ops->create(skb, dev, type, daddr, saddr, len);
}

void net_dev_init(void);

#endif
