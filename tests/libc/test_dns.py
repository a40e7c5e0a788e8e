# SPDX-License-Identifier: MIT
"""The DNS stub resolver against servers that answer well, badly, late, and with malice."""

import contextlib
import random
import socket
import struct
import threading

import pytest
import ring3

pytestmark = [pytest.mark.quick, pytest.mark.parametrize("width", ring3.WIDTHS)]

A, CNAME, AAAA = 1, 5, 28
POINTER = b"\xc0\x0c"  # to the name in the question


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(owner, kind, data, ttl=60, cls=1):
    owner = owner if isinstance(owner, bytes) else wire(owner)
    return owner + struct.pack("!HHIH", kind, cls, ttl, len(data)) + data


def address(text):
    return socket.inet_aton(text)


def reply(query, *records, flags=0x8180, ident=None, question=None, count=None):
    ident = query[:2] if ident is None else ident
    question = query[12:] if question is None else question
    count = len(records) if count is None else count
    return ident + struct.pack("!HHHHH", flags, 1, count, 0, 0) + question + b"".join(records)


class Server:
    """answer(query) gives the datagrams to send back; stream(query) the bytes over TCP."""

    def __init__(self, answer, stream=None):
        self.answer, self.stream, self.queries, self.ports = answer, stream, [], []
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        for serve in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def serve_udp(self):
        with contextlib.suppress(OSError):
            while True:
                query, peer = self.udp.recvfrom(4096)
                self.queries.append(query)
                self.ports.append(peer[1])
                for datagram in self.answer(query):
                    self.udp.sendto(datagram, peer)

    def serve_tcp(self):
        with contextlib.suppress(OSError):
            while True:
                s, _ = self.tcp.accept()
                with s, contextlib.suppress(OSError):
                    length = struct.unpack("!H", ring3.receive(s, 2))[0]
                    s.sendall(self.stream(ring3.receive(s, length)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.udp.close()
        self.tcp.close()


def ask(width, server, name="host.test", *options, timeout_ms=300):
    return ring3.run(width, "dnsq", "-t", timeout_ms, "-s", f"127.0.0.1#{server.port}", *options, name)


def answers(width, answer, want, name="host.test", *options, stream=None):
    with Server(answer, stream) as server:
        done = ask(width, server, name, *options)
        assert (done.stdout.decode(), done.stderr) == (want + "\n", b"")
        return server


def fails(width, answer, why, name="host.test", stream=None, timeout_ms=100):
    with Server(answer, stream) as server:
        done = ask(width, server, name, timeout_ms=timeout_ms)
        assert done.returncode == 1 and done.stdout == b""
        assert done.stderr.decode() == f"dnsq: {name}: {why}\n"
        return server


AGAIN = "Temporary failure in name resolution"
PATIENCE = 20000  # ms, where an answer comes: on a busy machine it takes its time


def test_an_address(width):
    server = answers(width, lambda q: [reply(q, record(POINTER, A, address("192.0.2.1")))], "host.test 192.0.2.1")
    assert len(server.queries) == 1
    assert server.queries[0][2:] == struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + wire("host.test") + struct.pack("!HH", A, 1)


def test_several_addresses_in_their_order(width):
    answers(
        width,
        lambda q: [reply(q, *(record(POINTER, A, address(f"192.0.2.{i}")) for i in range(40)))],
        "host.test " + " ".join(f"192.0.2.{i}" for i in range(16)),
    )


def test_ipv6_where_asked(width):
    data = socket.inet_pton(socket.AF_INET6, "2001:db8::7")
    server = answers(width, lambda q: [reply(q, record(POINTER, AAAA, data))], "host.test 2001:db8::7", "host.test", "-6")
    assert server.queries[0][-4:] == struct.pack("!HH", AAAA, 1)


def test_a_chain_of_names_in_any_order(width):
    def answer(q):
        return [
            reply(
                q,
                record("c.test", A, address("192.0.2.9")),
                record("b.test", CNAME, wire("c.test")),
                record(POINTER, CNAME, wire("b.test")),
                record("other.test", A, address("203.0.113.1")),
            )
        ]

    answers(width, answer, "c.test 192.0.2.9")


def test_a_bare_alias_is_asked_after(width):
    def answer(q):
        if wire("target.test") in q:
            return [reply(q, record(POINTER, A, address("192.0.2.3")))]
        return [reply(q, record(POINTER, CNAME, wire("target.test")))]

    answers(width, answer, "target.test 192.0.2.3")


def test_an_alias_of_itself_ends(width):
    def answer(q):
        name = "b.test" if wire("a.test") in q else "a.test"
        return [reply(q, record(POINTER, CNAME, wire(name)))]

    fails(width, answer, AGAIN, "a.test")
    fails(width, lambda q: [reply(q, record(POINTER, CNAME, POINTER))], "No address associated with hostname", "a.test")


def test_compressed_names_within_names(width):
    def answer(q):
        # www.host.test CNAME: "x" and a pointer to "test" of the question (12 + 5)
        return [reply(q, record(POINTER, CNAME, b"\1x\xc0\x11"), record(b"\1x\xc0\x11", A, address("192.0.2.5")))]

    answers(width, answer, "x.test 192.0.2.5")


def test_no_such_name(width):
    server = fails(width, lambda q: [reply(q, flags=0x8183)], "Name or service not known", timeout_ms=PATIENCE)
    assert len(server.queries) == 1


def test_a_name_without_addresses(width):
    fails(width, lambda q: [reply(q)], "No address associated with hostname", timeout_ms=PATIENCE)


def test_a_lost_query_is_asked_again_from_another_port_with_another_id(width):
    lost = []

    def answer(q):
        lost.append(q)
        return [reply(q, record(POINTER, A, address("192.0.2.2")))] if len(lost) > 1 else []

    with Server(answer) as server:
        assert ask(width, server).stdout == b"host.test 192.0.2.2\n"
        assert len(set(server.ports)) == 2 and len({q[:2] for q in server.queries}) == 2


def test_ports_and_ids_are_not_guessable(width):
    with Server(lambda q: [reply(q, record(POINTER, A, address("192.0.2.2")))]) as server:
        for _ in range(20):
            ask(width, server)
        assert len(set(server.ports)) > 17 and len({q[:2] for q in server.queries}) > 17
        assert max(server.ports) - min(server.ports) > 5000


def test_a_silent_or_failing_server_is_temporary(width):
    assert len(fails(width, lambda q: [], AGAIN).queries) == 2
    fails(width, lambda q: [reply(q, flags=0x8182)], AGAIN)
    fails(width, lambda q: [reply(q, flags=0x8185)], AGAIN)
    fails(width, lambda q: [q[:2] + struct.pack("!HHHHH", 0x8181, 0, 0, 0, 0)], AGAIN)


def test_forged_replies_are_passed_over(width):
    evil = record(POINTER, A, address("203.0.113.66"))

    def answer(q):
        wrong = bytes([q[0] ^ 1]) + q[1:2]
        yield reply(q, evil, ident=wrong)
        yield reply(q, evil, question=wire("evil.test") + q[-4:])
        yield reply(q, evil, question=q[12:-4] + struct.pack("!HH", AAAA, 1))
        yield reply(q, evil, flags=0x0100)
        yield reply(q, evil, flags=0x8180 | 0x2800)
        yield q
        yield b""
        yield reply(q, evil)[:20]
        yield reply(q, evil, count=2)
        yield reply(q, evil)[:-1]
        yield reply(q, record(POINTER, A, b"\1\2\3"))
        yield reply(q, record(b"\xc0\xff", A, address("203.0.113.66")))
        yield reply(q, record(b"\xc0" + bytes([len(q)]), A, address("203.0.113.66")))
        yield reply(q, record("evil.test", CNAME, wire("x")), record(POINTER, CNAME, b"\x03a b\0"))
        yield reply(q, record(b"\x40" + b"x" * 64 + b"\0", A, address("203.0.113.66")))
        yield reply(q, record((b"\x3f" + b"y" * 63) * 5 + b"\0", A, address("203.0.113.66")))
        yield reply(q, record(POINTER, A, address("192.0.2.1")))

    answers(width, answer, "host.test 192.0.2.1")


def test_records_of_others_are_not_taken(width):
    def answer(q):
        return [
            reply(
                q,
                record("bank.test", A, address("203.0.113.66")),
                record(POINTER, A, address("203.0.113.67"), cls=3),
                record(POINTER, A, address("192.0.2.1")),
            )
        ]

    answers(width, answer, "host.test 192.0.2.1")


def test_letters_of_either_case(width):
    def answer(q):
        return [reply(q, record(wire("HOST.Test"), A, address("192.0.2.1")), question=q[12:].replace(b"host", b"HosT"))]

    server = answers(width, answer, "HosT.test 192.0.2.1")
    assert server.queries


def test_a_truncated_reply_is_asked_for_over_tcp(width):
    def stream(q):
        whole = reply(q, *(record(POINTER, A, address(f"192.0.2.{i}")) for i in range(10)), record(POINTER, 16, bytes(40000)))
        return struct.pack("!H", len(whole)) + whole

    answers(
        width,
        lambda q: [reply(q, flags=0x8380)],
        "host.test " + " ".join(f"192.0.2.{i}" for i in range(10)),
        stream=stream,
    )


@pytest.mark.parametrize("bad", ["nothing", "short", "forged", "truncated again"])
def test_a_bad_stream_is_a_failure(width, bad):
    def stream(q):
        whole = reply(q, record(POINTER, A, address("203.0.113.66")), ident=b"no" if bad == "forged" else None,
                      flags=0x8380 if bad == "truncated again" else 0x8180)
        return {"nothing": b"", "short": struct.pack("!H", 500) + whole}.get(bad, struct.pack("!H", len(whole)) + whole)

    fails(width, lambda q: [reply(q, flags=0x8380)], AGAIN, stream=stream)


@pytest.mark.parametrize("name", ["", ".", "a..b", ".a", "x" * 64 + ".test", "a b.test", "a\x01.test", ".".join(["abcdefgh"] * 40)])
def test_names_that_cannot_be(width, name):
    with Server(lambda q: []) as server:
        done = ask(width, server, name, timeout_ms=50)
        assert done.returncode == 1 and b"Name or service not known" in done.stderr
        assert server.queries == []


def test_any_bytes_at_all(width):
    """Replies that begin well and then are changed at random: never a crash, never an answer of another's."""
    chance = random.Random(7)

    def answer(q):
        good = reply(q, record(POINTER, CNAME, b"\1x\xc0\x11"), record(b"\1x\xc0\x11", A, address("192.0.2.5")), record("z.test", A, bytes(4)))
        for _ in range(300):
            changed = bytearray(good)
            for _ in range(chance.randrange(1, 6)):
                changed[chance.randrange(12, len(changed))] = chance.choice([0, 1, 0xc0, 0xff, 0x3f, chance.randrange(256)])
            changed[0] ^= chance.random() < 0.05
            yield bytes(changed[: chance.choice([len(changed), chance.randrange(len(changed))])])

    for _ in range(5):
        with Server(answer) as server:
            done = ask(width, server)
        assert done.returncode in (0, 1), done
        assert (done.stdout or done.stderr).count(b"\n") == 1
