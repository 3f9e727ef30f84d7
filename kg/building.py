"""From the source text to a store: read all files and apply the rules; a built store opened, or built anew.

Knows the store and the files; knows no graph, no question and no check.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import built, deposits, files, headers, tables
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


def open_built(target: Path, build: Callable[[], None], say: Callable[[str], None] = lambda text: None) -> Store:
    """The store at ``target``, held as long as this process lives; where it is not there or damaged, ``build`` puts it there first.

    Raises StoreFailed where that cannot be written, and what ``build`` raises.
    """
    if built.is_whole(target):
        try:
            return Store(built.hold(target))
        except (OSError, RuntimeError) as error:
            say(f"The built store cannot be opened: {error}.")
    built.remove(target)
    build()
    return Store(built.hold(target))
