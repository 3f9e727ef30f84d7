"""Reports of risk as plain values in a language: a mineral's, several minerals side by side, what a policy changes, any series.

Puts together what the floors below compute, each figure with its readings once. Computes nothing itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from ..errors import BadParameter
from ..graph.graph import Graph
from ..namespaces import CODE
from ..risk.concentration import hhi, is_of_world, split, top_supplier, weighted_hhi
from ..risk.figures import JAPAN, ZERO, Read, rounded
from . import comparison, figure_account, policy
from .eu_studies import PUBLISHED
from .figures import ComputedFigure, at, of_imports, of_mineral, shares_of
from .headlines import ROLES, headline, passed_over
from .series import governance, governance_year, printed, read, series_at
from .stated_vs_trade import Beside, stated_suppliers

# The first share of the same whole as an index, whose parts are written out.
FIRST_SHARE = (("hhi", "top-supplier"), ("hhi-wgi", "top-supplier"), ("hhi-wgi-t", "top-supplier"), ("import-hhi", "import-dependence"))


def risks(graph: Graph, circle: Sequence[tuple[str, str | None]], lang: str = "en", year: int | None = None) -> dict[str, Any]:
    """Headlines, computed figures, published ones, and statements beside trade, of a mineral and its groups (given with ``via``).

    Of a group the figures of its whole are given; those of single HS codes stand at the group itself.

    ``year``: the newest not after it. ``readings`` holds what is published, by key.
    """
    told: list[dict[str, Any]] = []
    beside: list[dict[str, Any]] = []
    reads: list[Read] = []
    for mineral, via in circle:
        known = (figure for figure in of_mineral(graph, mineral, year) if not via or len(figure.hs_codes) != 1)
        told += (figure_account.tell_figure(graph, figure, lang, via) for figure in known)
        reads += (one for one in printed(graph, mineral) if year is None or one.year <= year)
        beside += (_beside(graph, found, lang, via) for found in stated_suppliers(graph, mineral, lang))
    heads = [one for role in ROLES if (one := headline(graph, circle[0][0], role, year, lang)) is not None]
    passed = passed_over(graph, circle[0][0], year)
    return {
        "headlines": [{**figure_account.tell_headline(graph, one, lang), "passed_over": passed.get(one.role, [])} for one in heads],
        "figures": told,
        "published": [figure_account.key_of(one) for one in reads if one.role in PUBLISHED],
        "beside": beside,
        "readings": figure_account.readings(graph, reads, lang),
    }


def _beside(graph: Graph, found: Beside, lang: str, via: str | None) -> dict[str, Any]:
    row = found.statement
    return {
        "says": row["says"],
        "supplier": found.supplier,
        "supplier_label": graph.label(found.supplier, lang),
        "more_than": row["moreThan"],
        "value": row["value"],
        "place": row["place"],
        "statement": row["statement"],
        "document": row["document"],
        "year": found.year,
        "trade": [
            {
                "figure": figure.iri,
                "quantity": figure.quantity,
                "hs_codes": list(figure.hs_codes),
                "supplier_share": share,
                "first": figure.of,
                "first_label": graph.label(figure.of, lang),
                "first_share": figure.value,
            }
            for figure, share in zip(found.figures, found.shares, strict=True)
        ],
        "notes": figure_account.notes(graph, found.notes, lang),
        "via": via,
    }


def inputs(graph: Graph, iri: str, lang: str = "en") -> dict[str, Any]:
    """A figure of the graph with every country's share, and what it was computed from: the rows of its series in its year.

    Raises UnknownName.
    """
    figure = at(graph, iri)
    reads = [one for series in figure.derived_from if "/doc/table/" in series for one in read(graph, series_at(graph, series), figure.year)]
    statements = [source for source in figure.derived_from if "/doc/table/" not in source]
    share = next((figure.iri.replace(f"/{name}/", f"/{first}/", 1) for name, first in FIRST_SHARE if name == figure.method), figure.iri)
    terms = shares_of(graph, share) or figure.leaders
    return {
        "figure": figure_account.tell_figure(graph, figure, lang),
        "terms": [{"of": one.country, "label": graph.label(one.country, lang), "share": one.share} for one in terms],
        "inputs": [figure_account.reading(graph, one, lang) for one in reads],
        "statements": statements,
    }


def compare(graph: Graph, minerals: Sequence[str], lang: str = "en", year: int | None = None) -> dict[str, Any]:
    """Minerals side by side: a column a figure, with how far the columns agree in order. Raises BadParameter."""
    found = comparison.compare(graph, minerals, year)
    columns = [{"key": "/".join(filter(None, key)), **_column(graph, key, lang)} for key in found.columns]
    names = {key: "/".join(filter(None, key)) for key in found.columns}
    rows = [
        {
            "mineral": mineral,
            "label": graph.label(mineral, lang),
            "cells": {names[key]: _cell(graph, cells[key], lang) for key in found.columns if key in cells},
        }
        for mineral, cells in found.cells.items()
    ]
    agreement = [
        {
            "first": names[pair.first],
            "second": names[pair.second],
            "minerals": pair.minerals,
            "kendall": pair.kendall,
            "spearman": pair.spearman,
        }
        for pair in found.agreement
    ]
    return {"year": year, "columns": columns, "minerals": rows, "agreement": agreement, "methods": figure_account.methods(graph, lang)}


def _column(graph: Graph, key: comparison.Key, lang: str) -> dict[str, Any]:
    method, quantity, stage = key
    return {
        "method": method,
        "label": graph.label(f"{CODE}method/{method}", lang) if method != comparison.PRINTED else None,
        "quantity": quantity,
        "quantity_label": graph.label(f"{CODE}indicator/{quantity}", lang),
        "stage": stage or None,
        "stage_label": graph.label(f"{CODE}stage/{stage}", lang) if stage else None,
    }


def _cell(graph: Graph, cell: ComputedFigure | Read, lang: str) -> dict[str, Any]:
    if isinstance(cell, Read):
        of, bound, codes, documents, figure, noted = "", None, [], [cell.document], cell.figure, []
    else:
        of, bound, codes, documents, figure = cell.of, cell.bound or None, list(cell.hs_codes), list(cell.documents), cell.iri
        noted = list(cell.notes)
    return {
        "value": rounded(cell.value),
        "bound": bound,
        "unit": cell.unit,
        "year": cell.year,
        "of": of or None,
        "of_label": graph.label(of, lang) if of else None,
        "basis": cell.basis or None,
        "stage": cell.stage or None,
        "hs_codes": codes,
        "documents": documents,
        "figure": figure,
        "notes": noted,
    }


def policy_effects(
    graph: Graph,
    mineral: str,
    lang: str = "en",
    measure: str | None = None,
    t: Decimal | None = None,
    day: datetime.date | None = None,
) -> dict[str, Any]:
    """What a measure, or the state of a day, changes in each method. Raises BadParameter."""
    reads: list[Read] = []
    effects = []
    for effect in policy.effects(graph, mineral, measure, t, day):
        sides = [figure_account.tell(graph, side, lang) if side else None for side in (effect.before, effect.after)]
        for side in (effect.before, effect.after):
            reads += side.inputs if side else ()
        effects.append(
            {
                "method": effect.method,
                "label": graph.label(f"{CODE}method/{effect.method}", lang),
                "has_term": effect.before is not None,
                "change": rounded((effect.after.value or ZERO) - (effect.before.value or ZERO)) if effect.before and effect.after else None,
                "before": sides[0],
                "after": sides[1],
                "terms": [
                    {
                        "of": change.of,
                        "label": graph.label(change.of, lang),
                        "trade_before": change.before,
                        "trade_after": change.after,
                        "adds_before": rounded(change.term_before),
                        "adds_after": rounded(change.term_after),
                    }
                    for change in effect.changes
                ],
                "notes": [
                    {**figure_account.notes(graph, (code,), lang)[0], "of": of or None, "of_label": graph.label(of, lang) if of else None}
                    for of, code in effect.notes
                ],
            }
        )
    return {"effects": effects, "readings": figure_account.readings(graph, reads, lang)}


def concentration(graph: Graph, series: Iterable[str], year: int, lang: str = "en") -> dict[str, Any]:
    """Shares and concentration over the figures of one or several series in a year, added up.

    Raises UnknownName; MixedBases where they count unlike things; BadParameter where they have no value in the year.
    """
    found = [figure for iri in dict.fromkeys(series) for figure in read(graph, series_at(graph, iri), year)]
    if not found:
        raise BadParameter(f"These series have no figure of {year}.", "Choose another year.", parameter="year")
    parts = split(found)
    if not is_of_world(found):
        raise BadParameter(
            "These figures are no table of the world: they name one country, or countries that make up less than 60 percent of it.",
            "Choose a series that the figures of /minerals/{slug}/risks name.",
            parameter="series",
        )
    kept = [hhi(parts), *([top_supplier(parts)] if parts.shares else [])]
    when = governance_year(graph, year)
    if when:
        kept.append(weighted_hhi(parts, governance(graph, when)))
    reads = [one for figure in kept for one in figure.inputs]
    return {
        "figures": [figure_account.tell(graph, figure, lang) for figure in kept],
        "readings": figure_account.readings(graph, reads, lang),
    }


def import_history(
    graph: Graph, mineral: str, country: str, lang: str = "en", since: int | None = None, until: int | None = None
) -> list[dict[str, Any]]:
    """How far a country's imports of a mineral hang on the first supplier, a row a year: all codes together, then each code."""
    known = [f for f in of_imports(graph, mineral, country) if (since or f.year) <= f.year <= (until or f.year)]
    indices = {f.iri: f for f in known if f.method == "import-hhi"}
    shares = sorted((f for f in known if f.method == "import-dependence"), key=lambda f: (f.year, f.iri))
    whole = [(True, f) for f in shares if f.is_all_codes]
    rows = (*whole, *((False, f) for f in sorted(shares, key=lambda f: (f.series, f.year)) if len(f.hs_codes) == 1))
    return [_import_year(graph, every, f, indices[f.iri.replace("import-dependence", "import-hhi", 1)], lang) for every, f in rows]


def _import_year(graph: Graph, all_codes: bool, share: ComputedFigure, index: ComputedFigure, lang: str) -> dict[str, Any]:
    return {
        "figure": share.iri,
        "year": share.year,
        "quantity": share.quantity,
        "quantity_label": graph.label(f"{CODE}indicator/{share.quantity}", lang),
        "all_codes": all_codes,
        "main_forms": share.is_main_forms,
        "hs_codes": list(share.hs_codes),
        "stage": share.stage or None,
        "supplier": share.of,
        "supplier_label": graph.label(share.of, lang),
        "share": share.value,
        "bound": share.bound or None,
        "hhi": index.value,
        "suppliers": share.countries,
        "total": share.known_sum,
        "unit": {"import-value": "usd-thousand"}.get(share.quantity, "tonne"),
        "basis": share.basis or None,
        "not_counted": share.not_counted,
        "notes": list(share.notes),
        "series": list(share.series),
        "documents": list(share.documents),
    }


def supplier_years(graph: Graph, mineral: str, importer: str = JAPAN) -> tuple[dict[str, dict[int, Decimal]], list[str]]:
    """Each supplier's share (percent) of an importer's purchases over the main traded forms in value, by year, and the documents.

    A year without purchases is not there; a supplier that sold nothing in a year with purchases has 0.
    """
    rows = graph.part("import-shares", mineral=mineral, importer=importer)
    held: dict[int, dict[str, Decimal]] = {}
    for row in rows:
        held.setdefault(int(str(row["year"])), {})[str(row["country"])] = Decimal(str(row["share"]))
    partners = sorted({country for shares in held.values() for country in shares})
    points = {of: {year: shares.get(of, ZERO) for year, shares in held.items()} for of in partners}
    return points, sorted({str(row["document"]) for row in rows})
