# SPDX-License-Identifier: MIT
"""The very binaries of ring 3 on the host's own Linux: what Skiff offers them is Linux's interface."""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import netns
import pytest
import skiff

WIDTHS = ["x86_64", "i386"]
pytestmark = pytest.mark.tap


def program(name, width):
    path = skiff.OUT / "user" / width / name
    assert path.exists(), f"{path} is not built"
    return str(path)


def runner(width):
    """What goes before a program of that width: nothing, or an emulator where the host's kernel has no 32-bit system calls."""
    if width == "x86_64":
        return []
    with contextlib.suppress(OSError):
        if subprocess.run([program("echo", width)], capture_output=True, timeout=20).returncode >= 0:
            return []
    return ["qemu-i386"] if shutil.which("qemu-i386") else None


@pytest.fixture(scope="module", params=WIDTHS)
def host(request):
    """A namespace in which echod of one width serves the ports of the contract."""
    prefix = runner(request.param)
    if prefix is None:
        pytest.skip("this host's Linux runs no 32-bit programs, and there is no qemu-i386")
    with netns.NetNs() as namespace:
        namespace.program = lambda name: [*prefix, program(name, request.param)]
        namespace.emulated = bool(prefix)
        server = subprocess.Popen(namespace.command(*namespace.program("echod")), stdin=subprocess.DEVNULL)
        namespace.processes.append(server)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                connect(namespace, 7).close()
                break
        yield namespace


def connect(namespace, port):
    return namespace.call(socket.create_connection, ("127.0.0.1", port), 20)


def test_echod_echoes_on_linux(host):
    data = os.urandom(2000000)
    with connect(host, 7) as connection:
        assert skiff.exchange(connection, data) == data
    with connect(host, 19) as connection:
        assert connection.recv(10) == b" !\"#$%&'()"
    with connect(host, 9) as connection:
        connection.sendall(b"x" * 1000)


@pytest.mark.parametrize("options", [[], ["-u"]])
def test_echo_client_on_linux(host, options):
    result = host.run(*host.program("echo"), "127.0.0.1", "7", *options, "hello linux")
    assert "hello linux" in result.stdout


def test_sysprobe_passes_on_linux(host):
    if host.emulated:
        pytest.skip("needs the real kernel's 32-bit system calls: the emulator's are not Linux's in every corner")
    result = host.run(*host.program("sysprobe"), check=False)
    assert result.returncode == 0 and " 0 failed" in result.stdout, result.stdout[-3000:]
