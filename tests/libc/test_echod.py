# SPDX-License-Identifier: MIT
"""echod on this host: echo, discard and chargen over TCP and UDP, and what hostile clients do."""

import hashlib
import os
import re
import resource
import socket
import struct
import subprocess
import threading

import pytest
import ring3

pytestmark = pytest.mark.quick


@pytest.fixture(params=ring3.WIDTHS, scope="module")
def echod(request):
    with ring3.Echod(request.param) as server:
        server.width = request.param
        yield server
        assert server.alive()


def test_it_says_what_it_serves(echod):
    assert re.match(rb"echod: serving echo on port \d+", echod.greeting)


def test_ten_megabytes_come_back_unchanged(echod):
    data = os.urandom(10 << 20)
    with echod.connect() as s:

        def send():
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        back = ring3.receive(s, len(data) + 1)
        sender.join()
    assert hashlib.sha256(back).digest() == hashlib.sha256(data).digest()


def test_half_close_still_brings_the_echo(echod):
    with echod.connect() as s:
        s.sendall(b"last words")
        s.shutdown(socket.SHUT_WR)
        assert ring3.receive(s, 100) == b"last words"


def test_a_peer_that_does_not_read_stops_being_read(echod):
    with echod.connect() as s:
        s.setblocking(False)
        sent = 0
        with pytest.raises(BlockingIOError):
            while sent < 64 << 20:
                sent += s.send(bytes(65536))
        with echod.connect() as other:
            other.sendall(b"served meanwhile")
            assert ring3.receive(other, 16) == b"served meanwhile"
        s.settimeout(20)
        s.shutdown(socket.SHUT_WR)
        assert len(ring3.receive(s, sent + 1)) == sent


def test_a_thousand_connections_at_once(echod):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(1000, hard - 100)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 100), hard))
    open_ones = [echod.connect() for _ in range(count)]
    try:
        for i, s in enumerate(open_ones):
            s.sendall(b"%d" % i)
        for i, s in enumerate(open_ones):
            assert ring3.receive(s, len(b"%d" % i)) == b"%d" % i
    finally:
        for s in open_ones:
            s.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_resets_leave_no_descriptor_behind(echod):
    def descriptors():
        return len(os.listdir(f"/proc/{echod.process.pid}/fd"))

    ring3.wait_until(lambda: descriptors() < 40)
    before = descriptors()
    for _ in range(50):
        s = echod.connect()
        s.sendall(b"x" * 1000)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
    ring3.wait_until(lambda: descriptors() <= before)


def test_discard_takes_all_and_says_nothing(echod):
    with echod.connect(9) as s:
        s.sendall(bytes(1 << 20))
        s.shutdown(socket.SHUT_WR)
        assert s.recv(1) == b""


def chargen_line(n):
    return bytes(32 + (n + i) % 95 for i in range(72)) + b"\r\n"


def test_chargen_sends_rotating_lines(echod):
    with echod.connect(19) as s:
        got = ring3.receive(s, 74 * 3000)
    assert got == b"".join(chargen_line(n) for n in range(3000))


def test_chargen_goes_on_after_half_close(echod):
    with echod.connect(19) as s:
        s.sendall(b"ignored")
        s.shutdown(socket.SHUT_WR)
        assert len(ring3.receive(s, 5 << 20)) == 5 << 20


@pytest.mark.parametrize("size", [0, 1, 2, 511, 1472, 1473, 9000, 65507])
def test_datagrams_come_back_whole(echod, size):
    data = os.urandom(size)
    with echod.datagrams() as s:
        s.send(data)
        assert s.recv(65536) == data


def test_a_burst_of_datagrams_comes_back_in_order(echod):
    with echod.datagrams() as s:
        for i in range(100):
            s.send(b"%d" % i)
        assert [s.recv(100) for _ in range(100)] == [b"%d" % i for i in range(100)]


def test_datagrams_are_answered_from_where_they_were_sent(echod):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        for host in ("127.0.0.1", "127.0.0.2", "127.9.9.9"):
            s.sendto(b"who", (host, echod.port(7)))
            assert s.recvfrom(100) == (b"who", (host, echod.port(7)))


def test_datagram_chargen_answers_once_with_at_most_512_characters(echod):
    sizes = set()
    with echod.datagrams(19) as s:
        for _ in range(50):
            s.send(b"")
            got = s.recv(65536)
            assert len(got) <= 512 and (not got or got[:74] in chargen_line(got[0] - 32))
            sizes.add(len(got))
    assert len(sizes) > 10


def test_datagram_discard_is_silent(echod):
    with echod.datagrams(9) as s:
        for size in (0, 10, 60000):
            s.send(bytes(size))
        s.settimeout(0.2)
        with pytest.raises(TimeoutError):
            s.recv(1)


@pytest.mark.parametrize("source", [7, 9, 19])
def test_datagrams_of_another_such_server_get_no_answer(echod, source):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.bind(("127.0.0.3", source))
        except OSError as e:
            pytest.skip(f"port {source} cannot be taken here: {e}")
        s.settimeout(0.3)
        s.sendto(b"loop", ("127.0.0.1", echod.port(7)))
        with pytest.raises(TimeoutError):
            s.recv(100)
    with echod.datagrams() as s:
        s.send(b"alive")
        assert s.recv(100) == b"alive"


@pytest.mark.parametrize("width", ring3.WIDTHS)
def test_it_survives_running_out_of_descriptors(width):
    if not ring3.native(width):
        pytest.skip("an emulator has descriptors of its own")

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))

    with ring3.Echod(width, preexec=few) as server:
        open_ones = [server.connect() for _ in range(60)]
        open_ones[0].sendall(b"one")
        assert ring3.receive(open_ones[0], 3) == b"one"
        for s in open_ones[:50]:
            s.close()
        open_ones[59].sendall(b"late")
        assert ring3.receive(open_ones[59], 4) == b"late"
        assert server.alive()
        for s in open_ones:
            s.close()


@pytest.mark.parametrize("width", ring3.WIDTHS)
def test_a_taken_port_is_one_clear_line(width):
    with ring3.Echod(width) as server:
        done = ring3.run(width, "echod", "-p", server.offset)
        assert done.returncode == 1
        assert done.stderr == b"echod: TCP port %d: Address already in use\n" % server.port(7)


def test_a_round_trip_takes_three_system_calls(echod):
    """epoll_wait, read, write: nothing more for a small message."""
    try:
        tracer = subprocess.Popen(["strace", "-c", "-f", "-p", str(echod.process.pid)], stderr=subprocess.PIPE, text=True)
    except OSError:
        pytest.skip("no strace here")
    with echod.connect() as s:
        s.sendall(b"x")
        s.recv(1)
        for _ in range(1000):
            s.sendall(b"y" * 64)
            ring3.receive(s, 64)
    tracer.terminate()
    report = tracer.communicate()[1]
    total = re.search(r"(\d+)(?:\s+\d+)?\s+total", report)
    if not total:
        pytest.skip("strace cannot trace here")
    if ring3.native(echod.width):
        assert int(total.group(1)) < 3100
