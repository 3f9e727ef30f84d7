"""What the page of each kind of thing tells besides what all pages have: disputes, programmes, projects, products, lists, sources, events.

A kind that is not named here has none. Every function takes the page and the thing, and leaves out sections that have no rows where the
thing may well have none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.network import analysis
from kg.store.oxigraph import Row
from kg.views import lookup

from . import countries, measures, pillars
from .charts import timeline
from .lifelines import step_lives
from .page import Page
from .tables import Cell, Table
from .thing_sections import Section, asked, rows_table, step_columns

Sections = list[Section | None]


def _if_any(table: Table, width: str = "") -> Section | None:
    return Section(table, width=width) if table.rows else None


def dispute(page: Page, iri: str) -> Sections:
    """Parties and what it is about; its steps as lines and with the days between; what became of the measures at issue."""
    parties = [
        ("thing", page.say("Who or what", "当事者・対象")),
        ("roleLabel", page.say("Role", "役割")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    chain = [
        ("stepLabel", page.say("Step", "段階")),
        ("day", page.say("Day", "日付")),
        ("lastDay", page.say("Until", "期限")),
        ("daysSinceStart", page.say("Days since the start", "開始からの日数")),
        ("daysSincePrevious", page.say("Days since the step before", "前段階からの日数")),
        ("by", page.say("By", "主体")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    remedies = [
        ("measure", page.say("Measure at issue", "争われた措置")),
        ("adopted", page.say("Ruling adopted", "裁定の採択")),
        ("ended", page.say("Measure ended", "措置の終了")),
        ("daysAfterAdoption", page.say("Days after adoption", "採択からの日数")),
        ("daysBeforePeriodEnd", page.say("Days before the time ran out", "履行期限までの日数")),
        ("remedy", page.say("By or for", "終わらせたもの・代わるもの")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    steps = page.graph.ask("dispute-steps", dispute=iri, lang=page.lang)
    life = step_lives(page, steps)
    query = page.query("dispute-steps", dispute=iri, lang=page.lang)
    return [
        Section(
            asked(page, "dispute-parties", page.say("Parties, goods, measures at issue", "当事者・品目・対象措置"), parties, dispute=iri)
        ),
        Section(asked(page, "dispute-chain", page.say("Steps, with the days between", "経過と日数"), chain, dispute=iri)),
        Section(
            rows_table(
                page, "dispute-steps", page.say("Steps as documents tell them", "文書が述べる経過"), step_columns(page), steps, query
            ),
            timeline(life, page.day) if life else None,
        ),
        Section(asked(page, "dispute-remedies", page.say("What became of the measures", "争われた措置のその後"), remedies, dispute=iri)),
    ]


def steps(page: Page, iri: str) -> Section | None:
    """The steps of a thing as lines and as a table; None where none is told."""
    rows = [row for row in page.graph.part("steps", lang=page.lang) if row["of"] == iri]
    if not rows:
        return None
    life = step_lives(page, rows)
    table = rows_table(page, "steps", page.say("Steps", "経過"), step_columns(page), rows, page.query("statements-about", thing=iri))
    return Section(table, timeline(life, page.day) if life else None)


def outcomes(page: Page, iri: str) -> Section | None:
    """What became of the targets and expectations of a thing that its documents state."""
    rows: list[Row] = []
    for entry in lookup.statements(page.graph, iri, page.lang):
        if entry["certainty"] in ("target", "expected") and not any(row["promise"] == entry["statement"] for row in rows):
            rows += page.graph.ask("promise-outcomes", source=entry["document"], thing=iri, lang=page.lang)
    columns = [
        ("promiseSays", page.say("Target or expectation", "目標・見込み")),
        ("knownLabel", page.say("What is known", "その後")),
        ("says", page.say("What later documents say", "後の文書の記述")),
        ("when", page.say("When", "時期")),
    ]
    told = [
        {**row, "document": row["document"] or str(row["promise"]).split("#")[0], "place": row["place"] or row["promisePlace"]}
        for row in rows
    ]
    return _if_any(
        rows_table(page, "promise-outcomes", page.say("What became of what was promised", "目標と見込みのその後"), columns, told)
    )


def programme(page: Page, iri: str) -> Sections:
    """Steps and budgets; what it covers; whom it supports; what became of its targets."""
    covers = [
        ("mineral", page.say("Mineral", "鉱種")),
        ("useLabel", page.say("Use", "用途")),
        ("when", page.say("When", "時期")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    supports = [
        ("supported", page.say("Supported", "支援先")),
        ("says", page.say("How", "内容")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    budgets = [
        ("budgetLabel", page.say("Budget", "予算")),
        ("when", page.say("Fiscal year", "年度")),
        ("says", page.say("What is said", "記述")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    paid = [row for row in page.graph.ask("programme-budgets", lang=page.lang) if row["programme"] == iri]
    query = page.query("programme-budgets", lang=page.lang)
    return [
        steps(page, iri),
        Section(asked(page, "programme-coverage", page.say("Minerals and uses", "対象鉱種と用途"), covers, programme=iri), width="half"),
        Section(rows_table(page, "budgets", page.say("Budgets", "予算"), budgets, paid, query), width="half"),
        _if_any(asked(page, "programme-supports", page.say("Whom and what it supports", "支援先"), supports, programme=iri)),
        outcomes(page, iri),
    ]


def project(page: Page, iri: str) -> Sections:
    """Steps; where it is and what it produces; what became of its targets."""
    columns = [
        ("mineral", page.say("Mineral", "鉱種")),
        ("country", page.say("Country", "国")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    rows = [row for row in page.graph.ask("projects", lang=page.lang) if row["project"] == iri]
    query = page.query("projects", lang=page.lang)
    return [
        Section(rows_table(page, "projects", page.say("Where it is and what it yields", "所在国と鉱種"), columns, rows, query)),
        steps(page, iri),
        outcomes(page, iri),
    ]


def product(page: Page, iri: str) -> Sections:
    """What it is made of; what it hangs on, and what cuts it off; what is made of it."""
    uses = page.graph.ask("uses", thing=iri, lang=page.lang)
    query = page.query("uses", thing=iri, lang=page.lang)
    inputs = [("used", page.say("Needs", "必要とするもの")), ("certainty", page.say("Certainty", "確度"))]
    outputs = [("user", page.say("Goes into", "使われる先")), ("certainty", page.say("Certainty", "確度"))]
    down = [row for row in uses if row["user"] == iri]
    up = [row for row in uses if row["used"] == iri]
    return [
        Section(rows_table(page, "needs", page.say("What it is made of", "何から作られるか"), inputs, down, query), width="half"),
        Section(rows_table(page, "uses", page.say("What is made of it", "何に使われるか"), outputs, up, query), width="half"),
        *_cuts(page, iri),
    ]


def _cuts(page: Page, iri: str) -> Sections:
    found = analysis.chokepoints(page.graph, [iri], as_of=page.day, lang=page.lang)
    if found["nothing_recorded"]:
        return []
    about = page.say(
        "Single things whose loss cuts it off, and the smallest set of suppliers of each input, as far as documents name them.",
        "失われると供給が断たれる単独の事物と、各投入物の供給者の最小の組（文書が示す範囲）。",
    )
    columns = [
        ("kind", page.say("What", "区分")),
        ("input", page.say("Input", "投入物")),
        ("things", page.say("Cut off by the loss of", "失われると断たれるもの")),
    ]
    rows: list[dict[str, Cell]] = []
    for single in found["single"]:
        names = page.say(", ", "、").join(item["label"] for item in single["inputs"])
        rows.append(
            {
                "kind": Cell(page.say("single", "単独")),
                "input": Cell(names) if names else Cell("—"),
                "things": page.thing(single["thing"]["iri"]),
            }
        )
    for cut in found["smallest_sets"]:
        names = page.say(", ", "、").join(item["label"] for item in cut["suppliers"])
        kind = Cell(page.say("smallest set", "最小の組"))
        rows.append({"kind": kind, "input": page.thing(cut["input"]["iri"]), "things": Cell(names) if names else page.none()})
    return [Section(Table("chokepoints", page.say("What cuts it off", "供給を断つもの"), columns, rows, about=about))]


def mineral_list(page: Page, iri: str) -> Sections:
    """Its members, with the other lists that name each by then and later."""
    columns = [("mineral", page.say("Mineral", "鉱種")), ("certainty", page.say("Certainty", "確度")), ("place", page.say("Place", "箇所"))]
    table = asked(page, "list-members", page.say("Members", "掲載鉱種"), columns, list=iri)
    return [Section(table)]


def document(page: Page, iri: str) -> Sections:
    """Who issued it, when, and how it was read; what became of its targets."""
    columns = [
        ("citedLabel", page.say("Title", "題名")),
        ("issuerLabel", page.say("Issued by", "発行者")),
        ("date", page.say("Date of issue", "発行日")),
        ("reading", page.say("How it was read", "読み方")),
    ]
    rows = [row for row in page.graph.ask("documents", lang=page.lang) if row["cited"] == iri]
    query = page.query("documents", lang=page.lang)
    return [Section(rows_table(page, "documents", page.say("The document", "文書"), columns, rows, query))]


def event(page: Page, iri: str) -> Sections:
    """When it was; what led to it and what it led to, with the places that say so."""
    causes = [
        ("cause", page.say("Cause", "原因")),
        ("says", page.say("What is said", "記述")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    effects = [
        ("effect", page.say("Effect", "結果")),
        ("says", page.say("What is said", "記述")),
        ("certainty", page.say("Certainty", "確度")),
    ]
    return [
        steps(page, iri),
        Section(asked(page, "causes", page.say("What led to it", "何がもたらしたか"), causes, effect=iri), width="half"),
        Section(asked(page, "effects", page.say("What it led to", "何をもたらしたか"), effects, cause=iri), width="half"),
        _chain(page, iri),
    ]


def _chain(page: Page, iri: str) -> Section | None:
    """The links that documents state from here onward, step by step to where they end."""
    later: dict[str, list[Row]] = {}
    for row in page.graph.part("links", lang=page.lang):
        later.setdefault(str(row["earlier"]), []).append(row)
    found: list[dict[str, Any]] = []
    queue, seen = [iri], {iri}
    while queue:
        for row in later.get(queue.pop(0), []):
            label = {
                "earlierLabel": page.graph.label(str(row["earlier"]), page.lang),
                "laterLabel": page.graph.label(str(row["later"]), page.lang),
            }
            found.append({**row, **label, "linkLabel": _LINKS[str(row["link"])][page.ja]})
            if row["later"] not in seen:
                seen.add(str(row["later"]))
                queue.append(str(row["later"]))
    columns = [
        ("earlier", page.say("Earlier", "前")),
        ("linkLabel", page.say("Link", "つながり")),
        ("later", page.say("Later", "後")),
        ("certainty", page.say("Certainty", "確度")),
        ("place", page.say("Place", "箇所")),
    ]
    return _if_any(rows_table(page, "chain", page.say("The chain from here on", "ここから先の連鎖"), columns, found))


_LINKS = {
    "leads-to": ("leads to", "をもたらす"),
    "is-followed-by": ("is followed by", "の後に続く"),
    "is-set-beside": ("is set beside, no cause stated", "と並べて述べられる（因果の記述なし）"),
}
SECTIONS: dict[str, Callable[[Page, str], Sections]] = {
    "measure": measures.sections,
    "country": countries.sections,
    "bloc": countries.sections,
    "pillar": pillars.sections,
    "dispute": dispute,
    "programme": programme,
    "stockpile": programme,
    "project": project,
    "product": product,
    "component": product,
    "material": product,
    "list": mineral_list,
    "doc": document,
    "document": document,
    "event": event,
    "condition": event,
}
