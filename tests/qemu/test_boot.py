# SPDX-License-Identifier: MIT
"""Starting and ending: machines, memory, processors, command line, modules, power."""

import os
import re
import socket
import subprocess
import time

import archive
import pytest
import skiff


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("nic", ["virtio", "e1000"])
def test_both_machine_types(boot, machine, nic):
    boot(machine=machine, nic=nic).ready()


@pytest.mark.parametrize("cpu", ["qemu64", "max", "Nehalem,-rdrand", "max,-smap,-smep,-umip,-rdrand,-rdseed"])
def test_processors_with_and_without_their_protections(boot, cpu):
    boot(cpu=cpu).ready()


@pytest.mark.parametrize("nic", ["virtio", "e1000"])
def test_eight_mebibytes_suffice(boot, nic):
    machine = boot(mem=8, nic=nic)
    machine.ready()
    with machine.connect(7) as connection:
        data = os.urandom(2 * 1024 * 1024)
        assert skiff.exchange(connection, data) == data


def test_sixteen_gibibytes(boot):
    # What the guest does not touch, the host does not give.
    machine = boot(mem=16384)
    machine.ready()
    total = int(re.search(r"^Mem:\s+(\d+)", machine.cmd("free"), re.M).group(1))
    assert total > 15 * 1024 * 1024


def test_three_and_a_half_gibibytes(boot):
    """Memory on both sides of the hole below 4 GiB."""
    boot(mem=5000).ready()


def test_too_little_memory_says_so(boot):
    machine = boot(mem=3)
    machine.expect_line(r"^Skiff: too little memory: .*8 MiB")
    assert machine.raw.startswith("Skiff: ")


def test_no_long_mode_says_so(boot):
    machine = boot(cpu="qemu32")
    machine.expect_line(r"^Skiff: .*long mode")


def test_no_card_still_gives_a_prompt_and_loopback(boot):
    machine = boot(nic="none").prompt()
    assert "127.0.0.1/8" in machine.cmd("ip addr")
    assert "1 received" in machine.cmd("ping -c 1 127.0.0.1")
    machine.expect_line(r"^echod: serving")
    assert "hello" in machine.cmd("echo 127.0.0.1 7 hello")


def test_poweroff_ends_with_status_0(boot):
    machine = boot()
    machine.prompt().send("poweroff\r")
    assert machine.wait() == 0


def test_poweroff_on_q35(boot):
    machine = boot(machine="q35")
    machine.prompt().send("poweroff\r")
    assert machine.wait() == 0


def test_reboot_starts_again(boot):
    machine = boot()
    machine.ready()
    machine.prompt().send("reboot\r")
    machine.until(lambda: sum(bool(re.match(r"\[ +0\.000000\]", t)) for t in machine.terminal.lines) > 1, what="another start")
    machine.prompt()
    machine.ready()


def gdb_write(path, address, data):
    """Writes guest memory through QEMU's gdb server, kernel text too, and lets the guest go on."""

    def packet(text):
        return b"$%s#%02x" % (text, sum(text) & 0xFF)

    with socket.socket(socket.AF_UNIX) as stub:
        stub.settimeout(60)
        stub.connect(path)
        for text in (b"?", b"M%x,%x:%s" % (address, len(data), data.hex().encode()), b"D"):
            stub.sendall(packet(text))
            answer = b""
            while not re.search(rb"\$[^#]*#..", answer):
                answer += stub.recv(4096)
            stub.sendall(b"+")
            assert b"$E" not in answer, answer


def symbol(name):
    listing = subprocess.run(["nm", str(skiff.OUT / "skiff.sym.elf")], check=True, capture_output=True, text=True).stdout
    return int(re.search(rf"^([0-9a-f]+) [tT] {name}$", listing, re.M).group(1), 16)


@pytest.mark.parametrize("panic,ends", [("panic=-1", True), ("panic=0", False)])
def test_a_kernel_fault_is_dumped_and_panic_minus_one_ends_qemu(boot, tmp_path, panic, ends):
    path = str(tmp_path / "gdb")
    machine = boot(cmdline=panic, allow_trouble=True, extra=["-gdb", f"unix:{path},server=on,wait=off"])
    machine.ready()
    gdb_write(path, symbol("schedule"), b"\x0f\x0b")  # an undefined instruction where every task comes by
    if ends:
        machine.send("\r")
        assert machine.wait() != 0
    else:
        machine.send("\r")
        machine.expect_line(r"Kernel panic - not syncing: .+")
        machine.expect(r"Kernel panic[^+]*\+0x")
        assert machine.process.poll() is None
    text = machine.text()
    assert "Kernel panic - not syncing" in text
    assert re.search(r"(?i)\brip\b", text), "no registers in the dump"
    assert re.search(r"\bschedule\+0x0", text), "no symbol for where it happened"
    trace = re.findall(r"\[<[0-9a-f]+>\] (\w+)\+0x", text.split("Call trace:")[1])
    assert trace[0] == "schedule" and len(trace) >= 2, "no backtrace by symbol"


def warning_branch(function, variable):
    """Where the function branches to its warning about the variable, and the opposite of that branch's code."""
    command = ["objdump", "-d", "-w", f"--disassemble={function}", str(skiff.OUT / "skiff.sym.elf")]
    lines = iter(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n"))
    for line in lines:
        if f"<{variable}>" in line:
            match = re.match(r"\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*je ", next(lines))
            code = bytes.fromhex(match.group(2))
            return int(match.group(1), 16), bytes(byte ^ 1 if i == (code[0] == 0x0F) else byte for i, byte in enumerate(code))
    raise AssertionError(f"{function} does not look at {variable}")


def test_a_warning_tells_its_callers_and_the_machine_goes_on(boot, tmp_path):
    path = str(tmp_path / "gdb")
    machine = boot(allow_trouble=True, extra=["-gdb", f"unix:{path},server=on,wait=off"])
    machine.ready()
    gdb_write(path, *warning_branch("netif_receive_skb", "preempt_count"))  # assert_softirq() turned round
    machine.cmd("ping -c 1 10.0.2.2")
    text = machine.text()
    assert len(re.findall(r"WARNING: net/core/dev_rx\.c:\d+: !\(?.*softirq", text)) == 1, text
    trace = re.findall(r"\[<[0-9a-f]+>\] (\w+)\+0x", text.split("Call trace:")[1])
    assert trace[0] == "netif_receive_skb"
    assert "net_rx_action" in trace
    # the interrupt is no end of it, where one brought the frame
    if "do_IRQ" in trace:
        entry = next(i for i, name in enumerate(trace) if name in ("interrupt_common", "trap_common"))
        assert entry < len(trace) - 1
    assert "1 received" in machine.cmd("ping -c 1 127.0.0.1")


def test_a_panic_is_told_whole_to_one_who_looks_away_for_a_second(boot, tmp_path):
    path = str(tmp_path / "gdb")
    machine = boot(cmdline="panic=-1", allow_trouble=True, extra=["-gdb", f"unix:{path},server=on,wait=off"])
    machine.ready()
    machine.cmd("loglevel 8")
    gdb_write(path, symbol("schedule"), b"\x0f\x0b")
    machine.listening.clear()
    machine.send("\r" * 64)
    time.sleep(1)  # the second
    machine.listening.set()
    assert machine.wait() != 0
    assert re.search(r"Kernel panic - not syncing: .+\n.*Call trace:\n(.*\+0x.*\n)+", machine.text() + "\n")


def test_init_none_starts_no_task(boot):
    machine = boot(cmdline="init=none").prompt()
    assert "echod" not in machine.cmd("ps")


def test_init_takes_arguments_after_two_dashes(boot):
    machine = boot(cmdline="init=/bin/echo -- 127.0.0.1 7 arguments", nic="none")
    machine.prompt()
    machine.expect_line(r"(?i)echo.*(refused|exit)|refused")


def test_nothing_but_text_comes_before_the_prompt(boot):
    machine = boot(cmdline="quiet init=none").prompt()
    assert machine.raw.startswith(skiff.PROMPT), repr(machine.raw[:80])


def test_missing_init_is_one_line(boot):
    machine = boot(cmdline="init=/bin/nowhere").prompt()
    machine.expect_line(r"/bin/nowhere")
    assert machine.cmd("uptime")


def test_quiet_keeps_the_log_from_the_console(boot):
    loud, quiet = boot(), boot(cmdline="quiet")
    loud.prompt()
    quiet.prompt()
    loud.ready()
    quiet.ready()
    count = [len([line for line in m.text().split("\n") if skiff.LOG_LINE.match(line)]) for m in (loud, quiet)]
    assert count[0] > count[1]
    assert len(quiet.cmd("dmesg", log=True).split("\n")) > 2


def test_many_options_and_strange_ones(boot):
    boot(cmdline="unknown=1 ip=dhcp console=ttyS0 loglevel=9 =x == ip= " + "a" * 300).prompt()


def test_an_archive_is_unpacked_over_the_root(boot, tmp_path):
    program = program_of("echod")
    (tmp_path / "more.cpio").write_bytes(archive.archive({"etc": None, "etc/motd": b"hello\n", "bin/second": program}))
    machine = boot(initrd=tmp_path / "more.cpio", cmdline="init=/bin/second")
    machine.ready()
    assert "second" in machine.cmd("ps")


def test_an_elf_module_becomes_the_task(boot, tmp_path):
    (tmp_path / "myserver").write_bytes(program_of("echod"))
    machine = boot(initrd=tmp_path / "myserver")
    machine.ready()
    assert "myserver" in machine.cmd("ps")


def test_a_32_bit_elf_module_becomes_the_task(boot, tmp_path):
    (tmp_path / "server32").write_bytes(program_of("echod", "i386"))
    machine = boot(initrd=tmp_path / "server32")
    machine.ready()
    assert "server32" in machine.cmd("ps")


def program_of(name, width="x86_64"):
    for path in (skiff.OUT / "user" / width / name, skiff.OUT / "user" / width / "bin" / name):
        if path.exists():
            return path.read_bytes()
    raise AssertionError(f"no {name} for {width} under {skiff.OUT}/user")


GOOD = archive.archive({"a": b"x" * 100})
MODULES = {
    "garbage": bytes(range(256)) * 20,
    "empty": b"\0",
    "cut-archive": GOOD[:130],
    "archive-with-a-lying-size": archive.entry("a", b"data", size=0xFFFFFFFF),
    "archive-with-a-lying-name": archive.entry("a", b"data", name_size=0xFFFFFFF0),
    "archive-that-climbs": archive.archive({"../../etc/x": b"x", "/../y": b"y", "a/./../../b": b"z"}),
    "archive-with-no-hex": b"070701" + b"zz" * 52 + b"a\0",
    "elf-head-only": b"\x7fELF\x02\x01\x01" + bytes(9),
    "elf-with-wild-headers": b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\0\x3e\0\x01\0\0\0" + b"\xff" * 200,
    "elf32-with-wild-headers": b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x02\0\x03\0\x01\0\0\0" + b"\xff" * 200,
}


@pytest.mark.parametrize("kind", MODULES)
def test_a_malformed_module_is_one_line_and_no_more(boot, tmp_path, kind):
    path = tmp_path / kind
    path.write_bytes(MODULES[kind])
    machine = boot(initrd=path).prompt()
    assert machine.cmd("uptime")


def test_icount_runs_are_possible(boot):
    boot(extra=["-icount", "shift=auto"]).ready()
