# SPDX-License-Identifier: MIT
"""The echo client on this host, against servers good and bad."""

import contextlib
import socket
import subprocess
import threading

import pytest
import ring3

pytestmark = [pytest.mark.quick, pytest.mark.parametrize("width", ring3.WIDTHS)]


@contextlib.contextmanager
def tcp_server(serve):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run():
            with contextlib.suppress(OSError):
                while True:
                    s, _ = listener.accept()
                    with s:
                        serve(s)

        threading.Thread(target=run, daemon=True).start()
        yield listener.getsockname()[1]


def echo_all(s):
    while data := s.recv(65536):
        s.sendall(data)


def test_text_is_sent_and_its_echo_printed(width):
    with tcp_server(echo_all) as port:
        done = ring3.run(width, "echo", "127.0.0.1", port, "hello", "world")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"hello world\n", b"")


def test_lines_of_standard_input_are_echoed(width):
    data = b"".join(b"line %d %s\n" % (i, b"x" * (i % 300)) for i in range(500)) + b"no end of line"
    with tcp_server(echo_all) as port:
        done = ring3.run(width, "echo", "localhost", port, input=data)
    assert (done.returncode, done.stdout) == (0, data)


def test_a_line_longer_than_all_buffers(width):
    data = b"z" * (8 << 20) + b"\n"
    with tcp_server(echo_all) as port:
        done = ring3.run(width, "echo", "127.0.0.1", port, input=data)
    assert done.returncode == 0 and done.stdout == data


def test_datagrams(width):
    with ring3.Echod("x86_64") as server:
        done = ring3.run(width, "echo", "127.0.0.1", server.port(7), "-u", "over", "UDP")
        assert (done.returncode, done.stdout) == (0, b"over UDP\n")
        done = ring3.run(width, "echo", "-u", "127.0.0.1", server.port(7), "")
        assert (done.returncode, done.stdout) == (0, b"\n")


def test_a_lost_datagram_is_sent_again(width):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))

        def serve():
            s.recvfrom(100)
            data, peer = s.recvfrom(100)
            s.sendto(data, peer)

        threading.Thread(target=serve, daemon=True).start()
        done = ring3.run(width, "echo", "127.0.0.1", s.getsockname()[1], "-u", "again")
    assert (done.returncode, done.stdout) == (0, b"again\n")


def test_nobody_listens(width):
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    done = ring3.run(width, "echo", "127.0.0.1", port, "x")
    assert done.returncode == 1
    assert done.stderr == b"echo: 127.0.0.1 port %d: Connection refused\n" % port
    done = ring3.run(width, "echo", "127.0.0.1", port, "-u", "x")
    assert (done.returncode, done.stderr) == (1, b"echo: receive: Connection refused\n")


def test_a_server_that_closes_early(width):
    with tcp_server(lambda s: s.sendall(s.recv(10)[:2])) as port:
        done = ring3.run(width, "echo", "127.0.0.1", port, "hello")
    assert done.returncode == 1
    assert done.stdout == b"he" and done.stderr == b"echo: the peer closed after 2 of 5 bytes\n"


@pytest.mark.parametrize("arguments", [[], ["127.0.0.1"], ["-u"], ["127.0.0.1", "7", "-u", "-f", "x"]])
def test_too_few_arguments(width, arguments):
    done = ring3.run(width, "echo", *arguments)
    assert done.returncode == 2 and done.stderr.startswith(b"usage: echo HOST PORT")


@pytest.mark.parametrize("port", ["65536", "-1", "nosuchservice", "7x"])
def test_a_port_that_is_none(width, port):
    done = ring3.run(width, "echo", "127.0.0.1", port, "x")
    assert done.returncode == 1 and done.stderr.count(b"\n") == 1


def test_a_full_disk_is_an_error(width):
    with tcp_server(echo_all) as port, open("/dev/full", "wb") as full:
        done = subprocess.run(ring3.command(width, "echo", "127.0.0.1", port, "x" * 5000), stdout=full)
    assert done.returncode == 1


def test_crash_dies_as_it_is_told(width):
    if not ring3.native(width):
        pytest.skip("an emulator has its own ways to die")
    for way, signal in [("null", 11), ("hlt", 11), ("divide", 8), ("opcode", 4), ("stack", 11), ("nx", 11), ("rodata", 11),
                        ("jump-kernel", 11), ("int3", 5), ("abort", 6), ("cli", 11), ("port", 11)]:
        assert ring3.run(width, "crash", way).returncode == -signal, way
    assert ring3.run(width, "crash", "exit", 42).returncode == 42
