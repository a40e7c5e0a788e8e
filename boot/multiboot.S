/* SPDX-License-Identifier: MIT */
/* Multiboot 1 header and the way from 32-bit protected mode to kmain in long mode (Multiboot Specification 0.6.96; Intel SDM 3A 9.8.5). */

#include <asm/layout.h>

#define MB_HEADER_MAGIC	0x1badb002
#define MB_LOADER_MAGIC	0x2badb002
#define MB_HEADER_FLAGS	0x00000003	/* page-aligned modules, memory information */
#define MBI_FLAG_MEM	0x00000001
#define MIN_UPPER_KIB	6656		/* an 8 MiB machine has about 7040 KiB above the first MiB */

#define COM1		0x3f8
#define EXIT_PORT	0xf4		/* QEMU's isa-debug-exit, where the machine has one */

#define PHYS(sym)	((sym) - KERNEL_VMA)

#define PTE_TABLE	0x003		/* present, writable */
#define PTE_LARGE	0x083		/* present, writable, 2 MiB page */
#define MSR_EFER	0xc0000080
#define EFER_LME	0x100
#define CR4_PAE		0x20
#define CR0_PG_WP	0x80010000
#define CODE32		0x08
#define CODE64		0x10
#define DATA		0x18

	.section .boot.header, "a", @progbits
	.balign	4
	.long	MB_HEADER_MAGIC
	.long	MB_HEADER_FLAGS
	.long	-(MB_HEADER_MAGIC + MB_HEADER_FLAGS)

	.section .boot.text, "ax", @progbits
	.code32
	.globl	_start
_start:
	cli
	cld
	movl	$PHYS(boot_stack_end), %esp
	movl	%eax, %edi
	movl	%ebx, %ebp
	call	serial_setup

	movl	$msg_not_multiboot, %esi
	cmpl	$MB_LOADER_MAGIC, %edi
	jne	give_up

	movl	$msg_no_long_mode, %esi
	call	has_long_mode
	testl	%eax, %eax
	jz	give_up

	movl	$msg_memory, %esi
	testl	$MBI_FLAG_MEM, (%ebp)
	jz	1f
	cmpl	$MIN_UPPER_KIB, 8(%ebp)
	jb	give_up
1:
	call	build_tables
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$PHYS(boot_pml4), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_WP, %eax
	movl	%eax, %cr0
	lgdt	boot_gdt_pointer
	ljmp	$CODE64, $enter_long_mode

/* eax = 1 where CPUID exists and tells of long mode. */
has_long_mode:
	pushfl
	popl	%eax
	movl	%eax, %ecx
	xorl	$0x200000, %eax		/* EFLAGS.ID can be changed only where there is CPUID */
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	xorl	%ecx, %eax
	jz	1f
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	2f
	movl	$0x80000001, %eax
	cpuid
	shrl	$29, %edx
	andl	$1, %edx
	movl	%edx, %eax
1:	ret
2:	xorl	%eax, %eax
	ret

/*
 * The tables for starting up: the first 4 GiB one to one and again at the direct map's place, the first GiB again at
 * the kernel's. The kernel builds its own, with the right permissions, as soon as it knows the memory.
 */
build_tables:
	movl	$PHYS(boot_pd), %edi
	movl	$PTE_LARGE, %eax
	movl	$2048, %ecx
1:	movl	%eax, (%edi)
	movl	$0, 4(%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	1b

	movl	$PHYS(boot_pdpt_low), %edi
	movl	$PHYS(boot_pd) + PTE_TABLE, %eax
	movl	$4, %ecx
2:	movl	%eax, (%edi)
	addl	$0x1000, %eax
	addl	$8, %edi
	loop	2b

	movl	$PHYS(boot_pd) + PTE_TABLE, PHYS(boot_pdpt_high) + 510 * 8
	movl	$PHYS(boot_pdpt_low) + PTE_TABLE, PHYS(boot_pml4)
	movl	$PHYS(boot_pdpt_low) + PTE_TABLE, PHYS(boot_pml4) + DIRECT_MAP_SLOT * 8
	movl	$PHYS(boot_pdpt_high) + PTE_TABLE, PHYS(boot_pml4) + 511 * 8
	ret

/* 115200 baud, 8N1, no interrupts. */
serial_setup:
	movl	$serial_program, %esi
	movl	$(serial_program_end - serial_program) / 2, %ecx
1:	movzbl	(%esi), %edx
	addl	$COM1, %edx
	movb	1(%esi), %al
	outb	%al, %dx
	addl	$2, %esi
	loop	1b
	ret

/* Prints "Skiff: " and the line at esi on the serial port, and stops the machine. */
give_up:
	movl	%esi, %ebx
	movl	$msg_prefix, %esi
	call	print
	movl	%ebx, %esi
	call	print
	movl	$0x20000, %ecx		/* let the last bytes leave: bounded, for the port may be absent */
	movl	$COM1 + 5, %edx
1:	inb	%dx, %al
	testb	$0x40, %al
	jnz	2f
	loop	1b
2:	movl	$EXIT_PORT, %edx
	movb	$1, %al
	outb	%al, %dx
3:	hlt
	jmp	3b

print:
	lodsb
	testb	%al, %al
	jz	3f
	movb	%al, %ah
	movl	$0x20000, %ecx
	movl	$COM1 + 5, %edx
1:	inb	%dx, %al
	testb	$0x20, %al
	jnz	2f
	loop	1b
2:	movl	$COM1, %edx
	movb	%ah, %al
	outb	%al, %dx
	jmp	print
3:	ret

	.code64
enter_long_mode:
	movw	$DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	xorl	%eax, %eax
	movw	%ax, %fs
	movw	%ax, %gs
	movabsq	$boot_stack_end, %rsp
	movl	%ebp, %edi
	xorl	%ebp, %ebp		/* a backtrace ends here */
	pushq	%rbp
	pushq	%rbp
	movabsq	$kmain, %rax
	call	*%rax
1:	cli
	hlt
	jmp	1b

	.section .boot.data, "a", @progbits
msg_prefix:
	.asciz	"Skiff: "
msg_not_multiboot:
	.asciz	"not loaded by Multiboot: boot this image with qemu -kernel or GRUB's multiboot command.\r\n"
msg_no_long_mode:
	.asciz	"this processor has no 64-bit long mode, which is needed.\r\n"
msg_memory:
	.asciz	"too little memory: at least 8 MiB are needed.\r\n"

/* Pairs of register and value: interrupts off, DLAB, divisor 1, 8N1, FIFO on and cleared, DTR RTS OUT2. */
serial_program:
	.byte	1, 0x00, 3, 0x80, 0, 0x01, 1, 0x00, 3, 0x03, 4, 0x0b
serial_program_end:

	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 32-bit code */
	.quad	0x00af9b000000ffff	/* 64-bit code */
	.quad	0x00cf93000000ffff	/* data */
boot_gdt_pointer:
	.word	. - boot_gdt - 1
	.long	boot_gdt

/* Needed until the kernel has its own tables; the memory is given back then. */
	.section .boot.tables, "aw", @nobits
	.balign	4096
boot_pml4:	.skip	4096
boot_pdpt_low:	.skip	4096
boot_pdpt_high:	.skip	4096
boot_pd:	.skip	4 * 4096

/* The idle task's stack, with a page below it that the kernel's own tables leave unmapped. */
	.section .bss.boot_stack, "aw", @nobits
	.balign	4096
	.globl	boot_stack_guard, boot_stack, boot_stack_end
boot_stack_guard:
	.skip	4096
boot_stack:
	.skip	BOOT_STACK_SIZE
boot_stack_end:

	.section .note.GNU-stack, "", @progbits
