/* SPDX-License-Identifier: MIT */
/* What the tree holds at boot: the built-in archive, then the boot loader's modules over it. */
#include <kernel/bootinfo.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/process.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <uapi/elf.h>
#include "fs_internal.h"

static char module_program[NAME_MAX + 8]; /* "/bin/..." of the first ELF module */

const char *boot_module_program(void)
{
	return module_program[0] ? module_program : NULL;
}

/* module_file_name - the last component of the first word of a module's command line. */
static size_t module_file_name(const struct boot_module *mod, const char **name)
{
	size_t len = strcspn(mod->name, " \t"), i = len;

	while (i && mod->name[i - 1] != '/')
		i--;
	*name = mod->name + i;
	return len - i;
}

/* place_program - an ELF module becomes /bin/<its file name>; its bytes stay where the loader put
 * them. */
static void place_program(const struct boot_module *mod, const void *data, size_t len)
{
	struct node *bin = node_mkdirs(root_node, "bin", 3), *n;
	const char *name;
	size_t name_len = module_file_name(mod, &name);

	if (!name_len || (name_len <= 2 && !memcmp(name, "..", name_len))) {
		name = "module";
		name_len = strlen(name);
	}
	if (IS_ERR(bin)) {
		pr_err("module %s: no /bin to put it into\n", mod->name);
		return;
	}
	n = node_find(bin, name, name_len);
	if (!n)
		n = node_add(bin, name, name_len, S_IFREG | 0755);
	if (IS_ERR(n) || !S_ISREG(n->inode.i_mode)) {
		pr_err("module %s: /bin/%.*s cannot be made\n", mod->name, (int)name_len, name);
		return;
	}
	n->inode.i_mode = S_IFREG | 0755;
	node_set_rom(n, data, len);
	pr_info("module %s: /bin/%.*s, %zu bytes\n", mod->name, (int)name_len, name, len);
	if (!module_program[0])
		snprintf(module_program, sizeof(module_program), "/bin/%.*s", (int)name_len, name);
}

static void take_module(const struct boot_module *mod)
{
	const void *data = phys_to_virt(mod->start);
	size_t len = mod->end > mod->start ? mod->end - mod->start : 0;
	char label[160];

	if (len >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG)) {
		place_program(mod, data, len);
		return;
	}
	snprintf(label, sizeof(label), "module %s", mod->name);
	pr_info("%s: %u files\n", label, cpio_unpack(data, len, label));
}

void root_init(void)
{
	unsigned int i;

	cpio_unpack(root_archive_start, (size_t)(root_archive_end - root_archive_start),
		    "root archive");
	for (i = 0; i < min_t(unsigned int, bootinfo.nr_modules, ARRAY_SIZE(bootinfo.modules)); i++)
		take_module(&bootinfo.modules[i]);
}
