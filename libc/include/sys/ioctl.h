/* SPDX-License-Identifier: MIT */
/* ioctl() and its numbers. */
#ifndef LIBC_SYS_IOCTL_H
#define LIBC_SYS_IOCTL_H

#include <uapi/ioctl.h>
#include <uapi/sockios.h>

int ioctl(int fd, unsigned long req, ...);

#endif
