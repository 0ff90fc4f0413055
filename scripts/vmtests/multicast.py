# SPDX-License-Identifier: MIT OR GPL-2.0
"""samples/roll_call against a peer in the network namespace at the other end of the wire."""
from vmtests import Failed, MANY, test

# Asks the group, each question up to so many times: a network may lose it, or the answer. Prints how
# many answers came back from there.
PEER = """
import socket, struct, sys, time
family, count, tries = (int(word) for word in sys.argv[1:])
ipv4 = family == 4
group, port = ("239.255.55.81", 5581) if ipv4 else ("ff15::5581", 5581)
peer = socket.socket(socket.AF_INET if ipv4 else socket.AF_INET6, socket.SOCK_DGRAM)
peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
peer.bind(("", port))
index = socket.if_nametoindex("tap0")
if ipv4:
    here = socket.inet_aton("192.0.2.1")
    peer.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
    peer.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + here)
else:
    peer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    peer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                    socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", index))
def ask(number):
    peer.sendto(b"?%d" % number, (group, port))
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        peer.settimeout(max(deadline - time.monotonic(), 0.01))
        try:
            data, source = peer.recvfrom(100)
        except socket.timeout:
            return False
        if data == b"here" and \
                (source[0] in ("192.0.2.2", "2001:db8::2") or source[0].startswith("fe80:")):
            return True
    return False
answers = sum(any(ask(number) for _ in range(tries)) for number in range(count))
print(answers, "answers")
"""


def ask(guest, family, count, answers, tries=1):
    """Asks COUNT questions outside the guest."""
    text = guest.outside("python3", "-c", PEER, str(family), str(count), str(tries), seconds=90)
    if text != f"{answers} answers\n":
        raise Failed(f"IPv{family}: {text}")


@test
def peers_hear_each_other(guest):
    """a driver and a peer in another namespace hear each other's multicasts, IPv4 and IPv6"""
    guest.run("insmod /modules/wsk.ko && insmod /modules/roll_call.ko")
    guest.expect_log("roll_call: listening")
    for family in (4, 6):
        ask(guest, family, 20, 20, tries=5)
    guest.run("timeout 10 rmmod roll_call")
    guest.expect_log(rf"roll_call: {MANY} questions answered over IPv4, {MANY} over IPv6")
    guest.expect_log("wsk: roll_call: nothing leaked")
    for family in (4, 6):
        ask(guest, family, 1, 0)
