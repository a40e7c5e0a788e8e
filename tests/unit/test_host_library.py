# SPDX-License-Identifier: MIT
"""libskiff.a as a stranger links it: one short program, one header folder, whatever compiler, standard and sanitizer."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = ROOT / os.environ.get("OUT", "build") / "host/libskiff.a"

TEN_LINES = r"""
#include "skiff_host.h"
#include <stdio.h>
static const unsigned char mac[6] = { 2, 0, 0, 0, 0, 1 }, arp[42] = { 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 2, 8, 6,
    0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1 };
static void task(void *arg) { *(long *)arg = skiff_syscall(41, 2, 1, 0, 0, 0, 0); } /* socket(AF_INET, SOCK_STREAM, 0) */
int main(void)
{
    unsigned char f[2000]; u64 t; size_t n; long fd = -1;
    skiff_boot("ip=10.0.0.1:::255.255.255.0::eth0:off");
    struct skiff_port *p = skiff_port_new("eth0", mac, 1500);
    skiff_port_give(p, arp, sizeof(arp)); skiff_task_start(task, &fd); skiff_run(skiff_now());
    while ((n = skiff_port_take(p, f, sizeof(f), &t))) printf("%zu bytes at %llu, ARP %d\n", n, t, f[21]);
    printf("fd %ld\n", fd);
    return 0;
}
"""

# A task that sleeps with memory of its own at the program's end, and others that have left from deep within.
SLEEPER = r"""
#include "skiff_host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void sleeper(void *arg)
{
    char *mine = (char *)malloc(100);
    strcpy(mine, (char *)arg);
    skiff_syscall(34, 0, 0, 0, 0, 0, 0); /* pause() */
    printf("%s\n", mine);
    free(mine);
}
static void leaver(void *arg) { char room[5000]; memset(room, 1, sizeof(room)); skiff_syscall(60, room[9], 0, 0, 0, 0, 0); }
static void user(void *arg) { char room[50000]; memset(room, 1, sizeof(room)); *(int *)arg += room[77]; }
int main(int argc, char **argv)
{
    int n = 0, i;
    skiff_boot("ip=off");
    skiff_task_start(sleeper, strdup("x")); skiff_run(0);
    for (i = 0; i < 9; i++) { skiff_task_start(i & 1 ? leaver : user, &n); skiff_run(0); }
    printf("n %d\n", n);
    if (argc > 1 && *argv[1] == 'l') { char *volatile lost = (char *)malloc(33); lost = NULL; (void)lost; }
    if (argc > 1 && *argv[1] == 'p') { char out[9]; skiff_command("poweroff", out, sizeof(out)); }
    return 0;
}
"""

# Connections, and then every file of /proc, as it stands.
TELL_ALL = r"""
#define _GNU_SOURCE
#include "skiff_host.h"
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#define CALL(nr, a, b, c) skiff_syscall(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
struct entry { unsigned long long ino, off; unsigned short len; unsigned char type; char name[]; };
static char names[1000][200], out[1 << 20], buf[9000];
static int count;
static void walk(const char *dir)
{
    char room[4096], path[200], *p;
    long fd = CALL(SYS_open, dir, 0, 0), n;
    while ((n = CALL(SYS_getdents64, fd, room, sizeof(room))) > 0)
        for (p = room; p < room + n; p += ((struct entry *)p)->len) {
            struct entry *e = (struct entry *)p;
            snprintf(path, sizeof(path), "%s/%s", dir, e->name);
            if (e->type == DT_DIR && e->name[0] != '.') walk(path);
            else if (e->type == DT_REG && strcmp(e->name, "kmsg")) strcpy(names[count++], path);
        }
    CALL(SYS_close, fd, 0, 0);
}
static void look(void *arg) { walk("/proc"); }
static struct sockaddr_in at = { AF_INET, 0x700, { 0x100007f }, { 0 } };
static void server(void *arg)
{
    long fd = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
    CALL(SYS_bind, fd, &at, sizeof(at)); CALL(SYS_listen, fd, 1, 0);
    CALL(SYS_read, CALL(SYS_accept, fd, 0, 0), buf, sizeof(buf)); CALL(SYS_pause, 0, 0, 0);
}
static void client(void *arg)
{
    long fd = CALL(SYS_socket, AF_INET, SOCK_STREAM, 0);
    CALL(SYS_socket, AF_PACKET, SOCK_RAW, 0x300); CALL(SYS_socket, AF_INET, SOCK_RAW, 1);
    CALL(SYS_connect, fd, &at, sizeof(at)); CALL(SYS_write, fd, buf, sizeof(buf)); CALL(SYS_pause, 0, 0, 0);
}
int main(int argc, char **argv)
{
    int i;
    skiff_boot(argv[1]);
    skiff_task_start(server, 0); skiff_task_start(client, 0); skiff_task_start(look, 0); skiff_run(1234567890);
    for (i = 0; i < count; i++) {
        snprintf(buf, sizeof(buf), "cat %s", names[i]);
        skiff_command(buf, out, sizeof(out)); printf("%s\n%s", buf, out);
    }
    skiff_command("ss -aenitm", out, sizeof(out)); printf("%s", out);
    return 0;
}
"""

WAYS = {
    "plain": ["gcc"],
    "c99": ["gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2"],
    "static": ["gcc", "-static"],
    "no-pie": ["gcc", "-no-pie"],
    "cxx": ["g++", "-x", "c++", "-Wall", "-Wextra"],
    "sanitized": ["gcc", "-fsanitize=address,undefined"],
    "clang": ["clang", "-fsanitize=address,undefined"],
}


def build(tmp_path, text, way):
    compiler, *flags = WAYS[way]
    if not shutil.which(compiler):
        pytest.skip(f"there is no {compiler} here")
    source, program = tmp_path / "prog.c", tmp_path / "prog"
    source.write_text(text)
    command = [compiler, *flags, str(source), "-x", "none", f"-I{ROOT}/tests/hosted", str(LIBRARY), "-o", str(program)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    return program


def run(program, *args):
    return subprocess.run([program, *args], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("way", WAYS)
def test_ten_lines_link_and_talk(tmp_path, way):
    done = run(build(tmp_path, TEN_LINES, way))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "42 bytes at 0, ARP 1\n42 bytes at 0, ARP 2\nfd 3\n"
    assert done.stderr == ""


@pytest.mark.parametrize("way", ["sanitized", "clang"])
def test_a_program_s_own_sanitizers_understand_its_tasks(tmp_path, way):
    """What a sleeping task holds is no leak, what is lost is one, and no stack is taken for another."""
    program = build(tmp_path, SLEEPER, way)
    for args in ([], ["poweroff"]):  # at the end of main, or in the middle of a task
        done = run(program, *args)
        if "LeakSanitizer has encountered a fatal error" in done.stderr:
            pytest.skip("the leak checker cannot work here")
        assert (done.returncode, done.stdout, done.stderr) == (0, "n 5\n", "")
    assert "33 byte(s) leaked in 1 allocation(s)" in run(program, "lose").stderr


def test_nothing_it_tells_depends_on_where_it_lies(tmp_path):
    program = build(tmp_path, TELL_ALL, "plain")
    one, two, other = (run(program, f"ip=off skiff.seed={seed}").stdout for seed in (1, 1, 2))
    assert one.count("cat /proc/net/") >= 15, one
    assert one == two
    assert one != other
