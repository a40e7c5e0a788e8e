# SPDX-License-Identifier: MIT
"""Discard on port 9 and chargen's endless stream on port 19, on Linux, by a congestion control of one's choice: peer.py cubic

(A namespace may not make every algorithm its default, but a socket may choose it, and those that it accepts inherit it.)"""

import contextlib
import selectors
import socket
import sys

TEXT = bytes(65536)


def listen(selector, port, algorithm):
    server = socket.create_server(("", port), backlog=64)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, algorithm.encode())
    server.setblocking(False)
    selector.register(server, selectors.EVENT_READ, port)


def serve(selector, connection, port):
    """One turn of a listener (port is a number) or of a connection (port is None)."""
    if port is not None:
        accepted, _ = connection.accept()
        accepted.setblocking(False)
        selector.register(accepted, selectors.EVENT_READ if port == 9 else selectors.EVENT_WRITE)
        return
    try:
        sends = selector.get_key(connection).events == selectors.EVENT_WRITE
        with contextlib.suppress(BlockingIOError):
            if connection.send(TEXT) if sends else connection.recv(1 << 20):
                return
            raise ConnectionError
    except ConnectionError:
        selector.unregister(connection)
        connection.close()


def main():
    with selectors.DefaultSelector() as selector:
        for port in (9, 19):
            listen(selector, port, sys.argv[1])
        print("ready", flush=True)
        while True:
            for key, _ in selector.select():
                serve(selector, key.fileobj, key.data)


if __name__ == "__main__":
    main()
