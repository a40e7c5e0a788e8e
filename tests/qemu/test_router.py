# SPDX-License-Identifier: MIT
"""Skiff as a router, with two cards, between the host's Linux and a second router that is Linux, too:

    near 10.77.0.1 -- 10.77.0.2 Skiff 10.78.0.2 -- 10.78.0.1 hop 10.79.0.1 -- 10.79.0.2 far
"""

import contextlib
import hashlib
import os
import re
import select
import socket
import threading
import time

import netns
import pytest
import skiff

pytestmark = pytest.mark.tap

NEAR, FAR = "10.77.0.1", "10.79.0.2"
SIZE = 10 * 1000 * 1000
SOL_UDP, UDP_SEGMENT = 17, 103
IP_MTU_DISCOVER, IP_PMTUDISC_DONT, IP_PMTUDISC_DO, IP_MTU = 10, 0, 2, 14
SO_RCVBUFFORCE = 33
MILLION = 1000 * 1000


class Path:
    """The three namespaces and the machine."""

    def __init__(self, stack, name, nics):
        self.near = stack.enter_context(netns.NetNs())
        self.hop = stack.enter_context(netns.NetNs("10.78.0.1"))
        self.far = stack.enter_context(netns.NetNs("10.80.0.1"))
        for space, line in (
            (self.near, "ip route add 10.78.0.0/24 via 10.77.0.2"),
            (self.near, "ip route add 10.79.0.0/24 via 10.77.0.2"),
            (self.hop, "ip route add 10.77.0.0/24 via 10.78.0.2"),
            (self.hop, "sysctl -q -w net.ipv4.ip_forward=1"),
            (self.hop, f"ip link add out type veth peer name in netns {self.far.name}"),
            (self.hop, "ip addr add 10.79.0.1/24 dev out"),
            (self.hop, "ip link set out up"),
            (self.far, f"ip addr add {FAR}/24 dev in"),
            (self.far, "ip link set in up"),
            (self.far, "ip route add default via 10.79.0.1"),
        ):
            space.run(*line.split())
        taps = [space.call(netns.attach, space.tap, netns.IFF_VNET_HDR) for space in (self.near, self.hop)]
        extra = []
        for number, (tap, nic) in enumerate(zip(taps, nics)):
            extra += ["-netdev", f"tap,id=net{number},fd={tap}"]
            extra += ["-device", f"{skiff.NICS[nic]},netdev=net{number},mac=52:54:00:12:34:{number:02x},romfile="]
        self.machine = stack.enter_context(
            skiff.Skiff(nic="none", extra=extra, fds=taps, name=name, cmdline="ip=10.77.0.2:::255.255.255.0::eth0:off")
        )
        for tap in taps:
            os.close(tap)
        for line in (
            "ip addr add 10.78.0.2/24 dev eth1",
            "ip link set eth1 up",
            "ip route add 10.79.0.0/24 via 10.78.0.1",
            "sysctl -w net.ipv4.ip_forward=1",
        ):
            self.machine.cmd(line)
        self.until_reached()

    def until_reached(self):
        """A first packet each way, so that all neighbours are known."""
        deadline = time.monotonic() + skiff.TIMEOUT
        while self.near.run("ping", "-c1", "-W2", FAR, check=False).returncode:
            assert time.monotonic() < deadline, self.machine.tail()

    def transfer(self, source, destination, address, size=SIZE):
        """Bytes over TCP through the router, and their hash at both ends."""
        data = os.urandom(size)
        hashes = []
        listener = destination.call(socket.socket)
        listener.bind((address, 0))
        listener.listen()

        def receive():
            connection, _ = listener.accept()
            digest = hashlib.sha256()
            with connection:
                while piece := connection.recv(1 << 18):
                    digest.update(piece)
            hashes.append(digest.digest())

        thread = threading.Thread(target=receive, daemon=True)
        thread.start()
        with listener, source.call(socket.socket) as sender:
            sender.settimeout(300)
            sender.connect(listener.getsockname())
            sender.sendall(data)
            sender.shutdown(socket.SHUT_WR)
            thread.join(300)
        assert hashes == [hashlib.sha256(data).digest()]

    def counters(self):
        """Skiff's own counts: forwarded, and packets in and out of each card."""
        snmp = self.machine.cmd("cat /proc/net/snmp")
        names, values = [line.split()[1:] for line in snmp.split("\n") if line.startswith("Ip:")]
        found = dict(zip(names, map(int, values)))
        for name, numbers in re.findall(r"(eth\d):(.*)", self.machine.cmd("cat /proc/net/dev")):
            fields = list(map(int, numbers.split()))
            found[f"{name} in"], found[f"{name} out"] = fields[1], fields[9]
            found[f"{name} lost"] = fields[2] + fields[3] + fields[10] + fields[11]
        return found


@pytest.fixture(params=[("virtio", "virtio"), ("virtio", "e1000"), ("e1000", "virtio")], ids="-".join)
def path(request):
    with contextlib.ExitStack() as stack:
        yield Path(stack, request.node.name, request.param)


@pytest.fixture
def virtio_path(request):
    with contextlib.ExitStack() as stack:
        yield Path(stack, request.node.name, ("virtio", "virtio"))


def test_tcp_crosses_both_ways(path):
    before = path.counters()
    path.transfer(path.near, path.far, FAR)
    path.transfer(path.far, path.near, NEAR)
    after = path.counters()
    assert after["ForwDatagrams"] > before["ForwDatagrams"]
    assert after["InDelivers"] == before["InDelivers"], "forwarded packets are not Skiff's own"


def test_traceroute_names_the_routers_in_their_order(virtio_path):
    for kind in ([], ["-I"]):
        output = virtio_path.near.run("traceroute", "-n", "-q1", "-w20", *kind, FAR).stdout
        hops = re.findall(r"^ *\d+ +(\S+)", output, re.M)
        assert hops == ["10.77.0.2", "10.78.0.1", FAR], output


def test_a_smaller_mtu_behind_it_is_learnt(virtio_path):
    """The second router's narrow link: what it says goes back through Skiff, and the sender's segments become smaller."""
    path = virtio_path
    path.hop.run("ip", "link", "set", "out", "mtu", "1300")
    path.transfer(path.near, path.far, FAR)
    assert "mtu 1300" in path.near.run("ip", "route", "get", FAR).stdout


def test_its_own_smaller_mtu_is_told_and_fragments_what_may_be(virtio_path):
    path = virtio_path
    path.machine.cmd("ip link set eth1 mtu 1200")
    before = path.counters()
    receiver = path.far.call(socket.socket, type=socket.SOCK_DGRAM)
    receiver.bind((FAR, 0))
    receiver.settimeout(skiff.TIMEOUT)
    sender = path.near.call(socket.socket, type=socket.SOCK_DGRAM)
    with receiver, sender:
        # What may be cut comes whole, and in pieces of the narrow link's size.
        sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
        data = os.urandom(1400)
        sender.sendto(data, receiver.getsockname())
        assert receiver.recv(2000) == data
        # What may not be cut is told of, with the size that would do.
        sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
        sender.connect(receiver.getsockname())
        sender.send(data)
        poller = select.poll()
        poller.register(sender, 0)
        assert poller.poll(1000 * skiff.TIMEOUT), "no word came back"
        assert sender.getsockopt(socket.IPPROTO_IP, IP_MTU) == 1200
    after = path.counters()
    assert after["FragOKs"] - before["FragOKs"] == 1 and after["FragCreates"] - before["FragCreates"] == 2
    assert after["FragFails"] - before["FragFails"] == 1
    path.transfer(path.near, path.far, FAR)


def test_no_route_and_no_forwarding_are_told(virtio_path):
    path = virtio_path
    path.near.run("ip", "route", "add", "10.99.0.0/24", "via", "10.77.0.2")
    assert "Destination Net Unreachable" in path.near.run("ping", "-c1", "-W20", "10.99.0.1", check=False).stdout
    assert "Time to live exceeded" in path.near.run("ping", "-c1", "-W20", "-t1", FAR, check=False).stdout
    path.machine.cmd("sysctl -w net.ipv4.ip_forward=0")
    before = path.counters()
    path.near.run("ping", "-c1", "-W1", FAR, check=False)
    after = path.counters()
    assert after["ForwDatagrams"] == before["ForwDatagrams"]
    assert after["InAddrErrors"] > before["InAddrErrors"]


def flood(path, count, window=512):
    """Sends @count datagrams of 64 bytes from near to far, so many at a time as no queue on the way is too short for; how many came."""
    payload = bytes(64 * 64)
    received = sent = 0
    sink = path.far.call(socket.socket, type=socket.SOCK_DGRAM)
    sink.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
    sink.bind((FAR, 0))
    sink.settimeout(20)
    source = path.near.call(socket.socket, type=socket.SOCK_DGRAM)
    source.setsockopt(SOL_UDP, UDP_SEGMENT, 64)
    source.connect(sink.getsockname())
    buffer = bytearray(128)
    with sink, source:
        while received < count:
            while sent < count and sent - received <= window - 64:
                sent += source.send(payload[: 64 * min(64, count - sent)]) // 64
            try:
                sink.recv_into(buffer)
                received += 1
            except TimeoutError:
                break
    return received


def test_a_million_packets_and_all_counters_agree(virtio_path):
    path = virtio_path
    before = path.counters()
    tap = [int(path.near.run("cat", f"/sys/class/net/tap0/statistics/{n}").stdout) for n in ("tx_packets", "tx_dropped")]
    received = flood(path, MILLION)
    after = path.counters()
    moved = {name: after[name] - before[name] for name in after}
    sent = [int(path.near.run("cat", f"/sys/class/net/tap0/statistics/{n}").stdout) for n in ("tx_packets", "tx_dropped")]
    given, dropped = sent[0] - tap[0], sent[1] - tap[1]
    others = 100  # ARP and what else a host says from time to time
    assert received == MILLION - dropped, moved
    assert received <= moved["ForwDatagrams"] <= received + others, moved
    assert received <= moved["eth0 in"] <= given + others, moved
    assert received <= moved["eth1 out"] <= received + others, moved
    assert moved["eth0 lost"] == moved["eth1 lost"] == 0, moved
    assert moved["InDiscards"] == moved["OutDiscards"] == moved["InHdrErrors"] == 0, moved
