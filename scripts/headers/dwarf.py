# SPDX-License-Identifier: MIT OR GPL-2.0
"""
Types, as a compiler describes them in an object's debugging information.

Read from the text that `objdump --dwarf=info` prints, for ELF and PE alike.
"""
import re
import subprocess

ENTRY = re.compile(r" <(\w+)><(\w+)>: Abbrev Number: (\d+)(?: \((\w+)\))?")
ATTRIBUTE = re.compile(r"    <\w+>   (DW_AT_\w+)\s*: (.*)")
SIGNED = {5, 6, 13}     # DW_ATE_signed, _signed_char, _signed_fixed
AGGREGATES = ("structure_type", "union_type")


class Entry:
    """One entry: its kind, attributes and children."""

    def __init__(self, kind):
        self.kind = kind
        self.attributes = {}
        self.children = []

    def number(self, name):
        text = self.attributes.get(name)
        found = text and re.match(r"-?(0x[0-9a-f]+|\d+)", text)
        return int(found.group(0), 0) if found else None

    @property
    def name(self):
        return self.attributes.get("name")


class Types:
    """What an object's debugging information says about types, constants and variables."""

    def __init__(self, objdump, path):
        self.entries = {}
        self.typedefs = {}
        self.tags = {}
        self.constants = {}
        self.variables = {}
        text = subprocess.run([objdump, "--dwarf=info", path], check=True, capture_output=True,
                              text=True, errors="replace").stdout
        self._read(text)

    def _read(self, text):
        stack = []
        entry = None
        for line in text.splitlines():
            found = ENTRY.match(line)
            if found:
                depth = int(found.group(1), 16)
                if found.group(3) == "0":
                    entry = None
                    continue
                entry = Entry((found.group(4) or "").removeprefix("DW_TAG_"))
                self.entries[int(found.group(2), 16)] = entry
                del stack[depth:]
                if stack:
                    stack[-1].children.append(entry)
                stack.append(entry)
                continue
            found = ATTRIBUTE.match(line)
            if found and entry:
                value = found.group(2).strip()
                value = re.sub(r"^\((?:alt )?indirect (?:line )?string, offset: \w+\): ", "", value)
                value = re.sub(r"^<(0x\w+)>$", r"\1", value)
                entry.attributes[found.group(1).removeprefix("DW_AT_")] = value
        for entry in self.entries.values():
            if entry.kind == "enumerator":
                self.constants[entry.name] = entry.number("const_value")
            elif not entry.name or "declaration" in entry.attributes:
                continue
            elif entry.kind == "typedef":
                self.typedefs.setdefault(entry.name, entry)
            elif entry.kind in AGGREGATES:
                self.tags.setdefault(entry.name, entry)
            elif entry.kind == "variable":
                self.variables.setdefault(entry.name, entry)

    def type_of(self, entry):
        """The type that an entry names, without typedefs and qualifiers; None for void."""
        while True:
            entry = self.entries.get(entry.number("type"))
            if entry is None or entry.kind not in ("typedef", "const_type", "volatile_type",
                                                   "restrict_type"):
                return entry

    def names(self):
        """All names of types, without the compilers' own."""
        return {name for name in self.typedefs.keys() | self.tags.keys()
                if not name.startswith("__")}

    def named(self, name):
        """The type of that name: an entry, or None where there is none (or it is void)."""
        if name in self.typedefs:
            return self.type_of(self.typedefs[name])
        return self.tags.get(name)

    def size(self, entry):
        if entry is None:
            return 0
        if entry.kind == "array_type":
            count = 1
            for child in entry.children:
                if child.kind == "subrange_type":
                    upper = child.number("upper_bound")
                    elements = child.number("count")
                    count *= elements if elements is not None else (upper + 1 if upper is not None
                                                                    else 0)
            return count * self.size(self.type_of(entry))
        return entry.number("byte_size") or 0

    def describe(self, entry):
        """A type in a few words, the same for both compilers where it is the same type."""
        if entry is None:
            return "void"
        size = self.size(entry)
        if entry.kind == "base_type":
            encoding = entry.number("encoding")
            if encoding == 4:
                return f"float{size * 8}"
            return f"{'int' if encoding in SIGNED else 'uint'}{size * 8}"
        if entry.kind == "enumeration_type":
            return f"uint{size * 8}"
        if entry.kind == "pointer_type":
            return "pointer"
        if entry.kind == "array_type":
            element = self.describe(self.type_of(entry))
            whole = self.size(self.type_of(entry))
            return f"{element}[{size // whole if whole else 0}]"
        if entry.kind == "subroutine_type":
            return self.prototype(entry)
        return f"{entry.kind.removesuffix('_type')} of {size}"

    def prototype(self, entry):
        """A function's type in a few words."""
        parameters = [self.describe(self.type_of(child)) if child.kind == "formal_parameter"
                      else "..." for child in entry.children
                      if child.kind in ("formal_parameter", "unspecified_parameters")]
        return f"{self.describe(self.type_of(entry))} ({', '.join(parameters) or 'void'})"

    def fields(self, entry, base=0):
        """Every field: name to (offset in bits, width in bits, type); those of unnamed members, too."""
        found = {}
        for child in entry.children:
            if child.kind != "member":
                continue
            kind = self.type_of(child)
            width = child.number("bit_size") or self.size(kind) * 8
            at = child.number("data_bit_offset")
            if at is None:
                at = (child.number("data_member_location") or 0) * 8
            if child.name:
                found[child.name] = (base + at, width, self.describe(kind))
                if kind is not None and kind.kind in AGGREGATES and not kind.name:
                    for name, field in self.fields(kind, base + at).items():
                        found[f"{child.name}.{name}"] = field
            elif kind is not None:
                for name, field in self.fields(kind, base + at).items():
                    found.setdefault(name, field)
        return found
