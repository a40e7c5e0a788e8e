# SPDX-License-Identifier: MIT
# The packet script runner (docs/testing-packet.md), with the stack under the sanitizers linked in.

PACKET_SRCS := $(wildcard tests/packet/runner/*.c)
PACKET_OBJS := $(patsubst tests/packet/runner/%.c,$(OUT)/packet/obj/%.o,$(PACKET_SRCS))
PACKET_RUNNER := $(OUT)/packet/runner
PACKET_FLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror $(HOSTED_SANITIZE) -Itests/hosted

$(OUT)/packet/obj/%.o: tests/packet/runner/%.c $(OUT)/host-asan/.flags | need-host
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(PACKET_FLAGS) -MMD -MP -c -o $@ $<

$(PACKET_RUNNER): $(PACKET_OBJS) $(OUT)/host-asan/libskiff.a
	$(call say,LINK,$@)
	$(Q)$(HOSTCC) $(HOSTED_SANITIZE) -o $@ $^

TEST_PREREQS += $(PACKET_RUNNER)

.PHONY: packet
packet: $(PACKET_RUNNER) ## run all packet scripts (or those of SCRIPTS=), each in a stack of its own
	$(Q)$(PACKET_RUNNER) $(or $(SCRIPTS),$(sort $(wildcard tests/packet/*/*.pkt)))

-include $(PACKET_OBJS:.o=.d)
