/* SPDX-License-Identifier: MIT */
/* __syscall6 of i386: a system call with six arguments, the last of them in ebp. */
	.text
	.globl __syscall6
	.type __syscall6, @function
__syscall6:
	pushl %ebp
	pushl %edi
	pushl %esi
	pushl %ebx
	movl 20(%esp), %eax
	movl 24(%esp), %ebx
	movl 28(%esp), %ecx
	movl 32(%esp), %edx
	movl 36(%esp), %esi
	movl 40(%esp), %edi
	movl 44(%esp), %ebp
	int $0x80
	popl %ebx
	popl %esi
	popl %edi
	popl %ebp
	ret
	.size __syscall6, . - __syscall6

	.section .note.GNU-stack, "", @progbits
