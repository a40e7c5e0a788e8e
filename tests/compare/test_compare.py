# SPDX-License-Identifier: MIT
"""The same program, the same peer: what Skiff shows of a connection is what this machine's Linux shows."""

import difflib
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / os.environ.get("OUT", "build") / "compare"
STATES = """unconnected listen syn-sent syn-recv established in-flight unread full close-wait fin-wait-1 fin-wait-2 closing last-ack
time-wait""".split()

pytestmark = pytest.mark.tap


def lines(*command):
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
    assert result.returncode == 0 and not result.stderr, f"{' '.join(map(str, command))}: {result.stderr[-2000:]}"
    return result.stdout.splitlines()


def compare(*arguments):
    """Skiff says the same each time. Linux lives in real time: where the host is busy, a timer of its (RACK's) may go off between two
    steps, so it is asked again before a difference counts."""
    skiff = lines(PROGRAMS / "skiff", *arguments)
    assert skiff, "no scenario has run"
    for _ in range(3):
        linux = lines("unshare", "--net", PROGRAMS / "linux", *arguments)
        difference = list(difflib.unified_diff(linux, skiff, "linux", "skiff", lineterm="", n=0))
        if not difference:
            break
    assert not difference, f"{len(difference)} lines\n" + "\n".join(difference[:40])


@pytest.mark.parametrize("state", STATES)
def test_ends_of_connections(state):
    compare("matrix", state)


def test_socket_options():
    compare("options")


def test_reports_beside_the_bytes():
    compare("reports")


def test_tcp_info():
    compare("info")


def test_counters_of_datagrams():
    compare("counters")
