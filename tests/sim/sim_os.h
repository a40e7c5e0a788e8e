/* SPDX-License-Identifier: MIT */
/* The simulator's host side: memory that is not the simulated machine's, and output. The only part
 * with the C library. */
#ifndef SIM_OS_H
#define SIM_OS_H

/* sim_host_alloc - zeroed memory of the host program; ends the process when there is none. */
void *sim_host_alloc(unsigned long bytes);
void *sim_host_realloc(void *p, unsigned long bytes);
void sim_host_free(void *p);
/* sim_host_write - to standard output, or (trace) to the trace file if there is one. */
void sim_host_write(const char *text, unsigned long n);
void sim_host_trace(const char *text, unsigned long n);
/* sim_host_tracing - is there a trace file, so that every segment is worth a line? */
int sim_host_tracing(void);
/* sim_host_fail - the run is over and bad; does not return. */
void sim_host_fail(void) __attribute__((noreturn));

/* What the host side calls, in a process of its own each: true if all held. */
int sim_run_seed(unsigned long long seed, int verbose);
int sim_run_goodput(void);

#endif
