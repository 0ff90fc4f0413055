# SPDX-License-Identifier: MIT OR GPL-2.0
"""
What a driver consists of. From a .vcxproj: the parts of MSBuild that such files use (properties,
conditions, imports that lie in reach, item definitions and metadata). From a `sources` file of the
older kits. Or from the sources alone: those below the folder of the one that has DriverEntry.
"""
import os
import pathlib
import re
import xml.etree.ElementTree

from wskport import Problem
from wskport.texts import SOURCES

ENTRY = re.compile(r"\bDriverEntry\s*\([^;{]*\)\s*(?:noexcept\s*)?\{")
PROGRAM = re.compile(r"\b(?:w?main|w?WinMain|DllMain)\s*\([^;{]*\)\s*\{")
# Of all that a project may be built for.
CONFIGURATIONS = ("Release", "Debug")
PLATFORM = "x64"


class Source:
    """One source file, with what is its own."""

    def __init__(self, path, includes=(), defines=(), undefines=(), forced=()):
        self.path = path
        self.includes = list(includes)
        self.defines = list(defines)
        self.undefines = list(undefines)
        self.forced = list(forced)

    def settings(self):
        return (self.includes, self.defines, self.undefines, self.forced)


class Project:
    def __init__(self, name, folder):
        self.name = re.sub(r"\W", "_", name)
        self.folder = folder
        self.origin = "the sources in " + folder.name
        self.sources = []
        self.trace_macros = []  # FUNC lines of WPP's that stand in the project
        self.trace_files = []   # files with more of them
        self.notes = []

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)


def find_below(folder, name):
    """A file or folder by its name in any case, with either slash; None if there is none."""
    at = pathlib.Path(folder)
    for part in re.split(r"[\\/]+", name):
        if part in ("", "."):
            if part == "" and at == pathlib.Path(folder) and name[:1] in "\\/":
                at = pathlib.Path("/")
            continue
        if part == "..":
            at = at.parent
            continue
        if not (at / part).exists():
            try:
                same = [entry for entry in sorted(os.listdir(at))
                        if entry.lower() == part.lower()]
            except OSError:
                return None
            if not same:
                return None
            part = same[0]
        at = at / part
    return at


class MSBuild:
    """The evaluation of one project file, and of what it imports."""

    CONDITION = re.compile(r"\s*('[^']*'|==|!=|\(|\)|[<>]=?|!|[\w.$]+(?:\(\w*\))?)")

    def __init__(self, path, configuration):
        self.path = path
        folder = path.parent
        solution = next((parent for parent in (folder, *folder.parents)
                         if any(parent.glob("*.sln"))), folder)
        self.properties = {
            "configuration": configuration, "platform": PLATFORM, "platformname": PLATFORM,
            "projectdir": f"{folder}/", "msbuildprojectdirectory": str(folder),
            "msbuildthisfiledirectory": f"{folder}/", "projectname": path.stem,
            "msbuildprojectname": path.stem, "targetname": path.stem,
            "solutiondir": f"{solution}/", "msbuildprojectfile": path.name,
        }
        self.definitions = {}  # of ClCompile
        self.items = []        # (kind, name, metadata)
        self.unknown = set()
        self.imports = 0
        self.evaluate(path)

    def expand(self, text):
        def value(match):
            name = match.group(1).lower()
            if name not in self.properties:
                self.unknown.add(match.group(1))
            return self.properties.get(name, f"\0{match.group(1)}\0")
        return re.sub(r"\$\(([\w.-]+)\)", value, text or "")

    def text(self, text):
        """Expanded, what is unknown left out."""
        return re.sub(r"\0[^\0]*\0", "", self.expand(text))

    def holds(self, element):
        condition = element.get("Condition")
        if not condition:
            return True
        words = self.CONDITION.findall(condition)
        try:
            value, rest = self.disjunction(words)
            return value and not rest
        except (IndexError, ValueError):
            return False

    def disjunction(self, words):
        value, words = self.conjunction(words)
        while words and words[0].lower() == "or":
            other, words = self.conjunction(words[1:])
            value = value or other
        return value, words

    def conjunction(self, words):
        value, words = self.comparison(words)
        while words and words[0].lower() == "and":
            other, words = self.comparison(words[1:])
            value = value and other
        return value, words

    def comparison(self, words):
        first, words = words[0], words[1:]
        if first == "!":
            value, words = self.comparison(words)
            return not value, words
        if first == "(":
            value, words = self.disjunction(words)
            return value, words[1:]
        if first.lower() == "exists":
            name = self.text(words[1].strip("'"))
            return bool(name) and find_below(self.path.parent, name) is not None, words[3:]
        left = self.text(first.strip("'")).lower()
        if words and words[0] in ("==", "!="):
            right = self.text(words[1].strip("'")).lower()
            return (left == right) == (words[0] == "=="), words[2:]
        return left == "true", words

    def evaluate(self, path):
        try:
            root = xml.etree.ElementTree.fromstring(path.read_bytes())
        except xml.etree.ElementTree.ParseError as error:
            raise Problem(f"{path}: {error}") from error
        for element in root.iter():
            element.tag = element.tag.split("}")[-1]
        self.group(root, path.parent)

    def group(self, root, folder):
        for element in root:
            if not self.holds(element):
                continue
            if element.tag == "PropertyGroup":
                for child in element:
                    if self.holds(child):
                        self.properties[child.tag.lower()] = self.text(child.text).strip()
            elif element.tag == "ItemDefinitionGroup":
                for child in element:
                    if child.tag == "ClCompile" and self.holds(child):
                        self.definitions = self.metadata(child, self.definitions)
            elif element.tag == "ItemGroup":
                for child in element:
                    if self.holds(child):
                        self.item(child, folder)
            elif element.tag in ("ImportGroup", "Choose", "When", "Otherwise"):
                self.group(element, folder)
            elif element.tag == "Import":
                self.take_in(element, folder)

    def take_in(self, element, folder):
        name = self.expand(element.get("Project"))
        file = None if "\0" in name else find_below(folder, name)
        if file and file.is_file() and self.imports < 100:
            self.imports += 1
            self.evaluate(file)

    def metadata(self, element, inherited):
        found = dict(inherited)
        for child in element:
            if self.holds(child):
                name = child.tag.lower()
                text = self.expand(child.text or "")
                found[name] = re.sub(rf"%\((?:ClCompile\.)?{name}\)", lambda _: found.get(name, ""),
                                     text, flags=re.IGNORECASE)
        return found

    def item(self, element, folder):
        pattern = element.get("Include")
        if not pattern:
            return
        excluded = {name.lower() for name in self.text(element.get("Exclude", "")).split(";")}
        base = self.definitions if element.tag == "ClCompile" else {}
        for name in self.text(pattern).split(";"):
            name = name.strip()
            names = [name]
            if "*" in name:
                flat = name.replace("\\", "/")
                names = [str(path.relative_to(folder)) for path in sorted(folder.glob(flat))]
            for each in names:
                if each and each.lower() not in excluded:
                    self.items.append((element.tag, each, self.metadata(element, base)))

    def words(self, text):
        """The parts of a list; those that need a property that nobody knows are left out."""
        return [word.strip() for word in text.split(";")
                if word.strip() and "\0" not in word and not word.strip().startswith("%(")]


def source_of(build, name, data, project):
    folder = build.path.parent
    path = find_below(folder, name)
    if path is None:
        project.note(f"{build.path.name} names {name}, which does not exist")
        return None
    includes = []
    listed = data.get("additionalincludedirectories", "")
    for word in build.words(";".join((listed, build.properties.get("includepath", "")))):
        found = find_below(folder, word)
        if found and found.is_dir():
            includes.append(found.resolve())
        else:
            project.note(f"the include folder {word} does not exist")
    forced = [find_below(folder, word) or word
              for word in build.words(data.get("forcedincludefiles", ""))]
    return Source(path.resolve(), includes, build.words(data.get("preprocessordefinitions", "")),
                  build.words(data.get("undefinepreprocessordefinitions", "")), forced)


def add_items(build, project):
    for kind, name, data in build.items:
        if build.text(data.get("excludedfrombuild", "")).strip().lower() == "true":
            continue
        if kind == "ClCompile":
            source = source_of(build, name, data, project)
            if source and source.path.suffix.lower() in SOURCES and \
                    source.path not in [known.path for known in project.sources]:
                project.sources.append(source)
            project.trace_macros += build.words(data.get("wpptracefunction", ""))
            for key in ("wppscanconfigurationdata", "wppadditionalconfigurationfile"):
                for word in build.words(data.get(key, "")):
                    found = find_below(build.path.parent, word)
                    if found and found.is_file() and found not in project.trace_files:
                        project.trace_files.append(found)
        elif kind in ("MASM", "ARMASM", "MARMASM"):
            project.note(f"{name} is assembly language of Microsoft's, and left out: the functions "
                         "in it will be undefined")
        elif kind in ("ResourceCompile", "Inf", "MessageCompile", "Midl"):
            project.note(f"{name} has no use on Linux, and is left out")


def from_vcxproj(path, configuration, seen=()):
    build = MSBuild(path, configuration)
    project = Project(build.properties["targetname"] or path.stem, path.parent)
    project.origin = f"{path.name} ({configuration}|{PLATFORM})"
    project.type = build.properties.get("configurationtype", "")
    add_items(build, project)
    # Libraries of the same solution are linked in.
    for kind, name, _ in build.items:
        other = find_below(path.parent, name) if kind == "ProjectReference" else None
        if other and other.is_file() and other not in seen:
            part = from_vcxproj(other, configuration, (*seen, path))
            if part.type == "StaticLibrary":
                known = {source.path for source in project.sources}
                project.sources += [source for source in part.sources if source.path not in known]
                project.notes += [note for note in part.notes if note not in project.notes]
    return project


def from_sources_file(path):
    """`sources`, as the kits before Visual Studio had it."""
    text = re.sub(r"\\\r?\n", " ", path.read_text(encoding="utf-8", errors="replace"))
    values = {}
    for line in text.splitlines():
        found = re.match(r"\s*(\w+)\s*=\s*(.*?)\s*(?:#.*)?$", line)
        if found:
            value = re.sub(r"\$\((\w+)\)", lambda match: values.get(match.group(1).upper(), "\0"),
                           found.group(2))
            values[found.group(1).upper()] = value
    project = Project(values.get("TARGETNAME", path.parent.name), path.parent)
    project.origin = path.name
    folders = [find_below(path.parent, word) for word in
               re.split(r"[;\s]+", values.get("INCLUDES", "")) if word and "\0" not in word]
    defines = [word[2:] for word in values.get("C_DEFINES", "").split() if word[:2] in ("-D", "/D")]
    for word in values.get("SOURCES", "").split():
        found = find_below(path.parent, word)
        if found and found.suffix.lower() in SOURCES:
            project.sources.append(Source(found.resolve(),
                                          [folder.resolve() for folder in folders if folder],
                                          defines))
        elif found is None:
            project.note(f"{path.name} names {word}, which does not exist")
        else:
            project.note(f"{word} has no use on Linux, and is left out")
    return project


def from_folder(folder, texts):
    """Everything below the folder that is neither a program nor another driver."""
    files = [path.resolve() for path in sorted(folder.rglob("*"))
             if path.suffix.lower() in SOURCES and path.is_file() and
             "wsk-port" not in path.relative_to(folder).parts and not path.name.endswith(".mod.c")]
    entries = [path for path in files if ENTRY.search(texts.code(path))]
    if not files:
        raise Problem(f"{folder}: no sources are here")
    if len(entries) > 1:
        raise Problem(f"{folder}: several files have a DriverEntry "
                      f"({', '.join(str(path.relative_to(folder.resolve())) for path in entries)}): "
                      "name the driver's sources with --source")
    project = Project(folder.resolve().name, folder)
    for path in files:
        if path not in entries and PROGRAM.search(texts.code(path)):
            project.note(f"{path.name} is a program's, and left out")
            continue
        project.sources.append(Source(path, [folder.resolve()]))
    return project


def find(folder, chosen, texts):
    """The project in a folder; CHOSEN names its file, if there are several."""
    if chosen:
        if not chosen.is_file():
            raise Problem(f"{chosen}: no such file")
        files = [chosen]
    else:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".vcxproj")
    projects = []
    for path in files:
        if path.suffix.lower() != ".vcxproj":
            return from_sources_file(path)
        configuration = next((name for name in CONFIGURATIONS
                              if f"{name}|{PLATFORM}" in path.read_text("utf-8-sig", "replace")),
                             CONFIGURATIONS[0])
        projects.append(from_vcxproj(path, configuration))
    drivers = [project for project in projects if project.type in ("Driver", "")] or projects
    if len(drivers) > 1:
        raise Problem(f"{folder}: several projects are here "
                      f"({', '.join(project.origin.split(' ')[0] for project in drivers)}): "
                      "choose one with --project")
    if drivers:
        return drivers[0]
    for name in ("sources", "SOURCES", "Sources"):
        if (folder / name).is_file():
            return from_sources_file(folder / name)
    return from_folder(folder, texts)
