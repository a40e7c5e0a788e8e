/* SPDX-License-Identifier: MIT */
/* Console output: one writer at a time on the serial port, and log lines that leave the line being
 * typed whole. */
#include <asm/serial.h>
#include <kernel/irqflags.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#include "console_internal.h"

static bool line_open; /* something stands on the current screen line already */

void con_emit(const char *text, size_t n)
{
	while (n) {
		const char *nl = memchr(text, '\n', n);
		size_t part = nl ? (size_t)(nl - text) : n;

		if (part) {
			serial_write(text, part);
			line_open = text[part - 1] != '\r';
		}
		if (!nl)
			return;
		serial_write("\r\n", 2);
		line_open = false;
		text += part + 1;
		n -= part + 1;
	}
}

void con_emit_async(const char *text, size_t n)
{
	unsigned long flags;

	/* Whole, as seen from interrupts: these print as well. */
	local_irq_save(flags);
	if (edit_hide())
		line_open = false;
	con_emit(text, n);
	if (line_open)
		con_emit("\n", 1);
	edit_show();
	local_irq_restore(flags);
}

/* A record of the kernel log. Context: any. */
static void log_sink(const char *text, size_t n)
{
	unsigned long flags;

	local_irq_save(flags);
	if (edit_hide())
		line_open = false;
	if (line_open) /* a command is in the middle of a line */
		con_emit("\n", 1);
	con_emit(text, n);
	edit_show();
	local_irq_restore(flags);
}

void con_output_init(void)
{
	char name[32];

	if (cmdline_get("console", name, sizeof(name)) && strncmp(name, "ttyS0", 5))
		pr_warn("console=%s is not here: using ttyS0\n", name);
	printk_set_sink(log_sink);
}

void con_write(const char *buf, size_t n)
{
	struct con_context *ctx = con_context_of(current);

	if (ctx)
		ctx->out(ctx->arg, buf, n);
	else
		con_emit_async(buf, n);
}

void con_printf(const char *fmt, ...)
{
	char small[256], *big;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < (int)sizeof(small)) {
		con_write(small, (size_t)n);
		return;
	}
	big = kmalloc((size_t)n + 1, GFP_KERNEL);
	if (!big) {
		con_write(small, sizeof(small) - 1);
		return;
	}
	va_start(ap, fmt);
	vsnprintf(big, (size_t)n + 1, fmt, ap);
	va_end(ap);
	con_write(big, (size_t)n);
	kfree(big);
}
