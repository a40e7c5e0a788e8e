/* SPDX-License-Identifier: MIT */
/* The console's network commands, as one types them: what they change, what they print, what they refuse. */
#include "skiff_host.h"
#include "skiff_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#define SECOND 1000000000ull
#define P(p) ((long)(p))

static char out[65536];
static int failures;

/* A line, what must stand in what it prints (separated by |), and what must not. NULL: it prints nothing. */
struct step {
	const char *line, *has, *hasnt;
};

static bool holds_all(const char *text, const char *words)
{
	char part[128];
	const char *p;

	for (p = words; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL) {
		snprintf(part, sizeof(part), "%.*s", (int)strcspn(p, "|"), p);
		if (!strstr(text, part))
			return false;
	}
	return true;
}

static void type(const struct step *s)
{
	bool ok;

	skiff_command(s->line, out, sizeof(out));
	ok = s->has ? holds_all(out, s->has) : !out[0];
	if (ok && !(s->hasnt && strstr(out, s->hasnt)))
		return;
	fprintf(stderr, "`%s`: expected %s%s%s, printed:\n%s\n", s->line, s->has ? s->has : "nothing",
		s->hasnt ? " without " : "", s->hasnt ? s->hasnt : "", out);
	failures++;
}

static void type_all(const struct step *s)
{
	for (; s->line; s++)
		type(s);
}

static const struct step links[] = {
	{ "ip link", "1: lo:|2: eth0:|state UP|link/ether 02:00:00:00:00:01|brd ff:ff:ff:ff:ff:ff", "inet" },
	{ "ip -s link show dev eth0", "RX:  bytes|TX:  bytes", "errors:" },
	{ "ip -s -s link show dev eth0",
	  "    RX errors:  length    crc   frame    fifo overrun\n|                     0      0       0       0       0 \n|"
	  "    TX errors: aborted   fifo  window heartbt\n",
	  "lo:" },
	{ "ip link show eth0", "state UP mode DEFAULT group default qlen 1000\n    link/ether", NULL },
	{ "ip -o link show lo", "state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback", "1000\n" },
	{ "ip -o -s link show lo", "\\    RX:  bytes", "bytes\n" },
	{ "ip link show eth7", "Device \"eth7\" does not exist.", NULL },
	{ "ip link set eth0 mtu 1400 txqueuelen 77", NULL, NULL },
	{ "ip link show eth0", "mtu 1400|qlen 77", NULL },
	{ "ip link set dev eth0 mtu 1500", NULL, NULL },
	{ "ip link set eth0 promisc on", NULL, NULL },
	{ "ip link show eth0", "PROMISC", NULL },
	{ "ip link set eth0 promisc off allmulticast on", NULL, NULL },
	{ "ip link show eth0", "ALLMULTI", "PROMISC" },
	{ "ip link set eth0 allmulticast off", NULL, NULL },
	{ "ip link set eth0 promisc maybe", "maybe", NULL },
	{ "ip link set eth0 down", NULL, NULL },
	{ "ip link show eth0", "state DOWN", NULL },
	{ "ip link set eth0 address 02:00:00:00:00:09", NULL, NULL },
	{ "ip link show eth0", "02:00:00:00:00:09", NULL },
	{ "ip link set eth0 address 02:00:00:00:00:01 up", NULL, NULL },
	{ "ip link set eth0 address nonsense", "nonsense", NULL },
	{ "ip link set eth0 mtu 12x", "12x", NULL },
	{ "ip link set eth0 mtu 20", "Error: mtu less than device minimum.", NULL },
	{ "ip link set eth0 mtu 70000", "Error: mtu greater than device maximum.", NULL },
	{ "ip -br link", "lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \n|eth0             UP", NULL },
	{ "ip -d link show eth0", "promiscuity 0|minmtu 68 maxmtu", NULL },
	{ "ip link set eth0 colour red", "\"colour\" is unknown", NULL },
	{ "ip link set eth0 mtu", "ip", NULL },
	{ "ip link set", "the device", NULL },
	{ "ip link set eth7 up", "Cannot find device \"eth7\"", NULL },
	{ "ip link paint", "paint", NULL },
	{ "ip", "ip", NULL },
	{ "ip -x link", "option \"-x\" is unknown", NULL },
	{ "ip -4 nothing", "Object \"nothing\" is unknown", NULL },
	{ NULL, NULL, NULL },
};

static const struct step addresses[] = {
	{ "ip addr add 10.0.0.1/24 brd + dev eth0", NULL, NULL },
	{ "ip addr add 10.0.1.1/24 dev eth0", NULL, NULL },
	{ "ip addr add 10.0.2.1/24 brd 10.0.2.254 dev eth0", NULL, NULL },
	{ "ip addr show eth0", "inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0|"
				"    inet 10.0.1.1/24 scope global eth0\n|brd 10.0.2.254", "eth0:1" },
	{ "ip a", "127.0.0.1/8 scope host lo", "mode DEFAULT" },
	{ "ip -o a show lo", "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n", "link/" },
	{ "ip -br addr show eth0", "eth0             UP             10.0.0.1/24 10.0.1.1/24 10.0.2.1/24 \n", NULL },
	{ "ip addr add 10.0.0.1/24 dev eth0", "RTNETLINK answers: File exists", NULL },
	{ "ip addr replace 10.0.1.1/24 dev eth0 valid_lft 100 preferred_lft 50", NULL, NULL },
	{ "ip addr show eth0", "scope global dynamic eth0\n       valid_lft 100sec preferred_lft 50sec", NULL },
	{ "ip addr add 10.0.0.7/24 dev eth0 label eth0:x", NULL, NULL },
	{ "ip addr show eth0", "inet 10.0.0.7/24 scope global secondary eth0:x\n", NULL },
	{ "ip addr add 10.0.0.8/24 dev eth0 label lo:x", NULL, NULL },
	{ "ip addr show eth0 label lo*", "inet 10.0.0.8/24 scope global secondary lo:x\n", "10.0.0.7" },
	{ "ip addr del 10.0.0.8/24 dev eth0", NULL, NULL },
	{ "ip addr del 10.0.0.7/24 dev eth0", NULL, NULL },
	{ "ip addr add 10.5.0.1 peer 10.5.0.2/32 dev eth0", NULL, NULL },
	{ "ip addr show eth0", "inet 10.5.0.1 peer 10.5.0.2/32 scope global eth0\n", NULL },
	{ "ip addr add 10.0.9.1/24 dev eth7", "Cannot find device", NULL },
	{ "ip addr add 10.0.9.1/33 dev eth0", "any valid prefix is expected rather than \"10.0.9.1/33\"", NULL },
	{ "ip addr add 10.0.9.1/24 brd 1.2 dev eth0", "any valid prefix is expected", NULL },
	{ "ip addr add 10.0.9.1/24 10.0.9.2 dev eth0", "not understood", NULL },
	{ "ip addr add 10.0.9.1/24", "\"dev\" argument is required", NULL },
	{ "ip addr add dev eth0", "the address", NULL },
	{ "ip addr paint", "paint", NULL },
	{ "ip addr del 10.0.1.1/24 dev eth0", NULL, NULL },
	{ "ip addr show eth0", "10.0.0.1/24|10.0.2.1/24", "10.0.1.1" },
	{ "ip addr del 10.0.7.7/24 dev eth0", "Cannot assign requested address", NULL },
	{ "ip addr del 10.0.7.7/24 dev eth7", "Cannot find device", NULL },
	{ "ip addr flush dev eth0", NULL, NULL },
	{ "ip addr show eth0", "eth0:", "inet" },
	{ "ip addr add 10.0.0.1/24 brd + dev eth0", NULL, NULL },
	{ NULL, NULL, NULL },
};

static const struct step routes[] = {
	{ "ip route", "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1", NULL },
	{ "ip route add default via 10.0.0.254", NULL, NULL },
	{ "ip route add 192.168.0.0/16 via 10.0.0.253 dev eth0 metric 5 mtu 1400", NULL, NULL },
	{ "ip route add unreachable 192.168.9.0/24", NULL, NULL },
	{ "ip route add 192.168.7.7 dev eth0", NULL, NULL },
	{ "ip route show", "default via 10.0.0.254 dev eth0|192.168.0.0/16 via 10.0.0.253 dev eth0 metric 5 mtu|"
			   "unreachable 192.168.9.0/24|192.168.7.7 dev eth0 scope link", NULL },
	{ "ip route add default via 10.0.0.254", "RTNETLINK answers: File exists", NULL },
	{ "ip route replace default via 10.0.0.252", NULL, NULL },
	{ "ip route", "default via 10.0.0.252", "10.0.0.254" },
	{ "ip route get 192.168.3.3", "192.168.3.3|src 10.0.0.1", NULL },
	{ "ip route get 192.168.9.1", "RTNETLINK answers:", NULL },
	{ "ip route get fish", "inet address is expected", NULL },
	{ "ip route get", "the address", NULL },
	{ "ip route add 172.16.0.0/12 via 99.0.0.1", "Nexthop has invalid gateway", NULL },
	{ "ip route add 172.16.0.0/12 dev eth7", "Cannot find device", NULL },
	{ "ip route add 172.16.0.0/12 via 10.0.0.9 metric many", "\"many\" is not understood", NULL },
	{ "ip route add 172.16.0.0/40", "not understood", NULL },
	{ "ip route add via 10.0.0.9", "the destination", NULL },
	{ "ip route paint", "paint", NULL },
	{ "ip route del 192.168.0.0/16 metric 5", NULL, NULL },
	{ "ip route del 192.168.0.0/16", "No such process", NULL },
	{ "ip route", "default", "192.168.0.0/16" },
	{ "ip route show table main", "default", NULL },
	{ "ip route show table local", "local 10.0.0.1 dev eth0 proto kernel scope host src 10.0.0.1 \n|"
				       "broadcast 10.0.0.255 dev eth0 proto kernel scope link", "default" },
	{ "ip route show table all", "local 10.0.0.1 dev eth0 table local proto kernel|default via 10.0.0.252 dev eth0 \n", NULL },
	{ "ip route show table 7", "Error: ipv4: FIB table does not exist.\nDump terminated\n", NULL },
	{ "ip route show table seven", "\"seven\" is not understood here", NULL },
	{ "ip route add default via 10.0.0.77 table 7", NULL, NULL },
	{ "ip route show table 7", "default via 10.0.0.77 dev eth0 \n", "table" },
	{ "ip rule add fwmark 0x10/0xff lookup 7 pref 500", NULL, NULL },
	{ "ip rule add fwmark 0x10/0xff lookup 7 pref 500", "RTNETLINK answers: File exists", NULL },
	{ "ip rule add not from 10.4.4.0/24 iif eth0 ipproto tcp dport 80-90 prohibit pref 600", NULL, NULL },
	{ "ip rule", "0:\tfrom all lookup local\n500:\tfrom all fwmark 0x10/0xff lookup 7\n"
		     "600:\tnot from 10.4.4.0/24 iif eth0 ipproto tcp dport 80-90 prohibit\n"
		     "32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n", NULL },
	{ "ip rule del pref 600", NULL, NULL },
	{ "ip rule show table 7", "500:", "0:\tfrom all lookup" },
	{ "ip route get 8.8.8.8 mark 0x10", "8.8.8.8 via 10.0.0.77 dev eth0 src 10.0.0.1 mark 0x10 uid 0 \n    cache \n", NULL },
	{ "ip -o route get 8.8.8.8", "8.8.8.8 via 10.0.0.252 dev eth0 src 10.0.0.1 uid 0 \\    cache \n", "table" },
	{ "ip route get 10.0.0.1", "local 10.0.0.1 dev lo src 10.0.0.1 uid 0 \n    cache <local> \n", NULL },
	{ "ip route get 10.0.0.255", "broadcast 10.0.0.255 dev eth0 src 10.0.0.1 uid 0 \n    cache <local,brd> \n", NULL },
	{ "ip rule del pref 500", NULL, NULL },
	{ "ip rule del pref 500", "RTNETLINK answers: No such file or directory", NULL },
	{ "ip rule add from fish", "\"fish\" is not understood", NULL },
	{ "ip rule paint", "paint", NULL },
	{ "ip route flush table 7", NULL, NULL },
	{ "ip route add 172.16.0.0/12 proto static metric 9 nexthop via 10.0.0.9 weight 2 nexthop via 10.0.0.10 dev eth0", NULL, NULL },
	{ "ip route show 172.16.0.0/12", "172.16.0.0/12 proto static metric 9 \n\tnexthop via 10.0.0.9 dev eth0 weight 2 \n"
					 "\tnexthop via 10.0.0.10 dev eth0 weight 1 \n", "default" },
	{ "ip route append 172.16.0.0/12 via 10.0.0.8 metric 9", NULL, NULL },
	{ "ip route change 172.17.0.0/16 via 10.0.0.8", "RTNETLINK answers: No such file or directory", NULL },
	{ "ip -d route show root 172.0.0.0/8",
	  "unicast 172.16.0.0/12 via 10.0.0.8 dev eth0 proto boot scope global metric 9 \n", "default" },
	{ "ip route flush root 172.0.0.0/8", NULL, NULL },
	{ "ip route show root 172.0.0.0/8", NULL, NULL },
	{ "ip route add blackhole 172.20.0.0/16 mtu lock 900 table 8", NULL, NULL },
	{ "ip route show table 8", "blackhole 172.20.0.0/16 mtu lock 900 \n", NULL },
	{ "ip route flush table 8", NULL, NULL },
	{ "route", "Kernel IP routing table|Destination|default         10.0.0.252      0.0.0.0         UG|UH|!", NULL },
	{ "route -n", "Kernel IP routing table|Destination|0.0.0.0         10.0.0.252      0.0.0.0         UG|UH|!", "default" },
	{ "route -en", "Flags   MSS Window  irtt Iface|0.0.0.0         10.0.0.252 ", "Metric" },
	{ "route add -net 172.16.0.0 netmask 255.240.0.0 gw 10.0.0.9 metric 3 dev eth0", NULL, NULL },
	{ "route add -host 172.31.0.1 eth0", NULL, NULL },
	{ "route add -net 172.20.0.0/16 reject", NULL, NULL },
	{ "route -n", "\n172.20.0.0      -               255.255.0.0     !     0      -        0 -\n|"
		      "\n0.0.0.0         10.0.0.252      0.0.0.0         UG    0      0        0 eth0\n", NULL },
	{ "netstat -rn", "Flags   MSS Window  irtt Iface\n|"
			 "\n172.20.0.0      -               255.255.0.0     !         - -          - -\n|"
			 "\n0.0.0.0         10.0.0.252      0.0.0.0         UG        0 0          0 eth0\n", NULL },
	{ "route -n", "172.16.0.0      10.0.0.9        255.240.0.0     UG    3|172.31.0.1|172.20.0.0", NULL },
	{ "route del -net 172.16.0.0 netmask 255.240.0.0", NULL, NULL },
	{ "ip route del 172.20.0.0/16", NULL, NULL }, /* of whatever type */
	{ "ip route", "default", "172.20.0.0" },
	{ "route del -net 172.16.0.0 netmask 255.240.0.0", "SIOCDELRT: No such process", NULL },
	{ "route add 1.2.3.4 netmask 255.0.255.0", "route", NULL },
	{ "route add 1.2.3.0/24 gw fish", "route", NULL },
	{ "route add 1.2.3.0/24 metric fish", "route", NULL },
	{ "route add 1.2.3.0/24 fish fish", "route", NULL },
	{ "route add fish", "route", NULL },
	{ "route paint", "route", NULL },
	{ NULL, NULL, NULL },
};

static const struct step neighbours[] = {
	{ "ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev eth0", NULL, NULL },
	{ "ip neigh", "10.0.0.5 dev eth0 lladdr 02:00:00:00:00:05 PERMANENT", NULL },
	{ "ip neigh show dev lo", NULL, NULL },
	{ "ip neigh replace 10.0.0.5 lladdr 02:00:00:00:00:06 nud permanent dev eth0", NULL, NULL },
	{ "arp", "Flags Mask            Iface\n|"
		 "10.0.0.5                 ether   02:00:00:00:00:06   CM                    eth0\n", NULL },
	{ "arp -e 10.0.0.5", "10.0.0.5", NULL },
	{ "arp 10.0.0.99", "10.0.0.99 (10.0.0.99) -- no entry", "Address" },
	{ "ip neigh add 10.0.0.5 dev eth0", "lladdr", NULL },
	{ "ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:05", "dev DEV", NULL },
	{ "ip neigh add 10.0.0.5 lladdr fish dev eth0", "are expected", NULL },
	{ "ip neigh add 99.0.0.5 lladdr 02:00:00:00:00:05 dev eth7", "Cannot find device \"eth7\"", NULL },
	{ "ip neigh change 10.0.0.6 lladdr 02:00:00:00:00:06 dev eth0", "RTNETLINK answers: No such file or directory", NULL },
	{ "ip neigh add 10.0.0.6 lladdr 02:00:00:00:00:06 nud stale dev eth0", NULL, NULL },
	{ "ip neigh show dev eth0 nud stale", "10.0.0.6 lladdr 02:00:00:00:00:06 STALE \n", "10.0.0.5" },
	{ "ip neigh del 10.0.0.6 dev eth0", NULL, NULL },
	{ "ip neigh add proxy 10.0.0.50 dev eth0", NULL, NULL },
	{ "ip neigh show proxy", "10.0.0.50 dev eth0 proxy \n", "lladdr" },
	{ "ip neigh del proxy 10.0.0.50 dev eth0", NULL, NULL },
	{ "ip neigh paint", "paint", NULL },
	{ "ip neigh del 10.0.0.5 dev eth0", NULL, NULL },
	{ "ip neigh del 10.0.0.77 dev eth0", "RTNETLINK answers:", NULL },
	{ "arp -s 10.0.0.8 02:00:00:00:00:08 temp", NULL, NULL },
	{ "arp -n", "10.0.0.8", "CM" },
	{ "ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0", NULL, NULL },
	{ "ip neigh flush", "what to flush", NULL },
	{ "ip neigh flush dev eth0", NULL, NULL },
	{ "ip neigh show dev eth0", "10.0.0.9", "10.0.0.8" },
	{ "ip neigh show 10.0.0.8", NULL, NULL },
	{ "ip neigh del 10.0.0.9 dev eth0", NULL, NULL },
	{ "arp -s 10.0.0.8 02:00:00:00:00:08 temp", NULL, NULL },
	{ "arp -i lo", "entries no match found", "10.0.0.8" },
	{ "arp -i eth0 -d 10.0.0.8", NULL, NULL },
	{ "arp -d 10.0.0.8", "10.0.0.8", NULL },
	{ "arp -i eth0 -s 10.0.0.8 02:00:00:00:00:08 pub", NULL, NULL },
	{ "arp -n", "10.0.0.8                 *       <from_interface>    MP                    eth0\n", NULL },
	{ "ip neigh show proxy", "10.0.0.8 dev eth0", NULL },
	{ "arp -i eth0 -d 10.0.0.8 pub", NULL, NULL },
	{ "ip neigh show proxy", NULL, "10.0.0.8" },
	{ "arp -s 10.0.0.8 02:00:00:00:00:08 odd", "`odd` is not understood", NULL },
	{ "arp -s 10.0.0.8", "arp", NULL },
	{ "arp -x", "arp", NULL },
	{ NULL, NULL, NULL },
};

static const struct step old_tools[] = {
	{ "ifconfig", "lo: flags=|eth0: flags=|<UP,BROADCAST,RUNNING,MULTICAST>|inet 10.0.0.1  netmask 255.255.255.0|"
		      "broadcast 10.0.0.255|loop  txqueuelen|ether 02:00:00:00:00:01|RX packets|TX errors", NULL },
	{ "ifconfig eth0", "eth0", "lo:" },
	{ "ifconfig eth7", "eth7: error fetching interface information", NULL },
	{ "ifconfig eth0 10.0.5.1/16 mtu 1300", NULL, NULL },
	{ "ifconfig eth0", "mtu 1300|inet 10.0.5.1  netmask 255.255.0.0", NULL },
	{ "ifconfig eth0 10.0.5.2 netmask 255.255.255.0 broadcast 10.0.5.99 mtu 1500", NULL, NULL },
	{ "ifconfig eth0", "inet 10.0.5.2  netmask 255.255.255.0  broadcast 10.0.5.99", NULL },
	{ "ifconfig eth0 down", NULL, NULL },
	{ "ifconfig", "lo:", "eth0" },
	{ "ifconfig -a", "lo:|eth0", NULL },
	{ "ifconfig eth0 up promisc allmulti -arp", NULL, NULL },
	{ "ifconfig eth0", "NOARP,PROMISC,ALLMULTI", NULL },
	{ "ifconfig eth0 -promisc -allmulti arp", NULL, NULL },
	{ "ifconfig eth0 fish", "ifconfig: eth0: fish: neither an address such as", NULL },
	{ "ifconfig eth0 mtu x", "mtu x: 68 or more", NULL },
	{ "ifconfig eth0 netmask x", "netmask x: not a value", NULL },
	{ "ifconfig eth0 txqueuelen 500", NULL, NULL },
	{ "ifconfig eth0", "txqueuelen 500", NULL },
	{ "ifconfig eth0 txqueuelen 1000", NULL, NULL },
	{ "ifconfig -s", "Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n|"
			 "lo              65536 | LRU\n|eth0             1500 | BMRU\n", NULL },
	{ "netstat -i", "Kernel Interface table\nIface             MTU    RX-OK RX-ERR RX-DRP RX-OVR|eth0             1500 ", NULL },
	{ "ifconfig -x", "usage: ifconfig", NULL },
	{ "ifconfig eth7 up", "No such device", NULL },
	{ "ifconfig eth0:7 10.0.7.1", NULL, NULL },
	{ "ifconfig eth0", "eth0: flags=", "10.0.7.1" },
	{ "ifconfig eth0:7", "eth0:7: flags=|inet 10.0.7.1  netmask 255.0.0.0|ether ", "RX packets" },
	{ "ifconfig", "eth0: flags=|eth0:7: flags=|lo: flags=", NULL },
	{ "ifconfig eth0:7 down", NULL, NULL },
	{ "ifconfig eth0:7", "eth0:7: error fetching interface information: Device not found", NULL },
	{ "dhcp", "no device has a DHCP client", NULL },
	{ "dhcp eth7", "no device `eth7`", NULL },
	{ "dhcp eth0 stop", "eth0 has no DHCP client", NULL },
	{ "dhcp eth0 paint", "dhcp", NULL },
	{ "dhcp eth0 start now please", "dhcp", NULL },
	{ "dhcp eth0 start", NULL, NULL },
	{ "dhcp", "eth0: ", NULL },
	{ "dhcp eth0 release", NULL, NULL },
	{ "dhcp eth0 stop", "has no DHCP client", NULL },
	{ "ifconfig eth0 10.0.0.1/24", NULL, NULL },
	{ NULL, NULL, NULL },
};

/* --- servers on the loopback device --- */

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };

	a.sin_addr.s_addr = inet_addr(ip);
	return a;
}

static void echo_tcp(void *arg)
{
	struct sockaddr_in a = address("127.0.0.1", 7);
	long fd = skiff_syscall(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0, 0), conn, n;
	static char buf[2048];

	skiff_syscall(SYS_bind, fd, P(&a), sizeof(a), 0, 0, 0);
	skiff_syscall(SYS_listen, fd, 5, 0, 0, 0, 0);
	while ((conn = skiff_syscall(SYS_accept, fd, 0, 0, 0, 0, 0)) >= 0) {
		while ((n = skiff_syscall(SYS_read, conn, P(buf), sizeof(buf), 0, 0, 0)) > 0)
			skiff_syscall(SYS_write, conn, P(buf), n, 0, 0, 0);
		skiff_syscall(SYS_close, conn, 0, 0, 0, 0, 0);
	}
}

static long bound_udp(int port)
{
	struct sockaddr_in a = address("127.0.0.1", port);
	long fd = skiff_syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0, 0, 0, 0);

	skiff_syscall(SYS_bind, fd, P(&a), sizeof(a), 0, 0, 0);
	return fd;
}

static void echo_udp(void *arg)
{
	long fd = bound_udp(7), n;
	static char buf[2048];
	struct sockaddr_in peer;
	unsigned int len = sizeof(peer);

	while ((n = skiff_syscall(SYS_recvfrom, fd, P(buf), sizeof(buf), 0, P(&peer), P(&len))) >= 0)
		skiff_syscall(SYS_sendto, fd, P(buf), n, 0, P(&peer), sizeof(peer));
}

static size_t put(unsigned char *p, const char *bytes, size_t n)
{
	memcpy(p, bytes, n);
	return n;
}

#define PUT(p, bytes) put(p, bytes, sizeof(bytes) - 1)

/* many.test has records of every kind; @n: where the answer begins, @type: of the question. */
static size_t dns_many(unsigned char *m, size_t n, int type)
{
	m[2] |= 0x80;
	m[7] = 1;
	switch (type) {
	case 2:
		m[9] = m[11] = 1;
		n += PUT(m + n, "\xc0\x0c\0\2\0\1\0\0\0\1\0\5\2ns\xc0\x0c");
		n += PUT(m + n, "\xc0\x0c\0\2\0\1\0\0\0\1\0\5\2ns\xc0\x0c");
		return n + PUT(m + n, "\2ns\xc0\x0c\0\1\0\1\0\0\0\1\0\4\11\11\11\11");
	case 6:
		n += PUT(m + n, "\xc0\x0c\0\6\0\1\0\0\0\1\0\x20\2ns\xc0\x0c\4root\xc0\x0c");
		return n + PUT(m + n, "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5");
	case 15: return n + PUT(m + n, "\xc0\x0c\0\x0f\0\1\0\0\0\1\0\x09\0\x0a\4mail\xc0\x0c");
	case 16:
		m[7] = 2;
		n += PUT(m + n, "\xc0\x0c\0\x10\0\1\0\0\0\1\0\x0a\5v=spf\3a\"b");
		return n + PUT(m + n, "\xc0\x0c\0\x10\0\1\0\0\0\1\0\3\2\\\1");
	default: /* addresses of IPv6 */
		m[7] = 3;
		n += PUT(m + n, "\xc0\x0c\0\x1c\0\1\0\0\0\1\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1");
		n += PUT(m + n, "\xc0\x0c\0\x1c\0\1\0\0\0\1\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
		return n + PUT(m + n, "\xc0\x0c\0\x1c\0\1\0\0\0\1\0\x10\0\1\0\0\0\0\0\2\0\0\0\0\0\0\0\0");
	}
}

/* What the DNS server says depends on the first letter of the name. RFC 1035 section 4. */
static size_t dns_reply(unsigned char *m, size_t n)
{
	switch (m[13]) {
	case 'm': return dns_many(m, n, m[n - 3]);
	case 'r': /* refused */ m[2] |= 0x80, m[3] = 5; return n;
	case '9': /* 10.0.0.99 has no name */ m[2] |= 0x80, m[3] = 3; return n;
	case '1': /* names of 10.0.0.1 */
		m[2] |= 0x80, m[7] = 2;
		n += PUT(m + n, "\xc0\x0c\0\x0c\0\1\0\0\0\1\0\x0b\4host\4test\0");
		return n + PUT(m + n, "\xc0\x0c\0\x0c\0\1\0\0\0\1\0\x0c\5host2\4test\0");
	case 'n': /* NXDOMAIN */ m[2] |= 0x80, m[3] = 3; return n;
	case 's': /* SERVFAIL */ m[2] |= 0x80, m[3] = 2; return n;
	case 'q': /* a query is no answer */ return n;
	case 'i': /* another's number */ m[2] |= 0x80, m[0] ^= 1; return n;
	case 'e': /* no records */ m[2] |= 0x80; return n;
	case 'x': /* cut short */ return 5;
	case 'l': /* a name that points at itself */
		m[2] |= 0x80, m[7] = 1;
		m[n] = 0xc0, m[n + 1] = (unsigned char)n;
		return n + 2 + 14;
	case 't': /* data longer than the message */
		m[2] |= 0x80, m[7] = 1;
		return n + PUT(m + n, "\xc0\x0c\0\1\0\1\0\0\0\1\0\xff\1\2\3\4");
	case 'a': /* an alias, its address, and an address of somebody else */
		m[2] |= 0x80, m[7] = 3;
		n += PUT(m + n, "\xc0\x0c\0\5\0\1\0\0\0\1\0\7\4real\xc0\x0c");
		n += PUT(m + n, "\4real\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1");
		return n + PUT(m + n, "\3bad\0\0\1\0\1\0\0\0\1\0\4\6\6\6\6");
	default:
		m[2] |= 0x80, m[7] = 1;
		return n + PUT(m + n, "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1");
	}
}

static void dns_server(void *arg)
{
	long fd = bound_udp(53), n;
	static unsigned char m[2048];
	struct sockaddr_in peer;
	unsigned int len = sizeof(peer);

	while ((n = skiff_syscall(SYS_recvfrom, fd, P(m), 512, 0, P(&peer), P(&len))) >= 0) {
		memset(m + n, 0, sizeof(m) - (size_t)n);
		n = (long)dns_reply(m, (size_t)n);
		/* flood.test: no answer to the question, but many to others, half a second apart */
		for (int i = 0; i < (m[13] == 'f' ? 40 : 1); i++) {
			struct timespec ts = { 0, m[13] == 'f' ? 500000000 : 0 };

			if (m[13] == 'f')
				m[0] ^= 1;
			skiff_syscall(SYS_sendto, fd, P(m), n, 0, P(&peer), sizeof(peer));
			skiff_syscall(SYS_nanosleep, P(&ts), 0, 0, 0, 0, 0);
			if (m[13] == 'f')
				m[0] ^= 1;
		}
	}
}

static const struct step clients[] = {
	{ "echo 127.0.0.1 7 hello world", "hello world\n", NULL },
	{ "echo 127.0.0.1 7 -u hello datagram", "hello datagram\n", NULL },
	{ "echo -u 127.0.0.1 7 again", "again\n", NULL },
	{ "echo 127.0.0.1 99 x", "Connection refused", NULL },
	{ "echo 127.0.0.1 99 -u x", "Connection refused", NULL },
	{ "echo 127.0.0.1 70000 x", "is not a port", NULL },
	{ "echo 127.0.0.1", "echo", NULL },
	{ "echo 1.2.3 7 x", "Name or service not known", NULL },
	{ "echo no.where 7 by name", "Temporary failure in name resolution", NULL },
	{ "ping -c 2 -i 0.2 -s 1000 127.0.0.1",
	  "1008 bytes from 127.0.0.1|icmp_seq=2|2 packets transmitted, 2 received, 0% packet loss, time 200ms", NULL },
	{ "ping -q -c1 -t 3 -I lo 127.0.0.1", "1 received", "icmp_seq" },
	{ "ping -n -c 2 -W 0.5 10.0.0.77", "2 packets transmitted, 0 received|100% packet loss", NULL },
	{ "ping -c 9 -w 1.5 127.0.0.1", "2 packets transmitted, 2 received, 0% packet loss, time 1000ms", NULL },
	{ "ping -c 3 -w 1 10.0.0.77", "1 packets transmitted, 0 received|time 0ms", NULL },
	{ "ping -4c 1 127.0.0.1", "ping", "PING" },
	{ "ping -4 -c 1 -W 0 127.0.0.1", "PING", NULL },
	{ "ping -c 1 10.0.0.255", "Do you want to ping broadcast? Then -b", "PING" },
	{ "ping -b -c 1 -W 0.1 10.0.0.255", "WARNING: pinging broadcast address\nPING 10.0.0.255|1 packets transmitted", NULL },
	{ "ping -cx 127.0.0.1", "invalid argument: 'x'", NULL },
	{ "ping -c 1 -s 60000 127.0.0.1", "60008 bytes", NULL },
	{ "ping -c 1 -s 0 127.0.0.1", "8 bytes", "time=" },
	{ "ping -c 0 127.0.0.1", "ping", NULL },
	{ "ping -c 1 -s 15 127.0.0.1", "23 bytes", "time=" },
	{ "ping -c 1 -s 16 127.0.0.1", "24 bytes|time=", NULL },
	{ "ping -c 1 -I 127.0.0.1 127.0.0.1", "PING 127.0.0.1 (127.0.0.1) from 127.0.0.1 : 56(84) bytes", NULL },
	{ "ping -c 1 -I lo 127.0.0.1", "from 127.0.0.1 lo: 56(84) bytes", NULL },
	{ "ping -c 1 -I 7.7.7.7 127.0.0.1", "ping: bind: Cannot assign requested address", NULL },
	{ "ping -c 1 0.0.0.0", "PING 0.0.0.0 (127.0.0.1) 56(84)|1 received", NULL },
	{ "ping -i x 127.0.0.1", "ping", NULL },
	{ "ping -x 127.0.0.1", "ping", NULL },
	{ "ping -c 1 -Q 0x10 -m 7 -M want 127.0.0.1", "1 received", NULL },
	{ "ping -c 1 -W 0.1 -M do -s 1473 10.0.0.77", "ping: local error: message too long, mtu=1500|+1 errors", "sendmsg" },
	{ "ping -c 1 -W 0.1 -M dont -s 1473 10.0.0.77", "1 packets transmitted, 0 received", "error" },
	{ "ping -Q 256 127.0.0.1", "invalid argument: '256': a type of service from 0 to 255 is right", NULL },
	{ "ping -M maybe 127.0.0.1", "invalid argument: 'maybe': do, want, dont or probe is right", NULL },
	{ "ping", "ping", NULL },
	{ "ping -c 1 -I eth7 127.0.0.1", "ping: SO_BINDTODEVICE eth7: No such device", NULL },
	{ "ping -c 1 192.168.9.1", "ping:", NULL },
	{ "ping -c 1 1.2.3", "Name or service not known", NULL },
	{ NULL, NULL, NULL },
};

static const struct step names[] = {
	{ "nslookup host.test 127.0.0.1", "Server:\t\t127.0.0.1|Non-authoritative answer|Name:\thost.test\nAddress: 127.0.0.1", NULL },
	{ "nslookup alias.test. 127.0.0.1", "canonical name = real.alias.test|Name:\treal.alias.test\nAddress: 127.0.0.1", "6.6.6.6" },
	{ "nslookup none.test 127.0.0.1", "can't find none.test: NXDOMAIN", NULL },
	{ "nslookup empty.test 127.0.0.1", "Non-authoritative answer:\n*** Can't find empty.test: No answer\n", "found from" },
	{ "nslookup 10.0.0.1 127.0.0.1", "1.0.0.10.in-addr.arpa\tname = host.test.\n1.0.0.10.in-addr.arpa\tname = host2.test.\n\n"
	  "Authoritative answers can be found from:\n\n", "Server" },
	{ "nslookup 10.0.0.99 127.0.0.1", "** server can't find 99.0.0.10.in-addr.arpa: NXDOMAIN\n\n", "Server" },
	{ "nslookup -type=mx 10.0.0.1 127.0.0.1", "Server:\t\t127.0.0.1\nAddress:\t127.0.0.1#53\n\nNon-authoritative answer:\n"
	  "1.0.0.10.in-addr.arpa\tname = host.test.\n", NULL },
	{ "nslookup -type=MX many.test 127.0.0.1", "many.test\tmail exchanger = 10 mail.many.test.\n\nAuthoritative", NULL },
	{ "nslookup -q=txt many.test 127.0.0.1", "many.test\ttext = \"v=spf\" \"a\\\"b\"\nmany.test\ttext = \"\\\\\\001\"\n", NULL },
	{ "nslookup -ty=aaaa many.test 127.0.0.1", "Name:\tmany.test\nAddress: 2001:db8::1\nName:\tmany.test\nAddress: ::1\n"
	  "Name:\tmany.test\nAddress: 1:0:0:2::\n", "found from" },
	{ "nslookup -query=ns many.test 127.0.0.1", "many.test\tnameserver = ns.many.test.\n\nAuthoritative answers can be found from:\n"
	  "many.test\tnameserver = ns.many.test.\nns.many.test\tinternet address = 9.9.9.9\n\n", NULL },
	{ "nslookup -type=soa many.test 127.0.0.1", "many.test\n\torigin = ns.many.test\n\tmail addr = root.many.test\n\tserial = 1\n"
	  "\trefresh = 2\n\tretry = 3\n\texpire = 4\n\tminimum = 5\n\nAuth", NULL },
	{ "nslookup -type=cname alias.test 127.0.0.1", "alias.test\tcanonical name = real.alias.test.\n", NULL },
	{ "nslookup -type=txt tlong.test 127.0.0.1", "SERVFAIL", "Address: " },
	{ "nslookup -type=bogus host.test 127.0.0.1", "unknown query type: bogus; a, aaaa", "Server" },
	{ "nslookup -foo host.test 127.0.0.1", "*** Invalid option: foo", "Server" },
	{ "nslookup ref.test 127.0.0.1", "** server can't find ref.test: REFUSED\n", NULL },
	{ "nslookup serv.test 127.0.0.1", "SERVFAIL", NULL },
	{ "nslookup query.test 127.0.0.1", "no servers could be reached", NULL },
	{ "nslookup id.test 127.0.0.1", "no servers could be reached", NULL },
	{ "nslookup xcut.test 127.0.0.1", "no servers could be reached", NULL },
	{ "nslookup loop.test 127.0.0.1", "SERVFAIL", NULL },
	{ "nslookup tlong.test 127.0.0.1", "SERVFAIL", NULL },
	{ "nslookup a..b 127.0.0.1", "is not a host name", NULL },
	{ "nslookup host.test 1.2", "is not the address of a server", NULL },
	{ "nslookup host.test", "no servers could be reached", NULL },
	{ "nslookup", "nslookup", NULL },
	{ "nslookup host.test 127.0.0.9", "connection refused; no servers could be reached", NULL },
	{ "ping -c 1 some.where", "Temporary failure in name resolution", NULL },
	{ NULL, NULL, NULL },
};

static const struct step sockets[] = {
	{ "netstat -tln", "only servers|tcp        0      0 127.0.0.1:7             0.0.0.0:*               LISTEN", "udp" },
	{ "netstat -uan", "127.0.0.1:53", "tcp " },
	{ "netstat", "w/o servers", NULL },
	{ "netstat -w", "Proto", NULL },
	{ "netstat -Y", "invalid option", NULL },
	{ "netstat -tlnpeo", "State       User       Inode      PID/Program name    Timer\n|LISTEN      0 |/|off (0.00/0/0)\n", NULL },
	{ "netstat -A inet -an", "127.0.0.1:53|127.0.0.1:7", "UNIX" },
	{ "netstat --inet -ln", "127.0.0.1:7", "UNIX" },
	{ "netstat -4l", "127.0.0.1:7", "UNIX" },
	{ "netstat -A nope", "no family nope: inet or unix is right", "Proto" },
	{ "netstat -ie", "Kernel Interface table\neth0: flags=|lo: flags=", "RX-OK" },
	{ "netstat -g", "IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n|lo              1      224.0.0.1\n", NULL },
	{ "netstat -st", "\nTcp:\n|\nTcpExt:\n|    0 packet headers predicted\n|IpExt:", "Udp:" },
	{ "netstat -su", "\nUdp:\n|IpExt:", "Icmp:" },
	{ "netstat -sw", "Ip:\n|\nIcmp:\n", "Tcp:" },
	{ "netstat -xa", "Active UNIX domain sockets (servers and established)|Proto RefCnt Flags       Type", "Internet" },
	{ "netstat x", "netstat", NULL },
	{ "netstat -s",
	  "Ip:|total packets received|Tcp:|active connection openings|Udp:|packets to unknown port received|Drops:", "RtoMin" },
	{ "netstat -s", "    Forwarding: |    ICMP input histogram:\n|        echo requests: |    ICMP output histogram:\n",
	  "invalid headers" },
	{ "nstat", "#kernel|UdpNoPorts", "TcpExtSyncookiesSent" },
	{ "nstat -asz", "TcpActiveOpens|TcpExtSyncookiesSent|IpExtInOctets", "RtoMin" },
	{ "nstat now", "invalid option", NULL },
	{ "trace list", "skb:kfree_skb|sock:inet_sock_set_state|tcp:tcp_probe|off", " on " },
	{ "trace enable skb:* tcp_probe", NULL, NULL },
	{ "trace list", "skb:kfree_skb                  on|tcp:tcp_probe                  on", NULL },
	{ "trace enable nothing", "there is no tracepoint 'nothing'", NULL },
	{ "trace disable *", NULL, NULL },
	{ "trace list", "tcp:tcp_probe                  off", " on " },
	{ "trace size 100", NULL, NULL },
	{ "trace size 8193", "1 to 8192", NULL },
	{ "trace size many", "1 to 8192", NULL },
	{ "trace clear", NULL, NULL },
	{ "trace show", "entries-in-buffer/entries-written: 0/0", NULL },
	{ "trace disable", "usage", NULL },
	{ "ss", "State", NULL },
	{ "ss -tanl", "LISTEN|127.0.0.1:7", NULL },
	{ "ss -uwae", "UNCONN|ino:", NULL },
	{ "ss -Z", "invalid option", NULL },
	{ "ss -x", "Peer Address", "tcp" },
	{ "ss -f nothing", "-f wants", "Netid" },
	{ "ss -a", "nl    UNCONN|rtnl:kernel|tcpdiag:", NULL },
	{ "ss -l -f netlink -n", "0:0 |4:0 ", "rtnl" },
	{ "ss x", "ss", NULL },
	{ "cat /proc/net/route", "Iface|eth0", NULL },
	{ "cat /proc/net/tcp", "local_address", NULL },
	{ "cat /proc/net/udp", "local_address", NULL },
	{ "cat /proc/net/raw", "local_address", NULL },
	{ "cat /proc/net/arp", "HW type", NULL },
	{ "cat /proc/net/dev", "eth0|lo", NULL },
	{ "cat /proc/net/snmp", "Ip:|Icmp:|Tcp:|Udp:", NULL },
	{ "cat /proc/net/netstat", "TcpExt:|IpExt:", NULL },
	{ "cat /proc/net/sockstat", "TCP: inuse|UDP: inuse", NULL },
	{ "cat /proc/net/dev_mcast", "eth0", NULL },
	{ "cat /proc/net/softnet_stat", "00000000", NULL },
	{ "cat /proc/net/dev_stat", "eth0: driver", NULL },
	{ "cat /proc/net/protocols", "TCP|UDP|RAW|PING", NULL },
	{ "cat /proc/net/ptype", "0800|0806| libskiff+0x", " 0x" }, /* no address, which would differ from run to run */
	{ "cat /proc/net/icmp", "local_address", NULL },
	{ NULL, NULL, NULL },
};

static const struct step settings[] = {
	{ "sysctl net.ipv4.ip_local_port_range", "32768", NULL },
	{ "sysctl net.ipv4.ip_local_port_range=40000", "ip_local_port_range", NULL },
	{ "sysctl net.ipv4.ip_forward=1", "net.ipv4.ip_forward", NULL },
	{ "sysctl net.ipv4.ip_forward", "1", NULL },
	{ "sysctl net.ipv4.ip_forward=0", "net.ipv4.ip_forward", NULL },
	{ "sysctl net.ipv4.conf.eth0.arp_ignore", "0", NULL },
	{ "sysctl net.ipv4.tcp_rmem", "4096", NULL },
	{ "sysctl net.ipv4.tcp_congestion_control", "cubic", NULL },
	{ "sysctl net.ipv4.nothing", "sysctl: cannot stat /proc/sys/net/ipv4/nothing: No such file or directory", NULL },
	{ "sysctl net.ipv4.nothing=1", "sysctl: cannot stat /proc/sys/net/ipv4/nothing: No such file or directory", NULL },
	{ "sysctl -n net.ipv4.ip_forward", "0\n", "=" },
	{ "sysctl -w net.ipv4.ip_forward=1", "net.ipv4.ip_forward = 1", NULL },
	{ "sysctl -qw net.ipv4.ip_forward=0", NULL, NULL },
	{ "sysctl -x", "invalid option -- 'x'", NULL },
	{ "uptime", " up |min", NULL },
	{ "poweroff please", "`please` is not understood", NULL },
	{ "sysctl -a", "net.ipv4.tcp_sack|net.ipv4.conf.eth0|net.ipv4.neigh.default|net.core.somaxconn", NULL },
	{ NULL, NULL, NULL },
};

static const struct step endings[] = {
	{ "ss -tlnK sport = :7", "LISTEN|127.0.0.1:7", NULL },
	{ "ss -tln", "State", ":7 " },
	{ "ss -taK sport = :1", "State", "LISTEN" },
	{ NULL, NULL, NULL },
};

/* Three questions of two seconds each end after six, whatever else arrives meanwhile. */
static void foreign_answers_buy_no_time(void)
{
	unsigned long long begun = skiff_now();
	char text[1000];

	skiff_command("nslookup flood.test 127.0.0.1", text, sizeof(text));
	if (!strstr(text, "no servers could be reached") || skiff_now() - begun > 7 * SECOND) {
		fprintf(stderr, "nslookup flood.test took %llu ms: %s\n", (skiff_now() - begun) / 1000000, text);
		failures++;
	}
	skiff_run(skiff_now() + 90 * SECOND);
}

int main(void)
{
	static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 };

	skiff_boot("ip=off skiff.seed=9");
	if (!skiff_port_new("eth0", mac, 1500))
		return 2;
	skiff_run(skiff_now() + SECOND);
	type_all(links);
	type_all(addresses);
	type_all(routes);
	type_all(neighbours);
	skiff_task_start(echo_tcp, NULL);
	skiff_task_start(echo_udp, NULL);
	skiff_task_start(dns_server, NULL);
	skiff_run(skiff_now());
	type_all(clients);
	type_all(names);
	foreign_answers_buy_no_time();
	type_all(sockets);
	type_all(settings);
	type_all(old_tools);
	type_all(endings);
	if (skiff_warnings())
		failures++;
	return failures != 0;
}
