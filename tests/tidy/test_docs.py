# SPDX-License-Identifier: MIT
"""The documents speak of what is there: each `file:name` and each `path/` in them exists."""

import re

import pytest
import source

pytestmark = pytest.mark.quick

REFERENCE = re.compile(r"`([\w./-]+\.(?:c|h|S)):(\w+)`")
PATH = re.compile(r"`((?:boot|kernel|net|drivers|libc|user|tests|docs|tools)/[\w./-]*)`")


def documents():
    return source.matching(r"^(?:README|docs/.*)\.md$")


def test_functions_that_documents_name_are_in_their_files():
    offences = {}
    for name in documents():
        for match in REFERENCE.finditer(source.text(name)):
            path, symbol = match.groups()
            if not (source.ROOT / path).exists():
                offences[f"{name}:{path}"] = "no such file"
            elif not re.search(rf"\b{symbol}\b", source.code(path)):
                offences[f"{name}:{path}:{symbol}"] = "no such name in that file"
    source.judge("docs", offences)


def test_paths_that_documents_name_exist():
    offences = {}
    for name in documents():
        for match in PATH.finditer(source.text(name)):
            if not (source.ROOT / match.group(1)).exists():
                offences[f"{name}:{match.group(1)}"] = "no such path"
    source.judge("docs-path", offences)


SCRIPT = re.compile(r"^\|(?P<cells>.*)\| `(?P<script>[\w.-]+/[\w.-]+)` \|$", re.M)
SETTING = re.compile(r"^\| `(tcp_\w+)` \|")


def test_scripts_that_the_tables_of_tcp_name_exist():
    """docs/tcp.md: each row's script is there, speaks of the row's RFC or setting, and says at its head what it shows."""
    offences, rows = {}, 0
    for match in SCRIPT.finditer(source.text("docs/tcp.md")):
        path = source.ROOT / "tests/packet" / f"{match.group('script')}.pkt"
        row, setting = match.group(0), SETTING.match(match.group(0))
        rows += 1
        if not path.exists():
            offences[f"docs/tcp.md:{match.group('script')}"] = "no such script"
        elif setting and setting.group(1) not in path.read_text():
            offences[f"docs/tcp.md:{setting.group(1)}"] = f"{match.group('script')} does not speak of it"
        elif not setting and not re.search(r"`net/[\w/]+\.c:\w+`", row):
            offences[f"docs/tcp.md:{match.group('script')}"] = "the row names no function"
    assert rows > 100
    source.judge("docs-script", offences)


def test_rfcs_of_tcp_that_have_scripts_are_in_its_table():
    """A folder of scripts most of which speak TCP is an RFC that docs/tcp.md (or another document) tells of."""
    told = "".join(source.text(name) for name in documents())
    offences = {}
    for folder in sorted((source.ROOT / "tests/packet").glob("rfc*")):
        tcp = ["SOCK_STREAM" in script.read_text() for script in folder.glob("*.pkt")]
        if 2 * sum(tcp) > len(tcp) and not re.search(rf"\b{folder.name[3:]}\b|\b{folder.name}/", told):
            offences[f"tests/packet/{folder.name}"] = "no document tells of this RFC"
    source.judge("docs-rfc", offences)


def test_settings_of_tcp_are_told():
    """Each net.ipv4.tcp_* that is registered stands in a document."""
    told = "".join(source.text(name) for name in documents())
    text = source.text("net/ipv4/tcp_sysctl.c")
    names = set(re.findall(r'"net\.ipv4\.(tcp_\w+)"', text))
    names |= {"tcp_" + name for name in re.findall(r"^\s+(?:SECONDS_ROW|ROW3)\((\w+)", text, re.M)}
    table = re.search(r"#define TCP_SYSCTLS\(X\)(.*?)\n\n", text, re.S)
    names |= {"tcp_" + name for name in re.findall(r"\bX\((\w+),", table.group(1))}
    assert len(names) > 40
    source.judge("docs-sysctl", {f"net/ipv4/tcp_sysctl.c:{name}": "no document tells of it"
                                 for name in names if not re.search(rf"\b{name}\b", told)})
