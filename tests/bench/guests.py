# SPDX-License-Identifier: MIT
"""The guests that are measured, and the network that they are on."""

import contextlib
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "qemu"))

import linux_guest as linux  # noqa: E402
import netns  # noqa: E402
import skiff  # noqa: E402

# For counted instructions. QEMU counts each repetition of a string instruction. With ERMS a kernel may copy byte by byte in the
# words of the instruction set, and 32 bytes at a time in a real processor; without it each copies words, and both count alike.
COUNTED_CPU = "max,-erms,-fsrm"


class Wire(netns.NetNs):
    """A tap with the addresses of QEMU's user netdev, so that the guests need no other settings there."""

    host = "10.0.2.2"
    guest = "10.0.2.15"


class FarWire(netns.NetNs):
    """The namespace at a Wire's other end, where the guest is another Linux of this host."""

    host = "10.0.2.15"
    guest = "10.0.2.2"


class Guest:
    """How one of the two is booted."""

    def __init__(self, name, image, initrd=None, cmdline="", wired="", least=range(4, 9), mem=64):
        self.name, self.image, self.initrd, self.cmdline = name, image, initrd, cmdline
        self.wired = wired  # more of the command line where the network is a Wire
        self.least, self.mem = least, mem

    def boot(self, mem=None, netns=None, **options):
        return skiff.Skiff(
            image=self.image,
            initrd=self.initrd,
            cmdline=f"{self.cmdline} {self.wired if netns else ''}".strip(),
            mem=mem or self.mem,
            netns=netns,
            name=f"bench-{self.name}",
            allow_trouble=True,
            **options,
        )

    def size(self):
        return sum(os.path.getsize(path) for path in (self.image, self.initrd) if path)


def skiff_guest(image):
    return Guest("skiff", image, wired=f"ip={Wire.guest}::{Wire.host}:255.255.255.0::eth0:off")


def linux_guest(kernel, initramfs):
    return Guest("linux", kernel, initramfs, linux.CMDLINE, least=range(48, 257, 8), mem=256)


why_no_tap = netns.why_not


def wire(kind=None):
    """A tap as a context (kind "tap", or None where it can be had), or a context that gives None for the user netdev."""
    if kind == "user" or (kind is None and why_no_tap()):
        return contextlib.nullcontext()
    return Wire()
