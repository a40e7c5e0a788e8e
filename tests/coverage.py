#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lines and branches of net/ that the hosted tests have run, from gcov's counters: a table, or one file's unrun lines."""

import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BATCH = 40


def gcov(notes):
    """One JSON document for each of the compiler's notes; a file that never ran has counts of zero."""
    for i in range(0, len(notes), BATCH):
        command = ["gcov", "--json-format", "--stdout", "--branch-probabilities", *map(str, notes[i : i + BATCH])]
        out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        yield from (json.loads(line) for line in out.splitlines() if line.startswith("{"))


def collect(folder):
    """{source: ({line: count}, {(line, branch): count})}; a header's lines are added up over those that include it."""
    sources = {}
    for document in gcov(sorted(folder.resolve().rglob("*.gcno"))):
        for file in document["files"]:
            if not file["file"].startswith("net/"):
                continue
            lines, branches = sources.setdefault(file["file"], ({}, {}))
            for line in file["lines"]:
                number = line["line_number"]
                lines[number] = lines.get(number, 0) + line["count"]
                for i, branch in enumerate(line["branches"]):
                    branches[number, i] = branches.get((number, i), 0) + branch["count"]
    return sources


def share(counts):
    run = sum(1 for count in counts if count)
    return f"{100 * run / len(counts):6.1f} % {run:6d} of {len(counts):6d}" if counts else f"{'':25s}"


def table(sources):
    """Prints the table, and returns the share of lines."""
    width = max(map(len, sources))
    print(f"{'':{width}s}  {'lines':>25s}  {'branches':>25s}")
    for name in sorted(sources):
        lines, branches = sources[name]
        print(f"{name:{width}s}  {share(list(lines.values()))}  {share(list(branches.values()))}")
    lines = [count for each in sources.values() for count in each[0].values()]
    branches = [count for each in sources.values() for count in each[1].values()]
    print(f"{'total':{width}s}  {share(lines)}  {share(branches)}")
    return 100 * sum(1 for count in lines if count) / len(lines)


def show(sources, name):
    """Prints the lines of @name that no test has run (-), and those with a branch that none has taken (?)."""
    text = (ROOT / name).read_text().splitlines()
    lines, branches = sources[name]
    half = {number for (number, _), count in branches.items() if not count}
    for number in sorted(lines):
        if not lines[number] or number in half:
            print(f"{name}:{number}: {'?' if lines[number] else '-'} {text[number - 1].expandtabs(4)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, help="where the objects of net/ are")
    parser.add_argument("file", nargs="*", help="sources whose unrun lines to list")
    parser.add_argument("--floor", type=float, default=0, help="the least share of lines, in percent")
    args = parser.parse_args()
    sources = collect(args.folder)
    if not sources:
        sys.exit(f"{args.folder}: nothing counted there; type make coverage")
    for name in args.file:
        if name not in sources:
            sys.exit(f"{name}: no such source was compiled")
        show(sources, name)
    if not args.file and table(sources) < args.floor:
        sys.exit(f"fewer than {args.floor:g} % of the lines were run")


main()
