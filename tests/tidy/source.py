# SPDX-License-Identifier: MIT
"""The source as the tidy tests see it: its files, its text without comments, its functions, its includes."""

import fnmatch
import functools
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build")
HERE = pathlib.Path(__file__).resolve().parent


@functools.lru_cache(None)
def files():
    """Every file of the project, as a path relative to its root."""
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout.decode()
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, found in os.walk(ROOT):
            folders[:] = [f for f in folders if f not in (".git", OUT.name, "__pycache__")]
            names += [os.path.relpath(os.path.join(folder, name), ROOT) for name in found]
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def matching(pattern):
    regex = re.compile(pattern)
    return [name for name in files() if regex.search(name)]


@functools.lru_cache(None)
def text(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def blank(match):
    """Spaces for what was matched, so that positions and line numbers stay."""
    return re.sub(r"[^\n]", " ", match.group(0))


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M)


@functools.lru_cache(None)
def code(name):
    """The text of a C file with comments, strings and characters blanked."""
    return TOKEN.sub(blank, text(name))


@functools.lru_cache(None)
def bare(name):
    """code(), with preprocessor lines blanked too."""
    return DIRECTIVE.sub(blank, code(name))


@functools.lru_cache(None)
def includes(name):
    """(line number, included name, "<" or '"') of each include."""
    found = []
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', text(name), re.M):
        found.append((line_of(text(name), match.start()), match.group(2), match.group(1)))
    return found


def line_of(content, position):
    return content.count("\n", 0, position) + 1


NOT_FUNCTION = re.compile(r"^\s*(?:(?:typedef|static|const|extern)\s+)*(?:struct|union|enum)\b[^()]*$")


@functools.lru_cache(None)
def functions(name):
    """(name, line of its brace, lines from brace to brace) of each function."""
    content = bare(name)
    found = []
    depth = 0
    start = 0
    opened = None
    for match in re.finditer(r"[{};]", content):
        at, char = match.start(), match.group()
        if char == "{":
            if depth == 0:
                head = content[start:at].strip()
                plain = re.sub(r"\([^()]*\)", "()", head)
                is_function = "(" in head and "=" not in plain and not NOT_FUNCTION.match(head)
                names = re.findall(r"([A-Za-z_]\w*)\s*\(", head)
                names = [n for n in names if n not in ("__attribute__", "__section", "__aligned")]
                opened = (names[0], at) if is_function and names else None
            depth += 1
        elif char == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if opened:
                    first, last = line_of(content, opened[1]), line_of(content, at)
                    found.append((opened[0], first, last - first + 1))
                opened = None
                start = at + 1
        elif depth == 0:
            start = at + 1
    return found


@functools.lru_cache(None)
def listed(name):
    """A list beside the tests: {(rule, subject): why}; its lines read `rule subject why`; a subject may have * in it."""
    entries = {}
    for line in (HERE / name).read_text().splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            rule, subject, *why = line.split(None, 2)
            entries[(rule, subject)] = why[0] if why else ""
    return entries


def judge(rule, offences, exceptions="exceptions.txt"):
    """Fails where an offence is not excepted, or an exception is no longer needed. offences: {subject: message}"""
    allowed = {subject: why for (r, subject), why in listed(exceptions).items() if r == rule}
    new = [f"{s}: {message}" for s, message in sorted(offences.items()) if not any(fnmatch.fnmatchcase(s, a) for a in allowed)]
    old = [f"{a}: no longer needed; remove it from tests/tidy/{exceptions}" for a in allowed if not fnmatch.filter(offences, a)]
    unexplained = [f"{subject}: say why in tests/tidy/{exceptions}" for subject, why in allowed.items() if len(why) < 10]
    problems = new + old + unexplained
    assert not problems, f"{rule}: {len(problems)}\n" + "\n".join(problems)
