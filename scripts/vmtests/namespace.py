# SPDX-License-Identifier: MIT OR GPL-2.0
"""Network namespaces of processes."""
from vmtests import LOCAL4, LOCAL6, test

PORT = 5577
TOOLS = ("echo_peer",)
NEEDS = ("veth",)


@test
def namespace_goes(guest):
    """a namespace goes away under a server's sockets, with its last process"""
    guest.run("insmod /modules/wsk.ko && rm -f pid go && modprobe veth && "
              "ip link add outer type veth")
    guest.run("unshare -n sh -c 'echo $$ >pid; until [ -e go ]; do sleep 0.1; done; "
              "ip link set lo up && insmod /modules/echo_server.ko && "
              f"./echo_peer talk {LOCAL4} {PORT} && ./echo_peer talk {LOCAL6} {PORT}' >inside & "
              "until [ -s pid ]; do sleep 0.1; done; ip link set veth0 netns $(cat pid) && "
              "touch go && wait $! && cat inside")
    # Both ends of the pair go with the namespace that one of them is in.
    guest.run("for i in $(seq 100); do ip link show outer >/dev/null 2>&1 || exit 0; sleep 0.1; "
              "done; exit 1")
    guest.run(f"./echo_peer talk {LOCAL4} {PORT}", status=None)
    guest.run("rmmod echo_server")
    guest.expect_log("wsk: echo_server: nothing leaked")


@test
def namespaces_are_apart(guest):
    """a server's sockets are in the namespace of whoever loads it, and nowhere else"""
    guest.run("insmod /modules/wsk.ko")
    guest.run("unshare -n sh -c 'ip link set lo up && insmod /modules/echo_server.ko && "
              f"./echo_peer talk {LOCAL4} {PORT} && "
              f"nsenter -t 1 -n ./echo_peer talk {LOCAL4} {PORT} && exit 9; rmmod echo_server'")
    guest.expect_log("wsk: echo_server: nothing leaked")
