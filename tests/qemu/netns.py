# SPDX-License-Identifier: MIT
"""A network namespace of the test's own, with a tap device for the guest, and the servers that live there."""

import contextlib
import ctypes
import fcntl
import itertools
import os
import shutil
import socket
import struct
import subprocess
import threading

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
libc = ctypes.CDLL(None, use_errno=True)


def run(*arguments, check=True):
    return subprocess.run(arguments, check=check, capture_output=True, text=True)


def attach(name, flags=0):
    """The far end of a tap of the calling thread's namespace. With IFF_VNET_HDR frames may be large and without checksums; else they
    are what a wire carries."""
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(handle, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI | flags))
    except OSError:
        os.close(handle)
        raise
    return handle


def why_not():
    """Why this machine can make no tap in a namespace of the test's own; None: it can."""
    if os.geteuid() != 0:
        return "not root: a network namespace and a tap cannot be made"
    if not shutil.which("ip"):
        return "no ip command (iproute2)"
    if not os.path.exists("/dev/net/tun"):
        return "no /dev/net/tun"
    name = f"skiff-try-{os.getpid()}"
    try:
        run("ip", "netns", "add", name)
        run("ip", "netns", "exec", name, "ip", "tuntap", "add", "tap0", "mode", "tap")
    except (subprocess.CalledProcessError, OSError) as error:
        return f"cannot make a tap: {getattr(error, 'stderr', error)}".strip()
    finally:
        run("ip", "netns", "del", name, check=False)
    return None


class NetNs:
    """The host's side of a wire: 10.77.0.1/24 on a tap; the guest is 10.77.0.2 unless a server says otherwise."""

    count = itertools.count()
    host = "10.77.0.1"
    guest = "10.77.0.2"
    prefix = 24
    tap = "tap0"

    def __init__(self, host=None):
        self.host = host or self.host
        self.name = f"skiff-{os.getpid()}-{next(self.count)}"
        self.processes = []
        run("ip", "netns", "add", self.name)
        for line in (
            "ip link set lo up",
            "sysctl -q -w net.ipv6.conf.all.disable_ipv6=1",
            f"ip tuntap add {self.tap} mode tap",
            f"ip addr add {self.host}/{self.prefix} dev {self.tap}",
            f"ip link set {self.tap} up",
        ):
            self.run(*line.split(), check="sysctl" not in line)

    def command(self, *arguments):
        return ["ip", "netns", "exec", self.name, *arguments]

    def run(self, *arguments, check=True):
        return run(*self.command(*arguments), check=check)

    def call(self, function, *arguments, **keywords):
        """Calls a function in a thread that is in the namespace; the sockets that it makes stay there."""
        result = []

        def body():
            with open(f"/run/netns/{self.name}") as handle:
                if libc.setns(handle.fileno(), CLONE_NEWNET):
                    result.append((None, OSError(ctypes.get_errno(), "setns")))
                    return
            try:
                result.append((function(*arguments, **keywords), None))
            except BaseException as error:  # it is raised again in the caller's thread
                result.append((None, error))

        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        thread.join()
        value, error = result[0]
        if error:
            raise error
        return value

    def dnsmasq(self, *arguments):
        """Starts dnsmasq as a DHCP server for the guest's address; returns the process (its log is on its stderr)."""
        process = subprocess.Popen(
            self.command(
                *("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv"),
                *("--log-facility=-", "--log-dhcp", "--user=root", "--group=root", "--pid-file="),
                *(f"--interface={self.tap}", "--except-interface=lo", "--bind-interfaces"),
                *("--dhcp-authoritative", "--no-ping", "--leasefile-ro"),
                *arguments,
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        process.lines = []

        def reader():
            for line in process.stderr:
                process.lines.append(line.rstrip())

        threading.Thread(target=reader, daemon=True).start()
        self.processes.append(process)
        return process

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        run("ip", "netns", "del", self.name, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


class DhcpServer:
    """A DHCP server (RFC 2131) of a few lines whose every answer a test can choose: leases of seconds, silence, refusals."""

    DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE = range(1, 8)
    COOKIE = b"\x63\x82\x53\x63"

    def __init__(self, netns, lease=8, address=None):
        self.netns = netns
        self.lease = lease
        self.address = address or netns.guest
        self.refuse = False
        self.silent = False
        self.seen = []  # (message type, source address, ciaddr) of each request
        self.changed = threading.Condition()
        self.socket = netns.call(self.open)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def open(self):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self.netns.tap.encode())
        server.bind(("0.0.0.0", 67))
        return server

    @classmethod
    def options(cls, packet):
        found = {}
        at = 240
        while at < len(packet) and packet[at] != 255:
            if packet[at] == 0:
                at += 1
                continue
            found[packet[at]] = packet[at + 2 : at + 2 + packet[at + 1]]
            at += 2 + packet[at + 1]
        return found

    def answer(self, packet, kind):
        host = socket.inet_aton(self.netns.host)
        mask = socket.inet_aton("255.255.255.0")
        reply = bytearray(struct.pack("!BBBB", 2, 1, 6, 0) + packet[4:8] + bytes(4) + packet[12:16])
        reply += (bytes(4) if kind == self.NAK else socket.inet_aton(self.address)) + host + packet[24:28]
        reply += packet[28:44] + bytes(192) + self.COOKIE + bytes([53, 1, kind, 54, 4]) + host
        if kind != self.NAK:
            reply += bytes([51, 4]) + struct.pack("!I", self.lease) + bytes([1, 4]) + mask
            reply += bytes([3, 4]) + host + bytes([6, 4]) + host
        reply += b"\xff"
        return bytes(reply.ljust(300, b"\0"))

    def serve(self):
        while True:
            try:
                packet, source = self.socket.recvfrom(2048)
            except OSError:
                return
            if len(packet) < 244 or packet[0] != 1 or packet[236:240] != self.COOKIE:
                continue
            kind = self.options(packet).get(53, b"\0")[0]
            client = socket.inet_ntoa(packet[12:16])
            with self.changed:
                self.seen.append((kind, source[0], client))
                self.changed.notify_all()
                if self.silent:
                    continue
                if kind == self.DISCOVER:
                    reply = self.answer(packet, self.OFFER)
                elif kind == self.REQUEST:
                    reply = self.answer(packet, self.NAK if self.refuse else self.ACK)
                else:
                    continue
            unicast = client != "0.0.0.0" and not self.refuse
            with contextlib.suppress(OSError):
                self.socket.sendto(reply, (client if unicast else "255.255.255.255", 68))

    def wait_for(self, condition, timeout=60):
        """Waits until condition(list of requests) holds."""
        with self.changed:
            if not self.changed.wait_for(lambda: condition(self.seen), timeout):
                raise AssertionError(f"the DHCP server has seen only {self.seen}")

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def ping(netns, *arguments):
    """The host's own ping, from the namespace."""
    return netns.run("ping", *arguments, check=False)
