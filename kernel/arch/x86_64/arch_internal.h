/* SPDX-License-Identifier: MIT */
/* What the files of this folder share with each other and with nobody else. */
#ifndef ARCH_INTERNAL_H
#define ARCH_INTERNAL_H

#include <asm/page.h>
#include <asm/ptrace.h>
#include <kernel/bootinfo.h>
#include <kernel/kernel.h>

/* Vectors above the exceptions. */
#define VECTOR_LEGACY	0x20 /* 8259 lines 0..15 */
#define VECTOR_MSI	0x30
#define VECTOR_SYSCALL	0x80
#define VECTOR_CLOCK	0xec
#define VECTOR_SPURIOUS 0xff

/* Page-table entry bits (Intel SDM 3A 4.5). */
#define PTE_PRESENT   0x001ull
#define PTE_WRITE     0x002ull
#define PTE_USER      0x004ull
#define PTE_PWT	      0x008ull
#define PTE_PCD	      0x010ull
#define PTE_LARGE     0x080ull
#define PTE_GLOBAL    0x100ull
#define PTE_SW_NONE   0x200ull /* ours: a user page with PROT_NONE, address kept, not present */
#define PTE_NX	      (1ull << 63)
#define PTE_ADDR      0x000ffffffffff000ull
#define TABLE_ENTRIES 512

/* Model-specific registers. */
#define MSR_APIC_BASE	 0x1b
#define MSR_SYSENTER_CS	 0x174
#define MSR_TSC_DEADLINE 0x6e0
#define MSR_EFER	 0xc0000080
#define MSR_STAR	 0xc0000081
#define MSR_LSTAR	 0xc0000082
#define MSR_CSTAR	 0xc0000083
#define MSR_SFMASK	 0xc0000084
#define MSR_FS_BASE	 0xc0000100
#define MSR_GS_BASE	 0xc0000101

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ __volatile__("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ __volatile__("wrmsr"
			     :
			     : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
			     : "memory");
}

static inline void cpuid(u32 leaf, u32 sub, u32 regs[4])
{
	__asm__ __volatile__("cpuid"
			     : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			     : "a"(leaf), "c"(sub));
}

static inline u64 read_cr2(void)
{
	u64 v;

	__asm__ __volatile__("movq %%cr2, %0" : "=r"(v) : : "memory");
	return v;
}

static inline u64 read_cr3(void)
{
	u64 v;

	__asm__ __volatile__("movq %%cr3, %0" : "=r"(v) : : "memory");
	return v;
}

static inline void write_cr3(u64 v)
{
	__asm__ __volatile__("movq %0, %%cr3" : : "r"(v) : "memory");
}

static inline u64 read_cr4(void)
{
	u64 v;

	__asm__ __volatile__("movq %%cr4, %0" : "=r"(v));
	return v;
}

static inline void invlpg(const void *addr)
{
	__asm__ __volatile__("invlpg (%0)" : : "r"(addr) : "memory");
}

/* cpu.c: what the processor can do; set once by cpu_init. */
struct cpu_features {
	bool nx, gbpages, pge, smep, smap, umip, apic, tsc_deadline, rdrand, rdseed;
};
extern struct cpu_features cpu_features;
void cpu_init(void); /* features, control registers, descriptor tables, system-call entries */
void cpu_set_kernel_stack(unsigned long top); /* where entries from ring 3 begin */
void cpu_load_tls(const u64 *tls);
extern unsigned long kernel_stack_top;
extern char boot_stack_guard[], boot_stack[], boot_stack_end[];
/* cpu_exception_stack - the bounds of the exception stack that @addr is in, if it is in one. */
bool cpu_exception_stack(unsigned long addr, unsigned long *lo, unsigned long *hi);

/* bootinfo.c: memory as the boot loader described it. */
struct memory_map {
	unsigned int nr;
	struct boot_region region[32];
};
extern struct memory_map all_ram; /* every region of RAM, whoever uses it */
void bootinfo_read(phys_t mbi);
/* early_alloc_page - a zeroed page below 4 GiB, for good; before mm_init only. */
void *early_alloc_page(void);
/* bootinfo_give_back - memory that was only needed to start up. */
void bootinfo_give_back(phys_t start, phys_t end);

/* paging.c: the kernel's own tables. */
extern u64 *kernel_pgd;
void paging_init(void);
/* kernel_map_page, kernel_unmap_page - one page in the device or stack area; unmap returns the
 * entry's physical page, or 0. */
int kernel_map_page(unsigned long va, phys_t pa, u64 flags);
phys_t kernel_unmap_page(unsigned long va);
/* stack_guard_hit - is @addr in the guard below a kernel stack? */
bool stack_guard_hit(unsigned long addr);

/* acpi.c */
struct acpi_info {
	u16 pm1a_cnt, pm1b_cnt, pm_timer, smi_cmd, reset_port;
	u8 slp_typ_a, slp_typ_b, acpi_enable, reset_value;
	bool pm_timer_32bit, have_s5, have_reset;
};
extern struct acpi_info acpi_info;
void acpi_init(void);

/* traps.c, dump.c */
void user_return_work(struct pt_regs *regs);
void dump_backtrace(const struct pt_regs *regs);
void dump_registers(const struct pt_regs *regs);

/* unwind.c */
struct stack_frame {
	unsigned long ip, sp, bp;
	unsigned long end; /* of the stack that sp is on */
	bool interrupted;  /* ip has not been executed yet: it is no return address */
};
/* unwind_frame - from a frame to its caller's; false where that is not known. Context: any. */
bool unwind_frame(struct stack_frame *f);

/* irq.c, apic.c, clock.c */
void irq_dispatch(unsigned int vector);
void pic_init(void);
bool apic_init(void); /* false where there is no local APIC */
bool apic_present(void);
void apic_eoi(void);
u32 apic_id(void);
u32 apic_timer_count(void); /* current count, running down */
void apic_timer_start(u32 count);
void apic_timer_arm_deadline(u64 tsc);
void clock_mark_boot(void); /* the clock reads 0 here */
u64 rtc_read_ns(void);
void clock_sample_begin(void); /* first sample of the clocks' measurement */
void clock_interrupt_arch(
	void); /* the one-shot's interrupt. Context: hardirq entry, interrupts off */

/* entry.S */
extern char trap_stubs[], entry_syscall_64[], entry_syscall_compat[], entry_int80[];
void switch_stack(unsigned long *old_sp, unsigned long new_sp);
void thread_begin(void);
void user_enter(struct pt_regs *regs) __noreturn;

#endif
