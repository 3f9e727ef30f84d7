"""Look-ups: lists of things, one thing with all that is said of it, a mineral's risks and responses, search.

Everything comes from the graph by query files. Knows nothing of the web.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..graph.graph import Graph, unknown
from ..graph.periods import period_start
from ..namespaces import DOC, ID, KINDS, Iri, compact, kind_of, slug_of
from ..store.oxigraph import Row, Rows
from . import risk_report, states
from .coverage import COVERING, LAST, furthest
from .observations import observations

# Which indicators of a mineral's quantities belong under which heading of its profile.
DEPENDENCE = ("import-share", "procurement-share", "demand-met-share", "production-share", "self-sufficiency")
PRICES = ("export-price", "price-multiple", "price-gap-multiple", "price-gap-amount", "price-change")
SEARCH_MOST = 200
KEPT = 8  # readings of all minerals, by language


def summary(graph: Graph, iri: str, lang: str) -> dict[str, Any]:
    """A thing in a list: iri, kind, slug, label, the label in the other language, symbol."""
    entry = graph.names[iri]
    other = "ja" if lang == "en" else "en"
    return {
        "iri": iri,
        "kind": "document" if kind_of(iri) == "doc" else kind_of(iri),
        "slug": slug_of(iri),
        "label": graph.label(iri, lang),
        "other_label": graph.label(iri, other),
        "symbol": entry["symbol"],
    }


def things(graph: Graph, *kinds: str, lang: str = "en") -> list[dict[str, Any]]:
    """Summaries of all things of the kinds, by label. Raises UnknownName for a kind that does not exist."""
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind", kind, KINDS)
    wanted = {*kinds, "doc"} if "document" in kinds else set(kinds)
    found = [summary(graph, iri, lang) for iri in graph.names if kind_of(iri) in wanted]
    return sorted(found, key=lambda item: (item["label"].casefold(), item["iri"]))


def thing(graph: Graph, iri: str, lang: str = "en") -> dict[str, Any]:
    """One thing: its summary, other names, direct properties with the document of each, and every statement about it."""
    entry = graph.names[iri]
    properties = [
        {
            "property": compact(str(row["property"])),
            "label": row["propertyLabel"] or compact(str(row["property"])),
            "value": row["value"],
            "value_label": row["valueLabel"],
            "document": row["document"],
        }
        for row in graph.part("details", thing=iri, lang=lang)
        if row["valueLang"] in (None, "", lang)
    ]
    return {
        **summary(graph, iri, lang),
        "alternative_labels": entry["alt"],
        "classes": sorted(entry["classes"]),
        "properties": properties,
        "statements": statements(graph, iri, lang),
    }


def statements(graph: Graph, iri: str, lang: str = "en") -> list[dict[str, Any]]:
    """Every statement about a thing, in the order of the documents; for a source, every statement that it makes."""
    if iri.startswith(DOC) and "#" not in iri:
        return [_entry(row) for row in graph.part("statements-of-source", source=iri, lang=lang)]
    return [_entry(row) for row in graph.ask("statements-about", thing=iri, lang=lang)]


def mineral(graph: Graph, iri: str, lang: str = "en", as_of: datetime.date | None = None) -> dict[str, Any]:
    """A mineral's profile: risks (dependence, measures, disputes, prices, lists), responses by pillar, uses, other quantities.

    What holds for a group that the mineral belongs to is given too, with the group in ``via``. With ``as_of``, measures carry
    their state on that day; those of which nothing was known by then are left out.
    """
    circle = _circle(graph, iri)
    return {
        **summary(graph, iri, lang),
        "alternative_labels": graph.names[iri]["alt"],
        "as_of": as_of,
        "groups": [summary(graph, group, lang) for group in groups(graph, iri)],
        "members": [summary(graph, str(row["mineral"]), lang) for row in graph.ask("group-members", group=iri, lang=lang)],
        "risks": risks(graph, iri, lang, as_of, as_of.year if as_of else None),
        "responses": _responses(graph, iri, lang, as_of),
        "uses": [_entry(row, thing="user", via=via) for member, via in circle for row in _uses(graph, lang).get(member, ())],
        "quantities": quantities(graph, iri, lang),
        "statements": statements(graph, iri, lang),
    }


def risks(graph: Graph, iri: str, lang: str = "en", as_of: datetime.date | None = None, year: int | None = None) -> dict[str, Any]:
    """What endangers a mineral's supply: what documents state, and the figures computed from tables (the newest not after ``year``)."""
    circle = _circle(graph, iri)
    stated = _quantities(graph, circle, lang)
    lists = (
        _entry(row, thing="list", via=via) for member, via in circle for row in graph.ask("lists-of-mineral", mineral=member, lang=lang)
    )
    return {
        "dependence": [q for q in stated if q["indicator"] in DEPENDENCE],
        "measures": measures(graph, lang, mineral=iri, as_of=as_of),
        "disputes": _disputes(graph, iri, lang),
        "prices": [q for q in stated if q["indicator"] in PRICES],
        "lists": _unique(lists),
        **risk_report.risks(graph, circle, lang, year),
    }


def quantities(graph: Graph, iri: str, lang: str = "en") -> list[dict[str, Any]]:
    """What documents state in numbers of a mineral and its groups, besides dependence and prices."""
    return [q for q in _quantities(graph, _circle(graph, iri), lang) if q["indicator"] not in DEPENDENCE + PRICES]


def _circle(graph: Graph, iri: str) -> list[tuple[str, str | None]]:
    """A mineral and the groups that it belongs to, each group with itself as ``via``."""
    return [(iri, None), *((group, group) for group in groups(graph, iri))]


def _quantities(graph: Graph, circle: list[tuple[str, str | None]], lang: str) -> list[dict[str, Any]]:
    return [_entry(row, via=via) for member, via in circle for row in observations(graph, member, lang)]


def groups(graph: Graph, iri: str) -> list[str]:
    """The groups that a mineral belongs to, nearest first, each once."""
    found: list[str] = []
    queue = [iri]
    while queue:
        for row in graph.part("details", thing=queue.pop(0)):
            value = str(row["value"])
            if compact(str(row["property"])) == "inGroup" and value not in found and value != iri:
                found.append(value)
                queue.append(value)
    return found


def measures(
    graph: Graph,
    lang: str = "en",
    *,
    in_force_on: datetime.date | None = None,
    as_of: datetime.date | None = None,
    known_by: datetime.date | None = None,
    **filters: str | None,
) -> list[dict[str, Any]]:
    """Measures with type, country and place; with a day also their state on it.

    ``as_of`` gives every measure of which something was known by that day; ``in_force_on`` only those in force and, with states of
    their own, those that no document of the last three years confirms and those whose suspension is over with nothing later known.
    ``known_by``, with one of the days, leaves out what documents issued later tell.
    """
    rows = _measures(graph, lang, filters)
    day = in_force_on or as_of
    known = states.on(graph, day, lang, known_by=known_by, mineral=filters.get("mineral")) if day else {}
    if day:
        rows = [row for row in rows if row["measure"] in known]
    if in_force_on:
        rows = [row for row in rows if known[str(row["measure"])]["state"] in states.LISTED]
    return [
        {
            **summary(graph, str(row["measure"]), lang),
            "type": row["typeCode"],
            "type_label": row["typeLabel"],
            "imposed_by": row["country"],
            "imposed_by_label": row["countryLabel"],
            **known.get(str(row["measure"]), states.NONE),
            "certainty": row["certainty"],
            "place": row["place"],
            "document": row["document"],
        }
        for row in rows
    ]


def read_shared(graph: Graph, lang: str, day: datetime.date) -> None:
    """Read what the profiles of all minerals share in a language, as of a day."""
    _all_measures(graph, lang)
    _touching(graph)
    _uses(graph, lang)
    _covering(graph, lang, period_start(graph, day))


def _measures(graph: Graph, lang: str, filters: Mapping[str, str | None]) -> Sequence[Row]:
    """Rows of the measures that fit the filters; those of one mineral are taken from one reading of all."""
    asked = {name: value for name, value in filters.items() if value is not None}
    if asked.keys() != {"mineral"}:
        return graph.ask("measures", lang=lang, **asked)
    mineral = graph.resolve(str(asked["mineral"]), ["mineral"])
    touching = _touching(graph).get(mineral, frozenset())
    return [row for row in _all_measures(graph, lang) if row["measure"] in touching]


@lru_cache(maxsize=KEPT)
def _all_measures(graph: Graph, lang: str) -> Rows:
    return graph.ask("measures", lang=lang)


@lru_cache(maxsize=KEPT)
def _touching(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Measures that touch each mineral, or a member of a group."""
    found: dict[str, set[str]] = {}
    for row in graph.part("measure-minerals"):
        found.setdefault(str(row["mineral"]), set()).add(str(row["measure"]))
    return {mineral: frozenset(measures) for mineral, measures in found.items()}


@lru_cache(maxsize=KEPT)
def _uses(graph: Graph, lang: str) -> Mapping[str, list[Row]]:
    """What uses what, in rows of the query for it, by the thing on either side."""
    found: dict[str, list[Row]] = {}
    for row in sorted(graph.ask("uses", lang=lang), key=_by("usedLabel", "userLabel", "statement")):
        for thing in {str(row["user"]), str(row["used"])}:
            found.setdefault(thing, []).append(row)
    return found


def _by(*names: str) -> Callable[[Row], list[str]]:
    """A key that orders rows by columns; the last tell apart what has the same names."""
    return lambda row: [str(row[name]) for name in names]


@lru_cache(maxsize=KEPT)
def _covering(graph: Graph, lang: str, day: datetime.date) -> Mapping[str, list[Row]]:
    """Responses by mineral on a day, in rows of the query for them."""
    found: dict[str, list[Row]] = {}
    for row in graph.ask("coverage", as_of=day, lang=lang):
        found.setdefault(str(row["mineral"]), []).append(row)
    return found


def search(graph: Graph, text: str, lang: str = "en", kinds: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Things of which a label, other name, symbol or slug matches, in any language: the same, then beginnings, parts, all words."""
    wanted = _fold(text)
    if not wanted:
        return []
    ranked: list[tuple[int, int, str, str]] = []
    for iri, entry in graph.names.items():
        if not iri.startswith(ID) and kind_of(iri) != "doc":
            continue
        kind = "document" if kind_of(iri) == "doc" else kind_of(iri)
        if kinds and kind not in kinds:
            continue
        texts = [*map(str, entry["label"].values()), *map(str, entry["alt"]), str(entry["symbol"] or ""), slug_of(iri)]
        rank = min((_rank(wanted, _fold(name)) for name in texts if name), default=9)
        if rank < 9:
            ranked.append((rank, list(KINDS).index(kind), graph.label(iri, lang), iri))
    return [{**summary(graph, iri, lang), "rank": rank} for rank, _, _, iri in sorted(ranked)[:SEARCH_MOST]]


def _rank(wanted: str, name: str) -> int:
    if name == wanted:
        return 0
    if len(wanted) == 1 and wanted.isascii():  # a single letter is a symbol or the beginning of a word, no more
        return 9
    if name.startswith(wanted):
        return 1
    if len(wanted) > 2 or not wanted.isascii():
        if wanted in name:
            return 2
        if all(word in name for word in wanted.split()):
            return 3
    return 9


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("-", " ").strip()
    return " ".join(folded.split())


def _responses(graph: Graph, iri: str, lang: str, as_of: datetime.date | None) -> list[dict[str, Any]]:
    """Each pillar with what holds under it on the day (else as last known); ``covered`` where something is funded or operating."""
    rows = _covering(graph, lang, period_start(graph, as_of or LAST)).get(iri, ())
    pillars = sorted(graph.ask("pillars", lang=lang), key=lambda row: (row["number"] or 9, str(row["pillar"])))
    seen: dict[str, dict[str, Any]] = {}
    for pillar in pillars:
        held = [row for row in rows if row["pillar"] == pillar["pillar"]]
        degree = furthest(str(row["degree"]) for row in held)
        told = {
            "number": pillar["number"],
            "entries": [_cover(row, iri) for row in held],
            "degree": degree,
            "covered": degree in COVERING,
        }
        seen.setdefault(str(pillar["pillar"]), {**summary(graph, str(pillar["pillar"]), lang), **told})
    return list(seen.values())


def _cover(row: Row, mineral: str) -> dict[str, Any]:
    """A sourced entry of what covers a mineral, with its degree."""
    via = None if row["reached"] == mineral else str(row["reached"])
    degree = {"degree": row["degree"], "degree_label": row["degreeLabel"], "last_confirmed": row["lastConfirmed"]}
    return _entry({**row, "start": row["since"], "end": row["until"]}, thing="response", statement="relation", via=via) | degree


def _disputes(graph: Graph, iri: str, lang: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in graph.ask("disputes", mineral=iri, lang=lang):
        kept: dict[str, Any] = {key: row[key] for key in ("certainty", "place", "document")}
        kept |= {"complainant": [], "respondent": []}
        entry = found.setdefault(str(row["dispute"]), {**summary(graph, str(row["dispute"]), lang), **kept})
        entry[str(row["role"])].append(row["partyLabel"])
    return list(found.values())


def _entry(row: Row, thing: str = "thing", statement: str = "statement", via: str | None = None) -> dict[str, Any]:
    """One sourced entry from a row; names of columns are those of the query files."""
    return {
        "indicator": row.get("indicator"),
        "label": row.get("label") or row.get("kind"),
        "thing": row.get(thing),
        "thing_label": row.get(f"{thing}Label"),
        "used": row.get("used"),
        "used_label": row.get("usedLabel"),
        "value": row.get("value"),
        "at_least": row.get("minValue"),
        "at_most": row.get("maxValue"),
        "more_than": row.get("moreThan"),
        "less_than": row.get("lessThan"),
        "in_words": row.get("quantityText"),
        "approximate": row.get("approximate"),
        "unit": row.get("unit"),
        "basis": row.get("basis"),
        "when": when(row),
        "batch": row.get("batch"),
        "says": row.get("says"),
        "certainty": row.get("certainty"),
        "place": row.get("place"),
        "statement": row.get(statement),
        "document": row.get("document"),
        "via": via,
    }


def when(row: Row) -> str | None:
    """The time of a row as text: a date, ``start/end`` with ``..`` for an open side, or ``FY2010``."""
    if row.get("date"):
        return str(row["date"])
    if row.get("fiscalYear"):
        return f"FY{row['fiscalYear']}"
    if row.get("start") or row.get("end"):
        return f"{row.get('start') or '..'}/{row.get('end') or '..'}"
    return None


def _unique(entries: Any) -> list[dict[str, Any]]:
    return list({entry["statement"]: entry for entry in entries}.values())


__all__ = ["Iri", "groups", "measures", "mineral", "quantities", "risks", "search", "statements", "summary", "thing", "things", "when"]
