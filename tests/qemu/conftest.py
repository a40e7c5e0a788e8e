# SPDX-License-Identifier: MIT
"""Fixtures of the tests that boot the real image."""

import contextlib
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import netns as netns_module  # noqa: E402
import skiff  # noqa: E402


@pytest.fixture
def boot(request):
    """boot(**options) boots a machine that ends with the test."""
    with contextlib.ExitStack() as stack:

        def start(**options):
            options.setdefault("name", request.node.name)
            return stack.enter_context(skiff.Skiff(**options))

        yield start


class Shared:
    """One machine with default options for the tests of a module that leave it as they found it."""

    def __init__(self, name):
        self.name = name
        self.machine = None

    def get(self):
        """The machine at an empty prompt; a new one where a failed test has left it otherwise."""
        if self.machine:
            with contextlib.suppress(skiff.Failure, OSError):
                self.machine.send("\x03")
                self.machine.prompt(20)
                return self.machine
            self.close()
        self.machine = skiff.Skiff(name=self.name)
        self.machine.ready()
        return self.machine

    def close(self):
        machine, self.machine = self.machine, None
        if machine:
            machine.__exit__(None, None, None)


@pytest.fixture(scope="module")
def shared_holder(request):
    holder = Shared(request.module.__name__)
    yield holder
    holder.close()


@pytest.fixture
def shared(shared_holder):
    return shared_holder.get()


@pytest.fixture
def net():
    """A network namespace with a tap for the guest."""
    with netns_module.NetNs() as namespace:
        yield namespace


@pytest.fixture
def wired(request):
    """A function that boots a machine on a tap with a static address."""
    with netns_module.NetNs() as namespace:
        machines = []

        def boot(**options):
            address = f"ip={namespace.guest}::{namespace.host}:255.255.255.0::eth0:off"
            machine = skiff.Skiff(netns=namespace, cmdline=address, name=request.node.name, **options)
            machines.append(machine)
            return machine.__enter__().ready()

        boot.namespace = namespace
        yield boot
        for machine in machines:
            machine.__exit__(None, None, None)
