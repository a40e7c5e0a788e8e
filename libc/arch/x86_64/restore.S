/* SPDX-License-Identifier: MIT */
/* Where x86-64 signal handlers return to; there is one frame, hence one way back. */
	.text
	.globl __restore
	.globl __restore_rt
	.type __restore, @function
	.type __restore_rt, @function
__restore:
__restore_rt:
	movl $15, %eax	/* rt_sigreturn */
	syscall
	.size __restore, . - __restore
	.size __restore_rt, . - __restore_rt

	.section .note.GNU-stack, "", @progbits
