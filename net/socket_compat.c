/* SPDX-License-Identifier: MIT */
/* The socket calls of 32-bit programs where structures differ: socketcall's words, control
 * messages, timeouts, ioctls. Book section 12.10.3. */
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <uapi/route.h>
#include <uapi/time.h>

#include "socket_internal.h"

long compat_sys_socketcall(int call, u32 __user *args)
{
	unsigned int n = socketcall_nargs(call), i;
	unsigned long a[6] = { 0 };
	u32 words[6];

	if (!n)
		return -EINVAL;
	if (copy_from_user(words, args, n * sizeof(words[0])))
		return -EFAULT;
	for (i = 0; i < n; i++)
		a[i] = words[i];
	return do_socketcall(call, a, true);
}

/* ---- control messages ---- */

/* next_compat - the header of the next message at *at; 1, 0 at the end, -EFAULT, -EINVAL. */
static int next_compat(const char __user *uctl, size_t ulen, size_t at, struct compat_cmsghdr *cm)
{
	if (at > ulen || ulen - at < sizeof(*cm))
		return 0;
	if (copy_from_user(cm, uctl + at, sizeof(*cm)))
		return -EFAULT;
	return cm->cmsg_len < sizeof(*cm) || cm->cmsg_len > ulen - at ? -EINVAL : 1;
}

int cmsghdr_from_compat(struct sock *sk, const void __user *ucontrol, size_t ulen, void **control,
			size_t *len)
{
	const char __user *uctl = ucontrol;
	struct compat_cmsghdr cm;
	size_t at, to, need = 0;
	char *out;
	int rc;

	for (at = 0; (rc = next_compat(uctl, ulen, at, &cm)) > 0;
	     at += CMSG_COMPAT_ALIGN(cm.cmsg_len))
		need += CMSG_SPACE(cm.cmsg_len - sizeof(cm));
	if (rc < 0)
		return rc;
	if (!need)
		return -EINVAL;
	out = sock_kmalloc(sk, need, GFP_KERNEL);
	if (!out)
		return -ENOBUFS;
	memset(out, 0, need);
	*control = out;
	*len = need;
	/* Ring 3 may have changed it since: the second reading is checked against the room that the
	 * first one made. */
	for (at = to = 0; (rc = next_compat(uctl, ulen, at, &cm)) > 0;
	     at += CMSG_COMPAT_ALIGN(cm.cmsg_len)) {
		struct cmsghdr *h = (struct cmsghdr *)(out + to);
		size_t data = cm.cmsg_len - sizeof(cm);

		if (CMSG_SPACE(data) > need - to)
			return -EINVAL;
		h->cmsg_len = CMSG_LEN(data);
		h->cmsg_level = cm.cmsg_level;
		h->cmsg_type = cm.cmsg_type;
		if (copy_from_user(CMSG_DATA(h), uctl + at + sizeof(cm), data))
			return -EFAULT;
		to += CMSG_SPACE(data);
	}
	return rc < 0 ? rc : to == need ? 0 : -EINVAL;
}

/* ---- options with times ---- */

static bool is_old_timeout(int level, int optname)
{
	return level == SOL_SOCKET && (optname == SO_RCVTIMEO_OLD || optname == SO_SNDTIMEO_OLD);
}

static long set_old_timeout(struct socket *sock, int optname, char __user *optval, int optlen)
{
	struct old_timeval32 tv32;
	struct timeval tv;

	if (optlen < (int)sizeof(tv32))
		return -EINVAL;
	if (copy_from_user(&tv32, optval, sizeof(tv32)))
		return -EFAULT;
	tv.tv_sec = tv32.tv_sec;
	tv.tv_usec = tv32.tv_usec;
	return sock_setsockopt(sock, SOL_SOCKET, optname, KERNEL_SOCKPTR(&tv), sizeof(tv));
}

static long get_old_timeout(struct socket *sock, int optname, char __user *optval,
			    int __user *optlen)
{
	struct old_timeval32 tv32;
	struct timeval tv;
	int len, whole = sizeof(tv);
	long err;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	err = sock_getsockopt(sock, SOL_SOCKET, optname, KERNEL_SOCKPTR(&tv),
			      KERNEL_SOCKPTR(&whole));
	if (err)
		return err;
	tv32.tv_sec = (s32)tv.tv_sec;
	tv32.tv_usec = (s32)tv.tv_usec;
	len = min_t(int, len, sizeof(tv32));
	if (copy_to_user(optval, &tv32, (size_t)len))
		return -EFAULT;
	return put_user(len, optlen);
}

long compat_sys_setsockopt(int fd, int level, int optname, char __user *optval, int optlen)
{
	struct socket *sock;
	struct fd f;
	int err;
	long ret;

	if (optlen < 0)
		return -EINVAL;
	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	if (is_old_timeout(level, optname))
		ret = set_old_timeout(sock, optname, optval, optlen);
	else
		ret = do_setsockopt(sock, level, optname, COMPAT_SOCKPTR(optval), optlen);
	fdput(f);
	return ret;
}

long compat_sys_getsockopt(int fd, int level, int optname, char __user *optval, int __user *optlen)
{
	struct socket *sock;
	struct fd f;
	int err;
	long ret;

	sock = sock_fdget(fd, &f, &err);
	if (!sock)
		return err;
	if (is_old_timeout(level, optname))
		ret = get_old_timeout(sock, optname, optval, optlen);
	else
		ret = do_getsockopt(sock, level, optname, COMPAT_SOCKPTR(optval),
				    USER_SOCKPTR(optlen));
	fdput(f);
	return ret;
}

/* ---- many messages ---- */

long compat_sys_sendmmsg(int fd, struct compat_mmsghdr __user *mmsg, unsigned int vlen,
			 unsigned int flags)
{
	return do_sendmmsg(fd, mmsg, vlen, flags, true);
}

long compat_sys_recvmmsg(int fd, struct compat_mmsghdr __user *mmsg, unsigned int vlen,
			 unsigned int flags, void __user *timeout)
{
	struct old_timespec32 t32;
	struct __kernel_timespec t;
	long n;

	if (!timeout)
		return do_recvmmsg(fd, mmsg, vlen, flags, NULL, true);
	if (copy_from_user(&t32, timeout, sizeof(t32)))
		return -EFAULT;
	t.tv_sec = t32.tv_sec;
	t.tv_nsec = t32.tv_nsec;
	n = do_recvmmsg(fd, mmsg, vlen, flags, &t, true);
	t32.tv_sec = (s32)t.tv_sec;
	t32.tv_nsec = (s32)t.tv_nsec;
	if (n > 0 && copy_to_user(timeout, &t32, sizeof(t32)))
		return -EFAULT;
	return n;
}

long compat_sys_recvmmsg_time64(int fd, struct compat_mmsghdr __user *mmsg, unsigned int vlen,
				unsigned int flags, void __user *timeout)
{
	struct __kernel_timespec t;
	long n;

	if (!timeout)
		return do_recvmmsg(fd, mmsg, vlen, flags, NULL, true);
	if (copy_from_user(&t, timeout, sizeof(t)))
		return -EFAULT;
	n = do_recvmmsg(fd, mmsg, vlen, flags, &t, true);
	if (n > 0 && copy_to_user(timeout, &t, sizeof(t)))
		return -EFAULT;
	return n;
}

/* ---- ioctls: each handler gets the native structure, in kernel memory ---- */

/* ifreq_ioctl - one request about an interface. */
static int ifreq_ioctl(struct socket *sock, unsigned int cmd, void __user *uptr)
{
	bool map = cmd == SIOCGIFMAP || cmd == SIOCSIFMAP;
	struct compat_ifreq c;
	struct ifreq ifr;
	int err;

	if (copy_from_user(&c, uptr, sizeof(c)))
		return -EFAULT;
	memset(&ifr, 0, sizeof(ifr));
	memcpy(&ifr, &c, sizeof(c)); /* what differs is the room behind, but for pointers */
	if (cmd == SIOCETHTOOL)
		ifr.ifr_data = (void *)(unsigned long)c.ifr_ifru.ifru_data;
	if (map) {
		struct compat_ifmap cm = c.ifr_ifru.ifru_map;

		ifr.ifr_map = (struct ifmap){ cm.mem_start, cm.mem_end, cm.base_addr,
					      cm.irq,	    cm.dma,	cm.port };
	}
	err = sock_do_ioctl(sock, cmd, (unsigned long)&ifr);
	if (err < 0)
		return err;
	memcpy(&c, &ifr, sizeof(c));
	if (map) {
		struct ifmap m = ifr.ifr_map;

		memset(&c.ifr_ifru, 0, sizeof(c.ifr_ifru));
		c.ifr_ifru.ifru_map = (struct compat_ifmap){
			(compat_ulong_t)m.mem_start,
			(compat_ulong_t)m.mem_end,
			m.base_addr,
			m.irq,
			m.dma,
			m.port,
		};
	}
	return copy_to_user(uptr, &c, sizeof(c)) ? -EFAULT : err;
}

/* ifconf_copy - what SIOCGIFCONF gave, in elements of 32-bit width; its bytes there, or -EFAULT. */
static int ifconf_copy(void __user *ubuf, const struct ifconf *ifc)
{
	int n = ifc->ifc_len / (int)sizeof(struct ifreq), i;
	char __user *to = ubuf;

	for (i = 0; i < n; i++)
		if (copy_to_user(to + (size_t)i * sizeof(struct compat_ifreq), &ifc->ifc_req[i],
				 sizeof(struct compat_ifreq)))
			return -EFAULT;
	return n * (int)sizeof(struct compat_ifreq);
}

static int ifconf_ioctl(struct socket *sock, void __user *uptr)
{
	struct compat_ifconf c;
	struct ifconf ifc = { .ifc_len = 0 };
	int err, n;

	if (copy_from_user(&c, uptr, sizeof(c)))
		return -EFAULT;
	if (c.ifcbuf) {
		n = clamp(c.ifc_len, 0, 65536) / (int)sizeof(struct compat_ifreq);
		ifc.ifc_len = n * (int)sizeof(struct ifreq);
		ifc.ifc_buf = kzalloc((size_t)max(ifc.ifc_len, 1), GFP_KERNEL);
		if (!ifc.ifc_buf)
			return -ENOMEM;
	}
	err = sock_do_ioctl(sock, SIOCGIFCONF, (unsigned long)&ifc);
	if (!err) {
		c.ifc_len =
			ifc.ifc_len / (int)sizeof(struct ifreq) * (int)sizeof(struct compat_ifreq);
		if (c.ifcbuf)
			err = min(ifconf_copy(compat_ptr(c.ifcbuf), &ifc), 0);
		if (!err && copy_to_user(uptr, &c, sizeof(c)))
			err = -EFAULT;
	}
	kfree(ifc.ifc_buf);
	return err;
}

static int route_ioctl(struct socket *sock, unsigned int cmd, void __user *uptr)
{
	struct compat_rtentry c;
	struct rtentry rt;
	char dev[IFNAMSIZ];
	long n;

	if (copy_from_user(&c, uptr, sizeof(c)))
		return -EFAULT;
	memset(&rt, 0, sizeof(rt));
	rt.rt_dst = c.rt_dst;
	rt.rt_gateway = c.rt_gateway;
	rt.rt_genmask = c.rt_genmask;
	rt.rt_flags = c.rt_flags;
	rt.rt_metric = c.rt_metric;
	rt.rt_mtu = c.rt_mtu;
	rt.rt_window = c.rt_window;
	rt.rt_irtt = c.rt_irtt;
	if (c.rt_dev) {
		n = strncpy_from_user(dev, compat_ptr(c.rt_dev), sizeof(dev) - 1);
		if (n < 0)
			return -EFAULT;
		dev[min_t(long, n, sizeof(dev) - 1)] = 0;
		rt.rt_dev = dev;
	}
	return sock_do_ioctl(sock, cmd, (unsigned long)&rt);
}

int compat_sock_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	void __user *uptr = (void __user *)arg;

	switch (cmd) {
	case SIOCADDRT:
	case SIOCDELRT: return route_ioctl(sock, cmd, uptr);
	case SIOCGIFCONF: return ifconf_ioctl(sock, uptr);
	case SIOCSARP: /* no member whose width differs */
	case SIOCGARP:
	case SIOCDARP: return sock_do_ioctl(sock, cmd, arg);
	default:
		if ((cmd >= SIOCGIFNAME && cmd < SIOCDARP) || cmd == SIOCGIFMAP ||
		    cmd == SIOCSIFMAP)
			return ifreq_ioctl(sock, cmd, uptr);
		return sock_do_ioctl(sock, cmd, arg);
	}
}
