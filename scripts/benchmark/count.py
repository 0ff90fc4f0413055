# SPDX-License-Identifier: MIT OR GPL-2.0
"""
The first method: a stock kernel in QEMU, whose clock counts instructions. Every run of the same files
gives the same figures.
"""
import pathlib
import re
import subprocess
import sys

from . import ROOT, SCRIPTS, port
from .rows import GROWTH_LINES, IDLE, IDLE_FIRST, IDLE_MORE, ROWS, WORST, WORST_COUNTS

NOISE = 0.01

GUEST = """
insmod /modules/wsk.ko && insmod /modules/bench_wsk.ko && insmod /modules/bench_raw.ko || exit
echo TEXT $(cat /sys/module/wsk/sections/.text)
run()
{{
	echo "$*" >/sys/module/bench_raw/parameters/run || {{
		echo "$* | failed"
		exit 1
	}}
	echo "$* | $(cat /sys/module/bench_raw/parameters/result)"
}}
# What is free, too, counts as used in the slabs that processors keep for themselves: shrinking takes
# those away.
memory()
{{
	for cache in /sys/kernel/slab/*; do
		echo 1 >$cache/shrink
	done
	echo "MEMORY $1 $(awk 'NR > 2 {{ all += $2 * $4 }} /kmalloc/ {{ own += $2 * $4 }}
		END {{ printf "%d %d", all, own }}' /proc/slabinfo) $(ls -d /proc/[0-9]* | wc -l)"
}}
{idle}
./bench_peer epoll {epoll} &
./bench_peer io_uring {io_uring} &
sleep 1
{lines}
killall bench_peer
rmmod bench_raw && rmmod bench_wsk && rmmod wsk
"""


def idle_lines():
    """Before anything else, so that nothing else goes meanwhile."""
    for peer, at in IDLE.items():
        yield f"run idle port={at} conns={IDLE_FIRST}"
        yield f"memory {peer}"
        yield f"run idle port={at} conns={IDLE_MORE}"
        yield f"memory {peer}"


def guest(kernel, folder, lines, idle=(), trace=None):
    """Runs the lines; what the guest says, and the folder in which all was built."""
    build = pathlib.Path(subprocess.run([SCRIPTS / "build", "--bench", kernel], check=True, text=True,
                                        stdout=subprocess.PIPE).stdout.strip())
    program = folder / "bench_peer"
    subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-static", "-o", program,
                    ROOT / "tools/bench_peer.c"], check=True)
    script = GUEST.format(epoll=port("epoll", "echo"), io_uring=port("io_uring", "echo"),
                          idle="\n".join(idle), lines="\n".join(f"run {line}" for line in lines))
    modules = [build / "wsk.ko", build / "bench_raw.ko", build / "bench/driver/bench_wsk.ko"]
    done = subprocess.run([SCRIPTS / "vm", "count", "--timeout", "500",
                           *(["--trace", trace] if trace else []),
                           *(word for module in modules for word in ("--module", module)),
                           "--file", program, kernel, script],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: the guest failed:\n{done.stdout}")
    return done.stdout, build


def figures_of(text):
    """The figures of each line that was run."""
    return {line: {"each": int(each), "worst": int(worst), "stalls": int(stalls)}
            for line, each, worst, stalls in re.findall(
                r"^(\w+ .*?) \| each=(\d+) worst=(\d+) stalls=(\d+)$", text, re.M)}


def measure(kernel, folder):
    """The figures by line; those of memory by peer: bytes a connection, both ends, what
    of that is of no cache of its own, and threads."""
    lines = list(dict.fromkeys([*(line for row in ROWS for line in row.lines[0].values()),
                                *GROWTH_LINES[0].values(), WORST.format(count=WORST_COUNTS[0])]))
    text, _ = guest(kernel, folder, lines, idle_lines())
    figures = figures_of(text)
    missing = set(lines) - set(figures)
    if missing:
        sys.exit(f"bench: no figures for {', '.join(sorted(missing))}:\n{text}")
    for peer in IDLE:
        first, last = ([int(number) for number in numbers] for numbers in re.findall(
            rf"^MEMORY {peer} (\d+) (\d+) (\d+)$", text, re.M))
        figures[f"idle {peer}"] = {
            "each": (last[0] - first[0]) // IDLE_MORE, "general": (last[1] - first[1]) // IDLE_MORE,
            "threads": last[2] - first[2]}
    return figures
