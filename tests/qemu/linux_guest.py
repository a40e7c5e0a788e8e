# SPDX-License-Identifier: MIT
"""A Linux guest to measure against and to talk to: Debian's cloud kernel (6.1), busybox and Skiff's own echod in a small initramfs.

The packages are downloaded and unpacked under the output folder; nothing is installed on the host."""

import fcntl
import gzip
import os
import pathlib
import re
import shutil
import stat
import subprocess

MODULES = """virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net""".split()
VLAN_MODULES = "llc stp garp mrp 8021q".split()
CMDLINE = "console=ttyS0 quiet panic=-1"

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
for module in {modules}; do /bin/busybox insmod /lib/$module.ko; done
/bin/busybox ifconfig lo 127.0.0.1 up
/bin/busybox ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
/bin/busybox route add default gw 10.0.2.2
/bin/echod </dev/null >/dev/null 2>&1 &
export PATH=/bin PS1='skiff> '
/bin/busybox --install -s /bin 2>/dev/null
/bin/busybox stty -F /dev/ttyS0 cols 1000
exec /bin/busybox setsid -c /bin/busybox sh -i </dev/ttyS0 >/dev/ttyS0 2>&1
"""


class Unavailable(Exception):
    """The Linux guest cannot be made here; the message says why."""


def run(*arguments, cwd=None):
    try:
        return subprocess.run(arguments, check=True, capture_output=True, text=True, cwd=cwd).stdout
    except FileNotFoundError:
        raise Unavailable(f"no command {arguments[0]}") from None
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"{' '.join(arguments)}: {(error.stderr or error.stdout).strip().splitlines()[-1:]}") from None


def entry(name, mode, data=b""):
    name = name.encode() + b"\0"
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def packages(folder):
    """Downloads and unpacks the kernel and busybox; returns the root of what they hold."""
    tree = folder / "tree"
    if list(tree.glob("boot/vmlinuz-*")) and list(tree.glob("**/busybox")):
        return tree
    depends = run("apt-cache", "depends", "linux-image-cloud-amd64")
    kernels = [line.split()[-1] for line in depends.splitlines() if "Depends:" in line]
    if not kernels:
        raise Unavailable("apt knows no linux-image-cloud-amd64 (apt-get update?)")
    run("apt-get", "download", "-q", kernels[0], "busybox-static", cwd=folder)
    new = folder / "tree.new"
    for package in folder.glob("*.deb"):
        run("dpkg-deb", "-x", str(package), str(new))
        package.unlink()
    return new.rename(tree)


def module(tree, name):
    """The bytes of a kernel module, or None where it is built in."""
    files = list(tree.glob(f"lib/modules/**/{name}.ko*")) + list(tree.glob(f"usr/lib/modules/**/{name}.ko*"))
    if not files:
        return None
    if files[0].suffix == ".xz":
        return subprocess.run(["xz", "-dc", str(files[0])], check=True, capture_output=True).stdout
    return files[0].read_bytes()


def command_files(commands):
    """The host's own programs of these names and what they are linked with, as {name in the guest: path}."""
    found = {}
    for command in commands:
        path = shutil.which(command, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if not path:
            raise Unavailable(f"no command {command}")
        found[f"bin/{command}"] = path
        for library in re.findall(r"(/\S+) \(0x", run("ldd", path)):
            found[library[1:]] = library
    return found


def initramfs(tree, echod, modules, commands):
    busybox = next(path for path in tree.glob("**/busybox") if path.is_file() and os.access(path, os.X_OK))
    found = {name: module(tree, name) for name in modules}
    found = {name: data for name, data in found.items() if data}
    archive = entry("bin", stat.S_IFDIR | 0o755) + entry("lib", stat.S_IFDIR | 0o755) + entry("dev", stat.S_IFDIR | 0o755)
    for name, data in found.items():
        archive += entry(f"lib/{name}.ko", stat.S_IFREG | 0o644, data)
    files = command_files(commands)
    for folder in sorted({str(parent) for name in files for parent in pathlib.PurePath(name).parents} - {".", "bin", "lib"}):
        archive += entry(folder, stat.S_IFDIR | 0o755)
    for name, path in files.items():
        archive += entry(name, stat.S_IFREG | 0o755, pathlib.Path(path).read_bytes())
    archive += entry("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes())
    archive += entry("bin/echod", stat.S_IFREG | 0o755, pathlib.Path(echod).read_bytes())
    archive += entry("init", stat.S_IFREG | 0o755, INIT.format(modules=" ".join(found)).encode())
    archive += entry("TRAILER!!!", 0)
    return gzip.compress(archive, 6, mtime=0)


def prepare(out, echod, more=(), commands=()):
    """Returns (kernel, initramfs), with more modules than the network needs and commands of the host; made under out/bench. Several may
    ask at once."""
    folder = pathlib.Path(out) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tree = packages(folder)
        kernel = sorted(tree.glob("boot/vmlinuz-*"))[-1]
        path = folder / "-".join(["initramfs", *more, *commands])
        new = path.with_suffix(".new")
        new.write_bytes(initramfs(tree, echod, MODULES + list(more), commands))
        new.replace(path)
    return kernel, path
