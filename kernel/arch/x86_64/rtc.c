/* SPDX-License-Identifier: MIT */
/* The battery clock, read once at boot (Motorola MC146818A data sheet). */

#include <asm/io.h>
#include <kernel/string.h>

#include "arch_internal.h"

#define CMOS_INDEX	   0x70
#define CMOS_DATA	   0x71
#define NMI_DISABLE	   0x80
#define STATUS_A	   0x0a
#define STATUS_B	   0x0b
#define UPDATE_IN_PROGRESS 0x80
#define MODE_24H	   0x02
#define MODE_BINARY	   0x04
#define HOUR_PM		   0x80
#define MAX_WAIT	   10000
#define EPOCH_YEAR	   2000 /* its years have two digits */

enum { SECOND, MINUTE, HOUR, DAY, MONTH, YEAR, NR_FIELDS };
static const u8 field_register[NR_FIELDS] = { 0, 2, 4, 7, 8, 9 };

static u8 cmos_read(u8 reg)
{
	outb(reg | NMI_DISABLE, CMOS_INDEX);
	return inb(CMOS_DATA);
}

static void read_fields(u8 f[NR_FIELDS])
{
	unsigned int i;

	for (i = 0; i < MAX_WAIT && (cmos_read(STATUS_A) & UPDATE_IN_PROGRESS); i++)
		;
	for (i = 0; i < NR_FIELDS; i++)
		f[i] = cmos_read(field_register[i]);
}

/* Days from 1970-01-01 to the given day of the Gregorian calendar. */
static u64 days_since_epoch(unsigned int year, unsigned int month, unsigned int day)
{
	static const u16 before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	u64 y = year - 1;
	u64 days = 365ull * (year - 1970) + (y / 4 - y / 100 + y / 400) -
		   (1969 / 4 - 1969 / 100 + 1969 / 400);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days + before[month - 1] + (leap && month > 2) + day - 1;
}

/* rtc_read_ns - nanoseconds since 1970, to the second; 0 if the clock holds no date. */
u64 rtc_read_ns(void)
{
	u8 a[NR_FIELDS], b[NR_FIELDS], mode = cmos_read(STATUS_B);
	unsigned int i, tries = 0;
	bool pm;

	do { /* two equal readings: none of them was taken while the clock moved on */
		read_fields(a);
		read_fields(b);
	} while (memcmp(a, b, sizeof(a)) && ++tries < 10);

	pm = !(mode & MODE_24H) && (a[HOUR] & HOUR_PM);
	a[HOUR] &= (u8)~HOUR_PM;
	for (i = 0; i < NR_FIELDS && !(mode & MODE_BINARY); i++)
		a[i] = (u8)((a[i] >> 4) * 10 + (a[i] & 15));
	if (!(mode & MODE_24H))
		a[HOUR] = (u8)(a[HOUR] % 12 + (pm ? 12 : 0));
	outb(STATUS_B, CMOS_INDEX); /* lets non-maskable interrupts in again */
	if (a[MONTH] < 1 || a[MONTH] > 12 || a[DAY] < 1 || a[DAY] > 31 || a[HOUR] > 23)
		return 0;
	return ((days_since_epoch(EPOCH_YEAR + a[YEAR], a[MONTH], a[DAY]) * 24 + a[HOUR]) * 3600 +
		a[MINUTE] * 60u + a[SECOND]) *
	       NSEC_PER_SEC;
}
