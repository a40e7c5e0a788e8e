# SPDX-License-Identifier: MIT
"""Large segments: the bytes are right, and they really cross whole, between the stack and its device and on a wire that takes them."""

import hashlib
import os
import re
import socket
import threading

import pytest
import skiff

ETH_P_ALL = 3
PACKET_OUTGOING = 4
SIZE = 16 * 1024 * 1024
FULL = 1514  # bytes of the largest frame of one packet


class Wire:
    """The largest frame each way on the namespace's tap, as a packet socket sees them."""

    def __init__(self, namespace):
        self.from_guest = self.to_guest = 0
        self.socket = namespace.call(self.open, namespace.tap)
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    @staticmethod
    def open(tap):
        watcher = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        watcher.bind((tap, ETH_P_ALL))
        watcher.settimeout(0.2)
        return watcher

    def look(self):
        while True:
            try:
                data, address = self.socket.recvfrom(1 << 17)
            except TimeoutError:
                continue
            except OSError:
                return
            if address[2] == PACKET_OUTGOING:
                self.to_guest = max(self.to_guest, len(data))
            else:
                self.from_guest = max(self.from_guest, len(data))

    def close(self):
        self.socket.close()
        self.thread.join()


def counters(machine):
    return {name: int(value) for name, value in re.findall(r"^ +(\w+) +(\d+)$", machine.cmd("stat eth0"), re.M)}


def echo(machine, size=SIZE):
    data = os.urandom(size)
    with machine.connect(7) as connection:
        received = skiff.exchange(connection, data, timeout=300)
    assert hashlib.sha256(received).digest() == hashlib.sha256(data).digest()


@pytest.mark.tap
def test_virtio_takes_and_brings_them_whole(wired):
    machine = wired(nic="virtio")
    wire = Wire(wired.namespace)
    echo(machine)
    wire.close()
    count = counters(machine)
    assert wire.from_guest > 16 * FULL, wire.from_guest
    assert wire.to_guest > 16 * FULL, wire.to_guest
    assert count["tx_tso"] > 100 and count["rx_tso"] > 100, count
    assert count["tx_gso_packets"] == 0, count
    assert count["rx_bad_header"] == count["rx_errors"] == count["tx_dropped"] == 0, count
    assert count["tx_packets"] < 2 * SIZE / FULL, count


@pytest.mark.tap
def test_e1000_cuts_them_and_what_comes_is_joined(wired):
    machine = wired(nic="e1000")
    wire = Wire(wired.namespace)
    echo(machine)
    wire.close()
    count = counters(machine)
    assert wire.from_guest == FULL, wire.from_guest
    assert count["tx_tso"] > 100, count
    assert count["tx_gso_packets"] == 0, count
    assert count["rx_gro_segments"] > 4 * count["rx_gro_packets"] > 0, count
    assert count["tx_errors"] == count["rx_errors"] == count["device_violations"] == 0, count


@pytest.mark.tap
@pytest.mark.parametrize("without", ["host_tso4", "host_ecn", "guest_tso4", "mrg_rxbuf", "csum", "guest_csum"])
def test_a_device_that_cannot_is_served_in_software(wired, without):
    machine = wired(nic="virtio", nic_args=f",{without}=off")
    echo(machine, SIZE // 4)
    count = counters(machine)
    assert (count["tx_tso"] == 0) == (without in ("host_tso4", "csum")), count
    assert (count["tx_gso_packets"] > 0) == (count["tx_tso"] == 0), count
    assert (count["rx_tso"] == 0) == (without in ("guest_tso4", "mrg_rxbuf", "guest_csum")), count
    assert count["rx_bad_header"] == count["rx_errors"] == 0, count


def test_a_network_without_offloads_is_served_in_software(request):
    with skiff.Skiff(nic="virtio", name=request.node.name) as machine:
        machine.ready()
        echo(machine, SIZE // 4)
        count = counters(machine)
        assert count["tx_tso"] == count["rx_tso"] == 0, count
        assert count["tx_gso_segments"] > 2 * count["tx_gso_packets"] > 0, count
        assert count["rx_gro_packets"] > 0, count


@pytest.mark.tap
def test_large_segments_reach_a_small_machine(wired):
    """There is little memory for long frames: they come in more and smaller pieces, or are sent again, and all arrive."""
    machine = wired(nic="virtio", mem=8)
    echo(machine, SIZE // 4)
    assert counters(machine)["rx_tso"] > 0
