# SPDX-License-Identifier: MIT
# Ring 3: the C library and the programs, each in both widths, and the default root archive. A new user/NAME.c is a
# program (with what is in user/NAME/, if there is such a folder); a new libc/src/NAME.c is part of the library.
# Programs in ROOT_PROGRAMS go into the archive.

USER_ARCHS := x86_64 i386
USER_PROGRAMS := $(basename $(notdir $(wildcard user/*.c)))
ROOT_PROGRAMS := echod echo crash sysprobe

USER_BINS_64 := $(USER_PROGRAMS:%=$(OUT)/user/x86_64/%)
USER_BINS_32 := $(USER_PROGRAMS:%=$(OUT)/user/i386/%)
USER_BINS := $(USER_BINS_64) $(USER_BINS_32)

USER_MACHINE_x86_64 := -m64 -march=x86-64
USER_MACHINE_i386 := -m32 -march=i686
USER_LD_x86_64 := -m elf_x86_64
USER_LD_i386 := -m elf_i386

# No SSE and no x87: a program's state is its general registers. Copying loops stay loops, for memcpy is one of them.
USER_CFLAGS := -std=gnu11 -Os -g -ffreestanding -nostdinc -fno-pic -fno-pie -fno-stack-protector -fno-common \
	-mgeneral-regs-only -fcf-protection=none -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
	-ffunction-sections -fdata-sections -Wall -Wextra -Werror -Ilibc/include -Ikernel/include -Ilibc/src
USER_LDFLAGS := -static -nostdlib --gc-sections --build-id=none -z noexecstack -z separate-code -z norelro \
	-z max-page-size=4096 -z common-page-size=4096 --fatal-warnings

# Small rather than fast, but for what moves bytes.
$(OUT)/user/obj/%/libc/src/string_mem.c.o: USER_CFLAGS += -O2

LIBC_SRCS := $(wildcard libc/src/*.c)

# $(call user_arch,ARCH): the rules of one width
define user_arch
LIBC_OBJS_$(1) := $$(patsubst %,$$(OUT)/user/obj/$(1)/%.o,$$(LIBC_SRCS) \
	$$(filter-out %/crt0.S,$$(wildcard libc/arch/$(1)/*.c libc/arch/$(1)/*.S)))
USER_FLAGS_ID_$(1) := $$(CC) $$(USER_CFLAGS) $$(USER_MACHINE_$(1)) $$(USER_LDFLAGS) $$(LIBC_OBJS_$(1))

$$(OUT)/user/.flags-$(1): $$(call changed,$$(OUT)/user/.flags-$(1),$$(USER_FLAGS_ID_$(1)))
	@mkdir -p $$(@D) && printf '%s\n' '$$(call squeeze,$$(USER_FLAGS_ID_$(1)))' >$$@

$$(OUT)/user/obj/$(1)/%.c.o: %.c $$(OUT)/user/.flags-$(1) | need-build
	$$(call say,CC,$$< ($(1)))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(USER_CFLAGS) $$(USER_MACHINE_$(1)) -Ilibc/arch/$(1) -MMD -MP -c -o $$@ $$<

$$(OUT)/user/obj/$(1)/%.S.o: %.S $$(OUT)/user/.flags-$(1) | need-build
	$$(call say,AS,$$< ($(1)))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(USER_CFLAGS) $$(USER_MACHINE_$(1)) -MMD -MP -c -o $$@ $$<

$$(OUT)/user/$(1)/libc.a: $$(LIBC_OBJS_$(1))
	$$(call say,AR,$$@)
	@mkdir -p $$(@D) && rm -f $$@
	$$(Q)$$(AR) rcsD $$@ $$^

# The objects of a program are linked in the order of its prerequisites: start-up code, its own, the library.
$$(foreach p,$$(USER_PROGRAMS),$$(eval $$(OUT)/user/$(1)/$$(p): $$(OUT)/user/obj/$(1)/libc/arch/$(1)/crt0.S.o \
	$$(patsubst %,$$(OUT)/user/obj/$(1)/%.o,user/$$(p).c $$(wildcard user/$$(p)/*.c)) $$(OUT)/user/$(1)/libc.a))
$$(USER_PROGRAMS:%=$$(OUT)/user/$(1)/%):
	$$(call say,LD,$$@)
	$$(Q)$$(LD) $$(USER_LD_$(1)) $$(USER_LDFLAGS) -o $$@ $$^

$$(USER_PROGRAMS:%=$$(OUT)/user/stripped/$(1)/%): $$(OUT)/user/stripped/$(1)/%: $$(OUT)/user/$(1)/%
	@mkdir -p $$(@D)
	$$(Q)$$(OBJCOPY) --strip-all $$< $$@

-include $$(LIBC_OBJS_$(1):.o=.d) $$(patsubst %,$$(OUT)/user/obj/$(1)/%.d,$$(wildcard user/*.c user/*/*.c))
endef

$(foreach arch,$(USER_ARCHS),$(eval $(call user_arch,$(arch))))

.SECONDARY: $(foreach arch,$(USER_ARCHS),$(patsubst %,$(OUT)/user/obj/$(arch)/%.o,$(wildcard user/*.c user/*/*.c)))

# The archive: programs without debug information (the i386 ones as NAME32), and the files of user/root.
ROOT_FILES := $(wildcard user/root/etc/*)
ROOT_SPECS := bin/ etc/ $(patsubst user/root/%,%,$(foreach f,$(ROOT_FILES),$(f:user/root/%=%)=$(f))) \
	$(foreach p,$(ROOT_PROGRAMS),bin/$(p)=$(OUT)/user/stripped/x86_64/$(p) bin/$(p)32=$(OUT)/user/stripped/i386/$(p))

$(OUT)/user/.root: $(call changed,$(OUT)/user/.root,$(ROOT_SPECS))
	@mkdir -p $(@D) && printf '%s\n' '$(strip $(ROOT_SPECS))' >$@

$(OUT)/root.cpio: tools/mkcpio $(OUT)/user/.root $(ROOT_FILES) \
		$(foreach arch,$(USER_ARCHS),$(ROOT_PROGRAMS:%=$(OUT)/user/stripped/$(arch)/%))
	$(call say,CPIO,$@)
	$(Q)tools/mkcpio $@ $(ROOT_SPECS)

.PHONY: user
user: $(USER_BINS) $(OUT)/root.cpio ## build only ring 3: the C library, the programs, the root archive

TEST_PREREQS += $(USER_BINS)
