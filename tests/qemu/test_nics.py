# SPDX-License-Identifier: MIT
"""Eight network cards at once, of all kinds, each on a network of its own."""

import os
import re
import socket

import netns
import pytest
import skiff

pytestmark = pytest.mark.tap

KINDS = ["virtio", "e1000", "virtio", "e1000-82545em", "e1000", "virtio", "e1000-82545em", "virtio"]


def mac_of(number):
    return f"52:54:00:12:34:{0x60 + number:02x}"


def host_of(number):
    return f"10.78.{number}.1"


def guest_of(number):
    return f"10.78.{number}.2"


@pytest.fixture
def machine(request):
    extra = []
    with netns.NetNs() as namespace:
        for number, kind in enumerate(KINDS):
            tap = f"wire{number}"
            for line in (f"ip tuntap add {tap} mode tap", f"ip addr add {host_of(number)}/24 dev {tap}", f"ip link set {tap} up"):
                namespace.run(*line.split())
            extra += ["-netdev", f"tap,id=net{number},ifname={tap},script=no,downscript=no"]
            extra += ["-device", f"{skiff.NICS[kind]},netdev=net{number},mac={mac_of(number)},romfile="]
        with skiff.Skiff(netns=namespace, nic="none", extra=extra, cmdline="ip=off", name=request.node.name) as vm:
            vm.expect_line("echod: serving")
            yield vm


def names(machine):
    """{MAC: device} of the machine's cards."""
    return {mac: name for name, mac in re.findall(r"\d+: (eth\d+):.*\n.*link/ether (\S+)", machine.cmd("ip link show"))}


def test_eight_cards_work_at_once(machine):
    devices = names(machine)
    assert set(devices) == {mac_of(number) for number in range(len(KINDS))}
    for number in range(len(KINDS)):
        device = devices[mac_of(number)]
        assert machine.cmd(f"ip addr add {guest_of(number)}/24 dev {device}") == ""
        assert machine.cmd(f"ip link set {device} up") == ""
    pings = [netns.ping(machine.netns, "-c", "3", "-i", "0.2", "-W", "30", guest_of(number)).stdout for number in range(len(KINDS))]
    assert all(" 0% packet loss" in text for text in pings), pings
    for number in range(len(KINDS)):
        assert " 0% packet loss" in machine.cmd(f"ping -c 1 {host_of(number)}")
    # All of them carry a connection at the same time, and each brings back its own bytes.
    connections = [machine.netns.call(socket.create_connection, (guest_of(number), 7), skiff.TIMEOUT) for number in range(len(KINDS))]
    sent = [os.urandom(30000) for _ in KINDS]
    for connection, data in zip(connections, sent):
        connection.sendall(data[:15000])
    for connection, data in zip(connections, sent):
        with connection:
            connection.sendall(data[15000:])
            assert received(connection, 30000) == data
    table = machine.cmd("cat /proc/net/dev")
    for device in devices.values():
        fields = re.search(rf"{device}: *(.*)", table).group(1).split()
        assert int(fields[1]) > 10 and int(fields[9]) > 10, table
        assert [int(fields[i]) for i in (2, 3, 10, 11)] == [0] * 4, table


def received(connection, length):
    data = b""
    while len(data) < length and (part := connection.recv(length - len(data))):
        data += part
    return data
