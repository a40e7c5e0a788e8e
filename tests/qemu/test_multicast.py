# SPDX-License-Identifier: MIT
"""Multicast groups, from a program's join to the card's filter and back."""

import re
import socket
import struct
import time

import archive
import netns
import pytest
import skiff

pytestmark = pytest.mark.tap

GROUP, SECOND, OTHER = "239.1.2.3", "239.200.7.9", "239.77.77.77"
ALL_HOSTS = "224.0.0.1"
PORT = 5007
E1000_RCTL, UPE, MPE, E1000_MTA = 0x100, 8, 16, 0x5200


def mac_of(group):
    """The Ethernet address of a group. RFC 1112 section 6.4."""
    a = socket.inet_aton(group)
    return f"01:00:5e:{a[1] & 127:02x}:{a[2]:02x}:{a[3]:02x}"


def hash_of(mac):
    """The bit of the e1000's filter that a group's address sets: bits 47 to 36 of it. 8254x manual, 13.5.1."""
    a = bytes.fromhex(mac.replace(":", ""))
    return (a[4] >> 4 | a[5] << 4) & 0xFFF


class VirtioFilter:
    """What QEMU says that the device lets through."""

    def __init__(self, machine):
        self.machine = machine

    def read(self):
        (state,) = self.machine.qmp("query-rx-filter", name="nic0")
        return state

    def groups(self):
        return set(self.read()["multicast-table"])

    def lets(self, mac):
        return mac in self.groups()

    def modes(self):
        """Promiscuous, and all groups."""
        state = self.read()
        return state["promiscuous"], state["multicast"] == "all"


class E1000Filter:
    """The same from the card's registers."""

    def __init__(self, machine):
        self.machine = machine
        devices = [d for bus in machine.qmp("query-pci") for d in bus["devices"] if d["class_info"]["class"] == 0x200]
        (self.base,) = [r["address"] for r in devices[0]["regions"] if r["type"] == "memory"]

    def register(self, offset):
        text = self.machine.qmp("human-monitor-command", command_line=f"xp /1wx {self.base + offset:#x}")
        return int(text.split(":")[1], 16)

    def lets(self, mac):
        bit = hash_of(mac)
        return bool(self.register(E1000_MTA + 4 * (bit >> 5)) >> (bit & 31) & 1)

    def modes(self):
        control = self.register(E1000_RCTL)
        return bool(control & UPE), bool(control & MPE)


FILTERS = {"virtio": VirtioFilter, "e1000": E1000Filter}


def eventually(condition, what):
    """A card is told of its filter in its own time."""
    deadline = time.monotonic() + skiff.TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, what


@pytest.fixture(scope="module", params=FILTERS)
def machine(request, tmp_path_factory):
    more = tmp_path_factory.mktemp("root") / "more.cpio"
    programs = {f"bin/member{suffix}": (skiff.OUT / "user" / width / "member").read_bytes() for width, suffix in (("x86_64", ""), ("i386", "32"))}
    more.write_bytes(archive.archive({"bin": None, **programs}))
    with netns.NetNs() as namespace:
        namespace.run("ip", "route", "add", "224.0.0.0/4", "dev", namespace.tap)
        address = f"ip={namespace.guest}::{namespace.host}:255.255.255.0::eth0:off"
        with skiff.Skiff(netns=namespace, cmdline=address, nic=request.param, initrd=more, name=f"multicast-{request.param}") as vm:
            vm.ready()
            vm.filter = FILTERS[request.param](vm)
            yield vm


def start(machine, *groups, width=""):
    machine.prompt().send(f"run /bin/member{width} {PORT} {' '.join(groups)}\r")
    machine.expect(r"member: all joined")


def stop(machine):
    machine.send("\x03")
    machine.prompt()


def say(machine, group, text):
    with machine.netns.call(socket.socket, socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(text, (group, PORT))


@pytest.mark.parametrize("width", ["", "32"], ids=["x86_64", "i386"])
def test_a_join_programs_the_card_and_a_leave_takes_it_out(machine, width):
    assert machine.filter.lets(mac_of(ALL_HOSTS))
    for group in (GROUP, SECOND, OTHER):
        assert not machine.filter.lets(mac_of(group))
    start(machine, GROUP, SECOND, width=width)
    eventually(lambda: machine.filter.lets(mac_of(GROUP)) and machine.filter.lets(mac_of(SECOND)), "the join does not reach the card")
    assert not machine.filter.lets(mac_of(OTHER))
    say(machine, GROUP, b"to the first")
    machine.expect("member: heard to the first")
    say(machine, SECOND, b"to the second")
    machine.expect("member: heard to the second")
    say(machine, SECOND, b"!")  # the program leaves its first group
    machine.expect(f"member: left {GROUP}")
    eventually(lambda: not machine.filter.lets(mac_of(GROUP)), "the leave does not reach the card")
    assert machine.filter.lets(mac_of(SECOND))
    stop(machine)  # a program's end leaves what is left
    eventually(lambda: not machine.filter.lets(mac_of(SECOND)), "a closed socket's groups stay")
    assert machine.filter.lets(mac_of(ALL_HOSTS))


def received(machine):
    fields = re.search(r"eth0:\s*(.*)", machine.cmd("cat /proc/net/dev")).group(1).split()
    return int(fields[1])


def frame_to(machine, mac, count=20):
    """Frames of a type that nobody takes, to an Ethernet address."""

    def put():
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as wire:
            wire.bind((machine.netns.tap, 0))
            for _ in range(count):
                wire.send(bytes.fromhex(mac.replace(":", "")) + bytes.fromhex("0200000000c8") + struct.pack("!H", 0x88B5) + bytes(60))

    machine.netns.call(put)


def seen(machine, mac):
    """Of twenty frames to the address, how many the card lets through (others may come beside them, but not twenty)."""
    machine.netns.run("ping", "-c1", "-W20", machine.netns.guest)
    before = received(machine)
    frame_to(machine, mac)
    machine.netns.run("ping", "-c1", "-W20", machine.netns.guest)
    return received(machine) - before >= 20


def test_modes_reach_the_card_and_hold(machine):
    stranger = "02:00:00:00:00:77"
    assert machine.filter.modes() == (False, False)
    assert not seen(machine, stranger) and not seen(machine, mac_of(OTHER))
    assert machine.cmd("ip link set eth0 allmulticast on") == ""
    eventually(lambda: machine.filter.modes() == (False, True), "allmulti does not reach the card")
    eventually(lambda: seen(machine, mac_of(OTHER)), "the card keeps a group from us")
    assert not seen(machine, stranger)
    assert machine.cmd("ip link set eth0 promisc on") == ""
    eventually(lambda: machine.filter.modes() == (True, True), "promiscuity does not reach the card")
    eventually(lambda: seen(machine, stranger), "the card keeps frames for others from us")
    assert machine.cmd("ip link set eth0 allmulticast off") == ""
    assert machine.cmd("ip link set eth0 promisc off") == ""
    eventually(lambda: machine.filter.modes() == (False, False), "the modes stay on")
    eventually(lambda: not seen(machine, mac_of(OTHER)), "groups are still let through")
    assert not seen(machine, stranger)


def test_the_filter_outlives_down_and_up(machine):
    machine.prompt().send(f"run /bin/member {PORT} {GROUP} &\r")
    machine.expect(r"member: all joined")
    eventually(lambda: machine.filter.lets(mac_of(GROUP)), "the join does not reach the card")
    for way in ("down", "up"):
        assert machine.cmd(f"ip link set eth0 {way}") == ""
    machine.cmd(f"ip addr replace {machine.netns.guest}/24 dev eth0")
    machine.ready()
    eventually(lambda: machine.filter.lets(mac_of(GROUP)), "the card has forgotten the group")
    say(machine, GROUP, b"still there")
    machine.expect("member: heard still there")
    pid = re.search(r"^ *(\d+) .*member", machine.cmd("ps"), re.M).group(1)
    machine.cmd(f"kill {pid}")
    eventually(lambda: not machine.filter.lets(mac_of(GROUP)), "a killed program's groups stay")
