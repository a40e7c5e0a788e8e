/* SPDX-License-Identifier: MIT */
/* The scatter/gather element of readv, writev, sendmsg and recvmsg. */
#ifndef UAPI_UIO_H
#define UAPI_UIO_H

#include <uapi/types.h>

struct iovec {
	void *iov_base;
	__kernel_size_t iov_len;
};

_Static_assert(sizeof(struct iovec) == 2 * sizeof(void *), "struct iovec");

#endif
