# SPDX-License-Identifier: MIT
"""The operations whose cost is measured. An operation talks to a guest's echod from the host: run(n) does it n times, and
position() tells, once the guest rests, how far it has come; so the cost of one is the difference of two counts over that of two
positions, whatever lies before."""

import array
import fcntl
import socket
import termios
import time

MIB = 1 << 20
PAYLOAD = bytes(range(64))
ROUND_LIMIT = 60.0  # seconds that any one step may take


def queued(connection, request):
    """Bytes in a socket's queue: SIOCINQ (termios.FIONREAD) or SIOCOUTQ (termios.TIOCOUTQ)."""
    number = array.array("i", [0])
    fcntl.ioctl(connection, request, number)
    return number[0]


class Operation:
    warm_up = 50  # how often before it is measured: caches, estimates and windows find their level
    pause = 0.0  # seconds before each, in which the guest goes to sleep

    def __init__(self, machine):
        self.machine = machine
        self.done = 0
        self.connection = self.connect()

    def connect(self):
        return None

    def run(self, n):
        for _ in range(n):
            if self.pause:
                time.sleep(self.pause)
            self.once()
            self.done += 1

    def position(self):
        return self.done

    def close(self):
        if self.connection:
            self.connection.close()


class TcpEcho(Operation):
    def connect(self):
        connection = self.machine.connect(7, ROUND_LIMIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def once(self):
        self.connection.sendall(PAYLOAD)
        left = len(PAYLOAD)
        while left:
            part = self.connection.recv(left)
            if not part:
                raise ConnectionError("the guest has closed an echo")
            left -= len(part)


class UdpEcho(Operation):
    def connect(self):
        connection = self.machine.socket(socket.SOCK_DGRAM)
        connection.settimeout(5)
        connection.connect(self.machine.address(7))
        return connection

    def once(self):
        self.connection.send(PAYLOAD)
        self.connection.recv(2048)


class ConnectEchoClose(TcpEcho):
    def connect(self):
        return None

    def once(self):
        self.connection = super().connect()
        super().once()
        self.connection.close()
        self.connection = None


class BulkReceived(Operation):
    """To discard. A MiB counts when the guest has acknowledged it."""

    warm_up = 8
    chunk = bytes(MIB)

    def connect(self):
        return self.machine.connect(9, ROUND_LIMIT)

    def once(self):
        self.connection.sendall(self.chunk)

    def run(self, n):
        super().run(n)
        deadline = time.monotonic() + ROUND_LIMIT
        while queued(self.connection, termios.TIOCOUTQ):
            if time.monotonic() > deadline:
                raise TimeoutError("the guest does not take what it is sent")
            time.sleep(0.001)


class BulkSent(Operation):
    """From chargen, which sends without end: nobody reads between two runs, and the guest rests once all windows are full. What
    it has sent by then is what was read and what waits to be."""

    warm_up = 16

    def __init__(self, machine):
        super().__init__(machine)
        self.buffer = bytearray(MIB)

    def connect(self):
        return self.machine.connect(19, ROUND_LIMIT)

    def once(self):
        left = MIB
        while left:
            part = self.connection.recv_into(self.buffer, left)
            if not part:
                raise ConnectionError("the guest has closed chargen")
            self.done += part
            left -= part

    def run(self, n):
        for _ in range(n):
            self.once()

    def position(self):
        return (self.done + queued(self.connection, termios.FIONREAD)) / MIB


# name: (how it is done, how often in one sample)
OPERATIONS = {
    "tcp-echo": (TcpEcho, 200),
    "udp-echo": (UdpEcho, 200),
    "connect-echo-close": (ConnectEchoClose, 50),
    "bulk-received": (BulkReceived, 16),
    "bulk-sent": (BulkSent, 32),
}
