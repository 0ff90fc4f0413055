# SPDX-License-Identifier: MIT OR GPL-2.0
"""Where in wsk.ko the instructions for a message go, by function."""
import bisect
import collections
import re
import subprocess

from . import count, port

ROUND_TRIPS = 1000
WARM_UP = 100


def functions(module):
    """Where each function of the module's begins, and its name."""
    listing = subprocess.run(["objdump", "-C", "-t", "-j", ".text", module], stdout=subprocess.PIPE,
                             text=True, check=True).stdout
    return sorted((int(start, 16), name.removeprefix(".hidden ")) for start, name in re.findall(
        r"^([0-9a-f]{16}) .{7} \.text\s[0-9a-f]{16} (.*)$", listing, re.M))


def executed(trace, base, symbols):
    """Instructions by function: QEMU tells what each block holds, and when it runs."""
    starts = [start for start, _ in symbols]
    blocks, spent, block = {}, collections.Counter(), None
    with open(trace, errors="replace") as lines:
        for line in lines:
            if line.startswith("IN:"):
                block = None
            elif line.startswith("0x"):
                block = int(line.split(":")[0], 16) if block is None else block
                blocks.setdefault(block, set()).add(line.split(":")[0])
            elif line.startswith("Trace"):
                at = int(line.split("[")[1].split("/")[1], 16)
                if base <= at < base + starts[-1] + 4096:
                    name = symbols[bisect.bisect_right(starts, at - base) - 1][1]
                    spent[name] += len(blocks.get(at, ()))
    return spent


def show(kernel, folder):
    line = f"pingpong port={port('event', 'echo')} size=64 count={ROUND_TRIPS}"
    text, build = count.guest(kernel, folder, [line], trace=folder / "trace")
    base = int(re.search(r"TEXT (0x[0-9a-f]+)", text).group(1), 16)
    spent = executed(folder / "trace", base, functions(build / "wsk.ko"))
    messages = ROUND_TRIPS + WARM_UP
    print(f"{sum(spent.values()) / messages:.0f} instructions in wsk.ko for a message and its answer")
    for name, instructions in spent.most_common(50):
        print(f"{instructions / messages:8.1f}  {name}")
