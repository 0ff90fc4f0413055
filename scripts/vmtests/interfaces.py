# SPDX-License-Identifier: MIT OR GPL-2.0
"""samples/interfaces against ip(8): the IP Helper's tables and notifications."""
from vmtests import Failed, GUEST4, GUEST6, test

NEEDS = ("dummy",)


def follow(guest):
    """Has the sample driver show its tables, and follow what changes."""
    guest.run("insmod /modules/wsk.ko && insmod /modules/interfaces.ko")
    guest.expect_log("interfaces: following routes")


@test
def tables(guest):
    """the IP Helper's tables hold the guest's interfaces, addresses and routes"""
    follow(guest)
    guest.expect_log(r"interfaces: \d+ is lo, type 24, MTU 65536, up")
    guest.expect_log(r"interfaces: \d+ is eth0, type 6, MTU 1500, up")
    guest.expect_log("interfaces: lo has 127.0.0.1/8")
    guest.expect_log("interfaces: lo has ::1/128")
    guest.expect_log(f"interfaces: eth0 has {GUEST4}/")
    guest.expect_log(f"interfaces: eth0 has {GUEST6}/")
    guest.expect_log(r"interfaces: 127.0.0.0/8 by 0.0.0.0, lo, metric 0")
    guest.expect_log("interfaces: 127.0.0.1 is reached from 127.0.0.1 through lo")
    guest.run("rmmod interfaces")
    guest.expect_log("interfaces: stopped")
    guest.expect_log("wsk: interfaces: nothing leaked")


@test
def changes(guest):
    """what ip(8) changes of interfaces, addresses and routes is told to the driver"""
    follow(guest)
    guest.run("modprobe dummy numdummies=0 && ip link add wsk0 type dummy && "
              "ip link set wsk0 up")
    guest.expect_log(r"interfaces: interface wsk0 \(\d+\): new")
    guest.expect_log(r"interfaces: interface wsk0 \(\d+\): changed")
    guest.run("ip address add 198.51.100.1/24 dev wsk0")
    guest.run("ip -6 address add fd57:534b::1/64 dev wsk0")
    guest.expect_log("interfaces: address 198.51.100.1 on wsk0: new")
    guest.expect_log("interfaces: address fd57:534b::1 on wsk0: new")
    guest.run("ip route add 203.0.113.0/24 via 198.51.100.9 dev wsk0")
    guest.run("ip -6 route add fd57:534b:1::/64 via fd57:534b::9 dev wsk0")
    guest.expect_log("interfaces: route to 203.0.113.0/24 by 198.51.100.9, wsk0: new")
    guest.expect_log("interfaces: route to fd57:534b:1::/64 by fd57:534b::9, wsk0: new")
    guest.run("ip route del 203.0.113.0/24")
    guest.expect_log("interfaces: route to 203.0.113.0/24 by 198.51.100.9, wsk0: gone")
    guest.run("ip route add 203.0.114.0/24 via 198.51.100.9 dev wsk0")
    guest.expect_log("interfaces: route to 203.0.114.0/24 by 198.51.100.9, wsk0: new")
    guest.run("ip link set wsk0 down")
    guest.expect_log("interfaces: route to 203.0.114.0/24 by 198.51.100.9, wsk0: gone")
    guest.run("ip address del 198.51.100.1/24 dev wsk0")
    guest.expect_log("interfaces: address 198.51.100.1 on wsk0: gone")
    guest.run("ip link del wsk0")
    guest.expect_log(r"interfaces: interface \? \(\d+\): gone")
    guest.run("rmmod interfaces")
    guest.expect_log("wsk: interfaces: nothing leaked")


@test
def namespaces(guest):
    """a driver sees interfaces, addresses and routes of the network namespace that it was loaded in"""
    guest.run("insmod /modules/wsk.ko")
    guest.run("rm -f go; unshare -n sh -c 'ip link set lo up && insmod /modules/interfaces.ko && "
              "ip address add 198.51.100.2/32 dev lo; until [ -e go ]; do usleep 20000; done; rm go' "
              ">/dev/null 2>&1 &")
    guest.expect_log("interfaces: address 198.51.100.2 on lo: new")
    guest.run("touch go; while [ -e go ]; do usleep 20000; done")
    # That namespace has ended.
    guest.run("ip address add 198.51.100.3/32 dev lo && ip address del 198.51.100.3/32 dev lo")
    guest.run("rmmod interfaces")
    guest.expect_log("wsk: interfaces: nothing leaked")
    for other in ("is eth0", "address 198.51.100.3"):
        if other in guest.log():
            raise Failed(guest.log())
