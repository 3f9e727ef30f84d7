"""Minerals side by side: one column a figure, and how far the columns put the minerals into the same order.

Knows which figures make a column; knows no formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ..errors import BadParameter
from ..graph.graph import Graph
from ..risk.figures import Read
from ..risk.rank_correlation import kendall, spearman
from .eu_studies import published
from .figures import SHARES, ComputedFigure, of_mineral
from .headlines import PRODUCER, REFINER, SUPPLIER, headlines

MOST = 40
PRINTED = "published"
# What makes a column: method and what it is of; None takes whatever the method is of. True: a column for each stage.
COLUMNS: dict[tuple[str, str | None], bool] = {
    ("hhi", "production"): True,
    ("hhi-wgi", "production"): True,
    ("top-supplier", "production"): True,
    ("hhi", "reserves"): False,
    ("hhi", "world-supply-share"): True,  # by stage
    ("hhi-wgi-t", "world-supply-share"): True,
    ("import-dependence", "import-value"): False,
    ("import-hhi", "import-value"): False,
    ("geopolrisk", "import-quantity"): False,
    ("eu-supply-risk", None): False,
}
# Columns that the mineral's headline decides.
HEADED = {
    *((method, "production") for method in ("hhi", "hhi-wgi", "top-supplier")),
    *((method, "import-value") for method in ("import-dependence", "import-hhi")),
}
Key = tuple[str, str, str]  # method or PRINTED, quantity, stage


@dataclass(frozen=True)
class Agreement:
    """How two columns agree over the minerals that both have: their number (three or more), Kendall's tau-b and Spearman's rho."""

    first: Key
    second: Key
    minerals: int
    kendall: float | None
    spearman: float | None


@dataclass(frozen=True)
class Comparison:
    """Of each mineral its figure for each column, and the agreement of the columns."""

    columns: tuple[Key, ...]
    cells: dict[str, dict[Key, ComputedFigure | Read]]
    agreement: tuple[Agreement, ...]


def compare(graph: Graph, minerals: Sequence[str], year: int | None = None) -> Comparison:
    """Minerals side by side for the newest year (not after ``year``).

    A column is a method and what it is of. Shares and indices of production and of imports by value are those of the mineral's
    headline, and there is none where it has none; of several figures in another column the newest stands, then the highest.
    Raises BadParameter for fewer than two minerals or more than MOST, or one twice.
    """
    if not 2 <= len(minerals) <= MOST or len(set(minerals)) < len(minerals):
        raise BadParameter(f"{len(minerals)} minerals are given.", f"Give 2 to {MOST} different minerals.", parameter="minerals")
    cells = {mineral: _cells(graph, mineral, year) for mineral in minerals}
    columns = sorted({key for row in cells.values() for key in row})
    kept = tuple(key for key in columns if sum(key in row for row in cells.values()) > 1)
    pairs = (_agreement(cells, first, second) for first, second in combinations(kept, 2))
    return Comparison(kept, cells, tuple(pair for pair in pairs if pair.minerals > 2))


def _cells(graph: Graph, mineral: str, year: int | None) -> dict[Key, ComputedFigure | Read]:
    row: dict[Key, ComputedFigure | Read] = {}
    chosen = _chosen(graph, mineral, year)
    for figure in of_mineral(graph, mineral, year):
        key = _column(figure)
        if not key or figure.value is None or (key[:2] in HEADED and not _is_of(figure, chosen)):
            continue
        if _before(row.get(key), figure):
            row[key] = figure
    for printed in published(graph, mineral, year):
        key = (PRINTED, printed.role, "")
        held = row.get(key)
        if printed.value is not None and (held is None or held.year < printed.year):
            row[key] = printed
    return row


def _chosen(graph: Graph, mineral: str, year: int | None) -> tuple[str, ...]:
    """IRIs of the first shares that head the mineral's own production and imports."""
    known = headlines(graph, year)
    found = (known.get((mineral, role)) for role in (PRODUCER, REFINER, SUPPLIER))
    return tuple(one.figure for one in found if one is not None and one.figure and not one.via)


def _is_of(figure: ComputedFigure, chosen: tuple[str, ...]) -> bool:
    """Whether a figure is of the whole that one of the chosen shares is of: their IRIs differ in the method alone."""
    return any(figure.iri.replace(f"/{figure.method}/", f"/{share}/", 1) in chosen for share in SHARES)


def _column(figure: ComputedFigure) -> Key | None:
    for of in (figure.quantity, None):
        if (figure.method, of) in COLUMNS:
            return figure.method, of or "", figure.stage if COLUMNS[figure.method, of] else ""
    return None


def _before(held: ComputedFigure | Read | None, figure: ComputedFigure) -> bool:
    """Whether a figure takes the place of another: the newer first, then the higher."""
    if not isinstance(held, ComputedFigure):
        return held is None
    return _rank(held) < _rank(figure)


def _rank(figure: ComputedFigure) -> tuple[object, ...]:
    return (figure.year, figure.value or 0)


def _agreement(cells: dict[str, dict[Key, ComputedFigure | Read]], first: Key, second: Key) -> Agreement:
    pairs = [(row[first].value, row[second].value) for row in cells.values() if first in row and second in row]
    sides = [[float(pair[side] or 0) for pair in pairs] for side in (0, 1)]
    return Agreement(first, second, len(pairs), kendall(*sides), spearman(*sides))
