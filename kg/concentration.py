"""How concentrated a supply is: shares by country, what they cover, and the Herfindahl-Hirschman index, plain or weighted.

Pure functions over figures. Knows the formulas; knows no graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .errors import BadParameter
from .figures import HUNDRED, ONE, OTHERS, WORLD, ZERO, Computed, Coverage, Read, Term, require_alike

TEN_THOUSAND = Decimal(10_000)
DRIFT = Decimal("0.005")  # how far a sum of shares may lie from 1 before it is said


@dataclass(frozen=True)
class Split:
    """A whole by country: fractions, largest first; what they cover; the figures they come from."""

    shares: Mapping[str, Decimal]
    coverage: Coverage
    inputs: tuple[Read, ...]
    year: int
    basis: str
    stage: str
    notes: tuple[str, ...]


def split(figures: Sequence[Read]) -> Split:
    """Each country's share of the whole, as a fraction.

    share_c = v_c / T. T is the publisher's world total where it gives one as a number, else the sum of the countries and of "other
    countries". Figures in percent are shares already: T = 100. Figures of one country are added up (HS codes). A figure withheld,
    not available or given as a bound is not counted and is listed in the coverage; a sum of known parts counts as far as it is known.
    Raises MixedBases; BadParameter where no figure has a value or the total is nothing.
    """
    require_alike(figures)
    own: dict[str, Decimal] = defaultdict(Decimal)
    for figure in figures:
        if figure.known is not None and figure.of != WORLD:
            own[figure.of] += figure.known
    stated = [f.value for f in figures if f.of == WORLD and f.value is not None]
    percent = bool(figures) and figures[0].unit == "percent"
    whole = HUNDRED if percent else sum(stated, ZERO) if stated else sum(own.values(), ZERO)
    if whole <= 0:
        raise BadParameter("None of these figures has a value that is more than nothing.", "Choose a year or a series that has values.")
    known = sum((value for country, value in own.items() if country != OTHERS), ZERO)
    bounded = {f.of for f in figures if f.value is None and (f.more_than is not None or f.less_than is not None)}
    absent = {f.of for f in figures if f.known is None} - bounded
    stands = bool(stated) or percent
    coverage = Coverage(known, own[OTHERS], whole, stands, known / whole, tuple(sorted(absent - {WORLD})), tuple(sorted(bounded - {WORLD})))
    ranked = sorted(((c, v / whole) for c, v in own.items() if c != OTHERS and v), key=lambda pair: (-pair[1], pair[0]))
    first = figures[0]
    stage = first.stage if all(figure.stage == first.stage for figure in figures) else ""
    return Split(dict(ranked), coverage, tuple(figures), first.year, first.basis, stage, _notes(coverage, figures))


def _notes(coverage: Coverage, figures: Sequence[Read]) -> tuple[str, ...]:
    seen = {
        "shares-do-not-sum": abs(coverage.known + coverage.others - coverage.total) > DRIFT * coverage.total,
        "no-world-total": not coverage.stated and not figures[0].hs_code,  # the flows of a trade table are all there are
        "figures-absent": bool(coverage.absent),
        "figures-bounded": bool(coverage.bounded),
        "figures-at-least": any(figure.at_least is not None for figure in figures),
        "estimated-inputs": any(figure.estimated for figure in figures),
    }
    return tuple(code for code, holds in seen.items() if holds)


def hhi(parts: Split) -> Computed:
    """Herfindahl-Hirschman index: HHI = 10,000 * sum of share_c squared, 0..10,000 (10,000 = one supplier).

    What is not known adds nothing, so the value is the least it can be; ``at_most`` counts it as one further country.
    Source: the index as the U.S. Department of Justice defines it; fractions times 100 are squared.
    """
    terms = tuple(Term(country, share, adds=TEN_THOUSAND * share * share) for country, share in parts.shares.items())
    value = sum((term.adds or ZERO for term in terms), ZERO)
    rest = max(ZERO, ONE - parts.coverage.share)
    return _computed("hhi", value, "index-0-10000", parts, terms, at_most=value + TEN_THOUSAND * rest * rest)


def top_supplier(parts: Split) -> Computed:
    """The largest share, in percent; ``of`` is the country. All shares stand in ``terms``."""
    terms = tuple(Term(country, share, adds=HUNDRED * share) for country, share in parts.shares.items())
    first = terms[0]
    return _computed("top-supplier", first.adds, "percent", parts, terms, of=first.of)


def weighted_hhi(parts: Split, governance: Mapping[str, Read], trade: Mapping[str, Read] | None = None) -> Computed:
    """HHI weighted by governance: HHI_WGI = sum of share_c^2 * WGI_c, with ``trade`` also * t_c.

    WGI_c is on 0..10, 10 = worst (``scaled_governance``); t_c is the trade parameter that the study prints, an input and never derived
    here. 0..10 (more where t passes 1). A country without a governance figure adds nothing and is noted.
    Source: European Commission, study on critical raw materials 2017, HHI_WGI,t.
    """
    terms = []
    for country, share in parts.shares.items():
        weight, factor = governance.get(country), (trade or {}).get(country)
        by, t = (weight.value if weight else None), (factor.value if factor else None)
        adds = None if by is None or (trade is not None and t is None) else share * share * by * (ONE if t is None else t)
        terms.append(Term(country, share, by, t, adds))
    notes = tuple(
        code
        for code, holds in {
            "governance-missing": any(term.governance is None for term in terms),
            "trade-missing": trade is not None and any(term.trade is None for term in terms),
            "governance-of-other-year": any(r.year != parts.year for c, r in governance.items() if c in parts.shares),
        }.items()
        if holds
    )
    counted = [term.adds for term in terms if term.adds is not None]
    used = tuple(kept[term.of] for kept in (governance, trade or {}) for term in terms if term.of in kept)
    name = "hhi-wgi" if trade is None else "hhi-wgi-t"
    return _computed(name, sum(counted, ZERO) if counted else None, "index-0-10", parts, tuple(terms), more=used, notes=notes)


def scaled_governance(estimates: Sequence[Decimal]) -> Decimal:
    """The EU study's scale of governance: 2 * (2.5 - mean of the six WGI estimates), about 0..10, 10 = worst.

    Raises BadParameter where they are not six. Source: inferred from the scores that the 2017 report prints; see docs/methods.md.
    """
    if len(estimates) != 6:
        raise BadParameter(f"{len(estimates)} governance estimates are given.", "The mean is of all six.")
    return 2 * (Decimal("2.5") - sum(estimates, ZERO) / 6)


def scaled_stability(estimate: Decimal) -> Decimal:
    """GeoPolRisk's scale of political stability: (2.5 - estimate) / 5, kept within 0..1, 1 = worst.

    Source: the table "Normalized" of geopolrisk-py 2.0.1, which this reproduces.
    """
    return min(ONE, max(ZERO, (Decimal("2.5") - estimate) / 5))


def _computed(
    method: str,
    value: Decimal | None,
    unit: str,
    parts: Split,
    terms: tuple[Term, ...],
    *,
    at_most: Decimal | None = None,
    of: str = "",
    more: tuple[Read, ...] = (),
    notes: tuple[str, ...] = (),
) -> Computed:
    return Computed(
        method,
        value,
        unit,
        parts.year,
        of,
        parts.basis,
        parts.stage,
        at_most,
        terms,
        parts.coverage,
        (*parts.inputs, *more),
        (*parts.notes, *notes),
    )
