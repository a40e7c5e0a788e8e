/* SPDX-License-Identifier: MIT */
/*
 * Skiff's network stack as a library: the kernel's own sources, with memory, time, tasks and devices supplied by the host
 * program. One instance per process; no threads; no real time. Link with build/host/libskiff.a and nothing else.
 *
 * Equal inputs give equal outputs, byte for byte and nanosecond for nanosecond: the seed of every random number is
 * skiff.seed= on the command line, and skiff.mem= the machine's memory in MiB. With skiff.mmap=1 mmap(2) and munmap(2) show
 * the host program the rings of packet sockets; the machine's memory is then shared with children that it forks.
 */
#ifndef SKIFF_HOST_H
#define SKIFF_HOST_H

#ifndef KERNEL_TYPES_H
#include <stddef.h>
#ifndef u64
typedef unsigned long long u64;
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct skiff_port;

/* skiff_boot - start the machine, once; the loopback device exists afterwards. init= defaults to none here. */
void skiff_boot(const char *cmdline);
/* skiff_now - virtual nanoseconds since boot. */
u64 skiff_now(void);
/*
 * skiff_run - run tasks, bottom halves and timers in their order; returns when the clock reads @until_ns. Tasks that are ready
 * run before the frames that were given arrive.
 * skiff_run(skiff_now()) runs all that is due now and moves no clock, and so does any time that has passed. Not from a task.
 */
void skiff_run(u64 until_ns);
/* skiff_next - when the next timer is due; ~0ull: none is pending. */
u64 skiff_next(void);
/*
 * skiff_task_start - a task that may block in system calls; it begins at the next skiff_run. From the host it gets a
 * descriptor table of its own; from another task it shares that one's, as a thread would. The last one to end closes all.
 * It ends when @fn returns, or by exit(2) or exit_group(2), which end the one that calls. Its stack is 1 MiB.
 * Its number, or -errno.
 */
int skiff_task_start(void (*fn)(void *), void *arg);
/* skiff_syscall - x86-64 numbers, host pointers; the result or -errno. From a task only (-EPERM otherwise). */
long skiff_syscall(long nr, long a, long b, long c, long d, long e, long f);
/*
 * skiff_port_new - an Ethernet device, up, whose wire you hold; no offloads. NULL if name, address or MTU will not do. No time
 * passes, unless a task is just about to take another device down.
 */
struct skiff_port *skiff_port_new(const char *name, const unsigned char mac[6], unsigned mtu);
/* skiff_port_give - a frame (from the destination address on, without FCS) arrives at the device now. */
void skiff_port_give(struct skiff_port *port, const void *frame, size_t len);
/*
 * skiff_port_take - the oldest frame that the device has sent, and when; 0: none. What exceeds @cap is lost; with a @cap of
 * 0 the frame stays. @buf may be NULL (the frame is thrown away), and @sent_ns.
 */
size_t skiff_port_take(struct skiff_port *port, void *buf, size_t cap, u64 *sent_ns);
/*
 * skiff_command - run a console command to its end, letting virtual time pass as it must, and take what it prints: at most
 * @cap - 1 bytes and a NUL; @out may be NULL. The length of what it printed. One that has not ended after an hour is
 * interrupted, as by Ctrl-C.
 */
size_t skiff_command(const char *line, char *out, size_t cap);

#ifdef __cplusplus
}
#endif

#endif
