/* SPDX-License-Identifier: MIT */
/* Fuzz target: DNS replies as the C library of ring 3 reads them (libc/src/dns_wire.c). */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "netdb_internal.h"

#define MAX_MESSAGE 4096

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return 0;
}

void __host_add(struct host_list *list, int family, const void *addr)
{
	if (list->n == HOST_ADDRS)
		return;
	list->addrs[list->n].family = family;
	memcpy(list->addrs[list->n].addr, addr, family == AF_INET ? 4 : 16);
	list->n++;
}

/* check - what came out of it is within its bounds. */
static void check(enum dns_verdict v, const struct host_list *list)
{
	if (v < DNS_FOREIGN || v > DNS_ANSWER)
		abort();
	if (list->n < 0 || list->n > HOST_ADDRS || !memchr(list->canon, 0, sizeof(list->canon)))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	unsigned char query[DNS_QUERY_MAX], *msg;
	struct host_list list;
	int type, query_len;
	size_t keep;

	if (len < 2)
		return 0;
	type = data[0] & 1 ? DNS_TYPE_AAAA : DNS_TYPE_A;
	query_len = __dns_build(query, 0x1234, "www.example.org", type);
	if (query_len < 0)
		abort();
	/* The answer begins as the query does, unless the input says otherwise: else nothing is
	 * ever read. */
	keep = data[0] & 2 ? 0 : (size_t)query_len;
	msg = malloc(keep + len);
	if (!msg)
		return 0;
	memcpy(msg, query, keep);
	memcpy(msg + keep, data + 1, len - 1);
	if (keep && len > 6) {
		msg[2] = 0x81;
		msg[3] = (unsigned char)(0x80 | (data[0] & 4 ? data[1] & 15 : 0));
		msg[6] = 0;
		msg[7] = data[2] & 31; /* answers */
	}
	memset(&list, 0, sizeof(list));
	check(__dns_parse(msg, keep + len - 1, query, (size_t)query_len, type, &list), &list);
	free(msg);
	/* And the text of names on its way out. */
	if (len < 400) {
		char name[400];

		memcpy(name, data, len);
		name[len - 1] = 0;
		if (__dns_name_ok(name))
			__dns_build(query, 1, name, type);
	}
	return 0;
}
