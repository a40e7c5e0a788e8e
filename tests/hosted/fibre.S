/* SPDX-License-Identifier: MIT */
/* Hosted: switching stacks, and copies that survive any address (System V ABI, x86-64). */

	.text

/* hosted_switch(void **save, void *load): keep what a call must keep, change stacks, go on there. */
	.globl hosted_switch
	.type hosted_switch, @function
hosted_switch:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rdi)
	movq %rsi, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret
	.size hosted_switch, . - hosted_switch

/* size_t hosted_copy(void *dst, const void *src, size_t n): the bytes not done. */
	.globl hosted_copy
	.type hosted_copy, @function
hosted_copy:
	movq %rdx, %rcx
1:	rep movsb
2:	movq %rcx, %rax
	ret
	.size hosted_copy, . - hosted_copy

/* size_t hosted_clear(void *dst, size_t n): the bytes not done. */
	.globl hosted_clear
	.type hosted_clear, @function
hosted_clear:
	movq %rsi, %rcx
	xorl %eax, %eax
3:	rep stosb
4:	movq %rcx, %rax
	ret
	.size hosted_clear, . - hosted_clear

/* long hosted_strncpy(char *dst, const char *src, long max): the length, max, or -EFAULT. */
	.globl hosted_strncpy
	.type hosted_strncpy, @function
hosted_strncpy:
	xorl %eax, %eax
5:	cmpq %rdx, %rax
	jge 7f
6:	movzbl (%rsi,%rax), %ecx
	movb %cl, (%rdi,%rax)
	testb %cl, %cl
	jz 7f
	incq %rax
	jmp 5b
7:	ret
8:	movq $-14, %rax
	ret
	.size hosted_strncpy, . - hosted_strncpy

/* Pairs of the instruction that may fault and where to go on, each relative to itself; zero ends them. */
	.section .rodata
	.globl hosted_fixups
	.balign 4
hosted_fixups:
	.long 1b - ., 2b - .
	.long 3b - ., 4b - .
	.long 6b - ., 8b - .
	.long 0, 0

	.section .note.GNU-stack, "", @progbits
