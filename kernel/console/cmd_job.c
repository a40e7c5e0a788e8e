/* SPDX-License-Identifier: MIT */
/* Commands for ring-3 programs and tasks: run, ps, kill. */
#include <kernel/err.h>
#include <kernel/fs.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <uapi/signal.h>

#include "console_internal.h"

#define PATH_LEN 256

/* What went wrong with a program, in words. */
static const char *start_error(long err)
{
	switch (err) {
	case -ENOENT: return "no such file";
	case -EACCES: return "not a file that can be run";
	case -EISDIR: return "a directory";
	case -ENOEXEC: return "not a static i386 or x86-64 ELF program";
	case -ENOMEM: return "out of memory";
	case -E2BIG: return "too many arguments";
	default: return NULL;
	}
}

/* A program by its name alone is one of /bin. */
static void program_path(char *path, const char *name)
{
	snprintf(path, PATH_LEN, "%s%s", strchr(name, '/') ? "" : "/bin/", name);
}

/* Wait for the end of a job; the terminal is its own meanwhile if it runs in the foreground. */
static int wait_job(struct task *job, bool foreground)
{
	int code = 0;

	if (foreground)
		con_set_foreground_job(job);
	while (task_wait_exit(job, &code) == -ERESTARTSYS)
		current->signal_pending_mask = 0; /* signals are the job's, not ours */
	if (foreground)
		con_set_foreground_job(NULL);
	return code;
}

/* exit_code is as wait4 gives it: status << 8, or the number of the signal that ended the task. */
static int report_end(const char *name, pid_t pid, int code, bool foreground)
{
	int sig = code & 0x7f, status = sig ? 128 + sig : (code >> 8) & 0xff;

	if (sig && !(foreground && sig == SIGINT))
		con_printf("%s[%d]: ended by signal %d\n", name, pid, sig);
	else if (!foreground)
		con_printf("%s[%d]: done, status %d\n", name, pid, status);
	return status;
}

static int cmd_run(int argc, char **argv)
{
	bool foreground = con_is_foreground();
	char path[PATH_LEN];
	struct task *job;
	int status;

	if (argc < 2) {
		con_printf("run: which program? usage: run PROGRAM [ARGS...] [&]\n");
		return 2;
	}
	program_path(path, argv[1]);
	job = process_start(path, argv + 1, foreground);
	if (IS_ERR(job)) {
		const char *why = start_error(PTR_ERR(job));

		if (why)
			con_printf("run: %s: %s\n", path, why);
		else
			con_printf("run: %s: error %ld\n", path, -PTR_ERR(job));
		return 126;
	}
	if (!foreground)
		con_printf("[%d] %s\n", job->pid, path);
	status = report_end(argv[1], job->pid, wait_job(job, foreground), foreground);
	task_put(job);
	return status;
}

static int cmd_ps(int argc, char **argv)
{
	char *text;
	ssize_t n = kernel_read_whole("/proc/tasks", &text, 1 << 20);

	if (n < 0) {
		con_printf("ps: /proc/tasks cannot be read: error %zd\n", -n);
		return 1;
	}
	con_write(text, (size_t)n);
	kfree(text);
	return 0;
}

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "HUP", SIGHUP },   { "INT", SIGINT },	  { "QUIT", SIGQUIT }, { "KILL", SIGKILL },
	{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE }, { "ALRM", SIGALRM },
	{ "TERM", SIGTERM }, { "STOP", SIGSTOP }, { "CONT", SIGCONT },
};

/* A signal as kill(1) takes it: "9", "KILL", "SIGKILL". 0: none such. */
static int parse_signal(const char *s)
{
	unsigned int i, number;

	if (!kstrtouint(s, 10, &number))
		return number <= 64 ? (int)number : 0;
	if (!strncmp(s, "SIG", 3))
		s += 3;
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (!strcmp(signals[i].name, s))
			return signals[i].number;
	return 0;
}

static int kill_one(const char *word, int sig)
{
	unsigned int pid;
	int err;

	if (kstrtouint(word, 10, &pid) || pid > INT_MAX) {
		con_printf("kill: `%s` is not a task number; `ps` lists them\n", word);
		return 1;
	}
	err = kill_pid((pid_t)pid, sig);
	if (err == -EPERM)
		con_printf("kill: (%u) - a kernel thread cannot be killed\n", pid);
	else if (err)
		con_printf("kill: (%u) - No such process\n", pid);
	return err ? 1 : 0;
}

static int cmd_kill(int argc, char **argv)
{
	int sig = SIGTERM, i = 1, status = 0;

	if (argc > 1 && argv[1][0] == '-') {
		sig = parse_signal(argv[1] + 1);
		if (!sig) {
			con_printf("kill: %s: no such signal; a number or a name such as TERM is "
				   "right\n",
				   argv[1] + 1);
			return 1;
		}
		i = 2;
	}
	if (i >= argc) {
		con_printf("kill: which task? usage: kill [-SIGNAL] PID...\n");
		return 2;
	}
	for (; i < argc; i++)
		status |= kill_one(argv[i], sig);
	return status;
}

static struct console_command job_commands[] = {
	{
		.name = "run",
		.summary = "run a program in ring 3",
		.usage = "  run PROGRAM [ARGS...] [&]\n"
			 "PROGRAM is a path, or a name in /bin. Ctrl-C sends it SIGINT, Ctrl-\\ "
			 "SIGQUIT; with & it runs in the background.\n",
		.fn = cmd_run,
	},
	{ .name = "ps", .summary = "list the tasks", .usage = "  ps\n", .fn = cmd_ps },
	{ .name = "kill",
	  .summary = "send a signal to a task",
	  .usage = "  kill [-SIGNAL] PID...\n",
	  .fn = cmd_kill },
};

void job_commands_init(void)
{
	console_register_all(job_commands, ARRAY_SIZE(job_commands));
}
