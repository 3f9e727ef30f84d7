"""Quantities that documents state of minerals, by mineral: one query for all of a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..graph.graph import Graph
from ..store.oxigraph import Row


def observations(graph: Graph, mineral: str, lang: str = "en") -> Sequence[Row]:
    """Rows of the quantities of a mineral, by indicator and time. ``mineral`` is an IRI."""
    return _by_mineral(graph, lang).get(mineral, ())


@lru_cache(maxsize=16)
def _by_mineral(graph: Graph, lang: str) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in graph.part("observations", lang=lang):
        found.setdefault(str(row["mineral"]), []).append(row)
    return found
