# SPDX-License-Identifier: MIT
"""A wire with delay, loss, reordering and duplication (link.c) between a namespace and a guest, or between two namespaces."""

import os
import re
import socket
import subprocess

import netns
import skiff

PROGRAM = skiff.OUT / "link"


class Link:
    """One wire between namespace `near` and namespace `far`, or, without one, a machine: Skiff(netns=near, link=this).

    The settings are those of link.c. As a context manager it ends with its block; then `ways` has the counts of both directions,
    that from `near` first."""

    def __init__(self, near, far=None, **settings):
        if not PROGRAM.exists():
            raise skiff.Failure(f"{PROGRAM} is not there: type make {os.path.relpath(PROGRAM, skiff.ROOT)}")
        self.ways = []
        self.guest = None
        ends = [near.call(netns.attach, near.tap)]
        if far:
            ends.append(far.call(netns.attach, far.tap))
        else:
            self.guest, end = (s.detach() for s in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
            ends.append(end)
        words = [f"{name}={value}" for name, value in settings.items()]
        self.process = subprocess.Popen(
            [str(PROGRAM), *map(str, ends), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=ends,
        )
        for end in ends:
            os.close(end)

    @property
    def netdev(self):
        """QEMU's option for the machine's end."""
        return f"dgram,id=net0,local.type=fd,local.str={self.guest}"

    def close(self):
        if self.guest is not None:
            os.close(self.guest)
            self.guest = None
        if self.process.stdin.closed:
            return
        output, _ = self.process.communicate(timeout=skiff.TIMEOUT)
        self.ways = [{k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", line)} for line in output.splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
