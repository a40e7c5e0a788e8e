/* SPDX-License-Identifier: MIT */
/* Signal ABI: numbers, actions, siginfo and the frames of both widths. */
#ifndef UAPI_SIGNAL_H
#define UAPI_SIGNAL_H

#include <uapi/types.h>

#define SIGHUP	  1
#define SIGINT	  2
#define SIGQUIT	  3
#define SIGILL	  4
#define SIGTRAP	  5
#define SIGABRT	  6
#define SIGIOT	  6
#define SIGBUS	  7
#define SIGFPE	  8
#define SIGKILL	  9
#define SIGUSR1	  10
#define SIGSEGV	  11
#define SIGUSR2	  12
#define SIGPIPE	  13
#define SIGALRM	  14
#define SIGTERM	  15
#define SIGSTKFLT 16
#define SIGCHLD	  17
#define SIGCONT	  18
#define SIGSTOP	  19
#define SIGTSTP	  20
#define SIGTTIN	  21
#define SIGTTOU	  22
#define SIGURG	  23
#define SIGXCPU	  24
#define SIGXFSZ	  25
#define SIGVTALRM 26
#define SIGPROF	  27
#define SIGWINCH  28
#define SIGIO	  29
#define SIGPOLL	  SIGIO
#define SIGPWR	  30
#define SIGSYS	  31
#define SIGRTMIN  32
#define SIGRTMAX  64
#define _NSIG	  64

#define SA_NOCLDSTOP 0x00000001
#define SA_NOCLDWAIT 0x00000002
#define SA_SIGINFO   0x00000004
#define SA_RESTORER  0x04000000
#define SA_ONSTACK   0x08000000
#define SA_RESTART   0x10000000
#define SA_NODEFER   0x40000000
#define SA_NOMASK    SA_NODEFER
#define SA_RESETHAND 0x80000000
#define SA_ONESHOT   SA_RESETHAND

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int)) - 1)

#define SS_ONSTACK  1
#define SS_DISABLE  2
#define MINSIGSTKSZ 2048
#define SIGSTKSZ    8192

/* si_code of any signal */
#define SI_USER	    0
#define SI_KERNEL   0x80
#define SI_QUEUE    -1
#define SI_TIMER    -2
#define SI_SIGIO    -5
#define SI_TKILL    -6
/* si_code of SIGILL */
#define ILL_ILLOPC  1
#define ILL_ILLOPN  2
#define ILL_PRVOPC  5
/* si_code of SIGFPE */
#define FPE_INTDIV  1
#define FPE_INTOVF  2
#define FPE_FLTINV  7
/* si_code of SIGSEGV */
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
/* si_code of SIGBUS */
#define BUS_ADRALN  1
#define BUS_ADRERR  2
#define BUS_OBJERR  3
/* si_code of SIGTRAP */
#define TRAP_BRKPT  1
#define TRAP_TRACE  2
/* si_code of SIGCHLD */
#define CLD_EXITED  1
#define CLD_KILLED  2
#define CLD_DUMPED  3

/* si_code of SIGIO, and of what F_SETSIG names */
#define POLL_IN	    1
#define POLL_OUT    2
#define POLL_MSG    3
#define POLL_ERR    4
#define POLL_PRI    5
#define POLL_HUP    6

/* A set is 64 bits in both widths; rt_sig* calls take its size, 8. Signal n is bit n - 1. */
typedef struct {
	__u32 sig[2];
} compat_sigset_t;

typedef struct {
	__u64 sig[1];
} kernel_sigset_t;

/* rt_sigaction() of x86-64 */
struct sigaction_64 {
	__u64 sa_handler;
	__u64 sa_flags;
	__u64 sa_restorer;
	__u64 sa_mask;
};

/* rt_sigaction() of i386 */
struct compat_sigaction {
	__u32 sa_handler;
	__u32 sa_flags;
	__u32 sa_restorer;
	compat_sigset_t sa_mask;
};

/* sigaction() of i386: a mask of one word, in another order */
struct compat_old_sigaction {
	__u32 sa_handler;
	__u32 sa_mask;
	__u32 sa_flags;
	__u32 sa_restorer;
};

struct sigaltstack_64 {
	__u64 ss_sp;
	__s32 ss_flags;
	__u32 __pad;
	__u64 ss_size;
};

struct compat_sigaltstack {
	__u32 ss_sp;
	__s32 ss_flags;
	__u32 ss_size;
};

struct siginfo_64 {
	__s32 si_signo;
	__s32 si_errno;
	__s32 si_code;
	__s32 __pad0;
	union {
		__s32 _pad[28];
		struct {
			__s32 si_pid;
			__u32 si_uid;
			__u64 si_value;
		} _rt;
		struct {
			__s32 si_pid;
			__u32 si_uid;
			__s32 si_status;
			__s64 si_utime;
			__s64 si_stime;
		} _sigchld;
		struct {
			__u64 si_addr;
		} _sigfault;
		struct {
			__s64 si_band;
			__s32 si_fd;
		} _sigpoll;
	} _sifields;
};

struct compat_siginfo {
	__s32 si_signo;
	__s32 si_errno;
	__s32 si_code;
	union {
		__s32 _pad[29];
		struct {
			__s32 si_pid;
			__u32 si_uid;
			__u32 si_value;
		} _rt;
		struct {
			__s32 si_pid;
			__u32 si_uid;
			__s32 si_status;
			__s32 si_utime;
			__s32 si_stime;
		} _sigchld;
		struct {
			__u32 si_addr;
		} _sigfault;
		struct {
			__s32 si_band;
			__s32 si_fd;
		} _sigpoll;
	} _sifields;
};

/* Registers as saved in the frame of an x86-64 handler. */
struct sigcontext_64 {
	__u64 r8, r9, r10, r11, r12, r13, r14, r15;
	__u64 di, si, bp, bx, dx, ax, cx, sp, ip, flags;
	__u16 cs, gs, fs, ss;
	__u64 err, trapno, oldmask, cr2;
	__u64 fpstate; /* FXSAVE area, or 0 */
	__u64 reserved1[8];
};

/* Registers as saved in the frame of an i386 handler. */
struct sigcontext_32 {
	__u16 gs, __gsh;
	__u16 fs, __fsh;
	__u16 es, __esh;
	__u16 ds, __dsh;
	__u32 di, si, bp, sp, bx, dx, cx, ax;
	__u32 trapno, err;
	__u32 ip;
	__u16 cs, __csh;
	__u32 flags;
	__u32 sp_at_signal;
	__u16 ss, __ssh;
	__u32 fpstate; /* legacy area, or 0 */
	__u32 oldmask;
	__u32 cr2;
};

struct ucontext_64 {
	__u64 uc_flags;
	__u64 uc_link;
	struct sigaltstack_64 uc_stack;
	struct sigcontext_64 uc_mcontext;
	__u64 uc_sigmask;
};

struct ucontext_32 {
	__u32 uc_flags;
	__u32 uc_link;
	struct compat_sigaltstack uc_stack;
	struct sigcontext_32 uc_mcontext;
	compat_sigset_t uc_sigmask;
};

/* What stands at the stack pointer when an x86-64 handler begins. */
struct rt_sigframe_64 {
	__u64 pretcode; /* sa_restorer */
	struct ucontext_64 uc;
	struct siginfo_64 info;
};

/* The same for an i386 handler with SA_SIGINFO... */
struct rt_sigframe_32 {
	__u32 pretcode;
	__s32 sig;
	__u32 pinfo;
	__u32 puc;
	struct compat_siginfo info;
	struct ucontext_32 uc;
	__u8 retcode[8];
};

/* ...and without. The fpstate gap keeps the place that old programs expect. */
struct sigframe_32 {
	__u32 pretcode;
	__s32 sig;
	struct sigcontext_32 sc;
	__u8 fpstate_unused[624];
	__u32 extramask[1]; /* the high word of the mask; the low one is sc.oldmask */
	__u8 retcode[8];
};

_Static_assert(sizeof(struct sigaction_64) == 32, "rt_sigaction of x86-64");
_Static_assert(sizeof(struct compat_sigaction) == 20, "rt_sigaction of i386");
_Static_assert(sizeof(struct compat_old_sigaction) == 16, "sigaction of i386");
_Static_assert(sizeof(struct sigaltstack_64) == 24, "stack_t of x86-64");
_Static_assert(sizeof(struct compat_sigaltstack) == 12, "stack_t of i386");
_Static_assert(sizeof(struct siginfo_64) == 128, "siginfo of x86-64");
_Static_assert(sizeof(struct compat_siginfo) == 128, "siginfo of i386");
_Static_assert(sizeof(struct sigcontext_64) == 256, "sigcontext of x86-64");
_Static_assert(sizeof(struct sigcontext_32) == 88, "sigcontext of i386");
_Static_assert(__builtin_offsetof(struct ucontext_64, uc_sigmask) == 296, "ucontext of x86-64");
_Static_assert(__builtin_offsetof(struct ucontext_32, uc_sigmask) == 108, "ucontext of i386");
_Static_assert(__builtin_offsetof(struct sigframe_32, extramask) == 720, "frame of i386");

#endif
