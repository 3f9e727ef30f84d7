"""Entries of the library's answers in few words: what a model needs of a measure, a figure, a response. Asks nothing."""

from __future__ import annotations

from typing import Any


def said(item: dict[str, Any]) -> dict[str, Any]:
    """A sourced entry: what is said, else its value in parts."""
    kept = ("thing_label", "used_label", "when", "certainty", "place", "statement", "document", "via")
    parts = () if item["says"] else ("label", "value", "at_least", "at_most", "more_than", "less_than", "in_words", "unit", "basis")
    degree = {"degree": item["degree"]} if "degree" in item else {}
    return {key: item[key] for key in ("says", *parts, *kept)} | degree


def measure(item: dict[str, Any]) -> dict[str, Any]:
    """A measure with its state."""
    kept = ("iri", "label", "type", "type_label", "imposed_by_label", "state", "since", "until")
    more = ("last_confirmed", "targets", "act", "announced", "effective", "suspended_from")
    return {key: item[key] for key in (*kept, *more, "suspended_until", "ended", "state_statement", "certainty", "place", "document")}


def figure(figure: dict[str, Any]) -> dict[str, Any]:
    """A computed figure with the countries that weigh most."""
    kept = ("method", "value", "bound", "at_most", "unit", "of_label", "quantity_label", "year", "basis", "stage", "hs_codes")
    return {
        **{key: figure[key] for key in (*kept, "documents", "via")},
        "largest": {leader["label"]: leader["share"] for leader in figure["leaders"]},
        "notes": [note["label"] for note in figure["notes"]],
    }


def headline(item: dict[str, Any]) -> dict[str, Any]:
    """The figure that stands for a role, or why there is none."""
    kept = ("role", "country_label", "share", "bound", "year", "stage", "index", "reason_label", "via", "series_ended", "document")
    return {**{key: item[key] for key in kept}, "notes": [note["label"] for note in item["notes"]]}


def covered(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the matrix of coverage."""
    responses = {
        cell["pillar"]["slug"]: [
            {key: item[key] for key in ("degree", "since", "statement", "document")} | {"response": item["response"]["iri"]}
            for item in cell["responses"]
        ]
        or "none recorded"
        for cell in row["pillars"]
    }
    top = row["top_supplier"]
    return {
        "mineral": row["mineral"]["slug"],
        "label": row["mineral"]["label"],
        **responses,
        "designated_only": [pillar["slug"] for pillar in row["designated"]],
        "measures": [measure["slug"] for measure in row["measures"]],
        "top_supplier": top["label"] if top else None,
        "top_share": row["top_share"],
        "top_year": row["top_year"],
        "top_of_group": row["top_via"] and row["top_via"]["label"],
        "top_reason": row["top_reason"],
        "stated_supplier": row["stated"] and {"label": row["stated"]["supplier"]["label"], "at_least": row["stated"]["at_least"]},
        "restricted_share": row["restricted_share"],
    }


def lost(item: dict[str, Any]) -> dict[str, Any]:
    """What a mineral or product loses."""
    ends = {key: [item[key]["low"], item[key]["high"]] for key in ("lost", "missing")}
    days = {"stock_days": [item["stock_days_low"], item["stock_days_high"]]} if item["stock_known"] else {}
    weakest = item["weakest_input"]
    return {
        "thing": item["thing"]["iri"],
        "label": item["thing"]["label"],
        **ends,
        "replaced": item["replaced"],
        **days,
        "weakest_input": weakest and weakest["iri"],
    }


def documents(part: dict[str, Any]) -> list[str]:
    """The documents that the edges of a part of the network rest on."""
    return sorted({statement["document"] for edge in part["edges"] for statement in edge["statements"]})
