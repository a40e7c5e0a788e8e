/* SPDX-License-Identifier: MIT */
/*
 * Random numbers: ChaCha20 (RFC 8439) with fast key erasure. Each block's first half replaces the key before the second
 * half is handed out, so that what was given cannot be worked out later. Entropy comes from the processor, from devices,
 * and from the times of interrupts.
 */
#include <asm/clock.h>
#include <asm/random.h>
#include <kernel/irqflags.h>
#include <kernel/random.h>
#include <kernel/string.h>

#include "core_internal.h"

#define CHACHA_BLOCK 64
#define KEY_SIZE 32
#define POOL_EVENTS 64 /* interrupts whose times make a reseed worth its while */
#define JITTER_SAMPLES 256

/* Interrupts off for all of it. */
static u32 key[KEY_SIZE / 4];
static u64 block_counter;
static u8 batch[512]; /* random bytes ready for small requests; what is used is wiped */
static size_t batch_pos = sizeof(batch);
static u64 pool[4]; /* times of interrupts */
static unsigned int pool_events;

static __always_inline u32 rol32(u32 v, unsigned int n)
{
	return v << n | v >> (32 - n);
}

static __always_inline void quarter_round(u32 *x, unsigned int a, unsigned int b, unsigned int c, unsigned int d)
{
	x[a] += x[b], x[d] = rol32(x[d] ^ x[a], 16);
	x[c] += x[d], x[b] = rol32(x[b] ^ x[c], 12);
	x[a] += x[b], x[d] = rol32(x[d] ^ x[a], 8);
	x[c] += x[d], x[b] = rol32(x[b] ^ x[c], 7);
}

/* chacha20_block - RFC 8439 section 2.3, @state: the 16 words of its input. */
void chacha20_block(const u32 state[16], u32 out[16])
{
	u32 x[16];
	int i;

	memcpy(x, state, sizeof(x));
	for (i = 0; i < 10; i++) {
		quarter_round(x, 0, 4, 8, 12);
		quarter_round(x, 1, 5, 9, 13);
		quarter_round(x, 2, 6, 10, 14);
		quarter_round(x, 3, 7, 11, 15);
		quarter_round(x, 0, 5, 10, 15);
		quarter_round(x, 1, 6, 11, 12);
		quarter_round(x, 2, 7, 8, 13);
		quarter_round(x, 3, 4, 9, 14);
	}
	for (i = 0; i < 16; i++)
		out[i] = x[i] + state[i];
}

static void key_block(u32 out[16])
{
	u32 state[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

	memcpy(state + 4, key, sizeof(key));
	state[12] = (u32)block_counter;
	state[13] = (u32)(block_counter >> 32);
	block_counter++;
	chacha20_block(state, out);
}

/* generate - @n fresh bytes; the key is replaced before any of them is written. */
static void generate(u8 *buf, size_t n)
{
	u32 block[16];
	size_t part;

	while (n) {
		key_block(block);
		memcpy(key, block, sizeof(key));
		part = min_t(size_t, n, sizeof(block) - sizeof(key));
		memcpy(buf, block + KEY_SIZE / 4, part);
		buf += part;
		n -= part;
	}
	memset(block, 0, sizeof(block));
	barrier();
}

/* absorb - mix @n bytes into the key: whoever chooses them, but does not know the key, knows it no better afterwards. */
static void absorb(const u8 *p, size_t n)
{
	u8 chunk[KEY_SIZE];
	u32 word, block[16];
	size_t part, i;

	while (n) {
		part = min_t(size_t, n, sizeof(chunk));
		memset(chunk, 0, sizeof(chunk));
		memcpy(chunk, p, part);
		for (i = 0; i < ARRAY_SIZE(key); i++) {
			memcpy(&word, chunk + 4 * i, 4);
			key[i] ^= word;
		}
		key_block(block);
		memcpy(key, block, sizeof(key));
		p += part;
		n -= part;
	}
	batch_pos = sizeof(batch); /* what is ready stems from the old key */
}

void add_randomness(const void *buf, size_t n)
{
	unsigned long flags;

	local_irq_save(flags);
	absorb(buf, n);
	local_irq_restore(flags);
}

void irq_randomness(int irq, u64 cycles)
{
	u64 *p = &pool[irq & 3];

	*p = (*p << 7 | *p >> 57) ^ cycles;
	pool_events++;
}

static void reseed(void)
{
	pool_events = 0;
	absorb((const u8 *)pool, sizeof(pool));
}

void get_random_bytes(void *buf, size_t n)
{
	unsigned long flags;
	u8 *p = buf;
	size_t part;

	while (n) { /* in parts, so that interrupts wait for one of them at most */
		part = min_t(size_t, n, 4096);
		local_irq_save(flags);
		if (pool_events >= POOL_EVENTS)
			reseed();
		generate(p, part);
		local_irq_restore(flags);
		p += part;
		n -= part;
	}
}

/* take - @n (1..8) bytes of the batch. */
static u64 take(size_t n)
{
	unsigned long flags;
	u64 v = 0;

	local_irq_save(flags);
	if (batch_pos + n > sizeof(batch)) {
		if (pool_events >= POOL_EVENTS)
			reseed();
		generate(batch, sizeof(batch));
		batch_pos = 0;
	}
	memcpy(&v, batch + batch_pos, n);
	memset(batch + batch_pos, 0, n);
	batch_pos += n;
	local_irq_restore(flags);
	return v;
}

u32 get_random_u32(void)
{
	return (u32)take(4);
}

u64 get_random_u64(void)
{
	return take(8);
}

u32 get_random_below(u32 ceil)
{
	u64 m;

	if (ceil <= 1)
		return 0;
	m = (u64)get_random_u32() * ceil;
	if ((u32)m < ceil) { /* Lemire's method: drop the few values that would favour some results */
		u32 threshold = (0u - ceil) % ceil;

		while ((u32)m < threshold)
			m = (u64)get_random_u32() * ceil;
	}
	return (u32)(m >> 32);
}

/* add_jitter - the times of a loop whose memory accesses the machine disturbs: little entropy each, many of them. */
static void add_jitter(void)
{
	u64 samples[32], last = arch_cycles();
	volatile u8 *walk = batch;
	unsigned int i, j;

	for (i = 0; i < JITTER_SAMPLES; i++) {
		for (j = 0; j < 1 + (last & 15); j++)
			walk[(last + 64 * j) % sizeof(batch)]++;
		samples[i % ARRAY_SIZE(samples)] = last = arch_cycles();
		if (i % ARRAY_SIZE(samples) == ARRAY_SIZE(samples) - 1)
			absorb((const u8 *)samples, sizeof(samples));
	}
}

void random_init(void)
{
	u64 seed[8], t[2] = { arch_wall_ns(), arch_cycles() };
	unsigned int i, got = 0;

	for (i = 0; i < ARRAY_SIZE(seed); i++)
		got += arch_get_random(&seed[i]);
	absorb((const u8 *)t, sizeof(t));
	if (got == ARRAY_SIZE(seed))
		absorb((const u8 *)seed, sizeof(seed));
	else
		add_jitter();
}
