# SPDX-License-Identifier: MIT OR GPL-2.0
"""
What scripts/bench measures (rows), by which methods (count, clock), what it makes of the figures
(verdict), and how it tells of them (report, picture).
"""
import pathlib
import re

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
ROOT = SCRIPTS.parent


def _numbers(text, enumeration):
    """An enumeration of bench/ports.h: its names without their prefix, and their values."""
    body = re.search(rf"enum {enumeration} {{(.*?)}};", text, re.S).group(1)
    names = re.findall(r"\bBENCH_(\w+),", re.sub(r"/\*.*?\*/", "", body, flags=re.S))
    return {name.lower(): value for value, name in enumerate(names)}


_PORTS = (ROOT / "bench/ports.h").read_text(encoding="utf-8")
PEERS = _numbers(_PORTS, "bench_peer")
TASKS = _numbers(_PORTS, "bench_task")


def port(peer, task):
    return 7000 + 32 * PEERS[peer] + TASKS[task]
