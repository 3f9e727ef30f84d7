"""A computed figure as it is written into the graph: its name, the years for which it counts, and what it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..namespaces import DOC, FIGURES, slug_of
from ..risk.figures import Computed
from ..store.values import Row
from .inputs import Series

ALWAYS = 9999  # the year until which a figure counts that no newer one takes the place of


@dataclass(frozen=True)
class Derived:
    """A computed figure of a mineral, as it is written into the graph.

    ``importer`` is whose imports or use it is of, ``material`` the form that it is of. ``until`` is the last year asked
    about for which no newer figure takes its place. ``is_main``: it is of all main traded forms that the tables have, and
    ``is_all`` of all HS codes. ``is_shared``: all its shares are written, not the first three alone.
    """

    mineral: str
    figure: Computed
    name: str
    importer: str = ""
    material: str = ""
    until: int = ALWAYS
    is_main: bool = False
    is_all: bool = False
    is_shared: bool = False

    @property
    def iri(self) -> str:
        """IRI: the mineral, the method, the year and what it is of."""
        return f"{FIGURES}#{slug_of(self.mineral)}/{self.figure.method}/{self.figure.year}/{self.name}"


@dataclass(frozen=True)
class Statements:
    """Rows of the named queries on what documents state: quotas beside demand, and export prices."""

    quotas: Sequence[Row]
    prices: Sequence[Row]


def name_of(series: Series) -> str:
    """The table and the series, as the IRI of a figure has them."""
    return series.iri.removeprefix(DOC).replace("#", "/")


def with_until(group: Sequence[Derived]) -> Iterator[Derived]:
    """Figures that take one another's place, each with the last year before there is a newer one."""
    years = sorted({one.figure.year for one in group})
    after = {year: following - 1 for year, following in pairwise(years)}
    for one in group:
        yield replace(one, until=after.get(one.figure.year, ALWAYS))
