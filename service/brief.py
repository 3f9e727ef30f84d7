"""A mineral's profile without the inputs of its figures, and the address where they are. Knows the shape of the profile; asks no graph."""

from __future__ import annotations

from typing import Any

LEFT_OUT = ("terms", "inputs")  # of a figure


def profile(whole: dict[str, Any], full_at: str) -> dict[str, Any]:
    """What ``kg.lookup.mineral`` tells, with figures in brief and the mineral's own quantities alone; ``full_at`` has the rest."""
    return {
        **whole,
        "risks": _risks(whole["risks"], full_at),
        "quantities": [entry for entry in whole["quantities"] if entry["via"] is None],
        "inputs_at": full_at,
    }


def _risks(risks: dict[str, Any], full_at: str) -> dict[str, Any]:
    named = {*risks["published"], *(figure["published"] for figure in risks["figures"])}
    return {
        **risks,
        "figures": [_figure(figure, full_at) for figure in risks["figures"]],
        "beside": [{**one, "trade": [_without(LEFT_OUT, trade) for trade in one["trade"]]} for one in risks["beside"]],
        "readings": {key: reading for key, reading in risks["readings"].items() if key in named},
    }


def _figure(figure: dict[str, Any], full_at: str) -> dict[str, Any]:
    coverage = figure["coverage"]
    told = {"covered": coverage["share"] if coverage else None, "notes": [note["code"] for note in figure["notes"]], "inputs_at": full_at}
    return {**_without((*LEFT_OUT, "coverage"), figure), **told}


def _without(keys: tuple[str, ...], entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in keys}
