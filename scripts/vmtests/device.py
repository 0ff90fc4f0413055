# SPDX-License-Identifier: MIT OR GPL-2.0
"""samples/control and its devices, with tools/control_client.c as the programs that use them."""
from vmtests import Failed, test

TOOLS = ("control_client",)


def serve(guest):
    guest.run("insmod /modules/wsk.ko && insmod /modules/control.ko")


@test
def every_request(guest):
    """a program's requests reach a driver's device and come back, whatever the method"""
    serve(guest)
    guest.run("./control_client check")
    guest.run("rmmod control")
    guest.expect_log("control: unloaded with 0 files open")
    guest.expect_log("wsk: control: nothing leaked")


@test
def nodes(guest):
    """a device's node comes and goes with its driver, with the permissions of its descriptor"""
    serve(guest)
    text = guest.run("stat -c '%a %F %n' /dev/WskControl /dev/WskDirect")
    if text.split() != "644 character special file /dev/WskControl 600 character special file " \
                       "/dev/WskDirect".split():
        raise Failed(text)
    guest.run("./control_client denied")
    guest.run("rmmod control && ! ls /dev/WskControl /dev/WskDirect")
    guest.run("insmod /modules/control.ko && ./control_client reverse desserts")


@test
def waiting(guest):
    """a request that a driver's device keeps is answered by another program's"""
    serve(guest)
    text = guest.run("./control_client wait >answer & until ./control_client post hello 2>/dev/null; "
                     "do usleep 10000; done; wait; cat answer")
    if text.strip() != "answered: hello":
        raise Failed(text)


@test
def ended(guest):
    """a signal, and the last close of a device's file, cancel the requests that wait"""
    serve(guest)
    guest.run("./control_client interrupt")


@test
def killed(guest):
    """a program that is killed while a device keeps its request ends, and the driver unloads"""
    serve(guest)
    guest.run("""
        for i in 1 2 3 4 5; do ./control_client wait >/dev/null & done
        until [ $(pidof control_client | wc -w) = 5 ]; do usleep 10000; done
        sleep 1
        kill -9 $(pidof control_client)
        wait
        ! ./control_client post nobody
        rmmod control""")
    guest.expect_log("control: unloaded with 0 files open")
    guest.expect_log("wsk: control: nothing leaked")


@test
def held(guest):
    """a driver cannot be unloaded while a program has its device open"""
    serve(guest)
    guest.run("""
        ./control_client hold >state &
        until grep -q open state; do usleep 10000; done
        rmmod control && exit 1
        ./control_client reverse abc || exit
        kill $!
        wait $!
        rmmod control""")
    guest.expect_log("wsk: control: nothing leaked")


@test
def text_tools(guest):
    """cat and dd read and write a driver's device like a file"""
    serve(guest)
    text = guest.run("echo 'Hello, device' >/dev/WskControl && cat /dev/WskControl && "
                     "dd if=/dev/urandom of=random bs=4096 count=16 2>/dev/null && "
                     "dd if=random of=/dev/WskDirect bs=10000 2>/dev/null && "
                     "cmp random /dev/WskDirect && ! cat random random >/dev/WskDirect 2>/dev/null")
    if text.strip() != "Hello, device":
        raise Failed(text)


@test
def storm(guest):
    """devices survive many programs that open, ask, wait, close and are killed"""
    serve(guest)
    guest.run("./control_client storm 10", 120)
    guest.run("./control_client reverse abc && rmmod control")
    guest.expect_log("control: unloaded with 0 files open")
    guest.expect_log("wsk: control: nothing leaked")


@test
def loading_storm(guest):
    """a driver with devices is loaded and unloaded while programs try to open them"""
    guest.run("""
        insmod /modules/wsk.ko
        for i in 1 2 3; do
            (until [ -e enough ]; do ./control_client reverse abc >/dev/null 2>&1; done) &
        done
        for i in $(seq 15); do
            insmod /modules/control.ko || exit
            until rmmod control 2>/dev/null; do usleep 1000; done
        done
        touch enough
        wait""", 120)
    guest.expect_log("wsk: control: nothing leaked", 15)
