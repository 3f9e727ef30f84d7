"""The EU's supply risk, as its study of 2017 and later forms it, and what a trade parameter changes in it.

Pure functions. Knows the formulas; knows no graph. What a measure does to the trade parameter is never derived here: it is an input.
Source: European Commission, Study on the review of the list of critical raw materials, 2017, criticality assessments, section 3.4.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..errors import BadParameter
from .concentration import Split, weighted_hhi
from .figures import HUNDRED, ONE, ZERO, Computed, Read

RISK_FLOOR, IMPORTANCE_FLOOR = Decimal("1.0"), Decimal("2.8")
SCOPES = ("GS only", "EUS only", "GS + EUS")
RELIANCE = "net-import-reliance"
PARTS = (
    "hhi-governance-trade-global",
    "hhi-governance-trade-sourcing",
    RELIANCE,
    "recycling-input-rate",
    "substitution-index-supply",
    "eu-supply-scope",
)


def import_reliance(production: Decimal, imports: Decimal, exports: Decimal) -> Decimal:
    """IR = (imports - exports) / (production + imports - exports), a fraction; less than nothing counts as nothing, as in the study.

    All in one unit and basis. Raises BadParameter where nothing is used.
    """
    net = imports - exports
    if production + net <= 0:
        raise BadParameter("Production and net imports come to nothing.", "Import reliance needs a use that is more than nothing.")
    return max(ZERO, net / (production + net))


def concentration(hhi_global: Decimal | None, hhi_eu: Decimal | None, reliance: Decimal | None, scope: str) -> Decimal:
    """What the supply risk is made of: HHI_GS * IR/2 + HHI_EU * (1 - IR/2); one of the two alone where the study has that scope.

    ``hhi_*`` on 0..10, ``reliance`` a fraction, ``scope`` one of SCOPES. Raises BadParameter for another scope or a missing input.
    """
    if scope not in SCOPES:
        raise BadParameter(f"scope is “{scope}”.", f"It must be one of {', '.join(SCOPES)}.", parameter="scope")
    needed = {"GS only": (hhi_global,), "EUS only": (hhi_eu,), "GS + EUS": (hhi_global, hhi_eu, reliance)}[scope]
    if any(value is None for value in needed):
        raise BadParameter(f"An input of the scope {scope} is missing.", "It needs the concentrations of its scope, and import reliance.")
    if scope == "GS + EUS":
        return (hhi_global or ZERO) * (reliance or ZERO) / 2 + (hhi_eu or ZERO) * (1 - (reliance or ZERO) / 2)
    return needed[0] or ZERO


def supply_risk(concentrated: Decimal, recycling: Decimal, substitution: Decimal) -> Decimal:
    """SR = concentration * (1 - EoL-RIR) * SI_SR.

    ``recycling`` is the end-of-life recycling input rate, ``substitution`` the substitution index, both 0..1. Raises BadParameter.
    """
    for name, value in (("recycling", recycling), ("substitution", substitution)):
        if not 0 <= value <= 1:
            raise BadParameter(f"{name} is {value}.", "It must be a fraction from 0 to 1.", parameter=name)
    return concentrated * (1 - recycling) * substitution


def from_printed(printed: Mapping[str, Read], scope: str) -> Computed:
    """The 2017 study's supply risk from the inputs that it prints in one decimal (its Tables 3 and 18), by indicator.

    Of the 78 materials 73 come within 0.15 of the printed result and all within 0.25: the inputs are rounded. Raises BadParameter for
    a missing input.
    """
    recycling, substitution, reliance = (_value(printed, name) for name in ("recycling-input-rate", "substitution-index-supply", RELIANCE))
    if recycling is None or substitution is None:
        raise BadParameter("The recycling rate or the substitution index is missing.", "Supply risk needs both.")
    concentrated = concentration(
        _value(printed, "hhi-governance-trade-global"),
        _value(printed, "hhi-governance-trade-sourcing"),
        None if reliance is None else reliance / HUNDRED,
        scope,
    )
    risk = supply_risk(concentrated, recycling / HUNDRED, substitution)
    return _of_study("eu-supply-risk", risk, printed, "eu-supply-risk", PARTS)


def from_scopes(printed: Mapping[str, Read]) -> Computed:
    """The 2017 study's supply risk of both scopes together, from the risk of each alone (its Table 19): SR_GS * IR/2 + SR_EU * (1 - IR/2).

    All 77 materials that have both come within 0.085 of the printed result. Raises BadParameter for a missing input.
    """
    alone = [_value(printed, f"eu-supply-risk-{scope}") for scope in ("global", "sourcing")]
    reliance = _value(printed, RELIANCE)
    risk = concentration(alone[0], alone[1], None if reliance is None else reliance / HUNDRED, "GS + EUS")
    names = ("eu-supply-risk-global", "eu-supply-risk-sourcing", RELIANCE)
    return _of_study("eu-supply-risk-scopes", risk, printed, "eu-supply-risk-both", names)


def _value(printed: Mapping[str, Read], name: str) -> Decimal | None:
    return printed[name].value if name in printed else None


def _of_study(method: str, risk: Decimal, printed: Mapping[str, Read], result: str, names: tuple[str, ...]) -> Computed:
    inputs = tuple(printed[name] for name in names if name in printed)
    notes = ("inputs-in-one-decimal",)
    first = inputs[0]
    return Computed(method, risk, "index-0-10", first.year, stage=first.stage, inputs=inputs, notes=notes, published=printed.get(result))


def is_critical(risk: Decimal, importance: Decimal) -> bool:
    """Whether a material passes both floors that the studies use from 2017 on: supply risk 1.0, economic importance 2.8."""
    return risk >= RISK_FLOOR and importance >= IMPORTANCE_FLOOR


@dataclass(frozen=True)
class Change:
    """What another trade parameter changes for one country: its term before and after, and the part of the figure that it makes up."""

    of: str
    before: Decimal
    after: Decimal
    term_before: Decimal
    term_after: Decimal


def with_trade(
    parts: Split, governance: Mapping[str, Read], trade: Mapping[str, Read], instead: Mapping[str, Decimal]
) -> tuple[Computed, Computed, list[Change]]:
    """The weighted concentration as printed, the same with other trade parameters for some countries, and the terms that changed.

    ``instead`` gives t by country. Raises BadParameter for a t that is not positive or a country that has no share.
    """
    for country, t in instead.items():
        if t <= 0:
            raise BadParameter(f"t is {t}.", "A trade parameter is more than nothing; the studies print 0.8 to 1.5.", parameter="t")
        if country not in parts.shares:
            raise BadParameter(f"{country} has no share of this supply.", "Name a country that has one.", parameter="t")
    other = dict(trade)
    for country, t in instead.items():
        other[country] = Read(t, of=country, unit="ratio", role="trade-parameter", year=parts.year)
    before, after = weighted_hhi(parts, governance, trade), weighted_hhi(parts, governance, other)
    changes = [
        Change(old.of, old.trade or ONE, new.trade or ONE, old.adds or ZERO, new.adds or ZERO)
        for old, new in zip(before.terms, after.terms, strict=True)
        if old.trade != new.trade
    ]
    return before, after, changes
