# SPDX-License-Identifier: MIT
"""Measures Skiff beside a Linux guest on the same QEMU, netdev and host; prints tables and writes bench.json.

The first is of the whole, seen from the host: what a user would notice. Then the cost in instructions, and goodput over a rough wire.
Floors are Skiff's own promises; one that is missed is marked, and the exit status tells. docs/bench.md says how to read it all."""

import argparse
import json
import os
import pathlib
import re
import select
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "qemu"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import goodput  # noqa: E402
import guests  # noqa: E402
import instructions  # noqa: E402
import linux_guest  # noqa: E402
import skiff  # noqa: E402

FLOORS = {
    "first echo (s)": 0.25,
    "least memory (MiB)": 8,
    "idle CPU (% of a core)": 2.0,
    "idle wake-ups (1/s)": 100,
}


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


def both_guests(out, with_linux):
    """Skiff, and Linux where it is wanted and its packages can be had."""
    found = [guests.skiff_guest(out / "skiff.elf")]
    if with_linux:
        try:
            found.append(guests.linux_guest(*linux_guest.prepare(out, out / "user/x86_64/echod")))
        except (linux_guest.Unavailable, OSError) as error:
            print(f"bench: no Linux guest to compare with ({error}); measuring Skiff alone", file=sys.stderr)
    return found


def whole(all_guests, options, report):
    results = {}
    for guest in all_guests:
        print(f"bench: measuring {guest.name}", file=sys.stderr)
        results[guest.name] = measure(guest, options.runs)
    report |= {"guests": results, "floors": FLOORS}
    missed = [key for key, floor in FLOORS.items() if (results["skiff"][key] or float("inf")) > floor]
    return table(results), missed


def cost(all_guests, options, report):
    no_tap = guests.why_no_tap()
    network = "host's Linux over a tap" if not no_tap else f"QEMU's user netdev ({no_tap})"
    results = instructions.run(all_guests, options.out / "bench/count.so", "user" if no_tap else "tap")
    report["instructions"] = {"network": network, "guests": results, "floors": instructions.FLOORS}
    return instructions.table(results, network), instructions.missed(results)


def over_a_rough_wire(_, options, report):
    no_tap = guests.why_no_tap()
    if no_tap:
        return f"Goodput over a rough wire: not measured ({no_tap})", []
    report["goodput"] = rows = goodput.measure(options.out)
    return goodput.table(rows), [row for row in rows if goodput.missed(row)]


def lookups(_, options, report):
    """Look-ups with few and with many, by lookups.c."""
    output = subprocess.run([options.out / "bench/lookups"], check=True, capture_output=True, text=True).stdout
    rates, memory = {}, {}
    for figure in map(json.loads, output.splitlines()):
        if "bytes" in figure:
            memory[figure["what"]] = figure["bytes"]
        else:
            rates.setdefault(figure["what"], {})[figure["there"]] = figure["per_second"]
    report["lookups"] = {"per_second": rates, "bytes": memory}
    sizes = sorted(next(iter(rates.values())))
    lines = [f"{'look-ups a second (million) of':32}" + "".join(f"{size:>12,}" for size in sizes) + f"{'bytes each':>12}"]
    for what, found in rates.items():
        lines.append(f"{what:32}" + "".join(f"{found[size] / 1e6:12.2f}" for size in sizes) + f"{memory[what]:12}")
    return "\n".join(lines), []


PARTS = {"whole": whole, "cost": cost, "goodput": over_a_rough_wire, "lookups": lookups}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default="build", help="folder of the images and of bench.json")
    parser.add_argument("--runs", type=int, default=5, help="starts for the median of the first echo")
    parser.add_argument("--no-linux", action="store_true", help="measure without the Linux guest")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part (may be given more than once)")
    options = parser.parse_args()
    options.out = options.out.resolve()
    all_guests = both_guests(options.out, not options.no_linux)
    report, missed = {}, []
    for name, part in PARTS.items():
        if not options.only or name in options.only:
            text, missed_here = part(all_guests, options, report)
            missed += missed_here
            print(text + "\n", flush=True)
    (options.out / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
