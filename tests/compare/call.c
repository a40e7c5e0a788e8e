/* SPDX-License-Identifier: MIT */
/* System calls in few words, their results as text; and main. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "world.h"

long call_(long nr, const long *a)
{
	return world_call(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

const char *result_text(long result)
{
	static char text[4][24];
	static unsigned int next;
	const char *name = result < 0 ? strerrorname_np((int)-result) : NULL;
	char *out = text[next++ % 4];

	if (name)
		return name;
	snprintf(out, sizeof(text[0]), "%ld", result);
	return out;
}

int opt_set(int fd, int level, int name, int value)
{
	return (int)CALL(SYS_setsockopt, fd, level, name, (long)&value, sizeof(value));
}

int opt_get(int fd, int level, int name)
{
	int value = -1;
	unsigned int len = sizeof(value);
	long err = CALL(SYS_getsockopt, fd, level, name, (long)&value, (long)&len);

	return err ? (int)err - 1000000 : value;
}

int poll_now(int fd)
{
	struct pollfd pfd = {
		.fd = fd, .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLWRNORM
	};

	CALL(SYS_poll, (long)&pfd, 1, 0);
	return pfd.revents;
}

const char *poll_text(int e)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", e & POLLIN ? "+IN" : "",
		 e & POLLPRI ? "+PRI" : "", e & POLLOUT ? "+OUT" : "", e & POLLERR ? "+ERR" : "",
		 e & POLLHUP ? "+HUP" : "", e & POLLRDHUP ? "+RDHUP" : "",
		 e & POLLNVAL ? "+NVAL" : "");
	return text[0] ? text + 1 : "-";
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *only = argc > 2 ? argv[2] : NULL;

	world_open();
	world_sysctl("tcp_rmem", "4096 131072 6291456"); /* both depend on the machine's memory, or
							    on its distribution */
	world_sysctl("tcp_wmem", "4096 16384 4194304");
	if (!strcmp(what, "matrix"))
		return scenario_matrix(only);
	if (!strcmp(what, "options"))
		return scenario_options(only);
	if (!strcmp(what, "reports"))
		return scenario_reports(only);
	if (!strcmp(what, "info"))
		return scenario_info(only);
	if (!strcmp(what, "counters"))
		return scenario_counters(only);
	fprintf(stderr, "usage: %s matrix|options|reports|info|counters [ONLY]\n", argv[0]);
	return 2;
}
