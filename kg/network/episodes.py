"""Two episodes side by side: instruments, minerals, shares, prices, answers and the months between, each entry with its document.

Nothing is claimed beyond what documents state: an answer stands in a period because its day does, not because it answered a measure.
Knows the graph and its networks; knows nothing of the web.
"""

from __future__ import annotations

import datetime
from typing import Any

from ..errors import BadParameter
from ..graph.graph import Graph, read_day
from ..namespaces import slug_of
from ..store.oxigraph import Row
from ..views.lookup import PRICES
from ..views.observations import observations
from ..views.risk_report import supplier_years
from .subgraph import about

PERIODS = (
    (datetime.date(2010, 1, 1), datetime.date(2012, 12, 31)),
    (datetime.date(2025, 1, 1), datetime.date(2026, 12, 31)),
)
_PRICE = (
    *("label", "thingLabel", "value", "minValue", "maxValue", "unit", "date", "start", "end", "says"),
    *("certainty", "place", "statement", "document"),
)
_SIDES = ("first", "second")


def episodes(
    graph: Graph,
    supplier: str = "china",
    importer: str = "japan",
    mineral: str = "rare-earths",
    periods: tuple[tuple[datetime.date, datetime.date], tuple[datetime.date, datetime.date]] = PERIODS,
    lang: str = "en",
) -> dict[str, Any]:
    """What the supplier did and the importer did in two periods, under the same headings.

    ``shares``: the supplier's part of the importer's purchases in value, percent, per year on record, the year before the period among
    them. ``answers`` carry ``months``: whole months since the first instrument of the period. Raises UnknownName; BadParameter where a
    period ends before it begins.
    """
    for since, until in periods:
        if until < since:
            raise BadParameter(
                f"The period from {since} to {until} ends before it begins.", "Give the earlier day first.", parameter="until"
            )
    (since, until), (since2, until2) = periods
    named = {"supplier": supplier, "importer": importer, "mineral": mineral}
    rows = graph.ask("episodes", since=since, until=until, since2=since2, until2=until2, lang=lang, **named)
    iris = {name: str(graph.resolve(value, ["mineral" if name == "mineral" else "country"])) for name, value in named.items()}
    return {
        **{name: about(graph, iri, lang) for name, iri in iris.items()},
        "episodes": [_episode(graph, rows, side, period, iris, lang) for side, period in zip(_SIDES, periods, strict=True)],
    }


def _episode(
    graph: Graph, rows: list[Row], side: str, period: tuple[datetime.date, datetime.date], iris: dict[str, str], lang: str
) -> dict[str, Any]:
    held: dict[str, list[dict[str, Any]]] = {name: [] for name in ("instrument", "mineral", "target", "affected", "answer")}
    for row in rows:
        if row[side] is not None:
            held[str(row["aspect"])].append(
                {
                    "thing": about(graph, str(row["item"]), lang),
                    "of": about(graph, str(row["of"]), lang),
                    "step": row["stepLabel"],
                    "day": row["when"],
                    **{name: row[name] for name in ("certainty", "place", "statement", "document")},
                }
            )
    first = min((read_day("day", str(entry["day"])) for entry in held["instrument"] if entry["day"]), default=None)
    for entry in held["answer"]:
        entry["months"] = months(first, read_day("day", str(entry["day"]))) if first and entry["day"] else None
    return {
        "since": period[0],
        "until": period[1],
        "first_instrument": first,
        "instruments": held["instrument"],
        "minerals": _things(held["mineral"]),
        "targets": _things(held["target"]),
        "affected": _things(held["affected"]),
        "answers": held["answer"],
        "shares": _shares(graph, period, iris),
        "prices": _prices(graph, period, iris["mineral"], lang),
    }


def _things(entries: list[dict[str, Any]]) -> list[dict[str, str]]:
    return list({entry["thing"]["iri"]: entry["thing"] for entry in entries}.values())


def months(start: datetime.date, end: datetime.date) -> int:
    """Whole calendar months from one day to another, negative where the second is earlier."""
    count = (end.year - start.year) * 12 + end.month - start.month
    return count - 1 if count > 0 and end.day < start.day else count


def _shares(graph: Graph, period: tuple[datetime.date, datetime.date], iris: dict[str, str]) -> list[dict[str, Any]]:
    """The supplier's share of the importer's purchases over the main traded forms, in value, year by year."""
    points, documents = supplier_years(graph, iris["mineral"], iris["importer"])
    years = sorted({year for shares in points.values() for year in shares if period[0].year - 1 <= year <= period[1].year})
    of = points.get(iris["supplier"], {})
    return [{"year": year, "percent": float(of.get(year, 0)), "document": slug_of(documents[0])} for year in years]


def _prices(graph: Graph, period: tuple[datetime.date, datetime.date], mineral: str, lang: str) -> list[dict[str, Any]]:
    members = [mineral, *(str(row["mineral"]) for row in graph.ask("group-members", group=mineral, lang=lang))]
    found: dict[str, dict[str, Any]] = {}
    for member in members:
        for row in observations(graph, member, lang):
            year = str(row["date"] or row["end"] or "")[:4]
            if row["indicator"] in PRICES and year.isdigit() and period[0].year <= int(year) <= period[1].year:
                names = (
                    "label",
                    "thingLabel",
                    "value",
                    "minValue",
                    "maxValue",
                    "unit",
                    "date",
                    "start",
                    "end",
                    "says",
                    "certainty",
                    "place",
                )
                found[str(row["statement"])] = {name: row[name] for name in (*names, "statement", "document")}
    return list(found.values())
