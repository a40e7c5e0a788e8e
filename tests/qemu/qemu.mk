# SPDX-License-Identifier: MIT
# What the tests with a real machine need beside the image.

# The wire with troubles, of the tests and of the benchmarks.
$(OUT)/link: tests/qemu/link.c | need-host
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -o $@ $<

TEST_PREREQS += $(OUT)/link
