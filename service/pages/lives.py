"""The lives of measures as spans: announced, in force, suspended, over. Knows the graph and what a drawing needs."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kg import Graph
from kg.store import Row

from .charts import Life, Span
from .frame import Page

RESTRICTIVE = ("XR", "PR", "NM")  # beginnings of types of measures that hold supply back; all others are drawn as supportive


def lives(page: Page, measures: Iterable[dict[str, Any]]) -> list[Life]:
    """A life for each measure (entries as ``kg.lookup.measures`` gives) whose documents give a first day, by that day."""
    rows = life_rows(page.graph)
    found = []
    for entry in measures:
        spans = _spans(rows.get(entry["iri"], []))
        if spans:
            tone = "restrict" if str(entry["type"]).split("-", 1)[0] in RESTRICTIVE else "support"
            found.append(Life(entry["label"], page.of(entry["iri"]), spans, tone, f"{entry['imposed_by_label']} · {entry['type_label']}"))
    return sorted(found, key=lambda life: (life.spans[0].start, life.label))


def life_rows(graph: Graph) -> dict[str, list[Row]]:
    """Steps that start, suspend or end a measure, by measure."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in graph.part("life"):
        rows[str(row["measure"])].append(row)
    return rows


def _spans(rows: list[Row]) -> list[Span]:
    began = sorted((row for row in rows if row["step"] == "effective" and row["firstDay"]), key=lambda row: str(row["firstDay"]))
    if not began:
        return []
    start, is_fuzzy = _day(began[0]["firstDay"]), len(str(began[0]["written"] or "")) < 10
    end = min((_day(row["firstDay"]) for row in rows if row["step"] == "ended" and row["firstDay"]), default=None)
    pauses = sorted(
        {(_day(row["firstDay"]), _opt(row["lifted"])) for row in rows if row["step"] == "suspended" and row["firstDay"]}, key=str
    )
    found, at = [], start
    for pause, lifted in pauses:
        if pause > at:
            found.append(Span("in-force", at, pause, is_fuzzy and at == start))
        until = min(filter(None, (lifted, end)), default=None)
        found.append(Span("suspended", max(pause, at), until))
        if until is None or until == end:
            return found
        at = max(at, until)
    if end is None or end > at:
        found.append(Span("in-force", at, end, is_fuzzy and at == start))
    return found


def _day(value: object) -> datetime.date:
    return datetime.date.fromisoformat(str(value))


def _opt(value: object) -> datetime.date | None:
    return _day(value) if value else None
