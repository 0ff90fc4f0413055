# SPDX-License-Identifier: MIT OR GPL-2.0
"""samples/udp_echo against socat and a client that counts what comes back."""
from vmtests import Failed, GUEST4, GUEST6, test

PORT = 5577

# Sends datagrams of many sizes, a few at a time, and expects each back as it was. A network may lose
# some, and a loaded machine's does: they are sent again, unless they are many.
CLIENT = """
import socket, sys
host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
peer = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
peer.settimeout(2)
peer.connect((host, port))
sizes = [0, 1, 100, 1000, 1400, 9000, 40000]
sent, lost = set(), 0
for first in range(0, count, len(sizes)):
    missing = {(b"%08d" % number * 5000)[:sizes[number % len(sizes)]]
               for number in range(first, min(first + len(sizes), count))}
    sent |= missing
    for datagram in missing:
        peer.send(datagram)
    while missing:
        try:
            back = peer.recv(65536)
        except TimeoutError:
            lost += len(missing)
            if lost > 50 + count // 50:
                sys.exit(f"{lost} datagrams are lost by datagram {first} of {count}")
            for datagram in missing:
                peer.send(datagram)
            continue
        if back not in sent:
            sys.exit("a datagram came back changed")
        missing.discard(back)
print(count, "came back")
"""

# Sends datagrams as fast as it can, and takes no answers.
FLOOD = """
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
peer = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(20000):
    peer.sendto(bytes(1000), (host, port))
"""


def serve(guest):
    guest.run("insmod /modules/wsk.ko && insmod /modules/udp_echo.ko")


@test
def lines(guest):
    """socat gets its datagram back from the UDP server, IPv4 and IPv6"""
    serve(guest)
    for address in (f"UDP4:{GUEST4}:{PORT}", f"UDP6:[{GUEST6}]:{PORT}"):
        text = guest.outside("sh", "-c", f"echo Hello | socat -t 2 - {address}")
        if text != "Hello\n":
            raise Failed(text)
    guest.run("rmmod udp_echo")
    guest.expect_log("udp_echo: stopped; 2 datagrams echoed, 0 dropped")
    guest.expect_log("wsk: udp_echo: nothing leaked")


@test
def many_datagrams(guest):
    """4000 datagrams of 0 to 40000 bytes come back as they were from the UDP server"""
    serve(guest)
    for host in (GUEST4, GUEST6):
        text = guest.outside("python3", "-c", CLIENT, host, str(PORT), "2000", seconds=120)
        if text != "2000 came back\n":
            raise Failed(text)


@test
def other_address(guest):
    """the UDP server answers from the address that it was asked at"""
    serve(guest)
    guest.run("ip address add 192.0.2.77/24 dev eth0; ip -6 address add 2001:db8::77/64 dev eth0")
    try:
        for host in ("192.0.2.77", "2001:db8::77"):
            # The client is connected: it takes answers from nobody else.
            guest.outside("python3", "-c", CLIENT, host, str(PORT), "14")
    finally:
        guest.run("ip address del 192.0.2.77/24 dev eth0; ip -6 address del 2001:db8::77/64 dev eth0")


@test
def flood(guest):
    """a flood of datagrams leaves the UDP server able to answer, and to unload"""
    serve(guest)
    for sender in [guest.outside_start("python3", "-c", FLOOD, host, str(PORT))
                   for host in (GUEST4, GUEST6, GUEST4, GUEST6)]:
        sender.communicate()
    guest.outside("python3", "-c", CLIENT, GUEST4, str(PORT), "14")
    guest.run("rmmod udp_echo")
    # Of the flood, too; how many depends on who gets the processors.
    guest.expect_log(r"udp_echo: stopped; [1-9]\d{2,} datagrams echoed")
    guest.expect_log("wsk: udp_echo: nothing leaked")
