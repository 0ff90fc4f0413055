# SPDX-License-Identifier: MIT OR GPL-2.0
"""
The tests of scripts/check-vm: one file for each subject, all of which are found and run.

A file says with TOOLS which programs of tools/ its tests run in the guest (statically linked), with
NEEDS which of the kernel's modules they load, and with files(folder), if it has that, what else to
bring: SRC or SRC:DST, as for scripts/vm --file. Every sample driver is in /modules.
"""
import pathlib
import re
import subprocess
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
ROOT = SCRIPTS.parent
GUEST4, GUEST6 = "192.0.2.2", "2001:db8::2"
LOCAL4, LOCAL6 = "127.0.0.1", "::1"
MANY = r"(?:[2-9]\d|\d{3,})"  # at least 20
SAMPLES = sorted(folder.parent.name for folder in ROOT.glob("samples/*/Kbuild"))
# Those that `make samples` ports: their modules lie in a folder of their own.
PORTED = sorted(file.parent.parent.name for file in ROOT.glob("samples/*/*/*.vcxproj"))
TESTS = []


class Failed(Exception):
    """What a test says when it fails."""


def test(function):
    """A test: its sentence is the function's description."""
    TESTS.append(function)
    return function


class Guest:
    """The guest, as scripts/vm shows it."""

    def __init__(self, kernel, folder, parts):
        """PARTS are the files of tests."""
        self.folder = folder
        self.seen = 0
        self.provokes = False  # a test that breaks rules, and leaks, on purpose
        build, suites = (subprocess.run([SCRIPTS / "build", *kind, kernel], check=True,
                                        stdout=subprocess.PIPE, text=True).stdout.strip()
                         for kind in (["--debug"], ["--debug", "--kunit"]))
        tools = sorted({tool for part in parts for tool in getattr(part, "TOOLS", ())})
        needs = sorted({need for part in parts for need in getattr(part, "NEEDS", ())})
        for tool in tools:
            subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-static", "-o", folder / tool,
                            ROOT / f"tools/{tool}.c"], check=True)
        files = [*(folder / tool for tool in tools), f"{suites}/wsk.ko:/work/wsk_with_suites.ko",
                 *(file for part in parts if hasattr(part, "files") for file in part.files(folder))]
        modules = [f"{build}/wsk.ko", *(f"{build}/samples/{name}/{name}.ko" for name in SAMPLES),
                   *(f"{build}/samples/{name}/module/{name}.ko" for name in PORTED)]
        subprocess.run([SCRIPTS / "vm", "start",
                        *(word for file in files for word in ("--file", file)),
                        *(word for module in modules for word in ("--module", module)),
                        *(word for need in needs for word in ("--needs", need)),
                        kernel, folder], check=True)

    def run(self, command, seconds=60, status=0):
        """Runs a line of shell in the guest; its output. Fails when it ends with another status."""
        return self.finish([SCRIPTS / "vm", "exec", "--timeout", str(seconds), self.folder,
                            command], command, status)

    def outside(self, *words, seconds=60, status=0):
        """Runs a program beside the guest."""
        return self.finish(["timeout", str(seconds), SCRIPTS / "vm", "host", self.folder, *words],
                           " ".join(map(str, words)), status)

    def outside_start(self, *words):
        return subprocess.Popen([SCRIPTS / "vm", "host", self.folder, *words], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @staticmethod
    def finish(words, command, status):
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, errors="replace", check=False)
        if status is not None and done.returncode != status:
            raise Failed(f"{command}\n{done.stdout}ended with status {done.returncode}")
        return done.stdout

    def peer(self, words, seconds=60):
        """The client, in the guest."""
        return self.run(f"./echo_peer {words}", seconds)

    def outside_peer(self, words, seconds=60):
        """The client, outside the guest."""
        return self.outside(self.folder / "echo_peer", *words.split(), seconds=seconds)

    @staticmethod
    def until_listening(port):
        """A line of shell: waits until somebody in the guest listens at the port."""
        return f"until netstat -tln | grep -q ':{port} '; do usleep 20000; done"

    def log(self):
        """The kernel's log since the test began."""
        with open(self.folder / "console.log", errors="replace") as file:
            file.seek(self.seen)
            return file.read()

    def expect_log(self, pattern, count=1, seconds=10):
        """Waits until the test's log has so many lines that match; more are none too many."""
        deadline = time.monotonic() + seconds
        while len(re.findall(pattern, self.log())) < count:
            if time.monotonic() > deadline:
                raise Failed(f"the log has not {count} lines like {pattern}:\n{self.log()}")
            time.sleep(0.1)

    def users(self):
        """What lsmod says of wsk's users."""
        return self.run("lsmod | sed -n 's/^wsk *[0-9]* *\\([0-9]*\\).*/\\1/p'").strip()

    def clean_up(self):
        """Unloads whatever a test left loaded; returns what is wrong with the log, if anything."""
        self.run(f"for module in {' '.join(SAMPLES + PORTED)} wsk; do\n"
                 "\t! grep -q ^$module /proc/modules || rmmod $module || exit\ndone")
        also = [] if self.provokes else ["--also", "wsk: rule:|: leaked:"]
        check = subprocess.run([SCRIPTS / "check-log", *also, "-"],
                               input=self.log(), stdout=subprocess.PIPE, text=True, check=False)
        return check.stdout if check.returncode else ""

    def begin(self):
        self.provokes = False
        self.seen = (self.folder / "console.log").stat().st_size
