"""What pages show: tables whose cells know their sources, and the notes of sources below them.

Knows nothing of requests or of where the rows come from. A cell without a value says which kind of nothing it is: ``NO_DATA`` (nobody
gives it) or ``NONE`` (looked for, none recorded). Zero is a value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kg import Graph
from kg.export.csv_injection import neutralise
from kg.namespaces import DOC

NO_DATA, NONE = "no-data", "none"


@dataclass(frozen=True)
class Cell:
    """What stands in a table: ``text`` for people, ``value`` for CSV and sorting, an address, and numbers of source notes.

    ``absence`` is NO_DATA or NONE where there is no value. ``notes`` are short remarks, each of its own line.
    """

    text: str = ""
    value: Any = None
    href: str = ""
    sources: tuple[int, ...] = ()
    absence: str = ""
    notes: tuple[str, ...] = ()
    tone: str = ""

    @property
    def plain(self) -> Any:
        """The value as CSV has it, see ``kg.export.csv_injection``; empty where there is none."""
        value = self.text if self.value is None and not self.absence else self.value
        return "" if value is None else neutralise(value)

    @property
    def sort(self) -> Any:
        """What the browser sorts by; empty where there is nothing."""
        return self.plain if self.value is None else self.value


@dataclass(frozen=True)
class Table:
    """A table of a page. ``columns``: key and label; ``query``: the address of the named query that gives its rows, or empty."""

    name: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[dict[str, Cell]]
    query: str = ""
    about: str = ""

    def as_csv(self) -> str:
        """The table as CSV: what is missing is empty, sources stand in a column of their own by number."""
        held = io.StringIO()
        writer = csv.writer(held, lineterminator="\r\n")
        writer.writerow([neutralise(label) for _, label in self.columns])
        for row in self.rows:
            writer.writerow([row[key].plain if key in row else "" for key, _ in self.columns])
        return held.getvalue()


@dataclass(frozen=True)
class Note:
    """A numbered source: the document, and the places in it that the page rests on."""

    number: int
    document: str
    label: str
    href: str
    places: list[str]


@dataclass
class Sources:
    """Numbers the documents of a page in the order in which it names them."""

    graph: Graph
    lang: str
    _notes: dict[str, Note] = field(default_factory=dict)

    def mark(self, document: Any, place: Any = "") -> tuple[int, ...]:
        """The number of a document, as a tuple of one; an empty tuple where none is given. The place is kept with it."""
        if not document:
            return ()
        iri = str(document).split("#", 1)[0]
        if iri not in self._notes:
            label = self.graph.label(iri, self.lang)
            self._notes[iri] = Note(len(self._notes) + 1, iri, label, "/documents/" + iri.removeprefix(DOC), [])
        note = self._notes[iri]
        if place and str(place) not in note.places:
            note.places.append(str(place))
        return (note.number,)

    def marks(self, documents: Iterable[Any]) -> tuple[int, ...]:
        """The numbers of several documents, ascending."""
        return tuple(sorted({number for document in documents for number in self.mark(document)}))

    @property
    def notes(self) -> list[Note]:
        """All, by number."""
        return list(self._notes.values())


def number(value: Any, digits: int = 4) -> str:
    """A number for people: significant digits, thousands apart, no exponent. Empty for None."""
    if value is None:
        return ""
    given = Decimal(str(value))
    if given == 0:
        return "0"
    whole = given.adjusted() + 1
    kept = round(given, max(0, digits - max(whole, 1))) if whole > 0 else round(given, digits - whole)
    text = f"{kept:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
