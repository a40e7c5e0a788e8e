/* SPDX-License-Identifier: MIT */
/* The simulator's command line: seeds, each in a process of its own; the goodput table; memory and
 * output for the rest. */
#define _GNU_SOURCE
#include "sim_os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SEED_LIMIT_S 120 /* of real time: a run that hangs is a failure too */

static int trace_fd = -1;

void *sim_host_alloc(unsigned long bytes)
{
	void *p = calloc(1, bytes);

	if (!p)
		abort();
	return p;
}

void *sim_host_realloc(void *p, unsigned long bytes)
{
	p = realloc(p, bytes);
	if (!p)
		abort();
	return p;
}

void sim_host_free(void *p)
{
	free(p);
}

static void write_all(int fd, const char *text, unsigned long n)
{
	while (n) {
		ssize_t done = write(fd, text, n);

		if (done <= 0)
			return;
		text += done;
		n -= (unsigned long)done;
	}
}

void sim_host_write(const char *text, unsigned long n)
{
	write_all(STDOUT_FILENO, text, n);
}

void sim_host_trace(const char *text, unsigned long n)
{
	static char buf[1 << 16];
	static unsigned long used;

	if (trace_fd < 0)
		return;
	if (used + n > sizeof(buf) || !text) {
		write_all(trace_fd, buf, used);
		used = 0;
	}
	if (text && n <= sizeof(buf)) {
		memcpy(buf + used, text, n);
		used += n;
	}
}

int sim_host_tracing(void)
{
	return trace_fd >= 0;
}

void sim_host_fail(void)
{
	sim_host_trace(NULL, 0);
	_exit(1);
}

struct options {
	unsigned long long first, count, seed;
	int have_seed, goodput, budget_s, jobs;
	const char *trace;
};

struct child {
	pid_t pid;
	unsigned long long seed;
	int fd;
	char *text;
	size_t len;
};

static int usage(void)
{
	fprintf(stderr, "usage: sim --seed N [--trace FILE] | --seeds COUNT [--first N] [--seconds "
			"S] [--jobs N] | --goodput\n");
	return 2;
}

static int parse(int argc, char **argv, struct options *o)
{
	int i;

	o->first = 1;
	o->jobs = 1;
	for (i = 1; i < argc; i++) {
		const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(name, "--goodput")) {
			o->goodput = 1;
			continue;
		}
		if (++i >= argc)
			return -1;
		if (!strcmp(name, "--seed")) {
			o->seed = strtoull(value, NULL, 0);
			o->have_seed = 1;
		} else if (!strcmp(name, "--seeds")) {
			o->count = strtoull(value, NULL, 0);
		} else if (!strcmp(name, "--first")) {
			o->first = strtoull(value, NULL, 0);
		} else if (!strcmp(name, "--seconds")) {
			o->budget_s = atoi(value);
		} else if (!strcmp(name, "--jobs")) {
			o->jobs = atoi(value) > 0 && atoi(value) <= 64 ? atoi(value) : 1;
		} else if (!strcmp(name, "--trace")) {
			o->trace = value;
		} else {
			return -1;
		}
	}
	return o->have_seed || o->count || o->goodput ? 0 : -1;
}

static int one_seed(const struct options *o)
{
	int ok;

	if (o->trace) {
		trace_fd = open(o->trace, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (trace_fd < 0) {
			fprintf(stderr, "sim: %s: %s\n", o->trace, strerror(errno));
			return 2;
		}
	}
	ok = sim_run_seed(o->seed, 1);
	sim_host_trace(NULL, 0);
	return !ok;
}

/* start - a process for @seed, whose output comes by a pipe. */
static int start(struct child *c, unsigned long long seed)
{
	int fds[2];

	if (pipe(fds))
		return -1;
	c->pid = fork();
	if (c->pid < 0)
		return -1;
	if (!c->pid) {
		close(fds[0]);
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		alarm(SEED_LIMIT_S);
		_exit(!sim_run_seed(seed, 0));
	}
	close(fds[1]);
	c->fd = fds[0];
	c->seed = seed;
	c->len = 0;
	return 0;
}

/* finish - all that it says, and how it ended; true if well. */
static int finish(struct child *c)
{
	char buf[4096];
	ssize_t n;
	int status;

	c->text = NULL;
	while ((n = read(c->fd, buf, sizeof(buf))) > 0) {
		c->text = sim_host_realloc(c->text, c->len + (size_t)n);
		memcpy(c->text + c->len, buf, (size_t)n);
		c->len += (size_t)n;
	}
	close(c->fd);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		free(c->text);
		return 1;
	}
	fwrite(c->text, 1, c->len, stdout);
	if (WIFSIGNALED(status))
		printf("ended by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
	printf("FAILED: seed %llu. Replay it: make sim SEED=%llu\n", c->seed, c->seed);
	fflush(stdout);
	free(c->text);
	return 0;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* many_seeds - up to o->jobs at a time, until all are done or the time is up; the exit status. */
static int many_seeds(const struct options *o)
{
	static struct child c[64];
	unsigned long long next = o->first, end = o->first + o->count, done = 0, failed = 0;
	double began = seconds();
	int n, i;

	while (next < end && (!o->budget_s || seconds() - began < o->budget_s) && failed < 5) {
		for (n = 0; n < o->jobs && next < end; n++)
			if (start(&c[n], next++))
				return 2;
		for (i = 0; i < n; i++) {
			failed += !finish(&c[i]);
			done++;
		}
	}
	printf("%llu seeds from %llu: %llu failed\n", done, o->first, failed);
	return failed != 0;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };

	if (parse(argc, argv, &o))
		return usage();
	if (o.goodput)
		return !sim_run_goodput();
	return o.have_seed ? one_seed(&o) : many_seeds(&o);
}
