/* SPDX-License-Identifier: MIT */
/* The ELF format, as far as program loading and symbol tables need it. */
#ifndef UAPI_ELF_H
#define UAPI_ELF_H

#include <uapi/types.h>

#define EI_MAG0	       0
#define EI_MAG1	       1
#define EI_MAG2	       2
#define EI_MAG3	       3
#define EI_CLASS       4
#define EI_DATA	       5
#define EI_VERSION     6
#define EI_OSABI       7
#define EI_NIDENT      16
#define ELFMAG	       "\177ELF"
#define SELFMAG	       4
#define ELFMAG0	       0x7f
#define ELFMAG1	       'E'
#define ELFMAG2	       'L'
#define ELFMAG3	       'F'
#define ELFCLASS32     1
#define ELFCLASS64     2
#define ELFDATA2LSB    1
#define EV_CURRENT     1
#define ELFOSABI_NONE  0
#define ELFOSABI_LINUX 3

#define ET_NONE	  0
#define ET_REL	  1
#define ET_EXEC	  2
#define ET_DYN	  3
#define EM_386	  3
#define EM_X86_64 62

#define PT_NULL		0
#define PT_LOAD		1
#define PT_DYNAMIC	2
#define PT_INTERP	3
#define PT_NOTE		4
#define PT_PHDR		6
#define PT_TLS		7
#define PT_GNU_EH_FRAME 0x6474e550
#define PT_GNU_STACK	0x6474e551
#define PT_GNU_RELRO	0x6474e552
#define PT_GNU_PROPERTY 0x6474e553

#define PF_X 1
#define PF_W 2
#define PF_R 4

#define SHT_PROGBITS 1
#define SHT_SYMTAB   2
#define SHT_STRTAB   3
#define SHT_NOBITS   8

#define ELF_ST_TYPE(info) ((info)&0xf)
#define STT_NOTYPE	  0
#define STT_OBJECT	  1
#define STT_FUNC	  2

typedef struct elf32_hdr {
	__u8 e_ident[EI_NIDENT];
	__u16 e_type;
	__u16 e_machine;
	__u32 e_version;
	__u32 e_entry;
	__u32 e_phoff;
	__u32 e_shoff;
	__u32 e_flags;
	__u16 e_ehsize;
	__u16 e_phentsize;
	__u16 e_phnum;
	__u16 e_shentsize;
	__u16 e_shnum;
	__u16 e_shstrndx;
} Elf32_Ehdr;

typedef struct elf64_hdr {
	__u8 e_ident[EI_NIDENT];
	__u16 e_type;
	__u16 e_machine;
	__u32 e_version;
	__u64 e_entry;
	__u64 e_phoff;
	__u64 e_shoff;
	__u32 e_flags;
	__u16 e_ehsize;
	__u16 e_phentsize;
	__u16 e_phnum;
	__u16 e_shentsize;
	__u16 e_shnum;
	__u16 e_shstrndx;
} Elf64_Ehdr;

typedef struct elf32_phdr {
	__u32 p_type;
	__u32 p_offset;
	__u32 p_vaddr;
	__u32 p_paddr;
	__u32 p_filesz;
	__u32 p_memsz;
	__u32 p_flags;
	__u32 p_align;
} Elf32_Phdr;

typedef struct elf64_phdr {
	__u32 p_type;
	__u32 p_flags;
	__u64 p_offset;
	__u64 p_vaddr;
	__u64 p_paddr;
	__u64 p_filesz;
	__u64 p_memsz;
	__u64 p_align;
} Elf64_Phdr;

typedef struct elf32_shdr {
	__u32 sh_name;
	__u32 sh_type;
	__u32 sh_flags;
	__u32 sh_addr;
	__u32 sh_offset;
	__u32 sh_size;
	__u32 sh_link;
	__u32 sh_info;
	__u32 sh_addralign;
	__u32 sh_entsize;
} Elf32_Shdr;

typedef struct elf64_shdr {
	__u32 sh_name;
	__u32 sh_type;
	__u64 sh_flags;
	__u64 sh_addr;
	__u64 sh_offset;
	__u64 sh_size;
	__u32 sh_link;
	__u32 sh_info;
	__u64 sh_addralign;
	__u64 sh_entsize;
} Elf64_Shdr;

typedef struct elf64_sym {
	__u32 st_name;
	__u8 st_info;
	__u8 st_other;
	__u16 st_shndx;
	__u64 st_value;
	__u64 st_size;
} Elf64_Sym;

_Static_assert(sizeof(Elf32_Ehdr) == 52 && sizeof(Elf64_Ehdr) == 64, "ELF header");
_Static_assert(sizeof(Elf32_Phdr) == 32 && sizeof(Elf64_Phdr) == 56, "program header");
_Static_assert(sizeof(Elf32_Shdr) == 40 && sizeof(Elf64_Shdr) == 64, "section header");
_Static_assert(sizeof(Elf64_Sym) == 24, "symbol");

#endif
