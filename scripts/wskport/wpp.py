# SPDX-License-Identifier: MIT OR GPL-2.0
"""
WPP, Windows' software tracing: the header that stands for every .tmh file of a driver. Its trace
macros are those that the driver names, in comments between "begin_wpp config" and "end_wpp" or in
its project:

    FUNC Name{FIXED=value}(LEVEL, FLAGS, MSG, ...);
    USEPREFIX(Name, "text", arguments);
    USESUFFIX(Name, "text", arguments);
    CUSTOM_TYPE(name, ItemListLong(zero, one, two));
"""
import re

from wskport.texts import comments

HEADER = "wsk_port_wpp.h"
SECTION = re.compile(r"begin_wpp\s+config(.*?)end_wpp", re.DOTALL | re.IGNORECASE)
FUNC = re.compile(r"\bFUNC\s+(\w+)\s*(?:\{([^}]*)\})?\s*\(")
AFFIX = re.compile(r"\bUSE(PREFIX|SUFFIX)\s*\(\s*(\w+)\s*,\s*(\"(?:\\.|[^\"\\])*\")\s*(?:,([^;\n]*))?\)")
TYPE = re.compile(r"\bCUSTOM_TYPE\s*\(\s*(\w+)\s*,\s*Item\w+\s*\(([^)]*)\)")


def parameters(text, start):
    """The parameters from an opening bracket on, and whether the last ones are in brackets."""
    depth, end = 1, start
    while end < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    inner = re.sub(r"\s+", "", text[start:end - 1])
    found = re.fullmatch(r"(.*?),?\(([^()]*)\)", inner)
    if found:
        return [word for word in (*found.group(1).split(","), *found.group(2).split(",")) if word], True
    return [word for word in inner.split(",") if word], False


class Function:
    def __init__(self, name, fixed, words, bracketed):
        self.name = name
        self.fixed = [tuple(part.strip() for part in item.split("=", 1))
                      for item in (fixed or "").split(",") if "=" in item]
        self.words = words
        self.bracketed = bracketed
        self.prefix = self.suffix = '""'
        self.prefix_arguments = self.suffix_arguments = ""

    def text(self, sources):
        """The definition. SOURCES may define what is to be done before and after a message."""
        named = [word for word in self.words if word not in ("MSG", "...")]
        condition = [name for name, _ in self.fixed] + named
        values = [value for _, value in self.fixed] + named
        has_text = "MSG" in self.words
        stem = "WPP_" + "_".join(condition)
        given = ", ".join(values)
        known = dict(zip(condition, values))
        hooked = bool(condition) and re.search(rf"\b{stem}_(?:PRE|POST)\b", sources)
        # LEVEL alone is what DoTraceMessage calls so: the name of a flag.
        level = known["LEVEL"] if "LEVEL" in known and len(condition) > 1 else "0"

        if condition:
            enabled, logger = f"{stem}_ENABLED({given})", f"{stem}_LOGGER({given})"
        else:
            enabled, logger = "WPP_CB[0].Control.Flags[0]", "__wsk_wpp_first_logger"
        variadic = "..." in self.words
        before = "".join(f", {word.strip()}" for word in self.prefix_arguments.split(",")
                         if word.strip())
        after = "".join(f", {word.strip()}" for word in self.suffix_arguments.split(",")
                        if word.strip())
        message = f"{self.prefix} {'MSG' if has_text else ''} {self.suffix}"
        rest = f"{before}{', ##__VA_ARGS__' if variadic else ''}{after}"
        body = f"__wsk_wpp_trace({enabled}, {logger}, {level}, {message}{rest})"
        if hooked:
            body = f"do {{ {stem}_PRE({given}) {body}; {stem}_POST({given}) }} while (0)"
        lines = [f"#undef {self.name}"]
        if condition:
            for hook in ("PRE", "POST") if hooked else ():
                lines += [f"#ifndef {stem}_{hook}",
                          f"#define {stem}_{hook}({', '.join(condition)})", "#endif"]
            # Two usual orders have a meaning that a driver need not give.
            if sorted(condition) in (["FLAG", "LEVEL"], ["FLAGS", "LEVEL"]):
                flag = next(word for word in condition if word != "LEVEL")
                lines += [f"#ifndef {stem}_ENABLED",
                          f"#define {stem}_ENABLED({', '.join(condition)}) "
                          f"(WPP_LEVEL_ENABLED({flag}) && "
                          f"WPP_CONTROL(WPP_BIT_##{flag}).Level >= (LEVEL))", "#endif",
                          f"#ifndef {stem}_LOGGER",
                          f"#define {stem}_LOGGER({', '.join(condition)}) WPP_LEVEL_LOGGER({flag})",
                          "#endif"]
        visible = [word for word in self.words if word != "..."]
        if self.bracketed:
            outer = [word for word in named if word != "MSG"]
            inner = ", ".join([*outer, "MSG", "..."] if has_text else [*outer, "..."])
            lines += [f"#define __wsk_wpp_3_{self.name}({inner}) {body}",
                      f"#define __wsk_wpp_2_{self.name}(...) __wsk_wpp_3_{self.name}(__VA_ARGS__)",
                      f"#define {self.name}({', '.join([*outer, 'TEXT'])}) __wsk_wpp_2_{self.name}("
                      f"{''.join(word + ', ' for word in outer)}__wsk_wpp_strip TEXT)"]
        else:
            inner = ", ".join(visible + (["..."] if variadic else []))
            lines.append(f"#define {self.name}({inner}) {body}")
        return "\n".join(lines)


def read(text, functions, types):
    text = "\n".join(re.sub(r"^[ \t]*(?://+|\*)", "", line) for line in text.splitlines())
    for found in FUNC.finditer(text):
        words, bracketed = parameters(text, found.end())
        functions[found.group(1)] = Function(found.group(1), found.group(2), words, bracketed)
    for kind, name, literal, arguments in AFFIX.findall(text):
        if name in functions:
            setattr(functions[name], kind.lower(), literal)
            setattr(functions[name], f"{kind.lower()}_arguments", arguments or "")
    for name, items in TYPE.findall(text):
        names = [item.split("=")[0].strip() for item in items.split(",")]
        # An enumeration named as a whole has its names in the sources only.
        types[name] = names if len(names) > 1 else []


def configuration(project, files, texts):
    functions, types = {}, {}
    for path in (*files, *project.trace_files):
        for comment in comments_joined(texts.text(path)):
            for section in SECTION.findall(comment):
                read(section, functions, types)
    for line in project.trace_macros:
        read("FUNC " + line, functions, types)
    return functions, types


def comments_joined(text):
    """Comments; // lines that follow each other are one."""
    block, found = [], []
    for line in text.splitlines():
        if line.lstrip().startswith("//"):
            block.append(line)
            continue
        if block:
            found.append("\n".join(block))
            block = []
    if block:
        found.append("\n".join(block))
    return found + [comment for comment in comments(text) if comment.startswith("/*")]


def header(project, files, texts):
    functions, types = configuration(project, files, texts)
    listed = "".join(f"{name}={','.join(items)};" for name, items in sorted(types.items()))
    lines = [f"/* Trace macros of {project.name}, written by wsk-port. */",
             "#ifndef WPP_CONTROL_GUIDS",
             '#error "WPP_CONTROL_GUIDS must be defined before the .tmh file is included."',
             "#endif", "#ifndef WSK_PORT_WPP_H", "#define WSK_PORT_WPP_H",
             f'#define __wsk_wpp_types "{listed}"', "#include <wsk_wpp.h>", ""]
    sources = "\n".join(texts.text(path) for path in files)
    lines += [function.text(sources) for function in functions.values()]
    return "\n".join([*lines, "", "#endif", ""])
