/* SPDX-License-Identifier: MIT */
/* Fuzz target: what is typed at the console: whole lines to the commands, or keys to the line
 * editor. */
#include "console_internal.h"
#include "fuzz.h"

#define LINE_MAX  300
#define MAX_LINES 8

static int set_up(void *unused)
{
	fuzz_dev_new(&init_net, true);
	return 0;
}

void fuzz_init(void)
{
	fuzz_boot("ip=off");
	fuzz_call(NULL, set_up, NULL);
}

static bool has(const char *line, const char *word)
{
	size_t n = strlen(word);

	for (; *line; line++)
		if (!strncmp(line, word, n))
			return true;
	return false;
}

static void run_lines(void)
{
	static char out[1 << 16];
	char line[LINE_MAX + 1];
	unsigned int n;

	for (n = 0; n < MAX_LINES && fuzz_more(); n++) {
		size_t len = 0;
		u8 c;

		while (len < LINE_MAX && fuzz_more() && (c = fuzz_u8()) != '\n')
			line[len++] = (char)c;
		line[len] = '\0';
		/* Commands that end the machine, or that go on for hours of virtual time. */
		if (has(line, "poweroff") || has(line, "reboot") || has(line, "ping") ||
		    has(line, "echo"))
			continue;
		if (skiff_command(line, out, sizeof(out)) > 0 && !memchr(out, 0, sizeof(out)))
			fuzz_fault("output without an end");
	}
}

static int type_keys(void *unused)
{
	struct line_editor *ed = kzalloc(sizeof(*ed), GFP_KERNEL);

	if (!ed)
		return -ENOMEM;
	edit_begin(ed);
	while (fuzz_more()) {
		enum edit_result r = edit_key(ed, fuzz_u8());

		if (ed->len >= CON_LINE_MAX || ed->pos > ed->len ||
		    strnlen(ed->line, CON_LINE_MAX) > CON_LINE_MAX - 1)
			fuzz_fault("the editor holds %u bytes, cursor at %u", ed->len, ed->pos);
		if (r == EDIT_MORE)
			continue;
		edit_end(ed);
		if (r == EDIT_DONE)
			history_add(ed->line);
		edit_begin(ed);
	}
	edit_end(ed);
	kfree(ed);
	return 0;
}

void fuzz_one(const u8 *data, size_t len)
{
	if (fuzz_u8() & 1)
		fuzz_call(NULL, type_keys, NULL);
	else
		run_lines();
}
