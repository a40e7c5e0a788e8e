# SPDX-License-Identifier: MIT
"""TCP with the host's Linux over a wire that loses, delays, reorders and doubles frames: 10 MB each way, compared by hash."""

import contextlib
import hashlib
import os

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
