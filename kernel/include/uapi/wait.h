/* SPDX-License-Identifier: MIT */
/* Options of wait4() and waitid(). */
#ifndef UAPI_WAIT_H
#define UAPI_WAIT_H

#define WNOHANG	   0x00000001
#define WUNTRACED  0x00000002
#define WSTOPPED   WUNTRACED
#define WEXITED	   0x00000004
#define WCONTINUED 0x00000008
#define WNOWAIT	   0x01000000

#endif
