# SPDX-License-Identifier: MIT
"""The cards in all the ways that QEMU can set them up; links that go down and up; several at once."""

import os
import re

import pytest
import skiff

VARIANTS = {
    "intx": ("virtio", ",vectors=0"),
    "one-vector": ("virtio", ",vectors=1"),
    "two-vectors": ("virtio", ",vectors=2"),
    "legacy": ("virtio", ",disable-modern=on,disable-legacy=off"),
    "legacy-intx": ("virtio", ",disable-modern=on,disable-legacy=off,vectors=0"),
    "modern": ("virtio", ",disable-modern=off,disable-legacy=on"),
    "no-mergeable": ("virtio", ",mrg_rxbuf=off"),
    "no-mergeable-legacy": ("virtio", ",mrg_rxbuf=off,disable-modern=on,disable-legacy=off"),
    "no-checksum": ("virtio", ",csum=off,guest_csum=off,gso=off,guest_tso4=off,guest_tso6=off"),
    "no-event-index": ("virtio", ",event_idx=off"),
    "no-indirect": ("virtio", ",indirect_desc=off"),
    "no-control-queue": ("virtio", ",ctrl_vq=off"),
    "no-status": ("virtio", ",status=off"),
    "plain": ("virtio", ",mrg_rxbuf=off,csum=off,guest_csum=off,event_idx=off,indirect_desc=off,ctrl_vq=off,status=off"),
    "platform-addresses": ("virtio", ",iommu_platform=on,disable-legacy=on"),
    "small-rings": ("virtio", ",rx_queue_size=256,tx_queue_size=256"),
    "large-rings": ("virtio", ",rx_queue_size=1024"),
    "e1000-flow": ("e1000", ",autonegotiation=off"),
    "e1000-no-mitigation": ("e1000", ",mitigation=off"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_echo_works_however_the_card_is_set_up(boot, variant):
    nic, arguments = VARIANTS[variant]
    machine = boot(nic=nic, nic_args=arguments)
    machine.ready()
    data = os.urandom(1000000)
    with machine.connect(7) as connection:
        assert skiff.exchange(connection, data) == data
    for size in (0, 700, 1472):
        assert skiff.ask(machine, 7, data[:size]) == data[:size]


@pytest.mark.parametrize("nic", ["virtio", "e1000"])
def test_the_link_goes_down_and_comes_up(boot, nic):
    machine = boot(nic=nic)
    machine.ready()
    machine.link(False)
    machine.expect(r"(?i)link.*down")
    assert "NO-CARRIER" in machine.cmd("ip link show eth0")
    machine.link(True)
    machine.expect(r"(?i)link.*up")
    assert "NO-CARRIER" not in machine.cmd("ip link show eth0")
    machine.ready()


def test_a_connection_survives_a_pause(boot):
    machine = boot()
    machine.ready()
    with machine.connect(7) as connection:
        assert skiff.exchange(connection, b"before") == b"before"
        machine.link(False)
        connection.sendall(b"during")
        machine.expect(r"(?i)link.*down")
        machine.link(True)
        assert connection.recv(6) == b"during"
        machine.qmp("stop")
        connection.sendall(b"asleep")
        machine.qmp("cont")
        assert connection.recv(6) == b"asleep"


@pytest.mark.parametrize("nic", ["virtio", "e1000"])
def test_the_interface_goes_down_and_up_by_hand(boot, nic):
    machine = boot(nic=nic)
    machine.ready()
    for _ in range(5):
        assert machine.cmd("ip link set eth0 down") == ""
        assert machine.cmd("ip link set eth0 up") == ""
    machine.cmd("dhcp eth0")
    machine.ready()


@pytest.mark.parametrize("nic", ["virtio", "e1000"])
def test_the_link_address_changes_under_way(boot, nic):
    machine = boot(nic=nic)
    machine.ready()
    assert machine.cmd("ip link set eth0 address 52:54:00:aa:bb:cc") == ""
    assert "link/ether 52:54:00:aa:bb:cc " in machine.cmd("ip link show eth0")
    assert " 1 received" in machine.cmd("ping -c 1 10.0.2.2")
    # A refused one leaves the card as it was.
    for wrong in ("01:00:00:00:00:01", "00:00:00:00:00:00", "zz"):
        assert len(machine.cmd(f"ip link set eth0 address {wrong}").split("\n")) == 1
        assert "link/ether 52:54:00:aa:bb:cc " in machine.cmd("ip link show eth0")
        assert " 1 received" in machine.cmd("ping -c 1 10.0.2.2")


def test_two_cards_share_an_interrupt_line(boot):
    machine = boot(
        nic="e1000",
        extra=["-netdev", "user,id=net1,net=10.9.9.0/24", "-device", "e1000,netdev=net1,romfile=,bus=pci.0,addr=0x1c"]
        + ["-netdev", "user,id=net2,net=10.8.8.0/24", "-device", "virtio-net-pci,netdev=net2,romfile=,vectors=0,bus=pci.0,addr=0x18"],
        nic_args=",bus=pci.0,addr=0x14",
    )
    machine.ready()
    machine.expect_line(r"10\.9\.9\.15")
    machine.expect_line(r"10\.8\.8\.15")
    assert "0% packet loss" in machine.cmd("ping -c 3 -i 0.1 10.9.9.2")
    assert "0% packet loss" in machine.cmd("ping -c 3 -i 0.1 10.8.8.2")


def test_other_devices_are_left_alone(boot):
    machine = boot(devices=["virtio-rng-pci", "ich9-usb-ehci1", "virtio-balloon-pci", "pci-testdev", "rtl8139,romfile="])
    machine.ready()


def test_interrupts_are_counted_and_none_is_spurious(boot):
    machine = boot()
    machine.ready()
    output = machine.cmd("interrupts")
    assert re.search(r"(?i)spurious|SPU", output), output
