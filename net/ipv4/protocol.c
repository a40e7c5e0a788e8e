/* SPDX-License-Identifier: MIT */
/* The table of transport protocols over IPv4, by protocol number; filled while starting up. Book
 * section 12.8. */
#include <net/protocol.h>

const struct net_protocol *inet_protos[MAX_INET_PROTOS];

int inet_add_protocol(const struct net_protocol *prot, u8 protocol)
{
	if (inet_protos[protocol])
		return -EBUSY;
	inet_protos[protocol] = prot;
	return 0;
}

int inet_del_protocol(const struct net_protocol *prot, u8 protocol)
{
	if (inet_protos[protocol] != prot)
		return -ENOENT;
	inet_protos[protocol] = NULL;
	return 0;
}
