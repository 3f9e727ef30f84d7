"""The what-if page: up to five actions chosen in a form, what each mineral and product loses, and the same scenario for the call.

Knows how an answer is shown; computes nothing.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi.responses import Response
from pydantic import ValidationError

from kg import BadParameter
from kg.errors import shown
from kg.network import analysis
from kg.network.scenario import Scenario

from ..http.concurrency import WHOLE
from .analysis import BY, by_field, choice, share_cells
from .forms import Field, lists, slugs
from .page import Page, ThePage, router
from .tables import Cell, Table, number

alone = router(beside_calls=False, place=WHOLE)
MOST = 5
ACTIONS = ("supplier", "measure", "open", "recycle", "stock")
LISTS = ("action", "who", "mineral", "amount")


@alone.get("/scenarios")
def scenarios(page: ThePage) -> Response:
    """The form, and where it has actions what they do. Raises UnknownName, BadParameter."""
    page.check("by", *LISTS, lists=LISTS)
    by, given = choice(page, "by", BY, "trade"), _given(page)
    rows = [_fields(page, at, given[at] if at < len(given) else ("", "", "", "")) for at in range(min(MOST, len(given) + 1))]
    every = [field for row in rows for field in row]
    title = page.say("What if", "もし…なら")
    values: dict[str, Any] = {"rows": rows, "lists": lists(every), "by": by_field(page, by), "found": None, "bars": []}
    if not given:
        return page.answer("scenarios.html", title, **values)
    actions = [_action(at, *row) for at, row in enumerate(given, 1)]
    try:
        plan = Scenario.model_validate({"actions": actions})
    except ValidationError as error:
        first = error.errors()[0]
        at = int(first["loc"][1]) + 1 if len(first["loc"]) > 1 else 1
        raise BadParameter(f"Action {at}: {first['msg']}.", "Percent is from 0 to 100; days from 0.", parameter="amount") from None
    found = analysis.scenario(page.graph, plan, as_of=page.day, by=by, lang=page.lang)
    values |= {
        "found": found,
        "body": json.dumps({"actions": actions}, ensure_ascii=False, indent=2),
        "call": f"/scenarios?lang={page.lang}&as_of={page.day}&by={by}",
    }
    tables = [_outcomes(page, found, "minerals"), _outcomes(page, found, "products")]
    return page.answer("scenarios.html", title, tables, **values)


def _given(page: Page) -> list[tuple[str, str, str, str]]:
    """Actions with something in their fields. Raises BadParameter."""
    held = [page.request.query_params.getlist(name) for name in LISTS]
    if len({len(values) for values in held}) > 1:
        raise BadParameter("The actions are not whole.", f"Give {', '.join(LISTS)} once for each action, empty where not needed.")
    if len(held[0]) > MOST:
        raise BadParameter(f"{len(held[0])} actions are given.", f"The page takes {MOST}; POST takes 50.", parameter="action")
    rows = [(a.strip(), b.strip(), c.strip(), d.strip()) for a, b, c, d in zip(*held, strict=True)]
    return [row for row in rows if any(row[1:])]


def _action(at: int, action: str, who: str, mineral: str, amount: str) -> dict[str, Any]:
    """An action as the call takes it. Raises BadParameter."""
    if action not in ACTIONS:
        raise BadParameter(f"Action {at} is “{shown(action)}”.", f"It must be one of {', '.join(ACTIONS)}.", parameter="action")
    try:
        size = float(amount or (100 if action in ("supplier", "measure") else ""))
    except ValueError:
        raise BadParameter(f"The amount of action {at} is “{shown(amount)}”.", "It must be a number.", parameter="amount") from None
    needs = {"supplier": ("who",), "measure": ("who",), "open": ("who", "mineral"), "recycle": ("mineral",), "stock": ("mineral",)}[action]
    for name, value in (("who", who), ("mineral", mineral)):
        if name in needs and not value:
            raise BadParameter(f"Action {at} does not say {name}.", f"{action} needs {' and '.join(needs)}.", parameter=name)
    if action == "supplier":
        return {"action": "restrict", "supplier": who, "percent": size, **({"minerals": [mineral]} if mineral else {})}
    if action == "measure":
        return {"action": "restrict", "measure": who, "percent": size}
    if action == "open":
        return {"action": "open", "source": who, "mineral": mineral, "percent": size}
    return {"action": action, "mineral": mineral, "days" if action == "stock" else "percent": size}


def _fields(page: Page, at: int, row: tuple[str, str, str, str]) -> list[Field]:
    action, who, mineral, amount = row
    options = (
        ("supplier", page.say("a supplier is lost", "供給者が失われる")),
        ("measure", page.say("a measure restricts", "措置が制限する")),
        ("open", page.say("a project or supplier opens", "新たな供給源")),
        ("recycle", page.say("recycling meets a part", "リサイクル")),
        ("stock", page.say("a stock is at hand", "備蓄")),
    )
    everyone = slugs(page.graph, ("country", "bloc", "project", "measure"), page.lang)
    minerals = slugs(page.graph, ("mineral",), page.lang)
    name = page.say("Supplier, project or measure", "供給者・プロジェクト・措置")
    return [
        Field("action", page.say("Action", "想定"), "choice", action or "supplier", options, id=f"action-{at}"),
        Field("who", name, "names", who, everyone, list="suppliers", id=f"who-{at}"),
        Field("mineral", page.say("Mineral", "鉱種"), "names", mineral, minerals, list="minerals", id=f"mineral-{at}"),
        Field("amount", page.say("Percent, or days", "％または日数"), "number", amount, low=0, id=f"amount-{at}", about="any"),
    ]


def _outcomes(page: Page, found: dict[str, Any], kind: str) -> Table:
    columns = [
        ("thing", page.say("Mineral", "鉱種") if kind == "minerals" else page.say("Product", "製品")),
        ("lost", page.say("Lost, at least, %", "喪失の下限（%）")),
        ("lost_high", page.say("Lost, at most, %", "喪失の上限（%）")),
        ("replaced", page.say("Replaced, %", "代替（%）")),
        ("missing", page.say("Missing, at least, %", "不足の下限（%）")),
        ("missing_high", page.say("Missing, at most, %", "不足の上限（%）")),
        ("days", page.say("Days the stock lasts", "備蓄の持つ日数")),
        *([("weakest", page.say("Weakest input", "最も弱い投入物"))] if kind == "products" else []),
    ]
    rows = []
    for entry in found[kind]:
        lost, missing = share_cells(page, entry["lost"]), share_cells(page, entry["missing"])
        rows.append(
            {
                "thing": page.thing(entry["thing"]["iri"]),
                "lost": lost[0],
                "lost_high": lost[1],
                "replaced": Cell(number(entry["replaced"], 4), entry["replaced"]),
                "missing": missing[0],
                "missing_high": missing[1],
                "days": _days(page, entry),
                "weakest": page.thing(entry["weakest_input"]["iri"]) if entry["weakest_input"] else Cell(),
            }
        )
    title = page.say("Minerals", "鉱種") if kind == "minerals" else page.say("Products", "製品")
    return Table(kind, title, columns, rows)


def _days(page: Page, entry: dict[str, Any]) -> Cell:
    low, high = entry["stock_days_low"], entry["stock_days_high"]
    if not entry["stock_known"]:
        return Cell(page.say("no stock given", "備蓄の指定なし"), absence="no-data")
    endless = page.say("without end", "尽きない")
    if low is None:
        return Cell(endless)
    upper = endless if high is None else number(high, 4)
    return Cell(number(low, 4) if low == high else f"{number(low, 4)} – {upper}", low)
