"""Pages of what followed what: /chains, an event along stated links; /episodes, two periods step by step beside each other.

Knows how an answer is shown; claims no cause that no document states.
"""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import Response

from kg.graph.graph import read_day
from kg.namespaces import DOC
from kg.network import cause_chains, episodes

from ..http.concurrency import WHOLE
from .analysis import choice, text
from .forms import Field, lists, slugs
from .page import Page, ThePage, router
from .tables import Cell, Table, number

pages = router(place=WHOLE)
LINKS = {
    "leads-to": ("leads to", "をもたらす"),
    "is-followed-by": ("is followed by", "の後に起きる"),
    "is-set-beside": ("is set beside", "と並べて述べられる"),
}


@pages.get("/chains")
def chain(page: ThePage) -> Response:
    """From an event along stated links to its effects. Raises UnknownName, BadParameter."""
    page.check("start", "end", "causes_only")
    start, end = text(page, "start"), text(page, "end")
    only = choice(page, "causes_only", ("false", "true"), "false")
    names = slugs(page.graph, cause_chains.KINDS, page.lang)
    kinds = (
        ("false", page.say("causes, sequence, side by side", "因果・前後・並置")),
        ("true", page.say("stated causes only", "明示された因果のみ")),
    )
    form = [
        Field("start", page.say("From an event, condition or measure", "起点（出来事・状況・措置）"), "names", start, names, list="events"),
        Field("end", page.say("To (empty: everything)", "終点（空欄：すべて）"), "names", end, names, list="events"),
        Field("causes_only", page.say("Links", "結びつき"), "choice", only, kinds),
    ]
    title = page.say("What led to what", "何が何をもたらしたか")
    values: dict[str, Any] = {"form": form, "lists": lists(form), "found": None}
    if not start:
        return page.answer("chains.html", title, **values)
    found = cause_chains.chain(page.graph, start, end or None, causes_only=only == "true", lang=page.lang)
    links = [_link(page, link) for link in found["links"]]
    unanswered = [page.thing(node["iri"]) for node in found["unanswered"]]
    formats = [("JSON", _call("/chains", {"lang": page.lang, "start": start, "end": end, "causes_only": only}))]
    values |= {"found": found, "chain": links, "unanswered": unanswered, "formats": formats}
    return page.answer("chains.html", title, [_link_table(page, links)], **values)


def _link(page: Page, link: dict[str, Any]) -> dict[str, Any]:
    """A link of a chain as the page shows it, with its sources marked."""
    return {
        "earlier": page.thing(link["earlier"]["iri"]),
        "link": page.say(*LINKS[link["link"]]),
        "later": page.thing(link["later"]["iri"]),
        "says": link["says"],
        "certainty": page.code("certainty", link["certainty"]),
        "sources": page.sources.mark(link["document"], link["place"]),
        "answers": [page.thing(a["response"]["iri"], sources=page.sources.mark(a["document"], a["place"])) for a in link["answers"]],
    }


def _link_table(page: Page, links: list[dict[str, Any]]) -> Table:
    columns = [
        ("earlier", page.say("First", "先")),
        ("link", page.say("Link", "結びつき")),
        ("later", page.say("Then", "後")),
        ("says", page.say("What is said", "内容")),
        ("certainty", page.say("Certainty", "確度")),
        ("answers", page.say("Answered by", "対策")),
    ]
    comma = page.say(", ", "、")
    rows = [
        {name: link[name] for name in ("earlier", "later")}
        | {"link": Cell(link["link"]), "says": Cell(link["says"], sources=link["sources"]), "certainty": Cell(link["certainty"])}
        | {"answers": Cell(comma.join(cell.text for cell in link["answers"])) if link["answers"] else page.none()}
        for link in links
    ]
    return Table("links", page.say("Links", "結びつき"), columns, rows)


@pages.get("/episodes")
def two(page: ThePage) -> Response:
    """Two periods side by side. Raises UnknownName, BadParameter."""
    names = {"supplier": "china", "importer": "japan", "mineral": "rare-earths"}
    (a, b), (c, d) = episodes.PERIODS
    days = {"since": a, "until": b, "since2": c, "until2": d}
    page.check(*names, *days)
    named = {name: text(page, name) or default for name, default in names.items()}
    given = {name: read_day(name, text(page, name)) if text(page, name) else day for name, day in days.items()}
    periods = ((given["since"], given["until"]), (given["since2"], given["until2"]))
    found = episodes.episodes(page.graph, **named, periods=periods, lang=page.lang)
    form = _form(page, named, given)
    sides = [_side(page, episode) for episode in found["episodes"]]
    length = max(len(side["steps"]) for side in sides)
    pairs = [[side["steps"][at] if at < len(side["steps"]) else None for side in sides] for at in range(length)]
    title = page.say("Two episodes side by side", "二つの時期を並べる")
    values: dict[str, Any] = {
        "form": form,
        "lists": lists(form),
        "found": found,
        "sides": sides,
        "pairs": pairs,
        "formats": [("JSON", _call("/episodes", {"lang": page.lang, **named, **given}))],
    }
    return page.answer("episodes.html", title, [_steps(page, found), _shares(page, found)], **values)


def _call(path: str, params: dict[str, Any]) -> str:
    """The address of the call with what is given of these; it takes no day."""
    return f"{path}?{urlencode({**{name: value for name, value in params.items() if value}, 'format': 'json'})}"


def _form(page: Page, named: dict[str, str], given: dict[str, datetime.date]) -> list[Field]:
    countries, minerals = slugs(page.graph, ("country",), page.lang), slugs(page.graph, ("mineral",), page.lang)
    told = {
        "since": ("First period from", "第一期の始め"),
        "until": ("to", "第一期の終わり"),
        "since2": ("Second period from", "第二期の始め"),
        "until2": ("to", "第二期の終わり"),
    }
    return [
        Field("supplier", page.say("Supplier", "供給国"), "names", named["supplier"], countries, list="countries"),
        Field("importer", page.say("Importer", "輸入国"), "names", named["importer"], countries, list="countries"),
        Field("mineral", page.say("Mineral", "鉱種"), "names", named["mineral"], minerals, list="minerals"),
        *(Field(name, page.say(*told[name]), "date", day.isoformat()) for name, day in given.items()),
    ]


def _side(page: Page, episode: dict[str, Any]) -> dict[str, Any]:
    """A period: its instruments and answers in the order of their days, each with the months since the first instrument."""
    first = episode["first_instrument"]
    entries = [(entry, "restrict") for entry in episode["instruments"]] + [(entry, "support") for entry in episode["answers"]]
    entries.sort(key=lambda pair: str(pair[0]["day"] or "9999"))
    steps = [
        {
            "thing": page.thing(entry["of"]["iri"] if entry["step"] else entry["thing"]["iri"]),
            "step": entry["step"] or "",
            "day": str(entry["day"] or "") or page.say("no day stated", "日付の記載なし"),
            "months": _months(page, first, entry["day"]),
            "tone": tone,
            "certainty": page.code("certainty", entry["certainty"]),
            "sources": page.sources.mark(entry["document"], entry["place"]),
        }
        for entry, tone in entries
    ]
    minerals = [page.thing(node["iri"]) for node in episode["minerals"]]
    return {"since": episode["since"], "until": episode["until"], "steps": steps, "minerals": minerals}


def _months(page: Page, first: datetime.date | None, day: object) -> str:
    if first is None or not day:
        return ""
    months = episodes.months(first, read_day("day", str(day)))
    return page.say(f"month {months:+d}", f"{months:+d}か月")


def _steps(page: Page, found: dict[str, Any]) -> Table:
    columns = [
        ("period", page.say("Period", "時期")),
        ("day", page.say("Day", "日")),
        ("months", page.say("Months since the first instrument", "最初の措置からの月数")),
        ("side", page.say("Whose", "誰の")),
        ("of", page.say("What", "対象")),
        ("step", page.say("Step", "経過")),
    ]
    rows = []
    for at, episode in enumerate(found["episodes"], 1):
        sides = (("supplier", episode["instruments"]), ("importer", episode["answers"]))
        for side, entries in sides:
            for entry in entries:
                months = entry.get("months")
                sources = page.sources.mark(entry["document"], entry["place"])
                rows.append(
                    {
                        "period": Cell(str(at), at),
                        "day": Cell(str(entry["day"])) if entry["day"] else page.no_data(),
                        "months": Cell("" if months is None else str(months), months),
                        "side": Cell(found[side]["label"]),
                        "of": page.thing(entry["of"]["iri"], sources=sources),
                        "step": Cell(entry["step"] or ""),
                    }
                )
    return Table("steps", page.say("Instruments and answers", "措置と対応"), columns, rows)


def _shares(page: Page, found: dict[str, Any]) -> Table:
    who = found["supplier"]["label"]
    columns = [
        ("period", page.say("Period", "時期")),
        ("year", page.say("Year", "年")),
        ("percent", page.say(f"{who}'s share of purchases, %", f"{who}の購入割合（%）")),
    ]
    rows = [
        {
            "period": Cell(str(at), at),
            "year": Cell(str(share["year"]), share["year"]),
            "percent": Cell(number(share["percent"], 4), round(share["percent"], 4), sources=page.sources.mark(DOC + share["document"])),
        }
        for at, episode in enumerate(found["episodes"], 1)
        for share in episode["shares"]
    ]
    return Table("shares", page.say("Shares of purchases by value", "購入額の割合"), columns, rows)
