# SPDX-License-Identifier: MIT
"""Seeds of target_netlink.c: requests of every type that NETLINK_ROUTE and NETLINK_SOCK_DIAG know, as ip, tc and ss write them."""

import struct

DIAG, AS_IT_IS, STRICT, WAIT, UNREAD, SEND = 1, 2, 4, 8, 16, 32
REPLACE, EXCL, CREATE, APPEND, DUMP = 0x100, 0x200, 0x400, 0x800, 0x300
LINK, ADDR, ROUTE, NEIGH, RULE, QDISC = 16, 20, 24, 28, 32, 36  # RTM_NEW of each; DEL, GET and SET follow
DEL, GET, SET = 1, 2, 3
LO, ETH, VLAN = 1, 2, 3  # the target's devices
ROOT = 0xFFFFFFFF
NO_COOKIE = 0xFFFFFFFF, 0xFFFFFFFF


def ip(a, b, c, d):
    return bytes([a, b, c, d])


def u32(n):
    return struct.pack("<I", n)


def attr(kind, data=b""):
    return struct.pack("<HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def message(kind, flags, body):
    """A message; the length is right, it is a request that is acknowledged."""
    return struct.pack("<IHHII", 16 + len(body), kind, flags | 5, 7, 0) + body


def step(how, data):
    return bytes([how]) + struct.pack(">H", len(data)) + data


def route_step(kind, flags, body, how=SEND):
    return step(how, message(kind, flags, body))


def ifinfo(index=0, flags=0, change=0):
    return struct.pack("<BxHiII", 0, 0, index, flags, change)


def ifaddr(index, length=24):
    return struct.pack("<BBBBi", 2, length, 0, 0, index)


def rtmsg(dst_len=24, table=254, kind=1, scope=0, flags=0, src_len=0):
    return struct.pack("<BBBBBBBBI", 2, dst_len, src_len, 0, table, 3, scope, kind, flags)


def rule(src_len=0, dst_len=0, action=1, table=100, flags=0):
    return struct.pack("<BBBBBBBBI", 2, dst_len, src_len, 0, table, 0, 0, action, flags)


def ndmsg(index=ETH, state=0x80, flags=0):
    return struct.pack("<BxxxiHBB", 2, index, state, flags, 0)


def tcmsg(index=ETH, parent=ROOT, handle=0):
    return struct.pack("<BxxxiIII", 0, index, handle, parent, 0)


def vlan(vid, *data):
    return attr(18, attr(1, b"vlan") + attr(2, attr(1, struct.pack("<H", vid)) + b"".join(data)))


def links():
    qos = lambda kind: attr(kind, b"".join(attr(1, struct.pack("<II", i, 7 - i)) for i in range(8)))
    new = lambda link, name, info: route_step(LINK, CREATE | EXCL, ifinfo() + attr(5, u32(link)) + attr(3, name + b"\0") + info)
    up = route_step(LINK, 0, ifinfo(VLAN, 1, 1))
    return {
        "link_vlan": new(ETH, b"v100", vlan(100, attr(2, u32(5) + u32(5)), attr(5, b"\x81\0"))) + up + new(ETH, b"v101", vlan(101, qos(3), qos(4))),
        "link_vlan_stack": new(ETH, b"v%d", vlan(5)) + new(VLAN, b"vv", vlan(6)) + new(VLAN + 1, b"vvv", vlan(7)) + up,
        "link_vlan_delete": up + route_step(LINK + DEL, 0, ifinfo(VLAN)) + new(ETH, b"vlan7", vlan(7)),
        "link_vlan_change": route_step(LINK, 0, ifinfo(VLAN) + vlan(7, attr(2, u32(0) + u32(1)), qos(3))),
        "link_set": route_step(LINK + SET, 0, ifinfo(ETH, 1, 1) + attr(4, u32(1400)) + attr(13, u32(500)))
        + route_step(LINK + SET, 0, ifinfo(ETH, 0, 1)) + route_step(LINK + SET, 0, ifinfo(ETH, 1, 1) + attr(1, bytes([2, 0, 0, 0, 0, 9]))),
        "link_name": route_step(LINK + SET, 0, ifinfo(ETH, 0, 1)) + route_step(LINK + SET, 0, ifinfo(ETH) + attr(3, b"wan0\0")),
        "link_flags": b"".join(route_step(LINK + SET, 0, ifinfo(i, f, 0xFFFF)) for i in (LO, ETH, VLAN) for f in (0x100, 0x201, 0)),
        "link_get": route_step(LINK + GET, 0, ifinfo(ETH) + attr(29, u32(8))) + route_step(LINK + GET, DUMP, ifinfo() + vlan(7), STRICT),
        "link_mtu": b"".join(route_step(LINK + SET, 0, ifinfo(ETH) + attr(4, u32(m))) for m in (68, 0, 9000, 0xFFFFFFFF, 576)),
    }


def addresses():
    life = lambda valid, preferred: attr(6, struct.pack("<IIII", preferred, valid, 0, 0))
    new = lambda index, address, more=b"", length=24: route_step(
        ADDR, CREATE | EXCL, ifaddr(index, length) + attr(2, address) + attr(1, address) + more)
    two = new(ETH, ip(10, 1, 0, 1)) + new(ETH, ip(10, 1, 0, 2), attr(3, b"eth0:1\0"))
    return {
        "addr": two + route_step(ADDR + DEL, 0, ifaddr(ETH) + attr(2, ip(10, 1, 0, 1))),
        "addr_life": new(VLAN, ip(10, 2, 0, 1), life(1, 1)) + step(WAIT | SEND, message(ADDR, REPLACE, ifaddr(VLAN) + attr(2, ip(10, 2, 0, 1)) + life(9, 4))),
        "addr_peer": new(ETH, ip(10, 3, 0, 1), attr(4, ip(10, 3, 0, 255)) + attr(8, u32(0x200)) + attr(9, u32(50)), 32),
        "addr_all_gone": route_step(ADDR + DEL, 0, ifaddr(ETH) + attr(2, ip(10, 0, 0, 1))) + route_step(ADDR + DEL, 0, ifaddr(LO, 8)),
        "addr_get": route_step(ADDR + GET, DUMP, ifaddr(ETH, 0), STRICT) + new(ETH, ip(224, 0, 0, 1)) + new(ETH, ip(0, 0, 0, 0), length=0),
    }


def routes():
    net = lambda n: attr(1, ip(10, n, 0, 0))
    via = attr(5, ip(10, 0, 0, 2))
    hop = lambda index, more, weight=0, flags=0: struct.pack("<HBBi", 8 + len(more), flags, weight, index) + more
    hops = attr(9, hop(ETH, via, 3) + hop(ETH, attr(5, ip(10, 0, 0, 3))) + hop(VLAN, attr(5, ip(10, 77, 0, 1)), 0, 4))
    metrics = attr(8, b"".join(attr(i, u32(v)) for i, v in ((2, 1300), (3, 60000), (4, 30), (5, 3), (7, 20), (8, 1200), (10, 64), (1, 4))))
    new = lambda body, flags=CREATE | EXCL: route_step(ROUTE, flags, body)
    get = lambda dst, more=b"", how=SEND: route_step(ROUTE + GET, 0, rtmsg(32, 0) + attr(1, dst) + more, how)
    return {
        "route": new(rtmsg() + net(4) + via + attr(6, u32(100))) + get(ip(10, 4, 0, 9)) + route_step(ROUTE + DEL, 0, rtmsg() + net(4)),
        "route_multipath": new(rtmsg() + net(5) + hops) + get(ip(10, 5, 0, 1)) + get(ip(10, 5, 0, 2)),
        "route_multipath_device_gone": new(rtmsg(16) + net(9) + hops, CREATE) + route_step(LINK + DEL, 0, ifinfo(VLAN)) + get(ip(10, 9, 0, 1)),
        "route_metrics": new(rtmsg() + net(6) + via + metrics) + get(ip(10, 6, 0, 1)),
        "route_replace": new(rtmsg(16) + net(9) + attr(4, u32(ETH)), REPLACE) + new(rtmsg(16) + net(9) + via, CREATE | APPEND),
        "route_kinds": b"".join(new(rtmsg(kind=k, table=k, scope=0) + net(20 + k)) for k in range(12)),
        "route_table": new(rtmsg(table=0) + net(7) + via + attr(15, u32(1000)) + attr(7, ip(10, 0, 0, 1))) + route_step(ROUTE + GET, DUMP, rtmsg(0, 0) + attr(15, u32(1000)), STRICT),
        "route_onlink": new(rtmsg(0, flags=4) + attr(5, ip(1, 1, 1, 1)) + attr(4, u32(VLAN))) + new(rtmsg(0) + via) + get(ip(8, 8, 8, 8)),
        "route_get": get(ip(10, 9, 0, 1), attr(2, ip(10, 0, 0, 1)) + attr(16, u32(5)) + attr(27, b"\x11") + attr(28, b"\0\7") + attr(29, b"\0\7"))
        + route_step(ROUTE + GET, 0, rtmsg(32, 0, src_len=32, flags=0x2000) + attr(1, ip(10, 9, 0, 1)) + attr(2, ip(10, 0, 0, 2)) + attr(3, u32(ETH))),
    }


def rules():
    new = lambda body: route_step(RULE, CREATE | EXCL, body)
    ports = lambda low, high: struct.pack("<HH", low, high)
    every = attr(1, ip(10, 9, 0, 0)) + attr(2, ip(10, 0, 0, 1)) + attr(3, b"lo\0") + attr(17, b"eth0\0") + attr(10, u32(1)) + attr(16, u32(0xFF))
    return {
        "rule": new(rule(32, 16) + every + attr(6, u32(50)) + attr(15, u32(254))) + route_step(RULE + DEL, 0, rule() + attr(6, u32(50))),
        "rule_ports": new(rule() + attr(22, b"\x11") + attr(23, ports(1, 9)) + attr(24, ports(9, 9)) + attr(21, b"\3")),
        "rule_goto": new(rule(action=2) + attr(6, u32(10)) + attr(4, u32(32766))) + new(rule(action=2) + attr(6, u32(20)) + attr(4, u32(30000))) + new(rule() + attr(6, u32(30000))),
        "rule_kinds": b"".join(new(rule(action=a) + attr(6, u32(40000 + a))) for a in range(10)),
        "rule_suppress": new(rule(table=254) + attr(14, u32(0)) + attr(13, u32(0))) + new(rule(flags=2) + attr(1, ip(10, 9, 0, 0))),
        "rule_all_gone": b"".join(route_step(RULE + DEL, 0, rule(action=0, table=0) + attr(6, u32(p))) for p in (32766, 32767, 32765, 0)),
        "rule_dump": route_step(RULE + GET, DUMP, rule(action=0, table=0), STRICT),
    }


def neighbours():
    who = attr(1, ip(10, 0, 0, 50))
    mac = attr(2, bytes([2, 0, 0, 0, 0, 50]))
    states = (1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80)
    return {
        "neigh": route_step(NEIGH, CREATE | REPLACE, ndmsg() + who + mac + attr(12, b"\3")) + route_step(NEIGH + GET, 0, ndmsg(state=0) + who) + route_step(NEIGH + DEL, 0, ndmsg() + who),
        "neigh_states": b"".join(route_step(NEIGH, CREATE | REPLACE, ndmsg(state=s) + who + mac) for s in states),
        "neigh_use": route_step(NEIGH, CREATE, ndmsg(state=0, flags=1) + who) + step(WAIT, b"") * 3,
        "neigh_proxy": route_step(NEIGH, CREATE, ndmsg(flags=8) + who) + route_step(NEIGH, CREATE, ndmsg(0, flags=8) + who) + route_step(NEIGH + GET, 0, ndmsg(flags=8) + who) + route_step(NEIGH + DEL, 0, ndmsg(flags=8) + who),
        "neigh_dump": route_step(NEIGH + GET, DUMP, ndmsg(0, 0) + attr(8, u32(ETH)), STRICT) + route_step(NEIGH, CREATE, ndmsg(LO) + who + mac) + route_step(NEIGH, CREATE, ndmsg(0) + who),
    }


def qdiscs():
    new = lambda kind, options=None, handle=0x10000, flags=CREATE | REPLACE, index=ETH: route_step(
        QDISC, flags, tcmsg(index, handle=handle) + attr(1, kind + b"\0") + (b"" if options is None else attr(2, options)))
    change = lambda kind, options: new(kind, options, 0x10000, 0)
    rate = lambda n: struct.pack("<BBHhHI", 0, 1, 0, 0, 0, n)
    tbf = attr(1, rate(125000) + rate(0) + struct.pack("<III", 10000, 200000, 0)) + attr(6, u32(5000))
    peak = attr(1, rate(125000) + rate(250000) + struct.pack("<III", 10000, 200000, 100000)) + attr(5, bytes([0, 0, 0, 0, 2, 0, 0, 0])) + attr(7, u32(2000))
    netem = struct.pack("<IIIIII", 100, 1000, 1 << 30, 2, 1 << 28, 50)
    every = netem + attr(1, struct.pack("<III", 1 << 30, 1 << 29, 1 << 28)) + attr(3, struct.pack("<II", 1 << 29, 0)) + attr(4, struct.pack("<II", 1 << 28, 0))
    every += attr(6, struct.pack("<IIIi", 100000, 10, 48, 5)) + attr(10, struct.pack("<q", 10**6)) + attr(11, struct.pack("<q", 10**5))
    fq = b"".join(attr(i, u32(v)) for i, v in ((1, 100), (2, 10), (3, 3000), (4, 15000), (5, 1), (7, 10**6), (8, 4), (9, 40), (10, 255), (11, 50000), (13, 10), (14, 10**6))) + attr(15, b"\1")
    remove = route_step(QDISC + DEL, 0, tcmsg())
    pause = step(WAIT | SEND, b"")
    return {
        "qdisc_pfifo": new(b"pfifo", u32(3)) + change(b"pfifo", u32(1)) + remove,
        "qdisc_bfifo": new(b"bfifo", u32(300)) + remove,
        "qdisc_pfifo_fast": new(b"pfifo_fast") + remove,
        "qdisc_noqueue": new(b"noqueue") + new(b"noqueue", index=LO, handle=0) + remove,
        "qdisc_tbf": new(b"tbf", tbf) + pause + change(b"tbf", peak) + pause + remove,
        "qdisc_tbf_without": new(b"tbf") + new(b"tbf", b"") + new(b"tbf", attr(1, bytes(36))),
        "qdisc_netem": new(b"netem", netem) + pause + change(b"netem", every) + pause + remove,
        "qdisc_netem_models": new(b"netem", netem + attr(2, struct.pack("<4h", -8192, 0, 8192, 32767)) + attr(5, attr(1, bytes(20)))) + pause
        + change(b"netem", netem + attr(5, attr(2, struct.pack("<IIII", 1 << 30, 1 << 31, 1 << 29, 0))) + attr(7, struct.pack("<I", 1))) + pause + remove,
        "qdisc_netem_held": new(b"netem", struct.pack("<IIIIII", 0xFFFFFFFF, 5, 0, 0, 0, 0xFFFFFFFF)) + pause,
        # the connection over the loopback cannot end before its patience does
        "qdisc_netem_loses_all": new(b"netem", struct.pack("<IIIIII", 0, 1000, 0xFFFFFFFF, 0, 0, 0), index=LO),
        "qdisc_fq": new(b"fq", fq) + pause + change(b"fq", attr(1, u32(1)) + attr(8, u32(18)) + attr(16, b"\1")) + pause + remove,
        "qdisc_get": route_step(QDISC + GET, 0, tcmsg()) + route_step(QDISC + GET, 0, tcmsg(parent=0, handle=0x10000)) + new(b"none", b"") + new(b"fq", b"", 0xFFFFFFFF, CREATE | EXCL),
    }


def inet_req(protocol, states=0xFFF, ext=0xFF, raw=0, sport=0, dport=0, src=bytes(4), dst=bytes(4), cookie=NO_COOKIE, family=2):
    name = struct.pack(">HH", sport, dport) + src.ljust(16, b"\0") + dst.ljust(16, b"\0") + struct.pack("<III", 0, *cookie)
    return bytes([family, protocol, ext, raw]) + u32(states) + name


def programs():
    """Filters: operations with their jumps, each a port, a prefix, a device, a mark."""
    op = lambda code, yes, no: struct.pack("<BBH", code, yes, no)
    port = lambda code, n: (code, op(0, 0, n))
    host = lambda code, length, where, n=-1: (code, struct.pack("<BBHi", 2, length, 0, n) + where)

    def every(*conditions):
        """All of them hold: a "no" jumps 4 bytes behind the end."""
        program = b""
        for code, operand in reversed(conditions):
            program = op(code, 4 + len(operand), 4 + len(operand) + len(program) + 4) + operand + program
        return program

    return {
        "ports": every(port(11, 7000), port(12, 7000)),
        "ranges": every(port(2, 1), port(3, 60000), port(4, 1), port(5, 60000)),
        "hosts": every(host(7, 8, ip(127, 0, 0, 0)), host(8, 32, ip(127, 0, 0, 1), 7000)),
        "any_host": every(host(7, 0, bytes(4), 7000)),
        "device": every((9, u32(LO))),
        "mark": every((10, u32(0) + u32(0xFF))),
        "jumps": op(0, 4, 4) + op(1, 4, 8) + op(6, 4, 8) + op(0, 4, 4),
        "cgroup": every((13, bytes(8))),
    }


def sockets():
    dump = lambda protocol, more=b"", **k: step(DIAG, message(20, DUMP, inet_req(protocol, **k) + more))
    one = lambda kind, **k: step(DIAG, message(kind, 0, inet_req(**k)))
    here = ip(127, 0, 0, 1)
    seeds = {
        "diag_dump": dump(6) + dump(17) + dump(255) + dump(0, attr(3, u32(6))) + dump(6, family=0) + dump(6, family=10),
        "diag_one": one(20, protocol=6, sport=7000) + one(20, protocol=17, sport=7000) + one(20, protocol=255, raw=1) + one(20, protocol=6, dport=7000, src=here, dst=here, sport=40000),
        "diag_destroy": one(21, protocol=6, sport=7000) + one(21, protocol=17, sport=7000) + one(21, protocol=255, raw=1) + dump(6),
        "diag_before_families": step(DIAG, message(18, DUMP, bytes([2, 0, 0, 255]) + bytes(48) + u32(0xFFF) + u32(0))),
        "diag_family": b"".join(step(DIAG, message(20, DUMP, bytes([f, 0]) + bytes(30))) for f in (1, 16, 17, 0, 255)),
        "diag_unread": step(DIAG | UNREAD, message(20, DUMP, inet_req(6))) * 3,
        "diag_local": step(DIAG, message(20, DUMP, bytes([1, 0, 0, 0]) + u32(0xFFFFFFFF) + u32(0) + u32(0xFF) + bytes(8)))
        + step(DIAG, message(20, 0, bytes([1, 0, 0, 0]) + u32(0xFFFFFFFF) + u32(1) + u32(0xFF) + struct.pack("<II", *NO_COOKIE))),
        "diag_packet": step(DIAG, message(20, DUMP, bytes([17, 0, 0, 0]) + u32(0) + u32(0xFF) + bytes(8))),
        "diag_netlink": step(DIAG, message(20, DUMP, bytes([16, 255, 0, 0]) + u32(0) + u32(0xFF) + bytes(8))),
    }
    for name, program in programs().items():
        seeds[f"diag_filter_{name}"] = dump(6, attr(1, program)) + dump(17, attr(1, program))
    return seeds


def malformed():
    short = struct.pack("<IHHII", 17, 16, 5, 1, 0) + b"\0"
    several = message(LINK + GET, 0, ifinfo(ETH)) + message(ADDR + GET, DUMP, ifaddr(0)) + message(ROUTE + GET, DUMP, rtmsg(0, 0))
    return {
        "short": step(AS_IT_IS, short) + step(AS_IT_IS, b"\x10\0\0\0") + step(AS_IT_IS, struct.pack("<IHHII", 0, 16, 5, 1, 0)),
        "several": step(AS_IT_IS, several) + step(AS_IT_IS | DIAG, message(20, DUMP, inet_req(6)) + message(20, 0, inet_req(17, sport=7000))),
        "unread": step(UNREAD, several) + step(UNREAD | AS_IT_IS, several) * 4,
        "types": b"".join(step(0, message(t, 0, bytes(12))) for t in (0, 1, 2, 3, 40, 44, 48, 64, 72, 78, 80, 100)),
        "nests": step(0, message(LINK, CREATE, ifinfo(ETH) + attr(18, attr(2, attr(3, attr(1, b"\0" * 3)))) + attr(26, attr(2, attr(1, bytes(4)))))),
        "long": step(0, message(ROUTE, CREATE, rtmsg() + attr(1, ip(10, 8, 0, 0)) + attr(9, (struct.pack("<HBBi", 8, 0, 0, ETH)) * 200))),
    }


def netlink():
    return {**links(), **addresses(), **routes(), **rules(), **neighbours(), **qdiscs(), **sockets(), **malformed()}
