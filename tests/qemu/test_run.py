# SPDX-License-Identifier: MIT
"""`make run` as a user types it: the line with the ports, the variables, a closed or piped stdin, the exit status."""

import os
import pathlib
import re
import socket
import subprocess
import time

import pytest
import skiff


def make_run(*variables, stdin=subprocess.PIPE, shell=None):
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    arguments = ["make", "-C", str(skiff.ROOT), f"OUT={os.environ.get('OUT', 'build')}", "run", *variables]
    if shell:
        arguments = ["sh", "-c", shell.format(" ".join(f"'{a}'" for a in arguments))]
    return subprocess.Popen(
        arguments, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=skiff.ROOT, start_new_session=True
    )


def read_until(process, pattern, timeout=60):
    regex = re.compile(pattern, re.S)
    output = b""
    os.set_blocking(process.stdout.fileno(), False)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        part = process.stdout.read()
        output += part or b""
        match = regex.search(output.decode("latin-1"))
        if match:
            return output.decode("latin-1"), match
        if process.poll() is not None and not part:
            break
        time.sleep(0.02)  # between two looks at a pipe
    raise AssertionError(f"no /{pattern}/ in:\n{output.decode('latin-1')}")


def end(process):
    if process.poll() is None:
        os.killpg(process.pid, 15)
    process.wait(30)


def test_make_run_says_its_ports_and_they_work():
    process = make_run()
    try:
        _, match = read_until(process, r"(\d+) -> 7 \(echo\).*skiff> ")
        port = int(match.group(1))
        deadline = time.monotonic() + 60
        received = b""
        while not received and time.monotonic() < deadline:
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                connection.settimeout(2)
                try:
                    connection.sendall(b"hello\n")
                    received = connection.recv(100)
                except OSError:
                    pass
        assert received == b"hello\n"
        process.stdin.write(b"poweroff\r")
        process.stdin.flush()
        assert process.wait(60) == 0
    finally:
        end(process)


@pytest.mark.parametrize("shell", ["exec {} </dev/null", "exec {} <&-", "(sleep 60; echo) | {}"])
def test_make_run_needs_no_terminal(shell):
    process = make_run(shell=shell, stdin=subprocess.DEVNULL)
    try:
        read_until(process, r"skiff> ")
    finally:
        end(process)


@pytest.mark.parametrize(
    "variables,pattern",
    [
        (["NIC=e1000", "MEM=32", "MACHINE=q35", "SMP=2"], r"-> 7 \(echo\).*skiff> "),
        (["NIC=none", "CMDLINE=loglevel=7 init=none"], r"NIC=none.*skiff> "),
        (["NIC=token-ring"], r"NIC=token-ring: give virtio"),
        (["MEM=lots"], r"MEM=lots: give a number"),
        (["MEM=1"], r"MEM=1: .* give 8 or more"),
        (["MEM=6"], r"Skiff: too little memory: .*8 MiB"),
        (["NET=tap", "TAP=nosuchtap"], r"NET=tap: "),
    ],
)
def test_make_run_honours_its_variables(variables, pattern):
    process = make_run(*variables)
    try:
        read_until(process, pattern)
    finally:
        end(process)


def test_two_at_once_get_different_ports():
    first, second = make_run(), make_run()
    try:
        ports = []
        for process in (first, second):
            ports.append(read_until(process, r"(\d+) -> 7 \(echo\).*skiff> ")[1].group(1))
        assert ports[0] != ports[1]
    finally:
        end(first)
        end(second)


def test_pcap_holds_the_frames(tmp_path):
    path = pathlib.Path(tmp_path) / "frames.pcap"
    process = make_run(f"PCAP={path}")
    try:
        read_until(process, r"eth0: DHCP: 10\.0\.2\.15.*skiff> ")
        process.stdin.write(b"ping -c 1 10.0.2.2\r")
        process.stdin.flush()
        read_until(process, r"1 received")
    finally:
        end(process)
    assert path.read_bytes()[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4")
    assert path.stat().st_size > 200


def test_help_names_every_target_and_variable():
    output = subprocess.run(["make", "-C", str(skiff.ROOT), "help"], check=True, capture_output=True, text=True).stdout
    for word in "all run test check bench iso host debug help NIC NET MEM SMP CMDLINE INITRD PCAP ACCEL MACHINE CROSS_COMPILE".split():
        assert re.search(rf"^  {word} ", output, re.M), word
