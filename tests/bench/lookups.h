/* SPDX-License-Identifier: MIT */
/* Between the two halves of the look-up benchmark: the one that sees the kernel, and the one that sees the host. */
#ifndef BENCH_LOOKUPS_H
#define BENCH_LOOKUPS_H

void lookups(void); /* does not return */

unsigned long long bench_ns(void); /* the processor's time of this program */
void bench_result(const char *what, unsigned int there, double per_second);
void bench_memory(const char *what, unsigned long long bytes_each);
void bench_end(int status) __attribute__((noreturn));
void bench_fail(int line, const char *what) __attribute__((noreturn));

#endif
