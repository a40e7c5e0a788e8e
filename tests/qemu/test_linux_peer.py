# SPDX-License-Identifier: MIT
"""Skiff on a wire with a Linux 6.1 guest, for what the Linux of the tests' host may lack: VLANs of both kinds. What is on the wire is
dumped and looked at."""

import contextlib
import re
import socket

import linux_guest
import pytest
import scapy.all as scapy
import skiff

LINUX_MAC = "52:54:00:12:34:99"
LINUX, GUEST = "10.77.{}.1", "10.77.{}.2"  # of VLAN {}


class Pair:
    """A Linux guest and Skiff, and the wire between their cards."""

    def __init__(self, stack, name, nic, folder):
        try:
            kernel, initramfs = linux_guest.prepare(skiff.OUT, skiff.OUT / "user/x86_64/echod", linux_guest.VLAN_MODULES)
        except linux_guest.Unavailable as error:
            pytest.skip(f"no Linux guest: {error}")
        self.dump = folder / "wire.pcap"
        ends = [stack.enter_context(end) for end in socket.socketpair()]

        def boot(end, **options):
            wire = f"socket,id=net0,fd={end.fileno()}"
            return stack.enter_context(skiff.Skiff(netdev=wire, fds=[end.fileno()], **options))

        self.linux = boot(ends[0], image=kernel, initrd=initramfs, cmdline=linux_guest.CMDLINE, mem=256, mac=LINUX_MAC, name=f"{name}-linux", allow_trouble=True)
        dump = ("-object", f"filter-dump,id=dump0,netdev=net0,file={self.dump}")
        self.skiff = boot(ends[1], cmdline="ip=10.0.2.2:::255.255.255.0::eth0:off", nic=nic, extra=dump, name=name)
        for machine in (self.linux, self.skiff):
            machine.prompt(180)

    def both(self, *lines):
        """The same commands on both; {} is the last number of each one's addresses."""
        for line in lines:
            assert self.linux.cmd(line.format(1)) == "", line
            assert self.skiff.cmd(line.format(2)) == "", line

    def talk(self, network, size=300000):
        """Ping in both directions, a line to Linux's echo server, @size bytes to ours and back."""
        for machine, address in ((self.skiff, LINUX.format(network)), (self.linux, GUEST.format(network))):
            assert " 0% packet loss" in machine.cmd(f"ping -c 3 {address}")
        assert self.skiff.cmd(f"echo {LINUX.format(network)} 7 hello") == "hello"
        self.linux.cmd(f"head -c {size} /dev/urandom >/tmp/sent")
        self.linux.cmd(f"nc {GUEST.format(network)} 7 </tmp/sent | head -c {size} >/tmp/received", timeout=120)
        assert self.linux.cmd("cmp /tmp/sent /tmp/received && echo same") == "same"

    def frames(self):
        return list(scapy.PcapReader(str(self.dump)))


@pytest.fixture(params=["virtio", "e1000"])
def pair(request, tmp_path):
    with contextlib.ExitStack() as stack:
        yield Pair(stack, request.node.name, request.param, tmp_path)


def test_vlans_of_both_kinds_with_linux(pair):
    pair.both(
        "ip link add link eth0 name eth0.5 type vlan id 5",
        "ip link set eth0.5 up",
        "ip addr add 10.77.5.{}/24 dev eth0.5",
        "ip link add link eth0 name outer type vlan protocol 802.1ad id 7",
        "ip link set outer up",
        "ip link add link outer name inner type vlan id 9",
        "ip link set inner up",
        "ip addr add 10.77.9.{}/24 dev inner",
    )
    assert pair.skiff.cmd("ip link set eth0.5 type vlan egress-qos-map 0:3 6:5") == ""
    pair.talk(5)
    pair.talk(9)
    assert " 0% packet loss" in pair.skiff.cmd(f"ping -c 1 -Q 0x10 {LINUX.format(5)}")
    text = pair.skiff.cmd("ip -d link show eth0.5")
    assert re.search(r"vlan protocol 802.1Q id 5 <REORDER_HDR> *\n +egress-qos-map { 0:3 6:5 } ", text), text
    ours = [frame for frame in pair.frames() if frame.src == skiff.MAC]
    simple = [frame for frame in ours if frame.type == 0x8100]
    assert {frame[scapy.Dot1Q].vlan for frame in simple} == {5}
    assert {frame[scapy.Dot1Q].prio for frame in simple if scapy.TCP in frame or scapy.ICMP in frame} == {3, 5}  # 5: the last ping
    double = [frame for frame in ours if frame.type == 0x88A8]
    assert double and all(frame[scapy.Dot1AD].vlan == 7 and frame[scapy.Dot1Q].vlan == 9 for frame in double)
    assert max(len(frame) for frame in ours) <= 1514 + 8
    for device in ("eth0.5", "outer"):
        assert pair.skiff.cmd(f"ip link del {device}") == ""
    assert "inner" not in pair.skiff.cmd("ip link")
