# SPDX-License-Identifier: MIT OR GPL-2.0
"""
The second method: User-Mode Linux, where the same code runs on the machine's own processor, with its
caches and its copying, and a clock takes the time. One processor, no interrupts, no user space.
Whatever else the machine does disturbs it: so everybody is measured in turn, many times over.
"""
import contextlib
import importlib.machinery
import importlib.util
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys

from . import ROOT, SCRIPTS
from .rows import GROWTH_LINES, ROWS, WORST, WORST_COUNTS

ROUNDS = 15
LEAST_NOISE = 0.02
SECONDS = 300


def archive_of(text):
    """An initramfs of one file, /bench, by scripts/vm's writer of such."""
    loader = importlib.machinery.SourceFileLoader("vm", str(SCRIPTS / "vm"))
    vm = importlib.util.module_from_spec(importlib.util.spec_from_loader("vm", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(vm)
    archive = vm.Archive()
    archive.file("bench", text.encode())
    return archive.finish()


def first_in_line():
    """Before other programs, where that is allowed: they are not to be measured."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def boot(program, folder, lines, *options):
    """Runs the lines in the order given; what the kernel said."""
    (folder / "initramfs.gz").write_bytes(archive_of("\n".join(lines) + "\n"))
    with open(folder / "uml.log", "wb") as log:
        process = subprocess.Popen(
            [program, "mem=512M", "con0=fd:0,fd:1", "con=null", "printk.time=0",
             f"initrd={folder / 'initramfs.gz'}", *options],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=first_in_line)
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            # It is several processes, in the session that it was started in.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return (folder / "uml.log").read_text(errors="replace")


def results(text):
    """Each line that was run, and its figures."""
    found = re.findall(r"^(?:<\d>)?bench: (\w+ .*?) \| each=(\d+) worst=(\d+) stalls=(\d+)\s*$", text, re.M)
    return [(line, int(each), int(worst)) for line, each, worst, _ in found]


def measure(folder):
    """For each line its times in nanoseconds, round by round; and the worst round trip of many."""
    program = folder / "linux"
    subprocess.run([SCRIPTS / "kernel", "uml", program, ROOT / "bench/uml.config"], check=True)
    lines = list(dict.fromkeys([
        *(line for row in ROWS for peer, line in row.lines[1].items()
          if peer not in ("epoll", "io_uring")), *GROWTH_LINES[1].values()]))
    text = boot(program, folder, lines * (ROUNDS + 1))
    rounds = {line: [] for line in lines}
    for line, each, _ in results(text):
        rounds[line].append(each)
    short = [line for line, each in rounds.items() if len(each) != ROUNDS + 1]
    if short:
        sys.exit(f"bench: User-Mode Linux did not measure {short[0]}:\n{text[-4000:]}")
    # The first round touches memory for the first time.
    rounds = {line: each[1:] for line, each in rounds.items()}
    worst = WORST.format(count=WORST_COUNTS[1])
    text = boot(program, folder, [worst], "time-travel=inf-cpu")
    longest = [worst for _, _, worst in results(text)]
    if not longest:
        sys.exit(f"bench: User-Mode Linux did not measure {worst}:\n{text[-4000:]}")
    shutil.rmtree(program, ignore_errors=True)
    return {"rounds": rounds, "worst": longest[0]}


def compare(ours, theirs):
    """The ratio of two lines of rounds, in the middle, and its noise: twice its standard error."""
    ratios = [a / b for a, b in zip(ours, theirs)]
    middle = statistics.median(ratios)
    spread = statistics.median(abs(ratio - middle) for ratio in ratios)
    return middle, max(LEAST_NOISE, 2 * 1.4826 * spread / len(ratios) ** 0.5 / middle)
