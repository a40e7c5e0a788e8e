/* SPDX-License-Identifier: MIT */
/* What the hosted build takes from the operating system below it; neither side sees the other's headers. */
#ifndef HOSTED_HOST_OS_H
#define HOSTED_HOST_OS_H

/* host_map - zeroed memory that costs nothing until it is touched; NULL on failure. */
void *host_map(unsigned long bytes);
/* host_map_guarded - whole pages, for a stack or a program: the page below them faults, and the one above. */
void *host_map_guarded(unsigned long bytes);
void host_write_err(const char *text, unsigned long n);
void host_abort(void) __attribute__((noreturn));
void host_exit(int status) __attribute__((noreturn));
void host_at_exit(void (*fn)(void));
/*
 * host_catch_faults - from now on the copies in fibre.S survive bad addresses; other faults go where they went. To be
 * repeated where somebody else (a test framework) may have taken the signal since.
 */
void host_catch_faults(void);

#endif
