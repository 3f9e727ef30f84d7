"""A mineral's figures with the addresses of their inputs, in full or in brief. Knows the shape of the answers; asks no graph."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode


def profile(whole: dict[str, Any], root: str, slug: str, asked: dict[str, str]) -> dict[str, Any]:
    """What ``kg.views.lookup.mineral`` tells, with notes as codes and the mineral's own quantities alone; ``inputs_at`` has the rest."""
    risks = with_inputs(whole["risks"], root, slug, asked["lang"])
    figures = [{**figure, "notes": [note["code"] for note in figure["notes"]]} for figure in risks["figures"]]
    return {
        **whole,
        "risks": {**risks, "figures": figures},
        "quantities": [entry for entry in whole["quantities"] if entry["via"] is None],
        "inputs_at": f"{root}/minerals/{slug}/risks?{urlencode(asked)}",
    }


def with_inputs(risks: dict[str, Any], root: str, slug: str, lang: str) -> dict[str, Any]:
    """Risks whose figures each have the address of their inputs."""
    return {**risks, "figures": [figure_with_inputs(figure, root, slug, lang) for figure in risks["figures"]]}


def figure_with_inputs(figure: dict[str, Any], root: str, slug: str, lang: str) -> dict[str, Any]:
    """A figure with the address of its inputs, by the name that its IRI ends with."""
    name = str(figure["figure"]).rpartition("#")[2]
    query = urlencode({"figure": name, "lang": lang}, safe="/")
    return {**figure, "inputs_at": f"{root}/minerals/{slug}/inputs?{query}"}
