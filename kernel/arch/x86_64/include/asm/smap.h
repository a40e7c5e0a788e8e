/* SPDX-License-Identifier: MIT */
/* The door to user memory (SMAP): places that hold NOPs until boot finds that the processor has it. */
#ifndef ASM_SMAP_H
#define ASM_SMAP_H

#define SMAP_OPCODE_CLAC 0xca
#define SMAP_OPCODE_STAC 0xcb

/* clang-format off */
#ifdef __ASSEMBLER__

/* Three bytes of NOP, which become CLAC (0f 01 ca) or STAC (0f 01 cb). */
.macro smap_site opcode
771:	.byte	0x0f, 0x1f, 0x00
	.pushsection .smap_sites, "a"
	.balign	4
	.long	771b - .
	.long	\opcode
	.popsection
.endm

/* A fault at the instruction \from goes on at \to. */
.macro extable from, to
	.pushsection .extable, "a"
	.balign	4
	.long	\from - .
	.long	\to - .
	.popsection
.endm

#else

#define SMAP_SITE(opcode)                       \
	"771: .byte 0x0f, 0x1f, 0x00\n"         \
	".pushsection .smap_sites, \"a\"\n"     \
	".balign 4\n"                           \
	".long 771b - .\n"                      \
	".long " #opcode "\n"                   \
	".popsection\n"

#define EXTABLE(from, to)                       \
	".pushsection .extable, \"a\"\n"        \
	".balign 4\n"                           \
	".long " #from " - .\n"                 \
	".long " #to " - .\n"                   \
	".popsection\n"

#endif
/* clang-format on */
#endif
