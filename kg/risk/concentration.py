"""How concentrated a supply is: shares by country, what they cover, and the Herfindahl-Hirschman index, plain or weighted.

Pure functions over figures. Knows the formulas; knows no graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..errors import BadParameter
from .figures import HUNDRED, ONE, OTHERS, WORLD, ZERO, Computed, Coverage, Read, Term, require_alike

TEN_THOUSAND = Decimal(10_000)
DRIFT = Decimal("0.005")  # how far a sum of shares may lie from 1 before it is said
LEAST_KNOWN = Decimal("0.6")  # part of the whole that named countries must make up before a share of it means anything
AT_LEAST, AT_MOST = "at-least", "at-most"


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
    bound: str = ""  # AT_LEAST or AT_MOST where the first share is only a bound


def split(figures: Sequence[Read]) -> Split:
    """Each country's share of the whole, as a fraction.

    share_c = v_c / T. T is the publisher's world total or the sum of the countries and of "other countries", whichever is
    larger, since publishers round; where the total is a lower bound, the shares are upper bounds. Figures in percent are
    shares already: T = 100, or their sum where that is larger. Figures of one country are added up (HS codes). A figure
    withheld, not available or given as a bound is not counted and is listed in the coverage; a sum of known parts counts as
    far as it is known.
    Raises MixedBases; BadParameter where no figure has a value or the total is nothing.
    """
    require_alike(figures)
    own, floors = _added(figures)
    added = sum(own.values(), ZERO)
    percent = bool(figures) and figures[0].unit == "percent"
    totals = [f.value for f in figures if f.of == WORLD and f.value is not None]
    least = [f.more_than for f in figures if f.of == WORLD and f.more_than is not None]
    stated = HUNDRED if percent else sum(totals or least, ZERO)
    whole = max(stated, added)
    if whole <= 0:
        raise BadParameter("None of these figures has a value that is more than nothing.", "Choose a year or a series that has values.")
    known = added - own[OTHERS]
    bounded = {f.of for f in figures if f.value is None and (f.more_than is not None or f.less_than is not None)}
    absent = {f.of for f in figures if f.known is None} - bounded
    coverage = Coverage(
        known,
        own[OTHERS],
        whole,
        percent or bool(totals),
        known / whole,
        tuple(sorted(absent - {WORLD})),
        tuple(sorted(bounded - {WORLD})),
    )
    ranked = sorted(((c, v / whole) for c, v in own.items() if c != OTHERS and v), key=lambda pair: (-pair[1], pair[0]))
    first = figures[0]
    stage = first.stage if all(figure.stage == first.stage for figure in figures) else ""
    notes = _notes(coverage, figures, added, stated)
    leader = ranked[0][0] if ranked else ""
    return Split(dict(ranked), coverage, tuple(figures), first.year, first.basis, stage, notes, _bound(coverage, leader, floors))


def _added(figures: Sequence[Read]) -> tuple[dict[str, Decimal], set[str]]:
    """Known values by country, and the countries of which part is a lower bound only."""
    own: dict[str, Decimal] = defaultdict(Decimal)
    floors: set[str] = set()
    for figure in figures:
        if figure.of == WORLD:
            continue
        if figure.value is not None:
            own[figure.of] += figure.value
        elif figure.at_least is not None:
            own[figure.of] += figure.at_least
            floors.add(figure.of)
    return own, floors


def _bound(coverage: Coverage, leader: str, floors: set[str]) -> str:
    """What a first share is that rests on bounds: the whole may be larger (at most), or the first's own part (at least)."""
    if leader in floors:
        return AT_LEAST
    if floors:
        return AT_MOST
    return AT_MOST if not coverage.stated and (coverage.absent or coverage.bounded) else ""


def is_of_world(figures: Sequence[Read]) -> bool:
    """Whether figures by country are a table of the world, of which a share means something.

    Shares in percent and the flows of a trade table are. A table of quantities is one where it names two countries or more,
    and where these make up LEAST_KNOWN of the whole.
    """
    named = [figure for figure in figures if figure.of not in (WORLD, OTHERS)]
    if not any(figure.known for figure in named):
        return False
    if figures[0].unit == "percent" or figures[0].hs_code:
        return True
    if sum(figure.value is not None for figure in named) < 2:
        return False
    return split(figures).coverage.share >= LEAST_KNOWN


def _notes(coverage: Coverage, figures: Sequence[Read], added: Decimal, stated: Decimal) -> tuple[str, ...]:
    seen = {
        "shares-do-not-sum": bool(stated) and abs(added - stated) > DRIFT * stated,
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
    return _computed("top-supplier", first.adds, "percent", parts, terms, of=first.of, bound=parts.bound)


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
    bound: str = "",
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
        bound=bound,
    )
