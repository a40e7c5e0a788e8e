/* SPDX-License-Identifier: MIT */
/*
 * The DHCP client: an address from a server, renewed while it is needed. It is a user of the
 * kernel's own sockets, nothing more. RFC 2131 (states: figure 5), RFC 2132. Book section 12.11.1.
 */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/version.h>
#include <net/ip_fib.h>
#include <uapi/sockios.h>
#include "dhcp_internal.h"

#define DHCP_TRIES	     4 /* before the line that nobody answers */
/*
 * DEVIATES: RFC 2131 section 4.1 begins with 4 s; a server on the link answers within milliseconds,
 * and a machine that starts in a quarter of a second should not wait sixteen times as long for a
 * lost packet.
 */
#define DHCP_FIRST_WAIT	     (1 * HZ)
#define DHCP_RARE_WAIT	     (60 * HZ) /* between tries when nobody answers */
#define DHCP_RENEW_WAIT	     (60 * HZ) /* least time between renewals. RFC 2131 section 4.4.5 */
#define DHCP_DECLINE_WAIT    (10 * HZ) /* RFC 2131 section 3.1.5 */
#define DHCP_CONFLICT_WINDOW (10 * HZ) /* after the address was taken */
#define DHCP_INFINITE	     0xffffffffu
#define DHCP_PACKETS_A_RUN   16
#define DHCP_RELEASE_WAIT_MS 1000 /* for the server's hardware address */

const char *dhcp_state_name(enum dhcp_state state)
{
	static const char *const names[] = { "stopped", "init",	    "selecting", "requesting",
					     "probing", "bound",	"renewing", "rebinding" };

	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

/* ---- sending ---- */

static u16 dhcp_mtu(struct dhcp_client *c)
{
	struct net_device *dev;
	unsigned int mtu = 576;

	rtnl_lock();
	dev = __dev_get_by_name(c->ic->net, c->dev);
	if (dev)
		mtu = clamp(dev->mtu, 576u, 1500u);
	rtnl_unlock();
	return (u16)mtu;
}

static void dhcp_transmit(struct dhcp_client *c, struct dhcp_request *r, __be32 to)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(DHCP_SERVER_PORT),
				   .sin_addr.s_addr = to };
	struct kmsghdr msg = { .msg_name = &sin,
			       .msg_namelen = sizeof(sin),
			       .msg_flags = MSG_DONTWAIT };
	u8 buf[DHCP_BUILD_MAX];
	struct iovec vec = { .iov_base = buf };

	r->xid = c->xid;
	r->secs = (u16)min((jiffies - c->started) / HZ, 65535ul);
	memcpy(r->chaddr, c->mac, sizeof(r->chaddr));
	r->hostname = c->ip ? c->ip->hostname : NULL;
	r->max_size = dhcp_mtu(c);
	vec.iov_len = dhcp_build(buf, r);
	kernel_sendmsg(c->sock, &msg, &vec, 1,
		       vec.iov_len); /* lost or refused: the next try comes */
}

static void dhcp_discover(struct dhcp_client *c)
{
	struct dhcp_request r = { .type = DHCPDISCOVER, .broadcast = true };

	dhcp_transmit(c, &r, htonl(INADDR_BROADCAST));
}

/* Take up the offer. RFC 2131 section 4.3.2: SELECTING. */
static void dhcp_request_offer(struct dhcp_client *c)
{
	struct dhcp_request r = { .type = DHCPREQUEST,
				  .broadcast = true,
				  .requested = c->offer.yiaddr,
				  .server = c->offer.server };

	dhcp_transmit(c, &r, htonl(INADDR_BROADCAST));
}

/* Ask for more time: first the server that gave it, then any. */
static void dhcp_request_again(struct dhcp_client *c)
{
	struct dhcp_request r = { .type = DHCPREQUEST, .ciaddr = c->offer.yiaddr };
	bool unicast = c->state == DHCP_RENEWING && c->offer.server;

	dhcp_transmit(c, &r, unicast ? c->offer.server : htonl(INADDR_BROADCAST));
}

/* ---- time ---- */

static void dhcp_wait(struct dhcp_client *c, unsigned long delay)
{
	c->deadline = jiffies + delay;
	c->waiting = true;
}

/* Doubling, with up to a quarter more or less, so that machines started together do not ask
 * together. */
static unsigned long dhcp_backoff(unsigned int tries)
{
	unsigned long wait = (unsigned long)DHCP_FIRST_WAIT << min(tries, 4u);

	return wait - wait / 4 + get_random_below((u32)(wait / 2));
}

static unsigned long dhcp_lease_at(const struct dhcp_client *c, u32 seconds)
{
	return c->obtained + (unsigned long)seconds * HZ;
}

/* ---- the address ---- */

static void dhcp_drop_lease(struct dhcp_client *c)
{
	struct net_device *dev;

	if (!c->has_lease)
		return;
	rtnl_lock();
	dev = __dev_get_by_name(c->ic->net, c->dev);
	if (dev)
		inet_clear_address(dev, c->offer.yiaddr);
	rtnl_unlock();
	c->has_lease = c->probed = false;
}

/* The lease's address and, unless they are known to stand or it is to be probed first, its routes. */
static int dhcp_install(struct dhcp_client *c, bool routes)
{
	const struct dhcp_reply *r = &c->offer;
	u32 lifetime = r->lease_s == DHCP_INFINITE ? INFINITY_LIFE_TIME : r->lease_s;
	const struct in_ifaddr *ifa;
	struct net_device *dev;
	int err = -ENODEV;

	rtnl_lock();
	dev = __dev_get_by_name(c->ic->net, c->dev);
	if (dev)
		err = inet_set_address(dev, r->yiaddr, inet_mask_len(r->mask), r->broadcast,
				       lifetime);
	ifa = err ? NULL : inet_find_address(dev, r->yiaddr);
	c->probed = ifa && !inet_ifa_usable(ifa);
	if (!err && !c->probed && routes && r->router && ipconfig_default_route(dev, r->router, RTPROT_DHCP))
		pr_warn("%s: DHCP: the gateway %pI4 cannot be reached\n", c->dev, &r->router);
	rtnl_unlock();
	if (err)
		pr_err("%s: DHCP: cannot take %pI4: error %d\n", c->dev, &r->yiaddr, err);
	return err;
}

static void dhcp_log_lease(const struct dhcp_client *c)
{
	const struct dhcp_reply *r = &c->offer;
	char line[160];
	int n;

	n = scnprintf(line, sizeof(line), "%s: DHCP: %pI4/%d", c->dev, &r->yiaddr,
		      inet_mask_len(r->mask));
	if (r->router)
		n += scnprintf(line + n, sizeof(line) - (size_t)n, ", gateway %pI4", &r->router);
	if (r->dns[0])
		n += scnprintf(line + n, sizeof(line) - (size_t)n, ", dns %pI4", &r->dns[0]);
	if (r->lease_s == DHCP_INFINITE)
		scnprintf(line + n, sizeof(line) - (size_t)n, ", lease for ever");
	else
		scnprintf(line + n, sizeof(line) - (size_t)n, ", lease %us", r->lease_s);
	pr_info("%s\n", line);
}

/* ---- the states ---- */

void dhcp_client_begin(struct dhcp_client *c)
{
	c->state = DHCP_SELECTING;
	c->tries = 0;
	c->told = false;
	c->xid = (__force __be32)get_random_u32();
	c->started = jiffies;
	dhcp_discover(c);
	dhcp_wait(c, dhcp_backoff(0));
}

/* The command line's word goes before the server's. */
static void dhcp_prefer_cmdline(const struct ipconfig_entry *ip, struct dhcp_reply *r)
{
	unsigned int i;

	if (!ip)
		return;
	if (ip->gateway)
		r->router = ip->gateway;
	if (ip->mask)
		r->mask = ip->mask;
	for (i = 0; i < ARRAY_SIZE(ip->dns); i++)
		if (ip->dns[i])
			r->dns[i] = ip->dns[i];
	if (ip->hostname[0])
		r->hostname[0] = '\0';
	if (ip->domain[0])
		strscpy(r->domain, ip->domain, sizeof(r->domain));
}

/* The lease is in force; @renewal: it was before. */
static void dhcp_bound(struct dhcp_client *c, bool renewal)
{
	const struct dhcp_reply *r = &c->offer;

	c->state = DHCP_BOUND;
	c->waiting = r->lease_s != DHCP_INFINITE;
	c->deadline = dhcp_lease_at(c, r->t1_s);
	if (renewal)
		return;
	dhcp_log_lease(c);
	if (r->dns[0])
		ipconfig_resolver(r->dns, ARRAY_SIZE(r->dns), r->domain);
	if (r->hostname[0])
		uts_set_nodename(r->hostname);
}

static void dhcp_install_failed(struct dhcp_client *c)
{
	c->state = DHCP_INIT;
	dhcp_wait(c, DHCP_RARE_WAIT);
}

/* @r is the server's answer with the command line's changes. Where the address is to be probed, that comes first: RFC 2131
 * section 4.4.1. */
static void dhcp_bind(struct dhcp_client *c, const struct dhcp_reply *r)
{
	bool renewal = c->has_lease && r->yiaddr == c->offer.yiaddr && c->state != DHCP_REQUESTING;
	bool routes = !renewal || r->mask != c->offer.mask || r->router != c->offer.router;

	if (c->has_lease && r->yiaddr != c->offer.yiaddr)
		dhcp_drop_lease(c);
	c->offer = *r;
	c->obtained = c->started;
	if (dhcp_install(c, routes)) {
		dhcp_install_failed(c);
		return;
	}
	c->has_lease = true;
	c->tries = 0;
	c->conflict = false;
	if (c->probed && !renewal) {
		c->state = DHCP_PROBING;
		c->waiting = false;
	} else {
		dhcp_bound(c, renewal);
	}
}

static void dhcp_refused(struct dhcp_client *c, const struct dhcp_reply *r)
{
	pr_info("%s: DHCP: the server refused %pI4%s%s\n", c->dev, &c->offer.yiaddr,
		r->message[0] ? ": " : "", r->message);
	dhcp_drop_lease(c);
	c->state = DHCP_INIT; /* begin anew, but not in a tight circle with a server that always
				 refuses */
	dhcp_wait(c, DHCP_FIRST_WAIT);
}

static void dhcp_input(struct dhcp_client *c, const u8 *buf, size_t len)
{
	struct dhcp_reply r;
	bool asked = c->state == DHCP_REQUESTING || c->state == DHCP_RENEWING ||
		     c->state == DHCP_REBINDING;

	if (dhcp_parse(buf, len, c->xid, c->mac, &r))
		return;
	if (r.type == DHCPNAK) {
		if (asked &&
		    (c->state != DHCP_REQUESTING || !r.server || r.server == c->offer.server))
			dhcp_refused(c, &r);
		return;
	}
	if (!dhcp_usable(&r))
		return;
	if (c->state == DHCP_SELECTING && r.type == DHCPOFFER && r.server) {
		if (c->has_lease && c->offer.yiaddr != r.yiaddr)
			dhcp_drop_lease(
				c); /* the old address goes before the new one is asked for */
		c->offer = r;
		c->state = DHCP_REQUESTING;
		c->tries = 0;
		c->started = jiffies;
		dhcp_request_offer(c);
		dhcp_wait(c, dhcp_backoff(0));
	} else if (asked && r.type == DHCPACK &&
		   (c->state != DHCP_REQUESTING ||
		    (r.yiaddr == c->offer.yiaddr && (!r.server || r.server == c->offer.server)))) {
		if (!r.server)
			r.server = c->offer.server;
		dhcp_prefer_cmdline(c->ip, &r);
		dhcp_bind(c, &r);
	}
}

/* Nobody has answered: ask again, ever more slowly; after the fourth time say so and go on rarely.
 */
static void dhcp_retry(struct dhcp_client *c)
{
	c->tries++;
	if (c->state == DHCP_REQUESTING) {
		if (c->tries >= DHCP_TRIES) {
			dhcp_client_begin(c);
			return;
		}
		dhcp_request_offer(c);
		dhcp_wait(c, dhcp_backoff(c->tries));
		return;
	}
	if (c->tries >= DHCP_TRIES && !c->told) {
		pr_warn("%s: DHCP: no server answered; will keep trying every %us\n", c->dev,
			DHCP_RARE_WAIT / HZ);
		c->told = true;
		dhcp_wait(c, DHCP_RARE_WAIT);
		return;
	}
	dhcp_discover(c);
	dhcp_wait(c, c->told ? DHCP_RARE_WAIT : dhcp_backoff(c->tries));
}

/* Bound: T1, T2 and the end of the lease. RFC 2131 section 4.4.5. */
static void dhcp_lease_step(struct dhcp_client *c)
{
	unsigned long end = dhcp_lease_at(c, c->offer.lease_s),
		      t2 = dhcp_lease_at(c, c->offer.t2_s), now = jiffies, limit, next;

	if (time_after_eq(now, end)) {
		pr_warn("%s: DHCP: the lease of %pI4 has ended\n", c->dev, &c->offer.yiaddr);
		dhcp_drop_lease(c);
		dhcp_client_begin(c);
		return;
	}
	if (c->state == DHCP_BOUND) {
		c->xid = (__force __be32)get_random_u32();
		c->started = now;
	}
	c->state = time_after_eq(now, t2) ? DHCP_REBINDING : DHCP_RENEWING;
	limit = c->state == DHCP_RENEWING ? t2 : end;
	dhcp_request_again(c);
	next = now + max((limit - now) / 2, (unsigned long)DHCP_RENEW_WAIT);
	c->deadline = time_before(next, limit) ? next : limit;
	c->waiting = true;
}

/* The address is another host's: the server learns it, and is asked for another. RFC 2131 section 3.1.5. */
static void dhcp_decline(struct dhcp_client *c)
{
	struct dhcp_request r = { .type = DHCPDECLINE,
				  .requested = c->offer.yiaddr,
				  .server = c->offer.server };

	pr_warn("%s: DHCP: %pI4 is used by another host: declined\n", c->dev, &c->offer.yiaddr);
	dhcp_drop_lease(c);
	dhcp_transmit(c, &r, htonl(INADDR_BROADCAST));
	c->state = DHCP_INIT;
	dhcp_wait(c, DHCP_DECLINE_WAIT);
}

/* The address is being probed, and perhaps is not any more. */
static void dhcp_probed_step(struct dhcp_client *c)
{
	const struct in_ifaddr *ifa = NULL;
	struct net_device *dev;
	u32 flags;

	rtnl_lock();
	dev = __dev_get_by_name(c->ic->net, c->dev);
	ifa = dev ? inet_find_address(dev, c->offer.yiaddr) : NULL;
	flags = ifa ? ifa->ifa_flags : 0;
	rtnl_unlock();
	if (!ifa) { /* somebody has taken it away */
		c->probed = false;
		if (c->state != DHCP_PROBING)
			return;
		c->has_lease = false;
		c->state = DHCP_INIT;
		dhcp_wait(c, DHCP_FIRST_WAIT);
	} else if (flags & IFA_F_DADFAILED) {
		dhcp_decline(c);
	} else if (!(flags & IFA_F_TENTATIVE)) {
		if (dhcp_install(c, true))
			dhcp_install_failed(c);
		else if (c->state == DHCP_PROBING)
			dhcp_bound(c, false);
	}
}

static void dhcp_step(struct dhcp_client *c)
{
	switch (c->state) {
	case DHCP_STOPPED:
	case DHCP_PROBING: c->waiting = false; break;
	case DHCP_INIT: dhcp_client_begin(c); break;
	case DHCP_SELECTING:
	case DHCP_REQUESTING: dhcp_retry(c); break;
	case DHCP_BOUND:
	case DHCP_RENEWING:
	case DHCP_REBINDING: dhcp_lease_step(c); break;
	}
}

static void dhcp_receive(struct dhcp_client *c)
{
	u8 *buf = kmalloc(1500, GFP_KERNEL);
	int n, i;

	for (i = 0; buf && i < DHCP_PACKETS_A_RUN; i++) {
		struct kmsghdr msg = { 0 };
		struct iovec vec = { .iov_base = buf, .iov_len = 1500 };

		n = kernel_recvmsg(c->sock, &msg, &vec, 1, 1500, MSG_DONTWAIT);
		if (n == -EAGAIN)
			break;
		if (n > 0)
			dhcp_input(c, buf, (size_t)n);
	}
	if (i == DHCP_PACKETS_A_RUN)
		ipconfig_kick(c->ic);
	kfree(buf);
}

long dhcp_client_run(struct dhcp_client *c)
{
	dhcp_receive(c);
	if (c->conflict && c->has_lease)
		dhcp_decline(c);
	c->conflict = false;
	if (c->probed)
		dhcp_probed_step(c);
	/* While an address is asked for anew the old one may run out. */
	if (c->has_lease && c->state == DHCP_SELECTING && c->offer.lease_s != DHCP_INFINITE &&
	    time_after_eq(jiffies, dhcp_lease_at(c, c->offer.lease_s)))
		dhcp_drop_lease(c);
	if (c->waiting && time_after_eq(jiffies, c->deadline))
		dhcp_step(c);
	if (!c->waiting)
		return LONG_MAX;
	return time_after(c->deadline, jiffies) ? (long)(c->deadline - jiffies) : 1;
}

/* ---- life ---- */

static bool dhcp_wake(wait_queue_t *wait, unsigned int key)
{
	ipconfig_kick(wait->private);
	return false;
}

static int dhcp_open_socket(struct dhcp_client *c)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(DHCP_CLIENT_PORT) };
	int one = 1, err;

	err = sock_create_kern(c->ic->net, AF_INET, SOCK_DGRAM, IPPROTO_UDP, &c->sock);
	if (err)
		return err;
	err = kernel_setsockopt(c->sock, SOL_SOCKET, SO_BINDTODEVICE, c->dev,
				(unsigned int)strlen(c->dev) + 1);
	if (!err)
		err = kernel_setsockopt(c->sock, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	if (!err)
		err = kernel_setsockopt(c->sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!err)
		err = kernel_bind(c->sock, (struct sockaddr *)&sin, sizeof(sin));
	if (err)
		sock_release(c->sock);
	return err;
}

struct dhcp_client *dhcp_client_new(struct ipconfig_net *ic, const char *dev,
				    const struct ipconfig_entry *ip)
{
	struct dhcp_client *c = kzalloc(sizeof(*c), GFP_KERNEL);
	struct net_device *d;
	int err;

	if (!c)
		return ERR_PTR(-ENOMEM);
	c->ic = ic;
	c->ip = ip;
	strscpy(c->dev, dev, sizeof(c->dev));
	rtnl_lock();
	d = __dev_get_by_name(ic->net, dev);
	if (d)
		memcpy(c->mac, d->dev_addr, sizeof(c->mac));
	rtnl_unlock();
	err = d ? dhcp_open_socket(c) : -ENODEV;
	if (err) {
		kfree(c);
		return ERR_PTR(err);
	}
	INIT_LIST_HEAD(&c->wait.node);
	c->wait.func = dhcp_wake;
	c->wait.private = ic;
	add_wait_queue(&c->sock->wait, &c->wait);
	c->state = DHCP_INIT;
	return c;
}

void dhcp_client_free(struct dhcp_client *c, bool keep_address)
{
	if (!keep_address)
		dhcp_drop_lease(c);
	remove_wait_queue(&c->sock->wait, &c->wait);
	sock_release(c->sock);
	kfree(c);
}

void dhcp_client_release(struct dhcp_client *c)
{
	struct dhcp_request r = { .type = DHCPRELEASE,
				  .ciaddr = c->offer.yiaddr,
				  .server = c->offer.server };

	int waiting = 0, ms;

	if (!c->has_lease)
		return;
	c->xid = (__force __be32)get_random_u32();
	dhcp_transmit(c, &r, c->offer.server ? c->offer.server : htonl(INADDR_BROADCAST));
	/* Where it waits for ARP, the answer to that comes to the address that is about to go. */
	for (ms = 0; ms < DHCP_RELEASE_WAIT_MS; ms++) {
		if (kernel_sock_ioctl(c->sock, SIOCOUTQ, &waiting) || !waiting)
			break;
		msleep(1);
	}
	dhcp_drop_lease(c);
	pr_info("%s: DHCP: %pI4 given back\n", c->dev, &c->offer.yiaddr);
}

void dhcp_client_pause(struct dhcp_client *c)
{
	if (c->state == DHCP_PROBING)
		dhcp_drop_lease(c);
	if (c->state < DHCP_BOUND) {
		c->state = DHCP_INIT;
		c->waiting = false;
	}
}

void dhcp_client_resume(struct dhcp_client *c)
{
	if (c->state < DHCP_BOUND)
		dhcp_client_begin(c);
	else
		dhcp_install(c, true); /* the routes went with the interface */
}

void dhcp_client_status(const struct dhcp_client *c, struct dhcp_status *st)
{
	memset(st, 0, sizeof(*st));
	strscpy(st->dev, c->dev, sizeof(st->dev));
	st->state = c->state;
	if (!c->has_lease)
		return;
	st->addr = c->offer.yiaddr;
	st->mask = c->offer.mask;
	st->router = c->offer.router;
	st->server = c->offer.server;
	memcpy(st->dns, c->offer.dns, sizeof(st->dns));
	st->lease_s = c->offer.lease_s;
	st->t1_s = c->offer.t1_s;
	st->t2_s = c->offer.t2_s;
	st->age_s = (u32)((jiffies - c->obtained) / HZ);
	strscpy(st->domain, c->offer.domain, sizeof(st->domain));
	strscpy(st->hostname, c->offer.hostname, sizeof(st->hostname));
}

bool dhcp_conflict(struct net_device *dev, __be32 addr, bool again)
{
	struct ipconfig_net *ic = dev_net(dev)->ipv4.ipconfig;
	struct ipconf_dev *d;
	bool declined = false;

	if (!ic)
		return false;
	list_for_each_entry(d, &ic->devs, list) {
		struct dhcp_client *c = d->ifindex == dev->ifindex ? d->dhcp : NULL;

		if (!c || !c->has_lease || c->offer.yiaddr != addr ||
		    (!again && !time_before(jiffies, c->obtained + DHCP_CONFLICT_WINDOW)))
			continue;
		declined = true;
		if (c->conflict)
			continue;
		c->conflict = true;
		ipconfig_kick(ic);
	}
	return declined;
}
