/* SPDX-License-Identifier: MIT */
/* Registers and descriptors of the Intel 8254x. PCI/PCI-X Family of Gigabit Ethernet Controllers
 * Software Developer's Manual, chapters 3, 13. */
#ifndef DRIVERS_NET_E1000_HW_H
#define DRIVERS_NET_E1000_HW_H

#include <kernel/types.h>

#define E1000_CTRL	      0x0000
#define E1000_CTRL_FD	      0x00000001 /* full duplex */
#define E1000_CTRL_ASDE	      0x00000020 /* speed from the PHY */
#define E1000_CTRL_SLU	      0x00000040 /* set link up */
#define E1000_CTRL_RST	      0x04000000
#define E1000_STATUS	      0x0008
#define E1000_STATUS_LU	      0x00000002
#define E1000_EERD	      0x0014
#define E1000_EERD_START      0x00000001
#define E1000_EERD_DONE	      0x00000010
#define E1000_ICR	      0x00c0 /* read to clear */
#define E1000_ITR	      0x00c4 /* in units of 256 ns between interrupts */
#define E1000_IMS	      0x00d0
#define E1000_IMC	      0x00d8
#define E1000_INT_TXDW	      0x00000001
#define E1000_INT_LSC	      0x00000004
#define E1000_INT_RXDMT0      0x00000010
#define E1000_INT_RXO	      0x00000040
#define E1000_INT_RXT0	      0x00000080
#define E1000_RCTL	      0x0100
#define E1000_RCTL_EN	      0x00000002
#define E1000_RCTL_SBP	      0x00000004
#define E1000_RCTL_UPE	      0x00000008 /* unicast promiscuous */
#define E1000_RCTL_MPE	      0x00000010 /* multicast promiscuous */
#define E1000_RCTL_LPE	      0x00000020 /* long packets */
#define E1000_RCTL_BAM	      0x00008000 /* broadcasts */
#define E1000_RCTL_BSIZE_1024 0x00010000 /* buffers of 1024 bytes; 2048 without */
#define E1000_RCTL_SECRC      0x04000000 /* strip the CRC */
#define E1000_TCTL	      0x0400
#define E1000_TCTL_EN	      0x00000002
#define E1000_TCTL_PSP	      0x00000008 /* pad short packets */
#define E1000_TCTL_CT_SHIFT   4		 /* collision threshold */
#define E1000_TCTL_COLD_SHIFT 12	 /* collision distance */
#define E1000_TIPG	      0x0410
#define E1000_RDBAL	      0x2800
#define E1000_RDBAH	      0x2804
#define E1000_RDLEN	      0x2808
#define E1000_RDH	      0x2810
#define E1000_RDT	      0x2818
#define E1000_RDTR	      0x2820
#define E1000_RADV	      0x282c
#define E1000_TDBAL	      0x3800
#define E1000_TDBAH	      0x3804
#define E1000_TDLEN	      0x3808
#define E1000_TDH	      0x3810
#define E1000_TDT	      0x3818
#define E1000_TIDV	      0x3820
#define E1000_RXCSUM	      0x5000
#define E1000_RXCSUM_IPOFL    0x00000100
#define E1000_RXCSUM_TUOFL    0x00000200
#define E1000_MTA	      0x5200 /* 128 words */
#define E1000_MTA_WORDS	      128
#define E1000_RAL	      0x5400
#define E1000_RAH	      0x5404
#define E1000_RAH_AV	      0x80000000u
#define E1000_MPC	      0x4010 /* missed packets, read to clear */
#define E1000_CRCERRS	      0x4000
#define E1000_REGS_SIZE	      0x6000 /* the part we use */

struct e1000_rx_desc { /* 3.2.3 */
	u64 addr;
	u16 length;
	u16 checksum;
	u8 status; /* E1000_RXD_STAT_x */
	u8 errors; /* E1000_RXD_ERR_x */
	u16 special;
};
_Static_assert(sizeof(struct e1000_rx_desc) == 16, "8254x manual 3.2.3");
#define E1000_RXD_STAT_DD    0x01
#define E1000_RXD_STAT_EOP   0x02
#define E1000_RXD_STAT_IXSM  0x04 /* ignore checksum indication */
#define E1000_RXD_STAT_TCPCS 0x20 /* TCP or UDP checksum computed */
#define E1000_RXD_ERR_CE     0x01
#define E1000_RXD_ERR_TCPE   0x20
#define E1000_RXD_ERR_IPE    0x40
#define E1000_RXD_ERR_RXE    0x80
#define E1000_RXD_ERR_FRAME  (E1000_RXD_ERR_CE | 0x02 | 0x04 | 0x10 | E1000_RXD_ERR_RXE)

struct e1000_tx_desc { /* extended data descriptor, 3.3.7 */
	u64 addr;
	u32 cmd_len; /* length, DTYP, DCMD */
	u8 status;
	u8 popts;
	u16 special;
};
struct e1000_ctx_desc { /* context descriptor, 3.3.6: where checksums start, lie and end (0: at the end) */
	u8 ipcss, ipcso;
	u16 ipcse;
	u8 tucss, tucso;
	u16 tucse;
	u32 cmd_len; /* PAYLEN: bytes behind the headers, DTYP, TUCMD */
	u8 status, hdr_len;
	u16 mss;
};
_Static_assert(sizeof(struct e1000_tx_desc) == 16 && sizeof(struct e1000_ctx_desc) == 16,
	       "8254x manual 3.3");
#define E1000_TXD_DTYP_CTX   0x00000000
#define E1000_TXD_DTYP_DATA  0x00100000
/* TUCMD, of a context: the packet is TCP, over IPv4; it is for segmentation. DCMD has the last as well. */
#define E1000_TXD_CMD_TCP    0x01000000
#define E1000_TXD_CMD_IP     0x02000000
#define E1000_TXD_CMD_TSE    0x04000000
#define E1000_TXD_CMD_EOP    0x01000000
#define E1000_TXD_CMD_IFCS   0x02000000
#define E1000_TXD_CMD_RS     0x08000000
#define E1000_TXD_CMD_DEXT   0x20000000
#define E1000_TXD_STAT_DD    0x01
#define E1000_TXD_POPTS_IXSM 0x01 /* insert the IP header's checksum */
#define E1000_TXD_POPTS_TXSM 0x02 /* insert TCP's or UDP's */

#endif
