"""Policy into risk: what a trade measure, or the day asked about, changes in each method, where the method has a term for it.

Only the EU's weighted concentration has one, the trade parameter t. Its value is the study's or the user's; no rule from a measure to a
value is applied. Knows the measures and the methods; knows no formula.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..errors import BadParameter
from ..graph.graph import Graph
from ..namespaces import ID, compact, kind_of
from ..risk.eu_supply_risk import Change, with_trade
from ..risk.figures import ONE, Computed
from . import states
from .eu_studies import Supply, supplies

WITHOUT_TERM = ("hhi", "hhi-wgi", "import-dependence", "geopolrisk")
RESTRICTION = "XR"
STUDY_IMPORTER = f"{ID}bloc/european-union"


@dataclass(frozen=True)
class Effect:
    """What changes in one figure: before, after, the terms that changed, and notes. Before and after are None without a term for it."""

    method: str
    before: Computed | None
    after: Computed | None
    changes: tuple[Change, ...]
    notes: tuple[tuple[str, str], ...]  # country (or nothing) and code


def effects(
    graph: Graph, mineral: str, measure: str | None = None, t: Decimal | None = None, day: datetime.date | None = None
) -> list[Effect]:
    """What each method's figure becomes.

    With ``measure``: where ``t`` is given, with t for the country that imposes it; else without the measure, t = 1 where the study
    prints more. With ``day``: t = 1 for each country that has no export measure on the mineral in force that day. Raises BadParameter
    where neither is given, or a measure does not touch the mineral.
    """
    if measure is None and day is None:
        raise BadParameter("Neither a measure nor a day is given.", "Give measure, or as_of.", parameter="measure")
    imposer = _imposer(graph, mineral, measure) if measure else None
    active = _imposers_on(graph, mineral, day) if day else frozenset()
    found = []
    for supply in supplies(graph, mineral):
        if supply.governance:
            found.append(_effect(supply, _instead(supply, imposer, t, active if day else None)))
    if not found:
        found.append(Effect("hhi-wgi-t", None, None, (), (("", "no-study-shares"),)))
    return [*found, *(Effect(method, None, None, (), (("", "no-term-for-measures"),)) for method in WITHOUT_TERM)]


def _effect(supply: Supply, asked: tuple[Mapping[str, Decimal], tuple[tuple[str, str], ...]]) -> Effect:
    instead, notes = asked
    before, after, changes = with_trade(supply.parts, supply.governance, supply.trade, instead)
    return Effect("hhi-wgi-t", before, after, tuple(changes), notes)


def _instead(
    supply: Supply, imposer: str | None, t: Decimal | None, active: frozenset[str] | None
) -> tuple[dict[str, Decimal], tuple[tuple[str, str], ...]]:
    """The trade parameters to take instead of the printed ones, by country, with why."""
    instead: dict[str, Decimal] = {}
    notes: list[tuple[str, str]] = []
    raised = {c for c, printed in supply.trade.items() if printed.value is not None and printed.value > ONE and c in supply.parts.shares}
    if imposer and imposer not in supply.parts.shares:
        notes.append((imposer, "no-share"))
    elif imposer and t is not None:
        instead[imposer] = t
        notes.append((imposer, "term-as-given"))
    elif imposer and imposer in raised:
        instead[imposer] = ONE
        notes.append((imposer, "term-as-printed"))
    elif imposer:
        notes.append((imposer, "no-printed-parameter"))
    if active is not None:
        for country in sorted(raised - active - set(instead)):
            instead[country] = ONE
            notes.append((country, "no-measure-in-force"))
        notes += [(country, "no-printed-parameter") for country in sorted(active - raised) if country in supply.parts.shares]
    return instead, tuple(notes)


def _imposer(graph: Graph, mineral: str, measure: str) -> str:
    rows = [row for row in graph.ask("measures", mineral=mineral) if row["measure"] == measure]
    if not rows:
        raise BadParameter(
            f"{graph.label(measure)} does not touch {graph.label(mineral)}, as far as the documents say.",
            "Choose a measure of /measures?mineral=.",
            parameter="measure",
        )
    return _country(graph, str(rows[0]["country"]))


def _imposers_on(graph: Graph, mineral: str, day: datetime.date) -> frozenset[str]:
    """Countries with an export measure on the mineral in force on a day that holds for the EU, whose study has the trade parameter."""
    known = states.on(graph, day, mineral=mineral)
    restricting = {str(row["measure"]) for row in graph.part("export-restrictions", importer=STUDY_IMPORTER)}
    rows = [row for row in graph.ask("measures", mineral=mineral, type=RESTRICTION) if str(row["measure"]) in restricting]
    active = [row for row in rows if known.get(str(row["measure"]), states.NONE)["state"] in states.IN_FORCE]
    return frozenset(_country(graph, str(row["country"])) for row in active)


def _country(graph: Graph, agent: str) -> str:
    """The country that an agent is, or that a body is located in."""
    seat = (str(row["value"]) for row in graph.part("details", thing=agent) if compact(str(row["property"])) == "locatedIn")
    return agent if kind_of(agent) == "country" else next(seat, agent)
