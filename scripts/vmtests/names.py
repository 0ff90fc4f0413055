# SPDX-License-Identifier: MIT OR GPL-2.0
"""Names, by the real /sbin/request-key, the handler program and the C library."""
import contextlib
import subprocess

from vmtests import ROOT, Failed, test

RULE = "/etc/request-key.d/wsk.conf"
FILES = {
    "/etc/hosts": "127.0.0.1 localhost\n192.0.2.9 printer.office.example printer\n"
                  "192.0.2.10 scanner\n",
    "/etc/services": "echo 7/tcp\nhttp 80/tcp\nhttps 443/tcp\n",
    "/etc/nsswitch.conf": "hosts: files dns\nservices: files\n",
    "/etc/resolv.conf": "nameserver 192.0.2.1\noptions timeout:10 attempts:2\n",
}


def files(folder):
    """What the handler needs in the guest."""
    subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-o", folder / "wsk-resolve",
                    ROOT / "tools/wsk-resolve.c"], check=True)
    for target, text in FILES.items():
        source = folder / target.replace("/", ".")
        source.write_text(text, encoding="utf-8")
        source.chmod(0o644)
        yield f"{source}:{target}"
    yield f"{folder}/wsk-resolve:/usr/sbin/wsk-resolve"
    yield f"{ROOT}/tools/wsk.conf:{RULE}"
    yield "/sbin/request-key:/sbin/request-key"
    yield "/bin/keyctl:/bin/keyctl"


def stop_asking(guest):
    """Ends the handler, which keeps wsk.ko from being unloaded while it waits for a name server.
    request-key starts one that was killed again, once."""
    guest.run("while killall wsk-resolve 2>/dev/null; do usleep 200000; done")


@contextlib.contextmanager
def name_server(guest):
    """One that runs outside the guest, where its resolv.conf looks for it."""
    server = guest.outside_start("python3", ROOT / "tools/dns_answers.py", "192.0.2.1")
    try:
        server.stdout.readline()
        yield
    finally:
        server.kill()
        server.communicate()
        stop_asking(guest)


def resolve(guest):
    """Has the sample driver ask, until its last question but one has been answered."""
    guest.run("insmod /modules/wsk.ko && insmod /modules/resolver.ko")
    guest.expect_log("resolver: a name%with", seconds=120)


@test
def names_are_found(guest):
    """names are found in /etc/hosts, in DNS and among the services, and addresses' names too"""
    with name_server(guest):
        resolve(guest)
        guest.run("timeout 10 rmmod resolver")
    for line in (r"127\.0\.0\.1: localhost, http",
                 r"192\.0\.2\.9: printer\.office\.example, http",
                 r"203\.0\.113\.80: web\.wsk\.example, http",
                 r"203\.0\.113\.99: no name, 0xC0000272",
                 r"localhost: 127\.0\.0\.1 port 7, type 1",
                 r"2001:db8::1: 2001:db8::1 port 80, type 1",
                 r"\(this machine\): 0\.0\.0\.0 port 80, type 1",
                 r"\(this machine\): :: port 80, type 1",
                 r"printer is printer\.office\.example",
                 r"printer: 192\.0\.2\.9 port 0, type 0",
                 r"www\.wsk\.example is web\.wsk\.example",
                 r"www\.wsk\.example: 203\.0\.113\.80 port 443, type 1",
                 r"www\.wsk\.example: 2001:db8:1::80 port 443, type 1"):
        guest.expect_log(f"resolver: {line}")
    guest.expect_log("wsk: resolver: nothing leaked")


@test
def names_are_not_found(guest):
    """names that nobody knows have no match, whatever is in them"""
    with name_server(guest):
        resolve(guest)
        guest.run("timeout 10 rmmod resolver")
    for line in (r"printer: no address, 0xC0000272",  # the one that asks DNS alone
                 r"www\.wsk\.example: no address, 0xC0000272",  # the one with a strange service
                 r"unknown\.wsk\.example: no address, 0xC0000272",
                 r"a name%with \"strange\" characters: no address, 0xC0000272"):
        guest.expect_log(f"resolver: {line}")


@test
def names_are_qualified(guest):
    """a name without a domain gets this machine's, where AI_FQDN asks for a whole name"""
    for flags, node, answer in (("00020000", "scanner", "scanner.office.example"),
                                ("00000002", "scanner", "scanner"),
                                ("00020000", "printer", "printer.office.example")):
        said = guest.run(f"echo 'wsk1 address {flags} 4 1 6 {node} *' | "
                         "LOCALDOMAIN=office.example wsk-resolve")
        if f"canonical {answer}\n" not in said.replace("\r", ""):
            raise Failed(f"{node} with flags {flags}:\n{said}")


@test
def unload_while_asking(guest):
    """a driver unloads at once while a name server does not answer"""
    with name_server(guest):
        resolve(guest)
        guest.run("until pidof wsk-resolve >/dev/null; do usleep 20000; done; "
                  "timeout 10 rmmod resolver && pidof wsk-resolve")
        stop_asking(guest)
        guest.run("timeout 10 rmmod wsk")
    guest.expect_log(r"silent\.wsk\.example: no address, 0xC0000120")
    guest.expect_log("wsk: resolver: nothing leaked")
    guest.expect_log("wsk: wsk: nothing leaked")


def without_answers(guest):
    """Numbers are answered all the same, everything else is not."""
    resolve(guest)
    guest.run("timeout 10 rmmod resolver")
    for line in (r"127\.0\.0\.1: no name, 0xC00000A3",
                 r"localhost: no address, 0xC00000A3",
                 r"2001:db8::1: 2001:db8::1 port 80, type 1",
                 r"\(this machine\): no address, 0xC00000A3"):
        guest.expect_log(f"resolver: {line}")
    guest.expect_log("wsk: names are not resolved: no handler answers")


@test
def no_rule(guest):
    """without a rule for request-key, names are not ready, and the log says what to do"""
    guest.run(f"mv {RULE} /tmp/rule")
    try:
        without_answers(guest)
    finally:
        guest.run(f"mv /tmp/rule {RULE}")


@test
def no_request_key(guest):
    """without /sbin/request-key, names are not ready, and the log says what to do"""
    guest.run("mv /sbin/request-key /tmp/request-key")
    try:
        without_answers(guest)
    finally:
        guest.run("mv /tmp/request-key /sbin/request-key")


@test
def handlers_that_fail(guest):
    """a handler that dies, or gives no sensible answer, harms one request and no other"""
    guest.run("mv /usr/sbin/wsk-resolve /tmp/wsk-resolve")
    try:
        # Each of them ends by itself.
        for script, status in (("exit 1", "0xC00000A3"), ("kill -9 $$", "0xC00000A3"),
                               ("echo hello", "0xC00000C3"), ("true", "0xC00000C3")):
            guest.run(f"printf '#!/bin/sh\\n{script}\\n' >/usr/sbin/wsk-resolve; "
                      "chmod 755 /usr/sbin/wsk-resolve")
            resolve(guest)
            guest.expect_log(f"resolver: localhost: no address, {status}")
            guest.run("timeout 10 rmmod resolver && timeout 30 rmmod wsk")
    finally:
        guest.run("mv /tmp/wsk-resolve /usr/sbin/wsk-resolve")
    with name_server(guest):
        resolve(guest)
    guest.expect_log(r"resolver: localhost: 127\.0\.0\.1 port 7, type 1")


@test
def spoofed_answers(guest):
    """no user can put an answer where it would be found, or have the handler run"""
    guest.run("! keyctl add .wsk_name name 'wsk1 failed none' @u 2>/dev/null && "
              "! keyctl request2 .wsk_name name 'wsk1 address 0 0 0 0 localhost *' 2>/dev/null")
    with name_server(guest):
        resolve(guest)
    guest.expect_log(r"resolver: localhost: 127\.0\.0\.1 port 7, type 1")
    # Keys are collected when there is time for it.
    guest.run("until ! grep wsk_name /proc/keys; do usleep 100000; done")
