# SPDX-License-Identifier: MIT OR GPL-2.0
"""Bars, ours beside each peer's, and the growth with connections."""
from .rows import GROWTH, INSTRUCTIONS, NANOSECONDS

COLOURS = {"kthread": "#888888", "work": "#b0a060", "inline": "#60a060", "epoll": "#a06080",
           "io_uring": "#806ea0"}
OURS = "#2060c0"
WIDTH = 400  # of 1.5 times ours or a peer's
LEFT, BAR = 110, 11


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{words}</text>'


def bars(row, unit, y):
    """A row by one method: its parts, and where the next may begin."""
    found = [one for one in row["entries"] if one["unit"] == unit and one["peer"] in COLOURS]
    if not found:
        return [], y
    ours, parts = found[0]["ours"], [text(10, y, f"{row['name']}, {unit}")]
    lines = [(f"WSK, {row['ours']}", OURS, ours)] + \
        [(one["peer"], COLOURS[one["peer"]], one["theirs"]) for one in found]
    scale = WIDTH / max(value for *_, value in lines)
    y += 6
    for name, colour, value in lines:
        parts += [f'<rect x="{LEFT}" y="{y}" width="{value * scale:.0f}" height="{BAR}" fill="{colour}"/>',
                  text(LEFT - 6, y + 10, name, "end"), text(LEFT + 4 + value * scale, y + 10, f"{value:.0f}")]
        y += BAR + 3
    return parts, y + 18


def apart(heights):
    """Where labels at these heights go, so that none is written over another."""
    placed = {}
    for peer, y in sorted(heights.items(), key=lambda one: one[1]):
        placed[peer] = max([y, *(other + 13 for other in placed.values())])
    return placed


def lines_of(growth, unit, y):
    parts = [text(10, y, f"A round trip of 64 B over so many connections, {unit}")]
    bottom, top = y + 170, max(max(line) for line in growth.values())
    scale, step = 150 / top, 70
    parts += [text(LEFT + step * i, bottom + 14, conns, "middle") for i, conns in enumerate(GROWTH)]
    parts.append(f'<line x1="{LEFT}" y1="{bottom}" x2="{LEFT + step * (len(GROWTH) - 1)}" y2="{bottom}" '
                 'stroke="#cccccc"/>')
    labels = apart({peer: bottom - scale * line[-1] + 4 for peer, line in growth.items()})
    for peer, line in growth.items():
        points = " ".join(f"{LEFT + step * i},{bottom - scale * each:.0f}" for i, each in enumerate(line))
        colour = OURS if peer == "event" else COLOURS[peer]
        parts += [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
                  text(LEFT + step * (len(line) - 1) + 8, labels[peer],
                       f"{'WSK, event' if peer == 'event' else peer}: {line[0]:.0f} to {line[-1]:.0f}")]
    return parts, bottom + 40


def picture(rows, growth, units=(INSTRUCTIONS, NANOSECONDS)):
    """Instructions on the left, times on the right."""
    columns, lowest = [], 0
    for column, unit in enumerate(unit for unit in units if unit in growth):
        parts, y = [], 30
        for row in rows:
            more, y = bars(row, unit, y)
            parts += more
        more, y = lines_of(growth[unit], unit, y)
        lowest = max(lowest, y)
        columns.append(f'<g transform="translate({650 * column})">{"".join(parts + more)}</g>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{650 * len(columns)}" height="{lowest}" '
            f'font-family="sans-serif" font-size="11">' + "".join(columns) + "</svg>\n")
