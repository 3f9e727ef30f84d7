"""What a reader of a publisher's file yields.

A reader turns a file into Series and Figure, or Deposit, resolves names through ``Names`` and raises BadFacts with file and line for what
it cannot understand. Knows no publisher and no file of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from ..errors import BadFacts


@dataclass(frozen=True)
class Series:
    """What all its figures share. Codes are notations, such as ``production``; things are ``kind/slug``, such as ``mineral/tungsten``.

    ``hs_edition`` is a year. An empty text is left out of the Turtle.
    """

    slug: str
    label_en: str
    label_ja: str
    indicator: str
    unit: str
    mineral: str = ""
    material: str = ""
    stage: str = ""
    basis: str = ""
    country: str = ""
    partner: str = ""
    hs_code: str = ""
    hs_edition: str = ""
    certainty: str = "stated"


@dataclass(frozen=True)
class Figure:
    """One cell. ``line`` is the line of the publisher's file (or row of its sheet). Exactly one of value and absence is given."""

    series: str
    line: int
    year: int
    value: Decimal | None = None
    absence: str = ""
    country: str = ""
    partner: str = ""
    bound: str = ""
    estimated: bool = False
    written: str = ""


@dataclass(frozen=True)
class Deposit:
    """A record of a deposit: ``country`` as ``kind/slug``, ``minerals`` as slugs, degrees of WGS 84 as written, ``type`` a code.

    ``record`` tells it from others of its name; ``written`` is the publisher's country where the graph has none.
    """

    slug: str
    line: int
    name: str
    record: str
    country: str = ""
    latitude: str = ""
    longitude: str = ""
    minerals: tuple[str, ...] = ()
    type: str = ""
    page: str = ""
    written: str = ""


@dataclass(frozen=True)
class Measure:
    """A record of a trade measure: who imposes it, its type as a code, on which minerals or materials, and its steps with their days.

    Countries and things are ``kind/slug``; ``record`` is the publisher's number with its name; ``page`` an address or empty.
    """

    slug: str
    line: int
    record: str
    type: str
    countries: tuple[str, ...]
    things: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    page: str = ""


@dataclass(frozen=True)
class Left:
    """A row of the publisher's that the reader leaves on purpose, or some of a kind, and what they are; ``name`` tells the row."""

    what: str
    rows: int = 1
    name: str = ""


@dataclass(frozen=True)
class Card:
    """The source card of a file that a user loads. ``issued`` is a year, a month or a day; the texts are pairs in English and Japanese.

    ``passage`` names where in the file deposits stand.
    """

    label: tuple[str, str]
    publisher: str
    issued: str
    language: str = "en"
    rights: tuple[str, str] = ("", "")
    citation: str = ""
    source: str = ""
    passage: tuple[str, str] = ("", "")


@dataclass
class Summary:
    """What came in, how many rows were left, by what they are, and their names where they have any."""

    series: int = 0
    figures: int = 0
    absent: int = 0
    estimated: int = 0
    bounds: int = 0
    deposits: int = 0
    measures: int = 0
    left: dict[str, int] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)
    countries: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)

    def leave(self, item: Left) -> None:
        """Count a row that is left, and keep its name once."""
        self.left[item.what] = self.left.get(item.what, 0) + item.rows
        names = self.named.setdefault(item.what, [])
        if item.name and item.name not in names:
            names.append(item.name)

    def told(self) -> list[str]:
        """What was left, a line a kind, with how many rows and their names."""
        lines = []
        for what, rows in sorted(self.left.items()):
            names = ", ".join(self.named.get(what, []))
            lines.append(f"{rows:,} rows: {what}" + (f" ({names})" if names else ""))
        return lines


Item = Series | Figure | Deposit | Measure | Left


def literal(text: str) -> str:
    """Text as a Turtle string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def plain(value: Decimal) -> str:
    """A decimal without exponent and without idle zeros: 270000, 0.5."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def bad(path: Path, line: int, wrong: str, right: str) -> BadFacts:
    """The error of a line of a publisher's file."""
    place = f"{path.name}, line {line}" if line else path.name
    return BadFacts(f"{place}: {wrong}.", right, findings=[place])


@contextmanager
def at(path: Path, line: int) -> Iterator[None]:
    """Turns ValueError(what is wrong, what would be right) of the block into the error of this line."""
    try:
        yield
    except ValueError as error:
        wrong, right = (*error.args, "")[:2]
        raise bad(path, line, str(wrong), str(right)) from None


Tell = Callable[[int], None]
"""Called with the number of bytes read since the last call."""
