# SPDX-License-Identifier: MIT
# How the image is linked: twice, since the second link carries the names of the first one's functions. Text comes before the
# names, so its addresses are the same in both. skiff.sym.elf is for gdb; skiff.elf is the same as 32-bit ELF, which is what
# Multiboot loaders take, without symbols.

KERNEL_LDSCRIPT := kernel/arch/x86_64/kernel.ld
KERNEL_LDFLAGS := -m elf_x86_64 -nostdlib -static --no-dynamic-linker -z max-page-size=4096 -z noexecstack \
	--build-id=none --gc-sections --no-warn-rwx-segments -T $(KERNEL_LDSCRIPT)
KERNEL_LDFLAGS := $(filter-out $(if $(shell $(LD) --help 2>/dev/null | grep -e warn-rwx),,--no-warn-rwx-segments),$(KERNEL_LDFLAGS))

# The root archive is included from $(OUT), and is part of the image.
ARCHIVE_OBJ := $(OUT)/obj/kernel/arch/x86_64/root_archive.S.o
$(ARCHIVE_OBJ): CFLAGS_KERNEL += -Wa,-I$(OUT)
$(ARCHIVE_OBJ): $(OUT)/root.cpio

$(OUT)/skiff.stage1.elf: $(KERNEL_OBJS) $(KERNEL_LDSCRIPT) $(OUT)/.objs
	$(call say,LD,$@)
	$(Q)$(LD) $(KERNEL_LDFLAGS) -o $@ $(KERNEL_OBJS)

$(OUT)/kallsyms.S: $(OUT)/skiff.stage1.elf tools/mksyms
	$(call say,SYMS,$@)
	$(Q)$(NM) -n $< | tools/mksyms >$@

$(OUT)/kallsyms.o: $(OUT)/kallsyms.S
	$(Q)$(CC) -c -o $@ $<

$(OUT)/skiff.sym.elf: $(OUT)/skiff.stage1.elf $(OUT)/kallsyms.o
	$(call say,LD,$@)
	$(Q)$(LD) $(KERNEL_LDFLAGS) -o $@ $(KERNEL_OBJS) $(OUT)/kallsyms.o

$(OUT)/skiff.elf: $(OUT)/skiff.sym.elf
	$(call say,OBJCOPY,$@)
	$(Q)$(OBJCOPY) --strip-all -O elf32-i386 $< $@
