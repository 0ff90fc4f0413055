# SPDX-License-Identifier: MIT OR GPL-2.0
"""wsk.ko itself, and the echo server and client against clients of user space."""
import re

from vmtests import Failed, GUEST4, GUEST6, LOCAL4, LOCAL6, test

PORT = 5577
TOOLS = ("echo_peer", "load_with_memory")


def serve(guest):
    """Loads what a test of the server needs."""
    guest.run("insmod /modules/wsk.ko && insmod /modules/echo_server.ko")


@test
def load_and_unload(guest):
    """wsk.ko loads, unloads, and has leaked nothing"""
    guest.run("insmod /modules/wsk.ko && rmmod wsk")
    guest.expect_log("wsk: wsk: nothing leaked")


@test
def driver_loads(guest):
    """a driver loads, holds wsk.ko while it is loaded, and unloads"""
    serve(guest)
    guest.expect_log("echo_server: listening on port 5577")
    if guest.users() != "1":
        raise Failed("wsk.ko does not have one user")
    guest.run("rmmod wsk", status=1)
    guest.run("rmmod echo_server")
    guest.expect_log("wsk: echo_server: nothing leaked")
    if guest.users() != "0":
        raise Failed("wsk.ko still has a user")


@test
def memory_of_a_process(guest):
    """a driver locks memory of a process, reads it and writes to it"""
    guest.run("insmod /modules/wsk.ko && ./load_with_memory /modules/user_memory.ko")
    guest.run("rmmod user_memory")
    guest.expect_log("wsk: user_memory: nothing leaked")


@test
def lines_inside(guest):
    """lines are echoed to a client in the guest, IPv4 and IPv6"""
    serve(guest)
    guest.peer(f"talk {LOCAL4} {PORT}")
    guest.peer(f"talk {LOCAL6} {PORT}")


@test
def lines_outside(guest):
    """lines are echoed to a client outside the guest, IPv4 and IPv6"""
    serve(guest)
    guest.outside_peer(f"talk {GUEST4} {PORT}")
    guest.outside_peer(f"talk {GUEST6} {PORT}")


@test
def other_clients(guest):
    """netcat gets its bytes back, IPv4 and IPv6"""
    serve(guest)
    for address in (LOCAL4, LOCAL6):
        text = guest.run(f"seq 1 2000 | timeout 10 nc {address} {PORT} | md5sum; "
                         "seq 1 2000 | md5sum")
        if len(set(text.split("\n")[:2])) != 1:
            raise Failed(text)


@test
def big_payloads(guest):
    """payloads of 1 MiB and 16 MiB come back whole, from inside and outside"""
    serve(guest)
    for size in ("1M", "16M"):
        guest.peer(f"load -b {size} {LOCAL4} {PORT}")
        guest.peer(f"load -b {size} {LOCAL6} {PORT}")
    guest.outside_peer(f"load -b 1M {GUEST4} {PORT}")
    guest.outside_peer(f"load -b 1M {GUEST6} {PORT}")


@test
def many_connections(guest):
    """400 connections at once, over IPv4 and over IPv6, each get their own bytes back"""
    serve(guest)
    guest.peer(f"load -n 400 -b 24K {LOCAL4} {PORT}", 90)
    guest.peer(f"load -n 400 -b 24K {LOCAL6} {PORT}", 90)


@test
def many_connections_outside(guest):
    """200 connections from outside and 200 from inside, at the same time"""
    serve(guest)
    outside = guest.outside_start(guest.folder / "echo_peer", "load", "-n", "200", "-b", "16K",
                                  GUEST6, str(PORT))
    guest.peer(f"load -n 200 -b 16K {LOCAL4} {PORT}", 90)
    output = outside.communicate(timeout=60)[0]
    if outside.returncode:
        raise Failed(output)


@test
def one_byte_and_none(guest):
    """connections that send one byte, or none, end as they should"""
    serve(guest)
    guest.peer(f"load -n 50 -b 1 {LOCAL4} {PORT}")
    guest.peer(f"load -n 50 -b 0 {LOCAL6} {PORT}")


@test
def half_close(guest):
    """a client that finishes sending before it reads still gets everything"""
    serve(guest)
    guest.peer(f"load -n 100 -b 32K -H {LOCAL4} {PORT}")
    guest.peer(f"load -n 100 -b 32K -H {LOCAL6} {PORT}")


@test
def slow_readers(guest):
    """slow readers get everything, and do not hold up the others"""
    serve(guest)
    guest.run(f"./echo_peer load -n 20 -b 400K -s 8K {LOCAL4} {PORT} >slow & "
              f"./echo_peer load -n 100 -b 32K {LOCAL4} {PORT} >fast && "
              "[ ! -s slow ] && wait $! && cat slow fast")


@test
def resets(guest):
    """connections reset half-way take nothing away from the others"""
    serve(guest)
    guest.peer(f"load -n 200 -b 48K -r 2 {LOCAL4} {PORT}")
    guest.peer(f"load -n 200 -b 48K -r 2 {LOCAL6} {PORT}")
    guest.peer(f"load -n 200 -b 48K -r 1 {LOCAL4} {PORT}")
    guest.peer(f"talk {LOCAL4} {PORT}")
    guest.run("rmmod echo_server")
    guest.expect_log("wsk: echo_server: nothing leaked")


@test
def unload_with_idle_connections(guest):
    """the server unloads with 300 connections open, and resets them"""
    serve(guest)
    guest.run(f"""
        rm -f held
        ./echo_peer load -n 300 -b 4K -o {LOCAL4} {PORT} >held 2>&1 &
        peer=$!
        until grep -q holding held; do usleep 50000; done
        time rmmod echo_server
        kill $peer
        grep 'holding 300' held""")
    guest.expect_log("wsk: echo_server: nothing leaked")
    if "0" not in guest.run("netstat -tn | grep -c ESTABLISHED", status=None).split():
        raise Failed(guest.run("netstat -tn"))


@test
def unload_with_stuck_sends(guest):
    """the server unloads while 50 clients do not read what it sends"""
    serve(guest)
    guest.run(f"""
        rm -f held
        ./echo_peer load -n 50 -b 64M -d {LOCAL6} {PORT} >held 2>&1 &
        peer=$!
        until grep -q 'holding 50' held; do usleep 50000; done
        rmmod echo_server || exit
        kill $peer 2>/dev/null
        wait $peer
        true""")
    guest.expect_log("wsk: echo_server: nothing leaked")


@test
def unload_with_unreachable_peers(guest):
    """the server unloads while its peers cannot be reached any more"""
    serve(guest)
    peers = [guest.outside_start(guest.folder / "echo_peer", "load", "-n", "20", "-b", size, how,
                                 GUEST4, str(PORT)) for size, how in (("4K", "-o"), ("64M", "-d"))]
    try:
        for peer in peers:
            if peer.stdout.readline() != "holding 20 connections\n":
                raise Failed("the clients do not hold their connections")
        guest.outside("ip", "route", "add", "blackhole", GUEST4)
        guest.run("timeout 10 rmmod echo_server")
    finally:
        guest.outside("ip", "route", "delete", "blackhole", GUEST4, status=None)
        for peer in peers:
            peer.kill()
            peer.communicate()
    guest.expect_log("wsk: echo_server: nothing leaked")


@test
def idle_is_idle(guest):
    """300 idle connections and 20 stuck ones take no processor time"""
    serve(guest)
    guest.run(f"""
        rm -f held stuck
        ./echo_peer load -n 300 -b 4K -o {LOCAL4} {PORT} >held 2>&1 &
        ./echo_peer load -n 20 -b 64M -d {LOCAL6} {PORT} >stuck 2>&1 &
        until grep -q 'holding 300' held && grep -q 'holding 20' stuck; do usleep 50000; done""")
    # The guest may have something else to do for a while.
    for _ in range(5):
        text = guest.run("head -n 1 /proc/stat; sleep 3; head -n 1 /proc/stat")
        before, after = ([int(word) for word in line.split()[1:]] for line in text.splitlines())
        ticks = [late - early for early, late in zip(before, after)]
        if ticks[3] >= 0.8 * sum(ticks):
            break
    else:
        raise Failed(f"of {sum(ticks)} ticks only {ticks[3]} were idle:\n{text}")
    guest.run("killall echo_peer")


@test
def unload_under_load(guest):
    """the server unloads and loads ten times while clients hammer on it"""
    serve(guest)
    outside = guest.outside_start(guest.folder / "echo_peer", "load", "-n", "20", "-b", "64K",
                                  "-S", "5", GUEST4, str(PORT))
    guest.run(f"""
        ./echo_peer load -n 40 -b 64K -S 5 {LOCAL4} {PORT} >hammer4 2>&1 &
        four=$!
        ./echo_peer load -n 40 -b 8K -S 5 {LOCAL6} {PORT} >hammer6 2>&1 &
        six=$!
        usleep 300000
        for cycle in 1 2 3 4 5 6 7 8 9 10; do
            rmmod echo_server || exit
            insmod /modules/echo_server.ko || exit
            usleep 200000
        done
        wait $four && wait $six || cat hammer4 hammer6""", 120)
    outside.communicate(timeout=60)
    guest.peer(f"talk {LOCAL6} {PORT}")
    guest.expect_log("wsk: echo_server: nothing leaked", 10)


@test
def load_cycles(guest):
    """wsk.ko and the server load, serve and unload ten times"""
    guest.run(f"""
        for cycle in 1 2 3 4 5 6 7 8 9 10; do
            insmod /modules/wsk.ko && insmod /modules/echo_server.ko &&
            ./echo_peer load -n 10 -b 8K {LOCAL4} {PORT} &&
            rmmod echo_server && rmmod wsk || exit
        done""", 90)
    guest.expect_log("wsk: wsk: nothing leaked", 10)


@test
def client_of_user_space(guest):
    """echo_client is served by a server in user space, IPv4 and IPv6"""
    guest.run(f"""
        insmod /modules/wsk.ko
        ./echo_peer serve {PORT} &
        server=$!
        {guest.until_listening(PORT)}
        insmod /modules/echo_client.ko
        until dmesg | grep -q 'echo_client: done'; do usleep 50000; done
        rmmod echo_client
        dmesg -c >/dev/null
        kill $server""", 30)
    guest.expect_log(r"echo_client: \S+: 1048576 bytes sent, echoed and verified", 2)
    guest.expect_log("wsk: echo_client: nothing leaked")


@test
def client_of_driver(guest):
    """echo_client is served by echo_server, both holding wsk.ko"""
    serve(guest)
    guest.run("insmod /modules/echo_client.ko")
    guest.expect_log(r"echo_client: \S+: 1048576 bytes sent, echoed and verified", 2)
    guest.expect_log("echo_client: done")
    if guest.users() != "2":
        raise Failed("wsk.ko does not have two users")


@test
def unload_in_the_middle(guest):
    """either end unloads in the middle of a conversation between the two drivers"""
    serve(guest)
    guest.run("""
        for wait in 0 5 10 20 40 60 80; do
            insmod /modules/echo_client.ko
            usleep ${wait}000
            rmmod echo_client || exit
            insmod /modules/echo_client.ko
            usleep ${wait}000
            rmmod echo_server || exit
            rmmod echo_client || exit
            insmod /modules/echo_server.ko || exit
        done""", 60)
    guest.expect_log("wsk: echo_server: nothing leaked", 7)
    guest.expect_log("wsk: echo_client: nothing leaked", 14)


@test
def client_without_server(guest):
    """echo_client without a server reports STATUS_CONNECTION_REFUSED"""
    guest.run("insmod /modules/wsk.ko && insmod /modules/echo_client.ko")
    guest.expect_log(r"echo_client: \S+: failed with 0xC0000236 after 0 bytes", 2)
    guest.expect_log("echo_client: done")


@test
def client_is_cancelled(guest):
    """echo_client unloads at once while its server does not answer"""
    guest.run(f"""
        insmod /modules/wsk.ko
        ./echo_peer hold {PORT} &
        server=$!
        {guest.until_listening(PORT)}
        insmod /modules/echo_client.ko
        usleep 500000
        timeout 5 rmmod echo_client
        status=$?
        kill $server
        exit $status""", 30)
    guest.expect_log(r"echo_client: \S+: failed with 0xC0000120", 2)
    guest.expect_log("wsk: echo_client: nothing leaked")


@test
def failing_driver_entry(guest):
    """a driver whose port is taken fails to load, leaves nothing, and loads later"""
    # busybox's insmod tries twice, in two ways.
    guest.run(f"""
        insmod /modules/wsk.ko
        ./echo_peer hold {PORT} &
        server=$!
        {guest.until_listening(PORT)}
        insmod /modules/echo_server.ko && exit 1
        ! grep -q ^echo_server /proc/modules || exit 2
        kill $server
        wait $server
        insmod /modules/echo_server.ko
        ./echo_peer talk {LOCAL4} {PORT}""", 30)
    guest.expect_log("echo_server: cannot listen on port 5577, 0xC000020A")
    guest.expect_log("wsk: echo_server: nothing leaked")


@test
def no_sockets_left(guest):
    """when all is unloaded the kernel has no TCP socket left"""
    serve(guest)
    guest.peer(f"load -n 50 -b 8K {LOCAL4} {PORT}")
    guest.run("rmmod echo_server && rmmod wsk")
    text = guest.run("cat /proc/net/sockstat /proc/net/sockstat6")
    if re.findall(r"TCP6?: inuse (\d+)", text) != ["0", "0"]:
        raise Failed(text)
