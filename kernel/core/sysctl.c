/* SPDX-License-Identifier: MIT */
/* sysctl: named values that are read and written as text. */
#include <kernel/err.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/sysctl.h>

#define SYSCTL_BOOT_MAX 256 /* of a word of the command line */

static LIST_HEAD(headers); /* changed in process context only */

int register_sysctl(struct ctl_table_header *h, const struct ctl_table *table, size_t n, void *base)
{
	h->table = table;
	h->n = n;
	h->base = base;
	list_add_tail(&h->node, &headers);
	return 0;
}

void unregister_sysctl(struct ctl_table_header *h)
{
	list_del_init(&h->node);
}

static const struct ctl_table *find(const char *name, void **base)
{
	struct ctl_table_header *h;
	size_t i;

	list_for_each_entry(h, &headers, node) {
		for (i = 0; i < h->n; i++) {
			if (strcmp(h->table[i].procname, name))
				continue;
			*base = h->base;
			return &h->table[i];
		}
	}
	return NULL;
}

static void *value_at(const struct ctl_table *t, void *base, unsigned int i)
{
	return (char *)base + t->offset + (size_t)i * t->size;
}

static long long get_value(const struct ctl_table *t, void *base, unsigned int i)
{
	const void *p = value_at(t, base, i);

	switch (t->size) {
	case 1: return *(const u8 *)p;
	case 4: return *(const s32 *)p;
	default: return *(const s64 *)p;
	}
}

static void set_value(const struct ctl_table *t, void *base, unsigned int i, long long v)
{
	void *p = value_at(t, base, i);

	switch (t->size) {
	case 1: *(u8 *)p = (u8)v; break;
	case 4: *(s32 *)p = (s32)v; break;
	default: *(s64 *)p = v;
	}
}

static unsigned int values_of(const struct ctl_table *t)
{
	return t->count ? t->count : 1;
}

int sysctl_read(const char *name, char *buf, size_t size)
{
	void *base;
	const struct ctl_table *t = find(name, &base);
	unsigned int i;
	int n = 0;

	if (!t)
		return -ENOENT;
	if (t->proc_handler)
		return t->proc_handler(t, base, buf, size, false);
	for (i = 0; i < values_of(t); i++)
		n += scnprintf(buf + n, size - (size_t)n, i ? "\t%lld" : "%lld", get_value(t, base, i));
	return n;
}

/* in_range - does @v fit the value's width and its limits? */
static bool in_range(const struct ctl_table *t, long long v)
{
	if (t->min || t->max)
		return v >= t->min && v <= t->max;
	switch (t->size) {
	case 1: return v >= 0 && v <= U8_MAX;
	case 4: return v >= INT_MIN && v <= INT_MAX;
	default: return true;
	}
}

int sysctl_write(const char *name, char *text)
{
	void *base;
	const struct ctl_table *t = find(name, &base);
	long long v[16];
	unsigned int i, n = 0;
	char *s = text, *word;
	size_t len = strlen(text);
	int err;

	if (!t)
		return -ENOENT;
	if (t->readonly)
		return -EPERM;
	if (!len)
		return 0;
	if (t->proc_handler) {
		err = t->proc_handler(t, base, text, len + 1, true);
		return err == -ERANGE ? -EINVAL : err;
	}
	while ((word = strsep(&s, " \t\n")) != NULL) {
		if (!*word)
			continue;
		if (n == values_of(t) || n == ARRAY_SIZE(v))
			return -EINVAL;
		err = kstrtoll(word, 0, &v[n]);
		if (err || !in_range(t, v[n]))
			return -EINVAL;
		n++;
	}
	if (!n)
		return -EINVAL;
	for (i = 0; i < n; i++)
		set_value(t, base, i, v[i]);
	return (int)len;
}

/* One word of the command line, NAME=VALUE; slashes may stand for the dots. 0 or -errno. */
static int boot_value(char *text)
{
	char *value = strchr(text, '='), *p;
	int n;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	for (p = text; *p; p++)
		if (*p == '/')
			*p = '.';
	n = sysctl_write(text, value);
	return min(n, 0);
}

void sysctl_boot(bool last)
{
	char text[SYSCTL_BOOT_MAX];
	unsigned int i;
	int err;

	for (i = 0; cmdline_get_prefixed("sysctl.", i, text, sizeof(text)); i++) {
		err = boot_value(text);
		if (!err || !last)
			continue;
		pr_err("sysctl.%s: %s; ignored\n", text,
		       err == -ENOENT ? "there is no such setting" : "the value is refused");
	}
}

void sysctl_for_each(void (*fn)(const char *name, void *arg), void *arg)
{
	struct ctl_table_header *h;
	size_t i;

	list_for_each_entry(h, &headers, node) {
		for (i = 0; i < h->n; i++)
			fn(h->table[i].procname, arg);
	}
}
