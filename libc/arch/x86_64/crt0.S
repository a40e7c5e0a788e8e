/* SPDX-License-Identifier: MIT */
/* Entry of an x86-64 program: the kernel left argc, argv, envp and auxv at the stack pointer. */
	.text
	.globl _start
	.type _start, @function
_start:
	xorl %ebp, %ebp
	movq %rsp, %rdi
	andq $-16, %rsp
	call __libc_start
	hlt
	.size _start, . - _start

	.section .note.GNU-stack, "", @progbits
