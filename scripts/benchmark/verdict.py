# SPDX-License-Identifier: MIT OR GPL-2.0
"""What the figures of both methods say of each row, beside its targets."""
import statistics

from . import clock, count
from .rows import (BYTES, GROWTH, GROWTH_LINES, GROWTH_PEERS, IDLE_OWN, IDLE_TARGET, INSTRUCTIONS,
                   MANY, NANOSECONDS, ROWS, WORST, WORST_COUNTS, WORST_MOST)

ONE = "1 connection"


def entry(peer, unit, ours, theirs, ratio, noise, target=None):
    """Ours beside a peer's, by one method."""
    return {"peer": peer, "unit": unit, "ours": ours, "theirs": theirs, "ratio": ratio,
            "noise": noise, "target": target,
            "met": None if target is None else ratio <= target * (1 + noise)}


def by_count(row, figures):
    """The row's entries by instructions: peer, and the rest of an entry's beginning."""
    each = {peer: figures[line]["each"] for peer, line in row.lines[0].items()}
    if row is MANY:
        each[ONE] = figures[GROWTH_LINES[0]["event", 1]]["each"]
    ours = each.pop(row.ours)
    return {peer: (ours, theirs, ours / theirs, count.NOISE) for peer, theirs in each.items()}


def by_clock(row, rounds):
    """The same by time."""
    lines = {peer: rounds[line] for peer, line in row.lines[1].items() if line in rounds}
    if row is MANY:
        lines[ONE] = rounds[GROWTH_LINES[1]["event", 1]]
    ours = lines.pop(row.ours)
    return {peer: (statistics.median(ours), statistics.median(theirs), *clock.compare(ours, theirs))
            for peer, theirs in lines.items()}


def disagree(one, other):
    """Whether one method says cheaper, and the other dearer, than the peer."""
    return any(a[2] < 1 - a[3] and b[2] > 1 + b[3] for a, b in ((one, other), (other, one)))


def judge_row(row, figures, rounds):
    counted = by_count(row, figures)
    timed = by_clock(row, rounds) if rounds else {}
    targets = {(target.peer, target.unit): target.ratio for target in row.targets}
    entries = []
    for peer in dict.fromkeys([*counted, *timed]):
        apart = peer in counted and peer in timed and peer != ONE and \
            disagree(counted[peer], timed[peer])
        for unit, found in ((INSTRUCTIONS, counted), (NANOSECONDS, timed)):
            if peer in found:
                one = entry(peer, unit, *found[peer], targets.get((peer, unit)))
                one["disagree"] = apart
                if apart and one["met"]:
                    one["met"] = False
                entries.append(one)
    least = min(rounds[row.lines[1][row.ours]]) if rounds else None
    return {"name": row.name, "ours": row.ours, "least_ns": least, "entries": entries}


def judge_memory(figures):
    """
    A raw pair has two sockets alike, one of ours a raw one and ours. What ours has of its own comes
    from the general caches: how full the others are is told to a few objects only.
    """
    raw = figures["idle inline"]["each"] / 2
    ours = raw + figures["idle event"]["general"] - figures["idle inline"]["general"]
    return {"name": "Memory of an idle TCP socket", "ours": "event", "least_ns": None, "entries": [
        entry("a raw socket", BYTES, round(ours), round(raw), ours / raw, count.NOISE,
              IDLE_TARGET.ratio),
        entry("what ours adds", BYTES, round(ours - raw), IDLE_OWN, (ours - raw) / IDLE_OWN,
              count.NOISE, 1.0),
        entry("threads", "more", figures["idle event"]["threads"], figures["idle inline"]["threads"],
              float(figures["idle event"]["threads"] > figures["idle inline"]["threads"]), 0, 0.0)]}


def judge_worst(figures, timed):
    """The worst round trips: of counted ones, and where only waiting takes time."""
    few = figures[WORST.format(count=WORST_COUNTS[0])]["worst"]
    entries = [entry(f"the worst of {WORST_COUNTS[0]}", INSTRUCTIONS, few, WORST_MOST,
                     few / WORST_MOST, 0, 1.0)]
    if timed:
        worst = timed["worst"]
        entries.append(entry(f"the worst of {WORST_COUNTS[1]}", "ns of waiting", worst, WORST_MOST,
                             worst / WORST_MOST, 0, 1.0))
    return {"name": "TCP 16 KiB ping-pong, receive events at both ends", "ours": "event",
            "least_ns": None, "entries": entries}


def judge(figures, timed):
    """All rows."""
    rounds = timed and timed["rounds"]
    return [*(judge_row(row, figures, rounds) for row in ROWS), judge_memory(figures),
            judge_worst(figures, timed)]


def growth(figures, timed):
    """What a round trip takes over 1 to 256 connections, by method and peer."""
    lines = {INSTRUCTIONS: {peer: [figures[GROWTH_LINES[0][peer, conns]]["each"] for conns in GROWTH]
                            for peer in GROWTH_PEERS}}
    if timed:
        lines[NANOSECONDS] = {peer: [statistics.median(timed["rounds"][GROWTH_LINES[1][peer, conns]])
                                     for conns in GROWTH] for peer in GROWTH_PEERS}
    return lines


def outcome(one):
    """The last word on an entry."""
    if one["target"] is None:
        return "the methods disagree" if one.get("disagree") else ""
    if one["met"]:
        return "met"
    return "missed: the methods disagree" if one.get("disagree") else "missed"


def totals(rows):
    """How many targets are met, and how many missed."""
    judged = [one["met"] for row in rows for one in row["entries"] if one["target"] is not None]
    return sum(judged), len(judged) - sum(judged)


def table(rows):
    """The rows as text."""
    lines = []
    for row in rows:
        lines.append(row["name"])
        for one in row["entries"]:
            target = "" if one["target"] is None else f"  target {one['target']:.2f}"
            lines.append(f"    {one['peer']:20} {one['unit']:16} {one['ours']:9.0f} {one['theirs']:9.0f}"
                         f"  ratio {one['ratio']:.2f} ±{100 * one['noise']:.0f} %{target}  "
                         f"{outcome(one)}".rstrip())
    return lines
