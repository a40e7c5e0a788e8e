/* SPDX-License-Identifier: MIT */
/* The console's command registry and what a command may use (kernel/console). */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <kernel/kernel.h>
#include <kernel/list.h>

struct console_command {
	struct list_head node;
	const char *name;
	const char *summary; /* one line for `help` */
	const char *usage; /* lines for `help CMD` */
	/* fn - 0, or a positive exit status; prints with con_printf. argv[argc] is NULL. Context: process, a console thread. */
	int (*fn)(int argc, char **argv);
};

/* console_register - add a command; the struct stays the caller's (static). Context: boot. */
void console_register(struct console_command *cmd);
void console_register_all(struct console_command *cmds, size_t n);
/* con_printf - print to whoever runs the current command (the serial console, or skiff_command's buffer). Context: process. */
void con_printf(const char *fmt, ...) __printf(1, 2);
void con_write(const char *buf, size_t n);
/* con_interrupted - Ctrl-C was typed since the command began; long-running commands check it, and interruptible sleeps return on it. */
bool con_interrupted(void);
/* con_interrupt - what Ctrl-C does to the command that @t runs; false: it runs none. Context: any. */
struct task;
bool con_interrupt(struct task *t);
/*
 * console_run_line - parse and run one line in the current task; output goes to @out. Returns the exit status, 127 for an
 * unknown command.
 */
int console_run_line(const char *line, void (*out)(void *arg, const char *text, size_t n), void *arg);

/* console_input - a byte from the serial port. Context: hardirq. */
void console_input(u8 c);
void console_init(void); /* registers the kernel's commands, printk sink */
void console_start(void); /* starts the console thread, prompt */
void net_cmds_init(void); /* net/cmds: registers its commands; called from net/init.c's table */

/* The foreground ring-3 job's terminal: /dev/console, file descriptors 0-2 of tasks. */
ssize_t console_tty_read(char *buf, size_t n, bool nonblock);
ssize_t console_tty_write(const char *buf, size_t n);
/* console_tty_poll - POLLIN | POLLOUT as they hold now, after poll_wait on the queue that input wakes (poll, select and epoll on stdin). */
struct file;
struct poll_table;
unsigned int console_tty_poll(struct file *f, struct poll_table *pt);

#endif
