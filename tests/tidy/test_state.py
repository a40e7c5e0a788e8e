# SPDX-License-Identifier: MIT
"""Mutable state hangs off struct net: what net/'s objects keep at file scope stands in a list (registries.txt)."""

import os
import re
import subprocess

import pytest
import source

pytestmark = pytest.mark.quick


def variables():
    """object:name of each symbol of net/'s objects that lies in memory that can be written."""
    objects = sorted((source.OUT / "obj" / "net").rglob("*.o"))
    objects = [o for o in objects if (source.ROOT / str(o.relative_to(source.OUT / "obj"))[:-2]).exists()]
    assert objects, "net/ is not built: type make"
    found = {}
    nm = os.environ.get("CROSS_COMPILE", "") + "nm"
    paths = [str(item.relative_to(source.OUT / "obj")) for item in objects]
    listing = subprocess.run([nm, "-A", *paths], check=True, capture_output=True, text=True, cwd=source.OUT / "obj").stdout
    for line in listing.splitlines():
        name, _, symbol = line.partition(".o:")
        kind, symbol = symbol.split()[-2:]
        symbol = re.sub(r"\.\d+$", "", symbol)
        # _warned: WARN_ON_ONCE remembers that it has spoken
        if kind in "dDbBcCsSgG" and not symbol.startswith(("__func__", ".LC", "_warned")):
            found[f"{name}:{symbol}"] = "a variable at file scope: let it hang off struct net"
    return found


def test_net_keeps_no_mutable_state_at_file_scope():
    source.judge("variable", variables(), "registries.txt")


def test_the_congestion_window_has_one_writer():
    """tcp_snd_cwnd_set(), so that no change escapes its tracepoint."""
    offences = {}
    regex = re.compile(r"\bsnd_cwnd\s*(?:[-+*/|&^]|<<|>>)?=(?!=)|\bsnd_cwnd\s*(?:\+\+|--)|(?:\+\+|--)\s*[\w>.()-]*\bsnd_cwnd\b")
    for name in source.matching(r"^net/.*\.[ch]$"):
        for match in regex.finditer(source.bare(name)):
            line = source.line_of(source.bare(name), match.start())
            if name != "net/include/net/tcp.h" or "tp->snd_cwnd = cwnd;" not in source.text(name).split("\n")[line - 1]:
                offences[f"{name}:{line}"] = f"`{match.group(0)}`: tcp_snd_cwnd_set() writes it"
    source.judge("cwnd", offences)


def test_each_counter_of_tcp_is_asserted_by_a_script():
    """TcpExt's names that net/ counts: a packet script shows that each is counted (TcpExt.Name)."""
    names = dict(re.findall(r'X\((\w+), "(\w+)"\)', source.text("net/include/net/snmp_linux.h")))
    code = "".join(source.code(name) for name in source.matching(r"^net/.*\.[ch]$") if not name.endswith("snmp_linux.h"))
    scripts = "".join(path.read_text() for path in (source.ROOT / "tests/packet").glob("*/*.pkt"))
    counted = set(re.findall(r"\bNET_(?:INC|ADD)_STATS\([^,;]*,\s*(\w+)", code)) | set(re.findall(r"\bLINUX_MIB_(\w+)", code))
    asserted = set(re.findall(r"\bTcpExt\.(\w+)", scripts))
    offences = {names[name]: "no packet script asserts this counter" for name in counted & set(names) if names[name] not in asserted}
    assert len(counted & set(names)) > 60
    source.judge("counter", offences)
