"""Computed figures and headlines as N-Triples of the graph FIGURES, a line each. Values have six digits; sums are exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from ..namespaces import CODE, DCTERMS, ONTOLOGY, PROV, RDF, XSD
from ..risk.concentration import AT_LEAST, AT_MOST
from ..risk.figures import HUNDRED, Computed, rounded
from .headlines import Choice
from .model import ALWAYS, Derived

RANKS = ("first", "second", "third")
VALUES = {"": "value", AT_LEAST: "minValue", AT_MOST: "maxValue"}


def triples(figures: Iterable[Derived], headlines: Iterable[Choice], editions: Mapping[str, str]) -> Iterator[str]:
    """All lines of the figures, then of the headlines. ``editions``: the edition of the Harmonized System by series."""
    for one in figures:
        yield from _figure(one)
        if one.figure.hs_codes:
            used = sorted({editions[read.series] for read in one.figure.inputs if read.series in editions})
            yield from (_year(f"<{one.iri}>", "hsEdition", int(edition)) for edition in used)
    for choice in headlines:
        yield from _headline(choice)


def _figure(one: Derived) -> Iterator[str]:
    figure = one.figure
    about = f"<{one.iri}>"
    yield f"{about} <{RDF}type> <{ONTOLOGY}ComputedFigure> .\n"
    yield f"{about} <{ONTOLOGY}mineral> <{one.mineral}> .\n"
    yield from _codes(about, figure)
    yield _year(about, "year", figure.year)
    yield _year(about, "validUntil", one.until)
    if figure.value is not None:
        yield _decimal(about, VALUES[figure.bound], figure.value)
    if figure.at_most is not None and figure.at_most != figure.value:
        yield _decimal(about, "atMost", figure.at_most)
    if one.importer:
        yield f"{about} <{ONTOLOGY}importer> <{one.importer}> .\n"
    if one.material:
        yield f"{about} <{ONTOLOGY}material> <{one.material}> .\n"
    if figure.terms:
        yield from _shares(about, one)
    if figure.coverage is not None:
        yield _decimal(about, "knownShare", figure.coverage.share * HUNDRED)
        yield f'{about} <{ONTOLOGY}knownSum> "{figure.coverage.known:f}"^^<{XSD}decimal> .\n'
        yield _integer(about, "notCounted", len({*figure.coverage.absent, *figure.coverage.bounded}))
    yield from _sources(about, figure)
    for flag, is_set in (("allCodes", one.is_all), ("mainForms", one.is_main)):
        if is_set:
            yield f'{about} <{ONTOLOGY}{flag}> "true"^^<{XSD}boolean> .\n'


def _codes(about: str, figure: Computed) -> Iterator[str]:
    named = (
        ("method", "method", figure.method),
        ("indicator", "indicator", figure.quantity),
        ("unit", "unit", figure.unit),
        ("basis", "basis", figure.basis),
        ("stage", "stage", figure.stage),
    )
    for property, scheme, code in named:
        if code:
            yield f"{about} <{ONTOLOGY}{property}> <{CODE}{scheme}/{code}> .\n"
    for note in dict.fromkeys(figure.notes):
        yield f"{about} <{ONTOLOGY}note> <{CODE}note/{note}> .\n"
    for code in figure.hs_codes:
        yield f'{about} <{ONTOLOGY}hsCode> "{code}" .\n'
    yield from _joined(about, "notes", dict.fromkeys(figure.notes))
    yield from _joined(about, "hsCodes", figure.hs_codes)


def _shares(about: str, one: Derived) -> Iterator[str]:
    """The first three countries with their shares in percent; of figures whose shares are all written, each with its own node."""
    terms = one.figure.terms
    for rank, term in zip(RANKS, terms, strict=False):
        yield f"{about} <{ONTOLOGY}{rank}Country> <{term.of}> .\n"
        yield _decimal(about, f"{rank}Share", term.share * HUNDRED)
    yield _integer(about, "countries", len(terms))
    if not (one.is_shared and one.figure.method in ("top-supplier", "import-dependence")):
        return
    for number, term in enumerate(terms, 1):
        part = f"{about[:-1]}/{number}>"
        yield f"{part} <{RDF}type> <{ONTOLOGY}CountryShare> .\n"
        yield f"{part} <{ONTOLOGY}shareOf> {about} .\n"
        yield f"{part} <{ONTOLOGY}country> <{term.of}> .\n"
        yield _decimal(part, "share", term.share * HUNDRED)


def _sources(about: str, figure: Computed) -> Iterator[str]:
    """The series that it is computed from, or the statements; their documents; and what a publisher prints for the same."""
    used = dict.fromkeys(read.series or read.figure for read in figure.inputs if read.series or read.place)
    yield f"{about} <{ONTOLOGY}mainSource> <{next(iter(used))}> .\n"
    for source in used:
        yield f"{about} <{PROV}wasDerivedFrom> <{source}> .\n"
    for document in dict.fromkeys(read.document for read in figure.inputs if read.document):
        yield f"{about} <{DCTERMS}source> <{document}> .\n"
    if figure.published is not None:
        yield f"{about} <{ONTOLOGY}printedAs> <{figure.published.figure}> .\n"


def _headline(choice: Choice) -> Iterator[str]:
    about = f"<{choice.iri}>"
    yield f"{about} <{RDF}type> <{ONTOLOGY}Headline> .\n"
    yield f"{about} <{ONTOLOGY}mineral> <{choice.mineral}> .\n"
    yield f"{about} <{ONTOLOGY}headlineRole> <{CODE}headline-role/{choice.role}> .\n"
    yield f"{about} <{ONTOLOGY}reason> <{CODE}headline-reason/{choice.reason}> .\n"
    yield _year(about, "validFrom", choice.since)
    yield _year(about, "validUntil", choice.until)
    if choice.chosen is not None:
        yield f"{about} <{ONTOLOGY}chosen> <{choice.chosen.iri}> .\n"
        yield f"{about} <{ONTOLOGY}index> <{index_iri(choice.chosen)}> .\n"
    if choice.via:
        yield f"{about} <{ONTOLOGY}via> <{choice.via}> .\n"
    if choice.ended is not None:
        yield _year(about, "seriesEnd", choice.ended)
    if choice.before is not None:
        yield _decimal(about, "shareYearBefore", choice.before)
    yield from _joined(about, "notes", choice.notes)
    for note in choice.notes:
        yield f"{about} <{ONTOLOGY}note> <{CODE}note/{note}> .\n"
    for other in choice.passed_over:
        yield f"{about} <{ONTOLOGY}passedOver> <{other}> .\n"


def index_iri(share: Derived) -> str:
    """IRI of the index of concentration of the whole that a first share is of."""
    method = {"top-supplier": "hhi", "import-dependence": "import-hhi"}[share.figure.method]
    return replace(share, figure=replace(share.figure, method=method)).iri


def _joined(about: str, property: str, codes: Iterable[str]) -> Iterator[str]:
    """Codes in one line: a query that lists many figures need not gather them."""
    text = " ".join(codes)
    if text:
        yield f'{about} <{ONTOLOGY}{property}> "{text}" .\n'


def _decimal(about: str, property: str, value: Decimal) -> str:
    return f'{about} <{ONTOLOGY}{property}> "{rounded(value):f}"^^<{XSD}decimal> .\n'


def _integer(about: str, property: str, value: int) -> str:
    return f'{about} <{ONTOLOGY}{property}> "{value}"^^<{XSD}integer> .\n'


def _year(about: str, property: str, year: int) -> str:
    return f'{about} <{ONTOLOGY}{property}> "{min(year, ALWAYS):04d}"^^<{XSD}gYear> .\n'
