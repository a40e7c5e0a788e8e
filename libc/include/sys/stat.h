/* SPDX-License-Identifier: MIT */
/* What is known of a file. */
#ifndef LIBC_SYS_STAT_H
#define LIBC_SYS_STAT_H

#include <sys/types.h>
#include <uapi/stat.h>

#define stat stat_native

int fstat(int fd, struct stat *st);
int stat(const char *path, struct stat *st);

#endif
