/* SPDX-License-Identifier: MIT */
/* sysprobe: sendmsg, recvmsg and their plural forms, control messages. */
#include <unistd.h>

#include "probe_internal.h"

static char buf[4096];

static struct msghdr message(struct iovec *iov, size_t n)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = n };

	return msg;
}

static void single(int pair[2])
{
	struct iovec out[2] = { { "gather", 6 }, { "ed", 2 } },
		     in[2] = { { buf, 3 }, { buf + 50, 3 } };
	struct sockaddr_in from;
	struct msghdr msg = message(out, 2);

	is("sendmsg", sock(SENDMSG, pair[0], &msg, 0), 8);
	wait_events(pair[1], POLLIN);
	msg = message(in, 2);
	msg.msg_name = &from;
	msg.msg_namelen = sizeof(from);
	msg.msg_flags = 0x5555;
	is("recvmsg: cut", sock(RECVMSG, pair[1], &msg, 0), 6);
	is("recvmsg: MSG_TRUNC is told", msg.msg_flags, MSG_TRUNC);
	check(msg.msg_namelen == 16 && ntohs(from.sin_port) == port_of(pair[0]),
	      "recvmsg: the sender");
	check(!memcmp(buf, "gat", 3) && !memcmp(buf + 50, "her", 3), "recvmsg: scattered");
	msg = message(out, 0);
	is("sendmsg: no parts", sock(SENDMSG, pair[0], &msg, 0), 0);
	wait_events(pair[1], POLLIN);
	msg = message(in, 2);
	is("recvmsg: an empty datagram", sock(RECVMSG, pair[1], &msg, 0), 0);
	is("recvmsg: no flags", msg.msg_flags, 0);
	is("recvmsg: nothing there", sock(RECVMSG, pair[1], &msg, MSG_DONTWAIT), -EAGAIN);
	msg = message(out, 1025);
	is("sendmsg: too many parts", sock(SENDMSG, pair[0], &msg, 0), -EMSGSIZE);
	msg.msg_iov = in;
	is("recvmsg: too many parts", sock(RECVMSG, pair[1], &msg, MSG_DONTWAIT), -EMSGSIZE);
	msg = message(out, 2);
	msg.msg_iov = bad_pointers[0];
	is("sendmsg: bad vector", sock(SENDMSG, pair[0], &msg, 0), -EFAULT);
	out[0].iov_base = page_edge;
	msg = message(out, 2);
	is("sendmsg: bad part", sock(SENDMSG, pair[0], &msg, 0), -EFAULT);
	out[0].iov_len = (size_t)-5;
	is("sendmsg: negative part", sock(SENDMSG, pair[0], &msg, 0), -EINVAL);
	out[0].iov_len = 1;
	out[0].iov_base = "x";
	msg.msg_name = &from;
	msg.msg_namelen = (socklen_t)-1;
	is("sendmsg: negative address length", sock(SENDMSG, pair[0], &msg, 0), -EINVAL);
}

static void packet_info(int pair[2])
{
	char control[64] __attribute__((aligned(8)));
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = message(&iov, 1);
	struct cmsghdr *cm;
	struct in_pktinfo info;
	int one = 1;

	is("IP_PKTINFO: on", sock(SETSOCKOPT, pair[1], SOL_IP, IP_PKTINFO, &one, sizeof(one)), 0);
	sock(SEND, pair[0], "info", 4, 0);
	wait_events(pair[1], POLLIN);
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	is("recvmsg: with control", sock(RECVMSG, pair[1], &msg, 0), 4);
	cm = CMSG_FIRSTHDR(&msg);
	check(cm && cm->cmsg_level == SOL_IP && cm->cmsg_type == IP_PKTINFO &&
		      cm->cmsg_len == CMSG_LEN(sizeof(info)),
	      "recvmsg: IP_PKTINFO");
	memcpy(&info, CMSG_DATA(cm), sizeof(info));
	check(info.ipi_ifindex > 0 && ntohl(info.ipi_addr.s_addr) == INADDR_LOOPBACK &&
		      ntohl(info.ipi_spec_dst.s_addr) == INADDR_LOOPBACK,
	      "recvmsg: where it was sent");
	is("recvmsg: length of the control", (long)msg.msg_controllen, CMSG_SPACE(sizeof(info)));
	sock(SEND, pair[0], "info", 4, 0);
	wait_events(pair[1], POLLIN);
	msg.msg_controllen = sizeof(struct cmsghdr);
	is("recvmsg: little room for control", sock(RECVMSG, pair[1], &msg, 0), 4);
	check(msg.msg_flags & MSG_CTRUNC, "recvmsg: MSG_CTRUNC is told");
	one = 0;
	sock(SETSOCKOPT, pair[1], SOL_IP, IP_PKTINFO, &one, sizeof(one));
}

static void send_control(int pair[2])
{
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8)));
	struct iovec iov = { "from", 4 };
	struct msghdr msg = message(&iov, 1);
	struct cmsghdr *cm = (struct cmsghdr *)control;
	struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK) };

	memset(control, 0, sizeof(control));
	cm->cmsg_level = SOL_IP;
	cm->cmsg_type = IP_PKTINFO;
	cm->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cm), &info, sizeof(info));
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	is("sendmsg: IP_PKTINFO", sock(SENDMSG, pair[0], &msg, 0), 4);
	wait_events(pair[1], POLLIN);
	is("recv: it came", sock(RECV, pair[1], buf, 9, 0), 4);
	cm->cmsg_len = 1;
	is("sendmsg: control shorter than its header", sock(SENDMSG, pair[0], &msg, 0), -EINVAL);
	cm->cmsg_len = (size_t)-1;
	is("sendmsg: control longer than all", sock(SENDMSG, pair[0], &msg, 0), -EINVAL);
	cm->cmsg_len = CMSG_LEN(sizeof(info));
	cm->cmsg_type = 9999;
	is("sendmsg: unknown control", sock(SENDMSG, pair[0], &msg, 0), -EINVAL);
	msg.msg_control = bad_pointers[0];
	is("sendmsg: control out of reach", sock(SENDMSG, pair[0], &msg, 0), -EFAULT);
	msg.msg_controllen = 0x7fffffff;
	/* A 32-bit program's control is converted, and so looked at, before it is counted. */
	is("sendmsg: endless control", sock(SENDMSG, pair[0], &msg, 0),
	   sizeof(long) == 8 ? -ENOBUFS : -EFAULT);
	msg.msg_control = NULL;
	msg.msg_controllen = sizeof(control);
	is("sendmsg: control at no address", sock(SENDMSG, pair[0], &msg, 0), -EFAULT);
}

/* A stream knows no control messages, and still looks at them. */
static void stream_control(void)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec iov = { "from", 4 };
	struct msghdr msg = message(&iov, 1);
	struct cmsghdr *cm = (struct cmsghdr *)control;
	int pair[2];

	tcp_pair(pair);
	memset(control, 0, sizeof(control));
	cm->cmsg_level = SOL_IP;
	cm->cmsg_type = IP_TTL;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	is("sendmsg: a stream passes over another level's control", sock(SENDMSG, pair[0], &msg, 0),
	   4);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = 9999;
	is("sendmsg: a stream, unknown control", sock(SENDMSG, pair[0], &msg, 0), -EINVAL);
	cm->cmsg_len = 3;
	is("sendmsg: a stream, control too short", sock(SENDMSG, pair[0], &msg, 0), -EINVAL);
	close(pair[0]);
	close(pair[1]);
}

static void plural(int pair[2])
{
	struct iovec out[3] = { { "a", 1 }, { "bb", 2 }, { "ccc", 3 } }, in[4];
	struct mmsghdr msgs[4] = { 0 };
	struct timespec timeout = { .tv_nsec = 20000000 };
	int i;

	for (i = 0; i < 3; i++)
		msgs[i].msg_hdr = message(&out[i], 1);
	is("sendmmsg", sock(SENDMMSG, pair[0], msgs, 3, 0), 3);
	check(msgs[0].msg_len == 1 && msgs[1].msg_len == 2 && msgs[2].msg_len == 3,
	      "sendmmsg: lengths");
	is("sendmmsg: none", sock(SENDMMSG, pair[0], msgs, 0, 0), 0);
	wait_events(pair[1], POLLIN);
	for (i = 0; i < 4; i++) {
		in[i].iov_base = buf + 100 * i;
		in[i].iov_len = 100;
		msgs[i].msg_hdr = message(&in[i], 1);
	}
	is("recvmmsg: what there is", sock(RECVMMSG, pair[1], msgs, 4, MSG_DONTWAIT, 0), 3);
	check(msgs[0].msg_len == 1 && msgs[2].msg_len == 3 && !memcmp(buf + 200, "ccc", 3),
	      "recvmmsg: lengths and bytes");
	is("recvmmsg: nothing there", sock(RECVMMSG, pair[1], msgs, 4, MSG_DONTWAIT, 0), -EAGAIN);
	sock(SEND, pair[0], "one", 3, 0);
	is("recvmmsg: MSG_WAITFORONE", sock(RECVMMSG, pair[1], msgs, 4, MSG_WAITFORONE, 0), 1);
	timeout.tv_nsec = 1000000000;
	is("recvmmsg: bad timeout", sock(RECVMMSG, pair[1], msgs, 4, 0, &timeout), -EINVAL);
	is("recvmmsg: none", sock(RECVMMSG, pair[1], msgs, 0, MSG_DONTWAIT, 0), 0);
	is("recvmmsg: out of reach", sock(RECVMMSG, pair[1], bad_pointers[0], 2, MSG_DONTWAIT, 0),
	   -EFAULT);
	is("sendmmsg: out of reach", sock(SENDMMSG, pair[0], bad_pointers[0], 2, 0), -EFAULT);
	out[1].iov_base = bad_pointers[0];
	for (i = 0; i < 3; i++)
		msgs[i].msg_hdr = message(&out[i], 1);
	is("sendmmsg: up to the bad one", sock(SENDMMSG, pair[0], msgs, 3, 0), 1);
}

void probe_messages(void)
{
	int pair[2];

	udp_pair(pair);
	single(pair);
	packet_info(pair);
	send_control(pair);
	stream_control();
	plural(pair);
	close(pair[0]);
	close(pair[1]);
}
