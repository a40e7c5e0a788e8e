# SPDX-License-Identifier: MIT
"""VLANs, long frames and queueing disciplines on a wire whose other end is Linux."""

import os
import re
import socket
import struct

import netns
import pytest
import skiff

pytestmark = pytest.mark.tap
NICS = ["virtio", "e1000"]
VLAN_HOST, VLAN_GUEST = "10.77.5.1", "10.77.5.2"


def host_vlan(namespace):
    made = namespace.run(*f"ip link add link {namespace.tap} name {namespace.tap}.5 type vlan id 5".split(), check=False)
    if made.returncode:
        pytest.skip("the host's Linux has no 802.1Q")
    namespace.run(*f"ip addr add {VLAN_HOST}/24 dev {namespace.tap}.5".split())
    namespace.run(*f"ip link set {namespace.tap}.5 up".split())


def guest_vlan(machine):
    for line in (
        "ip link add link eth0 name eth0.5 type vlan id 5",
        "ip link set eth0.5 up",
        f"ip addr add {VLAN_GUEST}/24 dev eth0.5",
    ):
        assert machine.cmd(line) == "", line


def echo(namespace, address, size):
    data = os.urandom(size)
    with namespace.call(socket.create_connection, (address, 7), 60) as connection:
        assert skiff.exchange(connection, data, timeout=120) == data


SOL_PACKET, PACKET_AUXDATA, ETH_P_ALL = 263, 8, 3


class Peer:
    """A host of VLAN 5 made of frames: it asks by ARP and ping, and sees the tags of the answers."""

    mac = bytes.fromhex("020000000099")

    def __init__(self, tap):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind((tap, ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.settimeout(1)

    def send(self, tci, ethertype, payload, destination=b"\xff" * 6):
        self.socket.send(destination + self.mac + struct.pack(">HHH", 0x8100, tci, ethertype) + payload)

    def receive(self, wanted):
        """The payload of the next frame to us with a tag (its tci) and the type that is wanted; None: a second passed."""
        try:
            while True:
                frame, control, _, _ = self.socket.recvmsg(2048, 256)
                for level, kind, data in control:
                    status, _, _, _, _, tci, _ = struct.unpack("IIIHHHH", data[:20])
                    if (level, kind) == (SOL_PACKET, PACKET_AUXDATA) and status & 0x10 and frame[:6] == self.mac:
                        if struct.unpack(">H", frame[12:14])[0] == wanted:
                            return tci, frame[14:]
        except TimeoutError:
            return None

    def arp(self, tci):
        question = bytes.fromhex("0001080006040001") + self.mac + socket.inet_aton(VLAN_HOST) + bytes(6)
        self.send(tci, 0x0806, question + socket.inet_aton(VLAN_GUEST))
        return self.receive(0x0806)


@pytest.mark.parametrize("nic", NICS)
def test_tags_are_right_on_the_wire(wired, nic):
    machine = wired(nic=nic)
    guest_vlan(machine)
    peer = wired.namespace.call(Peer, wired.namespace.tap)
    tci, answer = next(filter(None, (peer.arp(5) for _ in range(20))))
    assert tci == 5 and answer[14:18] == socket.inet_aton(VLAN_GUEST)
    assert peer.arp(0xE005)[0] == 5  # its priority is the sender's own matter
    assert peer.arp(6) is None
    text = machine.cmd("ip -s link show eth0.5")
    assert "eth0.5" in text


@pytest.mark.parametrize("nic", NICS)
def test_a_vlan_is_a_network_of_its_own(wired, nic):
    host_vlan(wired.namespace)
    machine = wired(nic=nic)
    guest_vlan(machine)
    assert "0% packet loss" in machine.cmd(f"ping -c 3 -i 0.1 {VLAN_HOST}")
    assert "0% packet loss" in netns.ping(wired.namespace, "-c", "2", "-s", "1472", "-M", "do", VLAN_GUEST).stdout
    echo(wired.namespace, VLAN_GUEST, 2000000)
    assert "0% packet loss" in machine.cmd(f"ping -c 2 -i 0.1 {wired.namespace.host}")
    assert machine.cmd("ip link del eth0.5") == ""
    assert "100% packet loss" in netns.ping(wired.namespace, "-c", "1", "-W", "1", VLAN_GUEST).stdout
    assert "0% packet loss" in machine.cmd(f"ping -c 2 -i 0.1 {wired.namespace.host}")


@pytest.mark.parametrize("nic", NICS)
def test_frames_of_9000_bytes_go_both_ways(wired, nic):
    machine = wired(nic=nic)
    namespace = wired.namespace
    namespace.run(*f"ip link set {namespace.tap} mtu 9000".split())
    assert machine.cmd("ip link set eth0 mtu 9000") == ""
    assert " mtu 9000 " in machine.cmd("ip link show eth0")
    assert "0% packet loss" in netns.ping(namespace, "-c", "3", "-i", "0.2", "-s", "8972", "-M", "do", namespace.guest).stdout
    echo(namespace, namespace.guest, 2000000)
    assert machine.cmd("ip link set eth0 mtu 1500") == ""
    namespace.run(*f"ip link set {namespace.tap} mtu 1500".split())
    assert "0% packet loss" in netns.ping(namespace, "-c", "2", "-i", "0.2", "-s", "1472", "-M", "do", namespace.guest).stdout


def round_trip(text):
    return float(re.search(r"= [\d.]+/([\d.]+)/", text).group(1))


@pytest.mark.parametrize("nic", NICS)
def test_disciplines_hold_on_a_real_wire(wired, nic):
    machine = wired(nic=nic)
    namespace = wired.namespace
    assert machine.cmd("tc qdisc add dev eth0 root netem delay 200ms") == ""
    assert round_trip(netns.ping(namespace, "-c", "2", namespace.guest).stdout) >= 200
    assert machine.cmd("tc qdisc replace dev eth0 root fq") == ""
    echo(namespace, namespace.guest, 1000000)
    text = machine.cmd("tc -s qdisc show dev eth0")
    assert "qdisc fq" in text and "dropped 0," in text, text
    assert int(re.search(r"Sent (\d+) bytes", text).group(1)) > 1000000
    assert machine.cmd("tc qdisc replace dev eth0 root tbf rate 8mbit burst 20kb latency 200ms") == ""
    echo(namespace, namespace.guest, 500000)  # half a second at least
    text = machine.cmd("tc -s qdisc show dev eth0")
    assert int(re.search(r"overlimits (\d+)", text).group(1)) > 0, text
    assert machine.cmd("tc qdisc del dev eth0 root") == ""
    assert "qdisc pfifo_fast 0:" in machine.cmd("tc qdisc show dev eth0")
