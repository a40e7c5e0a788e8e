# SPDX-License-Identifier: MIT
"""Who may know whom: the layers of the design, by what each file includes."""

import re

import pytest
import source

pytestmark = pytest.mark.quick

# The headers of one protocol family, by their names under <net/...>, <wire/...> and <uapi/...>.
IPV4 = r"(?:net/(?:ip|tcp|udp|icmp|arp|route|inet\w*|ip_\w*|tcp_\w*|ping|raw|igmp|dhcp|ipconfig|devinet)|wire/(?:ip|tcp|udp|icmp|arp|dhcp|igmp))\.h"
IPV6 = r"(?:net/(?:ipv6|ip6_\w*|addrconf|ndisc|mld|if_inet6|\w*6)|wire/(?:ipv6|ip6|icmpv6|icmp6))\.h"
STACK_FOR_DRIVERS = {"net/netdevice.h", "net/skbuff.h", "net/etherdevice.h", "net/net_namespace.h"}
FOR_WIRE = r"(?:kernel/(?:types|byteorder|compiler|static_assert|build_bug|bug|kernel)|uapi/(?:types|byteorder)|wire/\w+)\.h"
FOR_COMMANDS = r"(?:kernel/\w+|uapi/[\w/]+|wire/\w+|net/(?:socket|net|netlink|net_namespace|ipconfig|cmds))\.h|\w+_internal\.h|cmds\w*\.h"


def forbidden(files, pattern, message):
    """Offences: each include of `files` whose name matches."""
    regex = re.compile(pattern)
    return {
        f"{name}:{included}": f"line {line} {message}"
        for name in files
        for line, included, _ in source.includes(name)
        if regex.fullmatch(included)
    }


def only(files, pattern, message):
    """Offences: each include of `files` whose name does not match."""
    return forbidden(files, rf"(?!(?:{pattern})$).*", message)


def test_uapi_knows_only_itself():
    files = source.matching(r"^kernel/include/uapi/.*\.h$")
    source.judge("uapi", only(files, r"(?:uapi|asm)/[\w/-]+\.h|std(?:int|def|arg|bool)\.h", "uapi/ knows only itself"))


def test_wire_knows_only_types_and_byte_order():
    files = source.matching(r"^net/include/wire/.*\.h$")
    source.judge("wire", only(files, FOR_WIRE, "wire/ knows only fixed-width types and byte order"))


def test_wire_structs_assert_their_size():
    offences = {}
    for name in source.matching(r"^net/include/wire/.*\.h$"):
        content = source.bare(name)
        for match in re.finditer(r"^struct\s+(\w+)\s*\{", content, re.M):
            struct = match.group(1)
            if not re.search(rf"(?:_Static_assert|static_assert|WIRE_SIZE|ASSERT_SIZE)\s*\(\s*(?:sizeof\s*\(\s*)?struct\s+{struct}\b", content):
                offences[f"{name}:{struct}"] = "no static assertion of its size"
    source.judge("wire-size", offences)


def test_kernel_knows_no_network_and_no_driver():
    files = [name for name in source.matching(r"^(?:kernel|boot)/.*\.[chS]$") if name != "kernel/main.c"]
    source.judge("kernel", forbidden(files, r"(?:net|wire|drivers)/.*", "kernel/ knows neither net/ nor drivers/"))


def test_only_arch_and_the_seam_include_asm():
    files = source.matching(r"^net/.*\.[ch]$")
    source.judge("net-asm", forbidden(files, r"asm/.*", "net/ includes no asm/"))


def test_net_knows_no_driver():
    files = source.matching(r"^net/.*\.[ch]$")
    source.judge("net-drivers", forbidden(files, r"drivers/.*", "net/ includes no driver"))


def test_net_has_no_conditional_compilation():
    offences = {}
    for name in source.matching(r"^net/.*\.c$"):
        for match in re.finditer(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b", source.code(name), re.M):
            offences[f"{name}:{source.line_of(source.code(name), match.start())}"] = "a feature is a file, not an #if"
    source.judge("net-if", offences)


def test_drivers_see_four_headers_of_the_stack():
    files = source.matching(r"^drivers/.*\.[ch]$")
    offences = forbidden(files, r"net/.*|wire/.*", "a driver sees only " + ", ".join(sorted(STACK_FOR_DRIVERS)))
    source.judge("drivers", {s: m for s, m in offences.items() if s.split(":")[1] not in STACK_FOR_DRIVERS})


def test_core_and_sockets_know_no_family():
    files = source.matching(r"^net/(?:core/.*|socket|init)\.[ch]$")
    files = [name for name in files if name != "net/init.c"]
    source.judge("core-family", forbidden(files, f"{IPV4}|{IPV6}", "core/ and socket.c know no protocol family"))


def test_ipv4_does_not_know_ipv6():
    files = source.matching(r"^net/ipv4/.*\.[ch]$")
    source.judge("ipv4-ipv6", forbidden(files, IPV6, "ipv4/ does not know ipv6"))


def test_netfilter_core_knows_no_family():
    files = source.matching(r"^net/netfilter/.*\.[ch]$")
    source.judge("netfilter-family", forbidden(files, f"{IPV4}|{IPV6}", "netfilter's core knows no family"))


def test_commands_use_public_interfaces():
    files = source.matching(r"^net/cmds/.*\.[ch]$")
    source.judge("cmds", only(files, FOR_COMMANDS, "cmds/ know only sockets, netlink and the console"))


def test_internal_headers_stay_in_their_folder():
    offences = {}
    for name in source.matching(r"\.[chS]$"):
        for line, included, kind in source.includes(name):
            own = name.rsplit("/", 1)[-1].rsplit(".", 1)[0] + "/"  # x.c may have its parts in x/
            if included.endswith("_internal.h") and ("/" in included.removeprefix(own) or kind == "<"):
                offences[f"{name}:{included}"] = f"line {line}: a *_internal.h is included from its own folder, in quotes"
    source.judge("internal", offences)


def test_included_headers_exist():
    """A name in <...> is found under one of the include paths, so no header of the host gets in."""
    paths = ["kernel/include", "kernel/arch/x86_64/include", "net/include", "drivers/include"]
    offences = {}
    for name in source.matching(r"^(?:kernel|net|drivers|boot)/.*\.[chS]$"):
        for line, included, kind in source.includes(name):
            if kind == "<" and not any((source.ROOT / path / included).exists() for path in paths):
                offences[f"{name}:{included}"] = f"line {line}: no such header in the project"
    source.judge("exists", offences)
