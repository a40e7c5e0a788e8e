/* SPDX-License-Identifier: MIT */
/* Ways into and out of the kernel: exceptions, interrupts, both system-call entries, and the switch of stacks (Intel SDM 3A 6.14). */

#include <asm/layout.h>
#include <asm/smap.h>

/* Offsets in struct pt_regs (asm/ptrace.h; traps.c checks them). */
#define R_BP	32
#define R_AX	80
#define R_DX	96
#define R_DI	112
#define R_ORIG	120
#define R_IP	128
#define R_CS	136
#define R_FLAGS	144
#define R_SP	152
#define R_SS	160
#define R_SIZE	168

#define ENOSYS	38

/* What entry_syscall_64 knows of C's (checked in traps.c too): the codes that only do_notify_resume understands, flags in ring 3 that
 * SYSRETQ cannot restore as they are, those always set, struct task, struct cpu_account. */
#define ERESTART_FIRST		512
#define ERESTART_LAST		516
#define FLAGS_NOT_SYSRET	0xffdbf32a
#define FLAGS_ALWAYS		0x202
#define TASK_SIGNALS		0
#define TASK_BLOCKED		8
#define CPU_KERNEL		2
#define CPU_USER		3
#define ACCOUNT_CYCLES		8

/* cpu_account_at, where it is known whose time it was. Interrupts are off; rax and rdx are lost. */
.macro account from, to
	rdtsc
	shlq	$32, %rdx
	orq	%rdx, %rax
	addq	%rax, cpu_account + ACCOUNT_CYCLES + 8 * \from
	subq	%rax, cpu_account + ACCOUNT_CYCLES + 8 * \to
	movl	$\to, cpu_account
.endm

.macro save_scratch		/* what a C function may change; orig_ax and di are on the stack already */
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
.endm

.macro restore_scratch
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
.endm

.macro save_from_si		/* all of pt_regs */
	save_scratch
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
.endm

.macro restore_to_si
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	restore_scratch
.endm

	.section .text.entry, "ax", @progbits

/*
 * One stub for each vector, 16 bytes apart: an error code (0 where the processor pushes none) and the vector's number in rdi,
 * whose old value is saved in its place in pt_regs.
 */
	.balign	16
	.globl	trap_stubs
trap_stubs:
	vector = 0
	.rept	256
	.balign	16
	.if	!(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
	pushq	$0
	.endif
	pushq	%rdi
	movl	$vector, %edi
	.if	vector < 32
	jmp	trap_common
	.else
	jmp	interrupt_common
	.endif
	vector = vector + 1
	.endr

/*
 * Above the exceptions are interrupts. One that broke into the kernel goes back to where it came from and nowhere else: no signal, no
 * other task. So nobody looks at its registers, and what a C function keeps is not saved (half of pt_regs). Ring 3's go the long way.
 */
	.type	interrupt_common, @function
interrupt_common:
	/* To unwind.c, at the call: below the processor's frame lie eleven words, and rbp is still as it was. */
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_def_cfa rsp, 88 + R_SIZE - R_IP
	.cfi_offset rip, R_IP - R_SIZE
	.cfi_offset rsp, R_SP - R_SIZE
	testb	$3, R_CS-R_DI(%rsp)
	jnz	trap_common
	cld
	smap_site SMAP_OPCODE_CLAC
	save_scratch
	pushq	%rdi			/* keeps the stack aligned to 16 bytes */
	call	irq_dispatch
	popq	%rdi
	restore_scratch
	popq	%rdi
	addq	$8, %rsp
	iretq
	.cfi_endproc
	.size	interrupt_common, . - interrupt_common

	.type	trap_common, @function
trap_common:
	/* To unwind.c, at the call: the caller is what was interrupted, and its registers lie in a pt_regs behind the saved rdi. */
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_def_cfa rsp, 8 + R_SIZE
	.cfi_offset rip, R_IP - R_SIZE
	.cfi_offset rsp, R_SP - R_SIZE
	.cfi_offset rbp, R_BP - R_SIZE
	cld
	smap_site SMAP_OPCODE_CLAC
	save_from_si
	movl	%edi, %esi		/* vector */
	movq	R_ORIG(%rsp), %rdx	/* error code */
	movq	$-1, R_ORIG(%rsp)
	movq	%rsp, %rdi
	testb	$3, R_CS(%rsp)
	jz	1f
	xorl	%ebp, %ebp		/* ring 3's frame pointer ends a backtrace */
1:	pushq	%rdi			/* keeps the stack aligned to 16 bytes */
	call	trap_dispatch
	popq	%rsp

/* With rsp at a pt_regs: back to where it came from. */
return_from_trap:
	restore_to_si
	popq	%rdi
	addq	$8, %rsp
	iretq
	.cfi_endproc
	.size	trap_common, . - trap_common

/*
 * SYSCALL from 64-bit code: rcx holds ip, r11 the flags, rsp is still ring 3's, interrupts are off (SFMASK). One CPU, so one
 * place to keep rsp in is enough.
 *
 * All of pt_regs is saved, for signals may want any of it; the arguments stay where they are for the function of the table. Nearly
 * every call then goes straight back: its result is no code for do_notify_resume, nothing else is to be done first, the flags are ones
 * that SYSRETQ restores, and nobody has changed the saved registers (who does sets orig_ax to -1). So ip and the selectors are as they
 * came, and of what C keeps only the two used here are to be put back. All else is for syscall_64_exit (traps.c).
 */
	.globl	entry_syscall_64
	.type	entry_syscall_64, @function
entry_syscall_64:
	movq	%rsp, user_sp
	movq	kernel_stack_top, %rsp
	pushq	$USER_DS
	pushq	user_sp
	pushq	%r11
	pushq	$USER_CS
	pushq	%rcx
	pushq	%rax
	pushq	%rdi
	save_from_si
	movq	%rax, %rbx
	account	CPU_USER, CPU_KERNEL
	sti
	movq	R_DX(%rsp), %rdx
	movq	%r10, %rcx
	pushq	%rdi			/* keeps the stack aligned to 16 bytes */
	cmpq	nr_syscalls_64, %rbx
	jae	1f
	movq	sys_call_table_64(,%rbx,8), %rax
	testq	%rax, %rax
	jz	1f
	call	*%rax
2:	popq	%rdi
	movq	%rax, R_AX(%rsp)
	addq	$ERESTART_LAST, %rax
	cmpq	$ERESTART_LAST - ERESTART_FIRST, %rax
	jbe	3f
	cli
	cmpb	$0, need_resched_flag
	jne	3f
	movq	current_task, %rax
	movq	TASK_BLOCKED(%rax), %rcx
	notq	%rcx
	testq	%rcx, TASK_SIGNALS(%rax)
	jnz	3f
	cmpq	$-1, R_ORIG(%rsp)
	je	3f
	movl	$FLAGS_NOT_SYSRET, %eax
	andl	R_FLAGS(%rsp), %eax
	cmpl	$FLAGS_ALWAYS, %eax
	jne	3f
	account	CPU_KERNEL, CPU_USER
	addq	$R_BP, %rsp
	popq	%rbp
	popq	%rbx
4:	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	movq	R_SP-R_ORIG(%rsp), %rsp
	sysretq
1:	xorl	%edi, %edi		/* a number without a function, of the x86-64 table */
	movq	%rbx, %rsi
	call	syscall_unknown
	jmp	2b
3:	movq	%rsp, %rdi
	pushq	%rdi
	call	syscall_64_exit
	popq	%rsp
	testb	%al, %al
	jz	return_from_trap
	popq	%r15			/* rcx = ip and r11 = flags: syscall_64_exit made sure */
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	jmp	4b
	.size	entry_syscall_64, . - entry_syscall_64

/* SYSCALL from 32-bit code, which only some processors have: no call is offered on this way. */
	.globl	entry_syscall_compat
	.type	entry_syscall_compat, @function
entry_syscall_compat:
	movq	%rsp, user_sp
	movq	kernel_stack_top, %rsp
	pushq	$USER_DS
	pushq	user_sp
	pushq	%r11
	pushq	$USER32_CS
	pushq	%rcx
	pushq	$-1
	pushq	%rdi
	movq	$-ENOSYS, %rax
	save_from_si
	movq	%rsp, %rdi
	xorl	%ebp, %ebp
	pushq	%rdi
	call	user_return_work
	popq	%rsp
	jmp	return_from_trap
	.size	entry_syscall_compat, . - entry_syscall_compat

/* int $0x80, from either width. */
	.globl	entry_int80
	.type	entry_int80, @function
entry_int80:
	cld
	smap_site SMAP_OPCODE_CLAC
	movl	%eax, %eax
	pushq	%rax
	pushq	%rdi
	save_from_si
	movq	%rsp, %rdi
	xorl	%ebp, %ebp
	pushq	%rdi
	call	syscall_32_dispatch
	popq	%rsp
	jmp	return_from_trap
	.size	entry_int80, . - entry_int80

/* void user_enter(struct pt_regs *regs): to ring 3. Interrupts are off. */
	.globl	user_enter
	.type	user_enter, @function
user_enter:
	movq	%rdi, %rsp
	jmp	return_from_trap
	.size	user_enter, . - user_enter

/* void switch_stack(unsigned long *old_sp, unsigned long new_sp): on with another task's kernel stack. */
	.globl	switch_stack
	.type	switch_stack, @function
switch_stack:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret
	.size	switch_stack, . - switch_stack

/* arch_do_softirq (asm/softirq.h): what a call may change is kept. */
	.globl	do_softirq_thunk
	.type	do_softirq_thunk, @function
do_softirq_thunk:
	.cfi_startproc
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	.cfi_adjust_cfa_offset 72
	call	do_softirq
	.cfi_adjust_cfa_offset -72
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	ret
	.cfi_endproc
	.size	do_softirq_thunk, . - do_softirq_thunk

/* A task's first switch returns to here, with its function in rbx. */
	.globl	thread_begin
	.type	thread_begin, @function
thread_begin:
	xorl	%ebp, %ebp
	pushq	$0			/* aligns the stack; rbp ends a backtrace here */
	call	*%rbx
	ud2
	.size	thread_begin, . - thread_begin

	.section .note.GNU-stack, "", @progbits
