"""What a build derives beside the rules: the computed figures and the headlines, as lines of the graph FIGURES.

Knows the queries that give declarations and statements; knows no formula.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..source import query_files
from ..store.oxigraph import Store
from ..store.values import Row, Rows
from .figures import derive
from .forms import Forms, main_codes
from .headlines import Headlines
from .inputs import TableInputs
from .model import Statements
from .writing import triples


def declared_inputs(text: Store, folder: Path) -> TableInputs:
    """Inputs that know every series which the text declares; the rows are still to be kept."""
    return TableInputs(_rows(text, folder / "queries" / "parts" / "series-declarations.rq"))


def lines(text: Store, folder: Path, inputs: TableInputs, forms: Forms) -> Iterator[str]:
    """Every figure and headline as N-Triples, from the rows kept and from what the documents state."""
    queries = folder / "queries"
    statements = Statements(_rows(text, queries / "quota-against-demand.rq"), _rows(text, queries / "export-prices.rq"))
    figures = list(derive(inputs, main_codes(forms), statements))
    groups = group_chains(_rows(text, queries / "parts" / "groups.rq"))
    headlines = Headlines(inputs, figures, forms, groups)
    return triples(figures, headlines.all({*inputs.minerals, *forms, *groups}), inputs.editions)


def group_chains(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The groups that each mineral belongs to, nearest first."""
    direct: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        direct[str(row["mineral"])].append(str(row["group"]))
    chains: dict[str, list[str]] = {}
    for mineral in sorted(direct):
        found: list[str] = []
        queue = [mineral]
        while queue:
            wider = (group for group in direct.get(queue.pop(0), ()) if group not in found and group != mineral)
            for group in wider:
                found.append(group)
                queue.append(group)
        chains[mineral] = found
    return chains


def _rows(text: Store, path: Path) -> Rows:
    return text.query(query_files.read(path).bind({}))
