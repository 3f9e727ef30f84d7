"""Figures of risk of a mineral, computed from the tables of the graph: concentration, dependence, unit values, GeoPolRisk.

Knows which series a method takes. The formulas stand in ``concentration``, ``dependence`` and ``geopolrisk``; figures from what documents
state in ``stated``, those from the EU's studies in ``eu``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from . import dependence, eu, stated
from .concentration import Split, hhi, split, top_supplier, weighted_hhi
from .errors import MixedBases
from .figures import JAPAN, OTHERS, WORLD, Computed, Read, total
from .geopolrisk import geopolrisk
from .graph import Graph
from .readings import Series, governance, governance_year, newest, read, read_years, series_of, stability

SUPPLY = ("production", "reserves", "export-value", "export-quantity")


@lru_cache(maxsize=64)
def figures(graph: Graph, mineral: str, year: int | None = None) -> tuple[Computed, ...]:
    """Every figure of risk that the graph's tables and documents give of a mineral, for the newest year there is, or not after ``year``."""
    kinds = (
        concentrations,
        import_dependence,
        unit_values,
        self_sufficiency,
        geopolitical,
        stated.quota_tightness,
        stated.price_multiples,
        eu.supply_risks,
    )
    return tuple(figure for kind in kinds for figure in kind(graph, mineral, year))


def concentrations(graph: Graph, mineral: str, year: int | None = None) -> Iterator[Computed]:
    """How concentrated production, reserves and the world's exports are: the index, the first supplier, the index by governance."""
    for series, newest_year in newest(_of_world(graph, mineral), year):
        parts = _split(read(graph, series, newest_year))
        if parts:
            yield from _concentration(graph, parts, governed=series.indicator != "reserves")


def _concentration(graph: Graph, parts: Split, *, governed: bool) -> Iterator[Computed]:
    yield hhi(parts)
    yield top_supplier(parts)
    when = governance_year(graph, parts.year)
    if governed and when:
        yield weighted_hhi(parts, governance(graph, when))


def import_dependence(graph: Graph, mineral: str, year: int | None = None, country: str = JAPAN) -> Iterator[Computed]:
    """What part of a country's imports comes from its first supplier: by HS code, by value and by weight, and all codes by value."""
    traded = [s for s in series_of(graph, mineral) if s.country == country and s.indicator in ("import-value", "import-quantity")]
    found = newest(traded, year, key=lambda s: s.document)
    for series, newest_year in found:
        yield from _imports(_split(read(graph, series, newest_year)))
    for _, group in groupby(found, key=lambda pair: pair[0].document):
        values = [pair for pair in group if pair[0].indicator == "import-value"]
        if len(values) > 1:
            yield from _imports(_split([figure for series, when in values for figure in read(graph, series, when)]))


def _imports(parts: Split | None) -> Iterator[Computed]:
    if parts:
        yield replace(top_supplier(parts), method="import-dependence")
        yield replace(hhi(parts), method="import-hhi")


def import_years(
    graph: Graph, mineral: str, country: str = JAPAN, since: int | None = None, until: int | None = None
) -> Iterator[tuple[bool, Computed, Computed]]:
    """First supplier's share and concentration of a country's imports, year by year, and whether they are of all HS codes together.

    All codes together, by value, come first, then each code by value and by weight. Weights of several codes are not added: they count
    unlike goods.
    """
    traded = [s for s in series_of(graph, mineral) if s.country == country and s.indicator in ("import-value", "import-quantity")]
    together: dict[tuple[str, int], list[Read]] = defaultdict(list)
    alone: list[list[Read]] = []
    for series in traded:
        for year, figures in read_years(graph, series).items():
            if (since or year) <= year <= (until or year):
                alone.append(figures)
                if series.indicator == "import-value":
                    together[series.document, year] += figures
    for whole, group in (*((True, figures) for _, figures in sorted(together.items())), *((False, figures) for figures in alone)):
        parts = _split(group)
        if parts:
            share, index = _imports(parts)
            yield whole, share, index


def unit_values(graph: Graph, mineral: str, year: int | None = None) -> Iterator[Computed]:
    """What a kilogram of Japan's imports cost on average under each HS code, and how many times the year before that is."""
    traded = [s for s in series_of(graph, mineral) if s.country == JAPAN and s.hs_code]
    values = {s.hs_code: s for s in traded if s.indicator == "import-value"}
    weights = {s.hs_code: s for s in traded if s.indicator == "import-quantity"}
    for value, when in newest(values.values(), year, key=lambda s: s.document):
        now = _unit_value(graph, value, weights.get(value.hs_code), when)
        before = _unit_value(graph, value, weights.get(value.hs_code), when - 1)
        if now:
            yield now
        if now and before:
            yield replace(dependence.price_multiple(_as_read(before), _as_read(now)), inputs=(*now.inputs, *before.inputs))


def _unit_value(graph: Graph, value: Series, weight: Series | None, year: int) -> Computed | None:
    """Only flows with both a value and a weight are counted."""
    if weight is None or year not in value.years or year not in weight.years:
        return None
    worth = {f.of: f for f in read(graph, value, year) if f.value is not None}
    heavy = {f.of: f for f in read(graph, weight, year) if f.value is not None and f.value > 0}
    both = [of for of in worth if of in heavy]
    if not both:
        return None
    sides = [[kept[of] for of in both] for kept in (worth, heavy)]
    found = dependence.unit_value(*(replace(side[0], value=total(side), of=JAPAN) for side in sides))
    return replace(found, inputs=(*sides[0], *sides[1]), notes=("flows-without-weight",) if len(both) < len(worth) else ())


def _as_read(price: Computed) -> Read:
    return Read(price.value, of=price.of, unit=price.unit, year=price.year, role=price.quantity, stage=price.stage)


def geopolitical(graph: Graph, mineral: str, year: int | None = None) -> Iterator[Computed]:
    """GeoPolRisk of Japan for each HS code and each mine or plant production, in the newest year that both have."""
    produced = [s for s in _of_world(graph, mineral) if s.indicator == "production"]
    for weight in series_of(graph, mineral):
        if weight.country != JAPAN or weight.indicator != "import-quantity":
            continue
        when = max((y for y in weight.years if year is None or y <= year), default=0)
        for series in _beside(produced, weight, when):
            yield from _geopolrisk(graph, read(graph, series, when), read(graph, weight, when))


def _beside(produced: Iterable[Series], traded: Series, year: int) -> list[Series]:
    """Production that a trade is set beside: of that year, of the newest edition, at the same stage, else at the mine, else any."""
    known = [s for s in produced if year in s.years]
    edition = max((s.document for s in known), default="")
    known = [s for s in known if s.document == edition]
    return [s for s in known if s.stage == traded.stage] or [s for s in known if s.stage == "ore"] or known


def _geopolrisk(graph: Graph, produced: list[Read], imports: list[Read]) -> Iterator[Computed]:
    production, flows = _split(produced), [flow for flow in imports if flow.value is not None]
    when = governance_year(graph, imports[0].year) if flows else None
    if not production or not when:
        return
    domestic = next((figure for figure in produced if figure.of == JAPAN), None)
    try:
        yield geopolrisk(production, flows, stability(graph, when), domestic)
    except MixedBases:
        inputs = (*flows, *production.inputs)
        yield Computed("geopolrisk", None, "index-0-1", imports[0].year, JAPAN, inputs=inputs, notes=("mixed-bases",))


def self_sufficiency(graph: Graph, mineral: str, year: int | None = None) -> Iterator[Computed]:
    """What Japan makes of what it uses, where a production table lists it and goods of the same stage are traded under HS codes."""
    produced = [series for series in _of_world(graph, mineral) if series.indicator == "production"]
    for stage in sorted({series.stage for series in produced}):
        traded = [s for s in series_of(graph, mineral) if s.stage == stage and s.hs_code]
        bought = [s for s in traded if s.indicator == "import-quantity" and s.country == JAPAN]
        sold = [s for s in traded if s.indicator == "export-quantity" and not s.country]
        when = max((y for s in bought for y in s.years if year is None or y <= year), default=0)
        for series in _beside(produced, bought[0], when) if bought else ():
            own = next((f for f in read(graph, series, when) if f.of == JAPAN and f.value), None)
            if own and series.stage == stage:
                yield _self_sufficiency(own, _flows(graph, bought, when), [f for f in _flows(graph, sold, when) if f.of == JAPAN])


def _flows(graph: Graph, series: Iterable[Series], year: int) -> list[Read]:
    return [figure for one in series if year in one.years for figure in read(graph, one, year)]


def _self_sufficiency(own: Read, bought: list[Read], sold: list[Read]) -> Computed:
    """Flows that are not listed did not take place: a trade table lists all."""
    imports, exports = (replace(bought[0], value=total(side), of=JAPAN) for side in (bought, sold))
    try:
        found = dependence.self_sufficiency(own, imports, exports)
    except MixedBases:
        found = Computed("self-sufficiency", None, "percent", own.year, JAPAN, stage=own.stage, notes=("mixed-bases",))
    return replace(found, inputs=(own, *bought, *sold))


def _of_world(graph: Graph, mineral: str) -> list[Series]:
    """Series of a mineral that hold a figure for each country, of what the world supplies."""
    return [series for series in series_of(graph, mineral) if not series.country and series.indicator in SUPPLY]


def _split(figures: Sequence[Read]) -> Split | None:
    """Shares, or None where no single country has a value: a table that gives the world alone."""
    if not any(figure.value and figure.of not in (WORLD, OTHERS) for figure in figures):
        return None
    return split(figures)
