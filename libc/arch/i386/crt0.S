/* SPDX-License-Identifier: MIT */
/* Entry of an i386 program: the kernel left argc, argv, envp and auxv at the stack pointer. */
	.text
	.globl _start
	.type _start, @function
_start:
	xorl %ebp, %ebp
	movl %esp, %eax
	andl $-16, %esp
	subl $12, %esp
	pushl %eax
	call __libc_start
	hlt
	.size _start, . - _start

	.section .note.GNU-stack, "", @progbits
