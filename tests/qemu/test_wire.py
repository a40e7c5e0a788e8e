# SPDX-License-Identifier: MIT
"""Fragments, IP options and ARP, frame by frame: a peer made of frames asks, and what the machine sends is looked at on the wire."""

import itertools
import logging
import re
import socket
import time

import pytest
import skiff
import wire
from wire import ECHO_REPLY, GUEST, HOST, PEER, PEER_MAC

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import ARP, ICMP, IP, UDP, Ether, Raw  # noqa: E402

pytestmark = pytest.mark.tap

STRANGER, OTHER_MAC = "10.77.0.201", "02:00:00:00:00:c9"
BROADCAST = "ff:ff:ff:ff:ff:ff"
PARAMETER_PROBLEM, TIME_EXCEEDED, REASSEMBLY_TIME = 12, 11, 1


def ip(source=PEER, **fields):
    return Ether(dst=skiff.MAC, src=PEER_MAC) / IP(src=source, dst=GUEST, **fields)


def echo(payload=b"", options=(), **fields):
    return ip(options=list(options)) / ICMP(**fields) / Raw(payload)


def answers(frames):
    """The frames that go to the peer and are neither ARP nor anything of the machine's other talks."""
    return [f for f in frames if IP in f and f[IP].dst == PEER]


@pytest.fixture(scope="module", params=wire.CARDS)
def station(request):
    with wire.station(request.param, "wire") as machine:
        machine.cmd(f"ip neigh add {PEER} lladdr {PEER_MAC} dev eth0 nud permanent")
        machine.cmd("sysctl -w net.ipv4.icmp_ratelimit=0")
        yield machine


def snmp(machine):
    names, values = [line.split()[1:] for line in machine.cmd("cat /proc/net/snmp").split("\n") if line.startswith("Ip:")]
    return dict(zip(names, map(int, values)))


class Counted:
    """What /proc/net/snmp's line of IP counts within a block."""

    def __init__(self, machine):
        self.machine = machine

    def __enter__(self):
        self.before = snmp(self.machine)
        return self

    def moved(self, name):
        return snmp(self.machine)[name] - self.before[name]

    def __exit__(self, *unused):
        pass


# -- fragments ---------------------------------------------------------------------------------------------------------

numbers = itertools.count(100)


def datagram(size, number):
    """An echo request of so many bytes, as a payload of IP."""
    return bytes(ICMP(id=number, seq=1) / Raw(bytes((number + i) % 251 for i in range(size - 8))))


def pieces(payload, size, number, source=PEER):
    """The payload cut into fragments of so many bytes."""
    return [
        ip(source, id=number, proto=1, frag=at // 8, flags="MF" if at + size < len(payload) else 0) / Raw(payload[at : at + size])
        for at in range(0, len(payload), size)
    ]


def answered(machine, number, payload):
    """The machine has answered the echo request, whole or in fragments, byte for byte."""
    got = {}
    for frame in answers(machine.wire.settled()):
        if frame[IP].proto == 1 and frame[IP].id:
            got.setdefault(frame[IP].id, []).append(frame[IP])
    for parts in got.values():
        data = b"".join(bytes(part.payload)[: part.len - 20] for part in sorted(parts, key=lambda part: part.frag))
        if data[:1] == b"\0" and data[4:6] == number.to_bytes(2, "big"):
            assert data[4:] == payload[4:]
            assert [bool(part.flags & 1) for part in sorted(parts, key=lambda part: part.frag)] == [True] * (len(parts) - 1) + [False]
            return True
    return False


def twice(parts):
    return [part for part in parts for _ in range(2)]


ORDERS = {
    "in order": (3000, 1480, list),
    "reversed": (3000, 1480, lambda parts: parts[::-1]),
    "odd ones first": (4000, 400, lambda parts: parts[1::2] + parts[::2]),
    "tiny": (1000, 8, list),
    "tiny, reversed": (1000, 8, lambda parts: parts[::-1]),
    "each twice": (3000, 1000, twice),
    "as large as can be": (65515, 1480, list),
}


@pytest.mark.parametrize("order", ORDERS)
def test_fragments_make_a_datagram(station, order):
    size, cut, arrange = ORDERS[order]
    number = next(numbers)
    payload = datagram(size, number)
    with Counted(station) as counted:
        station.wire.send(*arrange(pieces(payload, cut, number)))
        assert answered(station, number, payload)
        assert counted.moved("ReasmOKs") == 1
        assert counted.moved("ReasmFails") == 0


def test_fragments_of_two_datagrams_and_of_two_hosts_stay_apart(station):
    first, second = next(numbers), next(numbers)
    payloads = [datagram(2000, first), datagram(2000, second)]
    mixed = zip(pieces(payloads[0], 504, first), pieces(payloads[1], 504, second), pieces(payloads[1], 504, first, STRANGER))
    station.wire.send(*(part for three in mixed for part in three))
    frames = station.wire.settled()
    whole = {bytes(f[ICMP])[4:] for f in frames if ICMP in f and f[IP].dst == PEER and f[IP].frag == 0 and f[IP].flags & 1}
    assert {payloads[0][4:1480], payloads[1][4:1480]} == whole


OVERLAPS = {
    "a part again with more": [(0, 64, 1), (32, 64, 1), (64, 64, 0)],
    "behind, over two": [(0, 64, 1), (64, 64, 1), (32, 96, 0)],
    "one more end": [(64, 64, 0), (64, 128, 0), (0, 64, 1)],
    "beyond the end": [(64, 64, 0), (128, 64, 1), (0, 64, 1)],
}


def eventually(condition, what):
    deadline = time.monotonic() + skiff.TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, what


def nothing_waits(machine):
    return re.search(r"FRAG: inuse 0 memory 0\b", machine.cmd("cat /proc/net/sockstat"))


def all_is_over(machine):
    """The pieces that wait have had their time, and what was to be said of them is said."""
    eventually(lambda: nothing_waits(machine), "fragments stay for ever")
    machine.wire.settled()


@pytest.mark.parametrize("kind", OVERLAPS)
def test_overlaps_condemn_the_datagram(station, kind):
    station.cmd("sysctl -w net.ipv4.ipfrag_time=2")
    number = next(numbers)
    payload = datagram(256, number)
    with Counted(station) as counted:
        for at, size, more in OVERLAPS[kind]:
            station.wire.send(ip(id=number, proto=1, frag=at // 8, flags=more) / Raw(payload[at : at + size]))
        assert not answered(station, number, payload)
        assert counted.moved("ReasmFails") >= 1 and counted.moved("ReasmOKs") == 0
    all_is_over(station)


TOO_LARGE = {
    "last": (65520, 400, 0),
    "one in the middle": (65520, 400, 1),
    "by its header": (65512, 24, 0),
}


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_what_ends_beyond_64k_is_dropped(station, kind):
    station.cmd("sysctl -w net.ipv4.ipfrag_time=2")
    at, size, more = TOO_LARGE[kind]
    number = next(numbers)
    with Counted(station) as counted:
        station.wire.send(*pieces(datagram(2960, number), 1480, number)[:1])
        station.wire.send(ip(id=number, proto=1, frag=at // 8, flags=more) / Raw(bytes(size)))
        assert not answers(station.wire.settled())
        assert counted.moved("ReasmFails") == 1
    all_is_over(station)


def test_time_exceeded_is_said_only_where_the_first_came(station):
    station.cmd("sysctl -w net.ipv4.ipfrag_time=2")
    absent_first, absent_last = next(numbers), next(numbers)
    with Counted(station) as counted:
        station.wire.send(*pieces(datagram(3000, absent_first), 1000, absent_first)[1:])
        station.wire.send(*pieces(datagram(3000, absent_last), 1000, absent_last)[:-1])
        answer, _ = station.wire.receive(lambda f: ICMP in f and f[ICMP].type == TIME_EXCEEDED)
        assert answer and answer[ICMP].code == REASSEMBLY_TIME and answer[IP].dst == PEER
        quoted = IP(bytes(answer[ICMP].payload))
        assert (quoted.id, quoted.frag, bool(quoted.flags & 1)) == (absent_last, 0, True)
        eventually(lambda: counted.moved("ReasmTimeout") == 2, "the datagram without its first fragment waits for ever")
        assert not answers(station.wire.settled())
        assert counted.moved("ReasmFails") == 2
    assert nothing_waits(station)


# -- options -----------------------------------------------------------------------------------------------------------


def address(text):
    return socket.inet_aton(text)


def with_options(option, number):
    """An echo request whose header has these bytes of options, wrong ones, too."""
    option += bytes(-len(option) % 4)
    header = bytearray(bytes(IP(src=PEER, dst=GUEST, proto=1, ihl=5 + len(option) // 4, len=20 + len(option) + 16)) + option)
    header[10:12] = bytes(2)
    total = sum(int.from_bytes(header[i : i + 2], "big") for i in range(0, len(header), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    header[10:12] = (~total & 0xFFFF).to_bytes(2, "big")
    return Ether(dst=skiff.MAC, src=PEER_MAC, type=0x0800) / Raw(bytes(header) + bytes(ICMP(id=number) / Raw(b"8 bytes!")))


def options_of_answer(machine, option):
    """The options of the answer to an echo request that has these; None: there is none."""
    number = next(numbers)
    machine.wire.send(with_options(option, number))
    for frame in answers(machine.wire.settled()):
        packet = bytes(frame[IP])
        length = (packet[0] & 15) * 4
        if packet[9] == 1 and packet[length] == ECHO_REPLY and packet[length + 4 : length + 6] == number.to_bytes(2, "big"):
            assert packet[length + 8 :][:8] == b"8 bytes!"
            return packet[20:length]
    return None


def test_the_route_is_recorded_both_ways(station):
    before = address(STRANGER)
    answer = options_of_answer(station, b"\x07\x0f\x08" + before + bytes(8))
    assert answer == b"\x07\x0f\x10" + before + address(GUEST) * 2 + b"\0"
    full = b"\x07\x07\x08" + before
    assert options_of_answer(station, full) == full + b"\0"


def test_times_are_recorded(station):
    def near(text):
        clock = int(re.match(r"(\d+)", station.cmd("cat /proc/uptime")).group(1))
        return clock >= 0 and int.from_bytes(text, "big") < 24 * 3600 * 1000

    answer = options_of_answer(station, b"\x44\x0c\x05\x00" + bytes(8))
    assert answer[:4] == b"\x44\x0c\x0d\x00" and near(answer[4:8]) and near(answer[8:12])
    assert 0 <= int.from_bytes(answer[8:12], "big") - int.from_bytes(answer[4:8], "big") < 60000
    assert answer[4:12] != bytes(8)
    answer = options_of_answer(station, b"\x44\x14\x05\x01" + bytes(16))
    assert answer[:4] == b"\x44\x14\x15\x01" and answer[4:8] == answer[12:16] == address(GUEST)
    answer = options_of_answer(station, b"\x44\x14\x05\x03" + address(GUEST) + bytes(4) + address(STRANGER) + bytes(4))
    assert answer[:8] == b"\x44\x14\x0d\x03" + address(GUEST) and answer[8:12] != bytes(4)
    assert answer[12:] == address(STRANGER) + bytes(4)
    # No room: the hosts that had none are counted, up to fifteen.
    assert options_of_answer(station, b"\x44\x08\x09\x20" + bytes(4))[:4] == b"\x44\x08\x09\x30"


def test_source_routes_are_refused_in_silence(station):
    for kind in (b"\x83", b"\x89"):
        for pointer in (b"\x04", b"\x08"):  # on its way, and at its end
            number = next(numbers)
            station.wire.send(with_options(kind + b"\x07" + pointer + address(STRANGER), number))
            assert not answers(station.wire.settled())


def test_source_routes_lead_back_where_they_are_taken(station):
    names = [f"net.ipv4.conf.{dev}.accept_source_route" for dev in ("all", "eth0")]
    for name in names:
        station.cmd(f"sysctl -w {name}=1")
    try:
        # It came by way of the peer itself, on behalf of a host behind it: the answer goes the same way.
        number = next(numbers)
        packet = with_options(b"\x83\x07\x08" + address(PEER), number)
        station.wire.send(packet)
        assert any(ICMP in f and f[ICMP].id == number for f in answers(station.wire.settled()))
    finally:
        for name in names:
            station.cmd(f"sysctl -w {name}=0")


def test_router_alert_and_unknown_options_do_no_harm(station):
    assert options_of_answer(station, b"\x94\x04\x00\x00") == b""
    assert options_of_answer(station, b"\xde\x04\x01\x02") == b""
    assert options_of_answer(station, b"\x01\x01\x01\x00") == b""


WRONG_OPTIONS = {
    "length zero": (b"\x07\x00\x04\x00", 20),
    "length one": (b"\x01\x07\x01\x00", 21),
    "no room for a length": (b"\x01\x01\x01\x07", 23),
    "length beyond the header": (b"\x07\x27\x04\x00", 20),
    "record route of two bytes": (b"\x07\x02\x01\x01", 21),
    "record route, pointer too small": (b"\x07\x07\x03" + bytes(4), 22),
    "record route, pointer at a torn end": (b"\x07\x06\x04" + bytes(3), 22),
    "record route twice": (b"\x07\x07\x04" + bytes(4) + b"\x07\x07\x04" + bytes(4), 27),
    "timestamp of three bytes": (b"\x44\x03\x05\x00", 21),
    "timestamp, pointer too small": (b"\x44\x08\x04\x00" + bytes(4), 22),
    "timestamp, pointer at a torn end": (b"\x44\x06\x05\x00" + bytes(2), 22),
    "timestamp, unknown flag": (b"\x44\x08\x05\x07" + bytes(4), 23),
    "timestamp, overflow is full": (b"\x44\x08\x09\xf0" + bytes(4), 23),
    "source route of two bytes": (b"\x83\x02\x01\x01", 21),
    "source route, odd pointer": (b"\x83\x07\x05" + bytes(4), 22),
    "router alert of three bytes": (b"\x94\x03\x00\x00", 21),
}


@pytest.mark.parametrize("kind", WRONG_OPTIONS)
def test_wrong_options_are_told_where(station, kind):
    option, pointer = WRONG_OPTIONS[kind]
    with Counted(station) as counted:
        station.wire.send(with_options(option, next(numbers)))
        (answer,) = answers(station.wire.settled())
        assert (answer[ICMP].type, answer[ICMP].code) == (PARAMETER_PROBLEM, 0)
        assert bytes(answer[ICMP])[4] == pointer
        assert counted.moved("InHdrErrors") == 1


# -- ARP ---------------------------------------------------------------------------------------------------------------


def arp(op, sender, target, mac=OTHER_MAC, to=BROADCAST, target_mac="00:00:00:00:00:00"):
    return Ether(dst=to, src=mac) / ARP(op=op, psrc=sender, pdst=target, hwsrc=mac, hwdst=target_mac)


def arps(frames):
    return [f[ARP] for f in frames if ARP in f and f[ARP].pdst != HOST and f[ARP].psrc != HOST]


def neighbour(machine, of):
    match = re.search(rf"^{re.escape(of)} .*", machine.cmd("ip neigh show"), re.M)
    return match and match.group()


@pytest.fixture
def known(station):
    """A stranger whom the machine knows, because he has asked it."""
    station.wire.send(arp(1, STRANGER, GUEST))
    (answer,) = arps(station.wire.settled())
    assert (answer.op, answer.psrc, answer.hwsrc, answer.pdst, answer.hwdst) == (2, GUEST, skiff.MAC, STRANGER, OTHER_MAC)
    yield station
    station.cmd(f"ip neigh del {STRANGER} dev eth0")


def test_who_asks_is_answered_and_known(known):
    assert re.search(rf"lladdr {OTHER_MAC}.* STALE", neighbour(known, STRANGER))


def test_questions_about_others_are_not_answered(station):
    station.wire.send(arp(1, STRANGER, "10.77.0.77"), arp(1, STRANGER, "192.0.2.1"), arp(1, STRANGER, "127.0.0.1"), arp(1, STRANGER, "224.0.0.1"))
    assert not arps(station.wire.settled())
    assert neighbour(station, STRANGER) is None


def test_a_probe_is_answered_and_makes_no_entry(station):
    station.wire.send(arp(1, "0.0.0.0", GUEST))
    (answer,) = arps(station.wire.settled())
    assert (answer.op, answer.psrc, answer.hwsrc) == (2, GUEST, skiff.MAC)
    assert neighbour(station, "0.0.0.0") is None


def test_replies_that_nobody_asked_for_make_no_entry(station):
    for to in (BROADCAST, skiff.MAC):
        station.wire.send(arp(2, STRANGER, GUEST, to=to, target_mac=skiff.MAC))
        station.wire.send(arp(2, STRANGER, STRANGER, to=to), arp(1, STRANGER, STRANGER, to=to))
    station.wire.settled()
    assert neighbour(station, STRANGER) is None


@pytest.mark.parametrize("op", [1, 2])
def test_a_gratuitous_packet_moves_who_is_known(known, op):
    moved = "02:00:00:00:00:ca"
    known.wire.send(arp(op, STRANGER, STRANGER, mac=moved))
    known.wire.settled()
    assert moved in neighbour(known, STRANGER)


def test_proxy_arp_answers_for_who_is_behind_us(station):
    behind = "10.99.0.7"
    for line in ("ip link add link eth0 name eth0.9 type vlan id 9", "ip link set eth0.9 up", "ip addr add 10.99.0.1/24 dev eth0.9"):
        assert station.cmd(line) == "", line
    settings = ["net.ipv4.ip_forward", "net.ipv4.conf.eth0.proxy_arp"]
    try:
        station.cmd(f"sysctl -w {settings[0]}=1")
        station.wire.send(arp(1, STRANGER, behind, to=skiff.MAC))
        assert not [a for a in arps(station.wire.settled()) if a.op == 2], "not where it is not asked for"
        station.cmd(f"sysctl -w {settings[1]}=1")
        for to in (skiff.MAC, BROADCAST):
            station.wire.send(arp(1, STRANGER, "10.77.0.77", to=to), arp(1, STRANGER, behind, to=to))
            answer, before = station.wire.receive(lambda f: ARP in f and f[ARP].op == 2 and f[ARP].psrc == behind)
            assert answer and (answer[ARP].hwsrc, answer.dst) == (skiff.MAC, OTHER_MAC)
            assert not [a for a in arps(before) if a.op == 2], "who is on the asker's side answers himself"
    finally:
        for name in settings:
            station.cmd(f"sysctl -w {name}=0")
        station.cmd("ip link del eth0.9")
        station.cmd(f"ip neigh del {STRANGER} dev eth0")


def test_our_address_is_defended_once_in_ten_seconds(station):
    def defended(frame):
        return ARP in frame and frame[ARP].psrc == frame[ARP].pdst == GUEST

    times = []
    deadline = time.monotonic() + skiff.TIMEOUT
    while len(times) < 2:
        assert time.monotonic() < deadline, "it is not defended any more"
        station.wire.send(arp(2, GUEST, GUEST), arp(1, GUEST, STRANGER))
        answer, _ = station.wire.receive(defended, 0.5)
        if answer:
            times.append(time.monotonic())
            assert (answer[ARP].hwsrc, answer.dst) == (skiff.MAC, BROADCAST)
    assert times[1] - times[0] > 9
    assert GUEST in station.cmd("ip addr show eth0")
    station.ready()


def test_udp_over_tiny_fragments_is_echoed(station):
    """The whole way: a datagram in pieces of eight bytes reaches the echo server."""
    number = next(numbers)
    data = bytes(range(256)) * 4
    whole = bytes(IP(src=PEER, dst=GUEST) / UDP(sport=number, dport=7) / Raw(data))[20:]
    station.wire.send(
        *(ip(id=number, proto=17, frag=at // 8, flags=1 if at + 8 < len(whole) else 0) / Raw(whole[at : at + 8]) for at in range(0, len(whole), 8))
    )
    answer, _ = station.wire.receive(lambda f: UDP in f and f[UDP].dport == number)
    assert answer and bytes(answer[UDP].payload) == data
