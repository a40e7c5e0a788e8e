/* SPDX-License-Identifier: MIT */
/* Runs packet scripts against the hosted stack: one process each, in virtual time. Status 0: as
 * written, 1: not, 2: a wrong script. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

#define FAR (7 * 86400 * NSEC) /* how long `*` waits */
#define ISN_TICK                                                                        \
	64 /* ns: how long one number of the ISN clock lasts (RFC 9293 3.4.1, as Linux) \
	    */
#define TRACE_LINES 60

static char *trace[TRACE_LINES];
static unsigned int traced;
static bool verbose;
static int isn_pipe = -1; /* of a run that only tells the first ISN */

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

/* ---- telling ---- */

char *format_new(const char *format, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, format);
	if (vasprintf(&s, format, ap) < 0)
		abort();
	va_end(ap);
	return s;
}

void trace_line(s64 at_ns, const char *format, ...)
{
	va_list ap;
	char *text = NULL;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		abort();
	va_end(ap);
	free(trace[traced % TRACE_LINES]);
	trace[traced++ % TRACE_LINES] = format_new("%11.6f %s", (double)at_ns / NSEC, text);
	free(text);
	if (verbose && isn_pipe < 0)
		fprintf(stderr, "%s\n", trace[(traced - 1) % TRACE_LINES]);
}

static void finish(int status) __attribute__((noreturn));
static void finish(int status)
{
	fflush(NULL);
	_exit(status);
}

void script_error(int line, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: wrong script: ", script.path, line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	finish(2);
}

void fail(const struct event *ev, const char *expected, const char *got, const char *format, ...)
{
	struct packet *p;
	va_list ap;

	if (isn_pipe >= 0)
		finish(1);
	fprintf(stderr, "%s:%d: ", script.path, ev ? ev->line : 0);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\n  script:   %s\n", ev ? ev->text : "(end)");
	if (expected)
		fprintf(stderr, "  expected: %s\n", expected);
	if (got)
		fprintf(stderr, "  got:      %s\n", got);
	fprintf(stderr, "  at:       %.6f\n  what happened before:\n", (double)now_ns() / NSEC);
	for (unsigned int i = traced > TRACE_LINES ? traced - TRACE_LINES : 0; i < traced; i++)
		fprintf(stderr, "  %s\n", trace[i % TRACE_LINES]);
	for (p = sent_first(); p; p = p->next)
		fprintf(stderr, "  %11.6f > %s   (the script has not asked for it)\n",
			(double)p->at_ns / NSEC, describe(p));
	finish(1);
}

/* ---- running ---- */

/* tell_isn - in the run that only looks for it: the first initial sequence number of ours. */
static void tell_isn(const struct packet *p)
{
	ssize_t n;

	if (isn_pipe < 0 || p->proto != 6 || !(p->flags & TH_SYN))
		return;
	n = write(isn_pipe, &p->seq, sizeof(p->seq));
	finish(n == sizeof(p->seq) ? 0 : 1);
}

static void look_for_unexpected(const struct event *ev, s64 before)
{
	struct packet *p = sent_first();

	if (p && p->at_ns < before)
		fail(ev, "no packet", format_new("%.6f > %s", (double)p->at_ns / NSEC, describe(p)),
		     "an unexpected packet");
}

/* run_out - wait for the packet that @ev describes. When it came. */
static s64 run_out(const struct event *ev, s64 lo, s64 hi)
{
	struct packet *p;
	const char *why;
	s64 came;
	char *window = format_new("%s (between %.6f and %.6f)", ev->text, (double)lo / NSEC,
				  (double)hi / NSEC);

	if (!sent_first())
		advance(hi + script.tolerance + 1, true);
	p = sent_first();
	if (!p)
		fail(ev, window, "nothing", "no packet came");
	tell_isn(p);
	why = mismatch(ev->packet, p);
	if (why)
		fail(ev, window, format_new("%.6f > %s", (double)p->at_ns / NSEC, describe(p)),
		     "another packet came: %s", why);
	if (p->at_ns < lo - script.tolerance || p->at_ns > hi + script.tolerance)
		fail(ev, window, format_new("%.6f > %s", (double)p->at_ns / NSEC, describe(p)),
		     "the packet came at another time");
	trace_line(p->at_ns, "> %s", describe(p));
	came = p->at_ns;
	packet_free(sent_take());
	free(window);
	return came;
}

static void run_in(const struct event *ev)
{
	static u8 frame[FRAME_MAX * 2];
	const struct packet_spec *spec = ev->packet;
	bool joins = spec->kind == PK_TCP || spec->kind == PK_UDP || spec->kind == PK_ICMP;
	struct conn *c = joins ? conn_of(spec, true) : NULL;
	size_t len;
	struct packet *p;

	if (c) {
		conn_use(c);
		c->urgent |= spec->kind == PK_TCP && (spec->flags & TH_URG);
	}
	len = build(spec, c, frame, ev->line);
	p = decode(frame, len, now_ns());
	trace_line(p->at_ns, "< %s", describe(p));
	packet_free(p);
	inject(frame, len);
}

static void run_command(const struct event *ev)
{
	static char out[65536];

	skiff_command(ev->words, out, sizeof(out));
	trace_line(now_ns(), "%s: %.300s", ev->words, out);
	if (ev->contains && !strstr(out, ev->contains))
		fail(ev, ev->contains, out, "the output does not contain it");
	if (ev->lacks && strstr(out, ev->lacks))
		fail(ev, NULL, out, "the output contains it");
}

static void run_other(const struct event *ev, s64 base)
{
	switch (ev->kind) {
	case EV_CALL:
		run_call(ev->call, ev->when.end + (ev->when.kind == WHEN_AFTER ? base : 0));
		break;
	case EV_IN: run_in(ev); break;
	case EV_ASSERT: check_assertion(ev); break;
	case EV_COMMAND: run_command(ev); break;
	case EV_NOTHING: look_for_unexpected(ev, now_ns() + 1); break;
	case EV_FORGET: conns_forget(); break;
	case EV_SYSCTL: set_sysctl(ev->line, ev->words); break;
	default: break;
	}
}

static void run_script(void)
{
	s64 base = 0, lo, hi;

	for (const struct event *ev = script.first; ev; ev = ev->next) {
		lo = ev->when.lo + (ev->when.kind == WHEN_AFTER ? base : 0);
		hi = ev->when.hi + (ev->when.kind == WHEN_AFTER ? base : 0);
		if (ev->when.kind == WHEN_ANY) {
			lo = base;
			hi = base + FAR;
		}
		if (ev->kind == EV_OUT) {
			base = run_out(ev, lo, hi);
			continue;
		}
		advance(lo, false);
		look_for_unexpected(ev, lo - script.tolerance);
		run_other(ev, base);
		base = now_ns();
	}
	advance(now_ns(), false);
	look_for_unexpected(NULL, INT64_MAX);
	for (struct call *c = pending_calls(); c; c = pending_calls())
		advance(c->end_ns + script.tolerance + 1, false);
	if (skiff_warnings())
		fail(NULL, NULL, NULL, "the kernel has warned %u times", skiff_warnings());
}

/* ---- starting ---- */

static const char *more_cmdline = "";

/* shift_for_isn - RFC 6528: the ISN is a hash plus a clock, so a later start makes any ISN. Finds
 * out in a run of its own. */
static void shift_for_isn(void)
{
	int ends[2], status;
	u32 isn = 0;
	pid_t pid;

	if (pipe(ends))
		script_error(0, "no pipe");
	pid = fork();
	if (!pid) {
		isn_pipe = ends[1];
		pcap_path = NULL;
		machine_start(more_cmdline);
		run_script();
		finish(1);
	}
	close(ends[1]);
	if (read(ends[0], &isn, sizeof(isn)) != sizeof(isn))
		script_error(0, "option isn=: no SYN went out");
	close(ends[0]);
	waitpid(pid, &status, 0);
	script.start += (s64)(u32)(script.isn - isn) * ISN_TICK;
}

static int run_one(const char *path)
{
	read_script(path);
	if (script.isn_given)
		shift_for_isn();
	machine_start(more_cmdline);
	run_script();
	finish(0);
}

/* run_each - several scripts, each in a process of its own; with @tell a line for each behind what
 * it said. */
static int run_each(char **paths, bool tell)
{
	int failed = 0, passed = 0, status;
	pid_t pid;

	for (; *paths; paths++) {
		fflush(NULL);
		pid = fork();
		if (!pid)
			run_one(*paths);
		waitpid(pid, &status, 0);
		if (status)
			failed++;
		else
			passed++;
		if (WIFSIGNALED(status))
			fprintf(stderr, "%s: ended by signal %d\n", *paths, WTERMSIG(status));
		if (tell)
			fprintf(stderr, "== %s %s\n", status ? "failed" : "passed", *paths);
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}

static void usage(void)
{
	fprintf(stderr,
		"usage: runner [--verbose] [--each] [--pcap FILE] [--cmdline WORDS] SCRIPT...\n");
	exit(2);
}

int main(int argc, char **argv)
{
	bool each = false;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--verbose"))
			verbose = true;
		else if (!strcmp(argv[i], "--each"))
			each = true;
		else if (!strcmp(argv[i], "--pcap") && i + 1 < argc)
			pcap_path = argv[++i];
		else if (!strcmp(argv[i], "--cmdline") && i + 1 < argc)
			more_cmdline = argv[++i];
		else
			usage();
	}
	if (i == argc)
		usage();
	return i + 1 == argc && !each ? run_one(argv[i]) : run_each(argv + i, each);
}
