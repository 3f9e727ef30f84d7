"""The commands of the analysis: ``lode exposure, chokepoints, scenario, coverage, chain, episodes``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import one_of, plain_errors, print_json, print_rows, say

Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD.")]
By = Annotated[str, typer.Option(help="What suppliers' shares rest on: trade (Japan's imports in value) or stated (documents).")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]
Lang = Annotated[str, typer.Option(help="Language of names and places: en or ja.")]


def add_to(app: typer.Typer) -> None:
    """Give the commands to the app."""
    for name, command in (
        ("exposure", exposure),
        ("chokepoints", chokepoints),
        ("scenario", scenario),
        ("coverage", coverage),
        ("chain", chain),
        ("episodes", episodes),
    ):
        app.command(name)(command)


def exposure(
    thing: Annotated[str, typer.Argument(help="A country, mineral, material, component, project or measure.")],
    as_of: AsOf = None,
    by: By = "trade",
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """What depends on a thing, and bounds of the share (percent).

    Example: lode exposure china --as-of 2012-12-31
    """
    from kg.network import analysis

    answer = _answer(
        facts, by, lambda graph: analysis.exposure(graph, thing, as_of=_day(as_of), by=by, lang=lang, most=analysis.LISTED_MOST)
    )
    rows = [
        {
            "thing": entry["thing"]["label"],
            "kind": entry["thing"]["kind"],
            "low": entry["low"],
            "high": entry["high"],
            "share": entry["share"],
            "way": " -> ".join([entry["thing"]["label"], *(step["target_label"] for step in entry["steps"])]),
        }
        for entry in answer["exposed"]
    ]
    _print(answer, rows, format)
    if answer["in_force"] is False:
        say("The measure is not in force on that day.")


def chokepoints(
    products: Annotated[list[str], typer.Argument(help="Products or components.")],
    as_of: AsOf = None,
    by: By = "stated",
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """What cuts products off: single things, and per input the smallest set of suppliers.

    Example: lode chokepoints next-generation-vehicle air-conditioner
    """
    from kg.network import analysis

    answer = _answer(facts, by, lambda graph: analysis.chokepoints(graph, products, as_of=_day(as_of), by=by, lang=lang))
    single = [{"cut": "single", "lost": e["thing"]["label"], "falls": _labels((*e["products"], *e["inputs"]))} for e in answer["single"]]
    sets = [
        {"cut": "smallest set", "lost": _labels(e["suppliers"]), "falls": _labels((e["product"], e["input"]))}
        for e in answer["smallest_sets"]
    ]
    _print(answer, [*single, *sets], format)
    if answer["nothing_recorded"]:
        say(f"Nothing is recorded of what goes into: {_labels(answer['nothing_recorded'])}.")


def scenario(
    plan: Annotated[Path, typer.Argument(help="A scenario as JSON; - for standard input.")],
    as_of: AsOf = None,
    by: By = "trade",
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """What minerals and products lose in a scenario, in percent. The form of a scenario: /docs, at POST /scenarios.

    Example: echo '{"actions": [{"action": "restrict", "supplier": "china", "percent": 50}]}' | lode scenario -
    """
    from pydantic import ValidationError

    from kg.network import analysis
    from kg.network.scenario import Scenario

    try:
        text = sys.stdin.buffer.read() if str(plan) == "-" else plan.read_bytes()
        read = Scenario.model_validate_json(text)
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        say(f"{plan}: {error}")
        raise typer.Exit(2) from None
    answer = _answer(facts, by, lambda graph: analysis.scenario(graph, read, as_of=_day(as_of), by=by, lang=lang))
    rows = [
        {
            "thing": entry["thing"]["label"],
            "kind": entry["thing"]["kind"],
            "lost": f"{entry['lost']['low']:g} to {entry['lost']['high']:g}",
            "replaced": entry["replaced"],
            "missing": f"{entry['missing']['low']:g} to {entry['missing']['high']:g}",
            "stock days": f"{entry['stock_days_low'] or 'no end'} to {entry['stock_days_high'] or 'no end'}"
            if entry["stock_known"]
            else "",
        }
        for entry in (*answer["minerals"], *answer["products"])
    ]
    _print(answer, rows, format)


def coverage(as_of: AsOf = None, by: By = "trade", lang: Lang = "en", format: Format = "table", facts: Facts = None) -> None:
    """Minerals by pillars as of a day with the degree of what covers them, those with gaps first by exposure.

    A pillar counts as covered where something is funded or operating; designated alone is no cover.

    Example: lode coverage --as-of 2012-12-31
    """
    from kg.network import coverage as matrix

    answer = _answer(facts, by, lambda graph: matrix.coverage(graph, as_of=_day(as_of), by=by, lang=lang))
    order = {gap["mineral"]["iri"]: place for place, gap in enumerate(answer["gaps"])}
    rows = [
        {
            "mineral": row["mineral"]["label"],
            **{cell["pillar"]["label"]: _degrees(cell["responses"]) or "none recorded" for cell in row["pillars"]},
            "measures": len(row["measures"]),
            "top supplier": row["top_supplier"]["label"] if row["top_supplier"] else "",
            "share": None if row["top_share"] is None else round(row["top_share"], 1),
        }
        for row in sorted(answer["minerals"], key=lambda row: order.get(row["mineral"]["iri"], len(order)))
    ]
    _print(answer, rows, format)


def _degrees(responses: list[dict[str, Any]]) -> str:
    """How many responses there are of each degree, such as ``2 operating, 1 designated``."""
    from kg.views.coverage import counted

    return ", ".join(f"{count} {degree}" for degree, count in counted(item["degree"] for item in responses).items())


def chain(
    start: Annotated[str, typer.Argument(help="An event, condition or measure.")],
    end: Annotated[str | None, typer.Argument(help="Where to; left out: all effects.")] = None,
    causes_only: Annotated[bool, typer.Option(help="Stated causes alone.")] = False,
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """From an event along stated links to its effects, with what answers each.

    Example: lode chain quota-cut-2010 technology-leakage
    """
    from kg.network import cause_chains

    answer = _answer(facts, "stated", lambda graph: cause_chains.chain(graph, start, end, causes_only=causes_only, lang=lang))
    rows = [
        {
            "earlier": link["earlier"]["label"],
            "link": link["link"],
            "later": link["later"]["label"],
            "certainty": link["certainty"],
            "place": link["place"],
            "answers": _labels(answered["response"] for answered in link["answers"]) or "none recorded",
        }
        for link in answer["links"]
    ]
    _print(answer, rows, format)


def episodes(
    supplier: str = "china", importer: str = "japan", mineral: str = "rare-earths", lang: Lang = "en", facts: Facts = None
) -> None:
    """2010 to 2012 beside 2025 and 2026, as JSON.

    Example: lode episodes --lang ja
    """
    from kg.network import episodes as sides

    print_json(_answer(facts, "stated", lambda graph: sides.episodes(graph, supplier, importer, mineral, lang=lang)))


def _answer(facts: Path | None, by: str, ask: Any) -> dict[str, Any]:
    from kg.build.opening import open_graph
    from kg.network.graphs import SHARES

    one_of("by", by, SHARES)
    with plain_errors():
        answer: dict[str, Any] = ask(open_graph(own=facts, say=say))
    return answer


def _with_day(asked: dict[str, Any]) -> dict[str, Any]:
    return {**asked, "as_of": _day(asked["as_of"])}


def _day(text: str | None) -> Any:
    from kg.network.paths import parse_as_of

    return parse_as_of(text)


def _days(entry: dict[str, Any]) -> str:
    return " to ".join("no end" if entry[name] is None else f"{entry[name]:.0f}" for name in ("stock_days_low", "stock_days_high"))


def _labels(things: Any) -> str:
    return ", ".join(thing["label"] for thing in things)


def _print(answer: dict[str, Any], rows: list[dict[str, Any]], format: str) -> None:
    if format == "json":
        return print_json(answer)
    if not rows:
        say("Nothing is recorded.")
    return print_rows(list(rows[0]) if rows else [], rows, format)
