"""Every error as problem+json (RFC 9457): what was wrong, and what would be right."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from kg import BadFacts, BadParameter, BadQuery, Busy, LimitReached, LodeError, MixedBases, StoreFailed, StoreGone, UnknownName

STATUS: dict[type[LodeError], int] = {
    UnknownName: 404,
    BadParameter: 400,
    BadQuery: 400,
    LimitReached: 422,
    MixedBases: 422,
    Busy: 503,
    BadFacts: 503,
    StoreGone: 503,
    StoreFailed: 502,
}
MEDIA_TYPE = "application/problem+json"
_TITLES = {404: "Not found", 405: "Method not allowed", 406: "Not acceptable", 415: "Unsupported media type"}

Told = Callable[[Request, Exception], Coroutine[Any, Any, Response]]

log = logging.getLogger("lodegraph")


class Problem(BaseModel):
    """What was wrong, and what would be right (RFC 9457). Further members name the parameter, place, limit or nearest names."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str = Field(description="The kind of problem.", examples=["Unknown name"])
    status: int = Field(examples=[404])
    detail: str = Field(description="What was wrong.", examples=["There is no mineral “tungstn”."])
    advice: str | None = Field(None, description="What would be right.", examples=["Near it: tungsten."])
    parameter: str | None = Field(None, description="The parameter at fault.")
    line: int | None = Field(None, description="Line of a query where the fault is, from 1.")
    column: int | None = Field(None, description="Column of a query where the fault is, from 1.")
    limit: str | None = Field(None, description="The limit that a query reached.")
    near: list[str] | None = Field(None, description="Names that are known and near the one given.")


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None, **extra: Any) -> Response:
    """A problem+json response."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **{key: value for key, value in extra.items() if value not in ("", None)},
    }
    return Response(json.dumps(body, ensure_ascii=False, default=str), status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of an app as a problem; where a page was asked for, as a page that says the same."""
    for kind, told in (
        (LodeError, _on_lode_error),
        (RequestValidationError, _on_validation),
        (HTTPException, _on_http),
    ):
        app.add_exception_handler(kind, _or_page(told))


def _or_page(told: Told) -> Told:
    async def answer(request: Request, error: Exception) -> Response:
        from .pages.frame import error_page, prefers_page  # pages stand above problems, and are made of what may raise them

        response = await told(request, error)
        return error_page(request, json.loads(bytes(response.body)), response.headers) if prefers_page(request.scope) else response

    return answer


def of(error: LodeError) -> Response:
    """The response for one of the library's own errors."""
    wait = error.extra.get("retry_after")
    headers = {"Retry-After": str(wait)} if wait else None
    return problem(STATUS[type(error)], error.title, error.detail, headers, advice=error.advice, **error.extra)


async def _on_lode_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LodeError)
    return of(error)


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = [
        {"parameter": str(item["loc"][-1]), "in": str(item["loc"][0]), "message": item["msg"], "given": item.get("input")}
        for item in error.errors()
    ]
    first = wrong[0]
    return problem(400, "Bad parameter", f"{first['parameter']}: {first['message']}.", errors=wrong)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    advice = "The routes are listed at /docs." if error.status_code == 404 else ""
    title = _TITLES.get(error.status_code, "Error")
    return problem(
        error.status_code, title, f"{request.method} {request.url.path}: {error.detail}.", dict(error.headers or {}), advice=advice
    )


async def _on_any(request: Request, error: Exception) -> Response:
    log.exception("%s %s", request.method, request.url.path)
    return problem(
        500, "Internal error", "Something went wrong here; the request may be right.", advice="Please report it with the address asked for."
    )


internal_error = _or_page(_on_any)  # for what no other handler takes
