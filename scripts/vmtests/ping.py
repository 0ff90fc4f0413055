# SPDX-License-Identifier: MIT OR GPL-2.0
"""samples/pong against ping, where the guest itself does not answer."""
from vmtests import GUEST4, GUEST6, MANY, test

IGNORE = "/proc/sys/net/ipv4/icmp_echo_ignore_all /proc/sys/net/ipv6/icmp/echo_ignore_all"


@test
def pings_are_answered(guest):
    """ping gets every answer from raw sockets, IPv4 and IPv6, and none when they are gone"""
    guest.run(f"echo 1 | tee {IGNORE}; insmod /modules/wsk.ko && insmod /modules/pong.ko")
    try:
        for size in (0, 56, 1400, 20000):
            for host in (GUEST4, GUEST6):
                # Until five answers have come, however late, and however many it asks for.
                guest.outside("ping", "-c", "5", "-w", "30", "-i", "0.05", "-s", str(size), host)
        guest.run("timeout 10 rmmod pong")
        guest.expect_log(rf"pong: stopped; {MANY} pings answered over IPv4, {MANY} over IPv6")
        guest.expect_log("wsk: pong: nothing leaked")
        for host in (GUEST4, GUEST6):
            guest.outside("ping", "-c", "1", "-W", "1", host, status=1)
    finally:
        guest.run(f"echo 0 | tee {IGNORE}")


@test
def unloads_under_pings(guest):
    """a driver of raw sockets unloads while pings come in"""
    guest.run(f"echo 1 | tee {IGNORE}; insmod /modules/wsk.ko")
    try:
        pings = guest.outside_start("ping", "-f", "-w", "8", "-q", GUEST4)
        for _ in range(5):
            guest.run("insmod /modules/pong.ko && usleep 200000 && timeout 10 rmmod pong")
        pings.communicate()
        guest.expect_log("wsk: pong: nothing leaked", 5)
    finally:
        guest.run(f"echo 0 | tee {IGNORE}")
