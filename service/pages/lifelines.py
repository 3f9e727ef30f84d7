"""The lives of measures as spans (announced, in force, suspended, over), and steps as spans. Knows the graph and what a drawing needs."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kg import Graph
from kg.store.oxigraph import Row
from kg.views import lookup

from .charts import Life, Span
from .page import Page

RESTRICTIVE = ("XR", "PR", "NM")  # beginnings of types of measures that hold supply back; all others are drawn as supportive
UNSURE = "unsure"
# How a state is drawn; what is over is not.
KINDS = {"announced": "announced", "in-force": "in-force", "suspended": "suspended", "suspension-lapsed": UNSURE}
APRIL = 4  # the Japanese fiscal year begins with it


def lives(page: Page, measures: Iterable[dict[str, Any]]) -> list[Life]:
    """A life for each measure (entries as ``kg.views.lookup.measures`` gives) whose documents give a first day, by that day."""
    rows = life_rows(page.graph)
    found = []
    for entry in measures:
        spans = _spans(rows.get(entry["iri"], []), page.day)
        if spans:
            found.append(
                Life(entry["label"], page.of(entry["iri"]), spans, tone(entry), f"{entry['imposed_by_label']} · {entry['type_label']}")
            )
    return sorted(found, key=lambda life: (life.spans[0].start, life.label))


def tone(entry: dict[str, Any]) -> str:
    """How a measure is drawn: ``restrict`` or ``support``."""
    return "restrict" if str(entry["type"]).split("-", 1)[0] in RESTRICTIVE else "support"


def life_rows(graph: Graph) -> dict[str, list[Row]]:
    """State periods by measure, in order."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in graph.part("state-periods"):
        rows[str(row["measure"])].append(row)
    return rows


def step_lives(page: Page, rows: Iterable[Row]) -> list[Life]:
    """Each step with a time as a line of its own, by its first day; steps of one kind and time are one. It leads to its first document."""
    found: dict[tuple[str, str], Life] = {}
    for row in rows:
        span = step_span(row)
        if span:
            label, time = str(row["stepLabel"]), str(lookup.when(row))
            found.setdefault((label, time), Life(f"{time} {label}", page.of(row["document"]), [span], "other"))
    return sorted(found.values(), key=lambda life: (life.spans[0].start, life.label))


def step_span(row: Row) -> Span | None:
    """When a step was: a day, or a month, year or fiscal year whose days are not known; None where no time is given."""
    if row.get("fiscalYear"):
        year = int(str(row["fiscalYear"]))
        return Span("step", datetime.date(year, APRIL, 1), datetime.date(year + 1, APRIL, 1), True)
    first = row.get("date") or row.get("start") or row.get("end")
    if not first:
        return None
    last = row.get("date") or row.get("end") or first
    return Span("step", _first(str(first)), _after(str(last)), len(str(first)) < 10)


def _first(time: str) -> datetime.date:
    year, month, day = [*map(int, time.split("-")), 1, 1][:3]
    return datetime.date(year, month, day)


def _after(time: str) -> datetime.date:
    """The day after the last that a time as precise as it is written may mean."""
    year, month, day = [*map(int, time.split("-")), 0, 0][:3]
    month = month or 12
    return datetime.date(year, month, day or calendar.monthrange(year, month)[1]) + datetime.timedelta(days=1)


def _spans(rows: list[Row], day: datetime.date) -> list[Span]:
    """State periods as spans; what is in force is drawn apart where, by the day, no document has confirmed it for long."""
    found = []
    for row in rows:
        kind, first, after = KINDS.get(str(row["state"])), _day(row["firstDay"]), _opt(row["dayAfter"])
        if kind is None:
            continue
        end = None if after == datetime.date.max else after
        is_fuzzy = len(str(row["start"])) < len("2000-01-01")
        late = _opt(row["unconfirmedFrom"])
        late = late if late and late <= day else None
        found.append(Span(kind, first, late or end, is_fuzzy))
        if late:
            found.append(Span(UNSURE, late, end))
    return found


def _day(value: object) -> datetime.date:
    return datetime.date.fromisoformat(str(value))


def _opt(value: object) -> datetime.date | None:
    return _day(value) if value else None
