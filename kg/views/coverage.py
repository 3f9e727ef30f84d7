"""What covers which mineral on a day, as the built graph has it: one cover for each response, pillar and mineral.

Decided by ``kg.derive.coverage`` when the graph is built. Knows the graph alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..derive.coverage import COVERING, DESIGNATED, OVER, RANKS
from ..derive.times import DAY, FOREVER
from ..graph.graph import Graph
from ..store.oxigraph import Row

LAST = FOREVER - DAY  # the day asked about where none is: what holds as last known
LIVE = tuple(degree for degree in reversed(RANKS) if degree not in OVER)  # the furthest first
DEGREES = (*LIVE, *OVER)


@dataclass(frozen=True)
class Cover:
    """A response's coverage of a mineral under a pillar in one degree, while it holds.

    ``since`` and ``until``: first and last time as precise as documents write them, None where no document gives one.
    ``through``: the groups, members or forms that documents name instead of the mineral. ``statement`` names it,
    with its certainty and document; ``degree_statement`` gives the degree. ``last_confirmed``: the last day for which a
    document speaks of the response, None of what is over.
    """

    mineral: str
    pillar: str
    response: str
    degree: str
    first_day: str
    day_after: str
    since: str | None
    precision: str | None
    until: str | None
    through: tuple[str, ...]
    last_confirmed: str | None
    certainty: str
    statement: str
    document: str
    degree_certainty: str
    degree_statement: str

    @property
    def covers(self) -> bool:
        """Whether the pillar counts as covered by it: funded or operating."""
        return self.degree in COVERING

    @property
    def is_live(self) -> bool:
        """Whether it is not over: designated, funded or operating."""
        return self.degree not in OVER

    def holds(self, day: datetime.date) -> bool:
        """Whether the day lies within its time."""
        return self.first_day <= day.isoformat() < self.day_after


@lru_cache(maxsize=8)
def all_covers(graph: Graph) -> Sequence[Cover]:
    """Every cover at whatever time, by mineral, pillar, response and day."""
    found: dict[str, Cover] = {}
    for row in graph.part("coverage-periods"):
        known = found.get(str(row["period"]))
        cover = _cover(row)
        found[str(row["period"])] = replace(cover, through=(*known.through, *cover.through)) if known else cover
    return tuple(found.values())


def covers(graph: Graph, day: datetime.date | None = None) -> list[Cover]:
    """What holds on a day, else as last known; the furthest degree first within a mineral and pillar."""
    held = [cover for cover in all_covers(graph) if cover.holds(day or LAST)]
    return sorted(held, key=lambda one: (one.mineral, one.pillar, DEGREES.index(one.degree)))


def best(found: Iterable[Cover]) -> str | None:
    """The furthest degree of some covers that are not over; None where there is none."""
    return furthest(cover.degree for cover in found)


def furthest(degrees: Iterable[str]) -> str | None:
    """The furthest of some degrees, those that are over left out; None where there is none."""
    known = set(degrees)
    return next((degree for degree in LIVE if degree in known), None)


def counted(degrees: Iterable[str]) -> dict[str, int]:
    """How many there are of each degree, the furthest first; those that there are alone."""
    known = list(degrees)
    return {degree: known.count(degree) for degree in DEGREES if degree in known}


def _cover(row: Row) -> Cover:
    def text(name: str) -> str | None:
        return None if row[name] is None else str(row[name])

    return Cover(
        mineral=str(row["mineral"]),
        pillar=str(row["pillar"]),
        response=str(row["response"]),
        degree=str(row["degree"]),
        first_day=str(row["firstDay"]),
        day_after=str(row["dayAfter"]),
        since=text("start"),
        precision=text("precision"),
        until=text("end"),
        through=(str(row["through"]),) if row["through"] else (),
        last_confirmed=text("lastConfirmed"),
        certainty=str(row["certainty"]),
        statement=str(row["statement"]),
        document=str(row["document"]),
        degree_certainty=str(row["degreeCertainty"]),
        degree_statement=str(row["degreeStatement"]),
    )


__all__ = ["COVERING", "DEGREES", "DESIGNATED", "LAST", "Cover", "all_covers", "best", "counted", "covers", "furthest"]
