/* SPDX-License-Identifier: MIT */
/*
 * From a function's frame to its caller's by what the compiler tells of each instruction
 * (.eh_frame), so that no code has to keep a frame pointer for the day on which something goes
 * wrong. DWARF 4 section 6.4; System V ABI for AMD64 section 4.2.4.
 */
#include <asm/thread.h>
#include <kernel/types.h>

#include "arch_internal.h"

#define REG_RBP	   6 /* DWARF's numbers */
#define REG_RSP	   7
#define REG_RIP	   16
#define NR_REGS	   17
#define REMEMBERED 4 /* states kept; the compiler nests no deeper than one */

enum { /* DW_CFA_x, DWARF 4 figure 40; the first three hold an operand in their low six bits */
	CFA_ADVANCE_LOC = 0x40,
	CFA_OFFSET = 0x80,
	CFA_RESTORE = 0xc0,
	CFA_NOP = 0x00,
	CFA_ADVANCE_LOC1 = 0x02,
	CFA_ADVANCE_LOC2 = 0x03,
	CFA_ADVANCE_LOC4 = 0x04,
	CFA_REMEMBER_STATE = 0x0a,
	CFA_RESTORE_STATE = 0x0b,
	CFA_DEF_CFA = 0x0c,
	CFA_DEF_CFA_REGISTER = 0x0d,
	CFA_DEF_CFA_OFFSET = 0x0e,
	CFA_GNU_ARGS_SIZE = 0x2e,
};

/* Where the caller's registers are, seen from the canonical frame address (the stack pointer before
 * the call). */
struct rules {
	unsigned int cfa_reg;
	long cfa_offset;
	long saved[NR_REGS]; /* from the CFA; 0: still in the register */
};

struct cursor {
	const u8 *p, *end;
};

/* A description of one function, or what several have in common. */
struct entry {
	struct cursor program;
	unsigned long start, length; /* of the code */
	bool interrupted; /* it came in between two instructions of its caller, not by a call */
};

static u64 read_uleb(struct cursor *c)
{
	unsigned int shift = 0;
	u64 value = 0;
	u8 byte = 0x80;

	while (byte & 0x80 && c->p < c->end && shift < 64) {
		byte = *c->p++;
		value |= (u64)(byte & 0x7f) << shift;
		shift += 7;
	}
	return value;
}

static u64 read_bytes(struct cursor *c, unsigned int n)
{
	u64 value = 0;

	if (n > (size_t)(c->end - c->p))
		n = (unsigned int)(c->end - c->p);
	__builtin_memcpy(&value, c->p, n);
	c->p += n;
	return value;
}

static u32 word_at(const u8 *p)
{
	u32 value;

	__builtin_memcpy(&value, p, sizeof(value));
	return value;
}

/* A common entry as gas writes it: augmentation "zR" or "zRS", data in units of -8 bytes, addresses
 * 32 bits from their place. */
static void common_entry(const u8 *p, struct entry *e)
{
	const u8 *text = p + 9; /* length, id, version */

	e->program.end = p + 4 + word_at(p);
	e->interrupted = text[0] == 'z' && text[1] == 'R' && text[2] == 'S';
	e->program.p = text + (e->interrupted ? 4 : 3);
	read_uleb(&e->program); /* code and data alignment, register of the return address, length,
				   encoding */
	read_uleb(&e->program);
	read_uleb(&e->program);
	e->program.p += read_uleb(&e->program);
}

/* find_entry - the entry of the function that holds @ip, and what it shares with others. */
static bool find_entry(unsigned long ip, struct entry *e, struct entry *common)
{
	extern const u8 __eh_frame_start[], __eh_frame_end[];
	const u8 *p, *next;

	for (p = __eh_frame_start; p + 16 < __eh_frame_end && word_at(p); p = next) {
		u32 to_common = word_at(p + 4);

		next = p + 4 + word_at(p);
		if (!to_common)
			continue;
		e->start = (unsigned long)(p + 8) + (unsigned long)(s32)word_at(p + 8);
		e->length = word_at(p + 12);
		if (ip - e->start >= e->length)
			continue;
		common_entry(p + 4 - to_common, common);
		e->program = (struct cursor){ p + 16, next };
		e->program.p += read_uleb(&e->program); /* no augmentation data is used */
		return true;
	}
	return false;
}

/* run_simple - the instructions with an operand in their low bits. True: it was one of them. */
static bool run_simple(struct cursor *c, u8 op, const struct rules *initial, struct rules *r,
		       unsigned long *at)
{
	unsigned int operand = op & 0x3f;

	switch (op & 0xc0) {
	case CFA_ADVANCE_LOC: *at += operand; return true;
	case CFA_OFFSET: {
		long offset = (long)read_uleb(c) * -8;

		if (operand < NR_REGS)
			r->saved[operand] = offset;
		return true;
	}
	case CFA_RESTORE:
		if (operand < NR_REGS)
			r->saved[operand] = initial->saved[operand];
		return true;
	default: return false;
	}
}

/* run - follow a program from @at to the instruction at @ip. False: it does what we do not know. */
static bool run(struct cursor c, const struct rules *initial, struct rules *r, unsigned long at,
		unsigned long ip)
{
	struct rules kept[REMEMBERED];
	unsigned int depth = 0;

	while (c.p < c.end && at <= ip) {
		u8 op = *c.p++;

		if (run_simple(&c, op, initial, r, &at))
			continue;
		switch (op) {
		case CFA_NOP: break;
		case CFA_ADVANCE_LOC1: at += read_bytes(&c, 1); break;
		case CFA_ADVANCE_LOC2: at += read_bytes(&c, 2); break;
		case CFA_ADVANCE_LOC4: at += read_bytes(&c, 4); break;
		case CFA_REMEMBER_STATE:
			if (depth == REMEMBERED)
				return false;
			kept[depth++] = *r;
			break;
		case CFA_RESTORE_STATE:
			if (!depth)
				return false;
			*r = kept[--depth];
			break;
		case CFA_DEF_CFA:
			r->cfa_reg = (unsigned int)read_uleb(&c);
			r->cfa_offset = (long)read_uleb(&c);
			break;
		case CFA_DEF_CFA_REGISTER: r->cfa_reg = (unsigned int)read_uleb(&c); break;
		case CFA_DEF_CFA_OFFSET: r->cfa_offset = (long)read_uleb(&c); break;
		case CFA_GNU_ARGS_SIZE: read_uleb(&c); break;
		default: return false;
		}
	}
	return true;
}

/* load - a word of the stack that lies between the frame and the stack's end. */
static bool load(const struct stack_frame *f, unsigned long addr, unsigned long *value)
{
	if (addr < f->sp || addr > f->end - sizeof(*value) || addr % sizeof(*value))
		return false;
	*value = *(const unsigned long *)addr;
	return true;
}

bool unwind_frame(struct stack_frame *f)
{
	/* A call that does not return may be the last instruction of its function: what it would
	 * return to belongs to the next. */
	unsigned long ip = f->interrupted ? f->ip : f->ip - 1, cfa, sp, bp = f->bp;
	struct entry e, common;
	struct rules initial = {}, r;

	if (!find_entry(ip, &e, &common) || !run(common.program, &initial, &initial, 0, 0))
		return false;
	r = initial;
	if (!run(e.program, &initial, &r, e.start, ip) ||
	    (r.cfa_reg != REG_RSP && r.cfa_reg != REG_RBP))
		return false;
	sp = cfa = (r.cfa_reg == REG_RSP ? f->sp : f->bp) + (unsigned long)r.cfa_offset;
	if (r.saved[REG_RBP] && !load(f, cfa + (unsigned long)r.saved[REG_RBP], &bp))
		return false;
	if (r.saved[REG_RSP] && !load(f, cfa + (unsigned long)r.saved[REG_RSP], &sp))
		return false;
	if (!load(f, cfa + (unsigned long)r.saved[REG_RIP], &f->ip) || sp <= f->sp || sp > f->end)
		return false;
	f->sp = sp;
	f->bp = bp;
	f->interrupted = common.interrupted;
	return true;
}
