"""The list of measures with their lives, and one measure: its life, what it touches, its codes, what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from kg.graph.graph import read_day
from kg.views import lookup, states

from ..deps import Limit, Offset
from ..http.negotiation import check_choice
from .charts import Life, timeline
from .forms import Field, choice, every
from .lifelines import lives, step_lives, tone
from .page import Page, ThePage, router
from .tables import Cell, Table
from .thing_sections import Section, asked, plural, rows_table, step_columns

pages = router()
STATES = ("announced", "in-force", "in-force-unconfirmed", "suspended", "suspension-lapsed", "ended", "never-took-effect")


@pages.get("/measures")
def measures(
    page: ThePage,
    request: Request,
    mineral: str = "",
    country: str = "",
    type: str = "",
    state: str = "",
    in_force_on: str = "",
    known_by: str = "",
    limit: Limit = 1000,
    offset: Offset = 0,
) -> Response:
    """Measures that fit the form, with their state on the day; ``in_force_on`` leads to the same page as of that day.

    ``known_by`` leaves out what documents issued later tell.
    """
    page.check("mineral", "country", "type", "state", "in_force_on", "known_by", "limit", "offset")
    given = {"mineral": mineral or None, "country": country or None, "type": type or None}
    known = read_day("known_by", known_by) if known_by else None
    if in_force_on:
        return RedirectResponse(page.to("/measures", **given, as_of=in_force_on, known_by=known_by or None, state="in-force"), 303)
    if state:
        check_choice("state", state, STATES)
    found = lookup.measures(
        page.graph, page.lang, as_of=page.day, known_by=known, mineral=mineral or None, country=country or None, type=type or None
    )
    wanted = states.LISTED if state == "in-force" else (state,)  # as the calls have it: what is not certain is listed and told apart
    chosen = [entry for entry in found if entry["state"] in wanted or not state]
    found = chosen[offset : offset + limit]
    table = measures_table(page, found, page.query("measure-states", as_of=page.day, known_by=known, lang=page.lang, **given))
    life = lives(page, found)
    table = replace(table, about=_counts(page, chosen, mineral, country))
    values: dict[str, Any] = {"fields": [*_fields(page, mineral, country, type, state), _known_by(page, known_by)]}
    values["sections"] = [Section(table, timeline(life, page.day) if life else None)]
    return page.answer("measures.html", plural(page, "measures"), [table], **values)


def _counts(page: Page, entries: list[dict[str, Any]], mineral: str, country: str) -> str:
    """How many acts are in force, how many no late document confirms, and how new the newest document is."""
    acts = states.counted(entries)
    names = [page.graph.resolve(name, kinds) for name, kinds in ((mineral, ["mineral"]), (country, ["country", "organisation"])) if name]
    newest = states.horizon(page.graph, *names) or "?"
    sure, unsure = acts["acts_in_force"], acts["acts_unconfirmed"]
    return page.say(
        f"Acts in force on {page.day}: {sure}; in force when last heard of, no later word: {unsure}. "
        f"The newest document on these measures is of {newest}.",
        f"{page.day} に有効な法令：{sure}件、最後に知られた時点で有効（以後不明）：{unsure}件。これらの措置を述べる最新の文書は{newest}。",
    )


def _known_by(page: Page, given: str) -> Field:
    label = page.say("Known by (documents issued later are left out)", "この日までに知り得たこと（以後に発行された文書を除く）")
    return Field("known_by", label, "date", given)


def _fields(page: Page, mineral: str, country: str, type: str, state: str) -> list[Field]:
    all_of = lookup.measures(page.graph, page.lang)
    touched = {str(row["mineral"]) for row in page.graph.part("touched")}
    imposers = {str(entry["imposed_by"]) for entry in all_of}
    types = sorted({(str(entry["type"]), str(entry["type_label"])) for entry in all_of}, key=lambda pair: pair[1])
    named = [(code, page.code("state", code)) for code in STATES]
    first = every(page.lang)
    return [
        choice(page.graph, "mineral", page.say("Mineral", "鉱種"), touched, mineral, page.lang),
        choice(page.graph, "country", page.say("Imposed by", "実施主体"), imposers, country, page.lang),
        Field("type", page.say("Type", "種類"), "choice", type, (first, *types)),
        Field("state", page.say("State on the day", "基準日の状態"), "choice", state, (first, *named)),
    ]


def measures_table(page: Page, entries: list[dict[str, Any]], query: str = "", name: str = "measures") -> Table:
    """Measures (entries of a day) with who imposes them, type, state and days."""
    columns = [
        ("measure", page.say("Measure", "措置")),
        ("by", page.say("Imposed by", "実施主体")),
        ("type", page.say("Type", "種類")),
        ("targets", page.say("Aimed at", "名宛")),
        ("state", page.say(f"State on {page.day}", f"{page.day} の状態")),
        ("since", page.say("Since", "始期")),
        ("last", page.say("Until", "終期")),
        ("confirmed", page.say("Last confirmed", "最終確認")),
        ("announced", page.say("Announced", "公表")),
        ("effective", page.say("In effect from", "発効")),
        ("until", page.say("Suspended until", "停止期限")),
        ("ended", page.say("Ended", "終了")),
    ]
    rows = [
        {
            "measure": page.thing(entry["iri"], sources=page.sources.mark(entry["document"], entry["place"])),
            "by": page.thing(entry["imposed_by"], label=entry["imposed_by_label"]),
            "type": Cell(entry["type_label"], entry["type"]),
            "state": Cell(entry["state_label"] or "", sources=page.sources.mark(entry["state_document"])),
            "targets": Cell(entry["targets"] or ""),
            "since": Cell(entry["since"] or ""),
            "last": Cell(entry["until"] or ""),
            "confirmed": Cell(str(entry["last_confirmed"] or "")),
            "announced": Cell(str(entry["announced"])) if entry["announced"] else page.no_data(),
            "effective": Cell(str(entry["effective"])) if entry["effective"] else page.no_data(),
            "until": Cell(str(entry["suspended_until"] or "")),
            "ended": Cell(str(entry["ended"] or "")),
        }
        for entry in entries
    ]
    return Table(name, page.say("Measures", "措置"), columns, rows, query)


def sections(page: Page, iri: str) -> list[Section | None]:
    """One measure: its state on the day, its life, the minerals that it touches, its codes, what became of it in disputes."""
    about = state_of(page, iri)
    return [_state(page, about), _life(page, iri), _touched(page, iri), _codes(page, iri), _remedies(page, iri)]


def state_of(page: Page, iri: str) -> dict[str, Any] | None:
    """The measure's entry on the day, or None where nothing was known of it by then."""
    return next((entry for entry in lookup.measures(page.graph, page.lang, as_of=page.day) if entry["iri"] == iri), None)


def _state(page: Page, about: dict[str, Any] | None) -> Section:
    title = page.say(f"On {page.day}", f"{page.day} の状態")
    table = measures_table(page, [about] if about else [], page.query("measure-states", as_of=page.day, lang=page.lang), "state")
    return Section(Table(table.name, title, table.columns[1:], table.rows, table.query))


def _life(page: Page, iri: str) -> Section:
    rows = page.graph.ask("measure-life", measure=iri, lang=page.lang)
    whole = next((entry for entry in lookup.measures(page.graph, page.lang) if entry["iri"] == iri), None)
    life: list[Life] = []
    if whole:
        life = lives(page, [whole])
    steps = step_lives(page, rows)
    if whole:
        steps = [Life(step.label, step.href, step.spans, tone(whole)) for step in steps]
    query = page.query("measure-life", measure=iri, lang=page.lang)
    table = rows_table(page, "measure-life", page.say("Its life, step by step", "経過"), step_columns(page), rows, query)
    return Section(table, timeline([*life, *steps], page.day) if life or steps else None)


def _touched(page: Page, iri: str) -> Section | None:
    rows = [row for row in page.graph.part("touched") if row["measure"] == iri]
    columns = [("mineral", page.say("Mineral", "鉱種"))]
    about = page.say("What it names, and the minerals and groups that this comes to.", "措置が名指す鉱種と、その群・構成鉱種。")
    cells = sorted((page.thing(row["mineral"]) for row in rows), key=lambda cell: cell.text)
    table = Table("touched", page.say("Minerals that it touches", "及ぶ鉱種"), columns, [{"mineral": cell} for cell in cells], about=about)
    return Section(table, width="half") if rows else None


def _codes(page: Page, iri: str) -> Section | None:
    columns = [
        ("goods", page.say("Goods", "品目")),
        ("hs", page.say("HS code", "HSコード")),
        ("edition", page.say("Edition", "版")),
        ("national", page.say("National code", "国内税番")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    table = asked(page, "measure-codes", page.say("Goods by customs code", "対象品目と税番"), columns, measure=iri)
    return Section(table, width="half") if table.rows else None


def _remedies(page: Page, iri: str) -> Section | None:
    """What became of it in disputes about it."""
    disputes = {str(row["dispute"]) for row in page.graph.ask("disputes", lang=page.lang)}
    rows = [
        row
        for dispute in sorted(disputes)
        for row in page.graph.ask("dispute-remedies", dispute=dispute, lang=page.lang)
        if row["measure"] == iri
    ]
    told = [{**row, "disputeLabel": page.graph.label(str(row["dispute"]), page.lang)} for row in rows]
    columns = [
        ("dispute", page.say("Dispute", "紛争")),
        ("adopted", page.say("Ruling adopted", "裁定の採択")),
        ("ended", page.say("Measure ended", "措置の終了")),
        ("remedy", page.say("By or for", "終わらせたもの・代わるもの")),
    ]
    table = rows_table(page, "disputes", page.say("Disputes about it", "この措置をめぐる紛争"), columns, told)
    return Section(table, width="half") if rows else None
