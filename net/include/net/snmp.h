/* SPDX-License-Identifier: MIT */
/* MIB counters per namespace: one X-macro a table gives enum and name together, in the order of Linux's /proc/net/snmp and netstat. */
#ifndef NET_SNMP_H
#define NET_SNMP_H

#include <kernel/types.h>

/* X(ENUM, "name in /proc") */
#define IPSTATS_MIB(X) \
	X(INRECEIVES, "InReceives") X(INHDRERRORS, "InHdrErrors") X(INADDRERRORS, "InAddrErrors") \
	X(OUTFORWDATAGRAMS, "ForwDatagrams") X(INUNKNOWNPROTOS, "InUnknownProtos") X(INDISCARDS, "InDiscards") \
	X(INDELIVERS, "InDelivers") X(OUTREQUESTS, "OutRequests") X(OUTDISCARDS, "OutDiscards") \
	X(OUTNOROUTES, "OutNoRoutes") X(REASMTIMEOUT, "ReasmTimeout") X(REASMREQDS, "ReasmReqds") \
	X(REASMOKS, "ReasmOKs") X(REASMFAILS, "ReasmFails") X(FRAGOKS, "FragOKs") X(FRAGFAILS, "FragFails") \
	X(FRAGCREATES, "FragCreates")
/* the IpExt line */
#define IPEXT_MIB(X) \
	X(INNOROUTES, "InNoRoutes") X(INTRUNCATEDPKTS, "InTruncatedPkts") X(INMCASTPKTS, "InMcastPkts") \
	X(OUTMCASTPKTS, "OutMcastPkts") X(INBCASTPKTS, "InBcastPkts") X(OUTBCASTPKTS, "OutBcastPkts") \
	X(INOCTETS, "InOctets") X(OUTOCTETS, "OutOctets") X(INMCASTOCTETS, "InMcastOctets") X(OUTMCASTOCTETS, "OutMcastOctets") \
	X(INBCASTOCTETS, "InBcastOctets") X(OUTBCASTOCTETS, "OutBcastOctets") X(INCSUMERRORS, "InCsumErrors") \
	X(INNOECTPKTS, "InNoECTPkts") X(INECT1PKTS, "InECT1Pkts") X(INECT0PKTS, "InECT0Pkts") X(INCEPKTS, "InCEPkts") \
	X(REASMOVERLAPS, "ReasmOverlaps")
#define ICMP_MIB(X) \
	X(INMSGS, "InMsgs") X(INERRORS, "InErrors") X(CSUMERRORS, "InCsumErrors") X(INDESTUNREACHS, "InDestUnreachs") \
	X(INTIMEEXCDS, "InTimeExcds") X(INPARMPROBS, "InParmProbs") X(INSRCQUENCHS, "InSrcQuenchs") \
	X(INREDIRECTS, "InRedirects") X(INECHOS, "InEchos") X(INECHOREPS, "InEchoReps") X(INTIMESTAMPS, "InTimestamps") \
	X(INTIMESTAMPREPS, "InTimestampReps") X(INADDRMASKS, "InAddrMasks") X(INADDRMASKREPS, "InAddrMaskReps") \
	X(OUTMSGS, "OutMsgs") X(OUTERRORS, "OutErrors") X(RATELIMITGLOBAL, "OutRateLimitGlobal") X(RATELIMITHOST, "OutRateLimitHost") \
	X(OUTDESTUNREACHS, "OutDestUnreachs") X(OUTTIMEEXCDS, "OutTimeExcds") X(OUTPARMPROBS, "OutParmProbs") \
	X(OUTSRCQUENCHS, "OutSrcQuenchs") X(OUTREDIRECTS, "OutRedirects") X(OUTECHOS, "OutEchos") X(OUTECHOREPS, "OutEchoReps") \
	X(OUTTIMESTAMPS, "OutTimestamps") X(OUTTIMESTAMPREPS, "OutTimestampReps") X(OUTADDRMASKS, "OutAddrMasks") \
	X(OUTADDRMASKREPS, "OutAddrMaskReps")
#define TCP_MIB(X) \
	X(ACTIVEOPENS, "ActiveOpens") X(PASSIVEOPENS, "PassiveOpens") X(ATTEMPTFAILS, "AttemptFails") \
	X(ESTABRESETS, "EstabResets") X(CURRESTAB, "CurrEstab") X(INSEGS, "InSegs") X(OUTSEGS, "OutSegs") \
	X(RETRANSSEGS, "RetransSegs") X(INERRS, "InErrs") X(OUTRSTS, "OutRsts") X(CSUMERRORS, "InCsumErrors")
#define UDP_MIB(X) \
	X(INDATAGRAMS, "InDatagrams") X(NOPORTS, "NoPorts") X(INERRORS, "InErrors") X(OUTDATAGRAMS, "OutDatagrams") \
	X(RCVBUFERRORS, "RcvbufErrors") X(SNDBUFERRORS, "SndbufErrors") X(CSUMERRORS, "InCsumErrors") \
	X(IGNOREDMULTI, "IgnoredMulti") X(MEMERRORS, "MemErrors")
/* TcpExt: TCP's builder extends it in Linux's order and names */
#include <net/snmp_linux.h>

enum {
#define X(e, n) IPSTATS_MIB_##e,
	IPSTATS_MIB(X) IPEXT_MIB(X)
#undef X
	__IPSTATS_MIB_MAX
};
enum {
#define X(e, n) ICMP_MIB_##e,
	ICMP_MIB(X)
#undef X
	__ICMP_MIB_MAX
};
enum {
#define X(e, n) TCP_MIB_##e,
	TCP_MIB(X)
#undef X
	__TCP_MIB_MAX
};
enum {
#define X(e, n) UDP_MIB_##e,
	UDP_MIB(X)
#undef X
	__UDP_MIB_MAX
};
enum {
#define X(e, n) LINUX_MIB_##e,
	LINUX_MIB(X)
#undef X
	__LINUX_MIB_MAX
};

struct netns_mib {
	u64 ip[__IPSTATS_MIB_MAX];
	u64 icmp[__ICMP_MIB_MAX];
	u64 icmpmsg_in[256], icmpmsg_out[256]; /* per type */
	u64 tcp[__TCP_MIB_MAX];
	u64 udp[__UDP_MIB_MAX];
	u64 linux_mib[__LINUX_MIB_MAX];
};

#define IP_INC_STATS(net, f) ((net)->mib.ip[IPSTATS_MIB_##f]++)
#define IP_ADD_STATS(net, f, v) ((net)->mib.ip[IPSTATS_MIB_##f] += (u64)(v))
/* IP_ECN_STATS - @n packets arrived with these ECN bits of TOS: the four counters stand in their order. */
#define IP_ECN_STATS(net, tos, n) ((net)->mib.ip[IPSTATS_MIB_INNOECTPKTS + ((tos) & 3)] += (u64)(n))
#define ICMP_INC_STATS(net, f) ((net)->mib.icmp[ICMP_MIB_##f]++)
#define TCP_INC_STATS(net, f) ((net)->mib.tcp[TCP_MIB_##f]++)
#define TCP_DEC_STATS(net, f) ((net)->mib.tcp[TCP_MIB_##f]--)
#define TCP_ADD_STATS(net, f, v) ((net)->mib.tcp[TCP_MIB_##f] += (u64)(v))
#define UDP_INC_STATS(net, f) ((net)->mib.udp[UDP_MIB_##f]++)
#define NET_INC_STATS(net, f) ((net)->mib.linux_mib[LINUX_MIB_##f]++)
#define NET_ADD_STATS(net, f, v) ((net)->mib.linux_mib[LINUX_MIB_##f] += (u64)(v))

#endif
