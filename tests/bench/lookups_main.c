/* SPDX-License-Identifier: MIT */
/* The look-up benchmark's clock and output: a line of JSON for each figure, which bench.py reads. */
#include "lookups.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

unsigned long long bench_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (unsigned long long)t.tv_sec * 1000000000ull + (unsigned long long)t.tv_nsec;
}

void bench_result(const char *what, unsigned int there, double per_second)
{
	printf("{\"what\": \"%s\", \"there\": %u, \"per_second\": %.0f}\n", what, there, per_second);
}

void bench_memory(const char *what, unsigned long long bytes_each)
{
	printf("{\"what\": \"%s\", \"bytes\": %llu}\n", what, bytes_each);
}

void bench_end(int status)
{
	exit(status);
}

void bench_fail(int line, const char *what)
{
	fflush(stdout);
	fprintf(stderr, "lookups.c:%d: %s\n", line, what);
	exit(1);
}

int main(void)
{
	lookups();
	return 1;
}
