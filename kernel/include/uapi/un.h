/* SPDX-License-Identifier: MIT */
/* Addresses of local (AF_UNIX) sockets. */
#ifndef UAPI_UN_H
#define UAPI_UN_H

#include <uapi/socket.h>

#define UNIX_PATH_MAX 108

struct sockaddr_un {
	sa_family_t sun_family;
	char sun_path[UNIX_PATH_MAX];
};

_Static_assert(sizeof(struct sockaddr_un) == 110, "struct sockaddr_un");

#endif
