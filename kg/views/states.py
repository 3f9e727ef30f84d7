"""In which state each measure is on a day: announced, in force, suspended until when, over, or ended; and how new the documents are.

What the states mean is said by their codes in ``ontology/codes.ttl``; which one holds is decided by ``kg.derive.lifecycle``, when the
graph is built. Knows nothing of the web.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..derive import lifecycle
from ..derive.state_graph import DATASET
from ..graph.graph import Graph, Rows
from ..graph.periods import period_start
from ..store.oxigraph import Row

IN_FORCE = (lifecycle.IN_FORCE,)
# States that a list of what is in force shows too, each by its name: no document tells for certain that they are not.
LISTED = (lifecycle.IN_FORCE, lifecycle.UNCONFIRMED, lifecycle.LAPSED)
# What is told of a measure, and the column of the query that tells it.
COLUMNS = {
    "state": "state",
    "state_label": "stateLabel",
    "since": "since",
    "precision": "precision",
    "until": "until",
    "last_confirmed": "lastConfirmed",
    "announced": "announced",
    "effective": "effective",
    "suspended_from": "suspendedFrom",
    "suspended_until": "suspendedUntil",
    "ended": "ended",
    "targets": "targets",
    "act": "act",
    "state_statement": "statement",
    "state_document": "document",
}
KEPT = 64  # readings of a period of days
NONE: dict[str, Any] = dict.fromkeys(COLUMNS)


def on(
    graph: Graph, day: datetime.date, lang: str = "en", *, known_by: datetime.date | None = None, **filters: str | None
) -> dict[str, dict[str, Any]]:
    """State of every measure of which something was known by the day, by its IRI; ``filters`` are those of the query.

    Days are written as 2012-12-31; ``since``, ``until`` and ``suspended_until`` are as precise as the document gives them. ``known_by``
    leaves out what documents issued later tell. Raises UnknownName.
    """
    first = period_start(graph, day)
    asked = {name: value for name, value in filters.items() if value is not None}
    if known_by is not None:
        rows: Sequence[Row] = graph.ask("measure-states", as_of=day, known_by=known_by, lang=lang, **asked)
    elif asked.keys() == {"mineral"}:  # of one reading for all minerals
        reached = _reached(graph, first).get(graph.resolve(str(asked["mineral"]), ["mineral"]), frozenset())
        rows = [row for row in _states(graph, first, lang) if row["measure"] in reached]
    else:
        rows = _states(graph, first, lang, *sorted(asked.items()))
    return {str(row["measure"]): {key: row[column] for key, column in COLUMNS.items()} for row in rows}


@lru_cache(maxsize=KEPT)
def _states(graph: Graph, day: datetime.date, lang: str, *filters: tuple[str, str]) -> Rows:
    return graph.ask("measure-states", as_of=day, lang=lang, **dict(filters))


@lru_cache(maxsize=KEPT)
def _reached(graph: Graph, day: datetime.date) -> Mapping[str, frozenset[str]]:
    """Measures that reach each mineral on a day, whatever their state."""
    found: dict[str, set[str]] = {}
    for row in _reaches(graph):
        if str(row["firstDay"]) <= day.isoformat() < str(row["dayAfter"]):
            found.setdefault(str(row["mineral"]), set()).add(str(row["measure"]))
    return {mineral: frozenset(measures) for mineral, measures in found.items()}


@lru_cache(maxsize=KEPT)
def _reaches(graph: Graph) -> Rows:
    return graph.part("reaches")


def counted(entries: list[dict[str, Any]]) -> dict[str, int]:
    """Acts among measures (entries of a day): how many are in force, and how many more were when last heard of."""
    acts = {state: {entry["act"] for entry in entries if entry["state"] == state} for state in LISTED}
    sure = acts[lifecycle.IN_FORCE]
    return {"acts_in_force": len(sure), "acts_unconfirmed": len(acts[lifecycle.UNCONFIRMED] - sure)}


def horizon(graph: Graph, *things: str | None) -> str | None:
    """When the newest document was issued that tells of a measure on the first thing given, else of all documents; None where none is.

    As precise as the document has it: a year, a month or a day.
    """
    known = {str(row["thing"]): str(row["horizon"]) for row in graph.part("horizons")}
    thing = next((thing for thing in things if thing), None)
    return known.get(thing or DATASET)
