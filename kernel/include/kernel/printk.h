/* SPDX-License-Identifier: MIT */
/* The kernel log: a ring buffer that dmesg reads and the console prints (kernel/core/printk.c). */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <kernel/kernel.h>

#define KERN_EMERG "\0010"
#define KERN_ALERT "\0011"
#define KERN_CRIT "\0012"
#define KERN_ERR "\0013"
#define KERN_WARNING "\0014"
#define KERN_NOTICE "\0015"
#define KERN_INFO "\0016"
#define KERN_DEBUG "\0017"

/* printk - append a record to the log ("[    0.001234] text"); printed if its level is below console_loglevel. Context: any. */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list ap);

#define pr_err(...) printk(KERN_ERR __VA_ARGS__)
#define pr_warn(...) printk(KERN_WARNING __VA_ARGS__)
#define pr_notice(...) printk(KERN_NOTICE __VA_ARGS__)
#define pr_info(...) printk(KERN_INFO __VA_ARGS__)
#define pr_debug(...) printk(KERN_DEBUG __VA_ARGS__)

extern int console_loglevel; /* records with a smaller level number are printed; default 7 */

/* net_ratelimit - true if a message about a remote's doings may be logged now (Linux's 10 per 5 s). Context: any. */
bool net_ratelimit(void);

/*
 * printk_set_sink - who prints records to the console: called with the formatted text, one whole line ending in "\n",
 * Context: any, interrupts may be off. Before it is set, output goes to arch_early_write.
 */
void printk_set_sink(void (*sink)(const char *text, size_t len));

/* printk_read - copy the log from record @seq on as text into @buf; advances @seq past what was copied. Returns bytes. Context: process. */
size_t printk_read(u64 *seq, char *buf, size_t size);
void printk_clear(void);

/* cmdline_get - value of `key=value` (or "" for a bare word) from the kernel command line; the last one wins. False if absent. */
bool cmdline_get(const char *key, char *buf, size_t size);
/* cmdline_get_nth - the n-th occurrence of `key=`. */
bool cmdline_get_nth(const char *key, unsigned int n, char *buf, size_t size);
/* cmdline_get_prefixed - what follows @prefix in the n-th word that begins with it. False: there are no more of them. */
bool cmdline_get_prefixed(const char *prefix, unsigned int n, char *buf, size_t size);
/* cmdline_init - take the command line; what follows " -- " is kept for init's arguments (cmdline_init_args). */
void cmdline_init(const char *cmdline);
const char *cmdline_init_args(void);
const char *cmdline_whole(void);
/* printk_init - read quiet, loglevel= from the command line. */
void printk_init(void);

#endif
