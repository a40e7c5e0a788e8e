/* SPDX-License-Identifier: MIT */
/* Assertions for our own mistakes, never for bytes from the wire, a device or a user. */
#ifndef KERNEL_BUG_H
#define KERNEL_BUG_H

#include <asm/bug.h>
#include <kernel/compiler.h>
#include <kernel/types.h>

/* panic - stop the machine with a message, registers and a backtrace; obeys panic=. Context: any. */
void panic(const char *fmt, ...) __noreturn __printf(1, 2);

/* warn_at - log "WARNING: file:line ..." with a backtrace; tests treat it as a failure. Context: any. */
void warn_at(const char *file, int line, const char *what);
/* warn_head - warn_at without the backtrace, for a caller that knows a better place to begin it. */
void warn_head(const char *file, int line, const char *what);
unsigned int warn_count(void); /* warnings since boot */
extern int panic_timeout; /* what panic= means when the command line has none: as there */

#define BUG() panic("BUG at %s:%d", __FILE__, __LINE__)
#define BUG_ON(cond)                                                             \
	do {                                                                     \
		if (unlikely(cond))                                              \
			panic("BUG_ON(%s) at %s:%d", #cond, __FILE__, __LINE__); \
	} while (0)
#define WARN_ON(cond)                                          \
	({                                                     \
		bool _warn = !!(cond);                         \
		if (unlikely(_warn))                           \
			arch_warn(__FILE__, __LINE__, #cond);  \
		_warn;                                         \
	})
#define WARN_ON_ONCE(cond)                                     \
	({                                                     \
		static bool _warned;                           \
		bool _warn = !!(cond);                         \
		if (unlikely(_warn && !_warned)) {             \
			_warned = true;                        \
			arch_warn(__FILE__, __LINE__, #cond);  \
		}                                              \
		_warn;                                         \
	})

#endif
