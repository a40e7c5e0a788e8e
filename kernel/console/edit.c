/* SPDX-License-Identifier: MIT */
/* The line editor: keys and escape sequences of an ANSI terminal, history, completion. */
#include <kernel/irqflags.h>
#include <kernel/slab.h>
#include <kernel/string.h>

#include "console_internal.h"

#define HISTORY_LINES 64
#define MATCHES_MAX   128

static struct line_editor *on_screen; /* the editor whose line is shown; NULL: none */
static char *history[HISTORY_LINES];
static unsigned int history_count; /* lines ever added */

/* ---- history ---- */

void history_add(const char *line)
{
	char **slot = &history[history_count % HISTORY_LINES];
	const char *newest = history_get(1);
	char *copy;

	if (!*line || (newest && !strcmp(newest, line)))
		return;
	copy = kstrdup(line, GFP_KERNEL);
	if (!copy)
		return;
	kfree(*slot);
	*slot = copy;
	history_count++;
}

const char *history_get(unsigned int back)
{
	if (!back || back > history_count || back > HISTORY_LINES)
		return NULL;
	return history[(history_count - back) % HISTORY_LINES];
}

/* ---- the screen ---- */

static void emit(const char *s)
{
	con_emit(s, strlen(s));
}

static void cursor_left(unsigned int n)
{
	while (n--)
		con_emit("\b", 1);
}

bool edit_hide(void)
{
	if (on_screen)
		emit("\r\033[K");
	return on_screen != NULL;
}

void edit_show(void)
{
	struct line_editor *ed = on_screen;

	if (!ed)
		return;
	emit(CON_PROMPT);
	con_emit(ed->line, ed->len);
	cursor_left(ed->len - ed->pos);
}

static void redraw(void)
{
	edit_hide();
	edit_show();
}

void edit_begin(struct line_editor *ed)
{
	unsigned long flags;

	ed->len = ed->pos = 0;
	ed->line[0] = '\0';
	ed->hist_pos = 0;
	ed->esc_state = 0;
	ed->last_was_tab = false;
	local_irq_save(flags);
	on_screen = ed;
	edit_show();
	local_irq_restore(flags);
}

void edit_end(struct line_editor *ed)
{
	unsigned long flags;

	local_irq_save(flags);
	con_emit(ed->line + ed->pos, ed->len - ed->pos);
	emit("\n");
	on_screen = NULL;
	local_irq_restore(flags);
}

/* ---- changes of the line ---- */

static void insert(struct line_editor *ed, const char *s, unsigned int n)
{
	if (ed->len + n >= sizeof(ed->line)) {
		emit("\a");
		return;
	}
	memmove(ed->line + ed->pos + n, ed->line + ed->pos, ed->len - ed->pos);
	memcpy(ed->line + ed->pos, s, n);
	ed->len += n;
	con_emit(ed->line + ed->pos, ed->len - ed->pos);
	ed->pos += n;
	cursor_left(ed->len - ed->pos);
}

/* Remove the bytes from @from up to @to; the cursor ends at @from. */
static void erase(struct line_editor *ed, unsigned int from, unsigned int to)
{
	if (from == to)
		return;
	cursor_left(ed->pos > from ? ed->pos - from : 0);
	memmove(ed->line + from, ed->line + to, ed->len - to);
	ed->len -= to - from;
	ed->pos = from;
	con_emit(ed->line + from, ed->len - from);
	emit("\033[K");
	cursor_left(ed->len - from);
}

static void move_to(struct line_editor *ed, unsigned int pos)
{
	if (pos < ed->pos)
		cursor_left(ed->pos - pos);
	else
		con_emit(ed->line + ed->pos, pos - ed->pos);
	ed->pos = pos;
}

static void erase_word(struct line_editor *ed)
{
	unsigned int from = ed->pos;

	while (from && ed->line[from - 1] == ' ')
		from--;
	while (from && ed->line[from - 1] != ' ')
		from--;
	erase(ed, from, ed->pos);
}

static void show_history(struct line_editor *ed, unsigned int back)
{
	const char *line = back ? history_get(back) : ed->saved;

	if (!line)
		return;
	if (!ed->hist_pos) {
		memcpy(ed->saved, ed->line, ed->len);
		ed->saved[ed->len] = '\0';
	}
	ed->hist_pos = back;
	ed->len = ed->pos = (unsigned int)strnlen(line, sizeof(ed->line) - 1);
	memcpy(ed->line, line, ed->len);
	redraw();
}

/* Complete the command name under the cursor: the first word, or the one after "help". */
static void complete(struct line_editor *ed)
{
	const char *match[MATCHES_MAX];
	unsigned int start = 0, n, i;
	size_t common;

	if (ed->pos >= 5 && !strncmp(ed->line, "help ", 5))
		start = 5;
	if (memchr(ed->line + start, ' ', ed->pos - start))
		return;
	n = command_complete(ed->line + start, ed->pos - start, match, MATCHES_MAX, &common);
	if (!n) {
		emit("\a");
		return;
	}
	if (common > ed->pos - start)
		insert(ed, match[0] + (ed->pos - start), (unsigned int)common - (ed->pos - start));
	if (n == 1) {
		insert(ed, " ", 1);
	} else if (ed->last_was_tab) {
		emit("\n");
		for (i = 0; i < n; i++) {
			emit(match[i]);
			emit(i + 1 < n ? "  " : "\n");
		}
		edit_show();
	}
}

/* ---- keys ---- */

/* The last byte of "ESC [ ... c" or "ESC O c". */
static void escape_final(struct line_editor *ed, u8 c)
{
	switch (c) {
	case 'A': show_history(ed, ed->hist_pos + 1); break;
	case 'B':
		if (ed->hist_pos)
			show_history(ed, ed->hist_pos - 1);
		break;
	case 'C': move_to(ed, min(ed->pos + 1, ed->len)); break;
	case 'D': move_to(ed, ed->pos ? ed->pos - 1 : 0); break;
	case 'H': move_to(ed, 0); break;
	case 'F': move_to(ed, ed->len); break;
	case '~':
		if (ed->esc_param == 1 || ed->esc_param == 7)
			move_to(ed, 0);
		else if (ed->esc_param == 4 || ed->esc_param == 8)
			move_to(ed, ed->len);
		else if (ed->esc_param == 3 && ed->pos < ed->len)
			erase(ed, ed->pos, ed->pos + 1);
		break;
	}
}

enum { ESC_NONE, ESC_SEEN, ESC_SEQUENCE };

/* A byte inside an escape sequence. */
static void escape_key(struct line_editor *ed, u8 c)
{
	if (ed->esc_state == ESC_SEEN) {
		ed->esc_state = c == '[' || c == 'O' ? ESC_SEQUENCE : ESC_NONE;
		ed->esc_param = 0;
		return;
	}
	if (isdigit(c)) {
		ed->esc_param = (u8)(ed->esc_param * 10 + (c - '0'));
		return;
	}
	if (c == ';') { /* a modifier follows: the key itself counts */
		ed->esc_param = 0;
		return;
	}
	ed->esc_state = ESC_NONE;
	escape_final(ed, c);
}

static void control_key(struct line_editor *ed, u8 c)
{
	switch (c) {
	case CTRL('A'): move_to(ed, 0); break;
	case CTRL('E'): move_to(ed, ed->len); break;
	case CTRL('B'): escape_final(ed, 'D'); break;
	case CTRL('F'): escape_final(ed, 'C'); break;
	case CTRL('P'): escape_final(ed, 'A'); break;
	case CTRL('N'): escape_final(ed, 'B'); break;
	case CTRL('K'): erase(ed, ed->pos, ed->len); break;
	case CTRL('U'): erase(ed, 0, ed->pos); break;
	case CTRL('W'): erase_word(ed); break;
	case CTRL('D'):
		if (ed->pos < ed->len)
			erase(ed, ed->pos, ed->pos + 1);
		break;
	case CTRL('L'):
		emit("\033[H\033[2J");
		edit_show();
		break;
	case '\b':
	case 0x7f:
		if (ed->pos)
			erase(ed, ed->pos - 1, ed->pos);
		break;
	case '\t': complete(ed); break;
	case 0x1b: ed->esc_state = ESC_SEEN; break;
	}
}

static enum edit_result handle_key(struct line_editor *ed, u8 c)
{
	if (ed->esc_state) {
		escape_key(ed, c);
		return EDIT_MORE;
	}
	if (c == '\r' || c == '\n') {
		ed->line[ed->len] = '\0';
		return EDIT_DONE;
	}
	if (c == CTRL('C')) {
		emit("^C");
		return EDIT_CANCELLED;
	}
	if (c < 0x20 || c == 0x7f)
		control_key(ed, c);
	else
		insert(ed, (const char *)&c, 1);
	ed->last_was_tab = c == '\t';
	return EDIT_MORE;
}

enum edit_result edit_key(struct line_editor *ed, u8 c)
{
	unsigned long flags;
	enum edit_result r;

	/* A log line may be printed by any interrupt, and redraws what it finds. */
	local_irq_save(flags);
	r = handle_key(ed, c);
	local_irq_restore(flags);
	return r;
}
