# SPDX-License-Identifier: MIT
# What of net/ the hosted tests run (docs/testing-coverage.md): the same makefile once more under $(OUT)/host-cov, with gcov's
# counters in the place of the sanitizers, then the unit tests, the packet scripts and some of the simulator's seeds.

COVERAGE_FLAGS := --coverage -O0 -D_exit=exit
COVERAGE_SEEDS ?= 100## make coverage: how many of the simulator's seeds to run
COVERAGE_FLOOR ?= 91## make coverage: the least share of net/'s lines, in percent

COVERAGE_UNIT := $(UNIT_CORE_PROGS) $(UNIT_ALL_PROGS) $(filter %_asan,$(UNIT_API_PROGS))
COVERAGE_SIM := $(filter $(OUT)/sim/sim,$(SIM_PROGS))

.PHONY: coverage coverage-run
coverage: | need-test ## print which lines and branches of net/ the hosted tests run, per file
	$(Q)MAKEFLAGS= $(MAKE) OUT=$(OUT)/host-cov HOSTED_SANITIZE='$(COVERAGE_FLAGS)' \
		COVERAGE_SEEDS=$(COVERAGE_SEEDS) COVERAGE_FLOOR=$(COVERAGE_FLOOR) coverage-run

# A process that forks or ends by _exit must write its counters too: hence _exit is exit here.
coverage-run: $(COVERAGE_UNIT) $(PACKET_RUNNER) $(COVERAGE_SIM)
	$(Q)find $(OUT) -name '*.gcda' -delete
	$(Q)for t in $(COVERAGE_UNIT); do $$t >$(OUT)/run.log 2>&1 || echo "failed: $$t"; done
	$(Q)$(PACKET_RUNNER) --each $(sort $(wildcard tests/packet/*/*.pkt)) 2>&1 | grep '^== failed' || true
	$(Q)$(if $(COVERAGE_SIM),$(COVERAGE_SIM) --seeds $(COVERAGE_SEEDS) >$(OUT)/run.log 2>&1 || echo "failed: $(COVERAGE_SIM)")
	$(Q)$(PYTHON) tests/coverage.py $(OUT)/host-asan/obj/net --floor $(COVERAGE_FLOOR)
