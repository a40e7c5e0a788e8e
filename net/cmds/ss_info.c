/* SPDX-License-Identifier: MIT */
/* What ss(8) prints of a socket behind its columns: timer, owner, memory, and TCP_INFO in
 * iproute2's words and order. */
#include <kernel/file.h>
#include <uapi/sock_diag.h>
#include <uapi/stat.h>

#include "ss_internal.h"

#define USEC_PER_MS 1000u

/* show_g - @us as milliseconds like printf's %g: six digits at most, no zeros behind. */
static void show_g(struct ss_table *t, const char *before, u64 us)
{
	static const unsigned int pow10[] = { 1, 10, 100, 1000 };
	u64 whole = us / 1000, rest = us % 1000;
	unsigned int digits = 0, places, drop;
	u64 w;

	for (w = whole; w; w /= 10)
		digits++;
	places = digits >= 6 ? 0 : min(3u, 6 - digits);
	drop = pow10[3 - places];
	us = (us + drop / 2) / drop * drop;
	whole = us / 1000;
	rest = us % 1000 / drop;
	for (; places && rest % 10 == 0; places--)
		rest /= 10;
	if (places)
		ss_print(t, "%s%llu.%0*llu", before, whole, (int)places, rest);
	else
		ss_print(t, "%s%llu", before, whole);
}

/* show_rate - bits a second; without -n in K and M. */
static void show_rate(struct ss_table *t, const struct ss_options *o, const char *before, u64 bytes)
{
	u64 bits = bytes * 8, unit = bits > 1000000 ? 1000000 : 1000;

	if (o->numeric || bits <= 1000)
		ss_print(t, "%s%llubps", before, bits);
	else
		ss_print(t, "%s%llu.%llu%sbps", before, bits / unit, bits % unit * 10 / unit,
			   unit == 1000000 ? "M" : "K");
}

static void show_u(struct ss_table *t, const char *name, u64 value)
{
	if (value)
		ss_print(t, " %s:%llu", name, value);
}

static void show_limited(struct ss_table *t, const char *name, u64 us, u64 busy_us)
{
	u64 permille = us * 1000 / busy_us;

	if (us)
		ss_print(t, " %s:%llums(%llu.%llu%%)", name, us / USEC_PER_MS, permille / 10,
			   permille % 10);
}

static void show_options(struct ss_table *t, const struct tcp_info *i, const char *cong)
{
	ss_print(t, "%s%s%s%s%s %s", i->tcpi_options & TCPI_OPT_TIMESTAMPS ? " ts" : "",
		   i->tcpi_options & TCPI_OPT_SACK ? " sack" : "",
		   i->tcpi_options & TCPI_OPT_ECN ? " ecn" : "",
		   i->tcpi_options & TCPI_OPT_ECN_SEEN ? " ecnseen" : "",
		   i->tcpi_options & TCPI_OPT_SYN_DATA ? " fastopen" : "", cong);
	if (i->tcpi_options & TCPI_OPT_WSCALE)
		ss_print(t, " wscale:%u,%u", i->tcpi_snd_wscale, i->tcpi_rcv_wscale);
}

static void show_times(struct ss_table *t, const struct tcp_info *i)
{
	if (i->tcpi_rto && i->tcpi_rto != 3000000)
		show_g(t, " rto:", i->tcpi_rto);
	show_u(t, "backoff", i->tcpi_backoff);
	if (i->tcpi_rtt) {
		show_g(t, " rtt:", i->tcpi_rtt);
		show_g(t, "/", i->tcpi_rttvar);
	}
	if (i->tcpi_ato)
		show_g(t, " ato:", i->tcpi_ato);
}

static void show_sizes(struct ss_table *t, const struct tcp_info *i)
{
	show_u(t, "mss", i->tcpi_snd_mss);
	show_u(t, "pmtu", i->tcpi_pmtu);
	show_u(t, "rcvmss", i->tcpi_rcv_mss);
	show_u(t, "advmss", i->tcpi_advmss);
	show_u(t, "cwnd", i->tcpi_snd_cwnd);
	if (i->tcpi_snd_ssthresh < 0xffff)
		show_u(t, "ssthresh", i->tcpi_snd_ssthresh);
	show_u(t, "bytes_sent", i->tcpi_bytes_sent);
	show_u(t, "bytes_retrans", i->tcpi_bytes_retrans);
	show_u(t, "bytes_acked", i->tcpi_bytes_acked);
	show_u(t, "bytes_received", i->tcpi_bytes_received);
	show_u(t, "segs_out", i->tcpi_segs_out);
	show_u(t, "segs_in", i->tcpi_segs_in);
	show_u(t, "data_segs_out", i->tcpi_data_segs_out);
	show_u(t, "data_segs_in", i->tcpi_data_segs_in);
}

/* show_gain - @gain << 8 as printf's %g has it. */
static void show_gain(struct ss_table *t, const char *before, u32 gain)
{
	u32 rest = ((gain & 255) * 100000 + 128) >> 8;
	int places = 5;

	for (; places && rest % 10 == 0; places--)
		rest /= 10;
	if (places)
		ss_print(t, "%s%u.%0*u", before, gain >> 8, places, rest);
	else
		ss_print(t, "%s%u", before, gain >> 8);
}

static void show_bbr(struct ss_table *t, const struct ss_options *o, const struct tcp_bbr_info *b)
{
	show_rate(t, o, " bbr:(bw:", (u64)b->bbr_bw_hi << 32 | b->bbr_bw_lo);
	show_g(t, ",mrtt:", b->bbr_min_rtt);
	if (b->bbr_pacing_gain)
		show_gain(t, ",pacing_gain:", b->bbr_pacing_gain);
	if (b->bbr_cwnd_gain)
		show_gain(t, ",cwnd_gain:", b->bbr_cwnd_gain);
	ss_print(t, ")");
}

static void show_rates(struct ss_table *t, const struct ss_options *o, const struct tcp_info *i)
{
	if (i->tcpi_rtt && i->tcpi_snd_mss && i->tcpi_snd_cwnd)
		show_rate(t, o, " send ",
			  (u64)i->tcpi_snd_cwnd * i->tcpi_snd_mss * 1000000u / i->tcpi_rtt);
	show_u(t, "lastsnd", i->tcpi_last_data_sent);
	show_u(t, "lastrcv", i->tcpi_last_data_recv);
	show_u(t, "lastack", i->tcpi_last_ack_recv);
	if (i->tcpi_pacing_rate && i->tcpi_pacing_rate != ~0ull) {
		show_rate(t, o, " pacing_rate ", i->tcpi_pacing_rate);
		if (i->tcpi_max_pacing_rate && i->tcpi_max_pacing_rate != ~0ull)
			show_rate(t, o, "/", i->tcpi_max_pacing_rate);
	}
	if (i->tcpi_delivery_rate)
		show_rate(t, o, " delivery_rate ", i->tcpi_delivery_rate);
	show_u(t, "delivered", i->tcpi_delivered);
	show_u(t, "delivered_ce", i->tcpi_delivered_ce);
	if (i->tcpi_delivery_rate_app_limited)
		ss_print(t, " app_limited");
	if (i->tcpi_busy_time) {
		ss_print(t, " busy:%llums", i->tcpi_busy_time / USEC_PER_MS);
		show_limited(t, "rwnd_limited", i->tcpi_rwnd_limited, i->tcpi_busy_time);
		show_limited(t, "sndbuf_limited", i->tcpi_sndbuf_limited, i->tcpi_busy_time);
	}
}

static void show_loss(struct ss_table *t, const struct tcp_info *i)
{
	show_u(t, "unacked", i->tcpi_unacked);
	if (i->tcpi_retrans || i->tcpi_total_retrans)
		ss_print(t, " retrans:%u/%u", i->tcpi_retrans, i->tcpi_total_retrans);
	show_u(t, "lost", i->tcpi_lost);
	show_u(t, "sacked", i->tcpi_sacked);
	show_u(t, "dsack_dups", i->tcpi_dsack_dups);
	if (i->tcpi_reordering != 3)
		ss_print(t, " reordering:%u", i->tcpi_reordering);
	show_u(t, "reord_seen", i->tcpi_reord_seen);
	if (i->tcpi_rcv_rtt)
		show_g(t, " rcv_rtt:", i->tcpi_rcv_rtt);
	show_u(t, "rcv_space", i->tcpi_rcv_space);
	show_u(t, "rcv_ssthresh", i->tcpi_rcv_ssthresh);
	show_u(t, "notsent", i->tcpi_notsent_bytes);
	if (i->tcpi_min_rtt && i->tcpi_min_rtt != ~0u)
		show_g(t, " minrtt:", i->tcpi_min_rtt);
	show_u(t, "rcv_ooopack", i->tcpi_rcv_ooopack);
	show_u(t, "snd_wnd", i->tcpi_snd_wnd);
}

void ss_memory(struct ss_table *t, const u32 *m)
{
	ss_print(t, " skmem:(r%u,rb%u,t%u,tb%u,f%u,w%u,o%u,bl%u,d%u)", m[0], m[1], m[2], m[3], m[4],
		   m[5], m[6], m[7], m[8]);
}

static void show_info(struct ss_table *t, const struct ss_options *o, const struct ss_row *row)
{
	const struct nlattr *bbr = row->tb[INET_DIAG_BBRINFO], *attr = row->tb[INET_DIAG_INFO];
	struct tcp_info info = { 0 }; /* attributes are aligned to 4 bytes, it to 8 */
	struct tcp_bbr_info b;

	memcpy(&info, nla_data(attr), min(sizeof(info), (size_t)nla_len(attr)));
	show_options(t, &info, nl_text(row->tb[INET_DIAG_CONG]));
	if (row->msg->idiag_state == TCP_LISTEN) { /* the others say something else of a listener */
		show_u(t, "cwnd", info.tcpi_snd_cwnd);
		return;
	}
	show_times(t, &info);
	show_sizes(t, &info);
	if (bbr && nla_len(bbr) >= (int)sizeof(b)) {
		memcpy(&b, nla_data(bbr), sizeof(b));
		show_bbr(t, o, &b);
	}
	show_rates(t, o, &info);
	show_loss(t, &info);
}

/* ---- timer, owner ---- */

/* "119min", "2.300ms", "204ms": as iproute2 has it. */
static void show_ms(struct ss_table *t, unsigned int ms)
{
	unsigned int minutes = ms / 60000, secs = ms / 1000 % 60, rest = minutes ? 0 : ms % 1000;

	if (minutes)
		ss_print(t, "%umin", minutes);
	if (secs && minutes <= 9) {
		if (secs > 9)
			rest = 0;
		ss_print(t, "%u%s", secs, rest ? "." : "sec");
	}
	if (rest)
		ss_print(t, "%03ums", rest);
}

static void show_timer(struct ss_table *t, const struct inet_diag_msg *d)
{
	static const char *const names[] = { "off", "on", "keepalive", "timewait", "persist" };

	if (!d->idiag_timer)
		return;
	ss_print(t, " timer:(%s,",
		   d->idiag_timer < ARRAY_SIZE(names) ? names[d->idiag_timer] : "unknown");
	show_ms(t, d->idiag_expires);
	ss_print(t, ",%u)", d->idiag_retrans);
}

struct owner {
	struct ss_table *table;
	unsigned long long inode;
	bool found;
};

static bool show_owner(struct task *task, void *arg)
{
	struct owner *owner = arg;
	unsigned int fd;

	for (fd = 0; task->files && fd < task->files->max_fds; fd++) {
		const struct file *f = task->files->fd[fd];

		if (!f || !f->f_inode || f->f_inode->i_ino != owner->inode ||
		    (f->f_inode->i_mode & S_IFMT) != S_IFSOCK)
			continue;
		ss_print(owner->table, "%s(\"%s\",pid=%d,fd=%u)", owner->found ? "," : " users:(", task->comm,
			   task->pid, fd);
		owner->found = true;
	}
	return true;
}

void ss_owners(struct ss_table *t, unsigned long long inode)
{
	struct owner owner = { .table = t, .inode = inode };

	if (inode)
		task_for_each(show_owner, &owner);
	if (owner.found)
		ss_print(t, ")");
}

struct task_name {
	u32 pid;
	char *buf;
	size_t size;
	bool found;
};

static bool take_name(struct task *t, void *arg)
{
	struct task_name *name = arg;

	if ((u32)t->pid != name->pid)
		return true;
	snprintf(name->buf, name->size, "%s/%d", t->comm, t->pid);
	name->found = true;
	return false;
}

bool ss_task_name(u32 pid, char *buf, size_t size)
{
	struct task_name name = { .pid = pid, .buf = buf, .size = size };

	task_for_each(take_name, &name);
	return name.found;
}

static void show_extended(struct ss_table *t, const struct ss_row *row)
{
	const struct nlattr *mark = row->tb[INET_DIAG_MARK], *shut = row->tb[INET_DIAG_SHUTDOWN];
	u8 bits = shut ? nla_get_u8(shut) : 0;

	ss_print(t, " ino:%u sk:%llx", row->msg->idiag_inode,
		   (u64)row->msg->id.idiag_cookie[1] << 32 | row->msg->id.idiag_cookie[0]);
	if (mark && nla_get_u32(mark))
		ss_print(t, " fwmark:0x%x", nla_get_u32(mark));
	if (shut && row->proto->number == IPPROTO_TCP)
		ss_print(t, " %c-%c", bits & 1 ? '-' : '<', bits & 2 ? '-' : '>');
}

void ss_details(struct ss_table *t, const struct ss_row *row)
{
	const struct ss_options *o = ss_options(t);
	const struct nlattr *mem = row->tb[INET_DIAG_SKMEMINFO];

	if (o->processes)
		ss_owners(t, row->msg->idiag_inode);
	if (o->timers)
		show_timer(t, row->msg);
	if (o->extended)
		show_extended(t, row);
	if (o->memory || o->info) {
		ss_print(t, o->one_line ? "" : "\n\t");
		if (mem && nla_len(mem) >= (int)(SK_MEMINFO_VARS * sizeof(u32)) && o->memory)
			ss_memory(t, nla_data(mem));
		if (row->tb[INET_DIAG_INFO] && o->info)
			show_info(t, o, row);
	}
}
