# SPDX-License-Identifier: MIT OR GPL-2.0
"""samples/http_server against curl and ab, from outside the guest."""
import re

from vmtests import Failed, GUEST4, GUEST6, test

PORT = 8080
TOOLS = ("echo_peer",)
HOSTS = (GUEST4, f"[{GUEST6}]")
# Its limit of connections, and after how many seconds it closes an idle one.
MOST, IDLE = 64, 15


def serve(guest):
    guest.run("insmod /modules/wsk.ko && insmod /modules/http_server.ko")


def curl(guest, *words, seconds=60, status=0):
    return guest.outside("curl", "-sS", "--globoff", "--noproxy", "*", *words, seconds=seconds,
                         status=status)


@test
def pages(guest):
    """curl gets the page of the HTTP server, IPv4 and IPv6"""
    serve(guest)
    for host in HOSTS:
        text = curl(guest, f"http://{host}:{PORT}/")
        if "A Windows driver on Linux" not in text:
            raise Failed(text)
    guest.run("rmmod http_server")
    guest.expect_log("http_server: stopped; 2 requests answered")
    guest.expect_log("wsk: http_server: nothing leaked")


@test
def kept_connections(guest):
    """three requests of curl share one connection that the HTTP server keeps"""
    serve(guest)
    for host in HOSTS:
        text = curl(guest, "-w", "%{num_connects}\n",
                    *(f"http://{host}:{PORT}/bytes/0" for _ in range(3)))
        if text != "1\n0\n0\n":
            raise Failed(text)


@test
def long_bodies(guest):
    """bodies of 0 bytes to 16 MiB arrive whole from the HTTP server"""
    serve(guest)
    for host in HOSTS:
        for size in (0, 1, 65536, 65537, 16 << 20):
            text = curl(guest, "-o", "/dev/null", "-w", "%{http_code} %{size_download}",
                        f"http://{host}:{PORT}/bytes/{size}")
            if text != f"200 {size}":
                raise Failed(text)


@test
def requests_in_a_row(guest):
    """requests that come in one piece are answered in order by the HTTP server"""
    serve(guest)
    words = r"GET / HTTP/1.1\r\n\r\n" * 20 + r"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"
    text = guest.run(f"printf '{words}' | timeout 10 nc 127.0.0.1 {PORT}")
    answers = re.findall(r"This is answer (\d+)\.", text)
    if answers != [str(number) for number in range(1, 21)] or text.count("200 OK") != 21:
        raise Failed(text)


@test
def bad_requests(guest):
    """what is no request gets its status from the HTTP server, and the connection ends"""
    serve(guest)
    wrong = {r"\r\n\r\n": 400, r"GET\r\n\r\n": 400, r"GET / FTP/1.1\r\n\r\n": 400,
             r"POST / HTTP/1.1\r\n\r\n": 405, r"GET /nowhere HTTP/1.0\r\n\r\n": 404,
             r"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello": 413,
             r"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n": 413,
             r"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n": 413,
             "GET /" + "x" * 5000 + r" HTTP/1.1\r\n\r\n": 431}
    for words, status in wrong.items():
        text = guest.run(f"printf '{words}' | timeout 10 nc 127.0.0.1 {PORT}")
        if f"HTTP/1.1 {status} " not in text:
            raise Failed(f"{words[:60]}: {text}")
    curl(guest, f"http://{GUEST4}:{PORT}/")


@test
def load_tool(guest):
    """ab has 4000 requests answered on 40 kept connections by the HTTP server"""
    serve(guest)
    for host in HOSTS:
        text = guest.outside("ab", "-q", "-k", "-n", "2000", "-c", "40",
                             f"http://{host}:{PORT}/bytes/3000", seconds=120)
        if not re.search(r"Complete requests: +2000\n", text) or \
                not re.search(r"Failed requests: +0\n", text):
            raise Failed(text)


@test
def too_many_clients(guest):
    """a client too many is refused in the handshake by the HTTP server, and served later"""
    serve(guest)
    # One program for all of them, which opens anew what the server has closed as idle.
    guest.run(f"""
        ./echo_peer load -n {MOST} -b 0 -o -S 600 -t 600 127.0.0.1 {PORT} >/dev/null 2>&1 &
        until [ $(netstat -tn | grep -c '127.0.0.1:{PORT} *ESTABLISHED') = {MOST} ]; do
            usleep 50000
        done""")
    text = curl(guest, f"http://{GUEST4}:{PORT}/", status=7)
    if "refused" not in text.lower() and "connect" not in text.lower():
        raise Failed(text)
    guest.run("killall echo_peer")
    curl(guest, "--retry", "10", "--retry-connrefused", "--retry-delay", "1",
         f"http://{HOSTS[1]}:{PORT}/")
    guest.run("rmmod http_server")
    guest.expect_log(r"http_server: stopped; \d+ requests answered, [1-9]\d* clients too many")


@test
def idle_connections(guest):
    """idle connections are closed by the HTTP server after a while"""
    serve(guest)
    guest.run(f"sleep {IDLE + 4} | timeout {IDLE + 10} nc 127.0.0.1 {PORT}; [ $? != 143 ]")


@test
def unload_while_loading(guest):
    """the HTTP server unloads and loads five times while clients load from it"""
    serve(guest)
    guest.run(f"""
        for client in 1 2 3 4 5 6 7 8; do
            while [ ! -e enough ]; do
                wget -q -O /dev/null http://127.0.0.1:{PORT}/bytes/3000000
            done &
        done
        for cycle in 1 2 3 4 5; do
            usleep 300000
            rmmod http_server && insmod /modules/http_server.ko || exit
        done
        touch enough
        wait
        rm enough""", 120)
    guest.run("rmmod http_server")
    guest.expect_log("wsk: http_server: nothing leaked", 6)
