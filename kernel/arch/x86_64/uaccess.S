/* SPDX-License-Identifier: MIT */
/* The loops that touch user memory, with the places where a fault goes on (.extable). */

#include <asm/smap.h>

#define EFAULT	14

	.section .text.entry, "ax", @progbits

/*
 * size_t __copy_user(void *dst, const void *src, size_t n): bytes not copied. Much as one string, else in blocks of 64, 16, 8 and 4
 * bytes, then single ones; a fault in a block goes on bytewise from the block's begin, so that what is reachable gets copied to the
 * last byte.
 */
#define COPY_STRING	512 /* bytes from which on the string instruction pays */

	.globl	__copy_user
	.type	__copy_user, @function
__copy_user:
	.cfi_startproc
	smap_site SMAP_OPCODE_STAC
	cmpq	$64, %rdx
	jb	20f
	cmpq	$COPY_STRING, %rdx
	jae	70f
10:	movq	(%rsi), %rax
11:	movq	8(%rsi), %rcx
12:	movq	16(%rsi), %r8
13:	movq	24(%rsi), %r9
14:	movq	%rax, (%rdi)
15:	movq	%rcx, 8(%rdi)
16:	movq	%r8, 16(%rdi)
17:	movq	%r9, 24(%rdi)
50:	movq	32(%rsi), %rax
51:	movq	40(%rsi), %rcx
52:	movq	48(%rsi), %r8
53:	movq	56(%rsi), %r9
54:	movq	%rax, 32(%rdi)
55:	movq	%rcx, 40(%rdi)
56:	movq	%r8, 48(%rdi)
57:	movq	%r9, 56(%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	subq	$64, %rdx
	cmpq	$64, %rdx
	jae	10b
20:	cmpq	$16, %rdx
	jb	27f
21:	movq	(%rsi), %rax
22:	movq	8(%rsi), %rcx
23:	movq	%rax, (%rdi)
24:	movq	%rcx, 8(%rdi)
	addq	$16, %rsi
	addq	$16, %rdi
	subq	$16, %rdx
	jmp	20b
27:	testb	$8, %dl
	jz	28f
25:	movq	(%rsi), %rax
26:	movq	%rax, (%rdi)
	addq	$8, %rsi
	addq	$8, %rdi
	subq	$8, %rdx
28:	testb	$4, %dl
	jz	30f
60:	movl	(%rsi), %eax
61:	movl	%eax, (%rdi)
	addq	$4, %rsi
	addq	$4, %rdi
	subq	$4, %rdx
30:	testq	%rdx, %rdx
	jz	40f
31:	movb	(%rsi), %al
32:	movb	%al, (%rdi)
	incq	%rsi
	incq	%rdi
	decq	%rdx
	jnz	31b
40:	movq	%rdx, %rax
	smap_site SMAP_OPCODE_CLAC
	ret
70:	movq	%rdx, %rcx
	shrq	$3, %rcx
	andl	$7, %edx
71:	rep movsq
	jmp	28b
72:	leaq	(%rdx,%rcx,8), %rdx
	jmp	30b
	.irp	n, 10, 11, 12, 13, 14, 15, 16, 17, 50, 51, 52, 53, 54, 55, 56, 57, 21, 22, 23, 24, 25, 26, 60, 61
	extable	\n\()b, 30b
	.endr
	extable	31b, 40b
	extable	32b, 40b
	extable	71b, 72b
	.cfi_endproc
	.size	__copy_user, . - __copy_user

/* size_t __clear_user(void *dst, size_t n): bytes not cleared. */
	.globl	__clear_user
	.type	__clear_user, @function
__clear_user:
	.cfi_startproc
	smap_site SMAP_OPCODE_STAC
	xorl	%eax, %eax
20:	cmpq	$8, %rsi
	jb	30f
21:	movq	%rax, (%rdi)
	addq	$8, %rdi
	subq	$8, %rsi
	jmp	20b
30:	testq	%rsi, %rsi
	jz	40f
31:	movb	%al, (%rdi)
	incq	%rdi
	decq	%rsi
	jnz	31b
40:	movq	%rsi, %rax
	smap_site SMAP_OPCODE_CLAC
	ret
	extable	21b, 30b
	extable	31b, 40b
	.cfi_endproc
	.size	__clear_user, . - __clear_user

/* long __strncpy_from_user(char *dst, const char *src, long max): length, max without a NUL, or -EFAULT. max is above 0. */
	.globl	__strncpy_from_user
	.type	__strncpy_from_user, @function
__strncpy_from_user:
	.cfi_startproc
	smap_site SMAP_OPCODE_STAC
	xorl	%eax, %eax
10:	movb	(%rsi,%rax), %cl
	movb	%cl, (%rdi,%rax)
	testb	%cl, %cl
	jz	40f
	incq	%rax
	cmpq	%rdx, %rax
	jb	10b
40:	smap_site SMAP_OPCODE_CLAC
	ret
50:	movq	$-EFAULT, %rax
	jmp	40b
	extable	10b, 50b
	.cfi_endproc
	.size	__strncpy_from_user, . - __strncpy_from_user

	.section .note.GNU-stack, "", @progbits
