/* SPDX-License-Identifier: MIT */
/* Formats of the integers of exact width. */
#ifndef LIBC_INTTYPES_H
#define LIBC_INTTYPES_H

#include <stdint.h>

#define PRId8  "d"
#define PRId16 "d"
#define PRId32 "d"
#define PRId64 __INT64_FMTd__
#define PRIu8  "u"
#define PRIu16 "u"
#define PRIu32 "u"
#define PRIu64 __INT64_FMTu__
#define PRIx8  "x"
#define PRIx16 "x"
#define PRIx32 "x"
#define PRIx64 __INT64_FMTx__

/* int64_t is long where a long has 64 bits, and long long elsewhere. */
#if __SIZEOF_LONG__ == 8
#define __INT64_FMTd__ "ld"
#define __INT64_FMTu__ "lu"
#define __INT64_FMTx__ "lx"
#else
#define __INT64_FMTd__ "lld"
#define __INT64_FMTu__ "llu"
#define __INT64_FMTx__ "llx"
#endif

#endif
