# SPDX-License-Identifier: MIT
# Unit tests with cmocka under the sanitizers: tests/unit/core/test_X.c are linked with kernel/core, mm and lib alone,
# tests/unit/test_X.c and those in its other folders with the whole of the hosted kernel. Each becomes a program.

UNIT_CORE := $(wildcard tests/unit/core/test_*.c)
UNIT_ALL := $(filter-out $(UNIT_CORE),$(wildcard tests/unit/test_*.c tests/unit/*/test_*.c))
unit_prog = $(patsubst %.c,$(OUT)/unit/%,$(notdir $(1)))
UNIT_CORE_PROGS := $(call unit_prog,$(UNIT_CORE))
UNIT_ALL_PROGS := $(call unit_prog,$(UNIT_ALL))
# api_X.c see the library as any host program does; built against both variants (X and X_asan).
UNIT_API := $(wildcard tests/unit/api/api_*.c)
UNIT_API_H := $(wildcard tests/unit/api/*.h)
UNIT_API_PROGS := $(call unit_prog,$(UNIT_API)) $(addsuffix _asan,$(call unit_prog,$(UNIT_API)))
UNIT_PROGS := $(UNIT_CORE_PROGS) $(UNIT_ALL_PROGS) $(UNIT_API_PROGS)

UNIT_FLAGS := $(HOSTED_FLAGS) $(HOSTED_FLAGS_host-asan) -ffreestanding -DCONFIG_LOCK_DEBUG -Itests/unit $(HOSTED_INC_ALL) \
	-iquote kernel/console -iquote net/ipv4 -iquote net/packet

vpath test_%.c $(sort $(dir $(UNIT_CORE) $(UNIT_ALL)))
$(OUT)/unit/obj/%.o: %.c tests/unit/unit.h $(OUT)/host-asan/.flags | need-test
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_FLAGS) -MMD -MP -c -o $@ $<

unit_link = $(call hosted_link,UNIT,$(HOSTCC) $(HOSTED_SANITIZE),-lcmocka)
$(UNIT_CORE_PROGS): $(OUT)/unit/%: $(OUT)/unit/obj/%.o $(HOSTED_CORE_OBJS_host-asan)
	$(unit_link)
$(UNIT_ALL_PROGS): $(OUT)/unit/%: $(OUT)/unit/obj/%.o $(HOSTED_OBJS_host-asan)
	$(unit_link)

UNIT_API_FLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Wno-unused-parameter -Werror -Itests/hosted
$(OUT)/unit/%_asan: tests/unit/api/%.c $(OUT)/host-asan/libskiff.a tests/hosted/skiff_host.h tests/hosted/skiff_test.h $(UNIT_API_H)
	$(call say,UNIT,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_API_FLAGS) $(HOSTED_SANITIZE) -o $@ $< $(OUT)/host-asan/libskiff.a
$(OUT)/unit/api_%: tests/unit/api/api_%.c $(OUT)/host/libskiff.a tests/hosted/skiff_host.h tests/hosted/skiff_test.h $(UNIT_API_H)
	$(call say,UNIT,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_API_FLAGS) -o $@ $< $(OUT)/host/libskiff.a

.PHONY: unit unit-core unit-progs
unit-progs: $(UNIT_PROGS)
unit: $(UNIT_PROGS) ## build and run the unit tests
	$(Q)fail=0; for t in $(UNIT_PROGS); do ASAN_OPTIONS=detect_leaks=0 $$t || fail=1; done; exit $$fail
unit-core: $(UNIT_CORE_PROGS)
	$(Q)fail=0; for t in $(UNIT_CORE_PROGS); do ASAN_OPTIONS=detect_leaks=0 $$t || fail=1; done; exit $$fail

-include $(patsubst $(OUT)/unit/%,$(OUT)/unit/obj/%.d,$(UNIT_PROGS))
