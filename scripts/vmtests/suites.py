# SPDX-License-Identifier: MIT OR GPL-2.0
"""The KUnit suites on a stock kernel."""
import re

from vmtests import Failed, test

NEEDS = ("veth",)


def trouble(log):
    """What the failed checks say, and after that the log around them."""
    checks = re.findall(r"# .* FAILED at .*\n.*", re.sub(r"(?m)^\[ *[\d.]+\] *", "", log))
    # What is ok, and what WSK says of mistakes made on purpose, is not the trouble.
    around = [line for line in log.splitlines()
              if not re.search(r"\]     ok |\] ok |# Subtest|\] wsk: ", line)]
    return "\n".join(checks + around)


@test
def suites_pass(guest):
    """the KUnit suites pass with two processors"""
    guest.provokes = True
    guest.run("modprobe veth; insmod wsk_with_suites.ko")
    text = guest.run("echo '*' >/sys/module/wsk/parameters/run_suites", 900, status=None)
    guest.run("rmmod wsk")
    guest.expect_log("wsk: wsk: nothing leaked")
    totals = re.findall(r"# Totals: pass:(\d+) fail:(\d+) skip:\d+", guest.log())
    if len(totals) != 1 or totals[0][0] == "0" or totals[0][1] != "0":
        raise Failed(f"{trouble(guest.log())}\n{text}")
    # The host has brought it: without one the pair could not be set up, and tests would be skipped.
    if "this kernel has no veth" in guest.log():
        raise Failed(trouble(guest.log()))
    return f", {totals[0][0]} cases"
