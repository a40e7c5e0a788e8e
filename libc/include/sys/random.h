/* SPDX-License-Identifier: MIT */
/* Random bytes. */
#ifndef LIBC_SYS_RANDOM_H
#define LIBC_SYS_RANDOM_H

#include <sys/types.h>
#include <uapi/random.h>

ssize_t getrandom(void *buf, size_t n, unsigned int flags);

#endif
