"""What a document states of Japan's suppliers beside what trade figures say, and where they differ, why.

Knows which statements and which trade belong together; knows no formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..graph.graph import Graph
from ..store.oxigraph import Row
from .figures import ComputedFigure, of_imports, shares_of
from .observations import observations
from .series import number

HALF, SMALL = Decimal(50), Decimal(1000)  # percent; thousand US dollars
BEFORE = (2, 1)  # trade of so many years before the document speaks: what it can have known


@dataclass(frozen=True)
class Beside:
    """A stated supplier beside the trade of one year: the figures, its share in each (percent), notes that say how they agree."""

    statement: Row
    supplier: str
    year: int
    figures: tuple[ComputedFigure, ...]
    shares: tuple[Decimal, ...]
    notes: tuple[str, ...]


def stated_suppliers(graph: Graph, mineral: str, lang: str = "en") -> list[Beside]:
    """Each statement of Japan's first supplier of a mineral, beside the imports of the two years before, by HS code, value and weight."""
    found = []
    for row in observations(graph, mineral, lang):
        if row["indicator"] != "import-share" or not row["thing"] or not row["date"]:
            continue
        for before in BEFORE:
            year = int(str(row["date"])[:4]) - before
            figures = [f for f in of_imports(graph, mineral, year=year) if f.method == "import-dependence"]
            found.append(_beside(graph, row, year, figures))
    return found


def _beside(graph: Graph, row: Row, year: int, figures: Sequence[ComputedFigure]) -> Beside:
    supplier = str(row["thing"])
    shares = [_share(graph, figure, supplier) for figure in figures]
    floor = number(row["moreThan"]) or HALF
    verdicts = [_verdict(figure, supplier, floor) for figure in figures]
    notes = list(dict.fromkeys(verdicts)) or ["no-trade-code"]
    single = [(figure, verdict) for figure, verdict in zip(figures, verdicts, strict=True) if len(figure.hs_codes) == 1]
    by_code: dict[tuple[str, ...], set[str]] = {}
    by_measure: dict[str, set[str]] = {}
    for figure, verdict in single:
        by_code.setdefault(figure.hs_codes, set()).add(verdict)
        by_measure.setdefault(figure.quantity, set()).add(verdict)
    if any(len(kinds) > 1 for kinds in by_code.values()):
        notes.append("differs-by-measure")
    if len(by_code) > 1 and any(len(kinds) > 1 for kinds in by_measure.values()):
        notes.append("differs-by-code")
    if any(f.quantity == "import-value" and f.known_sum is not None and f.known_sum < SMALL for f in figures):
        notes.append("small-trade")
    return Beside(row, supplier, year, tuple(figures), tuple(shares), tuple(notes))


def _verdict(figure: ComputedFigure, supplier: str, floor: Decimal) -> str:
    if figure.of != supplier:
        return "other-supplier-first"
    return "agrees" if figure.value is not None and figure.value > floor else "first-below-half"


def _share(graph: Graph, figure: ComputedFigure, supplier: str) -> Decimal:
    """Percent of a figure's whole that comes from a supplier; nothing where it sold nothing."""
    known = {one.country: one.share for one in figure.leaders}
    if supplier not in known and figure.countries > len(known):
        known = {one.country: one.share for one in shares_of(graph, figure.iri)}
    return known.get(supplier, Decimal(0))
