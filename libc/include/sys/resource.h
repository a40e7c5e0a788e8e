/* SPDX-License-Identifier: MIT */
/* Resource limits. */
#ifndef LIBC_SYS_RESOURCE_H
#define LIBC_SYS_RESOURCE_H

#include <sys/types.h>
#include <uapi/resource.h>

int getrlimit(int which, struct rlimit *lim);
int setrlimit(int which, const struct rlimit *lim);

#endif
