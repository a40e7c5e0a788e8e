/* SPDX-License-Identifier: MIT */
/* Error numbers and the variable that holds the last one. */
#ifndef LIBC_ERRNO_H
#define LIBC_ERRNO_H

#include <uapi/errno.h>

/* Programs have one thread, hence one errno. */
extern int errno;

#endif
