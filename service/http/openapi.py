"""The OpenAPI document: beside what the routes say of themselves, which problems each call may answer. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from .problems import MEDIA_TYPE, Problem

_MEANINGS = {
    400: "A parameter or query that cannot be read, or that asks for what is refused; the problem says what would be right.",
    404: "No such thing; the nearest names are given.",
    408: "The body did not arrive in time.",
    413: "The body is longer than what is read.",
    415: "The body is of a type or an encoding that is not read.",
    422: "The query was stopped at a limit, which the problem names; or figures that count unlike things were asked for in one sum.",
    502: "The store behind the service failed, or gave only a part of its answer.",
    503: "No place is free, the answer took longer than it may, or the store is out of reach: try again after the seconds in Retry-After.",
}
_GENERAL = {"limit", "offset", "lang", "format", "query", "default-graph-uri", "named-graph-uri", "default", "length", "most", "depth"}
# What a parameter may be, by its name; a {slug}, by the path that it stands in.
_EXAMPLES: dict[str, Any] = {
    "as_of": "2012-12-31",
    "pillar": "recycling",
    "degree": "funded",
    "in_force_on": "2012-12-31",
    "known_by": "2013-12-31",
    "method": "hhi",
    "/queries/headlines role": "first-producer",
    "year": 2024,
    "importer": "japan",
    "query": "SELECT ?mineral { ?mineral a <https://w3id.org/lodegraph/ontology#Mineral> } LIMIT 3",
    "graph": "https://w3id.org/lodegraph/doc/jp/hasehira-2013",
    "default-graph-uri": ["https://w3id.org/lodegraph/doc/jp/hasehira-2013"],
    "named-graph-uri": ["https://w3id.org/lodegraph/doc/jp/hasehira-2013"],
    "default": "",
    "relation": ["uses", "suppliedBy"],
    "kinds": ["mineral", "country"],
    "mineral": "tungsten",
    "country": "china",
    "supplier": "china",
    "target": "japan",
    "who": "japan",
    "speaker": "japan",
    "thing": "mineral/dysprosium",
    "problem": "condition/technology-leakage",
    "material": "ammonium-paratungstate",
    "measure": "cn-rare-earth-export-quota",
    "programme": "national-stockpile",
    "certainty": "target",
    "state": "suspended",
    "hs": "284690",
    "type": "XR-QTA",
    "/queries/claims type": "purpose",
    "/minerals/{slug}/policy /minerals": "nickel",
    "/minerals": "tungsten",
    "/measures": "cn-rare-earth-export-quota",
    "/countries": "china",
    "/blocs": "european-union",
    "/organisations": "jogmec",
    "/projects": "mount-weld",
    "/programmes": "national-stockpile",
    "/pillars": "recycling",
    "/lines": "resource-diplomacy",
    "/disputes": "wto-china-export-restrictions-2012",
    "/documents": "jp/hasehira-2013",
    "/lists": "stockpile-minerals",
    "/events": "quota-cut-2010",
    "/conditions": "price-gap",
    "/materials": "ammonium-paratungstate",
    "/components": "motor",
    "/products": "automobile",
    "/id": "tungsten",
    "/doc": "jp/hasehira-2013",
}
_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def describe(app: FastAPI) -> None:
    """Say in an app's document, for every call, which problems it may answer, and that a GET may answer 304."""
    plain = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            _declare(plain())
        return plain()

    app.openapi = complete  # type: ignore[method-assign]  # FastAPI's documented way to change the document


def _declare(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own errors, which are answered as problems
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            call["responses"].pop("422", None)
            for param in call.get("parameters", ()):
                _give_example(path, param)
            as_page: dict[str, Any] = {"text/html": {}} if "text/html" in call["responses"]["200"].get("content", {}) else {}
            for status in _problems(path, method, call):
                content = {MEDIA_TYPE: {"schema": _PROBLEM}, **as_page}
                call["responses"][str(status)] = {"description": _MEANINGS[status], "content": content}
            if method == "get":
                call["responses"]["304"] = {"description": "The version that the client names in If-None-Match still holds."}


def _give_example(path: str, param: dict[str, Any]) -> None:
    """An example, where a parameter has none, no default, and no list of what it may be."""
    schema = param["schema"]
    known = "/" + path.split("/")[1] if param["in"] == "path" else param["name"]
    known = f"{path} {known}" if f"{path} {known}" in _EXAMPLES else known
    if known in _EXAMPLES and not {"example", "examples"} & param.keys() and not {"enum", "default", "examples"} & schema.keys():
        param["example"] = _EXAMPLES[known]


def _problems(path: str, method: str, call: dict[str, Any]) -> Iterator[int]:
    """What can go wrong with a call: its parameters, a name among them, its body, the limits of a free query, the store."""
    names = {param["name"] for param in call.get("parameters", ())}
    yield 400
    if names - _GENERAL:
        yield 404
    if method == "post":
        yield from (408, 413, 415)
    if "query" in names or method == "post" or "analysis" in call.get("tags", ()):
        yield 422
    yield from (502, 503)
