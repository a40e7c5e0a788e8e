# SPDX-License-Identifier: MIT
"""TCP with the host's Linux over a wire that loses, delays, reorders and doubles frames: 10 MB each way, compared by hash."""

import contextlib
import hashlib
import os
import re

import link
import pytest
import skiff

SIZE = 10_000_000
LIMIT = 120.0  # seconds of silence; ten megabytes take some five of them

ADDRESS = "ip=10.77.0.2::10.77.0.1:255.255.255.0::eth0:off"

# What must have happened to the data's direction for the test to have tested anything.
TROUBLES = {
    "loss": (dict(delay_us=5000, loss_ppm=5000), ["lost"]),
    "reordering": (dict(delay_us=5000, reorder_ppm=20000, reorder_us=3000), ["reordered"]),
    "duplication": (dict(delay_us=2000, duplicate_ppm=20000), ["doubled"]),
    "all": (
        dict(delay_us=5000, loss_ppm=3000, reorder_ppm=10000, reorder_us=2000, duplicate_ppm=10000),
        ["lost", "reordered", "doubled"],
    ),
}


def lines(size):
    """What chargen sends (RFC 864): 72 characters of printable ASCII a line, the next line one character further."""
    ring = bytes(range(32, 127))
    text = b"".join((ring + ring)[at : at + 72] + b"\r\n" for at in range(95))
    return (text * (size // len(text) + 1))[:size]


def digest(data):
    return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def over(net, name, test, nic="virtio"):
    """A machine behind a wire with these troubles; afterwards it makes sure that they have happened, on both ways."""
    settings, happened = TROUBLES[name]
    with link.Link(net, **settings) as wire:
        with skiff.Skiff(netns=net, link=wire, nic=nic, cmdline=ADDRESS, name=test) as machine:
            yield machine.ready()
            wire.close()
    for way in wire.ways:
        assert all(way[count] for count in happened), f"nothing was {happened} on the wire: {wire.ways}"


@pytest.mark.tap
@pytest.mark.parametrize("name", TROUBLES)
def test_ten_megabytes_each_way_arrive_unharmed(net, name, request):
    sent = os.urandom(SIZE)
    with over(net, name, request.node.name) as machine:
        with machine.connect(7) as connection:
            received = skiff.exchange(connection, sent, timeout=LIMIT)
    assert digest(received) == digest(sent)


@pytest.mark.tap
def test_ten_megabytes_of_chargen_arrive_unharmed_through_e1000(net, request):
    received = bytearray()
    with over(net, "all", request.node.name, nic="e1000") as machine:
        with machine.connect(19, LIMIT) as connection:
            while len(received) < SIZE:
                part = connection.recv(SIZE - len(received))
                assert part, "the guest closed"
                received += part
    assert digest(received) == digest(lines(SIZE))


BBR_RATE = 20_000  # kbit/s of the wire
BBR_WIRE = dict(delay_us=10000, loss_ppm=20000, rate_kbps=BBR_RATE, queue=200)


def bandwidth(machine):
    """What BBR thinks of the path, in Mbit/s, by ss; None: no connection of its kind sends."""
    found = re.search(r"bbr:\(bw:([\d.]+)([KMG]?)bps,mrtt:([\d.]+),pacing_gain:[\d.]+.*pacing_rate [\d.]+", machine.cmd("ss -t -i -n"))
    return float(found.group(1)) * {"": 1e-6, "K": 1e-3, "M": 1, "G": 1000}[found.group(2)] if found else None


@pytest.mark.tap
@pytest.mark.parametrize("nic", ["virtio", "e1000"])
def test_bbr_sends_ten_megabytes_through_losses(net, nic, request):
    received, seen = bytearray(), []
    with link.Link(net, **BBR_WIRE) as wire:
        with skiff.Skiff(netns=net, link=wire, nic=nic, cmdline=ADDRESS, name=request.node.name) as machine:
            machine.ready()
            machine.cmd("sysctl -w net.ipv4.tcp_congestion_control=bbr")
            with machine.connect(19, LIMIT) as connection:
                while len(received) < SIZE:
                    part = connection.recv(SIZE - len(received))
                    assert part, "the guest closed"
                    received += part
                    if len(received) * 4 // SIZE > len(seen):  # at a quarter, a half, three quarters, while it sends
                        seen.append(bandwidth(machine))
            wire.close()
    assert digest(received) == digest(lines(SIZE))
    assert wire.ways[1]["lost"] > 50, wire.ways
    assert all(seen[:3]), seen
    assert max(seen) < BBR_RATE / 1000 * 1.5, f"the wire carries {BBR_RATE / 1000} Mbit/s: {seen}"


@pytest.mark.tap
def test_bbr_on_both_ends_echoes_megabytes(net, request):
    sent = os.urandom(SIZE // 2)
    with link.Link(net, **BBR_WIRE) as wire:
        with skiff.Skiff(netns=net, link=wire, cmdline=ADDRESS, name=request.node.name) as machine:
            machine.ready()
            machine.cmd("sysctl -w net.ipv4.tcp_congestion_control=bbr")
            with machine.connect(7, LIMIT) as connection:
                with contextlib.suppress(OSError):  # a host without the module keeps its own
                    connection.setsockopt(6, 13, b"bbr")  # TCP_CONGESTION
                received = skiff.exchange(connection, sent, timeout=LIMIT)
            wire.close()
    assert digest(received) == digest(sent)
    assert all(way["lost"] > 20 for way in wire.ways), wire.ways
