/* SPDX-License-Identifier: MIT */
/* Limits of names, paths and arguments. */
#ifndef UAPI_LIMITS_H
#define UAPI_LIMITS_H

#define NAME_MAX    255
#define PATH_MAX    4096
#define ARG_MAX	    131072
#define NGROUPS_MAX 65536
#define IOV_MAX	    1024

#endif
