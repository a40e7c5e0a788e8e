# SPDX-License-Identifier: MIT
"""Goodput over a wire with delay, loss and reordering, beside what Linux reaches over the same wire.

The host's Linux is one end each time; the other is Skiff in QEMU, or the host's Linux again in a namespace of its own. Several
connections at once, for each meets losses of its own: so the mean hangs less on luck."""

import contextlib
import re
import selectors
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "qemu"))

import guests  # noqa: E402
import link  # noqa: E402
import operations  # noqa: E402

CONNECTIONS = 8
RATE_KBPS = 100_000
QUEUE = 400  # frames: about 50 ms at this rate
WARM_UP = 3.0  # seconds: the slow start is over
FLOOR = 0.9  # of Linux's goodput, in the cell that has one

# Linux's own defaults, whatever this host has chosen for itself.
SYSCTLS = {
    "tcp_rmem": "4096 131072 6291456",
    "tcp_wmem": "4096 16384 4194304",
    # What an earlier connection has met tells nothing to the next one: each sample begins anew.
    "tcp_no_metrics_save": "1",
}

# (congestion control, loss in % of each way, round trip in ms, reordered in %): (seconds, whether the floor holds here)
CELLS = {
    ("cubic", 0, 50, 0): (8, False),
    ("cubic", 0.1, 50, 0): (8, False),
    ("cubic", 1, 10, 0): (8, False),
    ("cubic", 1, 50, 0): (30, True),
    ("cubic", 1, 100, 0): (8, False),
    ("cubic", 3, 50, 0): (8, False),
    ("cubic", 0, 50, 1): (8, False),
    ("cubic", 1, 50, 1): (8, False),
    ("reno", 1, 50, 0): (8, False),
    ("bbr", 1, 50, 0): (8, False),
}


class Unknown(Exception):
    """The peer does not know the congestion control."""


class LinuxPeer:
    """The host's Linux once more, in a namespace of its own at the far end of the wire."""

    def __init__(self, stack, near, algorithm, settings):
        far = stack.enter_context(guests.FarWire())
        defaults(far)
        stack.enter_context(link.Link(near, far, **settings))
        self.netns = near
        command = far.command(sys.executable, str(Path(__file__).with_name("peer.py")), algorithm)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        stack.callback(self.stop)
        if self.process.stdout.readline() != "ready\n":
            raise Unknown(f"the host's Linux has no {algorithm}")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def connect(self, port):
        connection = self.netns.call(socket.socket)
        connection.settimeout(30)
        try:
            connection.connect((self.netns.guest, port))
        except OSError:
            connection.close()
            raise
        return connection


def defaults(namespace):
    for name, value in SYSCTLS.items():
        namespace.run("sysctl", "-q", "-w", f"net.ipv4.{name}={value}")


def peer(stack, name, out, algorithm, settings):
    near = stack.enter_context(guests.Wire())
    defaults(near)
    if name == "linux":
        return LinuxPeer(stack, near, algorithm, settings)
    wire = stack.enter_context(link.Link(near, **settings))
    machine = stack.enter_context(guests.skiff_guest(out / "skiff.elf").boot(netns=near, link=wire)).ready()
    machine.cmd(f"sysctl -w net.ipv4.tcp_congestion_control={algorithm}")
    if not re.search(rf"= *{algorithm}$", machine.cmd("sysctl net.ipv4.tcp_congestion_control")):
        raise Unknown(f"Skiff has no {algorithm}")
    return machine


class Flow:
    """One connection to discard or from chargen. `bytes` has arrived at the other end."""

    chunk = bytes(65536)

    def __init__(self, peer, sends, algorithm):
        self.sends = sends
        self.passed = 0
        self.connection = peer.connect(9 if sends else 19)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, algorithm.encode())
        self.connection.setblocking(False)

    def step(self):
        with contextlib.suppress(BlockingIOError):
            if self.sends:
                self.passed += self.connection.send(self.chunk)
            else:
                part = len(self.connection.recv(1 << 20))
                if not part:
                    raise ConnectionError("the peer has closed chargen")
                self.passed += part

    @property
    def bytes(self):
        return self.passed - (operations.queued(self.connection, termios.TIOCOUTQ) if self.sends else 0)


def goodput(peer, to_peer, algorithm, seconds):
    """Mbit/s of all connections together."""
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as stack:
        flows = [Flow(peer, to_peer, algorithm) for _ in range(CONNECTIONS)]
        for flow in flows:
            stack.callback(flow.connection.close)
            selector.register(flow.connection, selectors.EVENT_WRITE if to_peer else selectors.EVENT_READ, flow)

        def until(end):
            while time.monotonic() < end:
                for key, _ in selector.select(0.1):
                    key.data.step()
            return sum(flow.bytes for flow in flows), time.monotonic()

        before, start = until(time.monotonic() + WARM_UP)
        after, end = until(start + seconds)
        return (after - before) * 8 / (end - start) / 1e6


def both_ways(name, out, algorithm, settings, seconds):
    """{"received": Mbit/s, "sent": Mbit/s} of one peer; nothing where it does not know the algorithm."""
    with contextlib.ExitStack() as stack:
        try:
            other = peer(stack, name, out, algorithm, settings)
        except Unknown as error:
            print(f"bench: {error}", file=sys.stderr)
            return {}
        return {way: goodput(other, way == "received", algorithm, seconds) for way in ("received", "sent")}


def measure(out, scale=1.0):
    """One row for each cell and direction; `scale` shortens the samples."""
    rows = []
    for number, ((algorithm, loss, rtt, reordering), (seconds, has_floor)) in enumerate(CELLS.items()):
        settings = {
            "delay_us": rtt * 500,
            "loss_ppm": int(loss * 10_000),
            "reorder_ppm": int(reordering * 10_000),
            "reorder_us": 5000,
            "rate_kbps": RATE_KBPS,
            "queue": QUEUE,
            "seed": number + 1,
        }
        values = {name: both_ways(name, out, algorithm, settings, seconds * scale) for name in ("skiff", "linux")}
        for direction in ("received", "sent"):
            row = {"congestion control": algorithm, "direction": direction}
            row |= {"loss (%)": loss, "round trip (ms)": rtt, "reordered (%)": reordering}
            row |= {name: values[name].get(direction) for name in values}
            rows.append(row | {"floor": FLOOR if has_floor else None})
    return rows


def ratio(row):
    return row["skiff"] / row["linux"] if row["skiff"] is not None and row["linux"] else None


def missed(row):
    return row["floor"] is not None and (ratio(row) or 0) < row["floor"]


def table(rows):
    def number(value):
        return f"{value:9.2f}" if value is not None else f"{'-':>9}"

    lines = [
        f"Goodput of {CONNECTIONS} connections, Mbit/s, over a wire of {RATE_KBPS // 1000} Mbit/s (loss and reordering each way):",
        f"{'control':9}{'loss':>6}{'rtt':>8}{'reorder':>9}  {'direction':10}{'skiff':>9}{'linux':>9}{'ratio':>9}{'floor':>9}",
    ]
    for row in rows:
        line = f"{row['congestion control']:9}{row['loss (%)']:5}%{row['round trip (ms)']:5} ms{row['reordered (%)']:8}%"
        line += f"  {row['direction']:10}{number(row['skiff'])}{number(row['linux'])}{number(ratio(row))}"
        if row["floor"]:
            line += number(row["floor"]) + ("  MISSED" if missed(row) else "")
        lines.append(line)
    return "\n".join(lines)
