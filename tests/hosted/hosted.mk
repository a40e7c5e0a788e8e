# SPDX-License-Identifier: MIT
# The kernel as a library of the host: the sources of core, mm, lib, fs, sys, console and net, with tests/hosted in the place
# of arch. Two variants: $(OUT)/host (optimised) and $(OUT)/host-asan (address and undefined-behaviour sanitizers).

HOSTCC ?= gcc
HOSTED_LD ?= ld
HOSTED_AR ?= ar
HOSTED_OBJCOPY ?= objcopy
HOSTED_NM ?= nm

# What the machine has and the host does not need: its own memory functions, symbols, ring 3.
HOSTED_WITHOUT := kernel/core/kallsyms.c kernel/lib/memory.c kernel/lib/string.c
# fibre.S is first: symbol_lookup counts from there.
HOSTED_CORE := tests/hosted/fibre.S \
	$(filter-out $(HOSTED_WITHOUT),$(wildcard kernel/core/*.c kernel/mm/*.c kernel/lib/*.c kernel/fs/seq_file.c)) \
	tests/hosted/arch.c tests/hosted/run.c tests/hosted/host_os.c
HOSTED_SYS := $(filter-out kernel/sys/user_%,$(wildcard kernel/sys/*.c))
HOSTED_REST := $(filter-out $(HOSTED_CORE) $(HOSTED_WITHOUT),$(wildcard kernel/fs/*.c kernel/console/*.c) $(HOSTED_SYS) \
	$(wildcard net/*.c net/*/*.c) drivers/net/loopback.c tests/hosted/skiff_host.c tests/hosted/mmap.c tests/hosted/port.c)

HOSTED_INC := -Itests/hosted/include -Itests/hosted -Ikernel/include
HOSTED_INC_NET := $(HOSTED_INC) -Inet/include
HOSTED_INC_ALL := $(HOSTED_INC_NET) -Idrivers/include
hosted_inc = $(if $(filter drivers/% tests/hosted/skiff_host.c tests/hosted/port.c,$(1)),$(HOSTED_INC_ALL),$(if $(filter net/%,$(1)),$(HOSTED_INC_NET),$(HOSTED_INC)))

HOSTED_FLAGS := -std=gnu11 -g -fPIE -fno-strict-aliasing -fno-common -fno-omit-frame-pointer -fno-stack-protector \
	-fcf-protection=none -Wall -Wextra -Wno-unused-parameter -Werror
HOSTED_KERNEL_FLAGS := -ffreestanding -nostdinc -DCONFIG_LOCK_DEBUG
# Sanitizers confuse the analysis behind -Wmaybe-uninitialized; the other build has it.
HOSTED_SANITIZE := -fsanitize=address,undefined -fno-sanitize=alignment -fno-sanitize-recover=all -Wno-maybe-uninitialized
HOSTED_FLAGS_host := -O2
HOSTED_FLAGS_host-asan := -O1 -DCONFIG_SLAB_DEBUG $(HOSTED_SANITIZE)

# $(call hosted_link,WORD,COMPILER,LIBRARIES,NAMES): the recipe of a program from the objects among its prerequisites. The kernel's own
# names must not meet the C library's: all stay inside but NAMES, or main.
define hosted_link
	$(call say,$(1),$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTED_LD) -r -o $@.all.o $(filter %.o,$^)
	$(Q)$(HOSTED_OBJCOPY) $(addprefix --keep-global-symbol=,$(or $(4),main)) $@.all.o
	$(Q)$(2) -o $@ $@.all.o $(3)
	@rm -f $@.all.o
endef

# $(call hosted_variant,NAME): objects, $(OUT)/NAME/skiff.o with the API alone visible, $(OUT)/NAME/libskiff.a
define hosted_variant
HOSTED_ID_$(1) := $$(HOSTCC) $$(HOSTED_FLAGS) $$(HOSTED_KERNEL_FLAGS) $$(HOSTED_FLAGS_$(1))
HOSTED_CORE_OBJS_$(1) := $$(patsubst %,$$(OUT)/$(1)/obj/%.o,$$(HOSTED_CORE))
HOSTED_OBJS_$(1) := $$(HOSTED_CORE_OBJS_$(1)) $$(patsubst %,$$(OUT)/$(1)/obj/%.o,$$(HOSTED_REST))

$$(OUT)/$(1)/.flags: $$(call changed,$$(OUT)/$(1)/.flags,$$(HOSTED_ID_$(1)))
	@mkdir -p $$(@D) && printf '%s\n' '$$(call squeeze,$$(HOSTED_ID_$(1)))' >$$@
$$(OUT)/$(1)/.objs: $$(call changed,$$(OUT)/$(1)/.objs,$$(HOSTED_OBJS_$(1)))
	@mkdir -p $$(@D) && printf '%s\n' '$$(strip $$(HOSTED_OBJS_$(1)))' >$$@

$$(OUT)/$(1)/obj/tests/hosted/host_os.c.o: tests/hosted/host_os.c $$(OUT)/$(1)/.flags | need-host
	$$(call say,HOSTCC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(HOSTED_FLAGS) $$(HOSTED_FLAGS_$(1)) -Itests/hosted -MMD -MP -c -o $$@ $$<
$$(OUT)/$(1)/obj/%.c.o: %.c $$(OUT)/$(1)/.flags | need-host
	$$(call say,HOSTCC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(HOSTED_FLAGS) $$(HOSTED_KERNEL_FLAGS) $$(HOSTED_FLAGS_$(1)) $$(call hosted_inc,$$<) -MMD -MP -c -o $$@ $$<
$$(OUT)/$(1)/obj/%.S.o: %.S $$(OUT)/$(1)/.flags | need-host
	@mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) -fPIE -c -o $$@ $$<

# One relocatable object: the kernel's names (snprintf, printk, ...) stay inside it, and the system calls that are not here
# are not looked for in the program: a sys_mmap of its own is not ours.
$$(OUT)/$(1)/skiff.o: $$(HOSTED_OBJS_$(1)) $$(OUT)/$(1)/.objs
	$$(Q)$$(HOSTED_LD) -r -o $$@.tmp $$(HOSTED_OBJS_$(1))
	$$(Q)$$(HOSTED_NM) -u $$@.tmp | sed -n 's/^ *w \(sys_.*\)/\1 __skiff_no_\1/p' >$$@.none
	$$(Q)$$(HOSTED_OBJCOPY) -w --keep-global-symbol='skiff_*' --redefine-syms=$$@.none $$@.tmp $$@
	@rm -f $$@.tmp $$@.none
$$(OUT)/$(1)/libskiff.a: $$(OUT)/$(1)/skiff.o
	$$(call say,AR,$$@)
	@rm -f $$@
	$$(Q)$$(HOSTED_AR) rcs $$@ $$<

-include $$(HOSTED_OBJS_$(1):.o=.d)
endef
$(eval $(call hosted_variant,host))
$(eval $(call hosted_variant,host-asan))

.PHONY: host-asan
host-asan: $(OUT)/host-asan/libskiff.a ## build build/host-asan/libskiff.a, the same under address and UB sanitizers

-include tests/unit/unit.mk
