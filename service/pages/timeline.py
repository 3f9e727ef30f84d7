"""The time line of everything: measures as lives by who imposes them, then disputes, events, programmes and all else that has steps."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass

from fastapi.responses import Response

from kg.namespaces import KINDS, kind_of
from kg.store.oxigraph import Row
from kg.views import lookup

from ..http.negotiation import check_choice
from .charts import Life, Timeline, timeline
from .forms import Field, choice, every
from .lifelines import lives, step_span
from .page import Page, ThePage, router
from .thing_sections import Section, rows_table

pages = router(beside_calls=False)
FIRST, LAST = 1990, 2026
ORDER = ("dispute", "event", "programme", "stockpile", "project", "document")  # of the groups after the measures; others follow


@dataclass(frozen=True)
class Group:
    """A heading of the time line: its anchor, its title, how many lines it has, and their drawing."""

    name: str
    title: str
    size: int
    drawing: Timeline


@pages.get("/timeline")
def everything(page: ThePage, mineral: str = "", country: str = "", kind: str = "") -> Response:
    """All that has a time from FIRST to LAST: drawn by group, and as one table in the order of time."""
    page.check("mineral", "country", "kind")
    rows = [row for row in _steps(page, mineral, country) if step_span(row)]
    kinds = sorted({kind_of(str(row["of"])) for row in rows} | {"measure"})
    if kind:
        check_choice("kind", kind, KINDS)
        rows = [row for row in rows if kind_of(str(row["of"])) == kind]
    drawn = [*_measures(page, mineral, country), *_others(page, rows)] if kind in ("", "measure") else _others(page, rows)
    columns = [
        ("when", page.say("When", "時期")),
        ("of", page.say("What", "対象")),
        ("stepLabel", page.say("Step", "段階")),
        ("says", page.say("What happened", "できごと")),
        ("certainty", page.say("Certainty", "確度")),
        ("place", page.say("Place", "箇所")),
    ]
    query = page.query("timeline", since=f"{FIRST}-01-01", until=f"{LAST}-12-31", lang=page.lang)
    table = rows_table(page, "steps", page.say("Everything in the order of time", "時系列"), columns, rows, query)
    title = page.say(f"Timeline, {FIRST}–{LAST}", f"年表 {FIRST}～{LAST}年")
    fields = _fields(page, kinds, mineral, country, kind)
    return page.answer("measures.html", title, [table], fields=fields, groups=drawn, sections=[Section(table, is_aside=True)])


def _fields(page: Page, kinds: list[str], mineral: str, country: str, kind: str) -> list[Field]:
    minerals = {str(row["mineral"]) for row in page.graph.part("touched")}
    imposers = {str(entry["imposed_by"]) for entry in lookup.measures(page.graph, page.lang)}
    parties = {str(row["party"]) for row in page.graph.ask("disputes", lang=page.lang)}
    named = [(name, page.kind_label(name)) for name in kinds]
    return [
        choice(page.graph, "country", page.say("Country", "国"), imposers | parties, country, page.lang),
        choice(page.graph, "mineral", page.say("Mineral", "鉱種"), minerals, mineral, page.lang),
        Field("kind", page.say("Kind", "種類"), "choice", kind, (every(page.lang), *named)),
    ]


def _steps(page: Page, mineral: str, country: str) -> list[Row]:
    """Steps with a time that fit, in the order of time; of what lies wholly outside the years shown, none."""
    rows = page.graph.part("steps", mineral=mineral or None, country=country or None, lang=page.lang)
    low, high = datetime.date(FIRST, 1, 1), datetime.date(LAST, 12, 31)
    spans = [(span, row) for row in rows if (span := step_span(row))]
    kept = [(span, row) for span, row in spans if span.start <= high and span.end and span.end > low]
    return [row for _, row in sorted(kept, key=lambda item: (item[0].start, str(item[1]["statement"])))]


def _measures(page: Page, mineral: str, country: str) -> list[Group]:
    found = lookup.measures(page.graph, page.lang, mineral=mineral or None, country=country or None)
    groups: dict[str, list[dict[str, object]]] = defaultdict(list)
    for entry in found:
        groups[str(entry["imposed_by"])].append(entry)
    label = page.say("Measures", "措置")
    drawn = []
    for imposer in sorted(groups, key=lambda iri: (-len(groups[iri]), iri)):
        if life := lives(page, groups[imposer]):
            name = page.graph.label(imposer, page.lang)
            drawn.append(_group(page, f"measures-{imposer.rsplit('/', 1)[-1]}", page.say(f"{label}: {name}", f"{label}：{name}"), life))
    return drawn


def _others(page: Page, rows: list[Row]) -> list[Group]:
    """A line for each thing but measures, with a bar for each of its steps; a group for each kind."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        held[str(row["of"])].append(row)
    kinds: dict[str, list[Life]] = defaultdict(list)
    for iri, told in held.items():
        spans = list(dict.fromkeys(span for row in told if (span := step_span(row))))
        kinds[kind_of(iri)].append(Life(page.graph.label(iri, page.lang), page.of(iri), spans, "other"))
    kinds.pop("measure", None)
    ordered = sorted(kinds, key=lambda kind: (ORDER.index(kind) if kind in ORDER else len(ORDER), kind))
    return [_group(page, kind, page.kind_label(kind), kinds[kind]) for kind in ordered]


def _group(page: Page, name: str, title: str, life: list[Life]) -> Group:
    ordered = sorted(life, key=lambda line: (line.spans[0].start, line.label))
    return Group(name, title, len(ordered), timeline(ordered, page.day, FIRST, LAST))
