/* SPDX-License-Identifier: MIT */
/* A QEMU plugin that counts each instruction that the guest executes, by its address, in a file that others map:
 *
 *   qemu-system-x86_64 -plugin build/bench/count.so,counts=FILE
 *
 * A halted processor executes none, so what is counted is work, in whatever guest. The file is a struct counts; a reader needs
 * no lock, since a slot once taken keeps its address and its count only grows. One processor: the counts are not atomic. */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOTS (1u << 21) /* a power of two; a booted Linux executes some 300,000 different instructions */

/* What the plugin uses of QEMU's interface (docs/devel/tcg-plugins), so that no header of QEMU is needed to build it. All of
 * it has stayed the same from version 1 of the interface on (QEMU 4.2); the versions differ in what is not used here. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
typedef void translated_t(uint64_t id, struct qemu_plugin_tb *block);
typedef void executed_t(unsigned int cpu, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, translated_t *callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, executed_t *callback, enum qemu_plugin_cb_flags flags,
					    void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

/* Only newer QEMUs have this one, and they take no plugin of version 1. */
__attribute__((weak)) void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(void);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

struct slot {
	uint64_t address; /* of an instruction; 0: free */
	uint64_t count;
};

/* The file. What a REP prefix repeats counts each time, as it does under -icount; `repeats` says how many were such. */
struct counts {
	uint64_t slots;	  /* how many there are */
	uint64_t lost;	  /* instructions for whose address no slot was left: then the counts are worth nothing */
	uint64_t total;	  /* instructions executed */
	uint64_t repeats; /* of these, the same one as just before */
	struct slot slot[SLOTS];
};

static struct counts *counts;
static struct slot *last;

__attribute__((constructor)) static void choose_version(void)
{
	if (qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu)
		qemu_plugin_version = 2;
}

static struct slot *slot_of(uint64_t address)
{
	uint64_t hash = address * 0x9e3779b97f4a7c15ull >> 32;

	for (unsigned int tried = 0; tried < SLOTS; tried++) {
		struct slot *slot = &counts->slot[(hash + tried) & (SLOTS - 1)];

		if (!slot->address)
			slot->address = address;
		if (slot->address == address)
			return slot;
	}
	counts->lost++;
	return &counts->slot[0];
}

static void executed(unsigned int cpu, void *data)
{
	struct slot *slot = data;

	(void)cpu;
	slot->count++;
	counts->total++;
	counts->repeats += slot == last;
	last = slot;
}

static void translated(uint64_t id, struct qemu_plugin_tb *block)
{
	size_t n = qemu_plugin_tb_n_insns(block);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);

		qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS,
						       slot_of(qemu_plugin_insn_vaddr(insn)));
	}
}

__attribute__((visibility("default"))) int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	int fd = -1;

	(void)info;
	if (argc == 1 && !strncmp(argv[0], "counts=", 7))
		fd = open(argv[0] + 7, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || ftruncate(fd, sizeof(*counts))) {
		fprintf(stderr, "count: counts=FILE is needed, of a file that can be written\n");
		return -1;
	}
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (counts == MAP_FAILED)
		return -1;
	counts->slots = SLOTS;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
