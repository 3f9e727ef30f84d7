"""Every error as problem+json (RFC 9457): what was wrong, and what would be right."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from kg import BadFacts, BadParameter, BadQuery, Busy, LimitReached, LodeError, MixedBases, StoreFailed, StoreGone, UnknownName
from kg.errors import SHOWN_MOST, shown

from .logging import ROOT, fields
from .negotiation import prefers_page

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
LOGGED = (422, 502, 503)  # what an operator may want to change something for
MEDIA_TYPE = "application/problem+json"
ERRORS_MOST = 20  # of those in one request that are told
MESSAGE_MOST = 1_000  # characters of one
_TITLES = {404: "Not found", 405: "Method not allowed", 406: "Not acceptable", 415: "Unsupported media type"}

Told = Callable[[Request, Exception], Coroutine[Any, Any, Response]]

log = logging.getLogger(ROOT)


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
    text = json.dumps(body, ensure_ascii=False, default=str)
    return Response(text.encode("utf-8", "replace"), status, headers, MEDIA_TYPE)


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
        response = await told(request, error)
        page = getattr(request.app.state, "error_page", None)  # set by the app that has pages
        if page is None or not prefers_page(request.scope):
            return response
        shown: Response = page(request, json.loads(bytes(response.body)), response.headers)
        return shown

    return answer


def of(error: LodeError) -> Response:
    """The response for one of the library's own errors."""
    wait = error.extra.get("retry_after")
    headers = {"Retry-After": str(wait)} if wait else None
    return problem(STATUS[type(error)], error.title, error.detail, headers, advice=error.advice, **error.extra)


async def _on_lode_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LodeError)
    response = of(error)
    if response.status_code in LOGGED:
        told = fields(status=response.status_code, title=error.title, detail=error.detail, limit=error.extra.get("limit"))
        log.warning("not answered", extra=told)
    return response


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    wrong = [_wrong(item) for item in found[:ERRORS_MOST]]
    more = len(found) - len(wrong)
    first = wrong[0]
    return problem(400, "Bad parameter", f"{first['parameter']}: {first['message']}.", errors=wrong, more_errors=more or None)


def _wrong(item: Mapping[str, Any]) -> dict[str, Any]:
    """One of pydantic's errors, as far as it is worth telling: nothing of what was given at a length that was chosen by who gave it."""
    message = str(item["msg"])
    for value in item.get("ctx", {}).values():
        if isinstance(value, str) and len(value) > SHOWN_MOST:
            message = message.replace(value, shown(value))
    where = {"parameter": shown(item["loc"][-1]), "in": str(item["loc"][0])}
    return {**where, "message": message[:MESSAGE_MOST], "given": _given(item.get("input"))}


def _given(value: Any) -> Any:
    """What was given: as it is where it is short, else as text that is cut."""
    if isinstance(value, str):
        return shown(value)
    try:
        text = json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    except (ValueError, RecursionError):  # not a number, or nested too deep
        return shown(ascii(value)) if isinstance(value, float) else "…"
    return value if len(text) <= SHOWN_MOST else shown(text)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    advice = "The routes are listed at /docs." if error.status_code == 404 else ""
    title = _TITLES.get(error.status_code, "Error")
    told = f"{shown(request.method)} {shown(request.url.path)}: {error.detail}."
    return problem(error.status_code, title, told, dict(error.headers or {}), advice=advice)


async def _on_any(request: Request, error: Exception) -> Response:
    if isinstance(error, ClientDisconnect):  # which is no fault; nobody reads the answer
        return Response(status_code=499)
    log.error("internal error", exc_info=error, extra=fields(method=request.method, path=request.url.path))
    return problem(
        500, "Internal error", "Something went wrong here; the request may be right.", advice="Please report it with the address asked for."
    )


internal_error = _or_page(_on_any)  # for what no other handler takes
