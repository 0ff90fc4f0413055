# SPDX-License-Identifier: MIT OR GPL-2.0
"""A driver in the shape in which Windows drivers come, ported by wsk-port; and its tracing."""
from vmtests import Failed, LOCAL6, test

PORT = 5579
TRACING = "/sys/kernel/tracing"


@test
def ported_driver(guest):
    """a driver ported by wsk-port loads, takes exceptions, listens and unloads"""
    guest.run("insmod /modules/wsk.ko && insmod /modules/traced.ko")
    guest.run(f"nc {LOCAL6} {PORT} </dev/null & sleep 1; kill %1 2>/dev/null; true")
    guest.run("rmmod traced")
    guest.expect_log("wsk: traced: nothing leaked")
    if "DriverEntry:" in guest.log():
        raise Failed("it traced, though nobody asked")


@test
def traces_to_the_log(guest):
    """a driver's WPP messages go to the kernel log, up to the level that is asked for"""
    guest.run("""insmod /modules/wsk.ko wpp_log=4 && insmod /modules/traced.ko &&
                 echo 5 >/sys/module/wsk/parameters/wpp_log && rmmod traced""")
    for line in (r"traced: DriverEntry: traced \$ # ok, state starting\(0\)",
                 r"traced: DriverEntry: registry path \\Registry\\Machine\\.*\\traced",
                 r"traced: TracedProbe: MmProbeAndLockPages raised 0xC0000005",
                 r"traced: DriverEntry: locking 0000000000000010: 0xC0000005",
                 r"traced: DriverEntry: locking pool: 0x00000000",
                 r"traced: TracedListen: state listening\(1\)",
                 f"traced: DriverEntry: listening on {PORT}",
                 r"traced: TracedUnload: entered TracedUnload",
                 r"traced: TracedClose: entered TracedClose",
                 r"traced: TracedUnload: state stopped\(2\)"):
        guest.expect_log(line)
    if "binding to" in guest.log():
        raise Failed("a message of a higher level was logged")


@test
def traces_to_the_tracepoint(guest):
    """a driver's WPP messages go to a tracepoint, which can filter them"""
    text = guest.run(f"""
        mount -t tracefs tracefs {TRACING} 2>/dev/null
        insmod /modules/wsk.ko
        echo 'driver == "traced" && level != 4' >{TRACING}/events/wsk/wpp/filter
        echo 1 >{TRACING}/events/wsk/wpp/enable
        insmod /modules/traced.ko && rmmod traced
        echo 0 >{TRACING}/events/wsk/wpp/enable
        insmod /modules/traced.ko && rmmod traced
        cat {TRACING}/trace
        echo >{TRACING}/trace""")
    wanted = ("wpp: traced: Open:", f"level 5: binding to [::]:{PORT}",
              "level 2: MmProbeAndLockPages raised 0xC0000005", "level 5: entered TracedUnload",
              "level 0: traced $ # ok, state starting(0)")
    missing = [line for line in wanted if text.count(line) != 1]
    if missing or "state listening" in text:
        raise Failed(f"not there once: {missing}\n{text}")


@test
def failing_ported_driver(guest):
    """a ported driver whose port is taken fails to load and leaves nothing"""
    guest.run(f"""
        insmod /modules/wsk.ko wpp_log=2
        ./echo_peer hold {PORT} &
        server=$!
        {guest.until_listening(PORT)}
        insmod /modules/traced.ko && exit 1
        kill $server
        wait $server
        insmod /modules/traced.ko""", 30)
    guest.expect_log(f"traced: DriverEntry: cannot listen on {PORT}: 0xC000020A")
    guest.expect_log("wsk: traced: nothing leaked")
