"""Reach, chokepoints and scenarios on small graphs whose answers are worked out on paper, and what must hold on any graph."""

from __future__ import annotations

import math
from typing import Any

import igraph
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kg.network import chokepoints, exposure, scenario
from kg.network.scenario import Open, Recycle, Restrict, Scenario, Stock


def _graph(*edges: tuple[Any, ...]) -> nx.DiGraph[str]:
    """Edges as (from, to) for a need, (from, to, "group") for a group, (from, to, low, high) for a supplier."""
    net: nx.DiGraph[str] = nx.DiGraph()
    for source, target, *rest in edges:
        supply = len(rest) == 2
        low, high = rest if supply else (1.0, 1.0)
        net.add_edge(source, target, supply=supply, group=rest == ["group"], low=low, high=high)
    return net


# A car needs a motor and a body; the motor's magnet needs neodymium and dysprosium, members of one group that has three suppliers.
# Vietnam processes material of which at least half is Chinese. Steel comes from one supplier of unknown share.
CAR = _graph(
    ("car", "motor"),
    ("motor", "magnet"),
    ("magnet", "neodymium"),
    ("magnet", "dysprosium"),
    ("neodymium", "rare-earths", "group"),
    ("dysprosium", "rare-earths", "group"),
    ("rare-earths", "china", 0.6, 0.6),
    ("rare-earths", "vietnam", 0.3, 0.3),
    ("rare-earths", "australia", 0.1, 0.1),
    ("vietnam", "china", 0.5, 1.0),
    ("car", "body"),
    ("body", "steel"),
    ("steel", "korea", 0.0, 1.0),
)


def test_direct_and_transit_shares_add_up_and_reach_the_product() -> None:
    found = exposure.reach(CAR, "china")
    for node in ("rare-earths", "dysprosium", "neodymium", "magnet", "motor", "car"):
        assert (found[node].low, found[node].high) == (pytest.approx(0.75), pytest.approx(0.9)), node  # 0.6 + 0.3 x (0.5 .. 1)
    assert (found["vietnam"].low, found["vietnam"].high) == (0.5, 1.0)
    assert "steel" not in found


def test_a_share_that_nobody_states_is_unknown_and_not_zero() -> None:
    found = exposure.reach(CAR, "korea")
    assert found["steel"].unknown
    assert found["car"].unknown
    assert not exposure.reach(CAR, "australia")["car"].unknown


def test_a_lower_bound_leaves_the_rest_open_and_bounds_other_suppliers() -> None:
    net = _graph(("tungsten", "china", 0.5, 1.0), ("tungsten", "canada", 0.0, 1.0))
    assert exposure.reach(net, "china")["tungsten"] == exposure.Reach(0.5, 1.0, 1, "china")
    assert exposure.reach(net, "canada")["tungsten"] == exposure.Reach(0.0, 0.5, 1, "canada")


def test_known_shares_that_leave_a_rest_leave_it_open() -> None:
    net = _graph(("indium", "korea", 0.5, 0.5), ("indium", "china", 0.2, 0.2))
    assert exposure.reach(net, "china")["indium"].high == pytest.approx(0.5)  # 0.2 and the 0.3 that no supplier accounts for


def test_a_member_with_suppliers_of_its_own_is_not_judged_by_its_group() -> None:
    net = _graph(("dysprosium", "rare-earths", "group"), ("rare-earths", "china", 0.6, 0.6), ("dysprosium", "china", 0.99, 0.99))
    assert exposure.reach(net, "china")["dysprosium"].low == 0.99


def test_a_product_is_as_exposed_as_its_most_exposed_input() -> None:
    net = _graph(
        ("lamp", "a"), ("lamp", "b"), ("a", "china", 0.2, 0.2), ("b", "china", 0.9, 0.9), ("a", "x", 0.8, 0.8), ("b", "x", 0.1, 0.1)
    )
    assert exposure.reach(net, "china")["lamp"].low == 0.9


def test_a_cycle_of_transit_comes_to_rest() -> None:
    net = _graph(("tin", "a", 1.0, 1.0), ("a", "b", 0.5, 0.5), ("b", "a", 0.5, 0.5), ("a", "china", 0.5, 0.5), ("b", "china", 0.5, 0.5))
    assert exposure.reach(net, "china")["tin"].low == pytest.approx(1.0, abs=1e-6)  # all that circles comes from there in the end


def test_the_way_shown_is_a_shortest_one() -> None:
    found = exposure.reach(CAR, "china")
    assert exposure.way_to(found, "car", "china") == ["car", "motor", "magnet", "dysprosium", "rare-earths", "china"]
    assert exposure.way_to(found, "vietnam", "china") == ["vietnam", "china"]


def test_the_removal_curve_falls_by_each_share() -> None:
    curve = exposure.removal(CAR, "rare-earths", ["china", "vietnam", "australia"])
    assert [name for name, _, _ in curve] == ["china", "vietnam", "australia"]
    assert [low for _, low, _ in curve] == pytest.approx([0.4, 0.1, 0.0])
    assert [high for _, _, high in curve] == pytest.approx([0.4, 0.1, 0.0])


def test_the_loss_of_any_needed_input_or_only_supplier_fails_the_product() -> None:
    found = {single.node: single for single in chokepoints.singles(CAR, ["car"])}
    assert set(found) == {"motor", "magnet", "neodymium", "dysprosium", "rare-earths", "body", "steel", "korea"}
    assert found["korea"].inputs == ("body", "steel")
    assert found["rare-earths"].inputs == ("dysprosium", "magnet", "motor", "neodymium")
    assert "china" not in found  # Vietnam falls with it, Australia does not


def test_the_smallest_set_of_suppliers_counts_transit_once() -> None:
    cuts = {cut.input: cut.nodes for cut in chokepoints.smallest_cuts(CAR, "car")}
    assert cuts == {"steel": ("korea",), "rare-earths": ("australia", "china")}


def test_what_every_way_passes_is_given_in_order() -> None:
    assert chokepoints.on_every_way(CAR, "car", "china") == ["motor", "magnet", "rare-earths"]
    assert chokepoints.on_every_way(CAR, "rare-earths", "china") == []
    assert chokepoints.on_every_way(CAR, "china", "car") == []


def test_a_restriction_is_eased_by_what_replaces_and_bridged_by_a_stock() -> None:
    plan = Scenario(
        actions=[
            Restrict(action="restrict", supplier="china", percent=50),
            Recycle(action="recycle", mineral="rare-earths", percent=10),
            Stock(action="stock", mineral="rare-earths", days=60),
        ]
    )
    answer = scenario.run(CAR, plan, ["rare-earths", "steel"], ["car"])
    [outcome] = answer.minerals
    # lost: half of 0.75 .. 0.9; less a tenth that recycling gives; 60 days last 60 / missing
    assert outcome.lost == (pytest.approx(0.375), pytest.approx(0.45))
    assert outcome.missing == (pytest.approx(0.275), pytest.approx(0.35))
    assert (outcome.days_low, outcome.days_high) == (pytest.approx(60 / 0.35), pytest.approx(60 / 0.275))
    assert answer.products[0].weakest == "rare-earths"


def test_a_restriction_of_one_member_leaves_the_others_alone() -> None:
    plan = Scenario(actions=[Restrict(action="restrict", supplier="china", minerals=["dysprosium"])])
    answer = scenario.run(CAR, plan, ["dysprosium", "neodymium", "rare-earths"], ["car"])
    assert [(outcome.node, outcome.lost) for outcome in answer.minerals] == [("dysprosium", (pytest.approx(0.6), pytest.approx(0.6)))]


def test_a_restriction_of_a_group_reaches_its_members_through_the_group() -> None:
    plan = Scenario(actions=[Restrict(action="restrict", supplier="china", minerals=["rare-earths", "dysprosium"])])
    net, lost = scenario.restricted(CAR, plan)
    assert lost == {"lost:0": 1.0}
    assert list(net.predecessors("lost:0")) == ["rare-earths"]


def test_an_opened_source_replaces_no_more_than_is_needed() -> None:
    plan = Scenario(
        actions=[
            Restrict(action="restrict", supplier="australia"),
            Open(action="open", source="kazakhstan", mineral="rare-earths", percent=90),
            Open(action="open", source="india", mineral="rare-earths", percent=90),
        ]
    )
    [outcome] = scenario.run(CAR, plan, ["rare-earths"], []).minerals
    assert (outcome.replaced, outcome.missing) == (1.0, (0.0, 0.0))


def test_a_stock_without_use_lasts_for_ever_and_one_not_given_is_unknown() -> None:
    plan = Scenario(actions=[Stock(action="stock", mineral="steel", days=10), Restrict(action="restrict", supplier="china")])
    outcomes = {outcome.node: outcome for outcome in scenario.run(CAR, plan, ["steel", "rare-earths"], []).minerals}
    assert outcomes["steel"].days_low == math.inf
    assert outcomes["rare-earths"].days_low is None


@pytest.mark.parametrize(
    "plan",
    [
        {"actions": []},
        {"actions": [{"action": "explode"}]},
        {"actions": [{"action": "restrict", "supplier": "china", "percent": 101}]},
        {"actions": [{"action": "stock", "mineral": "steel", "days": -1}]},
        {"actions": [{"action": "stock", "mineral": "steel", "days": 1, "kind": "x"}]},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scenario.model_validate(plan)


def test_centrality_agrees_with_igraph() -> None:
    other = igraph.Graph.from_networkx(CAR)
    views = {name: dict(scores) for name, scores in chokepoints.centrality(CAR).items()}
    size = len(CAR)
    for vertex, rank, between in zip(other.vs["_nx_name"], other.pagerank(), other.betweenness(), strict=True):
        assert views["pagerank"][vertex] == pytest.approx(rank, abs=1e-4)
        assert views["betweenness"][vertex] == pytest.approx(between / ((size - 1) * (size - 2)), abs=1e-9)


@st.composite
def graphs(draw: st.DrawFn) -> nx.DiGraph[str]:
    """Random layered dependence graphs with shares that sum to no more than 1."""
    size = draw(st.integers(4, 14))
    net: nx.DiGraph[str] = nx.DiGraph()
    net.add_nodes_from(map(str, range(size)))
    for node in range(size - 1):
        others = draw(st.lists(st.integers(node + 1, size - 1), min_size=1, max_size=4, unique=True))
        if draw(st.booleans()):
            left = 1.0
            for other in others:
                low = draw(st.floats(0, left))
                left -= low
                net.add_edge(str(node), str(other), supply=True, group=False, low=low, high=draw(st.floats(low, 1)))
        else:
            net.add_edges_from((str(node), str(other), {"supply": False, "group": False, "low": 1.0, "high": 1.0}) for other in others)
    return net


@settings(deadline=None, derandomize=True, max_examples=150)
@given(graphs(), st.data())
def test_shares_stay_within_one_and_bounds_in_order(net: nx.DiGraph[str], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(sorted(net)))
    for found in exposure.reach(net, target).values():
        assert 0 <= found.low <= found.high + 1e-9 <= 1 + 2e-9


@settings(deadline=None, derandomize=True, max_examples=150)
@given(graphs(), st.data())
def test_losing_more_never_loses_less(net: nx.DiGraph[str], data: st.DataObject) -> None:
    first, second = (data.draw(st.sampled_from(sorted(net))) for _ in range(2))
    part = data.draw(st.floats(0, 1))
    some, all_of_it = exposure.loss(net, {first: part}), exposure.loss(net, {first: 1.0})
    both = exposure.loss(net, {first: 1.0, second: 1.0})
    for node in some:
        assert some[node][0] <= all_of_it[node][0] + 1e-9 <= both[node][0] + 2e-9
    assert chokepoints.failing(net, [first]) <= chokepoints.failing(net, [first, second])


@settings(deadline=None, derandomize=True, max_examples=100)
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_the_edges_does_not_matter(net: nx.DiGraph[str], random: Any) -> None:
    edges = list(net.edges(data=True))
    random.shuffle(edges)
    other: nx.DiGraph[str] = nx.DiGraph(edges)
    target = str(len(net) - 1)
    if target in other:
        here, there = exposure.reach(net, target), exposure.reach(other, target)
        assert {n: (round(r.low, 9), round(r.high, 9), r.via) for n, r in here.items()} == {
            n: (round(r.low, 9), round(r.high, 9), r.via) for n, r in there.items()
        }
        assert chokepoints.singles(net, ["0"]) == chokepoints.singles(other, ["0"])


@settings(deadline=None, derandomize=True, max_examples=100)
@given(graphs())
def test_losing_a_smallest_set_fails_the_input_and_no_smaller_one_is_known_to_igraph(net: nx.DiGraph[str]) -> None:
    for cut in chokepoints.smallest_cuts(net, "0"):
        assert {cut.input, "0"} <= chokepoints.failing(net, cut.nodes) | set(cut.nodes)
        assert len(cut.nodes) == _igraph_cut(net, cut.input)


def _igraph_cut(net: nx.DiGraph[str], item: str) -> int:
    """The same minimum vertex cut by igraph's maximum flow over split nodes."""
    suppliers = {other for other, data in net[item].items() if data["supply"]}
    side = suppliers.union(*(nx.descendants(net, other) for other in suppliers)) - {item}
    edges, capacity = [], []
    for node in side:
        edges.append((f"{node}<", f"{node}>"))
        capacity.append(1)
        ways = [other for other in net[node] if other in side]
        for other in ways:
            edges.append((f"{node}>", f"{other}<"))
            capacity.append(len(net))
        if not ways:
            edges.append((f"{node}>", "sink"))
            capacity.append(len(net))
    for other in suppliers:
        edges.append(("source", f"{other}<"))
        capacity.append(len(net))
    names = sorted({name for edge in edges for name in edge})
    graph = igraph.Graph([(names.index(a), names.index(b)) for a, b in edges], directed=True)
    return int(graph.maxflow_value(names.index("source"), names.index("sink"), capacity))


@settings(deadline=None, derandomize=True, max_examples=100)
@given(graphs(), st.data())
def test_removing_a_node_that_every_way_passes_disconnects(net: nx.DiGraph[str], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(sorted(net)))
    passed = chokepoints.on_every_way(net, "0", target)
    for node in sorted(set(net) - {"0", target}):
        without = net.subgraph(set(net) - {node})
        cut = nx.has_path(net, "0", target) and not nx.has_path(without, "0", target)
        assert (node in passed) is cut
