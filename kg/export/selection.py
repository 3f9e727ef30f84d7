"""What of the graph is to be written to a file. Knows the shape of ``kg.network.graphs.network``; no file format."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..namespaces import Iri

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Choice:
    """The network chosen, one line on it, and what it was chosen by: a center and steps from it, a day, kinds, a language."""

    net: nx.MultiDiGraph[str]
    about: str
    center: Iri | None
    depth: int
    as_of: datetime.date | None
    kinds: tuple[str, ...]
    lang: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return self.center is None and self.as_of is None and not self.kinds
