# SPDX-License-Identifier: MIT
# Fuzzers: libFuzzer, ASan and UBSan by clang. tests/fuzz/target_X.c becomes $(OUT)/fuzz/X, and is linked with the whole of the
# hosted kernel, the drivers of virtual devices, and the C library's DNS code.

TARGET ?= frames## make fuzz: which target
TIME ?= 60## make fuzz: seconds
FUZZ_CC ?= clang## make fuzz: a clang with libFuzzer

FUZZ_TARGETS := $(patsubst tests/fuzz/target_%.c,%,$(wildcard tests/fuzz/target_*.c))
FUZZ_PROGS := $(addprefix $(OUT)/fuzz/,$(FUZZ_TARGETS))
FUZZ_SHARED := $(filter-out tests/fuzz/target_%.c,$(wildcard tests/fuzz/*.c))
FUZZ_DRIVERS := $(wildcard drivers/virtio/*.c) drivers/pci/pci.c drivers/pci/pci_config.c \
	$(filter-out drivers/net/loopback.c,$(wildcard drivers/net/*.c))
FUZZ_KERNEL := $(HOSTED_CORE) $(HOSTED_REST)
FUZZ_LIBC := libc/src/dns_wire.c

# Sums with a user's pointers are checked by the user copies, not by the compiler: pointer-overflow is no fault there.
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize=alignment,function,pointer-overflow -fno-sanitize-recover=all
FUZZ_FLAGS := -std=gnu11 -g -O1 -fPIE -fno-strict-aliasing -fno-common -fno-omit-frame-pointer -fno-stack-protector \
	-Wall -Wextra -Wno-unused-parameter -Wno-unknown-warning-option -Wno-address-of-packed-member -Wno-gnu-variable-sized-type-not-at-end \
	-fsanitize=fuzzer-no-link $(FUZZ_SANITIZE)
FUZZ_KERNEL_FLAGS := $(HOSTED_KERNEL_FLAGS) -DCONFIG_SLAB_DEBUG -D__SANITIZE_ADDRESS__
FUZZ_ID := $(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_KERNEL_FLAGS)
fuzz_objs = $(patsubst %,$(OUT)/fuzz/obj/%.o,$(1))

$(OUT)/fuzz/.flags: $(call changed,$(OUT)/fuzz/.flags,$(FUZZ_ID))
	@mkdir -p $(@D) && printf '%s\n' '$(call squeeze,$(FUZZ_ID))' >$@

$(OUT)/fuzz/obj/tests/hosted/host_os.c.o: tests/hosted/host_os.c $(OUT)/fuzz/.flags | need-test
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -Itests/hosted -MMD -MP -c -o $@ $<
# Devices that a test can take away again: the driver's allocation is known to it.
$(call fuzz_objs,$(FUZZ_DRIVERS)): $(OUT)/fuzz/obj/%.c.o: %.c $(OUT)/fuzz/.flags | need-test
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_KERNEL_FLAGS) -Dalloc_etherdev=fuzz_alloc_etherdev -Drequest_irq=fuzz_request_irq -Itests/fuzz/include $(HOSTED_INC_ALL) -MMD -MP -c -o $@ $<
$(call fuzz_objs,$(FUZZ_LIBC)): $(OUT)/fuzz/obj/%.c.o: %.c $(OUT)/fuzz/.flags | need-test
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -ffreestanding -nostdinc -Ilibc/include -Ikernel/include -MMD -MP -c -o $@ $<
$(OUT)/fuzz/obj/tests/fuzz/target_dns.c.o: tests/fuzz/target_dns.c $(OUT)/fuzz/.flags | need-test
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) -ffreestanding -nostdinc -Ilibc/include -Ilibc/src -Ikernel/include -MMD -MP -c -o $@ $<
$(OUT)/fuzz/obj/tests/fuzz/%.c.o: tests/fuzz/%.c $(OUT)/fuzz/.flags | need-test
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_KERNEL_FLAGS) -Itests/fuzz -Itests/fuzz/include $(HOSTED_INC_ALL) -Idrivers/net -Ikernel/console -Ikernel/fs -Inet/packet -MMD -MP -c -o $@ $<
$(OUT)/fuzz/obj/%.c.o: %.c $(OUT)/fuzz/.flags | need-test
	$(call say,FUZZCC,$<)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_KERNEL_FLAGS) $(call hosted_inc,$<) -MMD -MP -c -o $@ $<
$(OUT)/fuzz/obj/%.S.o: %.S | need-test
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -fPIE -c -o $@ $<

# Only libFuzzer's two functions are seen from outside: the kernel's snprintf and the C library's do not meet.
FUZZ_OBJS := $(call fuzz_objs,$(FUZZ_KERNEL) $(FUZZ_DRIVERS) $(FUZZ_SHARED))
fuzz_link = $(call hosted_link,FUZZ,$(FUZZ_CC) -fsanitize=fuzzer $(FUZZ_SANITIZE),,LLVMFuzzerInitialize LLVMFuzzerTestOneInput)
$(filter-out $(OUT)/fuzz/dns,$(FUZZ_PROGS)): $(OUT)/fuzz/%: $(OUT)/fuzz/obj/tests/fuzz/target_%.c.o $(FUZZ_OBJS)
	$(fuzz_link)
# The DNS code of ring 3 needs no kernel.
$(OUT)/fuzz/dns: $(OUT)/fuzz/obj/tests/fuzz/target_dns.c.o $(call fuzz_objs,$(FUZZ_LIBC))
	$(fuzz_link)

.PHONY: fuzz fuzz-progs
fuzz-progs: $(FUZZ_PROGS)
fuzz: $(OUT)/fuzz/$(TARGET) ## fuzz one target: TARGET=frames TIME=60; what it finds is kept in build/fuzz
	@mkdir -p $(OUT)/fuzz/corpus-$(TARGET)
	$(Q)ASAN_OPTIONS=detect_leaks=0 $< -max_total_time=$(TIME) -timeout=20 -artifact_prefix=$(OUT)/fuzz/$(TARGET)- \
		$(OUT)/fuzz/corpus-$(TARGET) $(wildcard tests/fuzz/corpus/$(TARGET))

-include $(FUZZ_OBJS:.o=.d) $(patsubst %,$(OUT)/fuzz/obj/tests/fuzz/target_%.c.d,$(FUZZ_TARGETS)) $(patsubst %.o,%.d,$(call fuzz_objs,$(FUZZ_LIBC)))
