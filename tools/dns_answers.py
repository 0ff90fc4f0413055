#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR GPL-2.0
"""
A name server that knows what the tests of names ask: a few names below wsk.example, all others not
to exist. It says nothing at all about silent.wsk.example. Prints "ready" once it can be asked.

Usage: dns_answers.py ADDRESS
"""
import ipaddress
import socket
import struct
import sys

A, CNAME, PTR, AAAA = 1, 5, 12, 28
NAMES = {
    "www.wsk.example": [(CNAME, "web.wsk.example")],
    "web.wsk.example": [(A, "203.0.113.80"), (AAAA, "2001:db8:1::80")],
    "80.113.0.203.in-addr.arpa": [(PTR, "web.wsk.example")],
}
SILENT = "silent.wsk.example"


def encode(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def record(name, kind, value):
    data = encode(value) if kind in (CNAME, PTR) else ipaddress.ip_address(value).packed
    return encode(name) + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def answers(name, kind):
    """The records that answer, with the aliases on the way there."""
    found = []
    for own, value in NAMES.get(name, ()):
        if own == kind:
            found.append(record(name, own, value))
        elif own == CNAME:
            found += [record(name, own, value), *answers(value, kind)]
    return found


def reply(query):
    """The answer to a query; None: there is none."""
    number, count = struct.unpack("!H2xH", query[:6])
    parts, at = [], 12
    while query[at]:
        parts.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    name = ".".join(parts).lower()
    if count != 1 or name == SILENT:
        return None
    found = answers(name, kind)
    flags = 0x8580 | (0 if name in NAMES else 3)
    return struct.pack("!6H", number, flags, 1, len(found), 0, 0) + query[12:at + 5] + b"".join(found)


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((sys.argv[1], 53))
        print("ready", flush=True)
        while True:
            query, peer = server.recvfrom(4096)
            message = reply(query)
            if message:
                server.sendto(message, peer)


if __name__ == "__main__":
    main()
