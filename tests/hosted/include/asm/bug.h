/* SPDX-License-Identifier: MIT */
/* Warnings on the host: plain calls. */
#ifndef ASM_BUG_H
#define ASM_BUG_H

#define arch_warn(file, line, what) warn_at(file, line, what)

#endif
