/* SPDX-License-Identifier: MIT */
/* sysprobe: socket options. */
#include <netinet/tcp.h>
#include <sys/time.h>
#include <unistd.h>

#include "probe_internal.h"

static long set_int(int fd, int level, int name, int value)
{
	return sock(SETSOCKOPT, fd, level, name, &value, sizeof(value));
}

/* The option's value, or -errno. */
static long get_int(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);
	long err = sock(GETSOCKOPT, fd, level, name, &value, &len);

	return err ? err : value;
}

static void flags(int fd)
{
	static const struct {
		int level, name;
		const char *text;
	} options[] = {
		{ SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR" },
		{ SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE" },
		{ SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST" },
		{ SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE" },
		{ SOL_SOCKET, SO_DONTROUTE, "SO_DONTROUTE" },
		{ SOL_TCP, TCP_NODELAY, "TCP_NODELAY" },
		{ SOL_TCP, TCP_CORK, "TCP_CORK" },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		int level = options[i].level;
		int name = options[i].name;

		check(get_int(fd, level, name) == 0 && set_int(fd, level, name, 1) == 0 &&
			      get_int(fd, level, name) == 1 && set_int(fd, level, name, 0) == 0 &&
			      get_int(fd, level, name) == 0,
		      options[i].text);
	}
}

static void facts(int tcp, int udp, int listener)
{
	is("SO_TYPE: stream", get_int(tcp, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	is("SO_TYPE: datagram", get_int(udp, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
	is("SO_DOMAIN", get_int(tcp, SOL_SOCKET, SO_DOMAIN), AF_INET);
	is("SO_PROTOCOL: TCP", get_int(tcp, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
	is("SO_PROTOCOL: UDP", get_int(udp, SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDP);
	is("SO_ERROR", get_int(tcp, SOL_SOCKET, SO_ERROR), 0);
	is("SO_ACCEPTCONN: no", get_int(tcp, SOL_SOCKET, SO_ACCEPTCONN), 0);
	is("SO_ACCEPTCONN: yes", get_int(listener, SOL_SOCKET, SO_ACCEPTCONN), 1);
	is("SO_TYPE cannot be set", set_int(tcp, SOL_SOCKET, SO_TYPE, 1), -ENOPROTOOPT);
	is("SO_ERROR cannot be set", set_int(tcp, SOL_SOCKET, SO_ERROR, 1), -ENOPROTOOPT);
	is("unknown option", set_int(tcp, SOL_SOCKET, 9999, 1), -ENOPROTOOPT);
	is("unknown option, get", get_int(tcp, SOL_SOCKET, 9999), -ENOPROTOOPT);
	is("unknown level", set_int(tcp, 9999, 1, 1), -ENOPROTOOPT);
	is("unknown level, get", get_int(tcp, 9999, 1), -EOPNOTSUPP);
	is("TCP's option on UDP", set_int(udp, SOL_TCP, TCP_NODELAY, 1), -ENOPROTOOPT);
	is("option of no descriptor", set_int(998, SOL_SOCKET, SO_REUSEADDR, 1), -EBADF);
	is("option of a file", set_int(STDOUT_FILENO, SOL_SOCKET, SO_REUSEADDR, 1), -ENOTSOCK);
}

static void lengths(int fd)
{
	char room[8];
	int value = 1;
	socklen_t len = 2;

	is("setsockopt: short value", sock(SETSOCKOPT, fd, SOL_SOCKET, SO_KEEPALIVE, &value, 3),
	   -EINVAL);
	is("setsockopt: negative length",
	   sock(SETSOCKOPT, fd, SOL_SOCKET, SO_KEEPALIVE, &value, -1), -EINVAL);
	memset(room, 0x55, sizeof(room));
	is("getsockopt: little room", sock(GETSOCKOPT, fd, SOL_SOCKET, SO_TYPE, room, &len), 0);
	check(len == 2 && room[0] == SOCK_STREAM && room[1] == 0 && room[2] == 0x55,
	      "getsockopt: cut to the room");
	len = 100;
	is("getsockopt: much room", sock(GETSOCKOPT, fd, SOL_SOCKET, SO_TYPE, room, &len), 0);
	is("getsockopt: tells the length", len, 4);
	len = (socklen_t)-1;
	is("getsockopt: negative room", sock(GETSOCKOPT, fd, SOL_SOCKET, SO_TYPE, room, &len),
	   -EINVAL);
	len = 0;
	is("getsockopt: no room", sock(GETSOCKOPT, fd, SOL_SOCKET, SO_TYPE, room, &len), 0);
}

static void buffers(int fd)
{
	is("SO_RCVBUF", set_int(fd, SOL_SOCKET, SO_RCVBUF, 20000), 0);
	is("SO_RCVBUF is doubled", get_int(fd, SOL_SOCKET, SO_RCVBUF), 40000);
	is("SO_SNDBUF", set_int(fd, SOL_SOCKET, SO_SNDBUF, 30000), 0);
	is("SO_SNDBUF is doubled", get_int(fd, SOL_SOCKET, SO_SNDBUF), 60000);
	is("SO_RCVBUF: tiny", set_int(fd, SOL_SOCKET, SO_RCVBUF, 1), 0);
	check(get_int(fd, SOL_SOCKET, SO_RCVBUF) >= 2048, "SO_RCVBUF has a minimum");
	is("SO_RCVBUF: negative", set_int(fd, SOL_SOCKET, SO_RCVBUF, -5), 0);
	check(get_int(fd, SOL_SOCKET, SO_RCVBUF) >= 2048, "SO_RCVBUF is never negative");
	is("SO_RCVLOWAT: 0", set_int(fd, SOL_SOCKET, SO_RCVLOWAT, 0), 0);
	is("SO_RCVLOWAT is at least 1", get_int(fd, SOL_SOCKET, SO_RCVLOWAT), 1);
}

static void timeouts(int fd)
{
	struct timeval tv = { .tv_sec = 2, .tv_usec = 500000 };
	struct linger linger = { .l_onoff = 1, .l_linger = 7 };
	socklen_t len = sizeof(tv);

	is("SO_RCVTIMEO", sock(SETSOCKOPT, fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)), 0);
	memset(&tv, 0, sizeof(tv));
	is("SO_RCVTIMEO: get", sock(GETSOCKOPT, fd, SOL_SOCKET, SO_RCVTIMEO, &tv, &len), 0);
	check(len == sizeof(tv) && tv.tv_sec == 2 && tv.tv_usec == 500000,
	      "SO_RCVTIMEO: as it was set");
	tv.tv_usec = 1000000;
	is("SO_SNDTIMEO: a second of microseconds",
	   sock(SETSOCKOPT, fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)), -EDOM);
	is("SO_SNDTIMEO: short", sock(SETSOCKOPT, fd, SOL_SOCKET, SO_SNDTIMEO, &tv, 4), -EINVAL);
	is("SO_LINGER", sock(SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	memset(&linger, 0, sizeof(linger));
	len = sizeof(linger);
	sock(GETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, &linger, &len);
	check(len == 8 && linger.l_onoff == 1 && linger.l_linger == 7, "SO_LINGER: as it was set");
	linger.l_onoff = 0;
	sock(SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	is("SO_LINGER: short", sock(SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, &linger, 4), -EINVAL);
}

static void of_tcp(int fd, int connected)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	is("TCP_KEEPIDLE: 0", set_int(fd, SOL_TCP, TCP_KEEPIDLE, 0), -EINVAL);
	is("TCP_KEEPIDLE", set_int(fd, SOL_TCP, TCP_KEEPIDLE, 77), 0);
	is("TCP_KEEPIDLE: as it was set", get_int(fd, SOL_TCP, TCP_KEEPIDLE), 77);
	is("TCP_KEEPINTVL: too long", set_int(fd, SOL_TCP, TCP_KEEPINTVL, 40000), -EINVAL);
	is("TCP_KEEPCNT: too many", set_int(fd, SOL_TCP, TCP_KEEPCNT, 128), -EINVAL);
	is("TCP: unknown option", set_int(fd, SOL_TCP, 9999, 1), -ENOPROTOOPT);
	is("TCP_NODELAY: short", sock(SETSOCKOPT, fd, SOL_TCP, TCP_NODELAY, &info, 2), -EINVAL);
	memset(&info, 0xff, sizeof(info));
	is("TCP_INFO", sock(GETSOCKOPT, connected, SOL_TCP, TCP_INFO, &info, &len), 0);
	is("TCP_INFO: state", info.tcpi_state, TCP_ESTABLISHED);
	check(info.tcpi_snd_mss > 500 && info.tcpi_snd_cwnd > 0 && info.tcpi_rto > 0,
	      "TCP_INFO: figures");
	memset(&info, 0x55, sizeof(info));
	len = 1;
	is("TCP_INFO: little room", sock(GETSOCKOPT, connected, SOL_TCP, TCP_INFO, &info, &len), 0);
	check(len == 1 && info.tcpi_state == TCP_ESTABLISHED && info.tcpi_ca_state == 0x55,
	      "TCP_INFO: cut to the room");
	check(get_int(connected, SOL_TCP, TCP_MAXSEG) > 500, "TCP_MAXSEG");
}

static void of_ip(int fd)
{
	unsigned char byte = 33;

	is("IP_TTL", set_int(fd, SOL_IP, IP_TTL, 44), 0);
	is("IP_TTL: as it was set", get_int(fd, SOL_IP, IP_TTL), 44);
	is("IP_TTL: 0", set_int(fd, SOL_IP, IP_TTL, 0), -EINVAL);
	is("IP_TTL: 256", set_int(fd, SOL_IP, IP_TTL, 256), -EINVAL);
	is("IP_TTL: a byte", sock(SETSOCKOPT, fd, SOL_IP, IP_TTL, &byte, 1), 0);
	is("IP_TTL: the byte", get_int(fd, SOL_IP, IP_TTL), 33);
	is("IP_TTL: default again", set_int(fd, SOL_IP, IP_TTL, -1), 0);
	is("IP_TTL: the default", get_int(fd, SOL_IP, IP_TTL), 64);
	is("IP_TOS", set_int(fd, SOL_IP, IP_TOS, 0x10), 0);
	is("IP_TOS: as it was set", get_int(fd, SOL_IP, IP_TOS), 0x10);
	is("IP_PKTINFO", set_int(fd, SOL_IP, IP_PKTINFO, 1), 0);
	is("IP_PKTINFO: as it was set", get_int(fd, SOL_IP, IP_PKTINFO), 1);
	is("IP: unknown option", set_int(fd, SOL_IP, 9999, 1), -ENOPROTOOPT);
}

void probe_options(void)
{
	int tcp = (int)sock(SOCKET, AF_INET, SOCK_STREAM, 0);
	int udp = (int)sock(SOCKET, AF_INET, SOCK_DGRAM, 0);
	int listener = tcp_listener();
	int pair[2];

	tcp_pair(pair);
	flags(tcp);
	facts(tcp, udp, listener);
	lengths(tcp);
	buffers(tcp);
	timeouts(tcp);
	of_tcp(tcp, pair[0]);
	of_ip(udp);
	close(tcp);
	close(udp);
	close(listener);
	close(pair[0]);
	close(pair[1]);
}
