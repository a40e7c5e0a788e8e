/* SPDX-License-Identifier: MIT */
/* A program as its author would write it for Linux, for tests: captures COUNT frames of type 0x88b5 by libpcap, answers each with
 * itself turned round, and tells by which version of rings. capture DEVICE COUNT [immediate] */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_packet.h>

#define LINK_LEN 14

/* The library's other sources of packets, which would want libraries of their own. */
pcap_t *dbus_create(const char *device, char *error, int *is_ours);
int dbus_findalldevs(pcap_if_t **devices, char *error);

pcap_t *dbus_create(const char *device, char *error, int *is_ours)
{
	*is_ours = 0;
	return NULL;
}

int dbus_findalldevs(pcap_if_t **devices, char *error)
{
	return 0;
}

static void need(int good, const char *what, pcap_t *p)
{
	if (good)
		return;
	printf("capture: %s: %s\n", what, p ? pcap_geterr(p) : "");
	exit(1);
}

static void got(unsigned char *user, const struct pcap_pkthdr *h, const unsigned char *bytes)
{
	pcap_t *p = (pcap_t *)user;
	unsigned char back[2000];

	printf("capture: %u of %u bytes: %.*s\n", h->caplen, h->len, (int)h->caplen - LINK_LEN, (const char *)bytes + LINK_LEN);
	memcpy(back, bytes, h->caplen);
	memcpy(back, bytes + 6, 6);
	memcpy(back + 6, bytes, 6);
	back[13] = 0xb6;
	need(pcap_inject(p, back, h->caplen) == (int)h->caplen, "inject", p);
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	struct bpf_program program;
	struct pcap_stat st;
	socklen_t len = sizeof(int);
	int version = -1;
	pcap_t *p;

	if (argc < 3)
		return 2;
	p = pcap_create(argv[1], error);
	need(p != NULL, error, NULL);
	pcap_set_snaplen(p, 1000);
	pcap_set_timeout(p, 50);
	pcap_set_promisc(p, 1);
	pcap_set_immediate_mode(p, argc > 3);
	need(pcap_activate(p) == 0, "activate", p);
	need(!getsockopt(pcap_fileno(p), SOL_PACKET, PACKET_VERSION, &version, &len), "version", NULL);
	need(!pcap_compile(p, &program, "ether proto 0x88b5 and greater 20", 1, PCAP_NETMASK_UNKNOWN), "compile", p);
	need(!pcap_setfilter(p, &program), "filter", p);
	need(!pcap_setdirection(p, PCAP_D_IN), "direction", p);
	printf("capture: listening, rings of version %d\n", version + 1);
	fflush(stdout);
	setvbuf(stdout, NULL, _IOLBF, 0);
	need(pcap_loop(p, atoi(argv[2]), got, (unsigned char *)p) == 0, "loop", p);
	need(!pcap_stats(p, &st), "statistics", p);
	printf("capture: %u came, %u had no room\n", st.ps_recv, st.ps_drop);
	pcap_close(p);
	printf("capture: done\n");
	return 0;
}
