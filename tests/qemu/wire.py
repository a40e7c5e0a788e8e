# SPDX-License-Identifier: MIT
"""A machine on a tap of its own, and its wire: frames are put on it, and what the machine puts on it is read."""

import contextlib
import itertools
import logging
import socket
import time

import netns
import skiff

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import ICMP, IP, Ether  # noqa: E402

GUEST, HOST, PEER = "10.77.0.2", "10.77.0.1", "10.77.0.200"
PEER_MAC = "02:00:00:00:00:c8"
ETH_P_ALL = 3
ECHO_REPLY = 0
CARDS = ["virtio", "e1000"]


class Wire:
    """The guest's wire: what is put on it, and what the guest has put on it."""

    def __init__(self, namespace):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((namespace.tap, ETH_P_ALL))
        self.marks = itertools.count(1)

    def send(self, *frames):
        for frame in frames:
            self.socket.send(bytes(frame))

    def receive(self, wanted, timeout=skiff.TIMEOUT):
        """The guest's next frame for which wanted(frame) is true, and all that it has sent before; None: there came none."""
        before = []
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                frame = Ether(self.socket.recv(65536))
            except TimeoutError:
                break
            if frame.src != skiff.MAC:
                continue
            if wanted(frame):
                return frame, before
            before.append(frame)
        return None, before

    def settled(self):
        """All that the guest has sent for what was sent to it so far: it answers an echo request behind it."""
        mark = next(self.marks)
        self.send(Ether(dst=skiff.MAC, src=PEER_MAC) / IP(src=PEER, dst=GUEST) / ICMP(seq=mark, id=0x5E77))
        answer, before = self.receive(lambda f: ICMP in f and (f[ICMP].type, f[ICMP].id, f[ICMP].seq) == (ECHO_REPLY, 0x5E77, mark))
        assert answer, "the guest does not answer"
        return before


@contextlib.contextmanager
def station(nic, name):
    """A machine at GUEST: its .wire, and its .namespace."""
    with netns.NetNs() as namespace:
        address = f"ip={GUEST}::{HOST}:255.255.255.0::eth0:off"
        with skiff.Skiff(netns=namespace, cmdline=address, nic=nic, name=f"{name}-{nic}") as machine:
            machine.ready()
            machine.namespace = namespace
            machine.wire = namespace.call(Wire, namespace)
            yield machine
