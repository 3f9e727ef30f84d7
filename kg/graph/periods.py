"""Periods of days in which nothing changes, so that what is worked out for a day serves all days of its period.

Knows the graph; knows nothing of measures, networks or the web.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from functools import lru_cache
from typing import overload

from .graph import Graph

KEPT = 8  # graphs whose breakpoints are held


@overload
def period_start(graph: Graph, day: datetime.date) -> datetime.date: ...
@overload
def period_start(graph: Graph, day: None) -> None: ...
@overload
def period_start(graph: Graph, day: datetime.date | None) -> datetime.date | None: ...


def period_start(graph: Graph, day: datetime.date | None) -> datetime.date | None:
    """The first day of the period of a day; None for none.

    From that day to the day itself no state of a measure, no coverage and no relation begins or
    ends, and the year is the same, by which figures are chosen. Work that depends on the day is
    kept under this one; answers show the day that was asked about.
    """
    if day is None:
        return None
    days = breakpoints(graph)
    place = bisect_right(days, day)
    first = datetime.date(day.year, 1, 1)
    return max(first, days[place - 1]) if place else first


@lru_cache(maxsize=KEPT)
def breakpoints(graph: Graph) -> tuple[datetime.date, ...]:
    """Every day from which something holds that did not hold the day before, or no longer, in order."""
    found = {datetime.date.fromisoformat(str(row["day"])) for row in graph.part("breakpoints")}
    return tuple(sorted(found))
