"""The graph of derived states: periods, reach, acts and knowledge horizons of measures, written as triples at build."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..namespaces import BASE, CODE, ONTOLOGY, RDF, STATES, slug_of
from ..source import query_files
from ..store.oxigraph import Row, Store, term
from .lifecycle import KnownPeriod, StatePeriod, Step, as_known
from .reach import Listing, Reach, reaches
from .times import FOREVER, LENGTH_OF_MONTH, LENGTH_OF_YEAR, first_day, fiscal_year, read_time

DATASET = ONTOLOGY.removesuffix("#")  # what the horizon of all documents is said of
Horizons = dict[str, str]


def write(store: Store, folder: Path) -> None:
    """Derive the states of all measures in a store, in which the rules were applied, and put them into a graph of their own."""
    queries = query_files.read_all(folder / "queries" / "parts")

    def rows(name: str) -> Iterable[Row]:
        return store.query(queries[name].text)

    steps = [step_of(row) for row in rows("measure-steps")]
    known = as_known(steps)
    found = [entry.period for entry in known if entry.known_until == FOREVER]
    minerals = [(str(row["measure"]), str(row["mineral"])) for row in rows("measure-minerals")]
    listings = [Listing(str(row["measure"]), str(row["list"]), str(row["licence"])) for row in rows("listed-goods")]
    reached = reaches(minerals, listings, found)
    acts = list(rows("measure-acts"))
    issued = [read_time(row["issued"]) for row in rows("issued")]
    lines = [line for entry in known for line in _known_lines(entry)]
    lines += [line for reach in reached for line in _reach_lines(reach)]
    lines += [_line(str(row["measure"]), "countsAs", term(str(row["act"]))) for row in acts]
    horizons = _horizons(steps, reached, acts) | {DATASET: _newest(issued)}
    lines += [_line(thing, "knowledgeHorizon", time_term(text)) for thing, text in horizons.items() if text]
    store.load_lines(list(dict.fromkeys(lines)), STATES)


def step_of(row: Row) -> Step:
    """A step from a row of the query ``measure-steps``. What is no time is left out here and found by the checks."""
    start, end, fiscal = (read_time(row[name]) for name in ("start", "end", "fiscalYear"))
    if fiscal:
        start, end = fiscal_year(fiscal)
    return Step(
        str(row["step"]),
        str(row["measure"]),
        str(row["kind"]),
        str(row["certainty"]),
        start,
        end,
        str(row["precision"] or ""),
        str(row["document"]),
        read_time(row["issued"]),
    )


def period_iri(period: StatePeriod) -> str:
    """IRI of a period: by its measure and first day, so the same in every build."""
    return f"{BASE}state/{slug_of(period.measure)}/{period.first_day}"


def time_term(text: str) -> str:
    """A written time as an RDF term: xsd:gYear, xsd:gYearMonth or xsd:date."""
    return term(text, {LENGTH_OF_YEAR: "gYear", LENGTH_OF_MONTH: "gYearMonth"}.get(len(text), "date"))


def _line(subject: str, name: str, value: str) -> str:
    return f"{term(subject)} {term(ONTOLOGY + name)} {value} .\n"


def _date(day: datetime.date) -> str:
    return term(day.isoformat(), "date")


def _typed(subject: str, name: str) -> str:
    return f"{term(subject)} {term(RDF + 'type')} {term(ONTOLOGY + name)} .\n"


def _known_lines(entry: KnownPeriod) -> Iterator[str]:
    """A period that holds by all documents, or a former one, apart from those by its class and by how it names its measure."""
    period = entry.period
    if entry.known_until == FOREVER:
        here = period_iri(period)
        yield _typed(here, "StatePeriod")
        yield _line(here, "concerns", term(period.measure))
    else:
        here = f"{BASE}former-state/{slug_of(period.measure)}/{entry.known_from}/{period.first_day}"
        yield _typed(here, "FormerStatePeriod")
        yield _line(here, "onceConcerned", term(period.measure))
    yield _line(here, "knownFrom", _date(entry.known_from))
    yield _line(here, "knownUntil", _date(entry.known_until))
    yield from _period_lines(here, period)


def _period_lines(here: str, period: StatePeriod) -> Iterator[str]:
    yield _line(here, "state", term(f"{CODE}state/{period.state}"))
    yield _line(here, "firstDay", _date(period.first_day))
    yield _line(here, "dayAfter", _date(period.day_after))
    yield _line(here, "start", time_term(period.start))
    if period.end:
        yield _line(here, "end", time_term(period.end))
    if period.is_open:
        yield _line(here, "openEnd", term("true", "boolean"))
    if period.precision:
        yield _line(here, "precision", term(f"{CODE}precision/{period.precision}"))
    yield _line(here, "decidedBy", term(period.decided_by))
    if period.announced:
        yield _line(here, "announcedOn", _date(period.announced))
    if period.effective:
        yield _line(here, "effectiveFrom", _date(period.effective))
    if period.last_confirmed:
        yield _line(here, "lastConfirmed", _date(period.last_confirmed))
    if period.unconfirmed_from:
        yield _line(here, "unconfirmedFrom", _date(period.unconfirmed_from))
    for step in period.rests_on:
        yield _line(here, "restsOn", term(step))


def _reach_lines(reach: Reach) -> Iterator[str]:
    here = f"{BASE}reach/{slug_of(reach.measure)}/{slug_of(reach.mineral)}"
    if reach.licence:
        here += f"/{slug_of(reach.licence)}/{reach.first_day}"
    yield _typed(here, "Reach")
    yield _line(here, "concerns", term(reach.measure))
    yield _line(here, "reaches", term(reach.mineral))
    yield _line(here, "firstDay", _date(reach.first_day))
    yield _line(here, "dayAfter", _date(reach.day_after))
    if reach.through:
        yield _line(here, "through", term(reach.through))
        yield _line(reach.measure, "touches", term(reach.mineral))
    for step in reach.rests_on:
        yield _line(here, "restsOn", term(step))


def _horizons(steps: Iterable[Step], reached: Iterable[Reach], acts: Iterable[Row]) -> Horizons:
    """When the newest document was issued that tells of a measure: for each measure, mineral and who imposes."""
    of_measure: dict[str, list[str]] = {}
    for step in steps:
        of_measure.setdefault(step.measure, []).append(step.issued)
    told: dict[str, list[str]] = {measure: list(times) for measure, times in of_measure.items()}
    pairs = [(reach.mineral, reach.measure) for reach in reached]
    pairs += [(str(row["imposer"]), str(row["measure"])) for row in acts if row["imposer"]]
    for thing, measure in pairs:
        told.setdefault(thing, []).extend(of_measure.get(measure, []))
    return {thing: _newest(times) for thing, times in told.items()}


def _newest(times: Iterable[str]) -> str:
    """The latest of written times by its first day, empty where there is none."""
    return max((text for text in times if text), key=lambda text: (first_day(text), len(text)), default="")
