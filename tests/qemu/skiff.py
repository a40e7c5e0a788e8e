# SPDX-License-Identifier: MIT
"""Boots the real image in QEMU and talks to it as a user does: by its console, by the network, and by QEMU's own switches."""

import contextlib
import itertools
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / os.environ.get("OUT", "build")
IMAGE = OUT / "skiff.elf"
ISO = OUT / "skiff.iso"
LOGS = OUT / "test-logs"
PROMPT = "skiff> "
TIMEOUT = 60.0

NICS = {
    "virtio": "virtio-net-pci",
    "e1000": "e1000",
    "e1000-82545em": "e1000-82545em",
}
MAC = "52:54:00:12:34:56"
TROUBLE = re.compile(r"^(?:\[ *\d+\.\d+\] )?(?:WARNING:|BUG:|Kernel panic|kernel panic|PANIC)", re.M)
LOG_LINE = re.compile(r"^\[ *\d+\.\d+\] ")


class Failure(AssertionError):
    """What was waited for did not come; the message holds the end of the console."""


class Terminal:
    """As much of a terminal as a line editor uses: it keeps every line as one would see it."""

    CSI = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")

    def __init__(self):
        self.lines = [""]
        self.row = 0
        self.column = 0
        self.pending = ""

    def feed(self, text):
        text, self.pending = self.pending + text, ""
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\x1b":
                match = self.CSI.match(text, at)
                if not match:
                    if len(text) - at < 12:
                        self.pending = text[at:]
                        return
                    at += 1
                    continue
                self.control(match.group(1), match.group(2))
                at = match.end()
                continue
            at += 1
            if char == "\r":
                self.column = 0
            elif char == "\n":
                self.row += 1
                self.column = 0
                while len(self.lines) <= self.row:
                    self.lines.append("")
            elif char == "\b":
                self.column = max(0, self.column - 1)
            elif char >= " ":
                self.put(char)

    def put(self, char):
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
        self.column += 1

    def control(self, parameters, letter):
        count = int(parameters) if parameters.isdigit() else None
        line = self.lines[self.row]
        if letter == "K":
            if count in (None, 0):
                self.lines[self.row] = line[: self.column]
            elif count == 2:
                self.lines[self.row] = ""
            else:
                self.lines[self.row] = " " * self.column + line[self.column :]
        elif letter == "J":
            if count == 2:
                # The screen is clear: what was on it stays above, as in a terminal that scrolls.
                self.lines.append("")
                self.row, self.column = len(self.lines) - 1, 0
            else:
                del self.lines[self.row + 1 :]
                self.lines[self.row] = line[: self.column]
        elif letter == "C":
            self.column += count or 1
        elif letter == "D":
            self.column = max(0, self.column - (count or 1))
        elif letter == "G":
            self.column = (count or 1) - 1
        elif letter == "P":
            self.lines[self.row] = line[: self.column] + line[self.column + (count or 1) :]
        elif letter == "@":
            self.lines[self.row] = line[: self.column] + " " * (count or 1) + line[self.column :]

    def current(self):
        return self.lines[self.row]


def free_port():
    """A port of this host that is free for both TCP and UDP at the moment."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port


class Skiff:
    """One virtual machine. As a context manager it ends with its block."""

    FORWARDED = (7, 9, 19)
    count = itertools.count()

    def __init__(
        self,
        *,
        image=None,
        boot="kernel",
        nic="virtio",
        nic_args="",
        mac=MAC,
        netns=None,
        link=None,
        netdev="user",
        user_args="",
        machine="pc",
        cpu="max",
        mem=64,
        cmdline="",
        initrd=None,
        devices=(),
        extra=(),
        fds=(),
        name="skiff",
        allow_trouble=False,
        start=True,
    ):
        self.netns = netns
        self.link_to_host = link  # of link.py: instead of the namespace's tap
        self.nic = nic
        self.fds = list(fds)  # open files that `extra` speaks of
        self.allow_trouble = allow_trouble
        self.raw = ""
        self.position = 0
        self.ports = {}
        self.terminal = Terminal()
        self.changed = threading.Condition()
        self.listening = threading.Event()  # cleared: nobody reads the console, and what it has room for fills up
        self.listening.set()
        self.ended = False
        LOGS.mkdir(parents=True, exist_ok=True)
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.log_path = LOGS / f"{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)}.{worker}.{next(self.count)}.log"
        self.arguments = [
            os.environ.get("QEMU", "qemu-system-x86_64"),
            *("-machine", machine, "-accel", "tcg", "-cpu", cpu, "-m", str(mem), "-nodefaults", "-no-user-config"),
            *("-display", "none", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"),
        ]
        if boot == "iso":
            self.arguments += ["-cdrom", str(image or ISO)]
        else:
            self.arguments += ["-kernel", str(image or IMAGE)]
            if cmdline:
                self.arguments += ["-append", cmdline]
            if initrd:
                self.arguments += ["-initrd", str(initrd)]
        self.network(nic, f"mac={mac},romfile={nic_args}", netdev, user_args)
        for device in devices:
            self.arguments += ["-device", device]
        self.arguments += extra
        if start:
            self.start()

    def network(self, nic, properties, netdev, user_args):
        if nic == "none":
            self.arguments += ["-nic", "none"]
            return
        if self.link_to_host:
            self.arguments += ["-netdev", self.link_to_host.netdev]
        elif self.netns:
            self.arguments += ["-netdev", f"tap,id=net0,ifname={self.netns.tap},script=no,downscript=no"]
        elif netdev == "user":
            forward = ""
            for port in self.FORWARDED:
                self.ports[port] = free_port()
                for protocol in ("tcp", "udp"):
                    forward += f",hostfwd={protocol}:127.0.0.1:{self.ports[port]}-:{port}"
            self.arguments += ["-netdev", f"user,id=net0{forward}{user_args}"]
        else:
            self.arguments += ["-netdev", netdev]
        device = NICS.get(nic, nic)
        self.arguments += ["-device", f"{device},id=nic0,netdev=net0,{properties}"]

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self):
        if not IMAGE.exists():
            raise Failure(f"{IMAGE} is not there: type make")
        self.console, console = socket.socketpair()
        self.monitor, monitor = socket.socketpair()
        arguments = self.arguments + [
            *("-chardev", f"socket,id=console,fd={console.fileno()}", "-serial", "chardev:console"),
            *("-chardev", f"socket,id=qmp,fd={monitor.fileno()}", "-mon", "chardev=qmp,mode=control"),
        ]
        if self.netns:
            arguments = ["ip", "netns", "exec", self.netns.name] + arguments
        self.log = open(self.log_path, "wb")
        self.log.write((shlex.join(arguments) + "\n").encode())
        self.log.flush()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            pass_fds=[console.fileno(), monitor.fileno()] + self.fds + ([self.link_to_host.guest] if self.link_to_host else []),
        )
        console.close()
        monitor.close()
        self.qmp_buffer = b""
        self.qmp_ready = False
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while True:
            self.listening.wait()
            try:
                data = self.console.recv(65536)
            except OSError:
                data = b""
            with self.changed:
                if not data:
                    self.ended = True
                    self.changed.notify_all()
                    return
                text = data.decode("latin-1")
                self.raw += text
                self.terminal.feed(text)
                self.log.write(data)
                self.log.flush()
                self.changed.notify_all()

    @property
    def pid(self):
        """QEMU's own process id (`ip netns exec` becomes what it runs)."""
        return self.process.pid

    def wait(self, timeout=None):
        """Waits for QEMU's end; returns its exit status."""
        try:
            status = self.process.wait(timeout or TIMEOUT)
        except subprocess.TimeoutExpired:
            raise Failure(f"QEMU did not end in time\n{self.tail()}") from None
        self.reader.join(5)
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self.console.close()
        self.monitor.close()
        self.log.close()

    def trouble(self):
        """Warnings and panics that the console has shown."""
        text = self.text()
        return [text[m.start() : m.start() + 2000] for m in TROUBLE.finditer(text)]

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()
        if kind is None and not self.allow_trouble and self.trouble():
            raise Failure(f"the kernel complained:\n{self.trouble()[0]}")

    # -- console ---------------------------------------------------------------------------------------------------

    def text(self):
        """All that the console has shown, line by line, as one would see it."""
        with self.changed:
            return "\n".join(self.terminal.lines)

    def tail(self, lines=40):
        return "\n".join(self.text().split("\n")[-lines:])

    def send(self, text):
        self.console.sendall(text.encode("latin-1"))

    def until(self, condition, timeout=None, what="it"):
        """Waits until condition() (asked with the console held still) is true; returns what it gave."""
        timeout = timeout or TIMEOUT
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                value = condition()
                if value:
                    return value
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    why = "QEMU ended" if self.ended else f"nothing in {timeout} s"
                    end = "\n".join(self.terminal.lines[-40:])
                    raise Failure(f"waited for {what}: {why}; the console ends with:\n{end}")
                self.changed.wait(left)

    def expect(self, pattern, timeout=None):
        """Waits for a pattern in what the console sends from here on; returns the match, and goes on behind it."""
        regex = re.compile(pattern, re.M)

        def found():
            match = regex.search(self.raw, self.position)
            if match:
                self.position = match.end()
            return match

        return self.until(found, timeout, f"/{pattern}/")

    def expect_line(self, pattern, timeout=None):
        """Waits until some line of the console, past or future, matches."""
        regex = re.compile(pattern)

        def found():
            for line in self.terminal.lines:
                match = regex.search(line)
                if match:
                    return match
            return None

        return self.until(found, timeout, f"a line /{pattern}/")

    def at_prompt(self):
        return self.terminal.current() == PROMPT and self.terminal.column == len(PROMPT)

    def prompt(self, timeout=None):
        """Waits for an empty prompt; expect() looks at what comes behind it."""
        self.until(self.at_prompt, timeout, "the prompt")
        with self.changed:
            self.position = len(self.raw)
        return self

    def cmd(self, line, timeout=None, log=False):
        """Types a command at the prompt; returns what it prints up to the next prompt (kernel log lines only by log=True)."""
        self.prompt(timeout)
        with self.changed:
            first = self.terminal.row
        self.send(line + "\r")
        wanted = (PROMPT + line).rstrip()

        def done():
            if not self.at_prompt():
                return None
            for row in range(first, self.terminal.row):
                if self.terminal.lines[row].rstrip() == wanted:
                    return row + 1
            return None

        begin = self.until(done, timeout, f"the end of `{line}`")
        with self.changed:
            lines = self.terminal.lines[begin : self.terminal.row]
        lines = [text.rstrip() for text in lines if log or not LOG_LINE.match(text)]
        return "\n".join(lines)

    # -- the network -----------------------------------------------------------------------------------------------

    def address(self, port):
        """Where the host reaches a port of the guest."""
        if self.netns:
            return (self.netns.guest, port)
        return ("127.0.0.1", self.ports[port])

    def socket(self, kind=socket.SOCK_STREAM):
        """A host socket in the network that the guest is on."""
        if self.netns:
            return self.netns.call(socket.socket, socket.AF_INET, kind)
        return socket.socket(socket.AF_INET, kind)

    def connect(self, port, timeout=None):
        """A TCP connection to a port of the guest."""
        connection = self.socket()
        connection.settimeout(timeout or TIMEOUT)
        try:
            connection.connect(self.address(port))
        except OSError:
            connection.close()
            raise
        return connection

    def ready(self, timeout=None):
        """Waits until the echo server answers over TCP, whatever the console says."""
        timeout = timeout or TIMEOUT
        deadline = time.monotonic() + timeout
        last = None
        patience = 0.2  # what was sent before the guest had an address may be lost: better to begin anew
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with self.connect(7, timeout=patience) as connection:
                    connection.sendall(b"ready?\n")
                    if connection.recv(7):
                        return self
            except OSError as error:
                last = error
                patience = min(2 * patience, 5)
            with self.changed:
                self.changed.wait(0.05)
        raise Failure(f"the echo server does not answer ({last!r}); the console ends with:\n{self.tail()}")

    # -- QEMU's switches -------------------------------------------------------------------------------------------

    def qmp_line(self):
        while b"\n" not in self.qmp_buffer:
            data = self.monitor.recv(65536)
            if not data:
                raise Failure("QEMU's monitor has closed")
            self.qmp_buffer += data
        line, self.qmp_buffer = self.qmp_buffer.split(b"\n", 1)
        return json.loads(line)

    def qmp(self, command, **arguments):
        """Runs a QMP command; returns its answer."""
        self.monitor.settimeout(TIMEOUT)
        if not self.qmp_ready:
            self.qmp_line()
            self.qmp_ready = True
            self.qmp("qmp_capabilities")
        request = {"execute": command}
        if arguments:
            request["arguments"] = {key.replace("_", "-"): value for key, value in arguments.items()}
        self.monitor.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self.qmp_line()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise Failure(f"QMP {command}: {answer['error']}")

    def link(self, up):
        self.qmp("set_link", name="nic0", up=up)

    def cpu_seconds(self):
        """Seconds of host CPU that QEMU has used."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- exchanges that many tests make ------------------------------------------------------------------------------------


def exchange(connection, data, timeout=None, chunk=65536):
    """Sends data and reads as much back, both at once (an echo server stops reading when nobody reads from it)."""
    connection.settimeout(timeout or TIMEOUT)
    failure = []

    def sender():
        try:
            connection.sendall(data)
        except OSError as error:
            failure.append(error)

    thread = threading.Thread(target=sender, daemon=True)
    thread.start()
    received = bytearray()
    while len(received) < len(data):
        part = connection.recv(chunk)
        if not part:
            break
        received += part
    thread.join(timeout or TIMEOUT)
    if failure:
        raise failure[0]
    return bytes(received)


def ask(vm, port, data, tries=20, timeout=3.0):
    """Sends a UDP datagram until one answer comes (a datagram may be lost); returns the answer."""
    with vm.socket(socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout)
        udp.connect(vm.address(port))
        for _ in range(tries):
            udp.send(data)
            try:
                return udp.recv(65536)
            except (TimeoutError, ConnectionRefusedError):
                continue
    raise Failure(f"no UDP answer from port {port} for {len(data)} bytes in {tries} tries")
