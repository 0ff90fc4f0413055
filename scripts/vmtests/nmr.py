# SPDX-License-Identifier: MIT OR GPL-2.0
"""samples/nmr_provider and samples/nmr_client: drivers that find each other by an interface."""
from vmtests import Failed, test

BOTH = ("nmr_provider", "nmr_client")


def load(guest, *drivers):
    """Loads drivers, one after the other."""
    guest.run(" && ".join(f"insmod /modules/{driver}.ko" for driver in drivers))


def unload(guest, *drivers):
    """Unloads drivers, none of which takes long, or leaves something."""
    for driver in drivers:
        guest.run(f"timeout 10 rmmod {driver}")
        guest.expect_log(f"wsk: {driver}: nothing leaked")


def expect_counting(guest, times):
    """The client has been attached so often, and has used the provider each time."""
    guest.expect_log("nmr_client: attached", times)
    guest.expect_log("nmr_provider: a client is attached", times)
    guest.expect_log("nmr_client: the provider counts", times)


@test
def whoever_comes_first(guest):
    """an interface's provider and client find each other, whoever loads first"""
    load(guest, "wsk")
    for count, order in enumerate((BOTH, BOTH[::-1]), 1):
        load(guest, *order)
        expect_counting(guest, count)
        guest.expect_log("wsk: nmr_client: nothing leaked", count - 1)
        unload(guest, *order[::-1])
        guest.expect_log("nmr_client: detached", count)
        guest.expect_log("nmr_provider: a client is detached", count)


@test
def provider_goes_first(guest):
    """an interface's provider unloads when its client has let go of what it used"""
    load(guest, "wsk", *BOTH)
    for count in (1, 2, 3):
        expect_counting(guest, count)
        unload(guest, "nmr_provider")
        guest.expect_log("nmr_client: detached", count)
        guest.expect_log("nmr_provider: unloaded", count)
        log = guest.log()
        if log.rindex("nmr_client: detached") > log.rindex("nmr_provider: unloaded"):
            raise Failed("the provider did not wait for its client\n" + log)
        load(guest, "nmr_provider")
    unload(guest, *BOTH)
    guest.run("timeout 10 rmmod wsk")
    guest.expect_log("wsk: wsk: nothing leaked")


@test
def both_go_at_once(guest):
    """an interface's provider and client unload at the same time"""
    load(guest, "wsk")
    for _ in range(5):
        load(guest, *BOTH)
        guest.expect_log("nmr_client: attached")
        guest.run("rmmod nmr_provider & timeout 10 rmmod nmr_client && wait $!", 30)
    guest.expect_log("wsk: nmr_provider: nothing leaked", 5)
    guest.expect_log("wsk: nmr_client: nothing leaked", 5)
