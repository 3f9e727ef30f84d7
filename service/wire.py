"""What every answer carries, below the routes: data version, ETag and 304, HEAD, OPTIONS; and what was answered lately, once more.

Plain ASGI, so that it costs next to nothing. The data never change under a running service, so that a
small answer can be given again as it is; and what many ask at the same moment is made once.

It stands outside of compression, so that a HEAD has the headers of its GET.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg import __version__
from kg.answers import Kept

from .negotiation import ranked
from .problems import problem

METHODS = {"/sparql": "GET, HEAD, POST, QUERY, OPTIONS", "/scenarios": "POST, OPTIONS", "/mcp": "POST, OPTIONS"}
READ = "GET, HEAD, OPTIONS"
HEADER_MOST = 16_000  # bytes of a header
PARAMETERS_MOST = 1_000
UNCACHED = ("/healthz", "/readyz")
KEPT_MOST, KEPT_ENTRY = 64_000_000, 1_000_000  # bytes of all answers that are kept, and of one
ASKED_MOST, ASKED_ENTRY = 8_000_000, 4_000  # bytes of all requests that are known word for word, and of one
ENTRY_COST = 2_000  # bytes that a kept answer takes beside its body
VARY = ("Accept", "Accept-Language")
_JOINED = ("accept", "accept-encoding", "accept-language", "if-none-match")


class Wire:
    """Wraps the app. ``scope["app"].state.graph`` names the data version."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: Kept[tuple[Message, Message]] = Kept(KEPT_MOST, KEPT_ENTRY)
        self._asked: Kept[str] = Kept(ASKED_MOST, ASKED_ENTRY)
        self._making: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = _word_for_word(scope)
        if (known := self._look(scope, self._asked.get(asked))) is not None:
            await _give(known, scope, send)
            return
        refused = _refuse(scope)
        if refused is not None:
            await refused(scope, receive, send)
            return
        scope = _tidy(scope)
        method, allow = scope["method"], METHODS.get(scope["path"].rstrip("/"), READ)
        if method == "OPTIONS":
            await Response(status_code=204, headers={"Allow": allow})(scope, receive, send)
            return
        version = scope["app"].state.graph.version
        tag = _tag(scope, version) if method in ("GET", "HEAD") and scope["path"] not in UNCACHED else ""
        if tag and tag in (known.strip() for known in Headers(scope=scope).get("if-none-match", "").split(",")):
            headers = {"ETag": tag, "Lode-Data-Version": version, "Cache-Control": "no-cache", "Vary": ", ".join(VARY)}
            await Response(status_code=304, headers=headers)(scope, receive, send)
            return

        key = _key(scope, tag) if tag and isinstance(scope["app"].state.graph.path, Path) else ""  # a store elsewhere may be gone
        known = self._look(scope, key)
        if known is None and key in self._making:
            await self._making[key].wait()  # the same is asked by somebody else; where it cannot be kept, each has his own
            known = self._kept.get(key)
        held: list[Message] = []

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(MutableHeaders(scope=message), message["status"], version, tag, allow)
            if len(held) < 2:
                # Headers as they are now: what stands outside of this adds its own to the list.
                held.append({**message, "headers": list(message["headers"])} if "headers" in message else message)
                self._keep(key, held)
                if len(held) == 2:
                    made.set()
            await send({**message, "body": b""} if method == "HEAD" and "body" in message else message)

        if known is None:
            with self._alone(key if not scope["path"].startswith("/sparql") else "") as made:  # whose limits nobody waits past
                await self.app({**scope, "method": "GET"} if method == "HEAD" else scope, receive, send_on)
            return
        self._asked.put(asked, key, sum(len(name) + len(value) for name, value in scope["headers"]) + ENTRY_COST)
        await _give(known, scope, send)

    def _look(self, scope: Scope, key: str | None) -> tuple[Message, Message] | None:
        """What is kept under a key, counted; nothing for no key."""
        known = self._kept.get(key) if key else None
        if key:
            scope["app"].state.operation.metrics.cached_by("response", known is not None)
        return known

    @contextmanager
    def _alone(self, key: str) -> Iterator[asyncio.Event]:
        """Others who ask for the same key wait until the event is set, or the block ends; nobody waits for an empty key."""
        made = asyncio.Event()
        if key:
            self._making.setdefault(key, made)
        try:
            yield made
        finally:
            made.set()
            if self._making.get(key) is made:
                del self._making[key]

    def _keep(self, key: str, held: list[Message]) -> None:
        """Keep an answer that came whole in one piece and has a tag."""
        if key and len(held) == 2 and not held[1].get("more_body") and "etag" in Headers(raw=held[0]["headers"]):
            start = {**held[0], "headers": list(held[0]["headers"])}
            self._kept.put(key, (start, held[1]), len(held[1]["body"]) + ENTRY_COST)


async def _give(known: tuple[Message, Message], scope: Scope, send: Send) -> None:
    """Send a kept answer; its list of headers is copied, since what stands outside adds to it."""
    start, body = known
    await send({**start, "headers": list(start["headers"])})
    await send({**body, "body": b""} if scope["method"] == "HEAD" else body)


def _word_for_word(scope: Scope) -> Hashable:
    """A request as it came, and the day: one that comes again word for word gets the same answer without another look at it."""
    said = (scope["method"], scope["path"], scope["query_string"], tuple(scope["headers"]))
    return *said, scope.get("scheme", ""), scope.get("root_path", ""), time.time() // 86_400


def _refuse(scope: Scope) -> Response | None:
    """The answer to a request whose head would take long to read."""
    for name, value in scope["headers"]:
        if len(value) > HEADER_MOST:
            shown = name.decode("latin-1")
            return problem(
                431, "Header too large", f"The header {shown} has {len(value):,} bytes.", advice=f"At most {HEADER_MOST:,} are read."
            )
    count = scope["query_string"].count(b"&") + 1
    if count > PARAMETERS_MOST:
        return problem(400, "Bad parameter", f"The address has {count:,} parameters.", advice=f"At most {PARAMETERS_MOST:,} are read.")
    return None


def _complete(headers: MutableHeaders, status: int, version: str, tag: str, allow: str) -> None:
    """Add what every answer carries; an answer that may not be stored gets no tag."""
    headers["Lode-Data-Version"] = version
    if status == 405:
        headers["Allow"] = allow
    if tag and status == 200 and headers.get("cache-control") != "no-store":
        headers.setdefault("ETag", tag)
        headers.setdefault("Cache-Control", "no-cache")
        for name in VARY:
            if name.lower() not in [known.strip().lower() for known in headers.get("vary", "").split(",")]:
                headers.add_vary_header(name)


def _tidy(scope: Scope) -> Scope:
    """The request with headers that came in several lines joined to one, and without a compression that it refuses."""
    kept = [(name, value) for name, value in scope["headers"] if name.decode("latin-1") not in _JOINED]
    given = Headers(scope=scope)
    for name in _JOINED:
        value = ", ".join(given.getlist(name))
        if value and not (name == "accept-encoding" and dict(ranked(value)).get("gzip") == 0):
            kept.append((name.encode(), value.encode("latin-1")))
    return {**scope, "headers": kept}


def _key(scope: Scope, tag: str) -> str:
    """What tells an answer from all others: its tag, what it may be compressed with, and the address that it may name."""
    headers = Headers(scope=scope)
    own = (tag, headers.get("accept-encoding", ""), headers.get("host", ""), scope.get("scheme", ""), scope.get("root_path", ""))
    return "\n".join(own)


def _tag(scope: Scope, version: str) -> str:
    """ETag of what a GET answers: program, data, address, the headers that choose a form, and today, which is the day of a page that is
    given none. Weak: bytes may differ by compression."""
    headers = Headers(scope=scope)
    asked = (
        *(__version__, version, scope["path"], scope["query_string"].decode("latin-1"), str(time.time() // 86_400)),
        *(headers.get("accept", ""), headers.get("accept-language", "")),
    )
    return f'W/"{hashlib.sha256(chr(10).join(asked).encode()).hexdigest()[:24]}"'
