"""Coverage periods in the graph of derived states: read from the statements of documents, written as triples at build."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..namespaces import BASE, CODE, ID, ONTOLOGY, RDF, STATES
from ..source import query_files
from ..store.oxigraph import Row, Store, term
from .build import group_chains
from .coverage import NAMED, CoveragePeriod, Evidence, Naming, periods
from .members import Decisions, Members
from .state_graph import time_term
from .times import fiscal_year, read_time, unit_after

Ask = Callable[[str], Iterable[Row]]  # rows of a query of parts


def write(store: Store, folder: Path, decisions: Decisions) -> None:
    """Derive what covers which mineral in a store, in which the rules were applied, and add it to the graph of states."""
    queries = query_files.read_all(folder / "queries" / "parts")

    def ask(name: str) -> Iterable[Row]:
        return store.query(queries[name].text)

    lines = [line for period in derived(ask, decisions) for line in _lines(period)]
    store.load_lines(list(dict.fromkeys(lines)), STATES)


def derived(ask: Ask, decisions: Decisions) -> list[CoveragePeriod]:
    """Every coverage period, from the rows of queries and from the decisions on members."""
    forms: dict[str, list[str]] = defaultdict(list)
    for row in ask("forms"):
        forms[str(row["material"])].append(str(row["mineral"]))
    wholes: dict[str, list[str]] = defaultdict(list)
    for row in ask("response-wholes"):
        wholes[str(row["response"])].append(str(row["whole"]))
    members = Members(group_chains(ask("groups")), forms, decisions)
    return periods(_namings(ask("coverage-namings")), _evidence(ask("coverage-evidence")), wholes, members)


def _namings(rows: Iterable[Row]) -> Iterator[Naming]:
    for row in rows:
        named = str(row["named"])
        evidence = evidence_of(row, NAMED, (named,))
        yield Naming(evidence, str(row["pillar"]), named, bool(row["isMineral"]), str(row["kind"]))


def _evidence(rows: Iterable[Row]) -> Iterator[Evidence]:
    """Rows of one statement and kind together: each names one of its minerals."""
    held: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        held[str(row["statement"]), str(row["response"]), str(row["kind"])].append(row)
    for (_, _, kind), same in held.items():
        minerals = sorted({str(row["mineral"]) for row in same if row["mineral"]})
        yield evidence_of(same[0], kind, tuple(minerals))


def evidence_of(row: Row, kind: str, minerals: tuple[str, ...]) -> Evidence:
    """Evidence from a row of the queries. What is no time is left out here and found by the checks.

    A fiscal year is a year within which something was; what ended with it ended at its last day.
    """
    start, fiscal, issued = (read_time(row[name]) for name in ("start", "fiscalYear", "issued"))
    within = ""
    if fiscal:
        start, within = fiscal_year(fiscal)
        if kind == "ended":
            start, within = unit_after(within), ""
    return Evidence(
        str(row["statement"]),
        str(row["response"]),
        kind,
        str(row["certainty"]),
        start,
        within,
        str(row["precision"] or ""),
        str(row["document"]),
        issued,
        minerals,
    )


def period_iri(period: CoveragePeriod) -> str:
    """IRI of a period: by its response, pillar, mineral and first day, so the same in every build."""
    parts = (period.response, period.pillar, period.mineral)
    return f"{BASE}coverage/{'/'.join(part.removeprefix(ID) for part in parts)}/{period.first_day}"


def _lines(period: CoveragePeriod) -> Iterator[str]:
    about = term(period_iri(period))

    def line(name: str, value: str) -> str:
        return f"{about} {term(ONTOLOGY + name)} {value} .\n"

    yield f"{about} {term(RDF + 'type')} {term(ONTOLOGY + 'CoveragePeriod')} .\n"
    yield line("response", term(period.response))
    yield line("mineral", term(period.mineral))
    yield line("pillar", term(period.pillar))
    yield line("degree", term(f"{CODE}degree/{period.degree}"))
    yield line("firstDay", term(period.first_day.isoformat(), "date"))
    yield line("dayAfter", term(period.day_after.isoformat(), "date"))
    yield line("namedBy", term(period.named_by))
    yield line("decidedBy", term(period.decided_by))
    for name, text in (("start", period.start), ("end", period.end)):
        if text:
            yield line(name, time_term(text))
    if period.is_open:
        yield line("openEnd", term("true", "boolean"))
    if period.precision:
        yield line("precision", term(f"{CODE}precision/{period.precision}"))
    if period.last_confirmed:
        yield line("lastConfirmed", term(period.last_confirmed.isoformat(), "date"))
    for thing in period.through:
        yield line("through", term(thing))
    for statement in period.rests_on:
        yield line("restsOn", term(statement))
