/* SPDX-License-Identifier: MIT */
/* net.ipv4.tcp_*: the settings of TCP with Linux's names, defaults and units, per namespace. */
#include <kernel/string.h>
#include "tcp_internal.h"

/* Seconds outside, jiffies inside. */
static int sysctl_seconds(const struct ctl_table *t, void *base, char *buf, size_t size, bool write)
{
	int *value = (int *)((char *)base + t->offset), v;

	if (!write)
		return scnprintf(buf, size, "%d", *value / HZ);
	if (kstrtoint(strim(buf), 0, &v) || v < 0 || v > INT_MAX / HZ)
		return -EINVAL;
	*value = v * HZ;
	return 0;
}

/* Without a sign, as Linux has it: the default is 4294967295. */
static int sysctl_notsent_lowat(const struct ctl_table *t, void *base, char *buf, size_t size,
				bool write)
{
	struct net *net = base;
	unsigned int v;

	if (!write)
		return scnprintf(buf, size, "%u", (u32)net->tcp.sysctl_notsent_lowat);
	if (kstrtouint(strim(buf), 0, &v))
		return -EINVAL;
	net->tcp.sysctl_notsent_lowat = (int)v;
	return 0;
}

/* One key of eight hexadecimal digits in each of four groups, which *@text loses. 0 or -EINVAL. */
static int read_fastopen_key(char *text, u32 key[4])
{
	char *group;
	int i;

	for (i = 0; i < 4; i++) {
		group = strsep(&text, "-");
		if (!group || !isxdigit(*group) || kstrtouint(group, 16, &key[i]))
			return -EINVAL;
	}
	return text ? -EINVAL : 0;
}

/* One or two keys of Fast Open, as ip-sysctl has them; zeros, as long as there is none. */
static int sysctl_fastopen_key(const struct ctl_table *t, void *base, char *buf, size_t size,
			       bool write)
{
	struct tcp_fastopen_context *ctx = &((struct net *)base)->tcp.fastopen_ctx;
	u32 keys[2][4] = { { 0 } }, nr = 0;
	char *text, *one;
	int n = 0;

	if (!write) {
		memcpy(keys, ctx->key, sizeof(keys));
		do {
			n += scnprintf(buf + n, size - (size_t)n, "%s%08x-%08x-%08x-%08x",
				       nr ? "," : "", keys[nr][0], keys[nr][1], keys[nr][2],
				       keys[nr][3]);
		} while (++nr < ctx->num);
		return n;
	}
	text = strim(buf);
	while ((one = strsep(&text, ",")) != NULL) {
		if (nr == ARRAY_SIZE(keys) || read_fastopen_key(strim(one), keys[nr++]))
			return -EINVAL;
	}
	tcp_fastopen_set_keys(ctx, keys, nr);
	return 0;
}

/* A new time-out also ends the pause. */
static int sysctl_fastopen_blackhole(const struct ctl_table *t, void *base, char *buf, size_t size,
				     bool write)
{
	struct netns_tcp *nt = &((struct net *)base)->tcp;
	int v;

	if (!write)
		return scnprintf(buf, size, "%d", nt->sysctl_fastopen_blackhole_timeout);
	if (kstrtoint(strim(buf), 0, &v) || v < 0)
		return -EINVAL;
	nt->sysctl_fastopen_blackhole_timeout = v;
	nt->tfo_pauses = 0;
	return 0;
}

static int sysctl_congestion(const struct ctl_table *t, void *base, char *buf, size_t size,
			     bool write)
{
	struct net *net = base;

	if (!write)
		return scnprintf(buf, size, "%s", net->tcp.congestion_control->name);
	return tcp_set_default_congestion_control(net, strim(buf));
}

static int sysctl_congestion_available(const struct ctl_table *t, void *base, char *buf,
				       size_t size, bool write)
{
	if (write)
		return -EPERM;
	tcp_get_available_congestion_control(buf, size);
	return (int)strlen(buf);
}

static int sysctl_congestion_allowed(const struct ctl_table *t, void *base, char *buf, size_t size,
				     bool write)
{
	if (write)
		return tcp_set_allowed_congestion_control(base, buf);
	tcp_get_allowed_congestion_control(base, buf, size);
	return (int)strlen(buf);
}

#define LEAST_MSS TCP_MIN_SND_MSS

/* X(name, default, least, most): plain integers, in the order of ip-sysctl. */
#define TCP_SYSCTLS(X)                                          \
	X(syn_retries, TCP_SYN_RETRIES, 1, MAX_TCP_SYNCNT)      \
	X(synack_retries, TCP_SYNACK_RETRIES, 0, 255)           \
	X(retries1, TCP_RETR1, 0, 255)                          \
	X(retries2, TCP_RETR2, 0, 255)                          \
	X(orphan_retries, 0, 0, 255)                            \
	X(keepalive_probes, TCP_KEEPALIVE_PROBES, 0, 255)       \
	X(syncookies, 1, 0, 2)                                  \
	X(abort_on_overflow, 0, 0, 1)                           \
	X(tw_reuse, 2, 0, 2)                                    \
	X(rfc1337, 0, 0, 1)                                     \
	X(stdurg, 0, 0, 1)                                      \
	X(timestamps, 1, 0, 2)                                  \
	X(sack, 1, 0, 1)                                        \
	X(dsack, 1, 0, 1)                                       \
	X(window_scaling, 1, 0, 1)                              \
	X(ecn, 2, 0, 2)                                         \
	X(ecn_fallback, 1, 0, 1)                                \
	X(fastopen, TFO_CLIENT_ENABLE, INT_MIN, INT_MAX)        \
	X(reordering, TCP_FASTRETRANS_THRESH, 1, 127)           \
	X(max_reordering, TCP_MAX_REORDERING_DEFAULT, 1, 65535) \
	X(recovery, TCP_RACK_LOSS_DETECTION, 1, 7)              \
	X(early_retrans, 3, 0, 4)                               \
	X(frto, 2, 0, 2)                                        \
	X(adv_win_scale, 1, -31, 31)                            \
	X(app_win, 31, 0, 31)                                   \
	X(moderate_rcvbuf, 1, 0, 1)                             \
	X(workaround_signed_windows, 0, 0, 1)                   \
	X(slow_start_after_idle, 1, 0, 1)                       \
	X(thin_linear_timeouts, 0, 0, 1)                        \
	X(reflect_tos, 0, 0, 1)                                 \
	X(rto_min_us, TCP_RTO_MIN * 1000, 1000, INT_MAX)        \
	X(fack, 0, 0, 1)                                        \
	X(low_latency, 0, 0, 1)                                 \
	X(min_tso_segs, TCP_MIN_TSO_SEGS, 1, 255)               \
	X(tso_win_divisor, TCP_TSO_WIN_DIVISOR, 0, 255)         \
	X(tso_rtt_log, TCP_TSO_RTT_LOG, 0, 31)                  \
	X(invalid_ratelimit, 500, 0, INT_MAX)                   \
	X(challenge_ack_limit, INT_MAX, 0, INT_MAX)             \
	X(min_rtt_wlen, 300, 0, 86400)                          \
	X(mtu_probing, 0, 0, 2)                                 \
	X(base_mss, TCP_BASE_MSS, TCP_MIN_SND_MSS, 65535)       \
	X(mtu_probe_floor, LEAST_MSS, LEAST_MSS, 65535)         \
	X(probe_threshold, TCP_PROBE_THRESHOLD, 0, INT_MAX)     \
	X(probe_interval, TCP_PROBE_INTERVAL, 0, INT_MAX)       \
	X(min_snd_mss, TCP_MIN_SND_MSS, TCP_MIN_SND_MSS, 65535) \
	X(max_syn_backlog, 128, 0, INT_MAX)                     \
	X(max_tw_buckets, 4096, 0, INT_MAX)                     \
	X(max_orphans, 4096, 0, INT_MAX)                        \
	X(pacing_ss_ratio, 200, 0, 1000)                        \
	X(pacing_ca_ratio, 120, 0, 1000)                        \
	X(limit_output_bytes, 1 << 20, 0, INT_MAX)              \
	X(comp_sack_delay_ns, 1000000, 0, INT_MAX)              \
	X(comp_sack_slack_ns, 100000, 0, INT_MAX)               \
	X(comp_sack_nr, 44, 0, 255)                             \
	X(retrans_collapse, 1, 0, 255)                          \
	X(autocorking, 1, 0, 1)                                 \
	X(no_metrics_save, 0, 0, 1)                             \
	X(no_ssthresh_metrics_save, 1, 0, 1)

#define INT_ROW(name, def, lo, hi)                           \
	{ .procname = "net.ipv4.tcp_" #name,                 \
	  .offset = offsetof(struct net, tcp.sysctl_##name), \
	  .size = 4,                                         \
	  .count = 1,                                        \
	  .min = lo,                                         \
	  .max = hi },
#define SECONDS_ROW(name)                                                                         \
	{                                                                                         \
		.procname = "net.ipv4.tcp_" #name,                                                \
		.offset = offsetof(struct net, tcp.sysctl_##name), .proc_handler = sysctl_seconds \
	}
#define ROW3(name, bytes)                                                                     \
	{                                                                                     \
		.procname = "net.ipv4.tcp_" #name,                                            \
		.offset = offsetof(struct net, tcp.sysctl_##name), .size = bytes, .count = 3, \
		.min = 0, .max = INT_MAX                                                      \
	}

static const struct ctl_table tcp_table[] = {
	TCP_SYSCTLS(INT_ROW) SECONDS_ROW(fin_timeout),
	SECONDS_ROW(keepalive_time),
	SECONDS_ROW(keepalive_intvl),
	{ .procname = "net.ipv4.tcp_notsent_lowat", .proc_handler = sysctl_notsent_lowat },
	{ .procname = "net.ipv4.tcp_fastopen_key", .proc_handler = sysctl_fastopen_key },
	{ .procname = "net.ipv4.tcp_fastopen_blackhole_timeout_sec",
	  .proc_handler = sysctl_fastopen_blackhole },
	ROW3(mem, 8),
	ROW3(rmem, 4),
	ROW3(wmem, 4),
	{ .procname = "net.ipv4.tcp_congestion_control", .proc_handler = sysctl_congestion },
	{ .procname = "net.ipv4.tcp_available_congestion_control",
	  .proc_handler = sysctl_congestion_available,
	  .readonly = true },
	{ .procname = "net.ipv4.tcp_allowed_congestion_control",
	  .proc_handler = sysctl_congestion_allowed },
};

/* What depends on the machine's memory, as Linux computes it. */
static void tcp_size_limits(struct netns_tcp *nt)
{
	struct mem_stat mem;
	u64 limit, max_share;
	int buckets;

	mem_stat_read(&mem);
	limit = max(
		mem.total_pages / 16,
		(u64)128); /* pages: a sixteenth, for each of the three marks in proportion 3:4:6 */
	nt->sysctl_mem[0] = (long)(limit / 4 * 3);
	nt->sysctl_mem[1] = (long)limit;
	nt->sysctl_mem[2] = nt->sysctl_mem[0] * 2;
	max_share = clamp_t(u64, mem.total_pages * 4096 / 128, 65536, 6u << 20);
	nt->sysctl_wmem[0] = 4096;
	nt->sysctl_wmem[1] = 16384;
	nt->sysctl_wmem[2] = (int)clamp_t(u64, max_share, 65536, 4u << 20);
	nt->sysctl_rmem[0] = 4096;
	nt->sysctl_rmem[1] = 131072;
	nt->sysctl_rmem[2] = (int)max(max_share, (u64)131072);
	buckets = (int)(nt->hashinfo->ehash_mask + 1);
	nt->sysctl_max_tw_buckets = max(buckets / 2, 4096);
	nt->sysctl_max_orphans = max(buckets / 2, 1024);
	nt->sysctl_max_syn_backlog = max(128, buckets / 128);
}

int tcp_sysctl_init(struct net *net)
{
	struct netns_tcp *nt = &net->tcp;

#define SET(name, def, lo, hi) nt->sysctl_##name = def;
	TCP_SYSCTLS(SET)
#undef SET
	nt->sysctl_notsent_lowat = -1;
	nt->sysctl_fin_timeout = TCP_FIN_TIMEOUT;
	nt->sysctl_keepalive_time = TCP_KEEPALIVE_TIME;
	nt->sysctl_keepalive_intvl = TCP_KEEPALIVE_INTVL;
	tcp_cong_net_init(net);
	tcp_size_limits(nt);
	return register_sysctl(&nt->sysctl_hdr, tcp_table, ARRAY_SIZE(tcp_table), net);
}

void tcp_sysctl_exit(struct net *net)
{
	unregister_sysctl(&net->tcp.sysctl_hdr);
}
