"""Analysis asked of the graph by name: exposure, chokepoints, what-if; each answer with its steps, their sources, and the part to draw.

Knows the graph, its networks and the algorithms; knows nothing of the web.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import BadParameter
from ..graph.graph import Graph
from ..namespaces import kind_of
from . import chokepoints as choke
from . import exposure as reaches
from . import scenario as whatif
from .graphs import dependence, needs, network
from .subgraph import about, bounds, part, steps

if TYPE_CHECKING:
    import networkx as nx

KINDS = ("country", "bloc", "mineral", "material", "component", "product", "project", "measure")
PRODUCTS = ("product", "component")
PRODUCTS_MOST = 50
LISTED_MOST = 500


def exposure(
    graph: Graph, name: str, *, as_of: datetime.date | None = None, by: str = "trade", lang: str = "en", most: int = 100
) -> dict[str, Any]:
    """Everything that depends on a country, mineral, material, component, project or measure, with the share that reaches it.

    Each entry: the thing, ``low`` and ``high`` (percent), ``share`` (``exact``, ``bounded`` or ``unknown``), ``distance`` and the steps of
    a shortest way, each with statement and document; ``by`` as in ``kg.network.graphs.needs``. A measure reaches what its country supplies
    of the minerals that it touches. Raises UnknownName, BadParameter.
    """
    _within("most", most, LISTED_MOST)
    thing = graph.resolve(name, KINDS)
    net = _towards(graph, thing, as_of, by)
    found = reaches.reach(net, thing) if thing in net else {}
    entries = []
    for node, seen in sorted(found.items(), key=lambda item: (-item[1].low, -item[1].high, item[1].distance, item[0])):
        way = steps(graph, net, reaches.way_to(found, node, thing), lang)
        entries.append({"thing": about(graph, node, lang), **bounds(seen.low, seen.high), "distance": seen.distance, "steps": way})
    shown = entries[:most]
    nodes = {thing, *(step[end] for entry in shown for step in entry["steps"] for end in ("source", "target"))}
    return {
        "thing": about(graph, thing, lang),
        "as_of": as_of,
        "shares": {"by": by, "year": net.graph["year"]},
        "in_force": thing in network(graph, as_of) if kind_of(thing) == "measure" else None,
        "count": len(entries),
        "complete": len(shown) == len(entries),
        "exposed": shown,
        "graph": part(graph, net, nodes, lang),
    }


def chokepoints(
    graph: Graph, names: Sequence[str], *, as_of: datetime.date | None = None, by: str = "stated", lang: str = "en"
) -> dict[str, Any]:
    """What cuts products off: single things whose loss makes one fail, and per needed input the smallest set of suppliers.

    With the measures that touch most of what the products need, and PageRank and betweenness as secondary views. Raises UnknownName,
    BadParameter.
    """
    import networkx as nx

    _within("product", len(names), PRODUCTS_MOST)
    net = needs(graph, as_of, by)
    products = [str(graph.resolve(name, (*PRODUCTS, "material", "mineral"))) for name in names]
    known = [product for product in products if product in net]
    inputs = {product: choke.needed(net, product) for product in known}
    reached = set().union(*({product, *nx.descendants(net, product)} for product in known)) if known else set()
    return {
        "products": [about(graph, product, lang) for product in products],
        "as_of": as_of,
        "shares": {"by": by, "year": net.graph["year"]},
        "nothing_recorded": [about(graph, product, lang) for product in products if product not in net],
        "single": [
            {
                "thing": about(graph, single.node, lang),
                "products": [about(graph, product, lang) for product in single.products],
                "inputs": [about(graph, item, lang) for item in single.inputs],
            }
            for single in choke.singles(net, known)
        ],
        "smallest_sets": [
            {
                "product": about(graph, product, lang),
                "input": about(graph, cut.input, lang),
                "suppliers": [about(graph, node, lang) for node in cut.nodes],
            }
            for product in known
            for cut in choke.smallest_cuts(net, product)
        ],
        "taken_apart": [
            {"product": about(graph, product, lang), "things": [about(graph, node, lang) for node in choke.articulations(net, product)]}
            for product in known
        ],
        "measures": _measures(graph, inputs, as_of, lang),
        "views": _views(graph, net, reached, lang),
        "graph": part(graph, net, reached, lang),
    }


def scenario(
    graph: Graph, plan: whatif.Scenario, *, as_of: datetime.date | None = None, by: str = "trade", lang: str = "en"
) -> dict[str, Any]:
    """What minerals and products lose in a scenario, what replaces it, what stays missing, and how many days a stock covers.

    Percent, in bounds; each mineral with its removal curve (what is left as its suppliers are lost one after the other, largest first).
    Raises UnknownName.
    """
    net = needs(graph, as_of, by)
    meant = whatif.Scenario(actions=[_resolved(graph, action) for action in plan.actions])
    minerals = [node for node in net if kind_of(node) == "mineral"]
    products = [node for node in net if kind_of(node) in PRODUCTS]
    answer = whatif.run(net, meant, minerals, products)
    nodes = {outcome.node for outcome in (*answer.minerals, *answer.products)}
    return {
        "as_of": as_of,
        "shares": {"by": by, "year": net.graph["year"]},
        "scenario": plan.model_dump(exclude_defaults=True),
        "minerals": [{**_outcome(graph, outcome, lang), "removal": _curve(graph, net, outcome.node, lang)} for outcome in answer.minerals],
        "products": [_outcome(graph, outcome, lang) for outcome in answer.products],
        "unknown": [about(graph, node, lang) for node in answer.unknown],
        "graph": part(graph, net, nodes, lang),
    }


def _towards(graph: Graph, thing: str, as_of: datetime.date | None, by: str) -> nx.DiGraph[str]:
    """The network to search for what hangs on a thing; a measure in it is a part of its country's supply of what it touches."""
    import networkx as nx

    net = needs(graph, as_of, by)
    if kind_of(thing) != "measure" or thing not in network(graph, as_of):
        return net
    action = _resolved(graph, whatif.Restrict(action="restrict", measure=thing))
    changed, lost = whatif.restricted(net, whatif.Scenario(actions=[action]))
    found = nx.relabel_nodes(changed, dict.fromkeys(lost, thing))
    turned = dependence(graph, as_of)
    for mineral in [node for node in turned.predecessors(thing) if found.has_edge(node, thing)]:
        found.edges[mineral, thing]["all"] = [*turned.edges[mineral, thing]["all"], *found.edges[mineral, thing]["all"]]
    return found


def _resolved(graph: Graph, action: whatif.Action) -> whatif.Action:
    """The action with its names as IRIs; a measure as its country and the minerals that it touches."""
    if isinstance(action, whatif.Restrict):
        if action.measure:
            measure = graph.resolve(action.measure, ["measure"])
            touched = [str(row["mineral"]) for row in graph.part("touched") if row["measure"] == measure]
            imposers = [str(row["value"]) for row in graph.part("details", thing=measure) if str(row["property"]).endswith("#imposedBy")]
            if not touched or not imposers:
                raise BadParameter(f"The graph does not say whose measure “{action.measure}” is, or what it touches.", "Name a supplier.")
            return whatif.Restrict(action="restrict", supplier=imposers[0], minerals=touched[:100], percent=action.percent)
        minerals = [str(graph.resolve(mineral, ["mineral"])) for mineral in action.minerals]
        supplier = str(graph.resolve(action.supplier, ("country", "bloc", "project", "region")))
        return action.model_copy(update={"supplier": supplier, "minerals": minerals})
    updates = {"mineral": str(graph.resolve(action.mineral, ["mineral"]))}
    if isinstance(action, whatif.Open):
        updates["source"] = str(graph.resolve(action.source, ("project", "country", "bloc", "region")))
    return action.model_copy(update=updates)


def _outcome(graph: Graph, outcome: whatif.Outcome, lang: str) -> dict[str, Any]:
    return {
        "thing": about(graph, outcome.node, lang),
        "lost": bounds(*outcome.lost),
        "replaced": round(outcome.replaced * 100, 4),
        "missing": bounds(*outcome.missing),
        "stock_days_low": None if outcome.days_low in (None, float("inf")) else outcome.days_low,
        "stock_days_high": None if outcome.days_high in (None, float("inf")) else outcome.days_high,
        "stock_known": outcome.days_low is not None,
        "weakest_input": about(graph, outcome.weakest, lang) if outcome.weakest else None,
    }


def _curve(graph: Graph, net: nx.DiGraph[str], mineral: str, lang: str) -> list[dict[str, Any]]:
    suppliers = [(other, data["low"]) for other, data in net[mineral].items() if data["supply"]]
    ordered = [other for other, _ in sorted(suppliers, key=lambda item: (-item[1], item[0]))]
    return [{"lost": about(graph, other, lang), "left": bounds(low, high)} for other, low, high in reaches.removal(net, mineral, ordered)]


def _measures(graph: Graph, inputs: dict[str, list[str]], as_of: datetime.date | None, lang: str) -> list[dict[str, Any]]:
    """Measures by how many of the products need a mineral that they touch; with a day, those in force on it."""
    held = network(graph, as_of)
    wanted = {item for items in inputs.values() for item in items}
    touched: dict[str, set[str]] = {}
    for row in graph.part("touched"):
        if row["measure"] in held and row["mineral"] in wanted:
            touched.setdefault(str(row["measure"]), set()).add(str(row["mineral"]))
    hit = {measure: [product for product in sorted(inputs) if minerals & set(inputs[product])] for measure, minerals in touched.items()}
    return [
        {
            "thing": about(graph, measure, lang),
            "products": [about(graph, product, lang) for product in hit[measure]],
            "minerals": [about(graph, mineral, lang) for mineral in sorted(touched[measure])],
        }
        for measure in sorted(touched, key=lambda measure: (-len(hit[measure]), -len(touched[measure]), measure))
    ]


def _views(graph: Graph, net: nx.DiGraph[str], reached: set[str], lang: str) -> dict[str, Any]:
    import networkx as nx

    found = choke.centrality(nx.DiGraph(net.subgraph(reached))) if reached else {}
    return {view: [{"thing": about(graph, node, lang), "score": score} for node, score in scores] for view, scores in found.items()}


def _within(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        wrong = f"{name} is {value}." if name == "most" else f"{name} is given {value} times."
        raise BadParameter(wrong, f"It must be from 1 to {most}.", parameter=name)
