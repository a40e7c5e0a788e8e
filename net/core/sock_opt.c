/* SPDX-License-Identifier: MIT */
/* Options of SOL_SOCKET, as socket(7) describes them. Book section 12.10. */
#include <kernel/random.h>
#include <kernel/sched.h>
#include <net/filter.h>
#include <net/sock_reuseport.h>
#include <uapi/net_tstamp.h>
#include <uapi/tcp.h>
#include <uapi/time.h>

#include "core_internal.h"

#define NOT_MINE 1 /* this group of options does not hold it */

void sock_enable_timestamp(struct sock *sk, enum sock_flags flag)
{
	if (!(sk->sk_flags & SOCK_STAMPED))
		net_enable_timestamp();
	sock_set_flag(sk, flag);
}

void sock_disable_timestamp(struct sock *sk, enum sock_flags flag)
{
	sock_reset_flag(sk, flag);
	if (!(sk->sk_flags & SOCK_STAMPED))
		net_disable_timestamp();
}

/* ---- set ---- */

/* set_timeout - SO_RCVTIMEO, SO_SNDTIMEO; both layouts of a timeval are the same here. 0, -EINVAL,
 * -EFAULT, -EDOM. */
static int set_timeout(long *timeo, sockptr_t optval, unsigned int optlen)
{
	struct timeval tv;

	if (optlen < sizeof(tv))
		return -EINVAL;
	if (copy_from_sockptr(&tv, optval, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= (long)USEC_PER_SEC)
		return -EDOM;
	if (tv.tv_sec < 0)
		*timeo = 0;
	else if (!tv.tv_sec && !tv.tv_usec)
		*timeo = MAX_SCHEDULE_TIMEOUT;
	else if (tv.tv_sec < MAX_SCHEDULE_TIMEOUT / HZ - 1)
		*timeo = tv.tv_sec * HZ +
			 (long)DIV_ROUND_UP((unsigned long)tv.tv_usec, USEC_PER_SEC / HZ);
	else
		*timeo = MAX_SCHEDULE_TIMEOUT;
	return 0;
}

static int set_linger(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct linger ling;

	if (optlen < sizeof(ling))
		return -EINVAL;
	if (copy_from_sockptr(&ling, optval, sizeof(ling)))
		return -EFAULT;
	if (!ling.l_onoff) {
		sock_reset_flag(sk, SOCK_LINGER);
		return 0;
	}
	sk->sk_lingertime = (unsigned long)(u32)ling.l_linger * HZ;
	sock_set_flag(sk, SOCK_LINGER);
	return 0;
}

/* set_bound_dev - the socket's packets come from and go to one device; the route is chosen anew. */
static void set_bound_dev(struct sock *sk, int ifindex)
{
	sk->sk_bound_dev_if = ifindex;
	sk_dst_reset(sk);
}

static int set_bindtodevice(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	char name[IFNAMSIZ] = "";
	struct net_device *dev;

	if (copy_from_sockptr(name, optval, min_t(unsigned int, optlen, IFNAMSIZ - 1)))
		return -EFAULT;
	if (!name[0]) {
		set_bound_dev(sk, 0);
		return 0;
	}
	dev = __dev_get_by_name(sock_net(sk), name);
	if (!dev)
		return -ENODEV;
	set_bound_dev(sk, dev->ifindex);
	return 0;
}

static int set_bindtoifindex(struct sock *sk, int ifindex)
{
	if (ifindex < 0)
		return -EINVAL;
	if (ifindex && !__dev_get_by_index(sock_net(sk), ifindex))
		return -ENODEV;
	set_bound_dev(sk, ifindex);
	return 0;
}

/* set_rcvbuf, set_sndbuf - twice what was asked for: half is for the packets' own overhead. */
static void set_rcvbuf(struct sock *sk, int val)
{
	sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	sk->sk_rcvbuf = max(clamp(val, 0, INT_MAX / 2) * 2, SOCK_MIN_RCVBUF);
}

static void set_sndbuf(struct sock *sk, int val)
{
	sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	sk->sk_sndbuf = max(clamp(val, 0, INT_MAX / 2) * 2, SOCK_MIN_SNDBUF);
	sk->sk_write_space(sk);
}

/* capped - a size as the user gave it (negative counts as huge, as in Linux), below the sysctl. */
static int capped(int val, int limit)
{
	return (int)min_t(u32, (u32)val, (u32)limit);
}

static int set_timestamp(struct sock *sk, int optname, bool on)
{
	bool ns = optname == SO_TIMESTAMPNS_OLD || optname == SO_TIMESTAMPNS_NEW;

	sock_reset_flag(sk, SOCK_RCVTSTAMP);
	sock_reset_flag(sk, SOCK_RCVTSTAMPNS);
	if (!on)
		return 0;
	sock_valbool_flag(sk, SOCK_TSTAMP_NEW,
			  optname == SO_TIMESTAMP_NEW || optname == SO_TIMESTAMPNS_NEW);
	sock_set_flag(sk, SOCK_RCVTSTAMP);
	sock_valbool_flag(sk, SOCK_RCVTSTAMPNS, ns);
	sock_enable_timestamp(sk, SOCK_TIMESTAMP);
	return 0;
}

/* set_flag - the options that are one flag. */
static int set_flag(struct sock *sk, int optname, bool on)
{
	static const struct {
		int optname;
		enum sock_flags flag;
	} flags[] = {
		{ SO_DEBUG, SOCK_DBG },		  { SO_DONTROUTE, SOCK_LOCALROUTE },
		{ SO_BROADCAST, SOCK_BROADCAST }, { SO_OOBINLINE, SOCK_URGINLINE },
		{ SO_PASSCRED, SOCK_PASSCRED },	  { SO_RXQ_OVFL, SOCK_RXQ_OVFL },
		{ SO_NOFCS, SOCK_NOFCS },	  { SO_SELECT_ERR_QUEUE, SOCK_SELECT_ERR_QUEUE },
		{ SO_KEEPALIVE, SOCK_KEEPOPEN },  { SO_PASSSEC, SOCK_PASSSEC },
		{ SO_WIFI_STATUS, SOCK_WIFI_STATUS }, { SO_RCVMARK, SOCK_RCVMARK },
		{ SO_PREFER_BUSY_POLL, SOCK_PREFER_BUSY_POLL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		if (flags[i].optname != optname)
			continue;
		if (optname == SO_DONTROUTE)
			sk_dst_reset(sk);
		if (optname == SO_KEEPALIVE && sk->sk_prot->keepalive)
			sk->sk_prot->keepalive(sk, on);
		sock_valbool_flag(sk, flags[i].flag, on);
		return 0;
	}
	return NOT_MINE;
}

static int set_buffers(struct sock *sk, int optname, int val)
{
	const struct netns_core *core = &sock_net(sk)->core;

	switch (optname) {
	case SO_SNDBUF: set_sndbuf(sk, capped(val, core->sysctl_wmem_max)); return 0;
	case SO_SNDBUFFORCE: set_sndbuf(sk, val); return 0;
	case SO_RCVBUF: set_rcvbuf(sk, capped(val, core->sysctl_rmem_max)); return 0;
	case SO_RCVBUFFORCE: set_rcvbuf(sk, val); return 0;
	case SO_RCVLOWAT:
		if (val < 0)
			val = INT_MAX;
		if (sk->sk_prot->set_rcvlowat)
			return sk->sk_prot->set_rcvlowat(sk, val);
		sk->sk_rcvlowat = val ? val : 1;
		return 0;
	case SO_BUF_LOCK:
		if (val & ~(SOCK_SNDBUF_LOCK | SOCK_RCVBUF_LOCK))
			return -EINVAL;
		sk->sk_userlocks =
			(u8)((sk->sk_userlocks & ~(SOCK_SNDBUF_LOCK | SOCK_RCVBUF_LOCK)) | val);
		return 0;
	default: return NOT_MINE;
	}
}

static int set_pacing_rate(struct sock *sk, sockptr_t optval, unsigned int optlen, int val)
{
	u64 rate = (u32)val == ~0u ? ~0ull : (u32)val; /* bytes a second */

	if (optlen >= sizeof(rate) && copy_from_sockptr(&rate, optval, sizeof(rate)))
		return -EFAULT;
	if (rate != ~0ull && sk->sk_pacing_status == SK_PACING_NONE)
		sk->sk_pacing_status = SK_PACING_NEEDED;
	sk->sk_max_pacing_rate = rate;
	sk->sk_pacing_rate = min(sk->sk_pacing_rate, rate);
	return 0;
}

/* set_zerocopy - TCP and UDP: sendmsg then takes MSG_ZEROCOPY, copies all the same, and says so when it
 * is done. */
static int set_zerocopy(struct sock *sk, int val)
{
	bool tcp = sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP;
	bool udp = sk->sk_type == SOCK_DGRAM && sk->sk_protocol == IPPROTO_UDP;

	if (sk->sk_family != PF_INET || !(tcp || udp))
		return -EOPNOTSUPP;
	if (val < 0 || val > 1)
		return -EINVAL;
	sock_valbool_flag(sk, SOCK_ZEROCOPY, val);
	return 0;
}

static int set_timestamping(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen, int val)
{
	struct so_timestamping ts = { .flags = val };

	if (optlen == sizeof(ts) && copy_from_sockptr(&ts, optval, sizeof(ts)))
		return -EFAULT;
	return sock_set_timestamping(sk, optname, (u32)ts.flags);
}

/* set_txtime - SO_TXTIME. Whatever the clock, it is the monotonic one that fq goes by. */
static int set_txtime(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct sock_txtime txtime;

	if (optlen != sizeof(txtime))
		return -EINVAL;
	if (copy_from_sockptr(&txtime, optval, sizeof(txtime)))
		return -EFAULT;
	if (txtime.flags & ~SOF_TXTIME_FLAGS_MASK)
		return -EINVAL;
	sock_set_flag(sk, SOCK_TXTIME);
	sk->sk_clockid = txtime.clockid;
	sk->sk_txtime_flags = txtime.flags;
	return 0;
}

/* set_machine - options about processors, queues and memory that one machine with one processor takes and
 * has no use for. */
static int set_machine(struct sock *sk, int optname, int val)
{
	switch (optname) {
	case SO_BUSY_POLL:
		if (val < 0)
			return -EINVAL;
		sk->sk_ll_usec = (unsigned int)val;
		return 0;
	case SO_BUSY_POLL_BUDGET:
		if (val < 0 || val > 0xffff)
			return -EINVAL;
		sk->sk_busy_poll_budget = (u16)val;
		return 0;
	case SO_RESERVE_MEM: /* of a control group, and there is none */ return val < 0 ? -EINVAL : -EOPNOTSUPP;
	case SO_TXREHASH: /* -1: as usual, on */
		if (val < -1 || val > 1)
			return -EINVAL;
		sk->sk_txrehash = val != 0;
		return 0;
	case SO_INCOMING_CPU: sk->sk_incoming_cpu = val; return 0;
	default: return NOT_MINE;
	}
}

static int set_int(struct socket *sock, int optname, int val)
{
	struct sock *sk = sock->sk;

	switch (optname) {
	case SO_REUSEADDR: sk->sk_reuse = val ? SK_CAN_REUSE : 0; return 0;
	case SO_REUSEPORT:
		if (val && sk->sk_family != PF_INET) /* nobody else has ports */
			return -EOPNOTSUPP;
		sk->sk_reuseport = !!val;
		return 0;
	case SO_NO_CHECK: sk->sk_no_check_tx = !!val; return 0;
	case SO_PRIORITY: sk->sk_priority = (u32)val; return 0;
	case SO_MARK:
		if (sk->sk_mark != (u32)val) {
			sk->sk_mark = (u32)val;
			sk_dst_reset(sk);
		}
		return 0;
	case SO_BSDCOMPAT: /* obsolete, and without effect as in Linux */ return 0;
	case SO_CNX_ADVICE: /* what the route does is no good: look for another */
		if (val == 1)
			sk_dst_reset(sk);
		return 0;
	case SO_TIMESTAMP_OLD:
	case SO_TIMESTAMP_NEW:
	case SO_TIMESTAMPNS_OLD:
	case SO_TIMESTAMPNS_NEW: return set_timestamp(sk, optname, !!val);
	case SO_PEEK_OFF:
		return sock->ops->set_peek_off ? sock->ops->set_peek_off(sk, val) : -EOPNOTSUPP;
	case SO_ZEROCOPY: return set_zerocopy(sk, val);
	case SO_BINDTOIFINDEX: return set_bindtoifindex(sk, val);
	case SO_DETACH_FILTER: return sk_detach_filter(sk);
	case SO_DETACH_REUSEPORT_BPF: return reuseport_detach_prog(sk);
	case SO_LOCK_FILTER: /* for good */
		if (!val && sock_flag(sk, SOCK_FILTER_LOCKED))
			return -EPERM;
		sock_valbool_flag(sk, SOCK_FILTER_LOCKED, val);
		return 0;
	case SO_TYPE:
	case SO_PROTOCOL:
	case SO_DOMAIN:
	case SO_ERROR:
	default: return -ENOPROTOOPT;
	}
}

int sock_set_filter(struct sock *sk, int optname, unsigned int len, sockptr_t insns)
{
	int err;

	if (optname == SO_ATTACH_FILTER)
		return sk_attach_filter(sk, len, insns);
	lock_sock(sk);
	err = reuseport_attach_prog(sk, len, insns);
	release_sock(sk);
	return err;
}

/* set_filter - SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF. */
static int set_filter(struct sock *sk, int optname, sockptr_t optval, unsigned int optlen)
{
	unsigned int len;
	sockptr_t insns;
	int err = sk_copy_fprog(optval, optlen, &len, &insns);

	return err ? err : sock_set_filter(sk, optname, len, insns);
}

/* set_bpf - SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_EBPF: no descriptor here is a program's. -EBADF, -EINVAL, -EFAULT. */
static int set_bpf(sockptr_t optval, unsigned int optlen)
{
	struct file *file;
	int fd;

	if (optlen != sizeof(fd))
		return -EINVAL;
	if (copy_from_sockptr(&fd, optval, sizeof(fd)))
		return -EFAULT;
	file = fget(fd);
	if (!file)
		return -EBADF;
	fput(file);
	return -EINVAL;
}

int sock_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
		    unsigned int optlen)
{
	struct sock *sk = sock->sk;
	int val, err;

	if (optname == SO_BINDTODEVICE) {
		lock_sock(sk);
		err = set_bindtodevice(sk, optval, optlen);
		release_sock(sk);
		return err;
	}
	if (optlen < sizeof(int))
		return -EINVAL;
	if (optname == SO_ATTACH_FILTER || optname == SO_ATTACH_REUSEPORT_CBPF)
		return set_filter(sk, optname, optval, optlen);
	if (optname == SO_ATTACH_BPF || optname == SO_ATTACH_REUSEPORT_EBPF)
		return set_bpf(optval, optlen);
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	lock_sock(sk);
	switch (optname) {
	case SO_LINGER: err = set_linger(sk, optval, optlen); break;
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW: err = set_timeout(&sk->sk_rcvtimeo, optval, optlen); break;
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW: err = set_timeout(&sk->sk_sndtimeo, optval, optlen); break;
	case SO_MAX_PACING_RATE: err = set_pacing_rate(sk, optval, optlen, val); break;
	case SO_TXTIME: err = set_txtime(sk, optval, optlen); break;
	case SO_TIMESTAMPING_OLD:
	case SO_TIMESTAMPING_NEW: err = set_timestamping(sk, optname, optval, optlen, val); break;
	default:
		err = set_flag(sk, optname, !!val);
		if (err == NOT_MINE)
			err = set_buffers(sk, optname, val);
		if (err == NOT_MINE)
			err = set_machine(sk, optname, val);
		if (err == NOT_MINE)
			err = set_int(sock, optname, val);
	}
	release_sock(sk);
	return err;
}

/* ---- get ---- */

union sockopt_value {
	int val;
	u64 val64;
	struct linger ling;
	struct timeval tm;
	struct ucred cred;
	struct so_timestamping tstamp;
	struct sock_txtime txtime;
	u32 meminfo[9]; /* SK_MEMINFO_x */
};

static void get_timeout(struct timeval *tv, long timeo)
{
	if (timeo == MAX_SCHEDULE_TIMEOUT) {
		*tv = (struct timeval){ 0, 0 };
		return;
	}
	tv->tv_sec = timeo / HZ;
	tv->tv_usec = timeo % HZ * (long)(USEC_PER_SEC / HZ);
}

u64 sock_gen_cookie(struct sock *sk)
{
	while (!sk->sk_cookie)
		sk->sk_cookie = get_random_u64();
	return sk->sk_cookie;
}

void sock_meminfo(struct sock *sk, u32 *m)
{
	m[0] = (u32)sk_rmem_alloc_get(sk);
	m[1] = (u32)sk->sk_rcvbuf;
	m[2] = (u32)sk_wmem_alloc_get(sk);
	m[3] = (u32)sk->sk_sndbuf;
	m[4] = (u32)sk->sk_forward_alloc;
	m[5] = (u32)sk->sk_wmem_queued;
	m[6] = (u32)atomic_read(&sk->sk_omem_alloc);
	m[7] = (u32)sk->sk_backlog.len;
	m[8] = (u32)atomic_read(&sk->sk_drops);
}

/* get_state - options that are one int of the sock's state; false if @optname is none. */
static bool get_state(struct socket *sock, int optname, int *val)
{
	struct sock *sk = sock->sk;

	switch (optname) {
	case SO_DEBUG: *val = sock_flag(sk, SOCK_DBG); return true;
	case SO_DONTROUTE: *val = sock_flag(sk, SOCK_LOCALROUTE); return true;
	case SO_BROADCAST: *val = sock_flag(sk, SOCK_BROADCAST); return true;
	case SO_OOBINLINE: *val = sock_flag(sk, SOCK_URGINLINE); return true;
	case SO_PASSCRED: *val = sock_flag(sk, SOCK_PASSCRED); return true;
	case SO_RXQ_OVFL: *val = sock_flag(sk, SOCK_RXQ_OVFL); return true;
	case SO_NOFCS: *val = sock_flag(sk, SOCK_NOFCS); return true;
	case SO_SELECT_ERR_QUEUE: *val = sock_flag(sk, SOCK_SELECT_ERR_QUEUE); return true;
	case SO_LOCK_FILTER: *val = sock_flag(sk, SOCK_FILTER_LOCKED); return true;
	case SO_ZEROCOPY: *val = sock_flag(sk, SOCK_ZEROCOPY); return true;
	case SO_KEEPALIVE: *val = sock_flag(sk, SOCK_KEEPOPEN); return true;
	case SO_REUSEADDR: *val = sk->sk_reuse; return true;
	case SO_REUSEPORT: *val = sk->sk_reuseport; return true;
	case SO_SNDBUF: *val = sk->sk_sndbuf; return true;
	case SO_RCVBUF: *val = sk->sk_rcvbuf; return true;
	case SO_BUF_LOCK:
		*val = sk->sk_userlocks & (SOCK_SNDBUF_LOCK | SOCK_RCVBUF_LOCK);
		return true;
	case SO_RCVLOWAT: *val = sk->sk_rcvlowat; return true;
	case SO_SNDLOWAT: *val = 1; return true;
	case SO_TYPE: *val = sk->sk_type; return true;
	case SO_PROTOCOL: *val = sk->sk_protocol; return true;
	case SO_DOMAIN: *val = sk->sk_family; return true;
	case SO_NO_CHECK: *val = sk->sk_no_check_tx; return true;
	case SO_PRIORITY: *val = (int)sk->sk_priority; return true;
	case SO_MARK: *val = (int)sk->sk_mark; return true;
	case SO_BSDCOMPAT: *val = 0; return true;
	case SO_INCOMING_CPU: *val = sk->sk_incoming_cpu; return true;
	case SO_BUSY_POLL: *val = (int)sk->sk_ll_usec; return true;
	case SO_PREFER_BUSY_POLL: *val = sock_flag(sk, SOCK_PREFER_BUSY_POLL); return true;
	case SO_RESERVE_MEM: *val = 0; return true;
	case SO_TXREHASH: *val = sk->sk_txrehash; return true;
	case SO_PASSSEC: *val = sock_flag(sk, SOCK_PASSSEC); return true;
	case SO_WIFI_STATUS: *val = sock_flag(sk, SOCK_WIFI_STATUS); return true;
	case SO_RCVMARK: *val = sock_flag(sk, SOCK_RCVMARK); return true;
	case SO_INCOMING_NAPI_ID: *val = 0; return true;
	case SO_BPF_EXTENSIONS: *val = SKF_AD_MAX; return true;
	case SO_ACCEPTCONN: *val = sk->sk_state == TCP_LISTEN; return true;
	case SO_BINDTOIFINDEX: *val = sk->sk_bound_dev_if; return true;
	case SO_TIMESTAMP_OLD:
	case SO_TIMESTAMP_NEW:
		*val = sock_flag(sk, SOCK_RCVTSTAMP) && !sock_flag(sk, SOCK_RCVTSTAMPNS) &&
		       sock_flag(sk, SOCK_TSTAMP_NEW) == (optname == SO_TIMESTAMP_NEW);
		return true;
	case SO_TIMESTAMPNS_OLD:
	case SO_TIMESTAMPNS_NEW:
		*val = sock_flag(sk, SOCK_RCVTSTAMPNS) &&
		       sock_flag(sk, SOCK_TSTAMP_NEW) == (optname == SO_TIMESTAMPNS_NEW);
		return true;
	case SO_ERROR:
		*val = -sock_error(sk);
		if (!*val) {
			*val = sk->sk_err_soft;
			sk->sk_err_soft = 0;
		}
		return true;
	default: return false;
	}
}

/* get_value - options of other types: the length of the value, or -ENOPROTOOPT, -EOPNOTSUPP,
 * -EINVAL. @len is the room given. */
static int get_value(struct socket *sock, int optname, union sockopt_value *v, int len)
{
	struct sock *sk = sock->sk;

	switch (optname) {
	case SO_LINGER:
		v->ling.l_onoff = sock_flag(sk, SOCK_LINGER);
		v->ling.l_linger = (int)(sk->sk_lingertime / HZ);
		return sizeof(v->ling);
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW: get_timeout(&v->tm, sk->sk_rcvtimeo); return sizeof(v->tm);
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW: get_timeout(&v->tm, sk->sk_sndtimeo); return sizeof(v->tm);
	case SO_PEERCRED: v->cred = sk->sk_peer_cred; return sizeof(v->cred);
	case SO_PEEK_OFF:
		if (!sock->ops->set_peek_off)
			return -EOPNOTSUPP;
		v->val = sk->sk_peek_off;
		return sizeof(v->val);
	case SO_MAX_PACING_RATE:
		if (len >= (int)sizeof(v->val64)) {
			v->val64 = sk->sk_max_pacing_rate;
			return sizeof(v->val64);
		}
		v->val = (int)(u32)min_t(u64, sk->sk_max_pacing_rate, ~0u);
		return sizeof(v->val);
	case SO_COOKIE:
		if (len < (int)sizeof(v->val64))
			return -EINVAL;
		v->val64 = sock_gen_cookie(sk);
		return sizeof(v->val64);
	case SO_NETNS_COOKIE:
		if (len != (int)sizeof(v->val64))
			return -EINVAL;
		v->val64 = (u64)sock_net(sk)->id + 1;
		return sizeof(v->val64);
	case SO_TIMESTAMPING_OLD:
	case SO_TIMESTAMPING_NEW:
		if (optname == SO_TIMESTAMPING_OLD || sock_flag(sk, SOCK_TSTAMP_NEW))
			v->tstamp.flags = (int)sk->sk_tsflags;
		return sizeof(v->tstamp);
	case SO_TXTIME:
		v->txtime = (struct sock_txtime){ sk->sk_clockid, sk->sk_txtime_flags };
		return sizeof(v->txtime);
	case SO_MEMINFO: sock_meminfo(sk, v->meminfo); return sizeof(v->meminfo);
	default: return -ENOPROTOOPT;
	}
}

/* get_bindtodevice - the name with its NUL, nothing if none. 0 or -errno; *len is what was written.
 */
static int get_bindtodevice(struct sock *sk, sockptr_t optval, int *len)
{
	struct net_device *dev;

	if (!sk->sk_bound_dev_if) {
		*len = 0;
		return 0;
	}
	if (*len < IFNAMSIZ)
		return -EINVAL;
	dev = __dev_get_by_index(sock_net(sk), sk->sk_bound_dev_if);
	if (!dev)
		return -ENODEV;
	*len = (int)strlen(dev->name) + 1;
	return copy_to_sockptr(optval, dev->name, (size_t)*len);
}

/* get_peername - SO_PEERNAME. 0 or -errno. */
static int get_peername(struct socket *sock, sockptr_t optval, int *len)
{
	struct sockaddr_storage addr;
	int n = sock->ops->getname(sock, (struct sockaddr *)&addr, 2);

	if (n < 0)
		return -ENOTCONN;
	if (n < *len)
		return -EINVAL;
	return copy_to_sockptr(optval, &addr, (size_t)*len);
}

/* get_filter - SO_GET_FILTER, whose length is in instructions. 0 or -errno. */
static int get_filter(struct sock *sk, sockptr_t optval, int *len)
{
	int n;

	lock_sock(sk);
	n = sk_get_filter(sk, optval, (unsigned int)*len);
	release_sock(sk);
	if (n < 0)
		return n;
	*len = n;
	return 0;
}

int sock_getsockopt(struct socket *sock, int level, int optname, sockptr_t optval, sockptr_t optlen)
{
	union sockopt_value v;
	int len, lv = sizeof(int), err;

	if (copy_from_sockptr(&len, optlen, sizeof(len)))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	memset(&v, 0, sizeof(v));
	if (optname == SO_BINDTODEVICE || optname == SO_PEERNAME || optname == SO_GET_FILTER) {
		err = optname == SO_PEERNAME	 ? get_peername(sock, optval, &len)
		      : optname == SO_GET_FILTER ? get_filter(sock->sk, optval, &len)
						 : get_bindtodevice(sock->sk, optval, &len);
		if (err)
			return err;
		return copy_to_sockptr(optlen, &len, sizeof(len));
	}
	if (!get_state(sock, optname, &v.val)) {
		lv = get_value(sock, optname, &v, len);
		if (lv < 0)
			return lv;
	}
	len = min(len, lv);
	if (copy_to_sockptr(optval, &v, (size_t)len))
		return -EFAULT;
	return copy_to_sockptr(optlen, &len, sizeof(len));
}
