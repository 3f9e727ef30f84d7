"""Where each thing of a network stands in a picture: columns along the supply chain, responses behind it.

    layout(network(graph), lang="ja").places[iri].x

A box a thing, its label inside; no two boxes overlap and all lie inside the view. Lengths are pixels at a font of FONT pixels. The same
network gives the same places. Knows the shape of ``kg.network.graphs.network``; knows no file format and no graph.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..deadline import check
from .elements import one_line

if TYPE_CHECKING:
    import networkx as nx

# Columns from left to right: who supplies, what stands between, what is supplied, what is made of it, what is done about it.
COLUMNS = (
    ("country", "bloc", "region"),
    ("measure", "dispute", "event"),
    ("mineral",),
    ("material",),
    ("component",),
    ("product",),
    ("condition",),
    ("project", "programme", "stockpile"),
    ("line", "pillar"),
    ("organisation",),
    ("list", "document"),
)
FONT, LINE = 12, 16  # size of the text, and from one of its lines to the next
WRAP = 18  # units a line: a Latin character is one, a Chinese or Japanese one is two
LONGEST = 24  # a word of up to so many units is not broken
LINES = 4  # of a label; what is left of it is cut off, with …
PADDING, GAP, MARGIN = 8, 12, 24
BETWEEN = 72  # from one column to the next: room for edges
TALLEST = 24  # boxes in a column; one that has more stands in several beside each other
SWEEPS = 6

_PIECES = re.compile(r"\s+|[^\s-]*-+|[^\s-]+")
_KATAKANA = re.compile("[ァ-ヺー]")
_NO_END = set("「『（【〔([")
_NO_START = set("、。，．・：；？！）」』】〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々)],.;:!?%")


@dataclass(frozen=True)
class Place:
    """The box of a thing: its middle, its size, and the lines of its label."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]

    @property
    def left(self) -> float:
        """Where its left side stands."""
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        """Where its upper side stands."""
        return self.y - self.height / 2


@dataclass(frozen=True)
class Layout:
    """The size of the view, whose upper left corner is 0, 0; and the place of each thing by its IRI."""

    width: float
    height: float
    places: dict[str, Place]


def layout(net: nx.MultiDiGraph[str], lang: str = "en") -> Layout:
    """Places of all nodes of a network such as ``kg.network.graphs`` gives, labelled in a language (else in English, else by their IRI)."""
    labels = labels_of(net, lang)
    boxes = {iri: box(label) for iri, label in labels.items()}
    columns = _split(_ordered(net, _columns(net, labels)))
    tall = [sum(boxes[iri].height for iri in column) + GAP * (len(column) - 1) for column in columns]
    height = max(tall, default=0.0) + 2 * MARGIN
    places: dict[str, Place] = {}
    left = float(MARGIN)
    for column, own in zip(columns, tall, strict=True):
        width = max(boxes[iri].width for iri in column)
        top = (height - own) / 2
        for iri in column:
            own_box = boxes[iri]
            places[iri] = Place(left + width / 2, top + own_box.height / 2, width, own_box.height, own_box.lines)
            top += own_box.height + GAP
        left += width + BETWEEN
    return Layout(max(left - BETWEEN + MARGIN, 2.0 * MARGIN), height, places)


def labels_of(net: nx.MultiDiGraph[str], lang: str) -> dict[str, str]:
    """The label of each node in a language, else in English, else its IRI."""
    return {iri: one_line(str(data.get(f"label_{lang}") or data.get("label_en") or iri)) for iri, data in net.nodes(data=True)}


def curve(source: Place, target: Place) -> str:
    """The path of an edge in SVG's ``d``, from box to box: a bend between columns, an arc to the right within one, a loop at one box."""
    if source == target:
        x, y = source.x + source.width / 2, source.y
        return f"M{x:.1f} {y - 6:.1f}c28 -14 28 26 0 12"
    if abs(source.x - target.x) < 1:
        x, other = source.x + source.width / 2, target.x + target.width / 2
        out = x + min(BETWEEN * 0.6, 16 + abs(source.y - target.y) / 8)
        return f"M{x:.1f} {source.y:.1f}C{out:.1f} {source.y:.1f} {out:.1f} {target.y:.1f} {other:.1f} {target.y:.1f}"
    side = 1 if target.x > source.x else -1
    x, other = source.x + side * source.width / 2, target.x - side * target.width / 2
    bend = (other - x) / 2
    return f"M{x:.1f} {source.y:.1f}C{x + bend:.1f} {source.y:.1f} {other - bend:.1f} {target.y:.1f} {other:.1f} {target.y:.1f}"


def wrap(label: str) -> tuple[str, ...]:
    """A label in at most LINES lines of about WRAP units, as even as can be; what does not fit is cut off, with …"""
    pieces = list(_breakable(label))
    lines = _filled(pieces, WRAP)
    narrower = WRAP
    while narrower > WRAP / 2 and len(again := _filled(pieces, narrower := narrower - 1)) == len(lines):
        lines = again
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1]}…"]
    return tuple(lines)


def _filled(pieces: Iterable[str], most: int) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and units(lines[-1] + piece.rstrip()) > most and piece[0] not in _NO_START:
            opened = lines[-1][-1] in _NO_END
            lines.append(lines[-1][-1] if opened else "")
            lines[-2] = lines[-2][:-1] if opened else lines[-2]
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines if line.strip()] or [""]


def units(text: str) -> int:
    """Length of a text in units: two for what is wide in East Asia, none for what joins the character before, one for the rest."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in text)


def _breakable(label: str) -> Iterable[str]:
    """Pieces between which a line may end: words with the space before them, parts before a hyphen, each wide character."""
    space = ""
    for piece in _PIECES.findall(label):
        if piece.isspace():
            space = " "
            continue
        for part in _parts(piece):
            yield space + part
            space = ""


def _parts(word: str) -> Iterable[str]:
    """A word whole, a word in katakana too; else cut at each wide character, and at LONGEST units."""
    held = ""
    for char in word:
        if held and (_parted(held[-1], char) or units(held + char) > LONGEST):
            yield held
            held = ""
        held += char
    if held:
        yield held


def _parted(before: str, after: str) -> bool:
    """Whether a line may end between two characters of a word."""
    wide = any(unicodedata.east_asian_width(char) in "WF" for char in (before, after))
    return wide and not (_KATAKANA.match(before) and _KATAKANA.match(after))


def box(label: str) -> Place:
    """The box of a label, its middle at 0, 0."""
    lines = wrap(label)
    width = math.ceil(max(map(_length, lines)) * FONT) + 2 * PADDING
    return Place(0, 0, width, len(lines) * LINE + PADDING, lines)


def _length(text: str) -> float:
    """About how long a line is, in sizes of its font; rather too long than too short."""
    return sum(_advance(char) for char in text)


def _advance(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF:
        return 1.3 if ord(char) > 0xFFFF else 1.0
    if char in "iljtfrI.,;:'|!()[] ":
        return 0.4
    return 0.95 if char in "mwMW@%&…" else 0.74 if char.isupper() else 0.62


def _columns(net: nx.MultiDiGraph[str], labels: Mapping[str, str]) -> list[list[str]]:
    """Nodes by column, by kind and label in each; kinds of no column stand in the last."""
    place = {kind: (number, order) for number, kinds in enumerate(COLUMNS) for order, kind in enumerate(kinds)}
    found: dict[int, list[tuple[int, str, str]]] = {}
    for iri, data in net.nodes(data=True):
        number, order = place.get(str(data.get("kind")), (len(COLUMNS), 0))
        found.setdefault(number, []).append((order, labels[iri].casefold(), iri))
    return [[iri for *_, iri in sorted(found[number])] for number in sorted(found)]


def _ordered(net: nx.MultiDiGraph[str], columns: list[list[str]]) -> list[list[str]]:
    """Columns with each node near the mean height of what it is linked to, so that fewer edges cross."""
    height = {iri: (row + 0.5) / len(column) for column in columns for row, iri in enumerate(column)}
    home = {iri: number for number, column in enumerate(columns) for iri in column}
    linked: dict[str, list[str]] = {iri: [] for iri in home}
    for source, target in sorted(set(net.edges())):
        if home[source] != home[target]:
            linked[source].append(target)
            linked[target].append(source)
    for _ in range(SWEEPS):
        check()
        for number, column in enumerate(columns):
            wanted = {iri: math.fsum(height[o] for o in linked[iri]) / len(linked[iri]) if linked[iri] else height[iri] for iri in column}
            columns[number] = sorted(column, key=lambda iri: wanted[iri])
            height.update((iri, (row + 0.5) / len(column)) for row, iri in enumerate(columns[number]))
    return columns


def _split(columns: list[list[str]]) -> list[list[str]]:
    """Columns of at most TALLEST boxes, or more where else the picture would be too wide: long ones stand in several."""
    total = sum(map(len, columns))
    most = max(TALLEST, math.ceil(math.sqrt(total * 2)))
    found = []
    for column in columns:
        parts = math.ceil(len(column) / most)
        rows = math.ceil(len(column) / parts)
        found += [column[start : start + rows] for start in range(0, len(column), rows)]
    return found
