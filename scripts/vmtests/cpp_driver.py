# SPDX-License-Identifier: MIT OR GPL-2.0
"""A driver in C++, with what its compiler does behind its back."""
import re

from vmtests import Failed, LOCAL4, test

PORT = 5578


@test
def static_objects(guest):
    """a C++ driver's static objects live from before DriverEntry until after DriverUnload"""
    guest.run("insmod /modules/wsk.ko && insmod /modules/cpp_driver.ko")
    guest.expect_log(f"cpp_driver: listening on port {PORT}")
    for number in (1, 2):
        text = guest.run(f"nc {LOCAL4} {PORT} </dev/null")
        if f"Hello from C++, client {number}" not in text:
            raise Failed(text)
    guest.run("rmmod cpp_driver")
    guest.expect_log("wsk: cpp_driver: nothing leaked")
    said = re.findall(r"cpp_driver: (\w+ (?:constructed|destroyed)|2 witnesses|unloaded)",
                      guest.log())
    if said != ["first constructed", "second constructed", "2 witnesses", "counter constructed",
                "unloaded", "counter destroyed", "second destroyed", "first destroyed"]:
        raise Failed(f"the objects' order: {said}")


@test
def objects_own_what_they_hold(guest):
    """a C++ driver unloads with a client connected, and greets again when it is loaded again"""
    guest.run(f"""
        insmod /modules/wsk.ko
        for cycle in 1 2 3; do
            insmod /modules/cpp_driver.ko || exit
            sleep 5 | nc {LOCAL4} {PORT} >greeting &
            until grep -q 'client 1' greeting; do usleep 10000; done
            rmmod cpp_driver || exit
            kill %% 2>/dev/null
        done
        true""")
    guest.expect_log("wsk: cpp_driver: nothing leaked", 3)
