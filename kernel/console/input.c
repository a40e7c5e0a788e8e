/* SPDX-License-Identifier: MIT */
/* Console input: a ring of bytes from the serial interrupt, Ctrl-C at once, and the terminal of the
 * foreground job. */
#include <kernel/fs.h>
#include <kernel/irqflags.h>
#include <kernel/poll.h>
#include <kernel/process.h>
#include <kernel/string.h>
#include <uapi/signal.h>

#include "console_internal.h"

#define INPUT_RING 16384u /* bytes of type-ahead, a power of two */

static u8 ring[INPUT_RING];
static unsigned int ring_head, ring_tail; /* head: written by the interrupt; tail: by the reader */
static DECLARE_WAIT_QUEUE_HEAD(input_wait);

static struct task *foreground;	    /* the thread whose command Ctrl-C ends */
static struct task *foreground_job; /* the ring-3 task that has the terminal */

void con_set_foreground(struct task *t)
{
	WRITE_ONCE(foreground, t);
}

bool con_is_foreground(void)
{
	return foreground == current;
}

void con_set_foreground_job(struct task *job)
{
	foreground_job = job;
}

/* Ctrl-C and Ctrl-\ go past all that was typed before them. True if someone took it. */
static bool interrupt_key(u8 c)
{
	if (c != CTRL('C') && c != CTRL('\\'))
		return false;
	if (foreground_job) {
		con_emit(c == CTRL('C') ? "^C\n" : "^\\\n", 3);
		send_sig(c == CTRL('C') ? SIGINT : SIGQUIT, foreground_job);
		return true;
	}
	if (!foreground || c != CTRL('C') || !con_context_of(foreground))
		return false;
	con_emit("^C\n", 3);
	con_interrupt(foreground);
	return true;
}

void console_input(u8 c)
{
	if (interrupt_key(c))
		return;
	if (ring_head - ring_tail == INPUT_RING) {
		con_emit("\a", 1); /* as terminals do: the key is refused */
		return;
	}
	ring[ring_head % INPUT_RING] = c;
	WRITE_ONCE(ring_head, ring_head + 1);
	wake_up(&input_wait);
}

bool con_take_typed_interrupt(void)
{
	unsigned int i, end = READ_ONCE(ring_head);

	for (i = ring_tail; i != end; i++) {
		if (ring[i % INPUT_RING] != CTRL('C'))
			continue;
		ring_tail = i + 1;
		return true;
	}
	return false;
}

static bool input_ready(void)
{
	return READ_ONCE(ring_head) != ring_tail;
}

int con_getc(bool nonblock)
{
	if (!input_ready()) {
		if (nonblock)
			return -EAGAIN;
		if (wait_event_interruptible(input_wait, input_ready()))
			return -ERESTARTSYS;
	}
	return ring[ring_tail++ % INPUT_RING];
}

/* ---- the terminal of ring 3: whole lines, echoed as they are read ---- */

static char tty_line[CON_LINE_MAX];
static size_t tty_len, tty_pos; /* the line that is being read, and how much of it is taken */
static bool tty_complete;

static void tty_erase(size_t n)
{
	while (n-- && tty_len) {
		tty_len--;
		con_emit("\b \b", 3);
	}
}

/* One key. True when the line is complete: a newline, or end of file. */
static bool tty_key(u8 c)
{
	switch (c) {
	case '\r':
	case '\n':
		con_emit("\n", 1);
		tty_line[tty_len++] = '\n';
		return true;
	case CTRL('D'): return true;
	case CTRL('U'): tty_erase(tty_len); return false;
	case 0x7f:
	case '\b': tty_erase(1); return false;
	}
	if (tty_len >= sizeof(tty_line) - 1) {
		con_emit("\a", 1);
		return false;
	}
	tty_line[tty_len++] = (char)c;
	con_emit((const char *)&c, 1);
	return false;
}

/* May the current task read the terminal? The foreground job, or the command that runs. */
static bool tty_is_ours(void)
{
	return current == foreground_job || current == foreground;
}

ssize_t console_tty_read(char *buf, size_t n, bool nonblock)
{
	if (!tty_is_ours())
		return -EIO; /* as Linux for a background job that ignores SIGTTIN */
	while (!tty_complete) {
		int c = con_getc(nonblock);

		if (c < 0)
			return c;
		tty_complete = tty_key((u8)c);
	}
	n = min(n, tty_len - tty_pos);
	memcpy(buf, tty_line + tty_pos, n);
	tty_pos += n;
	if (tty_pos == tty_len) {
		tty_len = tty_pos = 0;
		tty_complete = false;
	}
	return (ssize_t)n;
}

ssize_t console_tty_write(const char *buf, size_t n)
{
	if (current == foreground_job)
		con_emit(buf, n);
	else
		con_emit_async(buf, n);
	return (ssize_t)n;
}

/* Is there a whole line among what was typed? */
static bool tty_line_waits(void)
{
	unsigned int i;

	if (tty_complete)
		return true;
	for (i = ring_tail; i != READ_ONCE(ring_head); i++) {
		u8 c = ring[i % INPUT_RING];

		if (c == '\r' || c == '\n' || c == CTRL('D'))
			return true;
	}
	return false;
}

unsigned int console_tty_poll(struct file *f, struct poll_table *pt)
{
	poll_wait(f, &input_wait, pt);
	if (!tty_is_ours())
		return POLLOUT | POLLWRNORM;
	return POLLOUT | POLLWRNORM | (tty_line_waits() ? POLLIN | POLLRDNORM : 0);
}
