# SPDX-License-Identifier: MIT
# The network simulator: the whole hosted kernel, and hosts and links around it. $(OUT)/sim/sim has the sanitizers,
# $(OUT)/sim/sim-fast is the optimised build, for the goodput table and for many seeds in one night.

##@ Variables of the simulator and the fuzzers
SEED ?=## make sim: the one seed to replay; its trace goes to build/sim/trace-SEED.txt
SEEDS ?= 100## make sim: how many seeds, from FIRST on
FIRST ?= 1## make sim: the first of the seeds

SIM_SRCS := $(filter-out tests/sim/main.c,$(wildcard tests/sim/*.c))
SIM_FLAGS := $(HOSTED_FLAGS) -ffreestanding -nostdinc -DCONFIG_LOCK_DEBUG -Itests/sim $(HOSTED_INC_ALL)

# $(call sim_variant,HOSTED VARIANT,PROGRAM)
define sim_variant
SIM_OBJS_$(1) := $$(patsubst %.c,$$(OUT)/sim/$(1)/%.o,$$(notdir $$(SIM_SRCS)))
$$(OUT)/sim/$(1)/%.o: tests/sim/%.c $$(OUT)/$(1)/.flags | need-host
	$$(call say,HOSTCC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(SIM_FLAGS) $$(HOSTED_FLAGS_$(1)) -MMD -MP -c -o $$@ $$<
$$(OUT)/sim/$(1)/main.o: tests/sim/main.c $$(OUT)/$(1)/.flags | need-host
	$$(call say,HOSTCC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(HOSTCC) $$(HOSTED_FLAGS) $$(HOSTED_FLAGS_$(1)) -Itests/sim -MMD -MP -c -o $$@ $$<
$$(OUT)/sim/$(2): $$(SIM_OBJS_$(1)) $$(OUT)/sim/$(1)/main.o $$(HOSTED_OBJS_$(1))
	$$(call hosted_link,LINK,$$(HOSTCC) $(if $(filter host-asan,$(1)),$$(HOSTED_SANITIZE)))
-include $$(SIM_OBJS_$(1):.o=.d) $$(OUT)/sim/$(1)/main.d
endef
$(eval $(call sim_variant,host-asan,sim))
$(eval $(call sim_variant,host,sim-fast))

SIM_PROGS := $(OUT)/sim/sim $(OUT)/sim/sim-fast
TEST_PREREQS += $(SIM_PROGS)

.PHONY: sim sim-update sim-progs
sim-progs: $(SIM_PROGS)
sim: $(OUT)/sim/sim ## run the network simulator: SEED=n replays one, SEEDS=n runs many
	$(Q)$(if $(SEED),ASAN_OPTIONS=detect_leaks=0 $< --seed $(SEED) --trace $(OUT)/sim/trace-$(SEED).txt,ASAN_OPTIONS=detect_leaks=0 $< --seeds $(SEEDS) --first $(FIRST))

sim-update: $(OUT)/sim/sim-fast ## write the goodput table anew (tests/sim/goodput.txt)
	$(Q)$< --goodput >$(OUT)/sim/goodput.txt && cp $(OUT)/sim/goodput.txt tests/sim/goodput.txt
	$(Q)cat tests/sim/goodput.txt
