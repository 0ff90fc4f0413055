# SPDX-License-Identifier: MIT OR GPL-2.0
"""The rows of the table: who does what, and what is to come out."""
import collections

from . import port

# What a target is about: instructions, nanoseconds, bytes, or the clock of a machine that waits only.
INSTRUCTIONS, NANOSECONDS, BYTES = "instructions", "ns", "bytes"
GROWTH = (1, 4, 16, 64, 256)

# Ours over the peer's, at most.
Target = collections.namedtuple("Target", "peer ratio unit", defaults=(INSTRUCTIONS,))


class Row:
    """A row: a line for bench_raw for each peer, ours among them, and the targets of ours.

    COUNTS are how often it is done: where instructions are counted, and where time is taken.
    TASKS names the tasks of those who do another than TASK.
    """

    def __init__(self, name, line, counts, task, peers, ours, targets, tasks=None):
        self.name, self.ours, self.targets = name, ours, targets
        self.peers = tuple(peers)
        tasks = tasks or {}
        self.lines = [{peer: line.format(port=port(peer, tasks.get(peer, task)), count=count)
                       for peer in peers} for count in counts]


USERS = ("epoll", "io_uring")  # no user space where time is taken
RAW = ("kthread", "work", "inline")
PINGPONG = "pingpong port={port} size=64 count={count}"
LARGE = "pingpong port={port} size=16384 count={count}"
COUNTER = port("event", "udp_count")

ROWS = (
    Row("TCP 64 B ping-pong, receive event", PINGPONG, (2000, 1000), "echo",
        (*RAW, "event", *USERS), "event",
        [Target("inline", 1.03), Target("kthread", 0.81), Target("work", 0.80),
         Target("epoll", 0.79), Target("io_uring", 0.71)]),
    Row("TCP 64 B ping-pong, request posted ahead", PINGPONG, (2000, 1000), "echo",
        ("kthread", "inline", "request"), "request",
        [Target("inline", 1.05), Target("kthread", 0.83)]),
    Row("TCP 64 B ping-pong, thread that waits", PINGPONG, (2000, 1000), "echo",
        ("kthread", "wait"), "wait", [Target("kthread", 1.03)]),
    Row("TCP 16 KiB ping-pong, receive event", LARGE, (500, 400), "echo",
        (*RAW, "event", *USERS), "event", [Target("kthread", 0.75, NANOSECONDS)]),
    Row("TCP 16 KiB ping-pong, request posted ahead", LARGE, (500, 400), "echo",
        ("kthread", "inline", "request"), "request", [Target("kthread", 0.88, NANOSECONDS)]),
    Row("TCP stream, 64 KiB sends, receive event", "stream port={port} count={count}", (8, 8),
        "sink", (*RAW, "event"), "event", [Target("kthread", 0.48, NANOSECONDS)]),
    Row("TCP stream, 64 KiB sends, requests", "stream port={port} count={count}", (8, 8), "sink",
        ("kthread", "request"), "request", [Target("kthread", 0.72, NANOSECONDS)]),
    Row("TCP 64 KiB sends over a network card", "supply port={port} count={count} wire=1", (8, 8),
        "supply", ("kthread", "event"), "event", [Target("kthread", 0.50, NANOSECONDS)]),
    Row("TCP 64 KiB sends over loopback", "supply port={port} count={count}", (8, 8), "supply",
        ("kthread", "event"), "event", [Target("kthread", 1.00, NANOSECONDS)]),
    Row("TCP, 16 sends of 64 B queued at once", "burst port={port} count={count}", (4, 4), "source",
        ("kthread", "event"), "event", [Target("kthread", 0.17)], {"event": "source_at_once"}),
    Row("TCP 64 B ping-pong over 256 connections", PINGPONG + " conns=256", (2000, 2000), "echo",
        ("kthread", "inline", "event"), "event",
        [Target("1 connection", 1.02), Target("1 connection", 1.25, NANOSECONDS)]),
    Row("TCP connections made and closed", "rate port={port} count={count}", (500, 200), "accept",
        ("kthread", "event"), "event", [Target("kthread", 1.05)]),
    Row("UDP 64 B, receive event", "datagram port={port} size=64 count={count}", (5000, 5000),
        "udp_sink", (*RAW, "event"), "event", [Target("inline", 1.04), Target("kthread", 0.62)]),
    Row("UDP, 64 messages of 64 B in one call", "dgburst port={port} count={count}", (4, 2),
        "udp_source", ("kthread", "event"), "event", [Target("kthread", 0.35)],
        {"event": "udp_source_at_once"}),
    Row("TCP 64 B sends that complete at once", "burst port={port} count={count}", (4, 4), "source",
        ("kthread", "wait"), "wait", [Target("kthread", 1.02)]),
    Row("TCP 64 KiB sends that wait for room", "tight port={port} count={count}", (8, 8), "tight",
        ("kthread", "event"), "event", [Target("kthread", 1.00)]),
)

# Ours goes to a peer that is ours, too; the other's is that of the row before.
COALESCED = Row("UDP, 64 messages of 64 B in one call, received as one",
                f"coalesced port={{port}} to={COUNTER} count={{count}}", (4, 2),
                "udp_source_at_once", ("event",), "event", [Target("kthread", 0.05)])
SINGLE_DATAGRAMS = next(row for row in ROWS if row.name.endswith("in one call"))
COALESCED.peers = ("kthread", "event")
for _lines, _single in zip(COALESCED.lines, SINGLE_DATAGRAMS.lines):
    _lines["kthread"] = _single["kthread"]
ROWS = (*ROWS[:14], COALESCED, *ROWS[14:])

MANY = next(row for row in ROWS if "256" in row.name)
GROWTH_PEERS = ("kthread", "inline", "event")
GROWTH_LINES = [{(peer, conns): f"pingpong port={port(peer, 'echo')} size=64 count={count} conns={conns}"
                 for peer in GROWTH_PEERS for conns in GROWTH} for count in (2000, 2000)]

# Memory of connections that are idle: the peers, and what ours may have of its own beside a socket.
IDLE_FIRST, IDLE_MORE = 24, 1000
IDLE = {peer: port(peer, "idle") for peer in ("inline", "event")}
IDLE_TARGET, IDLE_OWN = Target("inline", 1.17, BYTES), 512

# The longest of many round trips, both ends WSK's: stalls are 40 ms (an acknowledgement held back)
# or 200 ms (a probe of a closed window).
WORST = f"pair port={port('event', 'pair')} size=16384 count={{count}}"
WORST_COUNTS = (20000, 1000000)
WORST_MOST = 50_000_000
