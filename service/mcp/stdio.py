"""The graph for a language model over standard input and output, as the programs that hold one start it."""

from __future__ import annotations

import os
from collections.abc import Callable

import kg
from kg.settings import Settings
from kg.workers.pool import QueryPool

from ..http import logging
from ..limits import limits_of
from .server import make_server


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Open the graph, then answer until the input ends. Raises BadFacts."""
    os.environ.update(settings.environment())
    logging.configure(settings)
    graph = kg.open_graph(say=say)
    assert graph.path is not None
    pool = QueryPool(graph.path, limits_of(settings))
    try:
        say("Lodegraph waits for a language model on standard input.")
        make_server(graph, pool).run("stdio")
    finally:
        pool.close()
