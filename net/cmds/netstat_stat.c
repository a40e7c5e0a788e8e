/* SPDX-License-Identifier: MIT */
/* netstat -s: the counters of /proc/net/snmp and /proc/net/netstat, in net-tools' sentences where
 * it has one. */
#include "cmd_internal.h"

/* A counter and the sentence around its value: "%llu" stands where the number goes; "?" begins one
 * that is not told when it is 0, as all of TcpExt's. */
static const struct {
	const char *section, *name, *text;
} sentences[] = {
	{ "Ip", "InReceives", "%llu total packets received" },
	{ "Ip", "InHdrErrors", "?%llu with invalid headers" },
	{ "Ip", "InAddrErrors", "?%llu with invalid addresses" },
	{ "Ip", "ForwDatagrams", "%llu forwarded" },
	{ "Ip", "InUnknownProtos", "?%llu with unknown protocol" },
	{ "Ip", "InDiscards", "%llu incoming packets discarded" },
	{ "Ip", "InDelivers", "%llu incoming packets delivered" },
	{ "Ip", "OutRequests", "%llu requests sent out" },
	{ "Ip", "OutDiscards", "?%llu outgoing packets dropped" },
	{ "Ip", "OutNoRoutes", "?%llu dropped because of missing route" },
	{ "Ip", "ReasmTimeout", "?%llu fragments dropped after timeout" },
	{ "Ip", "ReasmReqds", "?%llu reassemblies required" },
	{ "Ip", "ReasmOKs", "?%llu packets reassembled ok" },
	{ "Ip", "ReasmFails", "?%llu packet reassemblies failed" },
	{ "Ip", "FragOKs", "?%llu fragments received ok" },
	{ "Ip", "FragFails", "?%llu fragments failed" },
	{ "Ip", "FragCreates", "?%llu fragments created" },
	{ "Icmp", "InMsgs", "%llu ICMP messages received" },
	{ "Icmp", "InErrors", "%llu input ICMP message failed" },
	{ "Icmp", "OutMsgs", "%llu ICMP messages sent" },
	{ "Icmp", "OutErrors", "%llu ICMP messages failed" },
	{ "Icmp", "InDestUnreachs", "?    destination unreachable: %llu" },
	{ "Icmp", "InTimeExcds", "?    timeout in transit: %llu" },
	{ "Icmp", "InParmProbs", "?    wrong parameters: %llu" },
	{ "Icmp", "InSrcQuenchs", "?    source quenches: %llu" },
	{ "Icmp", "InRedirects", "?    redirects: %llu" },
	{ "Icmp", "InEchos", "?    echo requests: %llu" },
	{ "Icmp", "InEchoReps", "?    echo replies: %llu" },
	{ "Icmp", "InTimestamps", "?    timestamp requests: %llu" },
	{ "Icmp", "InTimestampReps", "?    timestamp replies: %llu" },
	{ "Icmp", "InAddrMasks", "?    address mask requests: %llu" },
	{ "Icmp", "InAddrMaskReps", "?    address mask replies: %llu" },
	{ "Icmp", "OutDestUnreachs", "?    destination unreachable: %llu" },
	{ "Icmp", "OutTimeExcds", "?    timeout in transit: %llu" },
	{ "Icmp", "OutParmProbs", "?    wrong parameters: %llu" },
	{ "Icmp", "OutSrcQuenchs", "?    source quenches: %llu" },
	{ "Icmp", "OutRedirects", "?    redirects: %llu" },
	{ "Icmp", "OutEchos", "?    echo requests: %llu" },
	{ "Icmp", "OutEchoReps", "?    echo replies: %llu" },
	{ "Icmp", "OutTimestamps", "?    timestamp requests: %llu" },
	{ "Icmp", "OutTimestampReps", "?    timestamp replies: %llu" },
	{ "Icmp", "OutAddrMasks", "?    address mask requests: %llu" },
	{ "Icmp", "OutAddrMaskReps", "?    address mask replies: %llu" },
	{ "Tcp", "ActiveOpens", "%llu active connection openings" },
	{ "Tcp", "PassiveOpens", "%llu passive connection openings" },
	{ "Tcp", "AttemptFails", "%llu failed connection attempts" },
	{ "Tcp", "EstabResets", "%llu connection resets received" },
	{ "Tcp", "CurrEstab", "%llu connections established" },
	{ "Tcp", "InSegs", "%llu segments received" },
	{ "Tcp", "OutSegs", "%llu segments sent out" },
	{ "Tcp", "RetransSegs", "%llu segments retransmitted" },
	{ "Tcp", "InErrs", "%llu bad segments received" },
	{ "Tcp", "OutRsts", "%llu resets sent" },
	{ "Udp", "InDatagrams", "%llu packets received" },
	{ "Udp", "NoPorts", "%llu packets to unknown port received" },
	{ "Udp", "InErrors", "%llu packet receive errors" },
	{ "Udp", "OutDatagrams", "%llu packets sent" },
	{ "Udp", "RcvbufErrors", "%llu receive buffer errors" },
	{ "Udp", "SndbufErrors", "%llu send buffer errors" },
	{ "TcpExt", "SyncookiesSent", "%llu SYN cookies sent" },
	{ "TcpExt", "SyncookiesRecv", "%llu SYN cookies received" },
	{ "TcpExt", "SyncookiesFailed", "%llu invalid SYN cookies received" },
	{ "TcpExt", "EmbryonicRsts", "%llu resets received for embryonic SYN_RECV sockets" },
	{ "TcpExt", "PruneCalled",
	  "%llu packets pruned from receive queue because of socket buffer overrun" },
	{ "TcpExt", "RcvPruned", "%llu packets pruned from receive queue" },
	{ "TcpExt", "OfoPruned",
	  "%llu packets dropped from out-of-order queue because of socket buffer overrun" },
	{ "TcpExt", "OutOfWindowIcmps",
	  "%llu ICMP packets dropped because they were out-of-window" },
	{ "TcpExt", "LockDroppedIcmps", "%llu ICMP packets dropped because socket was locked" },
	{ "TcpExt", "TW", "%llu TCP sockets finished time wait in fast timer" },
	{ "TcpExt", "TWRecycled", "%llu time wait sockets recycled by time stamp" },
	{ "TcpExt", "TWKilled", "%llu TCP sockets finished time wait in slow timer" },
	{ "TcpExt", "PAWSActive", "%llu active connections rejected because of time stamp" },
	{ "TcpExt", "PAWSEstab",
	  "%llu packets rejected in established connections because of timestamp" },
	{ "TcpExt", "DelayedACKs", "%llu delayed acks sent" },
	{ "TcpExt", "DelayedACKLocked",
	  "%llu delayed acks further delayed because of locked socket" },
	{ "TcpExt", "DelayedACKLost", "Quick ack mode was activated %llu times" },
	{ "TcpExt", "ListenOverflows", "%llu times the listen queue of a socket overflowed" },
	{ "TcpExt", "ListenDrops", "%llu SYNs to LISTEN sockets dropped" },
	{ "TcpExt", "TCPHPHits", "!%llu packet headers predicted" },
	{ "TcpExt", "TCPPureAcks", "%llu acknowledgments not containing data payload received" },
	{ "TcpExt", "TCPHPAcks", "%llu predicted acknowledgments" },
	{ "TcpExt", "TCPRenoRecovery",
	  "%llu times recovered from packet loss due to fast retransmit" },
	{ "TcpExt", "TCPSackRecovery",
	  "%llu times recovered from packet loss by selective acknowledgements" },
	{ "TcpExt", "TCPSACKReneging", "%llu bad SACK blocks received" },
	{ "TcpExt", "TCPSACKReorder", "Detected reordering %llu times using SACK" },
	{ "TcpExt", "TCPTSReorder", "Detected reordering %llu times using time stamp" },
	{ "TcpExt", "TCPRenoReorder", "Detected reordering %llu times using reno fast retransmit" },
	{ "TcpExt", "TCPFullUndo", "%llu congestion windows fully recovered without slow start" },
	{ "TcpExt", "TCPPartialUndo",
	  "%llu congestion windows partially recovered using Hoe heuristic" },
	{ "TcpExt", "TCPLossUndo",
	  "%llu congestion windows recovered without slow start after partial ack" },
	{ "TcpExt", "TCPRenoFailures", "%llu timeouts after reno fast retransmit" },
	{ "TcpExt", "TCPSackFailures", "%llu timeouts after SACK recovery" },
	{ "TcpExt", "TCPLossFailures", "%llu timeouts in loss state" },
	{ "TcpExt", "TCPFastRetrans", "%llu fast retransmits" },
	{ "TcpExt", "TCPSlowStartRetrans", "%llu retransmits in slow start" },
	{ "TcpExt", "TCPRcvCollapsed",
	  "%llu packets collapsed in receive queue due to low socket buffer" },
	{ "TcpExt", "TCPDSACKOldSent", "%llu DSACKs sent for old packets" },
	{ "TcpExt", "TCPDSACKOfoSent", "%llu DSACKs sent for out of order packets" },
	{ "TcpExt", "TCPDSACKRecv", "%llu DSACKs received" },
	{ "TcpExt", "TCPDSACKOfoRecv", "%llu DSACKs for out of order packets received" },
	{ "TcpExt", "TCPAbortOnData", "%llu connections reset due to unexpected data" },
	{ "TcpExt", "TCPAbortOnClose", "%llu connections reset due to early user close" },
	{ "TcpExt", "TCPAbortOnMemory", "%llu connections aborted due to memory pressure" },
	{ "TcpExt", "TCPAbortOnTimeout", "%llu connections aborted due to timeout" },
	{ "TcpExt", "TCPAbortOnLinger",
	  "%llu connections aborted after user close in linger timeout" },
	{ "TcpExt", "TCPAbortFailed", "%llu times unable to send RST due to no memory" },
	{ "TcpExt", "TCPMemoryPressures", "TCP ran low on memory %llu times" },
};

/* Those of the sections that every host has are shown when 0 as well. */
static const char *sentence(const char *section, const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sentences); i++)
		if (!strcmp(sentences[i].section, section) && !strcmp(sentences[i].name, name))
			return sentences[i].text;
	return NULL;
}

/* What says nothing about traffic: settings that /proc/net/snmp shows among the counters. */
static bool is_setting(const char *name)
{
	static const char *const names[] = { "Forwarding", "DefaultTTL", "RtoAlgorithm",
					     "RtoMin",	   "RtoMax",	 "MaxConn" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void show_counter(const char *section, const char *name, const char *value)
{
	const char *text = sentence(section, name), *mark;
	bool always = text && *text != '?' && (*text == '!' || strcmp(section, "TcpExt"));

	if (!strcmp(name, "Forwarding"))
		con_printf("    Forwarding: %s\n", value);
	if (!strcmp(name, "InDestUnreachs") || !strcmp(name, "OutDestUnreachs"))
		con_printf("    ICMP %s histogram:\n", *name == 'I' ? "input" : "output");
	if (is_setting(name) || (!always && !strcmp(value, "0")))
		return;
	if (!text) {
		con_printf("    %s: %s\n", name, value);
		return;
	}
	text += *text == '?' || *text == '!';
	mark = strstr(text, "%llu");
	con_printf("    %.*s%s%s\n", (int)(mark - text), text, value, mark + 4);
}

/* What is done with each counter. */
typedef void show_fn(const char *section, const char *name, const char *value);

/* -s -t, -u, -w: the sections of those protocols, and such as are of none of them. */
static const struct sections {
	bool tcp, udp, raw;
} everything = { true, true, true };

static bool of_sections(const struct sections *of, const char *section)
{
	if (!strncmp(section, "Tcp", 3))
		return of->tcp;
	if (!strcmp(section, "Udp:"))
		return of->udp;
	return of->raw || (strcmp(section, "Ip:") && strcmp(section, "Icmp:"));
}

/* Two lines a section: "Ip: names..." and "Ip: values...". */
static void show_section(char *names, char *values, bool title, const struct sections *of,
			 show_fn *show)
{
	char *section = word_of(&names), *name, *value;

	if (!section || !word_of(&values) || !of_sections(of, section))
		return;
	if (title)
		con_printf("%s\n", section);
	section[strlen(section) - 1] = '\0';
	while ((name = word_of(&names)) && (value = word_of(&values)))
		show(section, name, value);
}

static int show_counters(const char *path, bool title, const struct sections *of, show_fn *show)
{
	char *text = proc_text("netstat", path), *rest = text, *names, *values;

	if (!text)
		return 1;
	while ((names = strsep(&rest, "\n")) && (values = strsep(&rest, "\n")))
		show_section(names, values, title, of, show);
	kfree(text);
	return 0;
}

/* Why packets were dropped, and how often. */
static int show_drops(void)
{
	char *text = proc_text("netstat", "/proc/net/drop_reasons"), *rest = text, *line;

	if (!text)
		return 1;
	con_printf("Drops:\n");
	while ((line = strsep(&rest, "\n"))) {
		char *name = word_of(&line), *count = name ? word_of(&line) : NULL;

		if (count && strcmp(count, "0"))
			con_printf("    %s: %s\n", name, count);
	}
	kfree(text);
	return 0;
}

int netstat_statistics(bool tcp, bool udp, bool raw)
{
	const struct sections some = { tcp, udp, raw }, *of = tcp || udp || raw ? &some : &everything;
	int err = show_counters("/proc/net/snmp", true, of, show_counter) |
		  show_counters("/proc/net/netstat", true, of, show_counter);

	return of == &everything ? err | show_drops() : err;
}

/* ---- nstat ---- */

static void nstat_line(const char *section, const char *name, const char *value)
{
	char key[64];

	snprintf(key, sizeof(key), "%s%s", section, name);
	con_printf("%-32s%-16s   0.0\n", key, value);
}

static void nstat_counter(const char *section, const char *name, const char *value)
{
	if (!is_setting(name) && strcmp(value, "0"))
		nstat_line(section, name, value);
}

static void nstat_zero_too(const char *section, const char *name, const char *value)
{
	if (!is_setting(name))
		nstat_line(section, name, value);
}

static int cmd_nstat(int argc, char **argv)
{
	show_fn *show = nstat_counter;
	const char *o;
	int i;

	for (i = 1; i < argc; i++) {
		for (o = argv[i][0] == '-' ? argv[i] + 1 : "?"; *o; o++) {
			if (*o == 'z') {
				show = nstat_zero_too;
			} else if (*o != 'a' && *o != 's') { /* values are absolute always */
				con_printf("nstat: invalid option '%s'; usage: nstat [-asz]\n",
					   argv[i]);
				return 2;
			}
		}
	}
	con_printf("#kernel\n");
	return show_counters("/proc/net/snmp", false, &everything, show) |
	       show_counters("/proc/net/netstat", false, &everything, show);
}

struct console_command nstat_command = {
	.name = "nstat",
	.summary = "show the counters by their SNMP names",
	.usage = "  nstat [-asz]\n-z those that are 0 too; -a absolute values (always), -s without "
		 "history "
		 "(always).\n",
	.fn = cmd_nstat,
};
