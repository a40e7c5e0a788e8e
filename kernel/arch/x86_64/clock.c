/* SPDX-License-Identifier: MIT */
/*
 * The clock: the time-stamp counter, measured at boot against the ACPI timer (or the 8254) for two
 * milliseconds and once more, finely, a second or more later; and the one-shot interrupt: local
 * APIC, or the 8254 where there is none.
 */

#include <asm/arch.h>
#include <asm/clock.h>
#include <asm/io.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <kernel/interrupt.h>
#include <kernel/printk.h>
#include <kernel/time.h>

#include "arch_internal.h"

#define PM_TIMER_HZ	 3579545u /* ACPI 4.8.3.3 */
#define PIT_HZ		 1193182u
#define PIT_CH0		 0x40
#define PIT_CH2		 0x42
#define PIT_MODE	 0x43
#define PIT_CH0_ONE_SHOT 0x30 /* mode 0, low byte then high byte */
#define PIT_CH2_ONE_SHOT 0xb0
#define PIT_LATCH_CH2	 0x80
#define PIT_GATE	 0x61 /* bit 0: gate of channel 2, bit 1: loudspeaker */
#define PIT_MAX		 0xffffu

#define WINDOW_NS	(2 * NSEC_PER_MSEC)
#define REFINE_AFTER_NS NSEC_PER_SEC
#define MAX_READS	2000000u /* a reference that stands still is given up after so many */
#define TRIES		5 /* the fastest of so many readings counts: the host may stop us in one */
#define FALLBACK_HZ	1000000000ull
#define NO_DEADLINE	(~0ull)
#define APIC_MAX_COUNT	0xffffffffu

struct sample {
	u64 tsc;
	u32 ref, apic;
};

/* What the counter is measured against. */
static struct reference {
	bool pit;
	u32 hz, mask;
} ref;

static struct {
	u32 seq;		     /* odd while the three below change; interrupts may do that */
	u64 base_tsc, base_ns, mult; /* ns = base_ns + (tsc - base_tsc) * mult / 2^32 */
} tc;

static u64 boot_tsc, tsc_hz, apic_hz;
static u64 tsc_per_ns, apic_per_ns, pit_per_ns; /* times 2^32 */
static struct sample first;
static bool refined;
static u64 armed = NO_DEADLINE, armed_at; /* for when, and when that was done */
static u64 wall_base;
unsigned long irq_clock;

static inline u64 mul_shift32(u64 a, u64 b)
{
	return (u64)(((unsigned __int128)a * b) >> 32);
}

/* a * b / c; the quotient must fit. */
static inline u64 mul_div(u64 a, u64 b, u64 c)
{
	u64 lo, hi;

	__asm__("mulq %3\n\tdivq %4" : "=&a"(lo), "=&d"(hi) : "0"(a), "rm"(b), "r"(c) : "cc");
	return lo;
}

static u32 ref_read(void)
{
	u32 lo;

	if (!ref.pit)
		return inl(acpi_info.pm_timer) & ref.mask;
	outb(PIT_LATCH_CH2, PIT_MODE);
	lo = inb(PIT_CH2);
	return ~(lo | (u32)inb(PIT_CH2) << 8) & ref.mask; /* it counts down */
}

static void ref_choose(bool pit)
{
	if (!pit && acpi_info.pm_timer) {
		ref = (struct reference){ false, PM_TIMER_HZ,
					  acpi_info.pm_timer_32bit ? 0xffffffffu : 0xffffffu };
		return;
	}
	ref = (struct reference){ true, PIT_HZ, PIT_MAX };
	outb((inb(PIT_GATE) & ~2) | 1, PIT_GATE);
	outb(PIT_CH2_ONE_SHOT, PIT_MODE);
	outb(0xff, PIT_CH2);
	outb(0xff, PIT_CH2);
}

static struct sample sample_take(void)
{
	struct sample s = {}, best = {};
	u64 t0, t1, width, best_width = ~0ull;
	unsigned int i;

	for (i = 0; i < TRIES; i++) {
		t0 = arch_cycles();
		s.ref = ref_read();
		t1 = arch_cycles();
		s.apic = apic_present() && !cpu_features.tsc_deadline ? apic_timer_count() : 0;
		s.tsc = t0 + (t1 - t0) / 2;
		width = arch_cycles() - t0;
		if (width < best_width) {
			best_width = width;
			best = s;
		}
	}
	return best;
}

/* clock_sample_begin - the measurement starts here, and other work can be done until arch_time_init
 * ends it. */
void clock_sample_begin(void)
{
	ref_choose(false);
	if (apic_present() && !cpu_features.tsc_deadline)
		apic_timer_start(APIC_MAX_COUNT);
	first = sample_take();
}

/* Waits until the window is over; false if the reference does not count. */
static bool window_wait(void)
{
	u32 want = (u32)(WINDOW_NS * ref.hz / NSEC_PER_SEC), i;

	for (i = 0; i < MAX_READS; i++)
		if (((ref_read() - first.ref) & ref.mask) >= want)
			return true;
	return false;
}

static bool measure(void)
{
	struct sample last;
	u32 ticks;

	if (!window_wait())
		return false;
	last = sample_take();
	ticks = (last.ref - first.ref) & ref.mask;
	if (!ticks || last.tsc <= first.tsc)
		return false;
	tsc_hz = mul_div(last.tsc - first.tsc, ref.hz, ticks);
	apic_hz = mul_div(first.apic - last.apic, ref.hz, ticks);
	return tsc_hz != 0;
}

static void set_frequency(u64 hz)
{
	u64 now = arch_cycles(), ns = arch_clock_ns();

	WRITE_ONCE(tc.seq, tc.seq + 1);
	barrier();
	tc.base_ns = ns;
	tc.base_tsc = now;
	tc.mult = (NSEC_PER_SEC << 32) / hz;
	barrier();
	WRITE_ONCE(tc.seq, tc.seq + 1);
	tsc_hz = hz;
	tsc_per_ns = mul_div(hz, 1ull << 32, NSEC_PER_SEC);
}

/* Once, a second or more after the first measurement: the same again over the longer time. */
static void refine(void)
{
	struct sample now;
	u64 elapsed, expected, wraps, ticks;

	if (ref.pit) /* its 16 bits wrap too soon */
		return;
	now = sample_take();
	elapsed = now.tsc - first.tsc;
	expected = mul_div(elapsed, ref.hz, tsc_hz);
	ticks = (now.ref - first.ref) & ref.mask;
	/* The counter has wrapped as often as brings it nearest to what the coarse frequency
	 * predicts. */
	wraps = expected > ticks ? (expected - ticks + ref.mask / 2) / ((u64)ref.mask + 1) : 0;
	ticks += wraps * ((u64)ref.mask + 1);
	if (ticks < ref.hz / 2)
		return;
	expected = mul_div(elapsed, ref.hz, ticks);
	if (expected > tsc_hz - tsc_hz / 100 && expected < tsc_hz + tsc_hz / 100)
		set_frequency(expected);
}

void arch_time_init(void)
{
	bool ok = measure();

	if (!ok) {
		ref_choose(true);
		if (apic_present() && !cpu_features.tsc_deadline)
			apic_timer_start(APIC_MAX_COUNT);
		first = sample_take();
		ok = measure();
	}
	if (!ok) {
		pr_warn("clock: neither ACPI timer nor 8254 count; taking the time-stamp counter "
			"for 1 GHz\n");
		tsc_hz = apic_hz = FALLBACK_HZ;
		refined = true;
	}
	tc.base_tsc = boot_tsc;
	tc.mult = (NSEC_PER_SEC << 32) / tsc_hz;
	set_frequency(tsc_hz);
	apic_per_ns = mul_div(apic_hz, 1ull << 32, NSEC_PER_SEC);
	pit_per_ns = mul_div(PIT_HZ, 1ull << 32, NSEC_PER_SEC);
	wall_base = rtc_read_ns() - arch_clock_ns();
	if (apic_present()) {
		arch_clock_program(NO_DEADLINE);
	} else {
		pr_notice("clock: no local APIC, the 8254 takes its place\n");
		arch_irq_unmask(0);
	}
	pr_info("clock: time-stamp counter at %llu.%03llu MHz, one-shot by %s\n", tsc_hz / 1000000,
		tsc_hz / 1000 % 1000,
		!apic_present()		    ? "8254"
		: cpu_features.tsc_deadline ? "TSC deadline"
					    : "local APIC");
}

void clock_mark_boot(void)
{
	boot_tsc = arch_cycles();
}

u64 arch_clock_ns(void)
{
	u64 ns;
	u32 seq;

	do {
		seq = READ_ONCE(tc.seq);
		barrier();
		ns = tc.base_ns + mul_shift32(arch_cycles() - tc.base_tsc, tc.mult);
		barrier();
	} while (unlikely(seq != READ_ONCE(tc.seq)));
	return ns;
}

u64 arch_wall_ns(void)
{
	return wall_base + arch_clock_ns();
}

u64 arch_cycles_per_sec(void)
{
	return tsc_hz;
}

static void pit_arm(u64 delta_ns)
{
	u64 count = clamp_t(u64, mul_shift32(min_t(u64, delta_ns, NSEC_PER_SEC), pit_per_ns), 1,
			    PIT_MAX);

	outb(PIT_CH0_ONE_SHOT, PIT_MODE);
	outb((u8)count, PIT_CH0);
	outb((u8)(count >> 8), PIT_CH0);
}

/* Sets the hardware off; it may fire early, when the time is longer than it can count. */
static void arm(u64 deadline)
{
	u64 now = arch_clock_ns(), delta = deadline > now ? deadline - now : 0;

	armed_at = now;
	if (!apic_present())
		pit_arm(delta);
	else if (cpu_features.tsc_deadline)
		apic_timer_arm_deadline(arch_cycles() +
					mul_shift32(min_t(u64, delta, 1ull << 60), tsc_per_ns) + 1);
	else
		apic_timer_start((u32)clamp_t(
			u64, mul_shift32(min_t(u64, delta, 60 * NSEC_PER_SEC), apic_per_ns), 1,
			APIC_MAX_COUNT));
}

static void disarm(void)
{
	if (!apic_present())
		return; /* mode 0 fires once, and clock_interrupt_arch ignores it */
	if (cpu_features.tsc_deadline)
		apic_timer_arm_deadline(0);
	else
		apic_timer_start(0);
}

void arch_clock_program(u64 deadline_ns)
{
	unsigned long flags = arch_irq_save();

	if (deadline_ns == NO_DEADLINE)
		disarm();
	else if (deadline_ns != armed)
		arm(deadline_ns);
	armed = deadline_ns;
	arch_irq_restore(flags);
}

/*
 * It has fired early, at @now, though not because the time was longer than it counts: its frequency
 * was taken for too low, and is put right by as much. One interrupt teaches what a longer
 * measurement at boot would.
 */
static void learn_frequency(u64 now)
{
	u64 meant = armed - armed_at, took = now - armed_at;

	if (apic_present() && !cpu_features.tsc_deadline && took > NSEC_PER_MSEC &&
	    meant - took < meant / 1000)
		apic_per_ns += mul_div(apic_per_ns, meant - took, took) + 1;
}

void clock_interrupt_arch(void)
{
	u64 now = arch_clock_ns();

	irq_clock++;
	irq_enter();
	if (!refined && now > REFINE_AFTER_NS) {
		refined = true;
		refine();
	}
	if (armed != NO_DEADLINE) {
		if (now < armed) {
			learn_frequency(now);
			arm(armed);
		} else {
			armed = NO_DEADLINE;
			clock_interrupt();
		}
	}
	irq_exit();
}
