/* SPDX-License-Identifier: MIT */
/* Short command-line options, as POSIX describes getopt(). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1, opterr = 1, optopt;

static int complain(const char *program, const char *options, const char *what, int missing)
{
	if (opterr && *options != ':')
		fprintf(stderr, "%s: %s -- %c\n", program, what, optopt);
	return missing && *options == ':' ? ':' : '?';
}

int getopt(int argc, char *const argv[], const char *options)
{
	static const char *rest = "";
	const char *known;

	optarg = NULL;
	if (!*rest) {
		if (optind >= argc || argv[optind][0] != '-' || !argv[optind][1])
			return -1;
		if (strcmp(argv[optind], "--") == 0) {
			optind++;
			return -1;
		}
		rest = argv[optind++] + 1;
	}
	optopt = (unsigned char)*rest++;
	known = optopt == ':' ? NULL : strchr(options, optopt);
	if (!known)
		return complain(argv[0], options, "unknown option", 0);
	if (known[1] != ':')
		return optopt;
	if (*rest) {
		optarg = (char *)rest;
	} else if (optind < argc) {
		optarg = argv[optind++];
	} else {
		return complain(argv[0], options, "option needs an argument", 1);
	}
	rest = "";
	return optopt;
}
