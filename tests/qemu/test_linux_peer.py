# SPDX-License-Identifier: MIT
"""Skiff beside a Linux 6.1 guest, on one wire: for what the Linux of the tests' host may lack (VLANs of both kinds; what is on the wire is
dumped and looked at), and for what ip and tc print there, which is the same on every host."""

import contextlib
import pathlib
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

    def __init__(self, stack, name, nic="virtio", modules=(), commands=(), extra=(), skiff_line="", linux_line="", mac=LINUX_MAC):
        try:
            made = linux_guest.prepare(skiff.OUT, skiff.OUT / "user/x86_64/echod", modules, commands)
        except linux_guest.Unavailable as error:
            pytest.skip(f"no Linux guest: {error}")
        ends = [stack.enter_context(end) for end in socket.socketpair()]

        def boot(end, **options):
            wire = f"socket,id=net0,fd={end.fileno()}"
            return stack.enter_context(skiff.Skiff(netdev=wire, fds=[end.fileno()], **options))

        kernel, initramfs = made
        line = f"{linux_guest.CMDLINE} {linux_line}"
        self.linux = boot(ends[0], image=kernel, initrd=initramfs, cmdline=line, mem=256, mac=mac, name=f"{name}-linux", allow_trouble=True)
        self.skiff = boot(ends[1], cmdline=skiff_line, nic=nic, extra=extra, name=name)
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


@pytest.fixture
def make_pair(request):
    with contextlib.ExitStack() as stack:
        yield lambda **options: Pair(stack, request.node.name, **options)


@pytest.mark.parametrize("nic", ["virtio", "e1000"])
def test_vlans_of_both_kinds_with_linux(make_pair, nic, tmp_path):
    wire = tmp_path / "wire.pcap"
    pair = make_pair(
        nic=nic,
        modules=linux_guest.VLAN_MODULES,
        extra=("-object", f"filter-dump,id=dump0,netdev=net0,file={wire}"),
        skiff_line="ip=10.0.2.2:::255.255.255.0::eth0:off",
    )
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
    ours = [frame for frame in scapy.PcapReader(str(wire)) if frame.src == skiff.MAC]
    simple = [frame for frame in ours if frame.type == 0x8100]
    assert {frame[scapy.Dot1Q].vlan for frame in simple} == {5}
    assert {frame[scapy.Dot1Q].prio for frame in simple if scapy.TCP in frame or scapy.ICMP in frame} == {3, 5}  # 5: the last ping
    double = [frame for frame in ours if frame.type == 0x88A8]
    assert double and all(frame[scapy.Dot1AD].vlan == 7 and frame[scapy.Dot1Q].vlan == 9 for frame in double)
    assert max(len(frame) for frame in ours) <= 1514 + 8
    for device in ("eth0.5", "outer"):
        assert pair.skiff.cmd(f"ip link del {device}") == ""
    assert "inner" not in pair.skiff.cmd("ip link")


SAME = pathlib.Path(__file__).with_name("same_as_linux.txt")
SAME_TOOLS = pathlib.Path(__file__).with_name("same_as_linux_tools.txt")
DIAG_MODULES = "inet_diag tcp_diag udp_diag raw_diag unix_diag af_packet_diag netlink_diag".split()


def without_chance(line, text):
    """What a command has printed, without what is another on every machine, or of one of the two alone."""
    text = re.sub(r" used \d+/\d+/\d+", " used", text)  # neighbours: seconds since
    text = re.sub(r" seed \d+", "", text)  # netem's, which Linux tells since 6.6
    if not line.startswith("tc "):
        text = re.sub(r" qdisc \S+", "", text)  # the default is the distribution's
    lines = [row.rstrip() for row in text.split("\n")]
    return sorted(lines) if " neigh" in line else lines  # of no order


def test_ip_and_tc_print_what_linux_prints(make_pair):
    pair = make_pair(
        modules=[*linux_guest.VLAN_MODULES, "sch_fq", "sch_netem", "sch_tbf"],
        commands=("ip", "tc"),
        skiff_line="ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off init=none",
        linux_line="ipv6.disable=1",
        mac=skiff.MAC,
    )
    pair.linux.cmd("killall echod")
    for line in ("addr flush dev eth0", "addr add 10.0.2.15/24 brd + dev eth0", "route add default via 10.0.2.2"):
        assert pair.linux.cmd(f"/bin/ip {line}") == ""
    pair.linux.cmd("until /bin/ip link show eth0 | grep -q 'state UP'; do sleep 0.1; done")
    different = []
    for line in SAME.read_text().splitlines():
        if line.startswith("#"):
            continue
        linux, ours = (without_chance(line, machine.cmd(prefix + line)) for machine, prefix in ((pair.linux, "/bin/"), (pair.skiff, "")))
        if linux != ours:
            different.append("\n".join([f"$ {line}", "Linux:", *linux, "Skiff:", *ours]))
    assert not different, "\n\n".join(different)


def without_chance_of_tools(line, text):
    """The same for sockets, counters and packets: numbers that the kernel gives, times; the order of sockets in a hash table."""
    text = re.sub(r"pid=\d+", "pid=", text)
    text = re.sub(r"\b\d+/echod", "/echod", text)
    text = re.sub(r"time=[\d.]+ ms", "time=", text)
    text = re.sub(r"time \d+ms", "time", text)
    text = re.sub(r"= [\d.]+/[\d.]+/[\d.]+/[\d.]+ ms", "=", text)
    text = re.sub(r"^/bin/", "", text, flags=re.M)
    lines = [row.rstrip() for row in text.split("\n")]
    return sorted(lines) if line.split()[0] in ("ss", "netstat") else lines


def test_ss_and_net_tools_print_what_linux_prints(make_pair):
    """Each talks to itself: both have the same address on the wire between them."""
    pair = make_pair(
        modules=DIAG_MODULES,
        commands=("ip", "ss", "ifconfig", "route", "netstat", "ping", "arp"),
        skiff_line="ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off",
        linux_line="ipv6.disable=1",
        mac=skiff.MAC,
    )
    for line in ("addr flush dev eth0", "addr add 10.0.2.15/24 brd + dev eth0", "route add default via 10.0.2.2"):
        assert pair.linux.cmd(f"/bin/ip {line}") == ""
    different = []
    columns = 1000  # of the Linux guest's terminal: to type in, and those that ss fills
    for line in SAME_TOOLS.read_text().splitlines():
        if line.startswith("#"):
            continue
        wanted = 80 if line.split()[0] == "ss" else 1000
        if wanted != columns:
            columns = wanted
            pair.linux.cmd(f"stty -F /dev/ttyS0 cols {columns}")
        prefix = "" if line.startswith("cat ") else "/bin/"
        linux, ours = (without_chance_of_tools(line, text) for text in (pair.linux.cmd(prefix + line), pair.skiff.cmd(line)))
        if linux != ours:
            different.append("\n".join([f"$ {line}", "Linux:", *linux, "Skiff:", *ours]))
    assert not different, "\n\n".join(different)
