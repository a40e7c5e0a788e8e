/* SPDX-License-Identifier: MIT */
/* The name of the system. */
#ifndef LIBC_SYS_UTSNAME_H
#define LIBC_SYS_UTSNAME_H

#include <uapi/utsname.h>

#define utsname new_utsname

int uname(struct utsname *name);

#endif
