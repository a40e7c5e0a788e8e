# SPDX-License-Identifier: MIT
"""Where the guest instructions of one operation go on Skiff, function by function: counted, not sampled.

  make profile OP=udp-echo            by function
  make profile OP=bulk-sent PROFILE_ARGS=--inlined    what was inlined counts apart from what it was inlined into

Of each function: instructions per operation in the function itself (what it calls not included), its share, and how often it was
entered per operation (a fraction: not every time)."""

import argparse
import bisect
import contextlib
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "qemu"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import counter  # noqa: E402
import guests  # noqa: E402
import operations  # noqa: E402

KERNEL = 1 << 63


class Symbols:
    """The functions of an ELF file by address."""

    def __init__(self, path):
        self.path = str(path)
        listing = subprocess.run(["nm", "-n", self.path], check=True, capture_output=True, text=True).stdout
        rows = [line.split() for line in listing.splitlines()]
        found = {int(row[0], 16): row[2] for row in rows if len(row) == 3 and row[1] in "tTwW"}
        self.starts = sorted(found)
        self.names = [found[start] for start in self.starts]

    def of(self, address):
        """(name, whether this is the function's first instruction)."""
        at = bisect.bisect_right(self.starts, address) - 1
        return (self.names[at], self.starts[at] == address) if at >= 0 else ("?", False)

    def inlined(self, addresses):
        """{address: the innermost function, inlined or not, whose code it is}, by the debug information."""
        text = "\n".join(f"{address:x}" for address in addresses)
        command = ["addr2line", "-f", "-e", self.path]
        lines = subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout.splitlines()
        return dict(zip(addresses, lines[::2]))


def measure(options):
    """({address: instructions per operation}, how many operations were measured)."""
    kind, count = operations.OPERATIONS[options.op]
    with contextlib.ExitStack() as stack:
        wire = stack.enter_context(guests.wire(options.net))
        counts = stack.enter_context(counter.Counter(options.plugin))
        guest = guests.skiff_guest(options.image)
        machine = stack.enter_context(guest.boot(netns=wire, nic=options.nic, cpu=guests.COUNTED_CPU, extra=counts.arguments))
        machine.ready()
        operation = kind(machine)
        operation.pause = options.pause / 1000
        stack.callback(operation.close)
        operation.run(operation.warm_up)
        counts.settled()
        before, start = counts.by_address(), operation.position()
        operation.run(options.count or count)
        counts.settled()
        after, end = counts.by_address(), operation.position()
    return {a: (n - before.get(a, 0)) / (end - start) for a, n in after.items() if n != before.get(a, 0)}, end - start


def by_function(costs, kernel, user, inlined):
    """[(instructions, entries, name)], the dearest first."""
    names = {}
    if inlined:
        for symbols, side in ((kernel, True), (user, False)):
            names.update(symbols.inlined([address for address in costs if (address >= KERNEL) == side]))
    found = {}
    for address, cost in costs.items():
        name, first = (kernel if address >= KERNEL else user).of(address)
        name = names.get(address, name) + ("" if address >= KERNEL else " (user)")
        row = found.setdefault(name, [0, 0])
        row[0] += cost
        row[1] += cost if first else 0
    return sorted(((cost, entries, name) for name, (cost, entries) in found.items()), reverse=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    out = pathlib.Path("build")
    parser.add_argument("op", choices=operations.OPERATIONS, help="the operation")
    parser.add_argument("--count", type=int, help="how many are measured (default: as make bench)")
    parser.add_argument("--pause", type=float, default=0.0, help="milliseconds before each echo, in which the guest goes to sleep")
    parser.add_argument("--net", choices=("tap", "user"), help="how the guest is reached (default: tap where it can be had)")
    parser.add_argument("--nic", default="virtio", help="virtio or e1000")
    parser.add_argument("--top", type=int, default=50, help="functions shown (default 50)")
    parser.add_argument("--inlined", action="store_true", help="count inlined functions apart")
    parser.add_argument("--out", type=pathlib.Path, default=out, help="build folder of the tree that is measured (default build)")
    parser.add_argument("--plugin", type=pathlib.Path, help="default: bench/count.so in the build folder")
    options = parser.parse_args()
    options.plugin = options.plugin or options.out / "bench/count.so"
    options.image = options.out / "skiff.elf"
    kernel, user = Symbols(options.out / "skiff.sym.elf"), Symbols(options.out / "user/x86_64/echod")
    costs, amount = measure(options)
    rows = by_function(costs, kernel, user, options.inlined)
    total = sum(costs.values())
    in_user = sum(cost for address, cost in costs.items() if address < KERNEL)
    print(f"{options.op}: {total:.0f} instructions each ({total - in_user:.0f} kernel, {in_user:.0f} user), mean of {amount:.0f}")
    print(f"{'each':>10}{'share':>8}{'entered':>9}  function")
    for cost, entries, name in rows[: options.top]:
        print(f"{cost:10.1f}{100 * cost / total:7.1f}%{entries:9.2f}  {name}")
    rest = sum(cost for cost, _, _ in rows[options.top :])
    if rest:
        print(f"{rest:10.1f}{100 * rest / total:7.1f}%{'':9}  ({len(rows) - options.top} more)")


if __name__ == "__main__":
    main()
