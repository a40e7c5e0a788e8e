/* SPDX-License-Identifier: MIT */
/* The end of the machine on an error of our own, and warnings short of it. panic= says what happens afterwards. */
#include <asm/clock.h>
#include <asm/processor.h>
#include <asm/serial.h>
#include <kernel/bug.h>
#include <kernel/irqflags.h>
#include <kernel/printk.h>
#include <kernel/string.h>

static unsigned int nr_warnings;
int panic_timeout; /* panic= without the command line's word */

unsigned int warn_count(void)
{
	return nr_warnings;
}

/* finish - obey panic=: negative: off at once with a failure status; positive: restart after so many seconds; 0: stop. */
static void __noreturn finish(void)
{
	char value[16];
	int seconds = panic_timeout;
	u64 begin = arch_clock_ns();

	if (cmdline_get("panic", value, sizeof(value)))
		kstrtoint(value, 0, &seconds);
	if (seconds < 0)
		arch_poweroff(1);
	if (seconds > 0) {
		while (arch_clock_ns() - begin < (u64)seconds * NSEC_PER_SEC)
			cpu_relax();
		arch_reboot();
	}
	for (;;)
		serial_flush(); /* who begins to read late still sees it all */
}

void panic(const char *fmt, ...)
{
	static bool panicking;
	char text[256];
	va_list ap;

	local_irq_disable();
	va_start(ap, fmt);
	vscnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (console_loglevel < 7)
		console_loglevel = 7;
	serial_flush();
	printk_set_sink(NULL); /* from here on straight to the port */
	printk(KERN_EMERG "Kernel panic - not syncing: %s\n", text);
	if (!panicking) { /* a backtrace that fails shall not be tried again */
		panicking = true;
		arch_backtrace();
	}
	finish();
}

void warn_head(const char *file, int line, const char *what)
{
	nr_warnings++;
	printk(KERN_ERR "WARNING: %s:%d: %s\n", file, line, what);
}

void warn_at(const char *file, int line, const char *what)
{
	warn_head(file, line, what);
	arch_backtrace();
}
