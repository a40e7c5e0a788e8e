/* SPDX-License-Identifier: MIT */
/* What the hosted build takes from the operating system below it; neither side sees the other's headers. */
#ifndef HOSTED_HOST_OS_H
#define HOSTED_HOST_OS_H

/* host_map - zeroed memory that costs nothing until it is touched; NULL on failure. */
void *host_map(unsigned long bytes);
/* host_map_twice - the same, and host_show shows parts of it a second time: whole pages, *@at is where, or where the system likes
 * it if that is NULL. False on failure. host_hide - no more. */
void *host_map_twice(unsigned long bytes);
int host_show(void **at, unsigned long off, unsigned long bytes, int fixed);
void host_hide(void *at, unsigned long bytes);
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
