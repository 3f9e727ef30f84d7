"""Pages of the analysis: /paths, /exposure, /chokepoints, each a form and its drawn answer.

Knows how an answer is shown; computes nothing.
"""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from kg import BadParameter
from kg.errors import shown
from kg.namespaces import BASE
from kg.network import analysis, paths

from ..http.concurrency import WHOLE
from ..http.negotiation import check_choice
from .forms import ANY, Field, lists, slugs
from .page import Page, ThePage, router
from .tables import Cell, Table, number

pages = router(place=WHOLE)
PATHS_MOST = 20
BY = ("trade", "stated")


@pages.get("/paths")
def between(page: ThePage) -> Response:
    """How one thing depends on another, drawn as chains. Raises UnknownName, BadParameter."""
    page.check("source", "target", "order", "length", "most", "relation", lists=("relation",))
    source, target = text(page, "source"), text(page, "target")
    order, length = choice(page, "order", paths.ORDERS, "shortest"), whole_number(page, "length", 6, 1, paths.MAX_LENGTH)
    names = slugs(page.graph, ANY, page.lang)
    orders = (("shortest", page.say("fewest steps", "段階の少ない順")), ("strongest", page.say("largest share", "割合の大きい順")))
    form = [
        Field(
            "source",
            page.say("What depends (a product, a mineral …)", "依存するもの（製品・鉱種など）"),
            "names",
            source,
            names,
            list="things",
        ),
        Field("target", page.say("On what (a country, a measure …)", "依存先（国・措置など）"), "names", target, names, list="things"),
        Field("order", page.say("Order", "順序"), "choice", order, orders),
        Field("length", page.say("Most steps", "最大段階数"), "number", str(length), low=1, high=paths.MAX_LENGTH),
    ]
    title = page.say("How one thing depends on another", "何が何に、どう依存するか")
    values: dict[str, Any] = {"form": form, "lists": lists(form), "found": None, "chains": [], "passes": []}
    if not (source and target):
        return page.answer("paths.html", title, **values)
    relations = page.request.query_params.getlist("relation")
    found = paths.between(
        page.graph, source, target, as_of=page.day, length=length, lang=page.lang, most=PATHS_MOST, order=order, relations=relations
    )
    values |= {
        "found": found,
        "chains": [[step(page, one) for one in path] for path in found.paths],
        "passes": [page.thing(iri) for iri in found.passes],
        "formats": [("JSON", page.here(format="json", as_of=page.day))],
    }
    return page.answer("paths.html", title, [_steps(page, found)], **values)


def step(page: Page, one: paths.Step) -> dict[str, Any]:
    """A step of a path as a chain draws it: two ends, and between them relation, share, certainty, source."""
    return {
        "source": page.thing(one.source),
        "target": page.thing(one.target),
        "relation": relation(page, one.relation),
        "forward": one.forward,
        "share": "" if one.share is None else f"{number(one.share, 3)} %",
        "certainty": page.code("certainty", one.certainty) if one.certainty else origin(page, one.origin),
        "sources": page.sources.mark(one.document, one.place) if one.origin != "inferred" else (),
        "statement": page.of(one.statement) if one.statement.startswith(BASE) else "",
    }


def relation(page: Page, name: str) -> str:
    """The label of a property."""
    return page.graph.label(f"{BASE}ontology#{name}", page.lang)


def origin(page: Page, name: str) -> str:
    """Where a step comes from."""
    told = {
        "stated": ("stated", "記載"),
        "computed": ("computed", "計算"),
        "inferred": ("inferred", "推論"),
        "reference": ("reference data", "基礎データ"),
    }
    return page.say(*told[name])


def _steps(page: Page, found: paths.Paths) -> Table:
    columns = [
        ("path", page.say("Path", "経路")),
        ("source", page.say("From", "依存するもの")),
        ("relation", page.say("Relation", "関係")),
        ("target", page.say("To", "依存先")),
        ("share", page.say("Share, %", "割合（%）")),
        ("certainty", page.say("Certainty", "確度")),
        ("place", page.say("Place", "箇所")),
    ]
    rows = []
    for at, path in enumerate(found.paths, 1):
        for one in path:
            told = step(page, one)
            share = Cell(told["share"], one.share) if one.share is not None else Cell()
            rows.append(
                {
                    "path": Cell(str(at), at),
                    "source": told["source"],
                    "relation": Cell(told["relation"]),
                    "target": told["target"],
                    "share": share,
                    "certainty": Cell(told["certainty"]),
                    "place": Cell(one.place or "", sources=told["sources"]),
                }
            )
    return Table("steps", page.say("Steps", "段階"), columns, rows)


@pages.get("/exposure")
def exposure(page: ThePage) -> Response:
    """What hangs on a thing, with the share that reaches it. Raises UnknownName, BadParameter."""
    page.check("thing", "by", "most")
    thing, by = text(page, "thing"), choice(page, "by", BY, "trade")
    names = slugs(page.graph, analysis.KINDS, page.lang)
    form = [
        Field(
            "thing",
            page.say("A country, mineral, project or measure", "国・鉱種・プロジェクト・措置"),
            "names",
            thing,
            names,
            list="things",
        ),
        by_field(page, by),
    ]
    title = page.say("What depends on it", "何がそれに依存するか")
    values: dict[str, Any] = {"form": form, "lists": lists(form), "found": None, "bars": []}
    if not thing:
        return page.answer("exposure.html", title, **values)
    found = analysis.exposure(page.graph, thing, as_of=page.day, by=by, lang=page.lang, most=100)
    formats = [("JSON", page.here(format="json", as_of=page.day))]
    label = found["thing"]["label"]
    title = page.say(f"What depends on {label}", f"{label}に依存するもの")
    return page.answer("exposure.html", title, [_exposed(page, found)], **values | {"found": found, "formats": formats})


def _exposed(page: Page, found: dict[str, Any]) -> Table:
    columns = [
        ("thing", page.say("What", "依存するもの")),
        ("low", page.say("Share, at least, %", "割合の下限（%）")),
        ("high", page.say("Share, at most, %", "割合の上限（%）")),
        ("distance", page.say("Steps", "段階")),
        ("way", page.say("Way", "経路")),
    ]
    rows = []
    for entry in found["exposed"]:
        names = [node["label"] for node in ({"label": step["target_label"]} for step in entry["steps"])]
        documents = {said["document"] for one in entry["steps"] for said in one["statements"][:1] if said["origin"] != "inferred"}
        rows.append(
            {"thing": page.thing(entry["thing"]["iri"], sources=page.sources.marks(sorted(documents)))}
            | dict(zip(("low", "high"), share_cells(page, entry), strict=True))
            | {"distance": Cell(str(entry["distance"]), entry["distance"]), "way": Cell(" → ".join(names))}
        )
    return Table("exposed", page.say("What depends on it", "依存するもの"), columns, rows)


def share_cells(page: Page, share: dict[str, Any]) -> tuple[Cell, Cell]:
    """Bounds of a share; where nothing is stated, no data twice."""
    if share["share"] == "unknown":
        return page.no_data(), page.no_data()
    return Cell(number(share["low"], 4), share["low"]), Cell(number(share["high"], 4), share["high"])


@pages.get("/chokepoints")
def chokepoints(page: ThePage) -> Response:
    """What cuts products off. Raises UnknownName, BadParameter."""
    page.check("product", "by", lists=("product",))
    wanted = [name for name in page.request.query_params.getlist("product") if name]
    by = choice(page, "by", BY, "stated")
    names = slugs(page.graph, (*analysis.PRODUCTS, "material", "mineral"), page.lang)
    label = page.say("Product", "製品")
    form = [
        Field("product", f"{label} {at + 1}", "names", value, names, list="products")
        for at, value in enumerate([*wanted[:5], *[""] * max(1, 3 - len(wanted))])
    ]
    title = page.say("What cuts products off", "何が欠ければ作れなくなるか")
    values: dict[str, Any] = {"form": [*form, by_field(page, by)], "lists": lists(form), "found": None}
    if not wanted:
        return page.answer("chokepoints.html", title, **values)
    found = analysis.chokepoints(page.graph, wanted, as_of=page.day, by=by, lang=page.lang)
    formats = [("JSON", page.to("/chokepoints", product=wanted, by=by, as_of=page.day, format="json"))]
    tables = [_singles(page, found), _sets(page, found), _reach(page, found)]
    return page.answer("chokepoints.html", title, tables, **values | {"found": found, "formats": formats})


def _names(page: Page, nodes: list[dict[str, str]]) -> Cell:
    return Cell(page.say(", ", "、").join(node["label"] for node in nodes))


def _singles(page: Page, found: dict[str, Any]) -> Table:
    columns = [
        ("thing", page.say("Lost alone", "単独で欠けるもの")),
        ("products", page.say("Products that fail", "作れなくなる製品")),
        ("inputs", page.say("Inputs that fail with it", "ともに欠ける投入物")),
    ]
    rows = [
        {
            "thing": page.thing(entry["thing"]["iri"]),
            "products": _names(page, entry["products"]),
            "inputs": _names(page, entry["inputs"]),
        }
        for entry in found["single"]
    ]
    return Table("single", page.say("Single points of failure", "単一の弱点"), columns, rows)


def _sets(page: Page, found: dict[str, Any]) -> Table:
    columns = [
        ("product", page.say("Product", "製品")),
        ("input", page.say("Needed input", "必要な投入物")),
        ("suppliers", page.say("Smallest set of suppliers", "最小の供給者の組")),
    ]
    rows = [
        {
            "product": page.thing(entry["product"]["iri"]),
            "input": page.thing(entry["input"]["iri"]),
            "suppliers": _names(page, entry["suppliers"]),
        }
        for entry in found["smallest_sets"]
    ]
    return Table("sets", page.say("Suppliers whose loss leaves an input without any", "欠ければ投入物が途絶える供給者"), columns, rows)


def _reach(page: Page, found: dict[str, Any]) -> Table:
    columns = [
        ("measure", page.say("Measure", "措置")),
        ("products", page.say("Products that need what it touches", "対象を必要とする製品")),
        ("minerals", page.say("Minerals", "鉱種")),
    ]
    rows = [
        {
            "measure": page.thing(entry["thing"]["iri"]),
            "products": _names(page, entry["products"]),
            "minerals": _names(page, entry["minerals"]),
        }
        for entry in found["measures"]
    ]
    title = page.say(f"Measures on {page.day} that touch them", f"{page.day} に対象を規制する措置")
    return Table("measures", title, columns, rows)


def by_field(page: Page, value: str) -> Field:
    """What suppliers' shares rest on."""
    options = (("trade", page.say("Japan's imports by value", "日本の輸入額")), ("stated", page.say("what documents state", "文書の記述")))
    return Field("by", page.say("Shares from", "割合の根拠"), "choice", value, options)


def text(page: Page, name: str) -> str:
    """A parameter as it is given, else empty."""
    return page.request.query_params.get(name, "").strip()


def choice(page: Page, name: str, choices: tuple[str, ...], default: str) -> str:
    """One of several. Raises BadParameter."""
    value = text(page, name) or default
    check_choice(name, value, choices)
    return value


def whole_number(page: Page, name: str, default: int, low: int, high: int) -> int:
    """A whole number in bounds. Raises BadParameter."""
    given = text(page, name)
    if given and not (given.isascii() and given.isdigit() and len(given) < 10 and low <= int(given) <= high):
        raise BadParameter(f"{name} is “{shown(given)}”.", f"It must be a whole number from {low} to {high}.", parameter=name)
    return int(given or default)
