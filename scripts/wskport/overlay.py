# SPDX-License-Identifier: MIT OR GPL-2.0
"""
Files beside the sources that make #include lines work which rely on Windows: backslashes, and names
in another case. A header "..\\Inc\\X.h" gets a file of just that name, which includes the real one;
the compiler finds it in an include folder, and the sources stay as they are.

Where even that does not help (UTF-16, numbers such as 10i64), the sources are compiled from converted copies.
"""
import os
import pathlib
import re
import shutil

from wskport import Problem, wpp
from wskport.project import find_below
from wskport.texts import HEADERS, SOURCES, includes, without_suffixes

PLAIN = re.compile(r"[\w./+~@%,-]+")


class Overlay:
    def __init__(self, project, out, kit, texts):
        self.project = project
        self.out = out              # the folder with Kbuild
        self.top = out / "wsk-port"  # everything else that is generated
        self.kit_headers = {str(path.relative_to(kit / "include")).lower():
                            str(path.relative_to(kit / "include"))
                            for path in (kit / "include").rglob("*.h")}
        self.texts = texts
        self.shims = {}             # spelled name -> what the shim includes
        self.own = {}               # source -> shims of its own, where the common one means another
        self.trace = set()          # .tmh files, as spelled
        self.reached = []           # the project's files that are compiled or included
        self.copies = {}            # file -> its converted copy
        self.root = None            # the folder above all, when it is reached through a link

    # What is included

    def resolve(self, name, quoted, folder, source):
        """The project's own file that an #include line means, and whether it is found as spelled."""
        flat = name.replace("\\", "/")
        folders = ([folder] if quoted else []) + source.includes + [self.project.folder]
        for base in folders:
            if (base / name).is_file():
                return base / name, True
        for base in folders:
            found = find_below(base, flat)
            if found and found.is_file():
                return found, False
        return None, False

    def system(self, name):
        """What of include/ a name means: its path there, or None."""
        flat = name.replace("\\", "/").lower()
        return self.kit_headers.get(flat) or self.kit_headers.get(flat.rsplit("/", 1)[-1])

    def shim(self, source, name, target):
        if self.shims.setdefault(name, target) != target:
            self.own.setdefault(source.path, {})[name] = target

    def visit(self, source, path, seen):
        path = path.resolve()
        if path in seen:
            return
        seen.add(path)
        if path not in self.reached:
            self.reached.append(path)
        for name, quoted in includes(self.texts.text(path)):
            if name.lower().endswith(".tmh"):
                self.trace.add(name)
                continue
            found, spelled = self.resolve(name, quoted, path.parent, source)
            # Angle brackets are for the kit first, as on Windows; a driver's own wdm.h is not.
            if not quoted or not found:
                known = self.system(name)
                if known and not (found and spelled and "/" in name):
                    if known != name:
                        self.shim(source, name, known)
                    continue
            if found:
                if not spelled:
                    self.shim(source, name, found.resolve())
                self.visit(source, found, seen)

    def scan(self):
        for source in self.project.sources:
            seen = set()
            self.visit(source, source.path, seen)
            for forced in source.forced:
                if hasattr(forced, "resolve"):
                    self.visit(source, forced, seen)

    # What is written

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_shims(self, folder, shims):
        for name, target in sorted(shims.items()):
            path = folder / name
            if isinstance(target, str):
                line = f"#include <{target}>\n"
            else:
                line = f'#include "{self.place(target, path.parent)}"\n'
            self.write(path, line)

    def link(self):
        """The kernel's build takes no blanks in names: those above the sources can be got around."""
        folders = {folder for source in self.project.sources for folder in source.includes}
        files = {path for path in self.reached if path not in self.copies}
        odd = [path for path in (*files, *folders) if not PLAIN.fullmatch(str(path))]
        if not odd:
            return
        root = pathlib.Path(os.path.commonpath([*folders, *(path.parent for path in files)]))
        for path in odd:
            if not PLAIN.fullmatch("/" + os.path.relpath(path, root)):
                raise Problem(f"{path}: the kernel's build takes no name with a blank or the like in "
                              "it: rename it, or make a link to it")
        self.root = root
        (self.top / "tree").symlink_to(root)

    def seen(self, path):
        """A file or folder, as the build sees it."""
        path = self.copies.get(path, path)
        if self.root and path.is_relative_to(self.root):
            return self.top / "tree" / path.relative_to(self.root)
        return path

    def place(self, path, start):
        """A path for an #include line: relative where it may move together with what includes it."""
        path = self.seen(path)
        if self.inside(path):
            return os.path.relpath(path, start)
        return str(path)

    def inside(self, path):
        return str(path).startswith(f"{self.out}{os.sep}")

    def convert(self):
        """When the compiler cannot read one of the files, all of them are copied, converted."""
        unreadable = [path for path in self.reached if not self.texts.read(path)[1]]
        if not unreadable:
            return
        files = set(self.reached)
        for path in self.reached:
            files.update(other for other in path.parent.iterdir()
                         if other.suffix.lower() in HEADERS + SOURCES and other.is_file())
        common = os.path.commonpath([path.parent for path in files])
        for path in sorted(files):
            copy = self.top / "converted" / os.path.relpath(path, common)
            self.copies[path] = copy
            text = without_suffixes(self.texts.text(path).replace("\r\n", "\n"))
            self.write(copy, f'#line 1 "{path}"\n{text}')
        self.project.note(f"{unreadable[0].name} is in UTF-16, or has numbers like 10i64: the sources "
                          "are compiled from converted copies; run wsk-port again when they change")

    def source_name(self, source):
        """The name of a source in Kbuild, relative to it: the source's own, or a small file's."""
        path = self.copies.get(source.path, source.path)
        stem = os.path.splitext(os.path.relpath(path, self.out))[0]
        if self.inside(path) and stem not in self.stems and path.suffix in SOURCES:
            self.stems.add(stem)
            return os.path.relpath(path, self.out)
        base = re.sub(r"\W", "_", path.stem)
        stem, number = base, 1
        while stem in self.stems:
            number += 1
            stem = f"{base}_{number}"
        self.stems.add(stem)
        suffix = path.suffix.lower()
        name = f"wsk-port/{stem}{suffix}"
        self.write(self.out / name, f'#include "{self.place(source.path, self.top)}"\n')
        return name

    def folder(self, folder):
        """An include folder: where its files have been converted, that of the copies."""
        for path, copy in self.copies.items():
            if path.parent == folder:
                return copy.parent
        return self.seen(folder)

    def generate(self):
        """Writes everything; returns the sources' names in Kbuild, in order."""
        shutil.rmtree(self.top, ignore_errors=True)
        self.top.mkdir(parents=True)
        self.stems = set()
        self.scan()
        self.convert()
        self.link()
        self.write_shims(self.top / "include", self.shims)
        for source, shims in self.own.items():
            self.write_shims(self.own_folder(source), shims)
        if self.trace:
            self.write(self.top / "include" / wpp.HEADER, wpp.header(self.project, self.reached,
                                                                     self.texts))
            for name in self.trace:
                if "/" not in name and "\\" not in name:
                    self.write(self.top / "include" / name, f'#include "{wpp.HEADER}"\n')
                else:
                    self.write(self.top / "include" / name, f"#include <{wpp.HEADER}>\n")
        return [self.source_name(source) for source in self.project.sources]

    def settings(self, name, lines):
        """Writes a header that is included before everything; its name, seen from Kbuild."""
        self.write(self.top / name, "\n".join([*lines, ""]))
        return f"wsk-port/{name}"

    def own_folder(self, source):
        number = list(self.own).index(source) + 1
        return self.top / f"include{number}"
