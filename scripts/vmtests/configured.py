# SPDX-License-Identifier: MIT OR GPL-2.0
"""A driver that finds in the registry what to do, with files and hashes."""
from errno import EINVAL, ENOENT
import hashlib
import hmac

from vmtests import Failed, ROOT, test

# What Debian's kernels have as modules of the ciphers and hashes.
NEEDS = ("ccm", "ctr", "ecb", "gcm", "ghash_generic", "md4", "sha512_generic")
TEXT = b"hash me\n" * 300
SECRET = b"Jefe"


def files(folder):
    """The driver's registry file."""
    del folder
    return [f"{ROOT}/samples/configured/configured.reg"]


def prepare(guest):
    guest.run("insmod /modules/wsk.ko && mkdir -p /etc/wsk /tmp && "
              "yes 'hash me' | head -n 300 >/etc/hostname && rm -f /etc/wsk/* /tmp/configured*")


def hashed(rounds, secret=SECRET):
    result = TEXT
    for _ in range(rounds):
        result = hmac.digest(secret, result, "sha256") if secret else \
            hashlib.sha256(result).digest()
    return result.hex()


def expect_result(guest, wanted):
    text = guest.run("cat /tmp/configured.sha256").strip()
    if text != wanted:
        raise Failed(f"{text}, and not {wanted}")
    guest.expect_log(f"configured: {wanted}")


@test
def usual_file(guest):
    """a driver finds its values in /etc/wsk, hashes a file and writes another"""
    prepare(guest)
    guest.run("cp configured.reg /etc/wsk/ && insmod /modules/configured.ko && rmmod configured")
    expect_result(guest, hashed(1))
    guest.expect_log(r"(?s)configured: title a hash\n.*configured: title sha256")
    guest.expect_log("wsk: configured: nothing leaked")


@test
def named_file_and_parameters(guest):
    """what insmod says about a driver's values counts more than its file, and is gone afterwards"""
    prepare(guest)
    for _ in range(2):
        guest.run("insmod /modules/configured.ko registry=$PWD/configured.reg "
                  "parameters=Rounds=1000 && rmmod configured")
        expect_result(guest, hashed(1000))
        guest.run("insmod /modules/configured.ko registry=$PWD/configured.reg && rmmod configured")
        expect_result(guest, hashed(1))
    guest.expect_log("wsk: configured: nothing leaked", 4)


@test
def parameters_alone(guest):
    """a driver gets its values from insmod alone, and does not load without those that it requires"""
    prepare(guest)
    guest.run("insmod /modules/configured.ko", status=ENOENT)
    guest.expect_log("configured: failed with status 0xc0000034")
    guest.run("insmod /modules/configured.ko "
              r"'parameters=FileToHash=\??\C:\etc\hostname,ResultFile=\??\C:\tmp\configured.sha256'"
              " && rmmod configured")
    expect_result(guest, hashed(1, None))


@test
def mistakes(guest):
    """a file of values that is wrong or missing, and parameters that are none, keep a driver out"""
    prepare(guest)
    guest.run("printf '[Parameters]\\nRounds=1\\n' >wrong.reg")
    guest.run("insmod /modules/configured.ko registry=$PWD/wrong.reg", status=EINVAL)
    guest.expect_log("configured: .*wrong.reg:2: not a line of a registry file")
    guest.run("insmod /modules/configured.ko registry=/none", status=ENOENT)
    guest.expect_log("configured: /none: cannot be read")
    guest.run("insmod /modules/configured.ko parameters=Rounds", status=EINVAL)
    guest.expect_log("configured: parameters=Rounds: not NAME=value")


@test
def drive(guest):
    """C: in a driver's values is the folder that wsk.ko was told"""
    guest.run("mkdir -p /srv/c/etc /srv/c/tmp && echo inside >/srv/c/etc/hostname && "
              "insmod /modules/wsk.ko c_drive=/srv/c")
    guest.run("insmod /modules/configured.ko registry=$PWD/configured.reg && rmmod configured")
    wanted = hmac.digest(SECRET, b"inside\n", "sha256").hex()
    if guest.run("cat /srv/c/tmp/configured.sha256").strip() != wanted:
        raise Failed("another result")
