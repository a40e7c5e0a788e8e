/* SPDX-License-Identifier: MIT */
/* What the parts of the console share: output, input bytes, the line editor, the command that runs.
 */
#ifndef KERNEL_CONSOLE_INTERNAL_H
#define KERNEL_CONSOLE_INTERNAL_H

#include <kernel/console.h>
#include <kernel/wait.h>

#define CON_LINE_MAX 1024 /* bytes of a line, terminating NUL included */
#define CON_ARGS_MAX 64
#define CON_PROMPT   "skiff> "

#define CTRL(c) ((c)&0x1f)

/* A command that runs, on its thread's stack: where its output goes, and whether Ctrl-C was typed.
 */
struct con_context {
	struct list_head node; /* innermost first */
	struct task *task;
	void (*out)(void *arg, const char *text, size_t n);
	void *arg;
	bool interrupted;
};

/* output.c */
void con_emit(const char *text, size_t n); /* to the serial port, "\n" as "\r\n". Context: any */
void con_emit_async(const char *text,
		    size_t n); /* the same, with the line being typed taken away and put back */
void con_output_init(void);

/* input.c: bytes typed, in order */
int con_getc(bool nonblock); /* the next byte; -EAGAIN, -ERESTARTSYS. Context: process */
void con_set_foreground(
	struct task *t);      /* whose command Ctrl-C ends; NULL: nobody's, it goes to the editor */
bool con_is_foreground(void); /* the current task is the one */
bool con_take_typed_interrupt(
	void); /* was Ctrl-C typed ahead? It and what stands before it are taken away */
void con_set_foreground_job(struct task *job);

/* edit.c: the line editor */
struct line_editor {
	char line[CON_LINE_MAX];
	unsigned int len, pos;	  /* bytes; cursor */
	unsigned int hist_pos;	  /* how far back in history: 0 is the line itself */
	char saved[CON_LINE_MAX]; /* the line that was left for history */
	u8 esc_state, esc_param;
	bool last_was_tab;
};
enum edit_result { EDIT_MORE, EDIT_DONE, EDIT_CANCELLED };
enum edit_result edit_key(struct line_editor *ed, u8 c);
void edit_begin(struct line_editor *ed); /* show the prompt */
void edit_end(struct line_editor *ed);
bool edit_hide(
	void); /* take the line off the screen; false: there is none. Context: interrupts off */
void edit_show(void);
void history_add(const char *line);
const char *history_get(unsigned int back); /* 1: the newest; NULL: none so old */

/* command.c */
unsigned int command_complete(const char *prefix, size_t len, const char **match, unsigned int max,
			      size_t *common);
void con_context_push(struct con_context *ctx, void (*out)(void *, const char *, size_t),
		      void *arg);
void con_context_pop(struct con_context *ctx);
struct con_context *con_context_of(const struct task *t);
int split_words(char *line, char **argv,
		int max); /* words, in place; -E2BIG, -EINVAL for an open quote */

/* the commands: each file registers its own */
void job_commands_init(void);
void kernel_commands_init(void);
void stat_commands_init(void);
void trace_commands_init(void);

#endif
