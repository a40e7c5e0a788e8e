/* SPDX-License-Identifier: MIT */
/* The packet script runner: its scripts, packets and calls, and what its files offer each other
 * (docs/testing-packet.md). */
#ifndef PACKET_RUNNER_H
#define PACKET_RUNNER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "skiff_test.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int64_t s64;
typedef int32_t s32;

#define NSEC	  1000000000ll
#define MSEC	  1000000ll
#define FRAME_MAX 65600
#define MAX_ITEMS 24
#define MAX_SACKS 4

#define TH_FIN	0x01
#define TH_SYN	0x02
#define TH_RST	0x04
#define TH_PUSH 0x08
#define TH_ACK	0x10
#define TH_URG	0x20
#define TH_ECE	0x40
#define TH_CWR	0x80

/* ---- what a script says ---- */

enum when_kind { WHEN_AFTER, WHEN_AT, WHEN_ANY }; /* +.1, 0.1, * */

struct when {
	enum when_kind kind;
	s64 lo, hi;  /* ns; equal unless a range was given */
	bool blocks; /* a...b: the call ends at @end */
	s64 end;
};

/* A number of a packet that may be left open: `*`. */
struct value {
	bool given, any;
	u32 v;
};

struct tcp_option {
	u8 kind;	   /* 255: raw bytes */
	struct value a, b; /* mss, wscale, TS val and ecr */
	int nr_sacks;
	struct {
		u32 left, right;
	} sack[MAX_SACKS];
	u8 raw[40];
	int raw_len;
};

#define OPT_RAW 255

/* What stands in [...]: fields of the IP header, and how a packet is to be spoilt. */
struct ip_spec {
	struct value tos, ecn, ttl, id, df, src, dst, proto, ihl, totlen, version, ipsum, doff,
		udplen, reserved, cut, pad;
	bool bad_checksum, no_checksum, broadcast, other_mac, frag_given, more;
	u32 frag_off, frag_len;
	u8 options[40];
	int options_len;
};

enum packet_kind { PK_TCP, PK_UDP, PK_ICMP, PK_ARP, PK_IP, PK_ETHER, PK_IGMP };

struct packet_spec {
	enum packet_kind kind;
	bool out;
	struct ip_spec ip;
	bool has_ends;
	u32 src, dst;	  /* host order, 0: the default */
	u16 sport, dport; /* 0: open */
	/* TCP */
	u8 flags;
	bool any_seq;
	s64 seq, end; /* relative to the initial sequence number */
	struct value ack, win, urg;
	bool any_options;
	int nr_options;
	struct tcp_option options[MAX_ITEMS];
	/* payload: @data or a pattern; @len bytes */
	u8 *data;
	u32 len;
	/* ICMP */
	u8 type;
	struct value code, id, sequence, info; /* info: MTU, pointer or gateway */
	struct packet_spec *quote;
	u32 quote_len; /* bytes of the quoted packet behind its IP header, 0: 8 */
	/* ARP */
	u16 arp_op;
	u32 arp_spa, arp_tpa;
	bool has_sha, has_tha;
	u8 sha[6], tha[6];
};

enum expr_kind { EX_INT, EX_STRING, EX_OPEN, EX_LIST, EX_STRUCT, EX_ADDRESS };

struct expr {
	enum expr_kind kind;
	long long v;
	char *s;
	size_t len;
	int n;
	struct expr *item[MAX_ITEMS];
	char *name[MAX_ITEMS]; /* of a struct's fields, or NULL */
	u32 addr;	       /* host order */
	u16 port;
};

struct call {
	const struct event *ev;
	char name[32];
	int nr_args;
	struct expr *arg[8];
	bool any_result;
	long long result;
	int error; /* errno, where result is -1 */
	/* while it runs */
	long nr, raw[6];
	void *buf, *aux;
	u32 out_len;
	bool started, done;
	long got;
	s64 started_ns, done_ns;
	s64 end_ns; /* when a blocking call is to end */
	struct call *next;
};

enum event_kind { EV_CALL, EV_IN, EV_OUT, EV_ASSERT, EV_COMMAND, EV_NOTHING, EV_FORGET, EV_SYSCTL };

struct event {
	enum event_kind kind;
	int line;
	char *text;
	struct when when;
	struct packet_spec *packet;
	struct call *call;
	char *words; /* of an assertion, command or sysctl */
	char *contains, *lacks;
	struct event *next;
};

struct script {
	const char *path;
	char cmdline[512];
	s64 tolerance, start; /* ns */
	u32 mtu, local, remote, gateway;
	int prefix;
	u32 remote_isn;
	bool isn_given, arp_manual, arp_auto, igmp, no_check;
	u32 isn;
	struct event *first, **last;
};

extern struct script script;

/* ---- errors (main.c) ---- */

/* script_error - the script itself is wrong: says so and ends with status 2. */
void script_error(int line, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* fail - the stack did not do what @ev says: shows both, and the trace, and ends with status 1. */
void fail(const struct event *ev, const char *expected, const char *got, const char *format, ...)
	__attribute__((format(printf, 4, 5), noreturn));
/* trace_line - one more line of the trace. */
void trace_line(s64 at_ns, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *format_new(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- reading (parse*.c, expr.c, constants.c) ---- */

struct cursor {
	const char *p;
	int line;
};

void skip_blanks(struct cursor *c);
bool accept_text(struct cursor *c, const char *text);
bool accept_word(struct cursor *c, const char *word);
void expect_text(struct cursor *c, const char *text);
long long read_number(struct cursor *c);
bool try_address(struct cursor *c, u32 *addr);
bool read_mac(struct cursor *c, u8 mac[6]);
char *read_string(struct cursor *c, size_t *len);
int read_hex(struct cursor *c, u8 *out, int cap);
void read_word(struct cursor *c, char *word, size_t size);
s64 read_seconds(struct cursor *c);

void read_script(const char *path);
struct packet_spec *read_packet(struct cursor *c, bool out);
void read_ip_spec(struct cursor *c, struct ip_spec *ip);
void read_icmp(struct cursor *c, struct packet_spec *p);
void read_arp(struct cursor *c, struct packet_spec *p);
void read_igmp(struct cursor *c, struct packet_spec *p);
void read_tcp_options(struct cursor *c, struct packet_spec *p);
struct expr *read_expr(struct cursor *c);
struct call *read_call(struct cursor *c);
bool constant_value(const char *name, long long *value);
const char *errno_name(int error);
int errno_number(const char *name);

/* ---- connections and packets (conn.c, build.c, decode.c, match.c) ---- */

struct conn {
	u8 proto;
	u32 local, remote;
	u16 lport, rport; /* 0: not known yet */
	bool isn_known, ts_known;
	u32 isn, remote_isn; /* ours is the stack's */
	u32 ts_base, ts_last;
	u16 last_win;
	bool urgent;
	struct conn *next;
};

/* The Fast Open cookie of the last packet that was expected with `FO *`. */
struct cookie {
	u8 val[40];
	u32 len;
};
extern struct cookie learnt_cookie;


/* conn_of - the connection that a packet of the script speaks about; NULL only for an unknown one
 * with @make false. */
struct conn *conn_of(const struct packet_spec *p, bool make);
struct conn *conn_find(u8 proto, u32 local, u16 lport, u32 remote, u16 rport);
void conn_use(struct conn *c);
void conns_forget(void);
bool any_urgent(void);
u8 pattern(u8 proto, u32 offset);

/* A packet that the stack sent, or one built, as read from its bytes. */
struct packet {
	s64 at_ns;
	size_t len;
	u8 *frame;
	u16 ethertype;
	u8 *ip, *l4, *payload, *opts;
	u32 ip_len, l4_len, payload_len, opts_len;
	u32 src, dst;
	u8 proto, tos, ttl;
	u16 id, frag_off;   /* bytes */
	bool df, mf, whole; /* whole: no fragment */
	u16 sport, dport;
	u8 flags;
	u32 seq, ack;
	u16 win, urp;
	const char *wrong; /* a malformed header or bad checksum */
	struct packet *next;
};

struct packet *decode(const u8 *frame, size_t len, s64 at_ns);
/* describe - tcpdump-like text, with relative numbers. Static storage is not used: the caller may
 * keep it. */
char *describe(const struct packet *p);
char *describe_tcp_options(const u8 *opts, u32 len);
void packet_free(struct packet *p);

/* build - the frame that @p describes. Its length. */
size_t build(const struct packet_spec *p, struct conn *c, u8 *frame, int line);
size_t build_l4(const struct packet_spec *p, struct conn *c, u8 *l4, int line);
u16 checksum(const u8 *data, size_t len, u32 sum);
u32 pseudo_sum(u32 src, u32 dst, u8 proto, u32 len);
/* mismatch - NULL if @got is what @want says (and what it teaches is learnt), else why it is not.
 */
const char *mismatch(const struct packet_spec *want, const struct packet *got);
char *igmp_words(const struct packet *p); /* what it says, malloc'ed */
const char *match_igmp(const struct packet_spec *want, const struct packet *got);

static inline u16 get16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}
static inline u32 get32(const u8 *p)
{
	return (u32)get16(p) << 16 | get16(p + 2);
}
static inline void put16(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}
static inline void put32(u8 *p, u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

/* ---- the machine (machine.c) ---- */

extern const u8 local_mac[6], remote_mac[6];
extern s64 time_zero; /* the script's 0 in ns since boot */
extern const char *pcap_path;

void machine_start(const char *more_cmdline);
s64 now_ns(void); /* script time */
/* advance - let time pass up to @until; with @for_packet only until the stack has sent something.
 */
void advance(s64 until, bool for_packet);
struct packet *sent_first(void);
struct packet *sent_take(void);
void inject(const u8 *frame, size_t len);
/* start_call - begin a system call in a task of its own; it has run as far as it can when this
 * returns. */
void start_call(struct call *c);
/* system_call - one that ends at once. */
long system_call(long nr, long a, long b, long c, long d, long e);
void set_sysctl(int line, const char *assignment);
/* read_proc - the text of a file of /proc, in @buf. Its length, or -errno. */
long read_proc(const char *path, char *buf, size_t cap);

/* ---- calls and assertions (calls.c, call_args.c, call_check.c, assert.c) ---- */

void prepare_call(struct call *c);
void check_call(struct call *c);
void run_call(struct call *c, s64 end_ns);
struct call *pending_calls(void);
void settle_calls(s64 at);
void calls_at_end(void);
int latest_fd(void);

struct call_kind {
	const char *name;
	long nr;
	int least, most; /* arguments */
	void (*prepare)(struct call *c);
	void (*check)(struct call *c);
};
const struct call_kind *call_kind_of(const char *name);
int arg_int(const struct call *c, int n);
bool arg_open(const struct call *c, int n);
size_t put_address(const struct expr *e, u8 *buf, bool connect);
void check_read(struct call *c);
void check_write(struct call *c);
void check_address(struct call *c);
void check_new_fd(struct call *c);
void check_value(struct call *c);
void check_poll(struct call *c);
void check_epoll(struct call *c);
void check_recvmsg(struct call *c);
void check_sendmsg(struct call *c);
struct msg_room { /* of sendmsg and recvmsg: lies in call.aux */
	u8 name[32], control[512];
	u64 iov[2];
	u64 hdr[7];
};
void check_assertion(const struct event *ev);
void counters_remember(void);
void fill_pattern(struct call *c, u8 *buf, size_t len, int fd, bool stream);
bool fd_is_stream(int fd);
void fd_opened(int fd, bool stream);

#endif
