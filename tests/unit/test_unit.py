# SPDX-License-Identifier: MIT
"""The unit tests in C: every program that tests/unit/unit.mk builds, each as one test here."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build")


def programs():
    sources = [p for p in (ROOT / "tests/unit").rglob("*.c") if p.name.startswith(("test_", "api_"))]
    names = [p.stem for p in sources]
    return sorted(names + [name + "_asan" for name in names if name.startswith("api_")])


@pytest.mark.quick
@pytest.mark.parametrize("program", programs())
def test_unit(program):
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", UBSAN_OPTIONS="print_stacktrace=1")
    run = subprocess.run([OUT / "unit" / program], env=env, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-6000:]
