# SPDX-License-Identifier: MIT
"""Addresses: DHCP from QEMU's server, dnsmasq's and one that plays tricks; static forms of ip=; ARP."""

import contextlib
import re
import time

import netns
import pytest
import skiff


def address(machine, device="eth0"):
    match = re.search(r"inet (\d+\.\d+\.\d+\.\d+)/(\d+)", machine.cmd(f"ip addr show {device}"))
    return match and match.group(1, 2)


def test_dhcp_from_qemus_server(boot):
    machine = boot()
    machine.ready()
    assert address(machine) == ("10.0.2.15", "24")
    assert re.search(r"^default via 10\.0\.2\.2 dev eth0", machine.cmd("ip route"), re.M)
    assert re.search(r"^10\.0\.2\.0/24 dev eth0", machine.cmd("ip route"), re.M)


def test_ip_off_takes_no_address(boot):
    machine = boot(cmdline="ip=off init=none").prompt()
    assert address(machine) is None
    assert machine.cmd("ip route") == ""


STATIC = {
    "full": ("ip=10.0.2.77::10.0.2.2:255.255.255.0:skiff:eth0:off:10.0.2.3", "24"),
    "no-device": ("ip=10.0.2.77::10.0.2.2:255.255.255.0", "24"),
    "class-mask": ("ip=10.0.2.77::10.0.2.2", "8"),
    "narrow": ("ip=10.0.2.77::10.0.2.2:255.255.255.128::eth0:none", "25"),
}


@pytest.mark.parametrize("form", STATIC)
def test_static_forms(boot, form):
    cmdline, prefix = STATIC[form]
    machine = boot(cmdline=cmdline)
    machine.prompt()
    assert address(machine) == ("10.0.2.77", prefix)
    assert "default via 10.0.2.2 dev eth0" in machine.cmd("ip route")
    assert "0% packet loss" in machine.cmd("ping -c 2 10.0.2.2")


def test_what_ip_says_goes_before_what_the_dhcp_server_says(boot):
    machine = boot(cmdline="ip=::10.0.2.9::alpha.example.org:eth0:dhcp:192.0.2.53").prompt()
    assert address(machine) == ("10.0.2.15", "24")
    assert "default via 10.0.2.9 dev eth0" in machine.cmd("ip route")
    assert machine.cmd("cat /etc/resolv.conf") == "search example.org\nnameserver 192.0.2.53"


def test_an_ip_without_a_value_takes_no_address_as_on_linux(boot):
    machine = boot(cmdline="ip= init=none").prompt()
    assert address(machine) is None
    assert machine.cmd("ip route") == ""


@pytest.mark.parametrize(
    "cmdline,wanted",
    [
        ("ip=10.0.2.5:::::eth7:off", r"ip=: there is no device eth7"),
        ("ip=10.0.2.5:::::eth0:off ip=:::::eth0:dhcp", r"ip=:::::eth0:dhcp: `eth0`: the device has an ip= already; ignored"),
        ("ip=:::255.0.255.0::eth0:dhcp", r"`255\.0\.255\.0`: the netmask has a hole; ignored"),
    ],
)
def test_what_ip_cannot_do_is_said(boot, cmdline, wanted):
    machine = boot(cmdline=cmdline).prompt()
    machine.expect_line(wanted)


MALFORMED = {
    "address": "ip=999.1.1.1",
    "empty-fields": "ip=:::::",
    "mask": "ip=10.0.2.77::10.0.2.2:255.0.255.0",
    "word": "ip=dhcp:dhcp",
    "device": "ip=1.2.3.4:::::nosuchdevice:off",
    "length": "ip=" + "1:" * 200,
}


@pytest.mark.parametrize("form", MALFORMED)
def test_malformed_forms_still_boot(boot, form):
    assert boot(cmdline=MALFORMED[form]).prompt().cmd("uptime")


def test_static_for_one_device_and_dhcp_for_another(boot):
    machine = boot(
        cmdline="ip=10.9.9.9::10.9.9.1:255.255.255.0::eth1:off ip=:::::eth0:dhcp",
        extra=["-netdev", "user,id=net1,net=10.9.9.0/24", "-device", "e1000,netdev=net1,romfile="],
    )
    machine.ready()
    assert address(machine, "eth0") == ("10.0.2.15", "24")
    assert address(machine, "eth1") == ("10.9.9.9", "24")


@pytest.mark.tap
def test_dhcp_from_dnsmasq_gives_address_router_and_names(net, boot):
    server = net.dnsmasq(
        *("--port=53", "--dhcp-range=10.77.0.40,10.77.0.40,255.255.255.0,1h", "--dhcp-option=option:router,10.77.0.1"),
        *("--dhcp-option=option:dns-server,10.77.0.1", "--address=/peer.test/10.77.0.1", "--address=/other.test/192.0.2.7"),
    )
    net.guest = "10.77.0.40"
    machine = boot(netns=net)
    machine.ready()
    assert address(machine) == ("10.77.0.40", "24")
    assert "default via 10.77.0.1 dev eth0" in machine.cmd("ip route")
    assert any("DHCPACK" in line and "10.77.0.40" in line for line in server.lines), server.lines
    output = machine.cmd("nslookup other.test")
    assert "192.0.2.7" in output
    output = machine.cmd("ping -c 1 peer.test")
    assert "1 received" in output, output


@pytest.mark.tap
def test_the_lease_is_renewed_by_unicast_and_lasts(net, boot):
    with contextlib.closing(netns.DhcpServer(net, lease=6)) as server:
        machine = boot(netns=net)
        server.wait_for(lambda seen: (server.REQUEST, "10.77.0.2", "10.77.0.2") in seen)
        count = len(server.seen)
        server.wait_for(lambda seen: len(seen) > count)
        machine.ready()
        assert sum(kind == server.DISCOVER for kind, _, _ in server.seen) == 1, server.seen


@pytest.mark.tap
def test_a_refused_renewal_takes_another_address(net, boot):
    with contextlib.closing(netns.DhcpServer(net, lease=6)) as server:
        machine = boot(netns=net)
        server.wait_for(lambda seen: any(kind == server.REQUEST for kind, _, _ in seen))
        machine.ready()
        with server.changed:
            server.refuse = True
            server.seen.clear()
        server.wait_for(lambda seen: any(kind == server.DISCOVER for kind, _, _ in seen))
        with server.changed:
            server.refuse = False
            server.address = net.guest = "10.77.0.9"
        machine.ready()
        assert address(machine) == ("10.77.0.9", "24")


@pytest.mark.tap
def test_a_lease_that_nobody_renews_ends(net, boot):
    with contextlib.closing(netns.DhcpServer(net, lease=5)) as server:
        machine = boot(netns=net)
        machine.ready()
        with server.changed:
            server.silent = True
            server.seen.clear()
        # Rebinding is broadcast; when the lease ends the client begins anew.
        server.wait_for(lambda seen: any(kind == server.DISCOVER for kind, _, _ in seen))
        assert address(machine) is None
        with server.changed:
            server.silent = False
        machine.ready()


@pytest.mark.tap
def test_no_server_is_a_clear_line_and_all_else_works(net, boot):
    machine = boot(netns=net)
    machine.prompt()
    machine.expect_line(r"(?i)dhcp.*(no answer|no server|no reply|no offer|did not answer|no DHCP)")
    assert "0% packet loss" in machine.cmd("ping -c 2 127.0.0.1")
    # A server that comes late is found.
    with contextlib.closing(netns.DhcpServer(net, lease=600)):
        machine.cmd("dhcp eth0")
        machine.ready()


@pytest.mark.tap
def test_arp_answers_asks_and_forgets(net, boot):
    machine = boot(netns=net, cmdline="ip=10.77.0.2::10.77.0.1:255.255.255.0::eth0:off")
    machine.ready()
    assert netns.ping(net, "-c", "1", "-W", "10", "10.77.0.2").returncode == 0
    assert skiff.MAC in net.run("ip", "neigh", "show", "10.77.0.2").stdout
    mac = net.run("cat", f"/sys/class/net/{net.tap}/address").stdout.strip()
    neighbours = machine.cmd("ip neigh")
    assert re.search(rf"^10\.77\.0\.1 dev eth0 lladdr {mac} (REACHABLE|STALE|DELAY|PROBE)", neighbours, re.M), neighbours
    table = machine.cmd("arp")
    assert mac in table and "ether" in table
    output = machine.cmd("ping -c 1 -W 5 10.77.0.99")
    assert re.search(r"Destination Host Unreachable|100% packet loss", output), output
    assert re.search(r"^10\.77\.0\.99 dev eth0 .*(FAILED|INCOMPLETE)|^$", machine.cmd("ip neigh"), re.M)


def test_addresses_and_routes_can_be_changed_by_hand(boot):
    machine = boot(cmdline="ip=off init=none").prompt()
    assert machine.cmd("ip link set eth0 up") == ""
    assert machine.cmd("ip addr add 10.0.2.20/24 dev eth0") == ""
    assert machine.cmd("ip route add default via 10.0.2.2") == ""
    assert address(machine) == ("10.0.2.20", "24")
    assert "0% packet loss" in machine.cmd("ping -c 2 10.0.2.2")
    assert machine.cmd("ip route add 192.0.2.0/24 via 10.0.2.2 dev eth0") == ""
    assert "192.0.2.0/24 via 10.0.2.2 dev eth0" in machine.cmd("ip route")
    assert machine.cmd("ip route del 192.0.2.0/24") == ""
    assert "192.0.2.0/24" not in machine.cmd("ip route")
    assert machine.cmd("ip addr del 10.0.2.20/24 dev eth0") == ""
    assert address(machine) is None
    assert "10.0.2" not in machine.cmd("ip route")
    assert machine.cmd("ifconfig eth0 10.0.2.30 netmask 255.255.255.0 up") == ""
    assert address(machine) == ("10.0.2.30", "24")
    assert machine.cmd("route add default gw 10.0.2.2") == ""
    assert re.search(r"^0\.0\.0\.0 +10\.0\.2\.2 +0\.0\.0\.0 +UG", machine.cmd("route -n"), re.M)
    assert "0% packet loss" in machine.cmd("ping -c 2 10.0.2.2")
    assert re.search(r"(?i)file exists|exists", machine.cmd("ip addr add 10.0.2.30/24 dev eth0"))
    assert machine.cmd("ip addr add 10.0.2.300/24 dev eth0").count("\n") == 0


# ---- address conflict detection, RFC 5227 ----

PROBED = "sysctl.net.ipv4.conf.eth0.accept_dad=1"


def shows(machine, wanted):
    """Waits until the device's address is shown like that."""
    deadline = time.monotonic() + skiff.TIMEOUT
    while not re.search(wanted, machine.cmd("ip addr show eth0")):
        assert time.monotonic() < deadline, machine.cmd("ip addr show eth0")


@pytest.mark.tap
def test_an_address_is_probed_and_used_when_nobody_has_it(net, boot):
    machine = boot(netns=net, cmdline=f"ip=10.77.0.2::10.77.0.1:255.255.255.0::eth0:off {PROBED}").prompt()
    shows(machine, r"inet 10\.77\.0\.2/24 brd 10\.77\.0\.255 scope global (tentative )?eth0")
    shows(machine, r"inet 10\.77\.0\.2/24 brd 10\.77\.0\.255 scope global eth0")
    assert "default via 10.77.0.1 dev eth0" in machine.cmd("ip route")
    assert netns.ping(net, "-c", "1", "-W", "10", "10.77.0.2").returncode == 0


@pytest.mark.tap
def test_an_address_that_the_peer_has_is_not_used(net, boot):
    net.run("ip", "addr", "add", "10.77.0.2/24", "dev", net.tap)
    mac = net.run("cat", f"/sys/class/net/{net.tap}/address").stdout.strip()
    machine = boot(netns=net, cmdline=f"ip=10.77.0.2::10.77.0.1:255.255.255.0::eth0:off {PROBED}").prompt()
    shows(machine, r"inet 10\.77\.0\.2/24 brd 10\.77\.0\.255 scope global dadfailed tentative eth0")
    machine.expect_line(rf"eth0: IPv4 duplicate address 10\.77\.0\.2 used by {mac} detected")
    assert machine.cmd("ip route") == ""
    # The other host gives it up: with a new link it is asked for again.
    net.run("ip", "addr", "del", "10.77.0.2/24", "dev", net.tap)
    machine.cmd("ip link set eth0 down")
    machine.cmd("ip link set eth0 up")
    shows(machine, r"inet 10\.77\.0\.2/24 brd 10\.77\.0\.255 scope global eth0")
    assert netns.ping(net, "-c", "1", "-W", "10", "10.77.0.2").returncode == 0


@pytest.mark.tap
def test_a_leased_address_that_the_peer_has_is_declined(net, boot):
    net.run("ip", "addr", "add", "10.77.0.2/24", "dev", net.tap)
    with contextlib.closing(netns.DhcpServer(net, lease=600)) as server:
        machine = boot(netns=net, cmdline=f"ip=dhcp {PROBED}").prompt()
        server.wait_for(lambda seen: any(kind == server.DECLINE for kind, _, _ in seen))
        assert address(machine) is None
        with server.changed:
            server.address = net.guest = "10.77.0.9"
        shows(machine, r"inet 10\.77\.0\.9/24 brd 10\.77\.0\.255 scope global dynamic eth0")
        assert "default via 10.77.0.1 dev eth0" in machine.cmd("ip route")
        assert netns.ping(net, "-c", "1", "-W", "10", "10.77.0.9").returncode == 0
