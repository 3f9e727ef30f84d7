"""Minerals side by side: one column a figure, and how far the columns put the minerals into the same order.

Knows which figures make a column; knows no formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from .errors import BadParameter
from .eu import published
from .figures import Computed, Read
from .graph import Graph
from .ranks import kendall, spearman
from .risk import figures

MOST = 40
PRINTED = "published"
# What makes a column: method and what it is of; None takes whatever the method is of and shows the highest.
COLUMNS: dict[tuple[str, str | None], bool] = {
    ("hhi", "production"): False,
    ("hhi-wgi", "production"): False,
    ("top-supplier", "production"): False,
    ("hhi", "reserves"): False,
    ("hhi", "world-supply-share"): True,  # by stage
    ("hhi-wgi-t", "world-supply-share"): True,
    ("import-dependence", "import-value"): False,
    ("import-hhi", "import-value"): False,
    ("geopolrisk", "import-quantity"): False,
    ("eu-supply-risk", None): False,
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
    cells: dict[str, dict[Key, Computed | Read]]
    agreement: tuple[Agreement, ...]


def compare(graph: Graph, minerals: Sequence[str], year: int | None = None) -> Comparison:
    """Minerals side by side for the newest year (not after ``year``).

    A column is a method and what it is of. Where a mineral has several figures for one column (two forms, two HS codes), that of all HS
    codes together stands, else the highest. Raises BadParameter for fewer than two minerals or more than MOST, or one twice.
    """
    if not 2 <= len(minerals) <= MOST or len(set(minerals)) < len(minerals):
        raise BadParameter(f"{len(minerals)} minerals are given.", f"Give 2 to {MOST} different minerals.", parameter="minerals")
    cells = {mineral: _cells(graph, mineral, year) for mineral in minerals}
    columns = sorted({key for row in cells.values() for key in row})
    kept = tuple(key for key in columns if sum(key in row for row in cells.values()) > 1)
    pairs = (_agreement(cells, first, second) for first, second in combinations(kept, 2))
    return Comparison(kept, cells, tuple(pair for pair in pairs if pair.minerals > 2))


def _cells(graph: Graph, mineral: str, year: int | None) -> dict[Key, Computed | Read]:
    row: dict[Key, Computed | Read] = {}
    for figure in figures(graph, mineral, year):
        key = _column(figure)
        if key and figure.value is not None and _before(row.get(key), figure):
            row[key] = figure
    for printed in published(graph, mineral, year):
        key = (PRINTED, printed.role, "")
        held = row.get(key)
        if printed.value is not None and (held is None or held.year < printed.year):
            row[key] = printed
    return row


def _column(figure: Computed) -> Key | None:
    for of in (figure.quantity, None):
        if (figure.method, of) in COLUMNS:
            return figure.method, of or "", figure.stage if COLUMNS[figure.method, of] else ""
    return None


def _before(held: Computed | Read | None, figure: Computed) -> bool:
    """Whether a figure takes the place of another: of more HS codes first, then the higher."""
    if not isinstance(held, Computed):
        return held is None
    if figure.method.startswith("import-") and len(held.hs_codes) != len(figure.hs_codes):
        return len(held.hs_codes) < len(figure.hs_codes)
    return (held.value or 0) < (figure.value or 0)


def _agreement(cells: dict[str, dict[Key, Computed | Read]], first: Key, second: Key) -> Agreement:
    pairs = [(row[first].value, row[second].value) for row in cells.values() if first in row and second in row]
    sides = [[float(pair[side] or 0) for pair in pairs] for side in (0, 1)]
    return Agreement(first, second, len(pairs), kendall(*sides), spearman(*sides))
