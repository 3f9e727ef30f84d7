"""Every figure of risk that tables and documents give, for every mineral and every year: computed once, at build.

Knows which series a method takes. The formulas stand in ``concentration``, ``dependence``, ``geopolrisk`` and ``supply_risk``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..errors import BadParameter, MixedBases
from ..namespaces import DOC
from ..risk import ratios
from ..risk.concentration import LEAST_KNOWN, Split, hhi, is_of_world, split, top_supplier, weighted_hhi
from ..risk.figures import JAPAN, OTHERS, WORLD, ZERO, Computed, Read, total
from ..risk.geopolrisk import geopolrisk
from .inputs import Series, TableInputs
from .model import Derived, Statements, name_of, with_until
from .studies import of_studies, price_multiples, quotas_to_demand

SUPPLY = ("production", "reserves", "export-value", "export-quantity")
IMPORTS = ("import-value", "import-quantity")
ALL_CODES, MAIN_FORMS = "all-codes", "main-forms"


def derive(inputs: TableInputs, forms: Mapping[str, frozenset[str]], statements: Statements) -> Iterator[Derived]:
    """Every figure, mineral by mineral. ``forms``: the HS codes of the main traded forms by mineral."""
    priced = {str(row["mineralId"]) for row in statements.prices if row["mineralId"]}
    quoted = {str(row["mineral"]) for row in statements.quotas}
    for mineral in sorted({*inputs.minerals, *forms, *priced, *quoted}):
        traded = traded_series(inputs, mineral, forms.get(mineral, frozenset()))
        yield from concentrations(inputs, mineral)
        yield from imports(inputs, mineral, traded, forms.get(mineral))
        yield from unit_values(inputs, mineral, traded)
        yield from self_sufficiency(inputs, mineral)
        yield from geopolitical(inputs, mineral)
        yield from quotas_to_demand(mineral, statements.quotas)
        yield from price_multiples(mineral, statements.prices)
        yield from of_studies(inputs, mineral)


def traded_series(inputs: TableInputs, mineral: str, codes: Iterable[str]) -> list[Series]:
    """Series of Japan's imports of a mineral: its own, and those under the codes of its main forms (of another mineral's too)."""
    found = {one.iri: one for one in inputs.series_of(mineral)}
    found |= {one.iri: one for code in codes for one in inputs.traded(code)}
    return [found[iri] for iri in sorted(found) if found[iri].country == JAPAN and found[iri].indicator in IMPORTS]


def concentrations(inputs: TableInputs, mineral: str) -> Iterator[Derived]:
    """How concentrated production, reserves and the world's exports are: index, first supplier, index by governance."""
    known = [series for series in inputs.series_of(mineral) if not series.country and series.indicator in SUPPLY]
    groups: dict[tuple[str, str], list[Derived]] = defaultdict(list)
    for series in known:
        for year in series.years:
            parts = parts_of(inputs, series, year, known)
            if parts is None:
                continue
            shared = series.indicator in ("production", "reserves")
            for figure in _concentration(inputs, parts, governed=series.indicator != "reserves"):
                one = Derived(mineral, figure, name_of(series), material=series.material, is_shared=shared)
                groups[series.indicator, series.stage].append(one)
    for group in groups.values():
        yield from with_until(group)


def parts_of(inputs: TableInputs, series: Series, year: int, beside: Sequence[Series]) -> Split | None:
    """Shares of a series in a year by country, or None where it is no table of the world. ``beside``: the mineral's others."""
    return None if refusal(inputs, series, year, beside) else split(inputs.read(series, year))


def refusal(inputs: TableInputs, series: Series, year: int, beside: Sequence[Series]) -> str:
    """Why a series gives no share of the world in a year, as a code of headline reasons; empty where it gives one."""
    figures = inputs.read(series, year)
    named = [figure for figure in figures if figure.of not in (WORLD, OTHERS)]
    if not any(figure.value or figure.more_than for figure in named):
        return "no-table"
    if series.indicator.endswith("-quantity") and _weighed(inputs, series, year, beside) < LEAST_KNOWN:
        return "known-part-too-small"
    if _is_part(figures, series, beside):
        return "one-country-table"
    if is_of_world(figures):
        return ""
    return "known-part-too-small" if split(figures).coverage.share < LEAST_KNOWN else "one-country-table"


def _is_part(figures: Sequence[Read], series: Series, beside: Sequence[Series]) -> bool:
    """Whether a table is of one form among several of its chapter and has no row for the world: no share of the world."""
    if series.hs_code or series.unit == "percent" or any(figure.of == WORLD for figure in figures):
        return False
    kin = [s for s in beside if (s.document, s.indicator) == (series.document, series.indicator)]
    return len(kin) > 1


def _weighed(inputs: TableInputs, weights: Series, year: int, beside: Sequence[Series]) -> float:
    """What part of the value of a trade has a weight that is known in full, 0 to 1."""
    kind = weights.indicator.replace("-quantity", "-value")
    pair = (weights.document, kind, weights.hs_code, weights.country)
    values = next((s for s in beside if (s.document, s.indicator, s.hs_code, s.country) == pair), None)
    if values is None:
        return 1.0
    known = {figure.of for figure in inputs.read(weights, year) if figure.value is not None}
    worth = [figure for figure in inputs.read(values, year) if figure.value is not None]
    whole = sum((figure.value for figure in worth if figure.value is not None), ZERO)
    held = sum((figure.value for figure in worth if figure.value is not None and figure.of in known), ZERO)
    return float(held / whole) if whole else 0.0


def _concentration(inputs: TableInputs, parts: Split, *, governed: bool) -> Iterator[Computed]:
    yield hhi(parts)
    yield top_supplier(parts)
    when = inputs.governance_year(parts.year)
    if governed and when:
        yield weighted_hhi(parts, inputs.governance(when))


def imports(inputs: TableInputs, mineral: str, traded: Sequence[Series], main: frozenset[str] | None) -> Iterator[Derived]:
    """What part of Japan's imports comes from the first supplier, by HS code, by value and weight; several codes by value."""
    found: list[Derived] = []
    together: dict[tuple[str, int], list[Series]] = defaultdict(list)
    for series in traded:
        for year in series.years:
            if series.indicator == "import-value":
                together[series.document, year].append(series)
    for series in traded:
        for year in series.years:
            codes = {s.hs_code for s in together[series.document, year]}
            parts = parts_of(inputs, series, year, traded)
            if parts is not None:
                flags = _flags({series.hs_code}, codes, main) if series.indicator == "import-value" else (False, False)
                found += _imports(mineral, parts, name_of(series), series.material, flags)
    for (document, year), held in sorted(together.items()):
        codes = {s.hs_code for s in held}
        for name, wanted in ((ALL_CODES, codes), (MAIN_FORMS, codes & main if main is not None else codes)):
            chosen = [s for s in held if s.hs_code in wanted]
            if len(chosen) < 2 or (name == MAIN_FORMS and wanted == codes):
                continue
            figures = [figure for s in chosen for figure in inputs.read(s, year)]
            if any(figure.value for figure in figures):
                at = f"{document.removeprefix(DOC)}/{name}"
                found += _imports(mineral, split(figures), at, "", _flags(set(wanted), codes, main))
    yield from with_until(found)


def _flags(codes: set[str], every: set[str], main: frozenset[str] | None) -> tuple[bool, bool]:
    """Whether codes are all main forms that a year has, and whether they are all codes."""
    wanted = every if main is None else every & main
    return (codes == wanted, codes == every)


def _imports(mineral: str, parts: Split, name: str, material: str, flags: tuple[bool, bool]) -> Iterator[Derived]:
    is_main, is_all = flags
    share, index = replace(top_supplier(parts), method="import-dependence"), replace(hhi(parts), method="import-hhi")
    for figure, shared in ((share, True), (index, False)):
        yield Derived(mineral, figure, name, JAPAN, material, is_main=is_main, is_all=is_all, is_shared=shared)


def unit_values(inputs: TableInputs, mineral: str, traded: Sequence[Series]) -> Iterator[Derived]:
    """What a kilogram of Japan's imports cost on average under each HS code, and how many times the year before that is."""
    weights = {(s.document, s.hs_code): s for s in traded if s.indicator == "import-quantity"}
    found: list[Derived] = []
    for value in (s for s in traded if s.indicator == "import-value"):
        weight = weights.get((value.document, value.hs_code))
        before: Computed | None = None
        for year in value.years:
            now = None if weight is None else _unit_value(inputs, value, weight, year)
            if now:
                found.append(Derived(mineral, now, name_of(value), JAPAN, value.material))
            if now and before and before.year == year - 1:
                multiple = ratios.price_multiple(_as_read(before), _as_read(now))
                multiple = replace(multiple, inputs=(*now.inputs, *before.inputs))
                found.append(Derived(mineral, multiple, name_of(value), JAPAN, value.material))
            before = now or before
    yield from with_until(found)


def _unit_value(inputs: TableInputs, value: Series, weight: Series, year: int) -> Computed | None:
    """Only flows with both a value and a weight are counted."""
    worth = {f.of: f for f in inputs.read(value, year) if f.value is not None}
    heavy = {f.of: f for f in inputs.read(weight, year) if f.value is not None and f.value > 0}
    both = [of for of in worth if of in heavy]
    if not both:
        return None
    sides = [[kept[of] for of in both] for kept in (worth, heavy)]
    found = ratios.unit_value(*(replace(side[0], value=total(side), of=JAPAN) for side in sides))
    notes = ("flows-without-weight",) if len(both) < len(worth) else ()
    return replace(found, inputs=(*sides[0], *sides[1]), notes=notes)


def _as_read(price: Computed) -> Read:
    return Read(price.value, of=price.of, unit=price.unit, year=price.year, role=price.quantity, stage=price.stage)


def geopolitical(inputs: TableInputs, mineral: str) -> Iterator[Derived]:
    """GeoPolRisk of Japan for each HS code and each mine or plant production, for each year that both have."""
    every = inputs.series_of(mineral)
    produced = [s for s in every if not s.country and s.indicator == "production"]
    for weight in (s for s in every if s.country == JAPAN and s.indicator == "import-quantity"):
        found: list[Derived] = []
        for year in weight.years:
            for series in beside(produced, weight, year):
                production = parts_of(inputs, series, year, produced)
                if production is not None:
                    name = f"{name_of(weight)}+{name_of(series)}"
                    figures = _geopolrisk(inputs, production, inputs.read(weight, year), inputs.read(series, year))
                    found += (Derived(mineral, figure, name, JAPAN, weight.material) for figure in figures)
        yield from with_until(found)


def beside(produced: Iterable[Series], traded: Series, year: int) -> list[Series]:
    """Production that a trade is set beside: of that year, of the newest edition, at the same stage, else the mine, else any."""
    known = [s for s in produced if year in s.years]
    edition = max((s.document for s in known), default="")
    known = [s for s in known if s.document == edition]
    return [s for s in known if s.stage == traded.stage] or [s for s in known if s.stage == "ore"] or known


def _geopolrisk(inputs: TableInputs, production: Split, imports: list[Read], produced: list[Read]) -> Iterator[Computed]:
    flows = [flow for flow in imports if flow.value is not None]
    when = inputs.governance_year(imports[0].year) if flows else None
    if not when:
        return
    domestic = next((figure for figure in produced if figure.of == JAPAN), None)
    try:
        yield geopolrisk(production, flows, inputs.stability(when), domestic)
    except MixedBases:
        used = (*flows, *production.inputs)
        yield Computed("geopolrisk", None, "index-0-1", imports[0].year, JAPAN, inputs=used, notes=("mixed-bases",))
    except BadParameter:
        return  # no weight is more than nothing


def self_sufficiency(inputs: TableInputs, mineral: str) -> Iterator[Derived]:
    """What Japan makes of what it uses, where a table of production lists it and goods of that stage are traded under HS codes."""
    every = inputs.series_of(mineral)
    produced = [s for s in every if not s.country and s.indicator == "production"]
    for stage in sorted({series.stage for series in produced}):
        traded = [s for s in every if s.stage == stage and s.hs_code]
        bought = [s for s in traded if s.indicator == "import-quantity" and s.country == JAPAN]
        sold = [s for s in traded if s.indicator == "export-quantity" and not s.country]
        found: list[Derived] = []
        for year in sorted({year for s in bought for year in s.years}):
            for series in beside(produced, bought[0], year):
                own = next((f for f in inputs.read(series, year) if f.of == JAPAN and f.value), None)
                if own and series.stage == stage:
                    exported = [f for f in _flows(inputs, sold, year) if f.of == JAPAN]
                    figure = _self_sufficiency(own, _flows(inputs, bought, year), exported)
                    found.append(Derived(mineral, figure, f"{name_of(series)}+trade", JAPAN, series.material))
        yield from with_until(found)


def _flows(inputs: TableInputs, series: Iterable[Series], year: int) -> list[Read]:
    return [figure for one in series if year in one.years for figure in inputs.read(one, year)]


def _self_sufficiency(own: Read, bought: list[Read], sold: list[Read]) -> Computed:
    """Flows that are not listed did not take place: a trade table lists all."""
    imported, exported = (replace(bought[0], value=total(side), of=JAPAN) for side in (bought, sold))
    try:
        found = ratios.self_sufficiency(own, imported, exported)
    except MixedBases:
        found = Computed("self-sufficiency", None, "percent", own.year, JAPAN, stage=own.stage, notes=("mixed-bases",))
    except BadParameter:
        found = Computed("self-sufficiency", None, "percent", own.year, JAPAN, stage=own.stage, notes=("figures-absent",))
    return replace(found, inputs=(own, *bought, *sold))
