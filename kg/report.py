"""Reports of risk as plain values in a language: a mineral's, several minerals side by side, what a policy changes, any series.

Puts together what the floors below compute, each figure with its readings once. Computes nothing itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from . import account, comparison, policy
from .beside import stated_suppliers
from .concentration import hhi, split, top_supplier, weighted_hhi
from .errors import BadParameter
from .eu import published
from .figures import ZERO, Computed, Read, rounded
from .graph import Graph
from .readings import governance, governance_year, read, series_at
from .risk import figures, import_years
from .terms import CODE


def risks(graph: Graph, circle: Sequence[tuple[str, str | None]], lang: str = "en", year: int | None = None) -> dict[str, Any]:
    """Computed figures, published ones, and statements beside trade, of a mineral and the groups it belongs to (given with ``via``).

    ``year``: the newest not after it. ``readings`` holds every figure that another names, by key.
    """
    told: list[dict[str, Any]] = []
    beside: list[dict[str, Any]] = []
    reads: list[Read] = []
    printed: list[str] = []
    for mineral, via in circle:
        for figure in figures(graph, mineral, year):
            told.append(account.tell(graph, figure, lang, via))
            reads += account.used_by(figure)
        for one in published(graph, mineral, year):
            reads.append(one)
            printed.append(account.key_of(one))
        for found in stated_suppliers(graph, mineral, lang):
            beside.append(_beside(graph, found, lang, via))
            reads += [read for figure in found.figures for read in figure.inputs]
    return {"figures": told, "published": printed, "beside": beside, "readings": account.readings(graph, reads, lang)}


def _beside(graph: Graph, found: Any, lang: str, via: str | None) -> dict[str, Any]:
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
                "quantity": figure.quantity,
                "hs_codes": list(figure.hs_codes),
                "supplier_share": rounded(share),
                "first": figure.of,
                "first_label": graph.label(figure.of, lang),
                "first_share": rounded(figure.value),
                "inputs": [account.key_of(read) for read in figure.inputs],
            }
            for figure, share in zip(found.figures, found.shares, strict=True)
        ],
        "notes": account.notes(graph, found.notes, lang),
        "via": via,
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
    return {"year": year, "columns": columns, "minerals": rows, "agreement": agreement, "methods": account.methods(graph, lang)}


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


def _cell(graph: Graph, cell: Computed | Read, lang: str) -> dict[str, Any]:
    of = cell.of if isinstance(cell, Computed) else ""
    used = account.used_by(cell) if isinstance(cell, Computed) else (cell,)
    return {
        "value": rounded(cell.value),
        "unit": cell.unit,
        "year": cell.year,
        "of": of or None,
        "of_label": graph.label(of, lang) if of else None,
        "basis": cell.basis or None,
        "stage": cell.stage or None,
        "hs_codes": list(cell.hs_codes) if isinstance(cell, Computed) else [],
        "documents": sorted({read.document for read in used if read.document}),
        "inputs": [account.key_of(read) for read in used if read.figure],
        "notes": [note["code"] for note in account.notes(graph, cell.notes, lang)] if isinstance(cell, Computed) else [],
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
        sides = [account.tell(graph, side, lang) if side else None for side in (effect.before, effect.after)]
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
                    {**account.notes(graph, (code,), lang)[0], "of": of or None, "of_label": graph.label(of, lang) if of else None}
                    for of, code in effect.notes
                ],
            }
        )
    return {"effects": effects, "readings": account.readings(graph, reads, lang)}


def concentration(graph: Graph, series: Iterable[str], year: int, lang: str = "en") -> dict[str, Any]:
    """Shares and concentration over the figures of one or several series in a year, added up.

    Raises UnknownName; MixedBases where they count unlike things; BadParameter where they have no value in the year.
    """
    found = [figure for iri in dict.fromkeys(series) for figure in read(graph, series_at(graph, iri), year)]
    if not found:
        raise BadParameter(f"These series have no figure of {year}.", "Choose another year.", parameter="year")
    parts = split(found)
    kept = [hhi(parts), *([top_supplier(parts)] if parts.shares else [])]
    when = governance_year(graph, year)
    if when:
        kept.append(weighted_hhi(parts, governance(graph, when)))
    reads = [one for figure in kept for one in figure.inputs]
    return {"figures": [account.tell(graph, figure, lang) for figure in kept], "readings": account.readings(graph, reads, lang)}


def import_history(
    graph: Graph, mineral: str, country: str, lang: str = "en", since: int | None = None, until: int | None = None
) -> list[dict[str, Any]]:
    """How far a country's imports of a mineral hang on the first supplier, a row a year: all codes together, then each code."""
    return [_import_year(graph, *found, lang) for found in import_years(graph, mineral, country, since, until)]


def _import_year(graph: Graph, all_codes: bool, share: Computed, index: Computed, lang: str) -> dict[str, Any]:
    whole = share.coverage
    return {
        "year": share.year,
        "quantity": share.quantity,
        "quantity_label": graph.label(f"{CODE}indicator/{share.quantity}", lang),
        "all_codes": all_codes,
        "hs_codes": list(share.hs_codes),
        "stage": share.stage or None,
        "supplier": share.of,
        "supplier_label": graph.label(share.of, lang),
        "share": rounded(share.value),
        "hhi": rounded(index.value),
        "suppliers": len(share.terms),
        "total": whole.known if whole else None,
        "unit": share.inputs[0].unit,
        "basis": share.basis or None,
        "not_counted": len({*whole.absent, *whole.bounded}) if whole else 0,
        "notes": list(share.notes),
        "series": list(share.series),
        "documents": sorted({read.document for read in share.inputs if read.document}),
    }
