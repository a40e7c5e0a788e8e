# SPDX-License-Identifier: MIT
"""The echo server as clients meet it: many at once, every size, every way to end."""

import os
import select
import socket
import struct
import time

import pytest
import skiff


@pytest.mark.quick
def test_echo_over_tcp_and_udp_after_boot(boot):
    machine = boot()
    machine.ready()
    with machine.connect(7) as connection:
        data = os.urandom(200000)
        assert skiff.exchange(connection, data) == data
    assert skiff.ask(machine, 7, b"datagram") == b"datagram"
    assert "uptime" in machine.cmd("help")


def test_two_hundred_connections_at_once(shared):
    connections = [shared.connect(7) for _ in range(200)]
    payloads = [os.urandom(5000) for _ in connections]
    try:
        for connection, payload in zip(connections, payloads):
            connection.sendall(payload)
        for connection, payload in zip(connections, payloads):
            received = b""
            while len(received) < len(payload):
                part = connection.recv(65536)
                assert part, "the server closed one of 200 connections"
                received += part
            assert received == payload
    finally:
        for connection in connections:
            connection.close()


def test_two_hundred_connections_come_and_go(shared):
    for number in range(200):
        with shared.connect(7) as connection:
            data = b"connection %d" % number
            assert skiff.exchange(connection, data) == data


def test_every_datagram_size_comes_back(shared):
    with shared.socket(socket.SOCK_DGRAM) as udp:
        udp.connect(shared.address(7))
        udp.setblocking(False)
        missing = {size: os.urandom(size) for size in range(1473)}
        missing_by_data = {data: size for size, data in missing.items()}
        deadline = time.monotonic() + 120
        while missing and time.monotonic() < deadline:
            # A window of datagrams at a time: UDP may lose what comes in a flood.
            for size in list(missing)[:64]:
                udp.send(missing[size])
            while select.select([udp], [], [], 0.3)[0]:
                size = missing_by_data.get(udp.recv(65536))
                assert size is not None, "an answer that is not what was sent"
                missing.pop(size, None)
        assert not missing, f"no answer for the sizes {sorted(missing)[:20]}"


def test_half_close_ends_the_echo_in_order(shared):
    with shared.connect(7) as connection:
        connection.sendall(b"last words")
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(100):
            received += part
        assert received == b"last words"


def test_reset_by_the_client_frees_the_connection(shared):
    for _ in range(20):
        connection = shared.connect(7)
        connection.sendall(b"x" * 10000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    with shared.connect(7) as connection:
        assert skiff.exchange(connection, b"still here") == b"still here"


def test_a_slow_reader_stops_the_sender_and_loses_nothing(shared):
    """The echo server must not read without end from one who does not read: flow control, zero window, and on again."""
    data = os.urandom(8 * 1024 * 1024)
    with shared.connect(7) as connection:
        connection.setblocking(False)
        sent = 0
        while sent < len(data) and select.select([], [connection], [], 3)[1]:
            sent += connection.send(data[sent : sent + 65536])
        received = bytearray()
        deadline = time.monotonic() + 120
        while len(received) < len(data) and time.monotonic() < deadline:
            readable, writable, _ = select.select([connection], [connection] if sent < len(data) else [], [], 60)
            if readable:
                part = connection.recv(65536)
                assert part, "the server closed"
                received += part
            if writable:
                sent += connection.send(data[sent : sent + 65536])
        assert bytes(received) == data
