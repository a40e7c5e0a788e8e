/* SPDX-License-Identifier: MIT */
/* The names that scripts may use for numbers, and the names of errors. */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "runner.h"

/* Connection states as tcpi_state tells them (linux/tcp.h does not name them). */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
};

#define N(x)          \
	{             \
#x, x \
	}

static const struct name {
	const char *name;
	long long value;
} names[] = {
	N(AF_INET),
	N(AF_UNSPEC),
	N(AF_INET6),
	N(AF_UNIX),
	N(PF_INET),
	N(SOCK_STREAM),
	N(SOCK_DGRAM),
	N(SOCK_RAW),
	N(SOCK_SEQPACKET),
	N(SOCK_NONBLOCK),
	N(SOCK_CLOEXEC),
	N(IPPROTO_IP),
	N(IPPROTO_TCP),
	N(IPPROTO_UDP),
	N(IPPROTO_ICMP),
	N(IPPROTO_RAW),
	N(INADDR_ANY),
	N(INADDR_LOOPBACK),
	N(INADDR_BROADCAST),
	N(SOL_SOCKET),
	{ "SOL_TCP", 6 },
	N(SOL_IP),
	{ "SOL_UDP", 17 },
	N(SO_REUSEADDR),
	N(SO_REUSEPORT),
	N(SO_ERROR),
	N(SO_LINGER),
	N(SO_KEEPALIVE),
	N(SO_OOBINLINE),
	N(SO_RCVBUF),
	N(SO_SNDBUF),
	N(SO_RCVLOWAT),
	N(SO_SNDLOWAT),
	N(SO_RCVTIMEO),
	N(SO_SNDTIMEO),
	N(SO_BROADCAST),
	N(SO_DONTROUTE),
	N(SO_TYPE),
	N(SO_ACCEPTCONN),
	N(SO_PRIORITY),
	N(SO_PROTOCOL),
	N(SO_DOMAIN),
	N(SO_TIMESTAMP),
	N(SO_NO_CHECK),
	N(SO_BINDTODEVICE),
	N(SO_RCVBUFFORCE),
	N(SO_SNDBUFFORCE),
	N(SO_MAX_PACING_RATE),
	N(SO_INCOMING_CPU),
	N(TCP_NODELAY),
	N(TCP_MAXSEG),
	N(TCP_CORK),
	N(TCP_KEEPIDLE),
	N(TCP_KEEPINTVL),
	N(TCP_KEEPCNT),
	N(TCP_SYNCNT),
	N(TCP_LINGER2),
	N(TCP_DEFER_ACCEPT),
	N(TCP_WINDOW_CLAMP),
	N(TCP_INFO),
	N(TCP_QUICKACK),
	N(TCP_CONGESTION),
	N(TCP_CC_INFO),
	N(TCP_USER_TIMEOUT),
	N(TCP_NOTSENT_LOWAT),
	N(TCP_FASTOPEN),
	N(TCP_FASTOPEN_CONNECT),
	N(TCP_FASTOPEN_KEY),
	N(TCP_FASTOPEN_NO_COOKIE),
	N(TCP_INQ),
	N(IP_TOS),
	N(IP_TTL),
	N(IP_MTU_DISCOVER),
	N(IP_PMTUDISC_DONT),
	N(IP_PMTUDISC_WANT),
	N(IP_PMTUDISC_DO),
	N(IP_PMTUDISC_PROBE),
	N(IP_PMTUDISC_INTERFACE),
	N(IP_PMTUDISC_OMIT),
	N(IP_MTU),
	N(IP_RECVERR),
	N(IP_RECVTTL),
	N(IP_RECVTOS),
	N(IP_PKTINFO),
	N(IP_ADD_MEMBERSHIP),
	N(IP_DROP_MEMBERSHIP),
	N(IP_ADD_SOURCE_MEMBERSHIP),
	N(IP_MSFILTER),
	N(MCAST_INCLUDE),
	N(MCAST_EXCLUDE),
	N(IP_HDRINCL),
	N(IP_OPTIONS),
	N(IP_MINTTL),
	N(IP_FREEBIND),
	N(MSG_DONTWAIT),
	N(MSG_OOB),
	N(MSG_PEEK),
	N(MSG_TRUNC),
	N(MSG_WAITALL),
	N(MSG_MORE),
	N(MSG_NOSIGNAL),
	N(MSG_ERRQUEUE),
	N(MSG_EOR),
	N(MSG_FASTOPEN),
	N(MSG_CTRUNC),
	N(MSG_DONTROUTE),
	N(MSG_CONFIRM),
	N(SHUT_RD),
	N(SHUT_WR),
	N(SHUT_RDWR),
	N(O_RDONLY),
	N(O_WRONLY),
	N(O_RDWR),
	N(O_NONBLOCK),
	N(F_GETFL),
	N(F_SETFL),
	N(F_GETFD),
	N(F_SETFD),
	N(FD_CLOEXEC),
	N(SIOCINQ),
	N(SIOCOUTQ),
	N(SIOCATMARK),
	N(SIOCOUTQNSD),
	N(FIONREAD),
	N(FIONBIO),
	N(POLLIN),
	N(POLLOUT),
	N(POLLERR),
	N(POLLHUP),
	N(POLLPRI),
	N(POLLNVAL),
	N(POLLRDHUP),
	N(POLLRDNORM),
	N(POLLWRNORM),
	N(POLLRDBAND),
	N(POLLWRBAND),
	N(EPOLLIN),
	N(EPOLLOUT),
	N(EPOLLERR),
	N(EPOLLHUP),
	N(EPOLLPRI),
	N(EPOLLRDHUP),
	N(EPOLLET),
	N(EPOLLONESHOT),
	N(EPOLLRDNORM),
	N(EPOLLWRNORM),
	N(EPOLL_CTL_ADD),
	N(EPOLL_CTL_MOD),
	N(EPOLL_CTL_DEL),
	N(EPOLL_CLOEXEC),
	N(SO_EE_ORIGIN_LOCAL),
	N(SO_EE_ORIGIN_ICMP),
	N(TCP_ESTABLISHED),
	N(TCP_SYN_SENT),
	N(TCP_SYN_RECV),
	N(TCP_FIN_WAIT1),
	N(TCP_FIN_WAIT2),
	N(TCP_TIME_WAIT),
	N(TCP_CLOSE),
	N(TCP_CLOSE_WAIT),
	N(TCP_LAST_ACK),
	N(TCP_LISTEN),
	N(TCP_CLOSING),
	N(TCP_CA_Open),
	N(TCP_CA_Disorder),
	N(TCP_CA_CWR),
	N(TCP_CA_Recovery),
	N(TCP_CA_Loss),
	N(TCPI_OPT_TIMESTAMPS),
	N(TCPI_OPT_SACK),
	N(TCPI_OPT_WSCALE),
	N(TCPI_OPT_ECN),
	N(TCPI_OPT_ECN_SEEN),
	N(TCPI_OPT_SYN_DATA),
};

static const struct name errors[] = {
	N(EPERM),	    N(ENOENT),		N(EINTR),	 N(EIO),	  N(EBADF),
	N(EAGAIN),	    N(EWOULDBLOCK),	N(ENOMEM),	 N(EACCES),	  N(EFAULT),
	N(EEXIST),	    N(ENODEV),		N(EINVAL),	 N(ENFILE),	  N(EMFILE),
	N(ENOTTY),	    N(ESPIPE),		N(EPIPE),	 N(EDOM),	  N(ENOSYS),
	N(ENOTSOCK),	    N(EDESTADDRREQ),	N(EMSGSIZE),	 N(EPROTOTYPE),	  N(ENOPROTOOPT),
	N(EPROTONOSUPPORT), N(ESOCKTNOSUPPORT), N(EOPNOTSUPP),	 N(EPFNOSUPPORT), N(EAFNOSUPPORT),
	N(EADDRINUSE),	    N(EADDRNOTAVAIL),	N(ENETDOWN),	 N(ENETUNREACH),  N(ENETRESET),
	N(ECONNABORTED),    N(ECONNRESET),	N(ENOBUFS),	 N(EISCONN),	  N(ENOTCONN),
	N(ESHUTDOWN),	    N(ETIMEDOUT),	N(ECONNREFUSED), N(EHOSTDOWN),	  N(EHOSTUNREACH),
	N(EALREADY),	    N(EINPROGRESS),	N(EPROTO),	 N(ENONET),	  N(EOVERFLOW),
};

static const struct name *find(const struct name *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

#define FIND(table, name) find(table, sizeof(table) / sizeof((table)[0]), name)

bool constant_value(const char *name, long long *value)
{
	const struct name *n = FIND(names, name);

	if (!n)
		n = FIND(errors, name);
	if (n)
		*value = n->value;
	return n;
}

int errno_number(const char *name)
{
	const struct name *n = FIND(errors, name);

	return n ? (int)n->value : 0;
}

const char *errno_name(int error)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].value == error)
			return errors[i].name;
	return "an unnamed error";
}
