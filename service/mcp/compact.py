"""Answers made small for a language model: nothing empty, short names, lists cut with a count of the rest, sources named once.

Knows the graph's names; asks nothing.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from kg import Graph, __version__
from kg.namespaces import DOC, ID, ONTOLOGY, Iri

BYTES_MOST = 24_000  # of one answer as UTF-8


def short(iri: str) -> str:
    """``kind/slug`` of a thing, path of a source (with ``#`` and the statement), ``lode:Name`` of a class; else the IRI itself."""
    for namespace, prefix in ((ID, ""), (DOC, ""), (ONTOLOGY, "lode:")):
        if iri.startswith(namespace):
            return prefix + iri[len(namespace) :]
    return iri


def lean(value: Any) -> Any:
    """A value without what is empty (zero and false stay), with short names, as JSON takes it."""
    if isinstance(value, Mapping):
        kept = {str(key): lean(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item not in ("", [], {})}
    if isinstance(value, list | tuple | set):
        return [lean(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return short(value) if isinstance(value, str) and (isinstance(value, Iri) or value.startswith((ID, DOC))) else value


def pack(graph: Graph, answer: Mapping[str, Any], lists: Mapping[str, int], lang: str, as_of: datetime.date | None) -> str:
    """The answer as JSON of at most ``BYTES_MOST`` bytes, with its day, the data version and the sources that it names.

    Each list named is cut at its number, and further (the longest first) until all fits; ``left_off`` says how many are not shown.
    """
    whole, most = lean(answer), dict(lists)
    while True:
        told = {key: value[: most[key]] if key in most else value for key, value in whole.items()}
        left = {key: len(whole[key]) - len(told[key]) for key in most if key in whole and len(whole[key]) > len(told[key])}
        head = {"as_of": as_of.isoformat() if as_of else None, "data_version": graph.version[:16], "program": __version__}
        found = {**told, "left_off": left, "sources": _sources(graph, told, lang), **head}
        text = json.dumps({key: value for key, value in found.items() if value not in ({}, [])}, ensure_ascii=False, separators=(",", ":"))
        sizes = {key: len(json.dumps(told[key])) for key in most if len(told.get(key, ())) > 1}
        if len(text.encode()) <= BYTES_MOST or not sizes:
            return text
        longest = max(sizes, key=lambda key: sizes[key])
        most[longest] = len(told[longest]) * 2 // 3


def _sources(graph: Graph, value: Any, lang: str) -> list[dict[str, str]]:
    names = sorted({name.partition("#")[0] for name in _documents(value)})
    return [{"document": name, "title": graph.label(DOC + name, lang)} for name in names if DOC + name in graph.names]


def _documents(value: Any) -> Iterator[str]:
    """Every source named in an answer, by a key that says so or by its IRI."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and (key.endswith("document") or key == "statement"):
                yield short(item)
            elif key == "documents":
                yield from map(short, item)
            else:
                yield from _documents(item)
    elif isinstance(value, list):
        for item in value:
            yield from _documents(item)
    elif isinstance(value, str) and value.startswith(DOC):
        yield short(value)
