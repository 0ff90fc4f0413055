# SPDX-License-Identifier: MIT OR GPL-2.0
"""
A directive for Sphinx that shows a table of wsk/socket/status.cc:

    .. status-rows:: bind_rows
"""
import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "wsk/socket/status.cc"


def rows(name):
    """The errno names of each status, in the order of the table."""
    text = SOURCE.read_text(encoding="utf-8")
    table = re.search(rf"constexpr Row {name}\[\] = \{{(.*?)\n\}};", text, re.DOTALL).group(1)
    statuses = {}
    for error, status in re.findall(r"\{PORT_(\w+), STATUS_(\w+)\}", table):
        statuses.setdefault(status, []).append(error)
    return statuses


def setup(app):
    from docutils import nodes
    from docutils.parsers.rst import Directive
    from docutils.statemachine import StringList

    class StatusRows(Directive):
        required_arguments = 1

        def run(self):
            self.state.document.settings.record_dependencies.add(str(SOURCE))
            lines = StringList()
            text = ".. list-table::\n   :header-rows: 1\n   :widths: 60 40\n\n" \
                   "   * - errno\n     - NTSTATUS\n"
            for status, errors in rows(self.arguments[0]).items():
                text += f"   * - {', '.join(errors)}\n     - {status}\n"
            for line in text.split("\n"):
                lines.append(line, str(SOURCE))
            node = nodes.section()
            node.document = self.state.document
            self.state.nested_parse(lines, 0, node)
            return node.children

    app.add_directive("status-rows", StatusRows)
    return {"parallel_read_safe": True}
