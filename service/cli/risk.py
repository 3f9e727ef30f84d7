"""The commands ``lode risks``, ``lode compare`` and ``lode policy``: figures of risk as a table, CSV or JSON."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.errors import BadParameter

from .output import one_of, plain_errors, print_json, print_rows, say

Lang = Annotated[str, typer.Option(help="Language of names: en or ja.")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]
Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]
Year = Annotated[int | None, typer.Option(help="The newest figures not after this year.")]
_UNOFFICIAL = "None of these figures is an official score; `lode ask methods` says how each is computed."


def risks(
    mineral: Annotated[str, typer.Argument(help="A mineral.")],
    year: Year = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD: measures in force, figures not after its year.")] = None,
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """Figures of risk of a mineral; with --format json also inputs, terms, statements and measures.

    Example: lode risks tungsten --year 2012 --lang ja
    """
    from kg.build.opening import open_graph
    from kg.graph.graph import read_day
    from kg.views import lookup

    with plain_errors():
        graph = open_graph(own=facts, say=say)
        day = read_day("as_of", as_of) if as_of else None
        found = lookup.risks(graph, graph.resolve(mineral, ["mineral"]), lang, day, year or (day.year if day else None))
    if format == "json":
        return print_json(found)
    say(_UNOFFICIAL)
    return print_rows(["figure", "of", "value", "unit", "year", "basis", "codes", "who", "notes"], [*map(_row, found["figures"])], format)


def _row(figure: dict[str, Any]) -> dict[str, Any]:
    return {
        "figure": figure["label"],
        "of": figure["series_labels"][0] if len(figure["series_labels"]) == 1 else figure["quantity_label"],
        "value": figure["value"],
        "unit": figure["unit"],
        "year": figure["year"],
        "basis": figure["basis"],
        "codes": " ".join(figure["hs_codes"]),
        "who": figure["of_label"],
        "notes": "; ".join(note["label"] for note in figure["notes"]),
    }


def compare(
    minerals: Annotated[str, typer.Argument(help="Minerals with commas between.")],
    year: Year = None,
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """Minerals side by side, a column a figure; with --format json also how far the columns agree in order.

    Example: lode compare tungsten,cobalt,nickel --lang ja
    """
    from kg.build.opening import open_graph
    from kg.views import risk_report

    with plain_errors():
        graph = open_graph(own=facts, say=say)
        names = [graph.resolve(name.strip(), ["mineral"]) for name in minerals.split(",") if name.strip()]
        found = risk_report.compare(graph, names, lang, year)
    if format == "json":
        return print_json(found)
    say(_UNOFFICIAL)
    keys = [column["key"] for column in found["columns"]]
    rows = [{"mineral": row["label"], **{key: row["cells"].get(key, {}).get("value") for key in keys}} for row in found["minerals"]]
    return print_rows(["mineral", *keys], rows, format)


def policy(
    mineral: Annotated[str, typer.Argument(help="A mineral.")],
    measure: Annotated[str | None, typer.Option(help="The measure to take away, or to put a trade parameter in for.")] = None,
    t: Annotated[str | None, typer.Option(help="Trade parameter of the country that imposes it; left out: 1.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD.")] = None,
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """What a measure, or the state of a day, changes in each method.

    Example: lode policy nickel --measure id-ore-export-ban
    """
    from kg.build.opening import open_graph
    from kg.graph.graph import read_day
    from kg.views import risk_report

    one_of("format", format, ("table", "csv", "json"))
    with plain_errors():
        graph = open_graph(own=facts, say=say)
        of = graph.resolve(measure, ["measure"]) if measure else None
        day = read_day("as_of", as_of) if as_of else None
        found = risk_report.policy_effects(graph, graph.resolve(mineral, ["mineral"]), lang, of, _parameter(t), day)
    if format == "json":
        return print_json(found)
    columns = ["figure", "of", "before", "after", "change", "notes"]
    return print_rows(columns, [*map(_effect, found["effects"])], format)


def _parameter(text: str | None) -> Decimal | None:
    try:
        found = Decimal(text) if text else None
    except InvalidOperation:
        found = Decimal("NaN")
    if found is not None and not (found.is_finite() and 0 < found <= 10):
        raise BadParameter(f"t is “{text}”.", "It must be a number above 0 and not above 10, such as 1.3.", parameter="t")
    return found


def _effect(effect: dict[str, Any]) -> dict[str, Any]:
    before, after = effect["before"] or {}, effect["after"] or {}
    return {
        "figure": effect["label"],
        "of": (before.get("series_labels") or [None])[0],
        "before": before.get("value"),
        "after": after.get("value"),
        "change": effect["change"],
        "notes": "; ".join(" ".join(filter(None, (note["of_label"], note["label"]))) for note in effect["notes"]),
    }
