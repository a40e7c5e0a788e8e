# SPDX-License-Identifier: MIT
"""Ring 3: programs in both widths, faults, signals, the foreground and the background."""

import re

import pytest
import skiff

WIDTHS = {"x86_64": "", "i386": "32"}


def pid_of(machine, name):
    match = re.search(rf"^ *(\d+) .*{name}", machine.cmd("ps"), re.M)
    return match and match.group(1)


@pytest.mark.parametrize("width", WIDTHS)
def test_sysprobe_passes(shared, width):
    """Every system call with good and hostile arguments: the program checks the answers against Linux's."""
    output = shared.cmd(f"run /bin/sysprobe{WIDTHS[width]}", timeout=120)
    assert re.search(r"(?m)^.*\b0 failed", output), output



FAULTS = "null write-null hlt cli port opcode divide stack jump-kernel read-kernel rodata nx".split()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("way", FAULTS)
def test_a_fault_ends_the_program_with_a_line_that_says_where(shared, way, width):
    output = shared.cmd(f"run /bin/crash{WIDTHS[width]} {way}", log=True)
    assert "still alive" not in output
    assert re.search(rf"crash{WIDTHS[width]}.*\bip\b\W*[0-9a-f]+", output), output
    assert "up" in shared.cmd("uptime")
    shared.ready()


def test_abort_and_exit_status(shared):
    assert "still alive" not in shared.cmd("run /bin/crash abort")
    shared.cmd("run /bin/crash exit 3 &")
    shared.expect_line(r"crash.*status 3")


def test_ctrl_c_ends_a_program_that_spins(shared):
    shared.prompt().send("run /bin/crash loop\r")
    shared.expect(r"crash: spin for ever")
    shared.ready()
    shared.send("\x03")
    shared.prompt()
    shared.send("run /bin/crash wait\r")
    shared.expect(r"crash: sleep until")
    shared.send("\x03")
    shared.prompt()


def test_the_task_crashes_and_starts_again(boot):
    machine = boot(cmdline="init=/bin/crash -- null").prompt()
    machine.expect_line(r"crash.*\bip\b\W*[0-9a-f]+")
    machine.cmd("run /bin/echod &")
    machine.ready()


def test_the_server_is_killed_and_starts_again(boot):
    machine = boot()
    machine.ready()
    machine.cmd(f"kill {pid_of(machine, 'echod')}")
    assert pid_of(machine, "echod") is None
    assert "refused" in machine.cmd("echo 127.0.0.1 7 hello").lower()
    machine.cmd("run /bin/echod &")
    machine.ready()
    assert pid_of(machine, "echod")


def test_the_32_bit_server_serves(boot):
    machine = boot(cmdline="init=/bin/echod32")
    machine.ready()
    with machine.connect(7) as connection:
        assert skiff.exchange(connection, b"x" * 300000) == b"x" * 300000


def test_ctrl_c_ends_the_program_in_the_foreground(boot):
    machine = boot(cmdline="init=none").prompt()
    machine.send("run /bin/echod\r")
    machine.ready()
    machine.send("\x03")
    machine.prompt()
    assert pid_of(machine, "echod") is None


def test_a_program_in_the_background_leaves_the_prompt(boot):
    machine = boot(cmdline="init=none").prompt()
    machine.cmd("run /bin/echod &")
    machine.ready()
    assert pid_of(machine, "echod")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_echo_client_meets_its_own_server(shared, width):
    program = f"/bin/echo{WIDTHS[width]}"
    assert "hello there" in shared.cmd(f"run {program} 127.0.0.1 7 hello there")
    assert "datagram" in shared.cmd(f"run {program} 127.0.0.1 7 -u datagram")


def test_a_hundred_programs_leave_nothing_behind(shared):
    def used():
        return int(re.search(r"^Mem: +\d+ +(\d+)", shared.cmd("free"), re.M).group(1))

    for _ in range(10):
        shared.cmd("run /bin/echo 127.0.0.1 7 x")
    before = used()
    for _ in range(90):
        assert "x" in shared.cmd("run /bin/echo 127.0.0.1 7 x")
    assert used() - before < 1024, "KiB more than before"
