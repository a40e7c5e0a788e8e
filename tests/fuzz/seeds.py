#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the hand-made seeds of the fuzz targets into tests/fuzz/corpus: one good input of each kind, for the fuzzers to spoil."""

import pathlib
import random
import struct

import seeds_netlink

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"


def write(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def elf64():
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x401000, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    text = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x401000, 0x401000, 0x200, 0x200, 0x1000)
    data = struct.pack("<IIQQQQQQ", 1, 6, 0x200, 0x402200, 0x402200, 0x100, 0x4000, 0x1000)
    return (head + text + data).ljust(0x300, b"\x90")


def elf32():
    head = b"\x7fELF\x01\x01\x01" + bytes(9)
    head += struct.pack("<HHIIIIIHHHHHH", 3, 3, 1, 0x100, 52, 0, 0, 52, 32, 2, 0, 0, 0)
    text = struct.pack("<IIIIIIII", 1, 0, 0, 0, 0x180, 0x180, 5, 0x1000)
    dynamic = struct.pack("<IIIIIIII", 2, 0x100, 0x100, 0x100, 0x40, 0x40, 6, 4)
    return (head + text + dynamic).ljust(0x180, b"\x90")


def cpio_entry(name, mode, body=b"", nlink=1):
    name = name.encode() + b"\0"
    fields = (1, mode, 0, 0, nlink, 0, len(body), 0, 0, 0, 0, len(name), 0)
    entry = b"070701" + b"".join(b"%08x" % f for f in fields) + name
    entry += bytes(-len(entry) % 4) + body
    return entry + bytes(-len(entry) % 4)


def cpio():
    return (
        cpio_entry(".", 0o40755)
        + cpio_entry("a", 0o100644, b"hello\n")
        + cpio_entry("etc/hosts", 0o100644, b"127.0.0.1 localhost\n")
        + cpio_entry("bin/x", 0o40755)
        + cpio_entry("bin/y", 0o100755, b"\x7fELF")
        + cpio_entry("l", 0o120777, b"../a")
        + cpio_entry("dev/null", 0o20666)
        + cpio_entry("TRAILER!!!", 0)
    )


def ring():
    """Steps of target_ring.c: each version, receiving and sending, with what a good program does and then words that it would not."""
    option, make, words, frame, send, look, read, wait, release, close, group = 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11
    for version in range(3):
        how = 0x11 if version == 2 else 0x01
        start = bytes([option, 1, 10, version])  # PACKET_VERSION
        more = bytes([50, 0, 8, 1]) if version == 2 else b""
        receive = start + bytes([make, 1, how, 4, 60]) + more
        frames = b"".join(bytes([frame, 1]) + struct.pack(">H", n * 97) for n in range(12))
        yield f"receive{version}", receive + frames + bytes([look, 1, wait, 1, 60, release, 1]) + frames + bytes([read, 1, 4, 0, close, 1])
        yield f"vnet{version}", bytes([option, 1, 15, 1]) + receive + frames + bytes([option, 1, 7, 1]) + frames
        yield f"scribbled{version}", receive + (frames + bytes([words, 1, 0, 0, 0, version]) + bytes([255, 1, 2, 3, 4] * 8)) * 4
        sending = start + bytes([option, 1, 14, version & 1]) + bytes([make, 1, 0x81, 4, 60])
        status = 5 if version == 2 else 0
        lengths = struct.pack("BBBBBBBB", words, 1, 1, 0, 0, 0, 1, 0 if version == 0 else 60)
        put = bytes([words, 1, 1, 0, status, 0]) + bytes([1] + [60] * 15)
        yield f"send{version}", sending + (put + bytes([send, 1, 1])) * 3 + lengths + bytes([send, 1, 1, close, 1])
    joined = b"".join(bytes([group, n]) + struct.pack(">H", 0x8000 | kind) for n in (1, 2) for kind in (0, 1, 3))
    yield "groups", joined + b"".join(bytes([frame, 1]) + struct.pack(">H", n * 31) for n in range(20))


def record(owner, kind, data, ttl=60):
    return owner + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


def dns():
    """Bytes that follow the question: see target_dns.c and target_resolve.c for what goes before them."""
    pointer = b"\xc0\x0c"
    a = record(pointer, 1, b"\x5d\xb8\xd8\x22")
    aaaa = record(pointer, 28, bytes(range(16)))
    cname = record(pointer, 5, b"\x03abc\x07example\x03net\0")
    chained = cname + record(b"\x03abc\x07example\x03net\0", 1, b"\x01\x02\x03\x04")
    loop = record(b"\xc0\x0c", 5, b"\xc0\x0c") + record(b"\xc0\x1d\xc0\x1d", 1, b"\x01\x02\x03\x04")
    return {"a": (1, a), "aaaa": (1, aaaa), "cname": (2, chained), "loop": (2, loop), "many": (20, a * 20)}


def dhcp():
    options = (
        bytes([1, 4, 255, 255, 255, 0, 3, 4, 10, 0, 0, 2, 6, 8, 10, 0, 0, 2, 8, 8, 8, 8])
        + bytes([15, 7]) + b"example" + bytes([12, 5]) + b"guest" + bytes([26, 2, 5, 220, 58, 4, 0, 0, 0, 20, 59, 4, 0, 0, 0, 40, 255])
    )
    step = lambda kind: bytes([7, 16, kind]) + struct.pack(">H", len(options)) + options
    wait = lambda power: bytes([1, power])
    overload = bytes([7, 8]) + bytes([12, 3]) + b"abc" + bytes(59) + bytes([15, 2]) + b"de" + bytes(124)
    overload += struct.pack(">H", 7) + bytes([53, 1, 2, 52, 1, 3, 255])
    return {
        "bound": wait(11) + step(2) + wait(4) + step(5) + wait(12) + wait(16),
        "renewed": wait(11) + step(2) + step(5) + wait(16) + step(5) + wait(16),
        "refused": step(2) + step(6) + wait(10) + step(2),
        "conflict": step(2) + step(5) + bytes([2, 10, 0, 0, 100]) + wait(14),
        "overload": overload,
        "released": step(2) + step(5) + bytes([3, 4]) + step(2),
    }


def frames():
    segment = lambda sock, flags, how=0, seq=0, ack=0, window=1000, length=0, opt=b"": (
        bytes([0, sock, flags, how | (len(opt) * 2 & 0x7E)])
        + struct.pack(">HHH", seq & 0xFFFF, ack & 0xFFFF, window)
        + bytes([length]) + opt
    )
    wait = lambda ms: bytes([9]) + struct.pack(">H", ms) + b"\0"
    sack = bytes([1, 1, 5, 10, 0, 0, 0, 5, 0, 0, 0, 9])
    all_socks = range(2, 11)
    frame = lambda data: bytes([7]) + struct.pack(">H", len(data)) + data
    macs = b"\xff" * 6 + b"\x02" + bytes(5)
    arp = bytes.fromhex("0806 0001 0800 0604 0001 020000000000 0a000202 000000000000 0a00020f")
    ip = bytes.fromhex("0800 4500 001d 0001 0000 4011 0000 0a000202 0a00020f 0009 0009 0009 0000 78")
    tag = lambda tci: struct.pack(">HH", 0x8100, tci)
    return {
        # a priority alone, a LAN that is not ours, tags in tags, half a tag, a length behind one
        "vlan": b"".join(
            frame(macs + f) for f in (tag(0xE000) + arp, tag(0) + ip, tag(5) + ip, tag(0) * 20 + arp, b"\x81\0\0", tag(0) + b"\0\x04" + bytes(46))
        ),
        "data": b"".join(segment(s, 0x18, length=100) for s in all_socks) + wait(300),
        "fin": b"".join(segment(s, 0x11) for s in all_socks) + wait(5000),
        "rst": b"".join(segment(s, 0x04) for s in all_socks),
        "syn": b"".join(segment(s, 0x02) for s in all_socks) + wait(1000),
        "disorder": b"".join(segment(4, 0x10, seq=o, length=50) for o in (100, 200, 50, 0, 150)),
        "old": b"".join(segment(s, 0x10, seq=-500, ack=-500, length=20) for s in all_socks),
        "sack": bytes([10, 4, 31, 255]) + segment(4, 0x10, opt=sack) + wait(400) + segment(4, 0x10, opt=sack),
        "urgent": segment(4, 0x38, length=10) + bytes([11, 4, 0, 50, 1]),
        "handshake": bytes([0, 0, 2, 0]) + struct.pack(">HHH", 1, 0, 500) + b"\0" + wait(10) + bytes([14]),
        "window": segment(4, 0x10, window=0) + bytes([10, 4, 31, 255]) + wait(2000) + segment(4, 0x10, window=9999),
        "icmp": b"".join(bytes([8, 3, code, 4]) + struct.pack(">I", 600) + b"\0" for code in range(6)),
        # an ICMP error that ended a connect left its SYN in the queue of a closed socket
        "icmp_ends_connect": bytes([0xD8, 0x0B, 0xCE, 0x0E, 0xCE, 0x02]),
        "close": b"".join(bytes([12, s, 200 + (s & 1)]) for s in all_socks) + wait(60000),
        "fragment": bytes([6, 17, 0x20, 0]) + struct.pack(">H", 64) + bytes(64) + bytes([6, 17, 0, 8]) + struct.pack(">H", 16) + bytes(16),
    }


def syscalls():
    """Steps of target_syscalls.c: a byte from 192 on prepares memory, one below calls; the numbers are places in its table."""
    small = lambda v: bytes([v << 3])
    at = lambda off: bytes([5]) + struct.pack(">H", (off & ~7) | 5)
    address = bytes([192, 0]) + struct.pack(">H", 0x100)
    socket = lambda kind: bytes([0]) + small(2) + small(kind) + small(0) * 4
    seeds = {
        "socket": socket(1) + socket(2) + address,
        "listen": socket(1) + address + bytes([16]) + small(3) + at(0x100) + small(16) + small(0) * 3 + bytes([18]) + small(3) * 6,
    }
    chance = random.Random(1)
    for i in range(6):
        steps = address
        for _ in range(20):
            steps += bytes([chance.randrange(192)])
            for _ in range(6):
                steps += small(chance.randrange(8)) if chance.random() < 0.5 else at(chance.randrange(1 << 15))
        seeds[f"mixed{i}"] = steps
    return seeds


def main():
    write("elf", "elf64", elf64())
    write("elf", "elf32", elf32())
    write("elf", "script", b"#!/bin/sh\n")
    write("cpio", "archive", cpio())
    write("cpio", "gzip", b"\x1f\x8b\x08\0")
    for name, (count, data) in dns().items():
        write("dns", name, bytes([name == "aaaa", 0, count]) + data)
        write("dns", name + "_flags", bytes([5 if name == "aaaa" else 4, 3, count]) + data)
        write("resolve", name, bytes([0, count]) + struct.pack(">H", len(data)) + data)
        write("resolve", name + "_rcode", bytes([2, 3, count]) + struct.pack(">H", len(data)) + data)
    for name, data in dhcp().items():
        write("dhcp", name, data)
    for name, data in frames().items():
        write("frames", name, data)
    for name, data in syscalls().items():
        write("syscalls", name, data)
    for name, data in seeds_netlink.netlink().items():
        write("netlink", name, data)
    for name, data in ring():
        write("ring", name, data)
    lines = [
        "help\nhelp ip", "ip addr show\nip route show\nip neigh show", "ip addr add 10.1.2.3/24 dev eth0\nip addr del 10.1.2.3/24 dev eth0",
        "ip route add 10.9.0.0/16 via 10.0.0.2\nip route del 10.9.0.0/16", "ifconfig eth0 10.0.0.7 netmask 255.255.0.0 up", "route -n\narp -n",
        "netstat -t -u -l -n\nnetstat -s\nss -t", "sysctl net.ipv4.tcp_rmem\nsysctl net.ipv4.ip_forward=1", "dmesg\nfree\nslabinfo\nps\nuptime",
        "arp -s 10.0.0.9 02:00:00:00:00:09\narp -d 10.0.0.9", 'stat cpu\nloglevel 4\n"un closed', "kill 99999\nkill -9 abc\nrun nothing here",
    ]
    for i, line in enumerate(lines):
        write("console", f"lines{i}", b"\0" + line.encode())
    write("console", "keys", b"\1ip addr\x1b[D\x1b[D\x7fx\x01\x05\x15hel\tp\r\x1b[A\x1b[B\x1b[3~\x0c\x17\x03\r")
    link_up = bytes(6) + b"\1" + bytes(5)  # the device's configuration
    for name, data in {
        "frames": b"\0" * 12 + b"".join(bytes([11, 0]) + struct.pack(">H", 100) + bytes(100) for _ in range(10)),
        "sends": b"\0" * 12 + bytes([4, 0, 99, 4, 1, 1, 5, 0, 5, 1, 9, 0, 10]),
        "lies": bytes([0]) + bytes(12) + bytes([0, 0, 0, 0, 9, 0, 0, 0, 9, 1, 0, 255, 255, 3, 1]),
        "scribbles": bytes([0]) + bytes(12) + b"".join(bytes([2, i % 3, 0, 0, i, 8, 8]) + bytes([255] * 8) for i in range(0, 200, 14)) + bytes([3, 1]),
        # a transmit queue of 4 descriptors, and a packet in 12 pieces; a device that answers no command
        "short_queue": bytes([0x10]) + struct.pack(">HHH", 64, 4, 64) + link_up + bytes([0, 4, 0x8C, 1, 5, 0, 4, 0x8C, 2, 4, 0, 9, 5, 0, 5, 0]),
        "mute_control": bytes([0x20]) + link_up + bytes([3, 0, 9, 3, 7, 31, 9, 0, 9, 2, 7, 31, 3, 1]),
        # large segments, received in 9 and 39 buffers, right and then with one field spoilt each; sent from memory and from pages
        "large_received": bytes([0x10]) + struct.pack(">HHH", 256, 256, 64) + link_up + b"\0" + b"".join(
            bytes([0xF0, header, segment, buffers - 1]) + extra for header, segment, buffers, extra in
            (
                (0, 0, 9, b""), (0, 0, 39, b""), (0, 0, 1, b""), (1, 0, 9, bytes(2)), (1, 0, 2, b"\xff\xff"), (2, 0, 3, b"\x81"), (2, 0, 3, b"\3"),
                (4, 0, 9, b"\0\x10"), (4, 0, 9, b"\xff\xff"), (8, 0, 3, b"\0\2"), (8, 0, 3, b"\0\xff"), (16, 0, 9, b"\0"), (32, 0, 2, b"\0\x10"),
                (64, 0, 3, struct.pack(">HHH", 100, 1000, 0)), (0, 1, 9, b"\x86\xdd"), (0, 2, 9, b"\x0f"), (0, 4, 9, bytes(2)), (0, 8, 9, b"\x20\0"),
                (0, 16, 9, b"\x0f"), (0, 32, 9, b"\xff"), (0, 0, 48, b""),
            )
        ),
        # buffers become large while small ones are used up, and small again
        "large_and_small": bytes([0x10]) + struct.pack(">HHH", 256, 256, 64) + link_up + b"\0"
        + b"".join(bytes([0xF0, 0, 0, n - 1]) for n in [39] * 5 + [24] + [38, 37, 36] * 8 + [3, 2] * 20)
        + b"".join(bytes([11, 0x80]) + struct.pack(">H", 100) + bytes(100) for _ in range(12)),
        "large_sent": bytes([0]) + link_up + b"\0" + b"".join(bytes([0xF8]) + struct.pack(">H", shape) + bytes([5, 0]) for shape in
            (0xE00F, 0xE02F, 0xE06F, 0x0021, 0x1041, 0xE03F, 0xFF40, 0x000F)),
        "large_sent_without_tso": bytes([8]) + struct.pack(">II", 1, 1 << 16 | 1 << 5 | 1) + link_up + bytes([0, 0xF8, 0xE0, 0x2F, 5, 0, 0xF8, 0x01, 0x4F, 5, 0]),
        "transitional": bytes([3]) + bytes(12) + bytes([11, 0, 0, 90]) + bytes(90) + bytes([4, 1, 1, 5, 0]),
    }.items():
        write("virtio", name, data)
    for name, data in {
        "frames": bytes([0]) + b"".join(bytes([8, 0x2B, 0, 90]) + bytes(90) for _ in range(10)),
        "pieces": bytes([0]) + b"".join(bytes([8, last << 0 | 0x28, 0, 64]) + bytes(64) for last in (0, 0, 1, 0, 1)),
        "sends": bytes([0, 2, 1, 95, 2, 1, 97, 3, 0, 1, 1, 5, 9, 6, 1, 6, 3, 6, 0, 6, 0]),
        "large": bytes([0]) + b"".join(bytes([0xF8]) + struct.pack(">H", shape) + bytes([2, 1, 95]) for shape in
            (0xE00F, 0xE02F, 0xE06F, 0x0021, 0x1041, 0xE03F, 0xFF40, 0x000F)) + bytes([0xF8, 0xE0, 0x2F] * 8),
        "lies": bytes([0xF3]) + bytes([4, 9, 1, 255, 255, 255, 255, 8, 0xCF, 255, 255, 255]),
    }.items():
        write("e1000", name, data)


if __name__ == "__main__":
    main()
