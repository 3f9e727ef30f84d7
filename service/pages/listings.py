"""Lists of the things of a kind, with a search within."""

from __future__ import annotations

from fastapi.responses import Response

from kg.views import lookup

from ..deps import PLURALS, Limit, Offset
from .page import Page, ThePage, router
from .tables import Cell, Table
from .thing_sections import plural

pages = router()


def listed(page: Page, name: str, kinds: tuple[str, ...], q: str, limit: int, offset: int) -> Response:
    """The things at ``/name``, by label, or those whose names match ``q``, best first."""
    page.check("q", "limit", "offset")
    found = lookup.search(page.graph, q[:200], page.lang, kinds) if q.strip() else lookup.things(page.graph, *kinds, lang=page.lang)
    shown = found[offset : offset + limit]
    facts = _documents(page) if name == "documents" else {}
    columns = [("label", page.say("Name", "名称")), ("other", page.say("In Japanese", "英語名"))]
    columns += [("kind", page.say("Kind", "種類"))] if len(kinds) > 1 else []
    columns += [("issuer", page.say("Issued by", "発行者")), ("date", page.say("Date of issue", "発行日"))] if facts else []
    rows = [
        {"label": page.thing(item["iri"]), "other": Cell(item["other_label"]), "kind": Cell(page.kind(item["iri"]))}
        | (facts.get(item["iri"]) or dict.fromkeys(("issuer", "date"), page.no_data()) if facts else {})
        for item in shown
    ]
    table = Table(name, plural(page, name), columns, rows, page.query("documents", lang=page.lang) if facts else "")
    turns = [
        (page.say("back", "前へ"), page.here(offset=max(0, offset - limit), limit=limit) if offset else ""),
        (page.say("on", "次へ"), page.here(offset=offset + limit, limit=limit) if offset + limit < len(found) else ""),
    ]
    return page.answer("listing.html", table.title, [table], table=table, q=q, total=len(found), turns=[turn for turn in turns if turn[1]])


def _documents(page: Page) -> dict[str, dict[str, Cell]]:
    """Issuer and date of each document."""
    return {
        str(row["cited"]): {
            "issuer": Cell(str(row["issuerLabel"])) if row["issuerLabel"] else page.no_data(),
            "date": Cell(str(row["date"])) if row["date"] else page.no_data(),
        }
        for row in page.graph.ask("documents", lang=page.lang)
    }


def _add(name: str, kinds: tuple[str, ...]) -> None:
    def listing(page: ThePage, q: str = "", limit: Limit = 1000, offset: Offset = 0) -> Response:
        return listed(page, name, kinds, q, limit, offset)

    pages.add_api_route(f"/{name}", listing)


for _name, _kinds in PLURALS.items():
    _add(_name, _kinds)
