/* SPDX-License-Identifier: MIT */
/*
 * Tests of kernel/console/edit.c: what each key does to the line, and that the screen of an ANSI terminal shows the line
 * that the editor holds, whatever was typed.
 */
#include <kernel/console.h>
#include <kernel/fs.h>
#include <kernel/random.h>
#include <kernel/string.h>

#include "unit.h"

#include "console_internal.h"

/* The host's (unistd.h does not go together with the kernel's headers). */
int pipe(int fds[2]);
int dup(int fd);
int dup2(int from, int to);
int close(int fd);
ssize_t read(int fd, void *buf, size_t n);

#define COLUMNS 2048
#define LEFT	"\033[D"
#define RIGHT	"\033[C"
#define UP	"\033[A"
#define DOWN	"\033[B"
#define HOME	"\033[H"
#define END	"\033[F"
#define DELETE	"\033[3~"

static struct line_editor ed;

/* A terminal of one endless line: its text and its cursor. */
static struct {
	char text[COLUMNS + 1];
	unsigned int col, len, bells, lines;
	char esc[8];
	unsigned int esc_len;
} screen;

static void end_escape(void)
{
	if (screen.esc_len == 2 && screen.esc[1] == 'K')
		screen.len = min(screen.len, screen.col);
	else if (screen.esc_len == 2 && screen.esc[1] == 'H')
		screen.col = 0;
	else if (!strncmp(screen.esc, "[2J", 3))
		screen.len = 0;
	else
		fail_msg("the terminal does not know ESC %.*s", (int)screen.esc_len, screen.esc);
	screen.esc_len = 0;
}

static void show(char c, bool *escaped)
{
	if (*escaped) {
		screen.esc[screen.esc_len++] = c;
		assert_true(screen.esc_len < sizeof(screen.esc));
		*escaped = c == '[' || isdigit(c);
		if (!*escaped)
			end_escape();
		return;
	}
	switch (c) {
	case '\033': *escaped = true; return;
	case '\a': screen.bells++; return;
	case '\r': screen.col = 0; return;
	case '\n': screen.lines++, screen.len = screen.col = 0; return;
	case '\b':
		assert_true(screen.col > 0);
		screen.col--;
		return;
	}
	assert_true(screen.col < COLUMNS);
	screen.text[screen.col++] = c;
	screen.len = max(screen.len, screen.col);
}

/* What the console writes goes to standard error: here, through a pipe, to the terminal above. */
static enum edit_result key(char c)
{
	static char out[65536];
	int fds[2], saved = dup(2);
	enum edit_result r;
	bool escaped = false;
	ssize_t n, i;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], 2);
	close(fds[1]);
	if (c)
		r = edit_key(&ed, (u8)c);
	else
		r = EDIT_MORE, edit_begin(&ed);
	dup2(saved, 2); /* which closes the pipe's other end: reading ends there */
	close(saved);
	while ((n = read(fds[0], out, sizeof(out))) > 0)
		for (i = 0; i < n; i++)
			show(out[i], &escaped);
	close(fds[0]);
	assert_false(escaped);
	return r;
}

static void screen_shows_the_line(void)
{
	unsigned int prompt = sizeof(CON_PROMPT) - 1;

	assert_int_equal(screen.len, prompt + ed.len);
	assert_int_equal(screen.col, prompt + ed.pos);
	assert_memory_equal(screen.text, CON_PROMPT, prompt);
	assert_memory_equal(screen.text + prompt, ed.line, ed.len);
}

static enum edit_result type(const char *keys)
{
	enum edit_result r = EDIT_MORE;

	for (; *keys; keys++) {
		r = key(*keys);
		if (!ed.esc_state && r == EDIT_MORE)
			screen_shows_the_line();
	}
	return r;
}

static void begin(void)
{
	screen.len = screen.col = 0;
	key(0);
	screen_shows_the_line();
}

/* After @keys on an empty line it reads @before, the cursor, @after. */
static void gives(const char *keys, const char *before, const char *after)
{
	begin();
	type(keys);
	assert_int_equal(ed.pos, strlen(before));
	assert_int_equal(ed.len, strlen(before) + strlen(after));
	assert_memory_equal(ed.line, before, ed.pos);
	assert_memory_equal(ed.line + ed.pos, after, ed.len - ed.pos);
}

static void keys_do_what_terminals_users_expect(void **state)
{
	gives("ping", "ping", "");
	gives("pig" LEFT "n", "pin", "g");
	gives("ab" LEFT LEFT LEFT "x", "x", "ab");
	gives("ab" RIGHT RIGHT "x", "abx", "");
	gives("abc" HOME "x" END "y", "xabcy", "");
	gives("abc\001x\005y", "xabcy", ""); /* Ctrl-A, Ctrl-E */
	gives("abc" LEFT DELETE, "ab", "");
	gives("abc" LEFT LEFT "\x7f", "", "bc"); /* Backspace */
	gives("abc\b\b\b\b", "", "");
	gives("one two" LEFT LEFT "\025", "", "wo"); /* Ctrl-U */
	gives("one two" LEFT LEFT "\013", "one t", ""); /* Ctrl-K */
	gives("one  two  \027", "one  ", ""); /* Ctrl-W */
	gives("one\027\027\027x", "x", "");
	gives("one" LEFT "\014", "on", "e"); /* Ctrl-L */
	gives("one\002\002\006\004", "on", ""); /* Ctrl-B, Ctrl-F, Ctrl-D */
	gives("a\033[1;5Db", "b", "a"); /* with a modifier the key itself counts */
	gives("a\033OHb", "b", "a"); /* a keypad's Home */
	gives("a\033[1~b\033[4~c", "bac", "");
	gives("a\033[99~\033[Z\033xb", "ab", ""); /* keys of which we know nothing do nothing */
}

static void a_line_ends_by_enter_and_is_left_by_ctrl_c(void **state)
{
	begin();
	assert_int_equal(type("help" LEFT LEFT "\r"), EDIT_DONE);
	assert_string_equal(ed.line, "help"); /* wherever the cursor was */
	begin();
	assert_int_equal(type("help\003"), EDIT_CANCELLED);
}

static void history_goes_back_and_forth_and_keeps_what_was_typed(void **state)
{
	int i;
	char line[8];

	history_add("first");
	history_add("second");
	history_add("second"); /* once is enough */
	history_add("");
	gives(UP, "second", "");
	gives(UP UP, "first", "");
	gives(UP UP UP UP, "first", "");
	gives("new" LEFT UP UP DOWN DOWN, "new", "");
	gives(UP UP DOWN "!", "second!", "");
	gives(DOWN "x", "x", "");
	for (i = 0; i < 100; i++) {
		snprintf(line, sizeof(line), "l%d", i);
		history_add(line);
	}
	assert_string_equal(history_get(1), "l99");
	assert_string_equal(history_get(64), "l36"); /* the oldest that is kept */
	assert_null(history_get(65));
	assert_null(history_get(0));
}

static int nothing(int argc, char **argv)
{
	return 0;
}

static struct console_command commands[] = {
	{ .name = "netstat", .fn = nothing },
	{ .name = "netcat", .fn = nothing },
	{ .name = "ping", .fn = nothing },
};

static void tab_completes_commands(void **state)
{
	unsigned int bells;

	gives("pi\t", "ping ", "");
	gives("help pi\t", "help ping ", "");
	gives("n\t", "net", ""); /* as far as they agree */
	begin();
	screen.lines = 0;
	type("net\t\t"); /* the second time it lists them */
	assert_int_equal(screen.lines, 2);
	bells = screen.bells;
	gives("zz\t", "zz", "");
	assert_int_equal(screen.bells, bells + 1);
	gives("ping x\t", "ping x", ""); /* arguments are the command's own */
}

static void a_full_line_takes_no_more(void **state)
{
	unsigned int i, bells = screen.bells;

	begin();
	for (i = 0; i < CON_LINE_MAX + 10; i++)
		key('x');
	screen_shows_the_line();
	assert_int_equal(ed.len, CON_LINE_MAX - 1);
	assert_int_equal(screen.bells, bells + 11);
	type("\001\027\004"); /* and can be edited still */
	assert_int_equal(ed.len, CON_LINE_MAX - 2);
}

static void the_screen_shows_the_line_whatever_was_typed(void **state)
{
	static const char *const some[] = { "a", "bc", " ", LEFT, RIGHT, UP, DOWN, HOME, END, DELETE, "\x7f", "\001", "\004",
					    "\013", "\014", "\025", "\027", "\002", "\033[1;5C", "\033x", "\xe4" };
	unsigned int i;

	begin();
	for (i = 0; i < 5000; i++)
		type(some[get_random_below(ARRAY_SIZE(some))]);
}

static int boot_console(void **state)
{
	hosted_boot_core("skiff.seed=11");
	console_register_all(commands, ARRAY_SIZE(commands));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_do_what_terminals_users_expect),
		cmocka_unit_test(a_line_ends_by_enter_and_is_left_by_ctrl_c),
		cmocka_unit_test(history_goes_back_and_forth_and_keeps_what_was_typed),
		cmocka_unit_test(tab_completes_commands),
		cmocka_unit_test(a_full_line_takes_no_more),
		cmocka_unit_test(the_screen_shows_the_line_whatever_was_typed),
	};

	return cmocka_run_group_tests_name("edit", tests, boot_console, no_warnings);
}
