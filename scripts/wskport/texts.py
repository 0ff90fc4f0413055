# SPDX-License-Identifier: MIT OR GPL-2.0
"""Sources as text: their encodings, their code without comments, their #include lines."""
import re

SOURCES = (".c", ".cpp", ".cc", ".cxx")
HEADERS = (".h", ".hpp", ".hh", ".hxx", ".inl", ".inc", ".tpl")

TOKEN = re.compile(r'//(?:\\\r?\n|[^\n])*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                   re.DOTALL)
# Microsoft's suffixes of integers, and what comes to the same.
SUFFIX = re.compile(r"\b(0[xX][0-9a-fA-F]+|\d+)([uU]?)[iI](8|16|32|64)\b")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)


def decode(data):
    """(text, whether a compiler reads the bytes as they are)."""
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(name, "replace"), False
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace"), True
    # Without a mark: every other byte of ASCII text is zero.
    if len(data) > 3 and data[1::2].count(0) > len(data) // 3:
        return data.decode("utf-16-le", "replace"), False
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        # In comments and narrow strings the compiler takes any bytes.
        return text, not re.search(r'L"[^"\n]*[^\x00-\x7f]', text)


def has_suffixes(text):
    return bool(SUFFIX.search(text)) and bool(SUFFIX.search(code(text)))


def without_suffixes(text):
    """Numbers as a compiler here takes them; comments and literals stay."""
    def number(match):
        return match[1] + match[2] + ("L" if match[3] == "64" else "")
    parts, at = [], 0
    for token in TOKEN.finditer(text):
        parts += [SUFFIX.sub(number, text[at:token.start()]), token[0]]
        at = token.end()
    return "".join([*parts, SUFFIX.sub(number, text[at:])])


def code(text):
    """The text with comments and the insides of literals blanked; lines stay where they are."""
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'":
            return token[0] + " " * (len(token) - 2) + token[0]
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(blank, text)


def comments(text):
    return [match.group(0) for match in TOKEN.finditer(text) if match.group(0)[0] == "/"]


def includes(text):
    """(name as spelled, whether in quotes), of each #include line, those left out included."""
    kept = TOKEN.sub(lambda match: match.group(0) if match.group(0)[0] in "\"'" else
                     re.sub(r"[^\n]", " ", match.group(0)), text)
    return [(quoted or angled, bool(quoted)) for quoted, angled in INCLUDE.findall(kept)]


class Texts:
    """Files, read once."""

    def __init__(self):
        self.known = {}

    def read(self, path):
        """(text, whether a compiler can read the file)."""
        if path not in self.known:
            text, readable = decode(path.read_bytes())
            self.known[path] = text, readable and not has_suffixes(text)
        return self.known[path]

    def text(self, path):
        return self.read(path)[0]

    def code(self, path):
        return code(self.text(path))
