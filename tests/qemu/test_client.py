# SPDX-License-Identifier: MIT
"""Skiff as a client: the echo program and the echo command against a server on the host."""

import contextlib
import socket
import threading

import pytest


@contextlib.contextmanager
def server(kind, address="127.0.0.1"):
    """An echo server on the host; yields its port."""
    listener = socket.socket(socket.AF_INET, kind)
    listener.bind((address, 0))

    def stream(connection):
        with connection:
            with contextlib.suppress(OSError):
                while data := connection.recv(65536):
                    connection.sendall(data)

    def body():
        with contextlib.suppress(OSError):
            while True:
                if kind == socket.SOCK_STREAM:
                    threading.Thread(target=stream, args=(listener.accept()[0],), daemon=True).start()
                else:
                    data, source = listener.recvfrom(65536)
                    listener.sendto(data, source)

    if kind == socket.SOCK_STREAM:
        listener.listen()
    threading.Thread(target=body, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@pytest.mark.parametrize("program", ["run /bin/echo", "run /bin/echo32", "echo"])
def test_tcp_echo_against_a_host_server(shared, program):
    with server(socket.SOCK_STREAM) as port:
        assert "hello host" in shared.cmd(f"{program} 10.0.2.2 {port} hello host")


@pytest.mark.parametrize("program", ["run /bin/echo", "run /bin/echo32", "echo"])
def test_udp_echo_against_a_host_server(shared, program):
    with server(socket.SOCK_DGRAM) as port:
        assert "hello host" in shared.cmd(f"{program} 10.0.2.2 {port} -u hello host")


def test_a_refused_connection_says_so(shared):
    with contextlib.closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert "refused" in shared.cmd(f"run /bin/echo 10.0.2.2 {port} x").lower()


def test_ctrl_c_ends_a_client_that_waits(shared):
    with contextlib.closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        shared.prompt().send(f"run /bin/echo 10.0.2.2 {silent.getsockname()[1]} x\r")
        silent.settimeout(60)
        with silent.accept()[0]:
            shared.send("\x03")
            shared.prompt()
