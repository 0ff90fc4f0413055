# SPDX-License-Identifier: MIT OR GPL-2.0
"""
The parts of scripts/wsk-port.

project   what a driver consists of: from a .vcxproj, a `sources` file, or the sources alone
texts     the sources as text: encodings, comments, #include lines
overlay   files beside the sources, so that #include lines find what they name as they spell it
wpp       trace macros, from the configuration in the sources
build     compiling and linking, and what is missing
advice    what to use instead, and what behaves otherwise
"""


class Problem(Exception):
    """What wsk-port says, on one line, before it gives up."""
