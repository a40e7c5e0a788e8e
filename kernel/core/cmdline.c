/* SPDX-License-Identifier: MIT */
/* The kernel command line: words of the form key or key=value, "quotes" around blanks, and " -- " before init's arguments. */
#include <kernel/printk.h>
#include <kernel/string.h>

#define CMDLINE_MAX 1024

static char whole[CMDLINE_MAX], init_args[CMDLINE_MAX];
static size_t options_len; /* of the part of @whole that is ours */

/* next_word - copy the word at *s, without its quotes, into @word (cut at @size); false at the end. */
static bool next_word(const char **s, const char *end, char *word, size_t size)
{
	const char *p = *s;
	bool quoted = false;
	size_t n = 0;

	while (p < end && isspace((u8)*p))
		p++;
	if (p == end)
		return false;
	for (; p < end && (quoted || !isspace((u8)*p)); p++) {
		if (*p == '"') {
			quoted = !quoted;
			continue;
		}
		if (n + 1 < size)
			word[n++] = *p;
	}
	word[n] = '\0';
	*s = p;
	return true;
}

/* find - the @nth (from 0) occurrence of @key, or with @nth < 0 the last one; "" for a bare word if @bare allows it. */
static bool find(const char *key, int nth, bool bare, char *buf, size_t size)
{
	char word[CMDLINE_MAX];
	const char *s = whole;
	size_t n = strlen(key);
	bool found = false;

	while (next_word(&s, whole + options_len, word, sizeof(word))) {
		if (strncmp(word, key, n) || (word[n] != '=' && (word[n] || !bare)))
			continue;
		if (nth > 0) {
			nth--;
			continue;
		}
		strscpy(buf, word[n] ? word + n + 1 : "", size);
		found = true;
		if (nth == 0)
			break;
	}
	return found;
}

bool cmdline_get(const char *key, char *buf, size_t size)
{
	return find(key, -1, true, buf, size);
}

bool cmdline_get_nth(const char *key, unsigned int n, char *buf, size_t size)
{
	return find(key, (int)n, false, buf, size);
}

bool cmdline_get_prefixed(const char *prefix, unsigned int n, char *buf, size_t size)
{
	char word[CMDLINE_MAX];
	const char *s = whole;
	size_t len = strlen(prefix);

	while (next_word(&s, whole + options_len, word, sizeof(word))) {
		if (strncmp(word, prefix, len) || n--)
			continue;
		strscpy(buf, word + len, size);
		return true;
	}
	return false;
}

/* find_separator - where the word "--" begins outside quotes; the end of @s if there is none. */
static const char *find_separator(const char *s)
{
	bool quoted = false;
	const char *p;

	for (p = s; *p; p++) {
		if (*p == '"')
			quoted = !quoted;
		if (!quoted && p[0] == '-' && p[1] == '-' && (p == s || isspace((u8)p[-1])) && (!p[2] || isspace((u8)p[2])))
			break;
	}
	return p;
}

void cmdline_init(const char *cmdline)
{
	const char *sep;

	strscpy(whole, cmdline, sizeof(whole));
	sep = find_separator(whole);
	options_len = (size_t)(sep - whole);
	strscpy(init_args, *sep ? skip_spaces(sep + 2) : "", sizeof(init_args));
}

const char *cmdline_init_args(void)
{
	return init_args;
}

const char *cmdline_whole(void)
{
	return whole;
}
