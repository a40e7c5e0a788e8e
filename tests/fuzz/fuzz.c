/* SPDX-License-Identifier: MIT */
/* The frame of every fuzz target: libFuzzer's two functions, input, tasks, what must be in balance.
 */
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

struct fuzz_in in;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	in = (struct fuzz_in){ data, len };
	fuzz_one(data, len);
	if (warn_count())
		fuzz_fault("the kernel warns");
	return 0;
}

/* ---- input ---- */

u8 fuzz_u8(void)
{
	if (!in.left)
		return 0;
	in.left--;
	return *in.p++;
}

u16 fuzz_u16(void)
{
	u16 high = fuzz_u8();

	return (u16)(high << 8 | fuzz_u8());
}

u32 fuzz_u32(void)
{
	u32 high = fuzz_u16();

	return high << 16 | fuzz_u16();
}

size_t fuzz_bytes(void *buf, size_t max)
{
	size_t n = min(max, in.left);

	memcpy(buf, in.p, n);
	in.p += n;
	in.left -= n;
	return n;
}

/* ---- the machine ---- */

void fuzz_fault(const char *fmt, ...)
{
	static char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vscnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	line[n++] = '\n';
	host_write_err(line, (unsigned long)n);
	host_abort();
	__builtin_unreachable();
}

void fuzz_boot(const char *cmdline)
{
	char line[160];

	snprintf(line, sizeof(line), "skiff.seed=1 skiff.mem=64 loglevel=0 %s", cmdline);
	skiff_boot(line);
}

struct call {
	struct net *net;
	int (*fn)(void *arg);
	void *arg;
};

static int call_body(void *data)
{
	struct call *c = data;

	current->net = c->net;
	return c->fn(c->arg);
}

int fuzz_call(struct net *net, int (*fn)(void *arg), void *arg)
{
	struct call c = { .net = net, .fn = fn, .arg = arg };
	u64 limit = hosted_now() + FUZZ_LIMIT_NS;
	struct task *t = kthread_run(call_body, &c, "fuzz");
	int code;

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	host_catch_faults();
	task_get(t);
	while (t->state != TASK_DEAD && hosted_step(limit))
		;
	if (t->state != TASK_DEAD)
		fuzz_fault("a task has waited for a day of virtual time");
	code = t->exit_code;
	task_put(t);
	return code;
}

/* ---- balance ---- */

static struct counts {
	unsigned long skbs, socks, dsts, neighbours;
} before;

static struct counts count(void)
{
	return (struct counts){ skbs_in_use(), socks_in_use(), dst_entries_in_use(),
				neighbours_in_use() };
}

void fuzz_baseline(void)
{
	before = count();
}

void fuzz_check_baseline(void)
{
	struct counts now;
	unsigned int i;

	for (i = 0; i < 120; i++) {
		now = count();
		if (now.socks <= before.socks)
			break;
		msleep(60 * 1000);
	}
	if (now.socks != before.socks || now.skbs != before.skbs || now.dsts != before.dsts ||
	    now.neighbours != before.neighbours)
		fuzz_fault("not in balance: skbs %lu (were %lu), socks %lu (%lu), dsts %lu (%lu), "
			   "neighbours %lu (%lu)",
			   now.skbs, before.skbs, now.socks, before.socks, now.dsts, before.dsts,
			   now.neighbours, before.neighbours);
}
