/* SPDX-License-Identifier: MIT */
/* Where i386 signal handlers return to: the two frames have two ways back. */
	.text
	.globl __restore
	.type __restore, @function
__restore:
	popl %eax
	movl $119, %eax	/* sigreturn */
	int $0x80
	.size __restore, . - __restore

	.globl __restore_rt
	.type __restore_rt, @function
__restore_rt:
	movl $173, %eax	/* rt_sigreturn */
	int $0x80
	.size __restore_rt, . - __restore_rt

	.section .note.GNU-stack, "", @progbits
