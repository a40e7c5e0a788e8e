/* SPDX-License-Identifier: MIT */
/* Addresses of local sockets. */
#ifndef LIBC_SYS_UN_H
#define LIBC_SYS_UN_H

#include <sys/socket.h>
#include <uapi/un.h>

#endif
