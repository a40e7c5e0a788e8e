/* SPDX-License-Identifier: MIT */
/* Hosted: the architecture. Fibres, virtual time and interrupts, memory, chance from a seed, failures on request. */
#include <asm/clock.h>
#include <asm/irq.h>
#include <asm/kasan.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/random.h>
#include <asm/serial.h>
#include <asm/thread.h>
#include <asm/uaccess.h>
#include <kernel/bootinfo.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/string.h>
#include <kernel/symbols.h>

#include "host_os.h"
#include "hosted.h"

char *hosted_arena;
bool hosted_irqs_off;
u64 hosted_now_ns, hosted_deadline_ns = ~0ull;
u64 hosted_irqs_raised, hosted_irqs_masked = ~0ull;
unsigned long irq_spurious, irq_nmi, irq_clock;
unsigned long serial_lost, serial_overruns;
struct bootinfo bootinfo;

const char root_archive_start[1], root_archive_end[1];

/* ---- fibres ---- */

void hosted_switch(void **save, void *load);

/* The sanitizers' runtime follows our switches where the program has one, even if this library was built without. */
#pragma weak __sanitizer_start_switch_fiber
#pragma weak __sanitizer_finish_switch_fiber
#pragma weak __asan_unpoison_memory_region
#pragma weak __lsan_register_root_region
void __sanitizer_start_switch_fiber(void **fake_stack_save, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(void *fake_stack_save, const void **bottom_old, size_t *size_old);
void __asan_unpoison_memory_region(const volatile void *p, size_t n);
void __lsan_register_root_region(const void *p, size_t n);

#ifdef __SANITIZE_ADDRESS__
void *__asan_region_is_poisoned(void *p, size_t n);

void hosted_kasan_check(unsigned long addr, size_t n)
{
	const volatile char *bad = n ? __asan_region_is_poisoned((void *)addr, n) : NULL;

	if (bad)
		(void)*bad; /* which reports it */
}
#endif

static struct task *previous; /* whom the running fibre was switched to from */
static void *free_stacks; /* linked through their first words: mapping anew costs more */

/* arrived - the first thing on the stack just switched to. */
static void arrived(void)
{
	struct arch_thread *from = &previous->thread;

	/* The host's own stack is known only once it has been left. */
	if (__sanitizer_finish_switch_fiber)
		__sanitizer_finish_switch_fiber(current->thread.fake_stack, &from->stack_bottom, &from->stack_size);
}

static void fibre_main(void)
{
	arrived();
	current->thread.entry();
	host_abort();
}

void arch_thread_init(struct task *t, void (*entry)(void))
{
	void **sp = (void **)((char *)t->stack + KERNEL_STACK_SIZE);

	*--sp = NULL; /* where fibre_main would return to; and the alignment of a called function */
	*--sp = (void *)fibre_main;
	sp -= 6; /* registers, whatever they hold */
	memset(sp, 0, 6 * sizeof(*sp));
	t->thread.sp = sp;
	t->thread.entry = entry;
	t->thread.stack_bottom = t->stack;
	t->thread.stack_size = KERNEL_STACK_SIZE;
}

void arch_switch(struct task *prev, struct task *next)
{
	previous = prev;
	if (__sanitizer_start_switch_fiber)
		__sanitizer_start_switch_fiber(prev->state == TASK_DEAD ? NULL : &prev->thread.fake_stack,
					       next->thread.stack_bottom, next->thread.stack_size);
	hosted_switch(&prev->thread.sp, next->thread.sp);
	arrived();
}

void *arch_stack_alloc(void)
{
	void *stack = free_stacks;

	if (!stack)
		return host_map_guarded(KERNEL_STACK_SIZE);
	free_stacks = *(void **)stack;
	return stack;
}

void arch_stack_free(void *stack)
{
	char *low = stack;

	if (!stack)
		return;
	if (previous && previous->stack == stack)
		low = previous->thread.sp;
	if (__asan_unpoison_memory_region) /* the frames that were never left */
		__asan_unpoison_memory_region(low, (size_t)((char *)stack + KERNEL_STACK_SIZE - low));
	*(void **)stack = free_stacks;
	free_stacks = stack;
}

/* What a sleeping task of the host program holds is no leak: at the end of it all their stacks are copied to one region that
 * is searched for pointers. (One region for each would do, but the search reads /proc/self/maps for each.) */
struct stacks {
	unsigned long *to; /* NULL: only add up */
	size_t words;
};

__attribute__((no_sanitize_address)) static bool copy_stack(struct task *t, void *arg)
{
	const unsigned long *sp = t->thread.sp, *top;
	struct stacks *s = arg;

	top = (const unsigned long *)((const char *)t->thread.stack_bottom + t->thread.stack_size);
	for (; t != current && sp && sp < top; sp++, s->words++)
		if (s->to)
			s->to[s->words] = *sp;
	return true;
}

static void show_stacks(void)
{
	struct stacks s = { NULL, 0 };

	task_for_each(copy_stack, &s);
	s.to = host_map(s.words * sizeof(*s.to));
	if (!s.to)
		return;
	s.words = 0;
	task_for_each(copy_stack, &s);
	__lsan_register_root_region(s.to, s.words * sizeof(*s.to));
}

void *arch_boot_stack(void)
{
	return NULL;
}

/* ---- the machine ---- */

void arch_idle(void)
{
	panic("hosted: cpu_idle is not for this architecture");
}

void arch_poweroff(int status)
{
	if (status)
		host_abort();
	host_exit(0);
}

void arch_reboot(void)
{
	host_exit(0);
}

__attribute__((no_sanitize_address)) void arch_backtrace(void)
{
	void **frame = __builtin_frame_address(0);
	char line[160];
	int n = 0, depth;

	for (depth = 0; depth < 12 && frame; depth++) {
		void **next = frame[0];

		n += scnprintf(line + n, sizeof(line) - (size_t)n, " %lx", (unsigned long)frame[1]);
		if (next <= frame || (char *)next - (char *)frame > (long)KERNEL_STACK_SIZE)
			break;
		frame = next;
	}
	pr_err("called from%s\n", line);
}

/* There are no names, but a place in the library does not change with where the program happens to lie. */
const char *symbol_lookup(unsigned long addr, unsigned long *offset)
{
	unsigned long start = (unsigned long)hosted_switch; /* the first in the library's text */

	if (addr < start)
		return NULL;
	*offset = addr - start;
	return "libskiff";
}

void arch_irq_mask(int irq)
{
	hosted_irqs_masked |= 1ull << irq;
}

void arch_irq_unmask(int irq)
{
	hosted_irqs_masked &= ~(1ull << irq);
}

void arch_irq_eoi(int irq)
{
}

const char *arch_irq_name(int irq)
{
	return "virtual";
}

void arch_early_write(const char *text, size_t len)
{
	host_write_err(text, len);
}

void serial_write(const char *buf, size_t n)
{
	host_write_err(buf, n);
}

size_t serial_write_some(const char *buf, size_t n)
{
	host_write_err(buf, n);
	return n;
}

void serial_flush(void)
{
}

void serial_set_rx(void (*fn)(u8 c))
{
}

/* ---- chance ---- */

static u64 random_state;

/* splitmix - Steele, Lea and Flood's SplitMix64: one seed, and all follows. */
static u64 splitmix(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

bool arch_get_random(u64 *out)
{
	*out = splitmix(&random_state);
	return true;
}

/* ---- failing allocations ---- */

bool hosted_alloc_faults;
static u64 fault_countdown, fault_state;
static u32 fault_ppm;

void hosted_fail_alloc(unsigned long nth, unsigned int ppm, u64 seed)
{
	fault_countdown = nth;
	fault_ppm = ppm;
	fault_state = seed;
	hosted_alloc_faults = nth || ppm;
}

bool hosted_alloc_fault(void)
{
	if (fault_countdown && !--fault_countdown) {
		hosted_alloc_faults = fault_ppm != 0;
		return true;
	}
	return fault_ppm && splitmix(&fault_state) % 1000000 < fault_ppm;
}

/* ---- boot ---- */

void hosted_arch_init(void)
{
	unsigned long long mib = HOSTED_MEM_MIB, seed = 0;
	char value[32];

	if (cmdline_get("skiff.mem", value, sizeof(value)))
		kstrtoull(value, 0, &mib);
	if (cmdline_get("skiff.seed", value, sizeof(value)))
		kstrtoull(value, 0, &seed);
	mib = clamp(mib, 8ull, 1ull << 16);
	random_state = seed;
	hosted_arena = cmdline_get("skiff.mmap", value, sizeof(value)) ? host_map_twice(mib << 20) : host_map(mib << 20);
	if (!hosted_arena)
		panic("hosted: cannot map %llu MiB", mib);
	bootinfo.ram[0] = (struct boot_region){ PAGE_SIZE, mib << 20 };
	bootinfo.nr_ram = 1;
	host_catch_faults();
	if (__lsan_register_root_region)
		host_at_exit(show_stacks);
}
