"""Lodegraph: a knowledge graph of critical-mineral policy, asked from Python.

>>> import kg
>>> graph = kg.open_graph()
>>> graph.ask("over-dependent-minerals", supplier="china")
"""

from .build.opening import open_graph
from .errors import BadFacts, BadParameter, BadQuery, Busy, LimitReached, LodeError, MixedBases, StoreFailed, StoreGone, UnknownName
from .graph.graph import Graph

__all__ = [
    "BadFacts",
    "BadParameter",
    "BadQuery",
    "Busy",
    "Graph",
    "LimitReached",
    "LodeError",
    "MixedBases",
    "StoreFailed",
    "StoreGone",
    "UnknownName",
    "open_graph",
]
__version__ = "0.1.0"
