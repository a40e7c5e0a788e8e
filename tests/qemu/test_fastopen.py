# SPDX-License-Identifier: MIT
"""TCP Fast Open with Linux as the client, and as the server: cookies are given and taken, and data comes with the SYN."""

import contextlib
import re
import socket
import struct
import threading

import pytest

pytestmark = pytest.mark.tap

SERVER_OF_ALL_LISTENERS = 0x2 | 0x400
SYN_DATA = 32  # TCPI_OPT_SYN_DATA


def counter(machine, name):
    found = re.search(rf"^TcpExt{name}\s+(\d+)", machine.cmd("nstat -z"), re.M)
    assert found, name
    return int(found.group(1))


def fast_exchange(machine, data):
    """Sends with MSG_FASTOPEN; returns the echo, and whether the SYN's data was taken."""
    with machine.socket() as client:
        for patience in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):  # settimeout() would make it non-blocking
            client.setsockopt(socket.SOL_SOCKET, patience, struct.pack("qq", 60, 0))
        assert client.sendto(data, socket.MSG_FASTOPEN, machine.address(7)) == len(data)
        echo = b""
        while len(echo) < len(data):
            part = client.recv(65536)
            assert part, "the server closed"
            echo += part
        options = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 64)[5]
        return echo, bool(options & SYN_DATA)


def test_linux_gets_a_cookie_and_then_opens_fast(net, boot):
    machine = boot(netns=net, cmdline=f"ip={net.guest}::{net.host}:255.255.255.0::eth0:off init=none").prompt()
    machine.cmd(f"sysctl -w net.ipv4.tcp_fastopen={SERVER_OF_ALL_LISTENERS}")
    machine.cmd("run /bin/echod &")
    machine.ready()
    net.run("sysctl", "-q", "-w", "net.ipv4.tcp_fastopen=1")
    data = bytes(range(256)) * 3
    assert fast_exchange(machine, data) == (data, False)
    for number in range(5):
        assert fast_exchange(machine, data[number:]) == (data[number:], True)
    large = data * 100  # more than a SYN holds: the rest follows
    assert fast_exchange(machine, large) == (large, True)
    assert counter(machine, "TCPFastOpenCookieReqd") == 1
    assert counter(machine, "TCPFastOpenPassive") == 6
    assert counter(machine, "TCPFastOpenPassiveFail") == 0


def test_cookies_of_an_old_key_are_replaced(net, boot):
    machine = boot(netns=net, cmdline=f"ip={net.guest}::{net.host}:255.255.255.0::eth0:off init=none").prompt()
    machine.cmd(f"sysctl -w net.ipv4.tcp_fastopen={SERVER_OF_ALL_LISTENERS}")
    machine.cmd("sysctl -w net.ipv4.tcp_fastopen_key=1-2-3-4")
    machine.cmd("run /bin/echod &")
    machine.ready()
    net.run("sysctl", "-q", "-w", "net.ipv4.tcp_fastopen=1")
    assert fast_exchange(machine, b"one") == (b"one", False)
    assert fast_exchange(machine, b"two") == (b"two", True)
    machine.cmd("sysctl -w net.ipv4.tcp_fastopen_key=5-6-7-8,1-2-3-4")
    assert fast_exchange(machine, b"three") == (b"three", True)
    machine.cmd("sysctl -w net.ipv4.tcp_fastopen_key=5-6-7-8")
    assert fast_exchange(machine, b"four") == (b"four", True), "the new cookie came with the answer to the old one"
    machine.cmd("sysctl -w net.ipv4.tcp_fastopen_key=9-a-b-c")
    assert fast_exchange(machine, b"five") == (b"five", False)
    assert fast_exchange(machine, b"six") == (b"six", True)
    assert counter(machine, "TCPFastOpenPassiveAltKey") == 1
    assert counter(machine, "TCPFastOpenPassiveFail") == 1


@contextlib.contextmanager
def linux_server(net):
    """An echo server on the host's Linux that opens fast; yields its port and what it has seen: (bytes in the SYN?, all bytes)."""
    listener = net.call(socket.socket)
    listener.bind((net.host, 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    listener.listen()
    seen = []

    def body():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(60)
                    first = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 64)[5] & SYN_DATA
                    data = b""
                    while part := connection.recv(65536):
                        connection.sendall(part)
                        data += part
                    seen.append((bool(first), data))

    threading.Thread(target=body, daemon=True).start()
    try:
        yield listener.getsockname()[1], seen
    finally:
        listener.close()


@pytest.mark.parametrize("program", ["/bin/echo", "/bin/echo32"])
def test_skiff_opens_fast_at_a_linux_server(net, boot, program):
    machine = boot(netns=net, cmdline=f"ip={net.guest}::{net.host}:255.255.255.0::eth0:off").ready()
    net.run("sysctl", "-q", "-w", "net.ipv4.tcp_fastopen=3")
    with linux_server(net) as (port, seen):

        def echo(text):
            assert text in machine.cmd(f"run {program} {net.host} {port} -f {text}").splitlines()[-1]
            return counter(machine, "TCPFastOpenActive"), counter(machine, "TCPFastOpenActiveFail")

        assert echo("first-asks-for-a-cookie") == (0, 0)
        for number in range(1, 4):
            assert echo(f"with-the-syn-{number}") == (number, 0)
        net.run("sysctl", "-q", "-w", "net.ipv4.tcp_fastopen_key=1-2-3-4")  # the cookie is another one now
        assert echo("not-with-the-syn-but-arrives") == (3, 1)
        assert echo("by-the-new-cookie") == (4, 1)
        net.run("sysctl", "-q", "-w", "net.ipv4.tcp_fastopen=0")  # the server takes no data in a SYN any more
        assert echo("later-then") == (4, 2)
    assert [taken for taken, _ in seen] == [False, True, True, True, False, True, False]
    assert [data.decode() for _, data in seen][-2:] == ["by-the-new-cookie", "later-then"]
