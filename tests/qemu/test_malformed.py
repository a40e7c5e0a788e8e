# SPDX-License-Identifier: MIT
"""Frames that no honest peer sends: none crashes, each is counted, and the echo server answers afterwards."""

import logging
import random
import re
import socket
import struct

import netns
import pytest
import skiff
import wire
from wire import GUEST, PEER, PEER_MAC

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import ARP, ICMP, IP, TCP, UDP, Ether, Raw  # noqa: E402

pytestmark = pytest.mark.tap

COUNT = 5


@pytest.fixture(scope="module", params=wire.CARDS)
def station(request):
    """A guest and its wire, for all kinds of frames."""
    with wire.station(request.param, "malformed") as machine:
        yield machine


def counters(machine):
    """{(section, text): number} of netstat -s, and what the device itself counts."""
    found = {}
    section = ""
    for line in machine.cmd("netstat -s").split("\n"):
        if re.match(r"^\w+:$", line):
            section = line[:-1]
        elif match := re.match(r"^\s+(.*?)(\d+)(.*)$", line):
            found[section, (match.group(1) + "#" + match.group(3)).strip()] = int(match.group(2))
    for name, number in re.findall(r"(\w+)\W+(\d+)", machine.cmd("stat eth0")):
        found["eth0", name] = int(number)
    return found


USUAL = re.compile(r"total packets received|delivered|requests sent|segments (received|sent|sent out)|InOctets|OutOctets|packets sent|packets received$|rx_packets|tx_packets|rx_bytes|tx_bytes|Octets|NoECTPkts")


def ether(kind=None):
    frame = Ether(dst=skiff.MAC, src=PEER_MAC)
    if kind is not None:
        frame.type = kind
    return frame


def ip(**fields):
    return ether() / IP(src=PEER, dst=GUEST, **fields)


def cut(packet, length):
    """The packet's first bytes, its length fields as they were."""
    return bytes(packet)[:length]


def tcp(**fields):
    return TCP(sport=40000, dport=7, flags="S", seq=1000, **fields)


WHOLE_TCP = bytes(ip() / tcp())
OPTION_BYTES = {
    "zero-length": b"\x02\x00\x01\x01",
    "length-one": b"\x02\x01\x01\x01",
    "beyond-the-header": b"\x02\xff\x01\x01",
    "sack-of-odd-length": b"\x05\x07" + bytes(6),
    "timestamp-cut": b"\x08\x0a\x00\x00",
    "unknown": b"\xfd\x04\x01\x02",
}

# Each kind: the frames, and whether some counter beside the usual ones must tell of every one of them.
KINDS = {
    "runt": ([cut(ether(0x0800), 14)] * COUNT, True),
    "ip-cut-in-the-header": ([cut(ip() / UDP(sport=1, dport=7), 14 + n) for n in (1, 8, 12, 19)], True),
    "ip-version-5": ([ip(version=5) / UDP(dport=7)] * COUNT, True),
    "ip-header-length-4": ([ip(ihl=4) / UDP(dport=7)] * COUNT, True),
    "ip-header-length-beyond": ([ip(ihl=15) / Raw(b"x")] * COUNT, True),
    "ip-bad-checksum": ([ip(chksum=0x1234) / UDP(dport=7)] * COUNT, True),
    "ip-total-length-beyond": ([ip(len=4000) / UDP(dport=7) / Raw(b"x" * 50)] * COUNT, True),
    "ip-total-length-too-small": ([ip(len=19) / UDP(dport=7)] * COUNT, True),
    "ip-source-broadcast": ([ether() / IP(src="255.255.255.255", dst=GUEST) / UDP(dport=7)] * COUNT, True),
    "ip-source-multicast": ([ether() / IP(src="224.0.0.1", dst=GUEST) / UDP(dport=7)] * COUNT, True),
    "ip-source-loopback": ([ether() / IP(src="127.0.0.1", dst=GUEST) / UDP(dport=7)] * COUNT, True),
    "ip-source-own": ([ether() / IP(src=GUEST, dst=GUEST) / UDP(dport=7)] * COUNT, True),
    "ip-destination-elsewhere": ([ether() / IP(src=PEER, dst="198.51.100.9") / UDP(dport=7)] * COUNT, True),
    "ip-unknown-protocol": ([ip(proto=253) / Raw(b"x" * 20)] * COUNT, True),
    "ip-options-that-lie": ([ether() / IP(src=PEER, dst=GUEST, ihl=6, options=[]) / Raw(o + b"x" * 20) for o in (b"\x83\x00\x00\x00", b"\x83\xff\x04\x00", b"\x44\x02\x05\x00", b"\x07\x01\x00\x00")], True),
    "udp-cut": ([ip(proto=17) / Raw(b"x" * n) for n in (1, 4, 7)], True),
    "udp-length-too-long": ([ip() / UDP(dport=7, len=500) / Raw(b"x")] * COUNT, True),
    "udp-length-too-short": ([ip() / UDP(dport=7, len=7) / Raw(b"x")] * COUNT, True),
    "udp-bad-checksum": ([ip() / UDP(dport=7, chksum=0x1234) / Raw(b"x" * 10)] * COUNT, True),
    "udp-no-such-port": ([ip() / UDP(sport=9999, dport=1) / Raw(b"x")] * COUNT, True),
    "tcp-cut": ([ip(proto=6) / Raw(b"x" * n) for n in (1, 10, 19)], True),
    "tcp-header-length-4": ([ip() / tcp(dataofs=4)] * COUNT, True),
    "tcp-header-length-beyond": ([ip() / tcp(dataofs=15)] * COUNT, True),
    "tcp-bad-checksum": ([ip() / tcp(chksum=0x1234)] * COUNT, True),
    "tcp-no-such-port": ([ip() / TCP(sport=40001, dport=1, flags="S")] * COUNT, True),
    "tcp-strange-flags": ([ip() / TCP(sport=40002, dport=7, flags=f) for f in ("", "FPU", "SF", "SR", "SRF", "FSRPAUEC")], False),
    "tcp-options": ([ip() / TCP(sport=41000 + i, dport=7, flags="S", options=[]) for i in range(3)], False),
    "icmp-cut": ([ip(proto=1) / Raw(b"\x08" * n) for n in (1, 4, 7)], True),
    "icmp-bad-checksum": ([ip() / ICMP(chksum=0x1234)] * COUNT, True),
    "icmp-unknown-type": ([ip() / ICMP(type=200)] * COUNT, False),
    "icmp-error-about-nothing": ([ip() / ICMP(type=3, code=c) / Raw(b"x" * n) for c, n in ((0, 0), (1, 3), (2, 19), (4, 20), (200, 28))], True),
    "icmp-error-that-lies": ([ip() / ICMP(type=3, code=4) / IP(src=GUEST, dst=PEER, ihl=15) / Raw(b"x" * 8)] * COUNT, False),
    "fragments-that-overlap": ([ip(id=77, flags="MF", frag=f) / Raw(b"x" * 64) for f in (0, 4, 2, 7)], False),
    "fragment-beyond-64k": ([ip(id=78, frag=8191, flags=f) / Raw(b"x" * 800) for f in (0, "MF")], True),
    "fragment-of-no-length": ([ip(id=79, flags="MF", frag=10)] * COUNT, False),
    "arp-cut": ([cut(ether(0x0806) / ARP(), 14 + n) for n in (1, 7, 20, 27)], True),
    "arp-strange-hardware": ([ether(0x0806) / ARP(hwtype=77, pdst=GUEST)] * COUNT, True),
    "arp-strange-lengths": ([ether(0x0806) / ARP(hwlen=20, plen=200, pdst=GUEST)] * COUNT, True),
    "arp-strange-operation": ([ether(0x0806) / ARP(op=99, psrc=PEER, pdst=GUEST, hwsrc=PEER_MAC)] * COUNT, True),
    "arp-from-multicast": ([ether(0x0806) / ARP(op=1, psrc="224.0.0.1", pdst=GUEST)] * COUNT, False),
    "ethertype-unknown": ([ether(0x88B5) / Raw(b"x" * 60)] * COUNT, True),
    "for-another-station": ([Ether(dst="02:00:00:00:00:77", src=PEER_MAC) / IP(src=PEER, dst=GUEST) / UDP(dport=7)] * COUNT, False),
    "length-instead-of-type": ([ether(0x0026) / Raw(b"\xaa\xaa\x03" + b"x" * 40)] * COUNT, False),
}  # fmt: skip


def settled(machine):
    """All that was sent before has been looked at: a ping from the host has come back behind it."""
    assert netns.ping(machine.namespace, "-c", "1", "-W", "20", GUEST).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_malformed_frames_are_counted_and_do_no_harm(station, kind):
    frames, counted = KINDS[kind]
    before = counters(station)
    for frame in frames:
        station.wire.send(frame)
    settled(station)
    after = counters(station)
    moved = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    unusual = {key: value for key, value in moved.items() if not USUAL.search(key[1])}
    if counted:
        assert max(unusual.values(), default=0) >= len(frames), f"sent {len(frames)}; what moved: {moved}"
    station.ready()


@pytest.mark.parametrize("kind", OPTION_BYTES)
def test_wild_tcp_options_are_survived(station, kind):
    options = OPTION_BYTES[kind]
    options += bytes(-len(options) % 4)
    for port in range(COUNT):
        segment = bytearray(bytes(TCP(sport=42000 + port, dport=7, flags="S", dataofs=5 + len(options) // 4)) + options)
        whole = IP(src=PEER, dst=GUEST, proto=6) / Raw(bytes(segment))
        segment[16:18] = checksum(bytes(segment))
        whole = IP(src=PEER, dst=GUEST, proto=6) / Raw(bytes(segment))
        station.wire.send(ether() / whole)
    settled(station)
    station.ready()


def checksum(segment):
    pseudo = socket.inet_aton(PEER) + socket.inet_aton(GUEST) + struct.pack("!BBH", 0, 6, len(segment)) + segment
    pseudo += b"\0" * (len(pseudo) % 2)
    total = sum(struct.unpack(f"!{len(pseudo) // 2}H", pseudo))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


def test_ten_thousand_random_frames_are_survived(station):
    chance = random.Random(12)
    seeds = [bytes(ip() / UDP(dport=7) / Raw(b"x" * 40)), WHOLE_TCP, bytes(ip() / ICMP() / Raw(b"x" * 40)), bytes(ether(0x0806) / ARP(pdst=GUEST))]
    for number in range(10000):
        frame = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            frame[chance.randrange(12, len(frame))] = chance.randrange(256)
        if chance.random() < 0.3:
            frame = frame[: chance.randint(14, len(frame))]
        station.wire.send(frame)
        if number % 500 == 499:
            settled(station)
    station.namespace.run("ip", "neigh", "flush", "dev", station.namespace.tap)
    station.ready()


def test_a_flood_leaves_the_console_alive(station):
    frame = bytes(ip() / UDP(sport=5, dport=9) / Raw(b"x" * 18))
    for _ in range(5):
        for _ in range(4000):
            station.wire.send(frame)
        assert "up" in station.cmd("uptime")
    station.ready()
