# SPDX-License-Identifier: MIT
"""Rings of packet sockets: a program in ring 3 that sees frames, and sends them, in memory that it shares with the kernel."""

import os
import pathlib
import socket
import struct
import subprocess

import archive
import netns
import pytest
import skiff

pytestmark = pytest.mark.tap

PROTO = 0x88B5
ETH0 = 2
WIDTHS = ["", "32"]
NICS = ["virtio", "e1000"]


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    """A program with libpcap in it; None: that is not on this machine, or only for programs that are linked when they start."""
    program = tmp_path_factory.mktemp("capture") / "capture"
    source = pathlib.Path(__file__).with_name("capture.c")
    compiler = [os.environ.get("HOSTCC", "gcc"), "-D_GNU_SOURCE", "-O2", "-w", "-static"]
    built = subprocess.run([*compiler, "-o", program, source, "-lpcap"], capture_output=True, text=True)
    assert built.returncode == 0 or os.environ.get("CI") != "true", built.stderr
    return program if built.returncode == 0 else None


@pytest.fixture(scope="module", params=NICS)
def machine(request, tmp_path_factory, capture):
    more = tmp_path_factory.mktemp("root") / "more.cpio"
    programs = {f"bin/ring{suffix}": (skiff.OUT / "user" / width / "ring").read_bytes() for width, suffix in (("x86_64", ""), ("i386", "32"))}
    if capture:
        programs["bin/capture"] = capture.read_bytes()
    more.write_bytes(archive.archive({"bin": None, **programs}))
    with netns.NetNs() as namespace:
        address = f"ip={namespace.guest}::{namespace.host}:255.255.255.0::eth0:off"
        with skiff.Skiff(netns=namespace, cmdline=address, nic=request.param, initrd=more, name=f"ring-{request.param}") as vm:
            vm.ready()
            yield vm


def wire(machine):
    """Frames of our type on the host's end of the tap."""

    def make():
        handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(PROTO))
        handle.bind((machine.netns.tap, PROTO))
        handle.settimeout(skiff.TIMEOUT)
        return handle

    return machine.netns.call(make)


def frame(text):
    return bytes.fromhex(skiff.MAC.replace(":", "")) + bytes.fromhex("0200000000c8") + struct.pack("!H", PROTO) + text


@pytest.mark.parametrize("width", WIDTHS, ids=["x86_64", "i386"])
@pytest.mark.parametrize("version", [2, 3])
def test_a_program_sees_frames_in_its_own_memory(machine, version, width):
    count = 40  # more than there are frames in the ring
    with wire(machine) as host:
        machine.prompt().send(f"run /bin/ring{width} receive {version} {ETH0} {count}\r")
        machine.expect("ring: listening")
        for n in range(count):
            text = b"number %d " % n + b"x" * (37 * n)
            host.send(frame(text))
            machine.expect(rf"ring: (?:60|{14 + len(text)}) bytes: number {n} x*")  # the e1000 pads
        machine.expect(rf"ring: {count} came, 0 had no room")
        machine.expect("ring: done")
        machine.prompt()


@pytest.mark.parametrize("width", WIDTHS, ids=["x86_64", "i386"])
@pytest.mark.parametrize("version", [2, 3])
def test_a_program_sends_what_lies_in_its_memory(machine, version, width):
    count = 11
    with wire(machine) as host:
        machine.prompt().send(f"run /bin/ring{width} send {version} {ETH0} {count}\r")
        for n in range(3 * count):
            got = host.recv(2000)
            assert got[:12] == b"\xff" * 6 + b"\x02" * 6
            assert got[14:].rstrip(b"\0") == b"frame %d from a ring of version %d" % (n, version)
        machine.expect("ring: done")
        machine.prompt()
    assert machine.cmd("free")  # it is well


@pytest.mark.parametrize("mode, version", [("", 3), (" immediate", 2)], ids=["blocks", "immediate"])
def test_libpcap_captures_and_sends(machine, capture, mode, version):
    """The library as Debian has it: it asks for rings of version 3, and of version 2 where each packet is wanted at once."""
    if not capture:
        pytest.skip("no libpcap for static programs here")
    count = 30
    with wire(machine) as host:
        host.bind((machine.netns.tap, PROTO + 1))  # what comes back
        machine.prompt().send(f"run /bin/capture eth0 {count}{mode}\r")
        machine.expect(f"capture: listening, rings of version {version}")
        for n in range(count):
            text = b"number %d " % n + b"y" * (49 * n)
            host.send(frame(text))
            host.send(frame(b"x")[:12] + b"\x88\xb7" + text)  # which the filter keeps away
            got = host.recv(2000)
            assert got[6:12] == bytes.fromhex(skiff.MAC.replace(":", "")) and got[0:6] == bytes.fromhex("0200000000c8")
            assert got[14:].rstrip(b"\0") == text[: 1000 - 14]
            machine.expect(rf"capture: \d+ of (?:60|{14 + len(text)}) bytes: number {n} y*")
        machine.expect(rf"capture: {count} came, 0 had no room")
        machine.expect("capture: done")
        machine.prompt()
