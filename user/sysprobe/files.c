/* SPDX-License-Identifier: MIT */
/* sysprobe: sockets as files, descriptors, ioctl, and files themselves. */
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "probe_internal.h"

static char buf[256];

static void descriptors(void)
{
	int pair[2], copy;

	udp_pair(pair);
	is("fcntl: F_GETFL", fcntl(pair[0], F_GETFL), O_RDWR);
	is("fcntl: F_SETFL", fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
	is("fcntl: F_SETFL took it", fcntl(pair[0], F_GETFL), O_RDWR | O_NONBLOCK);
	is("recv: O_NONBLOCK", sock(RECV, pair[0], buf, 1, 0), -EAGAIN);
	is("fcntl: F_SETFL back", fcntl(pair[0], F_SETFL, 0), 0);
	is("fcntl: F_GETFD", fcntl(pair[0], F_GETFD), 0);
	is("fcntl: F_SETFD", fcntl(pair[0], F_SETFD, FD_CLOEXEC), 0);
	is("fcntl: F_SETFD took it", fcntl(pair[0], F_GETFD), FD_CLOEXEC);
	check(fcntl(pair[0], 12345) == -1 && errno == EINVAL, "fcntl: unknown command");
	copy = fcntl(pair[0], F_DUPFD, 100);
	is("fcntl: F_DUPFD from 100 on", copy, 100);
	is("fcntl: a copy has flags of its own", fcntl(copy, F_GETFD), 0);
	check(fcntl(pair[0], F_DUPFD, -1) == -1 && errno == EINVAL, "fcntl: F_DUPFD from nowhere");
	close(copy);
	copy = (int)bare(dup, pair[0]);
	check(copy > 2, "dup");
	is("close: the first name", bare(close, pair[0]), 0);
	is("send: by the second name", sock(SEND, copy, "x", 1, 0), 1);
	is("dup2: onto another", bare(dup2, copy, 120), 120);
	is("dup2: onto itself", bare(dup2, copy, copy), copy);
	is("dup2: from nothing", bare(dup2, 991, 121), -EBADF);
	is("dup2: to a negative one", bare(dup2, copy, -1), -EBADF);
	is("dup3: onto itself", bare(dup3, copy, copy, 0), -EINVAL);
	is("dup3: bad flags", bare(dup3, copy, 121, 1), -EINVAL);
	is("dup3", bare(dup3, copy, 121, O_CLOEXEC), 121);
	is("dup3: O_CLOEXEC", fcntl(121, F_GETFD), FD_CLOEXEC);
	close(120);
	close(121);
	close(copy);
	close(pair[1]);
}

static void controls(void)
{
	int tcp[2], udp[2];
	int n = -1, on = 1;

	tcp_pair(tcp);
	udp_pair(udp);
	is("FIONREAD: nothing", bare(ioctl, tcp[1], FIONREAD, &n), 0);
	is("FIONREAD: 0", n, 0);
	sock(SEND, tcp[0], "12345", 5, 0);
	wait_events(tcp[1], POLLIN);
	bare(ioctl, tcp[1], FIONREAD, &n);
	is("FIONREAD: bytes of a stream", n, 5);
	sock(SEND, udp[0], "123", 3, 0);
	sock(SEND, udp[0], "1234567", 7, 0);
	wait_events(udp[1], POLLIN);
	bare(ioctl, udp[1], FIONREAD, &n);
	is("FIONREAD: the next datagram", n, 3);
	is("FIONBIO", bare(ioctl, tcp[0], FIONBIO, &on), 0);
	is("FIONBIO took it", fcntl(tcp[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	is("SIOCOUTQ", bare(ioctl, udp[0], SIOCOUTQ, &n), 0);
	is("TCGETS: a socket is no terminal", bare(ioctl, tcp[0], TCGETS, buf), -ENOTTY);
	is("SIOCATMARK", bare(ioctl, tcp[1], SIOCATMARK, &n), 0);
	close(tcp[0]);
	close(tcp[1]);
	close(udp[0]);
	close(udp[1]);
}

static void interfaces(void)
{
	int fd = (int)sock(SOCKET, AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { .ifr_name = "lo" };
	struct ifconf ifc = { .ifc_len = sizeof(buf), .ifc_buf = buf };
	struct sockaddr_in *addr = (struct sockaddr_in *)&ifr.ifr_addr;

	is("SIOCGIFFLAGS", bare(ioctl, fd, SIOCGIFFLAGS, &ifr), 0);
	is("SIOCGIFFLAGS: lo", ifr.ifr_flags & (IFF_UP | IFF_LOOPBACK), IFF_UP | IFF_LOOPBACK);
	is("SIOCGIFADDR", bare(ioctl, fd, SIOCGIFADDR, &ifr), 0);
	check(addr->sin_family == AF_INET && ntohl(addr->sin_addr.s_addr) == INADDR_LOOPBACK,
	      "SIOCGIFADDR: lo");
	is("SIOCGIFNETMASK", bare(ioctl, fd, SIOCGIFNETMASK, &ifr), 0);
	is("SIOCGIFNETMASK: lo", (long)ntohl(addr->sin_addr.s_addr), (long)0xff000000UL);
	is("SIOCGIFINDEX", bare(ioctl, fd, SIOCGIFINDEX, &ifr), 0);
	check(ifr.ifr_ifindex > 0, "SIOCGIFINDEX: lo");
	is("SIOCGIFNAME", bare(ioctl, fd, SIOCGIFNAME, &ifr), 0);
	check(strcmp(ifr.ifr_name, "lo") == 0, "SIOCGIFNAME: back again");
	is("SIOCGIFMTU", bare(ioctl, fd, SIOCGIFMTU, &ifr), 0);
	check(ifr.ifr_mtu >= 16384, "SIOCGIFMTU: lo");
	is("SIOCGIFCONF", bare(ioctl, fd, SIOCGIFCONF, &ifc), 0);
	check(ifc.ifc_len >= (int)sizeof(ifr) && ifc.ifc_len % (int)sizeof(ifr) == 0,
	      "SIOCGIFCONF: some");
	strcpy(ifr.ifr_name, "nosuch0");
	is("SIOCGIFFLAGS: no such device", bare(ioctl, fd, SIOCGIFFLAGS, &ifr), -ENODEV);
	memset(ifr.ifr_name, 'n', sizeof(ifr.ifr_name));
	is("SIOCGIFADDR: a name without an end", bare(ioctl, fd, SIOCGIFADDR, &ifr), -ENODEV);
	close(fd);
}

static void as_files(void)
{
	int fd = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	struct utsname un;
	struct stat st;

	is("fstat: a socket", fstat(fd, &st), 0);
	check(S_ISSOCK(st.st_mode), "fstat: S_ISSOCK");
	check(lseek(fd, 0, SEEK_SET) == -1 && errno == ESPIPE, "lseek: a socket");
	close(fd);
	is("open: no such file", bare(open, "/no/such/file", O_RDONLY), -ENOENT);
	is("open: no name", bare(open, "", O_RDONLY), -ENOENT);
	fd = (int)bare(open, "/dev/null", O_RDWR | O_CLOEXEC);
	check(fd >= 0, "open: /dev/null");
	is("write: /dev/null", bare(write, fd, "x", 1), 1);
	is("read: /dev/null", bare(read, fd, buf, 1), 0);
	is("recv: a file", sock(RECV, fd, buf, 1, 0), -ENOTSOCK);
	close(fd);
	is("uname", bare(uname, &un), 0);
	check(un.sysname[0] && un.release[0], "uname: filled in");
	is("getrandom", bare(getrandom, buf, 16, 0), 16);
	is("getrandom: bad flags", bare(getrandom, buf, 16, 0x100), -EINVAL);
}

void probe_files(void)
{
	descriptors();
	controls();
	interfaces();
	as_files();
}
