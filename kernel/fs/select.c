/* SPDX-License-Identifier: MIT */
/* poll, ppoll, select and pselect6: waiting for many files at once, to the nanosecond. */
#include <kernel/file.h>
#include <kernel/poll.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/pollcalls.h>
#include <kernel/syscalls.h>
#include <kernel/time.h>

#define DEFAULT_POLLMASK \
	(POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM) /* of files without a poll operation */
#define INLINE_ENTRIES 8
#define CHUNK_ENTRIES  48

/* One wait queue that one poll call stands in. */
struct poll_entry {
	wait_queue_t wait; /* private: the struct poll_wqueues */
	wait_queue_head_t *queue;
	struct file *file; /* holds the queue alive */
};

struct poll_chunk {
	struct poll_chunk *next;
	unsigned int n;
	struct poll_entry entries[CHUNK_ENTRIES];
};

struct poll_wqueues {
	struct poll_table pt;
	struct task *task;
	bool triggered; /* a queue was woken since the last look */
	int error;	/* no memory for an entry */
	unsigned int n;
	struct poll_chunk *chunks;
	struct poll_entry entries[INLINE_ENTRIES];
};

static bool poll_wake(wait_queue_t *wait, unsigned int key)
{
	struct poll_wqueues *pwq = wait->private;

	pwq->triggered = true;
	return wake_up_process(pwq->task);
}

static struct poll_entry *new_entry(struct poll_wqueues *pwq)
{
	struct poll_chunk *c = pwq->chunks;

	if (pwq->n < INLINE_ENTRIES)
		return &pwq->entries[pwq->n++];
	if (!c || c->n == CHUNK_ENTRIES) {
		c = kmalloc(sizeof(*c), GFP_KERNEL);
		if (!c)
			return NULL;
		c->n = 0;
		c->next = pwq->chunks;
		pwq->chunks = c;
	}
	return &c->entries[c->n++];
}

static void poll_queue(struct file *f, wait_queue_head_t *q, struct poll_table *pt)
{
	struct poll_wqueues *pwq = container_of(pt, struct poll_wqueues, pt);
	struct poll_entry *e = new_entry(pwq);

	if (!e) {
		pwq->error = -ENOMEM;
		return;
	}
	get_file(f);
	e->file = f;
	e->queue = q;
	e->wait = (wait_queue_t){ .task = pwq->task, .func = poll_wake, .private = pwq };
	INIT_LIST_HEAD(&e->wait.node);
	add_wait_queue(q, &e->wait);
}

static void poll_begin(struct poll_wqueues *pwq)
{
	pwq->pt.qproc = poll_queue;
	pwq->task = current;
	pwq->triggered = false;
	pwq->error = 0;
	pwq->n = 0;
	pwq->chunks = NULL;
}

static void entry_end(struct poll_entry *e)
{
	remove_wait_queue(e->queue, &e->wait);
	fput(e->file);
}

static void poll_end(struct poll_wqueues *pwq)
{
	unsigned int i;

	for (i = 0; i < pwq->n; i++)
		entry_end(&pwq->entries[i]);
	while (pwq->chunks) {
		struct poll_chunk *c = pwq->chunks;

		for (i = 0; i < c->n; i++)
			entry_end(&c->entries[i]);
		pwq->chunks = c->next;
		kfree(c);
	}
}

static unsigned int file_poll(struct file *f, struct poll_table *pt)
{
	return f->f_op->poll ? f->f_op->poll(f, pt) : DEFAULT_POLLMASK;
}

/* poll_sleep - until a queue is woken or @expires; true: time is up. */
static bool poll_sleep(struct poll_wqueues *pwq, ktime_t expires)
{
	bool late = false;

	set_current_state(TASK_INTERRUPTIBLE);
	if (!pwq->triggered)
		late = schedule_hrtimeout(expires) == 0;
	__set_current_state(TASK_RUNNING);
	pwq->triggered = false;
	return late;
}

/*
 * poll_loop - call @scan, which counts what is ready, until something is, or time is up, or a
 * signal comes. The queues are entered in the first round only.
 */
static long poll_loop(struct poll_wqueues *pwq, ktime_t expires,
		      long (*scan)(struct poll_wqueues *pwq, void *arg), void *arg)
{
	bool late = expires == 0;
	long n;

	if (late)
		pwq->pt.qproc = NULL; /* it will not wait */
	for (;;) {
		n = scan(pwq, arg);
		pwq->pt.qproc = NULL;
		if (n)
			return n;
		if (pwq->error)
			return pwq->error;
		if (late)
			return 0;
		if (signal_pending(current))
			return -EINTR;
		late = poll_sleep(pwq, expires);
	}
}

struct poll_scan {
	struct pollfd *fds;
	unsigned int nfds;
};

static long scan_fds(struct poll_wqueues *pwq, void *arg)
{
	struct poll_scan *s = arg;
	struct pollfd *p, *end = s->fds + s->nfds;
	long n = 0;

	for (p = s->fds; p < end; p++) {
		unsigned int filter = (u16)p->events | POLLERR | POLLHUP, mask = POLLNVAL;
		struct fd f;

		p->revents = 0;
		if (p->fd < 0)
			continue;
		f = fdget((unsigned int)p->fd);
		if (f.file) {
			pwq->pt.key = filter;
			mask = file_poll(f.file, &pwq->pt) & filter;
			fdput(f);
		}
		p->revents = (short)mask;
		if (mask) {
			n++;
			pwq->pt.qproc =
				NULL; /* something is ready: no need to wait for the others */
		}
	}
	return n;
}

long do_poll(struct pollfd __user *ufds, unsigned int nfds, ktime_t expires)
{
	struct pollfd fast[16];
	struct poll_scan s = { .fds = fast, .nfds = nfds };
	struct poll_wqueues pwq;
	unsigned int i;
	long n;

	if (nfds > (current->files ? current->files->nofile_soft : NR_OPEN_DEFAULT))
		return -EINVAL;
	if (nfds > ARRAY_SIZE(fast)) {
		s.fds = kmalloc(nfds * sizeof(*s.fds), GFP_KERNEL);
		if (!s.fds)
			return -ENOMEM;
	}
	n = -EFAULT;
	if (copy_from_user(s.fds, ufds, nfds * sizeof(*s.fds)))
		goto out;
	poll_begin(&pwq);
	n = poll_loop(&pwq, expires, scan_fds, &s);
	poll_end(&pwq);
	for (i = 0; i < nfds; i++)
		if (put_user(s.fds[i].revents, &ufds[i].revents))
			n = -EFAULT;
out:
	if (s.fds != fast)
		kfree(s.fds);
	return n;
}

struct select_scan {
	unsigned int n;
	const unsigned long *in[3]; /* read, write, except */
	unsigned long *out[3];
};

static const unsigned int select_set[3] = {
	POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
	POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR,
	POLLPRI,
};

static long scan_bits(struct poll_wqueues *pwq, void *arg)
{
	struct select_scan *s = arg;
	unsigned int fd, k;
	long n = 0;

	for (k = 0; k < 3; k++)
		memset(s->out[k], 0, BITS_TO_LONGS(s->n) * sizeof(long));
	for (fd = 0; fd < s->n; fd++) {
		unsigned int want = 0, mask;
		struct fd f;

		for (k = 0; k < 3; k++)
			want |= test_bit(fd, s->in[k]) ? 1u << k : 0;
		if (!want)
			continue;
		f = fdget(fd);
		if (!f.file)
			return -EBADF;
		pwq->pt.key = POLLERR | POLLHUP | (want & 1 ? select_set[0] : 0) |
			      (want & 2 ? select_set[1] : 0) | (want & 4 ? select_set[2] : 0);
		mask = file_poll(f.file, &pwq->pt);
		fdput(f);
		for (k = 0; k < 3; k++) {
			if ((want & 1u << k) && (mask & select_set[k])) {
				__set_bit(fd, s->out[k]);
				n++;
				pwq->pt.qproc = NULL;
			}
		}
	}
	return n;
}

long do_select(int n, void __user *const sets[3], ktime_t expires)
{
	unsigned long fast[6 * 4], *bits = fast;
	struct poll_wqueues pwq;
	struct select_scan s;
	size_t longs, bytes;
	unsigned int k;
	long ret = -ENOMEM;

	if (n < 0)
		return -EINVAL;
	s.n = min_t(unsigned int, (unsigned int)n, current->files ? current->files->max_fds : 0);
	longs = BITS_TO_LONGS(s.n);
	bytes = longs * sizeof(long);
	if (longs > ARRAY_SIZE(fast) / 6)
		bits = kmalloc(6 * bytes, GFP_KERNEL);
	if (!bits)
		return -ENOMEM;
	/* Sets are whole words of the program's width; 32-bit ones may end in half a long. */
	bytes = ALIGN(DIV_ROUND_UP(s.n, 8), current->process && current->process->is32 ? 4 : 8);
	for (k = 0; k < 3; k++) {
		unsigned long *in = bits + k * longs;

		memset(in, 0, longs * sizeof(long));
		s.in[k] = in;
		s.out[k] = bits + (3 + k) * longs;
		ret = sets[k] && copy_from_user(in, sets[k], bytes) ? -EFAULT : 0;
		if (ret)
			goto out;
		if (s.n % 64)
			in[longs - 1] &= (1ul << (s.n % 64)) - 1;
	}
	poll_begin(&pwq);
	ret = poll_loop(&pwq, expires, scan_bits, &s);
	poll_end(&pwq);
	for (k = 0; k < 3 && ret >= 0; k++)
		if (sets[k] && copy_to_user(sets[k], s.out[k], bytes))
			ret = -EFAULT;
out:
	if (bits != fast)
		kfree(bits);
	return ret;
}
