"""What the client wants: the media type from Accept, the language, and whether the parameters are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import WithJsonSchema
from starlette.datastructures import Headers
from starlette.types import Scope

from kg import BadParameter
from kg.errors import shown
from kg.graph.graph import unknown
from kg.namespaces import LANGUAGES

REMEMBERED_MOST = 300  # characters of a header whose reading is kept

_known: dict[tuple[str, str], dict[str, Any]] = {}  # parameters of the routes that were asked so far


def media_types(*names: str) -> dict[int | str, dict[str, Any]]:
    """For a route's ``responses``: it answers in these media types."""
    return {200: {"content": {name: {} for name in names}}}


def parameter(name: str, about: str, **schema: Any) -> dict[str, Any]:
    """For a route's ``openapi_extra``: a query parameter that it reads by itself."""
    return {"name": name, "in": "query", "description": about, "schema": {"type": "string", **schema}}


def one_of(names: Iterable[str]) -> WithJsonSchema:
    """For a parameter's type: the OpenAPI document lists what it may be."""
    return WithJsonSchema({"type": "string", "enum": list(names)})


def ranked(header: str) -> list[tuple[str, float]]:
    """Items of an Accept-like header with their weights, best first; items that cannot be read are passed over."""
    found: list[tuple[str, float]] = []
    for item in header.split(","):
        name, *params = (part.strip() for part in item.split(";"))
        weight = 1.0
        for param in params:
            if param.lower().startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(param[2:])))
                except ValueError:
                    weight = 0.0
        if name:
            found.append((name.lower(), weight))
    return sorted(found, key=lambda pair: -pair[1])


def choose(header: str | None, offered: Iterable[str]) -> str | None:
    """The offered media type that the header wants most; the first where there is no header; None where nothing fits."""
    types = tuple(offered)
    if not header:
        return types[0]
    return (_choose if len(header) <= REMEMBERED_MOST else _choose.__wrapped__)(header, types)


@lru_cache(1_000)
def _choose(header: str, types: tuple[str, ...]) -> str | None:
    best: tuple[float, int, int, str] | None = None
    for position, media in enumerate(types):
        weight, exact = _weight(header, media)
        if weight > 0 and (best is None or (weight, exact, -position) > best[:3]):
            best = (weight, exact, -position, media)
    return best[3] if best else None


def _weight(header: str, media: str) -> tuple[float, int]:
    patterns = (media, media.split("/", maxsplit=1)[0] + "/*", "*/*")
    weights = dict(reversed(ranked(header)))
    for exact, pattern in zip((2, 1, 0), patterns, strict=True):
        if pattern in weights:
            return weights[pattern], exact
    return 0.0, 0


async def language(
    request: Request,
    lang: Annotated[
        str | None,
        one_of(LANGUAGES),
        Query(description="Language of names and places: en or ja; else Accept-Language decides.", examples=["ja"]),
    ] = None,
) -> str:
    """``lang`` of the request, else its Accept-Language, else English. Raises BadParameter."""
    return read_language(request, lang)


def read_language(request: Request, lang: str | None) -> str:
    """``lang``, else what the header Accept-Language wants most, else English. Raises BadParameter."""
    if lang is not None:
        check_choice("lang", lang, LANGUAGES)
        return lang
    for name, weight in ranked(request.headers.get("accept-language", "")):
        if weight > 0 and name.split("-")[0] in LANGUAGES:
            return name.split("-")[0]
    return "en"


async def known_parameters(request: Request) -> None:
    """Raises BadParameter for a query parameter that the route does not take, or that is given twice."""
    taken = dict(_taken(request.scope["route"], request.method.lower()))
    if request.query_params.getlist("format") == ["json"]:  # what tells these calls from the pages at the same addresses
        taken.setdefault("format", {})
    check_given(request, taken, lists=[name for name, schema in taken.items() if "array" in str(schema)])


def _taken(route: APIRoute, method: str) -> dict[str, Any]:
    """Query parameters of a route with their schemas, as the OpenAPI document has them; of one route, since the whole takes a while."""
    key = (route.path_format, method)
    if key not in _known:
        described = get_openapi(title="", version="", routes=[route])["paths"][route.path_format][method]
        _known[key] = {param["name"]: param["schema"] for param in described.get("parameters", ()) if param["in"] == "query"}
    return _known[key]


def check_given(request: Request, taken: Iterable[str], lists: Iterable[str] = ()) -> None:
    """Raises BadParameter for the first query parameter that is not among those taken, or that is given twice and is no list."""
    times = Counter(name for name, _ in request.query_params.multi_items())
    check_names(times, taken)
    for name, number in times.items():
        if number > 1 and name not in lists:
            raise BadParameter(f"{name} is given {number} times.", "Give it once.", parameter=name)


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Raises BadParameter where a parameter has none of the values that it may have."""
    if value not in choices:
        raise BadParameter(f"{name} is “{shown(value)}”.", f"It must be one of {', '.join(choices)}.", parameter=name)


def check_names(given: Iterable[str], taken: Iterable[str]) -> None:
    """Raises BadParameter for the first name that is not among those taken."""
    for name in given:
        if name not in taken:
            near = unknown("parameter", name, taken)
            raise BadParameter(
                near.detail, f"This call takes: {', '.join(sorted(taken)) or 'none'}.", parameter=shown(name), near=near.extra["near"]
            )


def prefers_page(scope: Scope) -> bool:
    """Whether the header Accept ranks HTML above JSON."""
    accept = Headers(scope=scope).get("accept") or "*/*"
    return choose(accept, ("application/json", "text/html")) == "text/html"
