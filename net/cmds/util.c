/* SPDX-License-Identifier: MIT */
/* Small things that every network command needs. */
#include <uapi/time.h>

#include "cmd_internal.h"

#define PROC_MAX (4u << 20)

bool parse_ipv4(const char *s, __be32 *addr)
{
	u32 value = 0;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		unsigned int octet = 0, digits = 0;

		while (isdigit(*s) && digits < 4) {
			octet = octet * 10 + (unsigned int)(*s++ - '0');
			digits++;
		}
		if (!digits || digits > 3 || octet > 255 || (i < 3 && *s++ != '.'))
			return false;
		value = value << 8 | octet;
	}
	*addr = htonl(value);
	return !*s;
}

bool parse_prefix(const char *s, __be32 *addr, unsigned int *len)
{
	const char *slash = strchr(s, '/');
	char quad[16];

	*len = 32;
	if (!slash)
		return parse_ipv4(s, addr);
	if ((size_t)(slash - s) >= sizeof(quad))
		return false;
	memcpy(quad, s, (size_t)(slash - s));
	quad[slash - s] = '\0';
	return parse_ipv4(quad, addr) && !kstrtouint(slash + 1, 10, len) && *len <= 32;
}

__be32 prefix_mask(unsigned int len)
{
	return len ? htonl(~0u << (32 - len)) : 0;
}

unsigned int mask_length(__be32 mask)
{
	u32 m = ntohl(mask);
	unsigned int n = 0;

	for (; m & 0x80000000u; m <<= 1)
		n++;
	return n;
}

bool parse_mac(const char *s, u8 mac[6])
{
	unsigned int i;

	for (i = 0; i < 6; i++) {
		char *end;
		unsigned long long v = simple_strtoull(s, &end, 16);

		if (end == s || end - s > 2 || *end != (i < 5 ? ':' : '\0'))
			return false;
		mac[i] = (u8)v;
		s = end + 1;
	}
	return true;
}

void set_sockaddr(void *dst, __be32 addr, u16 port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(port),
				   .sin_addr.s_addr = addr };

	memcpy(dst, &sin, sizeof(sin));
}

__be32 get_sockaddr(const void *src)
{
	struct sockaddr_in sin;

	memcpy(&sin, src, sizeof(sin));
	return sin.sin_addr.s_addr;
}

const char *error_text(int err)
{
	static const struct {
		int err;
		const char *text;
	} texts[] = {
		{ ENOENT, "No such file or directory" },
		{ EINTR, "Interrupted system call" },
		{ EIO, "Input/output error" },
		{ EAGAIN, "Resource temporarily unavailable" },
		{ ENOMEM, "Cannot allocate memory" },
		{ EACCES, "Permission denied" },
		{ EPERM, "Operation not permitted" },
		{ EBUSY, "Device or resource busy" },
		{ EEXIST, "File exists" },
		{ ENODEV, "No such device" },
		{ EINVAL, "Invalid argument" },
		{ ESRCH, "No such process" },
		{ ERANGE, "Numerical result out of range" },
		{ EPIPE, "Broken pipe" },
		{ EMSGSIZE, "Message too long" },
		{ EOPNOTSUPP, "Operation not supported" },
		{ EADDRINUSE, "Address already in use" },
		{ EADDRNOTAVAIL, "Cannot assign requested address" },
		{ ENETDOWN, "Network is down" },
		{ ENETUNREACH, "Network is unreachable" },
		{ ECONNRESET, "Connection reset by peer" },
		{ ENOBUFS, "No buffer space available" },
		{ ETIMEDOUT, "Connection timed out" },
		{ ECONNREFUSED, "Connection refused" },
		{ EHOSTUNREACH, "No route to host" },
		{ ENXIO, "No such device or address" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].err == (err < 0 ? -err : err))
			return texts[i].text;
	return "Unknown error";
}

int cmd_ioctl(unsigned int cmd, void *arg)
{
	struct socket *sock;
	int err = sock_create(AF_INET, SOCK_DGRAM, 0, &sock);

	if (err)
		return err;
	err = kernel_sock_ioctl(sock, cmd, arg);
	sock_release(sock);
	return err;
}

int cmd_ifreq(unsigned int cmd, const char *dev, struct ifreq *ifr)
{
	if (strscpy(ifr->ifr_name, dev, IFNAMSIZ) < 0)
		return -ENODEV;
	return cmd_ioctl(cmd, ifr);
}

int cmd_change_flags(const char *dev, unsigned int clear, unsigned int set)
{
	struct ifreq ifr = { 0 };
	int err = cmd_ifreq(SIOCGIFFLAGS, dev, &ifr);

	if (err)
		return err;
	ifr.ifr_flags = (short)(((unsigned short)ifr.ifr_flags & ~clear) | set);
	return cmd_ifreq(SIOCSIFFLAGS, dev, &ifr);
}

int set_timeout(struct socket *sock, unsigned int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	return kernel_setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

char *word_of(char **line)
{
	char *s = skip_spaces(*line), *word = s;

	if (!*s)
		return NULL;
	while (*s && !isspace(*s))
		s++;
	if (*s)
		*s++ = '\0';
	*line = s;
	return word;
}

char *proc_text(const char *cmd, const char *path)
{
	char *text;
	ssize_t n = kernel_read_whole(path, &text, PROC_MAX);

	if (n >= 0)
		return text;
	con_printf("%s: %s: %s\n", cmd, path, error_text((int)n));
	return NULL;
}

int usage(const struct console_command *c)
{
	const char *s = c->usage, *sep = " ";

	/* One line: the usage's indented lines are the forms, what is not indented explains. */
	con_printf("%s: wrong or missing arguments; usage:", c->name);
	while (*s == ' ') {
		const char *end = strchr(s, '\n');
		size_t n;

		s = skip_spaces((char *)(uintptr_t)s);
		n = end ? (size_t)(end - s) : strlen(s);
		con_printf("%s%.*s", sep, (int)n, s);
		sep = " | ";
		s = end ? end + 1 : s + n;
	}
	con_printf("\n");
	return 2;
}

int arg_missing(const char *cmd, const char *what)
{
	con_printf("%s: %s is missing; `help %s` shows the usage\n", cmd, what, cmd);
	return 2;
}

void *find_cmsg(const void *control, size_t len, int level, int type, size_t min_len)
{
	const u8 *p = control, *end = p + len;

	while (p + sizeof(struct cmsghdr) <= end) {
		const struct cmsghdr *c = (const struct cmsghdr *)p;

		if (c->cmsg_len < sizeof(*c) || c->cmsg_len > (size_t)(end - p))
			break;
		if (c->cmsg_level == level && c->cmsg_type == type &&
		    c->cmsg_len >= sizeof(*c) + min_len)
			return (void *)(uintptr_t)(c + 1);
		p += ALIGN(c->cmsg_len, sizeof(long));
	}
	return NULL;
}
