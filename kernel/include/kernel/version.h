/* SPDX-License-Identifier: MIT */
/* Names and numbers that uname, /proc/version and the greeting tell. */
#ifndef KERNEL_VERSION_H
#define KERNEL_VERSION_H

/*
 * Programs ask uname for what a kernel can do: C libraries refuse to start below a release they
 * know. The release is that of the ABI which the system-call tables follow; the sysname is Linux's
 * for the same reason.
 */
#define SKIFF_VERSION "0.1.0"
#define UTS_SYSNAME   "Linux"
#define UTS_RELEASE   "5.15.0-skiff"
#define UTS_VERSION   "Skiff " SKIFF_VERSION
#define UTS_NODENAME  "skiff"

/* uts_nodename, uts_set_nodename - the host's name: "skiff" until ip=, DHCP or sethostname say
 * otherwise (kernel/sys/misc.c). */
const char *uts_nodename(void);
void uts_set_nodename(const char *name);
void uts_set_domainname(const char *name); /* "(none)" until then */

#endif
