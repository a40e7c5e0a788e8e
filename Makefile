# SPDX-License-Identifier: MIT
# Skiff's build: one non-recursive makefile. Sources are found by folder, so a new file needs no edit here.
# Lines with two hashes are what `make help` prints.

MAKEFLAGS += --no-builtin-rules --no-builtin-variables --no-print-directory
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

##@ Variables of the build
OUT ?= build## folder for everything that is built
V ?= 0## 1 prints whole commands
HOST_MACHINE := $(shell uname -m)
ifeq ($(filter x86_64 amd64,$(HOST_MACHINE)),)
CROSS_COMPILE ?= x86_64-linux-gnu-
endif
CROSS_COMPILE ?=## prefix of gcc and binutils (x86_64-linux-gnu- where the host is not x86-64)
HOSTCC ?= gcc## compiler of what runs on the host (make host, unit tests)
PYTHON ?= /usr/bin/python3## python with pytest and scapy (make test, make bench)
PYTEST_ARGS ?=## more arguments for pytest, such as -k echo
TEST_JOBS ?= 2## tests that run side by side
export OUT V CROSS_COMPILE HOSTCC PYTHON

##@ Variables of the virtual machine (run, debug, iso, bench)
NIC ?= virtio## virtio, e1000, e1000-82545em or none
NET ?= user## user (QEMU's own network, with forwarded ports) or tap
TAP ?= tap0## the tap device of NET=tap
MEM ?= 64## memory in MiB
SMP ?= 1## processors (Skiff runs on the first)
CMDLINE ?=## kernel command line, such as 'ip=off loglevel=7'
INITRD ?=## Multiboot modules, comma-separated: cpio archives and ELF programs
PCAP ?=## file that gets every frame, for tcpdump -r
ACCEL ?=## kvm or tcg (kvm where the processor has it and /dev/kvm can be written)
MACHINE ?= pc## QEMU machine: pc or q35
QEMU ?= qemu-system-x86_64## the QEMU to run
QEMU_ARGS ?=## more arguments for QEMU
export NIC NET TAP MEM SMP CMDLINE INITRD PCAP ACCEL MACHINE QEMU QEMU_ARGS

CC := $(CROSS_COMPILE)gcc
LD := $(CROSS_COMPILE)ld
AR := $(CROSS_COMPILE)ar
NM := $(CROSS_COMPILE)nm
OBJCOPY := $(CROSS_COMPILE)objcopy
OBJDUMP := $(CROSS_COMPILE)objdump

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n' '$(1)' '$(2)'
endif

# $(call changed,FILE,TEXT): FORCE where FILE does not hold TEXT; for stamps that hold flags and lists.
squeeze = $(strip $(subst ','\'',$(1)))
changed = $(if $(subst x$(strip $(2)),,x$(strip $(if $(wildcard $(1)),$(file <$(1)))))$(subst x$(strip $(if $(wildcard $(1)),$(file <$(1)))),,x$(strip $(2))),FORCE)

.PHONY: FORCE all
FORCE:

# ---------------------------------------------------------------------------------------------------------------
# The kernel. Include paths carry the layering: kernel/ sees itself, net/ sees kernel/ too, drivers/ see all three.

KERNEL_DIRS := kernel/arch/x86_64 kernel/mm kernel/core kernel/lib kernel/fs kernel/sys kernel/console
NET_DIRS := net net/core net/sched net/8021q net/ipv4 net/ipv6 net/netlink net/netfilter net/packet net/unix net/cmds
DRIVER_DIRS := drivers drivers/pci drivers/virtio drivers/net

SRCS_S := $(wildcard boot/*.S kernel/arch/x86_64/*.S)
SRCS_C := $(wildcard boot/*.c kernel/main.c $(addsuffix /*.c,$(KERNEL_DIRS) $(NET_DIRS) $(DRIVER_DIRS)))

CFLAGS_KERNEL := -std=gnu11 -O2 -g -ffreestanding -nostdinc -fno-strict-aliasing -fno-common -fno-pic -fno-pie \
	-mcmodel=kernel -mno-red-zone -mgeneral-regs-only -fno-stack-protector -fomit-frame-pointer \
	-fasynchronous-unwind-tables -ffunction-sections -fdata-sections -fcf-protection=none \
	-Wall -Wextra -Wno-unused-parameter -Werror
CFLAGS_KERNEL += $(EXTRA_CFLAGS)

INC_KERNEL := -Ikernel/include -Ikernel/arch/x86_64/include
INC_NET := $(INC_KERNEL) -Inet/include
INC_DRIVERS := $(INC_NET) -Idrivers/include
# $(call inc,SOURCE): the include paths that its layer may use
inc = $(if $(filter drivers/% kernel/main.c,$(1)),$(INC_DRIVERS),$(if $(filter net/%,$(1)),$(INC_NET),$(INC_KERNEL)))

KERNEL_OBJS := $(patsubst %,$(OUT)/obj/%.o,$(SRCS_S) $(SRCS_C))

KERNEL_FLAGS_ID := $(CC) $(CFLAGS_KERNEL) $(INC_DRIVERS)
$(OUT)/.flags: $(call changed,$(OUT)/.flags,$(KERNEL_FLAGS_ID))
	@mkdir -p $(@D) && printf '%s\n' '$(call squeeze,$(KERNEL_FLAGS_ID))' >$@
$(OUT)/.objs: $(call changed,$(OUT)/.objs,$(KERNEL_OBJS))
	@mkdir -p $(@D) && printf '%s\n' '$(strip $(KERNEL_OBJS))' >$@

$(OUT)/obj/%.c.o: %.c $(OUT)/.flags | need-build
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_KERNEL) $(call inc,$<) -MMD -MP -c -o $@ $<

$(OUT)/obj/%.S.o: %.S $(OUT)/.flags | need-build
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_KERNEL) $(call inc,$<) -D__ASSEMBLY__ -Wa,-I$(OUT) -MMD -MP -c -o $@ $<

# The root archive goes into the image by .incbin, which -MMD does not see.
$(OUT)/obj/kernel/arch/x86_64/root_archive.S.o: $(OUT)/root.cpio

-include $(KERNEL_OBJS:.o=.d)

# user/user.mk: ring 3 and the root archive ($(OUT)/root.cpio). kernel/arch/x86_64/arch.mk: how the image is linked.
# tests/hosted/hosted.mk: the stack as a host library.
-include user/user.mk
-include kernel/arch/x86_64/arch.mk
-include tests/hosted/hosted.mk
-include tests/packet/packet.mk
-include tests/qemu/qemu.mk
-include tests/bench/bench.mk
-include tests/compare/compare.mk
TEST_PREREQS += $(UNIT_PROGS)
# Behind all others: it runs what they build.
-include tests/sim/sim.mk
-include tests/fuzz/fuzz.mk
-include tests/coverage.mk

# ---------------------------------------------------------------------------------------------------------------
##@ Targets
all: $(OUT)/skiff.elf ## build build/skiff.elf, the Multiboot image with the default root archive

.PHONY: run
run: $(OUT)/skiff.elf | need-run ## build and boot: console in this terminal (Ctrl-A X quits QEMU)
	@exec tools/run '$(OUT)/skiff.elf'

.PHONY: debug
debug: $(OUT)/skiff.elf | need-debug ## boot stopped, gdb attached, symbols loaded
	@exec tools/debug '$(OUT)/skiff.elf'

.PHONY: iso
iso: $(OUT)/skiff.iso ## build build/skiff.iso, which boots by GRUB (qemu -cdrom, or a real machine)

ISO_ID := $(CMDLINE) | $(INITRD)
$(OUT)/.iso: $(call changed,$(OUT)/.iso,$(ISO_ID))
	@mkdir -p $(@D) && printf '%s\n' '$(call squeeze,$(ISO_ID))' >$@
$(OUT)/skiff.iso: $(OUT)/skiff.elf $(OUT)/.iso tools/mkiso | need-iso
	$(call say,ISO,$@)
	$(Q)tools/mkiso $(OUT)/skiff.elf $@

.PHONY: test
test: $(OUT)/skiff.elf $(OUT)/skiff.iso $(TEST_PREREQS) $(FUZZ_PROGS) | need-test ## every test; closes with pytest's line
	$(Q)tools/pytest $(TEST_JOBS) tests $(PYTEST_ARGS)

.PHONY: check
check: $(OUT)/skiff.elf $(TEST_PREREQS) | need-test ## the quick tests, under a minute: before each commit
	$(Q)tools/pytest $(TEST_JOBS) tests -m quick $(PYTEST_ARGS)

.PHONY: tidy
tidy: $(OUT)/skiff.elf | need-test ## only the tests of the source's own rules (layers, sizes, form)
	$(Q)tools/pytest 1 tests/tidy $(PYTEST_ARGS)

.PHONY: host
host: $(OUT)/host/libskiff.a ## build build/host/libskiff.a, the network stack as a library under virtual time

.PHONY: help
help: ## this list
	@tools/help $(filter %Makefile %.mk,$(MAKEFILE_LIST))

.PHONY: clean
clean: ## remove everything that was built
	$(call say,CLEAN,$(OUT))
	$(Q)rm -rf $(OUT)

# need-X: what X needs is installed, or gets installed.
.PHONY: need-build need-run need-debug need-iso need-test need-bench need-host
need-build need-run need-debug need-iso need-test need-bench need-host:
	@tools/need $(@:need-%=%)
