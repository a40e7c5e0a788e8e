/* SPDX-License-Identifier: MIT */
/* The first serial port: 16550A at 0x3f8, polled at first, then by interrupts with a ring each way
 * (National PC16550D data sheet). */

#include <asm/clock.h>
#include <asm/io.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <asm/serial.h>
#include <kernel/interrupt.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/wait.h>

#include "arch_internal.h"

#define PORT	   0x3f8
#define SERIAL_IRQ 4
#define REG_DATA   (PORT + 0)
#define REG_IER	   (PORT + 1)
#define REG_IIR	   (PORT + 2) /* read */
#define REG_FCR	   (PORT + 2) /* write */
#define REG_LCR	   (PORT + 3)
#define REG_MCR	   (PORT + 4)
#define REG_LSR	   (PORT + 5)

#define IER_RX		 0x01
#define IER_TX		 0x02
#define IER_LINE	 0x04
#define IIR_NONE	 0x01
#define FCR_ON		 0xc1 /* FIFOs on, receive interrupt at 14 bytes or a pause */
#define LCR_8N1		 0x03
#define LCR_DLAB	 0x80
#define MCR_DTR_RTS_OUT2 0x0b
#define LSR_DATA	 0x01
#define LSR_OVERRUN	 0x02
#define LSR_TX_EMPTY	 0x20
#define LSR_TX_IDLE	 0x40
#define ABSENT		 0xff

#define FIFO_SIZE  16
#define TX_SIZE	   16384 /* a power of two */
#define RX_SIZE	   256
#define PUMP_MAX   128 /* bytes written at a go with interrupts off */
#define RX_MAX	   256 /* bytes read at a go */
#define IRQ_ROUNDS 16

/* How long the port may stand still before the other side counts as not reading, in cycles of the
 * time-stamp counter, which has from one to five of them in a nanosecond. */
#define ATOMIC_WAIT (1ull << 24) /* for writers that cannot sleep: some ms */
#define STALL_WAIT  (1ull << 28) /* about 0.1 s */
#define FLUSH_WAIT  (1ull << 33) /* before the machine ends: some seconds */

static bool present, irq_driven;
static bool
	stalled; /* the last wait was in vain; none is tried again before the port has moved on */
static u8 ier;
static char tx[TX_SIZE];
static unsigned int tx_head, tx_tail; /* written at head, sent from tail; they wrap by themselves */
static u8 rx[RX_SIZE];
static unsigned int rx_head, rx_tail;
static void (*rx_fn)(u8 c);
static DECLARE_WAIT_QUEUE_HEAD(tx_wait);
unsigned long serial_lost, serial_overruns;

static inline unsigned int tx_used(void)
{
	return tx_head - tx_tail;
}

static inline unsigned int tx_room(void)
{
	return TX_SIZE - tx_used();
}

void serial_early_init(void)
{
	outb(0, REG_IER);
	outb(LCR_DLAB, REG_LCR);
	outb(1, REG_DATA); /* 115200 baud */
	outb(0, REG_IER);
	outb(LCR_8N1, REG_LCR);
	outb(MCR_DTR_RTS_OUT2, REG_MCR);
	present = inb(REG_LSR) != ABSENT;
	/* What was typed before anybody could read it is kept: turning the FIFOs on throws away what
	 * lies in the port. */
	while (present && rx_head < RX_SIZE && (inb(REG_LSR) & LSR_DATA))
		rx[rx_head++] = inb(REG_DATA);
	outb(FCR_ON, REG_FCR);
}

/* Sends from the ring while the port takes it, at most @max bytes; returns how many. Interrupts
 * off. */
static unsigned int pump(unsigned int max)
{
	unsigned int sent = 0, burst;

	while (tx_used() && sent < max && (inb(REG_LSR) & LSR_TX_EMPTY)) {
		for (burst = 0; burst < FIFO_SIZE && tx_used(); burst++)
			outb((u8)tx[tx_tail++ % TX_SIZE], REG_DATA);
		sent += burst;
	}
	if (sent)
		stalled = false;
	return sent;
}

/* Asks for an interrupt when the port has room, as long as there is something to send. Interrupts
 * off. */
static void update_ier(void)
{
	u8 want = (u8)(IER_RX | IER_LINE | (tx_used() ? IER_TX : 0));

	if (irq_driven && want != ier) {
		ier = want;
		outb(ier, REG_IER);
	}
}

size_t serial_write_some(const char *buf, size_t n)
{
	unsigned long flags;
	size_t i;

	if (!present)
		return n;
	flags = arch_irq_save();
	n = min_t(size_t, n, tx_room());
	for (i = 0; i < n; i++)
		tx[tx_head++ % TX_SIZE] = buf[i];
	if (!(ier & IER_TX)) /* otherwise the interrupt carries on */
		pump(PUMP_MAX);
	update_ier();
	arch_irq_restore(flags);
	return n;
}

/* Sends by polling until @room bytes are free, or the port stands still for @wait cycles. */
static bool poll_room(unsigned int room, u64 wait)
{
	unsigned long flags = arch_irq_save();
	u64 moved = arch_cycles();

	if (stalled)
		wait = 0;
	while (tx_room() < room)
		if (pump(PUMP_MAX))
			moved = arch_cycles();
		else if (arch_cycles() - moved >= wait)
			break;
	stalled = tx_room() < room;
	update_ier();
	arch_irq_restore(flags);
	return !stalled;
}

static bool may_sleep_here(void)
{
	return irq_driven && current && current->pid && !in_atomic() && !arch_irqs_disabled();
}

void serial_write(const char *buf, size_t n)
{
	for (;;) {
		size_t done = serial_write_some(buf, n);

		buf += done;
		n -= done;
		if (!n)
			return;
		if (may_sleep_here()
			    ? wait_event_interruptible(tx_wait, tx_room() >= TX_SIZE / 4) != 0
			    : !poll_room((unsigned int)min_t(size_t, n, TX_SIZE / 4),
					 ATOMIC_WAIT)) {
			serial_lost += n;
			return;
		}
	}
}

void serial_flush(void)
{
	u64 begin;

	if (!present)
		return;
	stalled = false; /* who did not read before may read now: it is the last chance */
	poll_room(TX_SIZE, FLUSH_WAIT);
	begin = arch_cycles();
	while (!stalled && !(inb(REG_LSR) & LSR_TX_IDLE) && arch_cycles() - begin < FLUSH_WAIT)
		;
}

/* Puts a byte behind all that waits in the ring; a full ring is emptied by polling first. */
static void put_byte(char c)
{
	if (!tx_room() && !poll_room(TX_SIZE, STALL_WAIT))
		serial_lost++;
	else
		tx[tx_head++ % TX_SIZE] = c;
}

void arch_early_write(const char *text, size_t len)
{
	unsigned long flags;

	if (!present)
		return;
	flags = arch_irq_save();
	while (len--) {
		if (*text == '\n')
			put_byte('\r');
		put_byte(*text++);
	}
	poll_room(TX_SIZE, STALL_WAIT);
	arch_irq_restore(flags);
}

void serial_set_rx(void (*fn)(u8 c))
{
	unsigned long flags = arch_irq_save();

	for (rx_fn = fn; rx_head != rx_tail; rx_tail++)
		fn(rx[rx_tail % RX_SIZE]);
	arch_irq_restore(flags);
}

static void receive(void)
{
	unsigned int i;
	u8 lsr, c;

	for (i = 0; i < RX_MAX; i++) {
		lsr = inb(REG_LSR);
		if (lsr & LSR_OVERRUN)
			serial_overruns++;
		if (!(lsr & LSR_DATA))
			break;
		c = inb(REG_DATA);
		if (rx_fn)
			rx_fn(c);
		else if (rx_head - rx_tail < RX_SIZE)
			rx[rx_head++ % RX_SIZE] = c;
		else
			serial_overruns++;
	}
}

static irqreturn_t serial_interrupt(int irq, void *dev_id)
{
	unsigned int round;

	for (round = 0; round < IRQ_ROUNDS; round++) {
		if (inb(REG_IIR) & IIR_NONE)
			break;
		receive();
		pump(PUMP_MAX);
	}
	if (round ==
	    IRQ_ROUNDS) { /* not done: the line falls and rises, so that the 8259 sees a new edge */
		outb(0, REG_IER);
		ier = 0;
	}
	update_ier();
	if (waitqueue_active(&tx_wait) && tx_room() >= TX_SIZE / 4)
		wake_up(&tx_wait);
	return round ? IRQ_HANDLED : IRQ_NONE;
}

void serial_init(void)
{
	unsigned long flags;

	if (!present || request_irq(SERIAL_IRQ, serial_interrupt, 0, "serial", &present))
		return;
	flags = arch_irq_save();
	irq_driven = true;
	update_ier();
	arch_irq_restore(flags);
}
