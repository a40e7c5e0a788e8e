# SPDX-License-Identifier: MIT
"""Measures Skiff beside a Linux guest on the same QEMU, netdev and host; prints a table and writes bench.json.

Each figure is of the whole, seen from the host: what a user would notice. Floors are Skiff's own promises."""

import argparse
import json
import os
import pathlib
import re
import select
import socket
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "qemu"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import linux_guest  # noqa: E402
import skiff  # noqa: E402

FLOORS = {
    "first echo (s)": 0.25,
    "least memory (MiB)": 8,
    "idle CPU (% of a core)": 2.0,
    "idle wake-ups (1/s)": 100,
}


class Guest:
    """How one of the two is booted."""

    def __init__(self, name, image, initrd=None, cmdline="", least=range(4, 9), mem=64):
        self.name, self.image, self.initrd, self.cmdline = name, image, initrd, cmdline
        self.least, self.mem = least, mem

    def boot(self, mem=None, **options):
        return skiff.Skiff(
            image=self.image,
            initrd=self.initrd,
            cmdline=self.cmdline,
            mem=mem or self.mem,
            name=f"bench-{self.name}",
            allow_trouble=True,
            **options,
        )

    def size(self):
        return sum(os.path.getsize(path) for path in (self.image, self.initrd) if path)


def first_echo(machine, limit=60.0):
    """Seconds from QEMU's start to the first byte that comes back over TCP; None: not within the limit."""
    address = machine.address(7)
    waiting = {}
    poller = select.poll()
    try:
        while (now := time.monotonic()) < machine.started + limit and machine.process.poll() is None:
            if len(waiting) < 500:
                connection = socket.socket()
                connection.setblocking(False)
                connection.connect_ex(address)
                waiting[connection.fileno()] = connection
                poller.register(connection, select.POLLOUT)
            # A new attempt every 5 ms: what was refused or came too early does not hold up the measurement.
            while (left := now + 0.005 - time.monotonic()) > 0:
                for number, event in poller.poll(left * 1000):
                    connection = waiting[number]
                    try:
                        if event & select.POLLOUT and not event & (select.POLLERR | select.POLLHUP):
                            connection.send(b"x")
                            poller.modify(connection, select.POLLIN)
                            continue
                        if connection.recv(1) == b"x":
                            return time.monotonic() - machine.started
                    except OSError:
                        pass
                    poller.unregister(connection)
                    waiting.pop(number).close()
        return None
    finally:
        for connection in waiting.values():
            connection.close()


def least_memory(guest):
    for mem in guest.least:
        with guest.boot(mem=mem) as machine:
            if first_echo(machine, 20) is not None:
                return mem
    return None


def interrupts(machine):
    """All hardware interrupts so far, from the guest's own table."""
    if machine.linux:
        output = machine.cmd("cat /proc/interrupts")
    else:
        output = machine.cmd("interrupts")
    soft = ("HI", "TIMER", "NET_TX", "NET_RX", "TASKLET")
    total = 0
    for line in output.split("\n"):
        match = re.match(r"^ *(\w+): +(\d+)", line)
        if match and match.group(1) not in soft:
            total += int(match.group(2))
    return total


def idle(machine, span=10.0):
    """(host CPU in % of a core, wake-ups a second) of a guest that has nothing to do."""
    time.sleep(3)
    cpu, start = machine.cpu_seconds(), time.monotonic()
    time.sleep(span)
    percent = 100 * (machine.cpu_seconds() - cpu) / (time.monotonic() - start)
    machine.prompt()
    first, start = interrupts(machine), time.monotonic()
    time.sleep(span)
    return percent, (interrupts(machine) - first) / (time.monotonic() - start)


def round_trips(machine, count=2000):
    """(median round trip in us, host CPU in us for one) of one byte over TCP."""
    with machine.connect(7) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        times = []
        cpu = machine.cpu_seconds()
        for _ in range(count):
            start = time.perf_counter()
            connection.sendall(b"x")
            connection.recv(1)
            times.append(time.perf_counter() - start)
        return statistics.median(times) * 1e6, (machine.cpu_seconds() - cpu) / count * 1e6


def throughput(machine, size=32 * 1024 * 1024):
    """MB/s of an echo over TCP (each byte goes both ways)."""
    data = os.urandom(size)
    with machine.connect(7) as connection:
        start = time.monotonic()
        received = skiff.exchange(connection, data, timeout=300)
        seconds = time.monotonic() - start
    if received != data:
        raise RuntimeError("the echo differs from what was sent")
    return size / seconds / 1e6


def busy_cycles(machine):
    """Cycles that the guest has spent at anything but idling, by `stat cpu`."""
    output = machine.cmd("stat cpu")
    return sum(int(re.search(rf"(?im)^\W*{part}\D+?(\d+)", output).group(1)) for part in ("hardirq", "softirq", "kernel", "user"))


def instructions(guest, count=200):
    """Instructions for one TCP round trip of one byte: under icount a cycle is one instruction."""
    with guest.boot(extra=["-icount", "shift=0,sleep=off"]) as machine:
        machine.linux = False
        if first_echo(machine) is None:
            return None
        machine.prompt()
        empty = -busy_cycles(machine)
        middle = busy_cycles(machine)
        empty += middle
        with machine.connect(7) as connection:
            for _ in range(count):
                connection.sendall(b"x")
                connection.recv(1)
        return max(0, busy_cycles(machine) - middle - empty) // count


def measure(guest, runs):
    result = {"image (KiB)": guest.size() / 1024}
    samples = []
    for _ in range(runs):
        with guest.boot() as machine:
            seconds = first_echo(machine)
            if seconds is None:
                raise RuntimeError(f"{guest.name}: no echo; the console ends with:\n{machine.tail()}")
            samples.append(seconds)
    result["first echo (s)"] = statistics.median(samples)
    result["least memory (MiB)"] = least_memory(guest)
    with guest.boot() as machine:
        machine.linux = guest.name == "linux"
        machine.ready()
        result["idle CPU (% of a core)"], result["idle wake-ups (1/s)"] = idle(machine)
        result["TCP round trip (us)"], result["host CPU per round trip (us)"] = round_trips(machine)
        result["TCP echo (MB/s)"] = throughput(machine)
    return result


def table(results):
    names = list(results)
    lines = [f"{'':32}" + "".join(f"{name:>12}" for name in names) + (f"{'ratio':>9}" if len(names) > 1 else "") + f"{'floor':>9}"]
    for key in results["skiff"]:
        line = f"{key:32}"
        values = [results[name].get(key) for name in names]
        for value in values:
            line += f"{value:12.2f}" if value is not None else f"{'-':>12}"
        if len(names) > 1:
            line += f"{values[0] / values[1]:9.2f}" if all(values) else f"{'-':>9}"
        if key in FLOORS:
            line += f"{FLOORS[key]:9.2f}" + ("" if values[0] is not None and values[0] <= FLOORS[key] else "  MISSED")
        lines.append(line)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="build", help="folder of the images and of bench.json")
    parser.add_argument("--runs", type=int, default=5, help="starts for the median of the first echo")
    parser.add_argument("--no-linux", action="store_true", help="measure Skiff alone")
    options = parser.parse_args()
    out = pathlib.Path(options.out).resolve()
    own = Guest("skiff", out / "skiff.elf")
    guests = [own]
    if not options.no_linux:
        try:
            kernel, initramfs = linux_guest.prepare(out, out / "user/x86_64/echod")
            cmdline = "console=ttyS0 quiet panic=-1"
            guests.append(Guest("linux", kernel, initramfs, cmdline, least=range(48, 257, 8), mem=256))
        except (linux_guest.Unavailable, OSError) as error:
            print(f"bench: no Linux guest to compare with ({error}); measuring Skiff alone", file=sys.stderr)
    results = {}
    for guest in guests:
        print(f"bench: measuring {guest.name}", file=sys.stderr)
        results[guest.name] = measure(guest, options.runs)
    results["skiff"]["instructions per TCP round trip"] = instructions(own)
    print(table(results))
    report = {"guests": results, "floors": FLOORS}
    (out / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    missed = [key for key, floor in FLOORS.items() if (results["skiff"][key] or float("inf")) > floor]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
