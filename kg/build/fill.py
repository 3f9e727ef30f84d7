"""Fills a store from the source text: reads all files, applies the rules, adds the rows of the tables.

Knows the store and the files; knows no graph, no question and no check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path

from ..derive import build as derived
from ..derive import coverage_graph, forms, members, state_graph
from ..namespaces import FIGURES, INFERRED
from ..source import deposit_tables, figure_tables, files, query_files
from ..store.oxigraph import Store

Report = Callable[[str], None]  # takes a stage of the work
Advance = Callable[[float], None]  # takes the part of the stage that is done, 0 to 1

MAX_RULE_ROUNDS = 10
LOADERS = 2  # threads in which the engine loads, beside the one that makes lines
BATCH_LINES = 100_000  # lines that are loaded at once: about 20 MB
MAX_PENDING = 4  # batches that wait or are being loaded


def no_report(text: str) -> None:
    """Takes a stage of the work and tells nobody."""


def no_advance(fraction: float) -> None:
    """Takes how much of a stage is done and tells nobody."""


def load(folder: Path, own: Path | None = None) -> Store:
    """Read all source text, a user's own folder too, into a store in memory and apply the rules.

    Raises BadFacts.
    """
    store = Store()
    fill(store, folder, own)
    return store


def fill(
    store: Store,
    folder: Path,
    own: Path | None = None,
    say: Report = no_report,
    advance: Advance = no_advance,
) -> None:
    """Put all source text and what the rules infer from it into an empty store.

    The rules see documents and deposits, not the rows of the tables of figures: no rule reads those, and a store without them
    is small. The figures of risk are computed from the rows as they pass, in memory. The engine loads in threads of its own
    while Python makes the next lines. ``say`` is given each stage, ``advance`` the part of it that is done, from 0 to 1.
    Raises BadFacts.
    """
    say("Reading the documents")
    text, declared, traded, decisions = _read_text(folder, own)
    inputs = derived.declared_inputs(text, folder)
    # Rows name series and agents that files in Turtle declare, and nothing else: all IRIs are checked.
    load_checked = partial(store.load_lines, is_checked=True)
    with ThreadPoolExecutor(LOADERS) as pool:
        pending: set[Future[None]] = set()
        say("Reading the tables")
        sources = files.figures(folder / "ontology", own)
        for graph, batch in _batches(sources, declared, inputs.keep, advance):
            if len(pending) >= MAX_PENDING:
                pending = _settle(pending)
            pending.add(pool.submit(load_checked, batch, graph))
        say("Applying the rules")
        infer(text, folder)
        say("Deriving the states of measures and what covers which mineral")
        state_graph.write(text, folder)
        coverage_graph.write(text, folder, decisions)
        quads = BytesIO()
        text.dump("nquads", quads)
        pending.add(pool.submit(store.load_quads, quads.getvalue(), is_checked=True))
        say("Computing the figures")
        computed = derived.lines(text, folder, inputs, traded)
        while batch := list(islice(computed, BATCH_LINES)):
            pending.add(pool.submit(load_checked, batch, FIGURES))
        say("Writing the store")
        while pending:
            pending = _settle(pending)


def _read_text(folder: Path, own: Path | None) -> tuple[Store, set[str], forms.Forms, members.Decisions]:
    """A store of all text but the tables of figures, the IRIs that are declared, and what the
    tables of traded forms and of members say."""
    text = Store()
    for source in files.sources(folder / "ontology", own):
        text.load(source.path, source.graph)
    declared = text.subjects()
    for source in files.deposits(folder / "ontology", own):
        text.load_lines(deposit_tables.triples(source.path, source.graph, declared), source.graph)
    traded: forms.Forms = {}
    for source in files.forms(folder / "ontology", own):
        text.load_lines(forms.triples(source.path, source.graph, declared, traded), source.graph)
    decisions: members.Decisions = {}
    for source in files.members(folder / "ontology", own):
        text.load_lines(members.triples(source.path, source.graph, declared, decisions), source.graph)
    return text, declared, traded, decisions


def infer(store: Store, folder: Path) -> None:
    """Apply the rules of a folder to a store until nothing new follows."""
    rules = query_files.read_all(folder / "queries" / "rules")
    for _ in range(MAX_RULE_ROUNDS):
        if not sum(store.construct_into(rule.text, INFERRED) for rule in rules.values()):
            break


def _batches(
    sources: Iterable[files.SourceFile], declared: set[str], keep: figure_tables.Keep, advance: Advance
) -> Iterator[tuple[str, list[str]]]:
    """Lines of N-Triples of all tables of figures with the name of their graph, some at a time."""
    known = list(sources)
    sizes = [source.path.stat().st_size for source in known]
    done, total = 0, sum(sizes) or 1
    for source, size in zip(known, sizes, strict=True):
        lines = figure_tables.triples(source.path, source.graph, declared, keep)
        while batch := list(islice(lines, BATCH_LINES)):
            yield source.graph, batch
        done += size
        advance(done / total)


def _settle(pending: set[Future[None]]) -> set[Future[None]]:
    """Wait until one of the loads is done, and raise what it raised; those that are not done."""
    done, rest = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return rest
