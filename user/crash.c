/* SPDX-License-Identifier: MIT */
/* Dies in the way it is told, so that tests can see what the kernel makes of it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int zero;
static const char constant[] = "read-only";

static void read_null(void)
{
	(void)*(volatile char *)NULL;
}

static void write_null(void)
{
	*(volatile char *)NULL = 1;
}

static void privileged(void)
{
	__asm__ volatile("hlt");
}

static void disable_interrupts(void)
{
	__asm__ volatile("cli");
}

static void read_port(void)
{
	unsigned char value;

	__asm__ volatile("inb %w1, %b0" : "=a"(value) : "Nd"(0x60));
}

static void invalid_opcode(void)
{
	__asm__ volatile("ud2");
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void divide(void)
{
	int quotient = 1;
	int remainder = 0;

	/* In assembly: a compiler may assume that nobody divides by zero. */
	__asm__ volatile("idivl %2" : "+a"(quotient), "+d"(remainder) : "m"(zero));
}

static void overflow_stack(void)
{
	volatile char frame[4096];

	frame[0] = (char)zero;
	if (!zero)
		overflow_stack();
	frame[4095] = frame[0];
}

/* An address of the kernel's half; i386 programs have it in the last GiB. */
static char *kernel_address(void)
{
	return sizeof(long) == 8 ? (char *)(0xffffffffUL << (sizeof(long) * 8 - 32) | 0x80100000UL)
				 : (char *)0xc0100000UL;
}

static void jump_kernel(void)
{
	((void (*)(void))kernel_address())();
}

static void read_kernel(void)
{
	(void)*(volatile char *)kernel_address();
}

static void write_constant(void)
{
	*(volatile char *)constant = 'R';
}

static void execute_data(void)
{
	static unsigned char code[] = { 0xc3 }; /* ret */

	((void (*)(void))code)();
}

static void loop(void)
{
	for (;;)
		__asm__ volatile("");
}

static void wait_signal(void)
{
	for (;;)
		pause();
}

static const struct {
	const char *name;
	void (*act)(void);
	const char *help;
} ways[] = {
	{ "null", read_null, "read through a null pointer" },
	{ "write-null", write_null, "write through a null pointer" },
	{ "hlt", privileged, "execute a privileged instruction" },
	{ "cli", disable_interrupts, "try to disable interrupts" },
	{ "port", read_port, "read an I/O port" },
	{ "opcode", invalid_opcode, "execute an invalid opcode" },
	{ "int3", breakpoint, "execute a breakpoint" },
	{ "divide", divide, "divide by zero" },
	{ "stack", overflow_stack, "overflow the stack" },
	{ "jump-kernel", jump_kernel, "jump to an address of the kernel" },
	{ "read-kernel", read_kernel, "read an address of the kernel" },
	{ "rodata", write_constant, "write to read-only data" },
	{ "nx", execute_data, "execute data" },
	{ "abort", abort, "call abort()" },
	{ "loop", loop, "spin for ever" },
	{ "wait", wait_signal, "sleep until a signal comes" },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name))
			continue;
		printf("crash: %s\n", ways[i].help);
		fflush(stdout);
		ways[i].act();
		printf("crash: still alive\n");
		return 1;
	}
	if (argc == 3 && strcmp(argv[1], "exit") == 0)
		return atoi(argv[2]);
	fprintf(stderr, "usage: crash WAY, where WAY is one of\n");
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		fprintf(stderr, "  %-12s %s\n", ways[i].name, ways[i].help);
	fprintf(stderr, "  exit N       end with status N\n");
	return 2;
}
