"""What if: suppliers lost or restricted, projects opened, material recycled, a stock at hand; what each mineral and product loses.

Works on a dependence graph as ``kg.network.exposure`` describes. Shares are fractions of what a mineral's user buys in the period that the
graph's shares are of; nothing here forecasts prices or substitution. Knows NetworkX; knows no store and no web.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from . import chokepoints, exposure

if TYPE_CHECKING:
    import networkx as nx

Percent = Annotated[float, Field(ge=0, le=100)]
_LOST = "lost:"


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Restrict(_Action):
    """A supplier is lost (100 percent) or restricted, for all minerals or for some; or a measure takes this much of what it touches."""

    action: Literal["restrict"]
    supplier: str = Field(default="", description="Country or project: slug, kind/slug or IRI.")
    measure: str = Field(default="", description="Instead of a supplier: a measure, for the minerals that it touches and its country.")
    minerals: list[str] = Field(default=[], max_length=100, description="Minerals; empty for all that it supplies.")
    percent: Percent = Field(default=100.0, description="Part of its supply that is lost, in percent.")

    @model_validator(mode="after")
    def _one(self) -> Restrict:
        if bool(self.supplier) == bool(self.measure):
            raise ValueError("give either supplier or measure")
        if self.measure and self.minerals:
            raise ValueError("a measure says itself which minerals it touches: leave minerals out")
        return self


class Open(_Action):
    """A new source: a project or another supplier gives a part of what is needed."""

    action: Literal["open"]
    source: str = Field(description="Project or country: slug, kind/slug or IRI.")
    mineral: str
    percent: Percent = Field(description="Part of the need for the mineral that it meets, in percent.")


class Recycle(_Action):
    """Recycling meets a part of what is needed."""

    action: Literal["recycle"]
    mineral: str
    percent: Percent = Field(description="Part of the need for the mineral that it meets, in percent.")


class Stock(_Action):
    """A stock at hand, in days of normal need."""

    action: Literal["stock"]
    mineral: str
    days: Annotated[float, Field(ge=0, le=100_000)]


Action = Annotated[Restrict | Open | Recycle | Stock, Field(discriminator="action")]


class Scenario(BaseModel):
    """Up to 50 actions that hold at once."""

    model_config = ConfigDict(extra="forbid")
    actions: list[Action] = Field(min_length=1, max_length=50)


@dataclass(frozen=True)
class Outcome:
    """What a mineral or product loses: bounds of the lost and of the missing share (0..1), what replaces, how long a stock lasts.

    ``missing`` is what is lost and not replaced. ``days_low`` and ``days_high`` bound how many days the stock given covers what is
    missing; None where no stock is given (a real stock that nobody states stays unknown), infinite where nothing is missing.
    ``weakest`` is the input of a product that loses most.
    """

    node: str
    lost: tuple[float, float]
    replaced: float
    missing: tuple[float, float]
    days_low: float | None = None
    days_high: float | None = None
    weakest: str | None = None


@dataclass(frozen=True)
class Answer:
    """Outcomes of minerals and of products, those that miss most first."""

    minerals: list[Outcome]
    products: list[Outcome]
    unknown: list[str] = field(default_factory=list)


def run(net: nx.DiGraph[str], scenario: Scenario, minerals: Iterable[str], products: Iterable[str]) -> Answer:
    """Outcomes for these minerals and products; those that lose nothing are left out. Names in the scenario are nodes of the graph,
    and measures have been put as suppliers with minerals.

    Missing share of a mineral = max(0, lost - replaced); of a product = that of its weakest needed input, since it needs them all.
    A stock of N days of normal need lasts N / missing days. ``unknown`` lists minerals of whose loss nothing is known but that they
    depend on what is lost.
    """
    changed, lost = restricted(net, scenario)
    bounds = exposure.loss(changed, lost)
    replaced: dict[str, float] = {}
    stocks: dict[str, float] = {}
    for action in scenario.actions:
        if isinstance(action, Open | Recycle):
            replaced[action.mineral] = min(1.0, replaced.get(action.mineral, 0.0) + action.percent / 100)
        elif isinstance(action, Stock):
            stocks[action.mineral] = stocks.get(action.mineral, 0.0) + action.days
    wanted = [mineral for mineral in minerals if mineral in bounds or mineral in stocks or mineral in replaced]
    found = {mineral: _outcome(mineral, bounds.get(mineral, (0.0, 0.0)), replaced, stocks) for mineral in wanted}
    made = [_product(changed, product, bounds, found) for product in products if product in bounds]
    unknown = [outcome.node for outcome in found.values() if outcome.lost[0] <= 0 and outcome.lost[1] >= 1]
    return Answer(_ordered(found.values()), _ordered(made), sorted(unknown))


def _ordered(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: (-outcome.missing[0], -outcome.missing[1], outcome.node))


def restricted(net: nx.DiGraph[str], scenario: Scenario) -> tuple[nx.DiGraph[str], dict[str, float]]:
    """The graph in which a supplier restricted for some minerals only is a node of its own on their edges, and what loses how much."""
    import networkx as nx

    changed: nx.DiGraph[str] = nx.DiGraph(net)
    lost: dict[str, float] = {}
    for number, action in enumerate(scenario.actions):
        if not isinstance(action, Restrict):
            continue
        if not action.minerals:
            lost[action.supplier] = max(lost.get(action.supplier, 0.0), action.percent / 100)
            continue
        apart = f"{_LOST}{number}"
        lost[apart] = action.percent / 100
        for mineral in action.minerals:
            if _falls_with_group(net, mineral, action.minerals):
                continue
            _own_suppliers(changed, mineral)
            if changed.has_edge(mineral, action.supplier):
                changed.add_edge(mineral, apart, **changed.edges[mineral, action.supplier])
                changed.remove_edge(mineral, action.supplier)
                changed.add_edge(apart, action.supplier, supply=False, group=False, low=1.0, high=1.0)
    return changed, lost


def _falls_with_group(net: nx.DiGraph[str], mineral: str, minerals: list[str]) -> bool:
    """Whether a mineral without suppliers of known share belongs to a group that is among these minerals too."""
    if mineral not in net or any(data["supply"] and data["low"] > 0 for data in net[mineral].values()):
        return False
    groups = [other for other, data in net[mineral].items() if data["group"]]
    return any(group in minerals or _falls_with_group(net, group, minerals) for group in groups)


def _own_suppliers(net: nx.DiGraph[str], mineral: str) -> None:
    """Give a mineral that has no suppliers of its own those of its groups, so that they can be restricted for it alone."""
    if mineral not in net or any(data["supply"] for data in net[mineral].values()):
        return
    for group in [other for other, data in net[mineral].items() if data["group"]]:
        _own_suppliers(net, group)
        net.add_edges_from((mineral, other, dict(data)) for other, data in list(net[group].items()) if data["supply"])


def _outcome(node: str, lost: tuple[float, float], replaced: Mapping[str, float], stocks: Mapping[str, float]) -> Outcome:
    relief = replaced.get(node, 0.0)
    missing = (max(0.0, lost[0] - relief), max(0.0, lost[1] - relief))
    days = stocks.get(node)
    if days is None:
        return Outcome(node, lost, relief, missing)
    return Outcome(node, lost, relief, missing, _lasts(days, missing[1]), _lasts(days, missing[0]))


def _lasts(days: float, missing: float) -> float:
    return days / missing if missing > 0 else float("inf")


def _product(net: nx.DiGraph[str], product: str, bounds: Mapping[str, tuple[float, float]], minerals: Mapping[str, Outcome]) -> Outcome:
    inputs = [minerals[item] for item in chokepoints.needed(net, product) if item in minerals]
    if not inputs:
        return Outcome(product, bounds[product], 0.0, bounds[product])
    weakest = min(inputs, key=lambda outcome: (-outcome.missing[0], -outcome.missing[1], outcome.node))
    missing = (weakest.missing[0], max(outcome.missing[1] for outcome in inputs))
    return Outcome(product, bounds[product], weakest.replaced, missing, weakest.days_low, weakest.days_high, weakest.node)
