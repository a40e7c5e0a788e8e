# SPDX-License-Identifier: MIT
"""The C library on this host: its own tests, the system-call probe, and addresses as Python reads them."""

import os
import random
import re
import socket
import struct

import pytest
import ring3

pytestmark = [pytest.mark.quick, pytest.mark.parametrize("width", ring3.WIDTHS)]


def verify(done):
    lines = done.stdout.decode().splitlines()
    assert [line for line in lines if line.startswith(("not ok", "Bail out!"))] == []
    assert re.fullmatch(r"\d+ passed, 0 failed", lines[-1])
    assert done.returncode == 0


def test_library(width):
    verify(ring3.run(width, "libctest"))


def test_system_calls_answer_as_linux_does(width):
    if not ring3.native(width):
        pytest.skip("an emulator answers for itself")
    verify(ring3.run(width, "sysprobe"))


def addresses():
    chance = random.Random(12)
    texts = ["::", "::1", "1::", "::1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7::",
             "::2:3:4:5:6:7:8", ":::", "1:::2", "1::2::3", "1:2", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8:9",
             "12345::", "::g", "1.2.3.4", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.", "", ".", "1..2.3", "127.1", "0x7f.1",
             "0177.0.0.1", "4294967295", "4294967296", "1.2.3.4 x", "256", "1.65536", "1.2.65536", "::1%lo", "1::1.2.3.4",
             "1:2:3:4:5:6:7:1.2.3.4", "fe80::1.2.3", "a:b:c:d:e:f:0:0", "0:0:1:0:0:0:1:0", "1:0:0:2:0:0:0:3"]
    for _ in range(300):
        groups = [chance.choice([0, 0, 0, 1, 0xffff, chance.randrange(65536)]) for _ in range(8)]
        texts.append(socket.inet_ntop(socket.AF_INET6, struct.pack("!8H", *groups)))
        texts.append("".join(chance.choice("0123456789abcf:::..") for _ in range(chance.randrange(1, 20))))
    return texts


def expected(text):
    def read(family):
        try:
            return socket.inet_ntop(family, socket.inet_pton(family, text))
        except OSError:
            return None

    def classical():
        try:
            return socket.inet_ntoa(socket.inet_aton(text))
        except OSError:
            return "-"

    four, six = read(socket.AF_INET), read(socket.AF_INET6)
    return (f"4 {four}" if four else f"6 {six}" if six else "-") + " " + classical()


def test_addresses_read_and_write_as_in_the_system_s_library(width):
    texts = addresses()
    got = ring3.run(width, "libctest", "inet", *texts).stdout.decode().splitlines()
    assert [(t, g) for t, g, in zip(texts, got, strict=True) if g != expected(t)] == []


def test_constants_are_mapped_read_only_and_nothing_is_writable_and_executable(width):
    content = (ring3.OUT / "user" / width / "echod").read_bytes()
    wide = width == "x86_64"
    offset = struct.unpack_from("<Q" if wide else "<I", content, 32 if wide else 28)[0]
    size, count = struct.unpack_from("<HH", content, 54 if wide else 42)
    flags = []
    for i in range(count):
        at = offset + i * size
        kind = struct.unpack_from("<I", content, at)[0]
        flag = struct.unpack_from("<I", content, at + (4 if wide else 24))[0]
        flags.append((kind, flag))
    assert all(flag & 3 != 3 for _, flag in flags)
    assert {flag for kind, flag in flags if kind == 1} == {4, 5, 6}


def test_the_environment_is_seen(width):
    verify(ring3.run(width, "libctest", env={**os.environ, "LIBCTEST": "yes"}))
