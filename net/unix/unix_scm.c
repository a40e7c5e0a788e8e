/* SPDX-License-Identifier: MIT */
/* What goes between local sockets beside bytes: the sender's credentials, and open files. unix(7),
 * cmsg(3). */
#include <kernel/compat.h>
#include <kernel/file.h>
#include <kernel/process.h>

#include "unix_internal.h"

static_assert(sizeof(struct unix_skb_parms) <= sizeof(((struct sk_buff *)0)->cb), "skb->cb is too small");

struct ucred unix_current_creds(void)
{
	return (struct ucred){ .pid = (u32)current->pid };
}

/* ---- files and their end ---- */

/* fp_close - closing a file may end a socket in whose queue there are others, and so on: they are
 * closed one after the other here, not one inside the other. */
static void fp_close(struct net *net, struct scm_fp_list *fpl)
{
	int i;

	list_add_tail(&fpl->node, &net->unx.closing);
	if (net->unx.closing_now)
		return;
	net->unx.closing_now = true;
	while (!list_empty(&net->unx.closing)) {
		fpl = list_first_entry(&net->unx.closing, struct scm_fp_list, node);
		list_del(&fpl->node);
		for (i = 0; i < fpl->count; i++)
			fput(fpl->fp[i]);
		kfree(fpl);
	}
	net->unx.closing_now = false;
}

void unix_scm_drop(struct net *net, struct scm_cookie *scm)
{
	if (scm->fp)
		fp_close(net, scm->fp);
	scm->fp = NULL;
}

static void fp_inflight(const struct scm_fp_list *fpl, void (*change)(struct file *file))
{
	int i;

	for (i = 0; i < fpl->count; i++)
		change(fpl->fp[i]);
}

/* ---- with an skb ---- */

/* A message that nobody has read. */
static void destruct_scm(struct sk_buff *skb)
{
	struct net *net = sock_net(skb->sk);
	struct scm_cookie scm = { .fp = NULL };

	unix_scm_detach(skb, &scm);
	sock_wfree(skb);
	unix_scm_drop(net, &scm);
}

void unix_scm_attach(struct sk_buff *skb, struct scm_cookie *scm, bool with_files)
{
	UNIXCB(skb) = (struct unix_skb_parms){ .scm.creds = scm->creds };
	if (!with_files || !scm->fp)
		return;
	UNIXCB(skb).scm.fp = scm->fp;
	scm->fp = NULL;
	skb->destructor = destruct_scm;
	fp_inflight(UNIXCB(skb).scm.fp, unix_inflight);
}

void unix_scm_detach(struct sk_buff *skb, struct scm_cookie *scm)
{
	struct scm_fp_list *fpl = UNIXCB(skb).scm.fp;

	if (!fpl)
		return;
	UNIXCB(skb).scm.fp = NULL;
	fp_inflight(fpl, unix_notinflight);
	scm->fp = fpl;
}

int unix_scm_peek(struct net *net, const struct sk_buff *skb, struct scm_cookie *scm)
{
	const struct scm_fp_list *fpl = UNIXCB(skb).scm.fp;
	size_t size;

	if (!fpl)
		return 0;
	size = sizeof(*fpl) + (size_t)fpl->count * sizeof(fpl->fp[0]);
	scm->fp = kmalloc(size, GFP_KERNEL);
	if (!scm->fp)
		return -ENOMEM;
	memcpy(scm->fp, fpl, size);
	fp_inflight(fpl, get_file);
	return 0;
}

/* ---- from the sender's control messages ---- */

static int add_files(const struct cmsghdr *c, struct scm_cookie *scm)
{
	size_t n = (c->cmsg_len - sizeof(*c)) / sizeof(int), i;
	const int *fds = (const int *)CMSG_DATA(c);

	if (n > SCM_MAX_FD)
		return -EINVAL;
	if (!n)
		return 0;
	if (!scm->fp) {
		scm->fp = kzalloc(sizeof(*scm->fp) + SCM_MAX_FD * sizeof(struct file *), GFP_KERNEL);
		if (!scm->fp)
			return -ENOMEM;
	}
	if ((size_t)scm->fp->count + n > SCM_MAX_FD)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		struct file *file = fds[i] < 0 ? NULL : fget((unsigned int)fds[i]);

		if (!file)
			return -EBADF;
		scm->fp->fp[scm->fp->count++] = file;
	}
	return 0;
}

/* One may say what is true, or, as root like every program here, name another task. */
static int add_creds(const struct cmsghdr *c, struct scm_cookie *scm)
{
	struct ucred creds;

	if (c->cmsg_len != CMSG_LEN(sizeof(creds)))
		return -EINVAL;
	memcpy(&creds, CMSG_DATA(c), sizeof(creds));
	if (creds.uid == ~0u || creds.gid == ~0u)
		return -EINVAL;
	if (creds.pid != (u32)current->pid && kill_pid((pid_t)creds.pid, 0))
		return -ESRCH;
	scm->creds = creds;
	return 0;
}

static int add_cmsg(const struct kmsghdr *msg, struct cmsghdr *c, struct scm_cookie *scm)
{
	if (!CMSG_OK(msg, c))
		return -EINVAL;
	if (c->cmsg_level != SOL_SOCKET)
		return 0;
	switch (c->cmsg_type) {
	case SCM_RIGHTS: return add_files(c, scm);
	case SCM_CREDENTIALS: return add_creds(c, scm);
	default: return -EINVAL;
	}
}

int unix_scm_send(const struct kmsghdr *msg, struct scm_cookie *scm)
{
	struct cmsghdr *c;
	int err;

	*scm = (struct scm_cookie){ .creds = unix_current_creds() };
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		err = add_cmsg(msg, c, scm);
		if (err)
			return err;
	}
	return 0;
}

/* ---- to the reader ---- */

/* How many descriptors the reader's control buffer has room for. */
static int room_for_fds(const struct kmsghdr *msg)
{
	size_t header = msg->msg_compat ? CMSG_COMPAT_LEN(0) : CMSG_LEN(0);

	if (!msg->msg_control || msg->msg_controllen <= header)
		return 0;
	return (int)min_t(size_t, (msg->msg_controllen - header) / sizeof(int), SCM_MAX_FD);
}

/* recv_files - as many as there is room for become descriptors; those that do not fit are closed. */
static void recv_files(struct kmsghdr *msg, struct scm_fp_list *fpl)
{
	unsigned int flags = msg->msg_flags & MSG_CMSG_CLOEXEC ? O_CLOEXEC : 0;
	int fds[SCM_MAX_FD], n = min(room_for_fds(msg), fpl->count), i;

	for (i = 0; i < n; i++) {
		fds[i] = get_unused_fd_flags(flags);
		if (fds[i] < 0)
			break;
	}
	n = i;
	if (n < fpl->count)
		msg->msg_flags |= MSG_CTRUNC;
	if (n && put_cmsg(msg, SOL_SOCKET, SCM_RIGHTS, n * (int)sizeof(int), fds)) {
		while (n)
			put_unused_fd((unsigned int)fds[--n]);
		return;
	}
	for (i = 0; i < n; i++) {
		get_file(fpl->fp[i]);
		fd_install((unsigned int)fds[i], fpl->fp[i]);
	}
}

void unix_scm_recv(struct sock *sk, struct kmsghdr *msg, struct scm_cookie *scm)
{
	if (sock_flag(sk, SOCK_PASSCRED))
		put_cmsg(msg, SOL_SOCKET, SCM_CREDENTIALS, sizeof(scm->creds), &scm->creds);
	if (!scm->fp)
		return;
	recv_files(msg, scm->fp);
	unix_scm_drop(sock_net(sk), scm);
}
