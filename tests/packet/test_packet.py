# SPDX-License-Identifier: MIT
"""The packet scripts: each .pkt file is one test, run by the runner in virtual time (docs/testing-packet.md)."""

import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RUNNER = ROOT / os.environ.get("OUT", "build") / "packet" / "runner"
SCRIPTS = sorted(HERE.glob("*/*.pkt"))

pytestmark = pytest.mark.quick


@pytest.fixture(scope="module")
def outcomes(request):
    """{script: (passed, what was said)}: all that are wanted, run by one runner, which forks for each."""
    assert RUNNER.exists(), f"{RUNNER} is not built: type make check"
    items = [item for item in request.session.items if getattr(item, "originalname", "") == "test_script"]
    names = [str(item.callspec.params["script"].relative_to(ROOT)) for item in items]
    result = subprocess.run([str(RUNNER), "--each", *names], cwd=ROOT, capture_output=True, text=True, timeout=600)
    found, said = {}, []
    for line in result.stderr.splitlines():
        if line.startswith("== "):
            _, status, name = line.split(" ", 2)
            found[name] = (status == "passed", "\n".join(said))
            said = []
        else:
            said.append(line)
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_script(script, outcomes):
    passed, said = outcomes.get(str(script.relative_to(ROOT)), (False, "the runner did not come to it"))
    assert passed, said[-8000:]


def test_a_wrong_script_and_a_wrong_expectation_are_told_apart(tmp_path):
    """The runner itself: it must not pass what does not hold."""
    cases = {
        "0 nonsense(1) = 0\n": (2, "no system call"),
        "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4\n": (1, "the result is another"),
        "0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1\n": (1, "its flags are others"),
        "0 < S 0:0(0) win 1000\n": (1, "an unexpected packet"),
        "0 nothing\n+1 > R. 0:0(0) ack 1\n": (1, "no packet came"),
    }
    for text, (status, words) in cases.items():
        path = tmp_path / "case.pkt"
        path.write_text(text)
        result = subprocess.run([str(RUNNER), str(path)], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert result.returncode == status and words in result.stderr, (text, result.returncode, result.stderr)


def test_there_are_enough_scripts_and_each_says_what_it_shows():
    assert len(SCRIPTS) >= 150
    for script in SCRIPTS:
        first = script.read_text().splitlines()[0]
        assert first.startswith("// ") and len(first) > 20, f"{script}: the first line says what holds, and where it stands"
