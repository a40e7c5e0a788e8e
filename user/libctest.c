/* SPDX-License-Identifier: MIT */
/* Tests of the C library, as TAP lines; with arguments, single functions for comparison with
 * others. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

static int passed, failed;

static void check(bool holds, const char *name)
{
	if (holds)
		passed++;
	else
		failed++;
	printf("%s %d - %s\n", holds ? "ok" : "not ok", passed + failed, name);
}

/* What a format makes must be these characters, and its length theirs. */
__attribute__((format(printf, 2, 3))) static void formats(const char *want, const char *fmt, ...)
{
	char buf[128], line[300];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "printf: %s gives <%s>", fmt, buf);
	check(strcmp(buf, want) == 0 && n == (int)strlen(want), line);
}

static void test_printf(void)
{
	char *volatile nothing = NULL;
	char small[5];

	formats("plain %", "plain %%");
	formats("-5 +5  5", "%d %+d % d", -5, 5, 5);
	formats("   42|42   |00042", "%5d|%-5d|%05d", 42, 42, 42);
	formats("-0042|  042|", "%05d|%5.3d|%.0d", -42, 42, 0);
	formats("2a 2A 0x2a 052 52", "%x %X %#x %#o %o", 42, 42, 42, 42, 42);
	formats("-2147483648 4294967295", "%d %u", INT_MIN, UINT_MAX);
	formats("-9223372036854775808 18446744073709551615", "%lld %llu", LLONG_MIN, ULLONG_MAX);
	formats("ffffffffffffffff", "%" PRIx64, UINT64_MAX);
	formats("-1 255 -1 65535", "%hhd %hhu %hd %hu", -1, 255, -1, 65535);
	formats("123 -7 99", "%zu %zd %jd", (size_t)123, (ssize_t)-7, (intmax_t)99);
	formats("abc|  abc|abc  |ab", "%s|%5s|%-5s|%.2s", "abc", "abc", "abc", "abc");
	formats("x|  x|x  ", "%c|%3c|%-3c", 'x', 'x', 'x');
	formats("  12|12  |003", "%*d|%-*d|%.*d", 4, 12, 4, 12, 3, 3);
	formats("7   |", "%*d|", -4, 7);
	formats("0x10", "%p", (void *)16);
	formats("(null)", "%s", nothing);
	check(snprintf(small, sizeof(small), "%s", "123456789") == 9 && !strcmp(small, "1234"),
	      "snprintf: cut, and the whole length told");
	check(snprintf(NULL, 0, "%d", 12345) == 5, "snprintf: only counts");
}

static void test_memory_functions(void)
{
	char a[100], b[100];
	bool good = true;
	int from, to, len, i;

	for (from = 0; from < 20; from++) {
		for (to = 0; to < 20; to++) {
			for (len = 0; len < 70; len += 3) {
				for (i = 0; i < 100; i++)
					a[i] = b[i] = (char)i;
				memmove(a + to, a + from, (size_t)len);
				for (i = 0; i < len; i++)
					good = good && a[to + i] == b[from + i];
				for (i = 0; i < to; i++)
					good = good && a[i] == b[i];
				for (i = to + len; i < 100; i++)
					good = good && a[i] == b[i];
			}
		}
	}
	check(good, "memmove: every overlap");
	memset(a, 'q', sizeof(a));
	memset(a + 3, 0, 41);
	check(a[2] == 'q' && a[3] == 0 && a[43] == 0 && a[44] == 'q', "memset");
	check(memcmp("abc", "abd", 3) < 0 && memcmp("\xff", "\1", 1) > 0 &&
		      !memcmp("abcdefghi", "abcdefghj", 8),
	      "memcmp");
	check(memchr("abc", 'c', 2) == NULL && *(char *)memchr("abc", 'c', 3) == 'c', "memchr");
	check(!strcmp(memmem("hay needle", 10, "needle", 6), "needle") &&
		      !memmem("abc", 3, "abcd", 4),
	      "memmem");
}

static void test_strings(void)
{
	char buf[32] = "a,b,,c";
	char *p = buf;
	char *save;

	check(!strcmp(strsep(&p, ","), "a") && !strcmp(strsep(&p, ","), "b") && !*strsep(&p, ",") &&
		      !strcmp(strsep(&p, ","), "c") && !p,
	      "strsep");
	strcpy(buf, "  x y  z ");
	check(!strcmp(strtok_r(buf, " ", &save), "x") && !strcmp(strtok_r(NULL, " ", &save), "y") &&
		      !strcmp(strtok_r(NULL, " ", &save), "z") && !strtok_r(NULL, " ", &save) &&
		      !strtok_r(NULL, " ", &save),
	      "strtok_r");
	check(strlcpy(buf, "12345678", 5) == 8 && !strcmp(buf, "1234") &&
		      strlcat(buf, "xyz", 6) == 7 && !strcmp(buf, "1234x"),
	      "strlcpy, strlcat");
	memset(buf, 'x', 10);
	strncpy(buf, "ab", 5);
	check(buf[2] == 0 && buf[4] == 0 && buf[5] == 'x', "strncpy fills with zeros");
	check(strcmp("a", "b") < 0 && strcmp("\xff", "a") > 0 && !strncmp("abc", "abd", 2),
	      "strcmp");
	check(!strcasecmp("HeLLo", "hEllO") && strncasecmp("ABC", "abd", 3) < 0, "strcasecmp");
	check(!strcmp(strrchr("a/b/c", '/'), "/c") && !*strchr("abc", 0) && !strchr("abc", 'd'),
	      "strchr");
	check(strspn("aabc", "ab") == 3 && strcspn("aabc", "c") == 3 && !strpbrk("abc", "xyz"),
	      "strspn");
	check(!strcmp(strstr("one two", "two"), "two") && !strstr("aaa", "ab"), "strstr");
	check(strnlen("abc", 2) == 2 && strnlen("abc", 9) == 3, "strnlen");
	check(!strcmp(strerror(ECONNREFUSED), "Connection refused") &&
		      !strcmp(strerror(4000), "Unknown error 4000"),
	      "strerror");
	check(isalpha('z') && !isalpha('1') && isspace('\n') && toupper('q') == 'Q' &&
		      isxdigit('F') && !isprint(200),
	      "ctype");
}

static void test_numbers(void)
{
	char *end;

	check(strtol(" -0x1fz", &end, 0) == -31 && *end == 'z', "strtol: hexadecimal");
	check(strtol("0755", NULL, 0) == 493 && strtol("zz", NULL, 36) == 1295, "strtol: bases");
	check(strtol("", &end, 10) == 0 && !*end, "strtol: nothing");
	errno = 0;
	check(strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE,
	      "strtol: too large");
	errno = 0;
	check(strtol("-99999999999999999999", NULL, 10) == LONG_MIN && errno == ERANGE,
	      "strtol: too small");
	check(strtoll("-9223372036854775808", NULL, 10) == LLONG_MIN, "strtoll: least");
	check(strtoull("18446744073709551615", NULL, 10) == ULLONG_MAX, "strtoull: greatest");
	check(strtoul("0x", &end, 16) == 0 && *end == 'x', "strtoul: a prefix alone is a zero");
	check(atoi("  42abc") == 42 && atoi("-7") == -7, "atoi");
}

/* volatile: the compiler must call the helpers rather than fold. */
static void test_division(void)
{
	static const uint64_t values[] = { 1,
					   2,
					   3,
					   10,
					   255,
					   65537,
					   0x7fffffff,
					   0x80000000,
					   0xffffffff,
					   0x100000000,
					   0x123456789abcdef,
					   0x7fffffffffffffff,
					   0x8000000000000000,
					   0xfffffffffffffffe,
					   0xffffffffffffffff };
	size_t n = sizeof(values) / sizeof(values[0]);
	bool good = true;
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < n; k++) {
			volatile uint64_t a = values[i], b = values[k];
			uint64_t q = a / b, r = a % b;
			volatile int64_t sa = (int64_t)a, sb = (int64_t)b;

			good = good && r < b && q * b + r == a;
			if (sb == -1)
				continue;
			good = good && (sa / sb) * sb + sa % sb == sa && (sa % sb < 0 ? sa < 0 : 1);
		}
	}
	check(good, "64-bit division");
}

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a;
	int y = *(const int *)b;

	return x < y ? -1 : x > y;
}

static void test_sorting(void)
{
	int values[1000];
	bool good = true;
	int i, key;

	for (i = 0; i < 1000; i++)
		values[i] = rand() % 500;
	qsort(values, 1000, sizeof(int), by_value);
	for (i = 1; i < 1000; i++)
		good = good && values[i - 1] <= values[i];
	check(good, "qsort");
	key = values[777];
	check(*(int *)bsearch(&key, values, 1000, sizeof(int), by_value) == key, "bsearch: there");
	key = 501;
	check(!bsearch(&key, values, 1000, sizeof(int), by_value), "bsearch: not there");
}

/* Each block is filled with its own byte; a byte of another is a fault of the heap. */
static void test_malloc(void)
{
	static struct {
		unsigned char *p;
		size_t n;
	} blocks[300];
	bool good = true;
	int round, i;
	size_t k;
	void *top;

	for (round = 0; round < 20000; round++) {
		i = rand() % 300;
		for (k = 0; k < blocks[i].n; k++)
			good = good && blocks[i].p[k] == (unsigned char)i;
		if (blocks[i].p && rand() % 3 == 0) {
			blocks[i].n = (size_t)rand() % 3000;
			blocks[i].p = realloc(blocks[i].p, blocks[i].n);
		} else {
			free(blocks[i].p);
			blocks[i].n = rand() % 50 ? (size_t)rand() % 2000 : (size_t)rand() % 600000;
			blocks[i].p = malloc(blocks[i].n);
		}
		good = good && blocks[i].p && ((uintptr_t)blocks[i].p & 15) == 0;
		memset(blocks[i].p, i, blocks[i].n);
	}
	check(good, "malloc, realloc, free: twenty thousand turns");
	for (i = 0; i < 300; i++)
		free(blocks[i].p);
	top = sbrk(0);
	for (i = 0; i < 1000; i++)
		free(malloc(50000));
	check(sbrk(0) == top, "free: memory is used again");
	check(!malloc(SIZE_MAX) && errno == ENOMEM, "malloc: too much");
	check(!calloc(SIZE_MAX / 2, 3) && errno == ENOMEM, "calloc: overflow");
}

static void test_calloc(void)
{
	bool good = true;
	int i;
	size_t k;

	for (i = 0; i < 100; i++) {
		size_t n = (size_t)rand() % 5000;
		unsigned char *p = calloc(n, 1);

		for (k = 0; k < n; k++)
			good = good && p[k] == 0;
		memset(p, 0xff, n);
		free(p);
	}
	check(good, "calloc: zeroes");
}

static jmp_buf env;
static int exits;

static void count_exit(void)
{
	exits++;
}

/* A frame for longjmp to leave. */
static __attribute__((noinline)) void jump(volatile int *value)
{
	volatile char frame[500];

	frame[0] = 42;
	longjmp(env, frame[0] + *value);
}

static void test_control(void)
{
	volatile int before = 7;
	int value = setjmp(env);

	if (!value)
		jump(&before);
	check(value == 49 && before == 7, "setjmp, longjmp");
	check(atexit(count_exit) == 0, "atexit");
	check(getenv("LIBCTEST") == NULL || !strcmp(getenv("LIBCTEST"), "yes"), "getenv");
	check(getauxval(AT_PAGESZ) == 4096 && getauxval(12345) == 0, "getauxval");
	check(time(NULL) > 0 && usleep(1000) == 0, "time");
}

static void test_files(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[8], *whole = NULL;
	size_t room = 0;

	check(!fopen("/no/such/file", "r") && errno == ENOENT, "fopen: no such file");
	if (f) {
		check(fgets(line, sizeof(line), f) && strlen(line) == 7, "fgets: cut to the room");
		check(getline(&whole, &room, f) > 0 && strchr(whole, '\n'),
		      "getline: the rest of the line");
		check(ungetc('!', f) == '!' && fgetc(f) == '!', "ungetc");
		while (fgetc(f) != EOF)
			;
		check(feof(f) && !ferror(f), "feof");
		check(fclose(f) == 0, "fclose");
	}
	free(whole);
}

static void test_addrinfo(void)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *ai;
	char host[64], serv[16];

	check(getaddrinfo("127.1", "echo", &hints, &ai) == 0 && !ai->ai_next &&
		      getnameinfo(ai->ai_addr, ai->ai_addrlen, host, 64, serv, 16,
				  NI_NUMERICHOST) == 0 &&
		      !strcmp(host, "127.0.0.1") && !strcmp(serv, "7"),
	      "getaddrinfo: numeric host, named service");
	freeaddrinfo(ai);
	check(getaddrinfo("localhost", "80", &hints, &ai) == 0 &&
		      ((struct sockaddr_in *)ai->ai_addr)->sin_addr.s_addr ==
			      htonl(INADDR_LOOPBACK),
	      "getaddrinfo: localhost");
	freeaddrinfo(ai);
	hints.ai_socktype = 0;
	check(getaddrinfo("10.0.0.1", "53", &hints, &ai) == 0 && ai->ai_next &&
		      ai->ai_next->ai_next,
	      "getaddrinfo: each kind of socket");
	freeaddrinfo(ai);
	hints.ai_flags = AI_PASSIVE;
	check(getaddrinfo(NULL, "53", &hints, &ai) == 0 &&
		      ((struct sockaddr_in *)ai->ai_addr)->sin_addr.s_addr == INADDR_ANY,
	      "getaddrinfo: AI_PASSIVE");
	freeaddrinfo(ai);
	hints.ai_flags = AI_NUMERICHOST;
	check(getaddrinfo("name", "53", &hints, &ai) == EAI_NONAME, "getaddrinfo: AI_NUMERICHOST");
	check(getaddrinfo("::1", "53", &hints, &ai) == EAI_ADDRFAMILY,
	      "getaddrinfo: the other family");
	hints.ai_family = 99;
	check(getaddrinfo("127.0.0.1", "53", &hints, &ai) == EAI_FAMILY,
	      "getaddrinfo: unknown family");
	check(getaddrinfo(NULL, NULL, NULL, &ai) == EAI_NONAME, "getaddrinfo: nothing asked");
	check(!strcmp(gai_strerror(EAI_NONAME), "Name or service not known"), "gai_strerror");
}

/* libctest inet TEXT...: what each text is as an address, one line each, for comparison. */
static int compare_inet(int n, char **texts)
{
	unsigned char addr[16];
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4;
	int i;

	for (i = 0; i < n; i++) {
		if (inet_pton(AF_INET, texts[i], addr) == 1)
			printf("4 %s", inet_ntop(AF_INET, addr, text, sizeof(text)));
		else if (inet_pton(AF_INET6, texts[i], addr) == 1)
			printf("6 %s", inet_ntop(AF_INET6, addr, text, sizeof(text)));
		else
			printf("-");
		printf(" %s\n", inet_aton(texts[i], &v4) ? inet_ntoa(v4) : "-");
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "inet"))
		return compare_inet(argc - 2, argv + 2);
	test_printf();
	test_memory_functions();
	test_strings();
	test_numbers();
	test_division();
	test_sorting();
	test_malloc();
	test_calloc();
	test_control();
	test_files();
	test_addrinfo();
	printf("1..%d\n%d passed, %d failed\n", passed + failed, passed, failed);
	return failed ? 1 : 0;
}
