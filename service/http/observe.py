"""The outermost layer of the app: an id for each request, a line in the log, a count in the metrics, and no error that is told twice."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import cached_property

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .logging import ROOT, access, fields, new_request_id, request_id
from .metrics import PATH, Metrics
from .problems import internal_error
from .routes import Templates

HEADER = "X-Request-Id"
GONE = 499  # as nginx notes a client that hung up
log = logging.getLogger(ROOT)


@dataclass
class _Sent:
    """What was sent of an answer so far."""

    status: int = 0
    size: int = 0
    is_whole: bool = False


class Observe:
    """Wraps the app. ``metrics``: where to count; ``is_public``: whether ``/metrics`` is answered here."""

    def __init__(self, app: ASGIApp, owner: FastAPI, metrics: Metrics, is_public: bool) -> None:
        self.app, self._owner, self._metrics, self._is_public = app, owner, metrics, is_public

    @cached_property
    def _templates(self) -> Templates:
        return Templates(self._owner.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = new_request_id(Headers(scope=scope).get(HEADER))
        request_id.set(asked)  # each request is a task of its own, and so has a context of its own
        sent, started = _Sent(), time.perf_counter()

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = asked
                if self._metrics.served.is_draining():
                    headers["Connection"] = "close"  # so that the client's next request goes elsewhere
            else:
                sent.size += len(message.get("body", b""))
                sent.is_whole = not message.get("more_body", False)
            await send(message)

        with self._metrics.in_progress.track_inprogress():
            try:
                await self._answer(scope, receive, send_on, sent)
            finally:
                self._note(scope, sent, time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, sent: _Sent) -> None:
        if self._is_public and scope["path"] == PATH and scope["method"] in ("GET", "HEAD"):
            await self._own_page(scope)(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            sent.status = GONE
        except Exception as error:
            if sent.is_whole:  # answered and told within
                return
            if sent.status:  # too late for another answer: the connection is ended, and the server tells why
                raise
            told = await internal_error(Request(scope, receive), error)
            await told(scope, receive, send)

    def _own_page(self, scope: Scope) -> Response:
        page, media = self._metrics.page(Headers(scope=scope).get("accept", ""))
        body = b"" if scope["method"] == "HEAD" else page
        return Response(body, headers={"Content-Type": media, "Cache-Control": "no-store"})

    def _note(self, scope: Scope, sent: _Sent, seconds: float) -> None:
        route = PATH if self._is_public and scope["path"] == PATH else self._templates.of(scope["path"])
        status = sent.status or GONE
        self._metrics.request(route, scope["method"], status, seconds, sent.size)
        if not access.isEnabledFor(logging.INFO):
            return
        client = scope.get("client")
        told = fields(
            method=scope["method"],
            path=scope["path"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            bytes=sent.size,
            client=client[0] if client else "",
        )
        access.info("request" if status != GONE else "client hung up", extra=told)
