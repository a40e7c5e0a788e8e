# SPDX-License-Identifier: MIT
"""Writes newc cpio archives, well-formed and otherwise."""


def entry(name, data=b"", mode=0o100755, size=None, name_size=None):
    """One member; size and name_size let a test lie."""
    name = name.encode() + b"\0"
    fields = [0, mode, 0, 0, 1, 0, len(data) if size is None else size, 0, 0, 0, 0]
    fields += [len(name) if name_size is None else name_size, 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    head += bytes(-len(head) % 4)
    return head + data + bytes(-len(data) % 4)


def archive(members):
    """members: {name: bytes, or None for a folder}"""
    content = b""
    for name, data in members.items():
        content += entry(name, mode=0o040755) if data is None else entry(name, data)
    return content + entry("TRAILER!!!", mode=0)
