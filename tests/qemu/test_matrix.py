# SPDX-License-Identifier: MIT
"""The main job on every card, network and way to boot: addresses by DHCP, echo over TCP and UDP, ping both ways."""

import contextlib
import hashlib
import os
import re
import socket

import netns
import pytest
import skiff

CASES = [
    pytest.param(nic, net, boot, id=f"{nic}-{net}-{boot}", marks=[pytest.mark.tap] if net == "tap" else [])
    for nic in skiff.NICS
    for net in ("user", "tap")
    for boot in ("kernel", "iso")
]


@pytest.mark.parametrize("nic,net,boot", CASES)
def test_echo_serves_on_every_card_network_and_loader(nic, net, boot, request):
    with contextlib.ExitStack() as stack:
        namespace = None
        if net == "tap":
            namespace = stack.enter_context(netns.NetNs())
            namespace.dnsmasq("--port=0", "--dhcp-range=10.77.0.2,10.77.0.2,255.255.255.0,1h")
        machine = stack.enter_context(skiff.Skiff(nic=nic, boot=boot, netns=namespace, name=request.node.name))
        machine.ready()
        echo_ten_megabytes(machine)
        echo_datagrams(machine)
        discard_and_chargen(machine)
        if namespace:
            answer = netns.ping(namespace, "-c", "5", "-i", "0.05", "-W", "10", "-s", "1400", namespace.guest)
            assert re.search(r"5 packets transmitted, 5 received", answer.stdout), answer.stdout
            neighbours = namespace.run("ip", "neigh", "show", namespace.guest).stdout
            assert skiff.MAC in neighbours
        host = namespace.host if namespace else "10.0.2.2"
        output = machine.cmd(f"ping -c 3 {host}")
        assert re.search(r"3 packets transmitted, 3 received, 0% packet loss", output), output


def echo_ten_megabytes(machine):
    data = os.urandom(10 * 1024 * 1024)
    with machine.connect(7) as connection:
        received = skiff.exchange(connection, data, timeout=120)
    assert len(received) == len(data)
    assert hashlib.sha256(received).digest() == hashlib.sha256(data).digest()


def echo_datagrams(machine):
    for size in (0, 1, 2, 17, 18, 512, 1471, 1472):
        data = os.urandom(size)
        assert skiff.ask(machine, 7, data) == data


def discard_and_chargen(machine):
    with machine.connect(9) as connection:
        connection.sendall(b"x" * 100000)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    with machine.connect(19) as connection:
        received = b""
        while len(received) < 74 * 200:
            received += connection.recv(65536)
    lines = received.split(b"\r\n")
    assert lines[0] == bytes(range(32, 32 + 72))
    assert lines[1] == bytes(range(33, 33 + 72))
