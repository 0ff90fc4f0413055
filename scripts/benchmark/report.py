# SPDX-License-Identifier: MIT OR GPL-2.0
"""Documentation/performance.rst, of a run, and its picture."""
import pathlib
import platform
import re
import time

from . import ROOT
from .clock import ROUNDS
from .picture import picture
from .rows import INSTRUCTIONS, NANOSECONDS
from .verdict import outcome, totals

HEAD = """\
.. SPDX-License-Identifier: MIT OR GPL-2.0

===========
Performance
===========

Written by ``scripts/bench --report``: what WSK costs beside raw in-kernel sockets that do the same, in
the same boot, with the same in-kernel client. Computed on {processor}, {date}, by two methods:

- *instructions*: {kernels} in QEMU, with its clock counting
  instructions: both ends together, for one round trip, send, connection or message. The same in every
  run; the noise, of a build with other code around, is 1 %. Copying counts one for each step of
  whatever loop the kernel copies with, so rows of large messages are judged by time.
- *ns*: Linux 6.12 as User-Mode Linux without anything that watches, on the machine's own processor,
  where copying, caches and memory count. Medians of {rounds} rounds in which everybody takes turns; the
  ratio is the median of the rounds' ratios, its noise twice the standard error and at least 2 %.

A target counts as missed where the ratio exceeds it by more than the noise, and where one method finds
ours cheaper than the peer and the other dearer. Wake-ups of other processors and system calls cost more
on a real machine than either method shows; our peers that sleep would suffer more than we.

The peers: *kthread* is a raw blocking thread for each connection; *work* raw
``sk_data_ready`` and a workqueue; *inline* raw in the softirq itself (for UDP, before a queue), which is
the limit of the technique that WSK uses; *epoll* and *io_uring* are user space. Ours are written as
Windows drivers are: *event* by event callbacks, *request* by IRPs posted ahead, *wait* by a thread that
waits. {met} targets are met and {missed} missed.
"""

TABLE = """\

{title}
{line}

.. csv-table::
   :header: Workload, Ours is, Peer, Unit, Ours, Peer's, Ratio, Noise, Target
   :widths: 32 8 12 12 8 8 7 7 16

"""


def reasons():
    """What is known of rows that miss, or are too easy: sections of bench/reasons.rst, by the row's name."""
    text = (ROOT / "bench/reasons.rst").read_text(encoding="utf-8")
    parts = re.split(r"^(.+)\n~{3,}\n", text, flags=re.M)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2])}


def table(title, rows, units):
    out = [TABLE.format(title=title, line="-" * len(title)).rstrip("\n"), ""]
    for row in rows:
        name, ours = f'"{row["name"]}"', row["ours"]
        for one in row["entries"]:
            if units and one["unit"] not in units:
                continue
            target = "" if one["target"] is None else f"{one['target']:.2f}, "
            out.append(f"   {name}, {ours}, {one['peer']}, {one['unit']}, {one['ours']:.0f}, "
                       f"{one['theirs']:.0f}, {one['ratio']:.2f}, {100 * one['noise']:.0f} %, "
                       f'"{target}{outcome(one)}"')
            name = ours = ""
    return out


def missed(rows):
    """The names of rows that miss."""
    return {row["name"] for row in rows if any(one["met"] is False for one in row["entries"])}


def easy(rows):
    """The names of rows that have every target, and one of them by more than a tenth."""
    found = set()
    for row in rows:
        entries = [one for one in row["entries"] if one["target"]]
        if entries and all(one["met"] for one in entries) and \
                any(one["ratio"] < 0.9 * one["target"] for one in entries):
            found.add(row["name"])
    return found


def explanations(title, rows, names, known, met=False):
    """Of the rows with these names, and of targets that were met or were not."""
    out = ["", title, "-" * len(title)]
    for row in rows:
        if row["name"] not in names:
            continue
        said = ", ".join(f"{one['ratio']:.2f} of {one['peer']} ({one['unit']}), target "
                         f"{one['target']:.2f}" for one in row["entries"] if one["met"] is met)
        out += ["", row["name"], "~" * len(row["name"]), "", f"{said}.", "",
                known.get(row["name"], "No explanation is on record.")]
    return out


def write(by_kernel, growth):
    """BY_KERNEL: the rows of each kernel; the first is the one that is told of in full."""
    # Names of processors are not unique.
    cpu = re.search(r"cpu family\s*: (.*)\n.*\nmodel name\s*: (.*)",
                    pathlib.Path("/proc/cpuinfo").read_text())
    kernels = list(by_kernel)
    rows = by_kernel[kernels[0]]
    known = reasons()
    for name in known:
        if name not in [row["name"] for row in rows]:
            raise SystemExit(f"bench/reasons.rst: no row is called {name}")
    met, misses = totals(rows)
    out = [HEAD.format(processor=f"{cpu[2]}, family {cpu[1]}" if cpu else platform.machine(),
                       date=time.strftime("%Y-%m-%d"),
                       kernels="Debian's Linux " + " and ".join(kernels),
                       rounds=ROUNDS, met=met, missed=misses).rstrip("\n")]
    out += table(f"Linux {kernels[0]}", rows, None)
    out += ["", ".. image:: performance.svg"]
    told = missed(rows)
    out += explanations("What misses, and why", rows, told, known)
    out += explanations("Targets that were too easy", rows, easy(rows), known, met=True)
    for kernel in kernels[1:]:
        out += table(f"Linux {kernel}, instructions only", by_kernel[kernel],
                     (INSTRUCTIONS, "bytes", "more"))
        more = missed(by_kernel[kernel]) - told
        if more:
            out += explanations(f"What misses on {kernel} only", by_kernel[kernel], more, known)
    (ROOT / "Documentation/performance.rst").write_text("\n".join(map(str.rstrip, out)) + "\n")
    (ROOT / "Documentation/performance.svg").write_text(
        picture(rows, growth, (INSTRUCTIONS, NANOSECONDS)))
