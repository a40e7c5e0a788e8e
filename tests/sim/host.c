/* SPDX-License-Identifier: MIT */
/* The simulator's hosts: a struct net each, with devices, addresses and routes; and tasks that run
 * inside of one. */
#include <kernel/err.h>
#include <kernel/slab.h>
#include <net/inetdevice.h>
#include <net/ip.h>
#include <net/net.h>
#include <net/pkt_sched.h>
#include <uapi/route.h>
#include <uapi/sockios.h>

#include "sim.h"

int devinet_set_forwarding(struct net *net, int on); /* net/ipv4/devinet_sysctl.c */

/* ---- tasks ---- */

struct call {
	struct net *net;
	int (*fn)(void *arg);
	void *arg;
};

static int call_body(void *data)
{
	struct call *c = data;

	current->net = c->net;
	return c->fn(c->arg);
}

int sim_call(struct net *net, int (*fn)(void *arg), void *arg)
{
	struct call c = { .net = net, .fn = fn, .arg = arg };
	struct task *t = kthread_run(call_body, &c, "sim");
	int code;

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	task_get(t);
	hosted_settle();
	while (t->state != TASK_DEAD && hosted_step(~0ull - 1))
		;
	if (t->state != TASK_DEAD)
		sim_fail("configuration waits for what never comes");
	code = t->exit_code;
	task_put(t);
	return code;
}

int sim_task(struct net *net, void (*fn)(void *arg), void *arg)
{
	struct net *mine = current->net;
	int pid;

	current->net = net;
	pid = skiff_task_start(fn, arg);
	current->net = mine;
	return pid < 0 ? pid : 0;
}

/* ---- making ---- */

static int create_body(void *arg)
{
	struct sim_host *host = arg;
	struct net_device *lo;
	int err;

	host->net = net_create();
	if (IS_ERR(host->net))
		return (int)PTR_ERR(host->net);
	lo = host->net->loopback_dev;
	rtnl_lock();
	err = dev_open(lo);
	if (!err && !__in_dev_get_rtnl(lo)->ifa_list)
		err = inet_set_address(lo, htonl(INADDR_LOOPBACK), 8, 0, INFINITY_LIFE_TIME);
	rtnl_unlock();
	return err;
}

struct sim_host *sim_host_new(unsigned int index)
{
	struct sim_host *host = sim_host_alloc(sizeof(*host));
	int err;

	host->index = index;
	err = sim_call(NULL, create_body, host);
	if (err)
		sim_fail("cannot make a host: error %d", err);
	return host;
}

struct join {
	struct sim_host *host;
	struct sim_link *link;
	int side;
	const struct sim_port_params *params;
};

static int join_body(void *arg)
{
	struct join *j = arg;
	struct sim_port *port = sim_port_new(j->host, j->link, j->side, j->params);
	int err;

	if (!port)
		return -ENOMEM;
	j->host->port[j->host->nr_ports++] = port;
	rtnl_lock();
	err = inet_set_address(port->dev, sim_link_addr(j->link->index, 0, j->side), 24,
			       sim_link_addr(j->link->index, 0, 254), INFINITY_LIFE_TIME);
	rtnl_unlock();
	return err;
}

void sim_host_join(struct sim_host *host, struct sim_link *link, int side,
		   const struct sim_port_params *p)
{
	struct join j = { .host = host, .link = link, .side = side, .params = p };
	int err = sim_call(host->net, join_body, &j);

	if (err)
		sim_fail("cannot join host %u to link %u: error %d", host->index, link->index, err);
}

static int forward_body(void *arg)
{
	struct sim_host *host = arg;

	return devinet_set_forwarding(host->net, 1);
}

void sim_host_forward(struct sim_host *host)
{
	if (sim_call(host->net, forward_body, host))
		sim_fail("host %u cannot forward", host->index);
}

static void set_sockaddr(struct sockaddr *sa, __be32 addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = addr };

	memcpy(sa, &sin, sizeof(sin));
}

static int route_body(void *arg)
{
	struct socket *sock;
	int err = sock_create_kern(current->net, AF_INET, SOCK_DGRAM, 0, &sock);

	if (err)
		return err;
	err = kernel_sock_ioctl(sock, SIOCADDRT, arg);
	sock_release(sock);
	return err;
}

void sim_host_route(struct sim_host *host, __be32 dst, int len, __be32 gateway)
{
	struct rtentry rt = { .rt_flags = RTF_UP | RTF_GATEWAY };
	int err;

	set_sockaddr(&rt.rt_dst, dst & inet_make_mask(len));
	set_sockaddr(&rt.rt_genmask, inet_make_mask(len));
	set_sockaddr(&rt.rt_gateway, gateway);
	err = sim_call(host->net, route_body, &rt);
	if (err)
		sim_fail("cannot add a route to host %u: error %d", host->index, err);
}

/* ---- changing ---- */

struct change {
	struct sim_port *port;
	__be32 addr;
	u8 mac;
	unsigned int mtu;
};

static int readdress_body(void *arg)
{
	struct change *c = arg;
	int err;

	rtnl_lock();
	if (c->addr)
		err = inet_set_address(c->port->dev, c->addr, 24, 0, INFINITY_LIFE_TIME);
	else
		err = inet_clear_address(c->port->dev, 0);
	rtnl_unlock();
	return err;
}

void sim_port_readdress(struct sim_port *port, __be32 addr)
{
	struct change c = { .port = port, .addr = addr };
	int err = sim_call(port->host->net, readdress_body, &c);

	sim_trace_note("host %u has address %08x on link %u: %d", port->host->index, ntohl(addr),
		       port->link->index, err);
}

static int set_mac_body(void *arg)
{
	struct change *c = arg;
	struct sockaddr sa = { .sa_family = ARPHRD_ETHER };
	int err;

	memcpy(sa.sa_data, c->port->dev->dev_addr, ETH_ALEN);
	sa.sa_data[1] = (char)c->mac;
	rtnl_lock();
	err = dev_set_mac_address(c->port->dev, &sa);
	rtnl_unlock();
	return err;
}

void sim_port_set_mac(struct sim_port *port, u8 last)
{
	struct change c = { .port = port, .mac = last };
	int err = sim_call(port->host->net, set_mac_body, &c);

	sim_trace_note("host %u has another hardware address on link %u: %d", port->host->index,
		       port->link->index, err);
}

static int set_mtu_body(void *arg)
{
	struct change *c = arg;
	int err;

	rtnl_lock();
	if (c->port->dev->qdisc->qlen)
		c->port->queued_mtu = max(c->port->queued_mtu, c->port->dev->mtu);
	err = dev_set_mtu(c->port->dev, (int)c->mtu);
	rtnl_unlock();
	return err;
}

void sim_port_set_mtu(struct sim_port *port, unsigned int mtu)
{
	struct change c = { .port = port, .mtu = mtu };
	int err = sim_call(port->host->net, set_mtu_body, &c);

	sim_trace_note("host %u has MTU %u on link %u: %d", port->host->index, mtu,
		       port->link->index, err);
}

/* ---- ending ---- */

static int destroy_body(void *arg)
{
	struct sim_host *host = arg;

	while (host->nr_ports)
		sim_port_destroy(host->port[--host->nr_ports]);
	net_destroy(host->net);
	return 0;
}

void sim_host_destroy(struct sim_host *host)
{
	sim_call(NULL, destroy_body, host);
	sim_host_free(host);
}
