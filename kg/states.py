"""In which state each measure is on a day: announced, in force, suspended until when, over, or ended.

What the states mean is said by their codes in ``ontology/codes.ttl``. Everything comes from the query ``measure-states``. Knows nothing of
the web.
"""

from __future__ import annotations

import datetime
from typing import Any

from .graph import Graph

# States in which a measure is listed as in force: the second for lack of a later document, and told apart by its name.
IN_FORCE = ("in-force", "suspension-lapsed")
# What is told of a measure, and the column of the query that tells it.
COLUMNS = {
    "state": "state",
    "state_label": "stateLabel",
    "announced": "announced",
    "effective": "effective",
    "suspended_from": "suspendedFrom",
    "suspended_until": "suspendedUntil",
    "ended": "ended",
    "state_statement": "statement",
    "state_document": "document",
}
NONE: dict[str, Any] = dict.fromkeys(COLUMNS)


def on(graph: Graph, day: datetime.date, lang: str = "en", **filters: str | None) -> dict[str, dict[str, Any]]:
    """State of every measure of which something was known by the day, by its IRI; ``filters`` are those of the query.

    Days are dates; ``suspended_until`` is the last day of the suspension, as precise as the document gives it. Raises UnknownName.
    """
    rows = graph.ask("measure-states", as_of=day, lang=lang, **filters)
    return {str(row["measure"]): {key: row[column] for key, column in COLUMNS.items()} for row in rows}
