# SPDX-License-Identifier: MIT
"""Ring-3 programs run on this Linux host: the same binaries that Skiff runs, in both widths."""

import functools
import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build")
WIDTHS = ["x86_64", "i386"]


@functools.lru_cache(None)
def prefix(width):
    """What stands before a program's path so that it runs here; None: nothing makes it run."""
    program = OUT / "user" / width / "crash"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    try:
        subprocess.run([program, "exit", "0"], check=True)
        return ()
    except OSError:
        emulator = shutil.which(os.environ.get("QEMU_I386", "qemu-i386"))
        return (emulator,) if emulator and width == "i386" else None


def native(width):
    return prefix(width) == ()


def command(width, name, *args):
    before = prefix(width)
    if before is None:
        pytest.skip(f"this host runs no {width} programs (nor is there a qemu-i386)")
    return [*before, str(OUT / "user" / width / name), *map(str, args)]


def run(width, name, *args, timeout=60, **options):
    return subprocess.run(command(width, name, *args), capture_output=True, timeout=timeout, **options)


def free_offset():
    """An offset at which echod's six ports are free."""
    for offset in range(20000 + os.getpid() % 5000, 60000, 53):
        try:
            for base in (7, 9, 19):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET, kind) as s:
                        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                        s.bind(("", base + offset))
            return offset
        except OSError:
            continue
    raise RuntimeError("no free ports")


class Echod:
    """A running echod; use it as a context."""

    def __init__(self, width, preexec=None):
        self.offset = free_offset()
        self.process = subprocess.Popen(
            command(width, "echod", "-p", self.offset), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=preexec
        )
        self.greeting = self.process.stdout.readline()

    def port(self, base):
        return base + self.offset

    def connect(self, base=7, timeout=20):
        return socket.create_connection(("127.0.0.1", self.port(base)), timeout)

    def datagrams(self, base=7, timeout=10):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(timeout)
        s.connect(("127.0.0.1", self.port(base)))
        return s

    def alive(self):
        return self.process.poll() is None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def receive(s, n):
    parts = []
    while n:
        part = s.recv(min(n, 1 << 20))
        if not part:
            break
        parts.append(part)
        n -= len(part)
    return b"".join(parts)


def wait_until(holds, seconds=20):
    """Waits for what is expected rather than for a time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.01)
