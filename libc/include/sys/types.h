/* SPDX-License-Identifier: MIT */
/* Types of the system calls. */
#ifndef LIBC_SYS_TYPES_H
#define LIBC_SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __x86_64__
typedef long ssize_t;
#else
typedef int ssize_t;
#endif
typedef long long off_t;
typedef long time_t;
typedef long suseconds_t;
typedef int clockid_t;
typedef int pid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
typedef unsigned long long dev_t;
typedef unsigned long long ino_t;
typedef unsigned int socklen_t;
typedef unsigned int in_addr_t;
typedef unsigned short in_port_t;

#endif
