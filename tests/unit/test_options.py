# SPDX-License-Identifier: MIT
"""docs/options.md says of each socket option and ioctl what api_options finds out: no row more, none less, none other."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build")
ROW = re.compile(r"^\| ((?:SO|IP|MCAST|UDP|ICMP|PACKET|TCP|NETLINK|SIOC|FIO)\w*) \|(.*)\|$", re.M)


def told():
    rows = {}
    for name, rest in ROW.findall((ROOT / "docs/options.md").read_text()):
        cells = [cell.strip() for cell in rest.split(" | ")]
        assert name not in rows, f"{name} stands there twice"
        rows[name] = cells[:-2]  # without what it does, and where
    return rows


@pytest.mark.quick
def test_options_are_as_the_table_says():
    run = subprocess.run([OUT / "unit/api_options", "table"], capture_output=True, text=True, timeout=120, check=True)
    found = {}
    for line in run.stdout.splitlines():
        name, *cells = line.split(" | ")
        found[name] = [cell.strip() for cell in cells]
    assert len(found) > 150
    assert told() == found
