/* SPDX-License-Identifier: MIT */
/* Processor set-up: features, control registers, GDT, TSS, IDT and the system-call registers (Intel
 * SDM 3A 2.5, 3.5, 6.11, 7.7). */

#include <asm/irqflags.h>
#include <asm/smap.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#include "arch_internal.h"

#define CR0_MP	       (1ull << 1)
#define CR0_EM	       (1ull << 2)
#define CR0_TS	       (1ull << 3)
#define CR0_NE	       (1ull << 5)
#define CR0_WP	       (1ull << 16)
#define CR0_AM	       (1ull << 18)
#define CR4_PAE	       (1ull << 5)
#define CR4_PGE	       (1ull << 7)
#define CR4_OSFXSR     (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_UMIP       (1ull << 11)
#define CR4_SMEP       (1ull << 20)
#define CR4_SMAP       (1ull << 21)
#define EFER_SCE       1ull
#define EFER_LME       (1ull << 8)
#define EFER_NXE       (1ull << 11)

#define GATE_INTERRUPT	  0x8e00u /* present, ring 0, 64-bit interrupt gate */
#define GATE_USER	  0x6000u /* ring 3 may call it */
#define IST_DOUBLE_FAULT  1
#define IST_NMI		  2
#define IST_MACHINE_CHECK 3
#define NR_IST		  3
#define IST_SIZE	  8192

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3, io_map;
} __packed;

struct gate {
	u16 offset_low, selector, attributes; /* bits 0-2: interrupt stack, 0 for none */
	u16 offset_middle;
	u32 offset_high, reserved;
};
static_assert(sizeof(struct gate) == 16, "an IDT gate has 16 bytes");
static_assert(sizeof(struct tss) == 104, "a 64-bit TSS has 104 bytes");

struct cpu_features cpu_features;
unsigned long kernel_stack_top;
unsigned long user_sp; /* entry.S parks ring 3's stack pointer here */

static u64 gdt[GDT_ENTRIES] __aligned(16) = {
	[1] = 0x00cf9b000000ffff, /* 32-bit code, ring 0 (SYSRET's arithmetic wants the order) */
	[KERNEL_CS / 8] = 0x00af9b000000ffff,
	[KERNEL_DS / 8] = 0x00cf93000000ffff,
	[USER32_CS / 8] = 0x00cffb000000ffff,
	[USER_DS / 8] = 0x00cff3000000ffff,
	[USER_CS / 8] = 0x00affb000000ffff,
};
static struct tss tss __aligned(16);
static struct gate idt[256] __aligned(16);
static u8 exception_stacks[NR_IST][IST_SIZE] __aligned(16);

struct descriptor_pointer {
	u16 limit;
	u64 base;
} __packed;

static void detect_features(void)
{
	u32 r[4], max_leaf;

	cpuid(0, 0, r);
	max_leaf = r[0];
	cpuid(1, 0, r);
	cpu_features.pge = r[3] >> 13 & 1;
	cpu_features.apic = r[3] >> 9 & 1;
	cpu_features.tsc_deadline = r[2] >> 24 & 1;
	cpu_features.rdrand = r[2] >> 30 & 1;
	if (max_leaf >= 7) {
		cpuid(7, 0, r);
		cpu_features.smep = r[1] >> 7 & 1;
		cpu_features.rdseed = r[1] >> 18 & 1;
		cpu_features.smap = r[1] >> 20 & 1;
		cpu_features.umip = r[2] >> 2 & 1;
	}
	cpuid(0x80000001, 0, r);
	cpu_features.nx = r[3] >> 20 & 1;
	cpu_features.gbpages = r[3] >> 26 & 1;
}

static void set_control_registers(void)
{
	u64 cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, cr0;

	if (cpu_features.pge)
		cr4 |= CR4_PGE;
	if (cpu_features.smep)
		cr4 |= CR4_SMEP;
	if (cpu_features.smap)
		cr4 |= CR4_SMAP;
	if (cpu_features.umip)
		cr4 |= CR4_UMIP;
	__asm__ __volatile__("movq %0, %%cr4" : : "r"(cr4) : "memory");
	__asm__ __volatile__("movq %%cr0, %0" : "=r"(cr0));
	cr0 = (cr0 & ~(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE | CR0_WP | CR0_AM;
	__asm__ __volatile__("movq %0, %%cr0\n\tfninit" : : "r"(cr0) : "memory");
	wrmsr(MSR_EFER, EFER_LME | EFER_SCE | (cpu_features.nx ? EFER_NXE : 0));
}

/* Puts CLAC and STAC where the NOPs are. The boot tables, on which we still run, let text be
 * written. */
static void patch_smap_sites(void)
{
	extern const s32 __smap_sites_start[], __smap_sites_end[];
	const s32 *site;

	for (site = __smap_sites_start; cpu_features.smap && site < __smap_sites_end; site += 2) {
		u8 *insn = (u8 *)site + site[0];

		insn[1] = 0x01;
		insn[2] = (u8)site[1];
	}
	cpuid(0, 0, (u32[4]){}); /* serialises: what was patched is fetched anew */
}

static void set_gate(unsigned int vector, const void *entry, u16 attributes, u16 ist)
{
	u64 addr = (u64)entry;

	idt[vector] = (struct gate){
		.offset_low = (u16)addr,
		.selector = KERNEL_CS,
		.attributes = attributes | ist,
		.offset_middle = (u16)(addr >> 16),
		.offset_high = (u32)(addr >> 32),
	};
}

static void load_tables(void)
{
	struct descriptor_pointer gdtr = { sizeof(gdt) - 1, (u64)gdt };
	struct descriptor_pointer idtr = { sizeof(idt) - 1, (u64)idt };

	__asm__ __volatile__("lgdt %0\n\t"
			     "pushq %1\n\t"
			     "leaq 1f(%%rip), %%rax\n\t"
			     "pushq %%rax\n\t"
			     "lretq\n"
			     "1:\tmovw %w2, %%ss\n\t"
			     "movw %w3, %%ds\n\t"
			     "movw %w3, %%es\n\t"
			     "movw %w3, %%fs\n\t"
			     "movw %w3, %%gs\n\t"
			     "lidt %4\n\t"
			     "ltr %w5"
			     :
			     : "m"(gdtr), "i"(KERNEL_CS), "r"(KERNEL_DS), "r"(0), "m"(idtr),
			       "r"(GDT_TSS_ENTRY * 8)
			     : "rax", "memory");
}

static void init_descriptors(void)
{
	u64 base = (u64)&tss;
	unsigned int i;

	for (i = 0; i < NR_IST; i++)
		tss.ist[i] = (u64)exception_stacks[i] + IST_SIZE;
	tss.io_map = sizeof(tss);
	gdt[GDT_TSS_ENTRY] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
			     (base >> 24 & 0xff) << 56;
	gdt[GDT_TSS_ENTRY + 1] = base >> 32;

	for (i = 0; i < ARRAY_SIZE(idt); i++)
		set_gate(i, trap_stubs + 16 * i, GATE_INTERRUPT, 0);
	set_gate(X86_TRAP_BP, trap_stubs + 16 * X86_TRAP_BP, GATE_INTERRUPT | GATE_USER, 0);
	set_gate(X86_TRAP_OF, trap_stubs + 16 * X86_TRAP_OF, GATE_INTERRUPT | GATE_USER, 0);
	set_gate(X86_TRAP_DF, trap_stubs + 16 * X86_TRAP_DF, GATE_INTERRUPT, IST_DOUBLE_FAULT);
	set_gate(X86_TRAP_NMI, trap_stubs + 16 * X86_TRAP_NMI, GATE_INTERRUPT, IST_NMI);
	set_gate(X86_TRAP_MC, trap_stubs + 16 * X86_TRAP_MC, GATE_INTERRUPT, IST_MACHINE_CHECK);
	set_gate(VECTOR_SYSCALL, entry_int80, GATE_INTERRUPT | GATE_USER, 0);
	load_tables();
}

/*
 * SYSCALL's registers. The flags that are cleared on entry: interrupts stay off until we are on the
 * kernel's stack; AC would open user memory, DF and TF would upset the entry code, NT the return.
 * SYSENTER stays off: it raises a general protection fault.
 */
static void init_syscall(void)
{
	wrmsr(MSR_STAR, (u64)USER32_CS << 48 | (u64)KERNEL_CS << 32);
	wrmsr(MSR_LSTAR, (u64)entry_syscall_64);
	wrmsr(MSR_CSTAR, (u64)entry_syscall_compat);
	wrmsr(MSR_SFMASK, X86_FLAGS_IF | X86_FLAGS_TF | X86_FLAGS_DF | X86_FLAGS_NT | X86_FLAGS_AC);
	wrmsr(MSR_SYSENTER_CS, 0);
	wrmsr(MSR_FS_BASE, 0);
	wrmsr(MSR_GS_BASE, 0);
}

void cpu_init(void)
{
	detect_features();
	patch_smap_sites();
	set_control_registers();
	init_descriptors();
	cpu_set_kernel_stack((unsigned long)boot_stack_end);
	init_syscall();
}

void cpu_set_kernel_stack(unsigned long top)
{
	kernel_stack_top = top;
	tss.rsp[0] = top;
}

void cpu_load_tls(const u64 *tls)
{
	memcpy(&gdt[GDT_TLS_ENTRY], tls, GDT_TLS_COUNT * sizeof(u64));
}

bool cpu_exception_stack(unsigned long addr, unsigned long *lo, unsigned long *hi)
{
	unsigned int i;

	for (i = 0; i < NR_IST; i++) {
		*lo = (unsigned long)exception_stacks[i];
		*hi = *lo + IST_SIZE;
		if (addr >= *lo && addr < *hi)
			return true;
	}
	return false;
}
