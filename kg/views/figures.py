"""Computed figures as the build wrote them into the graph, read back by one query a mineral; the shares of a figure.

Knows the graph; knows no formula.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..errors import UnknownName
from ..graph.graph import Graph
from ..namespaces import DCTERMS, DOC, FIGURES, ONTOLOGY, PROV, slug_of
from ..risk.figures import JAPAN
from ..store.oxigraph import Row

NEWEST = 9999
SHARES = ("top-supplier", "import-dependence")
CONCENTRATION = (*SHARES, "hhi", "hhi-wgi", "hhi-wgi-t", "import-hhi")
# The order in which the figures of a mineral are told.
METHODS = (
    *("hhi", "top-supplier", "hhi-wgi", "import-dependence", "import-hhi", "unit-value", "price-multiple"),
    *("self-sufficiency", "geopolrisk", "quota-to-demand", "eu-supply-risk", "eu-supply-risk-scopes", "hhi-wgi-t"),
)
QUANTITIES = ("production", "reserves", "export-value", "export-quantity", "import-value", "import-quantity")


@dataclass(frozen=True)
class CountryShare:
    """A country's share in the whole that a figure is of, in percent."""

    country: str
    share: Decimal


@dataclass(frozen=True)
class ComputedFigure:
    """A figure of risk. ``value`` is None where the method cannot be applied; the notes say why.

    ``method``, ``quantity``, ``unit``, ``basis``, ``stage`` and ``notes`` are codes; ``mineral``, ``importer``, ``material``,
    ``derived_from``, ``documents`` and ``printed_as`` IRIs. ``bound`` is ``at-least`` or ``at-most`` where the value is only
    that. ``upper``: what an index would be if all that no named country makes were one further country's. ``leaders`` are the
    first three countries; ``countries`` how many there are; ``known_share`` percent of the whole that they make up, and
    ``known_sum`` their sum in the unit of the series. ``until``: the last year asked about for which it is the newest.
    """

    iri: str
    method: str
    mineral: str
    quantity: str
    unit: str
    year: int
    until: int
    value: Decimal | None
    bound: str = ""
    upper: Decimal | None = None
    basis: str = ""
    stage: str = ""
    material: str = ""
    importer: str = ""
    leaders: tuple[CountryShare, ...] = ()
    countries: int = 0
    known_share: Decimal | None = None
    known_sum: Decimal | None = None
    not_counted: int = 0
    hs_codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    printed_as: str = ""
    is_all_codes: bool = False
    is_main_forms: bool = False

    @property
    def of(self) -> str:
        """Whose figure it is: of a first share the country, of a figure of trade or use the importer, of an index nobody."""
        if self.method in SHARES and self.leaders:
            return self.leaders[0].country
        return "" if self.method in CONCENTRATION else self.importer

    @property
    def series(self) -> tuple[str, ...]:
        """IRIs of the series that it is computed from, those of the quantity itself."""
        known = tuple(iri for iri in self.derived_from if iri.startswith(f"{DOC}table/"))
        if self.method in CONCENTRATION:
            return known
        suffix = {"import-value": "-value", "import-quantity": "-quantity"}.get(self.quantity, "")
        return tuple(iri for iri in known if iri.endswith(suffix)) or known


def of_mineral(graph: Graph, mineral: str, year: int | None = None) -> tuple[ComputedFigure, ...]:
    """The newest figures of a mineral, or those that were the newest as of ``year``, in the order of METHODS."""
    return _of_mineral(graph, mineral, year_asked(graph, year))


@lru_cache(maxsize=512)
def _of_mineral(graph: Graph, mineral: str, year: int) -> tuple[ComputedFigure, ...]:
    rows = graph.part("figures-of-mineral", mineral=mineral, year=year)
    return tuple(sorted(_figures(rows), key=_order))


@lru_cache(maxsize=8)
def newest_year(graph: Graph) -> int:
    """The year as of which the newest headlines hold: that after the newest tables, in which they were published."""
    return max((int(str(row["newest"])) + 1 for row in graph.part("newest-figure") if row["newest"]), default=NEWEST)


def year_asked(graph: Graph, year: int | None) -> int:
    """``NEWEST`` for no year and for every year as of which the newest figures hold, else the year."""
    return NEWEST if year is None or year >= newest_year(graph) else year


@lru_cache(maxsize=128)
def of_imports(graph: Graph, mineral: str, importer: str = JAPAN, year: int | None = None) -> tuple[ComputedFigure, ...]:
    """Shares and concentration of a country's imports of a mineral, of all years or of one."""
    return tuple(sorted(_figures(graph.part("import-figures", mineral=mineral, importer=importer, year=year)), key=_order))


def at(graph: Graph, iri: str) -> ComputedFigure:
    """The figure of an IRI, or of what its IRI has after the ``#``. Raises UnknownName."""
    iri = iri if iri.startswith("https://") else f"{FIGURES}#{iri}"
    found = _figures(graph.part("figure", figure=iri)) if iri.startswith(FIGURES) and not set(iri) & set('<>"{}|^`\\ ') else []
    if not found:
        raise UnknownName(f"{iri[:200]} is no computed figure.", "The figures of /minerals/{slug}/risks name theirs.")
    return found[0]


@lru_cache(maxsize=512)
def shares_of(graph: Graph, iri: str) -> tuple[CountryShare, ...]:
    """Every country's share in the whole of a first share, the largest first; empty where only the leaders are written."""
    rows = graph.part("shares-of-figure", named=iri)
    return tuple(CountryShare(str(row["country"]), Decimal(str(row["share"]))) for row in rows)


def _order(figure: ComputedFigure) -> tuple[object, ...]:
    quantity = QUANTITIES.index(figure.quantity) if figure.quantity in QUANTITIES else len(QUANTITIES)
    return (METHODS.index(figure.method), quantity, not figure.is_main_forms, not figure.is_all_codes, -figure.year, figure.iri)


def _figures(rows: Iterable[Row]) -> list[ComputedFigure]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[str(row["figure"])][str(row["property"])].append(str(row["value"]))
    return [_figure(iri, _Values(kept)) for iri, kept in found.items()]


class _Values:
    """Values of the properties of one figure."""

    def __init__(self, kept: Mapping[str, list[str]]) -> None:
        self._kept = kept

    def text(self, name: str) -> str:
        return next(iter(self._kept.get(ONTOLOGY + name, ())), "")

    def code(self, name: str) -> str:
        return slug_of(self.text(name))

    def number(self, name: str) -> Decimal | None:
        return Decimal(self.text(name)) if self.text(name) else None

    def whole(self, name: str) -> int:
        return int(self.text(name) or 0)

    def all(self, iri: str) -> tuple[str, ...]:
        return tuple(sorted(self._kept.get(iri, ())))


def _figure(iri: str, values: _Values) -> ComputedFigure:
    value, bound = values.number("value"), ""
    for name, kind in (("minValue", "at-least"), ("maxValue", "at-most")):
        if values.text(name):
            value, bound = values.number(name), kind
    leaders = [
        CountryShare(values.text(f"{rank}Country"), Decimal(values.text(f"{rank}Share")))
        for rank in ("first", "second", "third")
        if values.text(f"{rank}Country")
    ]
    return ComputedFigure(
        iri=iri,
        method=values.code("method"),
        mineral=values.text("mineral"),
        quantity=values.code("indicator"),
        unit=values.code("unit"),
        year=values.whole("year"),
        until=values.whole("validUntil"),
        value=value,
        bound=bound,
        upper=values.number("atMost"),
        basis=values.code("basis"),
        stage=values.code("stage"),
        material=values.text("material"),
        importer=values.text("importer"),
        leaders=tuple(leaders),
        countries=values.whole("countries"),
        known_share=values.number("knownShare"),
        known_sum=values.number("knownSum"),
        not_counted=values.whole("notCounted"),
        hs_codes=values.all(f"{ONTOLOGY}hsCode"),
        notes=tuple(slug_of(note) for note in values.all(f"{ONTOLOGY}note")),
        derived_from=values.all(f"{PROV}wasDerivedFrom"),
        documents=values.all(f"{DCTERMS}source"),
        printed_as=values.text("printedAs"),
        is_all_codes=bool(values.text("allCodes")),
        is_main_forms=bool(values.text("mainForms")),
    )
