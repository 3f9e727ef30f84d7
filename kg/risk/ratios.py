"""Plain ratios of supply: what a country makes of what it uses, what prices became, how a quota compares with demand.

Pure functions over figures. Knows the formulas; knows no graph.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ..errors import BadParameter, MixedBases
from .figures import HUNDRED, Computed, Read, require_alike

NOT_SAID = "not-said"


def self_sufficiency(production: Read, imports: Read, exports: Read) -> Computed:
    """100 * production / (production + imports - exports), percent: how much of what a country uses it makes itself.

    Stocks are left out. Above 100 where more is sold than bought. Raises MixedBases; BadParameter where a figure is missing or the use is
    nothing.
    """
    require_alike((production, imports, exports))
    made, bought, sold = (_value(figure) for figure in (production, imports, exports))
    used = made + bought - sold
    if used <= 0:
        raise BadParameter("Production and net imports come to nothing.", "Self-sufficiency needs a use that is more than nothing.")
    return _ratio("self-sufficiency", HUNDRED * made / used, "percent", production, imports, exports)


def unit_value(value: Read, weight: Read) -> Computed:
    """What trade cost, in US dollars a kilogram: value in thousand US dollars / weight in tonnes.

    It is a mean over goods and suppliers, no price of one grade. Raises MixedBases for other units or two years; BadParameter where the
    weight is nothing or a figure is missing.
    """
    if (value.unit, weight.unit) != ("usd-thousand", "tonne") or value.year != weight.year:
        raise MixedBases(
            f"A unit value is asked of {value.unit} ({value.year}) and {weight.unit} ({weight.year}).",
            "It needs thousand US dollars and tonnes of one year.",
        )
    if _value(weight) <= 0:
        raise BadParameter("The weight is nothing.", "A unit value needs a weight.")
    return _ratio("unit-value", _value(value) / _value(weight), "usd-per-kg", value, weight)


def price_multiple(before: Read, after: Read) -> Computed:
    """after / before, in times; ``year`` is the later. Raises MixedBases for two units; BadParameter where a price is missing."""
    require_alike((replace(before, year=0), replace(after, year=0)))
    if _value(before) <= 0:
        raise BadParameter("The earlier price is nothing.", "A multiple needs an earlier price.")
    return _ratio("price-multiple", _value(after) / _value(before), "times", after, before)


def quota_to_demand(quota: Read, demand: Read) -> Computed:
    """Export quota of one country / demand of another, in times: the higher, the looser; below 1 it would not meet that demand.

    Both of one year. A quota that does not say its basis counts products as shipped; over a demand in oxide, that is noted.
    Where one of the two does not say its basis the ratio is given and noted; two bases that differ raise MixedBases.
    Raises BadParameter where a figure is missing or the demand is nothing.
    """
    unsaid = NOT_SAID in (quota.basis, demand.basis) or not (quota.basis and demand.basis)
    require_alike((replace(quota, basis=""), replace(demand, basis="")) if unsaid else (quota, demand))
    if _value(demand) <= 0:
        raise BadParameter("The demand is nothing.", "A ratio to demand needs a demand.")
    notes = ["basis-not-said"] if unsaid else []
    if unsaid and demand.basis == "oxide":
        notes.append("product-over-oxide")
    return _ratio("quota-to-demand", _value(quota) / _value(demand), "times", quota, demand, notes=tuple(notes))


def _value(figure: Read) -> Decimal:
    if figure.value is None:
        raise BadParameter(f"The {figure.role or 'figure'} has no value.", "A figure that is missing is not nothing.")
    return figure.value


def _ratio(method: str, value: Decimal, unit: str, *inputs: Read, notes: tuple[str, ...] = ()) -> Computed:
    first = inputs[0]
    estimated = ("estimated-inputs",) if any(figure.estimated for figure in inputs) else ()
    return Computed(
        method,
        value,
        unit,
        max(f.year for f in inputs),
        first.of,
        "",
        first.stage,
        inputs=inputs,
        notes=(*notes, *estimated),
    )
