/* SPDX-License-Identifier: MIT */
/* netstat -s: the counters of /proc/net/snmp and /proc/net/netstat, in net-tools' sentences where
 * it has one. */
#include "cmd_internal.h"

/* A counter and the sentence around its value: "%llu" stands where the number goes. */
static const struct {
	const char *section, *name, *text;
} sentences[] = {
	{ "Ip", "InReceives", "%llu total packets received" },
	{ "Ip", "InHdrErrors", "%llu with invalid headers" },
	{ "Ip", "InAddrErrors", "%llu with invalid addresses" },
	{ "Ip", "ForwDatagrams", "%llu forwarded" },
	{ "Ip", "InUnknownProtos", "%llu with unknown protocol" },
	{ "Ip", "InDiscards", "%llu incoming packets discarded" },
	{ "Ip", "InDelivers", "%llu incoming packets delivered" },
	{ "Ip", "OutRequests", "%llu requests sent out" },
	{ "Ip", "OutDiscards", "%llu outgoing packets dropped" },
	{ "Ip", "OutNoRoutes", "%llu dropped because of missing route" },
	{ "Ip", "ReasmTimeout", "%llu fragments dropped after timeout" },
	{ "Ip", "ReasmReqds", "%llu reassemblies required" },
	{ "Ip", "ReasmOKs", "%llu packets reassembled ok" },
	{ "Ip", "ReasmFails", "%llu packet reassemblies failed" },
	{ "Ip", "FragOKs", "%llu fragments received ok" },
	{ "Ip", "FragFails", "%llu fragments failed" },
	{ "Ip", "FragCreates", "%llu fragments created" },
	{ "Icmp", "InMsgs", "%llu ICMP messages received" },
	{ "Icmp", "InErrors", "%llu input ICMP message failed" },
	{ "Icmp", "OutMsgs", "%llu ICMP messages sent" },
	{ "Icmp", "OutErrors", "%llu ICMP messages failed" },
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
};

/* These have a sentence and are shown when 0 as well. */
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

	if (is_setting(name) || (!text && !strcmp(value, "0")))
		return;
	if (!text) {
		con_printf("    %s: %s\n", name, value);
		return;
	}
	mark = strstr(text, "%llu");
	con_printf("    %s%s\n", value, mark + 4);
}

/* Two lines a section: "Ip: names..." and "Ip: values...". */
static void show_section(char *names, char *values)
{
	char *section = word_of(&names), *name, *value;

	if (!section || !word_of(&values))
		return;
	con_printf("%s\n", section);
	section[strlen(section) - 1] = '\0';
	while ((name = word_of(&names)) && (value = word_of(&values)))
		show_counter(section, name, value);
}

static int show_counters(const char *path)
{
	char *text = proc_text("netstat", path), *rest = text, *names, *values;

	if (!text)
		return 1;
	while ((names = strsep(&rest, "\n")) && (values = strsep(&rest, "\n")))
		show_section(names, values);
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

int netstat_statistics(void)
{
	return show_counters("/proc/net/snmp") | show_counters("/proc/net/netstat") | show_drops();
}
