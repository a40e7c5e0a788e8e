/* SPDX-License-Identifier: MIT */
/* The check that a classic BPF program passes before it is run: what passes ends after as many
 * steps as it has instructions, and touches nothing but the packet and its own 16 words. */
#include <net/filter.h>

#include "core_internal.h"

/* What an instruction's k, jt and jf must be. */
enum operand {
	NONE,	/* not an instruction */
	ANY,	/* whatever they are */
	DIVIDE, /* k is not 0 */
	SHIFT,	/* k is below 32 */
	WORD,	/* k is a number of a memory word */
	LOAD,	/* k is an offset: into the packet, or known beyond it */
	JUMP,	/* k is a distance */
	BRANCH, /* jt and jf are */
};

#define K(op, check) [BPF_ALU | (op) | BPF_K] = (check), [BPF_ALU | (op) | BPF_X] = ANY
#define J(op)	     [BPF_JMP | (op) | BPF_K] = BRANCH, [BPF_JMP | (op) | BPF_X] = BRANCH

static const u8 operands[256] = {
	[BPF_LD | BPF_W | BPF_ABS] = LOAD,
	[BPF_LD | BPF_H | BPF_ABS] = LOAD,
	[BPF_LD | BPF_B | BPF_ABS] = LOAD,
	[BPF_LD | BPF_W | BPF_IND] = ANY,
	[BPF_LD | BPF_H | BPF_IND] = ANY,
	[BPF_LD | BPF_B | BPF_IND] = ANY,
	[BPF_LD | BPF_IMM] = ANY,
	[BPF_LD | BPF_MEM] = WORD,
	[BPF_LD | BPF_W | BPF_LEN] = ANY,
	[BPF_LDX | BPF_IMM] = ANY,
	[BPF_LDX | BPF_MEM] = WORD,
	[BPF_LDX | BPF_W | BPF_LEN] = ANY,
	[BPF_LDX | BPF_B | BPF_MSH] = ANY,
	[BPF_ST] = WORD,
	[BPF_STX] = WORD,
	K(BPF_ADD, ANY),
	K(BPF_SUB, ANY),
	K(BPF_MUL, ANY),
	K(BPF_DIV, DIVIDE),
	K(BPF_MOD, DIVIDE),
	K(BPF_OR, ANY),
	K(BPF_AND, ANY),
	K(BPF_XOR, ANY),
	K(BPF_LSH, SHIFT),
	K(BPF_RSH, SHIFT),
	[BPF_ALU | BPF_NEG] = ANY,
	[BPF_JMP | BPF_JA] = JUMP,
	J(BPF_JEQ),
	J(BPF_JGT),
	J(BPF_JGE),
	J(BPF_JSET),
	[BPF_RET | BPF_K] = ANY,
	[BPF_RET | BPF_A] = ANY,
	[BPF_MISC | BPF_TAX] = ANY,
	[BPF_MISC | BPF_TXA] = ANY,
};

/* Offsets from SKF_AD_OFF up name words about the packet; there is no packet there. */
static bool load_offset_ok(u32 k)
{
	return k < (u32)SKF_AD_OFF || bpf_ancillary(k);
}

static bool insn_ok(const struct sock_filter *f, unsigned int rest)
{
	switch (f->code < ARRAY_SIZE(operands) ? operands[f->code] : NONE) {
	case ANY: return true;
	case DIVIDE: return f->k != 0;
	case SHIFT: return f->k < 32;
	case WORD: return f->k < BPF_MEMWORDS;
	case LOAD: return load_offset_ok(f->k);
	case JUMP: return f->k < rest;
	case BRANCH: return f->jt < rest && f->jf < rest;
	default: return false;
	}
}

/* Which words are surely written when an instruction is reached, on each way there: bits, and-ed.
 */
static bool words_written_first(const struct sock_filter *insns, unsigned int len, u16 *written)
{
	u16 now = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		written[i] = 0xffff; /* not reached yet */
	for (i = 0; i < len; i++) {
		const struct sock_filter *f = &insns[i];

		now &= written[i];
		switch (f->code) {
		case BPF_ST:
		case BPF_STX: now |= (u16)(1u << f->k); break;
		case BPF_LD | BPF_MEM:
		case BPF_LDX | BPF_MEM:
			if (!(now & 1u << f->k))
				return false;
			break;
		case BPF_JMP | BPF_JA:
			written[i + 1 + f->k] &= now;
			now = 0xffff; /* what follows is reached by jumps alone */
			break;
		default:
			if (BPF_CLASS(f->code) != BPF_JMP)
				break;
			written[i + 1 + f->jt] &= now;
			written[i + 1 + f->jf] &= now;
			now = 0xffff;
		}
	}
	return true;
}

int sk_chk_filter(const struct sock_filter *insns, unsigned int len)
{
	u16 *written;
	unsigned int i;
	bool ok;

	if (!len || len > BPF_MAXINSNS || BPF_CLASS(insns[len - 1].code) != BPF_RET)
		return -EINVAL;
	for (i = 0; i < len; i++)
		if (!insn_ok(&insns[i], len - i - 1))
			return -EINVAL;
	written = kmalloc(len * sizeof(*written), GFP_KERNEL);
	if (!written)
		return -ENOMEM;
	ok = words_written_first(insns, len, written);
	kfree(written);
	return ok ? 0 : -EINVAL;
}
