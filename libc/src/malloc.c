/* SPDX-License-Identifier: MIT */
/* The heap: chunks with boundary tags in segregated lists, on the break; large blocks are mapped.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGN	      16UL
#define HEADER	      sizeof(struct chunk)
#define MIN_CHUNK     (2 * ALIGN + HEADER)
#define GROW	      (64UL * 1024)  /* the heap grows by multiples of this */
#define MAP_THRESHOLD (256UL * 1024) /* from here on a block is a mapping of its own */
#define TRIM	      (256UL * 1024) /* a free end of the heap this large goes back */
#define PAGE	      4096UL

#define USED   1UL
#define MAPPED 2UL
#define FLAGS  (ALIGN - 1)

/* The header; a chunk's size counts it. Free chunks keep their list links behind it. */
struct chunk {
	size_t prev_size; /* of the chunk before, 0 at the start of a region; of a mapping: unused
			   */
	size_t size;	  /* with the flags in its low bits */
} __attribute__((aligned(16)));

struct free_chunk {
	struct chunk head;
	struct free_chunk *next, *prev;
};

/* Lists of exact sizes in steps of ALIGN up to 1008 bytes, then one list for each power of two. */
#define EXACT 64
#define LISTS (EXACT + 8 * (int)sizeof(size_t) - 10)

static struct free_chunk *lists[LISTS];
static struct chunk *heap_end; /* the sentinel at the end of the break's region */

static size_t size_of(const struct chunk *c)
{
	return c->size & ~FLAGS;
}

static struct chunk *at(void *base, size_t offset)
{
	return (struct chunk *)((char *)base + offset);
}

static int list_of(size_t size)
{
	if (size < EXACT * ALIGN)
		return (int)(size / ALIGN);
	return EXACT + (8 * (int)sizeof(long) - 1 - __builtin_clzl(size)) - 10;
}

static _Noreturn void corrupt(void)
{
	static const char text[] =
		"malloc: the heap is damaged (double free, or a write past a block)\n";

	write(STDERR_FILENO, text, sizeof(text) - 1);
	abort();
}

static void link_free(struct chunk *c)
{
	struct free_chunk *f = (struct free_chunk *)c;
	struct free_chunk **head = &lists[list_of(size_of(c))];

	f->prev = NULL;
	f->next = *head;
	if (*head)
		(*head)->prev = f;
	*head = f;
}

static void unlink_free(struct chunk *c)
{
	struct free_chunk *f = (struct free_chunk *)c;

	if ((f->next && f->next->prev != f) || (f->prev && f->prev->next != f))
		corrupt();
	if (f->next)
		f->next->prev = f->prev;
	if (f->prev)
		f->prev->next = f->next;
	else
		lists[list_of(size_of(c))] = f->next;
}

static void set_size(struct chunk *c, size_t size, size_t flags)
{
	c->size = size | flags;
	at(c, size)->prev_size = size;
}

/* Joins c, which is in no list, with free neighbours, and lists the result. */
static struct chunk *release(struct chunk *c)
{
	size_t size = size_of(c);
	struct chunk *next = at(c, size);

	if (next->prev_size != size)
		corrupt();
	if (!(next->size & USED)) {
		unlink_free(next);
		size += size_of(next);
	}
	if (c->prev_size) {
		struct chunk *prev = at(c, -c->prev_size);

		if (size_of(prev) != c->prev_size)
			corrupt();
		if (!(prev->size & USED)) {
			unlink_free(prev);
			size += size_of(prev);
			c = prev;
		}
	}
	set_size(c, size, 0);
	link_free(c);
	return c;
}

/* Makes [base, base + len) part of the heap: one free chunk and a sentinel that is never free. */
static void add_region(char *base, size_t len)
{
	struct chunk *c;

	if (heap_end && base == (char *)heap_end + HEADER) {
		c = heap_end; /* the old sentinel becomes the header of what follows it */
	} else {
		c = (struct chunk *)base;
		c->prev_size = 0;
		len -= HEADER;
	}
	heap_end = at(c, len);
	heap_end->size = USED;
	set_size(c, len, USED);
	release(c);
}

static bool grow(size_t need)
{
	size_t len = (need + 2 * HEADER + GROW - 1) & ~(GROW - 1);
	char *base = sbrk(0);
	size_t skew = -(uintptr_t)base & (ALIGN - 1);

	if (base != (void *)-1 && sbrk((intptr_t)(len + skew)) != (void *)-1) {
		add_region(base + skew, len);
		return true;
	}
	/* The break cannot move (a mapping is in its way, or memory is short): take a mapping. */
	base = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED)
		return false;
	add_region(base, len);
	return true;
}

static struct chunk *find(size_t size)
{
	int i;

	for (i = list_of(size); i < LISTS; i++) {
		struct free_chunk *f;

		for (f = lists[i]; f; f = f->next)
			if (size_of(&f->head) >= size)
				return &f->head;
	}
	return NULL;
}

/* Gives c, unlisted, exactly size bytes where the rest is worth a chunk of its own. */
static void carve(struct chunk *c, size_t size)
{
	size_t whole = size_of(c);

	if (whole - size < MIN_CHUNK) {
		c->size = whole | USED;
		return;
	}
	set_size(c, size, USED);
	set_size(at(c, size), whole - size, USED);
	release(at(c, size));
}

static void *map_block(size_t n)
{
	size_t len = (n + HEADER + PAGE - 1) & ~(PAGE - 1);
	struct chunk *c =
		mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (c == MAP_FAILED) {
		errno = ENOMEM;
		return NULL;
	}
	c->size = len | MAPPED | USED;
	return c + 1;
}

void *malloc(size_t n)
{
	size_t size;
	struct chunk *c;

	if (n > PTRDIFF_MAX - PAGE - HEADER) {
		errno = ENOMEM;
		return NULL;
	}
	if (n >= MAP_THRESHOLD)
		return map_block(n);
	size = (n + HEADER + ALIGN - 1) & ~(ALIGN - 1);
	if (size < MIN_CHUNK)
		size = MIN_CHUNK;
	c = find(size);
	if (!c) {
		if (!grow(size)) {
			errno = ENOMEM;
			return NULL;
		}
		c = find(size);
	}
	unlink_free(c);
	carve(c, size);
	return c + 1;
}

/* The end of the break's region goes back to the kernel where much of it is free. */
static void trim(struct chunk *c)
{
	size_t back;

	if (at(c, size_of(c)) != heap_end || size_of(c) < TRIM)
		return;
	if (sbrk(0) != (char *)heap_end + HEADER)
		return;
	back = (size_of(c) - GROW) & ~(GROW - 1);
	unlink_free(c);
	if (sbrk(-(intptr_t)back) != (void *)-1) {
		heap_end = at(c, size_of(c) - back);
		heap_end->size = USED;
		set_size(c, size_of(c) - back, 0);
	}
	link_free(c);
}

void free(void *p)
{
	struct chunk *c = (struct chunk *)p - 1;
	int saved = errno;

	if (!p)
		return;
	if ((uintptr_t)p & (ALIGN - 1) || !(c->size & USED))
		corrupt();
	if (c->size & MAPPED) {
		munmap(c, size_of(c));
	} else {
		c->size &= ~USED;
		trim(release(c));
	}
	errno = saved;
}

void *calloc(size_t n, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	p = malloc(total);
	if (p && total < MAP_THRESHOLD)
		memset(p, 0, total);
	return p;
}

void *realloc(void *p, size_t n)
{
	struct chunk *c = (struct chunk *)p - 1;
	size_t have;
	void *q;

	if (!p)
		return malloc(n);
	have = size_of(c) - HEADER;
	if (n <= have && (n >= have / 2 || have <= 4 * MIN_CHUNK))
		return p;
	q = malloc(n);
	if (!q)
		return n <= have ? p : NULL;
	memcpy(q, p, n < have ? n : have);
	free(p);
	return q;
}

void *reallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, total);
}
