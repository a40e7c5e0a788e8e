# SPDX-License-Identifier: MIT
# Figures: make bench beside a Linux guest, make profile for the cost of one operation by function.

OP ?= tcp-echo## operation of make profile: tcp-echo, udp-echo, connect-echo-close, bulk-received, bulk-sent
BENCH_ARGS ?=## more arguments for make bench (see its --help)
PROFILE_ARGS ?=## more arguments for make profile, such as --inlined or --net=user

# A plugin that counts the guest's instructions.
$(OUT)/bench/count.so: tests/bench/count.c | need-bench
	$(call say,HOSTCC,$@)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -O2 -g -Wall -Wextra -Werror -fPIC -shared -o $@ $<

# Look-ups with few and with many routes, neighbours and sockets: the kernel's own functions in the hosted build.
$(OUT)/bench/lookups.o: tests/bench/lookups.c $(OUT)/host/.flags | need-host
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOSTED_FLAGS) $(HOSTED_FLAGS_host) $(HOSTED_KERNEL_FLAGS) -Itests/bench $(HOSTED_INC_ALL) -MMD -MP -c -o $@ $<
$(OUT)/bench/lookups_main.o: tests/bench/lookups_main.c $(OUT)/host/.flags | need-host
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOSTED_FLAGS) $(HOSTED_FLAGS_host) -MMD -MP -c -o $@ $<
$(OUT)/bench/lookups: $(OUT)/bench/lookups.o $(OUT)/bench/lookups_main.o $(HOSTED_OBJS_host)
	$(call hosted_link,LINK,$(HOSTCC))
-include $(OUT)/bench/lookups.d $(OUT)/bench/lookups_main.d

.PHONY: bench
bench: $(OUT)/skiff.elf $(OUT)/bench/count.so $(OUT)/bench/lookups $(OUT)/link | need-bench ## measure Skiff beside a Linux guest; writes build/bench.json
	$(Q)$(PYTHON) tests/bench/bench.py --out $(OUT) $(BENCH_ARGS)

.PHONY: profile
profile: $(OUT)/skiff.elf $(OUT)/bench/count.so | need-bench ## instructions of one operation (OP=) by function
	$(Q)$(PYTHON) tests/bench/profile.py --out $(OUT) --nic $(NIC) $(PROFILE_ARGS) $(OP)
