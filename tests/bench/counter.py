# SPDX-License-Identifier: MIT
"""Reads what the QEMU plugin of count.c counts: each instruction that a guest has executed, by its address."""

import array
import mmap
import os
import pathlib
import struct
import tempfile
import time

HEAD = struct.Struct("4Q")  # slots, lost, total, repeats


class Counter:
    """The counts of one machine: give `arguments` to its QEMU. As a context manager it removes its file."""

    def __init__(self, plugin):
        self.plugin = pathlib.Path(plugin).resolve()
        if not self.plugin.exists():
            raise FileNotFoundError(f"{self.plugin} is not there: type make {os.path.relpath(self.plugin)}")
        handle, self.path = tempfile.mkstemp(prefix="skiff-counts-")
        os.close(handle)
        self.map = None

    @property
    def arguments(self):
        return ["-plugin", f"{self.plugin},counts={self.path}"]

    def open(self):
        if not self.map:
            with open(self.path, "rb") as handle:
                self.map = mmap.mmap(handle.fileno(), 0, prot=mmap.PROT_READ)
        return self.map

    def read(self):
        """(instructions, those of them that a REP prefix repeated) so far."""
        _, lost, total, repeats = HEAD.unpack_from(self.open())
        if lost:
            raise RuntimeError("the guest runs at more addresses than the counter has slots for")
        return total, repeats

    def settled(self, quiet=0.03, limit=5.0):
        """As read(), once the guest has come to rest: it has executed nothing for `quiet` seconds."""
        deadline = time.monotonic() + limit
        before, since = self.read(), time.monotonic()
        while (now := time.monotonic()) - since < quiet and now < deadline:
            time.sleep(quiet / 10)
            if (value := self.read()) != before:
                before, since = value, time.monotonic()
        return before

    def by_address(self):
        """{address: count} of each instruction executed."""
        slots = HEAD.unpack_from(self.open())[0]
        words = array.array("Q", self.map[HEAD.size : HEAD.size + 16 * slots])
        return {words[i]: words[i + 1] for i in range(0, len(words), 2) if words[i + 1]}

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.map:
            self.map.close()
        os.unlink(self.path)
