"""Reach of a measure: the minerals that it falls on and from when until when, directly or through a list of controlled goods.

Pure functions over frozen values; knows no store and no query.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .lifecycle import IN_FORCE, StatePeriod
from .times import FOREVER


@dataclass(frozen=True, slots=True)
class Listing:
    """A measure on whatever stands on a list, and a licence that puts its own goods on that list."""

    measure: str
    goods_list: str
    licence: str


@dataclass(frozen=True, slots=True)
class Reach:
    """A mineral that a measure falls on from ``first_day`` up to, not including, ``day_after``.

    ``through``, ``licence``: the list of goods and the licence that puts the mineral on it, empty where the measure
    names the mineral itself. ``rests_on``: steps of the licence.
    """

    measure: str
    mineral: str
    first_day: datetime.date
    day_after: datetime.date
    through: str = ""
    licence: str = ""
    rests_on: tuple[str, ...] = ()


def reaches(minerals: Iterable[tuple[str, str]], listings: Iterable[Listing], periods: Iterable[StatePeriod]) -> list[Reach]:
    """Every reach of every measure: ``minerals`` has the pairs of measure and mineral that documents name.

    What a measure names, it reaches from the first day on which it is known. Through a list it reaches what a licence
    has on the list, while that licence is in force.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for measure, mineral in minerals:
        named[measure].add(mineral)
    lives: dict[str, list[StatePeriod]] = defaultdict(list)
    for period in periods:
        lives[period.measure].append(period)
    found = [
        Reach(measure, mineral, lives[measure][0].first_day, FOREVER)
        for measure in sorted(named)
        if lives[measure]
        for mineral in sorted(named[measure])
    ]
    for listing in listings:
        found += _through(listing, named[listing.licence], lives)
    return found


def _through(listing: Listing, minerals: set[str], lives: dict[str, list[StatePeriod]]) -> list[Reach]:
    own = lives[listing.measure]
    found = []
    for period in lives[listing.licence]:
        if period.state != IN_FORCE or not own:
            continue
        first = max(period.first_day, own[0].first_day)
        if first < period.day_after:
            rest = (listing.goods_list, listing.licence, period.rests_on)
            found += [Reach(listing.measure, mineral, first, period.day_after, *rest) for mineral in sorted(minerals)]
    return found
