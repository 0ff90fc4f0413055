# SPDX-License-Identifier: MIT OR GPL-2.0
"""Conditional accept: samples/gatekeeper, and what leaves the machine meanwhile."""
import re
import time

from vmtests import GUEST4, GUEST6, LOCAL4, LOCAL6, Failed, test

TOOLS = ("tcp_watch",)
PORT, LET_IN, SEND_AWAY = 5588, 5589, 5590


def keep(guest):
    """Loads the gatekeeper."""
    guest.run("insmod /modules/wsk.ko && insmod /modules/gatekeeper.ko")
    guest.expect_log("gatekeeper: keeping port 5588")


def watch(guest):
    """Watches the gatekeeper's port on every interface, until the next watch, or two minutes."""
    guest.run(f"""
        [ ! -f watcher ] || kill $(cat watcher)
        rm -f watch
        timeout 120 ./tcp_watch {PORT} >watch 2>&1 &
        echo $! >watcher
        until grep -q ready watch; do usleep 20000; done""")


def leave(guest):
    """Unloads the gatekeeper, and looks whether it left something."""
    guest.run("[ ! -f watcher ] || kill $(cat watcher); rm -f watch watcher; rmmod gatekeeper")
    guest.expect_log("wsk: gatekeeper: nothing leaked")


def watched(guest):
    """The lines of the watch so far."""
    return guest.run("cat watch").splitlines()[1:]


def expect_silence(guest):
    """The visitor has knocked more than once, and nothing at all has answered."""
    deadline = time.monotonic() + 20
    while True:
        lines = watched(guest)
        answers = [line for line in lines if f" {PORT} > " in line]
        if answers:
            raise Failed("there was an answer before the decision:\n" + "\n".join(lines))
        # The loopback interface shows each segment twice.
        if sum(line.endswith(" SYN") for line in lines) > 4:
            return
        if time.monotonic() > deadline:
            raise Failed("the visitor did not knock again:\n" + "\n".join(lines))
        time.sleep(0.2)


def expect_answer(guest, flags):
    """The gate's first answer has these flags."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        answers = [line for line in watched(guest) if f" {PORT} > " in line]
        if answers:
            if not answers[0].endswith(flags):
                raise Failed(f"the first answer is not {flags}:\n" + "\n".join(answers))
            return
        time.sleep(0.1)
    raise Failed("there was no answer")


def press(guest, button, address=LOCAL4):
    """Connects to one of the other ports, which closes at once."""
    guest.run(f"timeout 10 nc {address} {button} </dev/null >/dev/null 2>&1", status=None)


def inside(guest, address):
    """A visitor in the guest. What becomes of it is in the file visitor."""
    guest.run(f"{{ nc {address} {PORT} </dev/null 2>&1; echo ended $?; }} >visitor &")


@test
def let_in(guest):
    """nothing answers a SYN before a driver has let it in, IPv4 and IPv6"""
    keep(guest)
    for count, address in enumerate((LOCAL4, LOCAL6), 1):
        watch(guest)
        inside(guest, address)
        guest.expect_log(r"gatekeeper: port \d+ waits", count)
        expect_silence(guest)
        press(guest, LET_IN, address)
        expect_answer(guest, " SYN ACK")
        guest.expect_log(r"gatekeeper: port \d+ came in", count)
    leave(guest)


@test
def sent_away(guest):
    """a rejected SYN is answered with a RST and nothing else, IPv4 and IPv6"""
    keep(guest)
    for count, address in enumerate((LOCAL4, LOCAL6), 1):
        watch(guest)
        inside(guest, address)
        guest.expect_log(r"gatekeeper: port \d+ waits", count)
        expect_silence(guest)
        press(guest, SEND_AWAY, address)
        expect_answer(guest, " RST ACK")
        guest.run("until grep -q ended visitor; do usleep 50000; done; grep -i refused visitor")
        if any("SYN ACK" in line for line in watched(guest)):
            raise Failed("\n".join(watched(guest)))
    leave(guest)
    if re.search("came in|went away", guest.log()):
        raise Failed(guest.log())


@test
def from_outside(guest):
    """nothing answers a SYN from outside before a driver has let it in, IPv4 and IPv6"""
    keep(guest)
    for count, target in enumerate((f"TCP4:{GUEST4}", f"TCP6:[{GUEST6}]"), 1):
        watch(guest)
        visitor = guest.outside_start("socat", "-u", "/dev/null",
                                      f"{target}:{PORT},connect-timeout=60")
        try:
            guest.expect_log(r"gatekeeper: port \d+ waits", count)
            time.sleep(4)  # it has knocked twice more
            lines = watched(guest)
            if len(lines) < 2 or not all(line.endswith(" SYN") for line in lines):
                raise Failed("\n".join(lines))
            press(guest, LET_IN)
            expect_answer(guest, " SYN ACK")
            guest.expect_log(r"gatekeeper: port \d+ came in", count)
        finally:
            visitor.kill()
            visitor.communicate()
    leave(guest)


@test
def gone_away(guest):
    """a driver hears of a peer that gave up before it was let in"""
    keep(guest)
    guest.run(f"timeout 2 nc {LOCAL4} {PORT} </dev/null >/dev/null 2>&1", status=None)
    guest.expect_log(r"gatekeeper: port \d+ waits")
    guest.expect_log(r"gatekeeper: port \d+ went away", seconds=60)
    press(guest, LET_IN)
    guest.expect_log("gatekeeper: nobody waits")
    leave(guest)


@test
def cookies(guest):
    """a visitor comes in with a SYN cookie, IPv4 and IPv6"""
    keep(guest)
    before = guest.run("cat /proc/sys/net/ipv4/tcp_syncookies").strip()
    guest.run("echo 2 >/proc/sys/net/ipv4/tcp_syncookies")
    try:
        for count, address in enumerate((LOCAL4, LOCAL6), 1):
            watch(guest)
            inside(guest, address)
            guest.expect_log(r"gatekeeper: port \d+ waits", count)
            expect_silence(guest)
            press(guest, LET_IN)
            guest.expect_log(r"gatekeeper: port \d+ came in", count)
    finally:
        guest.run(f"echo {before} >/proc/sys/net/ipv4/tcp_syncookies")
    sent = guest.run("awk '/^TcpExt/ { if (n++) print $2; else if ($2 != \"SyncookiesSent\") "
                     "exit 1 }' /proc/net/netstat").strip()
    if int(sent) < 2:
        raise Failed(f"{sent} cookies were sent")
    leave(guest)


@test
def unload_with_visitors(guest):
    """a driver unloads while peers wait to be let in, and they are refused"""
    keep(guest)
    guest.run(f"""
        for i in $(seq 20); do
            for address in {LOCAL4} {LOCAL6}; do
                {{ nc $address {PORT} </dev/null 2>&1; echo ended; }} >visitor.$i.$address &
            done
        done""")
    guest.expect_log(r"gatekeeper: port \d+ waits", 40, seconds=30)
    leave(guest)
    guest.run("""
        until [ "$(cat visitor.* | grep -c ended)" = 40 ]; do usleep 50000; done
        cat visitor.* | grep -c refused | grep -qx 40
        status=$?
        rm visitor.*
        exit $status""")
