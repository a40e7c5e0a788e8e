/* SPDX-License-Identifier: MIT */
/* The default root archive (a newc cpio), carried inside the image. */

	.section .rodata.root_archive, "a", @progbits
	.balign	16
	.globl	root_archive_start, root_archive_end
root_archive_start:
	.incbin	"root.cpio"
root_archive_end:
	.byte	0

	.section .note.GNU-stack, "", @progbits
