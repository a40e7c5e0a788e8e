# SPDX-License-Identifier: MIT
# The same scenarios on Skiff (the hosted library, under the sanitizers) and on this machine's Linux: $(OUT)/compare/skiff and
# $(OUT)/compare/linux print what they see, tests/compare/test_compare.py compares the lines.

COMPARE_SRCS := $(filter-out tests/compare/world_%.c,$(wildcard tests/compare/*.c))
COMPARE_HDRS := tests/compare/world.h tests/hosted/skiff_test.h tests/hosted/skiff_host.h
COMPARE_FLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -Itests/compare -Itests/hosted
COMPARE_PROGS := $(OUT)/compare/skiff $(OUT)/compare/linux

$(OUT)/compare/skiff: $(COMPARE_SRCS) tests/compare/world_skiff.c $(OUT)/host-asan/libskiff.a $(COMPARE_HDRS) | need-host
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(COMPARE_FLAGS) $(HOSTED_SANITIZE) -o $@ $(filter %.c %.a,$^)
$(OUT)/compare/linux: $(COMPARE_SRCS) tests/compare/world_linux.c $(COMPARE_HDRS) | need-host
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(COMPARE_FLAGS) -pthread -o $@ $(filter %.c,$^)

TEST_PREREQS += $(COMPARE_PROGS)

.PHONY: compare
compare: $(COMPARE_PROGS) | need-test ## the same scenarios on Skiff and on this machine's Linux, line by line (root)
	$(Q)tools/pytest $(TEST_JOBS) tests/compare $(PYTEST_ARGS)
