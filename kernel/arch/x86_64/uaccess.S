/* SPDX-License-Identifier: MIT */
/* The loops that touch user memory, with the places where a fault goes on (.extable). */

#include <asm/smap.h>

#define EFAULT	14

	.section .text.entry, "ax", @progbits

/*
 * size_t __copy_user(void *dst, const void *src, size_t n): bytes not copied. 8 to 64 bytes without a loop, in words of which the last
 * ones may overlap the ones before; much as one string; else in blocks of 64, and the rest as above. A fault in a block goes on
 * bytewise from the block's begin, so that what is reachable gets copied to the last byte.
 */
#define COPY_STRING	512 /* bytes from which on the string instruction pays */

/* A fault at the last label @n goes on bytewise. */
.macro or_bytewise n
	extable	\n\()b, .Lbytewise
.endm

/* 32 bytes from @at on, behind rsi and rdi and what @index adds. */
.macro copy_32 at, index=""
1:	movq	\at(%rsi\index), %rax
2:	movq	\at+8(%rsi\index), %rcx
3:	movq	\at+16(%rsi\index), %r8
4:	movq	\at+24(%rsi\index), %r9
5:	movq	%rax, \at(%rdi\index)
6:	movq	%rcx, \at+8(%rdi\index)
7:	movq	%r8, \at+16(%rdi\index)
8:	movq	%r9, \at+24(%rdi\index)
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8
	or_bytewise	\n
	.endr
.endm

	.globl	__copy_user
	.type	__copy_user, @function
__copy_user:
	.cfi_startproc
	smap_site SMAP_OPCODE_STAC
20:	cmpq	$16, %rdx
	ja	22f
	cmpq	$8, %rdx
	jb	30f
10:	movq	(%rsi), %rax
11:	movq	-8(%rsi,%rdx), %rcx
12:	movq	%rax, (%rdi)
13:	movq	%rcx, -8(%rdi,%rdx)
	xorl	%eax, %eax
	smap_site SMAP_OPCODE_CLAC
	ret
22:	cmpq	$32, %rdx
	ja	23f
14:	movq	(%rsi), %rax
15:	movq	8(%rsi), %rcx
16:	movq	-16(%rsi,%rdx), %r8
17:	movq	-8(%rsi,%rdx), %r9
18:	movq	%rax, (%rdi)
19:	movq	%rcx, 8(%rdi)
24:	movq	%r8, -16(%rdi,%rdx)
25:	movq	%r9, -8(%rdi,%rdx)
	xorl	%eax, %eax
	smap_site SMAP_OPCODE_CLAC
	ret
23:	cmpq	$64, %rdx
	ja	70f
	copy_32	0
	copy_32	-32, ",%rdx"
	xorl	%eax, %eax
	smap_site SMAP_OPCODE_CLAC
	ret
.Lbytewise:
30:	testq	%rdx, %rdx		/* what is left */
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
70:	cmpq	$COPY_STRING, %rdx
	jae	90f
71:	copy_32	0
	copy_32	32
	addq	$64, %rsi
	addq	$64, %rdi
	subq	$64, %rdx
	cmpq	$64, %rdx
	ja	71b
	jmp	20b
90:	movq	%rdx, %rcx
	shrq	$3, %rcx
	andl	$7, %edx
91:	rep movsq
	jmp	30b
92:	leaq	(%rdx,%rcx,8), %rdx
	jmp	30b
	.irp	n, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 24, 25
	or_bytewise	\n
	.endr
	extable	31b, 40b
	extable	32b, 40b
	extable	91b, 92b
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
