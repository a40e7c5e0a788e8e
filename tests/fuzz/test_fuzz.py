# SPDX-License-Identifier: MIT
"""The fuzz targets: each replays its seeds, and then looks for more for a while (20 seconds in CI, 2 elsewhere)."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build")
CORPUS = ROOT / "tests/fuzz/corpus"
TARGETS = sorted(p.stem.removeprefix("target_") for p in (ROOT / "tests/fuzz").glob("target_*.c"))
SECONDS = 20 if os.environ.get("CI", "").lower() in ("1", "true", "yes") else 2


def run(target, *args):
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", UBSAN_OPTIONS="print_stacktrace=1")
    command = [OUT / "fuzz" / target, "-timeout=30", *args]
    result = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace", timeout=600)
    assert result.returncode == 0, result.stderr[-6000:]
    return result.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_are_replayed(target):
    seeds = sorted((CORPUS / target).iterdir())
    assert seeds, f"no seeds for {target}: tests/fuzz/seeds.py writes them"
    run(target, *seeds)


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found_soon(target, tmp_path):
    (tmp_path / "new").mkdir()
    run(target, "-seed=1", f"-max_total_time={SECONDS}", "-len_control=0", "-max_len=2048", f"-artifact_prefix={tmp_path}/",
        tmp_path / "new", CORPUS / target)
