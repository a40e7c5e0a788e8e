/* SPDX-License-Identifier: MIT */
/* What ss(8) prints of a socket behind its columns: timer, owner, memory, and TCP_INFO in
 * iproute2's words and order. */
#include <kernel/file.h>
#include <uapi/sock_diag.h>
#include <uapi/stat.h>

#include "ss_internal.h"

#define USEC_PER_MS 1000u

/* show_g - @us as milliseconds like printf's %g: six digits at most, no zeros behind. */
static void show_g(const char *before, u64 us)
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
		con_printf("%s%llu.%0*llu", before, whole, (int)places, rest);
	else
		con_printf("%s%llu", before, whole);
}

/* show_rate - bits a second; without -n in K and M. */
static void show_rate(const struct ss_options *o, const char *before, u64 bytes)
{
	u64 bits = bytes * 8, unit = bits > 1000000 ? 1000000 : 1000;

	if (o->numeric || bits <= 1000)
		con_printf("%s%llubps", before, bits);
	else
		con_printf("%s%llu.%llu%sbps", before, bits / unit, bits % unit * 10 / unit,
			   unit == 1000000 ? "M" : "K");
}

static void show_u(const char *name, u64 value)
{
	if (value)
		con_printf(" %s:%llu", name, value);
}

static void show_limited(const char *name, u64 us, u64 busy_us)
{
	u64 permille = us * 1000 / busy_us;

	if (us)
		con_printf(" %s:%llums(%llu.%llu%%)", name, us / USEC_PER_MS, permille / 10,
			   permille % 10);
}

static void show_options(const struct tcp_info *i, const char *cong)
{
	con_printf("%s%s%s%s%s %s", i->tcpi_options & TCPI_OPT_TIMESTAMPS ? " ts" : "",
		   i->tcpi_options & TCPI_OPT_SACK ? " sack" : "",
		   i->tcpi_options & TCPI_OPT_ECN ? " ecn" : "",
		   i->tcpi_options & TCPI_OPT_ECN_SEEN ? " ecnseen" : "",
		   i->tcpi_options & TCPI_OPT_SYN_DATA ? " fastopen" : "", cong);
	if (i->tcpi_options & TCPI_OPT_WSCALE)
		con_printf(" wscale:%u,%u", i->tcpi_snd_wscale, i->tcpi_rcv_wscale);
}

static void show_times(const struct tcp_info *i)
{
	if (i->tcpi_rto && i->tcpi_rto != 3000000)
		show_g(" rto:", i->tcpi_rto);
	show_u("backoff", i->tcpi_backoff);
	if (i->tcpi_rtt) {
		show_g(" rtt:", i->tcpi_rtt);
		show_g("/", i->tcpi_rttvar);
	}
	if (i->tcpi_ato)
		show_g(" ato:", i->tcpi_ato);
}

static void show_sizes(const struct tcp_info *i)
{
	show_u("mss", i->tcpi_snd_mss);
	show_u("pmtu", i->tcpi_pmtu);
	show_u("rcvmss", i->tcpi_rcv_mss);
	show_u("advmss", i->tcpi_advmss);
	show_u("cwnd", i->tcpi_snd_cwnd);
	if (i->tcpi_snd_ssthresh < 0xffff)
		show_u("ssthresh", i->tcpi_snd_ssthresh);
	show_u("bytes_sent", i->tcpi_bytes_sent);
	show_u("bytes_retrans", i->tcpi_bytes_retrans);
	show_u("bytes_acked", i->tcpi_bytes_acked);
	show_u("bytes_received", i->tcpi_bytes_received);
	show_u("segs_out", i->tcpi_segs_out);
	show_u("segs_in", i->tcpi_segs_in);
	show_u("data_segs_out", i->tcpi_data_segs_out);
	show_u("data_segs_in", i->tcpi_data_segs_in);
}

/* show_gain - @gain << 8 as printf's %g has it. */
static void show_gain(const char *before, u32 gain)
{
	u32 rest = ((gain & 255) * 100000 + 128) >> 8;
	int places = 5;

	for (; places && rest % 10 == 0; places--)
		rest /= 10;
	if (places)
		con_printf("%s%u.%0*u", before, gain >> 8, places, rest);
	else
		con_printf("%s%u", before, gain >> 8);
}

static void show_bbr(const struct ss_options *o, const struct tcp_bbr_info *b)
{
	show_rate(o, " bbr:(bw:", (u64)b->bbr_bw_hi << 32 | b->bbr_bw_lo);
	show_g(",mrtt:", b->bbr_min_rtt);
	if (b->bbr_pacing_gain)
		show_gain(",pacing_gain:", b->bbr_pacing_gain);
	if (b->bbr_cwnd_gain)
		show_gain(",cwnd_gain:", b->bbr_cwnd_gain);
	con_printf(")");
}

static void show_rates(const struct ss_options *o, const struct tcp_info *i)
{
	if (i->tcpi_rtt && i->tcpi_snd_mss && i->tcpi_snd_cwnd)
		show_rate(o, " send ",
			  (u64)i->tcpi_snd_cwnd * i->tcpi_snd_mss * 1000000u / i->tcpi_rtt);
	show_u("lastsnd", i->tcpi_last_data_sent);
	show_u("lastrcv", i->tcpi_last_data_recv);
	show_u("lastack", i->tcpi_last_ack_recv);
	if (i->tcpi_pacing_rate && i->tcpi_pacing_rate != ~0ull) {
		show_rate(o, " pacing_rate ", i->tcpi_pacing_rate);
		if (i->tcpi_max_pacing_rate && i->tcpi_max_pacing_rate != ~0ull)
			show_rate(o, "/", i->tcpi_max_pacing_rate);
	}
	if (i->tcpi_delivery_rate)
		show_rate(o, " delivery_rate ", i->tcpi_delivery_rate);
	show_u("delivered", i->tcpi_delivered);
	show_u("delivered_ce", i->tcpi_delivered_ce);
	if (i->tcpi_delivery_rate_app_limited)
		con_printf(" app_limited");
	if (i->tcpi_busy_time) {
		con_printf(" busy:%llums", i->tcpi_busy_time / USEC_PER_MS);
		show_limited("rwnd_limited", i->tcpi_rwnd_limited, i->tcpi_busy_time);
		show_limited("sndbuf_limited", i->tcpi_sndbuf_limited, i->tcpi_busy_time);
	}
}

static void show_loss(const struct tcp_info *i)
{
	show_u("unacked", i->tcpi_unacked);
	if (i->tcpi_retrans || i->tcpi_total_retrans)
		con_printf(" retrans:%u/%u", i->tcpi_retrans, i->tcpi_total_retrans);
	show_u("lost", i->tcpi_lost);
	show_u("sacked", i->tcpi_sacked);
	show_u("dsack_dups", i->tcpi_dsack_dups);
	if (i->tcpi_reordering != 3)
		con_printf(" reordering:%u", i->tcpi_reordering);
	show_u("reord_seen", i->tcpi_reord_seen);
	if (i->tcpi_rcv_rtt)
		show_g(" rcv_rtt:", i->tcpi_rcv_rtt);
	show_u("rcv_space", i->tcpi_rcv_space);
	show_u("rcv_ssthresh", i->tcpi_rcv_ssthresh);
	show_u("notsent", i->tcpi_notsent_bytes);
	if (i->tcpi_min_rtt && i->tcpi_min_rtt != ~0u)
		show_g(" minrtt:", i->tcpi_min_rtt);
	show_u("rcv_ooopack", i->tcpi_rcv_ooopack);
	show_u("snd_wnd", i->tcpi_snd_wnd);
}

void ss_memory(const u32 *m)
{
	con_printf(" skmem:(r%u,rb%u,t%u,tb%u,f%u,w%u,o%u,bl%u,d%u)", m[0], m[1], m[2], m[3], m[4],
		   m[5], m[6], m[7], m[8]);
}

static void show_info(const struct ss_options *o, const struct ss_row *row)
{
	const struct nlattr *bbr = row->tb[INET_DIAG_BBRINFO], *attr = row->tb[INET_DIAG_INFO];
	struct tcp_info info = { 0 }; /* attributes are aligned to 4 bytes, it to 8 */
	struct tcp_bbr_info b;

	memcpy(&info, nla_data(attr), min(sizeof(info), (size_t)nla_len(attr)));
	show_options(&info, nl_text(row->tb[INET_DIAG_CONG]));
	if (row->msg->idiag_state == TCP_LISTEN) { /* the others say something else of a listener */
		show_u("cwnd", info.tcpi_snd_cwnd);
		return;
	}
	show_times(&info);
	show_sizes(&info);
	if (bbr && nla_len(bbr) >= (int)sizeof(b)) {
		memcpy(&b, nla_data(bbr), sizeof(b));
		show_bbr(o, &b);
	}
	show_rates(o, &info);
	show_loss(&info);
}

/* ---- timer, owner ---- */

/* "119min", "2.300ms", "204ms": as iproute2 has it. */
static void show_ms(unsigned int ms)
{
	unsigned int minutes = ms / 60000, secs = ms / 1000 % 60, rest = minutes ? 0 : ms % 1000;

	if (minutes)
		con_printf("%umin", minutes);
	if (secs && minutes <= 9) {
		if (secs > 9)
			rest = 0;
		con_printf("%u%s", secs, rest ? "." : "sec");
	}
	if (rest)
		con_printf("%03ums", rest);
}

static void show_timer(const struct inet_diag_msg *d)
{
	static const char *const names[] = { "off", "on", "keepalive", "timewait", "persist" };

	if (!d->idiag_timer)
		return;
	con_printf(" timer:(%s,",
		   d->idiag_timer < ARRAY_SIZE(names) ? names[d->idiag_timer] : "unknown");
	show_ms(d->idiag_expires);
	con_printf(",%u)", d->idiag_retrans);
}

struct owner {
	unsigned long long inode;
	bool found;
};

static bool show_owner(struct task *t, void *arg)
{
	struct owner *owner = arg;
	unsigned int fd;

	for (fd = 0; t->files && fd < t->files->max_fds; fd++) {
		const struct file *f = t->files->fd[fd];

		if (!f || !f->f_inode || f->f_inode->i_ino != owner->inode ||
		    (f->f_inode->i_mode & S_IFMT) != S_IFSOCK)
			continue;
		con_printf("%s(\"%s\",pid=%d,fd=%u)", owner->found ? "," : " users:(", t->comm,
			   t->pid, fd);
		owner->found = true;
	}
	return true;
}

void ss_owners(unsigned long long inode)
{
	struct owner owner = { .inode = inode };

	if (inode)
		task_for_each(show_owner, &owner);
	if (owner.found)
		con_printf(")");
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

static void show_extended(const struct ss_row *row)
{
	const struct nlattr *mark = row->tb[INET_DIAG_MARK], *shut = row->tb[INET_DIAG_SHUTDOWN];
	u8 bits = shut ? nla_get_u8(shut) : 0;

	con_printf(" ino:%u sk:%llx", row->msg->idiag_inode,
		   (u64)row->msg->id.idiag_cookie[1] << 32 | row->msg->id.idiag_cookie[0]);
	if (mark && nla_get_u32(mark))
		con_printf(" fwmark:0x%x", nla_get_u32(mark));
	if (shut && row->proto->number == IPPROTO_TCP)
		con_printf(" %c-%c", bits & 1 ? '-' : '<', bits & 2 ? '-' : '>');
}

void ss_details(const struct ss_options *o, const struct ss_row *row)
{
	const struct nlattr *mem = row->tb[INET_DIAG_SKMEMINFO];

	if (o->processes)
		ss_owners(row->msg->idiag_inode);
	if (o->timers)
		show_timer(row->msg);
	if (o->extended)
		show_extended(row);
	if (o->memory || o->info) {
		con_printf(o->one_line ? "" : " \n\t");
		if (mem && nla_len(mem) >= (int)(SK_MEMINFO_VARS * sizeof(u32)) && o->memory)
			ss_memory(nla_data(mem));
		if (row->tb[INET_DIAG_INFO] && o->info)
			show_info(o, row);
	}
	con_printf(" \n");
}
