# SPDX-License-Identifier: MIT
"""The network simulator: a bounded number of seeds under the sanitizers, replay, and the goodput table."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build")


def sim(*args, program="sim"):
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", UBSAN_OPTIONS="print_stacktrace=1")
    command = [OUT / "sim" / program, *map(str, args)]
    return subprocess.run(command, env=env, capture_output=True, text=True, errors="replace", timeout=600)


def told(run):
    """The end of what a run says: its failure stands there."""
    return run.stdout[-6000:] + run.stderr[-2000:]


@pytest.mark.quick
def test_first_seeds_hold():
    run = sim("--seeds", 20)
    assert run.returncode == 0, told(run)


def regression_seeds():
    text = (ROOT / "tests/sim/seeds.txt").read_text()
    return [int(line.split()[0]) for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("seed", regression_seeds())
def test_seed_that_once_failed_holds(seed):
    run = sim("--seed", seed)
    assert run.returncode == 0, told(run)


def test_many_seeds_hold():
    run = sim("--seeds", 100, "--first", 1000)
    assert run.returncode == 0, told(run)
    done = int(re.search(r"^(\d+) seeds from", run.stdout, re.M).group(1))
    assert done >= 20, run.stdout[-500:]


@pytest.mark.quick
def test_a_seed_replays_byte_for_byte(tmp_path):
    traces = [tmp_path / "one", tmp_path / "two"]
    runs = [sim("--seed", 8, "--trace", trace) for trace in traces]
    assert runs[0].returncode == 0, told(runs[0])
    assert runs[0].stdout == runs[1].stdout
    assert "digest" in runs[0].stdout
    assert traces[0].read_bytes() == traces[1].read_bytes()
    assert sim("--seed", 8, program="sim-fast").stdout == runs[0].stdout, "the compiler's options must not matter"


def test_goodput_is_as_recorded():
    run = sim("--goodput", program="sim-fast")
    assert run.returncode == 0, told(run)
    recorded = (ROOT / "tests/sim/goodput.txt").read_text()
    assert run.stdout == recorded, "goodput has changed; if it is meant to, run `make sim-update` and look at the diff"
