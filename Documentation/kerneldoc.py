# SPDX-License-Identifier: MIT OR GPL-2.0
"""
Reads kernel-doc comments above C and C++ functions, for Sphinx and for scripts/check-docs.

The kernel's own scripts/kernel-doc cannot: it does not know extern "C", and expects a comment to
name the function below it, while the functions behind WSK's dispatch tables are documented under
the names of their slots.

As a Sphinx extension it offers one directive, which documents what a source file defines:

    .. kernel-doc:: wsk/nt/ke_event.cc
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent

SECTIONS = ("Context", "Return", "Source")
NOISE = re.compile(r'\b(extern\s*"C"|static|inline|NTAPI|WSKAPI|FASTCALL|__cdecl|constinit|constexpr'
                   r'|NTSYSAPI|EXTERN_C)\b|\[\[\w+\]\]|extern\s*"C"')
ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)")
PLAIN_TYPES = {"void", "char", "short", "int", "long", "unsigned", "signed", "bool", "const",
               "volatile", "struct", "enum", "union"}


def split_arguments(text):
    """A parameter list's parts."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == "," and not depth:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:].strip())
    return [] if parts in ([""], ["void"], ["VOID"]) else parts


def argument_name(text):
    """A parameter's name, or None where the function leaves it out."""
    pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)", text)
    if pointer:
        return pointer.group(1)
    text = re.sub(r"\[[^]]*\]", "", text).strip()
    if text == "...":
        return text
    words = re.findall(r"\w+", text)
    last = re.search(r"(\w+)$", text)
    if not last or last.group(1) in PLAIN_TYPES:
        return None
    others = [word for word in words[:-1] if word not in ("const", "volatile")]
    return last.group(1) if others else None


class Function:
    """What follows a comment: a function, or a variable (then `arguments` is None)."""

    def __init__(self, text):
        text = " ".join(NOISE.sub(" ", ATTRIBUTE.sub(" ", text)).split())
        head, bracket, rest = text.partition("(")
        found = re.search(r"(\w+)\s*$", head.partition("=")[0].rstrip("[] "))
        self.name = found.group(1) if found else ""
        self.type = head[:found.start()].strip() if found else ""
        self.arguments = None
        if bracket and "=" not in head:
            self.arguments = split_arguments(rest[:rest.rindex(")")])

    def returns(self):
        return self.arguments is not None and self.type not in ("void", "VOID")


class Comment:
    """A kernel-doc comment and the function that it documents."""

    def __init__(self, path, line, text, following):
        self.path, self.line = path, line
        self.parameters, self.sections, self.faults = {}, {}, []
        self.summary, paragraphs = "", [""]
        self.function = Function(following)

        into = "summary"
        for raw in text.split("\n"):
            content = raw.strip()
            if raw and raw.lstrip().startswith("*") and not re.match(r"\s*\*(\s|$)", raw):
                self.faults.append(f"a line without a blank behind the asterisk: {content!r}")
            content = re.sub(r"^\*+", "", content).strip()
            parameter = re.match(r"@([\w.]+)\s*:\s*(.*)", content)
            section = re.match(rf"({'|'.join(SECTIONS)})\s*:\s*(.*)", content)
            if not content:
                into = "text" if into != "summary" or self.summary else into
                if into == "text" and paragraphs[-1]:
                    paragraphs.append("")
            elif parameter:
                into = self.parameters
                key = parameter.group(1)
                into[key] = parameter.group(2)
            elif section:
                into = self.sections
                key = section.group(1)
                into[key] = section.group(2)
            elif into == "summary":
                self.summary = f"{self.summary} {content}".strip()
            elif into == "text":
                paragraphs[-1] = f"{paragraphs[-1]} {content}".strip()
            else:
                into[key] = f"{into[key]} {content}".strip()
        self.paragraphs = [paragraph for paragraph in paragraphs if paragraph]
        heading = re.match(r"([\w.]+)(?:\(\))?\s+-\s+(.*)", self.summary)
        self.name, self.summary = heading.groups() if heading else ("", self.summary)

    def mistakes(self):
        """What is wrong with it, in words."""
        yield from self.faults
        if not self.name:
            yield "does not begin with 'NAME() - what it does'"
        if self.path.suffix == ".cc" and not self.sections.get("Source"):
            yield "has no Source:"
        if self.function.arguments is None:
            return
        if not self.sections.get("Context"):
            yield "has no Context:"
        if self.function.returns() and not self.sections.get("Return"):
            yield "has no Return:"
        names = [argument_name(argument) for argument in self.function.arguments]
        unnamed = names.count(None)
        for name in names:
            if name not in (None, "...") and name not in self.parameters:
                yield f"does not document {name}"
        strangers = [name for name in self.parameters if name not in names]
        if len(strangers) > unnamed:
            yield f"documents {', '.join(strangers)}, which the function does not have"
        for name, text in self.parameters.items():
            if not text:
                yield f"says nothing about {name}"

    def arguments(self):
        """The parameters as declared, with names taken from the comment where they are left out."""
        spare = [name for name in self.parameters
                 if name not in map(argument_name, self.function.arguments)]
        unnamed = [argument for argument in self.function.arguments if not argument_name(argument)]
        named = []
        for argument in self.function.arguments:
            if not argument_name(argument) and len(spare) == len(unnamed):
                blank = "" if argument.endswith("*") else " "
                argument += blank + spare[unnamed.index(argument)]
            named.append(argument)
        return named

    def rest(self, repeated=False):
        """The comment as reStructuredText, a list of lines; of a second form of a function, too."""
        if self.function.arguments is None:
            lines = [f".. c:var:: {self.function.type} {self.name}", ""]
        else:
            blank = "" if self.function.type.endswith("*") else " "
            lines = [f".. c:function:: {self.function.type}{blank}{self.name}"
                     f"({', '.join(self.arguments())})", ""]
        for paragraph in [sentence(self.summary), *self.paragraphs]:
            lines += [f"   {escape(paragraph)}", ""]
        for name, text in self.parameters.items():
            lines.append(f"   :param {name}: {escape(sentence(text))}")
        for section, field in (("Return", "returns"), ("Context", "Context"), ("Source", "Source")):
            if section in self.sections:
                lines.append(f"   :{field}: {escape(sentence(self.sections[section]))}")
        lines.append("")
        if repeated:  # to Sphinx, another name
            lines = [".. c:namespace-push:: other_form", "", *lines, ".. c:namespace-pop::", ""]
        return lines


def sentence(text):
    """With a capital at its beginning, unless that is a name, and a full stop at its end."""
    if not text:
        return text
    if re.match(r"[a-z]+\b(?![._(])", text):
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".:!?" else text + "."


def escape(text):
    """Plain text as reStructuredText; functions become references."""
    text = re.sub(r"([\\*`|])", r"\\\1", text)
    text = re.sub(r"_(?!\w)", r"\\_", text)
    text = re.sub(r"@(\w+)", r"*\1*", text)
    return re.sub(r"(?<![\w:])(\w+)\(\)", r":c:func:`\1`", text)


def following_code(source, at):
    """What a comment documents: up to the body, or the end of the declaration."""
    end = min((found for found in (source.find("{", at), source.find(";", at)) if found >= 0),
              default=len(source))
    return source[at:end]


def read(path):
    """The kernel-doc comments of a source file."""
    source = pathlib.Path(path).read_text(encoding="utf-8")
    comments = []
    for found in re.finditer(r"^/\*\*\n(.*?)\n[ \t]*\*/\n", source, re.DOTALL | re.MULTILINE):
        line = source.count("\n", 0, found.start()) + 1
        comments.append(Comment(path, line, found.group(1), following_code(source, found.end())))
    return comments


def setup(app):
    from docutils import nodes
    from docutils.parsers.rst import Directive
    from docutils.statemachine import StringList

    class KernelDoc(Directive):
        required_arguments = 1

        def run(self):
            path = ROOT / self.arguments[0]
            self.state.document.settings.record_dependencies.add(str(path))
            seen = self.state.document.settings.env.temp_data.setdefault("kerneldoc", set())
            lines = StringList()
            for comment in read(path):
                # WskRelease has two forms: the first one is what references lead to.
                for line in comment.rest(comment.name in seen):
                    lines.append(line, str(path), comment.line)
                seen.add(comment.name)
            node = nodes.section()
            node.document = self.state.document
            self.state.nested_parse(lines, 0, node)
            return node.children

    app.add_directive("kernel-doc", KernelDoc)
    return {"parallel_read_safe": True}
