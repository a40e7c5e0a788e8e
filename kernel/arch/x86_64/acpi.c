/* SPDX-License-Identifier: MIT */
/* The few ACPI facts we need: PM timer, power-off, reset (ACPI 6.4: 5.2.5 RSDP, 5.2.9 FADT, 7.4.2
 * _S5). Read once, on the boot tables. */

#include <kernel/string.h>

#include "arch_internal.h"

#define BIOS_START	 0xe0000u
#define BIOS_END	 0x100000u
#define EBDA_POINTER	 0x40e
#define EBDA_SCAN	 1024u
#define MAPPED_LIMIT	 0x100000000ull
#define MAX_TABLE	 (1u << 20)
#define FADT_TMR_VAL_EXT (1u << 8)
#define FADT_RESET_REG	 (1u << 10)
#define GAS_IO		 1
#define AML_PACKAGE	 0x12
#define AML_BYTE_PREFIX	 0x0a
#define AML_ZERO	 0x00
#define AML_ONE		 0x01

struct acpi_header {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem_id[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __packed;

struct acpi_rsdp {
	char signature[8];
	u8 checksum;
	char oem_id[6];
	u8 revision;
	u32 rsdt;
} __packed;

struct acpi_gas {
	u8 space, width, offset, size;
	u64 address;
} __packed;

struct acpi_fadt {
	struct acpi_header h;
	u32 facs, dsdt;
	u8 model, profile;
	u16 sci;
	u32 smi_cmd;
	u8 acpi_enable, acpi_disable, s4bios, pstate;
	u32 pm1a_evt, pm1b_evt, pm1a_cnt, pm1b_cnt, pm2_cnt, pm_tmr, gpe0, gpe1;
	u8 pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_tmr_len;
	u8 skipped[20];
	u32 flags;
	struct acpi_gas reset;
	u8 reset_value;
} __packed;
static_assert(offsetof(struct acpi_fadt, flags) == 112, "ACPI 5.2.9");

struct acpi_info acpi_info;

static bool checksum_ok(const void *p, size_t n)
{
	const u8 *b = p;
	u8 sum = 0;

	while (n--)
		sum = (u8)(sum + *b++);
	return sum == 0;
}

static const struct acpi_rsdp *scan_rsdp(u32 start, u32 end)
{
	for (start = ALIGN(start, 16u); start + sizeof(struct acpi_rsdp) <= end; start += 16) {
		const struct acpi_rsdp *r = __va(start);

		if (!memcmp(r->signature, "RSD PTR ", 8) && checksum_ok(r, sizeof(*r)))
			return r;
	}
	return NULL;
}

/* A table at @pa, or NULL if it is out of reach or not whole. */
static const struct acpi_header *table_at(u64 pa)
{
	const struct acpi_header *h = __va(pa);

	if (!pa || pa > MAPPED_LIMIT - MAX_TABLE || h->length < sizeof(*h) || h->length > MAX_TABLE)
		return NULL;
	return h;
}

static u8 aml_byte(const u8 **p)
{
	u8 v = *(*p)++;

	return v == AML_BYTE_PREFIX ? *(*p)++ : v;
}

/* Looks for "_S5_" in the AML and takes the first two numbers of its package: the sleep types. */
static void find_s5(const struct acpi_header *dsdt)
{
	const u8 *p = (const u8 *)(dsdt + 1), *end = (const u8 *)dsdt + dsdt->length - 16;

	for (; p < end; p++) {
		const u8 *q = p + 4;

		if (*p != '_' || memcmp(p, "_S5_", 4) || *q++ != AML_PACKAGE)
			continue;
		q += 1 + (*q >> 6); /* the package's length, 1 to 4 bytes */
		q++;		    /* number of elements */
		acpi_info.slp_typ_a = aml_byte(&q) & 7;
		acpi_info.slp_typ_b = aml_byte(&q) & 7;
		acpi_info.have_s5 = true;
		return;
	}
}

static void read_fadt(const struct acpi_fadt *f)
{
	const struct acpi_header *dsdt = table_at(f->dsdt);

	acpi_info.pm1a_cnt = (u16)f->pm1a_cnt;
	acpi_info.pm1b_cnt = (u16)f->pm1b_cnt;
	acpi_info.smi_cmd = (u16)f->smi_cmd;
	acpi_info.acpi_enable = f->acpi_enable;
	if (f->pm_tmr_len == 4)
		acpi_info.pm_timer = (u16)f->pm_tmr;
	acpi_info.pm_timer_32bit = f->flags & FADT_TMR_VAL_EXT;
	if (f->h.length >= sizeof(*f) && (f->flags & FADT_RESET_REG) && f->reset.space == GAS_IO) {
		acpi_info.reset_port = (u16)f->reset.address;
		acpi_info.reset_value = f->reset_value;
		acpi_info.have_reset = true;
	}
	if (dsdt)
		find_s5(dsdt);
}

void acpi_init(void)
{
	u32 ebda = (u32) * (const volatile u16 *)__va(EBDA_POINTER) << 4, i, n;
	const struct acpi_rsdp *rsdp = scan_rsdp(BIOS_START, BIOS_END);
	const struct acpi_header *rsdt, *t;
	const u32 *entry;

	if (!rsdp && ebda && ebda < BIOS_START)
		rsdp = scan_rsdp(ebda, ebda + EBDA_SCAN);
	rsdt = rsdp ? table_at(rsdp->rsdt) : NULL;
	if (!rsdt || memcmp(rsdt->signature, "RSDT", 4))
		return;
	entry = (const u32 *)(rsdt + 1);
	n = (rsdt->length - sizeof(*rsdt)) / sizeof(*entry);
	for (i = 0; i < n; i++) {
		t = table_at(entry[i]);
		if (t && !memcmp(t->signature, "FACP", 4) &&
		    t->length >= offsetof(struct acpi_fadt, reset))
			read_fadt((const struct acpi_fadt *)t);
	}
}
