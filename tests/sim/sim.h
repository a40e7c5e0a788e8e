/* SPDX-License-Identifier: MIT */
/*
 * The network simulator: hosts (each a struct net of one kernel) joined by links, under virtual
 * time. All that happens follows from one seed.
 */
#ifndef SIM_H
#define SIM_H

#include <kernel/bug.h>
#include <kernel/kernel.h>
#include <kernel/sched.h>
#include <kernel/string.h>
#include <kernel/timer.h>
#include <net/net_namespace.h>
#include <net/netdevice.h>
#include <uapi/in.h>
#include <uapi/signal.h>

#include "host_os.h"
#include "hosted.h"
#include "sim_os.h"
#include "skiff_host.h"

#define SIM_MAX_HOSTS 8
#define SIM_MAX_LINKS 8
#define SIM_MAX_CONNS 64
#define SIM_MAX_FLOWS 8
#define SIM_MAX_PORTS 6 /* links of one host */
#define SIM_FRAME_MAX 9100
#define SIM_PPM	      1000000u
#define SIM_TCP_PORT  4000
#define SIM_UDP_PORT  5000
#define SIM_NEVER     (~0ull)

/* ---- chance ---- */

struct sim_rng {
	u64 state;
};
u64 sim_rand(struct sim_rng *r);
/* sim_below - 0 to @n - 1. sim_range - @lo to @hi. sim_chance - true @ppm times in a million. */
static inline u64 sim_below(struct sim_rng *r, u64 n)
{
	return n ? sim_rand(r) % n : 0;
}
static inline u64 sim_range(struct sim_rng *r, u64 lo, u64 hi)
{
	return lo + sim_below(r, hi - lo + 1);
}
static inline bool sim_chance(struct sim_rng *r, u32 ppm)
{
	return ppm && sim_below(r, SIM_PPM) < ppm;
}
/* sim_log_range - as sim_range, but small and large orders of magnitude alike. */
u64 sim_log_range(struct sim_rng *r, u64 lo, u64 hi);

/* ---- events (wire.c) ---- */

/* sim_at - call @fn with @arg when the clock reads @time_ns: from the host program's context,
 * between the kernel's work. */
void sim_at(u64 time_ns, void (*fn)(void *arg), void *arg);
/* sim_run_until - run kernel and events up to @end, or until @done (NULL: never) says so. */
void sim_run_until(u64 end, bool (*done)(void));
/* sim_events_drop - forget all events, and free the frames on their way. */
void sim_events_drop(void);

/* ---- links (wire.c) ---- */

struct sim_link_params {	 /* of one direction */
	u64 rate_bps;		 /* 0: no limit */
	u64 delay_ns, jitter_ns; /* jitter keeps the order */
	u32 queue_frames;	 /* that wait for their turn; beyond: dropped */
	u32 loss_ppm, dup_ppm, corrupt_ppm;
	u32 swallow_above; /* a black hole: IP packets of more bytes vanish without a word; 0: none */
	u32 reorder_ppm; /* held back by reorder_ns, and overtaken */
	u64 reorder_ns;
	u32 ge_bad_ppm, ge_good_ppm,
		ge_loss_ppm; /* Gilbert: good to bad, bad to good, loss while bad */
};

struct sim_port;

struct sim_link {
	unsigned int index;
	unsigned int mtu;
	bool down;
	struct sim_link_params params[2]; /* by the side that sends */
	struct sim_rng rng[2];
	struct sim_port *port[2];
	struct { /* of the direction */
		u64 busy_until, last_arrival;
		bool bad;
		u64 sent, lost, dropped, duplicated, corrupted, reordered;
	} dir[2];
};

struct sim_frame {
	u64 sent_ns;
	u32 id, len;
	struct sim_port *to;
	struct sim_frame *next;
	u8 data[];
};

/* sim_link_send - a frame (@data is copied) leaves side @side. Returns when its last bit is on the
 * wire. */
u64 sim_link_send(struct sim_link *link, int side, const u8 *data, u32 len);

/* ---- devices (device.c) ---- */

struct sim_port {
	struct net_device *dev;
	struct napi_struct napi;
	struct sim_link *link;
	int side;
	struct sim_host *host;
	struct sim_frame *rx_head, **rx_tail;
	bool polled;
	unsigned int queued_mtu; /* of what waits since before the MTU was lowered; 0: nothing does */
	/* how the device is made */
	u32 ring; /* frames until it stops its queue; 0: never */
	u32 in_ring;
	u32 linear; /* bytes of a received frame outside of page fragments; 0: all */
};

struct sim_port_params {
	u32 ring, linear;
	u32 features; /* NETIF_F_SG, NETIF_F_HW_CSUM */
};

/* sim_port_new - a device of @host at @link's side @side, up. NULL when out of memory. Context:
 * process. */
struct sim_port *sim_port_new(struct sim_host *host, struct sim_link *link, int side,
			      const struct sim_port_params *p);
void sim_port_destroy(struct sim_port *port); /* Context: process */
/* sim_port_receive - the device gets @f (and owns it). From the host program's context. */
void sim_port_receive(struct sim_port *port, struct sim_frame *f);

/* ---- hosts (host.c) ---- */

struct sim_host {
	unsigned int index;
	struct net *net;
	struct sim_port *port[SIM_MAX_PORTS];
	unsigned int nr_ports;
	struct task *listener, *udp_server; /* to be told to stop; NULL: none */
	bool stop;
};

/* sim_link_addr - 10.<link>.<subnet>.<side + 1>. */
static inline __be32 sim_link_addr(unsigned int link, unsigned int subnet, int side)
{
	return htonl(10u << 24 | link << 16 | subnet << 8 | (u32)(side + 1));
}
/* sim_call - run @fn in a task inside @net (NULL: the first) to its end; its result. From the host
 * program's context. */
int sim_call(struct net *net, int (*fn)(void *arg), void *arg);
/* sim_task - start a task in @net with descriptors of its own. 0 or -errno. From the host program's
 * context. */
int sim_task(struct net *net, void (*fn)(void *arg), void *arg);
struct sim_host *sim_host_new(unsigned int index);
/* sim_host_join - a device for @host on @link with an address on it. */
void sim_host_join(struct sim_host *host, struct sim_link *link, int side,
		   const struct sim_port_params *p);
void sim_host_forward(struct sim_host *host);
/* sim_host_route - @dst/@len by way of @gateway. */
void sim_host_route(struct sim_host *host, __be32 dst, int len, __be32 gateway);
/* sim_port_readdress - @addr (0: none) instead of what the port had. sim_port_set_mac - a new
 * hardware address. */
void sim_port_readdress(struct sim_port *port, __be32 addr);
void sim_port_set_mac(struct sim_port *port, u8 last);
void sim_port_set_mtu(struct sim_port *port, unsigned int mtu);
void sim_host_destroy(struct sim_host *host);

/* ---- traffic (app.c, app_udp.c) ---- */

enum { SIM_CLIENT, SIM_SERVER };

struct sim_side_plan {
	u64 bytes; /* to send */
	u32 write_size, read_size;
	u64 abort_after; /* bytes sent and received, then the connection is thrown away; SIM_NEVER
			  */
	bool abort_by_close; /* close with data unread instead of SO_LINGER 0 */
	bool serial;	     /* blocking: send all, shut down, then receive all */
	bool nodelay, cork, peek, vectors, epoll;
	u64 pause_every, pause_ns; /* the reader rests after so many bytes; 0: never */
	int sndbuf, rcvbuf;	   /* 0: as they are */
	const char *cong; /* congestion control, NULL: the default */
};

enum sim_side_state { SIM_IDLE, SIM_RUNNING, SIM_DONE };

struct sim_side {
	struct sim_side_plan plan;
	enum sim_side_state state;
	u64 sent, received;
	int err;		 /* errno that ended it, 0: none */
	bool eof, shut, aborted; /* saw the end; sent its own; threw it away */
	u64 began_ns, ended_ns;
};

struct sim_conn {
	unsigned int id;
	struct sim_host *client, *server;
	__be32 addr;
	u16 port; /* host order */
	u64 start_ns;
	struct sim_side side[2];
	u16 local_port; /* the client's, host order; 0: not known yet */
};

struct sim_flow { /* UDP */
	unsigned int id;
	struct sim_host *client, *server;
	__be32 addr;
	u64 start_ns, gap_ns;
	u32 count, size_min, size_max;
	u32 sent, received, echoed, duplicates;
	u8 *seen; /* a bit a datagram: the server had it */
	bool done;
};

void sim_conn_start(void *conn); /* an event's function */
void sim_flow_start(void *flow);
/* sim_host_listen - the TCP and UDP servers of a host; sim_host_unlisten - and their end. */
void sim_host_listen(struct sim_host *host);
void sim_host_unlisten(struct sim_host *host);
/* sim_pattern - the byte at @pos of the stream that @key names. */
u8 sim_pattern(u64 key, u64 pos);
static inline u64 sim_stream_key(unsigned int conn, int side)
{
	return (u64)conn << 1 | (u64)side;
}
void sim_pattern_fill(u64 key, u64 pos, u8 *buf, size_t n);
/* sim_pattern_check - the first index that differs, or @n. */
size_t sim_pattern_check(u64 key, u64 pos, const u8 *buf, size_t n);

/* ---- the whole ---- */

struct sim {
	u64 seed;
	struct sim_rng rng;
	struct sim_host *host[SIM_MAX_HOSTS];
	struct sim_link link[SIM_MAX_LINKS];
	struct sim_conn conn[SIM_MAX_CONNS];
	struct sim_flow flow[SIM_MAX_FLOWS];
	unsigned int nr_hosts, nr_links, nr_conns, nr_flows;
	bool gentle; /* nothing that may cost a connection is going on: all must succeed */
	unsigned long kernel_socks; /* in use before there is any traffic: those of the namespaces
				       themselves */
	char what[256];		    /* the scenario in words */
};
extern struct sim sim;

/* sim_boot - the kernel; once a process. */
void sim_boot(u64 seed, unsigned int mem_mib);
/* sim_fail - print what is wrong, the seed and the last segments; does not return. */
void sim_fail(const char *fmt, ...) __printf(1, 2) __noreturn;
void sim_print(const char *fmt, ...) __printf(1, 2);

/* ---- trace (trace.c) ---- */

enum sim_fate {
	SIM_SENT,
	SIM_DELIVERED,
	SIM_LOST,
	SIM_QUEUE_FULL,
	SIM_DUPLICATED,
	SIM_CORRUPTED,
	SIM_REORDERED,
	SIM_LINK_DOWN
};
/* sim_trace_frame - note what becomes of a frame, in the ring of the last ones, the digest and the
 * trace file. */
void sim_trace_frame(const struct sim_link *link, int side, const u8 *data, u32 len,
		     enum sim_fate fate);
/* sim_trace_note - a line of one's own in the same places. */
void sim_trace_note(const char *fmt, ...) __printf(1, 2);
void sim_trace_dump(void);
u64 sim_trace_digest(void);
u64 sim_trace_frames(void);

/* ---- checks (check.c) ---- */

/* sim_check_frame - after @host has taken in @f: its connection's numbers agree, and the kernel has
 * no complaint. */
void sim_check_frame(struct sim_host *host, const struct sim_frame *f);
/* sim_check_all - every TCP socket of every host. */
void sim_check_all(void);
/* sim_check_traffic - at the end: each connection ended, and as its plan and the network allow. */
void sim_check_traffic(void);
/* sim_baseline - count what is in use; sim_check_baseline - and it is so again. */
void sim_baseline(void);
void sim_check_baseline(void);

/* ---- scenarios (scenario.c, disturb.c) ---- */

void sim_scenario_build(void);
/* sim_disturb - plan what happens to hosts and links meanwhile. */
void sim_disturb(struct sim_rng *r, u64 end_ns);

#endif
