"""What pages of all minerals share, read once before the first of them is asked for.

Knows which readings are shared; knows nothing of the web.
"""

from __future__ import annotations

import datetime

from ..graph.graph import Graph
from ..graph.periods import period_start
from ..namespaces import LANGUAGES
from ..network import coverage
from ..network.graphs import needs, network
from ..views import lookup, states
from ..views.headlines import headlines, passed_over


def warm(graph: Graph, day: datetime.date) -> None:
    """Read names, headlines, states and networks as of a day, the costliest for a first page first.

    Each is kept where it would be kept if it had been asked for; who asks meanwhile reads alone.
    """
    lookup.things(graph, "mineral")
    period_start(graph, day)
    for lang in LANGUAGES:
        headlines(graph, day.year, lang)
        lookup.read_shared(graph, lang, day)
        states.on(graph, day, lang)
        graph.part("observations", lang=lang)
        graph.part("steps", lang=lang)
    needs(graph, day)
    network(graph)
    coverage.coverage(graph, as_of=day)
    coverage.acts(graph, day)
    for name in ("placed", "printed", "measure-minerals", "reaches"):
        graph.part(name)
    passed_over(graph, "", day.year)
