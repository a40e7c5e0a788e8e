/* SPDX-License-Identifier: MIT */
/* The kernel log: records in a ring that dmesg reads, and the lines of it that the console prints. */
#include <asm/serial.h>
#include <kernel/irqflags.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>

#define LOG_SIZE (1u << 16) /* a power of two */
#define LINE_MAX 480 /* of a record's text */
#define DEFAULT_LEVEL 4 /* of a record that names none: KERN_WARNING */

struct record {
	u64 time_ns;
	u16 len; /* of the text, which follows */
	u8 level;
};

static char log_buf[LOG_SIZE];
static u64 log_head, log_tail; /* byte positions since boot: behind the newest record, at the oldest */
static u64 log_first_seq, log_next_seq; /* numbers of the oldest record and of the next one */
static u64 log_clear_seq; /* dmesg begins here */
static void (*log_sink)(const char *text, size_t len);

int console_loglevel = 7;

static void ring_write(u64 pos, const void *src, size_t n)
{
	size_t at = pos & (LOG_SIZE - 1), part = min(n, LOG_SIZE - at);

	memcpy(log_buf + at, src, part);
	memcpy(log_buf, (const char *)src + part, n - part);
}

static void ring_read(u64 pos, void *dst, size_t n)
{
	size_t at = pos & (LOG_SIZE - 1), part = min(n, LOG_SIZE - at);

	memcpy(dst, log_buf + at, part);
	memcpy((char *)dst + part, log_buf, n - part);
}

/* store - append a record; the oldest make room. Context: interrupts off. */
static void store(const struct record *r, const char *text)
{
	size_t need = sizeof(*r) + r->len;
	struct record old;

	while (log_head + need - log_tail > LOG_SIZE) {
		ring_read(log_tail, &old, sizeof(old));
		log_tail += sizeof(old) + old.len;
		log_first_seq++;
	}
	ring_write(log_head, r, sizeof(*r));
	ring_write(log_head + sizeof(*r), text, r->len);
	log_head += need;
	log_next_seq++;
}

/* format_record - "[    0.001234] text\n" into @buf, cut at @size; bytes. */
static int format_record(char *buf, size_t size, const struct record *r, const char *text)
{
	return scnprintf(buf, size, "[%5llu.%06llu] %.*s\n", r->time_ns / NSEC_PER_SEC,
			 r->time_ns % NSEC_PER_SEC / NSEC_PER_USEC, (int)r->len, text);
}

static void emit(const struct record *r, const char *text)
{
	char line[LINE_MAX + 40];
	size_t n;

	if (r->level >= console_loglevel)
		return;
	n = (size_t)format_record(line, sizeof(line), r, text);
	if (log_sink)
		log_sink(line, n);
	else
		arch_early_write(line, n);
}

int vprintk(const char *fmt, va_list ap)
{
	struct record r = { .level = DEFAULT_LEVEL };
	char text[LINE_MAX], *s = text, *end;
	unsigned long flags;
	int len;

	if (fmt[0] == '\001' && fmt[1] >= '0' && fmt[1] <= '7') {
		r.level = (u8)(fmt[1] - '0');
		fmt += 2;
	}
	len = vscnprintf(text, sizeof(text), fmt, ap);
	local_irq_save(flags);
	r.time_ns = ktime_get_ns();
	while (*s) { /* a record holds one line */
		end = strchr(s, '\n');
		if (!end)
			end = s + strlen(s);
		r.len = (u16)(end - s);
		store(&r, s);
		emit(&r, s);
		s = *end ? end + 1 : end;
	}
	local_irq_restore(flags);
	return len;
}

int printk(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintk(fmt, ap);
	va_end(ap);
	return n;
}

void printk_set_sink(void (*sink)(const char *text, size_t len))
{
	log_sink = sink;
}

/* record_at - the position of record @seq, which is in the ring. */
static u64 record_at(u64 seq)
{
	u64 pos = log_tail, n;
	struct record r;

	for (n = log_first_seq; n < seq; n++) {
		ring_read(pos, &r, sizeof(r));
		pos += sizeof(r) + r.len;
	}
	return pos;
}

size_t printk_read(u64 *seq, char *buf, size_t size)
{
	char text[LINE_MAX], line[LINE_MAX + 40];
	unsigned long flags;
	struct record r;
	size_t done = 0;
	u64 pos;

	local_irq_save(flags);
	*seq = max(*seq, max(log_first_seq, log_clear_seq));
	*seq = min(*seq, log_next_seq);
	pos = record_at(*seq);
	for (; *seq < log_next_seq; (*seq)++) {
		size_t n;

		ring_read(pos, &r, sizeof(r));
		ring_read(pos + sizeof(r), text, r.len);
		n = (size_t)format_record(line, sizeof(line), &r, text);
		if (n > size - done)
			break;
		memcpy(buf + done, line, n);
		done += n;
		pos += sizeof(r) + r.len;
	}
	local_irq_restore(flags);
	return done;
}

void printk_clear(void)
{
	log_clear_seq = log_next_seq;
}

bool net_ratelimit(void)
{
	static unsigned long begin;
	static unsigned int printed, missed;
	unsigned long now = jiffies;

	if (!begin || time_after(now, begin + 5 * HZ)) {
		if (missed)
			pr_warn("net: %u messages suppressed\n", missed);
		begin = now;
		printed = missed = 0;
	}
	if (printed < 10) {
		printed++;
		return true;
	}
	missed++;
	return false;
}

void printk_init(void)
{
	char value[16];
	int level;

	if (cmdline_get("quiet", value, sizeof(value)))
		console_loglevel = 4;
	if (cmdline_get("debug", value, sizeof(value)))
		console_loglevel = 8;
	if (cmdline_get("loglevel", value, sizeof(value)) && !kstrtoint(value, 0, &level))
		console_loglevel = clamp(level, 0, 8);
}
