# SPDX-License-Identifier: MIT
"""The console: its line editor, its commands in the form of the Linux tools of the same names, its errors."""

import re

import pytest
import skiff

COMMANDS = """help ip ifconfig route arp ping netstat ss nslookup dhcp echo run ps kill dmesg free slabinfo interrupts uptime stat
sysctl loglevel reboot poweroff""".split()


def line_shows(machine, text):
    machine.until(lambda: machine.terminal.current().rstrip() == (skiff.PROMPT + text).rstrip(), what=f"`{text}` on the line")


def clear_line(machine):
    machine.send("\x05\x15")  # the end, and Ctrl-U
    machine.prompt()


# -- the line editor -----------------------------------------------------------------------------------------------


@pytest.fixture(name="line")
def empty_line(shared):
    yield shared
    shared.send("\x03")
    clear_line(shared)


EDITS = {
    "left": ("uptme\x1b[D\x1b[Di", "uptime"),
    "right": ("upme\x1b[D\x1b[D\x1b[D\x1b[Cti", "uptime"),
    "home": ("time\x1b[Hup", "uptime"),
    "home-tilde": ("time\x1b[1~up", "uptime"),
    "home-application": ("time\x1bOHup", "uptime"),
    "end": ("uptim\x1b[H\x1b[Fe", "uptime"),
    "end-tilde": ("uptim\x1b[H\x1b[4~e", "uptime"),
    "backspace": ("uptimee\x7f", "uptime"),
    "backspace-bs": ("uptimee\b", "uptime"),
    "backspace-within": ("uptiime\x1b[D\x1b[D\x7f", "uptime"),
    "backspace-at-start": ("\x7f\x7fuptime", "uptime"),
    "ctrl-u": ("nonsense\x15uptime", "uptime"),
    "ctrl-w": ("help nonsense\x17uptime", "help uptime"),
    "unknown-escape": ("up\x1b[99~\x1b[Ztime", "uptime"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_editing_keys(line, edit):
    keys, result = EDITS[edit]
    line.send(keys)
    line_shows(line, result)


def test_ctrl_l_clears_the_screen_and_keeps_the_line(line):
    line.send("upti")
    line_shows(line, "upti")
    line.expect(r"upti")
    line.send("\x0c")
    line.expect(r"\x1b\[(?:2J|H)")
    line_shows(line, "upti")


def test_history_goes_up_and_down(line):
    line.cmd("help uptime")
    line.cmd("help free")
    line.send("\x1b[A")
    line_shows(line, "help free")
    line.send("\x1b[A")
    line_shows(line, "help uptime")
    line.send("\x1b[B")
    line_shows(line, "help free")
    line.send("\x1b[B")
    line_shows(line, "")


def test_tab_completes_commands(line):
    line.send("upt\t")
    line_shows(line, "uptime")
    clear_line(line)
    line.send("netst\t")
    line_shows(line, "netstat")


def test_tab_with_several_choices_shows_them(line):
    line.send("ne\ts\t\t")
    line.send("\x15")
    line.prompt()
    line.send("s\t\t")
    line.until(lambda: any("slabinfo" in t and "stat" in t or "slabinfo" in t for t in line.terminal.lines), what="the choices")


def test_ctrl_c_drops_the_line(line):
    line.send("nonsense\x03")
    line.prompt()


def test_a_very_long_line_is_held_within_bounds(line):
    line.send("a" * 3000 + "\r")
    line.until(line.at_prompt, what="the prompt")
    assert line.cmd("uptime")


def test_bytes_of_all_kinds_do_no_harm(line):
    line.send("".join(chr(c) for c in range(256) if c not in (1,)) * 3 + "\x03")
    line.send("\x15\x03")
    clear_line(line)
    assert line.cmd("uptime")


def test_the_log_does_not_garble_the_line(line):
    """A link change while one types: the message stands on its own line, and what was typed stays."""
    line.send("help upt")
    line_shows(line, "help upt")
    line.link(False)
    line.until(lambda: any(re.search(r"(?i)link.*down", t) for t in line.terminal.lines), what="the link's line")
    line_shows(line, "help upt")
    line.link(True)
    line_shows(line, "help upt")
    line.send("ime\r")
    line.until(line.at_prompt)
    line.ready()


# -- help and errors -----------------------------------------------------------------------------------------------


def test_help_lists_every_command(shared):
    output = shared.cmd("help")
    for command in COMMANDS:
        assert re.search(rf"^\s*{command}\s+\S.*\S", output, re.M), command


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_its_usage(shared, command):
    output = shared.cmd(f"help {command}")
    assert re.search(rf"(?i)usage.*{command}|^{command}", output, re.M), output


WRONG = [
    "nonsense", "ip nonsense", "ip addr add", "ip addr add 1.2.3.4/33 dev eth0", "ip addr add 1.2.3.4/24 dev nodev", "ip route add",
    "ip route add 1.2.3.0/24 via 99.99.99.99", "ip link set nodev up", "ping", "ping -c", "ping -c x 127.0.0.1", "ping 256.1.1.1",
    "netstat -Z", "ss -Z", "run", "run /bin/nowhere", "kill", "kill 99999", "kill x", "sysctl no.such.name", "loglevel 99", "loglevel x",
    "echo", "echo 127.0.0.1", "echo 127.0.0.1 99999 x", "nslookup", "dhcp nodev", "ifconfig nodev", "route add", "arp -d", "help nonsense",
]  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_an_error_is_said_in_a_line_or_two(shared, line):
    output = shared.cmd(line)
    assert output.strip(), "an error says something"
    assert len(output.split("\n")) <= 3 or "usage" in output.lower(), output


# -- the commands, in the form of the Linux tools ----------------------------------------------------------------


def test_ip_addr(shared):
    output = shared.cmd("ip addr")
    assert re.search(r"^1: lo: <LOOPBACK,UP,LOWER_UP> mtu \d+", output, re.M), output
    assert re.search(r"^    link/loopback 00:00:00:00:00:00", output, re.M)
    assert re.search(r"^    inet 127\.0\.0\.1/8 .*scope host.* lo$", output, re.M)
    assert re.search(r"^2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 ", output, re.M)
    assert re.search(rf"^    link/ether {skiff.MAC} brd ff:ff:ff:ff:ff:ff$", output, re.M)
    assert re.search(r"^    inet 10\.0\.2\.15/24 brd 10\.0\.2\.255 scope global (dynamic )?eth0", output, re.M)


def test_ip_link(shared):
    output = shared.cmd("ip link")
    assert re.search(r"^2: eth0: <[A-Z,_]*UP[A-Z,_]*> mtu 1500 ", output, re.M)
    assert "inet " not in output
    assert re.search(r"state UP", output)


def test_ifconfig(shared):
    output = shared.cmd("ifconfig")
    assert re.search(r"^eth0(:|\s)", output, re.M)
    assert re.search(r"inet (addr:)?10\.0\.2\.15", output)
    assert re.search(r"(netmask 255\.255\.255\.0|Mask:255\.255\.255\.0)", output)
    assert re.search(r"RX packets", output) and re.search(r"TX packets", output)


def test_route(shared):
    output = shared.cmd("route -n")
    assert re.search(r"^Destination +Gateway +Genmask +Flags +Metric +Ref +Use +Iface$", output, re.M), output
    assert re.search(r"^0\.0\.0\.0 +10\.0\.2\.2 +0\.0\.0\.0 +UG +\d+ +\d+ +\d+ +eth0$", output, re.M)
    assert re.search(r"^10\.0\.2\.0 +0\.0\.0\.0 +255\.255\.255\.0 +U +\d+ +\d+ +\d+ +eth0$", output, re.M)


def test_ping(shared):
    output = shared.cmd("ping -c 2 10.0.2.2")
    assert re.search(r"^PING 10\.0\.2\.2 \(10\.0\.2\.2\) 56\(84\) bytes of data\.$", output, re.M), output
    assert re.search(r"^64 bytes from 10\.0\.2\.2: icmp_seq=1 ttl=\d+ time=[\d.]+ ms$", output, re.M)
    assert re.search(r"^--- 10\.0\.2\.2 ping statistics ---$", output, re.M)
    assert re.search(r"^2 packets transmitted, 2 received, 0% packet loss, time \d+ms$", output, re.M)
    assert re.search(r"^rtt min/avg/max/mdev = [\d.]+/[\d.]+/[\d.]+/[\d.]+ ms$", output, re.M)


def test_ctrl_c_ends_a_ping_with_its_statistics(shared):
    shared.prompt().send("ping 10.0.2.2\r")
    shared.expect(r"icmp_seq=2 ")
    shared.send("\x03")
    shared.expect(r"packets transmitted")
    shared.prompt()


def test_netstat_lists_the_servers(shared):
    output = shared.cmd("netstat -t -u -l -n")
    for port in (7, 9, 19):
        assert re.search(rf"^tcp\S* +0 +0 +\S*:{port} +\S+:\* +LISTEN", output, re.M), output
        assert re.search(rf"^udp\S* +0 +0 +\S*:{port} ", output, re.M)
    assert "Proto Recv-Q Send-Q Local Address           Foreign Address         State" in output


def test_netstat_shows_a_connection(shared):
    with shared.connect(7) as connection:
        assert skiff.exchange(connection, b"x") == b"x"
        assert re.search(r"^tcp +0 +0 10\.0\.2\.15:7 +10\.0\.2\.2:\d+ +ESTABLISHED", shared.cmd("netstat -t -n"), re.M)
        assert re.search(r"^(tcp +)?ESTAB +0 +0 +10\.0\.2\.15:7 +10\.0\.2\.2:\d+", shared.cmd("ss -t -n"), re.M)


def test_ss_lists_the_servers(shared):
    output = shared.cmd("ss -t -l -n")
    assert re.search(r"^State +Recv-Q +Send-Q +Local Address:Port +Peer Address:Port", output, re.M), output
    assert re.search(r"^LISTEN +0 +\d+ +\S*:7 ", output, re.M)


def test_netstat_statistics(shared):
    output = shared.cmd("netstat -s")
    assert re.search(r"^Ip:$", output, re.M)
    assert re.search(r"^    \d+ total packets received$", output, re.M), output
    assert re.search(r"^Icmp:$", output, re.M)
    assert re.search(r"^Tcp:$", output, re.M)
    assert re.search(r"^    \d+ passive connection openings$", output, re.M)
    assert re.search(r"^Udp:$", output, re.M)
    assert re.search(r"^    \d+ packets received$", output, re.M)


def test_ps(shared):
    output = shared.cmd("ps")
    assert re.search(r"^ *PID\b.*\b(CMD|COMMAND)$", output, re.M), output
    assert re.search(r"^ *\d+ .*echod", output, re.M)


def test_free(shared):
    output = shared.cmd("free")
    assert re.search(r"^ +total +used +free", output, re.M), output
    total, used, free = map(int, re.search(r"^Mem: +(\d+) +(\d+) +(\d+)", output, re.M).groups())
    assert 40 * 1024 < total <= 64 * 1024 and used < total and free < total


def test_slabinfo(shared):
    output = shared.cmd("slabinfo")
    assert re.search(r"(?i)name +<?active", output), output
    for cache in ("skbuff_head_cache", "TCP", "UDP"):
        assert re.search(rf"^{cache}\S* +\d+ +\d+", output, re.M), cache


def test_interrupts(shared):
    output = shared.cmd("interrupts")
    assert re.search(r"^ *\w+: +\d+ .*(virtio|eth0|net)", output, re.M), output
    assert re.search(r"NET_RX:? +\d+", output)
    assert re.search(r"TIMER:? +\d+", output)


def test_uptime(shared):
    assert re.search(r"\bup\b", shared.cmd("uptime"))


def test_stat_cpu(shared):
    output = shared.cmd("stat cpu")
    for part in ("hardirq", "softirq", "kernel", "user", "idle"):
        assert re.search(rf"(?i){part}\D+\d+", output), output


def test_stat_of_a_device_counts(shared):
    def packets():
        return int(re.search(r"rx_packets\D+(\d+)", shared.cmd("stat eth0")).group(1))

    before = packets()
    shared.cmd("ping -c 3 -i 0.1 10.0.2.2")
    assert packets() >= before + 3


def test_sysctl_reads_and_writes(shared):
    output = shared.cmd("sysctl -a")
    name, value = re.search(r"^(net\.ipv4\.ip_default_ttl) = (\d+)$", output, re.M).groups()
    assert value == "64"
    assert shared.cmd(f"sysctl {name}") == f"{name} = 64"
    assert shared.cmd(f"sysctl -w {name}=65") == f"{name} = 65"
    assert shared.cmd(f"sysctl {name}") == f"{name} = 65"
    shared.cmd(f"sysctl -w {name}=64")


def test_loglevel(shared):
    before = re.search(r"\d", shared.cmd("loglevel")).group(0)
    shared.cmd("loglevel 3")
    assert "3" in shared.cmd("loglevel")
    shared.cmd(f"loglevel {before}")


def test_dmesg_holds_the_start(shared):
    output = shared.cmd("dmesg", log=True)
    assert re.search(r"^\[ *\d+\.\d{6}\] ", output, re.M)
    assert len(output.split("\n")) > 3


def test_arp_table(shared):
    shared.cmd("ping -c 1 10.0.2.2")
    output = shared.cmd("arp -n")
    assert re.search(r"^Address +HWtype +HWaddress +Flags( Mask)? +Iface$", output, re.M), output
    assert re.search(r"^10\.0\.2\.2 +ether +52:55:0a:00:02:02 +C +eth0$", output, re.M), output


def test_dhcp_asks_again(shared):
    shared.cmd("dhcp eth0")
    shared.ready()
    assert "10.0.2.15" in shared.cmd("ip addr show eth0")


def test_the_console_answers_while_the_task_is_busy(shared):
    with shared.connect(19) as flood:
        flood.settimeout(60)
        for _ in range(5):
            assert flood.recv(65536)
            assert "up" in shared.cmd("uptime")


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("ip", "link, addr, route, rule, neigh or monitor"),
        ("ip link set eth0 mtu 60", "mtu less than device minimum"),
        ("ip link set eth0 mtu", "takes a value"),
        ("ip link set eth0 frob", "promisc"),
        ("ip route add 10.92.0.0/16", "dev DEV"),
        ("ip route add 10.92.0.0/16 dev nope", '"nope"'),
        ("ping", "usage: ping "),
        ("ping -s 65508 127.0.0.1", "65507"),
        ("arp -q", "usage: arp "),
        ("route frob", "usage: route "),
        ("netstat -Y", "help netstat"),
        ("free -x", "usage: free "),
    ],
)
def test_an_error_is_one_line_with_what_would_be_right(shared, line, wanted):
    printed = shared.cmd(line)
    assert len(printed.split("\n")) == 1
    assert wanted in printed


def test_ip_route_get_says_the_way(shared):
    assert shared.cmd("ip route get 8.8.8.8").startswith("8.8.8.8 via 10.0.2.2 dev eth0 src 10.0.2.15")
    assert shared.cmd("ip route get 10.0.2.9").startswith("10.0.2.9 dev eth0 src 10.0.2.15")
    assert shared.cmd("ip route get 10.0.2.15").startswith("local 10.0.2.15 dev lo src 10.0.2.15")


def test_a_second_network_is_a_connected_route_with_its_source(shared):
    shared.cmd("ip addr add 10.88.0.1/16 dev eth0")
    try:
        assert "10.88.0.0/16 dev eth0 proto kernel scope link src 10.88.0.1" in shared.cmd("ip route")
    finally:
        shared.cmd("ip addr del 10.88.0.1/16 dev eth0")


def test_a_neighbour_is_added_once(shared):
    add = "ip neigh add 10.0.2.9 lladdr 02:00:00:00:00:09 dev eth0"
    assert shared.cmd(add) == ""
    assert shared.cmd(add) == "RTNETLINK answers: File exists"
    assert "? (10.0.2.9) at 02:00:00:00:00:09 [ether] PERM on eth0" in shared.cmd("arp -a")
    assert shared.cmd("ip neigh del 10.0.2.9 dev eth0") == ""
    assert shared.cmd("ip neigh del 10.0.2.9 dev eth0") == "RTNETLINK answers: No such file or directory"
