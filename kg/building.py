"""From the source text to a store: read all files, apply the rules, write the result to disk whole or not at all.

Knows the store and the files; knows no graph, no question and no check.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from . import deposits, files, headers, tables
from .store import Store
from .terms import INFERRED

MAX_RULE_ROUNDS = 10


def load(folder: Path, own: Path | None = None) -> Store:
    """Read all source text, a user's own folder too, into a store in memory and apply the rules until nothing new follows.

    Raises BadFacts.
    """
    store = Store()
    for source in files.sources(folder / "ontology", own):
        store.load(source.path, source.graph)
    declared = store.subjects()
    for source in files.figures(folder / "ontology", own):
        store.load_lines(tables.triples(source.path, source.graph, declared), source.graph)
    for source in files.deposits(folder / "ontology", own):
        store.load_lines(deposits.triples(source.path, source.graph, declared), source.graph)
    infer(store, folder)
    return store


def infer(store: Store, folder: Path) -> None:
    """Apply the rules of a folder to a store until nothing new follows."""
    rules = headers.read_all(folder / "queries" / "rules")
    for _ in range(MAX_RULE_ROUNDS):
        if not sum(store.construct_into(rule.text, INFERRED) for rule in rules.values()):
            break


def cache_folder() -> Path:
    """Where built stores are kept: ``LODE_CACHE``, else the user's cache folder."""
    configured = os.environ.get("LODE_CACHE")
    if configured:
        return Path(configured)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lodegraph"


def write(store: Store, target: Path) -> None:
    """Write a store to its place; one that is cut short is never taken for whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        store.copy_to(draft / "store")
        try:
            os.rename(draft / "store", target)
        except OSError:
            if not target.exists():  # another process may have finished the same build first
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
