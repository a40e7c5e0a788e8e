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
