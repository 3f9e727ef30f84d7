"""A computed figure told in a language: value, method, terms, coverage, inputs, notes, each with names beside the codes.

Knows the graph's names and the code schemes; computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ..graph.graph import Graph
from ..namespaces import CODE, slug_of
from ..risk.figures import HUNDRED, Computed, Coverage, Read, rounded
from .figures import ComputedFigure
from .headlines import Headline


def tell(graph: Graph, figure: Computed, lang: str = "en", via: str | None = None) -> dict[str, Any]:
    """A figure as plain values. Shares are percent; numbers are rounded to six digits; ``via`` is the group it is of.

    ``inputs`` and ``published`` are keys of ``readings``.
    """
    return {
        "method": figure.method,
        "label": graph.label(f"{CODE}method/{figure.method}", lang),
        "value": rounded(figure.value),
        "at_most": rounded(figure.at_most) if figure.at_most != figure.value else None,
        "unit": figure.unit,
        "unit_label": graph.label(f"{CODE}unit/{figure.unit}", lang),
        "of": figure.of or None,
        "of_label": graph.label(figure.of, lang) if figure.of else None,
        "quantity": figure.quantity,
        "quantity_label": graph.label(f"{CODE}indicator/{figure.quantity}", lang),
        "series": list(figure.series),
        "series_labels": [graph.label(series, lang) for series in figure.series],
        "year": figure.year,
        "basis": figure.basis or None,
        "stage": figure.stage or None,
        "hs_codes": list(figure.hs_codes),
        "coverage": coverage(figure.coverage),
        "terms": [
            {
                "of": term.of,
                "label": graph.label(term.of, lang),
                "share": rounded(term.share * HUNDRED),
                "governance": rounded(term.governance),
                "trade": rounded(term.trade),
                "adds": rounded(term.adds),
            }
            for term in figure.terms
        ],
        "published": key_of(figure.published) if figure.published else None,
        "inputs": [key_of(read) for read in figure.inputs],
        "documents": sorted({read.document for read in used_by(figure) if read.document}),
        "notes": notes(graph, figure.notes, lang),
        "via": via,
    }


def tell_figure(graph: Graph, figure: ComputedFigure, lang: str = "en", via: str | None = None) -> dict[str, Any]:
    """A figure of the graph as plain values, with its first three countries; all others and its inputs are looked up apart."""
    return {
        "figure": figure.iri,
        "method": figure.method,
        "label": graph.label(f"{CODE}method/{figure.method}", lang),
        "value": figure.value,
        "bound": figure.bound or None,
        "at_most": figure.upper,
        "unit": figure.unit,
        "unit_label": graph.label(f"{CODE}unit/{figure.unit}", lang),
        "of": figure.of or None,
        "of_label": graph.label(figure.of, lang) if figure.of else None,
        "quantity": figure.quantity,
        "quantity_label": graph.label(f"{CODE}indicator/{figure.quantity}", lang),
        "series": list(figure.series),
        "series_labels": [graph.label(series, lang) for series in figure.series],
        "year": figure.year,
        "basis": figure.basis or None,
        "stage": figure.stage or None,
        "material": figure.material or None,
        "hs_codes": list(figure.hs_codes),
        "main_forms": figure.is_main_forms,
        "leaders": [{"of": leader.country, "label": graph.label(leader.country, lang), "share": leader.share} for leader in figure.leaders],
        "countries": figure.countries or None,
        "covered": figure.known_share,
        "published": figure.printed_as or None,
        "documents": list(figure.documents),
        "notes": notes(graph, figure.notes, lang),
        "via": via,
    }


def tell_headline(graph: Graph, headline: Headline, lang: str = "en") -> dict[str, Any]:
    """A headline as plain values: the country and its share, or why there is none."""
    return {
        "role": headline.role,
        "role_label": graph.label(f"{CODE}headline-role/{headline.role}", lang),
        "country": headline.country or None,
        "country_label": graph.label(headline.country, lang) if headline.country else None,
        "share": headline.share,
        "bound": headline.bound or None,
        "year": headline.year,
        "stage": headline.stage or None,
        "index": headline.index,
        "reason": headline.reason,
        "reason_label": headline.reason_label,
        "via": headline.via or None,
        "series_ended": headline.ended,
        "notes": notes(graph, headline.notes, lang),
        "figure": headline.figure or None,
        "document": headline.document or None,
    }


def used_by(figure: Computed) -> tuple[Read, ...]:
    """The inputs of a figure and what is published for the same."""
    return (*figure.inputs, figure.published) if figure.published else figure.inputs


def readings(graph: Graph, reads: Iterable[Read], lang: str) -> dict[str, dict[str, Any]]:
    """Figures as their sources give them by ``key_of``, each once."""
    return {key: reading(graph, read, lang) for key, read in {key_of(read): read for read in reads}.items()}


def key_of(read: Read) -> str:
    """IRI of a figure; of a mean or a value put in by the user, what it is and whose."""
    return read.figure if read.figure and not read.mean_of else f"{read.role} {slug_of(read.of)} {read.year}"


def reading(graph: Graph, figure: Read, lang: str) -> dict[str, Any]:
    """A figure as its source gives it, as plain values. Missing is None with ``absence``, never zero."""
    return {
        "quantity": figure.role,
        "quantity_label": graph.label(f"{CODE}indicator/{figure.role}", lang),
        "of": figure.of or None,
        "label": graph.label(figure.of, lang) if figure.of else None,
        "value": rounded(figure.value) if figure.mean_of or figure.role == "political-stability" else figure.value,
        "more_than": figure.more_than,
        "less_than": figure.less_than,
        "at_least": figure.at_least,
        "absence": figure.absence or None,
        "estimated": figure.estimated,
        "unit": figure.unit,
        "basis": figure.basis or None,
        "stage": figure.stage or None,
        "year": figure.year,
        "hs_code": figure.hs_code or None,
        "written": figure.written or None,
        "figure": figure.figure or None,
        "mean_of": list(figure.mean_of),
        "document": figure.document or None,
        "line": figure.line,
        "place": figure.place or None,
    }


def coverage(given: Coverage | None) -> dict[str, Any] | None:
    """What the known figures cover, shares in percent."""
    if given is None:
        return None
    return {
        "known": given.known,
        "others": given.others or None,
        "total": given.total,
        "total_stated": given.stated,
        "share": rounded(given.share * HUNDRED),
        "absent": list(given.absent),
        "bounded": list(given.bounded),
    }


def notes(graph: Graph, codes: tuple[str, ...], lang: str) -> list[dict[str, str]]:
    """Notes with their texts."""
    texts = _texts(graph, "note", lang)
    return [{"code": code, "label": texts[code][0], "text": texts[code][1]} for code in dict.fromkeys(codes)]


def methods(graph: Graph, lang: str = "en") -> list[dict[str, Any]]:
    """Every method with formula, source and limits."""
    return [{**row} for row in graph.ask("methods", lang=lang)]


@lru_cache(maxsize=32)
def _texts(graph: Graph, scheme: str, lang: str) -> Mapping[str, tuple[str, str]]:
    rows = graph.part("scheme", scheme=f"{CODE}{scheme}", lang=lang)
    return {str(row["notation"]): (str(row["label"]), str(row["definition"])) for row in rows}
