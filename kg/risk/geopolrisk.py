"""GeoPolRisk: the risk of a country's imports of a material, from the concentration of its production and the stability of its suppliers.

Pure function over figures. Knows the formula; knows no graph.
Source: Koyamparambath et al. 2024, doi:10.1016/j.resconrec.2024.107801; geopolrisk-py 2.0.1, whose figures this reproduces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..errors import MixedBases
from .concentration import TEN_THOUSAND, Split, hhi, split
from .figures import OTHERS, WORLD, ZERO, Computed, Read, Term

MISSING = Decimal("0.5")  # the method's own value for a country without a score


def geopolrisk(production: Split, imports: Sequence[Read], stability: Mapping[str, Read], domestic: Read | None) -> Computed:
    """GeoPolRisk = HHI_A * sum of g_i * f_i / (p + F), 0..1.

    HHI_A (0..1) is that of world production; f_i the country's imports from i by weight, F their sum; g_i political stability on 0..1
    (``scaled_stability``), 0.5 where there is none, as the method has it; p the country's own production in the unit and basis of the
    imports. A ``domestic`` of None (the table does not list the country) counts as nothing, as the method's program does; both are noted.
    Raises MixedBases where p is more than nothing and is not counted as the imports are; BadParameter where there are no imports.
    """
    flows = split([flow for flow in imports if flow.of not in (WORLD, OTHERS)])
    own = domestic.value if domestic and domestic.value else ZERO
    first = imports[0]
    if own and domestic and (domestic.unit, domestic.basis) != (first.unit, first.basis):
        raise MixedBases(
            f"Own production counts {domestic.unit} {domestic.basis}, imports count {first.unit} {first.basis}.",
            "The method adds the two, so they must count the same.",
        )
    whole = own + flows.coverage.known
    terms = []
    for country, share in flows.shares.items():
        score = stability[country].value if country in stability else None
        by = MISSING if score is None else score
        terms.append(Term(country, share, by, adds=by * share * flows.coverage.known / whole))
    concentrated = (hhi(production).value or ZERO) / TEN_THOUSAND
    notes = {
        "stability-missing": any(c not in stability or stability[c].value is None for c in flows.shares),
        "own-production-not-listed": domestic is None or domestic.value is None,
        "governance-of-other-year": any(r.year != flows.year for c, r in stability.items() if c in flows.shares),
        "production-of-other-year": production.year != flows.year,
    }
    used = [stability[country] for country in flows.shares if country in stability]
    return Computed(
        "geopolrisk",
        concentrated * sum((term.adds or ZERO for term in terms), ZERO),
        "index-0-1",
        flows.year,
        basis=flows.basis,
        stage=flows.stage,
        terms=tuple(terms),
        coverage=flows.coverage,
        inputs=(*imports, *production.inputs, *used, *([domestic] if domestic else [])),
        notes=tuple(dict.fromkeys((*flows.notes, *(code for code, holds in notes.items() if holds)))),
    )
