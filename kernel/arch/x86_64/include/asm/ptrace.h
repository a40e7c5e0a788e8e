/* SPDX-License-Identifier: MIT */
/* The registers of interrupted code, as the entry code leaves them on the kernel stack. */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <asm/layout.h>
#include <kernel/types.h>

struct pt_regs {
	u64 r15, r14, r13, r12, bp, bx;
	u64 r11, r10, r9, r8, ax, cx, dx, si, di;
	u64 orig_ax;		   /* the system call's number; -1 in an interrupt or exception */
	u64 ip, cs, flags, sp, ss; /* pushed by the processor */
};

/* Exception vectors (Intel SDM 3A table 6-1). */
#define X86_TRAP_DE  0
#define X86_TRAP_DB  1
#define X86_TRAP_NMI 2
#define X86_TRAP_BP  3
#define X86_TRAP_OF  4
#define X86_TRAP_BR  5
#define X86_TRAP_UD  6
#define X86_TRAP_NM  7
#define X86_TRAP_DF  8
#define X86_TRAP_TS  10
#define X86_TRAP_NP  11
#define X86_TRAP_SS  12
#define X86_TRAP_GP  13
#define X86_TRAP_PF  14
#define X86_TRAP_MF  16
#define X86_TRAP_AC  17
#define X86_TRAP_MC  18
#define X86_TRAP_XF  19

/* Page-fault error code bits. */
#define X86_PF_PROT  0x01 /* the page is there, the access is not allowed */
#define X86_PF_WRITE 0x02
#define X86_PF_USER  0x04
#define X86_PF_RSVD  0x08
#define X86_PF_INSTR 0x10

#define X86_FLAGS_TF   0x100ul
#define X86_FLAGS_DF   0x400ul
#define X86_FLAGS_NT   0x4000ul
#define X86_FLAGS_AC   0x40000ul
/* What ring 3 may set in its flags by itself: CF PF AF ZF SF TF DF OF RF AC ID. */
#define X86_FLAGS_USER 0x250dd5ul

/* user_mode - did the registers come from ring 3? */
static inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->cs & 3) == 3;
}

/* user_mode_32 - from ring 3 in 32-bit mode? */
static inline bool user_mode_32(const struct pt_regs *regs)
{
	return regs->cs == USER32_CS;
}

#endif
