# SPDX-License-Identifier: MIT
"""Guest instructions of one operation, Skiff's and Linux's, counted by one and the same plugin of QEMU (count.c).

Why not `-icount` and the guest's own accounts: Linux has none that is fine enough, and a virtual clock counts idling too. The plugin
counts what the processor executes, whatever the guest is, and a halted processor executes nothing; so a difference of two counts is
the cost of what happened between them. What a guest executes while nobody asks it for anything (Linux's timers) is measured and
taken off."""

import contextlib
import statistics
import sys
import time

import counter
import guests
import operations

# Skiff's promises, on virtio.
FLOORS = {
    "tcp-echo": 6_000,
    "udp-echo": 5_000,
    "connect-echo-close": 40_000,
    "bulk-received": 250_000,
    "bulk-sent": 250_000,
}

TITLES = {
    "tcp-echo": "TCP echo of 64 bytes",
    "udp-echo": "UDP echo of 64 bytes",
    "connect-echo-close": "connect, echo, close",
    "bulk-received": "a MiB of TCP received",
    "bulk-sent": "a MiB of TCP sent",
}


def idle_rate(counts, span=3.0):
    """Instructions a second of a guest that is left alone."""
    before, start = counts.settled()[0], time.monotonic()
    time.sleep(span)
    return (counts.read()[0] - before) / (time.monotonic() - start)


def sample(operation, number, counts, idle):
    """(instructions, those that a REP prefix repeated) of one operation, the mean of `number`."""
    start = time.monotonic()
    total, repeats = counts.settled()
    place = operation.position()
    operation.run(number)
    total_after, repeats_after = counts.settled()
    done = operation.position() - place
    background = idle * (time.monotonic() - start)
    return (total_after - total - background) / done, (repeats_after - repeats) / done


def measure(guest, plugin, nic="virtio", net=None, samples=9):
    """{operation: {"median", "low", "high", "repeats"}} of one guest."""
    results = {}
    with contextlib.ExitStack() as stack:
        wire = stack.enter_context(guests.wire(net))
        counts = stack.enter_context(counter.Counter(plugin))
        machine = stack.enter_context(guest.boot(netns=wire, nic=nic, cpu=guests.COUNTED_CPU, extra=counts.arguments))
        machine.ready(300)
        time.sleep(3)  # what a guest does once after it has booted
        idle = idle_rate(counts)
        for name, (kind, number) in operations.OPERATIONS.items():
            with contextlib.closing(kind(machine)) as operation:
                operation.run(operation.warm_up)
                values = [sample(operation, number, counts, idle) for _ in range(samples)]
            totals = [value[0] for value in values]
            results[name] = {
                "median": statistics.median(totals),
                "low": min(totals),
                "high": max(totals),
                "repeats": statistics.median(value[1] for value in values),
            }
    results["idle"] = idle
    return results


def missed(results):
    """The operations for which Skiff needs more than it may."""
    return [name for name, floor in FLOORS.items() if results["skiff"][name]["median"] > floor]


def table(results, network):
    """The text; results are {"skiff": ..., "linux": ..., "skiff, e1000": ...}, the latter two where they were measured."""
    names = [name for name in ("skiff", "linux", "skiff, e1000") if name in results]
    lines = [
        f"Guest instructions per operation, median (spread); virtio where nothing else is said, {network}:",
        f"{'':22}" + "".join(f"{name:>28}" for name in names) + (f"{'ratio':>8}" if "linux" in names else "") + f"{'floor':>9}",
    ]
    for name, title in TITLES.items():
        line = f"{title:22}"
        for guest in names:
            value = results[guest][name]
            spread = f"({value['low']:.0f}-{value['high']:.0f})"
            line += f"{value['median']:10.0f} {spread:>17}"
        if "linux" in names:
            line += f"{results['skiff'][name]['median'] / results['linux'][name]['median']:8.2f}"
        line += f"{FLOORS[name]:9}" + ("  MISSED" if name in missed(results) else "")
        lines.append(line)
    for name in ("bulk-received", "bulk-sent"):
        shares = ", ".join(f"{guest} {results[guest][name]['repeats']:.0f}" for guest in names)
        lines.append(f"Of {TITLES[name]} these are repetitions of string instructions: {shares}")
    lines.append("In a second of idling (taken off above): " + ", ".join(f"{guest} {results[guest]['idle']:.0f}" for guest in names))
    return "\n".join(lines)


def run(all_guests, plugin, net):
    """What table() takes, of all guests; e1000 of Skiff alone (Debian's cloud kernel has no driver for it)."""
    results = {}
    for guest in all_guests:
        print(f"bench: counting the instructions of {guest.name}", file=sys.stderr)
        results[guest.name] = measure(guest, plugin, net=net)
    print("bench: counting the instructions of skiff on e1000", file=sys.stderr)
    results["skiff, e1000"] = measure(all_guests[0], plugin, nic="e1000", net=net)
    return results
