# SPDX-License-Identifier: MIT OR GPL-2.0
"""Sphinx's settings: `make docs`."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

project = "WSK for Linux"
project_copyright = "2026, the WSK for Linux authors"
extensions = ["kerneldoc", "statusdoc"]
root_doc = "index"
exclude_patterns = ["_build"]
highlight_language = "none"
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px", "fixed_sidebar": True}
html_show_sphinx = False
