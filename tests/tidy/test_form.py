# SPDX-License-Identifier: MIT
"""The form of the source: sizes, first lines, white space, words."""

import re

import pytest
import source

pytestmark = pytest.mark.quick

MAX_FUNCTION = 70
MAX_FILE = 900
MAX_COLUMNS = 140
C = r"\.(?:c|h|S|lds|ld)$"
OURS = r"(?:\.(?:c|h|S|ld|lds|py|sh|mk|md|ini)|Makefile|^tools/\w+|^\.ci/run)$"


def test_functions_are_short():
    offences = {}
    for name in source.matching(r"\.[ch]$"):
        for function, line, length in source.functions(name):
            if length > MAX_FUNCTION:
                offences[f"{name}:{function}"] = f"line {line}: {length} lines, more than {MAX_FUNCTION}"
    source.judge("function-length", offences)


def test_files_are_short():
    offences = {}
    for name in source.matching(r"\.(?:c|h|S|py)$"):
        length = source.text(name).count("\n")
        if length > MAX_FILE:
            offences[name] = f"{length} lines, more than {MAX_FILE}"
    source.judge("file-length", offences)


def test_files_name_their_licence_first():
    offences = {}
    for name in source.matching(r"(?:\.(?:c|h|S|ld|lds|py|sh|mk)|Makefile|^tools/\w+|^\.ci/run)$"):
        if not any("SPDX-License-Identifier: MIT" in line for line in source.text(name).split("\n")[:2]):
            offences[name] = "the first line names no licence (SPDX-License-Identifier: MIT)"
    source.judge("licence", offences)


def test_files_say_what_they_are_for():
    offences = {}
    for name in source.matching(C):
        comment = re.match(r"\s*(?:/\*(.*?)\*/|//([^\n]*))\s*(?:/\*(.*?)\*/|((?://[^\n]*\n\s*)+))?", source.text(name), re.S)
        words = " ".join(part or "" for part in comment.groups()) if comment else ""
        words = re.sub(r"SPDX-License-Identifier:\s*MIT|[*/\s]+", " ", words).strip()
        if len(words) < 4:
            offences[name] = "no comment at its head says what it does"
    source.judge("purpose", offences)


def test_white_space():
    offences = {}
    for name in source.matching(OURS):
        content = source.text(name)
        for number, line in enumerate(content.split("\n"), 1):
            if line != line.rstrip() or "\r" in line:
                offences[f"{name}:{number}"] = "white space at the end"
            elif re.search(r"\.[chS]$", name) and re.match(r" {2,}[^ *]", line) and not inside_comment(name, number):
                offences[f"{name}:{number}"] = "indented by spaces"
        if content and (not content.endswith("\n") or content.endswith("\n\n")):
            offences[name] = "does not end in one new line"
    source.judge("white-space", offences)


def inside_comment(name, number):
    """Is the start of this line in a comment (or a directive that goes on)?"""
    return not source.bare(name).split("\n")[number - 1].strip()


def test_lines_are_at_most_140_columns():
    offences = {}
    for name in source.matching(r"\.[chS]$"):
        for number, line in enumerate(source.text(name).split("\n"), 1):
            if len(line.expandtabs(8)) > MAX_COLUMNS:
                offences[f"{name}:{number}"] = f"{len(line.expandtabs(8))} columns"
    source.judge("columns", offences)


def test_words_that_do_not_belong():
    """Nothing is left for later, and nothing speaks of how the work was organised."""
    later = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"))
    rules = [
        (r"\.(?:c|h|S|ld|lds|py|sh|mk)$|Makefile$|^tools/", rf"\b(?:{later})\b"),
        (r"\.(?:c|h|S)$", r"(?i)\bagents?\b"),
        (r".", "/wo" + r"rk/|\.lib" + "rary|(?i:\\b(?:clau" + "de|cop" + "ilot|chat" + "gpt)\\b)"),
    ]
    offences = {}
    for pattern, words in rules:
        for name in source.matching(pattern):
            for match in re.finditer(words, source.text(name)):
                offences[f"{name}:{source.line_of(source.text(name), match.start())}"] = f"says `{match.group(0)}`"
    source.judge("words", offences)


SEQ = r"(?:\w+(?:->|\.))?(?:seq|end_seq|ack_seq|snd_una|snd_nxt|rcv_nxt|rcv_wup|snd_wl1|write_seq|copied_seq|high_seq|pushed_seq|urg_seq|snd_up|rcv_up|start_seq|prior_snd_una|snd_sml)"


def test_sequence_numbers_are_not_compared_by_order():
    """before(), after(), between(): a sequence number has no order by <."""
    regex = re.compile(rf"(?<!- )(?<![\w>.])\b{SEQ}\s*(?:<=|>=|<(?!<)|>(?!>))|(?<![-<])(?:<=|>=|<|(?<![->])>)\s*\(?{SEQ}\b(?!\s*\()")
    offences = {}
    for name in source.matching(r"^net/(?:.*tcp.*\.[ch])$"):
        for match in regex.finditer(source.bare(name)):
            offences[f"{name}:{source.line_of(source.bare(name), match.start())}"] = f"`{match.group(0)}`"
    source.judge("sequence", offences)
