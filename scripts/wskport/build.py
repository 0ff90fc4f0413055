# SPDX-License-Identifier: MIT OR GPL-2.0
"""
Compiles and links what was written, and reads from the compiler's and modpost's words what is
missing. A header that is missing would hide everything behind it: then it is compiled again, for
the report alone, with an empty one in its place.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from wskport import advice

MESSAGE = re.compile(r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+)(?::\d+)?: (?P<kind>fatal error|error|"
                     r"warning): (?P<text>.*?)(?: \[-W\S+\])?$")
UNDEFINED = re.compile(r'ERROR: modpost: "([^"]+)" \[[^\]]*\] undefined!')
MOST_STAND_INS = 50
# Whatever the language of the user, the compiler speaks English then, but may quote in UTF-8.
QUOTES = {0x2018: "'", 0x2019: "'"}

# The compiler's words, with plain quotes, and what is missing then.
MISSING = [
    (r"(.+): No such file or directory", "header"),
    (r"implicit declaration of function '(\w+)'", "function"),
    (r"unknown type name '(\w+)'", "type"),
    (r"'(\w+)' does not name a type", "type"),
    (r"'(\w+)' has not been declared", "type"),
    (r"'(\w+)' was not declared in this scope", "identifier"),
    (r"'(\w+)' undeclared(?: here)?", "identifier"),
    (r"field '\w+' has incomplete type '(?:struct |union )?(\w+)", "type"),
    (r"'.*' has no member named '(\w+)'", "member"),
    (r"invalid use of (?:undefined|incomplete) type '(?:struct |union |class )?(\w+)", "type"),
    (r"variable '(?:struct |union )?(\w+) \w+' has initializer but incomplete type", "type"),
]
MISSING = [(re.compile(pattern), kind) for pattern, kind in MISSING]


class Result:
    def __init__(self):
        self.module = None
        self.missing = {}   # (kind, name) -> [(file, line)]
        self.own = []       # the driver's own names, unknown only for want of those
        self.errors = []    # (file, line, text): what is not for want of a name
        self.warnings = []  # of the compiler
        self.output = ""

    def lacks(self, kind, name, places):
        # One name is told once, however many ways the compiler has to miss it.
        known = next((at for (_, other), at in self.missing.items() if other == name), None)
        if known is None:
            known = self.missing[(kind, name)] = []
        known += [place for place in places if place not in known]


def make(out, kit, kdir, words):
    # Not as a part of the make that may have called us: its job server is not for us.
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    environment.update(LC_ALL="C", LANG="C")
    done = subprocess.run(["make", "-k", f"-j{os.cpu_count() or 1}", "-C", kdir, f"M={out}",
                           f"WSK_DIR={kit}", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", env=environment, check=False)
    return done.returncode == 0, done.stdout


def read(output, result, relative):
    """The headers that are missing; everything else goes into the result."""
    headers = set()
    for line in output.splitlines():
        found = MESSAGE.match(line)
        if not found:
            continue
        where = (relative(pathlib.Path(found["file"])), int(found["line"]))
        text = found["text"].translate(QUOTES)
        if found["kind"] == "warning":
            if (*where, text) not in result.warnings:
                result.warnings.append((*where, text))
            continue
        feature = advice.language(text)
        if feature:
            result.lacks("language", feature, [where])
            continue
        for pattern, kind in MISSING:
            match = pattern.match(text)
            if match:
                result.lacks(kind, match.group(1), [where])
                if kind == "header":
                    headers.add(match.group(1))
                break
        else:
            if (*where, text) not in result.errors:
                result.errors.append((*where, text))
    return headers


def set_apart_own(result, overlay, undefined):
    """A declaration that names something missing is lost, and with it a name of the driver's own."""
    text = "\n".join(overlay.texts.code(path) for path in overlay.reached)
    for kind, name in list(result.missing):
        if name not in undefined and kind in ("function", "identifier", "type") and re.search(
                rf"^(?:[A-Za-z_][\w \t*]*[ \t*])?{name}\s*\([^;{{}}]*\)\s*[;{{]|"
                rf"^[ \t]*#[ \t]*define[ \t]+{name}\b|\}}[\w \t*,]*\b{name}\b[^;{{}}]*;|"
                rf"\btypedef\b[^;{{}}]*\b{name}\s*;|^(?:static|extern)\b[^;(){{}}]*\b{name}\b\s*[;=\[]",
                text, re.MULTILINE):
            result.own.append(name)
            del result.missing[(kind, name)]


def demangle(name):
    if not name.startswith("_Z") or not shutil.which("c++filt"):
        return name
    return subprocess.run(["c++filt", name], stdout=subprocess.PIPE, text=True,
                          check=False).stdout.strip() or name


def places_of(name, overlay, relative):
    """Where the sources use a name that the linker misses."""
    words = re.escape(name.split("(")[0].split("::")[-1]).replace(r"operator\ ", "")
    word = re.compile(rf"\b{words}\b")
    return [(relative(path), number) for path in overlay.reached
            for number, line in enumerate(overlay.texts.code(path).splitlines(), 1)
            if word.search(line)]


def run(project, out, kit, kdir, debug, overlay, relative):
    """Builds the module, or finds out why there is none."""
    result = Result()
    words = [f"WSK_DEBUG={1 if debug else ''}", "modules"]
    module = out / f"{project.name}.ko"
    module.unlink(missing_ok=True)
    built, result.output = make(out, kit, kdir, words)
    headers = read(result.output, result, relative)
    undefined = [demangle(name) for name in UNDEFINED.findall(result.output)]
    for plain in undefined:
        result.lacks("function", plain, places_of(plain, overlay, relative))
    if built and module.exists():
        result.module = module
    else:
        if headers:
            look_behind(headers, result, out, kit, kdir, words, relative)
        set_apart_own(result, overlay, undefined)
    return result


def look_behind(headers, result, out, kit, kdir, words, relative):
    with tempfile.TemporaryDirectory(prefix="wsk-port.") as folder:
        known = set()
        while headers - known and len(known) < MOST_STAND_INS:
            for name in headers - known:
                place = pathlib.Path(folder, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
            known |= headers
            # Told again, if they do not come from the lack of the header.
            result.errors.clear()
            _, output = make(out, kit, kdir, [f"KCFLAGS=-idirafter{folder}", *words])
            headers = read(output, result, relative)
