/* SPDX-License-Identifier: MIT */
/*
 * The root archive: cpio in the "newc" format (cpio(5)), unpacked over the tree. Every number in it
 * may be a lie; what is wrong costs a line in the log, what was good before it stays.
 */
#include <kernel/bootinfo.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <uapi/elf.h>
#include "fs_internal.h"

#define CPIO_HEADER    110 /* "070701" and 13 fields of 8 hexadecimal digits */
#define CPIO_TRAILER   "TRAILER!!!"
#define MAX_COMPLAINTS 8 /* lines per archive */

enum cpio_field {
	C_INO,
	C_MODE,
	C_UID,
	C_GID,
	C_NLINK,
	C_MTIME,
	C_FILESIZE,
	C_DEVMAJOR,
	C_DEVMINOR,
	C_RDEVMAJOR,
	C_RDEVMINOR,
	C_NAMESIZE,
	C_CHECK,
	C_FIELDS
};

struct cpio {
	const char *label; /* of the archive, for the log */
	const u8 *data;
	size_t len, pos;
	size_t at; /* where the current entry begins */
	unsigned int complaints, taken;
};

struct cpio_entry {
	u32 field[C_FIELDS];
	char name[PATH_MAX];
	const u8 *body;
	size_t body_len;
};

static void complain(struct cpio *c, const char *name, const char *what)
{
	if (c->complaints++ < MAX_COMPLAINTS)
		pr_err("%s: at byte %zu%s%.64s: %s\n", c->label, c->at, *name ? ": " : "", name,
		       what);
}

static bool hex8(const u8 *p, u32 *value)
{
	unsigned int i;

	*value = 0;
	for (i = 0; i < 8; i++) {
		if (!isxdigit(p[i]))
			return false;
		*value = *value << 4 | (u32)(isdigit(p[i]) ? p[i] - '0' : tolower(p[i]) - 'a' + 10);
	}
	return true;
}

/* name_fault - why a name cannot be taken, or NULL. Leading "./" is cut by the caller. */
static const char *name_fault(const char *name)
{
	const char *p = name;

	if (*name == '/')
		return "absolute name: skipped";
	if (!strncmp(name, "proc/", 5))
		return "/proc is the kernel's: skipped";
	while (*p) {
		size_t n = strcspn(p, "/");

		if (n > NAME_MAX)
			return "name too long: skipped";
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return "'..' in a name: skipped";
		p += n;
		p += strspn(p, "/");
	}
	return NULL;
}

/* cpio_next - parse the entry at c->pos and step over it. False at the end, or where nothing more
 * can be read. */
static bool cpio_next(struct cpio *c, struct cpio_entry *e)
{
	const u8 *h = c->data + c->pos;
	size_t left = c->len - c->pos, name_end, body_end;
	unsigned int i;

	e->name[0] = 0;
	c->at = c->pos;
	if (left < CPIO_HEADER) {
		complain(c, "", "archive ends in the middle of a header");
		return false;
	}
	if (memcmp(h, "070701", 6) && memcmp(h, "070702", 6)) {
		complain(c, "", "no cpio 'newc' header (make it with: cpio -o -H newc)");
		return false;
	}
	for (i = 0; i < C_FIELDS; i++) {
		if (!hex8(h + 6 + 8 * i, &e->field[i])) {
			complain(c, "", "header with a field that is no hexadecimal number");
			return false;
		}
	}
	name_end = CPIO_HEADER + (size_t)e->field[C_NAMESIZE];
	if (!e->field[C_NAMESIZE] || e->field[C_NAMESIZE] > PATH_MAX || name_end > left ||
	    h[name_end - 1]) {
		complain(c, "", "name of an impossible length");
		return false;
	}
	memcpy(e->name, h + CPIO_HEADER, e->field[C_NAMESIZE]);
	name_end = ALIGN(name_end, 4);
	if (name_end > left || e->field[C_FILESIZE] > left - name_end) {
		if (!e->field[C_FILESIZE] && !strcmp(e->name, CPIO_TRAILER))
			return false; /* the very last bytes of padding are often cut off */
		complain(c, e->name, "contents go beyond the end of the archive");
		return false;
	}
	e->body = h + name_end;
	e->body_len = e->field[C_FILESIZE];
	body_end = name_end + ALIGN(e->body_len, 4);
	c->pos += min(body_end, left);
	return strcmp(e->name, CPIO_TRAILER) != 0;
}

/* place - the node for an entry, made or found again; NULL (and a complaint) where it does not fit.
 */
static struct node *place(struct cpio *c, struct cpio_entry *e, const char *name, u32 mode)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
	struct node *n, *dir = node_mkdirs(root_node, name, slash ? slash - name : 0);

	if (IS_ERR(dir)) {
		complain(c, e->name,
			 PTR_ERR(dir) == -ENOMEM ? "no memory"
						 : "its folder is no directory: skipped");
		return NULL;
	}
	n = node_find(dir, base, strlen(base));
	if (n && (n->inode.i_mode & S_IFMT) == (mode & S_IFMT)) {
		n->inode.i_mode = mode;
		return n;
	}
	if (n && (!list_empty(&n->children) || !S_ISREG(n->inode.i_mode))) {
		complain(c, e->name, "the name is taken by something else: skipped");
		return NULL;
	}
	if (n)
		node_remove(n);
	n = node_add(dir, base, strlen(base), mode);
	if (IS_ERR(n)) {
		complain(c, e->name, "no memory");
		return NULL;
	}
	return n;
}

static bool take_link(struct cpio *c, struct cpio_entry *e, struct node *n)
{
	char *text = e->body_len && e->body_len < PATH_MAX ? kmalloc(e->body_len + 1, GFP_KERNEL)
							   : NULL;

	if (!text) {
		complain(c, e->name, "symbolic link of an impossible length: skipped");
		node_remove(n);
		return false;
	}
	memcpy(text, e->body, e->body_len);
	text[e->body_len] = 0;
	kfree(n->link);
	n->link = text;
	return true;
}

static void take(struct cpio *c, struct cpio_entry *e)
{
	u32 mode = e->field[C_MODE];
	char *name = e->name, *end;
	const char *fault;
	struct node *n;

	while (name[0] == '.' && name[1] == '/')
		name += 1 + strspn(name + 1, "/");
	fault = name_fault(name);
	if (fault) {
		complain(c, e->name, fault);
		return;
	}
	for (end = name + strlen(name); end > name && end[-1] == '/';)
		*--end = 0;
	if (!*name || !strcmp(name, "."))
		return; /* the root itself */
	if (!S_ISREG(mode) && !S_ISDIR(mode) && !S_ISLNK(mode)) {
		if (!S_ISCHR(mode)) /* those of /dev are built in */
			complain(c, e->name, "neither file, directory nor symbolic link: skipped");
		return;
	}
	n = place(c, e, name, mode & (S_IFMT | 07777));
	if (!n)
		return;
	n->mtime_ns = (u64)e->field[C_MTIME] * NSEC_PER_SEC;
	if (S_ISREG(mode))
		node_set_rom(n, e->body, e->body_len);
	else if (S_ISLNK(mode) && !take_link(c, e, n))
		return;
	c->taken++;
}

unsigned int cpio_unpack(const void *data, size_t len, const char *label)
{
	struct cpio c = { .label = label, .data = data, .len = len };
	struct cpio_entry *e;

	if (len >= 2 && c.data[0] == 0x1f && c.data[1] == 0x8b) {
		pr_err("%s: a gzip archive; unpack it first (gunzip) and give the cpio itself\n",
		       label);
		return 0;
	}
	e = kmalloc(sizeof(*e), GFP_KERNEL);
	if (!e) {
		pr_err("%s: no memory to unpack it\n", label);
		return 0;
	}
	while (cpio_next(&c, e))
		take(&c, e);
	kfree(e);
	if (c.complaints > MAX_COMPLAINTS)
		pr_err("%s: and %u more\n", label, c.complaints - MAX_COMPLAINTS);
	return c.taken;
}
